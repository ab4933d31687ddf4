// The setting that all views share: scenario, doctrine, worlds and values by path; it stands in the address as a link.

const listeners = new Set();
export const fresh = () => ({ scenario: "baseline", doctrine: "status_quo", worlds: "none", values: {} });
export const setting = fresh();

export function change(changes) {
  Object.assign(setting, changes);
  write();
  for (const listener of listeners) listener(setting);
}

// Set one value by its path; null takes it away, so that the file's holds.
export function put(path, value) {
  const values = { ...setting.values };
  if (value === null) delete values[path];
  else values[path] = value;
  change({ values });
}

export const onChange = (listener) => listeners.add(listener);
export const view = () => location.hash.slice(1).split("?")[0] || "explore";

export function link() {
  const words = new URLSearchParams({ scenario: setting.scenario, doctrine: setting.doctrine, worlds: setting.worlds });
  for (const [path, value] of Object.entries(setting.values)) words.set(path, JSON.stringify(value));
  return `#${view()}?${words}`;
}

function write() {
  history.replaceState(null, "", link());
}

// Take the setting that the address holds; what is wrong in it the server says.
export function read() {
  const words = new URLSearchParams(location.hash.split("?")[1] || "");
  if (![...words.keys()].length) return;
  const values = {};
  for (const [key, text] of words) {
    if (["scenario", "doctrine", "worlds"].includes(key)) setting[key] = text;
    else values[key] = parsed(text);
  }
  setting.values = values;
}

function parsed(text) {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

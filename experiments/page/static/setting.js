// The setting that all views share: scenario, doctrine, worlds and values by path; it stands in the address as a link.

const listeners = new Set();
export const fresh = () => ({ scenario: "baseline", doctrine: "status_quo", worlds: "none", values: {} });
export const setting = fresh();
const words = new Map(); // what views keep in the address beside the setting, by words without a dot

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
  const found = new URLSearchParams({ scenario: setting.scenario, doctrine: setting.doctrine, worlds: setting.worlds });
  for (const [path, value] of Object.entries(setting.values)) found.set(path, JSON.stringify(value));
  for (const [key, text] of words) found.set(key, text);
  return `#${view()}?${found}`;
}

// What a view keeps in the address, and what it has kept there.
export function keep(texts) {
  for (const [key, text] of Object.entries(texts)) words.set(key, text);
  write();
}
export const kept = (key) => words.get(key);

// Over what runs are beside chance, in words for after their number; nothing where all live in one world.
export function overWorlds() {
  if (setting.worlds === "none") return "";
  return `, each in a world drawn from ${setting.worlds === "posterior" ? "those that agree with the record (posterior)" : `those of ${setting.worlds}`}`;
}

// The address is changed so many times at once, and then again after so many milliseconds: some browsers refuse more than
// a hundred changes in thirty seconds, with an error, and a slider that is dragged makes sixty a second.
const [AT_ONCE, APART] = [40, 600];
let left = AT_ONCE;
let last = 0;
let due = null;

function write() {
  if (due !== null) return;
  left = Math.min(AT_ONCE, left + (performance.now() - last) / APART);
  last = performance.now();
  if (left < 1) due = setTimeout(flush, APART);
  else flush();
}

// Bring the address up to date, as whoever reads it needs.
export function flush() {
  clearTimeout(due);
  due = null;
  left -= 1;
  history.replaceState(history.state, "", link()); // what a view keeps there stays
}

// Take the setting that the address holds; what is wrong in it the server says.
export function read() {
  clearTimeout(due); // the address is another now
  due = null;
  const found = new URLSearchParams(location.hash.split("?")[1] || "");
  if (![...found.keys()].length) return;
  const values = {};
  for (const [key, text] of found) {
    if (["scenario", "doctrine", "worlds"].includes(key)) setting[key] = text;
    else if (!key.includes(".")) words.set(key, text);
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

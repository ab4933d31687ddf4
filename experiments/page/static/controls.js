// The controls of a setting: scenario, doctrine, sliders, and any other parameter by search.

import { loose, make, number, refocus, typed, whole } from "./format.js";
import { ask } from "./line.js";
import { change, fresh, put, setting } from "./setting.js";

let about, controls;
let parameters = new Map();
let extra = []; // parameters found by search
let fails = () => {};

const words = (name) => name.replaceAll("_", " ");
export const short = (path) => words(path.split(".").at(-1));
export const titled = (name) => about.words[name] ?? words(name);

// The form, with what is to be called when a setting cannot be described.
export function controlsOf(found, fail) {
  about = found;
  fails = fail;
  controls = make("form", { class: "panel controls", "aria-label": "Setting", onsubmit: (event) => event.preventDefault() });
  return controls;
}

// Parameters that are numbers with two ends, by path: those with a slider, those found by search, and these.
export function axesOffered(...others) {
  const ends = (each) => each && typeof each.shipped === "number" && each.low !== null && each.high !== null;
  return [...new Set([...about.sliders, ...extra, ...others])].filter((path) => ends(parameters.get(path)));
}

let described = ""; // scenario and doctrine of the parameters
let laid = ""; // values that the controls show
let moving = false; // a control was moved, and shows its value already

// Show the setting as it is now.
export function showControls() {
  const [files, values] = [JSON.stringify([setting.scenario, setting.doctrine]), JSON.stringify(setting.values)];
  if (files !== described) {
    described = files;
    describe();
  } else if (values !== laid && !moving && parameters.size) layControls(); // by a link
  laid = values;
}

// Learn the parameters of the scenario and the doctrine, and lay out the controls.
function describe() {
  ask("parameters", setting, {
    answer: (found) => {
      parameters = new Map(found.parameters.map((each) => [each.path, { ...each, shipped: found.shipped[each.path] }]));
      layControls();
    },
    fail: (text) => {
      fails(text);
      described = "";
      if (!parameters.size) controls.replaceChildren(make("h2", {}, "Setting"), make("p", {}, "This link does not work."), anew());
    },
  });
}

// What leads out of a setting that does not work.
const anew = () => make("button", { type: "button", id: "anew", onclick: () => change(fresh()) }, "Start with the status quo");

const chosen = (label, id, names, value, then) =>
  make(
    "label",
    { for: id },
    label,
    make(
      "select",
      { id, onchange: (event) => then(event.target.value) },
      Object.entries(names).map(([name, title]) => make("option", { value: name, selected: name === value }, title)),
    ),
  );

function layControls() {
  extra = [...new Set([...extra, ...Object.keys(setting.values)])].filter((path) => parameters.has(path) && !about.sliders.includes(path));
  const focused = document.activeElement?.id;
  const doctrines = Object.fromEntries(Object.entries(about.doctrines).map(([name, each]) => [name, each.title]));
  const ofDoctrine = ([path]) => path.startsWith("doctrine.");
  controls.replaceChildren(
    make("h2", {}, "Setting"),
    chosen("Scenario", "scenario", about.scenarios, setting.scenario, (scenario) => change({ scenario, values: {} })),
    chosen("Doctrine", "doctrine", doctrines, setting.doctrine, (doctrine) =>
      change({ doctrine, values: Object.fromEntries(Object.entries(setting.values).filter((each) => !ofDoctrine(each))) }),
    ),
    make("p", { class: "note" }, about.doctrines[setting.doctrine]?.idea ?? ""),
    ...[...about.sliders, ...extra].filter((path) => parameters.has(path)).map(control),
    ...searching(),
    make("p", {}, make("button", { type: "button", id: "reset", onclick: () => { extra = []; change({ values: {} }); layControls(); } }, "Back to the files")),
  );
  refocus(focused);
}

// Matches listed at most.
const LISTED = 8;

// A field for a path or for words; where several parameters have the words, all of them to choose from.
function searching() {
  const choices = make("datalist", { id: "paths" }, [...parameters.values()].map((each) => make("option", { value: each.path }, each.doc)));
  const told = make("span", { class: "hint", role: "status" });
  const listed = make("span", { class: "matches" });
  const take = (path) => {
    if (!extra.includes(path) && !about.sliders.includes(path)) extra.push(path);
    layControls();
    document.getElementById(path)?.focus();
  };
  const search = make("input", {
    id: "search",
    type: "search",
    list: "paths",
    placeholder: "a word or a path",
    onchange: (event) => {
      const paths = matching(event.target.value);
      if (paths.length === 1) return take(paths[0]);
      told.textContent = !paths.length
        ? "No parameter has these words."
        : `${whole(paths.length)} parameters have these words${paths.length > LISTED ? `; the first ${whole(LISTED)}` : ""}:`;
      listed.replaceChildren(...paths.slice(0, LISTED).map((path) => make("button", { type: "button", title: parameters.get(path).doc, onclick: () => take(path) }, path)));
    },
  });
  return [make("label", { for: "search" }, "Any other parameter", search, choices), make("p", {}, told, listed)];
}

// The parameter that a text names, or those that have all its words.
function matching(text) {
  if (parameters.has(text)) return [text];
  const wanted = text.toLowerCase().split(/\s+/).filter(Boolean);
  if (!wanted.length) return [];
  return [...parameters.values()].filter((each) => wanted.every((word) => `${each.path} ${words(each.path)} ${each.doc}`.toLowerCase().includes(word))).map((each) => each.path);
}

function control(path) {
  const each = parameters.get(path);
  const value = setting.values[path] ?? each.shipped;
  const hint = make("span", { class: "hint", id: `${path}-hint` }, `${each.doc}${each.unit && each.unit !== "choice" ? ` (${each.unit})` : ""}`);
  const named = { id: path, "aria-describedby": `${path}-hint` };
  if (each.choices.length || typeof value === "boolean") {
    const choices = each.choices.length ? each.choices : ["true", "false"];
    const read = (text) => (typeof value === "boolean" ? text === "true" : text);
    const options = choices.map((choice) => make("option", { value: choice, selected: String(value) === choice }, words(choice)));
    return make("label", { for: path }, short(path), make("select", { ...named, onchange: (event) => set(path, read(event.target.value)) }, options), hint);
  }
  const wide = each.high - each.low > 1000 * Math.max(1, Math.abs(each.shipped)); // a slider would leap over all that is of use
  if (typeof value !== "number" || each.low === null || each.high === null || wide) {
    const written = typeof value === "number" ? typed(value) : String(value);
    const read = (text) => (typeof value === "number" ? (number(text) ?? text) : text); // what is no number the server refuses
    return make("label", { for: path }, short(path), make("input", { ...named, type: "text", value: written, onchange: (event) => set(path, read(event.target.value)) }), hint);
  }
  const output = make("output", { for: path, class: value === each.shipped ? "" : "changed" }, loose(value));
  const step = each.whole ? 1 : (each.high - each.low) / 200;
  const slider = make("input", {
    ...named,
    type: "range",
    min: String(each.low),
    max: String(each.high),
    step: String(step),
    value: String(value),
    oninput: (event) => {
      const at = Number(Number(event.target.value).toPrecision(6));
      const moved = Math.abs(at - each.shipped) < step / 2 ? each.shipped : at; // the file's value may lie between two steps
      output.textContent = loose(moved);
      output.className = moved === each.shipped ? "" : "changed";
      set(path, moved);
    },
  });
  return make("label", { for: path }, output, short(path), slider, hint);
}

// Take the value that a control shows; that of the file is none of the setting's own.
function set(path, value) {
  moving = true;
  put(path, value === parameters.get(path).shipped ? null : value);
  moving = false;
}

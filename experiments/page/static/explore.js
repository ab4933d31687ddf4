// Explore: sliders on the left; what the setting does, beside the status quo, on the right.

import { STATUS_QUO, YOURS, draw, framed, room } from "./charts.js";
import { interval, loose, make, refocus, whole } from "./format.js";
import { ask } from "./line.js";
import { change, fresh, link, overWorlds, put, setting } from "./setting.js";

let about, controls, figures, kinds, surface, repeat, finding, progress, problem;
let parameters = new Map();
let extra = []; // parameters found by search
let latest = null; // figures shown last
let kindMetric = "harm_averted";
const axes = { x: "doctrine.clarity", y: "doctrine.attribution_confidence", metric: "harm_averted" };

const short = (path) => words(path.split(".").at(-1));
const words = (name) => name.replaceAll("_", " ");
const titled = (name) => about.words[name] ?? words(name);

export function mount(root, found) {
  about = found;
  controls = make("form", { class: "panel controls", "aria-label": "Setting", onsubmit: (event) => event.preventDefault() });
  finding = make("p", { class: "finding", id: "finding" });
  progress = make("p", { class: "note", role: "status" });
  problem = make("p", { class: "error", role: "alert" });
  figures = make("div", { class: "panel", id: "figures" });
  kinds = make("div", { class: "panel", id: "kinds" });
  surface = make("div", { class: "panel", id: "around" });
  repeat = make("div", { class: "panel", id: "again" });
  root.append(
    make("div", { class: "sides" }, controls, make("div", {}, problem, finding, progress, figures, kinds, surface, repeat)),
  );
}

let described = ""; // scenario and doctrine of the parameters
let laid = ""; // values that the controls show
let moving = false; // a control was moved, and shows its value already

export function show() {
  const [files, values] = [JSON.stringify([setting.scenario, setting.doctrine]), JSON.stringify(setting.values)];
  if (files !== described) {
    described = files;
    describe();
  } else if (values !== laid && !moving && parameters.size) layControls(); // by a link
  laid = values;
  run();
}

// Learn the parameters of the scenario and the doctrine, and lay out the controls.
function describe() {
  ask("parameters", setting, {
    answer: (found) => {
      parameters = new Map(found.parameters.map((each) => [each.path, { ...each, shipped: found.shipped[each.path] }]));
      layControls();
    },
    fail: (text) => {
      problem.textContent = text;
      described = "";
      if (!parameters.size) controls.replaceChildren(make("h2", {}, "Setting"), make("p", {}, "This link does not work."), anew());
    },
  });
}

// What leads out of a setting that does not work.
const anew = () => make("button", { type: "button", id: "anew", onclick: () => change(fresh()) }, "Start with the status quo");

function layControls() {
  extra = [...new Set([...extra, ...Object.keys(setting.values)])].filter((path) => parameters.has(path) && !about.sliders.includes(path));
  const focused = document.activeElement?.id;
  const choose = (label, id, names, value, then) =>
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
  const doctrines = Object.fromEntries(Object.entries(about.doctrines).map(([name, each]) => [name, each.title]));
  const choices = make("datalist", { id: "paths" }, [...parameters.values()].map((each) => make("option", { value: each.path }, each.doc)));
  const none = make("span", { class: "hint", role: "status" });
  const search = make("input", {
    id: "search",
    type: "search",
    list: "paths",
    placeholder: "a word or a path",
    onchange: (event) => {
      const path = nearest(event.target.value);
      none.textContent = path ? "" : "No parameter has these words.";
      if (!path) return;
      if (!extra.includes(path) && !about.sliders.includes(path)) extra.push(path);
      layControls();
      document.getElementById(path)?.focus();
    },
  });
  controls.replaceChildren(
    make("h2", {}, "Setting"),
    choose("Scenario", "scenario", about.scenarios, setting.scenario, (scenario) => change({ scenario, values: {} })),
    choose("Doctrine", "doctrine", doctrines, setting.doctrine, (doctrine) =>
      change({ doctrine, values: Object.fromEntries(Object.entries(setting.values).filter(([path]) => !path.startsWith("doctrine."))) }),
    ),
    make("p", { class: "note" }, about.doctrines[setting.doctrine]?.idea ?? ""),
    ...[...about.sliders, ...extra].filter((path) => parameters.has(path)).map(control),
    make("label", { for: "search" }, "Any other parameter", search, choices, none),
    make("p", {}, make("button", { type: "button", id: "reset", onclick: () => { extra = []; change({ values: {} }); layControls(); } }, "Back to the files")),
  );
  refocus(focused);
}

// The parameter that a text names, or that its words are of.
function nearest(text) {
  if (parameters.has(text)) return text;
  const wanted = text.toLowerCase().split(/\s+/).filter(Boolean);
  return [...parameters.values()].find((each) => wanted.every((word) => `${each.path} ${each.doc}`.toLowerCase().includes(word)))?.path;
}

function control(path) {
  const each = parameters.get(path);
  const value = setting.values[path] ?? each.shipped;
  const hint = make("span", { class: "hint", id: `${path}-hint` }, `${each.doc}${each.unit && each.unit !== "choice" ? ` (${each.unit})` : ""}`);
  const name = short(path);
  if (each.choices.length || typeof value === "boolean") {
    const choices = each.choices.length ? each.choices : ["true", "false"];
    const read = (text) => (typeof value === "boolean" ? text === "true" : text);
    return make(
      "label",
      { for: path },
      name,
      make(
        "select",
        { id: path, "aria-describedby": `${path}-hint`, onchange: (event) => set(path, read(event.target.value)) },
        choices.map((choice) => make("option", { value: choice, selected: String(value) === choice }, words(choice))),
      ),
      hint,
    );
  }
  const wide = each.high - each.low > 1000 * Math.max(1, Math.abs(each.shipped)); // a slider would leap over all that is of use
  if (typeof value !== "number" || each.low === null || each.high === null || wide) {
    return make(
      "label",
      { for: path },
      name,
      make("input", { id: path, type: "text", value: String(value), "aria-describedby": `${path}-hint`, onchange: (event) => set(path, typeof value === "number" ? Number(event.target.value) : event.target.value) }),
      hint,
    );
  }
  const output = make("output", { for: path, class: value === each.shipped ? "" : "changed" }, loose(value));
  const step = each.whole ? 1 : (each.high - each.low) / 200;
  return make(
    "label",
    { for: path },
    output,
    name,
    make("input", {
      id: path,
      type: "range",
      min: String(each.low),
      max: String(each.high),
      step: String(step),
      value: String(value),
      "aria-describedby": `${path}-hint`,
      oninput: (event) => {
        const at = Number(Number(event.target.value).toPrecision(6));
        const moved = Math.abs(at - each.shipped) < step / 2 ? each.shipped : at; // the file's value may lie between two steps
        output.textContent = loose(moved);
        output.className = moved === each.shipped ? "" : "changed";
        set(path, moved);
      },
    }),
    hint,
  );
}

// Take the value that a control shows; that of the file is none of the setting's own.
function set(path, value) {
  moving = true;
  put(path, value === parameters.get(path).shipped ? null : value);
  moving = false;
}

// Milliseconds for which nothing is moved before what is around the setting is worked out.
const REST = 400;
let resting = null;
let later = null;

function run() {
  clearTimeout(resting);
  clearTimeout(later);
  ask("surface", null, { answer: () => {} }); // what is around another setting is not wanted any longer
  problem.textContent = "";
  for (const part of [figures, kinds, surface]) part.classList.add("stale");
  const began = performance.now();
  ask("explore", setting, {
    answer: (found) => {
      latest = found;
      const seconds = loose((performance.now() - began) / 1000);
      const refined = found.finding !== undefined;
      finding.textContent = found.finding ?? "";
      finding.classList.toggle("stale", !refined);
      progress.textContent =
        `n = ${whole(found.n)} of ${whole(found.of)} paired runs${overWorlds()}, in ${seconds} s. ` +
        (refined ? "The sentence holds as a whole at 95 %; each interval is a 95 % interval by itself." : "Rough figures; sharper ones follow.");
      const focused = document.activeElement?.id;
      drawFigures();
      figures.classList.remove("stale");
      clearTimeout(later);
      if (refined) drawKinds();
      else later = setTimeout(drawKinds); // of rough figures the whole comes first
      refocus(focused);
      document.body.dataset.shown = JSON.stringify(setting);
      document.body.dataset.n = found.n;
    },
    end: () => (resting = setTimeout(askSurface, REST)),
    late: (found) => {
      // of a moment ago, and so they stay grey: who drags a slider sees them move
      const focused = document.activeElement?.id;
      latest = found;
      drawFigures();
      refocus(focused);
    },
    fail: (text) => {
      problem.textContent = text;
    },
  });
  drawRepeat();
}

// What a difference of all acts comes to, once it is known which of them are clear together.
function verdict(row) {
  const { difference } = row.parts.all;
  if (!latest.told || difference.low === null) return "";
  if (difference.low === 0 && difference.high === 0) return "the same";
  if (!latest.told[row.metric]) return "unclear";
  if (!row.better) return difference.mean > 0 ? "more" : "less";
  return difference.mean > 0 === row.better > 0 ? "better" : "worse";
}

const perYear = (row) => (row.unit.endsWith("a year") ? "a year" : row.unit);

function drawFigures() {
  const cards = latest.rows.map((row) => {
    const all = row.parts.all;
    const per = row.share ? " %" : ` ${perYear(row)}`;
    return make(
      "div",
      { class: "card" },
      make("h3", {}, row.title),
      make("div", { class: "figure" }, interval(all.yours, row) + per),
      make("div", { class: "beside" }, `status quo ${interval(all.status_quo, row)}${per}`),
      make("div", { class: "beside" }, `difference ${interval(all.difference, { ...row, signed: true })} `, make("span", { class: "verdict" }, verdict(row))),
      strip(row),
      all.difference.n < latest.n ? make("div", { class: "beside" }, `n = ${whole(all.difference.n)}: undefined in the other runs`) : null,
    );
  });
  const unit = (row) => (row.share ? `${row.title} (%)` : `${row.title} (${row.unit})`);
  figures.replaceChildren(
    make("h2", {}, "What this setting does"),
    legend(),
    framed("", make("div", { class: "cards" }, cards), {
      key: "figures",
      caption: `This setting and the status quo, each against its twin without the toolbox; n = ${whole(latest.n)} paired runs${overWorlds()}`,
      heads: ["", "this setting", "status quo", "difference", "n"],
      rows: latest.rows.map((row) => [
        unit(row),
        interval(row.parts.all.yours, row),
        interval(row.parts.all.status_quo, row),
        `${interval(row.parts.all.difference, { ...row, signed: true })} ${verdict(row)}`,
        whole(row.parts.all.difference.n),
      ]),
    }),
  );
}

const legend = () =>
  make(
    "ul",
    { class: "legend", "aria-label": "Legend" },
    make("li", {}, symbol(YOURS, true), " this setting"),
    make("li", {}, symbol(STATUS_QUO, false), " status quo"),
  );

function symbol(color, filled) {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  svg.setAttribute("width", 12);
  svg.setAttribute("height", 12);
  svg.setAttribute("aria-hidden", "true");
  const dot = document.createElementNS("http://www.w3.org/2000/svg", "circle");
  for (const [key, value] of Object.entries({ cx: 6, cy: 6, r: 4, fill: filled ? color : "white", stroke: color, "stroke-width": 2 })) dot.setAttribute(key, value);
  svg.append(dot);
  return svg;
}

function marks(data, facets = {}) {
  return [
    Plot.ruleY(data, { x1: "low", x2: "high", y: "arm", ...facets, stroke: "color", strokeWidth: 2 }),
    Plot.dot(data, { x: "mean", y: "arm", ...facets, fill: (d) => (d.arm === "yours" ? d.color : "white"), stroke: "color", strokeWidth: 2, r: 4 }),
  ];
}

function points(row, part) {
  const scale = row.share ? 100 : 1;
  return [["yours", YOURS], ["status_quo", STATUS_QUO]]
    .map(([arm, color]) => ({ arm, color, part: titled(part), ...row.parts[part][arm] }))
    .filter((each) => each.mean !== null)
    .map((each) => ({ ...each, mean: scale * each.mean, low: scale * (each.low ?? each.mean), high: scale * (each.high ?? each.mean) }));
}

function strip(row) {
  return draw(
    {
      width: 230,
      height: 62,
      marginLeft: 8,
      marginRight: 12,
      marginTop: 4,
      x: { label: null, ticks: 4, nice: true, inset: 8 },
      y: { axis: null, domain: ["yours", "status_quo"] },
      marks: marks(points(row, "all")),
    },
    `${row.title}: this setting ${interval(row.parts.all.yours, row)}, status quo ${interval(row.parts.all.status_quo, row)}`,
  );
}

function drawKinds() {
  const focused = document.activeElement?.id;
  const rows = latest.rows.filter((row) => Object.keys(row.parts).length > 1);
  const row = rows.find((each) => each.metric === kindMetric) ?? rows[0];
  const parts = Object.keys(row.parts).filter((part) => part !== "all");
  const data = parts.flatMap((part) => points(row, part));
  const picture = draw(
    {
      width: room(kinds),
      height: 50 + 44 * parts.length,
      marginLeft: 120,
      marginRight: 20,
      marginTop: 8,
      marginBottom: 36,
      x: { label: row.share ? `${row.title} (%)` : row.unit, grid: true, nice: true },
      y: { axis: null, domain: ["yours", "status_quo"] },
      fy: { axis: null, domain: parts.map(titled), padding: 0.3 },
      marks: [
        Plot.ruleX([0], { stroke: "#767676" }),
        Plot.text(parts.map(titled), { fy: (name) => name, text: (name) => name, frameAnchor: "left", dx: -112, textAnchor: "start", fontSize: 13 }),
        ...marks(data, { fy: "part" }),
      ],
    },
    `${row.title} by kind of perpetrator`,
  );
  kinds.replaceChildren(
    make("h2", {}, "By kind of perpetrator"),
    chooser("Figure", "kind-metric", rows, row.metric, (name) => { kindMetric = name; drawKinds(); }),
    legend(),
    framed("", picture, {
      key: "kinds",
      caption: `${row.title} by kind of perpetrator; n = ${whole(latest.n)} paired runs${overWorlds()}`,
      heads: ["", "this setting", "status quo", "difference", "n"],
      rows: parts.map((part) => [
        titled(part),
        interval(row.parts[part].yours, row),
        interval(row.parts[part].status_quo, row),
        interval(row.parts[part].difference, { ...row, signed: true }),
        whole(row.parts[part].difference.n),
      ]),
    }),
  );
  kinds.classList.remove("stale");
  refocus(focused);
}

const chooser = (label, id, rows, value, then) =>
  make("label", { for: id }, `${label} `, make("select", { id, onchange: (event) => { then(event.target.value); document.getElementById(id)?.focus(); } }, rows.map((row) => make("option", { value: row.metric, selected: row.metric === value }, row.title))));

function askSurface() {
  ask("surface", { setting, ...axes }, {
    answer: drawSurface,
    fail: (text) => surface.replaceChildren(make("h2", {}, "Around this setting"), axesChooser(), make("p", { class: "error" }, text)),
  });
}

function axesChooser() {
  const numbers = [...parameters.values()].filter((each) => typeof each.shipped === "number" && each.low !== null && each.high !== null);
  const offered = [...new Set([...about.sliders, ...extra, axes.x, axes.y])].filter((path) => numbers.some((each) => each.path === path));
  const pick = (which, label) =>
    make("label", { for: `axis-${which}` }, `${label} `, make("select", { id: `axis-${which}`, onchange: (event) => { axes[which] = event.target.value; surface.classList.add("stale"); askSurface(); } }, offered.map((path) => make("option", { value: path, selected: path === axes[which] }, short(path)))));
  const metrics = latest ? latest.rows : [];
  return make(
    "p",
    { class: "axes" },
    chooser("Figure", "surface-metric", metrics, axes.metric, (name) => { axes.metric = name; surface.classList.add("stale"); askSurface(); }),
    " ",
    pick("x", "across"),
    " ",
    pick("y", "up"),
  );
}

// How many runs are behind each cell: fewer where a figure is undefined in some.
function counted(cells) {
  const all = cells.map((cell) => cell.n);
  const [least, most] = [Math.min(...all), Math.max(...all)];
  return least === most ? `n = ${whole(most)} in each cell` : `n = ${whole(least)} to ${whole(most)} in each cell`;
}

function drawSurface(found) {
  const focused = document.activeElement?.id;
  const [x, y] = found.axes;
  const scale = found.share ? 100 : 1;
  const whole_surface = found.cells.length === found.of;
  surface.classList.toggle("stale", !whole_surface);
  const cells = found.cells.filter((cell) => cell.mean !== null).map((cell) => ({ ...cell, mean: scale * cell.mean }));
  const here = [setting.values[x.path] ?? x.value, setting.values[y.path] ?? y.value];
  const [low, high] = [Math.min(...cells.map((cell) => cell.mean)), Math.max(...cells.map((cell) => cell.mean))];
  const ink = (value) => ((value - low) / (high - low || 1) > 0.55 ? "black" : "white"); // on the light half of viridis
  const half = (axis) => (axis.levels[1] - axis.levels[0]) / 2;
  const picture = draw(
    {
      width: room(surface, 640),
      height: 380,
      marginLeft: 60,
      x: { label: `${short(x.path)} →`, domain: [x.levels[0] - half(x), x.levels.at(-1) + half(x)], ticks: x.levels, tickFormat: loose },
      y: { label: `↑ ${short(y.path)}`, domain: [y.levels[0] - half(y), y.levels.at(-1) + half(y)], ticks: y.levels, tickFormat: loose },
      color: { scheme: "viridis", legend: true, label: found.share ? `${found.title} (%)` : found.unit, className: "plot" },
      marks: [
        Plot.rect(cells, { x1: (d) => d.x - half(x), x2: (d) => d.x + half(x), y1: (d) => d.y - half(y), y2: (d) => d.y + half(y), fill: "mean" }),
        Plot.text(cells, { x: "x", y: "y", text: (d) => loose(Number(d.mean.toPrecision(3))), fill: (d) => ink(d.mean), fontSize: 12 }),
        Plot.dot([here], { symbol: "star", r: 9, fill: "white", stroke: "black", strokeWidth: 2 }),
      ],
    },
    `${found.title} over ${short(x.path)} and ${short(y.path)}; you are at ${loose(here[0])} and ${loose(here[1])}`,
  );
  surface.replaceChildren(
    make("h2", {}, "Around this setting"),
    axesChooser(),
    framed("", picture, {
      key: "around",
      caption: `${found.title}${found.share ? " (%)" : ""} over ${short(x.path)} (across) and ${short(y.path)} (down)`,
      note: `The star: you are here. All else as set. ${counted(found.cells)}${overWorlds()}${whole_surface ? "" : `; ${whole(found.cells.length)} of ${whole(found.of)} cells`}.`,
      heads: ["", ...x.levels.map(loose)],
      rows: y.levels.map((level) => [loose(level), ...x.levels.map((at) => { const cell = found.cells.find((each) => each.x === at && each.y === level); return cell ? interval(cell, found) : ""; })]),
    }),
  );
  surface.dataset.cells = found.cells.length;
  refocus(focused);
}

function drawRepeat() {
  const address = `${location.origin}/${link()}`;
  repeat.replaceChildren(
    make("h2", {}, "Have this setting again"),
    make("p", {}, make("a", { href: link(), id: "link" }, "Link to this setting"), " ", make("button", { type: "button", onclick: () => navigator.clipboard?.writeText(address) }, "Copy the link")),
    make("p", {}, make("a", { id: "file", href: `/doctrine.toml?setting=${encodeURIComponent(JSON.stringify(setting))}`, download: "" }, "Doctrine as a file")),
    make("p", {}, "The command that gives these figures:"),
    make("pre", { id: "command" }),
  );
  ask("command", setting, { answer: (found) => (document.getElementById("command").textContent = found.command), fail: () => {} });
}

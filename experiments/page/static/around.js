// What is around a setting: a response surface, worked out in the background.

import { draw, framed, room } from "./charts.js";
import { axesOffered, short } from "./controls.js";
import { interval, loose, make, refocus, whole } from "./format.js";
import { ask } from "./line.js";
import { overWorlds, setting } from "./setting.js";

const surface = make("div", { class: "panel", id: "around" });
const axes = { x: "doctrine.clarity", y: "doctrine.attribution_confidence", metric: "harm_averted" };
let metrics = []; // rows of the figures, which have names and titles

// Milliseconds for which nothing is moved before what is around the setting is worked out.
const REST = 400;
let resting = null;
let asked = false; // and not told whole

export const aroundPanel = () => surface;

// What is there is of another setting, and what is being worked out is not wanted any longer.
export function leaveAround() {
  clearTimeout(resting);
  surface.classList.add("stale");
  if (asked) ask("surface", null, { answer: () => {} });
  asked = false;
}

// Work out what is around the setting, once it rests; `rows` are its figures.
export function lookAround(rows) {
  metrics = rows;
  resting = setTimeout(askSurface, REST);
}

function askSurface() {
  asked = true;
  surface.classList.add("stale");
  ask("surface", { setting, ...axes }, {
    answer: drawSurface,
    end: () => (asked = false),
    fail: (text) => surface.replaceChildren(make("h2", {}, "Around this setting"), axesChooser(), make("p", { class: "error" }, text)),
  });
}

// A choice among figures by their titles.
export const chooser = (label, id, rows, value, then) =>
  make("label", { for: id }, `${label} `, make("select", { id, onchange: (event) => { then(event.target.value); document.getElementById(id)?.focus(); } }, rows.map((row) => make("option", { value: row.metric, selected: row.metric === value }, row.title))));

function axesChooser() {
  const offered = axesOffered(axes.x, axes.y);
  const pick = (which, label) =>
    make("label", { for: `axis-${which}` }, `${label} `, make("select", { id: `axis-${which}`, onchange: (event) => { axes[which] = event.target.value; askSurface(); } }, offered.map((path) => make("option", { value: path, selected: path === axes[which] }, short(path)))));
  return make(
    "p",
    { class: "axes" },
    chooser("Figure", "surface-metric", metrics, axes.metric, (name) => { axes.metric = name; askSurface(); }),
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

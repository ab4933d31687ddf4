// Open results: a results folder as a surface; a cell opens its runs, and a run its story and its ledger.

import { YOURS, draw, framed, room } from "./charts.js";
import { counted, interval, make, precise, refocus, table, whole } from "./format.js";
import { ask } from "./line.js";
import { reachable } from "./reachable.js";
import { openRuns, openStory, text, titled, wide } from "./results_runs.js";
import { view } from "./setting.js";

const MOST_NUMBERS = 12; // columns of a surface up to which its cells have their numbers in them

let root, crumbs, heading, progress, problem, body;
let where = { stage: "list", find: "" };
let told = null; // what the server said of the folder that is open
let shared; // what the runs and the story need of this view
let turn = 0; // answers to an earlier step come too late

const factor = (path) => told.factors.find((each) => each.path === path);
const defined = (each) => each.mean !== null;
const level = (axis, text) => (axis.numeric ? precise.format(Number(text)) : String(text));
const per = (found) => (found.share ? " %" : "");

export function mount(place) {
  root = place;
  heading = make("h2", { tabindex: "-1", id: "results-heading" }, "Results folders");
  crumbs = make("nav", { "aria-label": "Where you are in the results", class: "crumbs" });
  progress = make("p", { class: "note", role: "status" });
  problem = make("p", { class: "error", role: "alert" });
  body = make("div", {});
  root.append(make("div", { class: "panel" }, crumbs, heading, problem, progress, body));
  shared = { root, heading, body, request, step, keep, where: () => where };
  window.addEventListener("popstate", (event) => {
    if (view() === "results" && event.state?.results) step(event.state.results, { known: true });
  });
  step(history.state?.results ?? where, { known: true, still: true });
  keep({});
}

export function show() {}

// Go to a stage: the list, a folder, its runs, a story. The browser's own way back leads back here too.
function step(to, { known = false, still = false } = {}) {
  where = to;
  turn += 1;
  if (!known) history.pushState({ results: where }, "", location.href);
  problem.textContent = "";
  root.dataset.stage = "";
  drawCrumbs();
  const focus = () => still || heading.focus();
  if (where.stage === "list") list(focus);
  else withFolder(() => ({ folder: openFolder, runs: (then) => openRuns(shared, then), story: (then) => openStory(shared, then) })[where.stage](focus));
}

// Keep the place in the way back, where it changed without a step.
function keep(changes) {
  Object.assign(where, changes);
  history.replaceState({ results: where }, "", location.href);
}

function request(name, what, answer, { words = "Reading…", end = () => {} } = {}) {
  const mine = turn;
  const then = (act) => (given) => { if (mine === turn) act(given); };
  progress.textContent = words;
  ask(name, what, {
    answer: then((found) => { progress.textContent = ""; problem.textContent = ""; answer(found); }),
    end: then(() => { progress.textContent = ""; end(); }),
    fail: then((text) => { progress.textContent = ""; problem.textContent = text; body.classList.remove("stale"); root.dataset.stage = "failed"; }),
  });
}

function drawCrumbs() {
  const stages = [["Results folders", { stage: "list", find: "" }]];
  if (where.folder) stages.push([where.folder, { stage: "folder", folder: where.folder, view: where.view }]);
  if (where.at) stages.push([where.words || "runs", { ...where, stage: "runs", run: undefined }]);
  if (where.run) stages.push([`run ${whole(where.run.replicate)}`, where]);
  const last = stages.length - 1;
  const items = stages.map(([words, to], at) =>
    make("li", {}, at === last ? make("span", { "aria-current": "step" }, words) : make("button", { type: "button", class: "plain", onclick: () => step(to) }, words)),
  );
  const back = last > 0 ? make("button", { type: "button", id: "results-back", onclick: () => step(stages[last - 1][1]) }, "← Back") : null;
  crumbs.replaceChildren(...[back, make("ol", {}, items)].filter(Boolean));
  crumbs.hidden = last === 0;
}

// The list of folders

function list(focus) {
  told = null;
  heading.textContent = "Results folders";
  const find = make("input", { id: "find-folder", type: "search", value: where.find ?? "", oninput: (event) => { keep({ find: event.target.value }); load(); } });
  const rows = make("div", { id: "folders" });
  body.replaceChildren(make("p", {}, make("label", { for: "find-folder" }, "Find by name ", find)), rows);
  const load = () =>
    request("folders", { find: where.find ?? "" }, (found) => {
      const held = rows.contains(document.activeElement) ? document.activeElement : null; // who is quicker than the answer keeps the place
      rows.replaceChildren(...folders(found));
      if (held) ([...rows.querySelectorAll("button")].find((each) => each.dataset.folder === held.dataset.folder) ?? rows.querySelector(".scroll"))?.focus();
    }, {
      end: () => { root.dataset.stage = "list"; },
    });
  load();
  focus();
}

function folders(found) {
  const place = make("code", {}, found.folder);
  if (!found.there) return [make("p", {}, "There is no folder ", place, " yet. ", make("code", {}, "deter sweep"), " and ", make("code", {}, "deter compare"), " write one; ", make("code", {}, "deter app --results DIR"), " names another.")];
  if (!found.rows.length) return [make("p", {}, "No results folder here has such a name: ", place)];
  const more = found.of > found.rows.length ? ` The first ${whole(found.rows.length)} of ${counted(found.of, "folder")}: find others by name.` : "";
  const cut = found.whole ? "" : " The folder holds more than could be looked at.";
  const rows = found.rows.map((row) => [
    make("button", { type: "button", class: "plain", "data-folder": row.name, onclick: () => step({ stage: "folder", folder: row.name }) }, row.name),
    ...(row.problem
      ? [text(row.problem), "", "", "", ""]
      : [text(row.title), text(row.kind === "run" ? "single run" : "sweep"), whole(row.points), whole(row.runs), text(row.status + (row.failed ? `, ${whole(row.failed)} failed` : ""))]),
  ]);
  return [make("p", { class: "note" }, "In ", place, `.${more}${cut}`), wide(table("Results folders", ["folder", "title", "kind", "points", "runs", "status"], rows))];
}

// A folder as a surface

function withFolder(then) {
  if (told?.folder === where.folder) return then();
  body.replaceChildren();
  heading.textContent = where.folder;
  request("folder", { folder: where.folder }, (found) => { told = found; then(); });
}

function openFolder(focus) {
  heading.textContent = told.title;
  where.view ??= { metric: told.metric, axes: told.axes, fixed: told.fixed };
  const stands = [
    `${counted(told.runs, "run")}: ${counted(told.points, "point")} × ${counted(told.replicates, "replicate")}`,
    told.status,
    told.failed ? `${whole(told.failed)} failed` : "",
    told.stamp,
  ];
  const controls = make("form", { class: "choices", "aria-label": "What to show", onsubmit: (event) => event.preventDefault() });
  const chart = make("div", { id: "folder-view" });
  body.replaceChildren(make("p", {}, told.question), make("p", { class: "note" }, `${stands.filter(Boolean).join(" · ")}.`), controls, chart);
  focus();
  if (!where.view.metric) {
    problem.textContent = "The runs of this folder tell none of the figures that this version of deter knows.";
    return;
  }
  load(controls, chart);
}

function load(controls, chart) {
  layChoices(controls, chart);
  chart.classList.add("stale");
  root.dataset.stage = "";
  const slow = told.runs > 200000 ? "Reading; a folder of this size takes some seconds where runs are averaged…" : "Reading…";
  request("cells", { folder: where.folder, ...where.view }, (found) => {
    chart.classList.remove("stale");
    where.view.fixed = found.fixed;
    layChoices(controls, chart, found.form);
    drawView(chart, found);
    root.dataset.stage = "folder";
    root.dataset.view = JSON.stringify(where.view);
  }, { words: slow });
}

function layChoices(controls, chart, form = "cells") {
  const { metric: name, axes, fixed } = where.view;
  const change = (changes) => { keep({ view: { ...where.view, ...changes } }); load(controls, chart); };
  const choose = (id, label, options, value, then) =>
    make("label", { for: id }, `${label} `, make("select", { id, onchange: (event) => then(event.target.value) }, options.map(([key, words]) => make("option", { value: key, selected: key === value }, words))));
  const levelled = told.factors.filter((each) => each.levels);
  const across = told.structured ? told.factors.filter((each) => !each.levels) : told.factors;
  const parts = [choose("view-metric", "Figure", told.metrics.map((each) => [each.metric, titled(each)]), name, (metric) => change({ metric }))];
  if (across.length) parts.push(choose("view-x", "Across", across.map((each) => [each.path, each.label]), axes[0], (path) => change({ axes: [path, ...axes.slice(1).filter((other) => other !== path)] })));
  if (form === "cells" && levelled.length > 1)
    parts.push(choose("view-y", "Up", [["", "nothing"], ...levelled.filter((each) => each.path !== axes[0]).map((each) => [each.path, each.label])], axes[1] ?? "", (path) => change({ axes: path ? [axes[0], path] : [axes[0]] })));
  for (const each of levelled.filter((other) => !(form === "points" ? axes.slice(0, 1) : axes).includes(other.path))) {
    const levels = each.levels.map((words, at) => [String(at), level(each, words)]);
    const options = form === "points" ? levels : [["", "average over all"], ...levels];
    parts.push(choose(`fix-${each.path}`, each.label, options, each.path in fixed ? String(fixed[each.path]) : "", (at) => {
      const rest = { ...fixed };
      delete rest[each.path];
      change({ fixed: at === "" ? rest : { ...rest, [each.path]: Number(at) } });
    }));
  }
  const focused = document.activeElement?.id;
  controls.replaceChildren(...parts);
  refocus(focused);
}

function drawView(chart, found) {
  if (found.form === "points") return chart.replaceChildren(pointsView(chart, found));
  if (!found.cells.length) return chart.replaceChildren(make("p", {}, "There are no points at these levels."));
  const made = { 0: oneView, 1: rowsView, 2: surfaceView }[found.axes.length](chart, found);
  chart.replaceChildren(made);
}

function said(found, n) {
  const fixed = Object.entries(found.fixed).map(([path, at]) => `${factor(path).title} = ${level(factor(path), factor(path).levels[at])}`);
  const pooled = found.pooled?.length ? `Averaged over ${found.pooled.join(", ")}. ` : "";
  const held = fixed.length ? `At ${fixed.join(", ")}. ` : "";
  const some = (found.cells ?? found.points).some((each) => each.low !== null);
  return `${held}${pooled}${n} ${some ? "Each interval is a 95 % interval by itself." : "One run has no interval."}`;
}

function perCell(cells) {
  const all = cells.map((cell) => cell.n ?? 0);
  const [least, most] = [Math.min(...all), Math.max(...all)];
  return least === most ? `n = ${counted(most, "replicate")} each.` : `n = ${whole(least)} to ${whole(most)} replicates.`;
}

// The levels of a cell, by path; and in words.
const levelsOf = (found, cell) => ({ ...found.fixed, ...Object.fromEntries(found.axes.map((axis, at) => [axis.path, cell.at[at]])) });
const wordsOf = (found, cell) => found.axes.map((axis, at) => `${axis.title} = ${level(axis, axis.levels[cell.at[at]])}`).join(", ");

function toRuns(at, words, point = null) {
  step({ stage: "runs", folder: where.folder, view: where.view, at, words, point, order: "number", page: 0 });
}

function opener(words, label, act) {
  return make("button", { type: "button", class: "plain", "aria-label": label, onclick: act }, words);
}

function cellButton(found, cell) {
  const figure = `${interval(cell, found)}${cell.mean === null ? "" : per(found)}`;
  return opener(figure, `${wordsOf(found, cell)}: ${figure}; its runs`, () => toRuns(levelsOf(found, cell), wordsOf(found, cell)));
}

function oneView(chart, found) {
  const [cell] = found.cells;
  return opened(framed(titled(found), make("p", { class: "figure" }, defined(cell) ? `${interval(cell, found)}${per(found)}` : "undefined", ` (n = ${whole(cell.n ?? 0)})`), {
    note: said(found, perCell(found.cells)),
    heads: ["runs", titled(found), "n"],
    rows: [["all runs shown", opener(interval(cell, found), `${interval(cell, found)}: all runs shown`, () => toRuns(levelsOf(found, cell), "all runs")), whole(cell.n ?? 0)]],
  }), 1);
}

// The table of a chart is the way to its runs by keyboard and by screen reader: it stands open where it is small.
function opened(figure, rows) {
  figure.querySelector("details").open = rows <= 60;
  return figure;
}

function scaled(found, each) {
  const scale = found.share ? 100 : 1;
  return { ...each, mean: scale * each.mean, low: scale * (each.low ?? each.mean), high: scale * (each.high ?? each.mean) };
}

function rowsView(chart, found) {
  const [axis] = found.axes;
  const names = axis.levels.map((words) => level(axis, words));
  const data = found.cells.filter((cell) => cell.mean !== null).map((cell) => ({ ...scaled(found, cell), cell, name: cell.at[0] }));
  const width = room(chart, 720);
  const left = Math.min(0.4 * width, 24 + 7 * Math.max(...names.map((name) => name.length)));
  const picture = draw(
    {
      width,
      height: 50 + 28 * names.length,
      marginLeft: left,
      marginRight: 16,
      x: { label: `${titled(found)} →`, nice: true, grid: true },
      y: { domain: names.map((_, at) => at), label: null },
      marks: [
        Plot.axisY({ tickFormat: (at) => names[at], lineWidth: left / 13, textOverflow: "ellipsis", tickSize: 0 }),
        Plot.ruleY(data, { x1: "low", x2: "high", y: "name", stroke: YOURS, strokeWidth: 2 }),
        Plot.dot(data, { x: "mean", y: "name", fill: YOURS, r: 6 }),
      ],
    },
    `${titled(found)} by ${axis.title}`,
  );
  reachable(picture, "circle", data, (each) => wordsOf(found, each.cell) + `: ${interval(each.cell, found)}${per(found)}`, (each) => toRuns(levelsOf(found, each.cell), wordsOf(found, each.cell)));
  return opened(
    framed(`${titled(found)} by ${axis.title}`, picture, {
      note: said(found, perCell(found.cells)),
      heads: [axis.label, titled(found), "n"],
      rows: found.cells.map((cell) => [names[cell.at[0]], cellButton(found, cell), whole(cell.n ?? 0)]),
    }),
    found.cells.length,
  );
}

function surfaceView(chart, found) {
  const [x, y] = found.axes;
  const [across, up] = [x, y].map((axis) => axis.levels.map((words) => level(axis, words)));
  const data = found.cells.filter((cell) => cell.mean !== null).map((cell) => ({ ...scaled(found, cell), cell, x: cell.at[0], y: cell.at[1] }));
  const width = room(chart, 720);
  const high = 90 + Math.max(160, Math.min(460, 34 * up.length));
  const numbers = across.length <= MOST_NUMBERS && width / across.length > 38;
  const left = Math.min(0.35 * width, 30 + 7 * Math.max(...up.map((name) => name.length)));
  const picture = draw(
    {
      width,
      height: high,
      marginLeft: left,
      marginBottom: 44,
      padding: 0,
      x: { type: "band", domain: across.map((_, at) => at), label: `${fitting(x, width - left)} →` },
      y: { type: "band", domain: up.map((_, at) => at), reverse: true, label: `↑ ${fitting(y, high - 60)}` },
      color: { scheme: "viridis", legend: true, label: titled(found), className: "plot" },
      marks: [
        Plot.axisX(axisOf(x, across, width - left)),
        Plot.axisY({ tickFormat: (at) => up[at], lineWidth: left / 13, textOverflow: "ellipsis" }),
        Plot.cell(data, { x: "x", y: "y", fill: "mean" }),
        numbers ? Plot.text(data, { x: "x", y: "y", text: (d) => precise.format(Number(d.mean.toPrecision(3))), fill: "white", stroke: "black", strokeWidth: 3, pointerEvents: "none" }) : null,
      ],
    },
    `${titled(found)} over ${x.title} and ${y.title}`,
  );
  const label = (each) => `${wordsOf(found, each.cell)}: ${interval(each.cell, found)}${per(found)}`;
  reachable(picture, "rect", data, label, (each) => toRuns(levelsOf(found, each.cell), wordsOf(found, each.cell)));
  const byPlace = new Map(found.cells.map((cell) => [cell.at.join(), cell]));
  return opened(
    framed(`${titled(found)} over ${x.title} (across) and ${y.title} (up)`, picture, {
      note: `${said(found, perCell(found.cells))} A cell opens its runs; the arrow keys move between cells.`,
      heads: [`${y.title} (down) by ${x.title}`, ...across],
      rows: up.map((name, row) => [name, ...across.map((_, column) => { const cell = byPlace.get(`${column},${row}`); return cell ? cellButton(found, cell) : "–"; })]).reverse(),
    }),
    found.cells.length,
  );
}

function pointsView(chart, found) {
  const [axis] = found.axes;
  const data = found.points.map((each) => ({ ...scaled(found, each), cell: each }));
  const curve = (found.smooth ?? []).map((each) => scaled(found, each));
  const name = (each) => (axis.numeric ? precise.format(Number(each.x.toPrecision(4))) : each.x);
  const words = (each) => `point ${whole(each.point)}, ${axis.title} = ${name(each)}`;
  const picture = draw(
    {
      width: room(chart, 720),
      height: 380,
      marginLeft: 56,
      x: { label: `${axis.label} →`, ...(axis.numeric ? {} : { type: "point" }) },
      y: { label: `↑ ${titled(found)}`, grid: true, nice: true, ...flat(data) },
      marks: [
        Plot.dot(data, { x: "x", y: "mean", fill: "#767676", fillOpacity: 0.55, r: 3.5 }),
        Plot.areaY(curve, { x: "x", y1: "low", y2: "high", fill: YOURS, fillOpacity: 0.2, pointerEvents: "none" }),
        Plot.lineY(curve, { x: "x", y: "mean", stroke: YOURS, strokeWidth: 2, pointerEvents: "none" }),
      ],
    },
    `${titled(found)} at each drawn point over ${axis.title}`,
  );
  const figure = (each) => `${interval(each, found)}${per(found)}`;
  const go = (each) => toRuns({}, words(each), each.point);
  reachable(picture, "circle", data, (each) => `${words(each.cell)}: ${figure(each.cell)}`, (each) => go(each.cell));
  const some = found.of > data.length ? `${whole(data.length)} of ${whole(found.of)} points are shown, evenly; ` : `n = ${counted(found.of, "point")}; `;
  const line = curve.length ? "the line is a smoothing spline through all of them, with its 95 % band." : "no line is drawn: there are too few values, or the points are no sample.";
  return opened(
    framed(`${titled(found)} at each point, over ${axis.title}`, picture, {
      note: said(found, `${some}${line} A point opens its runs.`),
      heads: [axis.label, titled(found), "n", "point"],
      rows: found.points.map((each) => [name(each), opener(figure(each), `${words(each)}: ${figure(each)}; its runs`, () => go(each)), whole(each.n ?? 0), whole(each.point)]),
    }),
    data.length,
  );
}

// The label of an axis that has so much room: with its unit if that fits.
const fitting = (axis, space) => (6.5 * axis.label.length < space ? axis.label : axis.title);

// An axis of levels side by side: names are wrapped, and of numbers as many are written as have room.
function axisOf(axis, names, space) {
  const longest = Math.max(...names.map((name) => name.length));
  const step = axis.numeric ? Math.ceil((7 * longest + 6) / (space / names.length)) : 1;
  const wrap = axis.numeric ? {} : { lineWidth: Math.max(2, space / names.length / 12), textOverflow: "ellipsis" };
  return { ticks: names.map((_, at) => at).filter((at) => at % step === 0), tickFormat: (at) => names[at], ...wrap };
}

// Room around figures that are all alike.
function flat(data) {
  const means = data.map((each) => each.mean);
  return data.length && Math.min(...means) === Math.max(...means) ? { domain: [means[0] - 1, means[0] + 1] } : {};
}

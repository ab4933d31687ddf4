// Explore: sliders on the left; what the setting does, beside the status quo, on the right.

import { aroundPanel, chooser, leaveAround, lookAround } from "./around.js";
import { STATUS_QUO, YOURS, draw, framed, room } from "./charts.js";
import { controlsOf, showControls, titled } from "./controls.js";
import { command, interval, loose, make, refocus, whole } from "./format.js";
import { ask } from "./line.js";
import { link, overWorlds, setting } from "./setting.js";
import { strip, symbol } from "./strip.js";

let figures, kinds, repeat, finding, progress, problem;
let latest = null; // figures shown last
let kindMetric = "harm_averted";

export function mount(root, about) {
  finding = make("p", { class: "finding", id: "finding" });
  progress = make("p", { class: "note", role: "status" });
  problem = make("p", { class: "error", role: "alert" });
  figures = make("div", { class: "panel", id: "figures" });
  kinds = make("div", { class: "panel", id: "kinds" });
  repeat = make("div", { class: "panel", id: "again" });
  const controls = controlsOf(about, (text) => (problem.textContent = text));
  root.append(make("div", { class: "sides" }, controls, make("div", {}, problem, finding, progress, figures, kinds, aroundPanel(), repeat)));
  layRepeat();
}

export function show() {
  showControls();
  run();
}

function run() {
  leaveAround();
  problem.textContent = "";
  for (const part of [figures, kinds]) part.classList.add("stale");
  const began = performance.now();
  ask("explore", setting, {
    answer: (found) => {
      latest = found;
      const refined = found.finding !== undefined;
      finding.textContent = found.finding ?? "";
      progress.textContent = `n = ${whole(found.n)} of ${whole(found.of)} paired runs${overWorlds()}, in ${loose((performance.now() - began) / 1000)} s. ${standing(found)}`;
      redraw(drawFigures);
      figures.classList.remove("stale");
      if (refined) {
        redraw(drawKinds); // of rough figures the whole suffices
        kinds.classList.remove("stale");
      }
      document.body.dataset.shown = JSON.stringify(setting);
      document.body.dataset.n = found.n;
      document.body.dataset.refined = refined;
    },
    end: () => {
      lookAround(latest.rows);
      askCommand();
    },
    late: (found) => {
      latest = found; // of a moment ago, and so it stays grey: who drags a slider sees it move
      redraw(drawFigures);
    },
    fail: (text) => (problem.textContent = text),
  });
  showRepeat();
}

// Draw, and give the focus back to what had it.
function redraw(drawing) {
  const focused = document.activeElement?.id;
  drawing();
  refocus(focused);
}

// What the intervals of an answer are.
function standing(found) {
  if (found.finding !== undefined) return "The sentence holds as a whole at 95 %; each interval is a 95 % interval by itself.";
  return found.n < found.of ? "Rough figures; sharper ones follow." : "All runs are there; their intervals are being refined.";
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
      strip(points(row, "all"), `${row.title}: this setting ${interval(all.yours, row)}, status quo ${interval(all.status_quo, row)}`),
      all.difference.n < latest.n ? make("div", { class: "beside" }, `n = ${whole(all.difference.n)}: undefined in the other runs`) : null,
    );
  });
  const unit = (row) => (row.share ? `${row.title} (%)` : `${row.title} (${row.unit})`);
  figures.replaceChildren(
    make("h2", {}, "What this setting does", latest.n < latest.of ? ` (rough, n = ${whole(latest.n)})` : ""),
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

function drawKinds() {
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
}

function layRepeat() {
  const copy = () => navigator.clipboard?.writeText(`${location.origin}/${link()}`);
  repeat.replaceChildren(
    make("h2", {}, "Have this setting again"),
    make("p", {}, make("a", { id: "link" }, "Link to this setting"), " ", make("button", { type: "button", onclick: copy }, "Copy the link")),
    make("p", {}, make("a", { id: "file", download: "" }, "Doctrine as a file")),
    make("p", {}, "The command that gives these figures:"),
    make("pre", { id: "command" }),
  );
}

function showRepeat() {
  document.getElementById("link").href = link();
  document.getElementById("file").href = `/doctrine.toml?setting=${encodeURIComponent(JSON.stringify(setting))}`;
  document.getElementById("command").classList.add("stale");
}

function askCommand() {
  const shown = document.getElementById("command");
  ask("command", setting, {
    answer: (found) => {
      shown.replaceChildren(...command(found.command));
      shown.classList.remove("stale");
    },
    fail: () => {},
  });
}

// The runs of a cell of a results folder, and one of them: its story and its ledger.

import { draw, room } from "./charts.js";
import { command, counted, interval, make, svg, table, whole, written } from "./format.js";

export const titled = (found) => `${found.title}${found.unit ? ` (${found.unit})` : ""}`;
export const text = (words) => make("span", { class: "words" }, words);

// A table in which words may take more lines than one.
export function wide(found) {
  for (const words of found.querySelectorAll("td > .words")) words.parentElement.classList.add("text");
  return found;
}

// A level of a factor, which comes as a text.
const level = (words) => (words.trim() && Number.isFinite(Number(words)) ? written(Number(words)) : words);

export function openRuns(view, focus) {
  const { root, heading, body, request, step, keep } = view;
  const where = view.where();
  heading.textContent = `Runs: ${where.words}`;
  body.classList.add("stale");
  const { folder, at, point, order, page } = where;
  request("runs", { folder, at, point, order, page, metric: where.view.metric }, (found) => {
    body.classList.remove("stale");
    const pick = make("select", { id: "runs-order", onchange: (event) => { keep({ order: event.target.value, page: 0 }); openRuns(view, () => document.getElementById("runs-order").focus()); } },
      [["number", "by number"], ["lowest", "lowest first"], ["highest", "highest first"], ["failed", "failed first"]].map(([key, words]) => make("option", { value: key, selected: key === found.order }, words)));
    const turnTo = (to, id) => make("button", { type: "button", id, disabled: to < 0 || to >= found.pages, onclick: () => { keep({ page: to }); openRuns(view, () => document.getElementById(id).focus()); } }, id === "runs-before" ? "Previous" : "Next");
    const value = (row) => (row.failed ? text(`failed: ${row.error}`) : interval({ mean: row.value, low: null, high: null }, found));
    const rows = found.rows.map((row) => [
      row.failed
        ? `run ${whole(row.replicate)}`
        : make("button", { type: "button", class: "plain", "data-run": `${row.point}-${row.replicate}`, onclick: () => step({ ...where, stage: "story", run: { point: row.point, replicate: row.replicate } }) }, `run ${whole(row.replicate)}`),
      whole(row.point),
      ...row.setting.map(level),
      value(row),
    ]);
    body.replaceChildren(
      make("p", {}, `${counted(found.of, "run")} at ${counted(found.points, "point")}${found.failed ? `, ${whole(found.failed)} of them failed` : ""}. A run opens its story. `, make("label", { for: "runs-order" }, "Order ", pick)),
      wide(table(`Runs: ${where.words}`, ["run", "point", ...found.factors, titled(found)], rows)),
      make("p", {}, turnTo(found.page - 1, "runs-before"), ` Page ${whole(found.page + 1)} of ${whole(found.pages)} `, turnTo(found.page + 1, "runs-next")),
    );
    root.dataset.stage = "runs";
    root.dataset.page = `${found.order}-${found.page}`;
    focus();
  });
}

// A run: its story and its ledger

export function openStory(view, focus) {
  const { root, heading, body, request } = view;
  const where = view.where();
  const { point, replicate } = where.run;
  heading.textContent = `Point ${whole(point)}, run ${whole(replicate)}`;
  body.replaceChildren();
  focus();
  request("story", { folder: where.folder, point, replicate }, (found) => {
    const attributed = (each) => (each.attributed === null ? "" : day(each.attributed, each.rightly ? "" : " (wrongly)"));
    const votes = (each) => (each.votes ? each.votes.map(whole).join("–") : "");
    const share = (value) => (value === null ? "" : interval({ mean: value, low: null, high: null }));
    const rows = found.cases.map((each) => [day(each.opened), ...[each.activity, each.culprit, each.victim].map(text), share(each.severity), share(each.confidence), text(each.suspect), attributed(each), each.answered ? day(each.answered) : "", votes(each), text(each.status)]);
    const heads = ["opened", "activity", "by", "against", "severity", "confidence", "suspect", "attributed", "answered", "votes for–against–abstaining", "status"];
    const cut = found.of > found.cases.length ? ` The first ${whole(found.cases.length)} of ${counted(found.of, "case")}.` : "";
    body.replaceChildren(
      make("p", {}, make("strong", {}, found.invented)),
      make("p", { class: "note" }, `${found.title}. Made again just now, and the same as recorded to the last bit. ${found.stamp}.`),
      make("article", { id: "story" }, found.sections.flatMap((each) => [make("h3", {}, each.heading), ...each.paragraphs.map((words) => make("p", {}, words))])),
      make("h3", {}, "Its ledger"),
      make("p", { class: "note" }, `${counted(found.of, "case")} in the weeks counted.${cut}`),
      lanes(body, found.cases),
      make("div", { id: "ledger" }, wide(table("Cases in the order of their opening", heads, rows))),
      make("p", {}, "The command that tells the same story:"),
      make("pre", { id: "story-command" }, command(found.command)),
    );
    root.dataset.stage = "story";
  }, { words: "Making this run again, to tell its story. The first one may take a minute, while the model is compiled." });
}

const dates = new Intl.DateTimeFormat(navigator.language, { dateStyle: "medium", timeZone: "UTC" });
const day = (iso, words = "") => make("span", { class: "when" }, `${dates.format(new Date(iso))}${words}`);

const CAME = {
  answered: ["#0072b2", "circle"],
  "attributed, not answered": ["#007a5a", "square"],
  "attributed wrongly": ["#b34700", "triangle"],
  "not attributed": ["#767676", "times"],
};

function came(each) {
  if (each.attributed !== null && !each.rightly) return "attributed wrongly";
  if (each.answered) return "answered";
  return each.attributed === null ? "not attributed" : "attributed, not answered";
}

// What came of each case, by who did it, over time; the ledger below says the same.
function lanes(body, cases) {
  if (!cases.length) return make("p", {}, "There was no case.");
  const data = cases.map((each) => ({ date: new Date(each.opened), by: each.culprit, came: came(each) }));
  const who = [...new Set(data.map((each) => each.by))];
  const kinds = Object.keys(CAME);
  const width = room(body, 900);
  const left = Math.min(0.4 * width, 180);
  const picture = draw(
    {
      width,
      height: 70 + 18 * who.length,
      marginLeft: left,
      x: { type: "utc", label: "opened →" },
      y: { domain: who, label: null, grid: true },
      color: { domain: kinds, range: kinds.map((kind) => CAME[kind][0]) },
      symbol: { domain: kinds, range: kinds.map((kind) => CAME[kind][1]) },
      marks: [
        Plot.axisY({ lineWidth: left / 13, textOverflow: "ellipsis", tickSize: 0 }),
        Plot.dot(data, { x: "date", y: "by", stroke: "came", symbol: "came", r: 4, strokeWidth: 2 }),
      ],
    },
    `Cases over time by who was behind them: ${kinds.map((kind) => `${kind} ${whole(data.filter((each) => each.came === kind).length)}`).join(", ")}`,
  );
  const legend = make("ul", { class: "legend", "aria-label": "Legend" }, kinds.map((kind) => make("li", {}, symbol(...CAME[kind]), ` ${kind}`)));
  return make("figure", {}, make("figcaption", {}, "Cases over time, by who was behind them, and what came of each"), legend, picture);
}

function symbol(color, name) {
  const shape = { circle: d3.symbolCircle, square: d3.symbolSquare2, triangle: d3.symbolTriangle2, times: d3.symbolTimes }[name];
  const mark = svg("path", { d: d3.symbol(shape, 50)(), fill: "none", stroke: color, "stroke-width": 2 });
  return svg("svg", { width: 14, height: 14, viewBox: "-7 -7 14 14", "aria-hidden": "true" }, mark);
}

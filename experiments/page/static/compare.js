// Compare: doctrines chosen by click, in the setting's circumstances; what `deter compare` finds, as it comes in.

import { KINDS, STATUS_QUO, YOURS, draw, framed, room } from "./charts.js";
import { command, interval, make, refocus, table, whole, written } from "./format.js";
import { ask } from "./line.js";
import { change, keep, kept, overWorlds, setting } from "./setting.js";

const MINE = "yours";
const FIRST = ["clear_ladder", "denial_first", "status_quo"]; // compared before the reader has chosen
const TRADES = [
  { across: "escalation_rate", up: "deterrence_rate" },
  { across: "eu_cost", up: "harm_averted" },
];
const LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ";
let about, view, choice, progress, problem, finding, differences, kinds, traded, said, repeat;
let chosen = new Set();
let reference = "status_quo";
let asked = "";
let latest = null; // the answer shown last, maybe of few runs, without what takes all of them
let full = null; // the last answer of all runs
let kindMetric = "harm_averted";
const opened = new Set(); // headings of sentences that the reader has unfolded

const ofDoctrine = () => Object.entries(setting.values).filter(([path]) => path.startsWith("doctrine."));
const titleOf = (name) => about.doctrines[name]?.title ?? name.replaceAll("_", " ");
const mine = () => `This setting: “${titleOf(setting.doctrine)}”, changed`;
const others = (found) => Object.keys(found.titles).filter((name) => name !== found.reference);
const per = (metric) => (metric.share ? " %" : "");
// A figure of a table, as the command prints it: ends without a plus, on one line; ~ where the difference is unclear.
function cell(figure, metric, signed = false) {
  const [mean, ends] = interval(figure, { ...metric, signed }).split(" [");
  const bracket = ends ? ` [${ends.replaceAll("+", "").replaceAll(" ", "\u00a0")}` : "";
  return `${mean}${bracket}${figure?.verdict === "unclear" ? "\u00a0~" : ""}`;
}

export function mount(root, found) {
  about = found;
  view = root;
  choice = make("form", { class: "panel controls", "aria-label": "Doctrines to compare", onsubmit: (event) => event.preventDefault() });
  progress = make("p", { class: "note", role: "status", id: "compare-progress" });
  problem = make("p", { class: "error", role: "alert", id: "compare-problem" });
  [finding, differences, kinds, traded, said, repeat] = ["finding", "differences", "kinds", "traded", "said", "again"].map((name) =>
    make("div", { class: "panel", id: `compare-${name}`, hidden: true }),
  );
  root.append(make("div", { class: "sides" }, choice, make("div", {}, problem, progress, finding, differences, traded, kinds, said, repeat)));
}

export function show() {
  const changed = ofDoctrine().length > 0;
  chosen = new Set(kept("with")?.split(" ").map(decoded) ?? [...FIRST, ...(changed ? [MINE] : [])]);
  reference = kept("against") ?? "status_quo";
  if (!changed && reference === MINE) reference = "status_quo";
  layChoice();
  run();
}

function layChoice() {
  const focused = document.activeElement?.id;
  const box = (name, title, hint) =>
    make(
      "label",
      { for: `arm-${name}`, class: "arm" },
      make("input", {
        type: "checkbox",
        id: `arm-${name}`,
        checked: chosen.has(name),
        "aria-describedby": hint ? `arm-${name}-hint` : null,
        onchange: (event) => {
          if (event.target.checked) chosen.add(name);
          else chosen.delete(name);
          choose();
        },
      }),
      ` ${title}`,
      hint ? make("span", { class: "hint", id: `arm-${name}-hint` }, hint) : null,
    );
  const all = (title, names) =>
    make("button", { type: "button", id: `arms-${title.toLowerCase()}`, onclick: () => { chosen = new Set(names); layChoice(); choose(); } }, title);
  const changed = ofDoctrine();
  const values = changed.map(([path, value]) => `${written(path.slice(9))} ${written(value)}`).join(", ");
  const names = [...(changed.length ? [MINE] : []), ...Object.keys(about.doctrines)];
  choice.replaceChildren(
    make("h2", {}, "Doctrines to compare"),
    make(
      "label",
      { for: "compare-scenario" },
      "Scenario",
      make(
        "select",
        { id: "compare-scenario", onchange: (event) => change({ scenario: event.target.value, values: Object.fromEntries(changed) }) },
        Object.entries(about.scenarios).map(([name, title]) => make("option", { value: name, selected: name === setting.scenario }, title)),
      ),
    ),
    make(
      "label",
      { for: "compare-reference" },
      "Compared with",
      make(
        "select",
        { id: "compare-reference", onchange: (event) => { reference = event.target.value; choose(); } },
        names.map((name) => make("option", { value: name, selected: name === reference }, name === MINE ? mine() : titleOf(name))),
      ),
    ),
    make(
      "fieldset",
      {},
      make("legend", {}, "Doctrines"),
      changed.length
        ? box(MINE, mine(), values)
        : make("p", { class: "hint" }, "Move a slider under Explore, and that setting can be chosen here as well."),
      Object.entries(about.doctrines).map(([name, each]) => box(name, each.title)),
    ),
    make("p", {}, all("All", names), " ", all("None", [])),
  );
  refocus(focused);
}

// A name of a link, in which a space stands between two.
function decoded(name) {
  try {
    return decodeURIComponent(name);
  } catch {
    return name; // written by hand
  }
}

// Note the choice in the address, and run it.
function choose() {
  keep({ with: [...chosen].map(encodeURIComponent).join(" "), against: reference });
  run();
}

function run() {
  const offered = [...(ofDoctrine().length ? [MINE] : []), ...Object.keys(about.doctrines)];
  const doctrines = offered.filter((name) => chosen.has(name));
  const question = JSON.stringify({ setting, doctrines, reference });
  if (question === asked) return;
  asked = question;
  problem.textContent = "";
  if (!doctrines.some((name) => name !== reference)) {
    progress.textContent = "Choose a doctrine to compare with the reference.";
    return;
  }
  for (const part of [finding, differences, kinds, traded, said, repeat]) part.classList.add("stale");
  const began = performance.now();
  ask("compare", { setting, doctrines, reference }, {
    answer: (found) => {
      if (question !== asked) return; // the choice was taken back meanwhile
      latest = found;
      const seconds = new Intl.NumberFormat(navigator.language, { maximumFractionDigits: 1 }).format((performance.now() - began) / 1000);
      progress.textContent = `n = ${whole(found.n)} of ${whole(found.of)} runs of each doctrine, paired${overWorlds()}; ${seconds} s.`;
      drawAll();
      view.dataset.n = found.n;
      if (found.kinds) view.dataset.compared = question; // all parts stand
    },
    fail: (text) => {
      problem.textContent = text;
      progress.textContent = "";
      asked = "";
    },
  });
}

function drawAll() {
  const focused = document.activeElement?.id;
  const parts = [finding, differences, ...(latest.kinds ? [kinds, traded, said, repeat] : [])];
  for (const part of parts) part.hidden = false; // before drawing: pictures are as wide as there is room
  drawFinding();
  drawDifferences();
  if (latest.kinds) {
    full = latest;
    drawTraded();
    drawKinds();
    drawSaid();
    drawRepeat();
  }
  for (const part of parts) part.classList.remove("stale");
  refocus(focused);
}

function drawFinding() {
  const lead = latest.lead;
  const n = lead.length ? `(95 % intervals; n = ${whole(lead[0].n)} ${lead[0].unit}.)` : "";
  finding.replaceChildren(
    make("h2", {}, "In short"),
    ...(lead.length ? lead.map((one) => make("p", {}, one.text)) : [make("p", {}, "There are too few runs for intervals.")]),
    make("p", { class: "note" }, n),
  );
}

const row = (rows, doctrine, metric, kind) =>
  rows.find((each) => each.doctrine === doctrine && each.metric === metric && (kind === undefined || each.kind === kind));
const least = (rows) => whole(Math.min(...rows.map((each) => each?.n ?? 0)));

function drawDifferences() {
  const { metrics, titles, levels } = latest;
  const names = [...new Set(latest.differences.map((each) => each.metric))];
  const own = names.map((name) => row(levels, latest.reference, name));
  const rows = others(latest).map((doctrine) => {
    const found = names.map((name) => row(latest.differences, doctrine, name));
    return [titles[doctrine], ...found.map((each) => cell(each, metrics[each.metric], true)), least(found)];
  });
  differences.replaceChildren(
    make("h2", {}, "Doctrines compared"),
    table(
      `“${titles[latest.reference]}” itself; below it, what the others do less what it does`,
      ["", ...names.map((name) => `${metrics[name].short}${per(metrics[name])}`), "n"],
      [[`“${titles[latest.reference]}” itself`, ...own.map((each) => cell(each, metrics[each.metric])), least(own)], ...rows],
    ),
    make("p", { class: "note" }, latest.note),
  );
}

function shown(rows, metric) {
  const scale = metric.share ? 100 : 1;
  return rows
    .filter((each) => each && each.mean !== null)
    .map((each) => ({ ...each, mean: scale * each.mean, low: scale * (each.low ?? each.mean), high: scale * (each.high ?? each.mean) }));
}

function drawKinds() {
  const metric = full.metrics[kindMetric];
  const parts = Object.keys(KINDS).filter((kind) => full.kinds.some((each) => each.kind === kind));
  const name = (kind) => (kind === "all" ? "all perpetrators" : about.words[kind] ?? kind);
  const rows = others(full).flatMap((doctrine) => parts.map((kind) => row(full.kinds, doctrine, kindMetric, kind)));
  const data = shown(rows, metric).map((each) => ({ ...each, who: full.titles[each.doctrine], color: KINDS[each.kind] }));
  const title = `${metric.title}, less “${full.titles[full.reference]}”`;
  const picture = draw(
    {
      width: room(kinds),
      height: 50 + others(full).length * (parts.length * 16 + 34),
      marginLeft: 12,
      marginRight: 120,
      marginTop: 24,
      x: { label: metric.share ? "points of per cent" : metric.unit, grid: true, nice: true },
      y: { axis: null, domain: parts },
      fy: { axis: null, domain: others(full).map((doctrine) => full.titles[doctrine]), padding: 0.25 },
      marks: [
        Plot.ruleX([0], { stroke: "#5f5f5f" }),
        Plot.ruleY(data, { x1: "low", x2: "high", y: "kind", fy: "who", stroke: "color", strokeWidth: 2 }),
        Plot.dot(data, { x: "mean", y: "kind", fy: "who", stroke: "color", strokeWidth: 2, r: 3.5, fill: (each) => (each.verdict === "unclear" ? "white" : each.color) }),
        Plot.text(data, { y: "kind", fy: "who", frameAnchor: "right", textAnchor: "start", dx: 8, text: (each) => name(each.kind), fill: "color" }),
        Plot.text(others(full).map((doctrine) => full.titles[doctrine]), { fy: (each) => each, frameAnchor: "top-left", dy: -14, fontWeight: 600, text: (each) => each }),
      ],
    },
    `${title}, by kind of perpetrator`,
  );
  const metrics = [...new Set(full.kinds.map((each) => each.metric))];
  kinds.replaceChildren(
    make("h2", {}, "By kind of perpetrator"),
    make(
      "label",
      { for: "compare-kind-metric" },
      "Figure ",
      make(
        "select",
        { id: "compare-kind-metric", onchange: (event) => { kindMetric = event.target.value; drawKinds(); document.getElementById("compare-kind-metric").focus(); } },
        metrics.map((each) => make("option", { value: each, selected: each === kindMetric }, full.metrics[each].title)),
      ),
    ),
    framed(title, picture, {
      key: "compare-kinds",
      caption: `${title}${metric.share ? " (points of per cent)" : ` (${metric.unit})`}`,
      note: `Open circles, and ~ in the table: unclear. n = ${least(rows)} ${full.unit}. ${full.kind_note}`,
      heads: ["", ...parts.map(name), "n"],
      rows: others(full).map((doctrine) => [
        full.titles[doctrine],
        ...parts.map((kind) => cell(row(full.kinds, doctrine, kindMetric, kind), metric, true)),
        whole(row(full.kinds, doctrine, kindMetric, "all").n),
      ]),
    }),
  );
}

const standing = (found) => (found.clearly_dominated_by ? "dominated" : found.in_set ? "in the set" : "unclear");
const LOOKS = { "in the set": { symbol: "circle", filled: true, color: YOURS }, unclear: { symbol: "circle", filled: false, color: YOURS }, dominated: { symbol: "square", filled: false, color: STATUS_QUO } };

function drawTraded() {
  const names = Object.keys(full.titles);
  const letter = (name) => LETTERS[names.indexOf(name)] ?? String(names.indexOf(name) + 1);
  const figure = (name, metric) => row(full.traded, name, metric);
  const where = Object.fromEntries(full.pareto.map((each) => [each.doctrine, each]));
  const picture = ({ across, up }) => {
    const [x, y] = [across, up].map((each) => full.metrics[each]);
    const data = names
      .map((name) => ({ name, at: shown([figure(name, across)], x)[0], to: shown([figure(name, up)], y)[0], look: LOOKS[standing(where[name])] }))
      .filter((each) => each.at && each.to)
      .map(({ name, at, to, look }) => ({ letter: letter(name), look, x: at.mean, x1: at.low, x2: at.high, y: to.mean, y1: to.low, y2: to.high, color: look.color, symbol: look.symbol, fill: look.filled ? look.color : "white" }));
    return draw(
      {
        width: Math.min(420, room(traded)),
        height: 320,
        marginLeft: 56,
        marginBottom: 40,
        inset: 16,
        x: { label: `${x.short}${x.share ? " (%)" : ""} →`, nice: true, grid: true, ticks: 5 },
        y: { label: `↑ ${y.short}${y.share ? " (%)" : ""}`, nice: true, grid: true, ticks: 5 },
        marks: [
          Plot.link(data, { x1: "x1", x2: "x2", y1: "y", y2: "y", stroke: "color" }),
          Plot.link(data, { x1: "x", x2: "x", y1: "y1", y2: "y2", stroke: "color" }),
          Plot.dot(data, { x: "x", y: "y", r: 5, symbol: (each) => each.symbol, stroke: "color", strokeWidth: 2, fill: "fill" }),
          Plot.text(data, { x: "x", y: "y", text: "letter", dx: 11, dy: -10, fontWeight: 700, fontSize: 13, stroke: "white", strokeWidth: 4, fill: "#1a1a1a" }),
        ],
        symbol: { type: "identity" },
      },
      `${y.title} against ${x.title.toLowerCase()} of ${whole(names.length)} doctrines; the table has the figures`,
    );
  };
  const share = (value) => (value === null ? "" : `${whole(100 * value)} %`);
  const metrics = [...new Set(full.traded.map((each) => each.metric))];
  traded.replaceChildren(
    make("h2", {}, "What doctrines gain, and what they cost"),
    make("p", {}, full.pareto_said),
    make("ul", { class: "legend", "aria-label": "Doctrines by letter" }, names.map((name) => make("li", {}, make("b", {}, letter(name)), ` ${full.titles[name]} (${standing(where[name])})`))),
    framed("", make("div", { class: "pair" }, TRADES.map(picture)), {
      key: "compare-traded",
      caption: "Doctrines by what they gain and what they cost, each against its twin",
      note: `Lines: 95 % intervals; n = ${least(full.traded)} ${full.unit}. ${full.pareto_note}`,
      heads: ["", ...metrics.map((name) => `${full.metrics[name].short}${per(full.metrics[name])}`), "standing", "share of resamples in the set", "dominated beyond chance by", "n"],
      rows: names.map((name) => [
        `${letter(name)} ${full.titles[name]}`,
        ...metrics.map((each) => cell(figure(name, each), full.metrics[each])),
        standing(where[name]),
        share(where[name].resamples),
        where[name].clearly_dominated_by.split(", ").map((each) => full.titles[each] ?? each).join(", "),
        whole(figure(name, metrics[0]).n),
      ]),
    }),
  );
}

// The sentences of the brief under their headings, folded, and how the doctrines differ.
function drawSaid() {
  const groups = new Map();
  for (const one of full.findings) groups.set(one.heading, [...(groups.get(one.heading) ?? []), `${one.text} (n = ${whole(one.n)} ${one.unit}.)`]);
  if (full.settings.length) groups.set("How the doctrines differ", full.settings);
  said.replaceChildren(
    make("h2", {}, "What the brief says"),
    ...[...groups].map(([heading, texts]) =>
      make(
        "details",
        { open: opened.has(heading), ontoggle: (event) => (event.target.open ? opened.add(heading) : opened.delete(heading)) },
        make("summary", {}, heading),
        make("ul", {}, texts.map((text) => make("li", {}, text))),
      ),
    ),
  );
}

function drawRepeat() {
  const file = full.command.includes("_changed.toml");
  repeat.replaceChildren(
    make("h2", {}, "Have this comparison again"),
    make("p", {}, "The command that gives these figures, with a report:"),
    make("pre", { id: "compare-command" }, command(full.command)),
    file ? make("p", {}, "It reads ", make("a", { href: `/doctrine.toml?setting=${encodeURIComponent(JSON.stringify(setting))}`, download: "" }, "the doctrine of this setting as a file"), ".") : "",
  );
}

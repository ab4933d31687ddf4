// The pictures of one week of a world, each with its table, and the sentence that says what happened.

import { KINDS, TWIN, YOURS, draw as plot, room } from "./charts.js";
import { make, table } from "./format.js";
import { TRACKS, different } from "./watch_week.js";

const language = navigator.language;
const dates = new Intl.DateTimeFormat(language, { day: "numeric", month: "long", year: "numeric", timeZone: "UTC" });
const short = new Intl.DateTimeFormat(language, { day: "numeric", month: "short", year: "2-digit", timeZone: "UTC" });
const writers = [0, 1, 2, 3, 4].map((digits) => new Intl.NumberFormat(language, { maximumFractionDigits: digits, minimumFractionDigits: digits }));
const decimals = (digits) => writers[digits];
const whole = (number) => writers[0].format(number);
const percent = new Intl.NumberFormat(language, { style: "percent", maximumFractionDigits: 0 });
const signed = (digits) => new Intl.NumberFormat(language, { maximumFractionDigits: digits, minimumFractionDigits: digits, signDisplay: "exceptZero" });

const WRONG = "#b3261e";
const SEVERE = "#000000";
const MEASURE = { preventive: "#8c6d00", cooperative: "#6b8e00", stability: "#00786c", restrictive: "#5b2a86", support: "#a0387a" };
const DIFFERENT = { averted: "no act here", milder: "a milder act here", graver: "a graver act here", more: "an act here alone" };
const BINS = 130; // columns of the ladder
const SOME = 8; // rows of a list

export const dated = (world, week) => dates.format(world.day(week));
const counted = (number, noun, plural = `${noun}s`) => `${whole(number)} ${number === 1 ? noun : plural}`;
const brief = (title) => title.replace(/ \(.*/, "");
const broken = (title) => (title.length > 18 ? title.replace(/^(.{8,}?) /, "$1\n") : title);

// A picture with a heading and, folded, its table, both of which can be had anew without closing what is open.
class Panel {
  constructor(id, title, note = "") {
    this.title = title;
    this.slot = make("div");
    this.note = make("p", { class: "note" }, note);
    this.holder = make("div");
    this.fold = make("details", { ontoggle: () => this.fill() }, make("summary", {}, "As a table"), this.holder);
    this.root = make("figure", { class: "panel watch-panel", id }, make("figcaption", {}, title), this.slot, this.note, this.fold);
    this.said = () => ({ caption: title, heads: [], rows: [] });
  }

  // Before anything is drawn anew, so that the browser need not lay out the page for every picture.
  measure(playing) {
    if (!this.width) this.width = room(this.slot, 820);
    const { top, bottom } = this.root.getBoundingClientRect();
    this.seen = !playing || (bottom > -200 && top < innerHeight + 200);
  }

  set(picture, said) {
    this.slot.replaceChildren(...[picture].flat());
    this.said = said;
    this.fill();
  }

  fill() {
    if (this.fold.open) refill(this.holder, this.said());
  }
}

// A table in a holder, written anew within the element that may have the focus.
function refill(holder, { caption, heads, rows }) {
  const made = table(caption, heads, rows);
  const old = holder.firstElementChild;
  if (!old) holder.append(made);
  else {
    old.setAttribute("aria-label", caption);
    old.replaceChildren(...made.childNodes);
  }
}

export function pictures() {
  let world = null;
  const told = new Panel("watch-figures", "This week and so far, with the twin", "");
  told.fold.remove();
  const who = new Panel("watch-network", "Who acts on whom, and whom the EU answers");
  const ladder = new Panel("watch-ladder", "The ladder of activity", "The truth, which nobody sees: all acts by kind, come to light or not, the gravest on top. What lies ahead is not shown.");
  const answers = new Panel("watch-answers", "The ladder of response", "Measures adopted by class, and votes that failed.");
  const credibility = new Panel("watch-credibility", "Credibility of the EU");
  const grievance = new Panel("watch-grievance", "Mean grievance of perpetrators");
  const cases = new Panel("watch-cases", "Open cases and their evidence");
  const votes = new Panel("watch-votes", "The last votes by Member State");
  votes.fold.remove();
  const twins = new Panel("watch-differences", "Where the twin went another way");
  twins.fold.remove();
  const story = make("div", { class: "panel", id: "watch-story" });
  const columns = [[told, credibility, grievance, ladder], [who, answers, twins]];
  const all = [...columns.flat(), cases, votes];
  let lastVote = null;

  function lay(found) {
    world = found;
    lastVote = null;
    world.most = mostInBin(world);
    story.replaceChildren(
      make("h3", {}, "The story of this run"),
      make("p", { class: "note" }, "It tells the end. Its weeks count from the start of the run, before the first week shown here."),
      make("details", {}, make("summary", {}, "Read the story"), world.story.map((part) => [make("h4", {}, part.heading), ...part.paragraphs.map((text) => make("p", {}, text))])),
    );
  }

  function draw(week, { window, truth, playing }) {
    ladder.root.hidden = twins.root.hidden = !truth;
    for (const panel of all) panel.measure(playing);
    told.note.textContent = `Counts of one run: they have no interval.${truth ? " Acts and harm are the truth, which nobody sees." : ""}`;
    if (told.seen) told.set(figuresTable(world, week, truth), () => null);
    if (who.seen) network(who, world, week, window, truth);
    if (truth && ladder.seen) acts(ladder, world, week);
    if (answers.seen) responses(answers, world, week);
    if (credibility.seen) line(credibility, world, week, "credibility", [0, 1], 3);
    if (grievance.seen) line(grievance, world, week, "grievance", null, 4);
    if (cases.seen) evidence(cases, world, week, truth);
    const latest = world.votes.number(0, week);
    if (latest !== lastVote || !playing) ballots(votes, world, week);
    lastVote = latest;
    if (truth && twins.seen) differences(twins, world, week);
    return sentence(world, week, truth);
  }

  function resized() {
    for (const panel of all) panel.width = 0;
  }

  const sides = columns.map((some) => make("div", { class: "watch-column" }, some.map((panel) => panel.root)));
  return { elements: [...sides, cases.root, votes.root, story], lay, draw, resized };
}

// What happened in a week, in a sentence or two.
function sentence(world, week, truth) {
  const here = world.acts.world.between(week, week);
  const severe = here.filter((act) => world.activities[act.activity].severe).length;
  const parts = [!truth ? `${counted(world.cases.filter((one) => one.opened_week === week).length, "case")} came to light.` : `${counted(here.length, "act")}${severe ? `, ${whole(severe)} severe` : ""}; ${whole(world.acts.twin.number(week, week))} in the twin.`];
  for (const vote of world.votes.between(week, week))
    parts.push(`The vote on “${world.measures[vote.measure].title}” ${vote.passed ? "passed" : "failed"} (${whole(vote.votes_for)} for, ${whole(vote.votes_against)} against, ${whole(vote.votes_abstaining)} abstaining).`);
  const adopted = world.responses.between(week, week);
  if (adopted.length) parts.push(`Adopted: ${adopted.map((each) => `“${world.measures[each.measure].title}” ${against(world, each)}`).join(", ")}.`);
  return `Week ${whole(week + 1)} of ${whole(world.weeks)}, ${dated(world, week)}: ${parts.join(" ")}`;
}

const against = (world, { target, victim }) => (target < 0 ? `for ${world.victims[victim].title}` : `against ${world.perpetrators[target].title}`);

function figuresTable(world, week, truth) {
  const known = world.figures(week).filter((figure) => truth || !figure.hidden);
  const rows = known.map(({ title, digits, ours, theirs }) => {
    const write = decimals(digits).format;
    if ("state" in ours) return [title, write(ours.state), write(theirs.state), "", "", signed(digits).format(ours.state - theirs.state)];
    return [title, write(ours.week), write(theirs.week), write(ours.total), write(theirs.total), signed(digits).format(ours.total - theirs.total)];
  });
  return table(`${dated(world, week)}; n = 1 run`, ["", "this week, here", "this week, twin", "so far, here", "so far, twin", "here less twin"], rows);
}

// Perpetrators on the left, victims on the right: acts as they were, or as the EU takes them to be.
function network(panel, world, week, window, truth) {
  const first = week - window + 1;
  const links = truth ? trueLinks(world, first, week) : believedLinks(world, first, week);
  const answered = new Map();
  for (const response of world.responses.between(first, week)) {
    const key = response.target < 0 ? `v${response.victim}` : `p${response.target}`;
    if (!answered.has(key)) answered.set(key, []);
    answered.get(key).push(response);
  }
  const order = ["state", "proxy", "criminal", "hacktivist"];
  const parties = world.perpetrators.map((each, at) => ({ ...each, at })).sort((one, other) => order.indexOf(one.kind) - order.indexOf(other.kind) || one.at - other.at);
  const place = new Map(parties.map((each, row) => [each.at, row / Math.max(1, parties.length - 1)]));
  const height = (at) => at / Math.max(1, world.victims.length - 1);
  const { width } = panel;
  const narrow = width < 480;
  const step = narrow ? 0.08 : 0.04;
  const diamonds = [...answered.entries()].flatMap(([key, list]) =>
    [...new Set(list.map((each) => world.measures[each.measure].category))].map((category, at) => {
      const some = list.filter((each) => world.measures[each.measure].category === category);
      const row = Number(key.slice(1));
      return { x: key[0] === "p" ? step * (1 + at) : 1 - step * (1 + at), y: key[0] === "p" ? place.get(row) : height(row), category, wrong: truth && some.some((each) => each.rightly === 0) };
    }),
  );
  const active = new Set(links.map((link) => `p${link.perpetrator}`).concat(links.map((link) => `v${link.victim}`), [...answered.keys()]));
  const ink = (key) => (active.has(key) ? "#1a1a1a" : "#6b6b6b");
  const size = narrow ? 9 : 11;
  const picture = plot(
    {
      width,
      height: 16 * Math.max(parties.length, world.victims.length) + 30,
      marginLeft: narrow ? 118 : 150,
      marginRight: narrow ? 92 : 120,
      marginTop: 12,
      marginBottom: 12,
      x: { axis: null, domain: [0, 1] },
      y: { axis: null, domain: [1, 0] },
      marks: [
        ...[false, true].map((hidden) =>
          Plot.link(links.filter((link) => link.perpetrator >= 0 && link.hidden === hidden), {
            x1: 0, x2: 1, y1: (d) => place.get(d.perpetrator), y2: (d) => height(d.victim), curve: "bump-x", strokeDasharray: hidden ? "2,4" : null,
            stroke: (d) => (d.severe ? SEVERE : KINDS[world.perpetrators[d.perpetrator].kind]), strokeWidth: (d) => Math.sqrt(d.number) + (d.severe ? 1.5 : 0.5), strokeOpacity: "opacity",
          }),
        ),
        Plot.dot(parties, { x: 0, y: (d) => place.get(d.at), r: 3, fill: (d) => KINDS[d.kind] }),
        Plot.dot(world.victims, { x: 1, y: (_, at) => height(at), r: 3, fill: (d) => (d.partner ? "white" : "#1a1a1a"), stroke: "#1a1a1a" }),
        Plot.dot(links.filter((link) => link.perpetrator < 0), { x: 0.93, y: (d) => height(d.victim), symbol: "times", r: 4, stroke: "#1a1a1a" }),
        Plot.dot(diamonds, { x: "x", y: "y", symbol: "diamond", r: 6, fill: (d) => MEASURE[d.category], stroke: (d) => (d.wrong ? WRONG : "white"), strokeWidth: (d) => (d.wrong ? 3 : 1) }),
        Plot.text(parties, { x: 0, y: (d) => place.get(d.at), text: "title", textAnchor: "end", dx: -8, fontSize: size, fill: (d) => ink(`p${d.at}`) }),
        Plot.text(world.victims, { x: 1, y: (_, at) => height(at), text: "title", textAnchor: "start", dx: 8, fontSize: size, fill: (_, at) => ink(`v${at}`) }),
      ],
    },
    `${truth ? "Acts" : "Cases as the EU sees them"} from perpetrators to victims, ${short.format(world.day(Math.max(0, first)))} to ${short.format(world.day(week))}`,
  );
  const categories = [...new Set(world.measures.map((each) => each.category))];
  const keys = make("ul", { class: "legend", "aria-label": "Legend" }, [
    ...order.map((kind) => key(KINDS[kind], kind, "line")),
    key(SEVERE, truth ? "severe act" : "severe case", "line"),
    ...(truth ? [key("#5f5f5f", "not come to light so far", "dashes")] : []),
    ...categories.map((category) => key(MEASURE[category], category, "diamond")),
    ...(truth ? [key("white", "against the wrong party", "diamond", WRONG)] : []),
  ]);
  panel.note.textContent = truth
    ? "Lines: acts, the truth, which nobody sees. Diamonds: measures that the EU adopted against a party, or for a victim. Names in black: active in these weeks."
    : "Lines: cases that have come to light, from the party that the EU suspects most, the fainter the less it is sure. Crosses: cases without a suspect. Diamonds: measures adopted.";
  panel.set([keys, picture], () => ({
    caption: `${truth ? "Acts" : "Cases as the EU sees them"} and measures, ${dated(world, Math.max(0, first))} to ${dated(world, week)}; n = 1 run`,
    heads: ["", "on", truth ? "acts" : "cases", "severe", truth ? "come to light" : "confidence", "measures"],
    rows: [
      ...links.map((link) => [
        link.perpetrator < 0 ? "nobody suspected" : world.perpetrators[link.perpetrator].title,
        world.victims[link.victim].title,
        whole(link.number),
        whole(link.graves),
        truth ? whole(link.seen) : percent.format(link.opacity),
        "",
      ]),
      ...[...answered.values()].map((list) => ["EU", list[0].target < 0 ? world.victims[list[0].victim].title : world.perpetrators[list[0].target].title, "", "", "", list.map((each) => world.measures[each.measure].title).join("; ")]),
    ],
  }));
}

function trueLinks(world, first, week) {
  const found = new Map();
  for (const act of world.acts.world.between(first, week)) {
    const hidden = act.detected_week === null || act.detected_week > week;
    const at = `${act.perpetrator} ${act.victim} ${hidden}`;
    const link = found.get(at) ?? { perpetrator: act.perpetrator, victim: act.victim, hidden, number: 0, graves: 0, seen: 0, opacity: 0.8 };
    link.number += 1;
    link.graves += world.activities[act.activity].severe ? 1 : 0;
    link.seen += hidden ? 0 : 1;
    link.severe = link.graves > 0;
    found.set(at, link);
  }
  return [...found.values()].sort((one, other) => other.number - one.number);
}

function believedLinks(world, first, week) {
  return world.cases
    .filter((one) => one.opened_week >= first && one.opened_week <= week)
    .map((one) => {
      const { suspect, confidence } = world.belief(one, week);
      const severe = world.activities[one.activity].severe;
      return { perpetrator: suspect, victim: one.victim, hidden: false, number: 1, graves: severe ? 1 : 0, seen: 1, severe, opacity: suspect < 0 ? 0 : Math.max(0.15, confidence) };
    })
    .sort((one, other) => other.opacity - one.opacity);
}

const width_ = (world) => Math.max(1, Math.ceil(world.weeks / BINS));
const spanned = (world) => (width_(world) === 1 ? "a week" : `${whole(width_(world))} weeks`);

function mostInBin(world) {
  return Math.max(1, ...["world", "twin"].flatMap((where) => bins(world, world.acts[where].between(0, world.weeks - 1), (act) => act.activity).map((cell) => cell.number)));
}

// Rows counted by span of weeks and by what they are.
function bins(world, rows, kind) {
  const size = width_(world);
  const found = new Map();
  for (const row of rows) {
    const at = `${Math.floor(row.week / size)} ${kind(row)}`;
    const cell = found.get(at) ?? { from: Math.floor(row.week / size) * size, kind: kind(row), number: 0 };
    cell.number += 1;
    found.set(at, cell);
  }
  return [...found.values()];
}

const years = (world) => ({ domain: [world.day(0), world.day(world.weeks)], type: "utc", label: null, ticks: 5 });
const now = (world, week) => Plot.ruleX([world.day(week + 1)], { stroke: "#1a1a1a", strokeDasharray: "2,2" });
const cells = (world, data, more) =>
  Plot.rect(data, { x1: (d) => world.day(d.from), x2: (d) => world.day(Math.min(world.weeks, d.from + width_(world))), y: (d) => d.kind, fill: "number", inset: 0.3, ...more });

function acts(panel, world, week) {
  const titles = world.activities.map((each) => brief(each.title));
  const rungs = titles.map((_, rung) => rung).filter((rung) => world.activities[rung].severity > 0).reverse();
  const data = [["world", "here"], ["twin", "twin"]].flatMap(([where, name]) => bins(world, world.acts[where].between(0, week), (act) => act.activity).map((cell) => ({ ...cell, where: name })));
  const { width } = panel;
  const picture = plot(
    {
      width,
      height: 48 * rungs.length + 70,
      marginLeft: 138,
      marginRight: 44,
      x: years(world),
      y: { domain: rungs, type: "band", label: null, tickFormat: (rung) => broken(titles[rung]), tickSize: 0 },
      fy: { domain: ["here", "twin"], label: null },
      color: { type: "linear", domain: [0, world.most], scheme: "blues", legend: true, label: `acts in ${spanned(world)}`, className: "plot", width: 180 },
      marks: [Plot.frame({ stroke: "#ddd" }), cells(world, data, { fy: "where" }), now(world, week)],
    },
    `Acts by kind up to ${dated(world, week)}, here and in the twin`,
  );
  panel.set(picture, () => ({
    caption: `Acts by kind: the week of ${dated(world, week)} and so far; n = 1 run`,
    heads: ["", "this week, here", "this week, twin", "so far, here", "so far, twin"],
    rows: rungs.map((rung) => {
      const count = (where, first) => whole(world.acts[where].between(first, week).filter((act) => act.activity === rung).length);
      return [titles[rung], count("world", week), count("twin", week), count("world", 0), count("twin", 0)];
    }),
  }));
}

function responses(panel, world, week) {
  const failed = "votes failed";
  const classes = [...new Set(world.measures.map((each) => each.category))].filter((name) => world.sums[`adopted_${name}`].at(-1) > 0 || name === "restrictive" || name === "stability");
  const rows = [...classes].reverse().concat(failed);
  const data = [
    ...bins(world, world.responses.between(0, week), (each) => world.measures[each.measure].category),
    ...bins(world, world.votes.between(0, week).filter((vote) => !vote.passed), () => failed),
  ];
  const picture = plot(
    {
      width: panel.width,
      height: 24 * rows.length + 60,
      marginLeft: 138,
      marginRight: 44,
      x: years(world),
      y: { domain: rows, type: "band", label: null, tickSize: 0 },
      marks: [
        Plot.frame({ stroke: "#ddd" }),
        cells(world, data, { fill: (d) => MEASURE[d.kind] ?? WRONG, fillOpacity: 0.35, inset: 0 }),
        Plot.dot(data, { x: (d) => world.day(d.from + width_(world) / 2), y: "kind", r: (d) => 1.5 + Math.sqrt(d.number), fill: (d) => MEASURE[d.kind] ?? WRONG }),
        now(world, week),
      ],
    },
    `Measures by class, and failed votes, up to ${dated(world, week)}`,
  );
  panel.set(picture, () => ({
    caption: `Measures by class: the week of ${dated(world, week)} and so far; n = 1 run`,
    heads: ["", "this week", "so far"],
    rows: rows.map((row) => {
      const count = (first) => (row === failed ? world.votes.between(first, week).filter((vote) => !vote.passed) : world.responses.between(first, week).filter((each) => world.measures[each.measure].category === row)).length;
      return [row, whole(count(week)), whole(count(0))];
    }),
  }));
}

function line(panel, world, week, name, domain, digits) {
  const series = [["here", world.series[name], YOURS, null], ["twin", world.series[`twin_${name}`], TWIN, "5,3"]];
  const top = domain ?? [0, Math.max(1e-3, ...series.flatMap(([, column]) => column))];
  const ends = series.map(([who, column, color]) => ({ who, color, at: world.day(week), value: column[week] }));
  const above = ends[0].value >= ends[1].value ? 0 : 1; // the label of the higher line stands above it
  const picture = plot(
    {
      width: panel.width,
      height: 150,
      marginLeft: 50,
      marginRight: 44,
      x: years(world),
      y: { domain: top, label: null, ticks: 4, grid: true, insetBottom: 14, insetTop: 8 },
      marks: [
        ...series.map(([, column, color, dashes]) => Plot.lineY(column.slice(0, week + 1), { x: (_, at) => world.day(at), y: (d) => d, stroke: color, strokeWidth: 2, strokeDasharray: dashes })),
        Plot.dot(ends, { x: "at", y: "value", fill: "color", r: 3 }),
        ...ends.map((end, at) => Plot.text([end], { x: "at", y: "value", text: "who", dx: 6, dy: at === above ? -6 : 6, textAnchor: "start", fill: "color", stroke: "white", strokeWidth: 3, fontWeight: "bold" })),
      ],
    },
    `${panel.title} up to ${dated(world, week)}: ${decimals(digits).format(ends[0].value)} here, ${decimals(digits).format(ends[1].value)} in the twin`,
  );
  panel.set(picture, () => ({
    caption: `${panel.title}, here and in the twin, every 26 weeks up to ${dated(world, week)}; n = 1 run`,
    heads: ["", "here", "twin"],
    rows: sampled(week, 26).map((at) => [dated(world, at), ...series.map(([, column]) => decimals(digits).format(column[at]))]),
  }));
}

function sampled(week, every) {
  const found = [];
  for (let at = week; at >= 0; at -= every) found.push(at);
  return found;
}

function evidence(panel, world, week, truth) {
  const open = world.open(week);
  const attributed = open.filter((one) => one.attributed).length;
  const color = (one) => (!truth || world.right(one) === null ? "#5f5f5f" : world.right(one) ? YOURS : WRONG);
  const longest = Math.max(52, ...open.map((one) => one.open));
  const picture = plot(
    {
      width: panel.width,
      height: 230,
      marginLeft: 50,
      x: { domain: [0, longest], label: "weeks since it came to light →", ticks: 6 },
      y: { domain: [0, 1], label: "↑ the EU's confidence in its suspect", tickFormat: "%", ticks: 5, grid: true },
      marks: [
        Plot.ruleY([...new Set(open.map((one) => one.standard))].slice(0, 3), { stroke: "#1a1a1a", strokeDasharray: "4,3" }),
        Plot.dot(open, { x: "open", y: "confidence", r: (d) => 2 + 5 * d.severity, symbol: (d) => (d.attributed ? "diamond" : "circle"), stroke: color, fill: (d) => (d.suspect < 0 ? "white" : color(d)), fillOpacity: 0.6 }),
      ],
    },
    `${counted(open.length, "open case")}: weeks open, and the confidence in the suspect`,
  );
  const keys = make("ul", { class: "legend", "aria-label": "Legend" }, [
    ...(truth ? [key(YOURS, "suspicion is right", "dot"), key(WRONG, "suspicion is wrong", "dot")] : [key("#5f5f5f", "suspected party", "dot")]),
    key("white", "nobody suspected", "dot", "#5f5f5f"),
    key("#5f5f5f", "attributed", "diamond"),
    key("#1a1a1a", "confidence required", "dashes"),
  ]);
  const heads = ["case", "weeks open", "stage", "the EU suspects", "confidence", "required", "severity", ...(truth ? ["truth, which nobody sees"] : [])];
  const rows = open.map((one) => [
    `${brief(world.activities[one.activity].title)}, ${world.victims[one.victim].title}`,
    whole(one.open),
    one.stage,
    one.suspect < 0 ? "nobody" : world.perpetrators[one.suspect].title,
    one.suspect < 0 ? "" : percent.format(one.confidence),
    percent.format(one.standard),
    decimals(2).format(one.severity),
    ...(truth ? [one.culprit < 0 ? "false alarm" : `${world.perpetrators[one.culprit].title}${world.right(one) === false ? " (suspicion is wrong)" : ""}`] : []),
  ]);
  const list = make("div");
  refill(list, { caption: open.length > SOME ? `${whole(SOME)} of ${whole(open.length)} open cases: those nearest to an answer` : counted(open.length, "open case"), heads, rows: rows.slice(0, SOME) });
  panel.note.textContent = `${counted(open.length, "open case")}, ${whole(attributed)} of them attributed. Larger: more severe. ${truth ? "Colour shows the truth, which nobody in the model sees." : "As the EU sees it."}`;
  panel.set([keys, picture, list], () => ({ caption: `All ${counted(open.length, "open case")}, ${dated(world, week)}`, heads, rows }));
  panel.root.dataset.open = open.length;
}

function ballots(panel, world, week) {
  const votes = world.votes.between(0, week).slice(-SOME).reverse();
  panel.root.dataset.votes = world.votes.number(0, week);
  if (!votes.length) {
    panel.note.textContent = "No vote so far.";
    panel.set([], () => null);
    return;
  }
  const heads = ["Member State", ...votes.map((vote) => `${short.format(world.day(vote.week))}: ${world.measures[vote.measure].title}`)];
  const parts = {
    on: (vote) => TRACKS[vote.track],
    against: (vote) => (vote.suspect < 0 ? "nobody" : world.perpetrators[vote.suspect].title),
    result: (vote) => `${vote.passed ? "passed" : "failed"}: ${whole(vote.votes_for)} for, ${whole(vote.votes_against)} against, ${whole(vote.votes_abstaining)} abstaining`,
  };
  const rows = [
    ...Object.entries(parts).map(([name, text]) => [name, ...votes.map(text)]),
    ...world.members.map((member, at) => [member, ...votes.map((vote) => world.positions[Number(vote.positions[at])])]),
  ];
  const made = table(`The last ${counted(votes.length, "vote")} of ${whole(world.votes.number(0, week))} so far, the latest first`, heads, rows);
  const words = new Set(world.positions);
  for (const cell of made.querySelectorAll("td")) if (words.has(cell.textContent)) cell.className = `watch-position watch-${cell.textContent.replace(" ", "-")}`;
  panel.note.textContent = world.chance;
  panel.set(made, () => null);
}

function differences(panel, world, week) {
  const kinds = world.kinds(0, week);
  const total = kinds.averted + kinds.milder + kinds.graver + kinds.more;
  const last = [];
  for (let first = week; first >= 0 && last.length < SOME; first -= 1) last.push(...world.differences.between(first, first));
  const act = (activity, victim) => (activity < 0 ? "no act" : `${brief(world.activities[activity].title)}, ${world.victims[victim].title}`);
  panel.note.textContent =
    `So far: ${counted(kinds.averted, "act")} of the twin did not happen here, ${whole(kinds.milder)} ${kinds.milder === 1 ? "was" : "were"} milder here, ${whole(kinds.graver)} graver; ${counted(kinds.more, "act")} happened here alone. ` +
    "These are single events: they depend on how the draws of the two worlds are coupled.";
  panel.set(
    table(`The last ${whole(Math.min(SOME, last.length))} of ${whole(total)} so far; n = 1 run`, ["", "perpetrator", "in the twin", "here", ""], last.slice(0, SOME).map((each) => [short.format(world.day(each.week)), world.perpetrators[each.perpetrator].title, act(each.twin_activity, each.twin_victim), act(each.activity, each.victim), DIFFERENT[different(each)]])),
    () => null,
  );
  panel.root.dataset.averted = kinds.averted;
}

const SHAPES = {
  line: (color) => ["path", { d: "M0 6H18", stroke: color, "stroke-width": 3, fill: "none" }],
  dashes: (color) => ["path", { d: "M0 6H18", stroke: color, "stroke-width": 2, "stroke-dasharray": "3,3", fill: "none" }],
  dot: (color, edge) => ["circle", { cx: 9, cy: 6, r: 4, fill: color, stroke: edge ?? color, "stroke-width": 2 }],
  diamond: (color, edge) => ["path", { d: "M9 0L14 6L9 12L4 6Z", fill: color, stroke: edge ?? color, "stroke-width": 2 }],
};

function key(color, text, shape, edge) {
  const space = "http://www.w3.org/2000/svg";
  const svg = document.createElementNS(space, "svg");
  const [name, looks] = SHAPES[shape](color, edge);
  const mark = document.createElementNS(space, name);
  for (const [each, value] of Object.entries({ width: 18, height: 12, "aria-hidden": "true" })) svg.setAttribute(each, value);
  for (const [each, value] of Object.entries(looks)) mark.setAttribute(each, value);
  svg.append(mark);
  return make("li", {}, svg, ` ${text}`);
}

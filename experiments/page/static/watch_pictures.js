// The pictures of one week of a world, each with its table, and the sentence that says what happened.

import { TWIN, YOURS, draw as plot } from "./charts.js";
import { counted, decimals, make, signed, table, whole } from "./format.js";
import { ballots, differences, evidence } from "./watch_council.js";
import { network } from "./watch_network.js";
import { MEASURE, WRONG, Panel, brief, dated } from "./watch_panel.js";

const BINS = 130; // columns of the ladder
const broken = (title) => (title.length > 18 ? title.replace(/^(.{8,}?) /, "$1\n") : title);

export function pictures() {
  let world = null;
  const told = new Panel("watch-figures", "This week and so far, with the twin");
  told.fold.remove();
  const who = new Panel("watch-network", "Who acts on whom, and whom the EU answers");
  const ladder = new Panel("watch-ladder", "The ladder of activity");
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
    ladder.root.hidden = twins.root.hidden = grievance.root.hidden = !truth;
    for (const panel of all) panel.measure(playing);
    told.note.textContent = `Counts of one run: they have no interval.${truth ? " Acts, harm and grievance are the truth, which nobody sees." : ""}`;
    if (told.seen) told.set(figuresTable(world, week, truth), () => null);
    if (who.seen) network(who, world, week, window, truth);
    if (truth && ladder.seen) acts(ladder, world, week);
    if (answers.seen) responses(answers, world, week);
    if (credibility.seen) line(credibility, world, week, "credibility", [0, 1], 3);
    if (truth && grievance.seen) line(grievance, world, week, "grievance", null, 4);
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
  return table(`${dated(world, week)}; n = 1 run`, ["figure", "this week, here", "this week, twin", "so far, here", "so far, twin", "here less twin"], rows);
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
      color: { type: "linear", domain: [0, world.most], scheme: "blues" },
      marks: [Plot.frame({ stroke: "#ddd" }), cells(world, data, { fy: "where" }), now(world, week)],
    },
    `Acts by kind up to ${dated(world, week)}, here and in the twin`,
  );
  panel.note.textContent = `The truth, which nobody sees: all acts by kind, come to light or not, the gravest on top. The darker, the more acts in ${spanned(world)}, up to ${whole(world.most)}. What lies ahead is not shown.`;
  panel.set(picture, () => ({
    caption: `Acts by kind: the week of ${dated(world, week)} and so far; n = 1 run`,
    heads: ["kind of act", "this week, here", "this week, twin", "so far, here", "so far, twin"],
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
    heads: ["class", "this week", "so far"],
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
    heads: ["week of", "here", "twin"],
    rows: sampled(week, 26).map((at) => [dated(world, at), ...series.map(([, column]) => decimals(digits).format(column[at]))]),
  }));
}

function sampled(week, every) {
  const found = [];
  for (let at = week; at >= 0; at -= every) found.push(at);
  return found;
}

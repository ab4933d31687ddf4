// What lies before the Council: open cases with their evidence, and votes; and where the twin went another way.

import { YOURS, draw as plot } from "./charts.js";
import { counted, decimals, make, table, whole } from "./format.js";
import { SOME, WRONG, brief, dated, key, percent, refill, short } from "./watch_panel.js";
import { TRACKS, different } from "./watch_week.js";

const DIFFERENT = { averted: "no act here", milder: "a milder act here", graver: "a graver act here", more: "an act here alone" };

export function evidence(panel, world, week, truth) {
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

export function ballots(panel, world, week) {
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

export function differences(panel, world, week) {
  const kinds = world.kinds(0, week);
  const total = kinds.averted + kinds.milder + kinds.graver + kinds.more;
  const last = [];
  for (let first = week; first >= 0 && last.length < SOME; first -= 1) last.push(...world.differences.between(first, first));
  const act = (activity, victim) => (activity < 0 ? "no act" : `${brief(world.activities[activity].title)}, ${world.victims[victim].title}`);
  panel.note.textContent =
    `So far: ${counted(kinds.averted, "act")} of the twin did not happen here, ${whole(kinds.milder)} ${kinds.milder === 1 ? "was" : "were"} milder here, ${whole(kinds.graver)} graver; ${counted(kinds.more, "act")} happened here alone. ` +
    "These are single events: they depend on how the draws of the two worlds are coupled.";
  panel.set(
    table(`The last ${whole(Math.min(SOME, last.length))} of ${whole(total)} so far; n = 1 run`, ["week of", "perpetrator", "in the twin", "here", "so there is"], last.slice(0, SOME).map((each) => [short.format(world.day(each.week)), world.perpetrators[each.perpetrator].title, act(each.twin_activity, each.twin_victim), act(each.activity, each.victim), DIFFERENT[different(each)]])),
    () => null,
  );
  panel.root.dataset.averted = kinds.averted;
}

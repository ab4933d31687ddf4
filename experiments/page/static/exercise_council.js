// Cases: the docket, one case with its evidence and tracks, the measures on it, and how the 27 would vote.

import { choice, chosen, heading, redraw, sitting, value } from "./exercise_parts.js";
import { dayOf, why } from "./exercise_words.js";
import { counted, decimals, loose, make, svg, table, whole } from "./format.js";
import { ask } from "./line.js";
import { key, percent } from "./watch_panel.js";

const POSITIONS = {
  supports: "#0072b2",
  "declares an abstention": "#8a5a00",
  objects: "#b3261e",
  "claims a vital interest": "#8a2f73",
  "abstains because it is unconvinced": "#767676",
};
let open = null; // number of the case that is looked at
let found = null; // measures on it
let ballot = null; // votes on one of them
let seen = null;
let slot, docket, file, rest;

export function forgetCase() {
  open = found = ballot = seen = docket = null;
}

export function council(into, now) {
  const old = seen;
  slot = into;
  seen = now;
  slot.hidden = seen.docket === undefined;
  if (slot.hidden) return;
  if (!docket || !slot.contains(docket)) {
    docket = make("div", {});
    file = make("div", { id: "exercise-case" });
    rest = make("div", {});
    slot.replaceChildren(docket, file, rest);
  }
  const before = old && JSON.stringify([old.docket, old.made, old.round, old.own, old.over]);
  if (before === JSON.stringify([seen.docket, seen.made, seen.round, seen.own, seen.over])) return;
  list();
  if (open !== null && !entry()) open = found = ballot = null;
  if (open === null) redraw(file, null, () => []);
  else look(open);
}

const entry = () => seen.docket.find((each) => each.number === open);
const outline = (each) => `${each.activity} against ${each.victim}`;

// Cases on the table stand above the file of the one that is open, all others below it.
function list() {
  redraw(docket, [seen.docket, open], () => onTheTable(seen.docket));
  redraw(rest, [seen.docket, open, seen.since], () => withOthers(seen.docket));
}

const councils = (cases) => cases[0].tracks !== undefined; // the Council's papers

function listing(title, cases, id = "exercise-open") {
  const whole27 = councils(cases);
  const name = (each) => (whole27 ? make("button", { type: "button", class: "plain", id: `${id}-${each.number}`, "aria-pressed": String(each.number === open), onclick: () => look(each.number) }, `case ${whole(each.number)}`) : `case ${whole(each.number)}`);
  const row = (each) => [
    name(each),
    why(outline(each)),
    decimals(2).format(each.severity),
    ...(whole27 ? [why(each.suspect ?? "nobody"), each.suspect ? percent.format(each.confidence) : ""] : []),
    why(each.status + (each.asked ? ", partners asked" : "")),
  ];
  const heads = ["case", "what", "severity", ...(whole27 ? ["suspect", "confidence"] : []), "status"];
  return table(title, heads, cases.map(row));
}

const held = (each) => each.held ?? true;

function onTheTable(cases) {
  const title = heading("Cases", "exercise-cases-title");
  if (!cases.length) return [title, make("p", { class: "note" }, "No cases that you can see.")];
  const ours = cases.filter(held);
  return [title, ours.length ? listing(councils(cases) ? "Cases on the table" : "Cases that concern you", ours) : make("p", { class: "note" }, "No case is on the table.")];
}

function withOthers(cases) {
  const others = cases.filter((each) => !held(each));
  if (!others.length) return [];
  const fresh = others.filter((each) => seen.since !== null && each.opened > seen.since).toSorted((one, other) => other.severity - one.severity);
  const note = "The working parties investigate, name and answer these under the doctrine. The presidency and the chair can take one up: then the table decides about it.";
  return [
    fresh.length ? listing(`New with the working parties since the last round: the most severe of ${whole(fresh.length)}`, fresh.slice(0, 3), "exercise-new") : null,
    make("details", { id: "exercise-others" }, make("summary", {}, `${counted(others.length, "case")} with the working parties`), make("p", { class: "note" }, note), listing("Cases with the working parties", others)),
  ];
}

// Open a case, or bring the open one up to date.
function look(number) {
  if (number !== open) found = ballot = null;
  const fresh = number !== open;
  open = number;
  list();
  ask("exercise_case", { ...sitting(), case: number }, {
    answer: (answer) => {
      if (answer.case !== open) return; // another was opened meanwhile, or somebody else sits here
      found = answer.measures;
      drawCase();
      if (fresh) document.getElementById("exercise-case-title").focus();
      if (ballot) vote(ballot.measure);
    },
    fail: (text) => {
      if (number === open) redraw(file, text, () => [make("p", { class: "error", role: "alert" }, text)]);
    },
  });
}

function drawCase() {
  const each = entry();
  if (!each || !found) return;
  const own = seen.own?.cases?.find((one) => one.case === open) ?? null;
  const { choices, made, over } = seen;
  redraw(file, [each, found, ballot, own, choices, made.length, over, seen.round], () => [
    heading(`Case ${whole(open)}: ${outline(each)}`, "exercise-case-title"),
    evidence(each, own),
    ...(over ? [] : decisions(each)),
    ...measures(each),
  ]);
  file.dataset.case = String(open);
  file.dataset.ballot = ballot ? ballot.measure : "";
}

const sure = (confidence) => percent.format(confidence);

function evidence(each, own) {
  const rows = [
    ["on the table", each.held ? "yes: the table decides" : "no: with the working parties"],
    ["status", each.status],
    ["known since", dayOf(seen, each.opened)],
    ["severity, 0 to 1", decimals(2).format(each.severity)],
    ["leading suspect", each.suspect ?? "nobody"],
    ["confidence in the suspect", each.suspect ? sure(each.confidence) : "nobody is suspected"],
    ["confidence that a state stands behind the suspect", each.state_confidence ? sure(each.state_confidence) : "not established"],
    ["clues", whole(each.clues)],
    ["Member States that attribute it in public", whole(each.national)],
    ["attributed by the EU", each.named ? "decided in this round" : each.attributed === null ? "no" : dayOf(seen, each.attributed)],
    ["partners asked", each.asked ? "yes, no answer yet" : each.told ? "yes, in this round: a clue may follow" : "no question is open"],
    ...(own ? [[`your own standard, ${percent.format(seen.own.standard)}, is met`, own.convinced ? "yes" : "no"], ["your dependence on the suspect's state", own.dependence === null ? "nobody is suspected" : `${decimals(2).format(own.dependence)} (1: as the median Member State)`], ["positions that you have fixed", seen.own.positions.filter((one) => one.case === open).map((one) => `${one.sort}: ${one.position}`).join("; ") || "none"]] : []),
  ];
  const done = each.tracks.map((track) => [track.sort, why(track.stage), why(track.measure), track.due === null ? "" : make("span", { class: "words" }, dayOf(seen, track.due)), track.votes.some(Boolean) ? track.votes.map(whole).join(" / ") : ""]);
  for (const one of each.chosen) done.push([one.sort, why("chosen in this round"), why(one.measure), "", ""]);
  return make("div", {}, make("dl", { class: "evidence" }, rows.flatMap(([name, text]) => [make("dt", {}, name), make("dd", {}, text)])), done.length ? table("What is being done", ["kind", "stage", "measure", "decision due", "for / against / abstaining"], done) : make("p", { class: "note" }, "Nothing is being done about it yet."));
}

function decisions(each) {
  const number = each.number;
  const may = (kind) => seen.choices.includes(kind);
  const simple = (kind, title, button, note) => choice({ id: `exercise-${kind}-${number}`, title, note, button, what: () => ({ kind, case: number }) });
  const forms = [];
  if (may("take_up") && !each.held) forms.push(simple("take_up", "Take it up", "Put it on the table", "From then on nobody is named and nothing is prepared but by you."));
  if (may("attribute") && each.held && each.attributed === null && !each.named && each.suspect) forms.push(simple("attribute", "Attribute", `Attribute it to ${each.suspect}`, `The table is ${sure(each.confidence)} sure, and it may be wrong. The EU names the suspect in public; no vote is needed. Measures that rest on it are voted on.`));
  if (may("ask") && each.held && !each.asked && !each.told) forms.push(simple("ask", "Ask partners", "Ask what they know", "Each that tells may bring a clue in the weeks after. It costs the EU as much as a month of close work with partners."));
  if (may("leave") && each.held) forms.push(simple("leave", "Leave it", "Leave it to the working parties", ""));
  return forms.length ? [make("div", { class: "exercise-forms" }, forms)] : [];
}

const range = ([low, high], write) => (low === high ? write(low) : `${write(low)}–${write(high)}`);

function measures(each) {
  const [able, other] = [found.filter((one) => !one.why_not), found.filter((one) => one.why_not)];
  const rows = able.map((one) => [one.title, why(one.sort), why(one.decided_by), range(one.weeks, (weeks) => decimals(0).format(weeks)), loose(one.cost), range(one.bite, loose)]);
  const heads = ["measure", "kind", "decided by", "weeks", "cost", "bite"];
  const list = able.length ? table("May be prepared now", heads, rows) : make("p", {}, "No measure may be prepared now.");
  for (const cell of list.querySelectorAll("td > .words")) cell.parentElement.classList.add("text");
  const legend = make("p", { class: "note" }, "Weeks: until it is decided. Cost: to the EU. Bite: on the perpetrator, from the mildest to the strongest form.");
  const reasons = Object.entries(Object.groupBy(other, (one) => one.why_not));
  const not = other.length ? make("details", { id: "exercise-not-now" }, make("summary", {}, `Not now: ${counted(other.length, "measure")}, and why`), make("dl", { class: "reasons" }, reasons.flatMap(([reason, ones]) => [make("dt", {}, reason), make("dd", {}, ones.map((one) => one.title).join("; "))]))) : null;
  const sorted = [...able, ...other];
  const named = sorted.map((one) => [one.measure, one.why_not ? `${one.title} (not now: ${one.why_not})` : one.title]);
  const look = make("button", { type: "button", id: "exercise-ballot", onclick: () => vote(value("exercise-measure")) }, "How would the 27 vote?");
  const pick = chosen("exercise-measure", "Measure", named, sorted[0]?.measure);
  const parts = [make("h3", {}, "Measures"), make("p", { class: "note" }, "A case has one measure of each kind at a time: a first reaction, a statement, a joint attribution, a listing and the like, a response of the willing."), list, able.length ? legend : null, not, make("p", {}, pick, " ", look), make("p", { class: "error", role: "alert", id: "exercise-ballot-problem" }), make("div", { id: "exercise-votes", "aria-live": "polite" }, ballot ? votes() : null)];
  if (!seen.over && each.held && seen.choices.includes("measure")) {
    const strengthId = `exercise-strength-${open}`;
    const output = make("output", { for: strengthId }, percent.format(1));
    const said = (event) => { output.textContent = percent.format(Number(event.target.value) / 100); };
    const strength = make("input", { id: strengthId, type: "range", min: "0", max: "100", step: "5", value: "100", oninput: said, onrestored: said });
    parts.push(choice({ id: "exercise-measure-form", title: "Prepare the measure", note: "The strength changes how hard it bites.", controls: make("label", { for: strengthId }, "Strength, from its mildest to its strongest form ", strength, " ", output), button: "Put it into preparation", what: () => ({ kind: "measure", case: open, measure: value("exercise-measure"), strength: Number(value(strengthId)) / 100 }) }));
  }
  if (!seen.over && each.held && seen.choices.includes("vote") && seen.role === "delegation") {
    const position = chosen(`exercise-position-${open}`, `Position of ${seen.own?.name ?? "your delegation"}`, Object.keys(POSITIONS).map((name) => [name, name]));
    parts.push(choice({ id: "exercise-vote-form", title: "Your vote on the measure", controls: position, note: "It holds for every measure of the same kind on this case. Supporting carries a measure. One objection stops what needs consensus or unanimity. Declared abstentions stop it only if a third of Member States, with a third of the EU's people, declare one. An abstention because evidence is lacking stops nothing. A vital interest counts where a qualified majority decides, and like an objection elsewhere.", button: "Fix the position", what: () => ({ kind: "vote", case: open, measure: value("exercise-measure"), position: value(`exercise-position-${open}`) }) }));
  }
  return parts;
}

function vote(measure) {
  ask("exercise_votes", { ...sitting(), case: open, measure }, {
    answer: (answer) => {
      if (answer.case !== open) return;
      ballot = answer;
      drawCase();
    },
    fail: (text) => {
      const place = document.getElementById("exercise-ballot-problem");
      if (place) place.textContent = text;
    },
  });
}

function votes() {
  const members = Object.entries(ballot.positions);
  const number = (position) => members.filter(([, its]) => its === position).length;
  const order = Object.keys(POSITIONS);
  const sorted = members.toSorted((one, other) => order.indexOf(one[1]) - order.indexOf(other[1]));
  const title = seen.measures[ballot.measure] ?? ballot.measure;
  const tally = order.filter(number).map((position) => `${whole(number(position))}: ${position}`).join("; ");
  if (!members.length) return [make("h4", { id: "exercise-votes-title" }, `${title}: ${ballot.said}`)];
  const seats = sorted.map(([member, position], at) => {
    const rect = svg("rect", { x: at * 14, y: 1, width: 12, height: 18, fill: POSITIONS[position] });
    rect.append(svg("title", {}, `${member}: ${position}`));
    return rect;
  });
  const width = members.length * 14;
  const legend = make("ul", { class: "legend", "aria-label": "Legend" }, order.filter(number).map((position) => key(POSITIONS[position], `${position} (${whole(number(position))})`, "dot")));
  return [
    make("h4", { id: "exercise-votes-title" }, `${title}: ${ballot.said}`),
    ballot.why_not ? make("p", {}, `It may not be prepared now: ${ballot.why_not}.`) : null,
    make("p", { class: "note" }, `Decided by: ${ballot.decided_by}. By the day of the vote the evidence may be other, and Member States in doubt draw their vote by chance.`),
    svg("svg", { viewBox: `0 0 ${width} 20`, width, height: 20, role: "img", "aria-label": `${counted(members.length, "vote")}. ${tally}` }, ...seats),
    legend,
    make("details", { id: "exercise-votes-table" }, make("summary", {}, "Member State by Member State"), table(`Votes on ${title} today`, ["Member State", "position"], sorted.map(([member, position]) => [member, why(position)]))),
  ];
}

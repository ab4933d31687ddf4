// The round, what is asked in it and the time; news, questions, and what is known to all.

import { choice, heading, paragraphs, redraw, sitting as sitting_ } from "./exercise_parts.js";
import { ROLES, day, dayOf, now, roles, why, words } from "./exercise_words.js";
import { counted, decimals, make, table, whole } from "./format.js";

// What a reader who does not look hears of a change.
export function announced(seen, last) {
  if (!last) return "";
  const parts = [];
  if (seen.over && !last.over) parts.push("The exercise is over.");
  else if (seen.begun !== last.begun && seen.round <= last.round) parts.push(`The facilitator has gone back: round ${whole(seen.round + 1)}, ${seen.sitting.title}, is played again. What was decided since counts no longer.`);
  else if (seen.round !== last.round) parts.push(`Round ${whole(seen.round + 1)}: ${seen.sitting.title}.`);
  if (seen.paused !== last.paused) parts.push(seen.paused ? "The exercise is paused." : "The exercise goes on.");
  const known = new Set(last.news.map((each) => each.name));
  const fresh = seen.news.filter((each) => !known.has(each.name));
  if (fresh.length) parts.push(`News: ${fresh.map((each) => each.title).join("; ")}.`);
  const more = seen.made.length - last.made.length;
  if (more > 0) {
    const latest = seen.made.at(-1);
    parts.push(`${latest.role === seen.role ? "Taken up" : ROLES[latest.role]}: ${words(latest.choice, seen)}.`);
  }
  return parts.join(" ");
}

export function situation(slot, seen) {
  const { title, sitting, round, rounds, over, paused, choices, made, day: today, credibility, doctrine, happened } = seen;
  redraw(slot, { title, sitting, round, rounds, over, paused, choices, made, today, credibility, doctrine, happened }, () => [
    heading(over ? "The exercise is over" : `Round ${whole(round + 1)} of ${whole(rounds)}: ${sitting.title}`, "exercise-round"),
    make("p", {}, make("span", { class: "when" }, day(today)), over ? null : " · ", make("span", { role: "timer", id: "exercise-clock", class: "when" }), paused ? make("strong", {}, " · paused: players can decide nothing") : null),
    over ? make("p", {}, "Nobody decides any more. Whoever leads now writes the brief, which says what was true and what the table's choices caused. What the EU has said and done stands below.", seen.role === "facilitator" ? make("span", {}, " To write it type ", make("code", {}, `deter exercise SCENARIO --out results/${sitting_().folder} --debrief`), " where the page was started; in place of results, the folder given with --results.") : null) : make("div", { id: "exercise-task" }, paragraphs(sitting.task)),
    happened?.length ? make("div", { id: "exercise-happened" }, make("h3", {}, "Since the last round"), make("ul", {}, happened.map((each) => make("li", {}, each)))) : null,
    doctrine === undefined ? null : make("p", { class: "note" }, `Cases that are not on your table are dealt with under the doctrine “${doctrine}”. The EU's credibility stands at ${decimals(2).format(credibility)}, from 0 to 1.`),
    ...decided(seen),
    over || !choices.includes("go_on") ? null : choice({ id: "exercise-go-on", title: "End the round", note: `What was decided takes effect, and ${counted(seen.next - seen.week, "week")} pass, until ${dayOf(seen, seen.next)}.`, button: "End the round: weeks pass", what: () => ({ kind: "go_on" }) }),
  ]);
  tick(seen);
}

function decided(seen) {
  const fresh = now(seen);
  const old = seen.made.filter((each) => each.round < seen.round);
  const row = (each) => [ROLES[each.role], why(words(each.choice, seen)), why(each.reason)];
  const leads = ["facilitator", "presidency"].includes(seen.role);
  const may = (each) => seen.role === "facilitator" || each.role === seen.role || (seen.role === "presidency" && each.role === "chair" && each.choice.kind !== "answer");
  const mine = fresh.filter((each) => may(each) && each.choice.kind !== "pause").at(-1);
  return [
    mine && !seen.over ? choice({ id: "exercise-take-back", title: leads ? "Take back the last choice" : "Take back your last choice", note: `${mine.role === seen.role ? "You" : ROLES[mine.role]}: ${words(mine.choice, seen)}. It can be taken back until the round ends.`, button: "Take it back", why: false, what: () => ({ kind: "take_back" }) }) : null,
    fresh.length ? table("Decided in this round, as far as you know", ["who", "what", "why"], fresh.map(row)) : seen.over ? null : make("p", { class: "note" }, "Nothing has been decided in this round so far, as far as you know."),
    old.length ? make("details", { id: "exercise-decided" }, make("summary", {}, "Decided in earlier rounds"), table("Decided in earlier rounds, as far as you know", ["who", "what", "why", "round"], old.map((each) => [...row(each), whole(each.round + 1)]))) : null,
  ];
}

// The clock, which the server keeps: here it is told on from when it was heard last.
export function tick(seen) {
  const clock = document.getElementById("exercise-clock");
  if (!clock || !seen) return;
  const since = seen.clock.running ? (performance.now() - (seen.heard ?? performance.now())) / 1000 : 0;
  const left = Math.round(seen.clock.left - since);
  const [minutes, seconds] = [Math.floor(Math.abs(left) / 60), Math.abs(left) % 60];
  const text = seen.over ? "" : `${whole(minutes)}:${String(seconds).padStart(2, "0")} ${left < 0 ? "over time" : "left"}`;
  if (clock.textContent !== text) clock.textContent = text;
}

export function news(slot, seen) {
  const { news: all, questions, choices, since, over } = seen;
  redraw(slot, { all, questions, since, over, public: seen.public, docket: seen.docket, ended: seen.ended }, () => {
    const fresh = all.filter((each) => since === null || each.week > since);
    const old = all.filter((each) => !fresh.includes(each));
    return [
      heading("News", "exercise-news-title"),
      ...(fresh.length ? fresh.toReversed().map((each) => told(each)) : [make("p", { class: "note" }, "No news since the last round.")]),
      old.length ? make("details", { id: "exercise-old-news" }, make("summary", {}, `Earlier news: ${counted(old.length, "piece")}`), old.toReversed().map((each) => told(each))) : null,
      ...(over ? [] : questions.filter((each) => fresh.some((one) => one.name === each.inject))).map((each) => question(each, all.find((one) => one.name === each.inject).title, over || !choices.includes("answer"))),
      ...known(seen),
    ];
  });
}

function told(each) {
  const attached = Object.entries(each.attachments).map(([title, text], at) => make("details", { id: `exercise-${each.name}-attachment-${at}` }, make("summary", {}, `Attached: ${title}`), paragraphs(text)));
  return make("article", { class: "told", "aria-labelledby": `exercise-${each.name}-title` }, make("h3", { id: `exercise-${each.name}-title` }, each.title), make("p", { class: "note" }, `${each.from}, ${day(each.day)}${each.to ? `; to ${each.to.length === 5 ? "all" : roles(each.to)}` : ""}${each.case ? ` (case ${whole(each.case)})` : ""}`), paragraphs(each.text), attached);
}

function question(each, title, closed) {
  const id = `exercise-answer-${each.inject}`;
  const options = each.options.map((text, at) =>
    make("label", { class: "option", for: `${id}-${at}` }, make("input", { type: "radio", name: id, id: `${id}-${at}`, value: String(at), checked: each.answered === at, disabled: closed }), ` ${text.trim().split(/\s+/).join(" ")}`),
  );
  const what = () => {
    const at = each.options.findIndex((_, place) => document.getElementById(`${id}-${place}`).checked);
    return at < 0 ? "Choose an answer first." : { kind: "answer", inject: each.inject, option: at };
  };
  const asked = make("fieldset", {}, make("legend", {}, each.text.trim().split(/\s+/).join(" ")), options);
  const note = each.answered === null ? "" : `Your answer: ${each.options[each.answered].trim()}. You may change it. `;
  return choice({ id, title: `A question to you: ${title}`, note: `${note}Each chair answers for itself. Answers are compared afterwards; they announce nothing, and change nothing in the world.`, controls: asked, button: "Answer", what });
}

// What everybody knows: what concerns the exercise first, what was done before it folded.
function known(seen) {
  const held = new Set((seen.docket ?? []).filter((each) => each.held).map((each) => each.number));
  const row = (each) => [
    why(`case ${whole(each.case)}: ${each.what}`),
    why(each.named ?? "nobody"),
    each.since === null ? "" : make("span", { class: "words" }, dayOf(seen, each.since)),
    why(each.measures.join("; ")),
  ];
  const heads = ["case", "the EU named", "since", "measures adopted"];
  const fresh = seen.public.filter((each) => held.has(each.case) || each.ours);
  const old = seen.public.filter((each) => !fresh.includes(each));
  const ended = (seen.ended ?? []).map((each) => [
    why(`case ${whole(each.number)}: ${each.activity} against ${each.victim}`),
    why(each.named ?? "nobody"),
    why(each.decisions.map((one) => `${one.sort}: ${one.measure ? `${one.measure}, ` : ""}${one.ended}${one.week === null ? "" : ` (${dayOf(seen, one.week)})`}`).join("; ") || "nothing"),
  ]);
  return [
    ended.length ? table("Cases of the table that are over", ["case", "the EU named", "what was done"], ended) : null,
    fresh.length ? table("In public: what the EU has said and done", heads, fresh.map(row)) : make("p", { class: "note" }, "On cases of the table the EU has named nobody in public, and adopted nothing."),
    old.length ? make("details", { id: "exercise-public" }, make("summary", {}, `In public, cases of the working parties: ${whole(old.length)}`), make("p", { class: "note" }, "The working parties name and answer these under the doctrine, without this table."), table("Cases of the working parties in public", heads, old.map(row))) : null,
  ];
}

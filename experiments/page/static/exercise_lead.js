// The facilitator's panel: codes, the course of the exercise, the truth, and what the round's choices bring about.

import { choice, chosen, field, heading, paragraphs, redraw, sitting, value } from "./exercise_parts.js";
import { ROLES, dayOf, roles, why } from "./exercise_words.js";
import { counted, interval, make, table, whole } from "./format.js";
import { ask } from "./line.js";

let slots = null;
let shown = null; // what a round was found to bring about
let made = ""; // and the choices for which that was

export function lead(slot, seen) {
  slot.hidden = seen.role !== "facilitator";
  if (slot.hidden) {
    slots = shown = null;
    return;
  }
  if (!slots || !slot.contains(slots.codes)) {
    slots = Object.fromEntries(["codes", "course", "coming", "truth", "effects"].map((name) => [name, make("div", { id: `exercise-lead-${name}` })]));
    slot.replaceChildren(heading("You lead the exercise", "exercise-lead-title"), ...Object.values(slots));
  }
  redraw(slots.codes, [seen.codes, seen.chairs], () => codes(seen));
  redraw(slots.course, [seen.paused, seen.played], () => course(seen));
  redraw(slots.coming, [seen.coming, seen.missed, seen.chairs], () => coming(seen));
  redraw(slots.truth, [seen.truth, seen.answers, seen.questions], () => truth(seen));
  const now = JSON.stringify([seen.made, seen.begun]);
  if (now !== made) shown = null; // they were those of other choices
  made = now;
  redraw(slots.effects, [seen.played, made], () => effects(seen));
}

function codes(seen) {
  const rows = Object.entries(seen.chairs).map(([role, title]) => [title, make("code", { class: "words", "data-code": role }, seen.codes[role])]);
  return make("details", { id: "exercise-codes", open: true }, make("summary", {}, "Codes of the chairs"), make("p", { class: "note" }, "Hand out each code to those who sit in that chair, and to nobody else. With your own you come back."), table("Codes", ["chair", "code"], rows));
}

function course(seen) {
  const { paused, played } = seen;
  const pause = choice({ id: "exercise-pause", title: paused ? "Go on" : "Pause", note: paused ? "Players decide again, and the clock runs." : "The clock stops, and players can decide nothing.", button: paused ? "Let the exercise go on" : "Pause the exercise", why: false, what: () => ({ kind: "pause", paused: !paused }) });
  const rounds = played.map((title, at) => [String(at), `round ${at + 1}: ${title}`]);
  const back = choice({ id: "exercise-back", title: "Go back and branch", note: "The round begins anew, on the same random numbers. What was decided since stays in the journal, and counts no longer.", controls: chosen("exercise-back-to", "To the beginning of", rounds, String(played.length - 1)), button: "Go back", what: () => ({ kind: "back", round: Number(value("exercise-back-to")) }) });
  const everyone = Object.keys(seen.chairs).filter((role) => role !== "facilitator");
  const to = make("fieldset", {}, make("legend", {}, "To"), everyone.map((role) => make("label", { class: "option", for: `exercise-to-${role}` }, make("input", { id: `exercise-to-${role}`, type: "checkbox", checked: true }), ` ${seen.chairs[role]}`)));
  const text = make("label", { for: "exercise-insert-text" }, "Text ", make("textarea", { id: "exercise-insert-text", rows: "4", maxlength: "8000" }));
  const insert = choice({
    id: "exercise-insert",
    title: "Send news that the file does not have",
    note: "Nothing happens in the world behind it.",
    controls: [field("exercise-insert-head", "Title"), field("exercise-insert-from", "From"), text, to],
    button: "Send",
    what: () => {
      const [title, sender, said] = ["head", "from", "text"].map((part) => value(`exercise-insert-${part}`).trim());
      const chairs = everyone.filter((role) => document.getElementById(`exercise-to-${role}`).checked);
      if (!title || !sender || !said) return "News needs a title, a sender and a text.";
      return chairs.length ? { kind: "insert", title, sender, text: said, to: chairs } : "Choose at least one chair.";
    },
  });
  return [pause, make("details", { id: "exercise-branch" }, make("summary", {}, "Go back and branch"), back), make("details", { id: "exercise-send" }, make("summary", {}, "Send news"), insert)];
}

function coming(seen) {
  const { coming: list, missed } = seen;
  const rows = list.map((each) => [each.title, make("span", { class: "words" }, dayOf(seen, each.week)), each.round === null ? why("after the last") : whole(each.round), why(each.from), why(roles(each.to)), why(each.done ? "its act is done: it comes" : "open")]);
  const told = list.length ? table(`To come: ${counted(list.length, "inject")}`, ["title", "when", "read in round", "from", "to", "state"], rows) : make("p", { class: "note" }, "No injects are to come.");
  const never = missed.length ? table("Will not come", ["title", "why"], missed.map((each) => [each.title, why(each.why)])) : null;
  return make("details", { id: "exercise-injects" }, make("summary", {}, `Injects to come: ${whole(list.length)}`), told, never, list.map(inject));
}

// An inject that is to come: its text, and what may be done about it.
function inject(each) {
  const name = each.inject;
  const text = make("textarea", { id: `exercise-change-text-${name}`, rows: "6", maxlength: "8000" }, each.text.trim());
  const weeks = field(`exercise-weeks-${name}`, "By how many weeks, 1 to 104", { type: "number", min: "1", max: "104", value: "4" });
  const said = () => value(`exercise-change-text-${name}`);
  const forms = [
    choice({ id: `exercise-skip-${name}`, title: `Leave out: ${each.title}`, note: "The act behind it is not done either.", button: "Leave it out", what: () => ({ kind: "skip", inject: name }) }),
    choice({ id: `exercise-postpone-${name}`, title: `Postpone: ${each.title}`, note: "It may fall into a later round then: look at the list.", controls: weeks, button: "Postpone it", what: () => ({ kind: "postpone", inject: name, weeks: Math.round(Number(value(`exercise-weeks-${name}`))) }) }),
    choice({ id: `exercise-change-${name}`, title: `Change the text: ${each.title}`, controls: make("label", { for: `exercise-change-text-${name}` }, "Text ", text), button: "Change the text", what: () => (said().trim() ? { kind: "change", inject: name, text: said() } : "Write the text first.") }),
  ];
  return make("details", { id: `exercise-coming-${name}` }, make("summary", {}, `Read or change: ${each.title}`), paragraphs(each.text), each.done ? null : make("div", { class: "exercise-forms" }, forms));
}

function truth(seen) {
  const row = (each) => [`case ${whole(each.case)}`, why(each.culprit ?? "nobody: a false alarm"), why(each.planted ? `laid to ${each.trail ?? "another"}` : ""), why(each.inject ?? "")];
  const heads = ["case", "who did it", "false trail", "inject"];
  const [ours, others] = [seen.truth.filter((each) => each.case <= 100), seen.truth.filter((each) => each.case > 100)];
  const answers = seen.answers.map((each) => {
    const asked = seen.questions.find((one) => one.inject === each.inject);
    return [ROLES[each.role], why(asked?.text ?? each.inject), why(asked?.options[each.option] ?? String(each.option + 1))];
  });
  return [
    make("details", { id: "exercise-truth" }, make("summary", {}, "The truth, which no player sees"), table("Who did it: cases of the news", heads, ours.map(row)), make("details", { id: "exercise-truth-others" }, make("summary", {}, `Other cases, those of the red team's acts among them: ${whole(others.length)}`), table("Who did it: other cases", heads, others.map(row)))),
    answers.length ? make("details", { id: "exercise-answers" }, make("summary", {}, `Answers to questions: ${whole(answers.length)}`), table("Answers", ["chair", "question", "answer"], answers)) : null,
  ];
}

function effects(seen) {
  const rounds = seen.played.map((title, at) => [String(at), `round ${at + 1}: ${title}`]);
  const place = make("div", { id: "exercise-effects-found", "aria-live": "polite" }, shown ? drawn(shown) : null);
  const look = () => {
    const tell = (...said) => document.getElementById("exercise-effects-found")?.replaceChildren(...said);
    tell(make("p", { class: "note" }, "Running futures…"));
    ask("exercise_effects", { ...sitting(), round: Number(value("exercise-effects-of")) }, {
      answer: (found) => {
        shown = found;
        tell(...drawn(found));
      },
      fail: (text) => tell(make("p", { class: "error" }, text)),
    });
  };
  return make("details", { id: "exercise-effects" }, make("summary", {}, "What the round's choices bring about"), make("p", {}, chosen("exercise-effects-of", "Choices of", rounds, String(seen.played.length - 1)), " ", make("button", { type: "button", id: "exercise-effects-do", onclick: look }, "Run the futures")), place);
}

function drawn(found) {
  const rows = found.rows.map((row) => [
    `${row.title}${row.unit && !row.share ? ` (${row.unit})` : ""}${row.share ? " (%)" : ""}`,
    ...row.levels.map((level) => interval(level, row)),
    interval(row.difference, { share: row.share, signed: true }),
    why(row.told ? "clear" : "unclear"),
  ]);
  return [
    table(`${found.title}: n = ${whole(found.n)} futures of ${whole(found.weeks)} weeks each, on the same random numbers`, ["figure", ...found.arms, "difference", "can it be claimed?"], rows),
    make("p", { class: "note" }, "95 % intervals. After the round, working parties deal with all cases under the doctrine, in either case. A difference is unclear if it cannot be told from none; what is called clear holds for all of them together."),
  ];
}


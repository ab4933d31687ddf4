// What a chair has of its own: an announcement, what it knows, what its perpetrator does.

import { choice, chosen, heading, redraw, value } from "./exercise_parts.js";
import { clear, dayOf, now, why } from "./exercise_words.js";
import { decimals, make, table } from "./format.js";
import { percent } from "./watch_panel.js";

const TITLES = { presidency: "The Presidency", chair: "The chair", delegation: "Your delegation", partner: "Your country", red_team: "Your perpetrator", facilitator: "In the table's place" };

export function own(slot, seen) {
  const { role, choices, over } = seen;
  const made = now(seen);
  const parts = over ? [] : [announcing, answering, acting].flatMap((part) => part(seen) ?? []);
  const told = about(seen);
  slot.hidden = !parts.length && !told;
  const shown = { role, choices, over, announced: made.some((each) => each.choice.kind === "announce"), own: seen.own ?? null, docket: role === "partner" ? seen.docket : null, struck: struck(made) };
  redraw(slot, shown, () => [heading(TITLES[role], "exercise-own-title"), told, ...parts]);
}

function about(seen) {
  const mine = seen.own;
  if (!mine) return null;
  if (seen.role === "delegation") return make("p", {}, `You speak for ${mine.name}. It is convinced by a confidence of ${percent.format(mine.standard)} or more. A case's file below shows whether that is met, how much you depend on the suspect's state, and the positions that you have fixed.`);
  if (seen.role === "partner") return make("p", {}, `You speak for ${mine.name}.${mine.alignment === null ? "" : ` Its alignment with the EU stands at ${decimals(2).format(mine.alignment)}, from 0 to 1.`}`);
  if (seen.role === "red_team")
    return make("div", {}, make("p", {}, `You choose for ${mine.name}. All others of this world act as the model has it, and so does ${mine.name} where you choose nothing.`), table(`${mine.name}: what moves it where the model chooses`, ["", "now"], [
      ["pressure: what measures in force cost it (as severity: 1 is the most severe act)", decimals(2).format(mine.pressure)],
      ["grievance: its motive to retaliate, 0 for none", decimals(2).format(mine.grievance)],
    ]), mine.acts.length ? table("What you have chosen to do", ["when", "what", "trail laid to", "noticed", "the EU named"], mine.acts.map((each) => [make("span", { class: "words" }, dayOf(seen, each.week)), why(each.act), why(each.flag ? each.trail ?? "another" : "nobody"), each.case === null ? "no" : `yes: case ${each.case}`, why(each.named ?? "nobody")])) : null);
  return null;
}

function announcing(seen) {
  if (!seen.choices.includes("announce") || now(seen).some((each) => each.choice.kind === "announce")) return null;
  const said = (event) => { output.textContent = words(Number(event.target.value)); };
  const words = (percent) => `${clear(percent / 100)} (${decimals(2).format(percent / 100)})`;
  const output = make("output", { for: "exercise-clarity" }, words(50));
  const slider = make("input", { id: "exercise-clarity", type: "range", min: "0", max: "100", step: "5", value: "50", oninput: said, onrestored: said });
  return choice({ id: "exercise-announce", title: "Announce what will follow", note: "Once in a round, and everybody hears it, perpetrators too. What is announced clearly is believed if it has been kept before. What is announced and not done makes the EU less credible.", controls: make("label", { for: "exercise-clarity" }, "How clearly, from vague to clear ", slider, " ", output), button: "Announce", what: () => ({ kind: "announce", clarity: Number(value("exercise-clarity")) / 100 }) });
}

function answering(seen) {
  if (seen.role !== "partner") return null;
  return seen.docket
    .filter((each) => each.asked)
    .map((each) => {
      const id = `exercise-tell-${each.number}`;
      const controls = chosen(`${id}-tells`, "Your answer", [["", "choose…"], ["yes", "tell the EU what you know"], ["no", "keep it to yourselves: the EU is not told that you do"]]);
      const note = `If you tell, the chance that it brings the EU a further clue within ${seen.own.within} weeks is ${percent.format(seen.own.brings)}. Like all clues it may point to the wrong party, and it stands in a file that you do not see. In the model telling costs you nothing: what your source is worth is for you to weigh.`;
      return choice({ id, note, title: `The EU asks about case ${each.number}: ${each.activity} against ${each.victim}`, controls, button: "Answer the EU", what: () => (value(`${id}-tells`) ? { kind: "tell", case: each.number, tells: value(`${id}-tells`) === "yes" } : "Choose an answer first.") });
    });
}

const struck = (made) => made.some((each) => each.role === "red_team" && ["strike", "hold_back"].includes(each.choice.kind));

function acting(seen) {
  if (seen.role !== "red_team" || !seen.own) return null;
  if (struck(now(seen))) return make("p", {}, "You have chosen for this round.");
  const { victims, activities } = seen.own;
  const controls = [
    chosen("exercise-activity", "What", [["", "choose…"], ...activities.map((each) => [each.activity, `${each.title} (severity ${decimals(2).format(each.severity)})`])]),
    chosen("exercise-victim", "Against", [["", "choose…"], ...victims.map((name) => [name, name])]),
    make("label", { for: "exercise-flag" }, make("input", { id: "exercise-flag", type: "checkbox" }), " under a false flag"),
  ];
  return [
    choice({ id: "exercise-strike", title: "Act before the next round", note: "The act succeeds and is noticed soon; who did it is not known at first. The more severe, the more the 27 may do. A false flag lays a clue to another party: investigators may believe it or see through it.", controls, button: "Act", what: () => (value("exercise-victim") && value("exercise-activity") ? { kind: "strike", victim: value("exercise-victim"), activity: value("exercise-activity"), false_flag: document.getElementById("exercise-flag").checked } : "Choose what to do, and against whom.") }),
    choice({ id: "exercise-hold-back", title: "Or hold back", note: "Your perpetrator does nothing until the next round. If you choose neither, the model decides.", button: "Hold back", what: () => ({ kind: "hold_back" }) }),
  ];
}

// Before anybody sits: a code is typed, or an exercise begun or taken up.

import { chosen, heading, value } from "./exercise_parts.js";
import { make, table } from "./format.js";
import { ask } from "./line.js";

let made = null;

export function lobby(place, take) {
  const alert = (id) => make("p", { class: "error", role: "alert", id });
  const trying = (view, what, id, words) => {
    const said = document.getElementById(id);
    said.textContent = "";
    progress.textContent = words;
    ask(view, what, {
      answer: (found) => { progress.textContent = ""; take(found); },
      fail: (text) => { progress.textContent = ""; said.textContent = text; },
    });
  };
  const progress = make("p", { class: "note", role: "status" });
  const code = make("input", { id: "exercise-code", type: "text", maxlength: "20", autocomplete: "off", autocapitalize: "characters", spellcheck: "false", size: "10" });
  const join = make(
    "form",
    { class: "panel", "aria-labelledby": "exercise-join-title", onsubmit: (event) => { event.preventDefault(); trying("exercise_join", { code: code.value }, "exercise-join-problem", "Looking for the chair…"); } },
    heading("Take a chair", "exercise-join-title"),
    make("p", {}, make("label", { for: "exercise-code" }, "Your code: six letters, which the facilitator gives you ", code), " ", make("button", { type: "submit", id: "exercise-join" }, "Sit down")),
    alert("exercise-join-problem"),
  );
  const begin = make("form", { class: "panel", "aria-labelledby": "exercise-begin-title", onsubmit: (event) => { event.preventDefault(); trying("exercise_begin", { exercise: value("exercise-pick") }, "exercise-begin-problem", "Building the world of the exercise…"); } }, heading("Lead an exercise", "exercise-begin-title"));
  made = begin;
  place.replaceChildren(join, begin, progress);
  ask("exercises", null, {
    answer: (found) => {
      if (made !== begin) return; // somebody sat down meanwhile
      const rows = found.lying.map((each) => [
        each.folder,
        each.coded
          ? make("span", { class: "words" }, "chairs have codes: type one above")
          : make("button", { type: "button", class: "plain", "data-folder": each.folder, onclick: () => trying("exercise_take_up", { folder: each.folder }, "exercise-begin-problem", "Going through its journal…") }, "Go on"),
      ]);
      begin.append(
        make("p", { class: "note" }, "Whoever begins sees everything, the truth too, and gets a code for each chair. The journal goes into a new folder below the results folder."),
        make("p", {}, chosen("exercise-pick", "Exercise", found.offered.map((each) => [each.name, each.title])), " ", make("button", { type: "submit", id: "exercise-begin" }, "Begin")),
        alert("exercise-begin-problem"),
        ...(rows.length ? [table("Exercises in the results folder", ["folder", "to go on"], rows)] : []),
      );
      begin.dataset.ready = "true";
    },
    fail: (text) => { begin.append(make("p", { class: "error", role: "alert" }, text)); },
  });
}

// Parts of the exercise's page: what is drawn anew without disturbing who types, and forms in which somebody decides.

import { make } from "./format.js";
import { ask, whenAgain } from "./line.js";

const drawn = new WeakMap(); // slot → what it shows
const problems = new Map(); // id of a form → what was wrong

const CONTROLS = "input[id], select[id], textarea[id]";
const ticked = (control) => control.type === "checkbox" || control.type === "radio";

// Draw a slot anew if what it shows has changed; what is typed, chosen and unfolded in it stays, and the focus too.
export function redraw(slot, data, build) {
  const text = JSON.stringify(data ?? null);
  if (drawn.get(slot) === text) return;
  drawn.set(slot, text);
  const focus = slot.contains(document.activeElement) ? document.activeElement : null;
  const typed = new Map([...slot.querySelectorAll(CONTROLS)].filter((each) => each.dataset.first === undefined || each.value !== each.dataset.first).map((each) => [each.id, ticked(each) ? each.checked : each.value]));
  const unfolded = [...slot.querySelectorAll("details[id][open]")].map((each) => each.id);
  const selection = focus && "selectionStart" in focus ? [focus.selectionStart, focus.selectionEnd] : null;
  slot.replaceChildren(...[build(data)].flat().filter(Boolean));
  for (const each of slot.querySelectorAll(CONTROLS)) {
    if (!typed.has(each.id)) continue;
    if (ticked(each)) each.checked = typed.get(each.id);
    else if (each.tagName !== "SELECT" || [...each.options].some((one) => one.value === typed.get(each.id) && !one.disabled)) each.value = typed.get(each.id);
    each.dispatchEvent(new Event("restored"));
  }
  for (const id of unfolded) {
    const folded = document.getElementById(id);
    if (folded) folded.open = true;
  }
  if (!focus) return;
  const next = (focus.id && document.getElementById(focus.id)) || slot;
  if (next === slot) slot.setAttribute("tabindex", "-1");
  next.focus({ preventScroll: true });
  if (selection && selection[0] !== null && next.setSelectionRange && next.type === "text") next.setSelectionRange(...selection);
}

// Choices go one after the other: each is answered before the next is sent.
let seat = null;
const queue = [];

export function sit(found) {
  seat = found;
  queue.length = 0;
  problems.clear();
}

// What was wrong with choices of a round that is over.
export const forgetProblems = () => problems.clear();

export const seated = () => seat;
export const sitting = () => ({ folder: seat.folder, key: seat.key, role: seat.role });

function decide(choice, reason, then) {
  queue.push({ choice, reason, then });
  if (queue.length === 1) send();
}

function send() {
  const first = queue[0];
  const { choice, reason, then } = first;
  const next = (problem) => {
    then(problem);
    if (queue[0] !== first) return; // it was given up, and has got through after all
    queue.shift();
    if (queue.length) send();
  };
  ask("exercise_decide", { ...sitting(), choice, reason }, { answer: () => {}, end: () => next(""), fail: next });
}

whenAgain(() => {
  const lost = queue.splice(0);
  for (const each of lost) each.then("The connection was lost while this was sent. Look whether it was taken up, or send it again.");
});

const alert = (id) => make("p", { class: "error", role: "alert", id: `${id}-problem` }, problems.get(id) ?? "");

function tell(id, problem) {
  if (problem) problems.set(id, problem);
  else problems.delete(id);
  const place = document.getElementById(`${id}-problem`);
  if (place) place.textContent = problem;
}

// A form in which a chair decides: controls, why if anybody likes to say, and a button; what is wrong stands below it.
// `what` gives the choice, or a text that says why there is none yet.
export function choice({ id, title, note = "", controls = [], button, what, why = true, plain = false }) {
  const reason = why ? make("label", { for: `${id}-why` }, "Why, if you like to say ", make("input", { id: `${id}-why`, type: "text", maxlength: "8000", autocomplete: "off" })) : null;
  const press = make("button", { type: "submit", id: `${id}-do` }, button);
  const submit = (event) => {
    event.preventDefault();
    if (press.getAttribute("aria-disabled")) return; // it is on its way
    const found = what();
    if (typeof found === "string") return tell(id, found);
    press.setAttribute("aria-disabled", "true");
    decide(found, document.getElementById(`${id}-why`)?.value ?? "", (problem) => {
      document.getElementById(`${id}-do`)?.removeAttribute("aria-disabled");
      press.removeAttribute("aria-disabled");
      tell(id, problem);
      const said = document.getElementById(`${id}-why`);
      if (said && !problem) said.value = "";
    });
  };
  const form = make("form", { class: "choice", id, onsubmit: submit, autocomplete: "off" }, plain ? null : make("h3", { id: `${id}-title` }, title), note ? make("p", { class: "note" }, note) : null, controls, reason, make("p", {}, press), alert(id));
  if (plain) form.setAttribute("aria-label", title);
  else form.setAttribute("aria-labelledby", `${id}-title`);
  return form;
}

export const chosen = (id, label, options, value) =>
  make("label", { for: id }, `${label} `, make("select", { id, "data-first": value ?? options[0]?.[0] ?? "" }, options.map(([name, words, disabled = false]) => make("option", { value: name, selected: name === value, disabled }, words))));

export const field = (id, label, properties = {}) => make("label", { for: id }, `${label} `, make("input", { id, type: "text", autocomplete: "off", ...properties }));

export const value = (id) => document.getElementById(id)?.value ?? "";

// Paragraphs of a text, whose lines within a paragraph run on.
export const paragraphs = (text) =>
  text
    .trim()
    .split(/\n\s*\n/)
    .map((each) => make("p", {}, each.trim().split(/\s+/).join(" ")));

export const panel = (id) => make("div", { class: "panel", id });
export const heading = (text, id) => make("h2", { id, tabindex: "-1" }, text);

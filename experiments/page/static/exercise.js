// The exercise: a chair, taken with a code, and what it may see; or one screen for all chairs, in turns.

import { council, forgetCase } from "./exercise_council.js";
import { lead } from "./exercise_lead.js";
import { lobby } from "./exercise_lobby.js";
import { forgetProblems, heading, panel, seated, sit, sitting } from "./exercise_parts.js";
import { own } from "./exercise_own.js";
import { announced, news, situation, tick } from "./exercise_situation.js";
import { now } from "./exercise_words.js";
import { make } from "./format.js";
import { ask, whenAgain } from "./line.js";

const KEPT = "deter.exercise"; // the chair of this tab of the browser, which is kept when the page is loaded anew
let root, told, problem, place;
let last = null; // what the chair saw last

export function mount(into) {
  root = into;
  told = make("p", { role: "status", id: "exercise-told", class: "note" });
  problem = make("p", { class: "error", role: "alert", id: "exercise-problem" });
  place = make("div", {});
  root.append(told, problem, place);
  setInterval(() => tick(last), 1000);
  whenAgain(() => { if (seated()) listen(); });
  const kept = remembered();
  if (kept) take(kept);
  else leave("");
}

export function show() {}

function remembered() {
  try {
    return JSON.parse(sessionStorage.getItem(KEPT));
  } catch {
    return null;
  }
}

function remember(seat) {
  try {
    if (seat) sessionStorage.setItem(KEPT, JSON.stringify(seat));
    else sessionStorage.removeItem(KEPT);
  } catch {
    // whoever loads the page anew types the code again
  }
}

// Let the server say no more to a chair that is left.
function hush() {
  for (const view of ["exercise_seat", "exercise_case", "exercise_votes", "exercise_effects"]) ask(view, null, { answer: () => {}, fail: () => {} });
}

// Leave the chair: codes are typed here, and exercises begun.
function leave(why) {
  if (seated()) hush();
  sit(null);
  remember(null);
  last = null;
  problem.textContent = why;
  told.textContent = "";
  root.dataset.stage = "lobby";
  lobby(place, (found) => take({ folder: found.folder, key: found.key, role: found.role, leads: found.role === "facilitator" }));
}

// Sit down in a chair, and see what it sees from now on.
function take(seat) {
  sit(seat);
  remember(seat);
  last = null;
  forgetCase();
  problem.textContent = "";
  root.dataset.stage = "waiting";
  place.replaceChildren(make("p", { class: "note" }, "Opening the exercise…"));
  listen(true);
}

function listen(fresh = false) {
  let first = fresh || root.dataset.stage !== "seated";
  ask("exercise_seat", sitting(), {
    answer: (seen) => {
      if (first) layOut(seen);
      draw(seen);
      if (first) document.getElementById("exercise-title").focus({ preventScroll: true });
      first = false;
    },
    fail: (text) => {
      last = null;
      problem.textContent = text;
      root.dataset.stage = "failed";
      const anew = () => { problem.textContent = ""; listen(true); };
      place.replaceChildren(make("p", {}, make("button", { type: "button", id: "exercise-again", onclick: anew }, "Try again"), " ", make("button", { type: "button", id: "exercise-leave", onclick: () => leave("") }, "Leave the chair")));
    },
  });
}

const slots = {};

function layOut(seen) {
  for (const name of ["situation", "news", "council", "own", "lead"]) slots[name] = panel(`exercise-${name}`);
  const columns = [make("div", {}, slots.situation, slots.news), make("div", {}, slots.lead, slots.own, slots.council)];
  place.replaceChildren(chairs(seen), make("div", { class: "exercise-sides" }, columns));
}

function draw(seen) {
  told.textContent = announced(seen, last);
  if (last && last.round !== seen.round) forgetProblems();
  const anew = last && (last.round !== seen.round || last.over !== seen.over) && !document.activeElement?.matches("textarea, input[type='text']");
  last = seen;
  last.heard = performance.now();
  situation(slots.situation, seen);
  news(slots.news, seen);
  own(slots.own, seen);
  lead(slots.lead, seen);
  council(slots.council, seen);
  root.dataset.stage = "seated";
  root.dataset.chair = seen.role;
  root.dataset.round = seen.over ? "over" : String(seen.round);
  root.dataset.made = String(now(seen).length);
  if (anew) document.getElementById("exercise-title").scrollIntoView(); // what is new stands at the top
}

// The exercise and the chair; whoever leads may sit in another one.
function chairs(seen) {
  const title = heading(`${seen.title} · ${seen.chair}`, "exercise-title");
  const out = make("button", { type: "button", id: "exercise-leave", onclick: () => leave("") }, "Leave the chair");
  if (!seen.leads) return make("div", { class: "panel" }, title, make("p", {}, out));
  const pick = make("select", { id: "exercise-sit" }, Object.entries(seen.chairs).map(([role, name]) => make("option", { value: role, selected: role === seen.role }, name)));
  const go = make("button", { type: "button", id: "exercise-switch", onclick: () => hand(pick.value, seen.chairs[pick.value]) }, "Hand over the screen");
  return make("div", { class: "panel" }, title, make("p", {}, make("label", { for: "exercise-sit" }, "One screen for several chairs: next is ", pick), " ", go, " ", out));
}

// The curtain: nothing of any chair is on the page, or on its way to it, until the next one says so.
function hand(role, title) {
  const seat = { ...seated(), role };
  hush();
  sit(null);
  last = null;
  forgetCase();
  told.textContent = "";
  problem.textContent = "";
  root.dataset.stage = "curtain";
  remember(seat.role === "facilitator" ? null : seat); // whoever loads the page anew gets no more than was handed over
  const name = heading(`Hand the screen to: ${title}`, "exercise-hand");
  const go = make("button", { type: "button", id: "exercise-show", onclick: () => take(seat) }, "Here I am: show it");
  place.replaceChildren(make("div", { class: "panel curtain" }, name, make("p", {}, "Nobody else looks from here on."), make("p", {}, go)));
  name.focus();
}

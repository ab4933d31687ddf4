// Watch one world: a player of weeks, and the pictures of the week that it stands at.

import { still } from "./charts.js";
import { command, make, whole } from "./format.js";
import { ask } from "./line.js";
import { keep, kept, setting } from "./setting.js";
import { dated } from "./watch_panel.js";
import { pictures } from "./watch_pictures.js";
import { World } from "./watch_week.js";

const SPEEDS = [1, 2, 4, 8, 16, 52];
const YEAR = 52; // the week at which a world opens: there is something to see by then
const JUMPS = { severe: "severe act", vote: "vote", listing: "listing" };

let root, about, player, invented, what, status, problem, stage, panels, play, range, number, day, speed, window_, truth, another, commands;
let world = null;
let week = null; // null: that at which a world opens
let replicate = 0;
let noted = {}; // what the address holds of this view, as far as this view has put it there or followed it
let shown = ""; // setting and replicate that were asked for last
let playing = null; // {from, at}: the week and the time at which playing began

export function mount(element, found) {
  root = element;
  about = found;
  invented = make("p", { class: "watch-invented" });
  what = make("p", { class: "note" });
  problem = make("p", { class: "error", role: "alert" });
  status = make("p", { class: "watch-status", "aria-live": "polite" });
  stage = make("div", { class: "watch-stage" });
  player = layPlayer();
  panels = pictures();
  commands = make("pre", { id: "watch-command" });
  const again = make(
    "div",
    { class: "panel", id: "watch-again" },
    make("h3", {}, "Have this world again"),
    make("p", {}, "The address of this page opens this world at this week. These commands make the same run in a terminal, and tell its story:"),
    commands,
  );
  stage.append(...panels.elements, again);
  root.append(make("h2", {}, "One world, week by week, with its twin"), invented, what, problem, player, status, stage);
  document.getElementById("still").addEventListener("change", minded);
  matchMedia("(prefers-reduced-motion: reduce)").addEventListener("change", minded);
  addEventListener("resize", () => {
    panels.resized();
    if (!root.hidden) draw();
  });
  minded();
}

export function show() {
  const [linked, at] = [followed("replicate"), followed("week")];
  if (linked !== null) replicate = /^\d{1,15}$/.test(linked) ? Number(linked) : linked; // what is no replicate the server says
  if (at !== null) {
    problem.textContent = "";
    playing = null;
    week = Number(at) - 1;
    told();
  }
  load();
}

// What a link says of this view; null where it says nothing new.
function followed(key) {
  const text = kept(key) ?? null;
  if (text === (noted[key] ?? null)) return null;
  noted[key] = text;
  return text;
}

// The week that a world has of those that a link may ask for.
function within(asked) {
  const first = Math.min(YEAR, world.weeks) - 1;
  if (asked === null) return first;
  if (Number.isInteger(asked) && asked >= 0) return Math.min(asked, world.weeks - 1);
  problem.textContent = `The week in this link is none: weeks are numbered from 1 to ${whole(world.weeks)}. This is week ${whole(first + 1)}.`;
  return first;
}

function load() {
  const wanted = JSON.stringify([setting, replicate]);
  if (wanted === shown) {
    if (!world) return;
    week = within(week);
    return draw();
  }
  shown = wanted;
  pause();
  problem.textContent = "";
  stage.classList.add("stale");
  delete root.dataset.world;
  ask("watch", { setting, replicate }, {
    answer: (found) => {
      world = new World(found);
      week = within(week);
      stage.classList.remove("stale");
      lay();
      draw();
      root.dataset.world = JSON.stringify([setting, replicate]);
    },
    fail: (text) => {
      problem.textContent = text;
      shown = "";
      replicate = world?.replicate ?? 0; // one that is refused is not asked for again with the next setting
    },
  });
}

// Everything that stays as it is while the weeks go by.
function lay() {
  invented.textContent = world.invented;
  const changed = Object.keys(setting.values).length;
  const own = Object.keys(world.drawn).length;
  what.textContent =
    `Replicate ${whole(world.replicate)} of the ${whole(world.of)} (0 to ${whole(world.of - 1)}) that Explore counts; doctrine “${world.doctrine}” in scenario “${world.scenario}”` +
    `${changed ? `, with ${whole(changed)} ${changed === 1 ? "value" : "values"} of your own` : ""}${own ? `; ${whole(own)} parameters drawn for this replicate alone` : ""}. ` +
    `Twin: the same world on the same random numbers, under “${world.twin}”. Choose scenario, doctrine and values under Explore. One run is a story, not an estimate: n = 1, and its counts have no interval.`;
  commands.replaceChildren(...command(world.command));
  another.max = String(world.of - 1);
  another.value = String(world.replicate);
  range.max = String(world.weeks - 1);
  number.max = String(world.weeks);
  day.min = iso(0);
  day.max = new Date(world.day(world.weeks).getTime() - 1).toISOString().slice(0, 10);
  panels.lay(world);
}

const iso = (at) => world.day(at).toISOString().slice(0, 10);

function layPlayer() {
  play = make("button", { type: "button", id: "watch-play", class: "watch-play", onclick: toggle }, "Play");
  range = make("input", { type: "range", id: "watch-range", min: "0", max: "0", step: "1", value: "0", "aria-label": "Week", oninput: () => go(Number(range.value)) });
  number = make("input", { type: "number", id: "watch-week", min: "1", max: "1", value: "1", onchange: () => go(Number(number.value) - 1) });
  day = make("input", { type: "date", id: "watch-day", onchange: () => world && day.value && go(world.weekOf(Date.parse(`${day.value}T00:00:00Z`))) });
  speed = make("select", { id: "watch-speed", onchange: restart }, SPEEDS.map((each) => make("option", { value: String(each), selected: each === 8 }, `${whole(each)} ${each === 1 ? "week" : "weeks"} a second`)));
  window_ = make("select", { id: "watch-window", onchange: draw }, [1, 4, 13, 52].map((each) => make("option", { value: String(each), selected: each === 13 }, each === 1 ? "this week" : `the last ${whole(each)} weeks`)));
  truth = make("input", { type: "checkbox", id: "watch-truth", checked: true, onchange: draw });
  another = make("input", { type: "number", id: "watch-replicate", min: "0", value: "0", onchange: () => choose(Number(another.value)) });
  const button = (id, text, then) => make("button", { type: "button", id: `watch-${id}`, onclick: () => { pause(); then(); } }, text);
  return make(
    "div",
    { class: "panel watch-player", id: "watch-player", role: "group", tabindex: "0", "aria-label": "Player: space plays and pauses, arrows step", onkeydown: keyed },
    make("div", { class: "watch-row" }, button("first", "To the start", () => go(0)), button("back", "Step back", () => go(week - 1)), play, button("step", "Step", () => go(week + 1)), make("label", { for: "watch-speed" }, "Speed ", speed)),
    range,
    make(
      "div",
      { class: "watch-row" },
      make("label", { for: "watch-week" }, "Week ", number),
      make("label", { for: "watch-day" }, "Date ", day),
      Object.entries(JUMPS).map(([name, text]) => button(name, `Next ${text}`, () => jump(name))),
    ),
    make(
      "div",
      { class: "watch-row" },
      make("label", { for: "watch-replicate" }, "Replicate ", another),
      button("another", "Another world", () => world && choose((replicate + 1) % world.of)),
      make("label", { for: "watch-window" }, "Who acts on whom in ", window_),
      make("label", { for: "watch-truth" }, truth, " Show the truth, which nobody sees"),
    ),
    make("p", { class: "note", id: "watch-still", hidden: true }, "Motion is off: step through the weeks."),
  );
}

function choose(number_) {
  replicate = number_;
  load();
}

function go(where) {
  if (!world || !Number.isFinite(where)) return;
  week = Math.max(0, Math.min(world.weeks - 1, Math.trunc(where)));
  problem.textContent = "";
  restart();
  draw();
}

function jump(name) {
  if (!world) return;
  const found = world.next(name, week);
  if (found !== null) go(found);
  else status.textContent = `There is no further ${JUMPS[name]} before the end.`;
}

function keyed(event) {
  const { key, target } = event;
  const typing = target.matches("select, input:not([type='range']):not([type='checkbox'])");
  if (key === " " && (target === player || target === range)) toggle();
  else if ((key === "ArrowRight" || key === "ArrowLeft") && !typing && target !== range) {
    pause();
    go(week + (key === "ArrowRight" ? 1 : -1));
  } else return;
  event.preventDefault();
}

function toggle() {
  if (playing) return pause();
  if (!world || still()) return;
  if (week === world.weeks - 1) week = 0;
  playing = { from: week, at: performance.now() };
  told();
  requestAnimationFrame(tick);
}

function restart() {
  if (playing) playing = { from: week, at: performance.now() };
}

function pause() {
  if (!playing) return;
  playing = null;
  told();
  draw();
}

function tick(now) {
  if (!playing) return;
  if (root.hidden || still()) return pause();
  const at = Math.min(world.weeks - 1, playing.from + Math.max(0, Math.floor(((now - playing.at) / 1000) * Number(speed.value))));
  if (at !== week) {
    week = at;
    draw();
  }
  if (week === world.weeks - 1) pause();
  else requestAnimationFrame(tick);
}

function told() {
  play.textContent = playing ? "Pause" : "Play";
  status.setAttribute("aria-live", playing ? "off" : "polite");
  root.dataset.playing = String(Boolean(playing));
}

function minded() {
  play.disabled = still();
  document.getElementById("watch-still").hidden = !still();
  if (still()) pause();
}

function draw() {
  if (!world || root.hidden) return;
  const date = dated(world, week);
  range.value = String(week);
  range.setAttribute("aria-valuetext", `week ${whole(week + 1)} of ${whole(world.weeks)}, ${date}`);
  number.value = String(week + 1);
  day.value = iso(week);
  status.textContent = panels.draw(week, { window: Number(window_.value), truth: truth.checked, playing: Boolean(playing) });
  root.dataset.week = String(week);
  if (!playing) note();
}

// Put the world and the week into the address, for whoever takes it along.
function note() {
  const now = { replicate: String(world.replicate), week: String(week + 1) };
  if (noted.replicate === now.replicate && noted.week === now.week) return;
  noted = now;
  keep(now);
}

// The page: views of one setting, and the exercise.

import * as compare from "./compare.js";
import * as exercise from "./exercise.js";
import * as explore from "./explore.js";
import { make } from "./format.js";
import { ask, open } from "./line.js";
import * as results from "./results.js";
import { change, flush, onChange, read, setting, view } from "./setting.js";
import * as watch from "./watch.js";

const VIEWS = { explore, watch, compare, results, exercise };
const mounted = new Set();
let about = null;

// The view that the address names; whatever else it may say, Explore.
const named = () => (Object.hasOwn(VIEWS, view()) ? view() : "explore");

function show() {
  const name = named();
  for (const each of Object.keys(VIEWS)) document.getElementById(each).hidden = each !== name;
  for (const link of document.querySelectorAll("nav a")) {
    if (link.dataset.view === name) link.setAttribute("aria-current", "page");
    else link.removeAttribute("aria-current");
  }
  const root = document.getElementById(name);
  if (!mounted.has(name)) {
    mounted.add(name);
    VIEWS[name].mount(root, about);
  }
  VIEWS[name].show(setting);
}

function begin(found) {
  about = found;
  read();
  const worlds = document.getElementById("worlds");
  worlds.replaceChildren(...about.worlds.map((name) => make("option", { value: name }, about.world_titles[name] ?? name)));
  worlds.value = setting.worlds;
  worlds.onchange = () => change({ worlds: worlds.value });
  onChange(() => {
    worlds.value = setting.worlds;
    VIEWS[named()].show(setting);
  });
  for (const link of document.querySelectorAll("nav a"))
    link.onclick = (event) => {
      event.preventDefault();
      flush();
      location.hash = `#${link.dataset.view}?${location.hash.split("?")[1] ?? ""}`;
    };
  document.querySelector(".skip").onclick = (event) => {
    event.preventDefault(); // the address holds the view and the setting
    document.getElementById("main").focus();
  };
  window.onhashchange = () => {
    read();
    worlds.value = setting.worlds;
    show();
  };
  show();
}

// Whoever wants no motion wants none the next time either. A browser that keeps nothing refuses with an error.
const STILL = "deter.still";
function remembered() {
  try {
    return localStorage.getItem(STILL) === "yes";
  } catch {
    return false;
  }
}
function remember(still) {
  try {
    localStorage.setItem(STILL, still ? "yes" : "no");
  } catch {
    // it holds until the page is loaded anew
  }
}

const still = document.getElementById("still");
const settle = () => document.body.classList.toggle("still", still.checked);
still.checked = remembered();
settle();
still.addEventListener("change", () => {
  settle();
  remember(still.checked);
});

open();
ask("about", null, { answer: begin });

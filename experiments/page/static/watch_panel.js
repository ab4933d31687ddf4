// What the pictures of a world share: a panel that is filled anew week after week, numbers, dates and keys.

import { room } from "./charts.js";
import { make, svg, table } from "./format.js";

const language = navigator.language;
const dates = new Intl.DateTimeFormat(language, { day: "numeric", month: "long", year: "numeric", timeZone: "UTC" });
export const short = new Intl.DateTimeFormat(language, { day: "numeric", month: "short", year: "2-digit", timeZone: "UTC" });
export const percent = new Intl.NumberFormat(language, { style: "percent", maximumFractionDigits: 0 });
export const WRONG = "#b3261e";
export const MEASURE = { preventive: "#8c6d00", cooperative: "#6b8e00", stability: "#00786c", restrictive: "#5b2a86", support: "#a0387a" };
export const SOME = 8; // rows of a list
export const dated = (world, week) => dates.format(world.day(week));
export const brief = (title) => title.replace(/ \(.*/, "");

// A picture with a heading and, folded, its table, both of which can be had anew without closing what is open.
export class Panel {
  constructor(id, title, note = "") {
    this.title = title;
    this.slot = make("div");
    this.note = make("p", { class: "note" }, note);
    this.holder = make("div");
    this.fold = make("details", { ontoggle: () => this.fill() }, make("summary", {}, "As a table"), this.holder);
    this.root = make("figure", { class: "panel watch-panel", id }, make("figcaption", {}, title), this.slot, this.note, this.fold);
    this.said = () => ({ caption: title, heads: [], rows: [] });
  }

  // Before anything is drawn anew, so that the browser need not lay out the page for every picture.
  measure(playing) {
    if (!this.width) this.width = room(this.slot, 820);
    const { top, bottom } = this.root.getBoundingClientRect();
    this.seen = !playing || (bottom > -200 && top < innerHeight + 200);
  }

  set(picture, said) {
    this.slot.replaceChildren(...[picture].flat());
    this.said = said;
    this.fill();
  }

  fill() {
    if (this.fold.open) refill(this.holder, this.said());
  }
}

// A table in a holder, written anew within the element that may have the focus.
export function refill(holder, { caption, heads, rows }) {
  const made = table(caption, heads, rows);
  const old = holder.firstElementChild;
  if (!old) holder.append(made);
  else {
    old.setAttribute("aria-label", caption);
    old.replaceChildren(...made.childNodes);
  }
}

const SHAPES = {
  line: (color) => ["path", { d: "M0 6H18", stroke: color, "stroke-width": 3, fill: "none" }],
  dashes: (color) => ["path", { d: "M0 6H18", stroke: color, "stroke-width": 2, "stroke-dasharray": "3,3", fill: "none" }],
  dot: (color, edge) => ["circle", { cx: 9, cy: 6, r: 4, fill: color, stroke: edge ?? color, "stroke-width": 2 }],
  diamond: (color, edge) => ["path", { d: "M9 0L14 6L9 12L4 6Z", fill: color, stroke: edge ?? color, "stroke-width": 2 }],
};

export function key(color, text, shape, edge) {
  const mark = svg(...SHAPES[shape](color, edge));
  return make("li", {}, svg("svg", { width: 18, height: 12, "aria-hidden": "true" }, mark), ` ${text}`);
}

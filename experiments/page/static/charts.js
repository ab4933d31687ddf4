// Charts by Observable Plot, each with the table that says the same.

import { make, precise, table } from "./format.js";

// Colours of Okabe and Ito, told apart by colour-blind readers; dark enough on white.
export const YOURS = "#0072b2";
export const STATUS_QUO = "#8a5a00";
export const TWIN = "#5f5f5f";
export const KINDS = { all: "#000000", state: "#b34700", proxy: "#0072b2", criminal: "#007a5a", hacktivist: "#a0387a" };

export const still = () =>
  document.body.classList.contains("still") || matchMedia("(prefers-reduced-motion: reduce)").matches;

// Width that a chart may take within an element.
export const room = (element, most = 900) => Math.max(280, Math.min(most, element.clientWidth || 600));

// A scale whose numbers are written as the reader's language has them, unless it writes them in its own way.
export const tick = (value) => (typeof value === "number" ? precise.format(Number(value.toPrecision(8))).replace("-", "−") : value);
const spoken = (scale) => (scale.type === "utc" ? scale : { tickFormat: tick, ...scale });

// A picture of Plot with a label; `className` is the one that the page's policy knows.
export function draw(options, label) {
  const scales = Object.fromEntries(["x", "y", "color"].filter((name) => options[name]).map((name) => [name, spoken(options[name])]));
  const figure = Plot.plot({ className: "plot", ariaLabel: label, ...options, ...scales });
  // the label says it all: a picture has no parts, and a legend is one of its own
  for (const part of figure.querySelectorAll("svg [aria-label], g[aria-label]")) part.removeAttribute("aria-label");
  for (const picture of figure.tagName === "svg" ? [figure] : figure.querySelectorAll("svg")) {
    picture.setAttribute("role", "img");
    if (!picture.hasAttribute("aria-label")) picture.setAttribute("aria-label", `Colours: ${options.color?.label ?? label}`);
  }
  return figure;
}

const unfolded = new Set(); // keys of the tables that the reader has opened: they stay open when a chart is drawn anew

// A chart with a heading and, folded, its table.
export function framed(title, picture, { caption = title, heads, rows, note = "", key = null }) {
  const folded = key === null ? {} : { open: unfolded.has(key), ontoggle: (event) => (event.target.open ? unfolded.add(key) : unfolded.delete(key)) };
  return make(
    "figure",
    {},
    make("figcaption", {}, title),
    picture,
    note ? make("p", { class: "note" }, note) : null,
    make("details", folded, make("summary", key === null ? {} : { id: `${key}-table` }, "As a table"), table(caption, heads, rows)),
  );
}

// Numbers and elements, as the reader's browser writes them.

const language = navigator.language;
// Writers of numbers with 0, 1, … decimals: made once, because to make one takes longer than to write with it.
const fixed = (signDisplay) =>
  [0, 1, 2, 3, 4].map((digits) => new Intl.NumberFormat(language, { maximumFractionDigits: digits, minimumFractionDigits: digits, signDisplay }));
const [plain, signs] = ["auto", "exceptZero"].map(fixed);
const four = new Intl.NumberFormat(language, { maximumSignificantDigits: 4 });
export const decimals = (digits) => plain[digits];
export const signed = (digits) => signs[digits];

export const whole = (value) => plain[0].format(value);
export const precise = new Intl.NumberFormat(language, { maximumSignificantDigits: 15 });
export const loose = (value) => four.format(value);
export const counted = (number, noun, plural = `${noun}s`) => `${whole(number)} ${number === 1 ? noun : plural}`;
// A value of a parameter: a number as the reader writes it, and a word as it is.
export const written = (value) => (typeof value === "number" ? precise.format(value).replace("-", "−") : String(value).replaceAll("_", " "));

// A number for a field, and one that was typed there, or null: with the language's decimal mark or a point, in no groups.
const decimal = new Intl.NumberFormat(language).formatToParts(0.5).find((part) => part.type === "decimal").value;
export const typed = (value) => new Intl.NumberFormat(language, { maximumSignificantDigits: 15, useGrouping: false }).format(value);
export function number(text) {
  const value = Number(text.trim().replace(decimal, ".").replace("−", "-"));
  return text.trim() && Number.isFinite(value) ? value : null;
}

// Decimals that an interval calls for: two of its half-width.
function digits(low, high) {
  const half = Math.abs(high - low) / 2;
  if (!(half > 0)) return 2;
  return Math.max(0, Math.min(4, 1 - Math.floor(Math.log10(half))));
}

// A figure with its interval: 12.3 [11.9, 12.7], in per cent where it is a share.
export function interval(figure, { share = false, signed: withSign = false } = {}) {
  if (!figure || figure.mean === null) return "undefined";
  const scale = share ? 100 : 1;
  const [mean, low, high] = [figure.mean, figure.low, figure.high].map((end) => (end === null ? null : scale * end));
  const write = (withSign ? signs : plain)[low === null ? 2 : digits(low, high)];
  const ends = low === null ? "" : ` [${write.format(low)}, ${write.format(high)}]`;
  return `${write.format(mean)}${ends}`.replaceAll("-", "−"); // a minus sign, and no hyphen
}

// An element: make("p", {class: "note", onclick: f}, "text", child, …). Text is never read as HTML.
export function make(name, properties = {}, ...children) {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(properties)) {
    if (key.startsWith("on")) element.addEventListener(key.slice(2), value);
    else if (key in element && typeof value !== "string") element[key] = value;
    else if (value !== null && value !== undefined && value !== false) element.setAttribute(key, value === true ? "" : value);
  }
  element.append(...children.flat().filter((child) => child !== null && child !== undefined));
  return element;
}

// A part of a picture: svg("circle", {r: 4}, child, …).
export function svg(name, properties = {}, ...children) {
  const element = document.createElementNS("http://www.w3.org/2000/svg", name);
  for (const [key, value] of Object.entries(properties)) element.setAttribute(key, value);
  element.append(...children);
  return element;
}

// A command, or several in lines, in parts that stay on one line where there is room: two hyphens are no place to break.
export const command = (text) => text.split(/(\s+)/).map((word) => (word.trim() ? make("span", { class: "word" }, word) : word));

// Give the focus back to an element that was drawn anew, by its id.
export function refocus(id) {
  if (id && document.activeElement?.id !== id) document.getElementById(id)?.focus({ preventScroll: true });
}

// Whether a column holds words, as far as it holds anything; numbers stand on the right, words on the left.
function worded(cells) {
  const said = cells.filter((cell) => cell && (cell.textContent ?? cell) !== "undefined");
  return said.length > 0 && said.every((cell) => cell.className === "words" || /^[“(]?\p{L}/u.test(cell.textContent ?? cell));
}

// A table with a caption, heads and rows of texts; the first cell of a row is its head.
export function table(caption, heads, rows) {
  const sides = heads.map((_, at) => (at === 0 || worded(rows.map((row) => row[at])) ? "words" : null));
  return make(
    "div",
    { class: "scroll", tabindex: "0", role: "region", "aria-label": caption },
    make(
      "table",
      {},
      make("caption", {}, caption),
      make("thead", {}, make("tr", {}, heads.map((head, at) => (head ? make("th", { scope: "col", class: sides[at] }, head) : make("td"))))),
      make("tbody", {}, rows.map(([head, ...cells]) => make("tr", {}, make("th", { scope: "row" }, head), cells.map((cell, at) => make("td", { class: sides[at + 1] }, cell))))),
    ),
  );
}

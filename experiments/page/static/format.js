// Numbers and elements, as the reader's browser writes them.

const language = navigator.language;
const plain = (digits) => new Intl.NumberFormat(language, { maximumFractionDigits: digits, minimumFractionDigits: digits });
const signs = (digits) =>
  new Intl.NumberFormat(language, { maximumFractionDigits: digits, minimumFractionDigits: digits, signDisplay: "exceptZero" });

export const whole = (value) => new Intl.NumberFormat(language, { maximumFractionDigits: 0 }).format(value);
export const precise = new Intl.NumberFormat(language, { maximumSignificantDigits: 15 });
export const loose = (value) => new Intl.NumberFormat(language, { maximumSignificantDigits: 4 }).format(value);

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
export function interval(figure, { share = false, signed = false } = {}) {
  if (!figure || figure.mean === null) return "undefined";
  const scale = share ? 100 : 1;
  const [mean, low, high] = [figure.mean, figure.low, figure.high].map((end) => (end === null ? null : scale * end));
  const write = (signed ? signs : plain)(low === null ? 2 : digits(low, high));
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

// Give the focus back to an element that was drawn anew, by its id.
export function refocus(id) {
  if (id && document.activeElement?.id !== id) document.getElementById(id)?.focus({ preventScroll: true });
}

// A table with a caption, heads and rows of texts; the first cell of a row is its head.
export function table(caption, heads, rows) {
  return make(
    "div",
    { class: "scroll", tabindex: "0", role: "region", "aria-label": caption },
    make(
      "table",
      {},
      make("caption", {}, caption),
      make("thead", {}, make("tr", {}, heads.map((head) => (head ? make("th", { scope: "col" }, head) : make("td"))))),
      make("tbody", {}, rows.map(([head, ...cells]) => make("tr", {}, make("th", { scope: "row" }, head), cells.map((cell) => make("td", {}, cell))))),
    ),
  );
}

// Charts whose marks are ways to somewhere, by mouse and by keyboard.

import { svg } from "./format.js";

// Marks of a chart (elements of this name) as buttons: one stop of the Tab key, arrow keys between them, Enter opens.
export function reachable(figure, mark, data, label, act) {
  const pictures = figure.tagName === "svg" ? [figure] : [...figure.querySelectorAll("svg")];
  const picture = pictures.at(-1);
  for (const legend of pictures.slice(0, -1)) { legend.removeAttribute("role"); legend.setAttribute("aria-hidden", "true"); }
  const name = picture.getAttribute("aria-label") ?? figure.getAttribute("aria-label");
  picture.setAttribute("role", "group");
  if (name) picture.setAttribute("aria-label", name);
  const group = [...picture.children].find((each) => each.tagName === "g" && each.firstChild?.tagName === mark && each.children.length === data.length);
  for (const each of picture.children) if (each !== group && each.tagName === "g") each.setAttribute("aria-hidden", "true");
  if (!group) return;
  const nodes = [...group.children];
  const place = (at) => (data[at].y !== undefined ? [data[at].x, data[at].y] : [at, 0]);
  const move = (from, by) => {
    if (data[from].y === undefined) return from + (by[0] || -by[1]);
    const wanted = place(from).map((each, axis) => each + by[axis]).join();
    return data.findIndex((_, at) => place(at).join() === wanted);
  };
  nodes.forEach((node, at) => {
    node.setAttribute("role", "button");
    node.setAttribute("tabindex", at ? "-1" : "0");
    node.setAttribute("aria-label", label(data[at]));
    node.append(svg("title", {}, label(data[at])));
    node.addEventListener("click", () => act(data[at]));
    node.addEventListener("keydown", (event) => {
      const by = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] }[event.key];
      if (event.key === "Enter" || event.key === " ") act(data[at]);
      else if (by) {
        const next = nodes[move(at, by)];
        if (next) { node.setAttribute("tabindex", "-1"); next.setAttribute("tabindex", "0"); next.focus(); }
      } else return;
      event.preventDefault();
    });
  });
}

// A small picture of one figure: two means with their intervals over a scale. Drawn at every move, and so by itself.

import { STATUS_QUO, YOURS, tick } from "./charts.js";
import { svg } from "./format.js";

const [WIDTH, HEIGHT, LEFT, RIGHT, BASE] = [230, 62, 16, 20, 40];
const ARMS = [["yours", YOURS, 12], ["status_quo", STATUS_QUO, 28]]; // with the height of each

// An arm's point: filled for the setting, hollow for what it is set beside.
const dot = (color, filled, cx, cy) => svg("circle", { cx, cy, r: 4, fill: filled ? color : "white", stroke: color, "stroke-width": 2 });

export const symbol = (color, filled) => svg("svg", { width: 12, height: 12, "aria-hidden": "true" }, dot(color, filled, 6, 6));

// Both arms of a figure; `points` have arm, mean, low and high, in the unit of the scale.
export function strip(points, label) {
  const ends = points.flatMap((each) => [each.low, each.high]);
  const [low, high] = points.length ? [Math.min(...ends), Math.max(...ends)] : [0, 1];
  const room = low === high ? [low - 1, high + 1] : [low, high];
  const at = d3.scaleLinear(room, [LEFT, WIDTH - RIGHT]).nice(4);
  const ticks = at.ticks(4).flatMap((value) => [
    svg("line", { x1: at(value), x2: at(value), y1: BASE, y2: BASE + 4, stroke: "currentColor" }),
    svg("text", { x: at(value), y: BASE + 16, "text-anchor": "middle", "font-size": 10, fill: "currentColor" }, tick(value)),
  ]);
  const drawn = ARMS.flatMap(([arm, color, y]) => {
    const each = points.find((point) => point.arm === arm);
    if (!each) return [];
    const line = svg("line", { x1: at(each.low), x2: at(each.high), y1: y, y2: y, stroke: color, "stroke-width": 2 });
    return [line, dot(color, arm === "yours", at(each.mean), y)];
  });
  const view = { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, width: WIDTH, height: HEIGHT };
  return svg("svg", { ...view, class: "plot", role: "img", "aria-label": label }, ...ticks, ...drawn);
}

// Who acts on whom, as it was or as the EU takes it to be, and whom the EU answers.

import { KINDS, draw as plot } from "./charts.js";
import { make, whole } from "./format.js";
import { MEASURE, WRONG, brief, dated, key, percent, short } from "./watch_panel.js";

const SEVERE = "#000000";

// Perpetrators on the left, victims on the right: acts as they were, or as the EU takes them to be.
export function network(panel, world, week, window, truth) {
  const first = week - window + 1;
  const links = truth ? trueLinks(world, first, week) : believedLinks(world, first, week);
  const answered = new Map();
  for (const response of world.responses.between(first, week)) {
    const key = response.target < 0 ? `v${response.victim}` : `p${response.target}`;
    if (!answered.has(key)) answered.set(key, []);
    answered.get(key).push(response);
  }
  const order = ["state", "proxy", "criminal", "hacktivist"];
  const parties = world.perpetrators.map((each, at) => ({ ...each, at })).sort((one, other) => order.indexOf(one.kind) - order.indexOf(other.kind) || one.at - other.at);
  const place = new Map(parties.map((each, row) => [each.at, row / Math.max(1, parties.length - 1)]));
  const height = (at) => at / Math.max(1, world.victims.length - 1);
  const { width } = panel;
  const narrow = width < 480;
  const step = narrow ? 0.08 : 0.04;
  const diamonds = [...answered.entries()].flatMap(([key, list]) =>
    [...new Set(list.map((each) => world.measures[each.measure].category))].map((category, at) => {
      const some = list.filter((each) => world.measures[each.measure].category === category);
      const row = Number(key.slice(1));
      return { x: key[0] === "p" ? step * (1 + at) : 1 - step * (1 + at), y: key[0] === "p" ? place.get(row) : height(row), category, wrong: truth && some.some((each) => each.rightly === 0) };
    }),
  );
  const active = new Set(links.map((link) => `p${link.perpetrator}`).concat(links.map((link) => `v${link.victim}`), [...answered.keys()]));
  const ink = (key) => (active.has(key) ? "#1a1a1a" : "#6b6b6b");
  const size = narrow ? 9 : 11;
  const picture = plot(
    {
      width,
      height: 16 * Math.max(parties.length, world.victims.length) + 30,
      marginLeft: narrow ? 118 : 150,
      marginRight: narrow ? 92 : 120,
      marginTop: 12,
      marginBottom: 12,
      x: { axis: null, domain: [0, 1] },
      y: { axis: null, domain: [1, 0] },
      marks: [
        ...[false, true].map((hidden) =>
          Plot.link(links.filter((link) => link.perpetrator >= 0 && link.hidden === hidden), {
            x1: 0, x2: 1, y1: (d) => place.get(d.perpetrator), y2: (d) => height(d.victim), curve: "bump-x", strokeDasharray: hidden ? "2,4" : null,
            stroke: (d) => (d.severe ? SEVERE : KINDS[world.perpetrators[d.perpetrator].kind]), strokeWidth: (d) => Math.sqrt(d.number) + (d.severe ? 1.5 : 0.5), strokeOpacity: "opacity",
          }),
        ),
        Plot.dot(parties, { x: 0, y: (d) => place.get(d.at), r: 3, fill: (d) => KINDS[d.kind] }),
        Plot.dot(world.victims, { x: 1, y: (_, at) => height(at), r: 3, fill: (d) => (d.partner ? "white" : "#1a1a1a"), stroke: "#1a1a1a" }),
        Plot.dot(links.filter((link) => link.perpetrator < 0), { x: 0.93, y: (d) => height(d.victim), symbol: "times", r: 4, stroke: "#1a1a1a" }),
        Plot.dot(diamonds, { x: "x", y: "y", symbol: "diamond", r: 6, fill: (d) => MEASURE[d.category], stroke: (d) => (d.wrong ? WRONG : "white"), strokeWidth: (d) => (d.wrong ? 3 : 1) }),
        Plot.text(parties, { x: 0, y: (d) => place.get(d.at), text: "title", textAnchor: "end", dx: -8, fontSize: size, fill: (d) => ink(`p${d.at}`) }),
        Plot.text(world.victims, { x: 1, y: (_, at) => height(at), text: "title", textAnchor: "start", dx: 8, fontSize: size, fill: (_, at) => ink(`v${at}`) }),
      ],
    },
    `${truth ? "Acts" : "Cases as the EU sees them"} from perpetrators to victims, ${short.format(world.day(Math.max(0, first)))} to ${short.format(world.day(week))}`,
  );
  const categories = [...new Set(world.measures.map((each) => each.category))];
  const keys = make("ul", { class: "legend", "aria-label": "Legend" }, [
    ...order.map((kind) => key(KINDS[kind], kind, "line")),
    key(SEVERE, truth ? "severe act" : "severe case", "line"),
    ...(truth ? [key("#5f5f5f", "not come to light so far", "dashes")] : []),
    ...categories.map((category) => key(MEASURE[category], category, "diamond")),
    ...(truth ? [key("white", "against the wrong party", "diamond", WRONG)] : []),
  ]);
  panel.note.textContent = truth
    ? "Lines: acts, the truth, which nobody sees. Diamonds: measures that the EU adopted against a party, or for a victim. Names in black: active in these weeks."
    : "Lines: cases that have come to light, from the party that the EU suspects most, the fainter the less it is sure. Crosses: cases without a suspect. Diamonds: measures adopted.";
  panel.set([keys, picture], () => ({
    caption: `${truth ? "Acts" : "Cases as the EU sees them"} and measures, ${dated(world, Math.max(0, first))} to ${dated(world, week)}; n = 1 run`,
    heads: ["who", "on", truth ? "acts" : "cases", "severe", truth ? "come to light" : "confidence", "measures"],
    rows: [
      ...links.map((link) => [
        link.perpetrator < 0 ? "nobody suspected" : world.perpetrators[link.perpetrator].title,
        world.victims[link.victim].title,
        whole(link.number),
        whole(link.graves),
        truth ? whole(link.seen) : link.perpetrator < 0 ? "" : percent.format(link.confidence),
        "",
      ]),
      ...[...answered.values()].map((list) => ["EU", list[0].target < 0 ? world.victims[list[0].victim].title : world.perpetrators[list[0].target].title, "", "", "", list.map((each) => world.measures[each.measure].title).join("; ")]),
    ],
  }));
}

function trueLinks(world, first, week) {
  const found = new Map();
  for (const act of world.acts.world.between(first, week)) {
    const hidden = act.detected_week === null || act.detected_week > week;
    const at = `${act.perpetrator} ${act.victim} ${hidden}`;
    const link = found.get(at) ?? { perpetrator: act.perpetrator, victim: act.victim, hidden, number: 0, graves: 0, seen: 0, opacity: 0.8 };
    link.number += 1;
    link.graves += world.activities[act.activity].severe ? 1 : 0;
    link.seen += hidden ? 0 : 1;
    link.severe = link.graves > 0;
    found.set(at, link);
  }
  return [...found.values()].sort((one, other) => other.number - one.number);
}

function believedLinks(world, first, week) {
  return world.cases
    .filter((one) => one.opened_week >= first && one.opened_week <= week)
    .map((one) => {
      const { suspect, confidence } = world.belief(one, week);
      const severe = world.activities[one.activity].severe;
      return { perpetrator: suspect, victim: one.victim, hidden: false, number: 1, graves: severe ? 1 : 0, seen: 1, severe, confidence, opacity: suspect < 0 ? 0 : Math.max(0.15, confidence) };
    })
    .sort((one, other) => other.opacity - one.opacity);
}

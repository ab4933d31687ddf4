// What was decided, in words; and dates and names of the exercise.

import { decimals, make } from "./format.js";
import { percent } from "./watch_panel.js";

const language = navigator.language;
const dates = new Intl.DateTimeFormat(language, { day: "numeric", month: "long", year: "numeric", timeZone: "UTC" });

export const day = (text) => dates.format(new Date(`${text}T00:00:00Z`));
// The day on which a week of the exercise begins.
export const dayOf = (seen, week) => dates.format(new Date(Date.parse(`${seen.day}T00:00:00Z`) + (week - seen.week) * 7 * 86_400_000));

export const ROLES = { presidency: "Presidency", chair: "Chair of the PSC", delegation: "Delegation", partner: "Partner", red_team: "Red team", facilitator: "Facilitator" };
export const roles = (list) => list.map((role) => ROLES[role]).join(", ");
export const clear = (value) => (value < 1 / 3 ? "vague" : value < 2 / 3 ? "fairly clear" : "clear");

const WORDS = {
  announce: (c) => `announced what will follow: ${clear(c.clarity)} (${decimals(2).format(c.clarity)})`,
  take_up: (c) => `took up case ${c.case}`,
  leave: (c) => `left case ${c.case} to the working parties`,
  attribute: (c) => `attributed case ${c.case} to its leading suspect`,
  measure: (c, seen) => `put into preparation on case ${c.case}: ${seen.measures?.[c.measure] ?? c.measure}, strength ${percent.format(c.strength)}`,
  ask: (c) => `asked partners about case ${c.case}`,
  tell: (c) => (c.tells ? `told the EU what it knows of case ${c.case}` : `kept to itself what it knows of case ${c.case}`),
  vote: (c, seen) => `position on case ${c.case}, ${seen.measures?.[c.measure] ?? c.measure}: ${c.position}`,
  answer: (c, seen) => {
    const question = seen.questions.find((each) => each.inject === c.inject);
    return `answered: ${question?.options[c.option] ?? `option ${c.option + 1} of ${c.inject}`}`;
  },
  strike: (c) => `acts against ${c.victim}: ${c.activity.replaceAll("_", " ")}${c.false_flag ? ", under a false flag" : ""}`,
  hold_back: () => "holds back until the next round",
  skip: (c) => `left out: ${c.inject}`,
  postpone: (c) => `postponed by ${c.weeks} weeks: ${c.inject}`,
  change: (c) => `changed the text: ${c.inject}`,
  insert: (c) => `sent news: ${c.title}`,
  pause: (c) => (c.paused ? "paused the exercise" : "let the exercise go on"),
};

// What was decided in this round, as far as the chair knows.
export const now = (seen) => seen.made.filter((each) => each.round === seen.round);

export const words = (choice, seen) => (WORDS[choice.kind] ?? (() => choice.kind))(choice, seen);

export const why = (text) => make("span", { class: "words" }, text);

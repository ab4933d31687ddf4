// One world read week by week: what happened, what was open, what was believed. Nothing here draws.

export const TRACKS = {
  reaction: "reaction without attribution",
  statement: "statement",
  joint: "joint attribution",
  dossier: "restrictive measures",
  own: "response on its own",
};
const ANSWERS = ["statement", "joint", "dossier", "own"];
const DAY = 86_400_000;

// Where the rows of each week begin in a column of weeks in order.
function offsets(column, weeks) {
  const found = new Int32Array(weeks + 1);
  for (const week of column) if (week >= 0) found[week + 1] += 1;
  for (let week = 0; week < weeks; week += 1) found[week + 1] += found[week];
  return found;
}

// A table of columns, of which rows are had by weeks, `first` and `last` included.
class Rows {
  constructor(columns, weeks) {
    this.columns = columns;
    this.names = Object.keys(columns);
    this.offsets = offsets(columns.week, weeks);
  }

  row(place) {
    return Object.fromEntries(this.names.map((name) => [name, this.columns[name][place]]));
  }

  between(first, last) {
    const found = [];
    for (let place = this.offsets[Math.max(0, first)]; place < this.offsets[last + 1]; place += 1) found.push(this.row(place));
    return found;
  }

  number(first, last) {
    return this.offsets[last + 1] - this.offsets[Math.max(0, first)];
  }

  // The next week after this one that has a row for which `holds`; null: none.
  next(week, holds = () => true) {
    for (let place = this.offsets[week + 1]; place < this.columns.week.length; place += 1)
      if (holds(this.row(place))) return this.columns.week[place];
    return null;
  }
}

// Sums up to and with each week.
function summed(column) {
  let sum = 0;
  return column.map((value) => (sum += value));
}

export class World {
  constructor(found) {
    Object.assign(this, found);
    this.start = Date.parse(`${found.first}T00:00:00Z`);
    this.acts = Object.fromEntries(["world", "twin"].map((where) => [where, new Rows(found.acts[where] ?? { week: [] }, this.weeks)]));
    for (const name of ["responses", "votes", "differences"]) this[name] = new Rows(found[name], this.weeks);
    this.cases = found.cases.act_week.map((_, place) => this.caseOf(found.cases, place));
    found.evidence.case.forEach((place, row) =>
      this.cases[place].beliefs.push({ week: found.evidence.week[row], suspect: found.evidence.suspect[row], confidence: found.evidence.confidence[row] }),
    );
    this.sums = Object.fromEntries(Object.entries(found.series).map(([name, column]) => [name, summed(column)]));
    for (const where of ["world", "twin"]) {
      const severe = new Array(this.weeks).fill(0);
      const harm = new Array(this.weeks).fill(0);
      for (const act of this.acts[where].between(0, this.weeks - 1)) {
        severe[act.week] += this.activities[act.activity].severe ? 1 : 0;
        harm[act.week] += act.succeeded ? this.activities[act.activity].harm : 0;
      }
      this[`${where}Severe`] = summed(severe);
      this[`${where}Harm`] = summed(harm);
    }
  }

  caseOf(columns, place) {
    return { place, beliefs: [], ...Object.fromEntries(Object.entries(columns).map(([name, column]) => [name, column[place]])) };
  }

  day(week) {
    return new Date(this.start + 7 * week * DAY);
  }

  weekOf(day) {
    return Math.floor((day - this.start) / (7 * DAY));
  }

  // What the EU believes of a case in a week.
  belief(one, week) {
    let held = { suspect: -1, confidence: 0 };
    for (const belief of one.beliefs) {
      if (belief.week > week) break;
      held = belief;
    }
    return held;
  }

  // Cases that have come to light and are not resolved, with the evidence of the week: those nearest to an answer first.
  open(week) {
    return this.cases
      .filter((one) => one.opened_week <= week && (one.resolved_week === null || one.resolved_week > week))
      .map((one) => ({ ...one, ...this.belief(one, week), stage: this.stage(one, week), attributed: one.attributed_week !== null && one.attributed_week <= week, open: week - one.opened_week }))
      .sort((one, other) => other.attributed - one.attributed || other.confidence - one.confidence || other.severity - one.severity || one.place - other.place);
  }

  stage(one, week) {
    const before = (when) => when !== null && when <= week;
    if (!before(one.attributed_week)) return before(one.national_week) ? "investigated; a Member State has attributed it" : "investigated";
    const parts = [];
    for (const track of ANSWERS) {
      if (one[`${track}_stage`] === null) continue;
      if (before(one[`${track}_settled_week`])) parts.push(`${TRACKS[track]} ${one[`${track}_stage`]}`);
      else if (track !== "dossier" || before(one.dossier_opened_week)) parts.push(`${TRACKS[track]} under way`);
    }
    return ["attributed", ...parts].join("; ");
  }

  // Whether what is believed is true; null where nobody is suspected.
  right(one) {
    return one.suspect < 0 ? null : one.suspect === one.culprit;
  }

  // Figures of a week and of all weeks so far, in the world and in its twin; `hidden` from all but the model.
  figures(week) {
    const count = (sums) => ({ week: sums[week] - (week ? sums[week - 1] : 0), total: sums[week] });
    const adopted = [...new Set(this.measures.map((measure) => `adopted_${measure.category}`))];
    const acts = (where) => ({ week: this.acts[where].number(week, week), total: this.acts[where].number(0, week) });
    const both = (ours, theirs) => ({ ours: count(ours), theirs: count(theirs) });
    const series = (...names) => {
      const added = (prefix) => names.map((name) => this.sums[prefix + name]).reduce((one, other) => one.map((value, at) => value + other[at]));
      return both(added(""), added("twin_"));
    };
    const state = (name) => ({ ours: { state: this.series[name][week] }, theirs: { state: this.series[`twin_${name}`][week] } });
    return [
      { title: "Acts", hidden: true, digits: 0, ours: acts("world"), theirs: acts("twin") },
      { title: "Severe acts", hidden: true, digits: 0, ...both(this.worldSevere, this.twinSevere) },
      { title: "Harm done (units of harm)", hidden: true, digits: 2, ...both(this.worldHarm, this.twinHarm) },
      { title: "Acts detected", digits: 0, ...series("detected") },
      { title: "Cases attributed", digits: 0, ...series("attributed") },
      { title: "Measures adopted", digits: 0, ...series(...adopted) },
      { title: "Votes failed", digits: 0, ...series("votes_failed") },
      { title: "Credibility of the EU (0 to 1)", digits: 3, ...state("credibility") },
      { title: "Mean grievance of perpetrators", hidden: true, digits: 4, ...state("grievance") },
    ];
  }

  // How often the two worlds have differed up to a week, by what this one had in place of the twin's act.
  kinds(first, last) {
    const found = { averted: 0, milder: 0, graver: 0, more: 0 };
    for (const each of this.differences.between(first, last)) found[different(each)] += 1;
    return found;
  }

  next(what, week) {
    if (what === "severe") return this.acts.world.next(week, (act) => this.activities[act.activity].severe);
    if (what === "vote") return this.votes.next(week);
    return this.responses.next(week, (response) => response.track === "dossier");
  }
}

export function different({ activity, twin_activity }) {
  if (activity < 0) return "averted";
  if (twin_activity < 0) return "more";
  return activity < twin_activity ? "milder" : "graver";
}

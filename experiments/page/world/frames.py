"""One world as columns of numbers, from which a browser makes the picture of any week by itself.

Weeks are places: 0 is the first that is counted, and what came before has a place below. Names are given once, in
lists, and everywhere else by their places in these; −1 stands for none.
"""

from collections.abc import Iterable
from typing import Any

import polars as pl

from analysis.story.ledger import KEY, RunRecord
from analysis.story.network import differences, responses
from analysis.story.votes import COLUMNS, MARK, chance_text, positions

STATES = ("credibility", "grievance")
"""States of the world that are drawn as lines."""
SUMS = ("detected", "attributed", "votes_failed")
"""Columns of the series whose sums so far are shown."""
NONE = -1
DIGITS = 4
"""Decimals of numbers, which nobody reads off a picture."""

Columns = dict[str, list[Any]]


def frames(
    run: RunRecord, series: pl.DataFrame, ends: pl.DataFrame, believed: Iterable[tuple[Any, ...]]
) -> dict[str, Any]:
    """All that the pictures of a run need, as plain values.

    `ends` has of each case, by `KEY`, the week in which it was resolved, if any (`resolved_week`), and the `standard`
    of confidence that it had to meet; `believed` are the rows of `evidence.beliefs`.
    """
    names = _Names(run)
    cases = run.ledger.join(ends, on=KEY, how="left", nulls_equal=True, maintain_order="left")
    cases = cases.filter((pl.col("resolved_week") >= run.burn_in) | pl.col("resolved_week").is_null())
    return {
        "first": run.day(run.burn_in).isoformat(),
        "weeks": run.end - run.burn_in,
        **_named(run),
        "series": _series(run, series),
        "acts": {
            world: names.columns(acts, ACTS) for (world,), acts in run.acts.partition_by("world", as_dict=True).items()
        },
        "differences": names.columns(differences(run), DIFFERENCES),
        "responses": names.columns(responses(run).sort("week", maintain_order=True), RESPONSES),
        "cases": names.columns(cases, [name for name in cases.columns if name not in LEFT]),
        "evidence": names.evidence(cases, believed),
        "votes": {**names.columns(run.counted_votes, VOTES), "positions": positions(run)},
    }


ACTS = ("week", "perpetrator", "victim", "activity", "succeeded", "detected_week")
DIFFERENCES = ("week", "perpetrator", "activity", "victim", "twin_activity", "twin_victim")
RESPONSES = ("week", "track", "target", "victim", "measure", "rightly", "bite")
VOTES = (
    *("week", "suspect", "victim", "measure", "track", "votes_for", "votes_against", "votes_abstaining"),
    *("unconvinced", "share", "passed"),
)
EVIDENCE = ("case", "week", "suspect", "confidence")
LEFT = (
    *("opened", "counted", "status", "suspect", "confidence", "national_rightly", "joint_week", "intended", "delay"),
    *("adopted_week", "bite", "voted_track", "votes_for", "votes_against", "votes_abstaining"),
    *("next_choice", "next_choice_week", "next_act", "next_act_week"),
)
"""Columns of the ledger that no picture needs: what is known at the end, or can be had from the others."""


class _Names:
    """Names of a run and their places."""

    def __init__(self, run: RunRecord) -> None:
        base = run.configuration
        self.burn_in = run.burn_in
        self.parties = _places(base.perpetrators)
        self.victims = _places([*base.member_states.members, *base.partners.members])
        self.places = {
            # a reaction, whose target is a victim, is against nobody
            **dict.fromkeys(("perpetrator", "culprit", "suspect", "target"), self.parties),
            **dict.fromkeys(("victim", "twin_victim"), self.victims),
            **dict.fromkeys(("activity", "twin_activity"), _places(base.activities)),
            **dict.fromkeys(
                ("reaction", *(name for name in run.ledger.columns if "measure" in name)), _places(base.measures)
            ),
        }
        self.places["measure"] = self.places["reaction"]

    def columns(self, frame: pl.DataFrame, wanted: Iterable[str]) -> Columns:
        """These columns as lists of numbers and words."""
        return {name: self._plain(name, frame[name]) for name in wanted}

    def _plain(self, name: str, column: pl.Series) -> list[Any]:
        if name in self.places:
            return [self.places[name].get(value, NONE) for value in column.to_list()]
        if name.endswith("week"):
            return (column - self.burn_in).to_list()
        if column.dtype.is_float():
            return column.round(DIGITS).to_list()
        return column.cast(pl.Int8).to_list() if column.dtype == pl.Boolean else column.to_list()

    def evidence(self, cases: pl.DataFrame, believed: Iterable[tuple[Any, ...]]) -> Columns:
        """What was believed from which week on, of which of these cases."""
        keys = zip(*(cases[name].to_list() for name in KEY), strict=True)
        rows = {
            (week, self.parties.get(culprit, NONE), self.victims[victim]): row
            for row, (week, culprit, victim) in enumerate(keys)
        }
        found = [
            (rows[key], week - self.burn_in, suspect, round(confidence, DIGITS))
            for week, *case, suspect, confidence in believed
            if (key := tuple(case)) in rows
        ]
        return {name: [row[place] for row in found] for place, name in enumerate(EVIDENCE)}


def _places(names: Iterable[str]) -> dict[str | None, int]:
    return {name: place for place, name in enumerate(names)}


def _named(run: RunRecord) -> dict[str, Any]:
    """Whatever has a place, with its title and what else is said of it; and texts."""
    base = run.configuration
    members, partners = base.member_states.members, base.partners.members
    return {
        "setting": run.setting,
        "doctrine": base.doctrine.title,
        "scenario": base.scenario.title,
        "twin": base.reference.doctrine.title,
        "perpetrators": [{"title": each.title, "kind": base.kind(name)} for name, each in base.perpetrators.items()],
        "victims": [
            *({"title": name, "partner": False} for name in members),
            *({"title": name, "partner": True} for name in partners),
        ],
        "activities": [
            {
                "title": each.title,
                "severity": base.severities()[name],
                "severe": rung >= base.severe_rung,
                "harm": each.harm,
            }
            for rung, (name, each) in enumerate(base.activities.items())
        ],
        "measures": [{"title": each.title, "category": each.category} for each in base.measures.values()],
        "members": [f"{name} {MARK}" if base.member_states.votes_by_chance(name) else name for name in members],
        "positions": [name.replace("_", " ") for name in COLUMNS],
        "chance": chance_text(run, f"{MARK} "),
    }


def _series(run: RunRecord, series: pl.DataFrame) -> Columns:
    """States and counts of the world and of its twin, by week."""
    categories = dict.fromkeys(measure.category for measure in run.configuration.measures.values())
    names = [*STATES, *SUMS, *(f"adopted_{name}" for name in categories)]
    return {name: series[name].round(DIGITS).to_list() for name in [*names, *(f"twin_{name}" for name in names)]}

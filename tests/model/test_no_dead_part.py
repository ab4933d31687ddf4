"""Every part moves something: whatever a user can set is moved through its range, and a metric must follow.

A part that moves nothing where it stands by default is moved where it works, and the place says where that is. What
moves nothing anywhere has no business in the model, unless a reason is written here.
"""

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
import pytest
from support.paired import columns, on_cases

from model.configuration import Configuration, load_configuration
from model.ensemble import run_one
from model.metrics.catalogue import METRICS
from model.parameters import Parameter

pytestmark = pytest.mark.slow

SEED, REPLICATES = 5, 96
CERTAIN, LEAST = 4.5, 40
"""Standard errors from zero that count as an effect, of metrics that are defined in at least so many replicates: with
fewer a metric would seem certain of what chance did."""

REASONS: dict[str, str] = {
    "scenario.time.start": "moves the calendar: `measures.*.available` is tested",
    "scenario.time.burn_in": "is left out of all figures, and must move as little as can be",
    "scenario.time.weeks": "sets how long is counted",
    "scenario.severity.severe_threshold": "says which acts count as severe; it changes no choice",
    "scenario.reporting.share": "says what is published of what happened, on which nobody acts: the record is tested",
    "scenario.reporting.trend": "the same over the years",
    "scenario.reporting.day": "the same, counted from another day",
}
MAJORITY = {"doctrine.voting_rule": "qmv", "member_states.traits.reluctance.mean": 0.4}
DEPENDENT = {"doctrine.voting_rule": "qmv", "member_states.traits.dependence.mean": 2.0}
ABLE = {
    "scenario.investigation.skill": 0.8,
    "scenario.investigation.link_evidence": 1.0,
    "scenario.council.agenda": 10,
    "doctrine.proportionality": 0.9,
}
ADAPTIVE = {"scenario.learning.experience": 0.3}
PLACES: dict[str, Mapping[str, Any]] = {
    "doctrine.initiative": MAJORITY,
    "doctrine.vital_interest": DEPENDENT,
    "scenario.council.vital_margin": DEPENDENT,
    "scenario.choice.blame_replaced": {
        "doctrine.attribution_confidence": 0.6,
        "scenario.detection.false_alarm_rate": 0.3,
    },
    "scenario.choice.tremble": {"scenario.choice.rule": "best_response"},
    "scenario.council.audience": {"doctrine.clarity": 1.0},
    "scenario.council.partner_backing": {"doctrine.partners": 1.0},
    "doctrine.coalition_quorum": {"doctrine": "coalition"},
    "scenario.learning.experience_kept": ADAPTIVE,
    "scenario.learning.experience_prior": ADAPTIVE,
    "scenario.learning.foregone": ADAPTIVE,
    "scenario.learning.imitation": ADAPTIVE,
    "scenario.learning.retooling_half_life": {"scenario.learning.retooling": 0.5},
    "scenario.learning.retooling_cost": {"scenario.learning.retooling": 0.5},
    "scenario.prices.haste_cost": {"doctrine.delay_factor": 0.5},
    "scenario.belief.signal_noise": {"doctrine.clarity": 1.0},
    "scenario.belief.learning_rate": {"scenario.choice.blame_replaced": 1.0, "doctrine.attribution_confidence": 0.6},
    "scenario.council.credibility_half_life": {"doctrine.clarity": 1.0},
    "scenario.council.victim_bonus": {"doctrine.partners": 1.0},
    "scenario.resilience.resilience_half_life": {"doctrine.support": 1.0, "measures.article_42_7.uptake": 5.0},
    "measures.article_42_7": {"doctrine.support": 1.0},
    "measures.article_222": {"doctrine.support": 1.0, "measures.article_42_7.uptake": 0.0},
    "measures.countermeasures": {"doctrine": "coalition", "doctrine.firmness": 2.0},
    "measures.arms_embargo": ABLE,
    "measures.trade_restrictions": {**ABLE, "doctrine.firmness": 1.4},
    "measures.financial_restrictions": {**ABLE, "doctrine.firmness": 2.0},
}
"""Where a part works that does nothing under the status quo."""
LENGTHS = {
    "scenario.investigation.investigators": (2, 20),
    "scenario.council.agenda": (0, 10),
    "scenario.belief.attribution_experience": (0.01, 1000.0),
    "scenario.council.credibility_half_life": (20.0, 2000.0),
    "scenario.council.victim_bonus": (0.0, 3.0),
    "scenario.belief.learning_rate": (0.001, 1.0),
    "scenario.belief.signal_precision": (0.5, 100.0),
    "scenario.investigation.record_half_life": (5.0, 1000.0),
    "scenario.council.audience": (0.0, 3.0),
    "scenario.traits.ambiguity_attitude": (-1.0, 1.0),
    "scenario.council.partner_backing": (0.0, 3.0),
    "scenario.council.vital_margin": (0.02, 1.0),
}
"""Values to which a part is moved where its default tells nothing of its size."""
RARE = ("council_conclusions", "arms_embargo", "trade_restrictions", "article_222")
"""Measures against a whole state, or for catastrophes, which a decade seldom sees: that they are adopted must suffice,
for metrics drown what so few of them do."""
RUNS = 60
DOCTRINES = ("status_quo", "clear_ladder", "maximum_pressure", "coalition")


def moved(one: Configuration, other: Configuration, *, costs: bool = False) -> list[str]:
    """Metrics that certainly differ between two worlds; what the Union pays counts only for what is a price."""
    runs = [columns(world, SEED, REPLICATES) for world in (one, other)]
    found = []
    for name, metric in METRICS.items():
        values = []
        for sums in runs:
            above, below = (
                np.asarray(part(sums), float) * np.ones(REPLICATES) for part in (metric.numerator, metric.denominator)
            )
            if (below > 0.0).sum() < LEAST or (name == "eu_cost" and not costs):
                break
            value = above.sum() / below.sum()
            values.append((value, (above - value * below) / below.mean()))
        if len(values) < 2:
            continue
        difference = values[1][1] - values[0][1]
        error = difference.std(ddof=1) / np.sqrt(REPLICATES)
        if abs(values[1][0] - values[0][0]) > CERTAIN * error and values[1][0] != values[0][0]:
            found.append(name)
    return found


def ends(parameter: Parameter) -> tuple[Any, Any]:
    """Two values far apart: the ends of a short range, and otherwise a third and three times the default."""
    if parameter.path in LENGTHS:
        return LENGTHS[parameter.path]
    if isinstance(parameter.value, bool):
        return False, True
    if parameter.choices:
        return parameter.choices[0], next(choice for choice in parameter.choices if choice != parameter.choices[0])
    assert parameter.low is not None
    assert parameter.high is not None
    if parameter.high <= 1.0 and parameter.low >= 0.0 and parameter.path.startswith("doctrine"):
        return parameter.low, parameter.high
    low, high = max(parameter.low, parameter.value / 3.0), min(parameter.high, 3.0 * parameter.value)
    if low == high:  # the default is zero
        low, high = parameter.low, min(parameter.high, 0.5)
    return (round(low), round(high)) if isinstance(parameter.value, int) else (low, high)


def parameters(*sections: str) -> list[Parameter]:
    """Parameters of sections of the shipped baseline that have no reason to be still."""
    return [
        parameter
        for parameter in load_configuration("baseline", "status_quo").parameters()
        if parameter.path.startswith(sections) and parameter.path not in REASONS
    ]


def named(values: Iterator[Parameter] | list[Parameter]) -> Any:
    return pytest.mark.parametrize("parameter", [pytest.param(one, id=one.path) for one in values])


@named(parameters("doctrine.", "scenario."))
def test_every_parameter_moves_something(parameter):
    place = load_configuration("baseline", "status_quo", PLACES.get(parameter.path, {}))
    low, high = (place.with_values({parameter.path: end}) for end in ends(parameter))
    assert moved(low, high, costs=".prices." in parameter.path)


@named([one for one in parameters("member_states.traits.", "partners.traits.") if one.path.endswith(".mean")])
def test_every_trait_of_members_and_partners_moves_something(parameter):
    place = load_configuration("baseline", "status_quo", {"doctrine.partners": 1.0})
    low, high = (place.with_values({parameter.path: end}) for end in ends(parameter))
    assert moved(low, high)


@pytest.mark.parametrize(
    "trait", sorted({p.path.split(".")[2] for p in parameters("archetypes.") if p.path.endswith("mean")})
)
def test_every_trait_of_perpetrators_moves_something(trait):
    place = load_configuration("baseline", "status_quo", {"doctrine.due_diligence": 1.0})
    of_all = [
        one for one in place.parameters() if one.path.endswith(f".{trait}.mean") and one.path.startswith("archetypes.")
    ]
    low, high = (place.with_values({one.path: ends(one)[end] for one in of_all}) for end in range(2))
    assert moved(low, high)


@pytest.mark.parametrize("measure", list(load_configuration("baseline").measures))
def test_every_measure_moves_something(measure):
    given = PLACES.get(f"measures.{measure}")
    places = [given] if given else [{"doctrine": doctrine} for doctrine in DOCTRINES]

    def moves(place: Mapping[str, Any]) -> bool:
        there = load_configuration("baseline", "status_quo", {**place, f"measures.{measure}.available": "2009-12-01"})
        return bool(moved(there, there.with_values({f"measures.{measure}.available": "2999-01-01"})))

    assert any(moves(place) for place in places) or (measure in RARE and taken(measure, places[0]))


def taken(measure: str, place: Mapping[str, Any]) -> bool:
    """Whether a measure is adopted in any of many runs."""
    there = load_configuration("baseline", "status_quo", {**place, f"measures.{measure}.available": "2009-12-01"})
    row = list(there.measures).index(measure)
    runs = (run_one(there, SEED, replicate, ledger=True).tracks for replicate in range(RUNS))
    return any(((tracks.measure == row) & (tracks.adopted >= 0)).any() for tracks in runs)


@pytest.mark.parametrize(
    "activity", [name for name, one in load_configuration("baseline").activities.items() if not one.is_restraint]
)
def test_every_activity_moves_something(activity):
    place = load_configuration("baseline", "status_quo")
    assert moved(place, place.with_values({f"activities.{activity}.cost": 5.0}))


@pytest.mark.parametrize("field", ["uptake", "floor", "cost", "duration"])
def test_every_number_of_measures_moves_something(field):
    place = load_configuration("baseline", "status_quo")
    names = [name for name in on_cases(place) if getattr(place.measures[name], field) > 0]
    values = {name: getattr(place.measures[name], field) for name in names}
    scaled = {
        f"measures.{name}.{field}": max(1, value // 3) if isinstance(value, int) else value / 3.0
        for name, value in values.items()
    }
    assert moved(place, place.with_values(scaled), costs=field == "cost")


def test_a_part_that_is_dead_would_be_found():
    # The negative controls: what moves nothing at all, and what moves every bit and yet nothing.
    still = load_configuration("baseline", "none")
    assert not moved(still, still.with_values({"doctrine.initiative": not still.doctrine.initiative}), costs=True)
    place = load_configuration("baseline", "status_quo")
    nearly = place.with_values({"scenario.investigation.clue_probability": 1.0001 * 0.055})
    assert (
        columns(place, SEED, REPLICATES)["expected_harm"].tolist()
        != columns(nearly, SEED, REPLICATES)["expected_harm"].tolist()
    )
    assert moved(place, nearly, costs=True) == []

"""Whether emergent facts hold over what no data inform: the same signs in worlds drawn around the baseline.

Each world has its own constants, drawn by a Latin hypercube over the ranges below, and each fact is a paired difference
within it. A fact holds over the parameters' uncertainty where the interval of its mean over worlds lies beyond zero and
three worlds in four agree on the sign.
"""

import functools
from typing import Any

import numpy as np
import pytest
from scipy.stats import qmc
from support.paired import columns, from_the_start, on_cases, without

from analysis.statistics.intervals import quantile
from model.configuration import Configuration, load_configuration
from model.metrics.catalogue import METRICS

pytestmark = [pytest.mark.slow, pytest.mark.emergent]

SEED, WORLDS, REPLICATES = 7, 40, 12
WEEKS = {"scenario.time.burn_in": 364, "scenario.time.weeks": 364}
RANGES: dict[str, tuple[float, float]] = {
    "scenario.detection.detection": (0.4, 0.8),
    "scenario.detection.false_alarm_rate": (0.0, 0.15),
    "scenario.investigation.skill": (0.4, 0.8),
    "scenario.investigation.clue_probability": (0.03, 0.09),
    "scenario.investigation.suspicion": (0.0, 0.6),
    "scenario.investigation.overconfidence": (0.0, 0.2),
    "scenario.investigation.false_flag": (0.0, 0.3),
    "scenario.investigation.exposure_rate": (0.0, 0.04),
    "scenario.choice.saturation": (0.2, 1.0),
    "scenario.choice.incapacitation": (0.0, 0.06),
    "scenario.belief.signal_precision": (2.0, 12.0),
    "scenario.belief.spillover": (0.1, 0.8),
    "scenario.belief.memory_half_life": (52.0, 208.0),
    "scenario.learning.experience": (0.0, 0.3),
    "scenario.learning.retooling": (0.0, 0.5),
    "scenario.grievance.grievance_gain": (1.0, 9.0),
    "scenario.grievance.accusation": (0.0, 0.3),
    "scenario.council.public_discount": (0.985, 0.998),
    "scenario.classes.serious.prior_bite": (0.02, 0.09),
    "scenario.classes.severe.prior_bite": (0.03, 0.13),
    "scenario.investigation.caution_gained": (0.0, 0.3),
    "scenario.council.credibility_lost": (0.0, 0.2),
    "member_states.traits.solidarity.mean": (0.1, 0.2),
    "archetypes.major_power.discount.mean": (0.985, 0.998),
    "archetypes.ransomware_group.discount.mean": (0.97, 0.998),
    "archetypes.major_power.ambiguity_attitude.mean": (-0.3, 0.6),
    "archetypes.regional_power.ambiguity_attitude.mean": (-0.3, 0.6),
    "scenario.council.agenda": (1.0, 6.0),
    "scenario.council.evidence_floor": (0.8, 0.95),
    "scenario.council.audience": (0.0, 0.6),
    "scenario.council.stance_noise": (0.02, 0.1),
    "member_states.traits.reluctance.mean": (0.01, 0.06),
    "archetypes.major_power.sensitivity.mean": (11.0, 34.0),
    "archetypes.regional_power.sensitivity.mean": (11.0, 34.0),
    "archetypes.service_unit.sensitivity.mean": (11.0, 34.0),
    "archetypes.ransomware_group.sensitivity.mean": (11.0, 34.0),
}


@functools.cache
def worlds() -> tuple[Configuration, ...]:
    """Worlds drawn around the baseline, in which every measure exists from the start."""
    baseline = from_the_start(load_configuration("baseline", "status_quo", WEEKS))
    low, high = zip(*RANGES.values(), strict=True)
    points = qmc.scale(qmc.LatinHypercube(len(RANGES), rng=SEED).random(WORLDS), low, high)
    whole = {"scenario.council.agenda"}
    return tuple(
        baseline.with_values(
            {
                path: round(float(value)) if path in whole else float(value)
                for path, value in zip(RANGES, point, strict=True)
            }
        )
        for point in points
    )


def figure(world: Configuration, name: str, seed: int) -> float:
    """A metric of a world: the ratio of its sums over replicates. Each world has luck of its own, by its seed."""
    metric, runs = METRICS[name], columns(world, seed, REPLICATES)
    above, below = (np.sum(np.asarray(part, float) * np.ones(REPLICATES)) for part in metric.parts(runs))
    return float(metric.value(above, below))


def holds(metric: str, before: dict[str, Any], after: dict[str, Any], sign: int) -> None:
    """Demand that a change has the same sign over worlds."""
    changes = sign * np.array(
        [
            figure(world.with_values(after), metric, seed) - figure(world.with_values(before), metric, seed)
            for seed, world in enumerate(worlds())
        ]
    )
    low = changes.mean() - quantile(WORLDS) * changes.std(ddof=1) / np.sqrt(WORLDS)
    assert low > 0.0, f"{metric}: {changes.mean():+.4f}, from {low:+.4f}"
    assert (changes > 0.0).mean() >= 0.75, f"{metric}: {(changes > 0.0).mean():.0%} of worlds"


VAGUE = {"doctrine.proportionality": 0.9, "doctrine.clarity": 0.1}
CLEAR = {"doctrine.proportionality": 0.9, "doctrine.clarity": 0.9}


@pytest.mark.parametrize(
    ("metric", "before", "after", "sign"),
    [
        pytest.param("harm_averted", VAGUE, CLEAR, +1, id="clarity averts harm"),
        pytest.param("severe_averted", VAGUE, CLEAR, +1, id="clarity averts severe acts"),
        pytest.param(
            "severe_averted",
            {"doctrine.proportionality": 1.0},
            {"doctrine.proportionality": 0.0},
            -1,
            id="disproportion lets severe acts rise",
        ),
        pytest.param("escalation_rate", {}, {"doctrine.firmness": 3.0}, +1, id="firmness escalates"),
        pytest.param("harm_averted", {}, {"doctrine.firmness": 10.0}, -1, id="bluff does not pay"),
        pytest.param("deterrence_rate", {}, {"doctrine.delay_factor": 3.0}, -1, id="delay costs deterrence"),
        pytest.param("restrictive_measures", {}, {"doctrine.voting_rule": "qmv"}, +1, id="a majority answers more"),
        pytest.param(
            "acts_averted", {}, {"scenario.detection.false_alarm_rate": 0.5}, -1, id="false alarms bring attacks"
        ),
    ],
)
def test_emergent_facts_hold_over_the_uncertainty_of_constants(metric, before, after, sign):
    holds(metric, before, after, sign)


def test_restrictive_measures_deter_over_the_uncertainty_of_constants():
    restrictive = on_cases(worlds()[0], "restrictive")
    changes = [
        figure(world, "deterrence_rate", seed) - figure(without(world, *restrictive), "deterrence_rate", seed)
        for seed, world in enumerate(worlds())
    ]
    assert np.mean(changes) - quantile(WORLDS) * np.std(changes, ddof=1) / np.sqrt(WORLDS) > 0.0
    assert np.mean(np.array(changes) > 0.0) >= 0.75

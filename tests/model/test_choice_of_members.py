"""Whether members are exchangeable or differ as public figures do moves levels, and not what a doctrine adds.

docs/explanation/assumptions-and-limits.md has the figures over `MANY` replicates.
"""

from typing import Any

import pytest
from support.paired import REPLICATES, Estimate, estimate, world
from support.worlds import recorded

from model.configuration import Configuration

MANY = 2_000
METRICS = {"deterrence_rate": -1, "harm_averted": -1, "votes_failed": 1, "restrictive_measures": -1}
"""Metrics, and the sign with which the recorded catalogue moves them."""
DOCTRINES = ("status_quo", "swift_qmv")
LITTLE = 0.2
"""What counts as little, as a share of the difference between the two doctrines."""


def many(*values: Any) -> Any:
    return pytest.param(*values, MANY, marks=pytest.mark.slow)


def difference(one: Configuration, other: Configuration, metric: str, replicates: int) -> Estimate:
    """The paired difference of a metric between two worlds."""
    return estimate(other, metric, replicates).less(estimate(one, metric, replicates))


@pytest.mark.parametrize(
    ("metric", "doctrine", "replicates"),
    [
        ("restrictive_measures", "swift_qmv", REPLICATES),
        *[many(metric, doctrine) for metric in METRICS for doctrine in DOCTRINES],
    ],
)
def test_levels_depend_on_the_catalogue(metric: str, doctrine: str, replicates: int) -> None:
    found = difference(world("baseline", doctrine), recorded(doctrine), metric, replicates)
    assert (found.low if METRICS[metric] > 0 else -found.high) > 0.0, str(found)


@pytest.mark.parametrize(
    ("metric", "replicates"), [("deterrence_rate", REPLICATES), *[many(metric) for metric in METRICS]]
)
def test_what_majority_voting_adds_does_not(metric: str, replicates: int) -> None:
    exchangeable, as_recorded = (
        difference(*[of(doctrine) for doctrine in DOCTRINES], metric, replicates)
        for of in (lambda doctrine: world("baseline", doctrine), recorded)
    )
    little, change = LITTLE * abs(exchangeable.value), as_recorded.less(exchangeable)
    assert -little < change.low < change.high < little, str(change)

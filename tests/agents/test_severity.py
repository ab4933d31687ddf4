"""Severity is a weighted power mean of seven dimensions, in the catalogue and of an incident."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.theory import power_mean
from support.worlds import begun, short

from agents.catalogue import DIMENSIONS
from agents.union.docket import enter
from agents.union.investigation import surface
from model.catalogues import Activity
from model.configuration import Configuration

EXPONENTS = (1.0, 1.5, 2.0, 4.0)
WEIGHTS = dict(zip(DIMENSIONS, (1.0, 2.0, 0.0, 0.5, 1.0, 3.0, 7.0), strict=True))
VALUES = st.lists(st.floats(0.0, 1.0), min_size=7, max_size=7)
ONE = next(each for each in short().activities.values() if not each.is_restraint)


def world_of(exponent: float) -> Configuration:
    """A world with this exponent, and weights that differ."""
    weights = {f"scenario.severity.weights.{name}": weight for name, weight in WEIGHTS.items()}
    return short(values={**weights, "scenario.severity.exponent": exponent})


def activity(values: list[float]) -> Activity:
    """An activity with these dimensions."""
    return ONE.model_copy(
        update={"dimensions": ONE.dimensions.model_copy(update=dict(zip(DIMENSIONS, values, strict=True)))}
    )


@pytest.mark.parametrize("exponent", EXPONENTS)
def test_the_catalogue_is_as_severe_as_the_mean_of_powers_says(exponent: float) -> None:
    configuration = world_of(exponent)
    values = [each.dimensions.values() for each in configuration.activities.values()]
    expected = power_mean(list(WEIGHTS.values()), values, exponent)
    assert begun(configuration).activities.severity == pytest.approx(expected, rel=1e-13)
    assert list(expected) == sorted(expected)


@pytest.mark.parametrize("exponent", EXPONENTS)
def test_an_incident_is_as_severe_as_the_mean_of_powers_of_its_values_says(exponent: float) -> None:
    world = begun(world_of(exponent))
    world.scenario.incident_scatter = 0.5  # many dimensions at 0 and at 1
    for week in range(20):
        enter(world, 0, 0, 0, 4, week)
        surface(world, 0)
        case = world.cases[0]
        assert case.severity == pytest.approx(power_mean(list(WEIGHTS.values()), case["values"], exponent), rel=1e-13)


@given(VALUES, st.floats(1.0, 4.0), st.floats(1.0, 4.0))
def test_severity_lies_between_the_extremes_and_rises_with_the_exponent(
    values: list[float], one: float, other: float
) -> None:
    mild, severe = (activity(values).severity(WEIGHTS, exponent) for exponent in sorted((one, other)))
    counted = [value for value, weight in zip(values, WEIGHTS.values(), strict=True) if weight > 0]
    assert min(counted) * (1 - 1e-13) <= mild <= severe * (1 + 1e-13) <= max(counted) * (1 + 1e-12)


def test_one_extreme_dimension_counts_more_where_severity_is_convex() -> None:
    even, extreme = activity([1 / 7] * 7), activity([1.0, 0, 0, 0, 0, 0, 0])
    equal = dict.fromkeys(DIMENSIONS, 1.0)
    assert even.severity(equal) == pytest.approx(extreme.severity(equal), rel=1e-15)
    assert even.severity(equal, 2.0) == pytest.approx(1 / 7)
    assert extreme.severity(equal, 2.0) == pytest.approx(np.sqrt(1 / 7))

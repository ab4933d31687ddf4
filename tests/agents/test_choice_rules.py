"""The rules by which one option is chosen among several, each held to what it says."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.integrate import quad
from scipy.special import ndtr
from scipy.stats import norm
from support.theory import highest
from support.worlds import begun, row_of, short

from agents.choice import choice_probabilities
from agents.foundation.choice_rules import best_response, logit, probit
from agents.scenario import BEST_RESPONSE, CHOICE_RULES

UTILITY = st.floats(-40.0, 40.0) | st.just(-math.inf)
UTILITIES = st.lists(UTILITY, min_size=1, max_size=8).map(lambda others: np.array([0.0, *others]))
ERROR = math.pi / math.sqrt(6.0)
"""Standard deviation of the errors of logit and probit."""


def chances(rule: str, utilities: np.ndarray, tremble: float = 0.2) -> np.ndarray:
    """P(k) by a rule."""
    odds = utilities.copy()
    if rule == "logit":
        logit(odds)
    elif rule == "probit":
        probit(odds, np.full((2, len(odds)), math.nan))
    else:
        best_response(odds, tremble)
    return -np.diff(odds, append=0.0)


@pytest.mark.parametrize("rule", CHOICE_RULES)
@given(utilities=UTILITIES)
def test_chances_are_a_distribution_over_what_is_in_reach(rule: str, utilities: np.ndarray) -> None:
    found = chances(rule, utilities)
    assert found.sum() == pytest.approx(1.0, rel=1e-14)
    assert (found >= 0.0).all()
    assert (found[np.isneginf(utilities)] == 0.0).all()
    assert (found[:, None] - found <= 1e-9)[utilities[:, None] < utilities].all(), "the better is chosen less"


@pytest.mark.parametrize("rule", ["logit", "probit"])
@pytest.mark.parametrize("options", range(2, 10))
def test_equal_utilities_are_chosen_alike(rule: str, options: int) -> None:
    assert chances(rule, np.zeros(options)) == pytest.approx(1 / options, abs=1e-9)


# probit


@given(st.floats(-30.0, 30.0))
def test_of_two_options_probit_is_the_normal_distribution_of_their_difference(utility: float) -> None:
    found = chances("probit", np.array([0.0, utility]))
    assert found[1] == pytest.approx(ndtr(utility / ERROR / math.sqrt(2.0)), abs=1e-9)


@given(UTILITIES)
def test_probit_is_the_chance_to_be_the_highest_of_normals(utilities: np.ndarray) -> None:
    reach = np.isfinite(utilities)
    assert chances("probit", utilities)[reach] == pytest.approx(highest(utilities[reach] / ERROR), abs=1e-9)


@pytest.mark.parametrize("seed", range(4))
def test_probit_is_the_integral_over_the_error_of_each_option(seed: int) -> None:
    utilities = np.array([0.0, *np.random.default_rng(seed).normal(-1.0, 3.0, 8)])
    for own, found in enumerate(chances("probit", utilities)):
        ahead = (utilities[own] - np.delete(utilities, own)) / ERROR
        exact, _ = quad(lambda z, ahead=ahead: norm.pdf(z) * ndtr(z + ahead).prod(), -9, 9, epsabs=1e-11, limit=200)
        assert found == pytest.approx(exact, abs=1e-9)


def test_probit_has_thinner_tails_than_logit() -> None:
    poor = np.array([0.0, -8.0])
    assert chances("probit", poor)[1] < 0.1 * chances("logit", poor)[1]


# best response


def test_the_best_is_chosen_but_for_errors_spread_evenly() -> None:
    found = chances("best_response", np.array([0.0, 2.0, -math.inf, 1.0, -5.0]), tremble=0.2)
    assert found == pytest.approx([0.05, 0.85, 0.0, 0.05, 0.05])


def test_of_equals_the_mildest_is_best() -> None:
    assert chances("best_response", np.array([0.0, 1.0, 1.0, 1.0]), tremble=0.0).tolist() == [0.0, 1.0, 0.0, 0.0]
    assert chances("best_response", np.zeros(3), tremble=0.0).tolist() == [1.0, 0.0, 0.0]


def test_errors_alone_are_chosen_evenly() -> None:
    assert chances("best_response", np.array([0.0, 3.0, -1.0]), tremble=1.0) == pytest.approx(1 / 3)


def test_rationality_has_no_part_in_a_best_response() -> None:
    configuration = short(values={"scenario.choice.rule": "best_response"})
    world, row = begun(configuration), row_of(configuration.perpetrators, "service_unit_a1")
    assert world.scenario.choice_rule[0] == BEST_RESPONSE
    world.perpetrators.capability[row] = 1.0
    found = []
    for rationality in (0.0, 5.0, 1e6):
        world.perpetrators.rationality[row] = rationality
        choice_probabilities(world, row, 0)
        found.append(world.at_least[row].tolist())
    assert found[0] == found[1] == found[2]
    assert found[0][1] > 0.8

"""The race between two suspects: an absorbing Markov chain solved as one, and barriers met exactly."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.theory import attribution_race

# in thousandths: a barrier is met exactly, or missed by more than what counts as rounding
ACCURACY = st.integers(550, 980).map(lambda thousandths: thousandths / 1000)
CONFIDENCE = st.integers(550, 990).map(lambda thousandths: thousandths / 1000)


def chain(p: float, confidence: float, prior: float) -> tuple[float, float]:
    """Probability of the right name and mean clues, by Bayes' rule and a linear solve over the balance of clues."""
    step = math.log(p / (1 - p))
    reach = math.ceil((abs(prior) + math.log(confidence / (1 - confidence))) / step) + 2
    balances = range(-reach, reach + 1)
    posterior = {each: 1 / (1 + math.exp(-prior - each * step)) for each in balances}
    open_still = [each for each in balances if max(posterior[each], 1 - posterior[each]) < confidence - 1e-12]
    rows = {each: at for at, each in enumerate(["begun", *open_still])}
    moves, right = np.eye(len(rows)), np.zeros(len(rows))
    for state, row in rows.items():
        for to, chance in (
            ((0 if state == "begun" else state) + 1, p),
            ((0 if state == "begun" else state) - 1, 1 - p),
        ):
            if to in rows:
                moves[row, rows[to]] -= chance
            else:
                right[row] += chance * (posterior[to] > 0.5)
    return float(np.linalg.solve(moves, right)[0]), float(np.linalg.solve(moves, np.ones(len(rows)))[0])


@given(ACCURACY, CONFIDENCE, st.integers(-600, 600).map(lambda hundredths: hundredths / 100))
def test_a_markov_chain_ends_the_same(p: float, confidence: float, prior: float) -> None:
    assert attribution_race(p, confidence, prior) == pytest.approx(chain(p, confidence, prior), rel=1e-9, abs=1e-9)


@pytest.mark.parametrize("p", [0.6, 0.7, 0.75, 0.8, 0.9, 0.95])
@pytest.mark.parametrize("net", [1, 2, 3, 4])
def test_a_barrier_met_exactly_is_met(p: float, net: int) -> None:
    """Confidence of so many clues more for one than for the other: as many steps, no more."""
    odds = (p / (1 - p)) ** net
    found = attribution_race(p, odds / (1 + odds))
    assert found.correct == pytest.approx(odds / (1 + odds), abs=1e-12)
    assert found.mean_clues == pytest.approx(net * (2 * found.correct - 1) / (2 * p - 1), rel=1e-12)


@pytest.mark.parametrize("prior", [-50.0, -1.0, 0.0, 3.0])
def test_certain_clues(prior: float) -> None:
    assert attribution_race(1.0, 0.9, prior) == (1.0, 1.0)


@pytest.mark.parametrize(
    ("prior", "correct", "clues"),
    [(20.0, 1.0, 1.0), (-20.0, 0.0, 1.0)],
)
def test_a_prior_far_beyond_the_standard_decides_after_one_clue(prior: float, correct: float, clues: float) -> None:
    assert attribution_race(0.8, 0.9, prior) == (correct, clues)


def test_a_prior_just_beyond_the_standard_is_open_after_a_clue_against_it() -> None:
    """Standard of 3, prior of 3.2 steps: confirmed by a clue; after one against it 1 step up or 6 down are left."""
    p, step = 0.8, math.log(4)
    found = attribution_race(p, 1 / (1 + math.exp(-3 * step)), 3.2 * step)
    right = (1 - 0.25**6) / (1 - 0.25**7)
    assert found.correct == pytest.approx(p + 0.2 * right, abs=1e-12)
    assert found.mean_clues == pytest.approx(1 + 0.2 * (right - 6 * (1 - right)) / 0.6, abs=1e-12)


@given(ACCURACY, CONFIDENCE)
def test_whoever_is_named_is_as_sure_as_required(p: float, confidence: float) -> None:
    assert attribution_race(p, confidence).correct >= confidence - 1e-9


def test_clues_that_hardly_tell_take_very_many() -> None:
    """In the limit a Brownian motion: L (2c − 1) / ((2p − 1) step) clues, L the log-odds of c."""
    c, edge = 0.9, 1e-5
    found = attribution_race(0.5 + edge, c)
    assert found.correct == pytest.approx(c, abs=1e-4)
    assert found.mean_clues == pytest.approx(math.log(9) * (2 * c - 1) / (2 * edge * 4 * edge), rel=1e-4)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((0.5, 0.9), "clue_accuracy = 0.5: is out of bounds; allowed: above 0.5"),
        ((1.1, 0.9), "clue_accuracy = 1.1"),
        ((0.8, 0.5), "required_confidence = 0.5: is out of bounds; allowed: above 0.5"),
        ((0.8, 1.0), "required_confidence = 1.0"),
        ((0.8, 0.9, math.inf), "prior_log_odds = inf"),
    ],
)
def test_a_mistake_is_named(arguments: tuple[float, ...], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        attribution_race(*arguments)

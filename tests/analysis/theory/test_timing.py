"""Timing: a value worked out before, value iteration, and every threshold tried."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.theory import timing_threshold

DIE = np.arange(1, 7)
SHARE = st.floats(0.0, 1.0)
LOTTERIES = st.lists(st.tuples(st.integers(-3, 9), st.integers(0, 5)), min_size=1, max_size=8).filter(
    lambda rows: any(weight for _, weight in rows)
)


def test_a_die() -> None:
    found = timing_threshold(DIE, [1 / 6] * 6, 0.9, 0.1, 0.9)
    assert found.threshold == 4
    assert found.value == pytest.approx(4.545454545454545, abs=1e-12)


def iterated(stakes: np.ndarray, chances: np.ndarray, w: float, s: float, p: float) -> float:
    """The value of the resource by value iteration."""
    value = 0.0
    for _ in range(2000):
        value = float(chances @ np.maximum(stakes + w * s * value, w * p * value))
    return value


@given(LOTTERIES, st.floats(0.0, 0.97), SHARE, SHARE)
def test_value_iteration_finds_the_same(rows: list[tuple[int, int]], w: float, s: float, p: float) -> None:
    stakes, weights = np.array(rows, float).T
    chances = weights / weights.sum()
    found = timing_threshold(stakes, chances, w, s, p)
    value = iterated(stakes, chances, w, s, p)
    assert found.value == pytest.approx(value, abs=1e-9)
    margins = stakes + w * s * value - w * p * value
    assert (margins[(chances > 0) & (stakes >= found.threshold)] > -1e-9).all()
    assert (margins[(chances > 0) & (stakes < found.threshold)] < 1e-9).all()


@given(LOTTERIES, st.floats(0.0, 0.97), SHARE, SHARE)
def test_no_threshold_is_worth_more(rows: list[tuple[int, int]], w: float, s: float, p: float) -> None:
    stakes, weights = np.array(rows, float).T
    chances = weights / weights.sum()
    for threshold in stakes:
        used = stakes >= threshold
        taken, gained = float(chances[used].sum()), float(chances[used] @ stakes[used])
        worth = gained / (1 - w * p + taken * w * (p - s))
        assert worth <= timing_threshold(stakes, chances, w, s, p).value + 1e-9


def test_order_and_repetition_do_not_matter() -> None:
    plain = timing_threshold(DIE, [1 / 6] * 6, 0.9, 0.3, 0.95)
    stakes, chances = [6, 3, 1, 2, 3, 5, 4, 9], [1 / 6, 1 / 12, 1 / 6, 1 / 6, 1 / 12, 1 / 6, 1 / 6, 0.0]
    assert timing_threshold(stakes, chances, 0.9, 0.3, 0.95) == pytest.approx(plain, abs=1e-12)


@pytest.mark.parametrize(
    ("stakes", "w", "s", "p", "threshold", "value"),
    [
        ([2.0, 4.0], 0.0, 0.5, 1.0, 2.0, 3.0),  # nothing counts but today
        ([2.0, 4.0], 1.0, 0.0, 1.0, 4.0, 4.0),  # waiting costs nothing
        ([2.0, 4.0], 0.9, 0.5, 0.5, 2.0, 3.0 / 0.55),  # nor does use
        ([-2.0, 4.0], 0.9, 0.9, 0.9, 4.0, 2.0 / 0.19),
        ([-0.5, 4.0], 0.9, 0.9, 0.0, -0.5, 1.75 / 0.19),  # use it or lose it
        ([-2.0, -1.0], 0.9, 0.5, 0.5, np.inf, 0.0),
    ],
)
def test_corners(stakes: list[float], w: float, s: float, p: float, threshold: float, value: float) -> None:
    assert timing_threshold(stakes, [0.5, 0.5], w, s, p) == pytest.approx((threshold, value), abs=1e-12)


def test_stealth_lowers_the_threshold_and_persistence_raises_it() -> None:
    grid = [
        [timing_threshold(DIE, [1 / 6] * 6, 0.9, s, p).threshold for s in np.linspace(0, 1, 41)] for p in (0.5, 0.9, 1)
    ]
    assert (np.diff(grid, axis=1) <= 0).all()
    assert (np.diff(grid, axis=0) >= 0).all()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (([1, 2], [0.5, 0.6], 0.9, 0.1, 0.9), "probabilities = 1.1: is the sum"),
        (([1, 2, 3], [0.5, 0.5], 0.9, 0.1, 0.9), r"stakes: has the shape \(3,\), but probabilities has \(2,\)"),
        (([1, np.inf], [0.5, 0.5], 0.9, 0.1, 0.9), r"stakes\[1\] = inf"),
        (([1, 2], [0.5, 0.5], 1.1, 0.1, 0.9), "discount = 1.1"),
        (([1, 2], [0.5, 0.5], 1.0, 1.0, 0.9), "discount = 1.0: is without discount; allowed: below 1"),
    ],
)
def test_a_mistake_is_named(arguments: tuple[object, ...], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        timing_threshold(*arguments)

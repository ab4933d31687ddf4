"""Worlds crossed with replicates: variances by hand, what has no variance below zero, and weighted quantiles."""

import numpy as np
import pytest
from scipy.special import stdtrit

from analysis.statistics.two_way import error, layout


def deviations(worlds: list[float], replicates: list[float], rest: list[list[float]]) -> np.ndarray:
    """Influences of the cells of a mean, from the parts of each world, each replicate and both."""
    parts = np.array(worlds)[:, None] + np.array(replicates) + np.array(rest)
    return (parts - parts.mean()) / parts.size


NOTHING = [[0.0] * 3] * 2
BOTH = [[1.0, -2.0, 1.0], [-1.0, 2.0, -1.0]]


@pytest.mark.parametrize(
    ("influence", "variance"),
    [
        (deviations([1.0, -1.0], [0.0] * 3, NOTHING), 2.0 / 2),  # s² of two worlds, over two
        (deviations([0.0] * 2, [2.0, -1.0, -1.0], NOTHING), 3.0 / 3),
        (deviations([1.0, -1.0], [2.0, -1.0, -1.0], NOTHING), 2.0 / 2 + 3.0 / 3),
    ],
)
def test_the_variance_is_that_of_worlds_and_replicates_together(influence: np.ndarray, variance: float) -> None:
    cells = layout(np.ones((2, 3), bool), np.ones(2), drawn=True)
    assert error(influence, cells).variance == pytest.approx(variance)


def test_a_part_that_comes_out_below_zero_is_none() -> None:
    """What belongs to neither alone is in the variance once, and takes nothing away from the other parts."""
    influence = deviations([0.0] * 2, [0.0] * 3, BOTH)
    cells = layout(np.ones((2, 3), bool), np.ones(2), drawn=True)
    found = error(influence, cells)
    worlds, replicates, rest = (float(part.variance) for part in found.parts)
    assert (worlds, replicates) == (0.0, 0.0)
    assert found.variance == pytest.approx(rest)
    assert rest == pytest.approx(2.0 * 1.5 * np.sum(influence**2))


def test_replicates_alone_are_the_units_where_worlds_are_all_there_are() -> None:
    influence = deviations([5.0, -5.0], [2.0, -1.0, -1.0], NOTHING)
    found = error(influence, layout(np.ones((2, 3), bool), np.ones(2), drawn=False))
    assert (float(found.variance), float(found.freedom)) == (pytest.approx(1.0), 2.0)
    assert found.half(0.9) == pytest.approx(stdtrit(2.0, 0.95))

"""A ratio of sums: its value, what each entry adds to it to first order, and runs laid out to be summed."""

import numpy as np
import polars as pl
import pytest

from analysis.statistics.ratio import Ratio, RunArray, spread

ABOVE = np.array([[1.0, 2.0, 3.0], [4.0, 0.0, 2.0]])
BELOW = np.array([[2.0, 4.0, 4.0], [5.0, 5.0, 0.0]])


@pytest.mark.parametrize("complement", [False, True])
def test_the_value_is_the_ratio_of_sums_or_one_minus_it(complement: bool) -> None:
    found = Ratio(ABOVE, BELOW, complement)
    plain = np.array([6 / 10, 6 / 10])
    assert found.over(1) == pytest.approx(1 - plain if complement else plain)
    assert float(found.over((0, 1))) == pytest.approx(0.4 if complement else 0.6)
    weighted = Ratio(ABOVE, BELOW, complement).over(1, np.array([1.0, 0.0, 2.0]))
    assert weighted[0] == pytest.approx(0.3 if complement else 0.7)


@pytest.mark.parametrize("complement", [False, True])
def test_influences_are_the_derivatives_by_each_entry_and_sum_to_zero(complement: bool) -> None:
    """Give one entry a little more weight: the metric moves by that much times its influence, in its own sense."""
    found, step = Ratio(ABOVE, BELOW, complement), 1e-6
    influences = found.influences(1)
    assert influences.sum(1) == pytest.approx([0.0, 0.0], abs=1e-15)
    for row, column in np.ndindex(*ABOVE.shape):
        weight = np.ones_like(ABOVE)
        weight[row, column] += step
        moved = (found.over(1, weight) - found.over(1))[row] / step
        assert moved == pytest.approx(influences[row, column], rel=1e-4, abs=1e-6)


def test_what_is_not_there_counts_for_nothing() -> None:
    holes = Ratio(np.array([1.0, np.nan, 3.0]), np.array([2.0, np.nan, 2.0]))
    assert float(holes.over(0)) == 1.0
    assert float(Ratio(ABOVE, BELOW).only(BELOW == 4.0).over((0, 1))) == pytest.approx(5 / 8)
    assert np.isnan(Ratio(np.zeros(2), np.zeros(2)).over(0))


def test_the_spread_of_influences_is_the_delta_methods_standard_error() -> None:
    rng = np.random.default_rng(1)
    x, y = rng.normal(5.0, 1.0, 200), rng.normal(10.0, 1.0, 200)
    left_out = [(x.sum() - x[i]) / (y.sum() - y[i]) for i in range(200)]
    jackknife = np.sqrt(199 / 200 * np.sum((left_out - np.mean(left_out)) ** 2))
    assert float(spread(Ratio(x, y).influences(0), 200)) == pytest.approx(jackknife, rel=0.01)
    assert np.isnan(spread(np.zeros(1), 1))


def test_runs_are_laid_out_by_place_and_replicate_and_failed_ones_left_out() -> None:
    runs = pl.DataFrame(
        {
            "point": [0, 0, 1, 1, 2],
            "replicate": [3, 5, 3, 5, 3],
            "status": ["ok", "ok", "ok", "failed", "ok"],
            "deterred": [1.0, 2.0, 3.0, 9.0, 7.0],
            "deterrable": [10.0, 10.0, 10.0, 10.0, 10.0],
        }
    )
    found = RunArray(runs.lazy(), np.array([1, 0, -1]), (2,))
    assert found.there.tolist() == [[True, False], [True, True]]
    assert found.ratio("deterrence_rate").above.tolist() == [[3.0, 0.0], [1.0, 2.0]]
    assert found.ratio("deterrence_rate").below.tolist() == [[10.0, 0.0], [10.0, 10.0]]

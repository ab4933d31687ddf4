"""Values with weights: quantiles are those of values repeated, rows come as often as they weigh."""

import numpy as np

from analysis.statistics.weighted import rows_by_weight, weighted_quantiles


def test_weighted_quantiles_are_those_of_values_repeated() -> None:
    values, weight = np.array([[3.0, 1.0, 2.0], [30.0, 10.0, 20.0]]), np.array([1.0, 2.0, 3.0])
    shares = [0.0, 1 / 3, 0.34, 5 / 6, 0.84, 1.0]
    assert weighted_quantiles(values, shares, weight)[0].tolist() == [1.0, 1.0, 2.0, 2.0, 3.0, 3.0]
    assert weighted_quantiles(values, [0.5]).tolist() == [[2.0], [20.0]]


def test_a_share_that_rounding_misses_is_reached() -> None:
    """Ten tenths add up to a little less than one, seven of them to a little less than 0.7."""
    values, weight = np.arange(10.0), np.full(10, 0.1)
    assert np.cumsum(weight)[7] < 0.8
    assert weighted_quantiles(values, [0.8], weight).tolist() == [7.0]


def test_rows_come_as_often_as_they_weigh() -> None:
    assert np.bincount(rows_by_weight([3.0, 1.0], 8)).tolist() == [6, 2]
    assert np.bincount(rows_by_weight([1.0, 1.0, 2.0], 4)).tolist() == [1, 1, 2]
    assert np.bincount(rows_by_weight([0.2, 0.5, 0.3], 1000)).tolist() == [200, 500, 300]

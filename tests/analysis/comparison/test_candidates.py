"""Candidates judged by figures over drawn worlds: means, quantiles, paired differences, and intervals that cover."""

from typing import Any

import numpy as np
import pytest

from analysis.comparison.candidates import Candidates, mean_or_quantile
from analysis.results.conditions import Side
from analysis.statistics.ratio import Ratio


def test_a_figure_is_a_mean_or_a_quantile_over_worlds() -> None:
    values = np.arange(10.0)
    assert mean_or_quantile(values, None) == 4.5
    assert mean_or_quantile(values, 0.2) == 1.0
    assert mean_or_quantile(values, 0.8) == 7.0
    twice = np.stack([values, values])
    weights = np.array([[1.0] * 10, [0.0] * 9 + [10.0]])
    assert mean_or_quantile(twice, 0.2, weights).tolist() == [1.0, 9.0]
    assert mean_or_quantile(twice, None, weights).tolist() == [4.5, 9.0]
    assert np.isnan(mean_or_quantile(np.array([0.0, np.nan]), 0.2))


def side(values: Any) -> Side:
    found = np.asarray(values, float)
    return Side({"harm_averted": Ratio(1.0 - found, np.ones_like(found), complement=True)})


def test_a_difference_of_candidates_is_paired_and_its_interval_covers() -> None:
    rng = np.random.default_rng(0)
    common = rng.normal(0.3, 0.2, (20, 1)) + rng.normal(0.0, 0.1, (1, 8))
    judge = Candidates({"a": side(common + 0.05), "b": side(common)})
    gain = judge.estimate("a", "harm_averted", against="b")
    assert gain == pytest.approx((0.05, 0.05, 0.05))
    worst = judge.estimate("a", "harm_averted", 0.1, "b")
    assert worst == pytest.approx((0.05, 0.05, 0.05))
    for share in (None, 0.1):
        mean, low, high = judge.estimate("a", "harm_averted", share)
        assert low is not None
        assert high is not None
        assert low < mean < high
        assert high - low > 0.1
        assert Candidates({"a": side(common[:, :1])}).estimate("a", "harm_averted", share)[1:] == (None, None)


@pytest.mark.parametrize(("worlds", "replicates"), [(1, 2), (1, 10), (64, 2), (4, 3)])
def test_intervals_cover_with_few_worlds_and_replicates(worlds: int, replicates: int) -> None:
    """Of means whose truth is 0; what worlds, replicates and cells add are of one size."""
    rng, met = np.random.default_rng(1), 0
    for _ in range(100):
        parts = [rng.normal(0.0, 1.0, size) for size in ((worlds, 1), (1, replicates), (worlds, replicates))]
        found = Candidates({"a": side(sum(parts) - parts[0] * (worlds == 1))}).estimate("a", "harm_averted")
        assert found[1] is not None
        assert found[2] is not None
        met += found[1] <= 0.0 <= found[2]
    assert met >= 88

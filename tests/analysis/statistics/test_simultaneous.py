"""Intervals that hold together: their level where nothing is there, skewed or not; their power where something is."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from scipy.special import stdtr
from scipy.stats import false_discovery_control

from analysis.statistics.contrasts import Contrast
from analysis.statistics.simultaneous import adjusted, simultaneous

Draw = Callable[[Any, tuple[int, ...]], Any]
NULLS: dict[str, Draw] = {
    "normal": lambda draws, shape: draws.normal(size=shape),
    "exponential": lambda draws, shape: draws.exponential(size=shape) - 1.0,
    "log-normal": lambda draws, shape: np.exp(draws.normal(size=shape)) - np.exp(0.5),
    "rare and large": lambda draws, shape: 10.0 * (draws.random(shape) < 0.1) * draws.exponential(size=shape) - 1.0,
    "counts": lambda draws, shape: draws.poisson(0.5, shape) - 0.5,
}
"""Differences between two groups, of mean zero."""


def differences(values: Any) -> Contrast:
    """Contrasts that differ by these values [replicate, contrast], NaN where a contrast lacks the replicate."""
    n, mean = (~np.isnan(values)).sum(axis=0), np.nanmean(values, axis=0)
    error, none = np.nanstd(values, axis=0, ddof=1) / np.sqrt(n), np.full(len(n), np.nan)
    return Contrast(mean, error, none, none, n, None, none, n - 1, (values - mean).T)


def false_verdicts(kind: str, replicates: int, cells: int, shared: float, sets: int) -> tuple[float, float]:
    """In what share of data sets without effects any is told; and by Student's test with Benjamini and Hochberg."""
    ours = theirs = 0
    draws = np.random.default_rng(replicates)
    for _ in range(sets):
        one, own = (NULLS[kind](draws, (replicates, width)) for width in (1, cells))
        found = differences(np.sqrt(shared) * one + np.sqrt(1.0 - shared) * own)
        told = simultaneous(found)
        ours += bool(((told.low > 0.0) | (told.high < 0.0)).any())
        with np.errstate(divide="ignore", invalid="ignore"):
            p = 2.0 * stdtr(replicates - 1.0, -np.abs(found.mean / found.standard_error))
        theirs += bool((false_discovery_control(np.nan_to_num(p, nan=1.0)) <= 0.05).any())
    return ours / sets, theirs / sets


@pytest.mark.parametrize("replicates", [5, 10])
@pytest.mark.parametrize("kind", NULLS)
def test_hardly_anything_is_told_where_nothing_is_there(kind: str, replicates: int) -> None:
    """The negative control: Student's test, whose level is 5 %, tells something far more often of skewed data."""
    ours, theirs = false_verdicts(kind, replicates, 16, 0.0, 100)
    assert ours <= 0.05 + 2.0 * np.sqrt(0.05 * 0.95 / 100)
    assert theirs > 0.1 or kind == "normal"


@pytest.mark.slow
@pytest.mark.parametrize("shared", [0.0, 0.5])
@pytest.mark.parametrize("cells", [2, 25])
@pytest.mark.parametrize("replicates", [5, 10, 20, 50])
@pytest.mark.parametrize("kind", NULLS)
def test_at_all_sizes_nor_is_it(kind: str, replicates: int, cells: int, shared: float) -> None:
    ours, _ = false_verdicts(kind, replicates, cells, shared, 300)
    assert ours <= 0.05 + 2.6 * np.sqrt(0.05 * 0.95 / 300)


def test_what_is_there_is_told_and_intervals_cover_it() -> None:
    draws = np.random.default_rng(1)
    effects = np.array([0.0, 0.0, 1.5, -1.5])
    told, covered = np.zeros(4), 0
    for _ in range(100):
        found = simultaneous(differences(effects + draws.normal(size=(20, 4))))
        told += (found.low > 0.0) | (found.high < 0.0)
        covered += bool(((found.low <= effects) & (effects <= found.high)).all())
    assert (told[2:] >= 95).all()
    assert (told[:2] <= 8).all()
    assert covered >= 90


def test_p_values_and_intervals_are_one() -> None:
    values = np.random.default_rng(2).exponential(size=(30, 40)) - np.linspace(0.0, 2.0, 40)
    found = simultaneous(differences(values))
    assert ((found.low > 0.0) | (found.high < 0.0)).tolist() == (found.p <= 0.02).tolist()
    assert 0 < (found.p <= 0.02).sum() < 40


def test_a_contrast_of_which_nothing_can_be_said_leaves_the_others_alone() -> None:
    """One differs in a single replicate of ten, one in none, one lacks all but two replicates."""
    values = np.random.default_rng(3).normal(3.0, 1.0, (10, 5))
    alone = simultaneous(differences(values[:, :2]))
    values[:, 2], values[:, 3] = 0.0, 1.0
    values[4, 2] = 1.0
    values[2:, 4] = np.nan
    beside = simultaneous(differences(values))
    assert beside.low[:2] == pytest.approx(alone.low)
    assert beside.known.tolist() == [True, True, False, False, False]
    assert beside.p[2:].tolist() == [1.0, 1.0, 1.0]


def beside_long_tails(draws: Any, effect: float) -> Contrast:
    """Twelve contrasts of 200 replicates: the first is as large as this, and the last has long tails."""
    values = draws.normal(size=(200, 12))
    values[:, 0] += effect
    values[:, 11] = np.exp(3.0 * draws.normal(size=200))
    return differences(values)


def test_a_contrast_with_long_tails_leaves_others_to_be_told() -> None:
    found = beside_long_tails(np.random.default_rng(5), 0.6)
    assert adjusted(found)[0] <= 0.02
    assert simultaneous(found).p[0] > 0.02, "the negative control: where the largest of all is what counts"


def test_adjusted_tells_hardly_anything_where_nothing_is_there() -> None:
    draws = np.random.default_rng(6)
    told = sum((adjusted(beside_long_tails(draws, 0.0))[:11] <= 0.02).any() for _ in range(40))
    assert told <= 0.05 * 40 + 2.0 * np.sqrt(0.05 * 0.95 * 40)


def test_the_same_data_give_the_same_intervals() -> None:
    found = differences(np.random.default_rng(4).exponential(size=(10, 3)))
    assert simultaneous(found).low.tobytes() == simultaneous(found).low.tobytes()

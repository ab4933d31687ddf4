"""Intervals that hold together over many contrasts, and the tests that they make: by the studentised bootstrap.

Over many contrasts some of the usual intervals leave zero out by chance, and of skewed data far more than Student's
distribution says, for far out its quantiles are the most wrong. Here whole replicates are resampled, all contrasts of
one together, and of each resample the largest |t| is kept: a contrast less that of the sample, over its own standard
error (bootstrap-t; Hall 1988). A contrast is told where its |t| is beyond what most of these reach (Romano & Wolf
2005): of all that are nothing, none is told in 95 % of data sets, however they depend on one another. A resample of few
or rare values has a small spread and a large |t|, so that intervals become wide, and at last without end, where
replicates are too few to know. Contrasts that are unlike one another, as those of the page and of exercises, have each
its own resamples (`adjusted`). No test of a mean holds its level for all distributions (Bahadur & Savage 1956):
`tests/analysis/statistics/test_simultaneous.py` says for which this one does.
"""

from typing import NamedTuple

import numpy as np

from analysis.statistics.contrasts import Contrast
from analysis.statistics.intervals import RESAMPLES, SEED, Matrix
from analysis.statistics.units import Flags, Vector

REACH = 0.98
"""Share of the largest |t| of resamples that an interval reaches.

Were it 95 %, one of two contrasts of log-normal data would be told in up to 12 % of data sets; now it is 5 %.
"""
ROUNDING = 1e-9
"""Spread of a resample, as a share of the sample's, below which its values are all the same."""


class Simultaneous(NamedTuple):
    """Ends of intervals that hold together, and p-values over all of them, one entry each.

    NaN where there is no standard error. Intervals without end and a p-value of 1 are those of contrasts of which so
    few replicates can say nothing.
    """

    low: Vector
    high: Vector
    p: Vector

    @property
    def known(self) -> Flags:
        """Where there are enough replicates to say anything."""
        return np.isfinite(self.low)


def simultaneous(found: Contrast) -> Simultaneous:
    """Intervals and p-values of contrasts of one metric, over all of them together; those with p ≤ 0.02 are told.

    A contrast that differs in no replicate, or only in so few that resamples without them are not rare, is left out of
    the family: nothing is told of it.
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        t = np.abs(found.mean / found.standard_error)
    low, high = found.mean - np.inf, found.mean + np.inf
    p = np.where(np.isnan(found.standard_error), np.nan, 1.0)
    some = np.flatnonzero(found.standard_error > 0.0)
    drawn = _studentised(found.deviations[some])
    rare = np.isinf(drawn).mean(axis=0) * max(1, len(some)) <= 1.0 - REACH
    some, drawn = some[rare], drawn[:, rare]
    if len(some):
        largest = np.sort(drawn.max(axis=1))
        half = largest[int(np.ceil(REACH * (RESAMPLES + 1))) - 1] * found.standard_error[some]
        low[some], high[some] = found.mean[some] - half, found.mean[some] + half
        p[some] = (RESAMPLES + 1 - np.searchsorted(largest, t[some])) / (RESAMPLES + 1)
    return Simultaneous(np.where(np.isnan(p), np.nan, low), np.where(np.isnan(p), np.nan, high), p)


def adjusted(found: Contrast) -> Vector:
    """p-values that hold together, each from the resamples of its own contrast, times their number (Bonferroni).

    For contrasts that are unlike one another: one with long tails, whose |t| is large in many resamples, would leave
    nothing to tell of all others in `simultaneous`. Those with p ≤ 0.02 are told; NaN where there is no standard error.
    """
    some = np.flatnonzero(found.standard_error > 0.0)
    resamples = max(RESAMPLES, 100 * len(some) - 1)  # so that the least p-value is half of what tells
    t = np.abs(found.mean[some] / found.standard_error[some])
    reached = _studentised(found.deviations[some], resamples) >= t
    p = np.where(np.isnan(found.standard_error), np.nan, 1.0)
    p[some] = np.minimum(1.0, len(some) * (1.0 + reached.sum(axis=0)) / (resamples + 1))
    return p


def _studentised(deviations: Matrix, resamples: int = RESAMPLES) -> Matrix:
    """|t| of each contrast in each resample [resample, contrast], of deviations [contrast, replicate], NaN for none.

    Sums are added one after the other, so that every machine gets the same bits.
    """
    there = ~np.isnan(deviations)
    values = np.where(there, deviations, 0.0)
    replicates = deviations.shape[1]
    times = np.random.default_rng(SEED).multinomial(replicates, np.full(replicates, 1.0 / replicates), resamples)
    n, total, squares = np.zeros((3, resamples, len(deviations)))
    for column, drawn in enumerate(times.T[..., None].astype(float)):
        n += drawn * there[:, column]
        total += drawn * values[:, column]
        squares += drawn * values[:, column] ** 2
    with np.errstate(divide="ignore", invalid="ignore"):
        mean = total / n
        variance = squares / n - mean * mean
        alike = ~(variance > ROUNDING * (values**2).sum(axis=1) / there.sum(axis=1))  # or fewer than two replicates
        return np.where(alike, np.inf, np.abs(mean) / np.sqrt(variance / (n - 1.0)))

"""Estimates of doctrines and contrasts between them, over replicates alone or over drawn worlds and replicates.

Over replicates the rule is that of every other table (`analysis.statistics.intervals`): Student's, and the bootstrap
where that does not suit. Over drawn worlds the two-way layout (`analysis.statistics.two_way`) gives Student's
intervals, skewed or not: a bootstrap that resamples worlds and replicates beside one another overstates the variance,
none is exact (Owen 2007), and the acceleration of BCa has no form for two kinds of units.
"""

from typing import Any, NamedTuple

import numpy as np

from analysis.statistics.contrasts import Contrast, Influence, contrast
from analysis.statistics.intervals import LEVEL
from analysis.statistics.two_way import Array, Error, Layout, error


class Estimated(NamedTuple):
    """Estimates or paired differences, one entry each, and the error that they were given."""

    found: Contrast
    error: Error

    def row(self, at: int) -> dict[str, Any]:
        """One of them with the columns of `ESTIMATE_SCHEMA` but for the metric; null where undefined."""
        names = ("mean", "standard_error", "low", "high")
        values = {name: number(getattr(self.found, name)[at]) for name in names}
        return {**values, "n": int(self.found.n[at]), "interval": str(self.found.interval[at])}

    def ends(self, at: int, level: float = LEVEL) -> tuple[float, float]:
        """Ends of an interval that covers with this probability; NaN where there is none.

        Of another level than 95 %, either side is as many times as long as Student's is: the quantiles of resamples
        that far out would be those of a handful of them.
        """
        mean, low, high = (float(part[at]) for part in (self.found.mean, self.found.low, self.found.high))
        if level == LEVEL:
            return low, high
        usual = float(self.error.half()[at])
        times = float(self.error.half(level)[at]) / usual if usual > 0.0 else 1.0
        return mean - times * max(0.0, mean - low), mean + times * max(0.0, high - mean)


def over_replicates(by_replicate: Influence, coefficients: Array) -> Estimated:
    """Contrasts [contrast, doctrine] in the worlds as they are; replicates are the independent units."""
    found = contrast(by_replicate, coefficients)
    freedom = np.where(found.freedom > 0, found.freedom, np.nan)
    return Estimated(found, Error(found.standard_error**2, freedom))


def over_worlds(mean: Array, influence: Array, cells: Layout, coefficients: Array) -> Estimated:
    """The same with worlds and replicates both drawn; `influence` is of shape (doctrines, worlds, replicates)."""
    size = len(coefficients)
    estimate, apart = np.zeros((2, size))
    added = np.zeros((size, *cells.weight.shape))
    alone = error(influence, cells).variance
    for at, row in enumerate(coefficients):
        some = row != 0.0  # what is undefined of the other doctrines is of no concern
        estimate[at] = row[some] @ mean[some]
        added[at] = np.tensordot(row[some], influence[some], 1)
        apart[at] = row[some] ** 2 @ alone[some]
    together = error(added, cells)
    half = np.where(np.isnan(estimate), np.nan, together.half())
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = np.where(together.variance > 0.0, apart / together.variance, np.nan)
    method = np.where(np.isnan(half), "none", "student").astype(object)
    n, freedom = np.full(size, cells.units), np.zeros(size, np.int64)
    found = Contrast(estimate, together.standard, estimate - half, estimate + half, n, method, ratio, freedom)
    return Estimated(found, together)


def number(value: Any) -> float | None:
    """A figure for a table; none where it is undefined."""
    return float(value) if np.isfinite(value) else None

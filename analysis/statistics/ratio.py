"""Metrics as ratios of sums over runs: their values, what each run adds to them, and runs laid out to be summed."""

from typing import Any, NamedTuple

import numpy as np
import polars as pl

from analysis.statistics.units import Codes, Flags, RunColumns, Vector, run_parts
from model.metrics.catalogue import metric

Array = np.ndarray[Any, np.dtype[np.float64]]
Axis = int | tuple[int, ...]


class Ratio(NamedTuple):
    """Two arrays of one shape, whose sums are the numerator and the denominator of a metric; or one minus their ratio.

    Entries without a run are zero or NaN in both, and count for nothing.
    """

    above: Array
    below: Array
    complement: bool = False

    def over(self, axis: Axis, weight: Any = 1.0) -> Array:
        """The metric, summed over these axes by weight; NaN where there is nothing to divide by."""
        with np.errstate(divide="ignore", invalid="ignore"):
            ratio = np.nansum(weight * self.above, axis) / np.nansum(weight * self.below, axis)
        return np.asarray(1.0 - ratio if self.complement else ratio)

    def influences(self, axis: Axis, weight: Any = 1.0) -> Array:
        """Linear contribution of each entry to the metric over these axes; they sum to zero.

        The delta method: the variance of their sum is that of the metric (Cochran 1977, section 6.4).
        """
        with np.errstate(divide="ignore", invalid="ignore"):
            total = np.nansum(weight * self.below, axis, keepdims=True)
            ratio = np.nansum(weight * self.above, axis, keepdims=True) / total
            added = weight * (self.above - ratio * self.below) / total
        return np.asarray(-added if self.complement else added)

    def at(self, place: Any) -> "Ratio":
        """Some of the entries, by an index of the arrays."""
        return self._replace(above=self.above[place], below=self.below[place])

    def only(self, there: Flags) -> "Ratio":
        """The ratio with zero wherever `there` is false."""
        return self._replace(above=np.where(there, self.above, 0.0), below=np.where(there, self.below, 0.0))


class RunArray:
    """Runs that went well, laid out as places × replicates; `replicates` are the numbers of these, in order."""

    def __init__(self, runs: pl.LazyFrame, place_of_point: Codes, shape: tuple[int, ...]) -> None:
        """Lay out the runs of points, each at its place in an array of this shape, flattened; −1: at none."""
        self._columns = RunColumns(runs.filter(pl.col("status") == "ok"))
        keys = self._columns.runs.select("point", "replicate").collect()
        self.replicates, column = np.unique(keys["replicate"].to_numpy(), return_inverse=True)
        place = place_of_point[keys["point"].to_numpy()]
        rows = np.full((int(np.prod(shape)), len(self.replicates)), -1, np.int64)
        rows[place[place >= 0], column[place >= 0]] = np.flatnonzero(place >= 0)
        self._rows = rows.reshape(*shape, len(self.replicates))
        self.there: Flags = self._rows >= 0

    def ratio(self, name: str) -> Ratio:
        """A metric or a delay of each run: places × replicates, zero where there is no run or it is undefined."""
        above, below = (
            np.where(self.there, np.nan_to_num(part)[self._rows], 0.0) for part in run_parts(name, self._columns)
        )
        return Ratio(above, below, metric(name).complement)


def spread(influences: Array, n: Any) -> Vector:
    """Standard errors of metrics from influences, whose last axis are `n` replicates that count; NaN with one."""
    with np.errstate(divide="ignore", invalid="ignore"):
        found = np.sqrt(np.sum(influences**2, axis=-1) * n / (n - 1.0))
    return np.asarray(np.where(np.asarray(n) > 1, found, np.nan))

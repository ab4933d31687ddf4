"""Candidates in the same drawn worlds on the same random numbers, judged by figures over the worlds' own values.

A figure is the mean of a metric over worlds, or the value below which a share of them lies: what a search for doctrines
aims at. It is not that of a `Comparison`, which pools worlds into one ratio of sums. Differences between candidates are
paired in every cell of worlds × replicates. Intervals of means are those of the two-way layout, or of one world
Student's over its replicates (`analysis.statistics.two_way`). A quantile has no influence of cells that could be added
up: worlds alone and replicates alone are resampled, the same for all candidates, and half an interval is the root of
the sum of squares of their halves, each with Student's quantile (Howe 1974). Quantiles of resamples would cover half of
the time where there are two replicates.
"""

from collections.abc import Mapping
from functools import cached_property

import numpy as np

from analysis.results.conditions import Array, Side
from analysis.statistics.intervals import quantile
from analysis.statistics.two_way import error, layout
from analysis.statistics.weighted import weighted_quantiles

RESAMPLES = 1000
"""Draws of worlds, and of replicates."""


def mean_or_quantile(values: Array, share: float | None, weights: Array | None = None) -> Array:
    """The mean of values [..., world], or the least value at or below which a share of the worlds lies.

    `weights`, of the same shape, say how often each world is drawn. NaN where a value is undefined.
    """
    if share is None:
        return np.asarray(np.average(values, axis=-1, weights=weights))
    found = weighted_quantiles(values, [share], 1.0 if weights is None else weights)[..., 0]
    return np.where(np.isnan(values).any(axis=-1), np.nan, found)


class Candidates:
    """Candidates by name with what each shows in every world and replicate: figures, intervals, differences."""

    def __init__(self, sides: Mapping[str, Side]) -> None:
        self.sides = sides
        shape = next(iter(next(iter(sides.values())).sums.values())).above.shape
        self.worlds, self.replicates = shape
        self.cells = layout(np.ones(shape, bool), np.ones(self.worlds), drawn=self.worlds > 1)

    def figure(self, name: str, metric: str, share: float | None = None) -> float:
        """The mean of a metric over worlds, or the value below which a share of them lies; NaN where one has none."""
        return float(mean_or_quantile(self.sides[name].values(metric), share))

    def estimate(
        self, name: str, metric: str, share: float | None = None, against: str | None = None
    ) -> tuple[float, float | None, float | None]:
        """A figure, or its paired difference to another candidate's, and the ends of its 95 % interval.

        There is no interval with one replicate, or where the figure is undefined.
        """
        mean = self.figure(name, metric, share) - (self.figure(against, metric, share) if against else 0.0)
        if self.replicates < 2 or not np.isfinite(mean):
            return mean, None, None
        half = self._half(name, metric, share, against)
        return mean, mean - half, mean + half

    def _half(self, name: str, metric: str, share: float | None, against: str | None) -> float:
        of = self._influence if share is None else self._resampled
        spread = of(name, metric, share) - (of(against, metric, share) if against else 0.0)
        if share is None:
            return float(error(spread, self.cells).half())
        units = np.array([self.worlds, self.replicates])
        variance = np.nanvar(spread, axis=1) * units / np.maximum(units - 1, 1)
        return float(np.sqrt((np.nan_to_num(quantile(units)) ** 2 * variance).sum()))

    def _influence(self, name: str, metric: str, _: float | None) -> Array:
        """What each cell adds to the mean over worlds, to first order: [world, replicate], summing to zero."""
        values, of_runs = self.sides[name].values(metric), self.sides[name].sums[metric].influences(-1)
        of_world = (values - values.mean())[:, None] / self.replicates
        return np.asarray((of_world + np.nan_to_num(of_runs)) / self.worlds)

    def _resampled(self, name: str, metric: str, share: float | None) -> Array:
        """The figure in each resample of worlds, and of replicates: [which, draw]."""
        worlds, replicates = self._draws
        alone = np.broadcast_to(self.sides[name].values(metric), worlds.shape)
        values = self.sides[name].values(metric, replicates)
        return np.stack([mean_or_quantile(alone, share, worlds), mean_or_quantile(values, share)])

    @cached_property
    def _draws(self) -> tuple[Array, Array]:
        """How often each world is drawn in each resample, and each replicate, as many as there are."""
        rng = np.random.default_rng(0)
        worlds, replicates = (
            rng.multinomial(size, [1 / size] * size, RESAMPLES).astype(float) for size in (self.worlds, self.replicates)
        )
        return worlds, replicates

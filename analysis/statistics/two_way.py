"""Standard errors where worlds and replicates cross: every world is run on the same replicates' random numbers.

An estimate is linearised into *influences*, one for each cell of worlds × replicates, which sum to zero. Where worlds
are drawn, cells of one world share its draw and cells of one replicate share its random numbers, so that neither alone
is the independent unit: the variance is that of the two-way layout with both at random (Searle, Casella & McCulloch
1992, ch. 4; Owen 2007), its degrees of freedom Satterthwaite's (1946), and intervals are Student's, skewed or not: a
bootstrap that resamples worlds and replicates beside one another overstates the variance, none is exact (Owen 2007),
and the acceleration of BCa has no form for two kinds of units. Over replicates alone the rule is that of every other
table (`analysis.statistics.intervals`).
"""

from typing import Any, NamedTuple

import numpy as np

from analysis.statistics.contrasts import Contrast, Influence, contrast
from analysis.statistics.intervals import LEVEL, quantile
from analysis.statistics.ratio import Array

Cells = np.ndarray[Any, np.dtype[np.bool_]]


class Layout(NamedTuple):
    """Worlds × replicates: `weight` of each cell, summing to 1 and 0 where there is no run; whether worlds are drawn.

    `worlds` are their weights, summing to 1.
    """

    weight: Array
    worlds: Array
    drawn: bool

    @property
    def replicates(self) -> int:
        """Replicates that have a run."""
        return int((self.weight > 0.0).any(axis=0).sum())

    @property
    def effective(self) -> float:
        """Worlds that, weighing the same, would say as much (Kish 1965)."""
        return float(1.0 / np.sum(self.worlds**2))

    @property
    def units(self) -> int:
        """Independent units: worlds where they are drawn, else replicates."""
        return int((self.worlds > 0.0).sum()) if self.drawn else self.replicates

    @property
    def unit(self) -> str:
        """Name of the independent unit: "worlds" or "replicates"."""
        return "worlds" if self.drawn else "replicates"


def layout(there: Cells, worlds: Array, *, drawn: bool) -> Layout:
    """The layout of the cells that are `there`, worlds × replicates; a world's weight is shared by its replicates."""
    count = there.sum(axis=1)
    share = np.where(count > 0, worlds, 0.0)
    share = share / share.sum()
    return Layout(np.where(there, (share / np.maximum(count, 1))[:, None], 0.0), share, drawn)


class Error(NamedTuple):
    """Variances of estimates and the degrees of freedom behind them; NaN where there is but one unit.

    `parts` are independent of one another and sum to the variance, where it is not of one kind alone.
    """

    variance: Array
    freedom: Array
    parts: "tuple[Error, ...]" = ()

    @property
    def standard(self) -> Array:
        """Standard errors, the roots of the variances."""
        return np.asarray(np.sqrt(self.variance))

    def half(self, level: float = LEVEL) -> Array:
        """Half the width of an interval that covers with this probability.

        Of several parts it is the root of the sum of squares of their halves, each with its own Student's quantile
        (Howe 1974): pooled degrees of freedom would cover too seldom where a part has one or two.
        """
        if self.parts:
            squares = sum(part.half(level) ** 2 for part in self.parts)
            return np.asarray(np.where(np.isnan(self.freedom), np.nan, np.sqrt(squares)))
        return np.asarray(quantile(self.freedom + 1.0, level) * self.standard)


def error(influence: Array, cells: Layout) -> Error:
    """The error of estimates from their influences, of shape (…, worlds, replicates)."""
    replicates, worlds = cells.replicates, cells.effective
    by_replicate, by_world = influence.sum(axis=-2), influence.sum(axis=-1)
    with np.errstate(divide="ignore", invalid="ignore"):
        chance = np.sum(by_replicate**2, axis=-1) * np.divide(replicates, replicates - 1.0)
        draw = np.sum(by_world**2, axis=-1) * np.divide(worlds, worlds - 1.0)
    only_chance = Error(chance, np.full_like(chance, replicates - 1.0))
    if not cells.drawn:
        return _defined(only_chance)
    only_draw = Error(draw, np.full_like(draw, worlds - 1.0))
    return _defined(_both(only_draw, only_chance, _interaction(influence, cells)) if replicates > 1 else only_draw)


def _interaction(influence: Array, cells: Layout) -> Error:
    """What belongs to neither world nor replicate alone; both of the other variances have it in them."""
    there = cells.weight > 0.0
    count = np.maximum(there.sum(axis=1), 1)[:, None]
    of_world = influence.sum(axis=-1, keepdims=True) / count
    of_replicate = cells.worlds[:, None] * influence.sum(axis=-2, keepdims=True)
    rest = np.where(there, influence - of_world - of_replicate, 0.0)
    replicates, worlds = cells.replicates, cells.effective
    with np.errstate(divide="ignore", invalid="ignore"):
        scale = np.divide(replicates, replicates - 1.0) * np.divide(worlds, worlds - 1.0)
    variance = scale * np.sum(rest**2, axis=(-1, -2))
    return Error(variance, np.full_like(variance, (replicates - 1.0) * (worlds - 1.0)))


def _both(draw: Error, chance: Error, rest: Error) -> Error:
    """The sum of the parts, what worlds alone and replicates alone add; a part that comes out below zero is none."""
    worlds = Error(np.maximum(draw.variance - rest.variance, 0.0), draw.freedom)
    replicates = Error(np.maximum(chance.variance - rest.variance, 0.0), chance.freedom)
    total = worlds.variance + replicates.variance + rest.variance
    with np.errstate(divide="ignore", invalid="ignore"):
        freedom = total**2 / sum(part.variance**2 / part.freedom for part in (worlds, replicates, rest))
    return Error(total, np.where(total > 0.0, freedom, draw.freedom), (worlds, replicates, rest))


def _defined(found: Error) -> Error:
    """Nothing where it takes two units, or more than one in effect."""
    there = found.freedom > 1e-9
    variance, freedom = (np.where(there, part, np.nan) for part in (found.variance, found.freedom))
    return Error(variance, freedom, found.parts)


class Estimated(NamedTuple):
    """Estimates or paired differences, one entry each, and the error that they were given."""

    found: Contrast
    error: Error

    def row(self, at: int) -> dict[str, Any]:
        """One of them with the columns of `ESTIMATE_SCHEMA` but for the metric; null where undefined."""
        names = ("mean", "standard_error", "low", "high")
        values = {name: or_none(getattr(self.found, name)[at]) for name in names}
        return {**values, "n": int(self.found.n[at]), "interval": str(self.found.interval[at])}

    def ends(self, at: int, level: float = LEVEL) -> tuple[float, float]:
        """Ends of the interval of one, as `all_ends` has them."""
        low, high = self.all_ends(level)
        return float(low[at]), float(high[at])

    def all_ends(self, level: float = LEVEL) -> tuple[Array, Array]:
        """Ends of intervals that cover each with this probability, one entry each; NaN where there is none.

        Of another level than 95 %, either side is as many times as long as Student's is: the quantiles of resamples
        that far out would be those of a handful of them.
        """
        mean, low, high = self.found.mean, self.found.low, self.found.high
        if level == LEVEL:
            return low, high
        usual = self.error.half()
        with np.errstate(divide="ignore", invalid="ignore"):
            times = np.where(usual > 0.0, self.error.half(level) / usual, 1.0)
        return mean - times * np.maximum(0.0, mean - low), mean + times * np.maximum(0.0, high - mean)


def over_replicates(by_replicate: Influence, coefficients: Array) -> Estimated:
    """Contrasts [contrast, doctrine] in the worlds as they are; replicates are the independent units."""
    found = contrast(by_replicate, coefficients)
    freedom = np.where(found.freedom > 0, found.freedom, np.nan)
    return Estimated(found, Error(found.standard_error**2, freedom))


def over_worlds(mean: Array, influence: Array, cells: Layout, coefficients: Array) -> Estimated:
    """Contrasts [contrast, doctrine] where worlds and replicates are both drawn.

    `mean` is of each doctrine, `influence` of shape (doctrines, worlds, replicates).
    """
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
    ends, none = (estimate - half, estimate + half), np.empty((size, 0))  # of replicates alone nothing deviates
    found = Contrast(estimate, together.standard, *ends, n, method, ratio, freedom, none)
    return Estimated(found, together)


def or_none(value: Any) -> float | None:
    """A figure for a table; none where it is undefined."""
    return float(value) if np.isfinite(value) else None

"""What a doctrine falls short of the best of each world in the mean: between a figure too high and one too low.

The doctrine that looks best in a world is so in part by chance, so that the plain mean shortfall is too high: among
doctrines that are alike, somebody always seems to be better. Where the best is chosen without a replicate and judged on
that replicate alone, by turns (cross-validation; van Hasselt 2013), no chance favours it; but it may not be the best
one, so that this mean is too low. The truth lies between the two expectations. The estimate is halfway between them,
and its interval goes from the lower less half an interval to the upper plus half, where the half counts what is drawn:
replicates, and worlds if they are a sample (`analysis.statistics.two_way`, linearised at the doctrine that looks best).

A doctrine that looks best itself falls short of nothing, without any error, and may still not be the best. So the upper
end is no less than that of the choice, in each world, of the doctrine whose own interval reaches furthest ahead: in one
world the bound of multiple comparisons with the best (Hsu 1984).
"""

from typing import Any, NamedTuple

import numpy as np

from analysis.comparison.comparison import Comparison
from analysis.statistics.intervals import quantile
from analysis.statistics.two_way import Array, Cells, Layout, error, layout
from model.metrics import METRICS

Places = np.ndarray[Any, np.dtype[np.int64]]


class Shortfall(NamedTuple):
    """Mean shortfall of each doctrine, its interval, what was taken off the plain mean, and worlds or replicates."""

    mean: Array
    low: Array
    high: Array
    bias: Array
    n: Array


def shortfall(comparison: Comparison, metric: str) -> Shortfall:
    """The mean shortfall of each doctrine by a metric; NaN where undefined, no ends and no bias with one replicate."""
    worlds = comparison.cells.worlds > 0.0
    above, below = (part[:, worlds] for part in comparison.parts(metric))
    there, share = comparison.cells.weight[worlds] > 0.0, comparison.cells.worlds[worlds]
    sign = METRICS[metric].better * (-1.0 if METRICS[metric].complement else 1.0)
    value, added = _ratios(sign, above, below)
    best, unbiased = _best(value), _judged_apart(sign, above, below)
    apart = np.where(there.sum(axis=1) > 1, unbiased, np.nan)
    found = Shortfall(*np.full((5, len(value)), np.nan))
    for at in range(len(value)):
        known = np.isfinite(value[at])
        found.n[at] = known.sum() if comparison.cells.drawn else comparison.cells.replicates * known.any()
        if not known.any():
            continue
        cells = layout(there[known], share[known], drawn=comparison.cells.drawn)
        ahead, more = value[:, known] - value[at, known], added[:, known] - added[at, known]
        looks, may_be = best[known], _best(ahead + _halves(more, there[known]))
        upper, half = _chosen(ahead, more, looks, cells)
        found.mean[at] = upper
        if comparison.cells.replicates < 2:
            continue
        least = np.nan_to_num(apart[known] - value[at, known], nan=0.0)  # nobody falls short by less than nothing
        lower = float(cells.worlds @ least)
        found.mean[at] = max(0.0, (upper + lower) / 2)
        found.bias[at] = upper - found.mean[at]
        found.low[at], found.high[at] = (
            np.maximum(0.0, lower - half),
            max(upper + half, sum(_chosen(ahead, more, may_be, cells))),
        )
    return found


def _chosen(ahead: Array, more: Array, choice: Places, cells: Layout) -> tuple[float, float]:
    """How far a choice of one doctrine in each world is ahead in the mean, and half the interval of that."""
    places = choice, np.arange(len(choice))
    short = ahead[places]
    mean = float(cells.worlds @ short)
    of_worlds = cells.weight * (short - mean)[:, None] if cells.drawn else 0.0
    return mean, float(error(of_worlds + cells.worlds[:, None] * more[places], cells).half())


def _halves(more: Array, there: Cells) -> Array:
    """Half the interval of how far each doctrine is ahead in each world, over its replicates; zero with one."""
    n = there.sum(axis=1)
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.nan_to_num(quantile(n) * np.sqrt((more**2).sum(axis=2) * n / (n - 1.0)))


def _ratios(sign: float, above: Array, below: Array) -> tuple[Array, Array]:
    """Ratio in each world, turned so that more is better (up to a constant), and what each replicate adds to it."""
    with np.errstate(divide="ignore", invalid="ignore"):
        total = below.sum(axis=2, keepdims=True)
        ratio = above.sum(axis=2, keepdims=True) / total
        added = (above - ratio * below) / total
    return sign * ratio[:, :, 0], sign * np.nan_to_num(added)


def _best(value: Array) -> Places:
    """The doctrine with the most; nobody of whom it is undefined."""
    return np.asarray(np.where(np.isnan(value), -np.inf, value).argmax(axis=0))


def _judged_apart(sign: float, above: Array, below: Array) -> Array:
    """The figure of the best doctrine of each world, chosen for each replicate by all the others."""
    with np.errstate(divide="ignore", invalid="ignore"):
        others = (above.sum(axis=2, keepdims=True) - above) / (below.sum(axis=2, keepdims=True) - below)
        chosen = _best(sign * others)[None]
        sums = (np.take_along_axis(part, chosen, axis=0)[0].sum(axis=1) for part in (above, below))
        numerator, denominator = sums
        return np.asarray(sign * numerator / denominator)

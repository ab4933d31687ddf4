"""Robust choice where nobody knows which world is the true one: regret, and targets that are met.

*Regret* in a world is what a doctrine falls short of the best doctrine there (Savage 1951); the least largest regret
asks for no weights of worlds. *Satisficing* asks in what share of worlds a target is met (Simon 1956; Lempert et al.
2006). A world's figures are means over its few replicates, so that the largest regret has some chance in it: it is an
upper figure.

The mean regret lies between a figure too high and one too low. The doctrine that looks best in a world is so in part
by chance, so that the plain mean is too high: among doctrines that are alike, somebody always seems to be better. Where
the best is chosen without a replicate and judged on that replicate alone, by turns (cross-validation; van Hasselt
2013), no chance favours it; but it may not be the best one, so that this mean is too low. The truth lies between the
two expectations. The estimate is halfway between them, and its interval goes from the lower less half an interval to
the upper plus half, where the half counts what is drawn: replicates, and worlds if they are a sample
(`analysis.statistics.two_way`, linearised at the doctrine that looks best).

A doctrine that looks best itself falls short of nothing, without any error, and may still not be the best. So the upper
end is no less than that of the choice, in each world, of the doctrine whose own interval reaches furthest ahead: in one
world the bound of multiple comparisons with the best (Hsu 1984).
"""

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
import polars as pl

from analysis.comparison.comparison import Comparison
from analysis.comparison.superiority import SHARE_SCHEMA, share_row
from analysis.results.conditions import Condition
from analysis.statistics.intervals import LEVEL, quantile
from analysis.statistics.ratio import Array, Ratio, spread
from analysis.statistics.two_way import Cells, Layout, error, layout, or_none
from model.metrics.catalogue import CRITERIA, METRICS

Places = np.ndarray[Any, np.dtype[np.int64]]


def regrets(values: Array) -> Array:
    """Shortfall from the best doctrine in each case: values of doctrines × cases, more is better; NaN where unknown."""
    best = np.where(np.isnan(values).all(axis=0), np.nan, np.max(np.nan_to_num(values, nan=-np.inf), axis=0))
    return np.asarray(best - values)


REGRET_SCHEMA: dict[str, Any] = {
    "doctrine": pl.String(),
    "metric": pl.String(),
    "largest": pl.Float64(),  # over all worlds
    "world": pl.Int64(),  # in which it is largest; null where there is but one
    "least": pl.Boolean(),  # whether no doctrine's largest regret is smaller: the minimax choice
    "mean": pl.Float64(),
    "low": pl.Float64(),
    "high": pl.Float64(),
    "bias": pl.Float64(),  # taken off the mean of the regrets as they look; null with one replicate
    "n": pl.Int64(),
}


def regret(comparison: Comparison, metrics: Sequence[str] = CRITERIA) -> pl.DataFrame:
    """Regret of each doctrine by each metric, in the metric's units: the largest over worlds, and the mean.

    Where there is but one world, `largest` is the shortfall of the doctrine's mean from the best, as it looks.
    """
    rows = []
    for metric in metrics:
        found = regrets(METRICS[metric].better * _values(comparison, metric))
        largest = np.array([np.max(row, initial=-np.inf, where=np.isfinite(row)) for row in found])
        mean = shortfall(comparison, metric)
        for at, doctrine in enumerate(comparison.doctrines):
            least = bool(np.isfinite(largest[at]) and largest[at] <= largest[np.isfinite(largest)].min())
            row = {"doctrine": doctrine, "metric": metric, "least": least}
            row |= {"largest": or_none(largest[at]), "world": None}
            if comparison.has_worlds and np.isfinite(largest[at]):
                places = np.flatnonzero(comparison.cells.worlds > 0.0)
                row["world"] = int(places[int(np.nanargmax(found[at]))])
            row |= {name: or_none(getattr(mean, name)[at]) for name in ("mean", "low", "high", "bias")}
            rows.append({**row, "n": int(mean.n[at])})
    return pl.DataFrame(rows, schema=REGRET_SCHEMA)


def _values(comparison: Comparison, metric: str) -> Array:
    return comparison.cases(metric) if comparison.has_worlds else comparison.mean(metric)[:, None]


SATISFICING_SCHEMA: dict[str, Any] = {
    "doctrine": pl.String(),
    "target": pl.String(),
    **SHARE_SCHEMA,
    "in_the_mean": pl.String(),  # yes | no | unclear: whether the mean over all worlds is told to meet it
}
ALL = "all of them"
"""The target of meeting all targets."""


def satisficing(comparison: Comparison, targets: Sequence[Condition] = ()) -> pl.DataFrame:
    """The share of worlds, or of replicates, in which each doctrine meets each target, and all of them jointly.

    Whether means meet them is told where all that the table says of it is to hold together (Bonferroni).
    """
    targets = targets or comparison.targets
    met = {target.text: target.holds(comparison.cases(target.metric)) for target in targets}
    level = 1.0 - (1.0 - LEVEL) / (len(comparison.doctrines) * len(targets))
    means = {target.text: _in_the_mean(comparison, target, level) for target in targets}
    if len(targets) > 1:
        met[ALL] = np.logical_and.reduce(list(met.values()))
        means[ALL] = [
            _jointly([means[target.text][at] for target in targets]) for at in range(len(comparison.doctrines))
        ]
    rows = []
    for at, name in enumerate(comparison.doctrines):
        for text, flags in met.items():
            found = share_row(comparison, flags[at])
            rows.append({"doctrine": name, "target": text, **found, "in_the_mean": means[text][at]})
    return pl.DataFrame(rows, schema=SATISFICING_SCHEMA)


def _in_the_mean(comparison: Comparison, target: Condition, level: float) -> list[str]:
    found = comparison.each(target.metric)
    ends = [np.array(found.ends(at, level)) for at in range(len(comparison.doctrines))]
    return [_said(target.holds(pair), pair) for pair in ends]


def _said(met: Cells, ends: Array) -> str:
    if not np.isfinite(ends).all():
        return "unclear"
    return "yes" if met.all() else "unclear" if met.any() else "no"


def _jointly(answers: Sequence[str]) -> str:
    return "no" if "no" in answers else "unclear" if "unclear" in answers else "yes"


class Shortfall(NamedTuple):
    """Mean shortfall of each doctrine, its interval, what was taken off the plain mean, and worlds or replicates."""

    mean: Array
    low: Array
    high: Array
    bias: Array
    n: Array


def shortfall(comparison: Comparison, metric: str) -> Shortfall:
    """The mean shortfall of each doctrine by a metric; NaN where undefined, no ends and no bias with one replicate."""
    worlds, better = comparison.cells.worlds > 0.0, METRICS[metric].better
    sums = comparison.ratio(metric).at((slice(None), worlds))
    there, share = comparison.cells.weight[worlds] > 0.0, comparison.cells.worlds[worlds]
    value, added = better * sums.over(2), better * np.nan_to_num(sums.influences(2))
    best, unbiased = _best(value), better * _judged_apart(sums, better)
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
    return np.nan_to_num(quantile(n) * spread(more, n))


def _best(value: Array) -> Places:
    """The doctrine with the most; nobody of whom it is undefined."""
    return np.asarray(np.where(np.isnan(value), -np.inf, value).argmax(axis=0))


def _judged_apart(sums: Ratio, better: int) -> Array:
    """The figure of the best doctrine of each world, chosen for each replicate by all the others."""
    above, below = (part.sum(axis=2, keepdims=True) - part for part in (sums.above, sums.below))
    chosen = _best(better * Ratio(above, below, sums.complement).over(()))[None]
    above, below = (np.take_along_axis(part, chosen, axis=0)[0] for part in (sums.above, sums.below))
    return Ratio(above, below, sums.complement).over(1)

"""Robust choice where nobody knows which world is the true one: regret, and targets that are met.

*Regret* in a world is what a doctrine falls short of the best doctrine there (Savage 1951); the least largest regret
asks for no weights of worlds. *Satisficing* asks in what share of worlds a target is met (Simon 1956; Lempert et al.
2006). A world's figures are means over its few replicates, so that the largest regret has some chance in it: it is an
upper figure. The mean regret has that chance taken off as far as can be told (`analysis.comparison.shortfall`).
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
import polars as pl

from analysis.comparison.comparison import Comparison
from analysis.comparison.shortfall import shortfall
from analysis.comparison.superiority import SHARE_SCHEMA, share
from analysis.results.conditions import Condition
from analysis.statistics.estimated import number
from analysis.statistics.two_way import Array, Cells
from model.metrics import CRITERIA, METRICS


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
            row |= {"largest": number(largest[at]), "world": None}
            if comparison.has_worlds and np.isfinite(largest[at]):
                places = np.flatnonzero(comparison.cells.worlds > 0.0)
                row["world"] = int(places[int(np.nanargmax(found[at]))])
            row |= {name: number(getattr(mean, name)[at]) for name in ("mean", "low", "high", "bias")}
            rows.append({**row, "n": int(mean.n[at])})
    return pl.DataFrame(rows, schema=REGRET_SCHEMA)


def _values(comparison: Comparison, metric: str) -> Array:
    return comparison.cases(metric) if comparison.has_worlds else comparison.figures(metric).mean[:, None]


SATISFICING_SCHEMA: dict[str, Any] = {
    "doctrine": pl.String(),
    "target": pl.String(),
    **SHARE_SCHEMA,
    "in_the_mean": pl.String(),  # yes | no | unclear: whether the mean over all worlds meets it, by its interval
}
ALL = "all of them"
"""The target of meeting all targets."""


def satisficing(comparison: Comparison, targets: Sequence[Condition] = ()) -> pl.DataFrame:
    """The share of worlds, or of replicates, in which each doctrine meets each target, and all of them jointly."""
    targets = targets or comparison.targets
    met = {target.text: target.holds(comparison.cases(target.metric)) for target in targets}
    means = {target.text: _in_the_mean(comparison, target) for target in targets}
    if len(targets) > 1:
        met[ALL] = np.logical_and.reduce(list(met.values()))
        means[ALL] = [
            _jointly([means[target.text][at] for target in targets]) for at in range(len(comparison.doctrines))
        ]
    rows = []
    for at, name in enumerate(comparison.doctrines):
        for text, flags in met.items():
            found = share(flags[at], comparison.case_weights, drawn=comparison.is_sample)
            rows.append({"doctrine": name, "target": text, **found._asdict(), "in_the_mean": means[text][at]})
    return pl.DataFrame(rows, schema=SATISFICING_SCHEMA)


def _in_the_mean(comparison: Comparison, target: Condition) -> list[str]:
    found = comparison.each(target.metric)
    ends = [np.array(found.ends(at)) for at in range(len(comparison.doctrines))]
    return [_said(target.holds(pair), pair) for pair in ends]


def _said(met: Cells, ends: Array) -> str:
    if not np.isfinite(ends).all():
        return "unclear"
    return "yes" if met.all() else "unclear" if met.any() else "no"


def _jointly(answers: Sequence[str]) -> str:
    return "no" if "no" in answers else "unclear" if "unclear" in answers else "yes"

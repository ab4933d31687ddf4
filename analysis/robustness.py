"""Robust choice where nobody knows which world is the true one: regret, and targets that are met.

*Regret* in a world is what a doctrine falls short of the best doctrine there (Savage 1951); the least largest regret
asks for no weights of worlds. *Satisficing* asks in what share of worlds a target is met (Simon 1956; Lempert et al.
2006). A world's figures are means over its few replicates, so that the largest regret has some chance in it: it is an
upper figure.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
import polars as pl

from analysis.criteria import CRITERIA, CRITERION_NAMES, signs
from analysis.crossed import Array, Cells
from analysis.doctrines import Comparison
from analysis.intervals import expanded, quantile
from analysis.resamples import can_resample, resampled
from analysis.superiority import SHARE_SCHEMA, share
from analysis.targets import Condition


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
    "n": pl.Int64(),
}


def regret(comparison: Comparison, metrics: Sequence[str] = CRITERION_NAMES) -> pl.DataFrame:
    """Regret of each doctrine by each metric, in the metric's units: the largest over worlds, and the mean.

    Where there is but one world, both are the shortfall of the doctrine's mean from the best, with an interval from
    resamples of replicates, in which another doctrine may be the best.
    """
    rows = []
    ends = None if comparison.has_worlds else _shortfalls(comparison, metrics)
    for place, metric in enumerate(metrics):
        values = CRITERIA[metric].better * _values(comparison, metric)
        found = regrets(values)
        largest = np.array([np.max(row, initial=-np.inf, where=np.isfinite(row)) for row in found])
        for at, name in enumerate(comparison.doctrines):
            least = bool(np.isfinite(largest[at]) and largest[at] <= largest[np.isfinite(largest)].min())
            row = {"doctrine": name, "metric": metric, "least": least}
            row |= {"largest": _number(largest[at]), "world": None}
            if comparison.has_worlds:
                places = np.flatnonzero(comparison.cells.worlds > 0.0)
                row["world"] = int(places[int(np.nanargmax(found[at]))]) if np.isfinite(largest[at]) else None
                rows.append({**row, **_mean_over_worlds(comparison, found[at])})
            else:
                low, high = (None, None) if ends is None else map(_number, ends[:, at, place])
                rows.append({**row, "mean": row["largest"], "low": low, "high": high, "n": comparison.cells.units})
    return pl.DataFrame(rows, schema=REGRET_SCHEMA)


def _values(comparison: Comparison, metric: str) -> Array:
    return comparison.cases(metric) if comparison.has_worlds else comparison.figures(metric).mean[:, None]


def _mean_over_worlds(comparison: Comparison, found: Array) -> dict[str, Any]:
    known = np.isfinite(found)
    if not known.any():
        return {"mean": None, "low": None, "high": None, "n": 0}
    weight = comparison.case_weights[known] / comparison.case_weights[known].sum()
    mean, n = float(np.sum(weight * found[known])), int(known.sum())
    half = np.nan
    effective = 1.0 / float(np.sum(weight**2))
    if comparison.cells.drawn and effective > 1.0:
        variance = float(np.sum(weight**2 * (found[known] - mean) ** 2)) * effective / (effective - 1.0)
        half = float(quantile(effective)) * np.sqrt(variance)
    low = mean - half
    return {"mean": mean, "low": _number(np.maximum(0.0, low)), "high": _number(mean + half), "n": n}


def _shortfalls(comparison: Comparison, metrics: Sequence[str]) -> Array | None:
    """Ends of the 95 % intervals of the shortfalls of means, from resamples: (ends, doctrines, metrics)."""
    if not can_resample(comparison):
        return None
    batches = np.concatenate(list(resampled(comparison, metrics))) * signs(metrics)
    tail = 0.5 * (1.0 - expanded(comparison.cells.units))
    with np.errstate(invalid="ignore"):  # what is undefined stays it
        return np.quantile(batches.max(axis=1, keepdims=True) - batches, [tail, 1.0 - tail], axis=0)


def _number(value: float) -> float | None:
    return float(value) if np.isfinite(value) else None


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

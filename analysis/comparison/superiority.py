"""How often one doctrine does better than another, and whether it does so by every criterion.

A share is one of worlds, by their weights, or where there is but one world of replicates. Worlds are compared by their
means over few replicates, so that chance pulls shares towards one half: beside them stand the shares of worlds in which
the difference is clear, its interval over the world's own replicates leaving out zero.
"""

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
import polars as pl
from numpy.typing import NDArray

from analysis.comparison.comparison import Comparison, pairs, verdict, within_worlds
from analysis.statistics.intervals import LEVEL, quantile
from model.metrics import CRITERIA, METRICS, TRADED

SHARE_SCHEMA: dict[str, Any] = {"mean": pl.Float64(), "low": pl.Float64(), "high": pl.Float64(), "n": pl.Int64()}
"""Columns of a share with its interval."""


class CaseShare(NamedTuple):
    """A share of cases with its interval; no interval where the cases are not drawn, no share of one that is."""

    mean: float | None
    low: float | None
    high: float | None
    n: int


def share_of_cases(met: NDArray[Any], weight: NDArray[Any], *, drawn: bool = True) -> CaseShare:
    """The weighted share of cases that are met (1), or half so (0.5), with Wilson's (1927) interval.

    Weighted cases count as so many as would say as much with even weights (Kish 1965). Where they are not drawn, they
    are all that there are, and their share has no interval. One case that is drawn has no share: it would be all or
    nothing, and no interval could say how little that means.
    """
    from scipy.special import ndtri

    weight = weight / weight.sum()
    mean = float(np.sum(weight * met))
    n = int((weight > 0.0).sum())
    if not drawn or n < 2:
        return CaseShare(None if drawn else mean, None, None, n)
    effective, z = float(1.0 / np.sum(weight**2)), float(ndtri(0.5 + 0.5 * LEVEL))
    middle = (mean + z * z / (2 * effective)) / (1 + z * z / effective)
    half = z / (1 + z * z / effective) * np.sqrt(mean * (1 - mean) / effective + z * z / (4 * effective**2))
    low, high = (float(np.clip(end, 0.0, 1.0)) for end in (middle - half, middle + half))
    return CaseShare(mean, low if mean > 0.0 else 0.0, high if mean < 1.0 else 1.0, n)


def share_row(comparison: Comparison, met: NDArray[Any], inside: Any = slice(None)) -> dict[str, Any]:
    """The share of a comparison's cases, or of those `inside`, that are met, with the columns of `SHARE_SCHEMA`."""
    return share_of_cases(met, comparison.case_weights[inside], drawn=comparison.is_sample)._asdict()


def beats(one: NDArray[Any], other: NDArray[Any]) -> NDArray[Any]:
    """1 where more, 0.5 where as much, 0 where less; undefined counts as as much."""
    return np.where(one > other, 1.0, np.where(one < other, 0.0, 0.5))


SUPERIORITY_SCHEMA: dict[str, Any] = {
    "doctrine": pl.String(),
    "other": pl.String(),
    "metric": pl.String(),
    **SHARE_SCHEMA,
    "clearly_better": pl.Float64(),  # share of worlds; null where a world has one replicate, or there is one world
    "clearly_worse": pl.Float64(),
}


def superiority(comparison: Comparison, metrics: Sequence[str] = CRITERIA) -> pl.DataFrame:
    """The share of worlds, or of replicates, in which each doctrine does better than each other; a tie counts half."""
    rows = []
    names = comparison.doctrines
    for metric in metrics:
        better = METRICS[metric].better
        values = better * comparison.cases(metric)
        for one, other in pairs(comparison):
            clear = _clear(comparison, metric, one, other, values[one] - values[other])
            head = {"doctrine": names[one], "other": names[other], "metric": metric}
            rows.append({**head, **share_row(comparison, beats(values[one], values[other])), **clear})
    return pl.DataFrame(rows, schema=SUPERIORITY_SCHEMA)


def _clear(comparison: Comparison, metric: str, one: int, other: int, ahead: NDArray[Any]) -> dict[str, float | None]:
    """The shares of worlds in which a difference is clear by the replicates of that world."""
    if not comparison.has_worlds or comparison.cells.replicates < 2:
        return {"clearly_better": None, "clearly_worse": None}
    count = (comparison.cells.weight > 0.0).sum(axis=1)[comparison.cells.worlds > 0.0]
    half = np.nan_to_num(quantile(count) * within_worlds(comparison, metric, one, other), nan=np.inf)
    weight = comparison.case_weights
    return {
        "clearly_better": float(np.sum(weight * (ahead > half))),
        "clearly_worse": float(np.sum(weight * (-ahead > half))),
    }


DOMINANCE_SCHEMA: dict[str, Any] = {
    "doctrine": pl.String(),
    "other": pl.String(),
    "in_the_mean": pl.Boolean(),  # as good by every criterion, better by one
    "clearly": pl.Boolean(),  # better by every criterion, each interval leaving out zero; null without intervals
    **SHARE_SCHEMA,  # of the cases in which it dominates
    "everywhere": pl.Boolean(),
}


def dominance(comparison: Comparison, metrics: Sequence[str] = TRADED) -> pl.DataFrame:
    """Whether each doctrine dominates each other by these criteria: in the mean, clearly, and in every case."""
    rows = []
    mean, cases = turned_for_better(comparison, metrics)
    for one, other in pairs(comparison):
        met = dominates(cases[one], cases[other])
        row: dict[str, Any] = {"doctrine": comparison.doctrines[one], "other": comparison.doctrines[other]}
        row |= share_row(comparison, met)
        row["in_the_mean"] = bool(dominates(mean[one], mean[other]))
        row["clearly"] = _clearly(comparison, metrics, one, other)
        rows.append({**row, "everywhere": None if row["mean"] is None else bool(met.all())})
    return pl.DataFrame(rows, schema=DOMINANCE_SCHEMA)


def turned_for_better(comparison: Comparison, metrics: Sequence[str]) -> tuple[NDArray[Any], NDArray[Any]]:
    """Means [doctrine, metric] and cases [doctrine, case, metric], turned so that more of everything is better."""
    mean = np.stack([comparison.mean(metric) for metric in metrics], axis=1)
    return mean * better(metrics), np.stack([comparison.cases(metric) for metric in metrics], axis=2) * better(metrics)


def better(metrics: Sequence[str]) -> NDArray[Any]:
    """+1 for each metric of which more is better, −1 for each of which less is."""
    return np.array([float(METRICS[name].better) for name in metrics])


def dominates(one: NDArray[Any], other: NDArray[Any]) -> NDArray[np.bool_]:
    """Whether values are as large by every criterion, the last axis, and larger by one."""
    return np.asarray((one >= other).all(axis=-1) & (one > other).any(axis=-1))


def _clearly(comparison: Comparison, metrics: Sequence[str], one: int, other: int) -> bool | None:
    at = list(pairs(comparison)).index((one, other))
    verdicts = [verdict(*comparison.pairwise(metric).ends(at), better=METRICS[metric].better) for metric in metrics]
    return None if None in verdicts else all(each == "better" for each in verdicts)

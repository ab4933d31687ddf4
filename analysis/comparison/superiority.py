"""How often one doctrine does better than another.

A share is one of worlds, by their weights, or where there is but one world of replicates. Worlds are compared by their
means over few replicates, so that chance pulls shares towards one half: beside them stand the shares of worlds in which
the difference is clear, its interval over the world's own replicates leaving out zero.
"""

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
import polars as pl
from numpy.typing import NDArray

from analysis.comparison.comparison import Comparison, pairs, within_worlds
from analysis.statistics.intervals import LEVEL, quantile
from model.metrics.catalogue import COMPARED, CRITERIA, METRICS

SHARE_SCHEMA: dict[str, Any] = {"mean": pl.Float64(), "low": pl.Float64(), "high": pl.Float64(), "n": pl.Int64()}
"""Columns of a share with its interval."""


class CaseShare(NamedTuple):
    """A share of cases with its interval; no interval where the cases are not drawn, no share of one that is."""

    mean: float | None
    low: float | None
    high: float | None
    n: int


def share_of_cases(met: NDArray[Any], weight: NDArray[Any], *, drawn: bool = True, level: float = LEVEL) -> CaseShare:
    """The weighted share of cases that are met (1), or half so (0.5), with Wilson's (1927) interval of this level.

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
    effective, z = float(1.0 / np.sum(weight**2)), float(ndtri(0.5 + 0.5 * level))
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


def in_most_cases(comparison: Comparison, metric: str, one: int, other: int) -> bool | None:
    """Whether one doctrine is told to do better than another in more cases than not, or in fewer.

    It is where all that is said of the comparison is to hold together; None where the share has no interval.
    """
    values = METRICS[metric].better * comparison.cases(metric)
    met, drawn = beats(values[one], values[other]), comparison.is_sample
    found = share_of_cases(met, comparison.case_weights, drawn=drawn, level=comparison.level())
    return None if found.low is None or found.high is None else found.low > 0.5 or found.high < 0.5


RANKS_SCHEMA: dict[str, Any] = {
    "metric": pl.String(),
    "doctrine": pl.String(),
    "place": pl.Int64(),
    **SHARE_SCHEMA,
}


def ranks(comparison: Comparison, metrics: Sequence[str] = COMPARED) -> pl.DataFrame:
    """The share of worlds, or of replicates, in which each doctrine is first, second, and so on; ties share places."""
    rows = []
    for metric in metrics:
        values = np.nan_to_num(METRICS[metric].better * comparison.cases(metric), nan=-np.inf)
        first = 1 + (values[None] > values[:, None]).sum(axis=1)  # doctrines × cases
        alike = (values[None] == values[:, None]).sum(axis=1)
        for at, name in enumerate(comparison.doctrines):
            for place in range(1, len(values) + 1):
                met = ((first[at] <= place) & (place < first[at] + alike[at])) / alike[at]
                rows.append({"metric": metric, "doctrine": name, "place": place, **share_row(comparison, met)})
    return pl.DataFrame(rows, schema=RANKS_SCHEMA)

"""Figures of arms straight from the books of their runs: estimates, and differences from one arm.

The numbers are those of `estimate` and `paired`, which read tables of runs; without tables they are there in a tenth of
the time.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np
import polars as pl
from scipy.sparse import csr_array

from analysis.statistics.contrasts import Contrast, Influence, contrast
from analysis.statistics.estimates import estimated, ratio_of_sums
from analysis.statistics.simultaneous import REACH, adjusted
from analysis.statistics.units import Vector
from model.metrics.catalogue import metric
from model.metrics.columns import Beside

Figure = dict[str, float | int | None]
"""`mean`, `low`, `high` and `n`; None where it is undefined."""

Key = tuple[str, str]
"""An arm and a metric."""


def levels_of(arms: Mapping[str, Beside], metrics: Sequence[str], *, rough: bool = False) -> dict[Key, Figure]:
    """Figures of arms whose runs are of the same replicates, by arm and metric.

    `rough` intervals are Student's throughout, for figures that better ones soon follow.
    """
    told: dict[Key, Figure] = {}
    for name in metrics:
        above, below = (np.concatenate(parts) for parts in zip(*(_parts(name, arms[arm]) for arm in arms), strict=True))
        group = np.repeat(np.arange(len(arms)), len(above) // len(arms))
        ratio = ratio_of_sums(above, below, group, len(arms))
        mean, found = estimated(name, ratio, (above, below, group), resampled=not rough)
        told |= _figures([(arm, name) for arm in arms], mean, found.low, found.high, ratio.n)
    return told


def differences_of(
    arms: Mapping[str, Beside], metrics: Sequence[str], reference: str, *, rough: bool = False
) -> dict[Key, Figure]:
    """Differences of the other arms from the reference, as `levels_of` gives levels."""
    return {
        key: figure
        for keys, found in _differences(arms, metrics, reference, rough)
        for key, figure in _figures(keys, found.mean, found.low, found.high, found.n).items()
    }


def told_of(arms: Mapping[str, Beside], metrics: Sequence[str], reference: str) -> dict[Key, bool]:
    """Whether each difference is told from zero, where all these statements are to hold together."""
    parts = list(_differences(arms, metrics, reference, rough=True))
    whole: list[Any] = [np.concatenate(each) for each in zip(*(found for _, found in parts), strict=True)]
    keys = [key for keys, _ in parts for key in keys]
    return {key: bool(p <= 1.0 - REACH) for key, p in zip(keys, adjusted(Contrast(*whole)), strict=True)}


def _alike(metrics: Sequence[str]) -> list[list[str]]:
    """Metrics that are ratios, and those that are one minus a ratio."""
    some = [[name for name in metrics if metric(name).complement == complement] for complement in (False, True)]
    return [each for each in some if each]


def _differences(
    arms: Mapping[str, Beside], metrics: Sequence[str], reference: str, rough: bool
) -> Iterator[tuple[list[Key], Contrast]]:
    for some in _alike(metrics):
        keys = [(arm, name) for name in some for arm in arms]
        others = [key for key in keys if key[0] != reference]
        less = np.zeros((len(others), len(keys)))
        for row, (arm, name) in enumerate(others):
            less[row, keys.index((arm, name))], less[row, keys.index((reference, name))] = 1.0, -1.0
        yield others, contrast(_influence(arms, some), csr_array(less), resampled=not rough)


def _influence(arms: Mapping[str, Beside], metrics: Sequence[str]) -> Influence:
    """What each replicate adds to each metric of each arm; groups are metrics, and within them arms."""
    parts = [_parts(name, beside) for name in metrics for beside in arms.values()]
    above, below = (np.array(part).T for part in zip(*parts, strict=True))
    there = np.nan_to_num(below) > 0.0
    x, y = (np.where(there, values, np.nan) for values in (above, below))
    replicates = np.arange(len(x))
    return Influence("", pl.DataFrame(), replicates, np.ones(len(x), bool), x, y, metric(metrics[0]).complement)


def _parts(name: str, beside: Beside) -> tuple[Vector, Vector]:
    """Numerator and denominator of a metric in each run."""
    above, below = metric(name).parts(beside)
    return np.asarray(above, float), np.asarray(below, float)


def _figures(keys: Sequence[Key], *figures: Any) -> dict[Key, Figure]:
    """Means, lower and upper ends, and numbers of replicates, by key."""
    columns = zip(*figures, strict=True)
    return {
        key: {"mean": _number(mean), "low": _number(low), "high": _number(high), "n": int(n)}
        for key, (mean, low, high, n) in zip(keys, columns, strict=True)
    }


def _number(value: float) -> float | None:
    return float(value) if np.isfinite(value) else None

"""Figures of arms straight from the books of their runs: estimates, and differences from one arm.

The numbers are those of `estimate` and `paired`, which read tables of runs; without tables they are there in a tenth of
the time.
"""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
import polars as pl
from scipy.sparse import csr_array

from analysis.statistics.contrasts import Influence, contrast
from model.metrics.catalogue import metric
from model.metrics.columns import Beside

Figure = dict[str, float | int | None]
"""`mean`, `low`, `high` and `n`; None where it is undefined."""


class Figures(NamedTuple):
    """By arm and metric."""

    levels: Mapping[tuple[str, str], Figure]
    differences: Mapping[tuple[str, str], Figure]


def figures_of(
    arms: Mapping[str, Beside], metrics: Sequence[str], reference: str | None = None, *, rough: bool = False
) -> Figures:
    """Figures of arms whose runs are of the same replicates, and their differences from the reference.

    `rough` intervals are Student's throughout, for figures that better ones soon follow.
    """
    names = list(arms)
    levels: dict[tuple[str, str], Figure] = {}
    differences: dict[tuple[str, str], Figure] = {}
    for complement in (False, True):
        some = [name for name in metrics if metric(name).complement == complement]
        if not some:
            continue
        found = _influence(arms, some, complement)
        keys = [(arm, name) for name in some for arm in names]
        levels |= _told(keys, found, np.eye(len(keys)), rough)
        if reference is not None:
            others = [at for at, (arm, _) in enumerate(keys) if arm != reference]
            against = [keys.index((reference, keys[at][1])) for at in others]
            less = np.zeros((len(others), len(keys)))
            less[np.arange(len(others)), others] = 1.0
            less[np.arange(len(others)), against] = -1.0
            differences |= _told([keys[at] for at in others], found, less, rough)
    return Figures(levels, differences)


def _influence(arms: Mapping[str, Beside], metrics: Sequence[str], complement: bool) -> Influence:
    """What each replicate adds to each metric of each arm; groups are metrics, and within them arms."""
    parts = [metric(name).parts(beside) for name in metrics for beside in arms.values()]
    above, below = (np.array([np.asarray(part[at], float) for part in parts]).T for at in (0, 1))
    there = np.nan_to_num(below) > 0.0
    x, y = (np.where(there, values, np.nan) for values in (above, below))
    replicates = np.arange(len(x))
    return Influence("", pl.DataFrame(), replicates, np.ones(len(x), bool), x, y, complement)


def _told(keys: Sequence[Any], found: Influence, coefficients: Any, rough: bool) -> dict[Any, Figure]:
    told = contrast(found, csr_array(coefficients), resampled=not rough)
    columns = zip(told.mean, told.low, told.high, told.n, strict=True)
    return {
        key: {"mean": _number(mean), "low": _number(low), "high": _number(high), "n": int(n)}
        for key, (mean, low, high, n) in zip(keys, columns, strict=True)
    }


def _number(value: float) -> float | None:
    return float(value) if np.isfinite(value) else None

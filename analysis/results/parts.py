"""Cases, worlds or replicates, parted by a parameter that differs between them: into thirds, or by its values."""

from typing import Any, NamedTuple

import numpy as np
import polars as pl

from analysis.labels import level_text
from analysis.statistics.ratio import Array

FEW = 4
"""Values of a parameter up to which each is a part of its own."""
THIRDS = ("low third", "middle third", "high third")


class Part(NamedTuple):
    """Some of the cases: what it is called, between which values of the parameter, and which cases are in it."""

    name: str
    low: float | None
    high: float | None
    inside: "np.ndarray[Any, np.dtype[np.bool_]]"


def parts_of(values: pl.Series, weight: Array) -> list[Part]:
    """Cases parted by a parameter: by its values where they are few, else into thirds of equal weight."""
    levels = values.unique().sort().to_list()
    numeric = values.dtype.is_numeric()
    if len(levels) <= FEW or not numeric:
        end = [float(level) if numeric else None for level in levels]
        return [
            Part(level_text(level, levels), at, at, (values == level).to_numpy())
            for level, at in zip(levels, end, strict=True)
        ]
    found = values.cast(pl.Float64).to_numpy()
    order = np.argsort(found, kind="stable")
    middle = np.empty_like(weight)
    middle[order] = np.cumsum(weight[order]) - 0.5 * weight[order]
    third = np.minimum((3.0 * middle / weight.sum()).astype(int), 2)
    return [
        Part(name, float(found[third == at].min()), float(found[third == at].max()), third == at)
        for at, name in enumerate(THIRDS)
        if (third == at).any()
    ]

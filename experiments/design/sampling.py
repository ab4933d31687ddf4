"""Values of factors at the points of a design: every combination of levels, and coordinates of the unit cube mapped.

A range is mapped linearly, in its logarithm, or to an exponential draw between its ends; whole numbers and names in
equal parts of the unit interval.
"""

import itertools
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import polars as pl

from experiments.design.factors import Factor, Level, Span

Unit = np.ndarray[Any, np.dtype[np.float64]]
"""Points of the unit cube: one row for each, one column for each factor."""
LOG_DIGITS = 12
"""Significant digits kept on a scale that takes logarithms, whose last bits depend on the machine's library."""


def unit_problem(factors: int) -> dict[str, Any]:
    """The unit cube of so many factors as SALib's samplers take it."""
    return {"num_vars": factors, "names": [str(place) for place in range(factors)], "bounds": [[0.0, 1.0]] * factors}


def mapped(unit: Unit, factor: Factor, *, whole: bool = False, lattice: int = 0) -> list[Level]:
    """Values of a factor at coordinates in the unit interval.

    `whole` says that the parameter takes whole numbers; `lattice` is how many places a design of Morris has.
    """
    if not isinstance(factor, Span):
        parts = (np.rint(unit * (lattice - 1)) + 0.5) / lattice if lattice else unit
        return [factor[place] for place in _part(parts, len(factor))]
    low, high = factor.low, factor.high
    if whole and factor.scale == "linear":
        return [int(low) + place for place in _part(unit, int(high) - int(low) + 1)]
    if factor.scale == "linear":
        return [float(min(max(value, low), high)) for value in low + unit * (high - low)]  # rounding passes the ends
    ends = (low, high + 1) if whole else (low, high)
    if factor.scale == "log":
        values = np.exp(np.log(ends[0]) + unit * np.log(ends[1] / ends[0]))
    else:  # quantiles of the standard exponential distribution, cut off at the ends
        values = ends[0] - np.log1p(unit * np.expm1(ends[0] - ends[1]))
    clipped = (min(max(float(f"{value:.{LOG_DIGITS}g}"), low), high) for value in values.tolist())
    return [int(value) if whole else float(value) for value in clipped]


def _part(unit: Unit, parts: int) -> list[int]:
    """In which of so many equal parts of the unit interval a coordinate lies; an ulp below a boundary is on it."""
    return [int(place) for place in np.minimum(np.floor(unit * parts + 1e-9), parts - 1)]


def product(factors: Mapping[str, Sequence[Any]]) -> dict[str, list[Any]]:
    """Every combination of levels, the last factor varying fastest, as columns."""
    return dict(zip(factors, map(list, zip(*itertools.product(*factors.values()), strict=True)), strict=True))


def frame_of(values: Mapping[str, Sequence[Level]]) -> pl.DataFrame:
    """Columns as a frame of points: `point`, then one column for each factor; numbers are whole where all are."""
    points = len(next(iter(values.values()), ()))
    frame = {"point": pl.Series(range(points), dtype=pl.Int64)}
    for path, levels in values.items():
        frame[path] = pl.Series(levels, dtype=pl.Float64 if any(type(level) is float for level in levels) else None)
    return pl.DataFrame(frame)

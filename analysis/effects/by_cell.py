"""Where a factor helps, hurts, or has an unclear effect: its effect in each cell of the other factors.

In each cell the effect is the paired difference between the factor's two ends. Over many cells some of the usual
intervals exclude zero by chance, so those of a metric hold jointly, over all its cells, and verdicts are theirs: a cell
is clear where its interval excludes zero (`analysis.statistics.simultaneous`).
"""

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
import polars as pl
from numpy.typing import NDArray

from analysis.effects.factorial import Grid, grid_factors, is_scale
from analysis.effects.levels import in_cells
from analysis.results.folder import Results
from analysis.statistics.contrasts import Contrast, contrast, contrast_table, left_out
from analysis.statistics.intervals import TOGETHER
from analysis.statistics.pairing import Left
from analysis.statistics.simultaneous import simultaneous
from model.errors import ConfigurationError
from model.metrics.catalogue import EFFECTS, ESTIMATED

HELPS, HURTS, UNTOLD, FEW = "helps", "hurts", "unclear", "too few replicates"
RISES, FALLS = "rises", "falls"
"""Verdicts on metrics of which it is not said which way is better."""


def by_cell(
    results: Results, factor: str | None = None, metrics: Sequence[str] = EFFECTS, others: Sequence[str] | None = None
) -> pl.DataFrame:
    """The effect of a factor, by default the first, in each cell of the others.

    Columns are the other factors, `step`, those of `PAIRED_SCHEMA`, `slope` with its interval, `p` and `verdict`.
    `others` are by default the rest of the first four factors of several levels; over what remains it is pooled. `low`
    and `high` hold jointly over the cells of the metric, `p` is of no difference over all of them, and `verdict` says
    whether the interval excludes zero; there is none where replicates are too few to say. `slope` is the
    least-squares slope over the factor's levels, with an interval of its own, null for factors without order. Raises
    `ConfigurationError` where the factors do not make a full grid of two at least.
    """
    found, grid = in_cells(results, _factors(results, factor, others), metrics)
    rows, frames = _rows(grid), []
    for one in found:
        slope = contrast(one, rows.slopes, rows.along) if rows.slopes.any() else None
        frames.append(rows.names.hstack(_told(one.metric, contrast(one, rows.differences, rows.along), slope)))
    return pl.concat(frames)


def _factors(results: Results, factor: str | None, others: Sequence[str] | None) -> list[str]:
    """The factors that make the cells, and after them the one whose effect is told."""
    names = grid_factors(results)
    first = grid_factors(results, [factor] if factor else names[:1])
    rest = [name for name in names if name not in first] if others is None else grid_factors(results, others)
    if not rest:
        raise ConfigurationError("has no second factor of several levels, so no cells", file=str(results.folder))
    return [*rest, *first]


def left_out_by_cell(results: Results) -> list[Left]:
    """How much of the effect of the first factor is left out in each cell for want of runs; empty where none is."""
    (found,), grid = in_cells(results, _factors(results, None, None), EFFECTS[:1])
    rows = _rows(grid)
    return left_out(found, rows.differences, rows.along)


class _Rows(NamedTuple):
    """Each step of the last factor in each cell of the others: a row of the table."""

    names: pl.DataFrame  # levels of the others, and the step
    differences: NDArray[np.float64]  # coefficients of the effect [row, cell]
    slopes: NDArray[np.float64]  # of the least-squares slope; zeros where the levels have no order
    along: list[list[str]]  # the factor along which each goes


def _rows(grid: Grid) -> _Rows:
    *rest, factor = grid.factors
    names, differences, slopes = [], [], []
    for cell in np.ndindex(grid.shape[:-1]):
        # other cells weigh nothing, so that the effect is that of this cell alone
        inside = np.equal(grid.codes[:-1].T, cell).all(axis=1)
        levels = [some[place] for some, place in zip(grid.levels, cell, strict=False)]
        for step in grid.steps(factor):
            names.append((*levels, grid.step_text(factor, step)))
            differences.append(inside * grid.step(factor, *step)[grid.codes[-1]])
            slopes.append(inside * _slopes(grid.levels[-1])[grid.codes[-1]])
    frame = pl.DataFrame(names, schema=[*rest, "step"], orient="row")
    return _Rows(frame, np.array(differences), np.array(slopes), [[factor]] * len(names))


def _slopes(levels: list[Any]) -> NDArray[np.float64]:
    """Coefficients of the least-squares slope over levels; zeros where these have no order."""
    if not is_scale(levels):
        return np.zeros(len(levels))
    away = np.array(levels, float) - np.mean(levels)
    return away / (away**2).sum()


def _told(metric: str, found: Contrast, slope: Contrast | None) -> pl.DataFrame:
    """The differences with slopes, p-values and verdicts."""
    ends = simultaneous(found)
    up, down = {1: (HELPS, HURTS), -1: (HURTS, HELPS), 0: (RISES, FALLS)}[ESTIMATED[metric].better]
    verdict = np.where(ends.known, UNTOLD, FEW).astype(object)
    verdict[np.isnan(ends.p)] = None
    verdict[ends.low > 0.0], verdict[ends.high < 0.0] = up, down
    low, high = (np.where(ends.known, end, np.nan) for end in (ends.low, ends.high))
    method = np.where(ends.known, TOGETHER, "none").astype(object)
    lines = (slope.mean, slope.low, slope.high) if slope else np.full((3, len(low)), np.nan)
    columns = zip(("slope", "slope_low", "slope_high", "p"), (*lines, ends.p), strict=True)
    frame = pl.DataFrame(dict(columns)).with_columns(pl.all().fill_nan(None))
    table = contrast_table(metric, found._replace(low=low, high=high, interval=method))
    return table.hstack(frame).with_columns(pl.Series("verdict", verdict, dtype=pl.String))

"""Where a factor helps, hurts, or cannot be told to do either: its effect in each cell of the other factors.

In each cell the effect is the paired difference between the factor's two ends. Over many cells some intervals leave
zero out by chance, so cells are classed under control of the false discovery rate at 5 % for each metric (Benjamini &
Hochberg 1995; cells share their random numbers, and under positive dependence it holds as well: Benjamini & Yekutieli
2001).
"""

from collections.abc import Sequence
from itertools import product
from typing import Any

import numpy as np
import polars as pl
from scipy.special import stdtr

from analysis.effects.factorial import Grid, grid_factors, grid_of, is_scale
from analysis.labels import level_text
from analysis.results.folder import Results
from analysis.statistics.contrasts import PAIRED_SCHEMA, Contrast, contrast, contrast_table, influences, left_out
from analysis.statistics.intervals import Matrix
from analysis.statistics.pairing import Left
from analysis.statistics.units import Vector
from model.errors import ConfigurationError
from model.metrics import EFFECTS, ESTIMATED

RATE = 0.05
"""Share of false ones among the cells said to help or to hurt, at most."""
HELPS, HURTS, UNTOLD = "helps", "hurts", "cannot be told"
RISES, FALLS = "rises", "falls"
"""Verdicts on metrics of which it is not said which way is better."""
BY_CELL_SCHEMA: dict[str, Any] = {
    "step": pl.String(),
    **PAIRED_SCHEMA,
    "slope": pl.Float64(),
    "slope_low": pl.Float64(),
    "slope_high": pl.Float64(),
    "p": pl.Float64(),
    "p_adjusted": pl.Float64(),
    "verdict": pl.String(),
}
"""Columns of effects by cell, after the other factors."""


def by_cell(
    results: Results,
    factor: str | None = None,
    metrics: Sequence[str] = EFFECTS,
    others: Sequence[str] | None = None,
) -> pl.DataFrame:
    """The effect of a factor, by default the first, in each cell of the others.

    `others` are by default the rest of the first four factors of several levels; over what remains it is pooled.
    `slope` is the least-squares slope over the factor's levels, null for factors without order; `p` is that of
    Student's test of no difference, `p_adjusted` after Benjamini & Hochberg over the cells of the metric, and `verdict`
    follows from it. Raises `ConfigurationError` where the factors do not make a full grid of two at least.
    """
    *rest, factor = _factors(results, factor, others)
    by = [*rest, factor]
    frames = []
    results.check_reached(())  # the rate of false verdicts is over all cells
    for found in influences(results.scan, results.design, by, metrics, results.manifest.pilot):
        grid = grid_of(results, found.levels, by)
        places, steps = _places(grid, rest, factor)
        differences = _differences(grid, factor, places)
        slopes = _slopes(grid, factor)
        along = [[factor]] * len(places)
        slope = contrast(found, np.array([grid.contrast({**where, factor: slopes}) for where, _ in places]), along)
        told = _told(found.metric, contrast(found, differences, along), slope, scale=bool(slopes.any()))
        frames.append(steps.hstack(told))
    return pl.concat(frames)


def _factors(results: Results, factor: str | None, others: Sequence[str] | None) -> list[str]:
    """The factors that make the cells, and after them the one whose effect is told."""
    names = grid_factors(results) if factor is None or others is None else []
    factor = grid_factors(results, [factor])[0] if factor else (names or grid_factors(results))[0]
    rest = [name for name in names if name != factor] if others is None else grid_factors(results, others)
    if not rest:
        raise ConfigurationError("has no second factor of several levels, hence no cells", file=str(results.folder))
    return [*rest, factor]


def left_out_by_cell(results: Results) -> list[Left]:
    """How much of the effect of the first factor is left out in each cell for want of runs; empty where none is."""
    by = _factors(results, None, None)
    (found,) = influences(results.scan, results.design, by, EFFECTS[:1], results.manifest.pilot)
    grid = grid_of(results, found.levels, by)
    places, _ = _places(grid, by[:-1], by[-1])
    return left_out(found, _differences(grid, by[-1], places), [by[-1:]] * len(places))


def _differences(grid: Grid, factor: str, places: list[tuple[dict[str, Vector], Any]]) -> Matrix:
    """Coefficients of the effect in each place [place, cell]."""
    return np.array([grid.contrast({**where, factor: grid.step(factor, *step)}) for where, step in places])


def _places(grid: Grid, rest: list[str], factor: str) -> tuple[list[tuple[dict[str, Vector], Any]], pl.DataFrame]:
    """Coefficients of the other factors' levels, with the step of the factor, for each row; and what names the rows."""
    levels = [grid.levels[grid.factors.index(name)] for name in rest]
    places, rows = [], []
    for cell in product(*levels):
        known = zip(rest, cell, levels, strict=True)
        where = {name: np.array([float(one == level) for one in some]) for name, level, some in known}
        for low, high in grid.steps(factor):
            places.append((where, (low, high)))
            rows.append((*cell, f"{level_text(low)} → {level_text(high)}"))
    return places, pl.DataFrame(rows, schema=[*rest, "step"], orient="row")


def _slopes(grid: Grid, factor: str) -> Vector:
    """Coefficients of the least-squares slope over a factor's levels; zeros where these have no order."""
    levels = grid.levels[grid.factors.index(factor)]
    if not is_scale(levels):
        return np.zeros(len(levels))
    away = np.array(levels, float) - np.mean(levels)
    return away / (away**2).sum()


def _told(metric: str, found: Contrast, slope: Contrast, *, scale: bool) -> pl.DataFrame:
    """The differences with slopes, p-values and verdicts."""
    from scipy.stats import false_discovery_control  # which takes long to import

    p = p_values(found)
    adjusted = np.full(len(p), np.nan)
    known = ~np.isnan(p)
    if known.any():
        adjusted[known] = false_discovery_control(p[known])
    words = np.array([None if nan else UNTOLD for nan in np.isnan(adjusted)], object)
    sure = np.nan_to_num(adjusted, nan=1.0) <= RATE
    better = ESTIMATED[metric].better
    up, down = (HELPS, HURTS) if better > 0 else (HURTS, HELPS) if better < 0 else (RISES, FALLS)
    words[sure & (found.mean > 0.0)], words[sure & (found.mean < 0.0)] = up, down
    nothing = np.full(len(p), np.nan)
    columns = {
        "slope": slope.mean if scale else nothing,
        "slope_low": slope.low if scale else nothing,
        "slope_high": slope.high if scale else nothing,
        "p": p,
        "p_adjusted": adjusted,
    }
    frame = pl.DataFrame(columns).with_columns(pl.all().fill_nan(None))
    return (
        contrast_table(metric, found).hstack(frame).with_columns(pl.Series("verdict", words.tolist(), dtype=pl.String))
    )


def p_values(found: Contrast) -> Vector:
    """Two-sided p-values of Student's test that contrasts are zero; NaN without a standard error."""
    with np.errstate(divide="ignore", invalid="ignore"):
        t = np.abs(np.where(found.mean == 0.0, 0.0, found.mean / found.standard_error))
        return np.where(np.isnan(found.standard_error), np.nan, 2.0 * stdtr(np.maximum(found.freedom, 1), -t))

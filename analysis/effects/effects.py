"""Effects of the factors of a full factorial grid: main effects, interactions, and the share of variance of each.

Effects are contrasts between the estimates of cells, on common random numbers (`analysis.effects.factorial`).
Shares are those of the analysis of variance of the cells' estimates, over all levels (Montgomery 2017, chapter 5): η²,
less what the noise of finitely many replicates adds to each sum of squares, which the spread of replicates tells.
"""

from collections.abc import Mapping, Sequence
from itertools import combinations
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from analysis.effects.factorial import MOST_IN_TERM, TIMES, Grid, grid_factors
from analysis.effects.levels import IN_BOTH, in_cells
from analysis.labels import factor_title
from analysis.results.folder import Results
from analysis.statistics.contrasts import Influence, contrast, contrast_table, left_out
from analysis.statistics.estimates import ESTIMATE_SCHEMA, estimate_frame
from analysis.statistics.intervals import LEAST, resampled
from analysis.statistics.pairing import Left
from model.metrics.catalogue import EFFECTS

EFFECT_SCHEMA: dict[str, Any] = {"effect": pl.String(), "factors": pl.Int64(), "step": pl.String(), **ESTIMATE_SCHEMA}
"""Columns of effects: the factors' names, how many they are, and from which levels to which it goes."""
BOTH_SCHEMA: dict[str, Any] = {
    f"{world}{end}": pl.Float64() for world in ("world", "twin") for end in ("", "_low", "_high")
}
"""Columns that follow: by how much what a metric is averted of changes a year in each of the two worlds; else null."""
VARIANCE_SCHEMA: dict[str, Any] = {"effect": pl.String(), "factors": pl.Int64(), **ESTIMATE_SCHEMA}
"""Columns of shares of variance."""
HIGHER = "Higher interactions"
ROUNDING = 1e-12
"""Differences between cells, relative to their estimates, that are no more than rounding."""


def effects(results: Results, factors: Sequence[str] | None = None, metrics: Sequence[str] = EFFECTS) -> pl.DataFrame:
    """Main effects, and interactions of two and three factors, of each metric, with 95 % intervals.

    `factors` are by default the first four of several levels; over others it is pooled. Columns are `EFFECT_SCHEMA`
    and `BOTH_SCHEMA`: a factor may move both worlds, of which a contrast between them shows nothing. Raises
    `ConfigurationError` where the factors do not make a full grid.
    """
    found, grid = in_cells(results, grid_factors(results, factors), metrics)
    rows = [(term.name, len(term.factors), term.step) for term in grid.terms()]
    names = pl.DataFrame(rows, schema=["effect", "factors", "step"], orient="row")
    contrasts = _contrasts(grid)
    tables = [contrast_table(one.metric, contrast(one, *contrasts)) for one in found]
    pairs = [name for one in found for name in IN_BOTH.get(one.metric, ()) if name not in results.missing]
    levels = {one.metric: one for one in in_cells(results, grid.factors, pairs)[0]} if pairs else {}
    frames = [
        names.hstack(table).select(*EFFECT_SCHEMA).hstack(_in_both(one.metric, levels, contrasts))
        for one, table in zip(found, tables, strict=True)
    ]
    return pl.concat([pl.DataFrame(schema=EFFECT_SCHEMA | BOTH_SCHEMA), *frames])


def _in_both(metric: str, levels: Mapping[str, Influence], contrasts: tuple[Any, Any]) -> pl.DataFrame:
    """The same effects on what a metric is averted of, in the world and in its twin; null where it is of nothing."""
    columns: list[NDArray[np.float64]] = []
    for name in IN_BOTH.get(metric, ()) if levels.keys() >= {*IN_BOTH.get(metric, ())} else ():
        found = contrast(levels[name], *contrasts)
        columns += [found.mean, found.low, found.high]
    if not columns:
        columns = [np.full(len(contrasts[0]), np.nan)] * len(BOTH_SCHEMA)
    return pl.DataFrame(dict(zip(BOTH_SCHEMA, columns, strict=True)), schema=BOTH_SCHEMA).fill_nan(None)


def left_out_of_effects(results: Results) -> list[Left]:
    """How much each effect leaves out for want of runs; empty where none is missing."""
    (found,), grid = in_cells(results, grid_factors(results), EFFECTS[:1])
    return left_out(found, *_contrasts(grid))


def _contrasts(grid: Grid) -> tuple[NDArray[np.float64], list[tuple[str, ...]]]:
    """Coefficients of each effect between the cells [effect, cell], and the factors along which it goes."""
    terms = list(grid.terms())
    return np.array([grid.coefficients(term) for term in terms]), [term.factors for term in terms]


def shares(results: Results, factors: Sequence[str] | None = None, metrics: Sequence[str] = EFFECTS) -> pl.DataFrame:
    """The share of each main effect and interaction in the variance of a metric over the cells of the grid.

    `mean` is corrected for noise and not below zero; null where nothing varies beyond noise. Intervals come from
    resampling replicates, with ten or more. Columns are `VARIANCE_SCHEMA`. Shares hold for the levels of the
    experiment. Where runs are missing each cell rests on those that it has, for here all are compared with all; there
    must be some.
    """
    found, grid = in_cells(results, grid_factors(results, factors), metrics)
    return pl.concat([pl.DataFrame(schema=VARIANCE_SCHEMA), *(_shares(one, grid) for one in found)])


def _shares(found: Influence, grid: Grid) -> pl.DataFrame:
    terms, found = _terms(grid.shape), found.filled()
    rows = ~np.isnan(found.denominator).any(1)
    n = int(rows.sum())
    x, y = (sums[rows][:, grid.order()] for sums in (found.numerator, found.denominator))
    mean, error, low, high = np.full((4, len(terms)), np.nan)
    how = "none"
    if n > 1:
        values = found._replace(numerator=x, denominator=y).values
        noise = _squares(values.T, grid.shape).sum(1) / (n * (n - 1.0))
        cells = (x.sum(0) / y.sum(0))[:, None]
        least = (ROUNDING * np.abs(cells).max()) ** 2
        mean = _corrected(_squares(cells, grid.shape)[:, 0], noise, least)
        if n >= LEAST and not np.isnan(mean).any():
            # a resample has the noise of the sample and its own
            ends, error = resampled(x, y, lambda ratios: _corrected(_squares(ratios, grid.shape), 2.0 * noise, least))
            (low, high), how = ends, "bootstrap"
    names = {
        "effect": [TIMES.join(factor_title(grid.factors[place]) for place in term) or HIGHER for term in terms],
        "factors": [len(term) or len(grid.factors) for term in terms],
    }
    return pl.DataFrame(names).hstack(estimate_frame(found.metric, mean, error, low, high, n, how))


def _terms(shape: tuple[int, ...]) -> list[tuple[int, ...]]:
    """Places of the factors of each term; an empty one, last, stands for all interactions of more than three."""
    sizes = range(1, MOST_IN_TERM + 1)
    terms = [term for size in sizes for term in combinations(range(len(shape)), size)]
    return [*terms, ()] if len(shape) > MOST_IN_TERM else terms


def _squares(cells: NDArray[np.float64], shape: tuple[int, ...]) -> NDArray[np.float64]:
    """Mean squares over the cells of each term's part [term, …] of cells [cell, …] in the grid's order."""
    table = cells.reshape(*shape, -1)
    axes = tuple(range(len(shape)))
    parts: dict[tuple[int, ...], NDArray[np.float64]] = {(): table.mean(axes, keepdims=True)}
    for term in filter(None, _terms(shape)):  # smaller terms first: a part is what they leave of its means
        rest = tuple(axis for axis in axes if axis not in term)
        below = (part for place, part in parts.items() if set(place) < set(term))
        parts[term] = table.mean(rest, keepdims=True) - sum(below)
    found = [(part**2).mean(axes) for term, part in parts.items() if term]
    if len(shape) > MOST_IN_TERM:
        found.append(((table - parts[()]) ** 2).mean(axes) - sum(found))
    return np.stack(found)


def _corrected(squares: NDArray[np.float64], noise: NDArray[np.float64], least: float) -> NDArray[np.float64]:
    """Shares [term, …] of mean squares less their noise; NaN where no more than rounding is left."""
    left = np.maximum(squares - noise.reshape(-1, *[1] * (squares.ndim - 1)), 0.0)
    total = left.sum(0)
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(total > least, left / total, np.nan)

"""Effects at matched delivered bite: what a dial of the doctrine changes beyond how much is delivered in all.

A dial such as proportionality may change how much bite reaches perpetrators, not only where. Its effect at matched bite
compares its two ends where both deliver the same: in each cell of the other factors, metric and bite are read along a
*carrier*, the factor by which bite is moved, and the metric is interpolated to equal bite over the range that both ends
reach, each bite of it weighing the same. The carrier is firmness where it is a factor, else the factor that moves bite
most; then it is an assumption that bite does the same however the carrier moved it. Standard errors are the jackknife's
over replicates (Efron & Tibshirani 1993, chapter 11), for the bites at which the ends are compared in the data.
"""

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
import polars as pl

from analysis.effects.factorial import Grid, Term, grid_factors, grid_of, is_scale
from analysis.labels import factor_title
from analysis.results.folder import Results
from analysis.statistics.contrasts import Influence, influences
from analysis.statistics.estimates import ESTIMATE_SCHEMA
from analysis.statistics.intervals import Matrix, quantile
from analysis.statistics.pairing import Left
from analysis.statistics.ratio import Ratio
from analysis.statistics.units import Codes, Flags, Vector
from model.errors import ConfigurationError
from model.metrics import EFFECTS

FIRMNESS, BITE = "doctrine.firmness", "bite_a_year"
PLACES = 21
"""Bites, evenly spread over the range that both ends reach, at which they are compared."""
MATCHED_SCHEMA: dict[str, Any] = {
    "effect": pl.String(),
    "step": pl.String(),
    **ESTIMATE_SCHEMA,
    "unmatched": pl.Float64(),
    "carrier": pl.String(),
    "bite_low": pl.Float64(),
    "bite_high": pl.Float64(),
    "overlap": pl.Float64(),
}
"""Columns of effects at matched bite.

`unmatched` is the effect in the same cells as it is, `bite_low` and `bite_high` the least and the greatest bite at
which the ends are compared, `overlap` the share of the cells of the other factors in which their ranges meet.
"""


class _Curves(NamedTuple):
    """A metric and the bite at both ends of a step, along the carrier [end, cell of the others, carrier, left out]."""

    metric: Matrix
    bite: Matrix


def matched(
    results: Results,
    factors: Sequence[str] | None = None,
    metrics: Sequence[str] = EFFECTS,
    carrier: str | None = None,
    bite: str = BITE,
) -> pl.DataFrame:
    """Effects of each factor but the carrier at matched bite, with 95 % intervals; columns are `MATCHED_SCHEMA`.

    Null where the ends of a factor never deliver the same. Raises `ConfigurationError` where the factors do not make a
    full grid, or none of them can carry.
    """
    names = grid_factors(results, factors)
    if carrier is not None:
        (carrier,) = grid_factors(results, [carrier])
    results.check_reached(())
    found = influences(results.scan, results.design, names, [bite, *metrics], results.manifest.pilot)
    grid = grid_of(results, found[0].levels, names)
    along = carrier or _carrier(results, grid, found[0].filled())
    rows = [
        _row(grid, term, along, one, found[0])
        for one in found[1:]
        for term in grid.terms()
        if len(term.factors) == 1 and term.factors[0] != along
    ]
    frame = pl.DataFrame(rows, schema=MATCHED_SCHEMA, orient="row")
    return frame.with_columns(pl.col(pl.Float64).fill_nan(None))


def _carrier(results: Results, grid: Grid, bite: Influence) -> str:
    """Firmness, or else the factor with order that moves bite most."""
    scales = [name for name, levels in zip(grid.factors, grid.levels, strict=True) if is_scale(levels)]
    if len(grid.factors) < 2 or not scales:
        problem = "has no second factor along which bite could be matched"
        raise ConfigurationError(problem, file=str(results.folder))
    if FIRMNESS in scales:
        return FIRMNESS
    mean = np.nan_to_num(bite.mean)
    moved = {name: abs(grid.coefficients(Term((name,), tuple(grid.steps(name)))) @ mean) for name in scales}
    return max(moved, key=lambda name: moved[name])


def _row(grid: Grid, term: Term, carrier: str, metric: Influence, bite: Influence) -> tuple[Any, ...]:
    metric, bite, rows = _compared(grid, term, carrier, metric, bite)
    n = int(rows.sum())
    mean = error = unmatched = low = high = np.nan
    overlap = 0.0
    if n > 0:
        curves = _Curves(*(_along(grid, term, carrier, _left_out(one, rows)) for one in (metric, bite)))
        low_end, high_end = _shared_range(curves.bite[..., 0])
        meet = low_end < high_end
        overlap = float(meet[np.isfinite(low_end)].mean())  # cells of which nothing is left are NaN
        if meet.any():
            curves = _Curves(*(one[:, meet] for one in curves))
            low, high = float(low_end[meet].min()), float(high_end[meet].max())
            estimates = _at_equal_bite(curves, low_end[meet], high_end[meet])
            mean, unmatched = estimates[0], float((curves.metric[1] - curves.metric[0]).mean((0, 1))[0])
            if n > 1:
                left = estimates[1:]
                error = np.sqrt((n - 1.0) / n * ((left - left.mean()) ** 2).sum())
    half = quantile(n) * error
    how = "none" if np.isnan(half) else "student"
    estimate = (metric.metric, mean, error, mean - half, mean + half, n, how)
    return (term.name, term.step, *estimate, unmatched, factor_title(carrier), low, high, overlap)


def _compared(
    grid: Grid, term: Term, carrier: str, metric: Influence, bite: Influence
) -> tuple[Influence, Influence, Flags]:
    """Metric and bite in the cells, and the replicates that count: of runs that are missing, what matches is left out.

    Sides are both ends of the step at every level of the carrier.
    """
    rows: Flags = np.asarray(np.isfinite(metric.denominator + bite.denominator).all(axis=1))
    if metric.matching is None or metric.parts is None or bite.parts is None:
        return metric, bite, rows
    groups, along = _sides(grid, term, carrier)
    sides = metric.matching.sides_lacking(groups, along)
    if sides is None:
        return metric, bite, rows
    filled = sides.filled([metric.parts(), bite.parts()])
    return (
        _placed(metric, groups, filled.numerators[0], filled.denominators[0]),
        _placed(bite, groups, filled.numerators[1], filled.denominators[1]),
        np.ones(filled.numerators.shape[1], bool),
    )


def _sides(grid: Grid, term: Term, carrier: str) -> tuple[Codes, list[str]]:
    """The cells at both ends of a step, and the columns along which they are compared."""
    (factor,), (step,) = term.factors, term.steps
    place = grid.factors.index(factor)
    ends = [grid.levels[place].index(level) for level in step]
    return np.flatnonzero(np.isin(grid.codes[place], ends)), [factor, carrier]


def left_out_of_matched(results: Results) -> list[Left]:
    """How much of each effect at matched bite is left out for want of runs; empty where none is."""
    names = grid_factors(results)
    (found,) = influences(results.scan, results.design, names, [BITE], results.manifest.pilot)
    if found.matching is None:
        return []
    grid = grid_of(results, found.levels, names)
    along = _carrier(results, grid, found.filled())
    terms = [term for term in grid.terms() if len(term.factors) == 1 and term.factors[0] != along]
    return [found.matching.left(*_sides(grid, term, along)) for term in terms]


def _placed(found: Influence, groups: Codes, x: Matrix, y: Matrix) -> Influence:
    """The same figures among all groups, NaN in the others."""
    numerator, denominator = np.full((2, len(x), found.levels.height), np.nan)
    numerator[:, groups], denominator[:, groups] = x, y
    return found._replace(numerator=numerator, denominator=denominator)


def _left_out(found: Influence, rows: Any) -> Matrix:
    """The estimates of cells [cell, 1 + n] from all replicates, and then with each left out."""
    x, y = found.numerator[rows], found.denominator[rows]
    above, below = np.vstack([x.sum(0), x.sum(0) - x]), np.vstack([y.sum(0), y.sum(0) - y])
    return Ratio(above, below, found.complement).over(()).T


def _along(grid: Grid, term: Term, carrier: str, cells: Matrix) -> Matrix:
    """Estimates of cells as [end of the step, cell of the others, level of the carrier, left out]."""
    factor = term.factors[0]
    table = cells[grid.order()].reshape(*grid.shape, -1)
    table = np.moveaxis(table, [grid.factors.index(factor), grid.factors.index(carrier)], [0, -2])
    levels = grid.levels[grid.factors.index(factor)]
    ends = table[[levels.index(level) for level in term.steps[0]]]
    return ends.reshape(2, -1, *ends.shape[-2:])


def _shared_range(bite: Matrix) -> tuple[Vector, Vector]:
    """The range of bite that both ends reach, in each cell of the others; `bite` is [end, cell, carrier]."""
    return bite.min(2).max(0), bite.max(2).min(0)


def _at_equal_bite(curves: _Curves, low: Vector, high: Vector) -> Vector:
    """Mean difference between the ends at equal bites, over bites and cells [left out]."""
    _, cells, _, repeats = curves.bite.shape
    found = np.zeros((cells, repeats))
    for cell in range(cells):
        places = np.linspace(low[cell], high[cell], PLACES)
        for repeat in range(repeats):
            curve = curves.metric[:, cell, :, repeat], curves.bite[:, cell, :, repeat]
            ends = [_read(curve[0][end], curve[1][end], places) for end in (0, 1)]
            found[cell, repeat] = (ends[1] - ends[0]).mean()
    return found.mean(0)


def _read(metric: Vector, bite: Vector, places: Vector) -> Vector:
    """A metric at these bites, by straight lines between the levels of the carrier in order of bite."""
    order = np.argsort(bite, kind="stable")
    return np.interp(places, bite[order], metric[order])

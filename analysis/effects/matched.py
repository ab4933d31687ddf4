"""Effects at matched delivered bite: what a dial of the doctrine changes beyond how much is delivered in all.

A dial such as proportionality may change how much bite reaches perpetrators, not only where. Its effect at matched bite
compares its two ends where both deliver the same: in each cell of the other factors, metric and bite are read along a
*carrier*, the factor by which bite is moved, and the metric is interpolated to equal bite over the range that both ends
reach, each bite of it weighing the same. The carrier is firmness where it is a factor, else the factor that moves bite
most; then it is an assumption that bite does the same however the carrier moved it. Standard errors are the jackknife's
over replicates (Efron & Tibshirani 1993, chapter 11), for the bites at which the ends are compared in the data.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from analysis.effects.factorial import Grid, Term, grid_factors, is_scale
from analysis.effects.levels import in_cells
from analysis.labels import factor_title
from analysis.results.folder import Results
from analysis.statistics.contrasts import Influence, left_out
from analysis.statistics.estimates import ESTIMATE_SCHEMA
from analysis.statistics.intervals import quantile
from analysis.statistics.pairing import Left
from analysis.statistics.ratio import Ratio
from model.errors import ConfigurationError
from model.metrics.catalogue import EFFECTS

FIRMNESS, BITE = "doctrine.firmness", "bite_a_year"
PLACES = 21
"""Bites, evenly spread over the range that both ends reach, at which they are compared."""
MATCHED_SCHEMA: dict[str, Any] = {
    "effect": pl.String(),
    "step": pl.String(),
    **ESTIMATE_SCHEMA,
    "unmatched": pl.Float64(),
    "carrier": pl.String(),
    **dict.fromkeys(("bite_low", "bite_high", "overlap"), pl.Float64()),
}
"""Columns of effects at matched bite.

`unmatched` is the effect in the same cells as it is, `bite_low` and `bite_high` the least and the greatest bite at
which the ends are compared, `overlap` the share of the cells of the other factors in which their ranges meet.
"""


def matched(
    results: Results,
    factors: Sequence[str] | None = None,
    metrics: Sequence[str] = EFFECTS,
    carrier: str | None = None,
    bite: str = BITE,
) -> pl.DataFrame:
    """Effects of each factor but the carrier at matched bite, with 95 % intervals; columns are `MATCHED_SCHEMA`.

    `carrier` is the factor along which bite is read, `bite` the metric that measures it. Null where the ends of a
    factor never deliver the same. Raises `ConfigurationError` where the factors do not make a full grid, or none of
    them can carry.
    """
    names = grid_factors(results, factors)
    along = grid_factors(results, [carrier])[0] if carrier else None
    (delivered, *found), grid = in_cells(results, names, [bite, *metrics])
    along = along or _carrier(results, grid, delivered)
    rows = [_row(grid, term, along, one, delivered) for one in found for term in _terms(grid, along)]
    frame = pl.DataFrame(rows, schema=MATCHED_SCHEMA, orient="row")
    return frame.with_columns(pl.col(pl.Float64).fill_nan(None))


def _terms(grid: Grid, carrier: str) -> list[Term]:
    """Main effects of all factors but the carrier."""
    return [term for term in grid.terms() if len(term.factors) == 1 and term.factors[0] != carrier]


def _carrier(results: Results, grid: Grid, bite: Influence) -> str:
    """Firmness, or else the factor with order that moves bite most."""
    scales = [name for name, levels in zip(grid.factors, grid.levels, strict=True) if is_scale(levels)]
    if len(grid.factors) < 2 or not scales:
        problem = "has no second factor along which bite could be matched"
        raise ConfigurationError(problem, file=str(results.folder))
    if FIRMNESS in scales:
        return FIRMNESS
    mean = np.nan_to_num(bite.filled().mean)
    return max(scales, key=lambda name: abs(grid.coefficients(Term((name,), tuple(grid.steps(name)))) @ mean))


def _row(grid: Grid, term: Term, carrier: str, metric: Influence, bite: Influence) -> tuple[Any, ...]:
    sums = _sums(grid, term, carrier, (metric, bite))
    n = len(sums[0][0])
    mean = error = unmatched = low = high = np.nan
    overlap = 0.0
    if n > 0:
        estimates = (_left_out(*both, one.complement) for one, both in zip((metric, bite), sums, strict=True))
        curves = [_along(grid, term, carrier, cells) for cells in estimates]
        bites = curves[1][..., 0]
        low_end, high_end = bites.min(2).max(0), bites.max(2).min(0)  # the range that both ends reach, in each cell
        meet = low_end < high_end
        overlap = float(meet[np.isfinite(low_end)].mean())  # cells of which nothing is left are NaN
        if meet.any():
            curves = [one[:, meet] for one in curves]
            low, high = float(low_end[meet].min()), float(high_end[meet].max())
            found = _at_equal_bite(curves[0], curves[1], low_end[meet], high_end[meet])
            mean, unmatched = found[0], float((curves[0][1] - curves[0][0]).mean((0, 1))[0])
            if n > 1:
                error = np.sqrt((n - 1.0) / n * ((found[1:] - found[1:].mean()) ** 2).sum())
    half = quantile(n) * error
    how = "none" if np.isnan(half) else "student"
    estimate = (metric.metric, mean, error, mean - half, mean + half, n, how)
    return (term.name, term.step, *estimate, unmatched, factor_title(carrier), low, high, overlap)


def _sums(
    grid: Grid, term: Term, carrier: str, found: tuple[Influence, Influence]
) -> list[tuple[NDArray[np.float64], NDArray[np.float64]]]:
    """Numerators and denominators of metric and bite [replicate, cell] in the replicates that count.

    Of runs that are missing, what matches is left out: sides are both ends of the step at every level of the carrier.
    """
    groups, matching = np.flatnonzero(grid.coefficients(term)), found[0].matching
    sides = matching.sides_lacking(groups, [*term.factors, carrier]) if matching else None
    if sides is None:
        rows = np.isfinite(found[0].denominator + found[1].denominator).all(axis=1)
        return [(one.numerator[rows], one.denominator[rows]) for one in found]
    filled = sides.filled([one.parts() for one in found if one.parts])
    whole = np.full((2, 2, filled.numerators.shape[1], len(grid.codes[0])), np.nan)
    whole[..., groups] = filled[:2]
    return list(zip(*whole, strict=True))


def left_out_of_matched(results: Results) -> list[Left]:
    """How much of each effect at matched bite is left out for want of runs; empty where none is."""
    (bite,), grid = in_cells(results, grid_factors(results), [BITE])
    carrier = _carrier(results, grid, bite)
    terms = _terms(grid, carrier)
    return left_out(bite, [grid.coefficients(term) for term in terms], [[*term.factors, carrier] for term in terms])


def _left_out(x: NDArray[np.float64], y: NDArray[np.float64], complement: bool) -> NDArray[np.float64]:
    """The estimates of cells [cell, 1 + n] from all replicates, and then with each left out."""
    above, below = (np.vstack([sums.sum(0), sums.sum(0) - sums]) for sums in (x, y))
    return Ratio(above, below, complement).over(()).T


def _along(grid: Grid, term: Term, carrier: str, cells: NDArray[np.float64]) -> NDArray[np.float64]:
    """Estimates of cells as [end of the step, cell of the others, level of the carrier, left out]."""
    factor = term.factors[0]
    table = cells[grid.order()].reshape(*grid.shape, -1)
    table = np.moveaxis(table, [grid.factors.index(factor), grid.factors.index(carrier)], [0, -2])
    ends = table[[grid.levels_of(factor).index(level) for level in term.steps[0]]]
    return ends.reshape(2, -1, *ends.shape[-2:])


def _at_equal_bite(
    metric: NDArray[np.float64], bite: NDArray[np.float64], low: NDArray[np.float64], high: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Mean difference of a metric between the ends at equal bites, over bites and cells [left out].

    Both are [end, cell, carrier, left out]; bites are evenly spread from `low` to `high` of each cell.
    """
    _, cells, _, repeats = bite.shape
    found = np.zeros((cells, repeats))
    for cell, repeat in np.ndindex(cells, repeats):
        places = np.linspace(low[cell], high[cell], PLACES)
        ends = [_read(metric[end, cell, :, repeat], bite[end, cell, :, repeat], places) for end in (0, 1)]
        found[cell, repeat] = (ends[1] - ends[0]).mean()
    return found.mean(0)


def _read(metric: NDArray[np.float64], bite: NDArray[np.float64], places: NDArray[np.float64]) -> NDArray[np.float64]:
    """A metric at these bites, by straight lines between the levels of the carrier in order of bite."""
    order = np.argsort(bite, kind="stable")
    return np.interp(places, bite[order], metric[order])

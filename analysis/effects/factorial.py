"""Full factorial grids: their cells, and the contrasts that are effects of their factors.

A cell is a combination of levels. The main effect of a factor is the difference between its two ends, the mean over
the levels of all other factors taken at each. A two-way interaction is a difference of differences: the effect of one
factor at the upper end of the other, less that at the lower; a three-way interaction is a difference of those. Nothing
is halved, so that each can be read in the metric's unit (Montgomery 2017, chapters 5 and 6, halves them; Cox & Reid
2000, chapter 5). Factors without order have an effect for each level, against the first.
"""

from collections.abc import Iterator, Sequence
from itertools import combinations, product
from math import prod
from typing import Any, NamedTuple

import numpy as np
import polars as pl
from numpy.typing import NDArray

from analysis.labels import factor_title, level_text
from analysis.results.folder import Results
from model.errors import ConfigurationError, nearest_name

MOST_TOLD = 4
"""Factors whose effects are told, unless others are asked for: the first of the experiment with several levels."""
MOST_IN_GRID = 1000
"""Cells that they make at most, lest the analysis take longer than anyone waits; over further factors it is pooled."""
MOST_IN_TERM = 3
"""Factors of an interaction at most."""
TIMES = " × "


def ends(results: Results, factor: str) -> list[Any]:
    """Levels of a factor from one end to the other: numbers from the least to the greatest, others as they come."""
    levels = results.design[factor].unique(maintain_order=True).to_list()
    return sorted(levels) if is_scale(levels) else levels


def is_scale(levels: Sequence[Any]) -> bool:
    """Whether levels are numbers, with a lower and an upper end."""
    return all(type(level) in (int, float) for level in levels)


class Term(NamedTuple):
    """An effect: of one factor, or the interaction of several, each from one level to another."""

    factors: tuple[str, ...]
    steps: tuple[tuple[Any, Any], ...]  # from, to
    step: str = ""  # the same in words: 0 → 1

    @property
    def name(self) -> str:
        """The factors' titles: Clarity × Proportionality."""
        return TIMES.join(factor_title(factor) for factor in self.factors)


class Grid(NamedTuple):
    """Factors with their levels, and the code of each cell's level of each factor [factor, cell]."""

    factors: tuple[str, ...]
    levels: tuple[list[Any], ...]
    codes: NDArray[np.int64]

    @property
    def shape(self) -> tuple[int, ...]:
        """Number of levels of each factor."""
        return tuple(map(len, self.levels))

    def levels_of(self, factor: str) -> list[Any]:
        """Levels of one of the factors, from one end to the other."""
        return self.levels[self.factors.index(factor)]

    def steps(self, factor: str) -> list[tuple[Any, Any]]:
        """Between which levels effects are told: from the lower end to the upper; without order, from the first on."""
        levels = self.levels_of(factor)
        return [(levels[0], levels[-1])] if is_scale(levels) else [(levels[0], level) for level in levels[1:]]

    def terms(self) -> Iterator[Term]:
        """The effects that are told: main effects, then interactions of two factors, then of three."""
        for size in range(1, min(MOST_IN_TERM, len(self.factors)) + 1):
            for factors in combinations(self.factors, size):
                for steps in product(*(self.steps(factor) for factor in factors)):
                    words = TIMES.join(self.step_text(*one) for one in zip(factors, steps, strict=True))
                    yield Term(factors, steps, words)

    def step_text(self, factor: str, step: tuple[Any, Any]) -> str:
        """From which level to which: 0 → 1."""
        return " → ".join(level_text(level, self.levels_of(factor)) for level in step)

    def coefficients(self, term: Term) -> NDArray[np.float64]:
        """The contrast of a term between cells [cell]; what is not of the term is averaged over its levels."""
        parts = {factor: self.step(factor, *step) for factor, step in zip(term.factors, term.steps, strict=True)}
        each = zip(self.factors, self.levels, self.codes, strict=True)
        columns = [parts.get(factor, np.full(len(levels), 1.0 / len(levels)))[codes] for factor, levels, codes in each]
        return np.prod(columns, axis=0)

    def step(self, factor: str, low: Any, high: Any) -> NDArray[np.float64]:
        """Coefficients of the levels of a factor: one level less another."""
        return np.array([float(level == high) - float(level == low) for level in self.levels_of(factor)])

    def order(self) -> NDArray[np.int64]:
        """The cells in the order of an array of the grid's `shape`."""
        return np.argsort(np.ravel_multi_index(tuple(self.codes), self.shape))


def grid_factors(results: Results, factors: Sequence[str] | None = None) -> list[str]:
    """The factors whose effects are told: those named, or the first of several levels, two at least if there are.

    Raises `ConfigurationError`.
    """
    levels = results.manifest.factors
    usable = [name for name in results.levelled if len(levels[name]) > 1]
    if factors is None:
        cells = np.cumprod([len(levels[name]) for name in usable[:MOST_TOLD]])
        return usable[: max(2, int((cells <= MOST_IN_GRID).sum()))] if len(usable) > 1 else usable
    for name in factors:
        if name not in usable:
            problem = "is no factor with several levels" if name in levels else "is no factor of the experiment"
            nearest = nearest_name(name, usable)
            raise ConfigurationError(problem, file=str(results.folder), value=name, nearest=nearest)
    return list(factors)


def grid_of(results: Results, factors: Sequence[str]) -> Grid:
    """The grid of a folder's cells, in the order of its design; raises `ConfigurationError` where it is not full."""
    if not factors:
        raise ConfigurationError("has no factor of several levels, so no effects", file=str(results.folder))
    levels, cells = tuple(ends(results, factor) for factor in factors), _cells(results, factors)
    codes = [[some.index(level) for level in cells[factor]] for factor, some in zip(factors, levels, strict=True)]
    whole = prod(map(len, levels))
    if cells.height != whole:
        problem = f"is no full grid: {cells.height:,} of {whole:,} combinations of levels are in it, so effects mix"
        raise ConfigurationError(problem, file=str(results.folder))
    return Grid(tuple(factors), levels, np.array(codes, np.int64))


def _cells(results: Results, factors: Sequence[str]) -> pl.DataFrame:
    return results.design.select(factors).unique(maintain_order=True)


def is_grid(results: Results) -> bool:
    """Whether its factors of several levels make a full grid, of which effects can be told."""
    factors = grid_factors(results) if results.manifest.kind == "sweep" else []
    return bool(factors) and _cells(results, factors).height == prod(len(ends(results, name)) for name in factors)

"""The structure of Saltelli's and Morris's designs: which point is which base point with which factor exchanged.

It is what the manifest recorded when the design was made. Every index rests on the order of the rows: they stand as
they were made, for `Results.design` refuses a file of other bytes than those that the manifest names.
"""

from collections.abc import Iterator, Mapping
from itertools import combinations
from typing import Any, NamedTuple

import numpy as np
import polars as pl
from numpy.typing import NDArray

from analysis.results.folder import Results
from analysis.results.manifest import STRUCTURED
from model.errors import ConfigurationError

MEASURES = {"saltelli": ("first", "total"), "morris": ("mu", "mu_star", "sigma")}
"""Measures of a factor, by kind of design."""
LevelCodes = NDArray[np.int64]
"""Levels of factors as numbers in their order: a row for each point, a column for each factor."""


class Block(NamedTuple):
    """The design within one combination of crossed levels."""

    where: Mapping[str, Any]
    """Crossed factors with their levels here."""
    rows: slice
    codes: LevelCodes


class Structure(NamedTuple):
    """A Saltelli or Morris design as the analysis needs it."""

    kind: str
    factors: list[str]
    """Those that the design varies, in its order."""
    crossed: list[str]
    """Those whose combinations of levels each meet the whole design."""
    named: list[bool]
    """For each factor whether its levels are names or the like, without distances."""
    size: int
    """Base points, or trajectories."""
    second_order: bool
    levels: int
    """Places of Morris's lattice; 0 otherwise."""
    blocks: list[Block]

    @property
    def is_morris(self) -> bool:
        """Whether it has trajectories of elementary effects, rather than base points of Sobol' indices."""
        return self.kind == "morris"

    @property
    def step(self) -> int:
        """Points that belong to a base point, or to a trajectory."""
        return len(self.factors) + 1 if self.is_morris else (1 + self.second_order) * len(self.factors) + 2

    @property
    def delta(self) -> float:
        """Morris's step, as a share of the range."""
        return self.levels / (2.0 * (self.levels - 1.0))

    @property
    def index_names(self) -> list[tuple[str, str, str | None]]:
        """Measure, factor and, of the second order, other factor of each index, in the order of all vectors of them."""
        single = [(measure, factor, None) for measure in MEASURES[self.kind] for factor in self.factors]
        pairs = combinations(self.factors, 2) if self.second_order else ()
        return [*single, *(("second", *pair) for pair in pairs)]

    def split(self, table: pl.DataFrame) -> Iterator[tuple[dict[str, Any], pl.DataFrame]]:
        """The rows of a table for each metric and combination of crossed levels, with these by name."""
        keys = ["metric", *self.crossed]
        for found, rows in table.group_by(keys, maintain_order=True):
            yield dict(zip(keys, found, strict=True)), rows


def structure_of(results: Results) -> Structure:
    """The design of a folder; raises `ConfigurationError` where it is of another kind."""
    plan, levels = results.manifest.design, results.manifest.factors
    kind = plan.get("kind")
    if kind not in STRUCTURED:
        problem, where = "is no design from which indices follow", str(results.folder)
        raise ConfigurationError(problem, file=where, key="design.kind", value=kind, allowed=" or ".join(STRUCTURED))
    frame, crossed = results.design, list(plan.get("cross", ()))
    factors = [name for name in levels if name not in crossed]
    found = Structure(
        kind=kind,
        factors=factors,
        crossed=crossed,
        named=[not frame[name].dtype.is_numeric() for name in factors],
        size=int(plan["trajectories" if kind == "morris" else "size"]),
        second_order=bool(plan.get("second_order", False)),
        levels=int(plan.get("levels", 0)),
        blocks=[],
    )
    codes = np.column_stack([_codes(frame[name], levels[name]) for name in factors])
    points = found.size * found.step
    if frame.height != points * (frame.select(crossed).n_unique() if crossed else 1):
        problem = f"has {frame.height:,} points, and not blocks of the {points:,} that its plan makes"
        raise ConfigurationError(problem, file=str(results.folder), key="design")
    for start in range(0, frame.height, points):
        rows = slice(start, start + points)
        found.blocks.append(Block({name: frame[name][start] for name in crossed}, rows, codes[rows]))
    return found


def _codes(column: pl.Series, levels: list[Any]) -> LevelCodes:
    """Levels as numbers: those of a range in their order, names in the order in which the experiment gives them."""
    if column.dtype.is_numeric():
        return column.rank("dense").cast(pl.Int64).to_numpy()
    order = {str(level): place for place, level in enumerate(levels)}
    return np.array([order[str(level)] for level in column], np.int64)

"""The structure of Saltelli's and Morris's designs in a folder of results, found again and checked.

Indices rest on the order of the rows: which point is which base point with which factor exchanged. So the frame of
points is checked to have the structure that its manifest claims, and refused with a count of what does not fit.
"""

from collections.abc import Iterator, Mapping
from math import prod
from typing import Any, NamedTuple

import numpy as np
import polars as pl

from analysis.results.folder import Results
from model.errors import ConfigurationError

KINDS = ("saltelli", "morris")
Codes = np.ndarray[Any, np.dtype[np.int64]]
"""Levels of factors as numbers in their order: a row for each point, a column for each factor."""


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
    blocks: list["Block"]

    @property
    def step(self) -> int:
        """Points that belong to a base point, or to a trajectory."""
        if self.kind == "morris":
            return len(self.factors) + 1
        return (2 if self.second_order else 1) * len(self.factors) + 2

    @property
    def delta(self) -> float:
        """Morris's step, as a share of the range."""
        return self.levels / (2.0 * (self.levels - 1.0))


class Block(NamedTuple):
    """The design within one combination of crossed levels."""

    where: Mapping[str, Any]
    """Crossed factors with their levels here."""
    rows: slice
    codes: Codes


def structure_of(results: Results) -> Structure:
    """The design of a folder; raises `ConfigurationError` where it is of another kind or its rows are out of place."""
    plan, where = results.manifest.design, str(results.folder)
    kind = plan.get("kind")
    if kind not in KINDS:
        problem = "is no design from which indices follow"
        raise ConfigurationError(problem, file=where, key="design.kind", value=kind, allowed=" or ".join(KINDS))
    frame, crossed = results.design, list(plan.get("cross", ()))
    factors = [name for name in results.manifest.factors if name not in crossed]
    design = Structure(
        kind=kind,
        factors=factors,
        crossed=crossed,
        named=[not frame[name].dtype.is_numeric() for name in factors],
        size=int(plan["trajectories" if kind == "morris" else "size"]),
        second_order=bool(plan.get("second_order", False)),
        levels=int(plan.get("levels", 0)) if kind == "morris" else 0,
        blocks=[],
    )
    design.blocks.extend(_blocks(results, design))
    for block in design.blocks:
        _check(block, design, where)
    return design


def _blocks(results: Results, design: Structure) -> Iterator[Block]:
    frame, rows = results.design, design.size * design.step
    times = prod(len(results.manifest.factors[name]) for name in design.crossed)
    if frame.height != rows * times:
        problem = f"has {frame.height:,} points, and a {design.kind} design of its size has {rows * times:,}"
        raise ConfigurationError(problem, file=str(results.folder))
    codes = np.column_stack([_codes(frame[name], results.manifest.factors[name]) for name in design.factors])
    for place in range(times):
        part = slice(place * rows, (place + 1) * rows)
        levels = frame[part].select(design.crossed).unique()
        if design.crossed and levels.height != 1:
            problem = f"has rows out of place: points {part.start} to {part.stop - 1} should share their crossed levels"
            raise ConfigurationError(problem, file=str(results.folder))
        yield Block(levels.row(0, named=True) if design.crossed else {}, part, codes[part])


def _codes(column: pl.Series, levels: list[Any]) -> Codes:
    """Levels as numbers: those of a range in their order, names in the order in which the experiment gives them."""
    if column.dtype.is_numeric():
        return column.rank("dense").cast(pl.Int64).to_numpy()
    order = {str(level): place for place, level in enumerate(levels)}
    return np.array([order[str(level)] for level in column], np.int64)


def _check(block: Block, design: Structure, where: str) -> None:
    units = block.codes.reshape(design.size, design.step, len(design.factors))
    broken = _broken_trajectories(units) if design.kind == "morris" else _broken_bases(units, design)
    if broken.any():
        unit = "trajectories" if design.kind == "morris" else "base points"
        problem = (
            f"has rows out of place: {int(broken.sum()):,} of {design.size:,} {unit} lack the structure of a "
            f"{design.kind} design, on which every index rests"
        )
        raise ConfigurationError(problem, file=where, allowed="the rows as the sweep wrote them")


def _broken_bases(units: Codes, design: Structure) -> Any:
    """Which base points have other rows than A, A with each factor from B, (B with each factor from A,) B."""
    first, last = units[:, 0], units[:, -1]
    expected = np.repeat(first[:, None], design.step, axis=1)
    count = len(design.factors)
    for place in range(count):
        expected[:, 1 + place, place] = last[:, place]
        if design.second_order:
            expected[:, 1 + count + place] = last
            expected[:, 1 + count + place, place] = first[:, place]
    expected[:, -1] = last
    return (units != expected).any(axis=(1, 2))


def _broken_trajectories(units: Codes) -> Any:
    """Which trajectories have a step of more than one factor, or move a factor twice.

    A step may move none: a whole number or a name can stay the same between two places of the lattice.
    """
    moved = np.diff(units, axis=1) != 0
    return (moved.sum(axis=2) > 1).any(axis=1) | (moved.sum(axis=1) > 1).any(axis=1)

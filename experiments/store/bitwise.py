"""Tables compared bit by bit."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
import polars as pl
from rich.box import SIMPLE_HEAD
from rich.table import Table

CLOSE = 1e-9
"""Relative difference of figures that agree but for rounding."""
SHOWN = 12
"""Cells that are named one by one."""


class Cell(NamedTuple):
    """A figure that differs; `relative` is the difference over the larger of the two, infinite where one is none.

    `row` has the values of the columns that name the row.
    """

    row: str
    column: str
    there: Any
    now: Any
    relative: float


@dataclass(frozen=True)
class Difference:
    """A difference between a table and the one made again: its first cells, or a problem that is none of cells."""

    table: str
    keys: tuple[str, ...] = ()
    rows: int = 0
    of: int = 0
    columns: tuple[str, ...] = ()
    largest: float = 0.0
    cells: tuple[Cell, ...] = ()
    problem: str | None = None

    def __str__(self) -> str:
        if self.problem:
            return f"{self.table} {self.problem}"
        more = f" and {len(self.columns) - 4} columns more" if len(self.columns) > 4 else ""
        size = f"{'all' if self.largest <= CLOSE else 'not all'} within {CLOSE:g} of each other"
        where = f"{self.rows:,} of {self.of:,} rows, in {', '.join(self.columns[:4])}{more}"
        return f"{self.table} differs: {where}; {size}, relative to the figures"


def difference(table: str, there: pl.DataFrame, now: pl.DataFrame, keys: Sequence[str]) -> Difference | None:
    """The difference between two tables of the same rows, named by `keys`; None where every bit is the same."""
    if dict(there.schema) != dict(now.schema):
        wrong = [name for name in {**there.schema, **now.schema} if there.schema.get(name) != now.schema.get(name)]
        return Difference(table, problem=f"has other columns or types: {', '.join(wrong[:4])}")
    if not there.select(keys).equals(now.select(keys)):
        both = (there, now), (now, there)
        missing, more = (one.join(other, on=keys, how="anti").height if keys else 0 for one, other in both)
        problem = f"has other rows: {missing:,} of {there.height:,} are not among those made now"
        return Difference(table, problem=f"{problem}, which have {more:,} others")
    if there.height != now.height:
        return Difference(table, problem=f"has {there.height:,} rows, and now {now.height:,}")
    found = {name: rows for name in there.columns if len(rows := differing_rows(there[name], now[name]))}
    if not found:
        return None
    pairs = sorted((int(row), place) for place, rows in enumerate(found.values()) for row in rows[:SHOWN])
    cells = tuple(_cell(there, now, list(found)[place], row, keys) for row, place in pairs[:SHOWN])
    largest = max(relative(there[name].gather(rows), now[name].gather(rows)).max() for name, rows in found.items())
    differ = len(np.unique(np.concatenate(list(found.values()))))
    return Difference(table, tuple(keys), differ, there.height, tuple(found), largest, cells)


def differing_rows(there: pl.Series, now: pl.Series) -> np.ndarray[Any, Any]:
    """The rows in which two columns differ in any bit; −0 is not 0."""
    differs = there.is_null() != now.is_null()
    if there.dtype.is_float():
        width = np.int32 if there.dtype == pl.Float32 else np.int64
        bits = [column.fill_null(0.0).to_numpy().view(width) for column in (there, now)]
        return np.flatnonzero(differs.to_numpy() | (bits[0] != bits[1]))
    return np.flatnonzero(there.ne_missing(now).to_numpy())


def _cell(there: pl.DataFrame, now: pl.DataFrame, name: str, row: int, keys: Sequence[str]) -> Cell:
    where = ", ".join(str(there[key][row]) for key in keys) or str(row)
    one, other = there[name][row : row + 1], now[name][row : row + 1]
    return Cell(where, name, one[0], other[0], relative(one, other)[0])


def relative(there: pl.Series, now: pl.Series) -> np.ndarray[Any, Any]:
    """Differences of two columns over the larger of each pair; infinite where they are not both numbers."""
    if not there.dtype.is_numeric():
        return np.full(len(there), np.inf)
    one, other = (column.cast(pl.Float64).fill_null(0.0).to_numpy() for column in (there, now))
    largest = np.maximum(np.abs(one), np.abs(other))
    differences = np.abs(one - other) / np.where(largest > 0.0, largest, 1.0)
    return np.where((there.is_null() != now.is_null()).to_numpy(), np.inf, differences)


def cells_table(difference: Difference) -> Table:
    """The first figures that differ in a table."""
    title = f"{difference.table}, the first figures that differ"
    table = Table(title=title, title_justify="left", box=SIMPLE_HEAD, show_edge=False, padding=(0, 1, 0, 0))
    table.add_column(",\n".join(difference.keys) or "row", no_wrap=True)
    table.add_column("column", overflow="fold")
    for name in ("there", "now", "relative"):
        table.add_column(name, justify="right", no_wrap=True)
    for cell in difference.cells:
        size = f"{cell.relative:.1e}" if np.isfinite(cell.relative) else "–"
        table.add_row(cell.row, cell.column, _text(cell.there), _text(cell.now), size)
    return table


def _text(value: Any) -> str:
    return "–" if value is None else repr(value) if isinstance(value, float) else str(value)

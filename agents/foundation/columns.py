"""Tables of agents: documented columns, and faces, the Mesa agents that look at one row.

The state of the world lies in one structured array per kind of agent. A rule works on a row; a `Face` is a row with
methods, so that Mesa's tools (`select`, `DataCollector`, subclassing) find ordinary agents with ordinary attributes.
"""

from collections.abc import Callable
from typing import Any, ClassVar

import mesa
import numpy as np

from agents.foundation.tables import Table


class Columns:
    """The columns of a table: name → (NumPy type, what it holds and in which unit)."""

    def __init__(self, **fields: tuple[str, str]) -> None:
        self.docs = {name: doc for name, (_, doc) in fields.items()}
        self.dtype = np.dtype([(name, kind) for name, (kind, _) in fields.items()])

    def __iter__(self) -> Any:
        return iter(self.docs)

    def empty(self, *shape: int) -> np.recarray[Any, Any]:
        """Zeroed records of this shape."""
        return np.zeros(shape, self.dtype).view(np.recarray)

    def table(self, rows: int) -> Table:
        """A zeroed table by column."""
        return Table(self.dtype, rows)


def real(doc: str) -> tuple[str, str]:
    """A column of 64-bit floats with its meaning and unit."""
    return "<f8", doc


def integer(doc: str) -> tuple[str, str]:
    """A column of integers: a count, a row of another table (−1: none), a week (−1: never) or a code."""
    return "<i8", doc


def natural(doc: str) -> tuple[str, str]:
    """A column of 64-bit words."""
    return "<u8", doc


class Face(mesa.Agent):  # type: ignore[misc]
    """A Mesa agent that is the face of one row: columns are properties, rules are methods."""

    table: ClassVar[str]
    columns: ClassVar[Columns]

    def __init__(self, model: Any, row: int) -> None:
        super().__init__(model)
        self.row = row

    def __init_subclass__(cls, table: str | None = None, columns: Columns | None = None, **options: Any) -> None:
        super().__init_subclass__(**options)
        if table is None or columns is None:  # a user's subclass of a face keeps its parent's table
            return
        cls.table, cls.columns = table, columns
        for name, doc in columns.docs.items():
            if hasattr(cls, name):
                raise TypeError(f"column {name!r} of {table} would hide an attribute of {cls.__name__}")
            setattr(cls, name, _column(name, doc))

    @property
    def row_record(self) -> Any:
        """The row of the world that this agent shows."""
        return getattr(self.model.world, self.table)[self.row]

    def apply(self, rule: Callable[..., Any]) -> Any:
        """Apply a rule to this agent's row in the current week."""
        return rule(self.model.world, self.row, self.model.week)


def _column(name: str, doc: str) -> property:
    def read(self: Face) -> Any:
        return getattr(self.model.world, self.table)[name][self.row].item()

    def write(self: Face, value: Any) -> None:
        getattr(self.model.world, self.table)[name][self.row] = value

    return property(read, write, doc=doc)

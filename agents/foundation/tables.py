"""Tables by column: a row is read and written like a record, while each column lies in memory in one piece.

A loop over rows then touches what it uses and nothing else, and is vectorised.
"""

from typing import Any

import numpy as np


class Table:
    """So many rows of a structured type, whose fields are 64 bits wide or arrays of such: `table[row].field`.

    `table.field` is the whole column: an array [row] that shares the table's memory, or [row, place] where the field is
    an array itself. `words` is that memory [place of the field, row].
    """

    __slots__ = ("_columns", "dtype", "words")
    ndim = 1

    dtype: np.dtype[Any]
    words: np.ndarray[Any, Any]
    _columns: dict[str, np.ndarray[Any, Any]]

    def __init__(self, dtype: np.dtype[Any], rows: int, words: np.ndarray[Any, Any] | None = None) -> None:
        if words is None:
            words = np.zeros((dtype.itemsize // 8, rows), np.int64)
        columns = {}
        for name, (kind, offset, *_) in (dtype.fields or {}).items():
            place, shape = offset // 8, kind.shape
            column = words[place : place + shape[0]].view(kind.base).T if shape else words[place].view(kind)
            columns[name] = column
        for name, value in (("dtype", dtype), ("words", words), ("_columns", columns)):
            object.__setattr__(self, name, value)

    def __len__(self) -> int:
        return int(self.words.shape[1])

    @property
    def shape(self) -> tuple[int]:
        """The number of rows."""
        return (len(self),)

    def __getitem__(self, at: Any) -> Any:
        if isinstance(at, list):  # of fields, as NumPy has it
            return self.records()[at]
        return self._columns[at] if isinstance(at, str) else Row(self, at)

    def __setitem__(self, at: Any, values: Any) -> None:
        if isinstance(at, str):
            self._columns[at][...] = values
            return
        given = [values[name] for name in self._columns] if isinstance(values, Row) else values
        for column, value in zip(self._columns.values(), given, strict=True):
            column[at] = value

    def __getattr__(self, name: str) -> Any:
        if name in Table.__slots__ or name not in self._columns:
            raise AttributeError(name)
        return self._columns[name]

    def __setattr__(self, name: str, values: Any) -> None:
        getattr(self, name)[...] = values

    def __reduce__(self) -> Any:
        return Table, (self.dtype, len(self), self.words)

    def copy(self) -> "Table":
        """Return a table that shares no memory."""
        return Table(self.dtype, len(self), self.words.copy())

    def records(self) -> np.recarray[Any, Any]:
        """The rows as records, in memory of their own."""
        records = np.zeros(len(self), self.dtype).view(np.recarray)
        for name, column in self._columns.items():
            records[name] = column
        return records

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> np.ndarray[Any, Any]:
        return np.asarray(self.records(), dtype)

    def tobytes(self) -> bytes:
        """The bytes of its memory."""
        return self.words.tobytes()


class Row:
    """A row of a table: its fields are attributes."""

    __slots__ = ("_at", "_table")

    def __init__(self, table: Table, at: Any) -> None:
        object.__setattr__(self, "_table", table)
        object.__setattr__(self, "_at", at)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._table, name)[self._at]

    def __setattr__(self, name: str, value: Any) -> None:
        getattr(self._table, name)[self._at] = value

    def __getitem__(self, name: str) -> Any:
        return self._table[name][self._at]

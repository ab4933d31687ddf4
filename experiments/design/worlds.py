"""A file of worlds: each row the values of uncertain parameters, with the weight that is given to them.

Columns are paths of parameters, such as `scenario.grievance.grievance_gain`, and `weight`, by default even: a sample
from what is believed about them, such as a posterior distribution.
"""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import polars as pl

from analysis.results.reading import readable
from experiments.design.points import check_together, scalars
from model.configuration import Configuration
from model.errors import ConfigurationError, nearest_name, placed

WEIGHT = "weight"
READERS: Mapping[str, Callable[[Path], pl.DataFrame]] = {
    # contents, not paths: in those Polars takes `[1]` and `*` for patterns
    ".parquet": lambda path: pl.read_parquet(path.read_bytes()),
    ".csv": lambda path: pl.read_csv(path.read_bytes(), try_parse_dates=True, infer_schema_length=None),
}
"""Readers of files of worlds, by the ending of their names."""


class FileOfWorlds(NamedTuple):
    """Worlds: a column for each parameter, and the weight of each row."""

    file: str
    frame: pl.DataFrame
    weights: list[float]


def is_file_of_worlds(source: str) -> bool:
    """Tell by its ending whether a name is that of a file of worlds, rather than of an experiment."""
    return Path(source).suffix.lower() in READERS


def read_worlds(source: str) -> FileOfWorlds:
    """Read a file of worlds; raises `ConfigurationError` where it is none. Rows that weigh nothing are left out."""
    frame = _read(Path(source).expanduser())
    with placed(source):
        if frame.height == 0:
            raise ConfigurationError("has no rows, and each is a world")
        if not set(frame.columns) - {WEIGHT}:
            raise ConfigurationError("has no column but weights", allowed="a column for each parameter")
        _check_values(frame)
        weights = _weights(frame)
        kept = weights > 0.0
        worlds = frame.drop(WEIGHT, strict=False).filter(kept)
        _check_repeated(worlds)
    return FileOfWorlds(source, worlds, weights.filter(kept).to_list())


def _read(path: Path) -> pl.DataFrame:
    with readable(path):
        if path.is_dir():
            raise IsADirectoryError
        try:
            frame = READERS[path.suffix.lower()](path)
        except pl.exceptions.NoDataError:
            raise ConfigurationError("is empty", file=str(path)) from None
    for name in frame.columns:
        first, second, _ = name.rpartition("_duplicated_")  # so Polars calls the second column of a name
        if second and first in frame.columns:
            raise ConfigurationError("is the name of two columns", file=str(path), key=first)
    return frame


def _check_values(frame: pl.DataFrame) -> None:
    for column in frame:
        if not (column.dtype.is_numeric() or column.dtype in (pl.String, pl.Boolean, pl.Date)):
            problem = f"holds {column.dtype}, which no parameter is"
            raise ConfigurationError(problem, key=column.name, allowed="numbers, texts, days, or true and false")
        _refuse_rows(column.is_null(), "has no value", column)
        if column.dtype.is_float():
            _refuse_rows(~column.is_finite(), "is not a finite number", column)


def _refuse_rows(bad: pl.Series, problem: str, column: pl.Series, allowed: str | None = None) -> None:
    for row in bad.arg_true()[:1]:
        value = {} if column[row] is None else {"value": column[row]}
        raise ConfigurationError(f"{problem} in row {row + 1}", key=column.name, allowed=allowed, **value)


def _weights(frame: pl.DataFrame) -> pl.Series:
    if WEIGHT not in frame.columns:
        return pl.Series([1.0] * frame.height)
    column = frame[WEIGHT]
    if not column.dtype.is_numeric():
        raise ConfigurationError("is not a number", key=WEIGHT, value=column[0], allowed="0 or more")
    weights = column.cast(pl.Float64)
    _refuse_rows(weights < 0.0, "is below zero", weights, "0 or more")
    if weights.sum() <= 0.0:
        raise ConfigurationError("is zero in every row: no world counts", key=WEIGHT, allowed="more than 0 in some")
    return weights


def _check_repeated(worlds: pl.DataFrame) -> None:
    rows = worlds.with_row_index("row", 1).group_by(worlds.columns, maintain_order=True).agg("row")["row"]
    for first, second, *_ in rows.filter(rows.list.len() > 1):
        problem = f"holds the same world in rows {first} and {second}"
        raise ConfigurationError(problem, allowed="one row, with the sum of their weights")


def crossed(doctrines: list[str], worlds: FileOfWorlds, base: Configuration) -> pl.DataFrame:
    """Points: every doctrine in every world, worlds varying fastest; columns have the types of their parameters.

    Raises `ConfigurationError` where a world is no configuration. What is looked at are the ends of numbers, each text,
    and how values go together: all, or a sample of the rows.
    """
    known = scalars(base)
    frame = worlds.frame
    with placed(worlds.file):
        for path in frame.columns:
            _check_path(path, known)
            frame = frame.with_columns(_fitted(frame[path], known.get(path)))
            for level in _ends(frame[path]):
                try:
                    base.with_values({path: level})
                except ConfigurationError as error:
                    raise error.at(key=None if error.key else path) from None
        check_together(base, frame, "in the world")
    points = pl.DataFrame({"doctrine": doctrines}).join(frame, how="cross", maintain_order="left_right")
    return points.insert_column(0, pl.Series("point", range(points.height), dtype=pl.Int64))


def _check_path(path: str, known: Mapping[str, Any]) -> None:
    if path == "doctrine" or path.startswith(("doctrine.", "reference.doctrine")):
        problem = "is what the Union chooses, and a world is what it meets"
        raise ConfigurationError(problem, key=path, allowed="parameters outside the doctrine")
    if path not in known and path != "scenario":
        nearest = nearest_name(path, known)
        allowed = None if nearest else "`weight`, and what `deter list parameters` shows"
        raise ConfigurationError("is no parameter", key=path, nearest=nearest, allowed=allowed)


def _fitted(column: pl.Series, value: Any) -> pl.Series:
    """Whole numbers for a parameter that takes them, other numbers for one that does not."""
    if not column.dtype.is_numeric():
        return column
    whole = type(value) is int
    if whole and column.dtype.is_float():
        _refuse_rows(column != column.round(), "is no whole number", column)
    return column.cast(pl.Int64 if whole or column.dtype.is_integer() else pl.Float64)


def levels_of(frame: pl.DataFrame) -> dict[str, list[Any]]:
    """The levels that a manifest gives of each parameter: the two ends of numbers, every other value."""
    return {path: _ends(frame[path]) for path in frame.columns if path != "point"}


def _ends(column: pl.Series) -> list[Any]:
    ends = [column.min(), column.max()] if column.dtype.is_numeric() else column
    return list(dict.fromkeys(ends))

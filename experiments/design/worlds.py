"""A file of worlds: each row the values of uncertain parameters, with the weight that is given to them.

Columns are paths of parameters, such as `scenario.grievance.grievance_gain`, and `weight`, by default even: a sample
from what is believed about them, such as a posterior distribution. What is plain is read as it is meant: texts of
numbers, categories, days at midnight, `True`; anything else is refused with its column and row.
"""

import csv
import io
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date, time
from pathlib import Path
from typing import Any, NamedTuple

import polars as pl

from analysis.results.reading import readable
from experiments.design.points import check_together, scalars
from model.configuration import Configuration
from model.errors import ConfigurationError, nearest_name, placed
from model.loading import content_of
from model.paths import retired

WEIGHT = "weight"
TEXT, PARQUET = ".csv", ".parquet"
LARGEST = 64 * 1024 * 1024
"""Largest file in bytes."""
MOST_VALUES = 10_000_000
"""Most values in a file: rows times columns."""
INDEX = ("", "index", "Unnamed: 0", "__index_level_0__")
"""Names under which numbers of rows are written."""
CALENDAR = tuple((end - date(1970, 1, 1)).days for end in (date.min, date.max))
"""First and last day that there is, counted from 1970."""
TRUTH = {"true": True, "false": False}
MOST_WEIGHT = 1e100
MOST_WHOLE = 2**53
"""Largest whole number that floats tell from the next; no parameter takes one near it."""
ROW = "row of the file"


class FileOfWorlds(NamedTuple):
    """Worlds: a column for each parameter, the weight of each row, and where it stands in the file, from 1."""

    file: str
    frame: pl.DataFrame
    weights: list[float]
    rows: list[int]


def is_file_of_worlds(source: str) -> bool:
    """Tell by its ending whether a name is that of a file of worlds, rather than of an experiment."""
    return Path(source).suffix.lower() in (TEXT, PARQUET)


def read_rows(source: str, what: str = "a world") -> pl.DataFrame:
    """The rows of a .csv or .parquet file, each column numbers, texts, days, or true and false; each row is `what`.

    Raises `ConfigurationError` where the file is no such table, with its column and row.
    """
    with placed(source):
        frame = _read(Path(source).expanduser())
        if frame.height == 0:
            raise ConfigurationError(f"has no rows; each row is {what}")
        return pl.DataFrame([_plain(column) for column in frame])


def read_worlds(source: str) -> FileOfWorlds:
    """Read a file of worlds; raises `ConfigurationError` where it is none. Rows that weigh nothing are left out."""
    frame = read_rows(source)
    with placed(source):
        if not set(frame.columns) - {WEIGHT}:
            raise ConfigurationError("has no column except weights", allowed="a column for each parameter")
        rows = pl.Series(range(1, frame.height + 1))
        weights = _weights(frame)
        kept = weights > 0.0
        worlds = frame.drop(WEIGHT, strict=False).filter(kept)
        _check_repeated(worlds, rows.filter(kept))
    return FileOfWorlds(source, worlds, weights.filter(kept).to_list(), rows.filter(kept).to_list())


def _read(path: Path) -> pl.DataFrame:
    """The columns of a file as they stand there."""
    with readable(path):
        if path.is_dir():
            raise IsADirectoryError
        content = content_of(path, LARGEST)
        if not content:
            raise ConfigurationError("is empty")
        if path.suffix.lower() == PARQUET:
            source = pl.scan_parquet(io.BytesIO(content))
            names = source.collect_schema().names()
            _check_size(source.select(pl.len()).collect().item(), names)
            frame = source.collect()
        else:
            text = _text(content)
            names = _checked_cells(text)
            frame = pl.read_csv(text.encode(), try_parse_dates=True, infer_schema_length=None)
    _check_names(names)
    if len(names) != frame.width:
        raise ConfigurationError("is damaged: its quotes do not match")
    return frame.rename(dict(zip(frame.columns, map(str.strip, names), strict=True)))


def _text(content: bytes) -> str:
    remedy = "text in UTF-8, which spreadsheets call `CSV UTF-8`"
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        wide = content[:2] in (b"\xff\xfe", b"\xfe\xff")
        problem = "is UTF-16 text" if wide else f"is not UTF-8 text (byte {error.start})"
        raise ConfigurationError(problem, allowed=remedy) from None
    if "\0" in text:
        raise ConfigurationError("contains zero bytes", allowed=remedy)
    return text


def _checked_cells(text: str) -> list[str]:
    """The names of the columns; raises where they are not separated by commas, or rows have other numbers of cells."""
    first = text.partition("\n")[0]
    for mark, name in ((";", "semicolons"), ("\t", "tabs"), ("|", "bars")):
        if first.count(mark) > first.count(","):
            raise ConfigurationError(f"{name} separate its columns", allowed="commas: save it with commas")
    names: list[str] = []
    try:
        for number, cells in enumerate(csv.reader(io.StringIO(text), strict=True)):
            names = names or cells
            if not names:
                raise ConfigurationError("has an empty first line", allowed="the names of the columns there")
            if cells and len(cells) != len(names):
                problem = f"has {len(cells)} cells in row {number}, and {len(names)} names of columns"
                allowed = "as many cells as names, no comma at the end, decimals with a point: 0.25"
                raise ConfigurationError(problem, allowed=allowed)
            if number == 0 and names and not names[-1].strip() and len(names) > 1:
                problem = f"has no name for column {len(names)}"
                raise ConfigurationError(problem, allowed="a name for each column, and no comma at the end")
    except csv.Error as error:
        raise ConfigurationError(f"is damaged: {error}") from None
    return names


def _check_names(names: list[str]) -> None:
    for name, times in Counter(map(str.strip, names)).items():
        if name in INDEX:
            problem = f"contains row numbers in column {list(map(str.strip, names)).index(name) + 1}"
            allowed = "parameters and weights: save it without its index (in pandas `index=False`)"
            raise ConfigurationError(problem, key=name, allowed=allowed)
        if times > 1:
            raise ConfigurationError("is the name of two columns", key=name)


def _check_size(rows: int, names: list[str]) -> None:
    if rows * len(names) > MOST_VALUES:
        raise ConfigurationError(f"holds {rows:,} rows of {len(names):,}", allowed=f"{MOST_VALUES:,} values or fewer")


def _plain(column: pl.Series) -> pl.Series:
    """A column as numbers, texts, days, or true and false, whatever the file calls its type."""
    _refuse_rows(column.is_null(), "has no value", column, "a value in every row")
    kind = column.dtype
    if isinstance(kind, (pl.Categorical, pl.Enum)):
        column = column.cast(pl.String)
    elif kind.is_decimal() or kind.is_float():
        column = column.cast(pl.Float64)
    elif kind.is_integer():
        whole = column.cast(pl.Int64, strict=False)
        _refuse_rows(whole.is_null(), "is out of range", column)
        column = whole
    elif isinstance(kind, (pl.Datetime, pl.Date)):
        days = column.dt.date()
        number = days.cast(pl.Int64)  # since 1970, for neither Python nor Polars can say a day out of the calendar
        _refuse_rows(
            ~number.is_between(CALENDAR[0], CALENDAR[1]), "is the number of a day outside the calendar", number
        )
        if isinstance(kind, pl.Datetime):
            _refuse_rows(column.dt.time() != time(), "is not a date", column, "days, such as 2019-05-17")
        column = days
    elif kind not in (pl.String, pl.Boolean):
        problem = f"holds {kind}, which no parameter can be"
        raise ConfigurationError(problem, key=column.name, allowed="numbers, texts, days, or true and false")
    if column.dtype == pl.String:
        column = column.str.strip_chars()
        _refuse_rows(column == "", "has no value", column, "a value in every row")
    if column.dtype.is_float():
        _refuse_rows(~column.is_finite(), "is not a finite number", column)
    return column


def _refuse_rows(
    bad: pl.Series, problem: str, column: pl.Series, allowed: str | None = None, rows: Sequence[int] = ()
) -> None:
    """Refuse the first row of a column in which something is bad; `rows` say where they stand in the file."""
    for place in bad.arg_true()[:1]:
        row = rows[place] if rows else place + 1
        value = {} if column[place] is None else {"value": column[place]}
        raise ConfigurationError(f"{problem} in row {row}", key=column.name, allowed=allowed, **value)


def _weights(frame: pl.DataFrame) -> pl.Series:
    if WEIGHT not in frame.columns:
        return pl.Series([1.0] * frame.height)
    weights = _numbers(frame[WEIGHT])
    _refuse_rows(weights < 0.0, "is below zero", weights, "0 or more")
    _refuse_rows(weights > MOST_WEIGHT, "is too large", weights, f"{MOST_WEIGHT:g} or less")
    if weights.sum() <= 0.0:
        raise ConfigurationError(
            "is zero in every row, so no world counts", key=WEIGHT, allowed="more than 0 in at least one row"
        )
    return weights


def _numbers(column: pl.Series, rows: Sequence[int] = ()) -> pl.Series:
    """The numbers of a column, of texts too where each is one: a number in quotes is a number."""
    if column.dtype.is_numeric() or column.dtype == pl.String:
        numbers = column.cast(pl.Float64, strict=False)
    else:
        numbers = pl.Series(column.name, [None] * len(column), pl.Float64)
    comma = column.dtype == pl.String and column.str.contains(r"^[-+]?\d*,\d+$").any()
    allowed = "numbers with a point, such as 0.25" if comma else "numbers"
    _refuse_rows(numbers.is_null() | ~numbers.is_finite(), "is not a number", column, allowed, rows)
    return numbers


def _check_repeated(worlds: pl.DataFrame, numbers: pl.Series) -> None:
    rows = worlds.with_columns(numbers.alias(ROW)).group_by(worlds.columns, maintain_order=True).agg(ROW)[ROW]
    for first, second, *_ in rows.filter(rows.list.len() > 1):
        problem = f"contains the same world in rows {first} and {second}"
        raise ConfigurationError(problem, allowed="one row, with the sum of their weights")


def crossed(doctrines: list[str], worlds: FileOfWorlds, base: Configuration) -> pl.DataFrame:
    """Points: every doctrine in every world, worlds varying fastest; raises `ConfigurationError` as `fitted` does."""
    frame = fitted(worlds, base)
    points = pl.DataFrame({"doctrine": doctrines}).join(frame, how="cross", maintain_order="left_right")
    return points.insert_column(0, pl.Series("point", range(points.height), dtype=pl.Int64))


def fitted(worlds: FileOfWorlds, base: Configuration) -> pl.DataFrame:
    """The worlds of a file with the types of their parameters.

    Raises `ConfigurationError` where a world is no configuration. What is looked at are the ends of numbers, each text,
    and how values go together: all, or a sample of the rows.
    """
    known = scalars(base)
    frame = worlds.frame
    with placed(worlds.file):
        for path in frame.columns:
            check_path(path, known)
            frame = frame.with_columns(_fitted(frame[path], known.get(path), worlds.rows))
            for level in _ends(frame[path]):
                try:
                    base.with_values({path: level})
                except ConfigurationError as error:
                    error.problem += f" in row {worlds.rows[frame[path].index_of(level) or 0]}"
                    raise error.at(key=None if error.key else path) from None
        check_together(base, frame, "in the world")
    return frame


def check_path(path: str, known: Mapping[str, Any]) -> None:
    """Refuse a column that is no circumstance of these parameters."""
    if path == "doctrine" or path.startswith(("doctrine.", "reference.doctrine")):
        problem = "is chosen by the EU and cannot be part of a world"
        raise ConfigurationError(problem, key=path, allowed="parameters outside the doctrine")
    if path not in known and path != "scenario":
        if gone := retired(path, known=known):
            raise gone
        nearest = nearest_name(path, known)
        allowed = None if nearest else "`weight`, and what `deter list parameters` shows"
        raise ConfigurationError("is no parameter", key=path, nearest=nearest, allowed=allowed)


def _fitted(column: pl.Series, value: Any, rows: Sequence[int]) -> pl.Series:
    """A column as its parameter takes it: numbers, true and false, or as it is; `value` is the base's."""
    if type(value) is bool and column.dtype == pl.String:
        truth = column.str.to_lowercase().replace_strict(TRUTH, default=None, return_dtype=pl.Boolean)
        _refuse_rows(truth.is_null(), "is not true or false", column, "true, false", rows)
        return truth
    if type(value) not in (int, float):
        return column
    numbers = _numbers(column, rows)
    if type(value) is float:
        return column if column.dtype.is_integer() else numbers
    _refuse_rows(numbers != numbers.round(), "is not a whole number", column, rows=rows)
    _refuse_rows(numbers.abs() > MOST_WHOLE, "is out of range", column, rows=rows)
    return numbers.cast(pl.Int64)


def levels_of(frame: pl.DataFrame) -> dict[str, list[Any]]:
    """The levels that a manifest gives of each parameter: the two ends of numbers and days, every other value."""
    return {path: _ends(frame[path]) for path in frame.columns if path != "point"}


def _ends(column: pl.Series) -> list[Any]:
    ordered = column.dtype.is_numeric() or column.dtype == pl.Date
    ends = [column.min(), column.max()] if ordered else column
    return list(dict.fromkeys(ends))

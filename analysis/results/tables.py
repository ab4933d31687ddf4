"""Tables for readers, and how they are read: with estimates and intervals in one cell.

A table of estimates keeps mean, interval and n in columns of their own in Parquet and CSV; in LaTeX they are set as one
cell, with the digits that the interval leaves a meaning.
"""

from pathlib import Path
from typing import Any, NamedTuple

import polars as pl

from analysis.labels import factor_title, is_share, level_texts, metric_label, shown, title
from analysis.results.reading import check_size, check_text, opened
from model.display.cards import Rows as Shown
from model.errors import ConfigurationError
from model.metrics.catalogue import ESTIMATED, METRICS

TABLES = "tables"
"""Folder of the tables below that of the results."""


class Table(NamedTuple):
    """A table: what it shows, its columns, and what stands below it: n, intervals, the stamp of its data."""

    title: str
    frame: pl.DataFrame
    note: str


def _is_text(column: pl.Series) -> bool:
    return column.dtype == pl.String and not any(mark in (text or "") for text in column for mark in ("±", "["))


def _cell(value: Any) -> str:
    if value is None:
        return "–"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, (int, float)):
        return (f"{value:.3g}" if isinstance(value, float) else str(value)).replace("-", "−")
    return str(value).replace(" → ", "\u00a0→\u00a0")


MOST_CELLS = 2_000_000
"""Cells of the tables of a page."""


class TooLarge(ConfigurationError):
    """A table that a page has no room for."""


def read_table(path: Path, room: int = MOST_CELLS) -> Table:
    """A table from its Parquet file.

    Raises `ConfigurationError` where it cannot be read, `TooLarge`, before it is, where it has more cells than `room`.
    """
    with opened(path) as file:
        size = check_size(path, file)
        if size.rows * size.columns > room:
            problem = f"has {size.rows:,} rows of {size.columns:,} columns, too many for a page"
            raise TooLarge(problem, file=str(path), allowed=f"{MOST_CELLS:,} cells in all tables of a page")
        words = pl.read_parquet_metadata(file)
        file.seek(0)
        frame = pl.read_parquet(file)
    check_text(path, frame)
    return Table(words.get("title", path.stem), frame, words.get("note", ""))


class Rows(NamedTuple):
    """A table as it is read: names of columns, which of them are words, and cells as text."""

    heads: list[str]
    words: list[bool]
    cells: list[list[str]]


def rows_of(table: Table) -> Rows:
    """A table with estimates and intervals in one cell, numbers to three digits, names as readers call them."""
    frame = with_intervals(table.frame)
    if "metric" in frame.columns:
        titles = {name: METRICS[name].title for name in frame["metric"].unique() if name in METRICS}
        frame = frame.with_columns(pl.col("metric").replace(titles))
    heads = [factor_title(name) if "." in name else name.replace("_", " ") for name in frame.columns]
    words = [_is_text(frame[name]) for name in frame.columns]
    columns = [_cells(name, frame[name].to_list()) for name in frame.columns]
    return Rows(heads, words, [list(row) for row in zip(*columns, strict=True)])


def _cells(name: str, values: list[Any]) -> list[str]:
    """The cells of a column as text; levels of a factor, by whose path it is called, are told apart."""
    if "." in name and all(isinstance(value, float) for value in values):
        return [text.replace("-", "−") for text in level_texts(values)]
    return [_cell(value) for value in values]


FIRST = 8
"""Rows of a table that a card shows."""


def first_rows(frame: pl.DataFrame, whole: str, *, differ: bool = False, scaled: bool = True) -> Shown:
    """The first rows of a table of estimates for a card, in the unit of each metric, with how many more there are.

    `whole` is the call that gives all of it; metrics that are shares are in per cent, or in points where they `differ`,
    unless they are not to be `scaled`, as what is about a metric and not in its unit.
    """
    part = frame.head(FIRST)
    if "metric" in part.columns:
        names = part["metric"].to_list()
        times = pl.Series([shown(name) if name in ESTIMATED and scaled else 1.0 for name in names], dtype=pl.Float64)
        part = part.with_columns(pl.col("mean", "low", "high") * times) if "mean" in part.columns else part
        called = [_called(name, differ=differ, scaled=scaled) for name in names]
        part = part.with_columns(pl.Series("metric", called, dtype=pl.String))
    found = rows_of(Table("", part, ""))
    more = f"{part.height:,} of {frame.height:,} rows; " if frame.height > part.height else ""
    ends = "95 % intervals; " if {"low", "high"} <= set(frame.columns) else ""
    return Shown(found.heads, found.cells, f"{more}{ends}all of it: {whole}")


def _called(metric: str, *, differ: bool, scaled: bool) -> str:
    if metric not in ESTIMATED or not scaled:
        return title(metric) if metric in ESTIMATED else metric
    return f"{ESTIMATED[metric].title} (points)" if differ and is_share(metric) else metric_label(metric)


INTERVAL = ("standard_error", "interval")
UNEVEN = 0.1
"""Difference of an interval's two sides, over half its width, from which on both ends are written."""


def with_intervals(frame: pl.DataFrame) -> pl.DataFrame:
    """A table with each number and its interval in one column of text.

    A column `mean` with `low` and `high` becomes `estimate`; any other with `…_low` and `…_high` keeps its name.
    """
    for name in frame.columns:
        ends = ("low", "high") if name == "mean" else (f"{name}_low", f"{name}_high")
        if set(ends) <= set(frame.columns):
            texts = [estimate_text(*row) for row in frame.select(name, *ends).iter_rows()]
            place, title = frame.columns.index(name), "estimate" if name == "mean" else name
            merged = frame.drop(name, *ends, *(set(INTERVAL) & set(frame.columns) if name == "mean" else ()))
            frame = merged.insert_column(place, pl.Series(title, texts, dtype=pl.String))
    return frame


def estimate_text(mean: float | None, low: float | None, high: float | None) -> str:
    """A number with its interval, to the digits that the interval leaves a meaning: 0.0948 ±0.0021."""
    if mean is None:
        return "–"
    if low is None or high is None:
        return "– (no interval)"
    if low == high:  # to what number of digits is up to the reader: three that tell something
        return f"{mean:.3g} ±0".replace("-", "−")
    return interval_text(mean, low, high, _digits((high - low) / 2))


def interval_text(mean: float, low: float, high: float, digits: int, *, signed: bool = False) -> str:
    """A number with half its interval: 9.5 ±0.2; where that lies unevenly about it with both its ends: 9.5 [9.3, 9.9].

    Half an uneven interval would say that an effect may be smaller, or larger, than it may.
    """
    half = (high - low) / 2
    text = _fixed(mean, digits, "+" if signed else "")
    if abs(high + low - 2.0 * mean) > UNEVEN * half:
        return f"{text} [{_fixed(low, digits)}, {_fixed(high, digits)}]"
    return f"{text} ±{half:.{digits}f}"


def _fixed(value: float, digits: int, sign: str = "") -> str:
    """So many decimals, a true minus, no negative zero."""
    rounded = round(value, digits) + 0.0
    return f"{rounded:{sign if rounded else ''}.{digits}f}".replace("-", "−")


def _digits(half: float) -> int:
    """Decimals at which half an interval has two significant digits."""
    if half <= 0.0:
        return 4
    return max(0, min(8, -int(f"{half:e}".partition("e")[2]) + 1))

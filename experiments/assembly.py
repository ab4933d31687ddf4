"""Assembly: all runs of a folder in one file, sorted, from parts that came in any order and size.

Never more than `HELD` runs are in memory at once, however many there are. For each stretch of the sorted runs all parts
are read, of which only those rows are decoded: the time grows with runs × parts, and is seconds for a million runs.
"""

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import polars as pl
from polars.io.plugins import register_io_source

from analysis.results import RUNS_SCHEMA
from experiments.files import PARQUET, ROWS

HELD = ROWS
"""Runs that are in memory at once."""
KEY = ("point", "replicate")


class RunTwice(RuntimeError):
    """Two parts hold the same run: they are of different plans, and figures over both would count it twice."""


def assemble(parts: list[Path], path: Path) -> int:
    """Write the runs of all parts into one file, sorted by point and replicate; returns their number.

    The bytes follow from the runs alone. Raises `OSError` where the file cannot be written, `RunTwice`.
    """
    keys = pl.scan_parquet(parts).select(KEY).sort(KEY).collect()
    again = (keys["point"] == keys["point"].shift()) & (keys["replicate"] == keys["replicate"].shift())
    if again.any():
        point, replicate = keys.row(again.arg_true()[0])
        raise RunTwice(f"replicate {replicate} of point {point} stands in two parts")
    lows = keys.gather_every(HELD).rows()
    runs = keys.height
    del keys, again

    def stretches(columns: Any, predicate: Any, rows: Any, batch: Any) -> Iterator[pl.DataFrame]:
        for low, high in zip(lows, [*lows[1:], None], strict=True):
            yield pl.scan_parquet(parts).filter(_between(low, high)).sort(KEY).collect(engine="streaming")

    with _system_errors(path):
        register_io_source(stretches, schema=RUNS_SCHEMA).sink_parquet(path, maintain_order=True, **PARQUET)
    return runs


@contextmanager
def _system_errors(path: Path) -> Iterator[None]:
    """Polars tells of a full disk in the text of an error of its own."""
    try:
        yield
    except pl.exceptions.PolarsError as error:
        number = re.search(r"\(os error (\d+)\)", str(error))
        if number is None:
            raise
        raise OSError(int(number[1]), os.strerror(int(number[1])), str(path)) from error


def _between(low: tuple[Any, ...], high: tuple[Any, ...] | None) -> pl.Expr:
    """Runs from one key on, up to the next."""
    point, replicate = map(pl.col, KEY)
    from_low = (point > low[0]) | ((point == low[0]) & (replicate >= low[1]))
    if high is None:
        return from_low
    return from_low & ((point < high[0]) | ((point == high[0]) & (replicate < high[1])))

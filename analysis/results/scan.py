"""Parquet files read lazily, each by its name as it stands."""

from pathlib import Path

import polars as pl


def scan(*paths: Path) -> pl.LazyFrame:
    """Scan Parquet files one after the other; columns are read when they are asked for.

    To Polars `[1]`, `*` and `?` are patterns, `~` is a home folder, `file:` an address and `level=2` a column; here
    all are letters of a name.
    """
    return pl.scan_parquet([path.absolute() for path in paths], glob=False, hive_partitioning=False)

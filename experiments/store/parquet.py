"""Frames as Parquet: equal frames give equal bytes."""

import io
from typing import Any

import polars as pl

ROWS_OF_GROUP = 65_536
"""Rows of a row group; fixed, for bytes depend on it."""
PARQUET: dict[str, Any] = {
    "compression": "zstd",
    "compression_level": 3,
    "statistics": True,
    "row_group_size": ROWS_OF_GROUP,
    "data_page_size": 1 << 20,
}
"""Options with which every table is written; bytes depend on them."""


def parquet(frame: pl.DataFrame) -> bytes:
    """A frame as Parquet; equal frames give equal bytes."""
    buffer = io.BytesIO()
    frame.rechunk().write_parquet(buffer, **PARQUET)
    return buffer.getvalue()

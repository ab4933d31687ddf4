"""Files that are there in full or not at all, whatever happens while they are written."""

import hashlib
import io
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
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
TEMPORARY = ".deter-tmp"
"""End of the names of files that are being written; what a crash leaves of them may be removed."""


@contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """A path to write to; at the end of the block the file there is flushed to disk and renamed to `path`.

    Where anything fails, `path` stays as it was. Raises `OSError`, which names `path`.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.{os.getpid()}{TEMPORARY}")
    try:
        yield temporary
        with temporary.open("rb+") as file:
            os.fsync(file.fileno())
        temporary.replace(path)
        _sync_folder(path.parent)
    except OSError as error:
        raise OSError(error.errno, error.strerror, str(path)) from error
    finally:
        temporary.unlink(missing_ok=True)


def _sync_folder(folder: Path) -> None:
    """Make a renaming last through a loss of power; systems without POSIX folders see to it themselves."""
    if os.name == "posix":
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def write(path: Path, content: bytes) -> str:
    """Write a file so that it is there in full or not at all; returns the SHA-256 of its content."""
    with replacing(path) as temporary:
        temporary.write_bytes(content)
    return hashlib.sha256(content).hexdigest()


def sha256_of(path: Path) -> str:
    """The SHA-256 of a file of any size."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def parquet(frame: pl.DataFrame) -> bytes:
    """A frame as Parquet; equal frames give equal bytes."""
    buffer = io.BytesIO()
    frame.rechunk().write_parquet(buffer, **PARQUET)
    return buffer.getvalue()

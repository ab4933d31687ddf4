"""Assembly: all runs of a folder in one file, sorted, from parts that came in any order and size.

The keys alone say where each stretch of `HELD` runs begins (a sort by distribution, Knuth 1998, section 5.2.5). So runs
are laid down in pieces, each of one stretch, as many runs at a time as memory has room for; then each stretch is read,
sorted and written. Each run is read twice and written twice however many there are, and what is in memory at once is a
few stretches, and eight bytes for each run while the keys are sorted.
"""

import io
import os
import re
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

import polars as pl
from polars.io.plugins import register_io_source

from analysis.results.folder import RUNS_SCHEMA
from experiments.store.atomic import PARQUET, ROWS_OF_GROUP

HELD = ROWS_OF_GROUP
"""Runs of a stretch, as it goes into the file: a whole number of row groups."""
SORTED = 2
"""Stretches that are laid down together."""
RUN_ORDER = pl.col("point") * 2**32 + pl.col("replicate")
"""The order of runs as one number."""


class RunTwice(RuntimeError):
    """Two parts hold the same run: they are of different plans, and figures over both would count it twice."""


_Piece = tuple[int, int]
"""Runs of one stretch: where in the file they stand, and how many bytes they are."""


def assemble(parts: Mapping[Path, int], path: Path) -> int:
    """Write the runs of all parts, given with their rows, into one file, sorted by point and replicate.

    Returns their number. The bytes follow from the runs alone. What is laid down on the way stands in a file without a
    name beside `path`, which the system removes even if this process is killed. Raises `OSError` where there is no
    room, `RunTwice`.
    """
    with _system_errors(path), tempfile.TemporaryFile(dir=path.parent) as file:
        firsts = _first_keys(parts)
        pieces: list[list[_Piece]] = [[] for _ in firsts]
        for batch in _batches(parts):
            _lay_down(batch, firsts, pieces, file)

        def stretches(columns: Any, predicate: Any, rows: Any, size: Any) -> Iterator[pl.DataFrame]:
            yield from (_read(each, file) for each in pieces)

        register_io_source(stretches, schema=RUNS_SCHEMA).sink_parquet(path, maintain_order=True, **PARQUET)
    return sum(parts.values())


def _first_keys(parts: Mapping[Path, int]) -> pl.Series:
    """The key with which each stretch begins; raises `RunTwice`."""
    keys = pl.scan_parquet(list(parts)).select(RUN_ORDER).collect().to_series().sort()
    again = (keys == keys.shift()).arg_true()
    if len(again):
        point, replicate = divmod(keys[again[0]], 2**32)
        raise RunTwice(f"replicate {replicate} of point {point} stands in two parts")
    return keys.gather_every(HELD)


def _batches(parts: Mapping[Path, int]) -> Iterator[pl.DataFrame]:
    """The runs of all parts, as many at a time as are sorted together."""
    most, rows = SORTED * HELD, 0
    groups: list[dict[Path, int]] = [{}]
    for path, height in parts.items():
        if groups[-1] and rows + height > most:
            groups.append({})
            rows = 0
        groups[-1][path] = height
        rows += height
    for group in groups:
        scan = pl.scan_parquet(list(group))
        for first in range(0, sum(group.values()), most):  # a part may be larger than a group
            yield scan.slice(first, most).collect()


def _lay_down(batch: pl.DataFrame, firsts: pl.Series, pieces: list[list[_Piece]], file: IO[bytes]) -> None:
    """Append runs to the file, in a piece for each stretch that they belong to."""
    stretch = firsts.search_sorted(batch.select(RUN_ORDER).to_series(), side="right") - 1
    for (number,), piece in batch.group_by(stretch, maintain_order=True):
        content = io.BytesIO()
        piece.write_ipc(content, compression="zstd")
        pieces[number].append((file.tell(), file.write(content.getbuffer())))


def _read(pieces: list[_Piece], file: IO[bytes]) -> pl.DataFrame:
    """The runs of one stretch, sorted."""
    held = []
    for place, size in pieces:
        file.seek(place)
        held.append(pl.read_ipc(file.read(size)))
    return pl.concat(held).sort("point", "replicate")


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

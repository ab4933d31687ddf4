"""Assembly: all runs of a folder in one file, sorted, from parts that came in any order and size.

A merge from disk (Knuth 1998, section 5.4): as many runs as memory has room for are sorted and laid down in blocks, and
the blocks are then read once, in the order of their first runs. A run may leave as soon as no block that is still to
be read begins before it. So each run is read twice and written twice however many there are, and what is in memory at
once is a few stretches of `HELD` runs and, of each batch that was sorted, one block.
"""

import io
import os
import re
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any, NamedTuple

import polars as pl
from polars.io.plugins import register_io_source

from analysis.results.folder import RUNS_SCHEMA
from experiments.store.atomic import PARQUET, ROWS

HELD = ROWS
"""Runs of a stretch, as it goes into the file: a whole number of row groups."""
SORTED = 2
"""Stretches that are sorted together."""
BLOCKS = 64
"""Blocks of a stretch: a block is what is read at once of a sorted batch."""
KEY = ("point", "replicate")

Key = tuple[int, int]


class RunTwice(RuntimeError):
    """Two parts hold the same run: they are of different plans, and figures over both would count it twice."""


class _Block(NamedTuple):
    """Where in the file a block stands, and its first run."""

    first: Key
    place: int
    size: int


def assemble(parts: Mapping[Path, int], path: Path) -> int:
    """Write the runs of all parts, given with their rows, into one file, sorted by point and replicate.

    Returns their number. The bytes follow from the runs alone. What is sorted on the way stands in a file without a
    name beside `path`, which the system removes even if this process is killed. Raises `OSError` where there is no
    room, `RunTwice`.
    """
    with _system_errors(path), tempfile.TemporaryFile(dir=path.parent) as file:
        blocks, batches = list[_Block](), 0
        for batch in _batches(parts):
            blocks += _laid_down(batch, file)
            batches += 1
        failure: list[RunTwice] = []

        def stretches(columns: Any, predicate: Any, rows: Any, size: Any) -> Iterator[pl.DataFrame]:
            try:
                yield from _merged(file, sorted(blocks), HELD + batches * _rows_of_block())
            except RunTwice as error:  # polars would make one of its own of it
                failure.append(error)

        register_io_source(stretches, schema=RUNS_SCHEMA).sink_parquet(path, maintain_order=True, **PARQUET)
    if failure:
        path.unlink()
        raise failure[0]
    return sum(parts.values())


def _rows_of_block() -> int:
    return max(1, HELD // BLOCKS)


def _batches(parts: Mapping[Path, int]) -> Iterator[pl.DataFrame]:
    """The runs of all parts, as many at a time as are sorted together."""
    group: list[Path] = []
    rows = 0
    for path, height in parts.items():
        if group and rows + height > SORTED * HELD:
            yield from _in_slices(group, rows)
            group, rows = [], 0
        group.append(path)
        rows += height
    if group:
        yield from _in_slices(group, rows)


def _in_slices(group: list[Path], rows: int) -> Iterator[pl.DataFrame]:
    """The runs of some parts; a part may be larger than what is sorted together."""
    scan = pl.scan_parquet(group)
    for first in range(0, rows, SORTED * HELD):
        yield scan.slice(first, SORTED * HELD).collect()


def _laid_down(batch: pl.DataFrame, file: IO[bytes]) -> Iterator[_Block]:
    """Append runs to the file, sorted, in blocks."""
    order = _sorted(batch.select(KEY))
    for start in range(0, batch.height, _rows_of_block()):
        block = batch[order["index"][start : start + _rows_of_block()]]
        content = io.BytesIO()
        block.write_ipc(content, compression="zstd")
        place = file.tell()
        yield _Block(block.select(KEY).row(0), place, file.write(content.getbuffer()))


def _merged(file: IO[bytes], blocks: list[_Block], most: int) -> Iterator[pl.DataFrame]:
    """All runs, sorted, in stretches of `HELD`; blocks come in the order of their first runs.

    Of each batch all blocks that were read but the last are before the next block that begins anywhere, so that of
    `most` runs one stretch at least can leave.
    """
    held: list[pl.DataFrame] = []
    rows = 0
    for block, following in zip(blocks, [*blocks[1:], None], strict=True):
        file.seek(block.place)
        held.append(pl.read_ipc(file.read(block.size)))
        rows += held[-1].height
        if following and rows < most:
            continue
        read = pl.concat(held)
        order = _sorted(read.select(KEY))
        if following:
            ready = order.select(_before(following.first).sum()).item()
            leaving = ready // HELD * HELD
        else:
            leaving = rows
        for start in range(0, leaving, HELD):
            yield read[order["index"][start : min(start + HELD, leaving)]]
        held = [read[order["index"][leaving:]]]
        rows -= leaving


def _sorted(keys: pl.DataFrame) -> pl.DataFrame:
    """Keys sorted, each with the number of its row as `index`; raises `RunTwice`."""
    keys = keys.with_row_index().sort(KEY)
    again = (keys["point"] == keys["point"].shift()) & (keys["replicate"] == keys["replicate"].shift())
    if again.any():
        point, replicate = keys.select(KEY).row(again.arg_true()[0])
        raise RunTwice(f"replicate {replicate} of point {point} stands in two parts")
    return keys


def _before(key: Key) -> pl.Expr:
    """Whether a run comes before another."""
    point, replicate = map(pl.col, KEY)
    return (point < key[0]) | ((point == key[0]) & (replicate < key[1]))


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

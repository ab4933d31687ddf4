"""Assembly: all runs of a folder in one file, sorted, from parts that came in any order and size.

The keys alone say where each stretch of `HELD` runs begins (a sort by distribution, Knuth 1998, section 5.2.5). So runs
are laid down in pieces, each of one stretch, as many runs at a time as memory has room for; then each stretch is read,
sorted and written. Each run is read twice and written twice however many there are, and what is in memory at once is a
few stretches, and eight bytes for each run while the keys are sorted.
"""

import io
import re
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any, NamedTuple, NoReturn

import numpy as np
import polars as pl
from polars.io.plugins import register_io_source

from analysis.results.manifest import Manifest
from analysis.results.scan import scan
from experiments.store.parquet import PARQUET, ROWS_OF_GROUP
from model.errors import ConfigurationError

HELD = ROWS_OF_GROUP
"""Runs of a stretch, as it goes into the file: a whole number of row groups."""
SORTED = 2
"""Stretches that are laid down together."""
RUN_ORDER = pl.col("point") * 2**32 + pl.col("replicate")
"""The order of runs as one number."""
QUARTERS_OF_RUN = 2**10
QUARTER_ORDER = RUN_ORDER * QUARTERS_OF_RUN + pl.col("quarter").cast(pl.Int64)
"""The order of quarters of runs as one number: a million points, and a run's quarters, leave room for it."""


class OtherRuns(ConfigurationError):
    """Parts hold other runs than those planned, or one twice: figures over them would be of something else."""


class Planned(NamedTuple):
    """The runs that a folder is to hold: of each point replicates from `first` on, from `least` to `most` of them."""

    seed: int
    points: int
    first: int
    least: int
    most: int

    @classmethod
    def of(cls, manifest: Manifest) -> "Planned":
        """The runs that a manifest plans; with a precision there may be more of some points."""
        least = manifest.replicates
        most = max(least, manifest.most_replicates or 0)
        return cls(manifest.seed, manifest.points, manifest.first_replicate, least, most)

    def __str__(self) -> str:
        more = f" to {self.most:,}" if self.most > self.least else ""
        return f"{self.least:,}{more} of each of {self.points:,} points, from replicate {self.first} on"


_Piece = tuple[int, int]
"""Runs of one stretch: where in the file they stand, and how many bytes they are."""


def assemble(parts: Mapping[Path, int], path: Path, planned: Planned) -> int:
    """Write the runs of all parts, given with their rows, into one file, sorted by point and replicate.

    Returns their number. The bytes follow from the runs alone. What is laid down on the way stands in a file without a
    name beside `path`, which the system removes even if this process is killed. Raises `OSError` where there is no
    room, `OtherRuns` where they are not those planned, before anything is written.
    """
    with _system_errors(path):
        firsts = _checked_keys(parts, planned).gather_every(HELD)
    return _write(parts, path, RUN_ORDER, firsts)


def assemble_quarters(parts: Mapping[Path, int], path: Path, runs: pl.LazyFrame) -> int:
    """Write the quarters of all runs, from parts given with their rows, into one file, sorted by run and quarter.

    `runs` are those of the folder, sorted. Returns the number of rows. Raises as `assemble` does: `OtherRuns` where the
    quarters are not those of the runs that went well, each from the first to its last.
    """
    with _system_errors(path):
        good = runs.filter(pl.col("status") == "ok").select(RUN_ORDER.alias("run")).collect().to_series()
        each = scan(*parts).group_by(RUN_ORDER.alias("run")).agg(pl.len(), last=pl.col("quarter").max())
        held = each.sort("run").collect(engine="streaming")
        if not held["run"].equals(good) or (held["len"] != held["last"]).any():
            _refuse(parts, "holds quarters of other runs than those that went well, or not each quarter once")
        ends = held["len"].cast(pl.Int64).cum_sum().to_numpy()
        rows = np.arange(0, ends[-1] if len(ends) else 0, HELD)
        of = np.searchsorted(ends, rows, side="right")
        quarter = rows - np.concatenate([[0], ends])[of] + 1
        firsts = pl.Series(held["run"].to_numpy()[of] * QUARTERS_OF_RUN + quarter, dtype=pl.Int64)
    return _write(parts, path, QUARTER_ORDER, firsts)


def _write(parts: Mapping[Path, int], path: Path, order: pl.Expr, firsts: pl.Series) -> int:
    """Write the rows of all parts into one file, sorted; `firsts` are where stretches begin in this order."""
    with _system_errors(path), tempfile.TemporaryFile(dir=path.parent) as file:
        pieces: list[list[_Piece]] = [[] for _ in firsts]
        for batch in _batches(parts):
            _lay_down(batch, order, firsts, pieces, file)

        def stretches(columns: Any, predicate: Any, rows: Any, size: Any) -> Iterator[pl.DataFrame]:
            yield from (_read(each, file).sort(order) for each in pieces)

        lazily = register_io_source(stretches, schema=scan(*parts).collect_schema())
        lazily.sink_parquet(path.absolute(), maintain_order=True, **PARQUET)  # `~` is a name, not a home folder
    return sum(parts.values())


def _checked_keys(parts: Mapping[Path, int], planned: Planned) -> pl.Series:
    """The keys of all runs, sorted; raises `OtherRuns` unless they are those planned, each once and of its seed."""
    seeds = scan(*parts).select(least=pl.col("seed").min(), most=pl.col("seed").max()).collect().row(0)
    keys = scan(*parts).select(RUN_ORDER).collect().to_series().sort()
    for seed in seeds:
        if seed != planned.seed:
            _refuse(parts, f"holds runs of seed {seed}, but the plan has seed {planned.seed}")
    again = (keys == keys.shift()).arg_true()
    if len(again):
        point, replicate = divmod(keys[again[0]], 2**32)
        _refuse(parts, f"replicate {replicate} of point {point} is in two parts")
    _check_points(parts, keys, planned)
    return keys


def _check_points(parts: Mapping[Path, int], keys: pl.Series, planned: Planned) -> None:
    """Refuse runs of other points or replicates than planned, and a point that lacks some; `keys` are sorted."""
    points = (keys // 2**32).alias("point").set_sorted()
    ends = {"first": pl.col("key").first() % 2**32, "last": pl.col("key").last() % 2**32}
    # a key comes once and they are sorted: so many from one to the other are all between
    held = pl.DataFrame([points, keys.alias("key")]).group_by("point", maintain_order=True).agg(pl.len(), **ends)
    whole = pl.col("len").is_between(planned.least, planned.most) & (pl.col("first") == planned.first)
    whole &= pl.col("last") == planned.first + pl.col("len") - 1
    whole &= pl.col("point").is_between(0, planned.points - 1)
    for point, number, first, last in held.filter(~whole).head(1).rows():
        problem = f"holds {number:,} runs of point {point}, replicates {first} to {last}"
        _refuse(parts, f"{problem}, but the plan has {planned}")
    if held.height < planned.points:
        gaps = (held["point"] != pl.int_range(held.height, eager=True)).arg_true()
        _refuse(parts, f"holds no run of point {gaps[0] if len(gaps) else held.height}, but the plan has {planned}")


def _refuse(parts: Mapping[Path, int], problem: str) -> NoReturn:
    folder = next(iter(parts)).parent
    raise OtherRuns(f"{problem}; remove this folder, and the same command runs them again", file=str(folder))


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
        runs = scan(*group)
        for first in range(0, sum(group.values()), most):  # a part may be larger than a group
            yield runs.slice(first, most).collect()


def _lay_down(
    batch: pl.DataFrame, order: pl.Expr, firsts: pl.Series, pieces: list[list[_Piece]], file: IO[bytes]
) -> None:
    """Append rows to the file, in a piece for each stretch that they belong to."""
    stretch = firsts.search_sorted(batch.select(order).to_series(), side="right") - 1
    for (number,), piece in batch.group_by(stretch, maintain_order=True):
        content = io.BytesIO()
        piece.write_ipc(content, compression="zstd")
        pieces[number].append((file.tell(), file.write(content.getbuffer())))


def _read(pieces: list[_Piece], file: IO[bytes]) -> pl.DataFrame:
    """The rows of one stretch."""
    held = []
    for place, size in pieces:
        file.seek(place)
        held.append(pl.read_ipc(file.read(size)))
    return pl.concat(held)


@contextmanager
def _system_errors(path: Path) -> Iterator[None]:
    """Polars tells of a full disk in the text of an error of its own."""
    try:
        yield
    except (pl.exceptions.PolarsError, OSError) as error:
        found = re.search(r"([^:]*) \(os error (\d+)\)", str(error))
        if found is None:
            raise
        number = int(found[2])  # on Windows one of its own, from which Python finds the other
        raise OSError(number, found[1].strip(), str(path), number) from error

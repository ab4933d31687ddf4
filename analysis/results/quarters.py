"""Quarters of runs as a folder of results keeps them: their columns, and their checks."""

from pathlib import Path
from typing import Any

import polars as pl

from analysis.results.manifest import QUARTER_PARTS, QUARTERS, Manifest, Written
from analysis.results.reading import readable, scan_frame
from model.errors import ConfigurationError
from model.metrics.quarters import COLUMNS_OF_QUARTERS, COUNTED

QUARTERS_SCHEMA: dict[str, Any] = {
    "point": pl.Int64(),
    "replicate": pl.Int64(),
    "quarter": pl.UInt16(),  # from 1, after the burn-in
    "weeks": pl.UInt8(),  # 13; the last may have fewer
    **{name: pl.UInt32() if name.removeprefix("twin_") in COUNTED else pl.Float32() for name in COLUMNS_OF_QUARTERS},
}
"""Columns of `quarters.parquet`: a row for each quarter of each run that went well, sorted by all three keys."""


def scan_quarters(folder: Path, manifest: Manifest, written: Written | None) -> pl.LazyFrame:
    """The quarters that a folder keeps, as a lazy frame; `written` None: of a sweep under way, those so far.

    Raises `ConfigurationError` where they are damaged.
    """
    if written:
        path = folder / QUARTERS
        found = scan_frame(path, QUARTERS_SCHEMA, rows=written.rows, sha256=written.sha256)
    else:
        path, parts = folder / QUARTER_PARTS, sorted(manifest.quarter_parts.keys() & manifest.parts.keys())
        each = [(path / name, manifest.quarter_parts[name]) for name in parts]
        frames = [scan_frame(file, QUARTERS_SCHEMA, rows=one.rows, sha256=one.sha256) for file, one in each]
        found = pl.concat([pl.LazyFrame(schema=QUARTERS_SCHEMA), *frames]).sort("point", "replicate", "quarter")
    first = manifest.first_replicate
    check_quarters(path, found, manifest.points, range(first, first + manifest.ceiling))
    return found


def check_quarters(path: Path, quarters: pl.LazyFrame, points: int, replicates: range) -> None:
    """Refuse quarters of other runs than these, or that are not finite; raises `ConfigurationError`."""
    wrong = {
        "points that the design does not have": ~pl.col("point").is_between(0, points - 1),
        "replicates that were not planned": ~pl.col("replicate").is_between(replicates.start, replicates.stop - 1),
        "quarters without weeks": (pl.col("quarter") < 1) | (pl.col("weeks") < 1),
        "rows without a number": pl.any_horizontal(pl.col("point", "replicate", "quarter", "weeks").is_null()),
        "figures that are not finite": pl.any_horizontal(~pl.col(pl.Float32).is_finite()),
    }
    with readable(path):
        found = quarters.select(test.any().alias(problem) for problem, test in wrong.items())
        row = found.collect(engine="streaming").row(0, named=True)
    if problems := [problem for problem in wrong if row[problem]]:
        raise ConfigurationError(f"holds {problems[0]}", file=str(path), allowed="the quarters of the runs, each once")

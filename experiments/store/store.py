"""The store: the only writer of a folder of results.

One process writes a folder at a time. Every file is written under a temporary name, flushed to disk and renamed into
place, so that a folder can be taken up again from any moment. The bytes of `design`, `runs` and `summary` follow from
the runs alone.
"""

import time
import warnings
from collections.abc import Callable, Collection, Iterable
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import Self

import polars as pl

from analysis.results.manifest import (
    DESIGN,
    MANIFEST,
    PARTS,
    QUARTER_PARTS,
    QUARTERS,
    REQUIREMENTS,
    RUNS,
    SUMMARY,
    SUMMARY_CSV,
    WORLDS,
    Manifest,
    Written,
)
from analysis.results.scan import scan
from analysis.results.status import STATUS, State, Status
from analysis.results.table_files import csv
from analysis.statistics.estimates import SUMMARY_SCHEMA, estimate, summarise
from experiments.store.assembly import Planned, assemble, assemble_quarters
from experiments.store.files import own, remove, remove_named, remove_temporary, replacing, sha256_of, write
from experiments.store.folders import OURS, clear, usable
from experiments.store.lock import UNLOCKED, Lock
from experiments.store.parquet import parquet
from experiments.store.parts import DAMAGED, Parts
from experiments.store.requirements import requirements
from model.errors import listing
from model.metrics.catalogue import ESTIMATED
from model.metrics.parts import TOLD_BY_KIND, of_kinds

BETWEEN = 1.0
"""Seconds after which manifest and status are written again while parts come in."""
MANIFEST_SHARE = 0.01
"""Part of the time that may go into writing the manifest again, which grows with every part."""
MOST_ROWS_OF_CSV = 2**20 - 1
"""Rows below its head that a spreadsheet takes: a summary of more is not written for one."""
BY_KIND = [name for metric in TOLD_BY_KIND for name in of_kinds(metric).values()]
"""Metrics of one kind of perpetrator alone, which the summary for a spreadsheet has beside those of all."""
Warn = Callable[[str], None]


class Store:
    """A folder of results that is being written; as a context it lets go of the folder at its end."""

    def __init__(self, folder: Path, manifest: Manifest, lock: Lock, warn: Warn) -> None:
        self.folder, self.manifest = folder, manifest
        self._lock, self._warn = lock, warn
        self.parts = Parts(own(folder, PARTS), manifest.parts)
        self.quarters = Parts(own(folder, *QUARTER_PARTS.split("/")), manifest.quarter_parts)
        self._manifest_due = self._status_written = 0.0
        self._done = self._rows()
        self._runs: int | None = None
        self._points = pl.DataFrame({"point": pl.Series([], dtype=pl.Int64)})
        self._began: tuple[float, int] | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        try:
            if self.manifest.status != "complete":
                # what failed may be the disk itself, and the folder is whole without these
                with suppress(OSError):
                    self.save_manifest()
                self._done = self._rows()
                self._save_status("failed" if isinstance(error, Exception) else "interrupted")
        finally:
            self._lock.release()

    def _rows(self) -> int:
        return sum(part.rows for part in self.manifest.parts.values())

    def save(self, name: str, frame: pl.DataFrame) -> None:
        """Write a table of the folder and enter it in the manifest."""
        self.manifest.files[name] = Written(rows=frame.height, sha256=write(self.folder / name, parquet(frame)))

    def save_part(self, name: str, frame: pl.DataFrame, quarters: pl.DataFrame | None = None) -> None:
        """Write a part, and before it the quarters of its runs.

        The manifest follows within a second, with many thousand parts within some, or at the end.
        """
        if quarters is not None:
            self.quarters.save(name, quarters)
        self.parts.save(name, frame)
        if time.monotonic() > self._manifest_due:
            self.save_manifest()

    def has(self, name: str, rows: int) -> bool:
        """Tell whether a part of so many runs is there, with their quarters where these are kept."""
        there = self.parts.has(name, rows)
        return there and (not self.manifest.over_time or self.quarters.has(name))

    def keep(self, names: Collection[str]) -> None:
        """Remove parts of a plan that is no longer followed, and the quarters of their runs."""
        self.parts.keep(names)
        self.quarters.keep(names)

    def save_manifest(self) -> None:
        """Write the manifest."""
        began = time.monotonic()
        write(self.folder / MANIFEST, (self.manifest.model_dump_json(indent=1) + "\n").encode())
        now = time.monotonic()
        self._manifest_due = now + max(BETWEEN, (now - began) / MANIFEST_SHARE)

    def runs_of(self, names: Iterable[str]) -> pl.LazyFrame:
        """The runs in these parts, in their order; columns are read when they are asked for."""
        return scan(*(self.folder / PARTS / name for name in names))

    def progress(self, done: int, runs: int) -> None:
        """Tell others how far it is: `done` of so many runs, as far as is known. Written once a second at most."""
        self._tell_of_damage()
        now = time.monotonic()
        self._done, self._runs = done, runs
        self._began = self._began or (now, done)
        if now - self._status_written > BETWEEN:
            self._save_status("running")

    def _save_status(self, state: State) -> None:
        if self.manifest.kind != "sweep":
            return
        now = time.monotonic()
        began, before = self._began or (now, self._done)
        rate = (self._done - before) / (now - began) if self._done > before else None
        left = (self._runs - self._done) / rate if state == "running" and rate and self._runs is not None else None
        status = Status(
            state=state,
            done=self._done,
            runs=self._runs,
            failed=sum(part.failed for part in self.manifest.parts.values()),
            rate=rate,
            seconds_left=left,
            updated_at=datetime.now().astimezone(),
        )
        with suppress(OSError):  # for those who watch alone: no reason to stop
            write(self.folder / STATUS, (status.model_dump_json(indent=1) + "\n").encode())
        self._status_written = now

    def _tell_of_damage(self) -> None:
        for folder, damaged in ((PARTS, self.parts.damaged), (QUARTER_PARTS, self.quarters.damaged)):
            if damaged:
                parts = "1 part is" if len(damaged) == 1 else f"{len(damaged)} parts are"
                aside = self.folder / folder / DAMAGED
                self._warn(f"{parts} damaged or from other runs; moved to {aside} and run again: {listing(damaged)}")
                damaged.clear()

    def begin(self, design: pl.DataFrame, worlds: pl.DataFrame | None) -> None:
        """Write what is known from the start. The manifest comes first: it says that the folder is ours."""
        self.save_manifest()
        remove_temporary(self.folder)
        self._points = design
        if not self.manifest.over_time:
            # of the same runs, when their quarters were kept
            remove(self.folder / QUARTERS)
            remove_named(self.folder / QUARTER_PARTS, OURS[QUARTER_PARTS])
            self.manifest.quarter_parts.clear()
        write(self.folder / REQUIREMENTS, requirements().encode())
        self.save(DESIGN, design)
        if worlds is not None:
            self.save(WORLDS, worlds)
        self.save_manifest()
        self._save_status("running")

    def complete(self) -> None:
        """Assemble `runs` and `summary` from the parts and say that all is there."""
        self._tell_of_damage()
        with replacing(self.folder / RUNS) as temporary:
            parts = {self.folder / PARTS / name: part.rows for name, part in sorted(self.manifest.parts.items())}
            rows = assemble(parts, temporary, Planned.of(self.manifest))
            sha256 = sha256_of(temporary)
        self.manifest.files[RUNS] = Written(rows=rows, sha256=sha256)
        if self.manifest.over_time:
            self._assemble_quarters()
        self._done = self._runs = rows
        self._conclude(scan(self.folder / RUNS))

    def _assemble_quarters(self) -> None:
        with replacing(self.folder / QUARTERS) as temporary:
            each = sorted(self.manifest.quarter_parts.items())
            parts = {self.folder / QUARTER_PARTS / name: part.rows for name, part in each}
            rows = assemble_quarters(parts, temporary, scan(self.folder / RUNS))
            sha256 = sha256_of(temporary)
        self.manifest.files[QUARTERS] = Written(rows=rows, sha256=sha256)

    def finish(self, runs: pl.DataFrame) -> None:
        """Write all runs and their summary, and say that all is there; their quarters are not among it."""
        self.manifest.over_time = False
        self.save(RUNS, runs)
        self._conclude(runs.lazy())

    def _conclude(self, runs: pl.LazyFrame) -> None:
        summary = summarise(runs, self.manifest.points, self.manifest.pilot)
        self.save(SUMMARY, summary)
        if summary.height + self.manifest.points * len(BY_KIND) <= MOST_ROWS_OF_CSV:
            by_kind = estimate(runs, self._points, ["point"], BY_KIND, self.manifest.pilot)
            write(self.folder / SUMMARY_CSV, csv(for_spreadsheet(pl.concat([summary, by_kind]), self._points)))
        self.manifest.status = "complete"
        self.save_manifest()
        self._save_status("complete")


def for_spreadsheet(summary: pl.DataFrame, points: pl.DataFrame) -> pl.DataFrame:
    """A summary with the levels of each point, and of what part of the acts each metric is: a kind, a group, or all."""
    parts = {name: metric.part or "all" for name, metric in ESTIMATED.items()}
    found = summary.sort("point", maintain_order=True).join(points, on="point", how="left", maintain_order="left")
    own = [name for name in SUMMARY_SCHEMA if name not in ("point", "metric")]
    return found.with_columns(part=pl.col("metric").replace_strict(parts, default="all")).select(
        *points.columns, "metric", "part", *own
    )


def open_store(
    folder: Path,
    manifest: Manifest,
    design: pl.DataFrame,
    worlds: pl.DataFrame | None = None,
    *,
    fresh: bool = False,
    replace_run: bool = False,
    warn: Warn = warnings.warn,
) -> Store:
    """Begin a folder of results, or go on with one of the same design and source.

    `worlds` are those of replicates, where each has its own. `fresh` clears results of another design or source, or
    that cannot be read; `replace_run` those of a single run. `warn` is given a line for the user where something is not
    as it should be.

    Raises `ConfigurationError` where the folder holds something else or another process writes it, `OSError` where it
    cannot be written.
    """
    usable(folder, manifest, fresh=fresh, replace_run=replace_run)
    folder.mkdir(parents=True, exist_ok=True)
    lock = Lock(folder)
    try:
        if not lock.held:
            warn(UNLOCKED.format(folder=folder))
        # another process may have written it before the lock was ours
        going_on = usable(folder, manifest, fresh=fresh, replace_run=replace_run)
        if going_on is None:
            clear(folder)
        store = Store(folder, going_on or manifest, lock, warn)
        store.begin(design, worlds)
    except BaseException:
        lock.release()
        raise
    return store

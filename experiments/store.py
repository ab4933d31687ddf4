"""The store: the only writer of a folder of results.

Every file is written under a temporary name, flushed to disk and renamed into place, so that a folder is whole at any
moment: what the manifest lists is there. The bytes of `design`, `runs` and `summary` follow from the runs alone.
"""

import hashlib
import io
import os
import time
from collections.abc import Collection
from pathlib import Path

import polars as pl

from analysis.estimates import summarise
from analysis.results import (
    DESIGN,
    FIGURES,
    LEDGER,
    MANIFEST,
    PARTS,
    RUNS,
    RUNS_SCHEMA,
    SERIES,
    SUMMARY,
    VOTES,
    ForeignManifest,
    Manifest,
    Written,
    read_frame,
    read_manifest,
)
from experiments.provenance import differences, same_runs
from model.errors import ConfigurationError

ROWS = 65_536
"""Rows of a row group; fixed, for bytes depend on it."""
BETWEEN_MANIFESTS = 1.0
"""Seconds after which the manifest is written again while parts come in."""
ANOTHER = "give another folder with --out"
REMEDIES = {"sweep": f"{ANOTHER}, or --fresh to lose what is there and start anew", "run": ANOTHER}
"""What a user can do about a folder that does not go with a sweep, or with a run."""
TABLES = (DESIGN, RUNS, SUMMARY, SERIES, LEDGER, VOTES)


def write(path: Path, content: bytes) -> str:
    """Write a file so that it is there in full or not at all; returns the SHA-256 of its content."""
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        with temporary.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)
    return hashlib.sha256(content).hexdigest()


def parquet(frame: pl.DataFrame) -> bytes:
    """A frame as Parquet; equal frames give equal bytes."""
    buffer = io.BytesIO()
    frame.rechunk().write_parquet(
        buffer, compression="zstd", compression_level=3, statistics=True, row_group_size=ROWS, data_page_size=1 << 20
    )
    return buffer.getvalue()


class Store:
    """A folder of results that is being written."""

    def __init__(self, folder: Path, manifest: Manifest) -> None:
        self.folder, self.manifest = folder, manifest
        self._written = 0.0

    def save(self, name: str, frame: pl.DataFrame) -> None:
        """Write a table of the folder and enter it in the manifest."""
        content = parquet(frame)
        self.manifest.files[name] = Written(rows=frame.height, sha256=write(self.folder / name, content))

    def save_part(self, name: str, frame: pl.DataFrame) -> None:
        """Write a part; the manifest follows within a second or at `save_manifest`."""
        content = parquet(frame)
        sha256 = write(self.folder / PARTS / name, content)
        self.manifest.parts[name] = Written(rows=frame.height, sha256=sha256)
        if time.monotonic() - self._written > BETWEEN_MANIFESTS:
            self.save_manifest()

    def save_manifest(self) -> None:
        """Write the manifest."""
        write(self.folder / MANIFEST, (self.manifest.model_dump_json(indent=1) + "\n").encode())
        self._written = time.monotonic()

    def has_part(self, name: str, rows: int) -> bool:
        """Whether a part is there, whole and of this size; forgets it if not."""
        entry = self.manifest.parts.get(name)
        if entry and entry.rows == rows and _sha256(self.folder / PARTS / name) == entry.sha256:
            return True
        self.manifest.parts.pop(name, None)
        return False

    def keep_parts(self, names: set[str]) -> None:
        """Remove every part but these: those of a plan that is no longer followed, and what a crash left behind."""
        remove(self.folder / PARTS, *OURS[PARTS], but=names)
        self.manifest.parts = {name: entry for name, entry in self.manifest.parts.items() if name in names}

    def complete(self) -> None:
        """Assemble `runs` and `summary` from the parts and say that all is there."""
        parts = [read_frame(self.folder / PARTS / name, RUNS_SCHEMA) for name in sorted(self.manifest.parts)]
        self.finish(pl.concat(parts).sort("point", "replicate"))

    def finish(self, runs: pl.DataFrame) -> None:
        """Write all runs and their summary, and say that all is there."""
        self.save(RUNS, runs)
        self.save(SUMMARY, summarise(runs, self.manifest.points))
        self.manifest.status = "complete"
        self.save_manifest()


def _sha256(path: Path) -> str | None:
    try:
        return hashlib.sha256(path.read_bytes()).hexdigest()
    except OSError:  # gone, or no file: it is written anew
        return None


def open_store(
    folder: Path, manifest: Manifest, design: pl.DataFrame, *, fresh: bool = False, replace_run: bool = False
) -> Store:
    """Begin a folder of results, or go on with one of the same design and source.

    `fresh` clears results of another design or source, or that cannot be read; `replace_run` those of a single run.

    Raises `ConfigurationError` where the folder holds something else, `OSError` where it cannot be written.
    """
    going_on = usable(folder, manifest, fresh=fresh, replace_run=replace_run)
    if going_on is None:
        clear(folder)
    store = Store(folder, going_on or manifest)
    store.save(DESIGN, design)
    store.save_manifest()
    return store


def usable(folder: Path, manifest: Manifest, *, fresh: bool = False, replace_run: bool = False) -> Manifest | None:
    """The manifest to go on with in a folder, or None where its results are to be cleared first; nothing is written.

    Raises `ConfigurationError` where the folder holds what must not be lost.
    """
    if folder.exists() and not folder.is_dir():
        raise ConfigurationError(f"is a file, and results need a folder; {ANOTHER}", file=str(folder))
    if not (folder / MANIFEST).exists():
        if folder.is_dir() and any(folder.iterdir()):
            raise ConfigurationError(f"holds files that are no results of deter; {ANOTHER}", file=str(folder))
        return manifest
    if (fresh and _may_be_cleared(folder, manifest)) or (replace_run and _holds_run(folder)):
        return None
    return resumed(folder, manifest)


def _may_be_cleared(folder: Path, manifest: Manifest) -> bool:
    """Whether a folder holds results of another design or source, or ours that cannot be read."""
    try:
        return not same_runs(read_manifest(folder), manifest)
    except ForeignManifest:
        return False
    except ConfigurationError:
        return True


def _holds_run(folder: Path) -> bool:
    try:
        return read_manifest(folder).kind == "run"
    except ConfigurationError:
        return False


def clear(folder: Path) -> None:
    """Remove the results in a folder, and nothing else."""
    for below, patterns in OURS.items():
        remove(folder / below, *patterns)


OURS = {
    "": (*TABLES, MANIFEST, "ledger.csv", "votes.csv"),
    PARTS: ("part-*.parquet", ".part-*.parquet.*"),
    FIGURES: ("*.png", "*.svg"),
}
"""Files that the store writes, by folder below that of the results."""


def remove(folder: Path, *patterns: str, but: Collection[str] = ()) -> None:
    """Remove files by pattern, and the folder with the last of its files."""
    for pattern in patterns:
        for path in folder.glob(pattern):
            if path.name not in but:
                path.unlink(missing_ok=True)
    if folder.is_dir() and not any(folder.iterdir()):
        folder.rmdir()


def resumed(folder: Path, manifest: Manifest) -> Manifest:
    """The manifest found in a folder, with its parts; raises where it is of another design or source."""
    try:
        found = read_manifest(folder)
    except ConfigurationError as error:
        error.problem += f"; {REMEDIES[manifest.kind]}"
        raise
    wrong = list(differences(found, manifest))
    if wrong:
        problem = f"holds results of another experiment ({'; '.join(wrong[:4])}); {REMEDIES[manifest.kind]}"
        raise ConfigurationError(problem, file=str(folder))
    return manifest.model_copy(update={"parts": found.parts, "status": "running"})

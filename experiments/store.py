"""The store: the only writer of a folder of results.

Every file is written under a temporary name, flushed to disk and renamed into place, so that a folder is whole at any
moment: what the manifest lists is there. The bytes of `design`, `runs` and `summary` follow from the runs alone.
"""

import hashlib
import io
import os
import shutil
import time
from pathlib import Path

import polars as pl

from analysis.estimates import summarise
from analysis.results import (
    DESIGN,
    FIGURES,
    MANIFEST,
    PARTS,
    RUNS,
    RUNS_SCHEMA,
    SUMMARY,
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
FRESH = "give another folder with --out, or --fresh to lose what is there and start anew"


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
        for path in (self.folder / PARTS).glob("*"):
            if path.name not in names:
                path.unlink(missing_ok=True)
                self.manifest.parts.pop(path.name, None)

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
    except FileNotFoundError:
        return None


def open_store(
    folder: Path, manifest: Manifest, design: pl.DataFrame, *, fresh: bool = False, replace_run: bool = False
) -> Store:
    """Begin a folder of results, or go on with one of the same design and source.

    `fresh` clears results of another design or source, or that cannot be read; `replace_run` those of a single run.

    Raises `ConfigurationError` where the folder holds something else, `OSError` where it cannot be written.
    """
    if folder.exists() and not folder.is_dir():
        raise ConfigurationError("is a file; results need a folder", file=str(folder))
    if (folder / MANIFEST).exists():
        if (fresh and not _goes_with(folder, manifest)) or (replace_run and _holds_run(folder)):
            clear(folder)
        else:
            manifest = resumed(folder, manifest)
    elif folder.is_dir() and any(folder.iterdir()):
        raise ConfigurationError(
            "holds files that are no results of deter; give another folder with --out", file=str(folder)
        )
    store = Store(folder, manifest)
    store.save(DESIGN, design)
    store.save_manifest()
    return store


def _goes_with(folder: Path, manifest: Manifest) -> bool:
    """Whether a folder holds results of the same design and source."""
    try:
        return same_runs(read_manifest(folder), manifest)
    except ConfigurationError:
        return False


def _holds_run(folder: Path) -> bool:
    try:
        return read_manifest(folder).kind == "run"
    except ConfigurationError:
        return False


def clear(folder: Path) -> None:
    """Remove the results in a folder, and nothing else."""
    for path in (*folder.glob("*.parquet"), *(folder / name for name in (MANIFEST, "ledger.csv", "votes.csv"))):
        path.unlink(missing_ok=True)
    for name in (PARTS, FIGURES):
        shutil.rmtree(folder / name, ignore_errors=True)


def resumed(folder: Path, manifest: Manifest) -> Manifest:
    """The manifest found in a folder, with its parts; raises where it is of another design or source."""
    try:
        found = read_manifest(folder)
    except ConfigurationError as error:
        error.problem += f"; {FRESH}"
        raise
    wrong = list(differences(found, manifest))
    if wrong:
        problem = f"holds results of another experiment ({'; '.join(wrong[:4])}); {FRESH}"
        raise ConfigurationError(problem, file=str(folder))
    return manifest.model_copy(update={"parts": found.parts, "status": "running"})

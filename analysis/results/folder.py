"""A folder of results: its schemas, and the readers that check them.

`open_results(folder)` gives `.manifest`, `.design`, `.runs`, `.summary` and `.status`; of a sweep that is under way, or
was interrupted, the runs so far.
"""

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path
from typing import Any, Literal

import polars as pl
from pydantic import BaseModel, ConfigDict, ValidationError

from agents.books import BOOKS
from analysis.results.status import (
    State,
    Status,
    Unreached,
    is_pooled,
    on_common_replicates,
    points_without,
    read_status,
)
from analysis.statistics.contrasts import paired
from analysis.statistics.estimates import SUMMARY_SCHEMA, estimate, summarise
from analysis.statistics.units import NAMES
from model.configuration import Configuration
from model.errors import ConfigurationError, listing
from model.metrics import COLUMNS

SCHEMA_VERSION = 2
MANIFEST, DESIGN, RUNS, SUMMARY = "manifest.json", "design.parquet", "runs.parquet", "summary.parquet"
SERIES, LEDGER, VOTES = "series.parquet", "ledger.parquet", "votes.parquet"
PARTS, FIGURES = "parts", "figures"
ANSWER = "discovery.json"
"""File with the last answer of `deter discover`."""
SEARCHED = "search.json"
"""File with the answer of `deter search`."""

Schema = dict[str, Any]


def _kind(name: str) -> Any:
    return pl.Float64() if BOOKS.dtype[name.removeprefix("twin_")].kind == "f" else pl.Int64()


COLUMNS_SCHEMA: Schema = {name: _kind(name) for name in COLUMNS}
"""Type of each figure of a run."""

RUNS_SCHEMA: Schema = {
    "point": pl.Int64(),
    "replicate": pl.Int64(),
    "seed": pl.Int64(),
    "status": pl.String(),  # ok | failed
    "error": pl.String(),  # null unless failed
    **COLUMNS_SCHEMA,
}
"""Columns of `runs.parquet`: one row for each run, sorted by point and replicate; null where undefined."""


class ForeignManifest(ConfigurationError):
    """A manifest that something else has written: the folder is not ours to clear."""


class Written(BaseModel):
    """A file of the folder: its rows, and the SHA-256 of its bytes."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    rows: int
    sha256: str
    failed: int = 0  # of the runs in a part


DRAWN = ("latin", "sobol")
"""Designs whose points are a random sample. Latin hypercubes are steadier than one: intervals are a little wide."""
STRUCTURED = ("saltelli", "morris")
"""Designs from which indices follow. Their points are no worlds to average over: they repeat one another on purpose."""


class Manifest(BaseModel):
    """Where a folder of results comes from, and what it holds."""

    model_config = ConfigDict(extra="forbid")

    schema_version: int = SCHEMA_VERSION
    kind: Literal["sweep", "run"]
    status: Literal["running", "complete"] = "running"
    title: str
    question: str
    design_hash: str
    source_hash: str
    seed: int
    first_replicate: int = 0
    replicates: int
    points: int
    factors: dict[str, list[Any]]
    design: dict[str, Any] = {}  # how the points were made: the experiment's table of that name, defaults included
    engine: Literal["compiled", "mesa"]
    model: dict[str, str] | None = None  # a class of the user's own: name, hash of its source, `retried` with these
    model_text: str | None = None  # its source, where it comes from a file
    precision: dict[str, float] = {}  # half-width asked of each metric's interval, at every point
    most_replicates: int | None = None  # at most, where a precision is asked
    versions: dict[str, str]
    platform: str
    machine: dict[str, str] = {}  # what bits depend on besides code and versions
    configuration: dict[str, Any]
    contents: dict[str, dict[str, Any]] = {}  # of the files named by levels: factor → level → content
    files: dict[str, Written] = {}
    parts: dict[str, Written] = {}

    @property
    def version_of_model(self) -> tuple[str, str] | None:
        """Name and hash of a class of the user's own."""
        return (self.model["name"], self.model["hash"]) if self.model else None

    @property
    def pilot(self) -> range | None:
        """The replicates of the first stage, where their spread set how many more a point got."""
        return range(self.first_replicate, self.first_replicate + self.replicates) if self.precision else None

    @property
    def doctrine_titles(self) -> dict[str, str]:
        """Title of each doctrine that is a level of a factor, by level; the level itself where no title is kept."""
        contents = self.contents.get("doctrine", {})
        levels = map(str, self.factors.get("doctrine", ()))
        return {level: str(contents.get(level, {}).get("title", level)) for level in levels}

    @property
    def stamp(self) -> str:
        """Version of deter and hashes of design and model, for figures and tables to cite."""
        version = self.versions.get("deter", "unknown")
        return f"deter {version}, design {self.design_hash[:8]}, model {self.source_hash[:8]}"


def read_manifest(folder: Path) -> Manifest:
    """The manifest of a folder; raises `ConfigurationError` where there is none that can be read."""
    path = folder / MANIFEST
    try:
        tree = json.loads(path.read_text("utf-8"))
    except FileNotFoundError:
        raise ConfigurationError(
            f"is not a folder of results: it has no {MANIFEST}", file=str(folder), allowed=_within(folder)
        ) from None
    except IsADirectoryError:
        raise ForeignManifest("is a folder, and no manifest", file=str(path)) from None
    except NotADirectoryError:
        raise ConfigurationError("is a file, and a folder of results is needed", file=str(folder)) from None
    except (ValueError, RecursionError) as error:
        raise ConfigurationError(f"is damaged: {error}", file=str(path)) from None
    if not isinstance(tree, dict) or "schema_version" not in tree:
        raise ForeignManifest("is no manifest of results of deter", file=str(path))
    version = tree["schema_version"]
    if version != SCHEMA_VERSION:
        problem = f"is unknown to this version of deter, which reads {SCHEMA_VERSION} alone"
        raise ConfigurationError(problem, file=str(path), key="schema_version", value=version)
    try:
        return Manifest.model_validate(tree)
    except ValidationError as error:
        first = error.errors()[0]
        raise ConfigurationError(first["msg"], file=str(path), key=".".join(map(str, first["loc"]))) from None


def _within(folder: Path) -> str | None:
    """Folders of results within one that is none, such as that of a search."""
    found = [str(path.parent) for path in sorted(folder.glob(f"*/{MANIFEST}"))]
    return listing(found) if found else None


@contextmanager
def readable(path: Path) -> Iterator[None]:
    """Turn what goes wrong in reading a file into `ConfigurationError`."""
    try:
        yield
    except FileNotFoundError:
        raise ConfigurationError("there is no such file", file=str(path)) from None
    except IsADirectoryError:
        raise ConfigurationError("is a folder", file=str(path)) from None
    except pl.exceptions.PolarsError as error:
        raise ConfigurationError(f"is damaged: {str(error).splitlines()[0]}", file=str(path)) from None


def read_frame(path: Path, schema: Schema | None = None, written: Written | None = None) -> pl.DataFrame:
    """A Parquet file, checked against what was written and a schema; raises `ConfigurationError`."""
    with readable(path):
        content = path.read_bytes()
        _check_bytes(path, hashlib.sha256(content).hexdigest(), written)
        frame = pl.read_parquet(content)
    _check_schema(path, frame.schema, schema)
    return frame


def scan_frame(path: Path, schema: Schema, written: Written | None = None) -> pl.LazyFrame:
    """Scan a Parquet file of any size, checked as `read_frame` does; columns are read when they are asked for."""
    with readable(path):
        with path.open("rb") as file:
            sha256 = hashlib.file_digest(file, "sha256").hexdigest()
        frame = pl.scan_parquet(path)
        found = frame.collect_schema()
    _check_bytes(path, sha256, written)
    _check_schema(path, found, schema)
    return frame


def _check_bytes(path: Path, sha256: str, written: Written | None) -> None:
    if written and sha256 != written.sha256:
        raise ConfigurationError("is damaged, or was changed since it was written", file=str(path))


def _check_schema(path: Path, found: Mapping[str, Any], schema: Schema | None) -> None:
    if schema is not None and dict(found) != schema:
        wrong = [name for name in {**schema, **found} if found.get(name) != schema.get(name)]
        raise ConfigurationError(f"has other columns or types than expected: {listing(wrong)}", file=str(path))


class Results:
    """A folder of results; frames are read when first asked for."""

    def __init__(self, folder: Path, manifest: Manifest) -> None:
        self.folder, self.manifest = folder, manifest

    def _read(self, name: str, schema: Schema | None = None) -> pl.DataFrame:
        return read_frame(self.folder / name, schema, self.manifest.files.get(name))

    @cached_property
    def design(self) -> pl.DataFrame:
        """Points: `point`, and one column for each factor, named by the path of its parameter."""
        frame = self._read(DESIGN)
        if frame.columns != ["point", *self.manifest.factors]:
            raise ConfigurationError("has other factors than the manifest", file=str(self.folder / DESIGN))
        return frame

    @cached_property
    def levelled(self) -> list[str]:
        """Factors whose levels can be compared: in a sample those crossed with it, else all."""
        design = self.manifest.design
        drawn = "seed" in design or design.get("kind") == "worlds"
        return list(design.get("cross", ())) if drawn else list(self.manifest.factors)

    @property
    def weights(self) -> list[float] | None:
        """Weight of each point, where its world was given one: worlds vary fastest. None: all weigh the same."""
        of_worlds = self.manifest.design.get("weights")
        return [of_worlds[point % len(of_worlds)] for point in range(self.manifest.points)] if of_worlds else None

    @cached_property
    def runs(self) -> pl.DataFrame:
        """Runs, sorted by point and replicate; those so far where the folder is not complete."""
        if self.manifest.status == "complete":
            return self._read(RUNS, RUNS_SCHEMA)
        parts = [read_frame(self.folder / PARTS / name, RUNS_SCHEMA) for name in sorted(self.manifest.parts)]
        return pl.concat([pl.DataFrame(schema=RUNS_SCHEMA), *parts]).sort("point", "replicate")

    @cached_property
    def scan(self) -> pl.LazyFrame:
        """Runs as a lazy frame, whose columns are read as they are asked for: millions need not fit in memory."""
        if self.manifest.status != "complete" or "runs" in self.__dict__:
            return self.runs.lazy()
        return scan_frame(self.folder / RUNS, RUNS_SCHEMA, self.manifest.files.get(RUNS))

    @cached_property
    def counts(self) -> tuple[int, int]:
        """Runs that are there, and of those the failed."""
        failed = (pl.col("status") == "failed").sum()
        runs, broken = self.scan.select(pl.len(), failed).collect().row(0)
        return runs, broken

    @property
    def status(self) -> Status:
        """How far it is, as of now."""
        done = sum(part.rows for part in self.manifest.parts.values()) or (self.manifest.status == "complete")
        state: State = "complete" if self.manifest.status == "complete" else "interrupted"
        failed = sum(part.failed for part in self.manifest.parts.values())
        return read_status(self.folder) or Status(state=state, done=done, failed=failed)

    @cached_property
    def summary(self) -> pl.DataFrame:
        """Estimates: one row for each point and metric."""
        if self.manifest.status == "complete":
            return self._read(SUMMARY, SUMMARY_SCHEMA)
        return summarise(self.scan, pilot=self.manifest.pilot)

    @cached_property
    def unreached(self) -> int:
        """Points of a sweep that is not complete that have no run yet."""
        return 0 if self.manifest.status == "complete" else points_without(self.scan, self.design.height)

    def check_reached(self, by: Sequence[str]) -> None:
        """Refuse to compare groups of points that share values of these columns while points have no run yet."""
        if self.unreached and is_pooled(self.design, by):
            points = self.design.height
            raise Unreached(
                f"is of a sweep under way: {points - self.unreached:,} of {points:,} points have runs so far, unevenly "
                "by level, so that levels cannot be compared",
                file=str(self.folder),
                allowed="every point with a run: the same `deter sweep` with the same `--out` goes on; single points "
                "can be seen before",
            )

    def estimate(self, by: Sequence[str] = (), metrics: Sequence[str] = NAMES) -> pl.DataFrame:
        """Estimates of metrics for each combination of levels of these factors, pooled over the others.

        What is pooled in a folder that is not complete rests on the replicates that every point has. Where points have
        no run yet, `Unreached` (a `ConfigurationError`) is raised for levels, and all of it rests on the runs so far.
        """
        scan = self.scan
        if self.manifest.status != "complete" and is_pooled(self.design, by):
            if by:
                self.check_reached(by)
            scan = on_common_replicates(scan, self.design.height)
        return estimate(scan, self.design, by, metrics, self.manifest.pilot, self.weights)

    def paired(self, by: Sequence[str], reference: Mapping[str, Any], metrics: Sequence[str] = NAMES) -> pl.DataFrame:
        """Paired differences of groups of points from their reference (`analysis.statistics.contrasts`).

        Raises `Unreached` for groups of several points while points have no run yet.
        """
        self.check_reached(by)
        return paired(self.scan, self.design, by, reference, metrics, self.manifest.pilot, self.weights)

    @cached_property
    def series(self) -> pl.DataFrame:
        """Weeks of a single run, in the world and in its twin."""
        return self._read(SERIES)

    @property
    def twin_answers(self) -> bool:
        """Whether worlds are compared with twins that take measures, at some points at least."""
        varied = any(path.startswith("reference.doctrine") for path in self.manifest.factors)
        return varied or self.configuration.reference.doctrine.answers

    @cached_property
    def configuration(self) -> Configuration:
        """The base configuration."""
        return Configuration.model_validate(self.manifest.configuration)


def open_results(folder: str | Path) -> Results:
    """Open a folder of results; raises `ConfigurationError` where it is none."""
    folder = Path(folder)
    return Results(folder, read_manifest(folder))

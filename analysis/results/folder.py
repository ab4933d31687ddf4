"""A folder of results: its schemas, and the readers that check them.

`open_results(folder)` gives `.manifest`, `.design`, `.runs`, `.summary` and `.status`; of a sweep that is under way, or
was interrupted, the runs so far.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from functools import cached_property
from math import isfinite
from pathlib import Path
from typing import Annotated, Any, Literal

import polars as pl
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, field_validator, model_validator

from agents.books import BOOKS
from analysis.results.identity import design_hash, essence
from analysis.results.reading import Schema, read_frame, read_json, readable, scan_frame
from analysis.results.single_run import check_weeks
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
from model.paths import validated

SCHEMA_VERSION = 2
MANIFEST, DESIGN, RUNS, SUMMARY = "manifest.json", "design.parquet", "runs.parquet", "summary.parquet"
SERIES, LEDGER, VOTES = "series.parquet", "ledger.parquet", "votes.parquet"
STORED_TABLES = (DESIGN, RUNS, SUMMARY, SERIES, LEDGER, VOTES)
PARTS, FIGURES = "parts", "figures"
REQUIREMENTS = "requirements.txt"
"""File with the exact versions that a folder was made with."""
ANSWER = "discovery.json"
"""File with the last answer of `deter discover`."""
SEARCHED = "search.json"
"""File with the answer of `deter search`."""

MOST_POINTS = 1_000_000
MOST_RUNS = 10_000_000
"""Runs of a sweep: so many are assembled within minutes and one gigabyte of memory, and analysed within two."""
MOST_FIGURES = 100
"""Rows of a summary for each point, at most: one for each figure that is estimated."""
MOST_BYTES_OF_MANIFEST = 256 * 2**20
"""A million parts take 150 megabytes."""


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


Whole = Annotated[int, Field(ge=0, lt=2**63)]
"""A whole number that tables can hold."""
Hash = Annotated[str, Field(pattern="^[0-9a-f]{16}$")]
PartName = Annotated[str, Field(pattern=r"^part-[0-9a-z-]{1,80}\.parquet$")]


def _levels(levels: list[Any]) -> list[Any]:
    for level in levels:
        finite = -(2**63) <= level < 2**63 if isinstance(level, int) else isinstance(level, float) and isfinite(level)
        if not (finite or isinstance(level, (str, date))):
            raise ConfigurationError("is no level of a factor", value=level, allowed="numbers, texts, true and false")
    return levels


class Written(BaseModel):
    """A file of the folder: its rows, and the SHA-256 of its bytes."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    rows: Whole
    sha256: Annotated[str, Field(pattern="^[0-9a-f]{64}$")]
    failed: Whole = 0  # of the runs in a part


DRAWN = ("latin", "sobol")
"""Designs whose points are a random sample. Latin hypercubes are steadier than one: intervals are a little wide."""
STRUCTURED = ("saltelli", "morris")
"""Designs from which indices follow. Their points are no worlds to average over: they repeat one another on purpose."""


class _Plan(BaseModel):
    """Entries of the table `design` that analyses read; the others say how the points were drawn."""

    model_config = ConfigDict(extra="allow", strict=True)

    kind: str = "grid"
    cross: list[str] = []
    seed: Whole | None = None
    weights: list[Annotated[float, Field(gt=0.0, allow_inf_nan=False)]] | None = None  # of the worlds of a file
    reference: str | None = None  # of a comparison
    targets: list[str] = []
    size: Annotated[int, Field(ge=1, le=MOST_POINTS)] = 1
    trajectories: Annotated[int, Field(ge=1, le=MOST_POINTS)] = 1
    levels: Annotated[int, Field(ge=2, le=MOST_POINTS)] = 2
    second_order: bool = False

    @model_validator(mode="after")
    def _has_a_size(self) -> "_Plan":
        size = {"saltelli": "size", "morris": "trajectories"}.get(self.kind)
        if size and size not in self.model_fields_set:
            raise ConfigurationError("is missing", key=size)
        return self


class Manifest(BaseModel):
    """Where a folder of results comes from, and what it holds.

    It may come from anybody. So its entries are held to what deter writes: names of files are names and no paths,
    hashes are hashes, and runs are no more than a sweep may have.
    """

    model_config = ConfigDict(extra="forbid", strict=True)

    schema_version: int = SCHEMA_VERSION
    kind: Literal["sweep", "run"]
    status: Literal["running", "complete"] = "running"
    title: str
    question: str
    design_hash: Hash
    source_hash: Hash
    seed: Whole
    first_replicate: Whole = 0
    replicates: Annotated[int, Field(ge=1, le=MOST_RUNS)]
    points: Annotated[int, Field(ge=1, le=MOST_POINTS)]
    factors: dict[str, Annotated[list[Any], Field(min_length=1), AfterValidator(_levels)]]
    design: dict[str, Any] = {}  # how the points were made: the experiment's table of that name, defaults included
    engine: Literal["compiled", "mesa"]
    model: dict[str, str] | None = None  # a class of the user's own: name, hash of its source, `retried` with these
    model_text: str | None = None  # its source, where it comes from a file
    # half-width asked of each metric's interval, at every point
    precision: dict[str, Annotated[float, Field(gt=0.0, allow_inf_nan=False)]] = {}
    most_replicates: Annotated[int, Field(ge=1, le=MOST_RUNS)] | None = None  # at most, where a precision is asked
    versions: dict[str, str]
    platform: str
    machine: dict[str, str] = {}  # what bits depend on besides code and versions
    configuration: dict[str, Any]
    contents: dict[str, dict[str, dict[str, Any]]] = {}  # of the files named by levels: factor → level → content
    files: dict[str, Written] = {}
    parts: dict[PartName, Written] = {}

    @field_validator("design")
    @classmethod
    def _is_plan(cls, design: dict[str, Any]) -> dict[str, Any]:
        return {"kind": validated(_Plan, design).kind, **design}

    @field_validator("files")
    @classmethod
    def _are_tables(cls, files: dict[str, Written]) -> dict[str, Written]:
        for name in files.keys() - set(STORED_TABLES):
            raise ConfigurationError("is no table of a folder of results", key=name, allowed=", ".join(STORED_TABLES))
        return files

    @field_validator("model")
    @classmethod
    def _is_class(cls, model: dict[str, str] | None) -> dict[str, str] | None:
        if model is not None and not {"name", "hash"} <= model.keys() <= {"name", "hash", "retried"}:
            raise ConfigurationError("is no model class", allowed="name and hash")
        return model

    @model_validator(mode="after")
    def _fits_together(self) -> "Manifest":
        if self.points * self.ceiling > MOST_RUNS or sum(part.rows for part in self.parts.values()) > MOST_RUNS:
            raise ConfigurationError("holds more runs than a sweep may have", allowed=f"{MOST_RUNS:,} or fewer")
        most = {DESIGN: self.points, RUNS: self.points * self.ceiling}
        for name, written in self.files.items():
            if written.rows > most.get(name, max(MOST_RUNS, MOST_FIGURES * self.points)):
                problem = "are more than the points and replicates make"
                raise ConfigurationError(problem, key=f"files.{name}.rows", value=written.rows)
        for path in self.design.get("cross", ()):
            if path not in self.factors:
                raise ConfigurationError("is no factor", key="design.cross", value=path)
        if self.points % len(self.design.get("weights") or [1]):
            raise ConfigurationError("are not one for each world", key="design.weights")
        return self

    @property
    def ceiling(self) -> int:
        """Replicates of a point, at most."""
        return max(self.replicates, self.most_replicates or 0)

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
    if folder.is_file():
        raise ConfigurationError("is a file, and a folder of results is needed", file=str(folder))
    if path.is_dir():
        raise ForeignManifest("is a folder, and no manifest", file=str(path))
    if not path.exists():
        problem = f"is not a folder of results: it has no {MANIFEST}"
        raise ConfigurationError(problem, file=str(folder), allowed=_within(folder))
    tree = read_json(path, MOST_BYTES_OF_MANIFEST)
    if not isinstance(tree, dict) or "schema_version" not in tree:
        raise ForeignManifest("is no manifest of results of deter", file=str(path))
    version = tree["schema_version"]
    if version != SCHEMA_VERSION:
        problem = f"is unknown to this version of deter, which reads {SCHEMA_VERSION} alone"
        raise ConfigurationError(problem, file=str(path), key="schema_version", value=version)
    return validated(Manifest, tree, file=str(path))


def _within(folder: Path) -> str | None:
    """Folders of results within one that is none, such as that of a search."""
    found = [str(path.parent) for path in sorted(folder.glob(f"*/{MANIFEST}"))]
    return listing(found) if found else None


class Results:
    """A folder of results; frames are read when first asked for."""

    def __init__(self, folder: Path, manifest: Manifest) -> None:
        self.folder, self.manifest = folder, manifest

    def written(self, name: str) -> Written:
        """What the manifest says of a table; raises `ConfigurationError` where it does not name it."""
        if name not in self.manifest.files:
            raise ConfigurationError(f"does not name {name}", file=str(self.folder / MANIFEST), key="files")
        return self.manifest.files[name]

    def read(self, name: str, schema: Schema | None = None) -> pl.DataFrame:
        """A table of the folder, whole; raises `ConfigurationError` where it is not the one that was written."""
        self.check()
        written = self.written(name)
        return read_frame(self.folder / name, schema, rows=written.rows, sha256=written.sha256)

    def check(self) -> None:
        """Refuse a folder whose design or configuration is not that of its manifest, before anything is made of it."""
        _ = self.design

    @cached_property
    def configuration(self) -> Configuration:
        """The base configuration."""
        tree, file = self.manifest.configuration, str(self.folder / MANIFEST)
        return validated(Configuration, tree, file=file, below="configuration")

    @cached_property
    def design(self) -> pl.DataFrame:
        """Points: `point`, and one column for each factor, named by the path of its parameter.

        They and the configuration are those of the hash in the manifest, or `ConfigurationError` is raised.
        """
        manifest, path = self.manifest, self.folder / DESIGN
        _ = self.configuration  # what is wrong with a value of it says more than a hash
        written = self.written(DESIGN)
        frame = read_frame(path, rows=written.rows, sha256=written.sha256)
        if frame.columns != ["point", *manifest.factors]:
            raise ConfigurationError("has other factors than the manifest", file=str(path))
        if frame["point"].dtype != pl.Int64 or frame["point"].to_list() != list(range(manifest.points)):
            problem = f"does not hold the points 0 to {manifest.points - 1} in their order"
            raise ConfigurationError(problem, file=str(path))
        for name, levels in manifest.factors.items():
            if not _is_of(frame[name], levels):
                problem = "has other levels than the manifest"
                raise ConfigurationError(problem, file=str(path), key=name)
        if hash_of(manifest, frame) != manifest.design_hash:
            problem = "is not the hash of the configuration and the points: one of them was changed since"
            where = {"file": str(self.folder / MANIFEST), "key": "design_hash", "value": manifest.design_hash}
            raise ConfigurationError(problem, **where, allowed=f"the folder as it was written, with its {DESIGN}")
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
            return self._scanned().collect()
        self.check()
        parts = [
            read_frame(self.folder / PARTS / name, RUNS_SCHEMA, rows=part.rows, sha256=part.sha256)
            for name, part in sorted(self.manifest.parts.items())
        ]
        runs = pl.concat([pl.DataFrame(schema=RUNS_SCHEMA), *parts]).sort("point", "replicate")
        self._check_runs(self.folder / PARTS, runs.lazy())
        return runs

    @cached_property
    def scan(self) -> pl.LazyFrame:
        """Runs as a lazy frame, whose columns are read as they are asked for: millions need not fit in memory.

        All of it is looked through once, for what is damaged would otherwise be found amid an analysis.
        """
        if self.manifest.status != "complete" or "runs" in self.__dict__:
            return self.runs.lazy()
        return self._scanned()

    def _scanned(self) -> pl.LazyFrame:
        self.check()
        path, written = self.folder / RUNS, self.written(RUNS)
        scan = scan_frame(path, RUNS_SCHEMA, rows=written.rows, sha256=written.sha256)
        self._check_runs(path, scan)
        return scan

    def _check_runs(self, path: Path, runs: pl.LazyFrame) -> None:
        """Refuse runs that are damaged, or that are not of this design, each once and in order."""
        manifest, step = self.manifest, pl.col("point").diff()
        first = manifest.first_replicate
        wrong = {
            "runs without a number": pl.any_horizontal(pl.col("point", "replicate", "seed", "status").is_null()),
            "points that the design does not have": ~pl.col("point").is_between(0, manifest.points - 1),
            "replicates that were not planned": ~pl.col("replicate").is_between(first, first + manifest.ceiling - 1),
            "runs of another seed": pl.col("seed") != manifest.seed,
            "runs twice, or not in their order": (step < 0) | ((step == 0) & (pl.col("replicate").diff() <= 0)),
            "runs that neither went well nor failed": ~pl.col("status").is_in(["ok", "failed"]),
            "figures that are not finite": pl.any_horizontal(~pl.col(pl.Float64).is_finite()),
        }
        # the maximum of a column takes all of it, and so tells of damage
        looked = [pl.col(name).max().alias(f"of {name}") for name in RUNS_SCHEMA]
        with readable(path):
            found = runs.select(*(test.any().alias(problem) for problem, test in wrong.items()), *looked)
            row = found.collect(engine="streaming").row(0, named=True)
        if problems := [problem for problem in wrong if row[problem]]:
            raise ConfigurationError(
                f"holds {problems[0]}", file=str(path), allowed="the runs of the design, each once"
            )

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
            return self.read(SUMMARY, SUMMARY_SCHEMA)
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
        series = self.read(SERIES)
        check_weeks(self.folder / SERIES, series, list(self.configuration.activities))
        return series


def hash_of(manifest: Manifest, points: pl.DataFrame) -> str:
    """The design hash that follows from the entries of a manifest and these points."""
    return design_hash(
        essence({name: value for name, value in manifest.configuration.items() if name != "sources"}),
        points,
        manifest.seed,
        manifest.first_replicate,
        manifest.replicates,
        precision=manifest.precision,
        most_replicates=manifest.most_replicates,
        model=manifest.model["name"] if manifest.model else None,
    )


def _is_of(column: pl.Series, levels: Sequence[Any]) -> bool:
    """Whether the values of a factor at the points are levels of it, or lie between the ends."""
    if column.dtype in (pl.String, pl.Boolean, pl.Date):
        return set(map(str, column.unique())) <= set(map(str, levels))
    ends = [level for level in levels if isinstance(level, (int, float))]
    low, high = column.min(), column.max()
    numbers = column.dtype in (pl.Int64, pl.Float64) and not column.null_count()
    return bool(numbers and ends and min(ends) <= low and high <= max(ends))  # type: ignore[operator]


def open_results(folder: str | Path) -> Results:
    """Open a folder of results; raises `ConfigurationError` where it is none."""
    folder = Path(folder)
    return Results(folder, read_manifest(folder))

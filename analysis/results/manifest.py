"""The manifest of a folder of results: where it comes from and what it holds, checked as it is read."""

from collections import Counter
from datetime import date
from math import isfinite
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, field_validator, model_validator

from analysis.results.reading import read_json
from model.display.cards import line
from model.errors import ConfigurationError, listing
from model.paths import validated

SCHEMA_VERSION = 2
MANIFEST, DESIGN, RUNS, SUMMARY = "manifest.json", "design.parquet", "runs.parquet", "summary.parquet"
SERIES, LEDGER, VOTES, WORLDS = "series.parquet", "ledger.parquet", "votes.parquet", "worlds.parquet"
SUMMARY_CSV = "summary.csv"
"""File with the summary for a spreadsheet, metrics by kind of perpetrator among them."""
QUARTERS = "quarters.parquet"
VOTES_BY_MEMBER, ACTS = "votes_by_member.parquet", "acts.parquet"
STORED_TABLES = (DESIGN, RUNS, SUMMARY, SERIES, LEDGER, VOTES, VOTES_BY_MEMBER, ACTS, WORLDS, QUARTERS)
PARTS, FIGURES = "parts", "figures"
QUARTER_PARTS = "parts/quarters"
"""Folder of the quarters of the runs in each part."""
SHORT_BRIEF = "brief.html"
"""Name of the page of a short brief in the folder that it is of."""
REQUIREMENTS = "requirements.txt"
"""File with the exact versions that a folder was made with."""
ANSWER = "discovery.json"
"""File with the last answer of `deter discover`."""
SEARCHED = "search.json"
"""File with the answer of `deter search`."""

MOST_POINTS = 1_000_000
MOST_RUNS = 10_000_000
"""Runs of a sweep: so many are assembled within minutes and one gigabyte of memory, and analysed within two."""
MOST_QUARTERS = 400
"""Quarters of a run, at most: of a hundred years."""
MOST_FIGURES = 100
"""Rows of a summary for each point, at most: one for each figure that is estimated."""
MOST_METRICS = 20
"""Metrics of a user's own that an experiment may measure."""
MOST_BYTES_OF_MANIFEST = 256 * 2**20
"""A million parts take 150 megabytes."""


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


class OwnMetric(BaseModel):
    """A metric of the user's own: the function that measures it, the hash of its source, and what that says of it."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    name: str  # file.py:function, or package.module:function
    hash: Hash  # of the source of the module
    says: str = ""  # first line of the docstring
    retried: list[Hash] = []  # later versions, with which failed runs were done again


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
    uncertainty: str | None = None  # name of the file from which each replicate has a world of its own
    engine: Literal["compiled", "mesa"]
    model: dict[str, str] | None = None  # a class of the user's own: name, hash of its source, `retried` with these
    model_text: str | None = None  # its source, where it comes from a file
    # metrics of the user's own by name, and the sources of those that come from files, by hash
    metrics: Annotated[
        dict[Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,39}$")], OwnMetric], Field(max_length=MOST_METRICS)
    ] = {}
    metric_texts: dict[Hash, str] = {}
    luck: Literal["common", "own"] = "common"  # whose random numbers a point's runs have
    record: bool = False  # whether runs keep the moments of their public record
    over_time: bool = False  # whether runs keep figures of each quarter
    # half-width asked of each metric's interval, at every point
    precision: dict[str, Annotated[float, Field(gt=0.0, allow_inf_nan=False)]] = {}
    most_replicates: Annotated[int, Field(ge=1, le=MOST_RUNS)] | None = None  # at most, where a precision is asked
    versions: dict[str, str]
    platform: str
    machine: dict[str, str] = {}  # what bits depend on besides code and versions
    configuration: dict[str, Any]
    contents: dict[str, dict[str, dict[str, Any]]] = {}  # of the files named by levels: factor → level → content
    changes: dict[str, dict[str, Any]] = {}  # what is other beside a doctrine: its level → path → value
    files: dict[str, Written] = {}
    parts: dict[PartName, Written] = {}
    quarter_parts: dict[PartName, Written] = {}  # by the names of the parts whose runs they are of

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
        runs = self.points * self.ceiling
        most = {DESIGN: self.points, RUNS: runs, WORLDS: self.ceiling, QUARTERS: MOST_QUARTERS * runs}
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

    def __repr__(self) -> str:
        return line("Manifest", self.title, self.kind, self.status, self.stamp)

    __str__ = __repr__

    @property
    def ceiling(self) -> int:
        """Replicates of a point, at most."""
        return max(self.replicates, self.most_replicates or 0)

    @property
    def version_of_model(self) -> tuple[str, str] | None:
        """Name and hash of a class of the user's own."""
        return (self.model["name"], self.model["hash"]) if self.model else None

    @property
    def version_of_metrics(self) -> dict[str, tuple[str, str]]:
        """Name and hash of the function that measures each metric of the user's own."""
        return {name: (each.name, each.hash) for name, each in self.metrics.items()}

    @property
    def pilot(self) -> range | None:
        """The replicates of the first stage, where their spread set how many more a point got."""
        return range(self.first_replicate, self.first_replicate + self.replicates) if self.precision else None

    @property
    def doctrine_titles(self) -> dict[str, str]:
        """Title of each doctrine that is a level of a factor, by level; the level itself where no title is kept.

        Titles that are alike have their levels beside them.
        """
        contents = self.contents.get("doctrine", {})
        levels = map(str, self.factors.get("doctrine", ()))
        titles = {level: str(contents.get(level, {}).get("title", level)) for level in levels}
        told = Counter(titles.values())
        return {level: title if told[title] == 1 else f"{title} ({level})" for level, title in titles.items()}

    @property
    def written_by(self) -> str:
        """Version of deter that wrote the folder."""
        return self.versions.get("deter", "unknown")

    @property
    def stamp(self) -> str:
        """Version of deter and hashes of design and model, for figures and tables to cite."""
        return f"deter {self.written_by}, design {self.design_hash[:8]}, model {self.source_hash[:8]}"


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

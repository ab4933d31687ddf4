"""A folder of results: its schemas, and the readers that check them.

`open_results(folder)` gives `.manifest`, `.design`, `.runs`, `.summary` and `.status`; of a sweep that is under way, or
was interrupted, the runs so far.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import Any

import polars as pl

from agents.books import SERIES as WEEKS
from analysis.results.card import card_of
from analysis.results.identity import hash_of
from analysis.results.manifest import (
    ACTS,
    DESIGN,
    LEDGER,
    MANIFEST,
    PARTS,
    QUARTERS,
    RUNS,
    SERIES,
    SUMMARY,
    VOTES,
    VOTES_BY_MEMBER,
    WORLDS,
    Manifest,
    Written,
    read_manifest,
)
from analysis.results.quarters import scan_quarters
from analysis.results.reading import (
    OtherColumns,
    Schema,
    are_levels,
    check_bytes,
    read_frame,
    readable,
    scan_frame,
)
from analysis.results.single_run import (
    ACTS_SCHEMA,
    LEDGER_SCHEMA,
    PHASE,
    VOTES_BY_MEMBER_SCHEMA,
    VOTES_SCHEMA,
    check_acts,
    check_names,
    check_votes_by_member,
    check_weeks,
)
from analysis.results.status import (
    State,
    Status,
    Unreached,
    is_pooled,
    on_common_replicates,
    points_without,
    read_status,
)
from analysis.results.versions import Lacking, as_now, columns_of, is_another
from analysis.statistics.contrasts import paired
from analysis.statistics.estimates import SUMMARY_SCHEMA, estimate, summarise
from analysis.statistics.units import NAMES, check_own
from model.configuration import Configuration
from model.display.cards import line
from model.errors import ConfigurationError, listing, placed
from model.metrics.catalogue import ESTIMATED
from model.metrics.columns import AGAINST_TWIN, COLUMNS, is_real
from model.metrics.definition import own_name
from model.paths import validated
from model.record import MOMENTS

POSTERIOR = "posterior"
"""Name of the shipped file of worlds, which agree with the record."""
COLUMNS_SCHEMA: Schema = {name: pl.Float64() if is_real(name) else pl.Int64() for name in COLUMNS}
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

RECORD_SCHEMA: Schema = {f"record_{name}": pl.Float64() for name in MOMENTS}
"""Further columns of runs that keep a record: the moments of `model.record`; null where there is nothing to count."""


def runs_schema(*, record: bool, metrics: Iterable[str] = ()) -> Schema:
    """Columns of the runs of a folder, with or without a record, and with these `metrics` of a user's own, `own_…`."""
    return {**RUNS_SCHEMA, **(RECORD_SCHEMA if record else {}), **dict.fromkeys(metrics, pl.Float64())}


def schema_of(manifest: Manifest) -> Schema:
    """Columns of the runs of a folder that this version of deter writes."""
    return runs_schema(record=manifest.record, metrics=map(own_name, manifest.metrics))


class Results:
    """A folder of results; frames are read when first asked for."""

    def __init__(self, folder: Path, manifest: Manifest) -> None:
        self.folder, self.manifest = folder, manifest

    def __repr__(self) -> str:
        status, manifest = self.status, self.manifest
        runs = f"{status.done:,} {'run' if status.done == 1 else 'runs'}"
        return line(
            "Results",
            manifest.title,
            str(self.folder),
            status.state,
            runs,
            f"{status.failed:,} failed" * bool(status.failed),
        )

    def _repr_html_(self) -> str:
        return card_of(self)

    def written(self, name: str) -> Written:
        """What the manifest says of a table; raises `ConfigurationError` where it does not name it."""
        if name not in self.manifest.files:
            raise ConfigurationError(f"does not name {name}", file=str(self.folder / MANIFEST), key="files")
        return self.manifest.files[name]

    def read(self, name: str, schema: Schema | None = None) -> pl.DataFrame:
        """A table of the folder, whole; raises `ConfigurationError` where it is not the one that was written."""
        self.check()
        written = self.written(name)
        try:
            return read_frame(self.folder / name, schema, rows=written.rows, sha256=written.sha256)
        except OtherColumns as error:
            raise self._lacking(error) from None

    def _lacking(self, error: ConfigurationError) -> ConfigurationError:
        """The error for a table with other columns, which says where another version wrote it."""
        if not self.is_of_another_version:
            return error
        return Lacking(f"{error.problem}; deter {self.manifest.written_by} wrote it", file=error.file)

    @cached_property
    def is_of_another_version(self) -> bool:
        """Whether a version of deter with another model wrote the folder: it can be read, and not run."""
        return is_another(self.manifest.written_by)

    @cached_property
    def missing(self) -> dict[str, list[str]]:
        """Metrics that cannot be reckoned, with the columns that runs of another version, or without twins, lack."""
        paths = [self.folder / RUNS] if self.manifest.status == "complete" else self._parts
        lacking = set(AGAINST_TWIN) if self.manifest.record else set()
        if self.is_of_another_version and paths:
            lacking |= COLUMNS_SCHEMA.keys() - scan_frame(paths[0], None).collect_schema().keys()
        needed = {name: sorted(columns_of(metric) & lacking) for name, metric in ESTIMATED.items()}
        return {name: columns for name, columns in needed.items() if columns}

    def check_metrics(self, metrics: Sequence[str]) -> None:
        """Raise `Lacking` where a metric cannot be reckoned from these runs, and refuse one that was not measured."""
        check_own(metrics, self.own_metrics, str(self.folder))
        for name in metrics:
            if name in self.missing:
                wrote = f"deter {self.manifest.written_by} wrote the runs, without {listing(self.missing[name])}"
                why = wrote if self.is_of_another_version else "runs that keep a record have no twin"
                raise Lacking(f"cannot be reckoned: {why}", file=str(self.folder), value=name)

    def check(self) -> None:
        """Refuse a folder of which a table is not the one that was written, before anything is made of it.

        Of runs, which may be many, that is seen when they are read.
        """
        _ = self.design, self._as_written

    @cached_property
    def _as_written(self) -> None:
        for name, written in self.manifest.files.items():
            if name not in (DESIGN, RUNS, QUARTERS):
                check_bytes(self.folder / name, written.sha256)

    @cached_property
    def configuration(self) -> Configuration:
        """The base configuration."""
        tree, file = self.manifest.configuration, str(self.folder / MANIFEST)
        if self.is_of_another_version:
            with placed(file, "configuration"):
                return as_now(tree, self.manifest.written_by)
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
            if not are_levels(frame[name], levels):
                problem = "has other levels than the manifest"
                raise ConfigurationError(problem, file=str(path), key=name)
        if hash_of(manifest, frame, self.worlds) != manifest.design_hash:
            what = "the configuration and the points" if self.worlds is None else "configuration, points and worlds"
            problem = f"is not the hash of {what}: one of them was changed since"
            where = {"file": str(self.folder / MANIFEST), "key": "design_hash", "value": manifest.design_hash}
            raise ConfigurationError(problem, **where, allowed=f"the folder as it was written, with its {DESIGN}")
        return frame

    @cached_property
    def worlds(self) -> pl.DataFrame | None:
        """The world of each replicate: `replicate`, and one column for each parameter that differs, by its path.

        None where all replicates live in one world. Raises `ConfigurationError` where the table is damaged.
        """
        if self.manifest.uncertainty is None:
            return None
        path, written = self.folder / WORLDS, self.written(WORLDS)
        frame = read_frame(path, rows=written.rows, sha256=written.sha256)
        first = self.manifest.first_replicate
        wanted = list(range(first, first + self.manifest.ceiling))
        plain = all(kind in (pl.Float64, pl.Int64, pl.String, pl.Boolean, pl.Date) for kind in frame.dtypes)
        named = frame.columns[:1] == ["replicate"] and frame.width > 1
        if not (plain and named and frame["replicate"].to_list() == wanted) or any(frame.null_count().row(0)):
            problem = f"does not hold a world for each of the replicates {wanted[0]} to {wanted[-1]}"
            raise ConfigurationError(problem, file=str(path))
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
        parts = [self._runs_in(path, self.manifest.parts[path.name]).collect() for path in self._parts]
        runs = pl.concat([pl.DataFrame(schema=schema_of(self.manifest)), *parts]).sort("point", "replicate")
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

    def scan_part(self, part: Callable[[pl.LazyFrame], pl.LazyFrame]) -> pl.LazyFrame:
        """Some points or figures of the runs, of which alone damage is looked for: of a million within a second or two.

        `part` keeps the columns up to `status`.
        """
        if self.manifest.status != "complete" or "scan" in self.__dict__:
            return part(self.scan)
        return self._scanned(part)

    def _scanned(self, part: Callable[[pl.LazyFrame], pl.LazyFrame] = lambda runs: runs) -> pl.LazyFrame:
        self.check()
        path = self.folder / RUNS
        scan = part(self._runs_in(path, self.written(RUNS)))
        self._check_runs(path, scan)
        return scan

    @property
    def _parts(self) -> list[Path]:
        return [self.folder / PARTS / name for name in sorted(self.manifest.parts)]

    def _runs_in(self, path: Path, written: Written) -> pl.LazyFrame:
        """The runs of a file with the columns of this version: of another's, null where it has none."""
        schema = schema_of(self.manifest)
        expected = None if self.is_of_another_version else schema
        scan = scan_frame(path, expected, rows=written.rows, sha256=written.sha256)
        return scan if expected else as_runs(path, scan, schema)

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
            "figures that are not finite": pl.any_horizontal(pl.lit(False), ~pl.col(pl.Float64).is_finite()),
        }
        # the maximum of a column takes all of it, and so tells of damage
        looked = [pl.col(name).max().alias(f"of {name}") for name in runs.collect_schema()]
        with readable(path):
            found = runs.select(*(test.any().alias(problem) for problem, test in wrong.items()), *looked)
            row = found.collect(engine="streaming").row(0, named=True)
        if problems := [problem for problem in wrong if row[problem]]:
            raise ConfigurationError(
                f"holds {problems[0]}", file=str(path), allowed="the runs of the design, each once"
            )

    @cached_property
    def scan_quarters(self) -> pl.LazyFrame:
        """Quarters of runs as a lazy frame (`QUARTERS_SCHEMA`): a row for each quarter of each run that went well.

        Of a sweep that is not complete, those so far. Raises `ConfigurationError` where the folder keeps none, or they
        are damaged.
        """
        if not self.manifest.over_time:
            older = self.manifest.kind == "sweep" and self.is_of_another_version
            why = (
                f"deter {self.manifest.written_by} did not write it" if older else "its runs kept no figures by quarter"
            )
            allowed = "a folder of `deter sweep` or `deter compare`, without over_time = false in the experiment"
            raise ConfigurationError(f"has no {QUARTERS}: {why}", file=str(self.folder), allowed=allowed)
        self.check()
        written = self.written(QUARTERS) if self.manifest.status == "complete" else None
        return scan_quarters(self.folder, self.manifest, written)

    @cached_property
    def quarters(self) -> pl.DataFrame:
        """Quarters of runs, whole: `scan_quarters` reads those of millions of runs column by column."""
        return self.scan_quarters.collect()

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

    @property
    def own_metrics(self) -> tuple[str, ...]:
        """Metrics of the user's own as tables and columns call them, `own_…`, in the order of the experiment."""
        return tuple(map(own_name, self.manifest.metrics))

    @property
    def named(self) -> tuple[str, ...]:
        """What is estimated without being asked for: shipped metrics, and after them those of the user's own."""
        return (*NAMES, *self.own_metrics)

    def estimate(self, by: Sequence[str] = (), metrics: Sequence[str] | None = None) -> pl.DataFrame:
        """Estimates of metrics for each combination of levels of these factors, pooled over the others.

        `metrics` are by default those of `named`. What is pooled in a folder that is not complete rests on the
        replicates that every point has. Where points have no run yet, `Unreached` (a `ConfigurationError`) is raised
        for levels, and all of it rests on the runs so far.
        """
        scan = self.scan
        if self.manifest.status != "complete" and is_pooled(self.design, by):
            if by:
                self.check_reached(by)
            scan = on_common_replicates(scan, self.design.height)
        metrics = self.named if metrics is None else metrics
        return estimate(scan, self.design, by, metrics, self.manifest.pilot, self.weights)

    def paired(
        self, by: Sequence[str], reference: Mapping[str, Any], metrics: Sequence[str] | None = None
    ) -> pl.DataFrame:
        """Paired differences of groups of points from their reference (`analysis.statistics.contrasts`).

        `metrics` are by default those of `named`. Raises `Unreached` for groups of several points while points have no
        run yet.
        """
        self.check_reached(by)
        metrics = self.named if metrics is None else metrics
        return paired(self.scan, self.design, by, reference, metrics, self.manifest.pilot, self.weights)

    @cached_property
    def ledger(self) -> pl.DataFrame:
        """Cases of a single run, one row each; raises `ConfigurationError` in a folder that keeps none."""
        return self._of_run(LEDGER, LEDGER_SCHEMA)

    @cached_property
    def votes(self) -> pl.DataFrame:
        """Votes put to members in a single run, one row each; raises `ConfigurationError` in a folder without them."""
        return self._of_run(VOTES, VOTES_SCHEMA)

    @cached_property
    def votes_by_member(self) -> pl.DataFrame:
        """How each Member State voted in a single run; raises `ConfigurationError` in a folder without."""
        return self._of_run(VOTES_BY_MEMBER, VOTES_BY_MEMBER_SCHEMA, check_votes_by_member)

    @cached_property
    def acts(self) -> pl.DataFrame:
        """All acts of the weeks counted of a single run, in the world and in its twin, where they were kept."""
        return self._of_run(ACTS, ACTS_SCHEMA, check_acts)

    def _of_run(
        self, name: str, schema: Schema, check: Callable[[Path, pl.DataFrame, Configuration], None] = check_names
    ) -> pl.DataFrame:
        self._check_kept(name)
        frame = self.read(name, schema)
        check(self.folder / name, frame, self.configuration)
        return frame

    def _check_kept(self, name: str) -> None:
        """Refuse to look for a table of a single run in a folder that is of a sweep, or of a run without a ledger."""
        if name in self.manifest.files or (self.manifest.kind == "run" and name == SERIES):
            return
        sweep, option = self.manifest.kind == "sweep", "--acts" if name == ACTS else "--ledger"
        older = name == VOTES_BY_MEMBER and LEDGER in self.manifest.files  # which had the ledger, and not these
        why = f"deter {self.manifest.written_by} did not write it" if older else f"it is of a run without {option}"
        problem = f"has no {name}, because {'it is of a sweep' if sweep else why}"
        again = "one of its runs, by `deter reproduce --point P --replicate R --out DIR`"
        allowed = again if sweep and name != ACTS else f"a folder of `deter run {option}`"
        raise ConfigurationError(problem, file=str(self.folder), allowed=allowed)

    @cached_property
    def series(self) -> pl.DataFrame:
        """Weeks of a single run, in the world and in its twin; raises `ConfigurationError` in a folder of a sweep."""
        self._check_kept(SERIES)
        series = self.read(SERIES)
        gone = [name for name in WEEKS.dtype.names or () if name not in series.columns]
        if gone and self.is_of_another_version:
            error = ConfigurationError(f"lacks columns: {listing(gone)}", file=str(self.folder / SERIES))
            raise self._lacking(error)
        phases = [f"{PHASE}{name}" for name in self.configuration.doctrine.phases]
        check_weeks(self.folder / SERIES, series, list(self.configuration.activities), phases)
        return series

    @property
    def twin_answers(self) -> bool:
        """Whether worlds are compared with twins that take measures, at some points at least."""
        varied = any(path.startswith("reference.doctrine") for path in self.manifest.factors)
        return varied or self.configuration.reference.doctrine.answers


def as_runs(path: Path, scan: pl.LazyFrame, schema: Schema) -> pl.LazyFrame:
    """Runs of another version with the columns of this one: those that it has, and null in place of other figures."""
    found = scan.collect_schema()
    wrong = [name for name, kind in schema.items() if found.get(name, kind) != kind]
    wrong += [name for name in RUNS_SCHEMA if name not in found and name not in COLUMNS_SCHEMA]
    if wrong:
        raise ConfigurationError(f"has other columns or types than expected: {listing(wrong)}", file=str(path))
    return scan.select(
        pl.col(name) if name in found else pl.lit(None, kind).alias(name) for name, kind in schema.items()
    )


def open_results(folder: str | Path) -> Results:
    """Open a folder of results; raises `ConfigurationError` where it is none."""
    folder = Path(folder)
    return Results(folder, read_manifest(folder))

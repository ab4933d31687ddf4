"""A folder of results: its schemas, and the readers that check them.

`open_results(folder)` gives `.manifest`, `.design`, `.runs`, `.summary` and `.status`; of a sweep that is under way, or
was interrupted, the runs so far.
"""

from collections.abc import Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import Any

import polars as pl

from agents.books import SERIES as WEEKS
from analysis.results.identity import design_hash, essence
from analysis.results.manifest import (
    DESIGN,
    MANIFEST,
    PARTS,
    RUNS,
    SERIES,
    STRUCTURED,
    SUMMARY,
    WORLDS,
    Manifest,
    Written,
    read_manifest,
)
from analysis.results.reading import OtherColumns, Schema, check_bytes, read_frame, readable, scan_frame
from analysis.results.single_run import PHASE, check_weeks
from analysis.results.status import (
    State,
    Status,
    Unreached,
    is_pooled,
    on_common_replicates,
    points_without,
    read_status,
)
from analysis.results.tables import first_rows
from analysis.results.versions import Lacking, as_now, columns_of, is_another
from analysis.statistics.contrasts import paired
from analysis.statistics.estimates import SUMMARY_SCHEMA, estimate, summarise
from analysis.statistics.units import NAMES
from model.configuration import Configuration
from model.display.cards import Card, html, line
from model.errors import ConfigurationError, listing, placed
from model.metrics.catalogue import ESTIMATED, HEADLINE, LEAD
from model.metrics.columns import AGAINST_TWIN, COLUMNS, is_real
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


def runs_schema(*, record: bool) -> Schema:
    """Columns of the runs of a folder, with or without a record."""
    return {**RUNS_SCHEMA, **(RECORD_SCHEMA if record else {})}


class Results:
    """A folder of results; frames are read when first asked for."""

    def __init__(self, folder: Path, manifest: Manifest) -> None:
        self.folder, self.manifest = folder, manifest

    def __repr__(self) -> str:
        status, manifest = self.status, self.manifest
        runs = f"{status.done:,} {'run' if status.done == 1 else 'runs'}"
        return line("Results", manifest.title, str(self.folder), status.state, runs, _failed(status.failed))

    def _repr_html_(self) -> str:
        manifest, status = self.manifest, self.status
        facts = {
            "folder": self.folder,
            "state": status.state + (f", {_failed(status.failed)}" if status.failed else ""),
            "runs": f"{status.done:,} ({manifest.points:,} points × {manifest.replicates:,} replicates)",
            "factors": listing(manifest.factors) or "none",
            "holds": listing(sorted(manifest.files)) or "parts of a sweep under way",
        }
        try:
            table = first_rows(self._headline, "results.summary") if manifest.status == "complete" else None
        except ConfigurationError as error:  # a damaged folder shows itself, and what is wrong with it
            facts, table = {**facts, "damaged": error}, None
        return html(Card(manifest.title, manifest.question, facts, table, calls=self._calls))

    @property
    def _headline(self) -> pl.DataFrame:
        """Rows of the summary on the first headline metric and that which leads, with the levels of each point."""
        shown = self.summary["metric"].is_in([HEADLINE[0], LEAD])
        rows = self.summary.filter(shown).join(self.design, on="point", how="left")
        levels = [name for name in self.design.columns if name != "point"]
        return rows.select("point", *levels, "metric", "mean", "low", "high", "n")

    @property
    def _calls(self) -> dict[str, str]:
        """Calls that lead on from a folder of this kind."""
        manifest = self.manifest
        if manifest.kind == "run":
            return {"results.series": "the weeks", 'deter.draw("run", results)': "a figure"}
        if manifest.design.get("kind") in STRUCTURED:
            return {"deter.sensitivity(results)": "which parameters matter"}
        calls = {"results.runs": "every run"}
        if "doctrine" in self.levelled and len(manifest.factors["doctrine"]) > 1:
            calls["deter.compare(results)"] = "the doctrines compared"
        if self.levelled:
            calls |= {"deter.effects(results)": "effects", 'deter.draw("main_effects", results)': "a figure"}
        return {**calls, f"deter.report({str(self.folder)!r})": "a brief"}

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
        """Raise `Lacking` where a metric cannot be reckoned from these runs."""
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
            if name not in (DESIGN, RUNS):
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
            if not _is_of(frame[name], levels):
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
        runs = pl.concat([pl.DataFrame(schema=runs_schema(record=self.manifest.record)), *parts]).sort(
            "point", "replicate"
        )
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
        path = self.folder / RUNS
        scan = self._runs_in(path, self.written(RUNS))
        self._check_runs(path, scan)
        return scan

    @property
    def _parts(self) -> list[Path]:
        return [self.folder / PARTS / name for name in sorted(self.manifest.parts)]

    def _runs_in(self, path: Path, written: Written) -> pl.LazyFrame:
        """The runs of a file with the columns of this version: of another's, null where it has none."""
        schema = runs_schema(record=self.manifest.record)
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
            "figures that are not finite": pl.any_horizontal(~pl.col(pl.Float64).is_finite()),
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


def _failed(number: int) -> str:
    return f"{number:,} failed" if number else ""


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


def hash_of(manifest: Manifest, points: pl.DataFrame, worlds: pl.DataFrame | None = None) -> str:
    """The design hash that follows from the entries of a manifest, these points, and these worlds of replicates."""
    return design_hash(
        essence({name: value for name, value in manifest.configuration.items() if name != "sources"}),
        points,
        manifest.seed,
        manifest.first_replicate,
        manifest.replicates,
        precision=manifest.precision,
        most_replicates=manifest.most_replicates,
        model=manifest.model["name"] if manifest.model else None,
        luck=manifest.luck,
        record=manifest.record,
        worlds=worlds,
        changes=manifest.changes,
    )


def _is_of(column: pl.Series, levels: Sequence[Any]) -> bool:
    """Whether the values of a factor at the points are levels of it, or lie between the ends."""
    if column.dtype in (pl.String, pl.Boolean, pl.Date):
        return set(map(str, column.unique())) <= set(map(str, levels))
    ends = [level for level in levels if isinstance(level, (int, float))]
    if column.dtype not in (pl.Int64, pl.Float64) or column.null_count() or not ends:
        return False
    low, high = column.min(), column.max()
    return bool(min(ends) <= low and high <= max(ends))  # type: ignore[operator]


def open_results(folder: str | Path) -> Results:
    """Open a folder of results; raises `ConfigurationError` where it is none."""
    folder = Path(folder)
    return Results(folder, read_manifest(folder))

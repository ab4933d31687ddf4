"""A folder of results made again from what it holds, and compared bit by bit.

Its manifest has the configuration, the seed and the contents of every file that levels name, and `design.parquet` the
points. Runs are made by the functions that made them the first time.
"""

import re
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

import polars as pl

from analysis.labels import level_text
from analysis.report.briefs import command_path
from analysis.results.folder import Results, open_results, schema_of
from analysis.results.manifest import (
    ACTS,
    LEDGER,
    QUARTERS,
    REQUIREMENTS,
    RUNS,
    SERIES,
    SUMMARY,
    VOTES,
    VOTES_BY_MEMBER,
    Manifest,
)
from analysis.results.quarters import QUARTERS_SCHEMA
from analysis.results.single_run import ACTS_SCHEMA, LEDGER_SCHEMA, VOTES_BY_MEMBER_SCHEMA, VOTES_SCHEMA
from analysis.results.versions import check_version
from analysis.statistics.estimates import SUMMARY_SCHEMA
from experiments.design.design import Design, single_point
from experiments.design.points import WHOLES
from experiments.design.stored import kept_design
from experiments.running.executors import number_of_workers
from experiments.running.single import columns_of, run_single, save_run
from experiments.running.sweep import Report, carry_out
from experiments.running.worker import figures_with_record, frame_of_runs, measured
from experiments.store.bitwise import Difference, difference
from experiments.store.files import naming
from experiments.store.provenance import manifest_of
from experiments.store.requirements import are_versions
from model.ensemble import OneRun
from model.errors import ConfigurationError, listing, whole

KEYS = {
    RUNS: ("point", "replicate"),
    SUMMARY: ("point", "metric"),
    QUARTERS: ("point", "replicate", "quarter"),
    SERIES: ("week",),
    LEDGER: (),
    VOTES: (),
    VOTES_BY_MEMBER: ("vote", "member"),
    ACTS: ("world", "week", "perpetrator"),
}
"""Tables that are compared, with the columns that name their rows."""
SCHEMAS = {QUARTERS: QUARTERS_SCHEMA, SUMMARY: SUMMARY_SCHEMA, LEDGER: LEDGER_SCHEMA, VOTES: VOTES_SCHEMA}
SCHEMAS |= {VOTES_BY_MEMBER: VOTES_BY_MEMBER_SCHEMA, ACTS: ACTS_SCHEMA}
"""Their columns, but for the runs, which may keep a record, and the weeks, whose columns the configuration names."""


class Kept(NamedTuple):
    """A folder to be made again: its results and its design."""

    results: Results
    design: Design


@dataclass(frozen=True)
class Reproduction:
    """Outcome of a comparison: number of runs, tables whose bytes are the same, and how the others differ.

    `rewritten` are tables with the same values in the bytes of another version of Polars, `polars`.
    """

    runs: int
    failed: int = 0
    same: tuple[str, ...] = ()
    rewritten: tuple[str, ...] = ()
    polars: str = ""
    different: tuple[Difference, ...] = ()

    def said(self) -> Iterator[str]:
        """Sentences on the outcome, one for each table that differs."""
        if not self.different:
            runs = "1 run" if self.runs == 1 else f"{self.runs:,} runs"
            failed = f", {self.failed:,} of which failed both times" if self.failed else ""
            tables = f"; {', '.join(self.same)} byte by byte" if self.same else ""
            others = f"; {', '.join(self.rewritten)} in the bytes of Polars {self.polars}" if self.rewritten else ""
            yield f"the same to the bit: {runs}{failed}{tables}{others}"
        yield from map(str, self.different)


def open_kept(folder: Path, *, trust_model: bool = False, report: Callable[[str], object] = lambda _: None) -> Kept:
    """Open a folder to be made again; raises `ConfigurationError` where it is none, or is damaged.

    A model class or a metric that it brings is code, which is loaded where `trust_model` says so, once `report` was
    told its name and hash, and otherwise refused.
    """
    return kept_of(open_results(folder), trust_model=trust_model, report=report)


def kept_of(results: Results, *, trust_model: bool = False, report: Callable[[str], object] = lambda _: None) -> Kept:
    """Results that are open already, to be made again; raises as `open_kept` does."""
    check_version(results.manifest.written_by, str(results.folder))
    design = kept_design(results, trust_model=trust_model)
    if design.model and (named := results.manifest.version_of_model):
        report("runs the model class {}, hash {}, that comes with the folder".format(*named))
        design.model.load()
    for source in design.metrics.values():
        report(f"runs the function {source.name}, hash {source.hash}, that comes with the folder")
        source.load()
    return Kept(results, design)


def risks(kept: Kept) -> Iterator[str]:
    """Sentences on what could make the runs of a folder come out otherwise here and now: code, versions, platform."""
    there, design = kept.results.manifest, kept.design
    now = manifest_of(design, there.kind, there.engine, design.model)
    if there.source_hash != now.source_hash:
        yield f"another version of the model's code: {there.source_hash[:8]} there, {now.source_hash[:8]} now"
    if there.model and there.model != now.model:
        yield f"another version of the class {there.model['name']}"
    for name, each in there.metrics.items():
        if each.retried:
            yield f"several versions of the function {each.name}, which measured {name}: failed runs were done again"
    platforms = {"platform": there.platform}, {"platform": now.platform}
    for held, here in ((there.versions, now.versions), (there.machine, now.machine) if there.machine else platforms):
        for name in held:
            if held[name] != here.get(name, held[name]):
                yield f"another {name}: {held[name]} there, {here[name]} now"
    if any(there.versions[name] != now.versions.get(name) for name in there.versions if name != "deter"):
        yield from _how_to_have(there, kept.results.folder / REQUIREMENTS)
    for path in WHOLES:
        if path in there.factors and path not in there.contents:
            yield f"levels of {path} come from files whose contents are missing from the folder"


def _how_to_have(there: Manifest, file: Path) -> Iterator[str]:
    """How to have the versions that made a folder, where its file holds versions and nothing else."""
    python = re.match(r"\d+\.\d+", there.versions.get("python", ""))
    if python and are_versions(file):
        install = f"python{python[0]} -m venv made-with && made-with/bin/pip install -r {command_path(file)}"
        yield f"to install its versions: {install}"


def check_whole(kept: Kept) -> None:
    """Refuse a folder that is not complete, or whose tables are not those that were written."""
    folder, manifest = kept.results.folder, kept.results.manifest
    if manifest.status != "complete":
        problem = (
            f"is still running, or was interrupted, with {kept.results.counts[0]:,} runs so far; repeat its "
            "command to complete it, or use --point and --replicate to reproduce one of them"
        )
        raise ConfigurationError(problem, file=str(folder))
    for name in {RUNS, SUMMARY, *(KEYS.keys() & manifest.files.keys())}:
        scans = {RUNS: "scan", QUARTERS: "scan_quarters"}  # of which there may be many
        _ = getattr(kept.results, scans[name]) if name in scans else kept.results.read(name, SCHEMAS.get(name))


def sweep_again(kept: Kept, out: Path, workers: int | None, report: Report | None = None) -> Reproduction:
    """Make every run of a sweep again, into another folder, and compare."""
    return compare_folders(kept.results, carry_out(kept.design, out, workers, report=report))


def compare_folders(there: Results, now: Results) -> Reproduction:
    """Compare every table that a folder holds, but for the design, with that of another.

    Values must be the same; bytes must be where one version of Polars wrote both.
    """
    held, made = there.manifest.files, now.manifest.files
    tables = [name for name in KEYS if name in held]
    same = tuple(name for name in tables if held[name].sha256 == made[name].sha256)
    found = {name: _difference(there, now, name) for name in tables if name not in same}
    alike = tuple(name for name, difference in found.items() if difference is None)
    different = tuple(difference for difference in found.values() if difference)
    polars = there.manifest.versions.get("polars", "")
    if polars == now.manifest.versions.get("polars"):
        problem = f"has the same rows in bytes that Polars {polars} does not write: the file was changed"
        different += tuple(Difference(name, problem=problem) for name in alike)
        alike = ()
    runs, failed = now.counts
    return Reproduction(runs, failed, same, alike, polars, different)


def _difference(there: Results, now: Results, name: str) -> Difference | None:
    schema = schema_of(there.manifest) if name == RUNS else SCHEMAS.get(name)
    one, other = (results.read(name, schema) for results in (there, now))
    return difference(name, one, other, KEYS[name])


def recorded(kept: Kept, point: int | None, replicate: int | None, runs: pl.LazyFrame | None = None) -> pl.DataFrame:
    """The row of one run, by default of the first point and replicate, among all runs; raises `ConfigurationError`."""
    design = kept.design
    point = 0 if point is None else point
    replicate = design.first_replicate if replicate is None else replicate
    if not 0 <= point < design.points:
        allowed = f"0 to {design.points - 1}"
        raise ConfigurationError("is not a point of this design", file="--point", value=point, allowed=allowed)
    of_point = (kept.results.scan if runs is None else runs).filter(pl.col("point") == point).collect()
    row = of_point.filter(of_point["replicate"].is_in([replicate] if replicate < 2**63 else []))
    if row.height != 1:
        held = listing(map(str, of_point["replicate"])) or "none so far"
        problem = f"is not a replicate of point {point} in the folder"
        raise ConfigurationError(problem, file="--replicate", value=replicate, allowed=held)
    if row["status"].item() != "ok":
        problem = f"point {point}, replicate {replicate} failed ({row['error'].item()})"
        raise ConfigurationError(f"{problem}: there are no figures to compare", file=str(kept.results.folder))
    return row


def single(kept: Kept, point: int, replicate: int) -> Design:
    """The design of one run of a folder."""
    design, levels = kept.design, kept.design.levels(point)
    title = design.title
    if levels:
        among = kept.design.factors
        texts = [f"{path} = {level_text(level, among.get(path, ()))}" for path, level in levels.items()]
        title += f", point {point}: {', '.join(texts)}"
    lot = design.lot(point, replicate)
    return single_point(design.configuration(point, replicate), design.seed, lot, title, design.question)


def compared_run(
    kept: Kept, row: pl.DataFrame, *, ledger: bool, acts: bool = False
) -> tuple[Design, OneRun | None, Reproduction]:
    """One run of a folder and its twin made again in full, and compared with its row.

    Returns the design of the one run, the run (None where it fails now), and the comparison.
    """
    point, replicate, seed = row.select("point", "replicate", "seed").row(0)
    design = single(kept, point, replicate)
    simulate = kept.design.model.load().run_one if kept.design.model else partial(run_single, engine=kept.design.engine)
    metrics, record = kept.design.metrics, kept.design.record
    try:
        lot = design.first_replicate
        asked: dict[str, Any] = {"acts": True} if acts else {}  # a model of one's own may not know of it
        one = simulate(design.base, seed, lot, ledger=ledger or bool(metrics), **asked)
        figures = columns_of(one) | measured([one], [(design.base, [lot])], seed, metrics)
        if record:
            figures = figures_with_record([(design.base, [lot])], seed)
    except Exception as error:  # whatever a model does wrong is a difference to what it did
        problem = f"has a run that now fails ({type(error).__name__}: {error})"
        return design, None, Reproduction(1, different=(Difference(RUNS, problem=problem),))
    own = kept.results.own_metrics
    again = frame_of_runs(point, [replicate], seed, figures, record=record, metrics=own)
    found = difference(RUNS, row, again, KEYS[RUNS])
    return design, one, Reproduction(1, different=(found,) if found else ())


def run_again(
    kept: Kept, row: pl.DataFrame, out: Path, *, keep: bool
) -> tuple[Design, OneRun | None, Reproduction, Results | None]:
    """Make one run again, and compare it: with the tables of its folder, or as a run of a sweep with its row.

    Returns what `compared_run` does, and its results where they are written into `out`: always of the folder of a run,
    of a sweep to `keep` them.
    """
    manifest, files = kept.results.manifest, kept.results.manifest.files
    ledger, acts = keep or LEDGER in files, ACTS in files
    design, one, found = compared_run(kept, row, ledger=ledger, acts=acts)
    if one is None or not (keep or manifest.kind == "run"):
        return design, one, found, None
    results = save_run(out, design, one, manifest.engine, ledger=ledger, acts=acts)
    return design, one, compare_folders(kept.results, results) if manifest.kind == "run" else found, results


@contextmanager
def new_folder(out: Path | None) -> Iterator[Path]:
    """A new folder of this name, or one that is gone in the end; raises `ConfigurationError`."""
    if out is None:
        # the user knows of no folder but that of all temporary files
        with naming(Path(tempfile.gettempdir())), tempfile.TemporaryDirectory(prefix="deter-") as folder:
            yield Path(folder)
        return
    if out.exists() and (not out.is_dir() or any(out.iterdir())):
        raise ConfigurationError("already exists; reproduced results need a new folder", file=f"--out {out}")
    yield out


def reproduce(
    folder: str | Path,
    point: int | None = None,
    replicate: int | None = None,
    out: Path | None = None,
    workers: int | None = None,
    *,
    trust_model: bool = False,
) -> Reproduction:
    """Make a folder of results, or one run of it, again from what it holds, and compare bit by bit.

    `out` is a new folder that keeps what was made again. `trust_model` lets a model class run that the folder brings:
    it is code of whoever made the folder. Raises `ConfigurationError` where the folder is none, is not
    complete or is damaged.
    """
    number_of_workers(workers)
    point = None if point is None else whole("point", point, "a point")
    replicate = None if replicate is None else whole("replicate", replicate, "a replicate")
    kept = open_kept(Path(folder), trust_model=trust_model)
    is_run = kept.results.manifest.kind == "run"
    one = is_run or point is not None or replicate is not None
    row = recorded(kept, point, replicate) if one else None
    if row is None or is_run:
        check_whole(kept)
    with new_folder(out) as place:
        if row is None:
            return sweep_again(kept, place, workers)
        return run_again(kept, row, place, keep=out is not None)[2]

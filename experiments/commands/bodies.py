"""What the commands do, from loading to the last line on the screen.

Figures are imported when they are drawn, so that the first runs do not wait for matplotlib.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal, NamedTuple

import polars as pl
import typer

from agents.foundation.compiled import JIT
from analysis.effects.tables import effect_tables
from analysis.labels import changes, number_of
from analysis.report.gallery import default_figures
from analysis.report.missing import missing_runs
from analysis.results.folder import FIGURES, LEDGER, RUNS, Results
from analysis.results.tables import TABLES
from experiments.design.design import Design, single_point
from experiments.listing.listing import listings
from experiments.running.executors import Workforce, dask, default_workers
from experiments.running.reproduce import (
    Kept,
    Reproduction,
    check_whole,
    compare_folders,
    compare_run,
    fails_now,
    new_folder,
    open_kept,
    recorded,
    risks,
    simulated,
    single,
    sweep_again,
)
from experiments.running.single import columns_of, folder_name, run_single, save_run
from experiments.running.sweep import Sweep, carry_out, compiled_already, sweep_manifest, workforce_for
from experiments.store.bitwise import cells_table
from experiments.store.folders import usable
from experiments.store.provenance import manifest_of, mended
from experiments.terminal.options import INTERRUPTED
from experiments.terminal.publish import write_figures, write_tables
from experiments.terminal.screen import Counter, Screen, listed, run_table, sweep_tables
from model.configuration import load_configuration


def run_command(
    scenario: str,
    doctrine: str,
    seed: int,
    replicate: int,
    overrides: Mapping[str, Any],
    engine: Literal["mesa", "compiled"],
    *,
    ledger: bool,
    out: Path | None,
    figures: bool,
    quiet: bool,
) -> None:
    """Run one world, write its folder and show its table."""
    screen = Screen(quiet=quiet)
    base = load_configuration(scenario, doctrine, overrides)
    title = f"{base.scenario.title} · {base.doctrine.title}{changes(base)}"
    design = single_point(base, seed, replicate, title, "What happens in one world, and what in its twin?")
    folder = out or Path("results") / folder_name(scenario, doctrine, seed, replicate, base)
    if usable(folder, manifest_of(design, "run", engine), replace_run=True) is None:
        screen.say(f"{folder} holds a run already, which this one replaces")
    _announce_compilation(screen)
    one = run_single(base, seed, replicate, engine, ledger=ledger)
    results = save_run(folder, design, one, engine, ledger=ledger)
    problem = results.runs["error"].item()
    if problem:
        screen.warn(f"the run failed: {problem}; {folder} holds what there is of it")
        raise typer.Exit(1)
    if figures:
        write_figures(folder, default_figures(results))
    twin = columns_of(one.twin) if one.twin else None
    screen.show(run_table(design, columns_of(one), twin))
    say_where(screen, results)


class Hands(NamedTuple):
    """Who is to do the work: so many workers, processes rather than threads, or those of a Dask scheduler."""

    workers: int | None = None
    processes: bool = False
    dask: str | None = None

    def at_work(self, design: Design) -> Workforce:
        """The workforce for a design; raises `ConfigurationError` where a scheduler cannot be reached."""
        if self.dask is not None:
            return dask(self.dask)
        return workforce_for(design, self.workers or default_workers(), apart=self.processes)


def sweep_command(
    experiment: str,
    out: Path | None,
    changes: Mapping[str, Any],
    overrides: Mapping[str, Any],
    hands: Hands,
    *,
    retry_failed: bool,
    fresh: bool,
    figures: bool,
    quiet: bool,
) -> int:
    """Run an experiment into its folder and show its tables; returns the number of failed runs."""
    screen = Screen(quiet=quiet)
    sweep = Sweep(experiment, out, changes, overrides)
    design = sweep.design()
    results = swept(screen, sweep, design, hands, retry_failed=retry_failed, fresh=fresh)
    runs, failed = results.counts
    if failed < runs:
        if figures:
            write_figures(sweep.folder, default_figures(results))
        write_tables(sweep.folder, effect_tables(results))
        for table in sweep_tables(results):
            screen.show(table)
    say_where(screen, results)
    for sentence in missing_runs(results):
        screen.warn(sentence)
    if failed:
        screen.warn("column `error` of runs.parquet says why runs failed")
    return failed


def dry_command(
    experiment: str, changes: Mapping[str, Any], overrides: Mapping[str, Any], hands: Hands, *, quiet: bool
) -> None:
    """Show the design of an experiment and what its sweep would take; a wrong one is refused as by the sweep."""
    from experiments.running.cost import dry_tables, estimated

    screen = Screen(quiet=quiet)
    design = Sweep(experiment, None, changes, overrides).design()
    _announce_compilation(screen)
    workers = hands.at_work(design).workers
    found = estimated(design, workers, processes=hands.processes, elsewhere=hands.dask is not None)
    for table in dry_tables(design, found, screen.tables.width):
        screen.show(table)
        screen.show("")


def reproduce_command(
    folder: Path, point: int | None, replicate: int | None, out: Path | None, workers: int | None, *, quiet: bool
) -> bool:
    """Make a folder of results, or one run of it, again; returns whether every bit is the same."""
    screen = Screen(quiet=quiet)
    kept = open_kept(folder)
    one = kept.manifest.kind == "run" or point is not None or replicate is not None
    run = recorded(kept, point, replicate) if one else None
    if kept.manifest.kind == "run" or not one:
        check_whole(kept)
    with new_folder(out) as where:
        found = list(risks(kept))
        for risk in found:
            screen.warn(f"{folder}: {risk}")
        if not found:
            screen.say("code, versions and platform are those that made the folder")
        _announce_compilation(screen)
        if run is None:
            made = _sweep_again(screen, kept, where, workers or default_workers())
        else:
            made = _run_again(screen, kept, run, where, keep=out is not None)
    for text in made.said():
        (screen.warn if made.different else screen.show)(text)
    for difference in made.different:
        if difference.cells:
            screen.show(cells_table(difference))
    return not made.different


def _sweep_again(screen: Screen, kept: Kept, out: Path, workers: int) -> Reproduction:
    design = kept.design
    screen.say(f"{design.title}: {design.points:,} points, {kept.manifest.files[RUNS].rows:,} runs")
    with Counter(screen, kept.manifest.files[RUNS].rows) as counter:
        return sweep_again(kept, out, workers, counter.report)


def _run_again(screen: Screen, kept: Kept, run: pl.DataFrame, out: Path, *, keep: bool) -> Reproduction:
    point, replicate = run.select("point", "replicate").row(0)
    design = single(kept, point, replicate)
    try:
        one = simulated(kept, design, ledger=keep or LEDGER in kept.manifest.files)
    except Exception as error:  # whatever a model does wrong is a difference to what it did
        return fails_now(error)
    screen.show(run_table(design, columns_of(one), columns_of(one.twin) if one.twin else None))
    if keep or kept.manifest.kind == "run":
        results = save_run(out, design, one, kept.manifest.engine, ledger=keep or LEDGER in kept.manifest.files)
        if keep:
            write_figures(out, default_figures(results))
        if kept.manifest.kind == "run":
            return compare_folders(kept.results, results)
    return compare_run(run, one)


def list_command(kind: str | None, name: str | None) -> None:
    """Show what there is."""
    screen = Screen()
    for listing in listings(kind, name):
        for part in listed(listing, screen.tables.width):
            screen.show(part)
        screen.show("")


def bench_command(rounds: int, file: Path, *, quiet: bool) -> None:
    """Measure, show beside the last run's figures, and write them down for the next."""
    from experiments.benchmark.bench import bench
    from experiments.benchmark.record import bench_table, load, machine, save

    screen = Screen(quiet=quiet)
    before = load(file)
    found = bench(rounds, screen.say)
    screen.show(bench_table(found, before))
    if before and before.machine != machine():
        screen.warn("the figures before come from another machine or other versions; compare with care")
    save(file, found)
    screen.say(f"written to {file}, with which the next run compares")


def swept(screen: Screen, sweep: Sweep, design: Design, hands: Hands, *, retry_failed: bool, fresh: bool) -> Results:
    """The results of a sweep whose design has been looked at: run, or taken up where its folder was left."""
    manifest = sweep_manifest(design)
    usable(sweep.folder, mended(manifest, sweep.folder) if retry_failed else manifest, fresh=fresh)
    workforce = hands.at_work(design)
    parts = [number_of("point", design.points), number_of("replicate", design.replicates)]
    size = f"{' × '.join(parts)} = {number_of('run', design.runs)}"
    more = f" or more, up to {design.points * design.most_replicates:,}" if design.precision else ""
    screen.say(f"{design.title}: {size}{more}, {workforce.title}")
    return carried_out(screen, sweep.folder, design, workforce, retry_failed=retry_failed, fresh=fresh)


def carried_out(
    screen: Screen, folder: Path, design: Design, workforce: Workforce, *, retry_failed: bool = False, fresh: bool
) -> Results:
    """Run what a folder lacks of a design, and show how far it is; interrupted, leave with the code for that."""
    _announce_compilation(screen)
    try:
        with Counter(screen, design.runs) as counter:
            return carry_out(
                design,
                folder,
                workforce,
                fresh=fresh,
                retry_failed=retry_failed,
                report=counter.report,
                warn=screen.warn,
            )
    except KeyboardInterrupt:
        screen.warn(f"interrupted; the same command goes on from what {folder} holds")
        raise typer.Exit(INTERRUPTED) from None


def _announce_compilation(screen: Screen) -> None:
    if JIT and not compiled_already():
        screen.say("compiling the model for this machine, about half a minute, once …")


def say_where(screen: Screen, results: Results) -> None:
    """Say where the tables and figures of a folder are."""
    folder = results.folder
    screen.say(f"\ntables  {folder}/: " + ", ".join(sorted(results.manifest.files)))
    written = sorted(path.stem for path in (folder / TABLES).glob("*.csv"))
    if written:
        screen.say(f"tables  {folder / TABLES}/: " + ", ".join(written))
    figures = sorted(path.stem for path in (folder / FIGURES).glob("*.png"))
    if figures:
        screen.say(f"figures {folder / FIGURES}/: " + ", ".join(figures))

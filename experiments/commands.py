"""What the commands do, from loading to the last line on the screen.

Figures are imported when they are drawn, so that the first runs do not wait for matplotlib.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal

import typer

from agents.compiled import JIT
from analysis.results import FIGURES, Results
from experiments.design import Design, single_point
from experiments.provenance import manifest_of
from experiments.screen import Counter, Screen, listed, run_table, sweep_tables
from experiments.single import columns_of, folder_name, run_single, save_run
from experiments.store import usable, write
from experiments.sweep import Sweep, carry_out, compiled_already, default_workers
from experiments.whole import listings
from model.configuration import load_configuration

INTERRUPTED = 130


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
    quiet: bool,
) -> None:
    """Run one world, write its folder and show its table."""
    screen = Screen(quiet=quiet)
    base = load_configuration(scenario, doctrine, overrides)
    title = f"{base.scenario.title} · {base.doctrine.title}"
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
    from analysis.timeline import run_figure

    _write_figures(folder, {"run": run_figure(results)})
    twin = columns_of(one.twin) if one.twin else None
    screen.show(run_table(design, columns_of(one), twin))
    _say_where(screen, results)


def sweep_command(
    experiment: str,
    out: Path | None,
    changes: Mapping[str, Any],
    overrides: Mapping[str, Any],
    workers: int | None,
    *,
    fresh: bool,
    quiet: bool,
) -> int:
    """Run an experiment into its folder and show its tables; returns the number of failed runs."""
    screen = Screen(quiet=quiet)
    sweep = Sweep(experiment, out, changes, overrides)
    design, threads = sweep.design(), workers or default_workers()
    usable(sweep.folder, manifest_of(design, "sweep", "compiled"), fresh=fresh)
    size = f"{design.points:,} points × {design.replicates:,} replicates = {design.runs:,} runs"
    screen.say(f"{design.title}: {size}, {threads} threads")
    results = _carried_out(screen, design, sweep.folder, threads, fresh=fresh)
    failed = int((results.runs["status"] == "failed").sum())
    if failed < design.runs:
        from analysis.figures import sweep_figures

        _write_figures(sweep.folder, sweep_figures(results))
        for table in sweep_tables(results):
            screen.show(table)
    _say_where(screen, results)
    if failed:
        screen.warn(f"{failed:,} of {design.runs:,} runs failed; column `error` of runs.parquet says why")
    return failed


def list_command(kind: str | None, name: str | None) -> None:
    """Show what there is."""
    screen = Screen()
    for listing in listings(kind, name):
        for part in listed(listing, screen.tables.width):
            screen.show(part)
        screen.show("")


def bench_command(rounds: int, file: Path, *, quiet: bool) -> None:
    """Measure, show beside the last run's figures, and write them down for the next."""
    from experiments.bench import bench
    from experiments.measured import bench_table, load, machine, save

    screen = Screen(quiet=quiet)
    before = load(file)
    found = bench(rounds, screen.say)
    screen.show(bench_table(found, before))
    if before and before.machine != machine():
        screen.warn("the figures before come from another machine or other versions; compare with care")
    save(file, found)
    screen.say(f"written to {file}, with which the next run compares")


def _carried_out(screen: Screen, design: Design, folder: Path, workers: int, *, fresh: bool) -> Results:
    _announce_compilation(screen)
    try:
        with Counter(screen, design.runs) as counter:
            return carry_out(design, folder, workers, fresh=fresh, report=counter.report)
    except KeyboardInterrupt:
        screen.warn(f"interrupted; the same command goes on from what {folder} holds")
        raise typer.Exit(INTERRUPTED) from None


def _announce_compilation(screen: Screen) -> None:
    if JIT and not compiled_already():
        screen.say("compiling the model for this machine, about half a minute, once …")


def _write_figures(folder: Path, figures: Mapping[str, Any]) -> None:
    from analysis.style import rendered

    for name, figure in figures.items():
        for kind, content in rendered(figure).items():
            write(folder / FIGURES / f"{name}.{kind}", content)


def _say_where(screen: Screen, results: Results) -> None:
    folder = results.folder
    screen.say(f"\ntables  {folder}/: " + ", ".join(sorted(results.manifest.files)))
    figures = sorted(path.stem for path in (folder / FIGURES).glob("*.png"))
    screen.say(f"figures {folder / FIGURES}/: " + ", ".join(figures))

"""`deter sweep`: an experiment over all its points, and what that would take."""

from pathlib import Path
from typing import Annotated

from typer import Exit, Option

from experiments.terminal import options


def sweep_command(
    experiment: options.ExperimentName,
    out: options.Out = None,
    replicates: options.OtherReplicates = None,
    seed: options.OtherSeed = None,
    engine: Annotated[
        options.EngineName | None, Option(help="Engine, instead of the file's; the runs are the same.")
    ] = None,
    workers: options.Workers = None,
    processes: Annotated[
        bool, Option("--processes", help="Use processes, not threads; the Mesa engine always does.")
    ] = False,
    dask: options.Dask = None,
    settings: options.Set = None,
    points: Annotated[
        Path | None,
        Option(metavar="FILE", help="Points of a .csv or .parquet file, instead of the experiment's factors."),
    ] = None,
    csv: Annotated[bool, Option("--csv", help="Also write tables/runs.csv, for R, Stata or a spreadsheet.")] = False,
    dry_run: Annotated[bool, Option("--dry-run", help="Show the design and its cost; run and write nothing.")] = False,
    retry_failed: options.RetryFailed = False,
    fresh: options.Fresh = False,
    no_figures: options.NoFigures = False,
    quiet: options.Quiet = False,
) -> None:
    """Run an experiment at all its points; an interrupted sweep continues where it stopped.

    Example: `deter sweep headline --replicates 20 --out results/quick`
    """
    from analysis.effects.tables import effect_tables, own_tables, unit_tables
    from analysis.report.gallery import default_figures
    from analysis.report.missing import missing_runs
    from analysis.report.uninformed import uninformed_tables
    from analysis.sampled.tables import score_tables
    from experiments.clients.flat import flat_runs
    from experiments.design.points import at_points
    from experiments.design.worlds import read_rows
    from experiments.running.sweep import Sweep
    from experiments.terminal import publish, sweeps, tables
    from experiments.terminal.dry_run import show_dry_run
    from experiments.terminal.screen import Screen

    screen, hands = Screen(quiet=quiet), sweeps.Hands(workers, processes, dask)
    changes = {"replicates": replicates, "seed": seed, "engine": engine}
    changes |= at_points(read_rows(str(points), "a point")) if points else {}
    sweep = Sweep(experiment, out, changes, options.assignments(settings))
    design = sweep.design()
    if dry_run:
        show_dry_run(screen, design, hands)
        return
    results = sweeps.swept(screen, sweep, design, hands, retry_failed=retry_failed, fresh=fresh)
    runs, failed = results.counts
    if failed < runs:
        if not no_figures:
            publish.write_figures(sweep.folder, default_figures(results))
        found = (unit_tables, effect_tables, uninformed_tables, score_tables, own_tables)
        publish.write_tables(sweep.folder, {name: one for each in found for name, one in each(results).items()})
        if csv:
            publish.write_flat(sweep.folder, "runs", flat_runs(results))
        screen.show(*tables.sweep_tables(results, screen.tables.width), *tables.own_rows(results))
    sweeps.say_where(screen, results)
    screen.warn(*missing_runs(results))
    if failed:
        screen.warn("column `error` of runs.parquet says why runs failed")
        raise Exit(options.FAILED)

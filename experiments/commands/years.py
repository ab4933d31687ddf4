"""`deter years`: the figures of one world year by year, over many runs."""

from pathlib import Path
from typing import Annotated

from typer import Argument, Option

from experiments.terminal.options import Fresh, NoFigures, Quiet, Seed, Set, Uncertainty, assignments


def years_command(
    scenario: Annotated[
        str, Argument(metavar="[SCENARIO]", help="A shipped scenario or a path to a .toml file.")
    ] = "baseline",
    doctrine: Annotated[str, Option(help="A shipped doctrine or a path to a .toml file.")] = "status_quo",
    replicates: Annotated[int, Option(min=2, help="Runs of the world.")] = 100,
    seed: Seed = 1,
    uncertainty: Uncertainty = None,
    settings: Set = None,
    out: Annotated[Path | None, Option(help="Folder for the results; by default results/years-….")] = None,
    no_figures: NoFigures = False,
    fresh: Fresh = False,
    quiet: Quiet = False,
) -> None:
    """Show the figures of a world year by year, and whether they drift over the years counted.

    Example: `deter years baseline --doctrine clear_ladder --replicates 200`
    """
    from analysis.labels import changes, number_of
    from analysis.report.gallery import default_figures
    from analysis.years.tables import years_tables
    from experiments.design.uncertainty import carried, suffix
    from experiments.running.single import folder_name
    from experiments.running.years import run_years, save_years, years_design
    from experiments.store.folders import usable
    from experiments.store.provenance import manifest_of
    from experiments.terminal import publish, sweeps
    from experiments.terminal.screen import Screen
    from experiments.terminal.years import shown_years
    from model.configuration import load_configuration

    screen = Screen(quiet=quiet)
    sets = assignments(settings)
    base, over = load_configuration(scenario, doctrine, sets), carried(uncertainty, scenario)
    title = f"{base.scenario.title} · {base.doctrine.title}{changes(base)}"
    design = years_design(base, seed, replicates, title, over, sets)
    name = folder_name(scenario, doctrine, seed, replicates, base, "years") + suffix(uncertainty)
    folder = out or Path("results") / name
    usable(folder, manifest_of(design, "sweep", "compiled"), fresh=fresh)
    screen.say(f"{design.title}: {number_of('run', design.runs)}")
    sweeps.compile_first(screen)
    runs, years = run_years(design)
    results = save_years(folder, design, runs, fresh=fresh)
    tables = years_tables(results, years)
    publish.write_tables(folder, tables)
    if not no_figures:
        publish.write_figures(folder, default_figures(results))
    screen.show(*shown_years(results, tables, screen.tables.width))
    sweeps.say_where(screen, results)

"""`deter run`: one world beside its twin."""

from pathlib import Path
from typing import Annotated

from typer import Argument, Exit, Option

from experiments.terminal.options import FAILED, EngineName, NoFigures, Quiet, Seed, Set, assignments
from model.errors import MOST_SEED


def run_command(
    scenario: Annotated[
        str, Argument(metavar="[SCENARIO]", help="A shipped scenario or a path to a .toml file.")
    ] = "baseline",
    doctrine: Annotated[str, Option(help="A shipped doctrine or a path to a .toml file.")] = "status_quo",
    seed: Seed = 1,
    replicate: Annotated[int, Option(min=0, max=MOST_SEED, help="Replicate under this seed.")] = 0,
    settings: Set = None,
    engine: Annotated[EngineName, Option(help="Engine; both give identical results.")] = "compiled",
    ledger: Annotated[bool, Option("--ledger", help="Also write one row for each case and each vote.")] = False,
    acts: Annotated[
        bool, Option("--acts", help="Also write one row for each act, detected or not; includes --ledger.")
    ] = False,
    out: Annotated[Path | None, Option(help="Folder for the results; by default results/run-….")] = None,
    no_figures: NoFigures = False,
    quiet: Quiet = False,
) -> None:
    """Run one world with its twin, and show what happened.

    Example: `deter run baseline --doctrine clear_ladder --seed 7 --set doctrine.clarity=0.5 --ledger`
    """
    from analysis.labels import changes
    from analysis.report.gallery import default_figures
    from analysis.story.ledger import record_of
    from experiments.design.design import single_point
    from experiments.running.single import folder_name, run_single, save_run
    from experiments.store.folders import usable
    from experiments.store.provenance import manifest_of
    from experiments.terminal import publish, sweeps, tables
    from experiments.terminal.screen import Screen
    from model.configuration import load_configuration

    screen = Screen(quiet=quiet)
    base = load_configuration(scenario, doctrine, assignments(settings))
    title = f"{base.scenario.title} · {base.doctrine.title}{changes(base)}"
    design = single_point(base, seed, replicate, title, "What happens in one world, and what in its twin?")
    folder = out or Path("results") / folder_name(scenario, doctrine, seed, replicate, base)
    if usable(folder, manifest_of(design, "run", engine), replace_run=True) is None:
        screen.say(f"{folder} already holds a run, which this one replaces")
    if engine == "compiled":
        sweeps.compile_first(screen)
    ledger = ledger or acts
    one = run_single(base, seed, replicate, engine, ledger=ledger, acts=acts)
    results = save_run(folder, design, one, engine, ledger=ledger, acts=acts)
    if problem := results.runs["error"].item():
        screen.warn(f"the run failed: {problem}; partial results are in {folder}")
        raise Exit(FAILED)
    if ledger:
        publish.write_record(record_of(results), folder)
    if not no_figures:  # matplotlib is imported here, so that the first runs do not wait for it
        publish.write_figures(folder, default_figures(results))
    screen.show(*tables.run_shown(design, one))
    sweeps.say_where(screen, results)

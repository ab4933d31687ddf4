"""`deter compare`: doctrines in the same worlds."""

from pathlib import Path
from typing import Annotated

from typer import Argument, Exit, Option

from experiments.terminal.options import FAILED, Fresh, Quiet, Set, Uncertainty, Workers, assignments, changes_of
from model.errors import MOST_SEED


def compare_command(
    doctrines: Annotated[
        list[str] | None, Argument(metavar="DOCTRINE ...", help="Shipped doctrines or paths to .toml files.")
    ] = None,
    every: Annotated[bool, Option("--all", help="All shipped doctrines, in addition to those given.")] = False,
    reference: Annotated[
        str | None,
        Option(help="Doctrine to compare the others with; by default status_quo if given, otherwise the first."),
    ] = None,
    scenario: Annotated[
        str | None, Option(help="A shipped scenario or a path; by default baseline, or the scenario of --worlds.")
    ] = None,
    worlds: Annotated[
        str | None,
        Option(
            metavar="EXPERIMENT|FILE|posterior",
            help="Uncertain worlds: an experiment, a .parquet or .csv file, or the shipped posterior.",
        ),
    ] = None,
    uncertainty: Uncertainty = None,
    replicates: Annotated[int | None, Option(min=1, help="Runs of each doctrine in each world.")] = None,
    seed: Annotated[int | None, Option(min=0, max=MOST_SEED, help="Seed of the random numbers.")] = None,
    change: Annotated[
        list[str] | None,
        Option(
            metavar="KEY=VALUE",
            help="Add an arm: the reference with one changed setting, such as voting_rule=qmv; may be repeated.",
        ),
    ] = None,
    together: Annotated[bool, Option("--together", help="Make all of --change in one arm.")] = False,
    extra: Annotated[
        float | None,
        Option(
            "--same-cost",
            metavar="X",
            help="Add an arm for each numeric lever, changed until it costs X a year more than the reference.",
        ),
    ] = None,
    settings: Set = None,
    target: Annotated[
        list[str] | None,
        Option(metavar="METRIC>=VALUE", help="A target by name, or METRIC<=VALUE in quotes; may be repeated."),
    ] = None,
    workers: Workers = None,
    out: Annotated[Path | None, Option(help="Folder for the results; by default results/compare-….")] = None,
    why: Annotated[
        bool, Option("--why", help="Also divide each effect among mechanisms, features and measures (`deter why`).")
    ] = False,
    fresh: Fresh = False,
    quiet: Quiet = False,
) -> None:
    """Compare doctrines in the same worlds: paired differences, how often each is better, regret, targets met.

    Example: `deter compare mine.toml status_quo --worlds uncertain_worlds --target "harm_averted>=0.1"`

    One lever alone: `deter compare status_quo --change voting_rule=qmv --change preventive=1`
    """
    from analysis.calibration.informed import uninformed
    from analysis.comparison.comparison import DOCTRINE, comparison_of
    from analysis.comparison.tables import comparison_tables
    from analysis.effects.tables import own_tables
    from analysis.labels import number_of
    from analysis.report.decomposition import WHY
    from analysis.report.doctrines import setting_notes
    from analysis.report.gallery import comparison_figures
    from analysis.report.uninformed import uninformed_tables
    from experiments.running.compare import Comparing, same_cost
    from experiments.running.decompose import Decomposing, checked_designs
    from experiments.running.sweep import sweep_manifest
    from experiments.store.files import own
    from experiments.store.folders import usable
    from experiments.terminal import comparison, decomposition, publish, sweeps
    from experiments.terminal.screen import Screen
    from experiments.terminal.tables import own_rows
    from model.errors import ConfigurationError
    from model.loading import shipped

    screen, named = Screen(quiet=quiet), list(doctrines or [])
    named += [name for name in shipped("doctrines") if every and name not in named]
    sets, targets = assignments(settings), target or []
    changes = changes_of(change, together=together)
    more = uncertainty, changes, extra
    given = Comparing(named, reference, scenario, worlds, replicates, seed, sets, targets, out, *more)
    if why and worlds is not None:
        problem = "divides the effects of one world, and here there are many worlds"
        raise ConfigurationError(problem, file="--why", allowed="a comparison without --worlds")
    at_cost = None
    if extra is not None:
        screen.say(f"looking for levers of {given.against} that cost {extra:+g} a year …")
        at_cost = same_cost(given, workers)
        given = given.with_changes(at_cost.changes)
    design, folder = given.design, given.folder
    if why and design.changes:
        problem = "divides the effects of one world, and an arm changes the world"
        raise ConfigurationError(problem, file="--why", allowed="changes of the doctrine's own settings")
    place = scenario or "baseline"
    size = design.replicates, design.seed, given.overrides
    asked = Decomposing(given.levels, given.against, place, *size, uncertainty, given.contents.get(DOCTRINE, {}))
    usable(folder, sweep_manifest(design), fresh=fresh)
    if why:  # what is wrong is found before the first run
        checked_designs(asked, own(folder, WHY))
    for one, other in given.alike:
        screen.warn(f"{one} is the same as {other}: their differences will be zero")
    for sentence in given.copies:
        screen.warn(sentence)
    workforce = sweeps.Hands(workers).at_work(design)
    worlds_run = design.points // len(given.levels)
    numbers = {"doctrine": len(given.levels), "world": worlds_run, "replicate": design.replicates}
    parts = [number_of(noun, number) for noun, number in numbers.items() if noun != "world" or number > 1]
    screen.say(f"{design.title}: {' × '.join(parts)} = {number_of('run', design.runs)}, {workforce.title}")
    screen.say(f"reference: {given.against}" + ("" if given.reference else "; another by --reference"))
    results = sweeps.carried_out(screen, design, folder, workforce, fresh=fresh)
    runs, failed = results.counts
    if failed:
        screen.warn(f"{failed:,} of {runs:,} runs failed; column `error` of runs.parquet says why")
    if failed < runs:
        found = comparison_of(results)
        tables = {**comparison_tables(found, uninformed(results)), **uninformed_tables(results), **own_tables(results)}
        publish.write_tables(folder, tables | ({"same_cost": at_cost.table} if at_cost else {}))
        publish.write_figures(folder, comparison_figures(results))
        screen.show(*comparison.screen_tables(found, screen.tables.width), *own_rows(results))
        screen.show("", *setting_notes(found), *(at_cost.sentences if at_cost else ()))
    sweeps.say_where(screen, results)
    if why and failed < runs:
        screen.show("")
        decomposition.show_decomposition(screen, asked, folder / WHY, workers, fresh=fresh)
    if failed:
        raise Exit(FAILED)

"""`deter search`: robust doctrines by many objectives, judged again on fresh worlds, and asked what they lean on."""

from pathlib import Path
from typing import Annotated

from typer import Option

from experiments.terminal import options

DOCTRINES = "doctrines"
"""Folder of the winners below that of a search."""


def search_command(
    experiment: options.ExperimentName,
    trials: Annotated[int | None, Option(min=4, help="Number of candidates, instead of the file's.")] = None,
    worlds: Annotated[int | None, Option(min=2, help="Worlds of the search, instead of the file's.")] = None,
    replicates: Annotated[int | None, Option(min=1, help="Runs in each world, instead of the file's.")] = None,
    seed: options.OtherSeed = None,
    settings: options.Set = None,
    out: options.Out = None,
    workers: options.Workers = None,
    fresh: options.Fresh = False,
    quiet: options.Quiet = False,
) -> None:
    """Search for robust doctrines by several objectives, test them in fresh worlds, and show what they depend on.

    Example: `deter search robust_doctrine`
    """
    from rich.padding import Padding

    from analysis.report.gallery import search_figures
    from analysis.results.manifest import FIGURES, SEARCHED
    from analysis.results.tables import TABLES
    from analysis.search.findings import search_sentences
    from analysis.search.tables import search_tables
    from experiments.search.optimiser import optuna
    from experiments.search.search import doctrine_file, expected_runs, search_by_stages, winner_names
    from experiments.search.stages import plan_of
    from experiments.store.files import own, remove_named, remove_temporary, write
    from experiments.store.folders import check_no_file
    from experiments.terminal import publish, sweeps
    from experiments.terminal.screen import Counter, Screen

    screen = Screen(quiet=quiet)
    changes = {"trials": trials, "worlds": worlds, "replicates": replicates, "seed": seed}
    plan = plan_of(experiment, changes, options.assignments(settings))
    optuna()
    folder = out or Path("results") / Path(experiment).stem
    check_no_file(folder)
    doctrines, *others = (own(folder, name) for name in (DOCTRINES, TABLES, FIGURES))
    screen.say(f"{plan.experiment.title}: {plan.search.trials} candidates in {plan.worlds} worlds")
    sweeps.compile_first(screen)
    with sweeps.resumable(screen, folder), Counter(screen, expected_runs(plan)) as counter:
        stages = sweeps.Stages(folder, workers, screen, counter, fresh=fresh)
        found, results = search_by_stages(plan, stages.carry)
    write(results.folder / SEARCHED, (found.model_dump_json(indent=1) + "\n").encode())
    earlier = {f"{name}.toml" for name in winner_names()}
    remove_named(doctrines, earlier.__contains__)
    for place in others:  # what a search that was killed here has left
        remove_temporary(place)
    for winner in found.winners:
        text = doctrine_file(plan, winner, found, results.manifest.stamp)
        write(doctrines / f"{winner.name}.toml", text.encode())
    said = list(search_sentences(found))
    note = f"{' '.join(sentence.strip() for sentence in said)} {results.manifest.stamp}."
    publish.write_tables(folder, search_tables(found, note))
    figures = search_figures(results)
    publish.write_figures(folder, figures)
    for sentence in said:  # what is said of one winner stands below it
        screen.show(Padding(sentence.strip(), (0, 0, 1, len(sentence) - len(sentence.lstrip()))))
    winners = ", ".join(each.name for each in found.winners)
    screen.say(
        f"doctrines {folder / DOCTRINES}/: {winners}\ntables    {folder / TABLES}/\n"
        f"figures   {folder / FIGURES}/: {', '.join(figures)}"
    )

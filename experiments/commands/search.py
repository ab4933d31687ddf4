"""`deter search`: robust doctrines by many objectives, judged again on fresh worlds, and asked what they lean on."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import typer

from analysis.report.gallery import draw
from analysis.results.folder import FIGURES, SEARCHED, Results
from analysis.results.tables import TABLES
from analysis.search.answer import Found
from analysis.search.findings import sentences
from analysis.search.tables import search_tables
from experiments.design.design import Design
from experiments.running.executors import default_workers
from experiments.running.sweep import Progress, carry_out
from experiments.search.optimiser import optuna
from experiments.search.search import doctrine_file, expected_runs, search
from experiments.search.stages import Carry, Plan, plan_of
from experiments.store.atomic import TEMPORARY, write
from experiments.store.folders import check_no_file
from experiments.terminal.options import INTERRUPTED
from experiments.terminal.publish import write_figures, write_tables
from experiments.terminal.screen import Counter, Screen

DOCTRINES = "doctrines"
"""Folder of the winners below that of a search."""
DRAWN = ("front", "leaning")
"""Figures of a search."""


def search_command(
    experiment: str,
    changes: Mapping[str, int | None],
    overrides: Mapping[str, Any],
    out: Path | None,
    workers: int | None,
    *,
    fresh: bool,
    quiet: bool,
) -> None:
    """Search, judge again, ask what winners lean on, and write doctrines, tables and figures."""
    screen = Screen(quiet=quiet)
    plan = plan_of(experiment, changes, overrides)
    optuna()
    folder = out or Path("results") / Path(experiment).stem
    check_no_file(folder)
    screen.say(f"{plan.experiment.title}: {plan.search.trials} candidates in {plan.worlds} worlds")
    try:
        with Counter(screen, expected_runs(plan)) as counter:
            found, results = search(plan, _carry(folder, workers or default_workers(), screen, counter, fresh=fresh))
    except KeyboardInterrupt:
        screen.warn(f"interrupted; the same command goes on from what {folder} holds")
        raise typer.Exit(INTERRUPTED) from None
    write_all(folder, found, results, plan)
    for sentence in sentences(found):
        screen.show(f"{sentence}\n")
    winners = ", ".join(each.name for each in found.winners)
    screen.say(
        f"doctrines {folder / DOCTRINES}/: {winners}\ntables    {folder / TABLES}/\n"
        f"figures   {folder / FIGURES}/: {', '.join(DRAWN)}"
    )


def _carry(folder: Path, workers: int, screen: Screen, counter: Counter, *, fresh: bool) -> Carry:
    """What runs the stages of a search in their folders and counts them as one sweep."""
    before = 0

    def carry(name: str, design: Design, again: bool) -> Results:
        nonlocal before
        start = before

        def report(now: Progress) -> None:
            total = max(counter.runs, start + now.runs)
            counter.report(Progress(start + now.done, total, start + now.found, now.failed))

        before += design.runs
        return carry_out(design, folder / name, workers, fresh=fresh or again, report=report, warn=screen.warn)

    return carry


def write_all(folder: Path, found: Found, results: Results, plan: Plan) -> None:
    """Doctrine files, tables, figures, and the answer beside the results it is about."""
    write(results.folder / SEARCHED, (found.model_dump_json(indent=1) + "\n").encode())
    for path in (folder / DOCTRINES).glob("*.toml"):
        path.unlink()
    for name in (DOCTRINES, TABLES, FIGURES):
        for path in (folder / name).glob(f".*{TEMPORARY}"):  # what a search that was killed here has left
            path.unlink(missing_ok=True)
    for winner in found.winners:
        text = doctrine_file(plan, winner, found, results.manifest.stamp)
        write(folder / DOCTRINES / f"{winner.name}.toml", text.encode())
    write_tables(folder, search_tables(found, results))
    write_figures(folder, {name: draw(name, results) for name in DRAWN})

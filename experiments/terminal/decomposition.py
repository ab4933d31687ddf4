"""Effects shared out among mechanisms and features, run and shown in a terminal."""

from pathlib import Path
from typing import Any

from rich.table import Table

from analysis.decomposition import tables as causes
from analysis.decomposition.contributions import AVERTED, DIFFERENCE, FULL
from analysis.decomposition.findings import points
from analysis.decomposition.games import APART
from analysis.labels import number_of, runs_planned
from analysis.report.decomposition import FEATURES_FOLDER, Decomposition
from analysis.results.folder import Results
from experiments.design.design import Design
from experiments.running.decompose import Decomposing, checked_designs, decompose
from experiments.terminal.publish import write_figures, write_tables
from experiments.terminal.screen import Screen, titled
from experiments.terminal.sweeps import carried_out
from model.metrics import METRICS


def show_decomposition(
    screen: Screen, asked: Decomposing, folder: Path, workers: int | None = None, *, fresh: bool = False
) -> None:
    """Run what a folder lacks, write tables and figures into it, show the contributions and say where they are."""

    def carry(design: Design, place: Path, workers: int, /, *, fresh: bool) -> Results:
        screen.say(f"{design.title}: {runs_planned(design.points, design.replicates)}")
        results = carried_out(screen, design, place, workers, fresh=fresh, whole=folder)
        runs, failed = results.counts
        if failed:
            screen.warn(f"{place}: {failed:,} of {runs:,} runs failed; replicates in which one did are left out")
        return results

    designs = checked_designs(asked, folder)
    runs = number_of("run", sum(design.runs for design in designs.values()))
    of_each = number_of("replicate", asked.replicates)
    screen.say(f"{len(designs)} sweeps of every combination, {runs} in all, {of_each} of each")
    found = decompose(asked, folder, workers, fresh=fresh, carry=carry)
    write_tables(folder, found.tables)
    write_figures(folder, found.figures)
    _show(screen, found)
    for name in asked.doctrines:
        if FEATURES_FOLDER + Path(name).stem not in found.folders:
            screen.say(f"{name} does not differ from {asked.reference}: there are no features to tell apart")
    screen.say(f"\ntables  {folder}/tables/: {', '.join(found.tables)}")
    screen.say(f"figures {folder}/figures/: {', '.join(found.figures)}")


def _show(screen: Screen, found: Decomposition) -> None:
    """Show the contributions as tables, and the sentences on them."""
    mechanisms = found.tables["mechanisms"].frame
    called = found.mechanisms.manifest.doctrine_titles
    toolbox = mechanisms.filter(mechanisms["game"] == causes.TOOLBOX)
    for doctrine, title in called.items():
        screen.show(_shown(f"{title}: its mechanisms", toolbox.filter(doctrine=doctrine), AVERTED))
        screen.show("")
    for name, results in found.folders.items():
        if name.startswith(FEATURES_FOLDER):
            title = f"{results.manifest.title} against {results.configuration.doctrine.title}: its features"
            screen.show(_shown(title, causes.feature_contributions(results), causes.FEATURES_SHOWN))
            screen.show("")
    replicates = found.mechanisms.manifest.replicates
    screen.show(
        f"Shapley values in hundredths, ± half of a 95 % interval over {replicates:,} replicates, in brackets its ends "
        "where it lies unevenly (bootstrap, where replicates are skewed): the mean addition "
        "over all orders in which the parts could come. Mechanisms: of the twin's total, with all mechanisms on; with "
        "incapacitation, which deters nobody and stands apart, and what is averted with none of them, they sum to the "
        "whole effect. Switching a mechanism changes the twin as well.\n"
    )
    screen.show(*found.sentences)


def _shown(title: str, frame: Any, metrics: Any) -> Table:
    table = titled(title, padding=(0, 1, 0, 0))
    table.add_column("", no_wrap=True)
    for metric in metrics:
        head = METRICS[metric].title.replace(" ", "\n", 1)
        table.add_column(head, justify="right", vertical="bottom", no_wrap=True)
    held = frame.filter((frame["way"] == "shapley") | frame["way"].is_null())
    parts = held["part"].unique(maintain_order=True).to_list()
    for part in parts:
        rows = {row["metric"]: row for row in held.filter(part=part).iter_rows(named=True)}
        if part in APART or part in (FULL, DIFFERENCE):
            table.add_section()
        table.add_row(causes.part_title(part), *(points(rows[metric]) for metric in metrics))
    return table

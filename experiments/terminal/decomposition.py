"""Effects shared out among mechanisms and features, run and shown in a terminal."""

from pathlib import Path
from typing import Any

from rich.table import Table

from analysis.comparison.comparison import stem
from analysis.decomposition import tables as causes
from analysis.decomposition.contributions import AVERTED, DIFFERENCE, FULL, REST
from analysis.decomposition.findings import points
from analysis.decomposition.games import APART, MECHANISMS
from analysis.labels import number_of, runs_planned
from analysis.report.decomposition import FEATURES_FOLDER, Decomposition
from experiments.running.decompose import Decomposing, checked_designs
from experiments.terminal.publish import write_figures, write_tables
from experiments.terminal.screen import Screen, titled
from experiments.terminal.sweeps import carried_out
from model.metrics.catalogue import METRICS


def decompose(screen: Screen, asked: Decomposing, folder: Path, workers: int | None, *, fresh: bool) -> Decomposition:
    """Run what a folder lacks, and return tables, figures and sentences; raises `ConfigurationError`.

    Interrupted, it goes on from what is there. `fresh` starts anew where a folder holds another design.
    """
    designs = checked_designs(asked, folder)
    whole, of_each = sum(design.runs for design in designs.values()), number_of("replicate", asked.replicates)
    screen.say(f"{len(designs)} sweeps of every combination, {number_of('run', whole)} in all, {of_each} of each")
    sweeps = {}
    for name, design in designs.items():
        screen.say(f"{design.title}: {runs_planned(design.points, design.replicates)}")
        results = sweeps[name] = carried_out(screen, design, folder / name, workers, fresh=fresh, whole=folder)
        runs, failed = results.counts
        if failed:
            problem = f"{failed:,} of {runs:,} runs failed; replicates in which one did are left out"
            screen.warn(f"{folder / name}: {problem}")
    return Decomposition(sweeps)


def show_decomposition(screen: Screen, asked: Decomposing, folder: Path, workers: int | None, *, fresh: bool) -> None:
    """Run what a folder lacks, write tables and figures into it, show the contributions and say where they are."""
    found = decompose(screen, asked, folder, workers, fresh=fresh)
    write_tables(folder, found.tables)
    write_figures(folder, found.figures)
    _show(screen, found)
    for name in asked.doctrines:
        if FEATURES_FOLDER + stem(name) not in found.folders:
            screen.say(f"{name} does not differ from {asked.reference}: there are no features to tell apart")
    tables, figures = ", ".join(found.tables), ", ".join(found.figures)
    screen.say(f"\ntables  {folder}/tables/: {tables}\nfigures {folder}/figures/: {figures}")


def _show(screen: Screen, found: Decomposition) -> None:
    """Show the contributions as tables, and the sentences on them."""
    mechanisms = found.tables["mechanisms"].frame
    called = found.mechanisms.manifest.doctrine_titles
    toolbox = mechanisms.filter(mechanisms["game"] == causes.TOOLBOX)
    for doctrine, title in called.items():
        screen.show(_shown(f"{title}: its mechanisms", toolbox.filter(doctrine=doctrine), AVERTED), "")
    for name, results in found.folders.items():
        if name.startswith(FEATURES_FOLDER):
            title = f"{results.manifest.title} against {results.configuration.doctrine.title}: its features"
            screen.show(_shown(title, causes.feature_contributions(results), causes.FEATURES_SHOWN), "")
    replicates = found.mechanisms.manifest.replicates
    screen.show(
        f"Shapley values in hundredths, ± half of a 95 % interval over {replicates:,} replicates, in brackets its ends "
        "where it lies unevenly (bootstrap, where replicates are skewed): the mean addition "
        "over all orders in which the parts could come. Mechanisms: of the twin's total, with all mechanisms on; they "
        f"sum to the whole effect. {causes.apart_text(MECHANISMS)} Switching a mechanism changes the twin as well.\n"
    )
    screen.show(*found.sentences)


def _shown(title: str, frame: Any, metrics: Any) -> Table:
    heads = ["", *(METRICS[metric].title.replace(" ", "\n", 1) for metric in metrics)]
    figures = {"justify": "right", "vertical": "bottom", "no_wrap": True}
    table = titled(title, heads, first={"no_wrap": True}, others=figures, padding=(0, 1, 0, 0))
    held = causes.without_nothing(frame.filter((frame["way"] == "shapley") | frame["way"].is_null()))
    parts = held["part"].unique(maintain_order=True).to_list()
    starts = {next((part for part in parts if part in group), "") for group in (APART, (REST, FULL, DIFFERENCE))}
    for part in parts:
        rows = {row["metric"]: row for row in held.filter(part=part).iter_rows(named=True)}
        if part in starts:
            table.add_section()
        table.add_row(causes.part_title(part), *(points(rows[metric]) for metric in metrics))
    return table

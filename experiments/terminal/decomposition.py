"""Effects shared out among mechanisms and features, run and shown in a terminal."""

from collections.abc import Sequence
from pathlib import Path
from textwrap import wrap
from typing import Any

import polars as pl
from rich.table import Table

from analysis.comparison.comparison import stem
from analysis.decomposition import tables as causes
from analysis.decomposition.contributions import AVERTED, DIFFERENCE, FULL, PER_COST, REST
from analysis.decomposition.findings import points
from analysis.decomposition.forgoing import ALL, COST, TAKEN, taken_of
from analysis.decomposition.games import APART, MECHANISMS, removals
from analysis.labels import number_of, runs_planned
from analysis.report.decomposition import (
    CATEGORIES_FOLDER,
    FEATURES_FOLDER,
    MEASURES_FOLDER,
    Decomposition,
)
from analysis.results.folder import Results
from analysis.results.tables import Table as Titled
from analysis.results.tables import estimate_text, interval_text
from experiments.design.design import Design
from experiments.running.decompose import Decomposing, checked_designs, count_taken
from experiments.terminal.publish import write_figures, write_tables
from experiments.terminal.screen import Screen, titled
from experiments.terminal.sweeps import carried_out, resumable
from model.metrics.catalogue import LEAD, METRICS
from model.metrics.columns import WORDS


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
            problem = f"{failed:,} of {runs:,} runs failed; their replicates are left out"
            screen.warn(f"{folder / name}: {problem}")
    if MEASURES_FOLDER in sweeps:
        _count(screen, designs[MEASURES_FOLDER], sweeps[MEASURES_FOLDER], folder, workers)
    return Decomposition(sweeps)


def _count(screen: Screen, design: Design, measures: Results, folder: Path, workers: int | None) -> None:
    """Count against whom each measure is taken, once, and keep it as a table of the sweep."""
    if taken_of(measures) is not None:
        return
    screen.say(f"{design.title}: counting against whom each measure is taken")
    whole = {doctrine: removal.whole for doctrine, removal in removals(measures).items()}
    with resumable(screen, folder):
        frame = count_taken(design, whole, workers)
    note = f"By replicate, after the burn-in. {measures.manifest.stamp}."
    write_tables(measures.folder, {TAKEN: Titled("How often each measure was taken against whom", frame, note)})


def show_decomposition(screen: Screen, asked: Decomposing, folder: Path, workers: int | None, *, fresh: bool) -> None:
    """Run what a folder lacks, write tables and figures into it, show the contributions and say where they are."""
    found = decompose(screen, asked, folder, workers, fresh=fresh)
    write_tables(folder, found.tables)
    write_figures(folder, found.figures)
    _show(screen, found)
    for name in asked.doctrines:
        if FEATURES_FOLDER + stem(name) not in found.folders:
            screen.say(f"{name} does not differ from {asked.reference}, so it has no distinct features")
    tables, figures = ", ".join(found.tables), ", ".join(found.figures)
    screen.say(f"\ntables  {folder}/tables/: {tables}\nfigures {folder}/figures/: {figures}")


MECHANISMS_NOTE = (
    "Mechanisms: share of the twin's total, with all mechanisms on; they sum to the whole effect. "
    f"{causes.apart_text(MECHANISMS)} Switching a mechanism changes the twin as well. "
)
TOOLBOX_NOTE = (
    "Categories and measures: a doctrine that forgoes some still announces and does the rest; the twin stays the same. "
    "Cost: political cost a year."
)


def _show(screen: Screen, found: Decomposition) -> None:
    """Show the contributions as tables, and the sentences on them."""
    called, mechanisms = found.doctrines, found.tables.get("mechanisms")
    if mechanisms:
        toolbox = mechanisms.frame.filter(mechanisms.frame["game"] == causes.TOOLBOX)
        for doctrine, title in called.items():
            screen.show(_shown(f"{title}: its mechanisms", toolbox.filter(doctrine=doctrine), AVERTED), "")
    for name, results in found.folders.items():
        if name.startswith(FEATURES_FOLDER):
            title = f"{results.manifest.title} against {results.configuration.doctrine.title}: its features"
            screen.show(_shown(title, causes.feature_contributions(results), causes.FEATURES_SHOWN), "")
    _show_toolbox(screen, found)
    replicates = found.lead.manifest.replicates
    screen.show(
        f"Shapley values in hundredths, ± half of a 95 % interval over {replicates:,} replicates, with its ends "
        "in brackets if it is asymmetric (bootstrap, if replicates are skewed): the mean contribution of a part "
        f"over all orders in which parts can be added. {MECHANISMS_NOTE if mechanisms else ''}"
        f"{TOOLBOX_NOTE if CATEGORIES_FOLDER in found.folders or MEASURES_FOLDER in found.folders else ''}\n"
    )
    screen.show(*found.sentences)


def _shown(title: str, frame: pl.DataFrame, metrics: Sequence[str]) -> Table:
    table = _table(title, ["", *(METRICS[metric].title.replace(" ", "\n", 1) for metric in metrics)])
    _add_parts(table, frame, metrics)
    return table


def _add_parts(table: Table, frame: pl.DataFrame, metrics: Sequence[str]) -> None:
    """Contributions of parts to metrics, in hundredths, a row for each part."""
    held = causes.without_nothing(frame.filter((frame["way"] == "shapley") | frame["way"].is_null()))
    parts = held["part"].unique(maintain_order=True).to_list()
    starts = {next((part for part in parts if part in group), "") for group in (APART, (REST, FULL, DIFFERENCE))}
    for part in parts:
        rows = {row["metric"]: row for row in held.filter(part=part).iter_rows(named=True)}
        if part in starts:
            table.add_section()
        table.add_row(causes.part_title(part), *(points(rows[metric]) for metric in metrics))


def _table(title: str, heads: Sequence[str], apart: int = 1) -> Table:
    """A table of names and numbers, so many letters further `apart` than one, of which none is cut in 80 letters."""
    figures = {"justify": "right", "vertical": "bottom", "no_wrap": True}
    return titled(title, heads, first={"no_wrap": True}, others=figures, padding=(0, apart, 0, 0))


SHOWN = ("deterrence_rate", "escalation_rate", LEAD)
"""Metrics that are shown of categories; three have room where intervals are uneven."""


def _show_toolbox(screen: Screen, found: Decomposition) -> None:
    """Show what categories contribute against whom and at what price, and what forgoing single measures changes."""
    categories, measures = found.tables.get("categories"), found.tables.get("measures_by_kind")
    for doctrine, title in found.doctrines.items():
        if categories:
            held = categories.frame.filter(doctrine=doctrine)
            screen.show(_by_kind(f"{title}: its categories of measures", held), "")
            screen.show(_prices(f"{title}: what its categories cost", held.filter(kind=ALL)), "")
        if measures:
            screen.show(_forgone(title, measures.frame.filter(doctrine=doctrine, kind=ALL)), "")


def _prices(title: str, held: pl.DataFrame) -> Table:
    """The share of each category in the Union's cost, and the harm that it averts per unit of it."""
    table = _table(title, ["", "EU cost\na year", "harm averted\nper unit of cost"])
    of_cost, of_harm = (held.filter(metric=metric, way="shapley") for metric in (COST, LEAD))
    for cost, harm in zip(of_cost.to_dicts(), of_harm.to_dicts(), strict=True):
        price = {end: harm[column] for end, column in zip(ENDS, PER_COST, strict=True)}
        table.add_row(causes.part_title(cost["part"]), estimate_text(*(cost[end] for end in ENDS)), points(price))
    return table


def _by_kind(title: str, held: pl.DataFrame) -> Table:
    """What categories contribute against all, with the whole, and below it against each kind."""
    table = _table(title, ["", *(METRICS[metric].title.replace(" ", "\n", 1) for metric in SHOWN)])
    _add_parts(table, held.filter(kind=ALL), SHOWN)
    for kind in held["kind"].unique(maintain_order=True).to_list():
        if kind != ALL:
            table.add_section()
            table.add_row(f"{WORDS[kind]}:")
            _add_parts(table, held.filter(kind=kind, way="shapley"), SHOWN)
    return table


def _forgone(title: str, held: pl.DataFrame) -> Table:
    """How often a measure is taken, and what forgoing it changes; with a star what holds beside all others."""
    heads = ["", "taken\na year", "deterred", "harm\naverted"]
    table = _table(f"{title}: one measure forgone (* clear jointly)", heads, apart=0)
    for row in held.iter_rows(named=True):
        told, cells = (row["told"] or "").split(", "), []
        for column in ("deterrence", "harm_averted"):
            words = column.replace("_", " ")
            star = "*" if {f"{words} falls", f"{words} rises"} & set(told) else " "
            cells.append(f"{points({end: row[column + of] for end, of in ENDS.items()})}{star}")
        name = causes.part_title(causes.measure_name(row["measure"]))
        table.add_row("\n".join(wrap(name, WIDEST_NAME)), _often(row), *cells)
    return table


WIDEST_NAME = 15
"""Letters of a measure's name on a line of the screen."""
ENDS = {"mean": "", "low": "_low", "high": "_high"}
"""Ends of an interval, and what the names of their columns end with."""


def _often(row: dict[str, Any]) -> str:
    """How often a measure was taken a year; of a standing programme that it is one."""
    taken, low, high = (row[TAKEN + of] for of in ENDS.values())
    if taken is None:
        return "standing"
    if low is None:
        return "never" if taken == 0.0 else "–"
    return interval_text(taken, low, high, 1 if high - low >= 0.2 else 2)

"""What `deter compare` does, from loading to the last line on the screen."""

from collections.abc import Iterator
from math import isfinite
from textwrap import wrap
from typing import Any

import polars as pl
from rich.box import SIMPLE_HEAD
from rich.table import Table

from analysis.comparison import tables as words
from analysis.comparison.comparison import Comparison, comparison_of
from analysis.comparison.pareto import pareto
from analysis.comparison.tables import comparison_tables, slide, slide_regret, slide_superiority, slide_targets
from analysis.labels import number_of
from analysis.report.decomposition import WHY
from analysis.report.gallery import comparison_figures
from experiments.commands.bodies import Hands, carried_out, say_where
from experiments.commands.why import Asked, check_ours, designs, tell_why
from experiments.running.compare import Comparing
from experiments.running.sweep import sweep_manifest
from experiments.store.folders import usable
from experiments.terminal.publish import write_figures, write_tables
from experiments.terminal.screen import Screen
from model.errors import ConfigurationError


def compare_command(given: Comparing, hands: Hands, *, why: bool, fresh: bool, quiet: bool) -> int:
    """Compare doctrines into a folder and show the tables; returns the number of failed runs.

    With `why` the effects are shared out among mechanisms and features besides, in a folder below.
    """
    screen = Screen(quiet=quiet)
    design, folder = given.design, given.folder
    asked = _asked(given) if why else None
    usable(folder, sweep_manifest(design), fresh=fresh)
    if asked:
        check_ours(folder / WHY)
    for one, other in given.alike:
        screen.warn(f"{one} says the same as {other}: their differences will be zero")
    workforce = hands.at_work(design)
    worlds = design.points // len(given.levels)
    size = number_of("doctrine", len(given.levels)) + (f" × {number_of('world', worlds)}" if worlds > 1 else "")
    size = f"{size} × {number_of('replicate', design.replicates)} = {number_of('run', design.runs)}"
    screen.say(f"{design.title}: {size}, {workforce.title}")
    screen.say(f"reference: {given.against}" + ("" if given.reference else "; another by --reference"))
    results = carried_out(screen, folder, design, workforce, fresh=fresh)
    runs, failed = results.counts
    if failed:
        screen.warn(f"{failed:,} of {runs:,} runs failed; column `error` of runs.parquet says why")
    if failed < runs:
        comparison = comparison_of(results)
        write_tables(folder, comparison_tables(comparison))
        write_figures(folder, comparison_figures(results))
        for table in screen_tables(comparison, screen.tables.width):
            screen.show(table)
    say_where(screen, results)
    if asked and failed < runs:
        screen.show("")
        tell_why(screen, asked, folder / WHY, hands.workers, fresh=fresh)
    return failed


def _asked(given: Comparing) -> Asked:
    """What is to be explained of a comparison, checked before anything is run; raises `ConfigurationError`."""
    if given.worlds is not None:
        problem = "shares out the effects of one world, and there are many"
        raise ConfigurationError(problem, file="--why", allowed="a comparison without --worlds")
    design, scenario = given.design, given.scenario or "baseline"
    asked = Asked(given.levels, given.against, scenario, design.replicates, design.seed, given.overrides)
    designs(asked)
    return asked


def screen_tables(comparison: Comparison, width: int) -> Iterator[Any]:
    """The slide, and what decides where doctrines trade off, each with how it is read; of one run each, why not."""
    if not comparison.has_worlds and comparison.cells.replicates < 2:
        yield f"{words.interval_note(comparison)} What one run shows of a doctrine may be its luck: --replicates 100."
        return
    reference = comparison.doctrines[comparison.reference]
    cases = f"{comparison.case_weights.size:,} {comparison.unit}"
    yield _table(f"Against {reference}", slide(comparison), width, first=True)
    yield f"{words.slide_note(comparison)}\n"
    yield _table(f"Better than {reference}, in per cent of {cases}", slide_superiority(comparison), width)
    few = "" if comparison.has_worlds else " One replicate is one course of chance, not one belief about the world."
    yield f"{words.share_note(comparison)} A tie counts half.{few}\n"
    least = "Largest regret over worlds" if comparison.has_worlds else "Regret"
    yield _table(f"{least}: what is lost against the best doctrine", slide_regret(comparison), width)
    yield "* the least. In the units of the first table.\n"
    yield _table(f"Targets met, in per cent of {cases}", slide_targets(comparison), width)
    yield f"{words.target_note(comparison)}\n"
    yield pareto_line(comparison)


def pareto_line(comparison: Comparison) -> str:
    """The Pareto set in a sentence or two."""
    found = pareto(comparison)
    inside = [_member(row) for row in found.filter("in_set").iter_rows(named=True)]
    outside = [
        f"{row['doctrine']} (by {row['dominated_by']})" for row in found.filter(~pl.col("in_set")).iter_rows(named=True)
    ]
    shares = ""
    if found["resamples"].is_not_null().any():
        shares = f" (in brackets: in what share of resamples of the {comparison.unit} that is so)"
    text = f"Dominated by none{shares}: {', '.join(inside)}."
    return text + (f" Dominated: {', '.join(outside)}." if outside else "")


def _member(row: dict[str, Any]) -> str:
    known = row["resamples"] is not None and isfinite(row["resamples"])
    return f"{row['doctrine']} ({100 * row['resamples']:.0f} %)" if known else row["doctrine"]


LEAST_ROOM = 12
"""Characters for names at least."""


def _table(title: str, frame: pl.DataFrame, width: int, *, first: bool = False) -> Table:
    """A table for a screen of this width; `first` sets the first row apart from the others."""
    table = Table(title=title, title_justify="left", title_style="bold", box=SIMPLE_HEAD, show_edge=False)
    table.padding = (0, 0, 0, 0)
    heads = [_broken(name, LEAST_ROOM) for name in frame.columns[1:]]
    lines = max(head.count("\n") for head in heads)
    columns = [list(frame[name]) for name in frame.columns[1:]]
    if sum(max(map(len, column)) + 1 for column in columns) > width - LEAST_ROOM:  # ends of intervals stand below
        columns = [[cell.replace(" [", "\n[") for cell in column] for column in columns]
    widths = [
        max(len(line) for cell in (head, *column) for line in cell.split("\n"))
        for head, column in zip(heads, columns, strict=True)
    ]
    table.add_column("\n" * lines)
    for head in heads:
        table.add_column("\n" * (lines - head.count("\n")) + head, justify="right", no_wrap=True)
    room = max(LEAST_ROOM, width - sum(widths) - len(widths) - 1)
    for at, (name, *cells) in enumerate(zip(frame.to_series(0), *columns, strict=True)):
        table.add_row(_broken(name.replace("_", " "), room), *cells, end_section=first and at == 0)
    return table


def _broken(text: str, room: int) -> str:
    """Words over lines of so many characters."""
    return "\n".join(wrap(text, room, break_long_words=False))

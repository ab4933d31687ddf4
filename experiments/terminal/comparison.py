"""A comparison of doctrines as it is shown in a terminal."""

from collections.abc import Iterator
from textwrap import wrap
from typing import Any

import polars as pl
from rich.table import Table

from analysis.comparison import tables as words
from analysis.comparison.comparison import Comparison
from analysis.comparison.tables import slide, slide_regret, slide_superiority, slide_targets
from experiments.terminal.screen import narrowed, titled, visible, widest

LEAST_ROOM = 12
"""Characters for names at least."""


def screen_tables(comparison: Comparison, width: int) -> Iterator[Any]:
    """The slide, and what decides where doctrines trade off, each with how it is read; of one run each, why not."""
    if not comparison.has_worlds and comparison.cells.replicates < 2:
        yield f"{words.interval_note(comparison)} What one run shows of a doctrine may be its luck: --replicates 100."
        return
    reference = comparison.doctrines[comparison.reference]
    cases = f"{comparison.case_weights.size:,} {comparison.unit}"
    first = 2 if comparison.results.twin_answers else 1  # rows of the reference: itself and its placebo
    yield _table(f"Against {reference}", slide(comparison), width, first=first)
    yield f"{words.screen_note(comparison)}\n"
    yield _table(f"Better than {reference}, in per cent of {cases}", slide_superiority(comparison), width)
    case = "one course of chance, not one belief about the world"
    if comparison.results.worlds is not None:
        case = "one world with one course of chance"
    few = "" if comparison.has_worlds else f" One replicate is {case}."
    yield f"{words.share_note(comparison)} A tie counts half.{few}\n"
    least = "Largest regret over worlds" if comparison.has_worlds else "Regret"
    yield _table(f"{least}: what is lost against the best doctrine", slide_regret(comparison), width)
    yield "* the least. In the units of the first table.\n"
    yield _table(f"Targets met, in per cent of {cases}", slide_targets(comparison), width)
    yield f"{words.target_note(comparison)}\n"
    yield words.pareto_sentence(comparison)


def _table(title: str, frame: pl.DataFrame, width: int, *, first: int = 0) -> Table:
    """A table for a screen of this width; a line sets so many rows at first apart from the others."""
    each = (width - LEAST_ROOM) // (frame.width - 1) - 1
    heads = [_broken(name, max(1, min(LEAST_ROOM, each))) for name in map(visible, frame.columns[1:])]
    lines = max(head.count("\n") for head in heads)
    columns = [list(frame[name]) for name in frame.columns[1:]]
    columns = narrowed(columns, width - LEAST_ROOM)
    widths = [widest([head, *column]) for head, column in zip(heads, columns, strict=True)]
    lowered = ["\n" * (lines - head.count("\n")) + head for head in ("", *heads)]
    table = titled(
        title, lowered, first={"overflow": "fold"}, others={"justify": "right", "no_wrap": True}, padding=(0, 0, 0, 0)
    )
    room = max(LEAST_ROOM, width - sum(widths) - len(widths) - 1)
    for at, (name, *cells) in enumerate(zip(frame.to_series(0), *columns, strict=True)):
        table.add_row(_broken(visible(name.replace("_", " ")), room), *cells, end_section=at == first - 1)
    return table


def _broken(text: str, room: int) -> str:
    """Words over lines of so many characters."""
    return "\n".join(wrap(text, room, break_long_words=False))

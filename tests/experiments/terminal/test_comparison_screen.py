"""The screen of `deter compare`: the finding first, doctrines by their titles, and no cell that is broken or cut."""

from functools import cache
from typing import Any

import numpy as np
import pytest
from rich.styled import Styled
from rich.table import Table
from support.comparisons import drawn, made

from analysis.comparison.comparison import Comparison
from experiments.terminal.comparison import bracketed, screen_tables
from experiments.terminal.screen import PlainConsole

TITLES = (
    *("Status quo", "Clear ladder", "Denial first", "Sustained, actor-specific strategy", "Coalition of the willing"),
    *("Due diligence", "Maximum pressure", "Naming first", "No toolbox", "Strategic ambiguity", "Swift majority"),
    "A doctrine of one's own [b] with a title that is far longer than any that is shipped",
)
FEW, MANY = 3, 12
SHARED = ("expected_harm", "expected_severe", "expected_acts", "escalated", "cost")


@cache
def compared(doctrines: int) -> Comparison:
    """So many doctrines, of which intervals are computed once for all screens."""
    rng, shape = np.random.default_rng(doctrines), (doctrines, 1, 20)
    columns = {name: rng.gamma(40.0, 0.025, shape) for name in SHARED}
    return made(0.2 * drawn(1, doctrines, 1, 20), kind="grid", **columns)


def shown(doctrines: int, width: int, monkeypatch: pytest.MonkeyPatch) -> tuple[list[Any], str]:
    """The parts of a screen of doctrines with these titles, and what is printed."""
    comparison = compared(doctrines)
    titles = {f"d{at}": title for at, title in enumerate(TITLES[:doctrines])}
    monkeypatch.setattr(type(comparison.results.manifest), "doctrine_titles", titles)
    parts, console = list(screen_tables(comparison, width)), PlainConsole(width=width)
    with console.capture() as held:
        for part in parts:
            console.print(part)
    return parts, held.get()


def words(cell: Any) -> str:
    """What a cell says."""
    return str(cell.renderable if isinstance(cell, Styled) else cell)


@pytest.mark.parametrize("width", [80, 120])
@pytest.mark.parametrize("doctrines", [2, 3, 5, 12])
def test_no_cell_is_broken_or_cut(doctrines: int, width: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """A row is a line; a title too long for one is set in below its first line, beside which its cells stand."""
    parts, text = shown(doctrines, width, monkeypatch)
    lines = text.split("\n")
    assert max(map(len, lines)) <= width
    assert "…" not in text
    tables = [part for part in parts if isinstance(part, Table)]
    assert len(tables) >= 4
    for table in tables:
        first, *others = (list(map(words, column.cells)) for column in table.columns)
        for cell in (cell for column in others for cell in column):
            assert "\n" not in cell
            assert not cell or any(cell in line for line in lines), cell
        for name in first:
            head, *rest = name.split("\n")
            assert any(line.startswith(head) for line in lines)
            assert all(line.startswith("  ") for line in rest)
        console = PlainConsole(width=width)
        with console.capture() as held:
            console.print(table)
        heads = max(column.header.count("\n") for column in table.columns) + 2  # and the line below them
        rows = sum(name.count("\n") + 1 for name in first)
        assert held.get().count("\n") == heads + rows


def test_the_finding_comes_first_then_differences_kinds_units_and_the_rest(monkeypatch: pytest.MonkeyPatch) -> None:
    for doctrines in (FEW, MANY):
        _, text = shown(doctrines, 80, monkeypatch)
        heads = ["(95 % intervals; n = 20 replicates.)", "\nDifferences from Status quo", "\nBy kind of perpetrator"]
        places = [text.index(head) for head in [*heads, "\nIn policy units", "\nHow often ahead"]]
        assert places == sorted(places)
        assert places[0] < 700


def test_doctrines_are_called_by_their_titles_and_differences_stand_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    for doctrines in (FEW, MANY):
        parts, text = shown(doctrines, 80, monkeypatch)
        assert " d1" not in text
        (first, *_) = (part for part in parts if isinstance(part, Table))
        names = [*map(words, first.columns[0].cells), *(str(each.header) for each in first.columns)]
        assert all(name.strip() != "Status quo" for name in names)
        assert "Status quo itself: deterred " in " ".join(text.split())


@pytest.mark.parametrize("doctrines", [FEW, MANY])
def test_few_doctrines_are_columns_and_many_are_rows(doctrines: int, monkeypatch: pytest.MonkeyPatch) -> None:
    parts, _ = shown(doctrines, 80, monkeypatch)
    (first, *_) = (part for part in parts if isinstance(part, Table))
    assert (str(first.columns[1].header).strip() == "Clear ladder") == (doctrines == FEW)


def test_a_number_has_both_ends_of_its_interval() -> None:
    row = {"mean": 0.009, "low": 0.0069, "high": 0.0123}
    assert bracketed(row, 100.0, signed=True) == "+0.9 [0.7, 1.2]"
    assert bracketed({"mean": -0.03, "low": -0.2, "high": 0.1}, signed=True) == "−0.03 [−0.20, 0.10]"
    assert bracketed({"mean": 52.0, "low": 52.0, "high": 52.0}) == "52 [52, 52]"
    assert bracketed({"mean": 1.0, "low": None, "high": None}) == "–"

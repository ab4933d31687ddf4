"""What runs keep of each quarter, in the world and in its twin: sums, and means of states over its weeks."""

from typing import Any, NamedTuple

import numpy as np

from agents.catalogue import CATEGORIES, KINDS
from model.metrics.columns import by_period, column_of, part_of


class Quarterly(NamedTuple):
    """A figure of a quarter: its title and unit, whether it is a mean over weeks (or a sum), and is told by kind."""

    title: str
    unit: str
    doc: str
    mean: bool = False
    by_kind: bool = False
    whole: bool = False  # a count


QUARTERLY = {
    "acts": Quarterly("Acts", "acts a quarter", "acts", by_kind=True, whole=True),
    "severe_acts": Quarterly("Severe acts", "severe acts a quarter", "severe acts", by_kind=True, whole=True),
    "expected_acts": Quarterly("Expected acts", "acts a quarter", "sum over opportunities of P(act)"),
    "responses": Quarterly("Responses", "measures a quarter", "measures adopted on cases, of any category", whole=True),
    "votes_failed": Quarterly("Votes failed", "votes a quarter", "votes that failed", whole=True),
    "credibility": Quarterly("Credibility", "0 to 1", "credibility of the EU", mean=True),
    "pressure": Quarterly("Pressure", "bite", "bite in force against a perpetrator", mean=True, by_kind=True),
    "grievance": Quarterly("Grievance", "utility", "grievance of a perpetrator", mean=True, by_kind=True),
}
"""Figures that runs keep of each quarter, by name."""
OF_KINDS = {(name, kind): part_of(name, kind) for name, each in QUARTERLY.items() if each.by_kind for kind in KINDS}
"""Columns of one kind of perpetrators, by figure and kind; null in a scenario without them."""
OF_A_WORLD = (*QUARTERLY, *OF_KINDS.values())
COUNTED = frozenset(
    {name for name in QUARTERLY if QUARTERLY[name].whole}.union(
        column for (name, _), column in OF_KINDS.items() if QUARTERLY[name].whole
    )
)
"""Columns that hold counts."""
COLUMNS_OF_QUARTERS = (*OF_A_WORLD, *(f"twin_{name}" for name in OF_A_WORLD))
"""Columns of quarters: those of the world, and of its twin."""


def quarters_of(books: Any, twins: Any) -> dict[str, np.ndarray[Any, Any]]:
    """Figures [run, quarter] from the books of worlds and of their twins at the end of each quarter.

    `weeks` says how many weeks a quarter has: the last may have fewer than 13, and one that a run does not reach none.
    Means of a kind that the scenario lacks are NaN.
    """
    own, other = _of_world(books), _of_world(twins)
    return {"weeks": _gained(books, "weeks"), **own, **{f"twin_{name}": column for name, column in other.items()}}


def _gained(books: Any, name: str) -> np.ndarray[Any, Any]:
    return by_period(column_of(books, name))


def _of_world(books: Any) -> dict[str, np.ndarray[Any, Any]]:
    counts = {name: _gained(books, name) for name in ("acts", "severe_acts", "expected_acts", "votes_failed")}
    parts = {column: _gained(books, column) for (name, _), column in OF_KINDS.items() if not QUARTERLY[name].mean}
    responses = sum(_gained(books, f"adopted_{category}") for category in CATEGORIES)
    each = by_period(np.asarray(books["weeks_of_kind"]))
    with np.errstate(divide="ignore", invalid="ignore"):
        states = {name: _gained(books, name) / _gained(books, "weeks") for name in QUARTERLY if QUARTERLY[name].mean}
        of_kinds = {name: by_period(np.asarray(books[f"{name}_of_kind"])) / each for name in ("pressure", "grievance")}
    means = {part_of(name, kind): found[..., at] for name, found in of_kinds.items() for at, kind in enumerate(KINDS)}
    found = {**counts, **parts, "responses": responses, **states, **means}
    return {name: found[name] for name in OF_A_WORLD}

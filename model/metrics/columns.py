"""Columns that a run leaves behind: the books of the world, and of the twin's those that metrics need.

A column that the books split by kind of perpetrator, group of victims or class of severity is there as a whole and in
its parts:
`acts`, `acts_state`, `acts_members`.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np

from agents.books import BOOKS, CLASSES, SPLIT, split

TWIN = (
    "open_opportunities",
    "acts",
    "severe_acts",
    "upward",
    "expected_acts",
    "expected_severe",
    "expected_harm",
    "harm_realised",
    "detected",
)
"""Books of the twin that runs keep, as `twin_<name>`, with their parts."""

DROPPED = ("overflow",)
DELAYS = ("attribution_delay", "response_delay", "national_delay", "listing_delay")
"""Names of sums that are figures of their own, not sums: null where undefined."""
WORDS = {
    "state": "states",
    "proxy": "proxies",
    "criminal": "criminals",
    "hacktivist": "hacktivists",
    "members": "Member States",
    "partners": "partners",
    "mild": "mild acts",
    "serious": "serious acts",
    "severe": "severe acts",
}
"""Kinds of perpetrators, groups of victims and classes of severity, as they are called in a sentence."""


class Place(NamedTuple):
    """Where a column of runs stands in the books: a column of theirs and, of one that is split, which part."""

    column: str
    part: int | None = None


def part_of(name: str, part: str) -> str:
    """The name of a part of a column: a kind of perpetrator, or a group of victims."""
    return f"{name}_{part}"


def _split() -> Iterator[tuple[str, str, Place]]:
    """Each part of each column that is split: the whole, the part, and its place."""
    for way, (parts, names) in SPLIT.items():
        for name in names:
            yield from ((name, part, Place(split(name, way), place)) for place, part in enumerate(parts))


_WHOLES = {name: Place(name) for name in BOOKS if not BOOKS.dtype[name].shape and name not in DROPPED}
PLACES = _WHOLES | {part_of(name, part): place for name, part, place in _split()}
"""Columns of the books as runs have them, parts last."""
DOCS = {name: BOOKS.docs[name] for name in _WHOLES}
DOCS |= {part_of(name, part): f"{BOOKS.docs[name]}: {WORDS[part]}" for name, part, _ in _split()}
"""What they hold."""
_OF_TWINS = (*TWIN, *(part_of(name, part) for name, part, _ in _split() if name in TWIN))
COLUMNS = (*PLACES, *(f"twin_{name}" for name in _OF_TWINS))
_CLASSES = {*CLASSES, *(split(name, "by_kind") for name in CLASSES)}
AGAINST_TWIN = tuple(
    name for name in COLUMNS if name.startswith(("twin_", "realised_")) or PLACES[name].column in _CLASSES
)
"""Columns that are the twin's, or compare the world with it: undefined of a run without one."""


def place_of(name: str) -> Place:
    """Where a column of runs stands in the books, of the world or of its twin."""
    return PLACES[name.removeprefix("twin_")]


def is_real(name: str) -> bool:
    """Whether a column of runs holds real numbers, and not counts."""
    return BOOKS.dtype[place_of(name).column].base.kind == "f"


def column_of(books: Any, name: str) -> np.ndarray[Any, Any]:
    """A column of runs from the books of either world, as it stands there: −1 where a delay is undefined."""
    place = place_of(name)
    found = np.array(books[place.column])
    return found if place.part is None else found[..., place.part]


@dataclass(frozen=True)
class Beside:
    """Books of worlds and of their twins, read as columns of runs; NaN where a delay is undefined."""

    books: Any
    twins: Any

    def __getitem__(self, name: str) -> np.ndarray[Any, Any]:
        column = column_of(self.twins if name.startswith("twin_") else self.books, name)
        return np.where(column < 0.0, np.nan, column) if name in DELAYS else column


def results(books: Any, twins: Any) -> dict[str, np.ndarray[Any, Any]]:
    """Sums of runs from the books of worlds and of their twins, row by row; NaN where a delay is undefined."""
    beside = Beside(books, twins)
    return {name: beside[name] for name in COLUMNS}


def by_period(column: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    """Sums [run, period] of each period from those at the end of each."""
    return np.diff(column, axis=1, prepend=0)


def results_by_year(books: Any, twins: Any) -> dict[str, np.ndarray[Any, Any]]:
    """Sums [run, year] of each year, from the books at the end of each; delays are of whole runs, and NaN here."""
    found = {name: by_period(column) for name, column in results(books, twins).items()}
    return found | {name: np.full(found[name].shape, np.nan) for name in DELAYS}

"""What a metric is: a ratio of two sums over a run, how it is called, and where it appears; and how one is declared."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from enum import Flag, auto
from functools import cache
from typing import Any, NamedTuple, Protocol

import numpy as np

from agents.books import YEAR


class RunSums(Protocol):
    """Sums of runs by name: arrays or Polars expressions, with one entry for each run."""

    def __getitem__(self, name: str, /) -> Any: ...


class Wording(NamedTuple):
    """Words for a metric, `{}` standing for an amount: for a difference, and where it is a contrast with the twin.

    Without words of its own a metric is raised and lowered, and nothing is said of it against the twin.
    """

    rises: str
    falls: str
    twin: str = ""  # what a doctrine does against its twin
    worse: str = ""  # the same where less than nothing is averted


class Shown(Flag):
    """Where a metric appears without being asked for."""

    HEADLINE = auto()  # what a sweep says first, and what indices of sensitivity are of
    EFFECTS = auto()  # of which effects are estimated and drawn, and findings speak
    COMPARED = auto()  # the table of a comparison that goes on a slide
    TRADED = auto()  # between which doctrines trade off: the Pareto set and its panels, and dominance
    MAPPED = auto()  # heat maps over pairs of factors
    SOUGHT = auto()  # objectives of a search for doctrines, by default


@dataclass(frozen=True)
class Total:
    """A sum of columns of runs, less others, in units of `per`, `times` over.

    A quotient of two numbers is rounded otherwise by some versions of Polars, so a sum is divided once at most.
    """

    plus: tuple[str, ...]
    minus: tuple[str, ...] = ()
    per: float = 1.0
    times: float = 1.0

    def __call__(self, runs: RunSums) -> Any:
        """The sum of each run."""
        first, *others = self.plus
        found = runs[first]
        for name in others:
            found = found + runs[name]
        for name in self.minus:
            found = found - runs[name]
        found = found if self.times == 1.0 else found * self.times
        return found if self.per == 1.0 else found / self.per

    def __str__(self) -> str:
        """The names of the columns: acts, (escalated − provoked), or (weeks / 52)."""
        text = " − ".join([" + ".join(self.plus), *self.minus])
        text = text if text == self.plus[0] else f"({text})"
        text = text if self.times == 1.0 else f"({text} × {self.times:g})"
        return text if self.per == 1.0 else f"({text} / {self.per:g})"


YEARS = Total(("weeks",), per=YEAR)
"""Years that a run counts, of 52 weeks."""


class Metric(NamedTuple):
    """A figure of a run: `numerator / denominator`, or with `complement` one minus that.

    `formula` says the same in the names of columns. `better` is +1 where more of it is better for the Union, −1 where
    less is, and 0 where neither is said; `short` is its name as the head of a column. `shown` says where it appears
    without being asked for, `target` what a doctrine is to reach of it where no target is given: an assumption. `part`
    names the kind of perpetrator, or the group of victims, of which alone it is; empty where it is of all.
    """

    title: str
    unit: str
    definition: str
    numerator: Callable[[RunSums], Any]
    denominator: Callable[[RunSums], Any]
    formula: str
    complement: bool = False
    better: int = 0
    short: str = ""
    shown: "Shown" = Shown(0)
    wording: Wording | None = None
    target: float | None = None
    part: str = ""

    def parts(self, runs: RunSums) -> tuple[Any, Any]:
        """Numerator and denominator of each run."""
        return self.numerator(runs), self.denominator(runs)

    def value(self, above: Any, below: Any) -> Any:
        """The metric from its two sums: their ratio, or one minus it."""
        return 1.0 - above / below if self.complement else above / below

    @property
    def sign(self) -> float:
        """−1 where the metric falls as its numerator rises, else 1."""
        return -1.0 if self.complement else 1.0

    @property
    def is_contrast(self) -> bool:
        """Whether it compares the world with its twin by itself, so that zero means no effect."""
        return self.wording is not None and self.wording.twin != ""

    @property
    def is_share(self) -> bool:
        """Whether it is a share, shown in per cent."""
        return self.unit.startswith("share")


Sums = Total | str
"""What is divided, or divides: a sum of columns, or a column by its name."""


def ratio(title: str, unit: str, definition: str, numerator: Sums, denominator: Sums, **more: Any) -> Metric:
    """A metric from its two sums; with `complement` one minus their ratio."""
    above, below = (each if isinstance(each, Total) else Total((each,)) for each in (numerator, denominator))
    formula = f"{'1 − ' if more.get('complement') else ''}{above} / {below}"
    return Metric(title, unit, definition, above, below, formula, **more)


def averted(what: str, column: str, **more: Any) -> Metric:
    """What of the twin's does not come about in the world."""
    countable = what.endswith("s")
    said = Wording(
        f"averts {{}} more of the {what}",
        f"averts {{}} {'fewer' if countable else 'less'} of the {what}",
        f"averts {{}} of the {what} that would otherwise occur",
        f"leads to {{}} more {what} than would otherwise occur",
    )
    unit, definition = f"share of the twin's {what}", f"1 − expected {what} / the twin's"
    title = f"{what.capitalize()} averted"
    return ratio(title, unit, definition, column, f"twin_{column}", complement=True, wording=said, **more)


def a_year(title: str, unit: str, definition: str, numerator: Sums, **more: Any) -> Metric:
    """A sum over the run for each year of it, of 52 weeks."""
    return ratio(title, f"{unit} a year", definition, numerator, YEARS, **more)


def count(title: str, definition: str, numerator: Sums, **more: Any) -> Metric:
    """A number of things a year."""
    return a_year(title, "number", definition, numerator, **more)


OWN = "own_"
"""Beginning of the name of a metric of a user's own, and of the column of runs that holds it."""


def is_own(name: object) -> bool:
    """Whether a name is that of a metric of a user's own, which no shipped metric can have."""
    return isinstance(name, str) and name.startswith(OWN) and name != OWN


def own_name(name: str) -> str:
    """The name that tables and columns give a metric of a user's own, from its name in the experiment."""
    return f"{OWN}{name}"


@cache
def own_metric(name: str) -> Metric:
    """A metric of a user's own, all of which follows from its name: the mean of what a function gave of each run.

    Runs of which it gave nothing count for nothing. Which way is better is unknown, and so is its unit.
    """
    words = name.removeprefix(OWN).replace("_", " ")
    return Metric(
        f"{words[0].upper()}{words[1:]}",
        "own metric",
        "mean over runs of what a function of the user's own gives of each",
        lambda runs: np.nan_to_num(runs[name]),
        lambda runs: 1.0 * ~np.isnan(runs[name]),
        name,
    )


class Catalogue(Mapping[str, Metric]):
    """Metrics by name. Those listed are shipped; every name that begins with `OWN` is a metric of a user's own."""

    def __init__(self, shipped: Mapping[str, Metric]) -> None:
        self._shipped = dict(shipped)

    def __getitem__(self, name: str) -> Metric:
        return own_metric(name) if is_own(name) else self._shipped[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._shipped)

    def __len__(self) -> int:
        return len(self._shipped)

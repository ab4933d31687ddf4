"""The answer of a search for doctrines: candidates, what is left of them on fresh worlds, and what they lean on."""

from pathlib import Path
from typing import NamedTuple

from pydantic import BaseModel, ConfigDict

from analysis.results.folder import Results, open_results
from analysis.results.manifest import MANIFEST, SEARCHED
from analysis.results.reading import read_record
from analysis.search.objectives import Aim, aim
from model.errors import ConfigurationError

FRESH, GENERATIONS = "fresh", "generations"
"""Folders below that of a search: of the worlds on which its front is judged, and of its candidates."""
ALL_AT_ONCE = "*"
"""The assumption that all uncertain parameters are at the same end."""
KINDS = ("winner", "shipped", "front")
"""Kinds of doctrines that are judged, in the order of tables."""
Value = float | int | bool | str
Figures = dict[str, float]
"""By key of an aim."""


class Estimate(NamedTuple):
    """A figure with its 95 % interval; none where there is one replicate."""

    mean: float
    low: float | None = None
    high: float | None = None

    @property
    def sure(self) -> bool:
        """Whether the interval leaves zero out."""
        return self.low is not None and self.high is not None and (self.low > 0.0 or self.high < 0.0)

    @property
    def turned(self) -> "Estimate":
        """The same difference the other way round."""
        low, high = (None if end is None else -end for end in (self.high, self.low))
        return Estimate(-self.mean, low, high)


class _Record(BaseModel):
    model_config = ConfigDict(ser_json_inf_nan="constants")  # an undefined figure is NaN, and stays it


class Tried(_Record):
    """A candidate of the search as it looked there."""

    values: dict[str, Value]
    figures: Figures
    generation: int
    front: bool


class Judged(_Record):
    """A doctrine on fresh worlds: figures, and differences to the reference, with 95 % intervals."""

    name: str
    kind: str  # shipped | front | winner
    values: dict[str, Value]
    searched: Figures  # as it looked in the search
    fresh: dict[str, Estimate]
    gain: dict[str, Estimate]
    front: bool  # not dominated on fresh worlds


class Leaning(_Record):
    """The advantage of a winner over the reference under one assumption, in the unit of the metric."""

    winner: str
    assumption: str  # path of a parameter or switch; empty: the base scenario as it is
    value: Value | None
    gain: Estimate

    @property
    def verdict(self) -> str:
        """Whether the advantage is there: holds, unclear, nothing or reversed; more of `gain` is better."""
        if self.gain == (0.0, 0.0, 0.0):
            return "nothing"
        if not self.gain.sure:
            return "unclear"
        return "holds" if self.gain.mean > 0.0 else "reversed"

    @property
    def is_switch(self) -> bool:
        """Whether a mechanism is switched off."""
        return self.assumption.startswith("switches.")

    @property
    def is_single(self) -> bool:
        """Whether one assumption is changed: not the scenario as it is, and not all parameters at once."""
        return self.assumption not in ("", ALL_AT_ONCE)


class Share(_Record):
    """What a winner loses, of the metric and of cost, where one of its parameters is as in the reference."""

    winner: str
    parameter: str
    value: Value
    reference: Value
    gain: Estimate  # of the metric, turned so that more is better: winner less the winner without it
    cost: Estimate  # political cost a year that it adds
    edge: str | None  # which end of its range it sits at

    @property
    def free(self) -> bool:
        """Whether it helps and adds no cost that can be told from zero."""
        return self.gain.sure and self.gain.mean > 0.0 and not (self.cost.sure and self.cost.mean > 0.0)


class Found(_Record):
    """All that figures and tables of a search show."""

    design_hash: str  # of the folder with the fresh worlds
    title: str
    objectives: list[str]
    worst: float
    main: str  # the aim by which winners are judged under other assumptions
    reference: str
    worlds: int
    replicates: int
    fresh_worlds: int
    fresh_replicates: int
    leaning_replicates: int
    tried: list[Tried]
    judged: list[Judged]
    leanings: list[Leaning]
    shares: list[Share]
    ranges: dict[str, str] = {}  # what was searched, and from what the worlds were drawn, by path

    @property
    def aims(self) -> list[Aim]:
        """The objectives, read."""
        return [aim(text) for text in self.objectives]

    @property
    def lead(self) -> Aim:
        """The main aim, read."""
        return aim(self.main)

    @property
    def winners(self) -> list[Judged]:
        """The candidates that were saved."""
        return [each for each in self.judged if each.kind == "winner"]

    def leanings_of(self, winner: Judged) -> list[Leaning]:
        """The advantage of a winner under each assumption."""
        return [each for each in self.leanings if each.winner == winner.name]

    @property
    def ordered(self) -> list[Judged]:
        """The doctrines on fresh worlds, winners first."""
        return sorted(self.judged, key=lambda each: KINDS.index(each.kind))


def open_search(folder: Path) -> tuple[Results, Found] | None:
    """The fresh worlds of the folder of a search, and what it found; none where it is the folder of something else.

    Raises `ConfigurationError` where the search is not done, or its answer cannot be read.
    """
    fresh = folder / FRESH
    if (folder / MANIFEST).exists() or not (folder / GENERATIONS).is_dir():
        return None
    if not (fresh / SEARCHED).exists():
        problem = "holds a search that is not done, so there is nothing to report"
        raise ConfigurationError(problem, file=str(folder), allowed="the same `deter search` again, which goes on")
    results = open_results(fresh)
    if (found := read_found(results)) is None:
        problem = "is damaged, or not about the results beside it"
        raise ConfigurationError(problem, file=str(fresh / SEARCHED), allowed="what `deter search` writes")
    return results, found


def read_found(results: Results) -> Found | None:
    """The answer that a folder of fresh worlds holds, if it is one about the results there."""
    found = read_record(results.folder / SEARCHED, Found)
    return found if found and found.design_hash == results.manifest.design_hash else None

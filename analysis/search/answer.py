"""The answer of a search for doctrines: candidates, what is left of them on fresh worlds, and what they lean on."""

from math import isinf, isnan
from pathlib import Path
from typing import Annotated, NamedTuple

from pydantic import AfterValidator, ConfigDict, Field, model_validator

from analysis.labels import shown
from analysis.results.folder import Results, open_results
from analysis.results.manifest import MANIFEST, MOST_POINTS, MOST_RUNS, SEARCHED
from analysis.results.reading import AnswerPart, KeptAnswer, read_answer_about
from analysis.results.tables import estimate_text
from analysis.search.objectives import Aim, aim
from model.display.cards import Card, html, line, rows
from model.errors import ConfigurationError
from model.metrics.catalogue import METRICS

FRESH, GENERATIONS = "fresh", "generations"
"""Folders below that of a search: of the worlds on which its front is judged, and of its candidates."""
ALL_AT_ONCE = "*"
"""The assumption that all uncertain parameters are at the same end."""
KINDS = ("winner", "shipped", "front")
"""Kinds of doctrines that are judged, in the order of tables."""
MOST_TRIED, MOST_JUDGED, MOST_WINNERS, MOST_LEANINGS = 100_000, 1000, 8, 100_000
"""Candidates of a search, doctrines on fresh worlds, winners, and the assumptions and parameters of these."""
MOST_BYTES_OF_SEARCH = 128 * 2**20
"""Bytes of a search's answer: a hundred thousand candidates take some hundreds each."""
LARGEST = 1e100
"""Beyond any figure or number of a doctrine; the square of it is still a number."""


def _is_figure(value: float) -> float:
    if isinf(value) or abs(value) > LARGEST:
        raise ConfigurationError("is no figure", value=value, allowed=f"numbers between {-LARGEST:g} and {LARGEST:g}")
    return value


Number = Annotated[float, Field(ge=-LARGEST, le=LARGEST)]
Figure = Annotated[float, Field(allow_inf_nan=True), AfterValidator(_is_figure)]
"""A number, or NaN where it is undefined."""
Value = Number | Annotated[int, Field(ge=-(2**63), lt=2**63)] | bool | str
Runs = Annotated[int, Field(ge=1, le=MOST_RUNS)]
Worlds = Annotated[int, Field(ge=1, le=MOST_POINTS)]


class Estimate(NamedTuple):
    """A figure with its 95 % interval; none where there is one replicate."""

    mean: Figure
    low: Figure | None = None
    high: Figure | None = None

    @property
    def sure(self) -> bool:
        """Whether the interval leaves zero out."""
        return self.low is not None and self.high is not None and (self.low > 0.0 or self.high < 0.0)

    @property
    def turned(self) -> "Estimate":
        """The same difference the other way round."""
        low, high = (None if end is None else -end for end in (self.high, self.low))
        return Estimate(-self.mean, low, high)


def _is_estimate(one: Estimate) -> Estimate:
    if (one.low is None) != (one.high is None) or (one.low is not None and one.high is not None and one.low > one.high):
        raise ConfigurationError("is no interval", value=[*one], allowed="a mean, a lower and an upper end")
    return one


Estimated = Annotated[Estimate, AfterValidator(_is_estimate)]


class _Part(AnswerPart):
    model_config = ConfigDict(ser_json_inf_nan="constants")  # an undefined figure is NaN, and stays it


class Tried(_Part):
    """A candidate of the search as it looked there."""

    values: dict[str, Value]
    figures: dict[str, Number]  # by key of an aim
    generation: Annotated[int, Field(ge=0, lt=MOST_TRIED)]
    front: bool


class Judged(_Part):
    """A doctrine on fresh worlds: figures, and differences to the reference, with 95 % intervals."""

    name: Annotated[str, Field(pattern="^[0-9a-zA-Z_-]{1,100}$")]
    kind: Annotated[str, Field(pattern=f"^({'|'.join(KINDS)})$")]
    values: dict[str, Value]
    searched: dict[str, Figure]  # as it looked in the search
    fresh: dict[str, Estimated]
    gain: dict[str, Estimated]
    front: bool  # not dominated on fresh worlds


class Leaning(_Part):
    """The advantage of a winner over the reference under one assumption, in the unit of the metric."""

    winner: str
    assumption: str  # path of a parameter or switch; empty: the base scenario as it is
    value: Value | None
    gain: Estimated

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


class Share(_Part):
    """What a winner loses, of the metric and of cost, where one of its parameters is as in the reference."""

    winner: str
    parameter: str
    value: Value
    reference: Value
    gain: Estimated  # of the metric, turned so that more is better: winner less the winner without it
    cost: Estimated  # political cost a year that it adds
    edge: Annotated[str, Field(pattern="^(lower|upper)$")] | None  # which end of its range it sits at

    @property
    def free(self) -> bool:
        """Whether it helps and adds no cost that can be told from zero."""
        return self.gain.sure and self.gain.mean > 0.0 and not (self.cost.sure and self.cost.mean > 0.0)


class Found(KeptAnswer):
    """All that figures and tables of a search show."""

    model_config = _Part.model_config

    title: str
    objectives: Annotated[list[str], Field(min_length=2, max_length=len(METRICS))]
    worst: Annotated[float, Field(gt=0.0, lt=1.0)]
    main: str  # the aim by which winners are judged under other assumptions
    reference: str
    worlds: Worlds
    replicates: Runs
    fresh_worlds: Worlds
    fresh_replicates: Runs
    leaning_replicates: Runs
    tried: Annotated[list[Tried], Field(min_length=1, max_length=MOST_TRIED)]
    judged: Annotated[list[Judged], Field(min_length=1, max_length=MOST_JUDGED)]
    leanings: Annotated[list[Leaning], Field(max_length=MOST_LEANINGS)]
    shares: Annotated[list[Share], Field(max_length=MOST_LEANINGS)]
    ranges: dict[str, str] = Field(default={})  # what was searched, and from what the worlds were drawn, by path

    @model_validator(mode="after")
    def _fits_together(self) -> "Found":
        keys = {one.key for one in self.aims}
        _same("objectives", [*dict.fromkeys(self.objectives)], self.objectives)
        _same("judged", len({each.name for each in self.judged}), len(self.judged))
        if self.lead.worst or self.lead.metric not in {one.metric for one in self.aims}:
            raise ConfigurationError("is of none of the objectives", key="main", value=self.main)
        searched = {*self.tried[0].values} - {"doctrine"}
        for at, each in enumerate(self.tried):
            _same(f"tried.{at}.figures", keys, {*each.figures})
            _same(f"tried.{at}.values", searched, {*each.values} - {"doctrine"})
        for at, one in enumerate(self.judged):
            _same(f"judged.{at}.values", searched, {*one.values} - {"doctrine"})
            _same(f"judged.{at}.fresh", keys | {self.lead.key}, {*one.fresh})
            _same(f"judged.{at}.gain", keys | {self.lead.key}, {*one.gain})
            if not {*one.searched} <= keys | {self.lead.key}:
                raise ConfigurationError("are of other aims", key=f"judged.{at}.searched")
        if self.reference not in [each.name for each in self.judged]:
            raise ConfigurationError("is none of the doctrines judged", key="reference", value=self.reference)
        names = [each.name for each in self.winners]
        if not 1 <= len(names) <= MOST_WINNERS:
            problem = f"has {len(names)} winners"
            raise ConfigurationError(problem, key="judged", allowed=f"1 to {MOST_WINNERS}")
        _same("leanings", {each.winner for each in self.leanings} | {*names}, {*names})
        _same("shares", {each.winner for each in self.shares} | {*names}, {*names})
        _same("shares", {each.parameter for each in self.shares} | searched, searched)
        met = [[(each.assumption, each.value) for each in self.leanings_of(winner)] for winner in self.winners]
        for changes in met:
            _same("leanings", met[0], changes)
        return self

    def __repr__(self) -> str:
        tried = f"{len(self.tried):,} candidates tried", f"{len(self.winners)} winners"
        return line("Found", self.title, *tried, f"reference {self.reference}")

    __str__ = __repr__

    def _repr_html_(self) -> str:
        heads = ("doctrine", "kind", *(one.label for one in self.aims), f"{self.lead.words}, less the reference")
        cells = [
            (
                each.name,
                each.kind,
                *(_estimate(each.fresh[one.key], shown(one.metric)) for one in self.aims),
                _estimate(each.gain[self.lead.key], shown(self.lead.metric)),
            )
            for each in self.ordered
            if each.kind != KINDS[2]
        ]
        facts = {
            "candidates": f"{len(self.tried):,} in {self.worlds:,} worlds",
            "judged": f"on {self.fresh_worlds:,} fresh worlds × {self.fresh_replicates:,} replicates",
            "reference": self.reference,
        }
        calls = {".winners": "the winners with their numbers", ".leanings": "what their advantage depends on"}
        note = "95 % intervals, each taken alone; shares in per cent, and their differences in points"
        return html(Card(self.title, "", facts, rows(heads, cells, note), calls=calls))

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


def _estimate(one: Estimate, scale: float) -> str:
    low, high = (None if end is None else scale * end for end in (one.low, one.high))
    return estimate_text(None if isnan(one.mean) else scale * one.mean, low, high)


def _same(key: str, expected: object, found: object) -> None:
    """Refuse what is not as the rest of an answer has it."""
    if expected != found:
        raise ConfigurationError("do not go with the rest of the answer", key=key)


def open_search(folder: Path) -> tuple[Results, Found] | None:
    """The fresh worlds of the folder of a search, and what it found; none where it is the folder of something else.

    Raises `ConfigurationError` where the search is not done, or its answer cannot be read.
    """
    fresh = folder / FRESH
    if (folder / MANIFEST).exists() or not (folder / GENERATIONS).is_dir():
        return None
    if not (fresh / SEARCHED).exists():
        problem = "holds an unfinished search, so there is nothing to report"
        raise ConfigurationError(problem, file=str(folder), allowed="the same `deter search` again, which goes on")
    results = open_results(fresh)
    if (found := read_found(results)) is None:
        problem = "is damaged, or not about the results next to it"
        raise ConfigurationError(problem, file=str(fresh / SEARCHED), allowed="what `deter search` writes")
    return results, found


def read_found(results: Results) -> Found | None:
    """The answer that a folder of fresh worlds holds, if it is one about the results there.

    Raises `ConfigurationError` where it is damaged, or its parts do not go together.
    """
    return read_answer_about(results.manifest.design_hash, results.folder / SEARCHED, Found, MOST_BYTES_OF_SEARCH)

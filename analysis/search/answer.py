"""The answer of a search for doctrines: candidates, what is left of them on fresh worlds, and what they lean on."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import polars as pl
from pydantic import BaseModel, ConfigDict, ValidationError

from analysis.labels import factor_words, is_share, level_text, listed, number_of, shown
from analysis.results.folder import MANIFEST, SEARCHED, Results, open_results
from analysis.search.objectives import Aim, Estimate, aim
from model.errors import ConfigurationError

FRESH, GENERATIONS = "fresh", "generations"
"""Folders below that of a search: of the worlds on which its front is judged, and of its candidates."""
TOGETHER = "*"
"""The assumption that all uncertain parameters are at the same end."""
MOST = 6
"""Assumptions that a sentence names."""
KINDS = ("winner", "shipped", "front")
"""Kinds of doctrines that are judged, in the order of tables."""
LEAST = 0.05
"""Share of a winner's advantage from which on a sentence names a parameter that adds it."""
Figures = dict[str, float]
"""By key of an aim."""


class _Kept(BaseModel):
    model_config = ConfigDict(ser_json_inf_nan="constants")  # an undefined figure is NaN, and stays it


class Tried(_Kept):
    """A candidate of the search as it looked there."""

    values: dict[str, float | int | bool | str]
    figures: Figures
    generation: int
    front: bool


class Judged(_Kept):
    """A doctrine on fresh worlds: figures, and differences to the reference, with 95 % intervals."""

    name: str
    kind: str  # shipped | front | winner
    values: dict[str, float | int | bool | str]
    searched: Figures  # as it looked in the search
    fresh: dict[str, Estimate]
    gain: dict[str, Estimate]
    front: bool  # not dominated on fresh worlds


class Leaning(_Kept):
    """The advantage of a winner over the reference under one assumption, in the unit of the metric."""

    winner: str
    assumption: str  # path of a parameter or switch; empty: the base scenario as it is
    value: float | int | bool | str | None
    gain: Estimate

    @property
    def verdict(self) -> str:
        """Whether the advantage is there: holds, unclear, nothing or reversed; more of `gain` is better."""
        if self.gain.mean == self.gain.low == self.gain.high == 0.0:
            return "nothing"
        if not self.gain.sure:
            return "unclear"
        return "holds" if self.gain.mean > 0.0 else "reversed"


class Share(_Kept):
    """What a winner loses, of the metric and of cost, where one of its parameters is as in the reference."""

    winner: str
    parameter: str
    value: float | int | bool | str
    reference: float | int | bool | str
    gain: Estimate  # of the metric, turned so that more is better: winner less the winner without it
    cost: Estimate  # political cost a year that it adds
    edge: str | None  # which end of its range it sits at

    @property
    def free(self) -> bool:
        """Whether it helps and adds no cost that can be told from zero."""
        return self.gain.sure and self.gain.mean > 0.0 and not (self.cost.sure and self.cost.mean > 0.0)


class Found(_Kept):
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
    found = read_found(results)
    if found is None:
        problem = "is damaged, or not about the results beside it"
        raise ConfigurationError(problem, file=str(fresh / SEARCHED), allowed="what `deter search` writes")
    return results, found


def read_found(results: Results) -> Found | None:
    """The answer that a folder of fresh worlds holds, if it is one about the results there."""
    try:
        found = Found.model_validate_json((results.folder / SEARCHED).read_bytes())
    except (OSError, ValidationError):
        return None
    return found if found.design_hash == results.manifest.design_hash else None


def has_front(results: Results) -> bool:
    """Whether a folder holds what `deter search` has found."""
    return read_found(results) is not None


def amount(metric: str, value: float, *, difference: bool = False) -> str:
    """A figure in a sentence: 12.3 %, of a difference +2.1 points."""
    number = f"{shown(metric) * value:{'+' if difference else ''}.3g}".replace("-", "−")
    if not is_share(metric):
        return number
    return f"{number} points" if difference else f"{number} %"


def with_interval(metric: str, one: Estimate, *, difference: bool = False) -> str:
    """The same with its interval."""
    text = amount(metric, one.mean, difference=difference)
    if one.low is None or one.high is None:
        return f"{text} (no interval)"
    ends = (f"{shown(metric) * end:.3g}".replace("-", "−") for end in (one.low, one.high))
    return f"{text} ({' to '.join(ends)})"


def sentences(found: Found) -> Iterator[str]:
    """The answer, one thought to a line."""
    yield of_candidates(found)
    for winner in found.winners:
        yield from _of_winner(found, winner)
    yield of_shipped(found)


def of_candidates(found: Found) -> str:
    """How many candidates there were, and how many of them nothing beats."""
    front = sum(each.front for each in found.tried)
    return (
        f"{len(found.tried)} candidates in {found.worlds} worlds × {found.replicates} replicates; {front} of them "
        f"{'is' if front == 1 else 'are'} on the front: no other is as good in all of these, and better in one: "
        f"{listed([one.words for one in found.aims])}."
    )


def of_shipped(found: Found) -> str:
    """Which shipped doctrines nothing here beats."""
    shipped = [f"“{each.name}”" for each in found.judged if each.kind == "shipped" and each.front]
    return (
        f"On the front {'is' if len(shipped) == 1 else 'are'} also {listed(shipped)} of the shipped doctrines, by the "
        "means alone: no other doctrine here is as good in all objectives, and better in one."
        if shipped
        else "No shipped doctrine is on the front: by the means alone another doctrine here is as good as it in all "
        "objectives, and better in one."
    )


def doubts(found: Found, winner: Judged) -> Iterator[str]:
    """What the advantage of a winner leans on, where it sits at an edge, and what it gains for free."""
    yield from (sentence.strip() for sentence in (*_leans(found, winner), *_warnings(found, winner)))


def _of_winner(found: Found, winner: Judged) -> Iterator[str]:
    lead = found.lead
    gain, was = winner.gain[lead.key], winner.searched[lead.key]
    yield (
        f"{winner.name}: {lead.words} {with_interval(lead.metric, winner.fresh[lead.key])} on fresh worlds, where the "
        f"search said {amount(lead.metric, was)}; against {found.reference} "
        f"{with_interval(lead.metric, gain, difference=True)}{'' if gain.sure else ', which cannot be told from zero'}."
    )
    yield from _leans(found, winner)
    yield from _warnings(found, winner)


def assumption_text(leaning: Leaning) -> str:
    """An assumption in a sentence."""
    if not leaning.assumption:
        return "all as in the scenario"
    if leaning.assumption == TOGETHER:
        return f"all uncertain parameters at their {leaning.value} ends"
    if leaning.assumption.startswith("switches."):
        return f"{factor_words(leaning.assumption)} switched off"
    return f"{factor_words(leaning.assumption)} at {level_text(leaning.value)}".replace("_", " ").replace("-", "−")


def _leans(found: Found, winner: Judged) -> Iterator[str]:
    """Whether the advantage is there in the scenario as it is, under single changes, and with all at one end."""
    mine = [each for each in found.leanings if each.winner == winner.name]
    if not mine:
        return
    subject = f"its advantage over {found.reference} in {found.lead.words}"
    if all(each.gain.low is None for each in mine):
        yield f"  What {subject} leans on cannot be said: each assumption was met once, and that takes two replicates."
        return
    over = f"over {found.leaning_replicates:,} replicates"
    as_it_is = [each for each in mine if not each.assumption]
    said = [f"In the scenario as it is, {over}, {subject} {VERDICTS[each.verdict]}." for each in as_it_is]
    changed = tally(found, winner)
    said += [f"{changed}."] if changed else []
    ends = [f"at their {each.value} ends it {VERDICTS[each.verdict]}" for each in mine if each.assumption == TOGETHER]
    several = len({each.assumption for each in mine if each.assumption not in ("", TOGETHER)} - _switches(mine)) > 1
    said += [f"With all uncertain parameters {listed(ends)}."] if ends and several else []
    yield f"  {' '.join(said)}"


def _switches(leanings: list[Leaning]) -> set[str]:
    """The assumptions that are mechanisms switched off."""
    return {each.assumption for each in leanings if each.assumption.startswith("switches.")}


VERDICTS = {
    "holds": "holds",
    "unclear": "cannot be told from zero",
    "nothing": "is exactly zero",
    "reversed": "is reversed",
}
"""Verdicts in a sentence."""


def tally(found: Found, winner: Judged) -> str:
    """Under how many single changes of an assumption the advantage is there, and under which not; empty without any.

    Either end of a parameter is a change of its own. The scenario as it is, and all parameters at one end, are none.
    """
    single = [
        each
        for each in found.leanings
        if each.winner == winner.name and each.assumption not in ("", TOGETHER) and each.gain.low is not None
    ]
    if not single:
        return ""
    switched = sum(each.assumption.startswith("switches.") for each in single)
    kinds = [
        number_of(one, count, several)
        for count, one, several in (
            (len(single) - switched, "end of an uncertain parameter's range", "ends of uncertain parameters' ranges"),
            (switched, "mechanism switched off", "mechanisms switched off"),
        )
        if count
    ]
    said = []
    for verdict, words in VERDICTS.items():
        some = [each for each in single if each.verdict == verdict]
        which = f" ({_some(_grouped(some))})" if some and verdict != "holds" else ""
        if some or verdict == "holds":
            said.append(f"{words} under {len(some) if some else 'none'}{which}")
    changes = f"{number_of('change', len(single))} of one assumption"
    return f"Of {changes} ({listed(kinds)}), the advantage {'; it '.join(said)}"


def _grouped(changes: list[Leaning]) -> list[str]:
    """Assumptions in words, both ends of a parameter together: skill at 0.2 or 0.9."""
    found: dict[str, str] = {}
    for each in changes:
        text = assumption_text(each)
        before = found.get(each.assumption)
        found[each.assumption] = text if before is None else f"{before} or {text.rpartition(' at ')[2]}"
    return list(found.values())


def _advantage(found: Found, winner: Judged) -> float:
    """The advantage in the scenario as it is, where the parameters were put back."""
    mine = (each for each in found.leanings if each.winner == winner.name and not each.assumption)
    return max((abs(each.gain.mean) for each in mine), default=0.0)


def _some(texts: list[str]) -> str:
    """The first of many."""
    more = len(texts) - MOST
    return listed(texts) if more <= 1 else f"{', '.join(texts[:MOST])} and {more} more"


def _warnings(found: Found, winner: Judged) -> Iterator[str]:
    mine = [each for each in found.shares if each.winner == winner.name]
    edges = [f"{factor_words(each.parameter)} {level_text(each.value)} ({each.edge} end)" for each in mine if each.edge]
    if edges:
        yield f"  At the edge of what was searched: {listed(edges)}. The search would have gone on."
    free = [
        f"{factor_words(each.parameter)} {level_text(each.value)} rather than {level_text(each.reference)} "
        f"({amount(found.lead.metric, each.gain.mean, difference=True)})".replace("_", " ")
        for each in sorted(mine, key=lambda each: -each.gain.mean)
        if each.free and each.gain.mean >= LEAST * _advantage(found, winner)
    ]
    if free:
        yield f"  Gained at no cost that can be told from zero: {listed(free)}. That is no word that it is free."


def _row(estimate: Estimate) -> dict[str, float | None]:
    return dict(estimate._asdict())


def _frame(rows: list[dict[str, Any]]) -> pl.DataFrame:
    return pl.DataFrame(rows, infer_schema_length=None).with_columns(pl.col(pl.Float64).fill_nan(None))


def candidates(found: Found) -> pl.DataFrame:
    """One row for each trial of the search."""
    rows = [
        {"trial": at, "generation": each.generation, "front": each.front, **_named(each.values), **each.figures}
        for at, each in enumerate(found.tried)
    ]
    return _frame(rows)


def _named(values: dict[str, float | int | bool | str]) -> dict[str, float | int | bool | str]:
    return {path.partition(".")[2] or path: value for path, value in values.items() if path != "doctrine"}


def judged(found: Found) -> pl.DataFrame:
    """One row for each doctrine on fresh worlds and objective, as found and as it is."""
    rows = [
        {
            "doctrine": each.name,
            "kind": each.kind,
            "front": each.front,
            "objective": one.text,
            "searched": each.searched.get(one.key),
            **_row(each.fresh[one.key]),
            **{f"gain_{name}": value for name, value in _row(each.gain[one.key]).items()},
        }
        for each in sorted(found.judged, key=lambda each: KINDS.index(each.kind))
        for one in found.aims
    ]
    return _frame(rows)


def leanings(found: Found) -> pl.DataFrame:
    """One row for each winner and assumption."""
    rows = [
        {
            "winner": each.winner,
            "assumption": {"": "the scenario as it is", TOGETHER: "all uncertain parameters"}.get(
                each.assumption, each.assumption
            ),
            "value": None if each.value is None else level_text(each.value),
            **_row(each.gain),
            "verdict": each.verdict,
        }
        for each in found.leanings
    ]
    return _frame(rows)


def shares(found: Found) -> pl.DataFrame:
    """One row for each winner and parameter in which it differs from the reference."""
    rows = [
        {
            "winner": each.winner,
            "parameter": each.parameter,
            "value": level_text(each.value),
            "reference": level_text(each.reference),
            **_row(each.gain),
            **{f"cost_{name}": value for name, value in _row(each.cost).items()},
            "edge": each.edge,
            "free": each.free,
        }
        for each in found.shares
    ]
    return _frame(rows)


def winners(found: Found) -> pl.DataFrame:
    """One row for each searched parameter: its range, and its value in the reference and in each winner."""
    columns = [*(each for each in found.judged if each.name == found.reference), *found.winners]
    paths = [path for path in _searched(found) if path != "doctrine"]
    rows = [
        {"parameter": path, "searched": found.ranges.get(path)}
        | {each.name: level_text(each.values[path]) for each in columns}
        for path in paths
    ]
    return _frame(rows)


def _searched(found: Found) -> list[str]:
    return list(found.tried[0].values) if found.tried else []


def unit_of(one: Aim) -> str:
    """An aim's axis: harm averted in the worst worlds (%)."""
    words = one.words[0].upper() + one.words[1:]
    return f"{words} (%)" if is_share(one.metric) else f"{words} (a year)"

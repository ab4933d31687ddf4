"""The rounds of a play: as each began, what was decided in it, and what else could have been decided."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain, zip_longest
from typing import NamedTuple

from experiments.exercise.cases import options, row_of
from experiments.exercise.choices import Attribute, Entry, Measure
from experiments.exercise.consequences import GIVEN
from experiments.exercise.play import Play
from model.errors import ConfigurationError

MOST_ALTERNATIVES = 4
"""Other choices of a round at most, of each kind in turn."""
IN_FUTURES = ("announce", "take_up", "leave", "attribute", "measure", "ask", "tell", "vote", *GIVEN)
"""Kinds of choices on which futures depend."""
Alternative = tuple[str, Sequence[Entry]]
"""A choice that the table had, in words, and all that is decided with it."""


class Sat(NamedTuple):
    """A round: the play as it began, its title, and what was decided that matters for the world."""

    began: Play
    title: str
    decided: tuple[Entry, ...]

    @property
    def own(self) -> tuple[Entry, ...]:
        """What the table decided itself, without the red team."""
        return tuple(entry for entry in self.decided if entry.choice.kind not in GIVEN)


def rounds_of(play: Play) -> list[Sat]:
    """The rounds of the branch that was played last."""
    titles = [each.title for each in play.exercise.rounds.values()]
    decided: list[list[Entry]] = [[] for _ in play.rounds]
    place = 0
    for entry in play.line:
        if entry.choice.kind == "go_on":
            place += 1
        elif entry.choice.kind in IN_FUTURES and place < len(decided):
            decided[place].append(entry)
    return [
        Sat(began, title, tuple(entries)) for began, title, entries in zip(play.rounds, titles, decided, strict=False)
    ]


def alternatives(sat: Sat) -> Mapping[str, Sequence[Entry]]:
    """What else the table could have decided: one choice less, another measure in the place of one, or one more."""
    kinds = zip_longest(_without(sat), _instead(sat), _besides(sat))
    found: dict[str, Sequence[Entry]] = {}
    for each in chain.from_iterable(kinds):
        if each and len(found) < MOST_ALTERNATIVES:
            found.setdefault(*each)
    return found


def _without(sat: Sat) -> Iterator[Alternative]:
    for entry in sat.decided:
        choice = entry.choice
        rest = [other for other in sat.decided if other is not entry]
        if isinstance(choice, Measure):
            yield f"without {_title(sat.began, choice.measure)} on case {choice.case}", rest
        elif isinstance(choice, Attribute):  # and so without what rests on it
            yield f"without attributing case {choice.case}", possible(sat.began, rest)
        elif choice.kind == "announce":
            yield "without the announcement", rest


def _instead(sat: Sat) -> Iterator[Alternative]:
    """Of each measure that was taken, the strongest other one on its track."""
    for place, entry in enumerate(sat.decided):
        choice = entry.choice
        if not isinstance(choice, Measure):
            continue
        before, after = sat.decided[:place], sat.decided[place + 1 :]
        play = _after(sat.began, before)
        row = play.row(choice.case)
        track = play.objection(row, play.measure_row(choice.measure))[0]
        if other := _strongest(play, row, [track], choice.measure):
            changed = entry.model_copy(update={"choice": choice.model_copy(update={"measure": other})})
            name = f"{_title(play, other)} in place of {_title(play, choice.measure)} on case {choice.case}"
            yield name, possible(sat.began, [*before, changed, *after])


def _besides(sat: Sat) -> Iterator[Alternative]:
    """Of each case on the table, the attribution and the strongest measure that were possible and were not chosen."""
    play = _after(sat.began, sat.decided)
    answered = {entry.choice.case for entry in sat.decided if isinstance(entry.choice, Measure)}
    for case, number in play.numbers.of.items():
        row = row_of(play.world, case)
        if row < 0 or not play.held(case):
            continue
        attributing = Entry(role="presidency", choice=Attribute(case=number))
        if len(possible(play, [attributing])) == 1:
            yield f"attributing case {number}", [*sat.decided, attributing]
        other = _strongest(play, row)
        if other and number not in answered:
            measure = Entry(role="presidency", choice=Measure(case=number, measure=other))
            yield f"{_title(play, other)} on case {number}", [*sat.decided, measure]


def _strongest(play: Play, row: int, tracks: Iterable[str] = (), but: str = "") -> str:
    """The strongest measure that may be taken on a case, on these tracks or on any; empty: there is none."""
    found = [
        each
        for each in options(play.world, play.configuration, row, play.week)
        if each.measure != but
        and (not tracks or each.track in tracks)
        and not play.objection(row, play.measure_row(each.measure))[1]
    ]
    return max(found, key=lambda each: each.bite[1]).measure if found else ""


def possible(play: Play, entries: Iterable[Entry]) -> list[Entry]:
    """Those of these choices, in their order, that are possible at the beginning of a round."""
    other, found = play._copied(), []
    for entry in entries:
        try:
            other.do(entry)
        except ConfigurationError:
            continue
        found.append(entry)
    return found


def _after(play: Play, entries: Iterable[Entry]) -> Play:
    other = play._copied()
    for entry in entries:
        other.do(entry)
    return other


def _title(play: Play, measure: str) -> str:
    return play.configuration.measures[measure].title

"""The rounds of a play: as each began, and what was decided in it."""

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from experiments.exercise.cases import options
from experiments.exercise.choices import Entry, Measure
from experiments.exercise.consequences import DECIDED, Consequences, consequences
from experiments.exercise.play import Play

MOST_ALTERNATIVES = 8
"""Alternatives of a round at most, beside nothing decided."""
IN_FUTURES = ("announce", "take_up", "leave", "attribute", "measure", "ask", "tell", "vote", "strike", "hold_back")
"""Kinds of choices on which futures depend."""


class Sat(NamedTuple):
    """A round: the play as it began, its title, and what was decided that matters for the world."""

    began: Play
    title: str
    decided: tuple[Entry, ...]


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
    """What was decided, that without one measure or the attribution, and other measures in the place of each."""
    found: dict[str, Sequence[Entry]] = {DECIDED: sat.decided}
    for name, entries in [*_without(sat), *_instead(sat)]:
        if len(found) < MOST_ALTERNATIVES:
            found.setdefault(name, entries)
    return found


def _without(sat: Sat) -> Iterator[tuple[str, Sequence[Entry]]]:
    for entry in sat.decided:
        if isinstance(entry.choice, Measure):
            rest = [other for other in sat.decided if other is not entry]
            yield f"without {_title(sat.began, entry.choice.measure)} on case {entry.choice.case}", rest
    said = [entry for entry in sat.decided if entry.choice.kind == "announce"]
    if said:
        yield "without the announcement", [entry for entry in sat.decided if entry not in said]


def _instead(sat: Sat) -> Iterator[tuple[str, Sequence[Entry]]]:
    """Of each measure that was taken, the strongest other one on its track."""
    play = sat.began
    for place, entry in enumerate(sat.decided):
        choice = entry.choice
        if not isinstance(choice, Measure):
            continue
        row, track = play.row(choice.case), play.objection(play.row(choice.case), play.measure_row(choice.measure))[0]
        others = [
            each
            for each in options(play.world, play.configuration, row, play.week)
            if each.track == track and each.measure != choice.measure and not each.why_not
        ]
        if others:
            other = max(others, key=lambda each: each.bite[1])
            changed = entry.model_copy(update={"choice": choice.model_copy(update={"measure": other.measure})})
            name = f"{other.title} in place of {_title(play, choice.measure)} on case {choice.case}"
            yield name, [*sat.decided[:place], changed, *sat.decided[place + 1 :]]


def _title(play: Play, measure: str) -> str:
    return play.configuration.measures[measure].title


def caused(sat: Sat, number: int) -> Consequences:
    """What the choices of a round caused, against what else could have been chosen."""
    return consequences(sat.began, alternatives(sat), number=number)

"""What a round's choices bring about: futures under each alternative, in pairs, against the twin and each other.

From the round on every alternative has the same futures, and the same twin: the same world, in which the Union has no
toolbox from then on. After the round working parties deal with all cases again, as the doctrine has it; only so do
alternatives differ by nothing but the choices of the round.
"""

from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any, NamedTuple

import numpy as np

from agents.world import World
from analysis.statistics.arms import Figure, differences_of, levels_of, told_of
from experiments.exercise.choices import Entry
from experiments.exercise.play import Play
from experiments.running.executors import number_of_workers
from model.metrics.columns import Beside
from model.onward.script import Order, injected, script_of
from model.onward.worlds import Futures, futures, under

FUTURES, BLOCK = 200, 25
"""Futures of each alternative, and those that one thread carries at a time."""
COUNTED = ("deterrence_rate", "escalation_rate", "harm_averted", "wrongful_responses", "eu_cost")
"""Metrics of what a choice brings about."""
NOTHING, DECIDED = "nothing decided", "as decided"
"""Names of the alternatives that there always are: nobody decides anything, and what the table has decided."""
GIVEN = ("strike", "hold_back")
"""Kinds of choices that the table does not make: the red team's come over every alternative, and over the twin."""


class Consequences(NamedTuple):
    """Of each alternative and metric: level, difference from the first alternative, and whether that is told from 0."""

    weeks: int
    n: int
    levels: dict[tuple[str, str], Figure]
    differences: dict[tuple[str, str], Figure]
    told: dict[tuple[str, str], bool]


def consequences(play: Play, alternatives: Mapping[str, Sequence[Entry]], *, number: int = FUTURES) -> Consequences:
    """What alternatives at the beginning of a round bring about until the end of the horizon.

    `play` is the play at the beginning of the round; each alternative is what would be decided in it. Nothing decided
    is always among them, with what the red team does in the first of them. Raises `ConfigurationError` where a choice
    is not possible.
    """
    nothing = given(next(iter(alternatives.values()), ()))
    worlds = {name: decided(play, entries) for name, entries in {NOTHING: nothing, **alternatives}.items()}
    return of_worlds(play, worlds, number=number)


def given(entries: Iterable[Entry]) -> list[Entry]:
    """Those of a round's choices that the table does not make."""
    return [entry for entry in entries if entry.choice.kind in GIVEN]


def of_worlds(play: Play, worlds: Mapping[str, World], *, number: int = FUTURES) -> Consequences:
    """What these worlds at the beginning of a round become, the first of which is what others are compared with."""
    reference = next(iter(worlds))
    twin = under(play.world, play.configuration, play.week, reference=True)
    twin = twin.replace(script=injected(worlds[reference].script))
    last = play.first + list(play.exercise.rounds.values())[-1].week + play.exercise.horizon
    weeks = last - play.week
    books = _books(twin, worlds, play.week, weeks, number)
    return Consequences(
        weeks,
        number,
        levels_of(books, COUNTED),
        differences_of(books, COUNTED, reference),
        told_of(books, COUNTED, reference) if len(books) > 1 else {},
    )


def decided(play: Play, entries: Iterable[Entry]) -> World:
    """The world of a play under what would be decided; its cases are given back afterwards."""
    other = play._copied()
    for entry in entries:
        other.do(entry)
    held = {order.case for order in other.orders if order.order == "hold" and other.held(order.case)}
    given_back = [Order(other.week + 1, "release", case) for case in sorted(held)]
    return play.world.replace(script=script_of([*other.orders, *given_back]))


def _books(twin: World, worlds: Mapping[str, World], week: int, weeks: int, number: int) -> dict[str, Beside]:
    """The books of each world's futures beside those of the twin."""

    def block(replicates: range) -> dict[str, Futures]:
        twins = futures(twin, week, weeks, replicates, keep=True)
        found = {name: futures(world, week, weeks, replicates, twins) for name, world in worlds.items()}
        return {"": twins, **found}

    blocks = [range(first, min(first + BLOCK, number + 1)) for first in range(1, number + 1, BLOCK)]
    with ThreadPoolExecutor(number_of_workers(None)) as pool:
        done = list(pool.map(block, blocks))
    whole = {name: _together([each[name].books for each in done]) for name in done[0]}
    return {name: Beside(whole[name], whole[""]) for name in worlds}


def _together(books: Sequence[Any]) -> Any:
    return np.concatenate(books).view(np.recarray)

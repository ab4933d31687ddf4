"""Worlds that go on from a copy of their tables: one that is played, and many futures of it.

A future is another replicate from some week on: what was drawn before stays, what comes is drawn anew. Futures of the
same number meet the same opportunities and the same luck whatever is decided, so that decisions are compared in pairs.
"""

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

from agents.books import BOOKS, SERIES, YEAR
from agents.union.council import change_doctrine
from agents.union.docket import CASE, VOTE
from agents.union.tracks import TRACK
from agents.world import ARRAYS, World
from model.build import build_world, more_cases, more_ledger, more_votes, with_policy
from model.configuration import Configuration
from model.ensemble import LEDGER, NO_PERIODS, NO_TWIN, carry
from model.recording import close_books
from model.schedule import Opportunities, begin


def at_week(configuration: Configuration, seed: int, replicate: int, week: int) -> World:
    """The world of a run at the beginning of a week, with its ledger and its votes."""
    world = build_world(configuration, ledger=LEDGER)
    world.clock.seed, world.clock.replicate = seed, replicate
    begin(world, 0, 0)
    return played(world, configuration.scenario.time.burn_in, 0, week)


def played(world: World, burn_in: int, week: int, until: int) -> World:
    """A copy of a world at the beginning of a week, gone on to the beginning of another; it follows its script."""
    while True:
        ours = world.copy()
        carry(ours, NO_TWIN, NO_TWIN, NO_PERIODS, YEAR, week, burn_in, until)
        if ours.council[0].overflow == 0:
            return ours
        world = more_votes(more_ledger(more_cases(world)))


def under(world: World, policy: Configuration, week: int, *, reference: bool = False) -> World:
    """A copy of a world whose doctrine is another from this week on; with `reference` that of the policy's twin."""
    chosen = policy.reference if reference else policy
    other = with_policy(world.copy(), chosen.doctrine, chosen.switches, policy.scenario.time.start)
    change_doctrine(other, 0, week)
    return other


CHANGING = tuple(name for name, layout in ARRAYS.items() if not layout.constant)
"""Arrays that a run may write."""


class Futures(NamedTuple):
    """Futures of a world: their numbers, their books from the first week on [future], and their choices if kept."""

    replicates: tuple[int, ...]
    books: Any
    choices: tuple[Opportunities, ...] = ()


def futures(
    world: World, week: int, weeks: int, replicates: Sequence[int], twins: Futures | None = None, *, keep: bool = False
) -> Futures:
    """So many weeks of futures of a world at the beginning of a week, under its script.

    `twins` are futures of the same numbers with the same acts injected, with which choices are compared; `keep` keeps
    choices, for others to be compared with. Compiled weeks hold no lock of the interpreter, so that
    threads may share the futures.
    """
    start, books, choices = _lean(world), BOOKS.empty(len(replicates)), []
    ours = start.copy()
    for place, replicate in enumerate(replicates):
        twin = twins.choices[place] if twins else NO_TWIN
        while True:
            put_back(ours, start)
            ours.clock.replicate = replicate
            met = _room(ours, week, weeks) if keep else NO_TWIN
            carry(ours, twin, met, NO_PERIODS, YEAR, week, week, week + weeks)
            close_books(ours, 0, week + weeks)
            if ours.council[0].overflow == 0:
                break
            start = more_cases(start)
            ours = start.copy()
        books[place] = ours.books[0]
        if keep:
            last = int(met.before[-1])
            choices.append(met._replace(row=met.row[:last], code=met.code[:last], at_least=met.at_least[:last].copy()))
    return Futures(tuple(replicates), books, tuple(choices))


def put_back(world: World, start: World) -> None:
    """Make a world what another of its size is, in the memory that it has."""
    for name in CHANGING:
        ours, theirs = getattr(world, name), getattr(start, name)
        getattr(ours, "words", ours)[...] = getattr(theirs, "words", theirs)


def _lean(world: World) -> World:
    """A world without what a future does not write down."""
    nothing = np.zeros((0, len(world.member_states)), world.positions.dtype)
    return world.replace(
        ledger=CASE.empty(0),
        ledger_tracks=TRACK.empty(0),
        votes=VOTE.empty(0),
        positions=nothing,
        series=SERIES.empty(0),
        in_force=np.zeros(0, np.int64),
        rungs=np.zeros((0, len(world.activities)), np.int64),
    )


def _room(world: World, week: int, weeks: int) -> Opportunities:
    most = weeks * len(world.perpetrators)
    distribution = np.zeros((most, len(world.activities)))
    return Opportunities(
        np.zeros(week + weeks + 1, np.int64), 0, np.zeros(most, np.int64), np.zeros(most, np.int8), distribution
    )

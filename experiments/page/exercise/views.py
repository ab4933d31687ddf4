"""The views of the exercise: who asks has a chair, by its key, and gets what that chair may see."""

import asyncio
from collections.abc import AsyncIterator, Callable
from datetime import datetime
from typing import Any, TypeVar

from experiments.exercise.choices import entry_of
from experiments.exercise.council import measures_on, votes_on
from experiments.exercise.debrief.rounds import rounds_of
from experiments.exercise.effects import effects_of
from experiments.exercise.sight import sight
from experiments.page.exercise import asked as form
from experiments.page.exercise.chairs import LEADS, Seat
from experiments.page.exercise.table import Table
from experiments.page.room import Room
from experiments.page.turns import FIRST, LAST
from model.errors import ConfigurationError
from model.paths import validated

Answers = AsyncIterator[dict[str, Any]]
S = TypeVar("S", bound=form.Sitting)
UNWRITTEN = "the choice could not be written into the journal, and was not made"


async def exercises(room: Room, asked: Any) -> Answers:
    """Exercises that may be begun, and those that lie below the results folder."""
    yield await room.turns.take(lambda: {"offered": room.tables.offered(), "lying": room.tables.lying()})


async def begin(room: Room, asked: Any) -> Answers:
    """Begin an exercise of the shelf; whoever does sits in the facilitator's chair."""
    name = validated(form.Begun, asked).exercise
    yield _joined(*await room.turns.take(room.tables.begin, name, asyncio.get_running_loop()))


async def take_up(room: Room, asked: Any) -> Answers:
    """Go on with an exercise for whose chairs there are no codes yet."""
    folder = validated(form.TakenUp, asked).folder
    yield _joined(*await room.turns.take(room.tables.take_up, folder, asyncio.get_running_loop()))


async def join(room: Room, asked: Any) -> Answers:
    """The chair of a code, and the key for it."""
    code = validated(form.Joined, asked).code
    yield _joined(*await room.turns.take(room.tables.join, code, asyncio.get_running_loop()))


def _joined(table: Table, seat: Seat) -> dict[str, Any]:
    return {"folder": table.name, "role": seat.role, "key": seat.key}


async def seat(room: Room, asked: Any) -> Answers:
    """What a chair sees: now, and again when a choice changes it. Of others it does not learn even that they chose."""
    table, role, leads = await _seated(room, validated(form.Sitting, asked))
    told: Any = None
    while True:
        version = table.version
        found = await room.turns.take(sight, table.play, role)
        if told == (found, table.begun):
            await table.later(version)
            continue
        told = found, table.begun
        head: dict[str, Any] = {"chair": table.seats[role].title, "leads": leads}
        head["begun"] = table.begun  # how often a round has begun, those played again among them
        head["clock"] = {"left": table.clock.left, "running": table.clock.running}
        if leads:  # who may sit in every chair may know their names
            head["chairs"] = {each.role: each.title for each in table.seats.values()}
        if role == LEADS:
            head["codes"] = {each.role: each.code for each in table.seats.values()}
        yield found | head
        await table.later(version)


async def decide(room: Room, asked: Any) -> Answers:
    """Take up a choice of a chair; what has not been answered with `made` may not count."""
    wanted = validated(form.Decided, asked)
    table, role, _ = await _seated(room, wanted)
    at = datetime.now().astimezone().isoformat(timespec="seconds")
    entry = entry_of({"role": role, "choice": wanted.choice, "reason": wanted.reason, "at": at})
    try:
        await room.turns.take(table.do, entry)
    except OSError as error:
        raise ConfigurationError(f"{UNWRITTEN}: {error.strerror}") from None
    yield {"made": True}


async def case(room: Room, asked: Any) -> Answers:
    """Measures on a case."""
    wanted = validated(form.CaseAsked, asked)
    yield await _of_the_council(room, wanted, measures_on, wanted.case)


async def votes(room: Room, asked: Any) -> Answers:
    """How the members would vote on a measure."""
    wanted = validated(form.VotesAsked, asked)
    yield await _of_the_council(room, wanted, votes_on, wanted.case, wanted.measure)


async def effects(room: Room, asked: Any) -> Answers:
    """What a round's choices bring about; for the facilitator alone."""
    wanted = validated(form.EffectsAsked, asked)
    table, role, _ = await _seated(room, wanted)
    if role != LEADS:
        raise ConfigurationError("is not shown to this chair", key="round")
    played = rounds_of(table.play)
    if not 0 <= wanted.round < len(played):
        raise ConfigurationError("has not been played", key="round", value=wanted.round)
    yield await room.turns.take(effects_of, played[wanted.round], rank=LAST)


async def _of_the_council(room: Room, wanted: S, made: Callable[..., dict[str, Any]], *about: Any) -> dict[str, Any]:
    table, role, _ = await _seated(room, wanted)
    return await room.turns.take(made, table.play, role, *about, rank=FIRST)


async def _seated(room: Room, wanted: form.Sitting) -> tuple[Table, str, bool]:
    """The exercise, the chair in which somebody sits, and whether it is the facilitator who does.

    Raises `ConfigurationError`.
    """
    loop = asyncio.get_running_loop()
    table, own = await room.turns.take(room.tables.seated, wanted.folder, wanted.key, loop)
    role = wanted.role or own.role
    if role != own.role and own.role != LEADS:
        raise ConfigurationError("is not your chair", key="role", value=role)
    if role not in table.seats:
        raise ConfigurationError("is no chair of this exercise", key="role", value=role)
    return table, role, own.role == LEADS


VIEWS = {
    "exercises": exercises,
    "exercise_begin": begin,
    "exercise_take_up": take_up,
    "exercise_join": join,
    "exercise_seat": seat,
    "exercise_decide": decide,
    "exercise_case": case,
    "exercise_votes": votes,
    "exercise_effects": effects,
}
"""By the names under which a browser asks them."""

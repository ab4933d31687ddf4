"""One world beside its twin, week by week: a run made in full, and sent at once so that playing it asks for nothing."""

from collections.abc import AsyncIterator
from itertools import count
from typing import Any, NamedTuple

import polars as pl

from analysis.labels import INVENTED
from analysis.results.versions import this_version
from analysis.story.ledger import RunRecord
from analysis.story.narrative import story
from experiments.design.design import placed_in
from experiments.page.again import commands_of_run
from experiments.page.room import Room
from experiments.page.shelf import Setting
from experiments.page.world.evidence import Belief, beliefs
from experiments.page.world.frames import frames
from experiments.running.ledgers import (
    acts_frame,
    ledger_frame,
    phases_held,
    series_frame,
    votes_by_member_frame,
    votes_frame,
)
from experiments.running.single import columns_of
from experiments.running.worker import block_of, frame_of_runs
from model.build import build_world, docket
from model.configuration import Configuration
from model.ensemble import OneRun, run_one
from model.errors import whole
from model.parameters import Settings
from model.paths import validated


class Wanted(Settings):
    """A world as a browser asks for it; `setting` is read by the shelf, and `replicate` says which of its worlds."""

    setting: Any = None
    replicate: Any = 0


class Place(NamedTuple):
    """Which run it is: its configuration, its random numbers, and what its world has of its own, by path."""

    configuration: Configuration
    seed: int
    replicate: int
    drawn: dict[str, Any]


async def world(room: Room, asked: Any) -> AsyncIterator[dict[str, Any]]:
    """One world of a setting as `frames` has it, the one that `explore` counts as this replicate.

    Raises `ConfigurationError` for what is no setting, or no replicate of those that `explore` shows.
    """
    wanted = validated(Wanted, asked)
    setting, most = room.shelf.setting(wanted.setting), room.shelf.replicates
    replicate = whole("replicate", wanted.replicate, "a replicate of this page", most=most - 1)
    place = await room.turns.take(place_of, room, setting, replicate)
    run = await room.turns.take(_run, place)
    ledger = await room.turns.take(ledger_frame, place.configuration, run)
    record = await room.turns.take(_record, place, run, ledger)
    believed = await room.turns.take(_believed, place)
    found = await room.turns.take(_frames, place, run, record, believed)
    head = {"invented": INVENTED, "seed": place.seed, "replicate": replicate, "of": most, "drawn": place.drawn}
    command = commands_of_run(setting, place.drawn, place.seed, replicate)
    yield head | found | {"command": command, "story": await room.turns.take(_told, record)}


def place_of(room: Room, setting: Setting, replicate: int) -> Place:
    """Where a replicate of a setting lives: in the world that its ensemble gives it, under the setting's doctrine."""
    around, arm = room.ensembles.world(setting), room.ensembles.arm(setting)
    drawn = {} if around.drawn is None else around.drawn.row(replicate, named=True)
    drawn.pop("replicate", None)
    base = placed_in(around.base, drawn)
    (configuration, _), *_ = block_of(base, {"doctrine": arm.content}, [replicate])
    return Place(configuration, room.ensembles.seed, replicate, drawn)


def _run(place: Place) -> OneRun:
    return run_one(place.configuration, place.seed, place.replicate, ledger=True, acts=True)


def _record(place: Place, run: OneRun, ledger: pl.DataFrame) -> RunRecord:
    base = place.configuration
    figures = frame_of_runs(0, [place.replicate], place.seed, columns_of(run)).row(0, named=True)
    return RunRecord(
        base,
        ledger,
        votes_frame(base, run),
        figures,
        f"Replicate {place.replicate}",
        f"deter {this_version()}",
        {name: held.tolist() for name, held in phases_held(base.doctrine, run).items()},
        votes_by_member_frame(base, run),
        acts_frame(base, run),
    )


def _frames(place: Place, run: OneRun, record: RunRecord, believed: list[Belief]) -> dict[str, Any]:
    return frames(record, series_frame(place.configuration, run), _ends(place, run), believed)


def _told(run: RunRecord) -> list[dict[str, Any]]:
    return [part._asdict() for part in story(run)]


def _believed(place: Place) -> list[Belief]:
    base, time = place.configuration, place.configuration.scenario.time
    for times in count(1):
        stepped = build_world(base, cases=times * docket(base))
        stepped.clock.seed, stepped.clock.replicate = place.seed, place.replicate
        found = list(beliefs(stepped, time.burn_in, time.weeks))
        if not stepped.council[0].overflow:
            break
    return found


def _ends(place: Place, run: OneRun) -> pl.DataFrame:
    """When cases were resolved, and the confidence that they had to reach, by what names a case."""
    base, cases = place.configuration, run.ledger
    resolved = [week if week >= 0 else None for week in cases.resolved.tolist()]
    parties, victims = list(base.perpetrators), [*base.member_states.members, *base.partners.members]
    return pl.DataFrame(
        {
            "act_week": pl.Series(cases.begun, dtype=pl.Int64),
            "culprit": pl.Series(
                [parties[row] if row >= 0 else None for row in cases.culprit.tolist()], dtype=pl.String
            ),
            "victim": pl.Series([victims[row] for row in cases.victim.tolist()], dtype=pl.String),
            "resolved_week": pl.Series(resolved, dtype=pl.Int64),
            "standard": pl.Series(cases.standard, dtype=pl.Float64),
        }
    )

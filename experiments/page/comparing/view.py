"""Doctrines compared in one setting: what `deter compare` finds, in memory, growing sharper as runs come in.

The figures and the sentences are those of a folder of results: the same design, the same runs, the same functions.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any, NamedTuple

import numpy as np
from pydantic import Field

from analysis.comparison.comparison import Comparison, comparison_of
from analysis.report.doctrines import setting_notes
from analysis.results.folder import POSTERIOR
from experiments.design.design import Design
from experiments.page import again
from experiments.page.comparing import said
from experiments.page.comparing.differences import levels, levels_and_differences
from experiments.page.comparing.in_memory import InMemory
from experiments.page.comparing.kinds import differences_by_kind
from experiments.page.comparing.pareto import standing
from experiments.page.ensembles import YOURS, Arm, World, together
from experiments.page.room import Room
from experiments.page.shelf import STATUS_QUO, Setting
from experiments.page.turns import ENDS, FIRST, LAST, NEXT
from experiments.running.compare import Comparing
from experiments.running.worker import frame_of_runs
from model.metrics.catalogue import COMPARED, METRICS, TRADED
from model.metrics.columns import Beside, results
from model.metrics.parts import TOLD_BY_KIND
from model.parameters import Settings
from model.paths import validated

ROUGH = (20,)
"""Replicates after which figures are shown before all are there."""
REST = 1.0
"""Seconds for which nothing is asked anew before what takes long is begun."""
MOST = 40
"""Doctrines at once."""


class Wanted(Settings):
    """A comparison as a browser asks for it: names of doctrines, `YOURS` among them; `setting` is read by the shelf."""

    setting: Any = Field(default_factory=dict)
    doctrines: list[str] = Field(default=["clear_ladder", STATUS_QUO], max_length=MOST)
    reference: str = STATUS_QUO


class Ready(NamedTuple):
    """A comparison that can be run: its design, the circumstances, and each level of the doctrine."""

    design: Design
    world: World
    arms: Mapping[str, Arm]
    command: str


async def compared(room: Room, asked: Any) -> AsyncIterator[dict[str, Any]]:
    """Doctrines less a reference, at first of few replicates; raises `ConfigurationError`."""
    wanted = validated(Wanted, asked)
    setting = room.shelf.setting(wanted.setting)
    ready = await room.turns.take(_ready, room, setting, wanted)
    found: dict[str, list[Beside]] = {level: [] for level in ready.arms}
    first, every = 0, room.shelf.replicates
    for last in (*(n for n in ROUGH if n < every), every):
        rank = FIRST if first == 0 else NEXT
        # arm by arm: those of a block share its twins, and side by side one would wait for the other to make them
        blocks = [(level, block) for level in ready.arms for block in room.ensembles.blocks(first, last)]
        made = await asyncio.gather(
            *(
                room.turns.take(room.ensembles.books, ready.world, ready.arms[level], block, rank=rank)
                for level, block in blocks
            )
        )
        for (level, _), books in zip(blocks, made, strict=True):
            found[level].append(books)
        comparison = await room.turns.take(_comparison, ready.design, found, last, rank=rank)
        answer = {"n": last, "of": every, "command": ready.command, "metrics": _metrics()}
        answer |= await room.turns.take(levels_and_differences, comparison, COMPARED, rank=rank)
        answer |= await room.turns.take(said.in_short, comparison, rank=rank)
        yield answer
        first = last
    for part in _whole(comparison):
        answer = answer | await room.turns.take(part, rank=ENDS)
    yield answer
    if setting.worlds is not None:  # much more is said of many worlds, which takes a while
        await asyncio.sleep(REST)
        yield answer | await room.turns.take(said.in_the_brief, comparison, rank=LAST)


def _ready(room: Room, setting: Setting, wanted: Wanted) -> Ready:
    """The design that `deter compare` makes of this, and the arms of its runs; raises `ConfigurationError`."""
    settings = {_level(at): at for name in wanted.doctrines for at in (_setting(room, setting, name),)}
    at = _setting(room, setting, wanted.reference)
    reference = _level(at)
    settings |= {reference: at}
    held = {level: again.changed(one).model_dump(mode="json") for level, one in settings.items() if one.within}
    comparing = Comparing(
        list(settings),
        reference,
        setting.scenario,
        replicates=room.shelf.replicates,
        seed=room.shelf.seed,
        overrides=setting.around,
        uncertainty="none",
        held=held,
    )
    world, design = room.ensembles.world(setting), comparing.design
    if world.drawn is not None and setting.worlds is not None:  # drawn already, as the design would draw them
        name = setting.asked.worlds if setting.asked.worlds == POSTERIOR else setting.worlds.name
        design = replace(design, uncertainty=name, worlds=world.drawn)
    arms = {level: room.ensembles.arm(one) for level, one in settings.items()}
    return Ready(design, world, arms, again.command_of(room, setting, list(arms), "--reference", reference))


def _setting(room: Room, setting: Setting, name: str) -> Setting:
    """The setting as it is, or a doctrine of the shelf in its circumstances."""
    if name == YOURS:
        return setting
    return room.shelf.setting(
        setting.asked.model_copy(update={"doctrine": name, "values": setting.around}).model_dump()
    )


def _level(setting: Setting) -> str:
    return again.file_name(setting) if setting.within else setting.doctrine


def _comparison(design: Design, found: Mapping[str, Sequence[Beside]], replicates: int) -> Comparison:
    """The comparison of the first so many replicates."""
    worlds = None if design.worlds is None else design.worlds.head(replicates)
    so_far = replace(design, replicates=replicates, most_replicates=replicates, worlds=worlds)
    all_books = together([books for blocks in found.values() for books in blocks])
    points, runs = np.repeat(range(design.points), replicates), list(range(replicates)) * design.points
    frame = frame_of_runs(points.tolist(), runs, design.seed, results(all_books.books, all_books.twins))
    return comparison_of(InMemory(so_far, frame))


def _whole(comparison: Comparison) -> Iterator[Callable[[], dict[str, Any]]]:
    """The parts of an answer of all runs, each to be worked out in a turn of its own."""
    yield lambda: differences_by_kind(comparison)
    yield lambda: {"traded": levels(comparison, TRADED)}
    yield lambda: standing(comparison, TRADED)
    yield lambda: said.on_doctrines(comparison)
    yield lambda: {"settings": setting_notes(comparison)}


def _metrics() -> dict[str, dict[str, Any]]:
    """What readers need to know of each metric of an answer."""
    return {
        name: {
            "title": found.title,
            "short": found.short,
            "unit": found.unit,
            "share": found.is_share,
            "better": found.better,
        }
        for name in dict.fromkeys((*COMPARED, *TRADED, *TOLD_BY_KIND))
        for found in (METRICS[name],)
    }

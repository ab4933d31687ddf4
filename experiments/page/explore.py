"""What a setting does, beside the status quo: figures with intervals that grow sharper as runs come in."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

from experiments.page.figures import finding_of, rows_of, told_together
from experiments.page.room import Room
from experiments.page.turns import ENDS, FIRST, NEXT

TIMES, FEW = 10, 20
"""Figures are first shown of so `FEW` replicates, then of so many `TIMES` as many, until all are there."""


async def figures(room: Room, asked: Any) -> AsyncIterator[dict[str, Any]]:
    """Figures of a setting beside the status quo, at first of few replicates; raises `ConfigurationError`.

    Those of all replicates come twice: as soon as they are there, with Student's intervals as all before, and then with
    the intervals of every summary and the finding, which resampling takes a while to give.
    """
    setting = room.shelf.setting(asked)
    world, arms = await room.turns.take(room.ensembles.beside_status_quo, setting)
    found: dict[str, list[Any]] = {name: [] for name in arms}
    every = room.shelf.replicates
    stages = stages_of(every)

    def runs(first: int, last: int) -> tuple[list[str], asyncio.Future[list[Any]]]:
        rank = FIRST if first == 0 else NEXT
        # arm by arm: those of a block share its twins, and side by side one would wait for the other to make them
        blocks = [(name, block) for name in arms for block in room.ensembles.blocks(first, last)]
        turns = (room.turns.take(room.ensembles.books, world, arms[name], each, rank=rank) for name, each in blocks)
        return [name for name, _ in blocks], asyncio.gather(*turns)

    names, ahead = runs(0, stages[0])
    try:
        for last, following in zip(stages, [*stages[1:], None], strict=True):
            for name, books in zip(names, await ahead, strict=True):
                found[name].append(books)
            head = {"n": last, "of": every}
            so_far = asyncio.create_task(room.turns.take(rows_of, found, True))
            if following is not None:
                names, ahead = runs(last, following)  # processors need not wait for what is made of their runs
            yield {**head, "rows": await so_far}
        told, rows = await asyncio.gather(
            room.turns.take(told_together, found, rank=ENDS), room.turns.take(rows_of, found, False, rank=ENDS)
        )
        yield {**head, "rows": rows, **finding_of(told, rows)}
    finally:
        ahead.cancel()


def stages_of(every: int) -> list[int]:
    """Numbers of replicates after which figures are shown; the last is `every`."""
    stages, few = [every], FEW
    while few < every:
        stages.insert(-1, few)
        few *= TIMES
    return stages

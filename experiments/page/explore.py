"""What a setting does, beside the status quo: figures with intervals that grow sharper as runs come in."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

from experiments.page.figures import finding_of, rows_of, told_together
from experiments.page.room import Room
from experiments.page.turns import FIRST, NEXT

ROUGH = (20, 80)
"""Replicates after which figures are shown before all are there."""


async def figures(room: Room, asked: Any) -> AsyncIterator[dict[str, Any]]:
    """Figures of a setting beside the status quo, at first of few replicates; raises `ConfigurationError`."""
    setting = room.shelf.setting(asked)
    world, arms = await room.turns.take(room.ensembles.beside_status_quo, setting)
    found: dict[str, list[Any]] = {name: [] for name in arms}
    every = room.shelf.replicates
    stages = [*(n for n in ROUGH if n < every), every]

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
            rank, head = FIRST if last == stages[0] else NEXT, {"n": last, "of": every}
            if following is None:
                told, rows = await asyncio.gather(
                    room.turns.take(told_together, found, rank=rank),
                    room.turns.take(rows_of, found, False, rank=rank),
                )
                yield {**head, "rows": rows, **finding_of(told, rows)}
            else:
                so_far = asyncio.create_task(room.turns.take(rows_of, found, True, rank=rank))
                names, ahead = runs(last, following)  # processors need not wait for what is made of their runs
                yield {**head, "rows": await so_far}
    finally:
        ahead.cancel()

"""What a setting does, beside the status quo: figures with intervals that grow sharper as runs come in."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

from experiments.page.figures import finding_of, rows_of
from experiments.page.room import Room
from experiments.page.turns import FIRST, NEXT

ROUGH = (20, 80)
"""Replicates after which figures are shown before all are there."""


async def figures(room: Room, asked: Any) -> AsyncIterator[dict[str, Any]]:
    """Figures of a setting beside the status quo, at first of few replicates; raises `ConfigurationError`."""
    setting = room.shelf.setting(asked)
    world, arms = await room.turns.take(room.ensembles.beside_status_quo, setting)
    found: dict[str, list[Any]] = {name: [] for name in arms}
    first, every = 0, room.shelf.replicates
    for last in (*(n for n in ROUGH if n < every), every):
        rank = FIRST if first == 0 else NEXT
        # arm by arm: those of a block share its twins, and side by side one would wait for the other to make them
        blocks = [(name, block) for name in arms for block in room.ensembles.blocks(first, last)]
        made = await asyncio.gather(
            *(room.turns.take(room.ensembles.books, world, arms[name], block, rank=rank) for name, block in blocks)
        )
        for (name, _), books in zip(blocks, made, strict=True):
            found[name].append(books)
        rows = await room.turns.take(rows_of, found, last < every, rank=rank)
        finding = await room.turns.take(finding_of, found, rows) if last == every else {}
        yield {"n": last, "of": every, "rows": rows, **finding}
        first = last

"""A stream of lots, as choices among candidates draw them: `python -m support.lots` writes their upper halves.

Words of consecutive addresses, of every perpetrator in every week; for each word the lots of all who are candidates
anywhere in a shipped world.
"""

import sys
from collections.abc import Iterator
from typing import Any

import numpy as np

from agents.foundation.randomness import TARGET, mixed, words
from support.loops import loop
from support.worlds import begun, short

WEEKS = 500
"""Weeks of one chunk."""


def entities(world: Any) -> np.ndarray:
    """All who are candidates anywhere in a world."""
    tables = (world.perpetrators, world.victims, world.measures, world.activities)
    return np.concatenate([table["entity"] for table in tables])


@loop
def fill(world: Any, first: int, who: Any, candidates: Any, out: Any) -> None:
    """Mixed words [week, who draws, candidate], from this week on."""
    for week in range(out.shape[0]):
        for row in range(len(who)):
            word = words(world, first + week, who[row], TARGET)[0]
            for place in range(len(candidates)):
                out[week, row, place] = mixed(word, candidates[place])


def chunks() -> Iterator[np.ndarray]:
    """Mixed words of a shipped world, chunk by chunk of `WEEKS`, for ever; a lot is the upper 52 bits of one."""
    world = begun(short("baseline"))
    who, candidates = world.perpetrators["entity"].copy(), entities(world)
    first = 0
    while True:
        out = np.empty((WEEKS, len(who), len(candidates)), np.uint64)
        fill(world, first, who, candidates, out)
        yield out
        first += WEEKS


if __name__ == "__main__":
    for chunk in chunks():
        sys.stdout.buffer.write((chunk >> np.uint64(32)).astype("<u4").tobytes())

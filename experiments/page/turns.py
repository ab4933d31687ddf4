"""Turns on the processors: rough figures before what sharpens them, and fair between those who ask.

Compiled runs release the interpreter's lock, so threads share the processors. Whoever asks has few blocks of runs
waiting at once, and turns go in the order of asking, so that no one waits for all that another has asked for.
"""

import asyncio
import heapq
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from itertools import count
from typing import Any, TypeVar

from experiments.running.executors import number_of_workers

T = TypeVar("T")

FIRST, ENDS, NEXT, LAST = range(4)
"""Ranks of work: what shows something at once, what ends what was asked, more runs, and what is in the background."""


def of_all_processors() -> "Turns":
    """Turns on all processors that this process may run on."""
    return Turns(number_of_workers(None))


class Turns:
    """So many things done at once, each in a thread; what waits is done by rank, and within it in order.

    It lives in one event loop: all who ask are there, so that it needs no locks.
    """

    def __init__(self, at_once: int) -> None:
        self._pool = ThreadPoolExecutor(at_once, "deter")
        self._free = at_once
        self._waiting: list[tuple[int, int, asyncio.Future[None]]] = []
        self._order = count()
        self._given_up = 0  # of those that wait

    async def take(self, do: Callable[..., T], *given: Any, rank: int = FIRST) -> T:
        """What `do` gives, done in a thread when it is its turn; not done if cancelled before."""
        await self._turn(rank)
        loop = asyncio.get_running_loop()
        work: Future[T] = self._pool.submit(do, *given)

        def ended(_: Future[T]) -> None:
            with suppress(RuntimeError):  # the server has ended before the thread
                loop.call_soon_threadsafe(self._end)

        # the thread goes on where nobody waits for it any longer: its turn ends when it does
        work.add_done_callback(ended)
        return await asyncio.wrap_future(work)

    def close(self) -> None:
        """Wait for what is being done, and do no more."""
        self._pool.shutdown(cancel_futures=True)

    async def _turn(self, rank: int) -> None:
        if self._free > 0 and not self._waiting:
            self._free -= 1
            return
        mine: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        heapq.heappush(self._waiting, (rank, next(self._order), mine))
        try:
            await mine
        except asyncio.CancelledError:
            if mine.done() and not mine.cancelled():  # the turn came at the same moment
                self._end()
            else:
                self._leave()
            raise

    def _end(self) -> None:
        while self._waiting:
            _, _, next_one = heapq.heappop(self._waiting)
            if not next_one.done():
                next_one.set_result(None)
                return
            self._given_up -= 1
        self._free += 1

    def _leave(self) -> None:
        """Count one who gave up, and forget those if they are the most: a long turn is no time to keep thousands."""
        self._given_up += 1
        if 2 * self._given_up > len(self._waiting):
            self._waiting = [each for each in self._waiting if not each[2].done()]
            heapq.heapify(self._waiting)
            self._given_up = 0

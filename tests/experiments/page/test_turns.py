"""Turns on the processors: never too many at once, in order, and none is ever lost."""

import asyncio
import threading
from collections.abc import Awaitable, Callable
from typing import Any, NamedTuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.served import awaited

from experiments.page.turns import LAST, Turns


class Ask(NamedTuple):
    """One that asks for a turn: in the background or not, and after how many steps of the loop it gives up, if ever."""

    background: bool
    gives_up: int | None
    fails: bool


ASKS = st.lists(st.builds(Ask, st.booleans(), st.none() | st.integers(0, 6), st.booleans()), max_size=12)


class Busy:
    """What is being done at the same moment, at most."""

    def __init__(self) -> None:
        self.now = self.most = 0
        self._lock = threading.Lock()

    def do(self, *, fails: bool = False) -> str:
        with self._lock:
            self.now += 1
            self.most = max(self.most, self.now)
        threading.Event().wait(0.001)
        with self._lock:
            self.now -= 1
        if fails:
            raise ArithmeticError("as asked")
        return "done"


def with_turns(at_once: int, story: Callable[[Turns], Awaitable[Any]]) -> Any:
    turns = Turns(at_once)

    async def whole() -> Any:
        return await asyncio.wait_for(story(turns), 60)

    try:
        return awaited(whole())
    finally:
        turns.close()


@given(st.integers(1, 3), ASKS)
@settings(max_examples=60)
def test_whoever_gives_up_no_turn_is_lost_and_no_more_are_taken_than_there_are(at_once: int, asks: list[Ask]) -> None:
    busy = Busy()

    async def story(turns: Turns) -> None:
        async def one(ask: Ask) -> str:
            work = asyncio.create_task(turns.take(lambda: busy.do(fails=ask.fails), rank=ask.background))
            for _ in range(ask.gives_up or 0):
                await asyncio.sleep(0.0005)
            if ask.gives_up is not None:
                work.cancel()
            return await work

        ends = await asyncio.gather(*map(one, asks), return_exceptions=True)
        for ask, end in zip(asks, ends, strict=True):
            if ask.gives_up is None:
                assert isinstance(end, ArithmeticError) if ask.fails else end == "done"
        # every turn is there again: so many can meet, and they meet only if all are at work at once
        meeting = threading.Barrier(at_once)
        await asyncio.gather(*(turns.take(meeting.wait, 30) for _ in range(at_once)))

    with_turns(at_once, story)
    assert busy.most <= at_once


@given(st.lists(st.booleans(), min_size=1, max_size=10))
@settings(max_examples=30)
def test_turns_go_in_the_order_of_asking_and_the_background_is_last(backgrounds: list[bool]) -> None:
    done: list[int] = []

    async def story(turns: Turns) -> None:
        go = threading.Event()
        first = asyncio.create_task(turns.take(go.wait, 30))
        await asyncio.sleep(0)
        others = [
            asyncio.create_task(turns.take(done.append, number, rank=background))
            for number, background in enumerate(backgrounds)
        ]
        await asyncio.sleep(0)
        assert done == []
        go.set()
        await asyncio.gather(first, *others)

    with_turns(1, story)
    assert done == sorted(range(len(backgrounds)), key=lambda number: (backgrounds[number], number))


def test_who_asks_for_one_thing_does_not_wait_for_all_that_is_in_the_background() -> None:
    done: list[str] = []

    async def story(turns: Turns) -> None:
        go = threading.Event()
        first = asyncio.create_task(turns.take(go.wait, 30))
        long = [asyncio.create_task(turns.take(done.append, "long", rank=LAST)) for _ in range(20)]
        await asyncio.sleep(0)
        quick = asyncio.create_task(turns.take(done.append, "quick"))
        await asyncio.sleep(0)
        go.set()
        await asyncio.gather(first, quick, *long)

    with_turns(1, story)
    assert done == ["quick", *["long"] * 20]


def test_what_is_cancelled_before_its_turn_is_not_done() -> None:
    done: list[str] = []

    async def story(turns: Turns) -> None:
        go = threading.Event()
        first = asyncio.create_task(turns.take(go.wait, 30))
        await asyncio.sleep(0)
        never = asyncio.create_task(turns.take(done.append, "never"))
        await asyncio.sleep(0)
        never.cancel()
        go.set()
        await first
        assert await turns.take(lambda: "next") == "next"
        with pytest.raises(asyncio.CancelledError):
            await never

    with_turns(1, story)
    assert done == []


def test_those_who_gave_up_are_forgotten_while_a_long_turn_goes_on() -> None:
    """Whoever still waits keeps the place in the order."""
    done: list[int] = []

    async def story(turns: Turns) -> None:
        go = threading.Event()
        first = asyncio.create_task(turns.take(go.wait, 30))
        await asyncio.sleep(0)
        kept = []
        for number in range(300):
            ranks = (number % 2, LAST - number % 2)
            kept.append(asyncio.create_task(turns.take(done.append, number, rank=ranks[0])))
            leaving = [asyncio.create_task(turns.take(done.append, -1, rank=rank)) for rank in ranks * 10]
            await asyncio.sleep(0)
            for each in leaving:
                each.cancel()
            await asyncio.gather(*leaving, return_exceptions=True)
            assert len(turns._waiting) <= 2 * len(kept) + 20
        go.set()
        await asyncio.gather(first, *kept)

    with_turns(1, story)
    assert done == [*range(0, 300, 2), *range(1, 300, 2)]


def test_a_server_that_ends_while_a_thread_is_at_work_ends_quietly(caplog: pytest.LogCaptureFixture) -> None:
    go = threading.Event()
    turns = Turns(1)

    async def story() -> None:
        work = asyncio.create_task(turns.take(go.wait, 30))
        await asyncio.sleep(0)
        work.cancel()

    awaited(story())  # the loop is closed, the thread still waits
    go.set()
    turns.close()
    assert caplog.records == []

"""An exercise that is open: its journal, which one at a time writes, and the play as it stands, which all may read."""

import asyncio
import errno
import threading
import time
from collections.abc import Callable, Mapping
from contextlib import suppress

from experiments.exercise.choices import Entry
from experiments.exercise.journal import Journal
from experiments.page.exercise.chairs import Seat

ANEW = ("go_on", "back")
"""Choices after which a round begins."""


class Clock:
    """The time of a round, which can be stopped; it decides nothing."""

    def __init__(self) -> None:
        self._left, self._since = 0.0, 0.0
        self.running = False

    @property
    def left(self) -> float:
        """Seconds that are left; below 0: by which the round has gone over its time."""
        return self._left - (time.monotonic() - self._since if self.running else 0.0)

    def set(self, seconds: float, running: bool) -> None:
        """Let so many seconds be left."""
        self._left, self._since, self.running = seconds, time.monotonic(), running


class Table:
    """An exercise, its chairs, and who waits for what comes next; choices are taken up in threads of any loop.

    `play` is a copy that nobody changes: another takes its place after each choice, and `version` counts them.
    """

    def __init__(
        self,
        name: str,
        journal: Journal,
        seats: Mapping[str, Seat],
        release: Callable[[], None],
        loop: asyncio.AbstractEventLoop,
    ) -> None:
        self.name, self.seats, self.clock = name, seats, Clock()
        self._journal, self._release, self._loop = journal, release, loop
        self._writing, self._changed = threading.Lock(), asyncio.Event()
        self.play, self.version = journal.play.as_it_stands(), 0
        self.listeners, self._closed = 0, False
        self.begun = sum(entry.choice.kind in ANEW for entry in journal.entries)  # rounds, again or for the first time
        self._begin_round()

    def do(self, entry: Entry) -> None:
        """Take up a choice, in a thread; raises `ConfigurationError`, and `OSError` where it cannot be written down."""
        with self._writing:
            if self._closed:
                raise OSError(errno.EAGAIN, "the exercise was closed; try again")
            self._journal.do(entry)
            self.play = self._journal.play.as_it_stands()
            if entry.choice.kind in ANEW:
                self._begin_round()
            elif entry.choice.kind == "pause":
                self.clock.set(self.clock.left, not self.play.paused)
            self.version += 1
        with suppress(RuntimeError):  # the server has ended before the thread
            self._loop.call_soon_threadsafe(self._tell)

    async def later(self, version: int) -> None:
        """Wait until the play is another than that of a version."""
        self.listeners += 1
        try:
            while self.version <= version:
                await self._changed.wait()
        finally:
            self.listeners -= 1

    def close(self) -> None:
        """Let others write the journal."""
        with self._writing:
            self._closed = True
            self._release()

    def _begin_round(self) -> None:
        self.begun += 1
        self.clock.set(60.0 * self.play.sitting.minutes, not (self.play.over or self.play.paused))

    def _tell(self) -> None:
        changed, self._changed = self._changed, asyncio.Event()
        changed.set()

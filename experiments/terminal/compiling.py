"""The first compilation of the model, under the user's eyes: what is compiled, which part of it, and since when.

On a terminal one line is kept up to date; elsewhere a line is written now and then. Later runs load what was compiled.
"""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from numba.core import event

from agents.foundation.compiled import JIT, cache_folder
from experiments.terminal.screen import BETWEEN_LINES, Screen

COMPILED = "*/ensemble.simulate_all-*.nbc"
"""What lies in the cache where all of the model is compiled: its outermost loop, which is compiled last."""
PARTS = 370
"""Parts that a first run compiles, about: each rule once for every kind of what it is given."""


def is_compiled() -> bool:
    """Whether this machine holds the model compiled, or compiles nothing."""
    folder = cache_folder()
    return not JIT or (folder is not None and any(folder.glob(COMPILED)))


@contextmanager
def shown_compilation(screen: Screen) -> Iterator[None]:
    """Show how far the compilation of what is run inside is."""
    once = ", once" if cache_folder() else " each time"
    screen.say(f"compiling the model for this machine (about a minute{once}) …")
    parts = Parts(screen)
    with event.install_listener("numba:compile", parts):
        try:
            yield
        finally:
            parts.close()
    screen.say(f"compiled in {parts.seconds:.0f} s")


class Parts(event.Listener):  # type: ignore[misc]
    """Counts rules as they are compiled, those that a rule calls before itself, and says which is under way."""

    def __init__(self, screen: Screen) -> None:
        self.screen, self.done = screen, 0
        self._begun = self._last = time.monotonic()
        shows = screen.messages.is_terminal and not screen.quiet
        self._status = screen.messages.status("", spinner="dots") if shows else None
        if self._status:
            self._status.start()

    @property
    def seconds(self) -> float:
        """Seconds since it began."""
        return time.monotonic() - self._begun

    def on_start(self, event: Any) -> None:
        """A rule is compiled from now on."""
        self._say(event.data["dispatcher"].py_func)

    def on_end(self, event: Any) -> None:
        """It is compiled."""
        self.done += 1

    def _say(self, rule: Any) -> None:
        where = rule.__module__.rpartition(".")[2]
        far = f"about {min(0.99, self.done / PARTS):.0%} after {self.seconds:.0f} s; now {where}.{rule.__name__}"
        if self._status:
            self._status.update(far)
        elif time.monotonic() - self._last > BETWEEN_LINES:
            self._last = time.monotonic()
            self.screen.say(far)

    def close(self) -> None:
        """Leave the line that was kept up to date."""
        if self._status:
            self._status.stop()

"""How far long work is, in a notebook: one output of the cell, which is kept up to date and stays as its last line."""

import sys
import time
from importlib import import_module
from typing import Any

from model.errors import printable

OFTEN = 0.2
"""Seconds between two changes of the output: browsers and stored notebooks need no more."""
BAR = """\
<div>{text}<br><progress value="{done}" max="{runs}" style="width: 20em"></progress></div>"""
BEGINS = "starting (the first run on a machine compiles the model, which takes about a minute)"


def in_notebook() -> bool:
    """Return whether this is the kernel of a notebook, whose outputs can be kept up to date."""
    ipython = sys.modules.get("IPython")
    shell = ipython.get_ipython() if ipython else None
    return getattr(shell, "kernel", None) is not None


class Bar:
    """One output of the cell under way: what is run, how far it is, and in the end how much it was."""

    def __init__(self, title: str, runs: int) -> None:
        self.title, self.done, self.runs, self.failed = title, 0, runs, 0
        self._last = time.monotonic()
        self._handle = self._shown(BEGINS)

    def show(self, done: int, runs: int, failed: int = 0) -> None:
        """Show that so many of these runs are done, and how many of them failed; not more often than can be seen."""
        self.done, self.runs, self.failed = done, runs, failed
        if time.monotonic() - self._last >= OFTEN:
            self._last = time.monotonic()
            self._update(f"{done:,} of {runs:,} runs ({done / max(runs, 1):.0%}{self._failed})", bar=True)

    def close(self, runs: int, failed: int = 0) -> None:
        """Leave the last line: all runs there are, without the time that they took, which would differ each time."""
        self.done, self.runs, self.failed = runs, runs, failed
        self._update(f"{runs:,} runs done{self._failed}")

    @property
    def _failed(self) -> str:
        return f", {self.failed:,} failed" if self.failed else ""

    def _shown(self, said: str) -> Any:
        display = import_module("IPython.display").display
        return display(self._bundle(said, bar=True), raw=True, display_id=True)

    def _update(self, said: str, *, bar: bool = False) -> None:
        if self._handle is not None:
            self._handle.update(self._bundle(said, bar=bar), raw=True)

    def _bundle(self, said: str, *, bar: bool) -> dict[str, str]:
        """The same as plain text and as HTML, of which a front end takes the best that it can show."""
        from markupsafe import escape

        text = printable(f"{self.title}: {said}")
        drawn = BAR.format(text=escape(text), done=self.done, runs=self.runs) if bar else f"<div>{escape(text)}</div>"
        return {"text/plain": text, "text/html": drawn}

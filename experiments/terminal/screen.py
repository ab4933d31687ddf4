"""Messages, progress and tables on the screen of a user."""

import time
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn
from rich.table import Table
from rich.text import Text

from experiments.running.sweep import Progress as Done
from experiments.terminal.streams import abandon, in_cell, written
from model.errors import printable

BETWEEN_LINES = 5.0
"""Seconds between lines of progress where there is no terminal."""


def visible(text: str) -> str:
    """A text as a screen shows it: its lines, and nothing that a terminal would obey."""
    return printable(text, keep="\n")


class PlainConsole(Console):
    """A console on which text is text, whoever wrote it: no markup, no codes of emoji, no orders to the terminal."""

    def __init__(self, **options: Any) -> None:
        terminal = False if in_cell() else None  # None: as it is
        super().__init__(markup=False, emoji=False, highlight=False, force_terminal=terminal, **options)

    def render_str(self, text: str, **options: Any) -> Text:  # type: ignore[override]
        """Text of our own or of anybody's, which all that is shown comes through."""
        return super().render_str(visible(text), **options)

    def on_broken_pipe(self) -> None:
        """Show nothing more, for nobody reads it; what is under way goes on, and what it writes is written."""
        self.quiet = True
        abandon(self.file)


class Screen:
    """Messages on standard error, tables on standard output; nothing if quiet, but for warnings."""

    def __init__(self, *, quiet: bool = False) -> None:
        self.quiet = quiet
        self.messages = PlainConsole(stderr=True, soft_wrap=True)
        self.tables = PlainConsole()

    def say(self, text: str) -> None:
        """Print a message."""
        if not self.quiet:
            self.messages.print(text)

    def warn(self, *texts: str) -> None:
        """Print messages that `--quiet` does not silence."""
        for text in texts:
            self.messages.print(f"deter: {text}")

    def show(self, *parts: Any) -> None:
        """Print tables and texts."""
        for part in () if self.quiet else parts:
            with written():
                self.tables.print(part)

    def clear(self) -> bool:
        """Take what was shown off a terminal, what has scrolled away too; whether this is one."""
        if not self.tables.is_terminal:
            return False
        self.tables.clear()
        self.tables.file.write("\x1b[3J")  # last: some terminals keep what is cleared
        self.tables.file.flush()
        return True

    def name(self, path: Path) -> None:
        """Print the path of a file that was written, on one line, for another program may read it."""
        if not self.quiet:
            with written():
                self.tables.print(str(path), soft_wrap=True)


class Counter:
    """Progress of a sweep: a bar on a terminal, a line now and then elsewhere."""

    def __init__(self, screen: Screen, runs: int) -> None:
        self.screen, self.runs, self._last = screen, runs, time.monotonic()
        self._first: tuple[float, int] | None = None
        self._bar = None if screen.quiet or not screen.messages.is_terminal else _bar(screen.messages)
        self._task = self._bar.add_task("runs", total=runs, note="") if self._bar else None

    def __enter__(self) -> "Counter":
        if self._bar:
            self._bar.start()
        return self

    def __exit__(self, *_: object) -> None:
        if self._bar:
            self._bar.stop()

    def report(self, done: Done) -> None:
        """Show how far a sweep is."""
        if self._bar and self._task is not None:
            self._bar.update(self._task, completed=done.done, total=done.runs, note=self._note(done))
        elif time.monotonic() - self._last > BETWEEN_LINES or done.done == done.runs:
            self._last = time.monotonic()
            self.screen.say(f"{done.done:,} of {done.runs:,} runs ({done.done / done.runs:.0%}{self._note(done)})")

    def _note(self, done: Done) -> str:
        """Runs a second since the first report, and how many have failed."""
        now = time.monotonic()
        since, before = self._first = self._first or (now, done.done)
        rate = f", {(done.done - before) / (now - since):,.0f} a second" if done.done > before and now > since else ""
        return rate + (f", {done.failed:,} failed" if done.failed else "")


def _bar(console: Console) -> Progress:
    columns = TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn()
    return Progress(*columns, TimeRemainingColumn(), TextColumn("{task.fields[note]}"), console=console)


def titled(
    title: str,
    heads: Iterable[str],
    rows: Iterable[Iterable[Any]] = (),
    *,
    first: Mapping[str, Any] | None = None,
    others: Mapping[str, Any] | None = None,
    **options: Any,
) -> Table:
    """A table in the style of all, its title in bold at the left, of columns with these heads.

    `first` are options of the first column, `others` those of the other ones, as of `rich.table.Table.add_column`; the
    rest are options of the table.
    """
    style: dict[str, Any] = {"title_justify": "left", "title_style": "bold", "box": SIMPLE_HEAD, "show_edge": False}
    table = Table(title=title, **(style | options))
    for place, head in enumerate(heads):
        table.add_column(head, **((others if place else first) or {}))
    for row in rows:
        table.add_row(*row)
    return table


def narrowed(columns: list[list[str]], room: int, apart: int = 1) -> list[list[str]]:
    """Columns of estimates, so many characters apart, for this room: ends or halves of intervals below, if need be."""
    for part in (" [", " ±", " ("):
        if sum(widest(column) + apart for column in columns) > room:
            columns = [[cell.replace(part, f"\n{part[1:]}") for cell in column] for column in columns]
    return columns


def widest(cells: list[str]) -> int:
    """Characters of the longest line of these cells."""
    return max(len(line) for cell in cells for line in cell.split("\n"))

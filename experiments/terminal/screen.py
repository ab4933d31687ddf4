"""What the user sees: messages, progress and tables."""

import time
from collections.abc import Iterator, Mapping
from datetime import timedelta
from pathlib import Path
from types import TracebackType
from typing import Any

import numpy as np
from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.padding import Padding
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn
from rich.table import Table
from rich.text import Text

from analysis.labels import factor_title, level_text, number_of, percent
from analysis.plotting.captions import MOST_NAMED, names
from analysis.results.folder import Results
from analysis.results.tables import interval_text
from experiments.design.design import Design
from experiments.listing.tables import Listing
from experiments.running.sweep import Progress as Done
from model.metrics import DELAYS, HEADLINE, METRICS, figure

Figures = Mapping[str, np.ndarray[Any, Any]]
BETWEEN_LINES = 5.0
"""Seconds between lines of progress where there is no terminal."""


class Screen:
    """Messages on standard error, tables on standard output; nothing if quiet, but for warnings."""

    def __init__(self, *, quiet: bool = False) -> None:
        self.quiet = quiet
        self.messages = Console(stderr=True, highlight=False, soft_wrap=True)
        self.tables = Console(highlight=False)

    def say(self, text: str) -> None:
        """A message."""
        if not self.quiet:
            self.messages.print(text, markup=False)

    def warn(self, text: str) -> None:
        """A message that quiet does not silence."""
        self.messages.print(f"deter: {text}", markup=False)

    def show(self, table: Any) -> None:
        """A table or a text."""
        if not self.quiet:
            self.tables.print(table)

    def name(self, path: Path) -> None:
        """A file that was written, on one line and as it is, for another program may read it."""
        if not self.quiet:
            self.tables.print(str(path), markup=False, soft_wrap=True)


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

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._bar:
            self._bar.stop()

    def report(self, done: Done) -> None:
        """Show how far it is."""
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
    return Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TimeRemainingColumn(),
        TextColumn("{task.fields[note]}"),
        console=console,
    )


def sweep_tables(results: Results) -> Iterator[Any]:
    """The headline metrics overall and at each level of each factor, with 95 % intervals, and what they mean."""
    found = results.estimate((), HEADLINE)
    if found["n"].max() == 1:
        yield "\nOne replicate has no interval, and so no estimates are shown: that takes two. Its runs are there.\n"
        return
    overall = _table(results.manifest.title)
    overall.add_row("all points", *_cells(found))
    yield overall
    for factor in results.levelled:
        levels = results.estimate([factor], HEADLINE)
        table = _table(factor_title(factor))
        for level, *_ in levels.select(factor).unique(maintain_order=True).iter_rows():
            table.add_row(level_text(level), *_cells(levels.filter(levels[factor] == level)))
        yield table
    yield (
        f"\nPer cent, ± half of a 95 % interval over {number_of('replicate', results.manifest.replicates)} "
        "(in brackets its ends, where it lies unevenly), "
        f"{number_of('run', results.counts[0])} in all. "
        "Deterred, dampened: share of the acts that the twin would carry out, the same world without toolbox. "
        "Escalated, provoked: share of opportunities. Averted: share of the twin's harm and of its severe acts. "
        "Levels of a factor are averaged over those of the others.\n"
        f"{_sampled(results)}"
    )


def _sampled(results: Results) -> str:
    """What is said of the factors that have no table."""
    rest = [factor for factor in results.manifest.factors if factor not in results.levelled]
    if not rest:
        return ""
    some = names(rest) if len(rest) <= MOST_NAMED else f"{len(rest)} factors"
    return (
        f"Drawn: {some}, without tables of their own. The intervals hold "
        "for the points drawn, and leave out that others might have been.\n"
    )


def _table(title: str) -> Table:
    """An empty table with a column for each headline metric."""
    table = Table(title=title, title_justify="left", title_style="bold", box=SIMPLE_HEAD, show_edge=False)
    table.padding = (0, 1, 0, 0)
    table.add_column("", min_width=5)
    for name in HEADLINE:
        table.add_column(
            METRICS[name].short.replace(" ", "\n"), justify="right", no_wrap=True, min_width=9, vertical="bottom"
        )
    return table


def _cells(estimates: Any) -> Iterator[str]:
    for row in estimates.iter_rows(named=True):
        if row["low"] is None:  # no interval, no number
            yield "–"
        else:
            mean, low, high = (100 * row[name] for name in ("mean", "low", "high"))
            digits = 0 if high - low >= 20.0 else 2 if 0.0 < high - low < 0.1 else 1
            yield interval_text(mean, low, high, digits).replace(" [", "\n[")


WIDE = 120
"""Characters from which a screen has room for columns of prose."""


def listed(listing: Listing, width: int) -> Iterator[Any]:
    """A listing as it is shown on a screen of this width: title, text, table."""
    yield Text(listing.title, style="bold")
    if listing.text:
        yield f"{listing.text}\n"
    if width < WIDE and any(listing.columns):
        yield from _narrow(listing)
        return
    table = Table(box=SIMPLE_HEAD if any(listing.columns) else None, show_header=any(listing.columns), show_edge=False)
    for place, column in enumerate(listing.columns):
        table.add_column(column, overflow="fold", no_wrap=place < len(listing.columns) - listing.prose, vertical="top")
    for row in listing.rows:
        table.add_row(*map(Text, row))
    yield table


def _narrow(listing: Listing) -> Iterator[Any]:
    """The same where there is no room for columns of prose: they stand below each row."""
    short = len(listing.columns) - listing.prose
    rows = [listing.columns, *listing.rows]
    widths = [max(len(row[place]) for row in rows) for place in range(short)]
    for place, row in enumerate(rows):
        cells = "  ".join(cell.ljust(width) for cell, width in zip(row[:short], widths, strict=True))
        yield Text(cells.rstrip(), style="bold" if place == 0 else "")
        prose = [cell for cell in row[short:] if cell]
        if prose:
            yield Padding(Text(" · ".join(prose), style="bold" if place == 0 else ""), (0, 0, 0, 4))


AGAINST_TWIN = (
    ("deterrence_rate", "deterred, of the acts the twin would carry out"),
    ("dampening_rate", "dampened to something milder, of the same"),
    ("suppression_rate", "suppressed by harbours under pressure, of the same"),
    ("escalation_rate", "escalated, of all opportunities"),
    ("provocation_rate", "provoked, of all opportunities"),
    ("harm_averted", "harm averted, of the twin's"),
    ("severe_averted", "severe acts averted, of the twin's"),
)
BESIDE_TWIN = (
    ("acts", "acts a year"),
    ("severe_acts", "severe acts a year"),
    ("mean_severity", "mean severity of acts, 0 to 1"),
    ("upward_escalation", "acts a rung above the last on the same victim"),
    ("detection_rate", "acts detected"),
    ("attribution_rate", "cases attributed"),
    ("wrong_attribution", "attributions that were wrong"),
    ("response_rate", "cases answered, reactions included"),
    ("response_given_attribution", "attributed cases answered"),
    ("wrongful_responses", "wrongful responses a year"),
    ("attribution_delay", "weeks from detection to attribution, median"),
    ("response_delay", "weeks from act to response, median"),
    ("votes_failed", "votes failed"),
    ("credibility", "credibility of the Union, 0 to 1"),
    ("grievance", "grievance of perpetrators"),
    ("eu_cost", "political cost to the EU a year"),
)


def run_table(design: Design, world: Figures, twin: Figures | None) -> Table:
    """What a run shows, beside its twin."""
    time = design.base.scenario.time
    first = time.start + timedelta(weeks=time.burn_in)
    last = first + timedelta(weeks=time.weeks) - timedelta(days=1)
    table = Table(
        title=f"{design.title}\n{first} to {last}, seed {design.seed}, replicate {design.first_replicate}",
        caption=(
            "One run is a story, not an estimate: it has no interval; `deter sweep` gives intervals. The twin is the "
            "same world with the same chance events and the reference doctrine, by default no toolbox. The upper part "
            "compares what each opportunity made likely in the two worlds, free of the luck that is in the lower part."
        ),
        title_justify="left",
        caption_justify="left",
        box=SIMPLE_HEAD,
        show_edge=False,
    )
    table.add_column("expected at each opportunity, against the twin")
    table.add_column("world", justify="right")
    table.add_column("twin", justify="right")
    for name, label in AGAINST_TWIN:
        table.add_row(label, _cell(name, world), "")
    table.add_section()
    table.add_row("as the dice fell", style="bold")
    for name, label in BESIDE_TWIN:
        table.add_row(label, _cell(name, world), _cell(name, twin) if twin else "")
    return table


def _cell(name: str, columns: Figures) -> str:
    found = figure(name, columns)
    if found is None:
        return "–"
    if name in DELAYS:
        return f"{found:.0f}"
    return percent(found) if METRICS[name].unit.startswith("share") else f"{found:.2f}"

"""The dry run of a sweep as it is shown in a terminal: the design, its factors with the first points, the estimate."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

from rich.table import Table

from analysis.labels import level_text, level_texts, number_of, stated_text
from experiments.design.design import Design
from experiments.design.experiment import uncertainty_text
from experiments.design.points import how_checked
from experiments.running.cost import CostEstimate, estimated
from experiments.terminal.screen import Screen, titled
from experiments.terminal.sweeps import Hands, compile_first

BUSY = 1.5
"""Ratio of the time on the busy machine to the undisturbed time from which on both are shown."""
FIRST_ROWS, COLUMN = 5, 13
"""Points shown at most, and characters for each."""


def show_dry_run(screen: Screen, design: Design, hands: Hands) -> None:
    """Show what a design is and what its sweep would take, from a few runs of it; nothing is written."""
    if design.engine == "compiled":
        compile_first(screen)
    workers, elsewhere = hands.at_work(design).workers, hands.dask is not None
    found = estimated(design, workers, processes=hands.processes, elsewhere=elsewhere)
    tables = [_table(design.title, [*_design_rows(design), *_estimate_rows(design, found, workers)])]
    if design.factors:
        tables += [_table("Factors", _factor_rows(design)), _first_points(design, screen.tables.width)]
    for table in tables:
        screen.show(table, "")


def _table(title: str, rows: Iterable[tuple[str, str]]) -> Table:
    names = {"no_wrap": True, "vertical": "top"}
    return titled(title, ("", ""), rows, first=names, others={"overflow": "fold"}, show_header=False)


def _first_points(design: Design, width: int) -> Table:
    """As many of the first points as there is room for, side by side."""
    room = (width - max(map(len, design.factors)) - 2) // COLUMN
    first = design.frame.head(max(1, min(FIRST_ROWS, room)))
    heads, rows = (
        ["point", *map(str, first["point"])],
        [(path, *level_texts(first[path])) for path in design.factors],
    )
    return titled("First points", heads, rows, first={"no_wrap": True}, others={"justify": "right", "overflow": "fold"})


def _design_rows(design: Design) -> Iterator[tuple[str, str]]:
    numbers = {key: value for key, value in design.plan.items() if key not in ("kind", "cross", "constraints")}
    words = [design.kind, *(f"{key.replace('_', ' ')} {stated_text(value)}" for key, value in numbers.items())]
    yield "design", ", ".join(words)
    for condition in design.plan.get("constraints", ()):
        yield "where", condition
    yield "points", f"{design.points:,}"
    yield "checked", how_checked(design.frame)
    if design.worlds is not None and design.uncertainty is not None:
        parameters = number_of("parameter", design.worlds.width - 1)
        yield "uncertainty", f"{uncertainty_text(design.uncertainty)}; {parameters} differ between worlds"
    for metric, half_width in design.precision.items():
        yield "precision", f"{metric} ± {stated_text(half_width)}"


def _factor_rows(design: Design) -> Iterator[tuple[str, str]]:
    for path, levels in design.factors.items():
        span = design.spans.get(path)
        crossed = "crossed: " if path in design.plan.get("cross", ()) else ""
        yield path, span.text if span else f"{crossed}{_shortened(levels)}"


def _shortened(levels: Sequence[Any]) -> str:
    shown = [level_text(level, levels) for level in levels[:12]]
    return ", ".join(shown) + (f", … ({len(levels)} levels)" if len(levels) > len(shown) else "")


def _estimate_rows(design: Design, found: CostEstimate, workers: int) -> Iterator[tuple[str, str]]:
    least, most = design.replicates, design.most_replicates
    each = f"{least:,}" if least == most else f"{least:,} to {most:,}"
    yield "runs", f"{design.points:,} × {each} = {_between(found.runs, found.more, '{:,.0f}'.format)}"
    if found.worlds and design.engine == "compiled":
        worlds = number_of("reference world", found.worlds)
        own = ", each replicate in its own world" if design.worlds is not None else ""
        yield "twins", f"{found.twins:,} runs of {worlds}{own}"
    yield "engine", design.engine + (f", {design.model.name}" if design.model else "")
    if design.metrics:
        yield "own metrics", ", ".join(f"{name} ({source.name})" for name, source in design.metrics.items())
    if found.slower > 1.0:
        yield "", f"each run is then made in full, which takes about {found.slower:.2g} times as long"
    yield "time", f"about {_between(found.seconds, found.more, seconds_text)} with {number_of('worker', workers)}"
    if found.seconds > BUSY * found.undisturbed and found.seconds > 2.0:
        alone = _between(found.undisturbed, found.more, seconds_text)
        yield "", f"with this machine as busy as now; about {alone} if it were idle"
    yield "memory", f"about {bytes_text(found.memory)}"
    yield "disk", f"about {_between(found.disk, found.more, bytes_text)}"
    yield "", f"Rough estimates from {found.tried:,} runs on this machine. Nothing was written."


def _between(least: float, more: float, text: Callable[[float], str]) -> str:
    """From the least to so many times as much."""
    low, high = text(least), text(least * more)
    return low if low == high else f"{low} to {high}"


def seconds_text(seconds: float) -> str:
    """Seconds in words, to the precision of an estimate."""
    for size, unit in ((86400, "days"), (3600, "hours"), (60, "minutes")):
        if seconds >= 2 * size:
            return f"{seconds / size:.2g} {unit}" if seconds < 100 * size else f"{seconds / size:,.0f} {unit}"
    return f"{max(1, round(seconds))} seconds" if seconds >= 1.5 else "1 second"


def bytes_text(size: float) -> str:
    """Bytes in words, to the precision of an estimate."""
    unit, size = "kB", size / 1000
    for larger in ("MB", "GB", "TB"):
        if size >= 1000:
            unit, size = larger, size / 1000
    return f"{max(size, 1):.2g} {unit}" if size < 100 else f"{round(size, -1):.0f} {unit}"

"""What a sweep would take, before it is begun: runs, time, memory and disk, from a few short runs of its own points."""

import os
import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from rich.box import SIMPLE_HEAD
from rich.table import Table

from analysis.labels import level_text, number_of
from analysis.statistics.estimates import summarise
from experiments.design.design import Design
from experiments.design.points import how_checked
from experiments.running.runner import plan, warm_up
from experiments.running.trial import Trial, trial_of
from experiments.store.assembly import HELD, SORTED
from experiments.store.atomic import parquet

TWINS_HELD = 8
"""Blocks of twins that a worker keeps."""
COPIES = 3
"""Room that a table of runs takes while it is sorted and written, in its own size."""
BUSY = 1.5
"""How many times as long as undisturbed it must take for both to be told."""
FIRST_ROWS, COLUMN = 5, 13
"""Points shown at most, and characters for each."""


@dataclass(frozen=True)
class Estimate:
    """What a design takes; under a precision from `runs` to `most_runs`, and so for time and disk.

    `twins` are runs of reference worlds; seconds are those of this machine as busy as it is, and `undisturbed` if it
    did nothing else; memory and disk are in bytes; `tried` runs were timed.
    """

    workers: int
    runs: int
    most_runs: int
    worlds: int
    twins: int
    seconds: float
    most_seconds: float
    undisturbed: float
    memory: int
    disk: int
    most_disk: int
    tried: int


def estimated(design: Design, workers: int, *, processes: bool = False, elsewhere: bool = False) -> Estimate:
    """Estimate what a design takes with so many workers, by runs of at most about two seconds; writes nothing.

    The workers are threads, or `processes`; `elsewhere` they have processors of their own, taken to be like these.
    """
    warm_up(design.base)
    tried = trial_of(design, 1 if elsewhere else workers)
    tasks = plan(design)
    blocks = {(reference, task.replicates) for task in tasks for reference in task.references}
    twins = sum(len(replicates) for _, replicates in blocks)
    hands = workers if elsewhere else min(workers, os.cpu_count() or 1)
    prepared = sum(len(task.points) for task in tasks)
    undisturbed = (tried.preparing * prepared + tried.running * design.runs + tried.twins * twins) / hands
    more = design.points * design.most_replicates / design.runs
    disk = _disk(design, tried, len(tasks))
    alone = workers if (processes or design.engine == "mesa") and not elsewhere else 0
    return Estimate(
        workers=workers,
        runs=design.runs,
        most_runs=design.points * design.most_replicates,
        worlds=len({reference for reference, _ in blocks}),
        twins=twins,
        seconds=undisturbed * (1.0 if elsewhere else tried.busy),
        most_seconds=undisturbed * (1.0 if elsewhere else tried.busy) * more,
        undisturbed=undisturbed,
        memory=_memory(design, tried, workers, alone, max(len(replicates) for _, replicates in blocks)),
        disk=disk,
        most_disk=int(disk * more),
        tried=tried.tried,
    )


def _disk(design: Design, tried: Trial, parts: int) -> int:
    """Bytes at the peak, while runs are assembled from parts: what a file takes anyway, and what each row adds."""
    least, whole = len(parquet(tried.frame.head(1))), len(parquet(tried.frame))
    row = max(8.0 * tried.frame.width / COPIES, (whole - least) / max(1, tried.frame.height - 1))
    tables = parts * (least - row) + 3 * design.runs * row
    return int(tables + len(parquet(summarise(tried.frame))) * design.points / tried.points)


def _memory(design: Design, tried: Trial, workers: int, processes: int, block: int) -> int:
    """Bytes at the peak: the processes, the blocks of twins that they keep, the runs sorted together at the end."""
    batch = min(SORTED * HELD, design.points * design.most_replicates)
    assembling = int(tried.frame.estimated_size() / tried.frame.height * batch * COPIES)
    kept = TWINS_HELD * max(1, processes) + workers
    return (1 + processes) * _resident() + kept * tried.twin_bytes * block + assembling


def _resident() -> int:
    """Bytes that this process has taken at its peak; a usual figure where the system does not say."""
    try:
        import resource
    except ImportError:  # Windows
        return 300 << 20
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)


def dry_tables(design: Design, found: Estimate, width: int) -> Iterator[Any]:
    """What a dry run shows on a screen of this width: the design, its factors with the first points, the estimate."""
    yield _table(design.title, [*_design_rows(design), *_estimate_rows(design, found)])
    if design.factors:
        yield _table("Factors", _factor_rows(design))
        yield _first_points(design, width)


def _first_points(design: Design, width: int) -> Table:
    """As many of the first points as there is room for, side by side."""
    room = (width - max(map(len, design.factors)) - 2) // COLUMN
    first = design.frame.head(max(1, min(FIRST_ROWS, room)))
    table = Table(title="First points", **_STYLE)
    table.add_column("point", no_wrap=True)
    for point in first["point"]:
        table.add_column(str(point), justify="right", overflow="fold")
    for path in design.factors:
        table.add_row(path, *map(level_text, first[path]))
    return table


_STYLE: dict[str, Any] = {
    "title_justify": "left",
    "title_style": "bold",
    "box": SIMPLE_HEAD,
    "show_edge": False,
}


def _table(title: str, rows: Iterable[tuple[str, str]]) -> Table:
    table = Table(title=title, show_header=False, **_STYLE)
    table.add_column(no_wrap=True, vertical="top")
    table.add_column(overflow="fold")
    for row in rows:
        table.add_row(*row)
    return table


def _design_rows(design: Design) -> Iterator[tuple[str, str]]:
    numbers = {key: value for key, value in design.plan.items() if key not in ("kind", "cross", "constraints")}
    words = [design.kind, *(f"{key.replace('_', ' ')} {level_text(value)}" for key, value in numbers.items())]
    yield "design", ", ".join(words)
    for condition in design.plan.get("constraints", ()):
        yield "where", condition
    yield "points", f"{design.points:,}"
    yield "checked", how_checked(design.frame)
    for metric, half_width in design.precision.items():
        yield "precision", f"{metric} ± {half_width:g}"


def _factor_rows(design: Design) -> Iterator[tuple[str, str]]:
    for path, levels in design.factors.items():
        span = design.spans.get(path)
        crossed = "crossed: " if path in design.plan.get("cross", ()) else ""
        yield path, span.text if span else f"{crossed}{_shortened(levels)}"


def _shortened(levels: Sequence[Any]) -> str:
    shown = [level_text(level) for level in levels[:12]]
    return ", ".join(shown) + (f", … ({len(levels)} levels)" if len(levels) > len(shown) else "")


def _estimate_rows(design: Design, found: Estimate) -> Iterator[tuple[str, str]]:
    least, most = design.replicates, design.most_replicates
    each = f"{least:,}" if least == most else f"{least:,} to {most:,}"
    yield "runs", f"{design.points:,} × {each} = {_between(found.runs, found.most_runs, '{:,}'.format)}"
    if design.engine == "compiled":
        yield "twins", f"{found.twins:,} runs of {number_of('reference world', found.worlds)}"
    yield "engine", design.engine + (f", {design.model.name}" if design.model else "")
    hands = number_of("worker", found.workers)
    yield "time", f"about {_between(found.seconds, found.most_seconds, duration)} with {hands}"
    if found.seconds > BUSY * found.undisturbed and found.seconds > 2.0:
        text = _between(found.undisturbed, found.undisturbed * found.most_seconds / found.seconds, duration)
        yield "", f"as busy as this machine is now, and about {text} if it did nothing else"
    yield "memory", f"about {amount(found.memory)}"
    yield "disk", f"about {_between(found.disk, found.most_disk, amount)}"
    yield "", f"From {found.tried:,} runs on this machine: orders of magnitude. Nothing was written."


def _between(least: float, most: float, text: Any) -> str:
    low, high = text(least), text(most)
    return str(low) if low == high else f"{low} to {high}"


def duration(seconds: float) -> str:
    """Seconds in words, to the precision of an estimate."""
    for size, unit in ((86400, "days"), (3600, "hours"), (60, "minutes")):
        if seconds >= 2 * size:
            return f"{seconds / size:.2g} {unit}" if seconds < 100 * size else f"{seconds / size:,.0f} {unit}"
    return f"{max(1, round(seconds))} seconds" if seconds >= 1.5 else "1 second"


def amount(size: float) -> str:
    """Bytes in words, to the precision of an estimate."""
    for unit in ("kB", "MB", "GB", "TB"):
        size /= 1000
        if size < 1000 or unit == "TB":
            return f"{max(size, 1):.2g} {unit}" if size < 100 else f"{round(size, -1):.0f} {unit}"
    raise AssertionError("a unit is found before")

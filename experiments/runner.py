"""The runner: from a design to frames of runs. It computes and writes nothing.

Work is cut into tasks: a block of replicates at some points. Twins are run once for each block and reference world, and
freed with the last task that needs them. Points come in a fixed shuffled order, so that what is done so far is an even
sample of the design.
"""

import hashlib
import threading
from collections import defaultdict
from collections.abc import Generator, Iterable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from itertools import islice
from typing import Any

import numpy as np
import polars as pl

from analysis.results import COLUMNS_SCHEMA, RUNS_SCHEMA
from experiments.design import Design
from model.configuration import Configuration
from model.ensemble import Twins, run, run_twins
from model.metrics import DELAYS, results

MOST_REPLICATES = 50
MOST_TRACE = 80_000_000
"""Largest size in bytes of the traces of a block's twins."""
SPEED = 5_000_000
"""Perpetrator-weeks a second on one core, twin apart: roughly, for the size of tasks alone."""
SECONDS = 0.8
"""Intended length of a task."""


@dataclass(frozen=True)
class Task:
    """A block of replicates at some points that share a reference world."""

    name: str
    replicates: tuple[int, ...]
    points: tuple[int, ...]
    reference: str

    @property
    def rows(self) -> int:
        """Number of runs."""
        return len(self.replicates) * len(self.points)


def plan(design: Design) -> list[Task]:
    """All tasks of a design, in the order in which they should be done; the same on every machine."""
    runs, block = _sizes(design.base)
    worlds: dict[str, list[int]] = defaultdict(list)
    for point in sorted(range(design.points), key=_shuffled):
        worlds[design.reference(point)].append(point)
    tasks: list[Task] = []
    for first in range(design.first_replicate, design.first_replicate + design.replicates, block):
        last = min(first + block, design.first_replicate + design.replicates)
        replicates = tuple(range(first, last))
        for world, points in worlds.items():
            for some in _chunks(points, max(1, runs // len(replicates))):
                tasks.append(Task(_name(len(tasks), replicates, some), replicates, some, world))
    return tasks


def _name(number: int, replicates: Sequence[int], points: Sequence[int]) -> str:
    """Name of a task's part; it tells apart tasks of other content."""
    content = hashlib.blake2b(f"{replicates} {points}".encode(), digest_size=4).hexdigest()
    return f"part-{number:06d}-{content}.parquet"


def _sizes(base: Configuration) -> tuple[int, int]:
    """Runs for a task, and replicates for a block."""
    weeks, perpetrators = base.scenario.time.weeks, len(base.perpetrators)
    runs = max(1, int(SECONDS * SPEED / ((weeks + base.scenario.time.burn_in) * perpetrators)))
    trace = weeks * perpetrators * (8 * len(base.activities) + 1)
    return runs, max(1, min(MOST_REPLICATES, runs, MOST_TRACE // trace))


def _shuffled(point: int) -> bytes:
    return hashlib.blake2b(str(point).encode(), digest_size=8).digest()


def _chunks(points: Sequence[int], size: int) -> Iterator[tuple[int, ...]]:
    for start in range(0, len(points), size):
        yield tuple(points[start : start + size])


class SharedTwins:
    """Twins of each block and reference world, run by the first task that needs them and freed by the last."""

    def __init__(self, tasks: Iterable[Task]) -> None:
        self._lock = threading.Lock()
        self._locks: dict[Any, threading.Lock] = defaultdict(threading.Lock)
        self._left: dict[Any, int] = defaultdict(int)
        self._held: dict[Any, Twins] = {}
        for task in tasks:
            self._left[task.reference, task.replicates] += 1

    def take(self, task: Task, configuration: Configuration, seed: int) -> Twins:
        """The twins of a task."""
        key = task.reference, task.replicates
        with self._lock:
            lock = self._locks[key]
        with lock:
            if key not in self._held:
                self._held[key] = run_twins(configuration, seed, task.replicates)
            return self._held[key]

    def give_back(self, task: Task) -> None:
        """Say that a task is done with its twins."""
        key = task.reference, task.replicates
        with self._lock:
            self._left[key] -= 1
            if self._left[key] <= 0:
                self._held.pop(key, None)
                self._locks.pop(key, None)


def warm_up(configuration: Configuration) -> None:
    """Compile the model, or load it compiled, by a run of one week."""
    short = configuration.with_values({"scenario.time.weeks": 1, "scenario.time.burn_in": 0})
    run(short, 0, [0], run_twins(short, 0, [0]))


def run_tasks(design: Design, tasks: Sequence[Task], workers: int) -> Generator[tuple[Task, pl.DataFrame], None, None]:
    """Do tasks in threads; yields each with its runs as it is done, in no particular order."""
    twins = SharedTwins(tasks)
    queue = iter(tasks)
    pool = ThreadPoolExecutor(workers, thread_name_prefix="deter")
    waiting: dict[Future[pl.DataFrame], Task] = {}
    try:
        while True:
            # few at a time: an interruption then waits for the tasks under way only
            for task in islice(queue, 2 * workers - len(waiting)):
                waiting[pool.submit(_do, design, task, twins)] = task
            if not waiting:
                return
            for future in wait(waiting, return_when=FIRST_COMPLETED).done:
                yield waiting.pop(future), future.result()
    finally:
        pool.shutdown(wait=True, cancel_futures=True)


def _do(design: Design, task: Task, twins: SharedTwins) -> pl.DataFrame:
    try:
        return pl.concat([_point(design, task, point, twins) for point in task.points])
    finally:
        twins.give_back(task)


def _point(design: Design, task: Task, point: int, shared: SharedTwins) -> pl.DataFrame:
    """The runs of one point in a task; where the model raises, rows that say so."""
    configuration = design.configuration(point)
    try:
        twins = shared.take(task, configuration, design.seed)
        books = run(configuration, design.seed, task.replicates, twins)
        columns = results(books, twins.books)
    except (ArithmeticError, ValueError, IndexError, RuntimeError) as error:
        return frame_of_runs(point, task.replicates, design.seed, {}, f"{type(error).__name__}: {error}")
    return frame_of_runs(point, task.replicates, design.seed, columns)


def frame_of_runs(
    point: int, replicates: Sequence[int], seed: int, columns: dict[str, np.ndarray[Any, Any]], error: str | None = None
) -> pl.DataFrame:
    """Runs of one point as rows of `RUNS_SCHEMA`; a run with a figure that is not finite is marked as failed."""
    rows = len(replicates)
    errors = [error or _not_finite(columns, row) for row in range(rows)]
    data: dict[str, Any] = {"point": [point] * rows, "replicate": list(replicates), "seed": [seed] * rows}
    data["status"] = ["failed" if problem else "ok" for problem in errors]
    data["error"] = errors
    frame = pl.DataFrame({**data, **(columns or dict.fromkeys(COLUMNS_SCHEMA))}, schema=RUNS_SCHEMA)
    if any(errors):
        good = pl.col("status") == "ok"
        frame = frame.with_columns(pl.when(good).then(pl.col(name)).alias(name) for name in COLUMNS_SCHEMA)
    return frame.with_columns(pl.col(*DELAYS).fill_nan(None))


def _not_finite(columns: dict[str, np.ndarray[Any, Any]], row: int) -> str | None:
    for name, values in columns.items():
        if name not in DELAYS and not np.isfinite(values[row]):
            return f"{name} is not finite"
    return None

"""The work of a worker: the runs of a task, in this process or in another, on either engine; errors are data.

A `Work` holds all that a worker needs, small enough to send. What several tasks share, the base configuration and the
twins, a worker keeps for a while.
"""

import functools
import pickle
import threading
from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl

from agents.foundation.compiled import source_hash
from analysis.results.folder import COLUMNS_SCHEMA, runs_schema
from experiments.design.design import VARIED
from experiments.design.model_class import ModelSource
from model.configuration import Configuration
from model.ensemble import Twins, run, run_recorded, run_twins
from model.metrics.columns import AGAINST_TWIN, DELAYS, results
from model.record import MOMENTS

Figures = dict[str, np.ndarray[Any, Any]]
"""Columns of the runs of a point."""

KEYS = ("point", "replicate", "seed", "status", "error")
"""Columns that every run has, failed ones too."""
TWINS_KEPT = 8
"""Blocks of twins that a process keeps. A block of fifty takes some ten megabytes."""


@dataclass(frozen=True)
class Task:
    """A block of replicates at some points; `name` is that of its part, `references` are keys of the twins' worlds."""

    name: str
    replicates: tuple[int, ...]
    points: tuple[int, ...]
    references: tuple[str, ...]

    @property
    def rows(self) -> int:
        """Number of runs."""
        return len(self.replicates) * len(self.points)


@dataclass(frozen=True)
class Work:
    """A task with what it takes: the pickled base configuration, the seed, the values of the factors at each point."""

    task: Task
    base: bytes
    seed: int
    values: tuple[Mapping[str, Any], ...]
    model: ModelSource | None  # None: the compiled engine
    source: str
    record: bool
    lots: tuple[int, ...] = ()  # of each point, what its replicates are counted from; none: they are as they stand


class OtherSource(RuntimeError):
    """A worker has another version of the model than the sweep."""


def do(work: Work) -> pl.DataFrame:
    """The runs of a task, as rows of `RUNS_SCHEMA`."""
    if work.source != source_hash():
        raise OtherSource(f"a worker has another version of the model ({source_hash()[:8]}, not {work.source[:8]})")
    base, replicates = _base(work.base), work.task.replicates
    done: list[tuple[int, Figures]] = []
    frames = []
    lots = work.lots or (0,) * len(work.task.points)
    for point, reference, values, lot in zip(work.task.points, work.task.references, work.values, lots, strict=True):
        configuration = base.with_values(values, source=VARIED) if values else base
        engine = _compiled if work.model is None else _mesa
        simulate = functools.partial(engine, work, configuration, reference, lot)
        try:
            done.append((point, simulate(replicates)))
        except Exception:  # whatever a model does wrong is data of its run
            frames += [_alone(work, point, replicate, simulate) for replicate in replicates]
    if done:
        points = [point for point, _ in done for _ in replicates]
        columns = {name: np.concatenate([figures[name] for _, figures in done]) for name in done[0][1]}
        frames.append(frame_of_runs(points, [*replicates] * len(done), work.seed, columns, record=work.record))
    return pl.concat(frames)


@functools.lru_cache(maxsize=4)
def _base(pickled: bytes) -> Configuration:
    configuration: Configuration = pickle.loads(pickled)
    return configuration


def _alone(work: Work, point: int, replicate: int, simulate: Callable[[Sequence[int]], Figures]) -> pl.DataFrame:
    """One run of a point of which not all runs come to their end."""
    try:
        return frame_of_runs(point, [replicate], work.seed, simulate([replicate]), record=work.record)
    except Exception as error:
        problem = f"{type(error).__name__}: {error}"
        return frame_of_runs(point, [replicate], work.seed, {}, problem, record=work.record)


def _compiled(work: Work, configuration: Configuration, reference: str, lot: int, replicates: Sequence[int]) -> Figures:
    together = tuple(lot + replicate for replicate in work.task.replicates)
    replicates = [lot + replicate for replicate in replicates]
    if work.record:
        return figures_with_record(configuration, work.seed, replicates)
    twins = TWINS.take(reference, together, configuration, work.seed)
    if len(replicates) < len(twins.replicates):
        twins = twins.select(replicates)
    return results(run(configuration, work.seed, replicates, twins), twins.books)


def figures_with_record(configuration: Configuration, seed: int, replicates: Sequence[int]) -> Figures:
    """Figures of runs that keep a record. They have no twin: what is of it or against it is not among them."""
    kept = [run_recorded(configuration, seed, replicate) for replicate in replicates]
    books = np.concatenate([books for books, _ in kept])
    own = {name: column for name, column in results(books, books).items() if name not in AGAINST_TWIN}
    return own | {f"record_{name}": np.array([moments[name] for _, moments in kept]) for name in MOMENTS}


def _mesa(work: Work, configuration: Configuration, _reference: str, lot: int, replicates: Sequence[int]) -> Figures:
    assert work.model is not None
    model = work.model.load()
    found = [model.run_one(configuration, work.seed, lot + replicate) for replicate in replicates]
    return results(
        np.concatenate([one.books for one in found]), np.concatenate([(one.twin or one).books for one in found])
    )


class SharedTwins:
    """Twins of blocks and reference worlds, run by the first task that needs them; those used last are kept."""

    def __init__(self, kept: int) -> None:
        self._lock = threading.Lock()
        self._kept = kept
        self._held: OrderedDict[Any, tuple[threading.Lock, list[Twins]]] = OrderedDict()

    def take(self, reference: str, replicates: tuple[int, ...], configuration: Configuration, seed: int) -> Twins:
        """The twins of these replicates in a reference world, that of a configuration."""
        with self._lock:
            key = reference, replicates, seed
            lock, twins = self._held.setdefault(key, (threading.Lock(), []))
            self._held.move_to_end(key)
            while len(self._held) > self._kept:
                self._held.popitem(last=False)
        with lock:
            if not twins:
                twins.append(run_twins(configuration, seed, replicates))
            return twins[0]


TWINS = SharedTwins(TWINS_KEPT)
"""Twins of this process."""


def frame_of_runs(
    point: int | Sequence[int],
    replicates: Sequence[int],
    seed: int,
    columns: Mapping[str, Any],
    error: str | None = None,
    *,
    record: bool = False,
) -> pl.DataFrame:
    """Runs as rows of `RUNS_SCHEMA`, of one point or each of its own; with a `record` as of `runs_schema`.

    Figures that are not given are null; a run with one that is not finite is marked as failed.
    """
    rows = len(replicates)
    errors = [error] * rows if error else _not_finite(columns, rows)
    data: dict[str, Any] = {"point": point, "replicate": replicates, "seed": seed}
    data["status"] = ["failed" if problem else "ok" for problem in errors]
    data["error"] = errors
    schema = runs_schema(record=record)
    data |= {**dict.fromkeys(schema.keys() - data.keys()), **columns}
    frame = pl.DataFrame(data, schema=schema, nan_to_null=True)
    if any(errors):
        good = pl.col("status") == "ok"
        figures = [name for name in schema if name not in KEYS]
        frame = frame.with_columns(pl.when(good).then(pl.col(name)).alias(name) for name in figures)
    return frame


def _not_finite(columns: Mapping[str, Any], rows: int) -> list[str | None]:
    """An error for each run with a figure that is not finite, else None; a delay may be undefined."""
    errors: list[str | None] = [None] * rows
    for name, values in columns.items():
        if name in COLUMNS_SCHEMA and name not in DELAYS:
            for row in np.flatnonzero(~np.isfinite(values)):
                errors[row] = errors[row] or f"{name} is not finite"
    return errors

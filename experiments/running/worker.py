"""The work of a worker: the runs of a task, in this process or in another, on either engine; errors are data.

A `Work` holds all that a worker needs, small enough to send. What several tasks share, the base configuration and the
twins, a worker keeps for a while.
"""

import functools
import pickle
import threading
from collections import OrderedDict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import polars as pl

from agents.foundation.compiled import source_hash
from analysis.results.folder import COLUMNS_SCHEMA, runs_schema
from experiments.design.design import VARIED, Design, placed_in
from experiments.design.model_class import MetricSource, ModelSource
from experiments.running.ledgers import EndedRun, own_figures
from model.configuration import Configuration
from model.ensemble import OneRun, Twins, joined, run, run_one, run_recorded, run_twins
from model.metrics.columns import AGAINST_TWIN, DELAYS, results
from model.metrics.definition import OWN
from model.record import MOMENTS

Bases = Configuration | Mapping[int, Configuration]
"""The base of all replicates, or the base in the world of each."""
Books = tuple[np.ndarray[Any, Any], np.ndarray[Any, Any]]
"""Books of the runs of a point, and of their twins."""
Figures = dict[str, np.ndarray[Any, Any]]
"""Columns of the runs of a point."""
Block = Sequence[tuple[Configuration, Sequence[int]]]
"""Configurations, each with the replicates that are run in it."""

POLICY = {"doctrine", "switches", "reference"}
"""Sections of a configuration that a policy chooses."""
APART = {*POLICY, "measures"}
"""Sections of a configuration that are valid, or not, whatever the others are."""
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
    """A task with what it takes: the pickled base configuration, the seed, the values of the factors at each point.

    `worlds` are the values of parameters in the world of each replicate; none where all live in that of the base.
    """

    task: Task
    base: bytes
    seed: int
    values: tuple[Mapping[str, Any], ...]
    model: ModelSource | None  # None: the compiled engine
    source: str
    worlds: tuple[Mapping[str, Any], ...] = ()
    record: bool = False
    lots: tuple[int, ...] = ()  # of each point, what its replicates are counted from; none: they are as they stand
    metrics: Mapping[str, MetricSource] = field(default_factory=dict)  # the user's own

    def frame(
        self,
        points: int | Sequence[int],
        replicates: Sequence[int],
        columns: Mapping[str, Any],
        error: str | None = None,
    ) -> pl.DataFrame:
        """Runs as rows of the schema of this work: `frame_of_runs`."""
        return frame_of_runs(
            points,
            replicates,
            self.seed,
            columns,
            error,
            record=self.record,
            metrics=[f"{OWN}{name}" for name in self.metrics],
        )


class OtherSource(RuntimeError):
    """A worker has another version of the model than the sweep."""


def do(work: Work) -> pl.DataFrame:
    """The runs of a task, as rows of `RUNS_SCHEMA`."""
    if work.source != source_hash():
        raise OtherSource(f"a worker has another version of the model ({source_hash()[:8]}, not {work.source[:8]})")
    replicates = work.task.replicates
    worlds = tuple(tuple(world.items()) for world in work.worlds)
    bases = _bases(work.base, replicates if worlds else (), worlds)
    done: list[tuple[int, Figures]] = []
    frames = []
    lots = work.lots or (0,) * len(work.task.points)
    for point, reference, values, lot in zip(work.task.points, work.task.references, work.values, lots, strict=True):
        simulate = functools.partial(_simulated, work, bases, values, reference, lot)
        try:
            done.append((point, simulate(replicates)))
        except Exception:  # whatever a model does wrong is data of its run
            frames += [_alone(work, point, replicate, simulate) for replicate in replicates]
    if done:
        points = [point for point, _ in done for _ in replicates]
        columns = {name: np.concatenate([figures[name] for _, figures in done]) for name in done[0][1]}
        frames.append(work.frame(points, [*replicates] * len(done), columns))
    return pl.concat(frames)


@functools.lru_cache(maxsize=4)
def _bases(pickled: bytes, replicates: tuple[int, ...], worlds: tuple[tuple[tuple[str, Any], ...], ...]) -> Bases:
    base: Configuration = pickle.loads(pickled)
    if not worlds:
        return base
    return {replicate: placed_in(base, dict(world)) for replicate, world in zip(replicates, worlds, strict=True)}


def _alone(work: Work, point: int, replicate: int, simulate: Callable[[Sequence[int]], Figures]) -> pl.DataFrame:
    """One run of a point of which not all runs come to their end."""
    try:
        return work.frame(point, [replicate], simulate([replicate]))
    except Exception as error:
        problem = f"{type(error).__name__}: {error}"
        return work.frame(point, [replicate], {}, problem)


def bases_of(design: Design, replicates: Sequence[int]) -> Bases:
    """The base of a design in the world of each of these replicates."""
    if design.worlds is None:
        return design.base
    return {replicate: placed_in(design.base, design.world(replicate)) for replicate in replicates}


def block_of(bases: Bases, values: Mapping[str, Any], replicates: Sequence[int]) -> Block:
    """The configurations of a point with these values, each with the replicates that are run in it."""
    if isinstance(bases, Configuration):
        return [(bases.with_values(values, source=VARIED) if values else bases, replicates)]
    own = [bases[replicate] for replicate in replicates]
    touched = POLICY | {path.partition(".")[0] for path in values}
    if touched <= APART and all(getattr(each, name) == getattr(own[0], name) for each in own for name in touched):
        # what the point changes is the same in every world, so that it is validated once
        changed = own[0].with_values(values, source=VARIED)
        some = {name: getattr(changed, name) for name in touched}
        own = [each.model_copy(update=some) for each in own]
    else:
        own = [each.with_values(values, source=VARIED) for each in own]
    return [(each, [replicate]) for each, replicate in zip(own, replicates, strict=True)]


def _simulated(
    work: Work, bases: Bases, values: Mapping[str, Any], reference: str, lot: int, replicates: Sequence[int]
) -> Figures:
    block = [(each, [lot + replicate for replicate in some]) for each, some in block_of(bases, values, replicates)]
    if work.record:
        return figures_with_record(block, work.seed)
    if work.metrics:
        return figures_with_metrics(block, work.seed, work.metrics, work.model)
    return results(*(_compiled(work, block, reference) if work.model is None else _mesa(work, block)))


def figures_with_record(block: Block, seed: int) -> Figures:
    """Figures of runs that keep a record. They have no twin: what is of it or against it is not among them."""
    kept = [run_recorded(configuration, seed, replicate) for configuration, some in block for replicate in some]
    books = np.concatenate([books for books, _ in kept])
    own = {name: column for name, column in results(books, books).items() if name not in AGAINST_TWIN}
    return own | {f"record_{name}": np.array([moments[name] for _, moments in kept]) for name in MOMENTS}


def figures_with_metrics(
    block: Block, seed: int, metrics: Mapping[str, MetricSource], model: ModelSource | None = None
) -> Figures:
    """Figures of runs made in full, each with its twin and measured by the user's own `metrics` as it ends.

    `model` None: on the compiled engine. Raises `MetricFailed` where a metric gives no number.
    """
    figures = [
        measured(configuration, simulated(configuration, seed, replicate, model), seed, replicate, metrics)
        for configuration, some in block
        for replicate in some
    ]
    return {name: np.concatenate([each[name] for each in figures]) for name in figures[0]}


def simulated(configuration: Configuration, seed: int, replicate: int, model: ModelSource | None) -> OneRun:
    """One run in full, with its cases, votes and twin; `model` None: on the compiled engine."""
    in_full = run_one if model is None else model.load().run_one
    found: OneRun = in_full(configuration, seed, replicate, ledger=True)
    return found


def measured(
    configuration: Configuration, one: OneRun, seed: int, replicate: int, metrics: Mapping[str, MetricSource]
) -> Figures:
    """The figures of one run in full, and what the user's own metrics give of it, in columns of one row."""
    own = own_figures(metrics, EndedRun(configuration, one, seed, replicate))
    return results(one.books, (one.twin or one).books) | {name: np.array([value]) for name, value in own.items()}


def _compiled(work: Work, block: Block, reference: str) -> Books:
    twins = TWINS.take(reference, block, work.seed)
    return run_block(block, work.seed, twins), twins.books


def _mesa(work: Work, block: Block) -> Books:
    assert work.model is not None
    model = work.model.load()
    found = [model.run_one(configuration, work.seed, replicate) for configuration, some in block for replicate in some]
    return np.concatenate([one.books for one in found]), np.concatenate([(one.twin or one).books for one in found])


def twins_of_block(block: Block, seed: int, years: Any = None) -> Twins:
    """The twins of all replicates of a block; `years` [replicate, year] as of `model.ensemble.run`."""
    parts, place = [], 0
    for configuration, some in block:
        parts.append(run_twins(configuration, seed, some, _rows(years, place, some)))
        place += len(some)
    replicates = tuple(replicate for part in parts for replicate in part.replicates)
    books = np.concatenate([part.books for part in parts]).view(np.recarray)
    return Twins(replicates, books, joined([part.choices for part in parts]))


def run_block(block: Block, seed: int, twins: Twins, years: Any = None) -> Any:
    """The books of all replicates of a block, beside their twins."""
    books, place = [], 0
    for configuration, some in block:
        beside = twins if tuple(some) == twins.replicates else twins.select(some)
        books.append(run(configuration, seed, some, beside, years=_rows(years, place, some)))
        place += len(some)
    return np.concatenate(books).view(np.recarray)


def _rows(years: Any, place: int, some: Sequence[int]) -> Any:
    return None if years is None else years[place : place + len(some)]


class SharedTwins:
    """Twins of blocks and reference worlds, run by the first task that needs them; those used last are kept."""

    def __init__(self, kept: int) -> None:
        self._lock = threading.Lock()
        self._kept = kept
        self._held: OrderedDict[Any, tuple[threading.Lock, list[Twins]]] = OrderedDict()

    def take(self, reference: str, block: Block, seed: int) -> Twins:
        """The twins of the replicates of a block in a reference world, that of its configurations."""
        with self._lock:
            key = reference, tuple(replicate for _, some in block for replicate in some), seed
            lock, twins = self._held.setdefault(key, (threading.Lock(), []))
            self._held.move_to_end(key)
            while len(self._held) > self._kept:
                self._held.popitem(last=False)
        with lock:
            if not twins:
                twins.append(twins_of_block(block, seed))
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
    metrics: Iterable[str] = (),
) -> pl.DataFrame:
    """Runs as rows of `RUNS_SCHEMA`, of one point or each of its own; `record` and `metrics` are of `runs_schema`.

    Figures that are not given are null; a run with one that is not finite is marked as failed.
    """
    rows = len(replicates)
    errors = [error] * rows if error else _not_finite(columns, rows)
    data: dict[str, Any] = {"point": point, "replicate": replicates, "seed": seed}
    data["status"] = ["failed" if problem else "ok" for problem in errors]
    data["error"] = errors
    schema = runs_schema(record=record, metrics=metrics)
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

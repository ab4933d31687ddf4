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
from typing import Any, NamedTuple

import numpy as np
import polars as pl

from agents.books import BOOKS, QUARTER, YEAR
from agents.foundation.compiled import source_hash
from analysis.results.folder import COLUMNS_SCHEMA, runs_schema
from analysis.results.quarters import QUARTERS_SCHEMA
from experiments.design.design import VARIED, Design, placed_in
from experiments.design.model_class import MetricSource, ModelSource
from experiments.running.ledgers import EndedRun, own_figures
from model.configuration import Configuration
from model.ensemble import OneRun, Twins, joined, room_for_quarters, run, run_one, run_recorded, run_twins
from model.metrics.columns import AGAINST_TWIN, DELAYS, results
from model.metrics.definition import own_name
from model.metrics.quarters import quarters_of
from model.record import MOMENTS

Bases = Configuration | Mapping[int, Configuration]
"""The base of all replicates, or the base in the world of each."""
Books = tuple[Any, Any]
"""Books of the runs of a point, and of their twins."""
Figures = dict[str, np.ndarray[Any, Any]]
"""Columns of the runs of a point."""
Simulated = tuple[Figures, Figures | None]
"""Columns of the runs of a point, and of their quarters [run, quarter] where these are kept."""
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
    over_time: bool = False
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
            metrics=map(own_name, self.metrics),
        )


class Done(NamedTuple):
    """The runs of a task, as rows of `RUNS_SCHEMA`, and where they are kept their quarters, as of `QUARTERS_SCHEMA`."""

    runs: pl.DataFrame
    quarters: pl.DataFrame | None = None


class OtherSource(RuntimeError):
    """A worker has another version of the model than the sweep."""


def do(work: Work) -> Done:
    """The runs of a task."""
    if work.source != source_hash():
        raise OtherSource(f"a worker has another version of the model ({source_hash()[:8]}, not {work.source[:8]})")
    replicates = work.task.replicates
    worlds = tuple(tuple(world.items()) for world in work.worlds)
    bases = _bases(work.base, replicates if worlds else (), worlds)
    done: list[tuple[int, Figures]] = []
    frames, quarters = [], [pl.DataFrame(schema=QUARTERS_SCHEMA)]
    lots = work.lots or (0,) * len(work.task.points)
    for point, reference, values, lot in zip(work.task.points, work.task.references, work.values, lots, strict=True):
        simulate = functools.partial(_simulated, work, bases, values, reference, lot)
        try:
            figures, by_quarter = simulate(replicates)
        except Exception:  # whatever a model does wrong is data of its run
            for replicate in replicates:
                run, its_quarters = _alone(work, point, replicate, simulate)
                frames.append(run)
                quarters.append(its_quarters)
        else:
            done.append((point, figures))
            quarters.append(frame_of_quarters(point, replicates, by_quarter))
    if done:
        points = [point for point, _ in done for _ in replicates]
        columns = {name: np.concatenate([figures[name] for _, figures in done]) for name in done[0][1]}
        frames.append(work.frame(points, [*replicates] * len(done), columns))
    runs = pl.concat(frames)
    if not work.over_time:
        return Done(runs)
    good = runs.filter(status="ok").select("point", "replicate")
    return Done(runs, pl.concat(quarters).join(good, on=["point", "replicate"], how="semi", maintain_order="left"))


@functools.lru_cache(maxsize=4)
def _bases(pickled: bytes, replicates: tuple[int, ...], worlds: tuple[tuple[tuple[str, Any], ...], ...]) -> Bases:
    base: Configuration = pickle.loads(pickled)
    if not worlds:
        return base
    return {replicate: placed_in(base, dict(world)) for replicate, world in zip(replicates, worlds, strict=True)}


def _alone(work: Work, point: int, replicate: int, simulate: Callable[[Sequence[int]], Simulated]) -> Any:
    """One run of a point of which not all runs come to their end, and its quarters."""
    problem, quarters = None, None
    try:
        figures, quarters = simulate([replicate])
    except Exception as error:
        figures, problem = {}, f"{type(error).__name__}: {error}"
    return work.frame(point, [replicate], figures, problem), frame_of_quarters(point, [replicate], quarters)


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
) -> Simulated:
    block = [(each, [lot + replicate for replicate in some]) for each, some in block_of(bases, values, replicates)]
    if work.record:
        return figures_with_record(block, work.seed), None
    own: Figures = {}
    if work.metrics or work.model:
        found = in_full(block, work.seed, work.model, ledger=bool(work.metrics))
        books, quarters = books_of(found)
        own = measured(found, block, work.seed, work.metrics)
    else:
        books, quarters = _compiled(work, block, reference)
    return results(*books) | own, quarters_of(*quarters) if work.over_time else None


def figures_with_record(block: Block, seed: int) -> Figures:
    """Figures of runs that keep a record. They have no twin: what is of it or against it is not among them."""
    kept = [run_recorded(configuration, seed, replicate) for configuration, some in block for replicate in some]
    books = np.concatenate([books for books, _ in kept])
    own = {name: column for name, column in results(books, books).items() if name not in AGAINST_TWIN}
    return own | {f"record_{name}": np.array([moments[name] for _, moments in kept]) for name in MOMENTS}


def in_full(block: Block, seed: int, model: ModelSource | None = None, *, ledger: bool = False) -> list[OneRun]:
    """Runs of a block in full, each with its twin; `model` None: compiled. `ledger` keeps cases and votes."""
    one = run_one if model is None else model.load().run_one
    return [one(configuration, seed, replicate, ledger=ledger) for configuration, some in block for replicate in some]


def measured(found: Sequence[OneRun], block: Block, seed: int, metrics: Mapping[str, MetricSource]) -> Figures:
    """What the user's own metrics give of the runs of a block, by column; raises `MetricFailed` for no number."""
    places = [(configuration, replicate) for configuration, some in block for replicate in some]
    own = [
        own_figures(metrics, EndedRun(configuration, one, seed, replicate))
        for (configuration, replicate), one in zip(places, found, strict=True)
    ]
    return {name: np.array([each[name] for each in own]) for name in own[0]}


def _compiled(work: Work, block: Block, reference: str) -> tuple[Books, Books]:
    twins = TWINS.take(reference, block, work.seed, by_quarter=work.over_time)
    ours = room_of_block(block) if work.over_time else None
    books = run_block(block, work.seed, twins, ours, QUARTER)
    return (books, twins.books), (ours, twins.quarters)


def room_of_block(block: Block) -> Any:
    """Room for the books [run, quarter] of the replicates of a block, as of `model.ensemble.run`."""
    rooms = [room_for_quarters(configuration, len(some)) for configuration, some in block]
    return rooms[0] if len(rooms) == 1 else BOOKS.empty(sum(map(len, rooms)), max(room.shape[1] for room in rooms))


def books_of(found: Sequence[OneRun]) -> tuple[Books, Books]:
    """The books of runs in full and of their twins, and those by quarter."""
    twins = [one.twin or one for one in found]
    books, others = (np.concatenate([each.books for each in worlds]) for worlds in (found, twins))
    quarters, theirs = (np.stack([each.quarters for each in worlds]) for worlds in (found, twins))
    return (books, others), (quarters, theirs)


def twins_of_block(block: Block, seed: int, periods: Any = None, every: int = YEAR) -> Twins:
    """The twins of all replicates of a block; `periods` [replicate, period] as of `model.ensemble.run`."""
    parts, place = [], 0
    for configuration, some in block:
        parts.append(run_twins(configuration, seed, some, _rows(periods, place, some), every))
        place += len(some)
    replicates = tuple(replicate for part in parts for replicate in part.replicates)
    books = np.concatenate([part.books for part in parts]).view(np.recarray)
    quarters = periods if every == QUARTER else None
    return Twins(replicates, books, joined([part.choices for part in parts]), quarters)


def run_block(block: Block, seed: int, twins: Twins, periods: Any = None, every: int = YEAR) -> Any:
    """The books of all replicates of a block, beside their twins."""
    books, place = [], 0
    for configuration, some in block:
        beside = twins if tuple(some) == twins.replicates else twins.select(some)
        books.append(run(configuration, seed, some, beside, periods=_rows(periods, place, some), every=every))
        place += len(some)
    return np.concatenate(books).view(np.recarray)


def _rows(periods: Any, place: int, some: Sequence[int]) -> Any:
    return None if periods is None else periods[place : place + len(some)]


class SharedTwins:
    """Twins of blocks and reference worlds, run by the first task that needs them; those used last are kept."""

    def __init__(self, kept: int) -> None:
        self._lock = threading.Lock()
        self._kept = kept
        self._held: OrderedDict[Any, tuple[threading.Lock, list[Twins]]] = OrderedDict()

    def take(self, reference: str, block: Block, seed: int, *, by_quarter: bool = False) -> Twins:
        """The twins of the replicates of a block in a reference world, that of its configurations.

        `by_quarter` asks for their books at the end of each quarter too.
        """
        with self._lock:
            key = reference, tuple(replicate for _, some in block for replicate in some), seed, by_quarter
            lock, twins = self._held.setdefault(key, (threading.Lock(), []))
            self._held.move_to_end(key)
            while len(self._held) > self._kept:
                self._held.popitem(last=False)
        with lock:
            if not twins:
                room = room_of_block(block) if by_quarter else None
                twins.append(twins_of_block(block, seed, room, QUARTER))
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


def frame_of_quarters(point: int, replicates: Sequence[int], quarters: Figures | None) -> pl.DataFrame:
    """Quarters of the runs of a point as rows of `QUARTERS_SCHEMA`; none where none were kept."""
    if quarters is None:
        return pl.DataFrame(schema=QUARTERS_SCHEMA)
    runs, count = quarters["weeks"].shape
    keys = {"replicate": np.repeat(replicates, count), "quarter": np.tile(np.arange(1, count + 1), runs)}
    columns = {name: column.ravel() for name, column in quarters.items()}
    # a run of fewer weeks than others of its block leaves room
    frame = pl.DataFrame({**keys, **columns}).filter(pl.col("weeks") > 0).with_columns(point=point)
    typed = (pl.col(name).cast(kind) for name, kind in QUARTERS_SCHEMA.items())
    return frame.with_columns(pl.col(pl.Float64).fill_nan(None)).select(typed)


def _not_finite(columns: Mapping[str, Any], rows: int) -> list[str | None]:
    """An error for each run with a figure that is not finite, else None; a delay may be undefined."""
    errors: list[str | None] = [None] * rows
    for name, values in columns.items():
        if name in COLUMNS_SCHEMA and name not in DELAYS:
            for row in np.flatnonzero(~np.isfinite(values)):
                errors[row] = errors[row] or f"{name} is not finite"
    return errors

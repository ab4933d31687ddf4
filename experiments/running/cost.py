"""Estimates of what a sweep takes, before it is begun: runs, time, memory and disk, from a few of its own points.

What a run costs is the processor's time, the median of the trials of a point, so that neither what is done once nor
what else the machine does counts. How much longer it takes by the clock is measured apart, with as many threads at work
as the sweep will have.
"""

import os
import sys
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import polars as pl

from agents.books import QUARTER
from analysis.statistics.estimates import summarise
from experiments.design.design import Design
from experiments.design.model_class import SHIPPED
from experiments.running.runner import plan, warm_up
from experiments.running.worker import (
    TWINS_KEPT,
    Bases,
    bases_of,
    block_of,
    frame_of_quarters,
    frame_of_runs,
    in_full,
    measured,
    room_of_block,
    run_block,
    twins_of_block,
)
from experiments.store.assembly import HELD, SORTED
from experiments.store.parquet import parquet
from model.metrics.columns import results
from model.metrics.quarters import quarters_of

BUDGET = 1.5
"""Seconds after which no further trial is begun."""
POINTS = 8
"""Points tried at most, evenly spread over the design, and replicates of each."""
ROUNDS = 3
"""Trials of each point at most."""
WEEKS = 26
"""Weeks simulated at most in a trial on the Mesa engine."""
COPIES = 3
"""Room that a table of runs takes while it is sorted and written, in its own size."""


class TimedTrial(NamedTuple):
    """One trial of a point: `seconds` of a processor for preparing it, for its twins, for its runs, and of the `clock`.

    `twin_bytes` are those of its twins as far as they are kept, `frame` has its runs, and `quarters` their quarters.
    """

    point: int
    seconds: tuple[float, float, float]
    clock: float
    twin_bytes: int
    frame: pl.DataFrame
    quarters: pl.DataFrame


def trials_of(design: Design, workers: int) -> list[TimedTrial]:
    """Compiled trials of points spread over the design, in as many threads as it has workers, until time is up."""
    points = list(range(0, design.points, max(1, design.points // POINTS)))[:POINTS] * ROUNDS
    bases, end = bases_of(design, _tried(design)), time.perf_counter() + BUDGET

    def begun(place: int) -> TimedTrial | None:
        return _trial(design, bases, points[place]) if place == 0 or time.perf_counter() < end else None

    with ThreadPoolExecutor(min(workers, os.cpu_count() or 1)) as pool:
        return [trial for trial in pool.map(begun, range(len(points))) if trial]


def _tried(design: Design) -> range:
    return range(design.first_replicate, design.first_replicate + min(design.replicates, POINTS))


def _trial(design: Design, bases: Bases, point: int) -> TimedTrial:
    clock, times = time.perf_counter(), [time.thread_time()]
    replicates = _tried(design)
    block = block_of(bases, design.values(point), replicates)
    times.append(time.thread_time())
    ours, theirs = (room_of_block(block) if design.over_time else None for _ in range(2))
    twins = twins_of_block(block, design.seed, theirs, QUARTER)
    times.append(time.thread_time())
    columns = results(run_block(block, design.seed, twins, ours, QUARTER), twins.books)
    frame = frame_of_runs(point, replicates, design.seed, columns)
    quarters = frame_of_quarters(point, replicates, None if ours is None else quarters_of(ours, theirs))
    times.append(time.thread_time())
    preparing, twinning, running = (later - sooner for sooner, later in pairwise(times))
    held: tuple[Any, ...] = (*twins.choices, theirs)
    size = sum(field.nbytes for field in held if hasattr(field, "nbytes"))
    return TimedTrial(point, (preparing, twinning, running), time.perf_counter() - clock, size, frame, quarters)


def typical(trials: Sequence[TimedTrial]) -> Any:
    """Seconds of a processor for preparing a point, its twins and its runs: means over points of the median of each."""
    points = {trial.point for trial in trials}
    medians = [np.median([trial.seconds for trial in trials if trial.point == point], axis=0) for point in points]
    return np.mean(medians, axis=0)


def busy(trials: Sequence[TimedTrial]) -> float:
    """Time of all trials by the clock, as a multiple of their time on a processor; at least 1."""
    return max(1.0, sum(trial.clock for trial in trials) / sum(sum(trial.seconds) for trial in trials))


def _on_mesa(design: Design) -> float:
    """Seconds of a processor for a run with its twin on the Mesa engine, in proportion to that of its first weeks."""
    model, base = (design.model or SHIPPED).load(), design.configuration(0)
    whole = base.scenario.time.weeks + base.scenario.time.burn_in
    weeks = min(WEEKS, whole)
    short = base.with_values({"scenario.time.weeks": weeks, "scenario.time.burn_in": 0})
    before = time.thread_time()
    try:
        model.run_one(short, design.seed, 0)
    except Exception:  # a model that fails does so in the sweep as well, where that is data of its run
        weeks = whole
    return (time.thread_time() - before) * whole / weeks


def _measured(design: Design) -> float:
    """Seconds of a processor for a run in full with its twin and the user's own metrics, on the compiled engine."""
    block, times = [(design.configuration(0, design.first_replicate), [design.lot(0, design.first_replicate)])], []
    for _ in range(ROUNDS):
        before = time.thread_time()
        with suppress(Exception):  # a metric that fails does so in the sweep as well, where that is data of its run
            measured(in_full(block, design.seed, ledger=True), block, design.seed, design.metrics)
        times.append(time.thread_time() - before)
    return float(np.median(times))


@dataclass(frozen=True)
class CostEstimate:
    """Estimated cost of a design; under a precision at least this, and in runs, time and disk at most `more` times.

    `twins` are runs of reference worlds; seconds are those of this machine as busy as it is, and `undisturbed` if it
    did nothing else; memory and disk are in bytes; `tried` runs were timed. `slower` is how many times as long a run
    takes for metrics of the user's own, 1 where there are none.
    """

    runs: int
    more: float
    worlds: int
    twins: int
    seconds: float
    undisturbed: float
    memory: int
    disk: int
    tried: int
    slower: float = 1.0


def estimated(design: Design, workers: int, *, processes: bool = False, elsewhere: bool = False) -> CostEstimate:
    """Estimate what a design takes with so many workers, by runs of at most about two seconds; writes nothing.

    The workers are threads, or `processes`; `elsewhere` they have processors of their own, taken to be like these.
    """
    warm_up(design.base)
    trials = trials_of(design, 1 if elsewhere else workers)
    firsts = {trial.point: trial for trial in reversed(trials)}
    runs = pl.concat(trial.frame for trial in firsts.values())
    tasks = plan(design)
    blocks = {
        (reference, design.lot(point, 0), task.replicates)
        for task in tasks
        for point, reference in zip(task.points, task.references, strict=True)
        if not design.record  # whose runs have no twin
    }
    twins = sum(len(replicates) for *_, replicates in blocks)
    of_each = trials[0].frame.height
    own_worlds = design.worlds is not None  # each run is then prepared by itself
    preparing, twinning, running = typical(trials) / (of_each if own_worlds else 1, of_each, of_each)
    mesa = design.engine == "mesa"
    if mesa:  # whose models carry their own twins
        twinning, running = 0.0, _on_mesa(design)
    slower = 1.0
    if design.metrics and not mesa:  # runs in full, each with its own twin
        before = (twinning * twins + running * design.runs) / design.runs
        twinning, running = 0.0, _measured(design)
        slower = max(1.0, running / before)
    prepared = design.runs if own_worlds else sum(len(task.points) for task in tasks)
    hands = workers if elsewhere else min(workers, os.cpu_count() or 1)
    undisturbed = float(preparing * prepared + twinning * twins + running * design.runs) / hands
    # each process holds the model and twins of its own
    apart = workers if (processes or mesa or design.record or design.metrics) and not elsewhere else 0
    block = max((len(replicates) for *_, replicates in blocks), default=0)
    twin_bytes = 0 if mesa else sum(trial.twin_bytes for trial in firsts.values()) / runs.height
    kept = (TWINS_KEPT * max(1, apart) + workers) * twin_bytes * block
    most_runs = design.points * design.most_replicates
    assembling = runs.estimated_size() / runs.height * min(SORTED * HELD, most_runs) * COPIES
    return CostEstimate(
        runs=design.runs,
        more=most_runs / design.runs,
        worlds=len({reference for reference, *_ in blocks}),
        twins=twins,
        seconds=undisturbed * (1.0 if elsewhere else busy(trials)),
        undisturbed=undisturbed,
        memory=int((1 + apart) * peak_memory() + kept + assembling),
        disk=_disk(design, list(firsts.values()), len(tasks)),
        tried=len(trials) * of_each,
        slower=slower,
    )


def _disk(design: Design, trials: Sequence[TimedTrial], parts: int) -> int:
    """Bytes at the peak, while runs and their quarters are assembled from parts."""
    runs, quarters = (pl.concat(getattr(trial, name) for trial in trials) for name in ("frame", "quarters"))
    tables = _bytes(runs, runs.height, design.runs, parts, 8.0 * runs.width / COPIES)
    tables += _bytes(quarters, runs.height, design.runs, parts)
    return int(tables + len(parquet(summarise(runs))) * design.points / len(trials))


def _bytes(tried: pl.DataFrame, of: int, runs: int, parts: int, least: float = 0.0) -> float:
    """Bytes of a table of so many runs, from that `of` those tried: what a file takes anyway, and what each run adds.

    It stands there in parts, sorted for assembly, and whole.
    """
    if tried.is_empty():
        return 0.0
    file, whole = len(parquet(tried.head(1))), len(parquet(tried))
    each = max(least, (whole - file) / max(1, of - 1))
    return parts * (file - each * of / tried.height) + 3 * runs * each


def peak_memory() -> int:
    """Bytes that this process has taken at its peak; a usual figure where the system does not say."""
    status = Path("/proc/self/status")
    if status.exists():  # what `getrusage` says of a process includes its parent
        lines = status.read_text("ascii").splitlines()
        return int(next(line for line in lines if line.startswith("VmHWM")).split()[1]) * 1024
    try:
        import resource
    except ImportError:  # Windows
        return 300 << 20
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)

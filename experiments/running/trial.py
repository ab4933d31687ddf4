"""Trials: how long the runs of a design take here, from a few of its own points, each tried several times.

What a run costs is the processor's time, the median of the trials of a point, so that neither what is done once nor
what else the machine does counts. How much longer it takes by the clock is measured apart, with as many threads at work
as the sweep will have.
"""

import os
import time
from collections import defaultdict
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import pairwise
from statistics import mean, median
from typing import Any

import polars as pl

from experiments.design.design import Design
from experiments.design.model_class import SHIPPED
from experiments.running.worker import frame_of_runs
from model.configuration import Configuration
from model.ensemble import run, run_twins
from model.metrics import results

BUDGET = 1.5
"""Seconds after which no further trial is begun."""
POINTS = 8
"""Points tried at most, and replicates of each: evenly spread over the design."""
ROUNDS = 3
"""Trials of each point at most."""


@dataclass(frozen=True)
class Trial:
    """What it takes, in seconds of a processor: to prepare a point, a run, and the run of a twin.

    `busy` is how many times as long the clock takes; `twin_bytes` are those of one twin that is kept, `frame` has the
    runs of one trial of each of the `points`, and `tried` runs were timed.
    """

    preparing: float
    running: float
    twins: float
    busy: float
    twin_bytes: int
    points: int
    tried: int
    frame: pl.DataFrame


@dataclass(frozen=True)
class _Once:
    """One trial of a point, in all its replicates."""

    point: int
    preparing: float
    running: float
    twins: float
    clock: float
    twin_bytes: int
    frame: pl.DataFrame


def trial_of(design: Design, workers: int) -> Trial:
    """Try points spread over the design, with as many threads as there are workers and processors for them."""
    threads = min(workers, os.cpu_count() or 1)
    step = max(1, design.points // POINTS)
    points = list(range(0, design.points, step))[:POINTS]
    end = time.perf_counter() + BUDGET
    if design.engine == "mesa":
        # one after the other: Python would hold up threads where the sweep has processes
        replicates, found = 1, _in_turn(lambda point: _on_mesa(design, point, end), points, 1, end)
        busy = _busy(design.base, design.seed, threads)
    else:
        replicates = min(design.replicates, POINTS)
        found = _in_turn(lambda point: _compiled(design, point, replicates), points * ROUNDS, threads, end)
        busy = _ratio(found)
    firsts = {once.point: once for once in reversed(found)}
    return Trial(
        preparing=_typical(found, lambda once: once.preparing),
        running=_typical(found, lambda once: once.running) / replicates,
        twins=_typical(found, lambda once: once.twins) / replicates,
        busy=busy,
        twin_bytes=round(mean(once.twin_bytes for once in firsts.values()) / replicates),
        points=len(firsts),
        tried=len(found) * replicates,
        frame=pl.concat(once.frame for once in firsts.values()),
    )


def _in_turn(once: Callable[[int], _Once], points: Sequence[int], threads: int, end: float) -> list[_Once]:
    """Trials of these points, the first of them in any case and others until time is up."""

    def begun(place: int) -> _Once | None:
        return once(points[place]) if place == 0 or time.perf_counter() < end else None

    with ThreadPoolExecutor(threads) as pool:
        return [found for found in pool.map(begun, range(len(points))) if found]


def _typical(found: Sequence[_Once], part: Callable[[_Once], float]) -> float:
    """Mean over points of the median of each."""
    of_point: dict[int, list[float]] = defaultdict(list)
    for once in found:
        of_point[once.point].append(part(once))
    return mean(map(median, of_point.values()))


def _ratio(found: Sequence[_Once]) -> float:
    """How many times as long as the processor the clock took, at least as long."""
    worked = sum(once.preparing + once.running + once.twins for once in found)
    return max(1.0, sum(once.clock for once in found) / worked)


def _busy(base: Configuration, seed: int, threads: int) -> float:
    """The same of compiled runs, for an engine whose own cannot be tried side by side."""
    short = base.with_values({"scenario.time.weeks": 52, "scenario.time.burn_in": 0})
    design = Design("", "", short, {}, seed, POINTS, pl.DataFrame({"point": [0]}))
    end = time.perf_counter() + BUDGET / 3
    return _ratio(
        _in_turn(lambda point: _compiled(design, point, POINTS), [0] * POINTS * ROUNDS * threads, threads, end)
    )


def _compiled(design: Design, point: int, replicates: int) -> _Once:
    clock, times = time.perf_counter(), [time.thread_time()]
    configuration = design.configuration(point)
    times.append(time.thread_time())
    twins = run_twins(configuration, design.seed, range(replicates))
    times.append(time.thread_time())
    columns = results(run(configuration, design.seed, range(replicates), twins), twins.books)
    frame = frame_of_runs(point, range(replicates), design.seed, columns)
    times.append(time.thread_time())
    preparing, twinning, running = (later - sooner for sooner, later in pairwise(times))
    size = sum(field.nbytes for field in twins.choices if hasattr(field, "nbytes"))
    return _Once(point, preparing, running, twinning, time.perf_counter() - clock, size, frame)


def _on_mesa(design: Design, point: int, end: float) -> _Once:
    """Steps until time is up, and the rest in proportion; its model carries its own twin."""
    clock, began = time.perf_counter(), time.thread_time()
    configuration = design.configuration(point)
    prepared = time.thread_time()
    model: Any = None
    try:
        model = (design.model or SHIPPED).load()(configuration=configuration, rng=design.seed, replicate=0)
        while model.week < model.last_week and (time.perf_counter() < end or model.week < 1):
            model.step()
        found = model.result
        frame = frame_of_runs(point, [0], design.seed, results(found.books, (found.twin or found).books))
    except Exception as error:  # data of its run in a sweep as well
        frame = frame_of_runs(point, [0], design.seed, {}, f"{type(error).__name__}: {error}")
    rest = model.last_week / max(1, model.week) if model else 1.0
    running = (time.thread_time() - prepared) * rest
    return _Once(point, prepared - began, running, 0.0, time.perf_counter() - clock, 0, frame)

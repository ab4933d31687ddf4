"""The runner: from a design to frames of runs. It computes and writes nothing.

Work is cut into tasks: a block of replicates at some points. Points come in a fixed shuffled order, so that what is
done so far is an even sample of the design. A worker that is lost costs its tasks under way, which are done again.
"""

import hashlib
import pickle
from collections import defaultdict, deque
from collections.abc import Generator, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, CancelledError, Future, wait
from itertools import pairwise

from agents.foundation.compiled import source_hash
from experiments.design.design import Design
from experiments.design.model_class import ModelSource
from experiments.running.executors import Workforce, lost
from experiments.running.worker import Done, Task, Work, do
from model.configuration import Configuration
from model.ensemble import run, run_twins
from model.errors import WorkersLost

MOST_IN_BLOCK = 50
SPEED = {"compiled": 5_000_000, "mesa": 40_000}
"""Perpetrator-weeks a second on one core, twin apart: roughly, for the size of tasks alone."""
SECONDS = 0.8
"""Intended length of a task."""
LOSSES = 5
"""Breakdowns in a row, with nothing done between them, after which a sweep gives up."""


def plan(design: Design) -> list[Task]:
    """All tasks of a design, in the order in which they should be done; the same on every machine.

    Of a design with a precision these are the tasks of its pilot.
    """
    first = design.first_replicate
    return tasks_for(design, dict.fromkeys(range(design.points), first + design.replicates), first, 0)


def tasks_for(design: Design, until: Mapping[int, int], first: int, number: int) -> list[Task]:
    """Tasks for the replicates from `first` to `until` [point], exclusive; `number` is that of the first task."""
    time, perpetrators = design.base.scenario.time, len(design.base.perpetrators)
    size = max(1, int(SECONDS * SPEED[design.engine] / ((time.weeks + time.burn_in) * perpetrators)))
    worlds: dict[str, list[int]] = defaultdict(list)
    for point in sorted(until, key=_shuffled):
        worlds[design.reference(point)].append(point)
    tasks: list[Task] = []
    last = max(until.values(), default=first)
    ends = sorted({*range(first, last, min(MOST_IN_BLOCK, size)), *until.values(), last})
    for start, end in pairwise(ends):
        replicates = tuple(range(start, end))
        # points of one world stand together, so that a task takes few twins
        wanted = [(point, world) for world, points in worlds.items() for point in points if until[point] >= end]
        most = max(1, size // len(replicates))
        for at in range(0, len(wanted), most):
            points, references = zip(*wanted[at : at + most], strict=True)
            tasks.append(Task(_name(number + len(tasks), replicates, points), replicates, points, references))
    return tasks


def _name(number: int, replicates: Sequence[int], points: Sequence[int]) -> str:
    """Name of a task's part; it tells apart tasks of other content."""
    content = hashlib.blake2b(f"{replicates} {points}".encode(), digest_size=4).hexdigest()
    return f"part-{number:06d}-{content}.parquet"


def _shuffled(point: int) -> bytes:
    return hashlib.blake2b(str(point).encode(), digest_size=8).digest()


def warm_up(configuration: Configuration) -> None:
    """Compile the model, or load it compiled, by a run of one week."""
    short = configuration.with_values({"scenario.time.weeks": 1, "scenario.time.burn_in": 0})
    run(short, 0, [0], run_twins(short, 0, [0]))


def run_tasks(
    design: Design, tasks: Sequence[Task], workforce: Workforce, model: ModelSource | None = None
) -> Generator[tuple[Task, Done], None, None]:
    """Do tasks; yields each with what it gave as it is done, in no particular order. Raises `WorkersLost`."""
    base, source = pickle.dumps(design.base), source_hash()
    queue, waiting = deque(tasks), dict[Future[Done], Task]()
    breakdowns = 0
    try:
        while queue or waiting:
            # few at a time: an interruption then waits for the tasks under way only
            while queue and len(waiting) < 2 * workforce.workers:
                task = queue.popleft()
                values = tuple(design.values(point) for point in task.points)
                lots = tuple(design.lot(point, 0) for point in task.points)
                worlds = () if design.worlds is None else tuple(map(design.world, task.replicates))
                work = Work(
                    *(task, base, design.seed, values, model, source, worlds, design.record, lots),
                    over_time=design.over_time,
                    metrics=design.metrics,
                )
                try:
                    waiting[workforce.submit(do, work)] = task
                except RuntimeError as error:
                    if not lost(error):
                        raise
                    queue.appendleft(task)
                    break
            broken = bool(queue) and not waiting
            for future in wait(waiting, return_when=FIRST_COMPLETED).done if waiting else ():
                task = waiting.pop(future)
                problem = CancelledError() if future.cancelled() else future.exception()
                if problem is None:
                    breakdowns = 0
                    yield task, future.result()
                elif lost(problem):
                    queue.appendleft(task)
                    broken = True
                else:
                    raise problem
            if broken:
                breakdowns += 1
                queue.extendleft(waiting.values())
                waiting.clear()
                workforce.close()
                if breakdowns > LOSSES:
                    raise WorkersLost("workers keep failing; if memory is short, use fewer --workers")
    finally:
        workforce.close()

"""Sweeps: an experiment run to its end, into a folder that can be interrupted and taken up again."""

import os
from collections.abc import Callable, Mapping
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from agents.compiled import cache_folder
from analysis.results import Results, open_results
from experiments.design import Design, full_factorial
from experiments.experiment import load_experiment
from experiments.provenance import manifest_of
from experiments.runner import plan, run_tasks, warm_up
from experiments.store import open_store


@dataclass(frozen=True)
class Progress:
    """How far a sweep is, in runs; `found` of those done were there at the start."""

    done: int
    runs: int
    found: int


Report = Callable[[Progress], None]


def compiled_already() -> bool:
    """Whether the model has been compiled on this machine before."""
    return any(cache_folder().glob("*/*.nbc"))


def default_workers() -> int:
    """Threads to use: the processors that this process may run on."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


@dataclass(frozen=True)
class Sweep:
    """An experiment with what the user changed, ready to run into a folder."""

    experiment: str | Path
    out: Path | None = None
    changes: Mapping[str, Any] = field(default_factory=dict)
    overrides: Mapping[str, Any] = field(default_factory=dict)

    def design(self) -> Design:
        """The design; raises `ConfigurationError` where the experiment or a point of it is wrong."""
        return full_factorial(load_experiment(self.experiment, self.changes), self.overrides)

    @property
    def folder(self) -> Path:
        """Where the results go."""
        return self.out or Path("results") / Path(self.experiment).stem


def run_sweep(
    experiment: str | Path,
    out: str | Path | None = None,
    *,
    workers: int | None = None,
    replicates: int | None = None,
    seed: int | None = None,
    overrides: Mapping[str, Any] | None = None,
    fresh: bool = False,
) -> Results:
    """Run an experiment, by shipped name or path, into a folder, or go on where that was left; returns its results.

    `fresh` starts anew where the folder holds results of another design or version of the model.
    """
    given = {"replicates": replicates, "seed": seed}
    changes = {name: value for name, value in given.items() if value is not None}
    sweep = Sweep(experiment, Path(out) if out else None, changes, overrides or {})
    return carry_out(sweep.design(), sweep.folder, workers or default_workers(), fresh=fresh)


def carry_out(
    design: Design, folder: Path, workers: int, *, fresh: bool = False, report: Report | None = None
) -> Results:
    """Run what a folder lacks of a design; interrupted, it leaves a folder that a second call completes."""
    store = open_store(folder, manifest_of(design, "sweep", "compiled"), design.frame, fresh=fresh)
    planned = plan(design)
    store.keep_parts({task.name for task in planned})
    tasks = [task for task in planned if not store.has_part(task.name, task.rows)]
    found = done = design.runs - sum(task.rows for task in tasks)
    try:
        if tasks:
            warm_up(design.base)
        with closing(run_tasks(design, tasks, workers)) as finished:
            for task, runs in finished:
                store.save_part(task.name, runs)
                done += task.rows
                if report:
                    report(Progress(done, design.runs, found))
    finally:
        store.save_manifest()
    store.complete()
    return open_results(folder)

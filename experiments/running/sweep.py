"""Sweeps: an experiment run to its end, into a folder that can be interrupted and taken up again."""

import multiprocessing
import warnings
from collections.abc import Callable, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from analysis.results.folder import Results, open_results
from analysis.results.manifest import Manifest
from experiments.design.design import Design, design_of
from experiments.design.experiment import load_experiment
from experiments.design.model_class import GUARD, SHIPPED, ModelSource
from experiments.design.points import at_points
from experiments.design.replication import replicates_wanted
from experiments.running.executors import Workforce, number_of_workers, processes, threads
from experiments.running.runner import plan, run_tasks, tasks_for, warm_up
from experiments.running.worker import Task
from experiments.store.provenance import manifest_of, mended
from experiments.store.store import Store, open_store
from model.display.cards import Card, html
from model.display.progress import Bar, in_notebook
from model.errors import ConfigurationError


@dataclass(frozen=True)
class Progress:
    """Runs done and failed of all runs of a sweep; `found` of those done were there at the start."""

    done: int
    runs: int
    found: int
    failed: int = 0


Report = Callable[[Progress], None]


@dataclass(frozen=True)
class Sweep:
    """An experiment with what the user changed, ready to run into a folder.

    `changes` replace entries of the experiment, unless they are None; `overrides` set parameters by path.
    """

    experiment: str | Path
    out: Path | None = None
    changes: Mapping[str, Any] = field(default_factory=dict)
    overrides: Mapping[str, Any] = field(default_factory=dict)

    def design(self) -> Design:
        """The design; raises `ConfigurationError` where the experiment or a point of it is wrong."""
        changes = {name: value for name, value in self.changes.items() if value is not None}
        return design_of(load_experiment(self.experiment, changes), self.overrides)

    def _repr_html_(self) -> str:
        try:
            return html(self.design().card(self.folder))
        except ConfigurationError as error:
            return html(Card(str(self.experiment), f"cannot be run: {error}"))

    @property
    def folder(self) -> Path:
        """Folder of the results: the one asked for, or `results/` with the name of the experiment."""
        return self.out or Path("results") / Path(self.experiment).stem


def run_sweep(
    experiment: str | Path,
    out: str | Path | None = None,
    *,
    workers: int | None = None,
    replicates: int | None = None,
    seed: int | None = None,
    overrides: Mapping[str, Any] | None = None,
    points: Any = None,
    fresh: bool = False,
) -> Results:
    """Run an experiment, by shipped name or path, into a folder, or go on where that was left; returns its results.

    `points` replace the experiment's factors and design: a frame, or the values of each factor by path, a row for each
    point. `fresh` starts anew where the folder holds results of another design or version of the model.
    """
    changes = {"replicates": replicates, "seed": seed, **({} if points is None else at_points(points))}
    sweep = Sweep(experiment, Path(out) if out else None, changes, overrides or {})
    return carry_out(sweep.design(), sweep.folder, workers, fresh=fresh)


def workforce_for(design: Design, workers: int | None, *, apart: bool = False) -> Workforce:
    """The workers of this machine for a design: threads, or processes where Python would hold them up.

    That is on the Mesa engine, where each run keeps a record, and where functions of the user's own measure runs.

    `workers` None: one for each processor. `apart` asks for processes in any case.
    """
    local = processes if apart or design.engine == "mesa" or design.record or design.metrics else threads
    return local(number_of_workers(workers))


def carry_out(
    design: Design,
    folder: Path,
    workers: Workforce | int | None = None,
    *,
    fresh: bool = False,
    retry_failed: bool = False,
    report: Report | None = None,
    warn: Callable[[str], None] = warnings.warn,
) -> Results:
    """Run what a folder lacks of a design; interrupted, it leaves a folder that a second call completes.

    `workers` are so many of this machine, by default one for each processor, or those of a `Workforce`.
    `retry_failed` does tasks again in which a run failed. `warn` is given a line for the user where a part was damaged.
    """
    if getattr(multiprocessing.current_process(), "_inheriting", False):  # while it runs the script that began it
        problem = (
            "a worker process runs this script again and starts another sweep; "
            f"put code that should run only once below {GUARD}"
        )
        raise ConfigurationError(problem)
    workforce = workers if isinstance(workers, Workforce) else workforce_for(design, workers)
    manifest = sweep_manifest(design)
    if retry_failed:
        manifest = mended(manifest, folder)
    with open_store(folder, manifest, design.frame, design.worlds, fresh=fresh, warn=warn) as store:
        bar = Bar(design.title, design.runs) if report is None and in_notebook() else None
        if bar:
            report = shown_on(bar)
        sweep = _Progress(design, store, workforce, retry_failed, report)
        pilot = plan(design)
        if not design.precision:
            store.keep({task.name for task in pilot})
        sweep.do(pilot)
        if design.precision:
            wanted = replicates_wanted(design, store.runs_of(task.name for task in pilot))
            after = tasks_for(design, wanted, design.first_replicate + design.replicates, len(pilot))
            store.keep({task.name for task in (*pilot, *after)})
            sweep.do(after)
        store.complete()
        if bar:
            bar.close(sweep.runs, sweep.failed)
    return open_results(folder)


def shown_on(bar: Bar, before: int = 0, runs: int = 0) -> Report:
    """A report that shows on a bar how far a sweep is; of several `before` runs are done, out of so many in all."""
    return lambda now: bar.show(before + now.done, max(runs, before + now.runs), now.failed)


def sweep_manifest(design: Design) -> Manifest:
    """The manifest of a sweep before anything is done."""
    return manifest_of(design, "sweep", design.engine, model_of(design))


def model_of(design: Design) -> ModelSource | None:
    """The class that a design runs on the Mesa engine; None on the compiled engine."""
    return None if design.engine == "compiled" else design.model or SHIPPED


class _Progress:
    """A sweep under way: what is done of its tasks."""

    def __init__(
        self, design: Design, store: Store, workforce: Workforce, retry_failed: bool, report: Report | None
    ) -> None:
        self.design, self.store, self.workforce = design, store, workforce
        self.retry_failed, self.report = retry_failed, report
        self.done = self.found = self.runs = self.failed = 0

    def do(self, planned: Sequence[Task]) -> None:
        """Do the tasks that the folder lacks."""
        parts = self.store.manifest.parts
        there = {task.name: task for task in planned if self._there(task)}
        tasks = [task for task in planned if task.name not in there]
        found = sum(task.rows for task in there.values())
        self.runs += sum(task.rows for task in planned)
        self.done, self.found = self.done + found, self.found + found
        self.failed += sum(parts[name].failed for name in there)
        self.store.progress(self.done, self.runs)
        if tasks:
            warm_up(self.design.base)
        with closing(run_tasks(self.design, tasks, self.workforce, model_of(self.design))) as finished:
            for task, done in finished:
                self.store.save_part(task.name, done.runs, done.quarters)
                self.done += task.rows
                self.store.progress(self.done, self.runs)
                self.failed += parts[task.name].failed
                if self.report:
                    self.report(Progress(self.done, self.runs, self.found, self.failed))

    def _there(self, task: Task) -> bool:
        there = self.store.has(task.name, task.rows)
        return there and not (self.retry_failed and self.store.manifest.parts[task.name].failed)

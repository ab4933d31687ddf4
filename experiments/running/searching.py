"""Searches for doctrines from Python: their stages are sweeps in folders below one."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from analysis.results.folder import Results
from analysis.results.manifest import SEARCHED
from analysis.search.answer import Found
from experiments.design.design import Design
from experiments.running.executors import number_of_workers
from experiments.running.sweep import carry_out, shown_on
from experiments.search.search import expected_runs, search_by_stages
from experiments.search.stages import plan_of
from experiments.store.files import own, write
from model.display.progress import Bar, in_notebook


def search(
    experiment: str | Path,
    folder: str | Path,
    changes: Mapping[str, int | None] | None = None,
    overrides: Mapping[str, Any] | None = None,
    workers: int | None = None,
    *,
    fresh: bool = False,
) -> Found:
    """Search for robust doctrines into a folder, as `deter search` does, without its tables and figures.

    What the folder holds is not run again; `fresh` starts anew where it holds another design. `changes` are numbers in
    place of the experiment's (`trials`, `worlds`, `replicates`, `seed`), `overrides` parameters by path. Raises
    `ConfigurationError` where the experiment is none that can be searched.
    """
    number_of_workers(workers)
    plan, done, failed = plan_of(experiment, changes or {}, overrides), 0, 0
    bar = Bar(plan.experiment.title, expected_runs(plan)) if in_notebook() else None

    def carry(name: str, design: Design, again: bool) -> Results:
        nonlocal done, failed
        report = shown_on(bar, done, expected_runs(plan)) if bar else None
        place = own(Path(folder), *name.split("/"))
        results = carry_out(design, place, workers, fresh=fresh or again, report=report)
        ran, broke = results.counts
        done, failed = done + ran, failed + broke
        return results

    found, results = search_by_stages(plan, carry)
    if bar:
        bar.close(done, failed)
    write(results.folder / SEARCHED, (found.model_dump_json(indent=1) + "\n").encode())
    return found

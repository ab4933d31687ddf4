"""A single run in full: the weekly series, and its folder with the ledgers of cases, of votes and of acts."""

from pathlib import Path
from typing import Any, Literal, get_args

import numpy as np

from analysis.results.folder import Results, open_results
from analysis.results.identity import digest
from analysis.results.manifest import SERIES
from analysis.results.table_files import csv
from experiments.design.design import Design, world_of
from experiments.running.ledgers import records, series_frame
from experiments.running.worker import frame_of_runs
from experiments.store.files import write
from experiments.store.provenance import manifest_of
from experiments.store.store import open_store
from model.configuration import Configuration, load_configuration
from model.ensemble import OneRun, run_one
from model.errors import ConfigurationError, nearest_name
from model.metrics.columns import results

Engine = Literal["compiled", "mesa"]


def run_single(
    configuration: Configuration, seed: int, replicate: int, engine: Engine, *, ledger: bool, acts: bool = False
) -> OneRun:
    """One run and its twin on either engine, with cases and votes (`ledger`) and every act (`acts`) if asked for.

    Raises `ConfigurationError` for another engine, and for what is no seed.
    """
    if engine not in get_args(Engine):
        allowed, nearest = ", ".join(get_args(Engine)), nearest_name(str(engine), get_args(Engine))
        raise ConfigurationError("is no engine", key="engine", value=engine, allowed=allowed, nearest=nearest)
    if engine == "mesa":
        from model.deterrence import DeterrenceModel

        return DeterrenceModel.run_one(configuration, seed, replicate, ledger=ledger, acts=acts)
    return run_one(configuration, seed, replicate, ledger=ledger, acts=acts)


def columns_of(run: OneRun) -> dict[str, np.ndarray[Any, Any]]:
    """The figures of a run beside its twin; of a run without one, beside itself."""
    return results(run.books, (run.twin or run).books)


def save_run(folder: Path, design: Design, run: OneRun, engine: Engine, *, ledger: bool, acts: bool = False) -> Results:
    """Write a run into a folder, in place of a run that is there already."""
    with open_store(folder, manifest_of(design, "run", engine), design.frame, replace_run=True) as store:
        runs = frame_of_runs(0, [design.first_replicate], design.seed, columns_of(run))
        store.save(SERIES, series_frame(design.base, run))
        for name, frame in records(design.base, run, ledger=ledger, acts=acts).items():
            store.save(name, frame)
            write((folder / name).with_suffix(".csv"), csv(frame))
        store.finish(runs)
    return open_results(folder)


def folder_name(
    scenario: str, doctrine: str, seed: int, number: int, configuration: Configuration, kind: str = "run"
) -> str:
    """Default folder of a single run of this number, or of so many; what is not as shipped is told by its content."""
    name = f"{kind}-{Path(scenario).stem}-{Path(doctrine).stem}-seed{seed}-{number}"
    content = world_of(configuration)
    try:
        shipped = content == world_of(load_configuration(Path(scenario).stem, Path(doctrine).stem))
    except ConfigurationError:
        shipped = False
    return name if shipped else f"{name}-{digest(content)[:6]}"

"""A single run in full: the weekly series, and its folder with the ledgers of cases, of votes and of acts."""

from datetime import timedelta
from pathlib import Path
from typing import Any, Literal, get_args

import numpy as np
import polars as pl

from agents.books import CLASSES
from analysis.results.folder import Results, open_results
from analysis.results.identity import digest
from analysis.results.manifest import ACTS, LEDGER, SERIES, VOTES, VOTES_BY_MEMBER
from analysis.results.single_run import PHASE
from analysis.results.table_files import csv
from experiments.design.design import Design, world_of
from experiments.running.ledgers import acts_frame, ledger_frame, votes_by_member_frame, votes_frame
from experiments.running.worker import frame_of_runs
from experiments.store.files import write
from experiments.store.provenance import manifest_of
from experiments.store.store import open_store
from model.configuration import Configuration, Doctrine, load_configuration
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


def records(configuration: Configuration, run: OneRun, *, ledger: bool, acts: bool) -> dict[str, pl.DataFrame]:
    """What is kept of a run one by one, by the names of its tables: cases and votes, and every act."""
    frames = {LEDGER: ledger_frame, VOTES: votes_frame, VOTES_BY_MEMBER: votes_by_member_frame} if ledger else {}
    frames |= {ACTS: acts_frame} if acts else {}
    return {name: frame(configuration, run) for name, frame in frames.items()}


def series_frame(configuration: Configuration, run: OneRun) -> pl.DataFrame:
    """Weeks in rows: `week`, `date`, the series of the world, then of the twin (`twin_…`); acts by activity, phases.

    Classes against the twin are of the world alone.
    """
    time, weeks = configuration.scenario.time, len(run.series)
    first = time.start + timedelta(weeks=time.burn_in)
    columns: dict[str, Any] = {
        "week": np.arange(time.burn_in, time.burn_in + weeks),
        "date": [first + timedelta(weeks=week) for week in range(weeks)],
    }
    worlds = {"": run, "twin_": run.twin} if run.twin else {"": run}
    for prefix, world in worlds.items():
        names = [name for name in world.series.dtype.names if not (prefix and name in CLASSES)]
        columns |= {prefix + name: np.array(world.series[name]) for name in names}
    for prefix, world in worlds.items():
        acts = zip(configuration.activities, world.rungs.T, strict=True)
        columns |= {f"{prefix}acts_{name}": np.array(number) for name, number in acts}
    policies = {"": configuration.doctrine, "twin_": configuration.reference.doctrine}
    for prefix, world in worlds.items():
        columns |= {f"{prefix}{PHASE}{name}": held for name, held in phases_held(policies[prefix], world).items()}
    return pl.DataFrame(columns)


def phases_held(doctrine: Doctrine, run: OneRun) -> dict[str, np.ndarray[Any, Any]]:
    """By phase of its doctrine, whether it held in each week counted of a run: 1, else 0."""
    return {name: run.phases >> bit & 1 for bit, name in enumerate(doctrine.phases)}


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

"""Many runs of one world and their figures year by year, in a folder of results like that of a sweep."""

from collections.abc import Collection
from dataclasses import replace
from pathlib import Path

import numpy as np
import polars as pl

from agents.books import YEAR
from analysis.results.folder import Results, open_results
from experiments.design.design import Design, carrying, check_run_count, single_point
from experiments.running.worker import bases_of, block_of, frame_of_runs, run_block, twins_of_block
from experiments.store.provenance import manifest_of
from experiments.store.store import open_store
from model.configuration import Configuration
from model.ensemble import room_for_years
from model.errors import ConfigurationError
from model.metrics.columns import results, results_by_year

LEAST = 2
"""Years without which there is no trend."""
BLOCK = 50
"""Replicates whose twins are held at once."""


def years_design(
    configuration: Configuration,
    seed: int,
    replicates: int,
    title: str,
    uncertainty: str | None = None,
    stated: Collection[str] = (),
) -> Design:
    """The design of many runs of one world, or under an `uncertainty` of one each in many.

    What is `stated` by path then stands. Raises `ConfigurationError` where they count fewer than two years.
    """
    if (weeks := configuration.scenario.time.weeks) < LEAST * YEAR:
        problem, allowed = "are too few weeks for a trend over years", f"{LEAST * YEAR} or more"
        raise ConfigurationError(problem, key="scenario.time.weeks", value=weeks, allowed=allowed)
    check_run_count(1, replicates)
    design = single_point(configuration, seed, 0, title, "Do levels hold from year to year, or do they drift?")
    return carrying(replace(design, replicates=replicates, most_replicates=replicates), uncertainty, stated)


def run_years(design: Design) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The runs of a design of one point, and the same by year, whose number from 0 stands in place of the point."""
    whole, yearly = [], []
    for first in range(0, design.replicates, BLOCK):
        some = range(first, min(first + BLOCK, design.replicates))
        ours, theirs = (room_for_years(design.base, len(some)) for _ in range(2))
        block = block_of(bases_of(design, some), {}, some)
        twins = twins_of_block(block, design.seed, theirs)
        books = run_block(block, design.seed, twins, ours)
        whole.append(frame_of_runs(0, some, design.seed, results(books, twins.books)))
        columns = {name: column.ravel() for name, column in results_by_year(ours, theirs).items()}
        count = ours.shape[1]
        places = np.tile(np.arange(count), len(some)).tolist(), np.repeat(some, count).tolist()
        yearly.append(frame_of_runs(*places, design.seed, columns))
    return pl.concat(whole), pl.concat(yearly)


def save_years(folder: Path, design: Design, runs: pl.DataFrame, *, fresh: bool) -> Results:
    """Write the runs into a folder, in which the same are kept; raises `ConfigurationError` where it holds others."""
    manifest = manifest_of(design, "sweep", "compiled")
    with open_store(folder, manifest, design.frame, design.worlds, fresh=fresh) as store:
        store.finish(runs)
    return open_results(folder)

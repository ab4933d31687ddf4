"""How often each measure was taken against whom: counted in the cases of runs, of which the books keep categories."""

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
import polars as pl

from analysis.decomposition.forgoing import TO_WHOM
from model.configuration import Configuration
from model.ensemble import run_with_cases

TAKEN_SCHEMA: dict[str, Any] = {
    "doctrine": pl.String(),
    "replicate": pl.Int64(),
    "measure": pl.String(),
    "kind": pl.String(),  # of the perpetrator whom it bites or addresses, or nobody
    "times": pl.Int64(),  # that it was taken in the weeks that count
    "years": pl.Float64(),  # that the run counts
}


def times_taken(configuration: Configuration, seed: int, replicate: int) -> np.ndarray[Any, np.dtype[np.int64]]:
    """Times [measure, kind] that each measure was taken in a run after its burn-in; the last kind is nobody.

    A measure is taken against the perpetrator that it bites or addresses, be that the suspect, its sponsor, or the
    state from whose territory it acts: whom the Union takes for the author, rightly or not.
    """
    world, _, tracks = run_with_cases(configuration, seed, replicate)
    counted = tracks[tracks["adopted"] >= configuration.scenario.time.burn_in]
    target = counted["target"]
    kind = np.where(target >= 0, world.perpetrators["kind"][np.maximum(target, 0)], len(TO_WHOM) - 1)
    times = np.zeros((len(configuration.measures), len(TO_WHOM)), np.int64)
    np.add.at(times, (counted["measure"], kind), 1)
    return times


def taken_by_kind(
    runs: Sequence[tuple[str, int, int, Configuration]], seed: int, workers: int | None = None
) -> pl.DataFrame:
    """How often each measure on cases was taken against each kind, in runs given as doctrine, replicate, lot and world.

    Columns are those of `TAKEN_SCHEMA`; a lot is the number under which the run draws. Standing programmes are taken on
    no case, and have no rows.
    """
    with ThreadPoolExecutor(workers) as pool:
        counts = pool.map(lambda each: times_taken(each[3], seed, each[2]), runs)
        rows = [row for each, times in zip(runs, counts, strict=True) for row in _rows(*each, times)]
    return pl.DataFrame(rows, schema=TAKEN_SCHEMA, orient="row")


def _rows(doctrine: str, replicate: int, _: int, configuration: Configuration, times: Any) -> Iterator[Any]:
    years = configuration.scenario.time.weeks / 52.0
    for (name, measure), own in zip(configuration.measures.items(), times.tolist(), strict=True):
        if measure.occasion == "case":
            for kind, number in zip(TO_WHOM, own, strict=True):
                yield doctrine, replicate, name, kind, number, years

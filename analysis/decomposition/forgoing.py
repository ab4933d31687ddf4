"""What forgoing one measure of the toolbox changes, and how often each was taken, by kind of perpetrator.

A doctrine that forgoes a measure is the same doctrine, which announces and does what it still can. Both worlds meet the
same random numbers, replicate by replicate.
"""

from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Any

import numpy as np
import polars as pl

from agents.catalogue import KINDS
from analysis.decomposition.contributions import estimate_forms
from analysis.decomposition.games import Removal, removals
from analysis.results.folder import Results
from analysis.results.tables import TABLES, read_table
from analysis.statistics.contrasts import contrast, influences
from analysis.statistics.ratio import Ratio
from analysis.statistics.simultaneous import simultaneous
from model.metrics.columns import part_of

ALL, NOBODY = "all", "nobody"
"""In the place of a kind of perpetrator: all of them, and measures that address no perpetrator in particular."""
TO_WHOM = (*KINDS, NOBODY)
"""Whom measures bite or address."""
TAKEN = "taken"
"""How often a measure was taken: a table of the folder, replicate by replicate, and a column."""
ROOM = 1 << 30
"""Cells that the table may have."""
COST = "eu_cost"
CHANGES = {
    "deterrence": "deterrence_rate",
    "escalation": "escalation_rate",
    "severe_averted": "severe_averted",
    "harm_averted": "harm_averted",
    "cost": COST,
}
"""What is told of forgoing a measure: name of the column, and the metric; all but the cost by kind as well."""


def kinds_of(results: Results) -> list[str]:
    """All perpetrators, and the kinds that there are in the world of a folder."""
    there = {results.configuration.kind(name) for name in results.configuration.perpetrators}
    return [ALL, *(kind for kind in KINDS if kind in there)]


def of_kind(metric: str, kind: str) -> str | None:
    """The metric of one kind of perpetrator alone, or of all; None where there is none."""
    if kind == ALL:
        return metric
    return None if metric == COST or kind == NOBODY else part_of(metric, kind)


def taken_of(results: Results) -> pl.DataFrame | None:
    """How often measures were taken in each replicate of a folder; None where that was not counted in its runs.

    Columns are `doctrine`, `replicate`, `measure`, `kind`, `times` and `years`.
    """
    path = results.folder / TABLES / f"{TAKEN}.parquet"
    if not path.exists():
        return None
    table = read_table(path, ROOM)
    return table.frame if results.manifest.stamp in table.note else None


@lru_cache(maxsize=2)  # for table, figure, findings and screen
def measures_by_kind(results: Results) -> pl.DataFrame:
    """Each measure and kind of perpetrator: how often a year it was taken, and what forgoing it changes.

    Columns are `doctrine`, `measure`, `category`, `kind`, then `taken` and each of `CHANGES` with `_low` and `_high`,
    `told` (the changes that hold where those of all measures are to hold together, with their direction) and `n`. The
    change is that of the doctrine without the measure less the doctrine with it.
    """
    taken = taken_of(results)
    frames = []
    for doctrine, removal in removals(results).items():
        frame = _rows(results, doctrine, removal)
        counts = None if taken is None else taken.filter(doctrine=doctrine)
        frames.append(frame.join(_counted(removal, counts), on=["measure", "kind"], how="left", maintain_order="left"))
    ends = [f"{name}{end}" for name in (TAKEN, *CHANGES) for end in ("", "_low", "_high")]
    found = pl.concat(frames)
    return found.select("doctrine", "measure", "category", "kind", *ends, "told", "n")


def _rows(results: Results, doctrine: str, removal: Removal) -> pl.DataFrame:
    """What forgoing each measure changes under a doctrine, of each kind."""
    measures = results.configuration.measures
    keys = [(name, kind) for name in removal.without for kind in (*kinds_of(results), NOBODY)]
    categories = [measures[name].category for name, _ in keys]
    columns: dict[str, Any] = {"doctrine": [doctrine] * len(keys), "measure": [name for name, _ in keys]}
    columns |= {"category": categories, "kind": [kind for _, kind in keys]}
    told: list[list[str]] = [[] for _ in keys]
    n = np.zeros(len(keys), np.int64)
    for change, metric in CHANGES.items():
        ends = np.full((3, len(keys)), np.nan)
        for place, each, way in _changes(results, removal, metric):
            row = keys.index(place)
            ends[:, row], n[row] = each[:3], max(n[row], int(each[3]))
            if way:
                told[row].append(f"{change.replace('_', ' ')} {'rises' if way > 0 else 'falls'}")
        columns |= dict(zip((change, f"{change}_low", f"{change}_high"), ends, strict=True))
    columns |= {"told": [", ".join(each) for each in told], "n": n}
    frame = pl.DataFrame(columns).with_columns(pl.col(pl.Float64).fill_nan(None))
    return frame.with_columns(n=pl.when(pl.col("n") > 0).then("n"), told=pl.when(pl.col("n") > 0).then("told"))


def _changes(
    results: Results, removal: Removal, metric: str
) -> Iterator[tuple[tuple[str, str], tuple[float, ...], int]]:
    """Of each measure and kind the paired change of a metric with its ends and n, and whether it is told, which way.

    What is told holds together over all measures, of the same metric and kind.
    """
    kinds = [kind for kind in kinds_of(results) if of_kind(metric, kind)]
    forms = np.zeros((len(removal.without), results.manifest.points))
    forms[:, removal.whole] = -1.0
    forms[np.arange(len(forms)), list(removal.without.values())] = 1.0
    metrics = [str(of_kind(metric, kind)) for kind in kinds]
    found = [contrast(one, forms) for one in influences(results.scan, results.design, ["point"], metrics)]
    for kind, one in zip(kinds, found, strict=True):
        together = simultaneous(one)
        way = (together.low > 0.0).astype(int) - (together.high < 0.0)
        for row, name in enumerate(removal.without):
            ends = tuple(float(each[row]) for each in (one.mean, one.low, one.high, one.n))
            yield (name, kind), ends, int(way[row])


def _counted(removal: Removal, taken: pl.DataFrame | None) -> pl.DataFrame:
    """How often a year each measure was taken against each kind; null of a standing programme, which runs on.

    Nothing in any run has no interval: a spread of none would say that it never happens.
    """
    keys = [(name, kind) for name in removal.without for kind in (ALL, *TO_WHOM)]
    columns = {"measure": [name for name, _ in keys], "kind": [kind for _, kind in keys]}
    ends = np.full((3, len(keys)), np.nan)
    if taken is not None and taken.height:
        times, years = _by_replicate(taken, keys)
        some = np.flatnonzero(~np.isnan(times).any(axis=1))
        found = estimate_forms(np.eye(len(some)), Ratio(times[some], np.broadcast_to(years, times[some].shape)))
        ends[:, some] = found.mean, found.low, found.high
        ends[1:, ends[0] == 0.0] = np.nan
    columns |= dict(zip((TAKEN, f"{TAKEN}_low", f"{TAKEN}_high"), ends, strict=True))
    return pl.DataFrame(columns).with_columns(pl.col(pl.Float64).fill_nan(None))


def _by_replicate(taken: pl.DataFrame, keys: Sequence[tuple[str, str]]) -> tuple[Any, Any]:
    """Times [key, replicate] that each measure was taken against each kind, and the years that each replicate counts.

    NaN of a measure that is not counted.
    """
    replicates = taken["replicate"].unique().sort()
    place = {replicate: at for at, replicate in enumerate(replicates.to_list())}
    row: Mapping[tuple[str, str], int] = {key: at for at, key in enumerate(keys)}
    times, years = np.full((len(keys), len(place)), np.nan), np.zeros(len(place))
    for one in taken.iter_rows(named=True):
        at = place[one["replicate"]]
        years[at] = one["years"]
        for kind in (one["kind"], ALL):
            where = row[one["measure"], kind], at
            times[where] = np.nan_to_num(times[where]) + one["times"]
    return times, years

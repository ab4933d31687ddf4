"""The Pareto set: doctrines than which no other does as well by every criterion and better by one.

A set found from means alone claims more than they carry. Each doctrine stands with the share of resamples of worlds and
replicates in which it is in the set, and with the share of worlds in which it is.
"""

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import polars as pl

from analysis.comparison.comparison import Comparison, pairs
from analysis.comparison.superiority import SHARE_SCHEMA, share_row
from analysis.statistics.fronts import dominates, non_dominated
from analysis.statistics.intervals import LEVEL
from analysis.statistics.ratio import Array, Ratio
from analysis.statistics.two_way import Cells
from model.metrics.catalogue import METRICS, TRADED

RESAMPLES = 1000
BATCH = 100
"""Resamples at a time, for memory."""


DOMINANCE_SCHEMA: dict[str, Any] = {
    "doctrine": pl.String(),
    "other": pl.String(),
    "in_the_mean": pl.Boolean(),  # as good by every criterion, better by one
    "clearly": pl.Boolean(),  # told to be better by every criterion, all pairs together; null without intervals
    **SHARE_SCHEMA,  # of the cases in which it dominates
    "everywhere": pl.Boolean(),
}


def dominance(comparison: Comparison, metrics: Sequence[str] = TRADED) -> pl.DataFrame:
    """Whether each doctrine dominates each other by these criteria: in the mean, clearly, and in every case."""
    rows = []
    mean, cases = turned_for_better(comparison, metrics)
    for at, (one, other) in enumerate(pairs(comparison)):
        met = dominates(cases[one], cases[other])
        row: dict[str, Any] = {"doctrine": comparison.doctrines[one], "other": comparison.doctrines[other]}
        row |= share_row(comparison, met)
        row["in_the_mean"] = bool(dominates(mean[one], mean[other]))
        row["clearly"] = _clearly(comparison, metrics, at)
        rows.append({**row, "everywhere": None if row["mean"] is None else bool(met.all())})
    return pl.DataFrame(rows, schema=DOMINANCE_SCHEMA)


def turned_for_better(comparison: Comparison, metrics: Sequence[str]) -> tuple[Array, Array]:
    """Means [doctrine, metric] and cases [doctrine, case, metric], turned so that more of everything is better."""
    mean = np.stack([comparison.mean(metric) for metric in metrics], axis=1)
    return mean * better(metrics), np.stack([comparison.cases(metric) for metric in metrics], axis=2) * better(metrics)


def better(metrics: Sequence[str]) -> Array:
    """+1 for each metric of which more is better, −1 for each of which less is."""
    return np.array([float(METRICS[name].better) for name in metrics])


def _clearly(comparison: Comparison, metrics: Sequence[str], at: int) -> bool | None:
    """Whether the first of a pair is told to be better by every criterion, where this is asked of all pairs together.

    That all criteria are better asks no more of each of them, however many they are (Berger 1982).
    """
    coefficients = comparison.pairwise
    level = 1.0 - (1.0 - LEVEL) / len(coefficients)
    ways = [comparison.told(metric, coefficients, at, level) for metric in metrics]
    return None if None in ways else all(way == METRICS[name].better for way, name in zip(ways, metrics, strict=True))


PARETO_SCHEMA: dict[str, Any] = {
    "doctrine": pl.String(),
    "in_set": pl.Boolean(),  # by the means
    "resamples": pl.Float64(),  # share in which it is in the set; null where nothing can be resampled
    "worlds": pl.Float64(),  # share of worlds, by weight; null where there is but one
    "dominated_by": pl.String(),  # by the means
    "clearly_dominated_by": pl.String(),  # by each criterion beyond chance, of all pairs together
}


def pareto(comparison: Comparison, metrics: Sequence[str] = TRADED) -> pl.DataFrame:
    """The Pareto set over these criteria, with each doctrine's means."""
    sign, (mean, cases) = better(metrics), turned_for_better(comparison, metrics)
    frequency = in_worlds = [None] * len(mean)
    if can_resample(comparison):
        batches = [non_dominated(batch * sign) for batch in resampled_means(comparison, metrics)]
        frequency = np.concatenate(batches).mean(axis=0).tolist()
    if comparison.has_worlds:
        in_worlds = (comparison.case_weights @ non_dominated(np.swapaxes(cases, 0, 1))).tolist()
    dominated_by = [
        ", ".join(other for other, theirs in zip(comparison.doctrines, mean, strict=True) if dominates(theirs, own))
        for own in mean
    ]
    clearly = dominance(comparison, metrics).filter(pl.col("clearly").fill_null(value=False))
    clearly_by = [", ".join(clearly.filter(other=name)["doctrine"]) for name in comparison.doctrines]
    columns = [comparison.doctrines, non_dominated(mean).tolist(), frequency, in_worlds, dominated_by, clearly_by]
    table = pl.DataFrame(dict(zip(PARETO_SCHEMA, columns, strict=True)), schema=PARETO_SCHEMA)
    return table.with_columns(pl.Series(name, column) for name, column in zip(metrics, (mean * sign).T, strict=True))


def resampled_means(comparison: Comparison, metrics: Sequence[str], times: int = RESAMPLES) -> Iterator[Array]:
    """Means of doctrines by metric under resamples, in batches of shape (resamples, doctrines, metrics).

    Worlds are resampled where they are drawn, and replicates beside them, each with replacement (the pigeonhole
    bootstrap: Owen 2007). All doctrines and metrics of a resample share its worlds and replicates.
    """
    cells, rng = comparison.cells, np.random.default_rng(comparison.results.manifest.seed)
    ratios = [comparison.ratio(metric) for metric in metrics]
    sums = [Ratio(cells.weight * found.above, cells.weight * found.below, found.complement) for found in ratios]
    for start in range(0, times, BATCH):
        size = min(BATCH, times - start)
        worlds = _drawn(rng, size, cells.worlds > 0.0) if cells.drawn else None
        replicates = _drawn(rng, size, np.asarray(np.any(cells.weight > 0.0, axis=0)))
        yield np.stack([_drawn_again(found, worlds, replicates) for found in sums], axis=2)


def _drawn(rng: np.random.Generator, size: int, there: Cells) -> Array:
    """How often each unit is drawn in each resample, as many as are there."""
    return rng.multinomial(int(there.sum()), there / there.sum(), size).astype(float)


def _drawn_again(sums: Ratio, worlds: Array | None, replicates: Array) -> Array:
    """Metrics [resample, doctrine] of the worlds and replicates drawn."""
    if worlds is None:
        above, below = (replicates @ part.sum(axis=1).T for part in sums[:2])
    else:
        parts = (np.tensordot(worlds, part, axes=(1, 1)) for part in sums[:2])
        above, below = (np.einsum("bdr,br->bd", part, replicates) for part in parts)
    return Ratio(above[..., None], below[..., None], sums.complement).over(-1)


def can_resample(comparison: Comparison) -> bool:
    """Whether there is anything to resample: two replicates, or two drawn worlds."""
    return comparison.cells.replicates > 1 or (comparison.cells.drawn and comparison.cells.units > 1)

"""Means of doctrines under resamples of worlds and replicates, for what has no formula: sets, ranks, shortfalls."""

from collections.abc import Iterator, Sequence

import numpy as np

from analysis.comparison.comparison import Comparison
from analysis.statistics.two_way import Array, Cells
from model.metrics import METRICS

RESAMPLES = 1000
BATCH = 100
"""Resamples at a time, for memory."""


def resampled(comparison: Comparison, metrics: Sequence[str], times: int = RESAMPLES) -> Iterator[Array]:
    """Means of doctrines by metric under resamples, in batches of shape (resamples, doctrines, metrics).

    Worlds are resampled where they are drawn, and replicates beside them, each with replacement (the pigeonhole
    bootstrap: Owen 2007). All doctrines and metrics of a resample share its worlds and replicates.
    """
    cells, rng = comparison.cells, np.random.default_rng(comparison.results.manifest.seed)
    parts = {metric: [cells.weight * part for part in comparison.parts(metric)] for metric in metrics}
    for start in range(0, times, BATCH):
        size = min(BATCH, times - start)
        worlds = _drawn(rng, size, cells.worlds > 0.0) if cells.drawn else None
        replicates = _drawn(rng, size, np.asarray(np.any(cells.weight > 0.0, axis=0)))
        yield np.stack([_ratio(metric, parts[metric], worlds, replicates) for metric in metrics], axis=2)


def _drawn(rng: np.random.Generator, size: int, there: Cells) -> Array:
    """How often each unit is drawn in each resample, as many as are there."""
    return rng.multinomial(int(there.sum()), there / there.sum(), size).astype(float)


def _ratio(metric: str, parts: Sequence[Array], worlds: Array | None, replicates: Array) -> Array:
    sums = []
    for part in parts:
        if worlds is None:
            sums.append(replicates @ part.sum(axis=1).T)
        else:
            sums.append(np.einsum("bdr,br->bd", np.tensordot(worlds, part, axes=(1, 1)), replicates))
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = sums[0] / sums[1]
    return 1.0 - ratio if METRICS[metric].complement else ratio


def can_resample(comparison: Comparison) -> bool:
    """Whether there is anything to resample: two replicates, or two drawn worlds."""
    return comparison.cells.replicates > 1 or (comparison.cells.drawn and comparison.cells.units > 1)

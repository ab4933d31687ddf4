"""Indices of sensitivity with their errors: over base points or trajectories, and over replicates."""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from analysis.sensitivity.outputs import Matrix
from analysis.statistics.units import Vector


class Indices(NamedTuple):
    """Indices of one metric, one after the other: for Saltelli's designs first, total, second; for Morris's mu, …"""

    measure: list[str]
    place: list[tuple[int, ...]]
    """The factor by number; of the second order a pair."""
    estimate: Vector
    error: Vector
    """Standard error over base points, or trajectories."""
    noise: Vector
    """What noise of simulation adds to the estimate, in expectation; NaN where that cannot be told."""
    units: int
    """Base points, or trajectories."""


def between_replicates(values: Matrix, estimates_of: Callable[[Vector], Vector]) -> Vector:
    """Standard error of estimates for the replicates being some of many: by leaving each out (jackknife).

    `values` by point and replicate. All points share their replicates, so that more points do not make this smaller.
    NaN with one replicate. With few it is rough for a single index, and says something over all of them.
    """
    replicates = values.shape[1]
    if replicates < 2:
        return np.full_like(estimates_of(values.mean(axis=1)), np.nan)
    total = values.sum(axis=1)
    without = np.stack([estimates_of((total - values[:, r]) / (replicates - 1)) for r in range(replicates)])
    squares = (without - without.mean(axis=0)) ** 2
    return np.asarray(np.sqrt(squares.sum(axis=0) * (replicates - 1) / replicates))

"""Indices of sensitivity and their errors, over base points or trajectories and over replicates.

Base points, or trajectories, and replicates are both drawn, and all base points meet the same replicates: the error of
an index is that of `analysis.statistics.two_way`, from what each base point adds to it in each replicate. That is the
bootstrap over both in the limit of many resamples, without draws of its own; resampled replicates would beside that be
compared with themselves, so that their noise could not be taken off.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from analysis.statistics.two_way import Error, Layout, error

Floats = NDArray[np.float64]
"""Values by point and replicate, or a vector of indices."""
ENOUGH = 4
"""Replicates from which on intervals count them as drawn.

Of two or three their spread is so unsure, for a single index, that Student's quantile is 13 or 4.
"""


class Indices(NamedTuple):
    """Indices of one metric, in the order of `Structure.index_names`; NaN where there are none."""

    estimate: Floats
    error: Error
    """Over base points, or trajectories, and over replicates where there are `ENOUGH`."""
    replicate_error: Floats
    """The part of the standard error that more base points do not lessen: others of the many replicates there might be.

    NaN with one replicate.
    """
    noise: Floats
    """What noise of replicates made of the estimate, or of μ* makes at most; NaN where that cannot be told."""
    units: int
    """Base points, or trajectories."""


def spread(terms: Floats) -> Error:
    """Errors of means from their terms [mean, unit, replicate], with units and replicates both drawn.

    A unit is a base point or a trajectory. Which terms an index has, linearised, its estimator knows.
    """
    units, replicates = terms.shape[1:]
    even = Layout(np.full((units, replicates), 1.0 / (units * replicates)), np.full(units, 1.0 / units), drawn=True)
    return error((terms - terms.mean(axis=(1, 2), keepdims=True)) / (units * replicates), even)


def errors(terms: Floats) -> tuple[Error, Floats]:
    """The fields `error` and `replicate_error` of indices with these terms."""
    whole = spread(terms)
    if not whole.parts:
        return whole, np.full(len(terms), np.nan)
    units, replicates, both = whole.parts
    if terms.shape[-1] < ENOUGH:
        whole = Error(units.variance + both.variance, whole.freedom, (units, both))
    return whole, replicates.standard


def shared_half(replicates: int, replicate_error: float) -> float:
    """Half of the part of an interval that more base points do not lessen."""
    if replicates < ENOUGH:
        return 0.0
    return float(Error(np.array(replicate_error**2), np.array(replicates - 1.0)).half())

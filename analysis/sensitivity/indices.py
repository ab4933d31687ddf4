"""What indices of sensitivity are made from, and what they are: values at every point and replicate, and their errors.

A metric is a ratio of sums over replicates, and sensitivity wants a mean. Each run therefore counts with the
linearised value whose mean over replicates is the ratio, and whose spread gives its delta-method standard error
(Cochran 1977, section 2.11).
"""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
import polars as pl
from numpy.typing import NDArray

from analysis.results.folder import Results
from analysis.statistics.ratio import RunArray
from model.errors import ConfigurationError

Floats = NDArray[np.float64]
"""Values by point and replicate, or a vector of indices."""


class Undefined(ConfigurationError):
    """A metric without a value at some points, or with the same value at all."""


def whole_runs(results: Results) -> pl.DataFrame:
    """The runs of all points and replicates, sorted; raises `ConfigurationError` with a count where any is missing.

    Where a precision sets the number of replicates, those of the pilot, which every point has.
    """
    manifest, where = results.manifest, str(results.folder)
    wanted = range(manifest.first_replicate, manifest.first_replicate + manifest.replicates)
    runs = results.runs.filter(pl.col("replicate").is_between(wanted[0], wanted[-1])).sort("point", "replicate")
    planned, failed = manifest.points * len(wanted), int((runs["status"] != "ok").sum())
    if missing := planned - runs.height:
        problem = f"lacks {missing:,} of {planned:,} runs, and indices need every one"
        allowed = "`deter sensitivity EXPERIMENT`: the same command goes on from what the folder holds"
        raise ConfigurationError(problem, file=where, allowed=allowed)
    if failed:
        problem = f"has {failed:,} failed runs of {planned:,}, and indices need every one"
        raise ConfigurationError(problem, file=where, allowed="`--retry-failed`, which does them again")
    if not np.array_equal(runs["point"].to_numpy(), np.repeat(np.arange(manifest.points), len(wanted))):
        raise ConfigurationError("holds some runs twice", file=where)
    return runs


def outputs(results: Results, runs: pl.DataFrame, metric: str) -> Floats:
    """A metric at each point and replicate, linearised: the mean over replicates is the ratio of their sums.

    `runs` are `whole_runs`. Raises `ConfigurationError` for a name that is no metric and `Undefined` where points have
    no value.
    """
    points = results.manifest.points
    ratio, where = RunArray(runs.lazy(), np.arange(points), (points,)).ratio(metric), str(results.folder)
    if undefined := int((ratio.below.sum(axis=-1) <= 0.0).sum()):
        problem = f"is undefined at {undefined:,} of {points:,} points, and indices need a value at each"
        raise Undefined(problem, file=where, key=metric, allowed="another --metric, or more --replicates")
    plain = ratio._replace(complement=False)
    values = plain.over(-1)[:, None] + ratio.below.shape[1] * plain.influences(-1)
    values = 1.0 - values if ratio.complement else values
    if np.ptp(values.mean(axis=1)) <= 1e-12:
        problem = f"is the same at all {points:,} points, and there is nothing to explain"
        raise Undefined(problem, file=where, key=metric, allowed="another --metric")
    return values


class Indices(NamedTuple):
    """Indices of one metric, in the order of `Structure.index_names`."""

    estimate: Floats
    error: Floats
    """Standard error over base points, or trajectories."""
    replicate_error: Floats
    """Standard error for the replicates being some of many; NaN with one."""
    noise: Floats
    """What noise of simulation adds to the estimate, in expectation; NaN where that cannot be told."""
    units: int
    """Base points, or trajectories."""


def between_replicates(values: Floats, estimates_of: Callable[[Floats], Floats]) -> Floats:
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

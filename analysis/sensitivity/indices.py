"""What indices of sensitivity are made from: values of a metric at every point and replicate.

A metric is a ratio of sums over replicates, and sensitivity wants a mean. Each run therefore counts with the
linearised value whose mean over replicates is the ratio, and whose spread gives its delta-method standard error
(Cochran 1977, section 2.11).
"""

import numpy as np
import polars as pl

from analysis.results.folder import Results
from analysis.statistics.ratio import Array, RunArray
from model.errors import ConfigurationError


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


def outputs(results: Results, runs: pl.DataFrame, metric: str) -> Array:
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

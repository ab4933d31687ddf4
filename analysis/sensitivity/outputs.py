"""What a design's points give: a metric at every point and replicate, whole or refused with a count.

A metric is a ratio of sums over replicates, and sensitivity wants a mean. Each run therefore counts with the
linearised value whose mean over replicates is the ratio, and whose spread gives its delta-method standard error
(Cochran 1977, section 2.11).
"""

from typing import Any

import numpy as np
import polars as pl

from analysis.results.folder import Results
from analysis.statistics.units import Units, checked_metrics
from model.errors import ConfigurationError
from model.metrics import METRICS

Matrix = np.ndarray[Any, np.dtype[np.float64]]
"""Values by point and replicate."""
ONWARD = "the same command goes on from what the folder holds"
AGAIN = "`--retry-failed`, which does them again"


class Undefined(ConfigurationError):
    """A metric without a value at some points, or with the same value at all."""


def replicates_of(results: Results) -> range:
    """The replicates that every point has: all, or where a precision sets their number those of the pilot."""
    first = results.manifest.first_replicate
    return range(first, first + results.manifest.replicates)


def whole_runs(results: Results) -> pl.DataFrame:
    """The runs of all points and replicates, sorted; raises `ConfigurationError` with a count where any is missing."""
    manifest, wanted = results.manifest, replicates_of(results)
    runs = results.runs.filter(pl.col("replicate").is_between(wanted.start, wanted.stop - 1))
    runs = runs.sort("point", "replicate")
    planned, failed = manifest.points * len(wanted), int((runs["status"] != "ok").sum())
    missing = planned - runs.height
    where = str(results.folder)
    if missing:
        problem = f"lacks {missing:,} of {planned:,} runs, and indices need every one"
        raise ConfigurationError(problem, file=where, allowed=f"`deter sensitivity EXPERIMENT`: {ONWARD}")
    if failed:
        problem = f"has {failed:,} failed runs of {planned:,}, and indices need every one"
        raise ConfigurationError(problem, file=where, allowed=AGAIN)
    expected = np.repeat(np.arange(manifest.points), len(wanted))
    if not np.array_equal(runs["point"].to_numpy(), expected):
        raise ConfigurationError("holds some runs twice", file=where)
    return runs


def outputs(results: Results, runs: pl.DataFrame, metric: str) -> Matrix:
    """A metric at each point and replicate, linearised: the mean over replicates is the ratio of their sums.

    `runs` are `whole_runs`. Raises `ConfigurationError` for a name that is no metric and `Undefined` where points have
    no value.
    """
    checked_metrics([metric])
    units = Units(runs.lazy(), results.design, ["point"])
    above, below = (np.nan_to_num(part).reshape(results.manifest.points, -1) for part in units.parts(metric))
    total = below.sum(axis=1, keepdims=True)
    undefined = int((total <= 0.0).sum())
    if undefined:
        problem = f"is undefined at {undefined:,} of {len(total):,} points, and indices need a value at each"
        allowed = "another --metric, or more --replicates"
        raise Undefined(problem, file=str(results.folder), key=metric, allowed=allowed)
    ratio = above.sum(axis=1, keepdims=True) / total
    values = ratio + (above - ratio * below) / (total / below.shape[1])
    if metric in METRICS and METRICS[metric].complement:
        values = 1.0 - values
    if np.ptp(values.mean(axis=1)) <= 1e-12:
        problem = f"is the same at all {len(total):,} points, and there is nothing to explain"
        raise Undefined(problem, file=str(results.folder), key=metric, allowed="another --metric")
    return np.asarray(values)

"""Estimates with intervals: ratios of sums over replicates, with standard errors by the delta method.

The independent units are those of `analysis.statistics.units`, and `analysis.statistics.intervals` says which interval
an estimate gets.
"""

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
import polars as pl

from analysis.statistics.intervals import Intervals, bca, intervals, unsuited
from analysis.statistics.units import NAMES, Codes, Units, Vector, checked_metrics, own_columns
from model.metrics.catalogue import METRICS

ESTIMATE_SCHEMA: dict[str, Any] = {
    "metric": pl.String(),
    "mean": pl.Float64(),
    "standard_error": pl.Float64(),
    "low": pl.Float64(),
    "high": pl.Float64(),
    "n": pl.Int64(),
    "interval": pl.String(),  # how it was got: student | bootstrap | none
}
"""Columns of every table of estimates, after those that say of what."""

SUMMARY_SCHEMA: dict[str, Any] = {"point": pl.Int64(), **ESTIMATE_SCHEMA}
"""Columns of `summary.parquet`: one row for each point and metric."""


class GroupEstimates(NamedTuple):
    """Estimates for each group; NaN where undefined."""

    mean: Vector
    standard_error: Vector
    n: Codes
    spread_of: Codes  # units that the standard error's spread is of, one more than its degrees of freedom
    skewness: Vector  # of the residuals
    unsure: Vector  # coefficient of variation of the mean denominator


def ratio_of_sums(numerator: Vector, denominator: Vector, group: Codes, groups: int) -> GroupEstimates:
    """Σ numerator / Σ denominator for each group of independent units, with its delta-method standard error.

    `group` gives each unit's group, 0 to `groups` − 1. Units without a denominator (zero or NaN) count for nothing; the
    standard error needs two that have one (Cochran 1977, eq. 2.46).
    """
    defined = np.nan_to_num(denominator) > 0.0
    x, y, group = numerator[defined], denominator[defined], group[defined]
    n = np.bincount(group, minlength=groups)
    total = np.bincount(group, y, groups)
    with np.errstate(divide="ignore", invalid="ignore"):
        mean = np.bincount(group, x, groups) / total
        residual = x - mean[group] * y
        squares = np.bincount(group, residual * residual, groups)
        variance = squares * n / (n - 1)
        error = np.where(n > 1, np.sqrt(variance) / total, np.nan)
        skewness = np.bincount(group, residual**3, groups) * np.sqrt(n) / squares**1.5
        around = y - (total / n)[group]
        unsure = np.sqrt(np.bincount(group, around * around, groups) * n / (n - 1)) / total
    return GroupEstimates(mean, error, n, n, skewness, unsure)


def of_two_stages(pilot: GroupEstimates, all_of_it: GroupEstimates) -> GroupEstimates:
    """The mean of all, with the spread of the pilot that set their number (Stein 1945)."""
    with np.errstate(divide="ignore", invalid="ignore"):
        error = pilot.standard_error * np.sqrt(pilot.n / all_of_it.n)
    return all_of_it._replace(standard_error=error, spread_of=pilot.n)


def estimate(
    runs: pl.DataFrame | pl.LazyFrame,
    design: pl.DataFrame,
    by: Sequence[str] = (),
    metrics: Sequence[str] = NAMES,
    pilot: range | None = None,
    weights: Sequence[float] | None = None,
) -> pl.DataFrame:
    """Estimates of metrics for each combination of levels of the columns `by` of the design, pooled over the rest.

    Rows come in the order of the design and of `metrics`, with the columns of `ESTIMATE_SCHEMA` after those of `by`;
    `n` counts replicates in which the metric is defined. Failed runs are left out. `pilot` are the replicates of the
    first stage, where their spread set how many more a point got: what is pooled over points then rests on those alone,
    for later ones come from some of the points. `weights` of points, in the order of the design, are even by default.
    """
    scan = runs.lazy()
    if pilot is not None and list(by) != ["point"]:
        scan, pilot = of_pilot(scan, pilot), None
    units = Units(scan, design, by, weights)
    levels = units.levels
    first = np.isin(units.replicate, pilot) if pilot is not None else np.ones(0, bool)
    frames = []
    for name in checked_metrics(metrics):
        x, y = units.parts(name)
        ratio = ratio_of_sums(x, y, units.group, levels.height)
        if pilot is not None:
            early = ratio_of_sums(x[first], y[first], units.group[first], levels.height)
            ratio = of_two_stages(early, ratio)
        frames.append(estimate_table(name, ratio, (x, y, units.group), resampled=pilot is None))
    estimates = pl.concat(frames).join(levels, on="group", maintain_order="left")
    order = pl.Series("order", np.tile(np.arange(levels.height), len(metrics)), dtype=pl.Int64)
    return estimates.with_columns(order).sort("order", maintain_order=True).select(*by, *ESTIMATE_SCHEMA)


def of_pilot(runs: pl.LazyFrame, pilot: range) -> pl.LazyFrame:
    """The runs of the first stage, which every point has."""
    return runs.filter(pl.col("replicate").is_between(pilot.start, pilot.stop - 1))


def estimate_table(
    name: str, ratio: GroupEstimates, units: tuple[Vector, Vector, Codes], *, resampled: bool = True
) -> pl.DataFrame:
    """The estimates of one metric, with `group`; `units` are numerator, denominator and group of each.

    Intervals are Student's, or where that does not suit the bootstrap's, if units may be `resampled`.
    """
    mean, found = estimated(name, ratio, units, resampled=resampled)
    frame = estimate_frame(name, mean, ratio.standard_error, found.low, found.high, ratio.n, found.method)
    return frame.with_columns(group=pl.Series(np.arange(len(mean)), dtype=pl.Int64))


def estimated(
    name: str, ratio: GroupEstimates, units: tuple[Vector, Vector, Codes], *, resampled: bool = True
) -> tuple[Vector, Intervals]:
    """The means of one metric and their intervals, as of `estimate_table`."""
    wanted = unsuited(ratio.n, ratio.skewness, ratio.unsure) & resampled
    found = intervals(ratio.mean, ratio.standard_error, ratio.spread_of, wanted, lambda some: _resampled(some, *units))
    if name in METRICS and METRICS[name].complement:
        return 1.0 - ratio.mean, found._replace(low=1.0 - found.high, high=1.0 - found.low)
    return ratio.mean, found


def estimate_frame(metric: str, *columns: Any) -> pl.DataFrame:
    """Estimates of a metric, from their columns in the order of `ESTIMATE_SCHEMA`; null where they are NaN."""
    names = list(ESTIMATE_SCHEMA)[1:]
    data = {"metric": [metric] * len(columns[0])} | dict(zip(names, columns, strict=True))
    return pl.DataFrame(data, schema=ESTIMATE_SCHEMA).with_columns(pl.col(pl.Float64).fill_nan(None))


def _resampled(some: Codes, x: Vector, y: Vector, group: Codes) -> tuple[Vector, Vector]:
    """Intervals of some groups by the bootstrap; those of as many units share their resamples."""
    rows = [np.flatnonzero((group == each) & (np.nan_to_num(y) > 0.0)) for each in some]
    low, high = np.full((2, len(some)), np.nan)
    for n in {len(each) for each in rows}:
        alike = [place for place, each in enumerate(rows) if len(each) == n]
        table = np.stack([rows[place] for place in alike], 1)
        low[alike], high[alike] = bca(x[table], y[table], lambda ratios: ratios)
    return low, high


def summarise(runs: pl.DataFrame | pl.LazyFrame, points: int | None = None, pilot: range | None = None) -> pl.DataFrame:
    """`summary.parquet`: estimates of every metric at every point (by default those that have runs).

    Metrics of a user's own, of which runs have columns, come last.
    """
    last = runs.lazy().select(pl.col("point").max()).collect().item()
    count = points if points is not None else 0 if last is None else last + 1
    design = pl.DataFrame({"point": pl.Series(range(count), dtype=pl.Int64)})
    summary = estimate(runs, design, ["point"], (*NAMES, *own_columns(runs.lazy())), pilot)
    return (summary if points is not None else summary.filter(pl.col("n").sum().over("point") > 0)).select(
        *SUMMARY_SCHEMA
    )

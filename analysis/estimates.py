"""Estimates with intervals: ratios of sums over replicates, standard errors by the delta method, Student intervals.

Points that share a replicate share its random numbers, so replicates are the independent units: what is pooled over
points is averaged within each replicate first.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
import polars as pl
from scipy.special import stdtrit

from model.metrics import COLUMNS, DELAYS, METRICS

ESTIMATE_SCHEMA: dict[str, Any] = {
    "metric": pl.String(),
    "mean": pl.Float64(),
    "standard_error": pl.Float64(),
    "low": pl.Float64(),
    "high": pl.Float64(),
    "n": pl.Int64(),
}
"""Columns of every table of estimates, after those that say of what."""

SUMMARY_SCHEMA: dict[str, Any] = {"point": pl.Int64(), **ESTIMATE_SCHEMA}
"""Columns of `summary.parquet`: one row for each point and metric."""

LEVEL = 0.95
"""Probability with which intervals are to cover what they estimate."""

NAMES = (*METRICS, *DELAYS)
"""Everything that is estimated."""

Vector = np.ndarray[Any, np.dtype[np.float64]]
Codes = np.ndarray[Any, np.dtype[np.int64]]


class Ratio(NamedTuple):
    """Estimates for each group; NaN where undefined."""

    mean: Vector
    standard_error: Vector
    n: Codes
    spread_of: Codes  # units that the standard error's spread is of, one more than its degrees of freedom


def ratio_of_sums(numerator: Vector, denominator: Vector, group: Codes, groups: int) -> Ratio:
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
        variance = np.bincount(group, residual * residual, groups) * n / (n - 1)
        error = np.where(n > 1, np.sqrt(variance) / total, np.nan)
    return Ratio(mean, error, n, n)


def of_two_stages(pilot: Ratio, all_of_it: Ratio) -> Ratio:
    """The mean of all, with the spread of the pilot that set their number (Stein 1945)."""
    with np.errstate(divide="ignore", invalid="ignore"):
        error = pilot.standard_error * np.sqrt(pilot.n / all_of_it.n)
    return Ratio(all_of_it.mean, error, all_of_it.n, pilot.n)


def quantile(n: Any) -> Any:
    """Quantile of Student's t with n − 1 degrees of freedom, for two-sided 95 % intervals; NaN for n below 2."""
    return stdtrit(np.asarray(n, float) - 1.0, 0.5 + 0.5 * LEVEL)


def _parts(name: str, columns: Mapping[str, Vector]) -> tuple[Vector, Vector]:
    """Numerator and denominator of a metric for each run; a delay counts where it is defined."""
    if name in DELAYS:
        return np.nan_to_num(columns[name]), 1.0 * ~np.isnan(columns[name])
    return METRICS[name].numerator(columns), METRICS[name].denominator(columns)


def _averaged(values: Vector, unit: Codes, units: int) -> Vector:
    """Mean over the runs of each unit."""
    return np.bincount(unit, values, units) / np.bincount(unit, minlength=units)


def estimate(
    runs: pl.DataFrame | pl.LazyFrame,
    design: pl.DataFrame,
    by: Sequence[str] = (),
    metrics: Sequence[str] = NAMES,
    pilot: range | None = None,
) -> pl.DataFrame:
    """Estimates of metrics for each combination of levels of the columns `by` of the design, pooled over the rest.

    Rows come in the order of the design and of `metrics`, with the columns of `ESTIMATE_SCHEMA` after those of `by`;
    `n` counts replicates in which the metric is defined. Failed runs are left out. `pilot` are the replicates of the
    first stage, where their spread set how many more a point got: what is pooled over points then rests on those alone,
    for later ones come from some of the points.
    """
    good = runs.lazy().filter(pl.col("status") == "ok")
    if pilot is not None and list(by) != ["point"]:
        good = good.filter(pl.col("replicate").is_between(pilot.start, pilot.stop - 1))
        pilot = None
    levels, group_of_point = _groups(design, list(by))
    columns, keys = _Columns(good), good.select("point", "replicate").collect()
    group = group_of_point[keys["point"].to_numpy()]
    group_of_unit, replicate_of_unit, unit = _units(group, keys["replicate"].to_numpy())
    first = np.isin(replicate_of_unit, pilot) if pilot is not None else np.ones(0, bool)
    frames = []
    for name in metrics:
        x, y = (_averaged(part, unit, len(group_of_unit)) for part in _parts(name, columns))
        ratio = ratio_of_sums(x, y, group_of_unit, levels.height)
        if pilot is not None:
            early = ratio_of_sums(x[first], y[first], group_of_unit[first], levels.height)
            ratio = of_two_stages(early, ratio)
        frames.append(_table(name, ratio))
    estimates = pl.concat(frames).join(levels, on="group", maintain_order="left")
    order = pl.Series("order", np.tile(np.arange(levels.height), len(metrics)), dtype=pl.Int64)
    return estimates.with_columns(order).sort("order", maintain_order=True).select(*by, *ESTIMATE_SCHEMA)


class _Columns(Mapping[str, Vector]):
    """The figures of runs, each read when it is asked for: those of a million runs would fill the memory."""

    def __init__(self, runs: pl.LazyFrame) -> None:
        self._runs = runs

    def __getitem__(self, name: str) -> Vector:
        return self._runs.select(pl.col(name).cast(pl.Float64).fill_null(np.nan)).collect().to_series().to_numpy()

    def __iter__(self) -> Iterator[str]:
        return iter(COLUMNS)

    def __len__(self) -> int:
        return len(COLUMNS)


def _units(group: Codes, replicate: Codes) -> tuple[Codes, Codes, Codes]:
    """Group and replicate of each independent unit, in this order, and the unit of each run."""
    replicates, code = np.unique(replicate, return_inverse=True)
    width = max(1, len(replicates))
    units, unit = np.unique(group * width + code, return_inverse=True)
    return units // width, replicates[units % width], unit


def _groups(design: pl.DataFrame, by: list[str]) -> tuple[pl.DataFrame, Codes]:
    """The combinations of levels with their number `group`, and the group of each point."""
    if not by:
        return pl.DataFrame({"group": [0]}, schema={"group": pl.Int64}), np.zeros(design.height, np.int64)
    levels = design.select(by).unique(maintain_order=True).with_row_index("group").cast({"group": pl.Int64})
    return levels, design.join(levels, on=by, maintain_order="left")["group"].to_numpy()


def _table(name: str, ratio: Ratio) -> pl.DataFrame:
    """The estimates of one metric, with `group`."""
    mean = 1.0 - ratio.mean if name in METRICS and METRICS[name].complement else ratio.mean
    half_width = quantile(ratio.spread_of) * ratio.standard_error
    data = {
        "group": np.arange(len(mean)),
        "metric": [name] * len(mean),
        "mean": mean,
        "standard_error": ratio.standard_error,
        "low": mean - half_width,
        "high": mean + half_width,
        "n": ratio.n,
    }
    frame = pl.DataFrame(data, schema={"group": pl.Int64(), **ESTIMATE_SCHEMA})
    return frame.with_columns(pl.col(pl.Float64).fill_nan(None))


def summarise(runs: pl.DataFrame | pl.LazyFrame, points: int | None = None, pilot: range | None = None) -> pl.DataFrame:
    """`summary.parquet`: estimates of every metric at every point (by default those that have runs)."""
    last = runs.lazy().select(pl.col("point").max()).collect().item()
    count = points if points is not None else 0 if last is None else last + 1
    design = pl.DataFrame({"point": pl.Series(range(count), dtype=pl.Int64)})
    summary = estimate(runs, design, ["point"], pilot=pilot)
    return (summary if points is not None else summary.filter(pl.col("n").sum().over("point") > 0)).select(
        *SUMMARY_SCHEMA
    )

"""Runs as one flat table, for programs that read no Parquet or join no tables."""

import numpy as np
import polars as pl

from analysis.results.folder import Results
from analysis.statistics.units import RunColumns, run_parts
from model.metrics.catalogue import HEADLINE, metric


def flat_runs(results: Results) -> pl.DataFrame:
    """Every run with the levels of its point, the headline metrics of that run alone, and all columns of the runs.

    A metric is null where the run failed or has nothing to divide by. The mean of a metric over runs is not that of the
    summary, which is a ratio of sums.
    """
    columns = RunColumns(results.runs.lazy())
    found = [_of_each(name, columns) for name in HEADLINE if name not in results.missing]
    key = ["point", *results.design.columns[1:], "replicate", "seed", "status", "error"]
    beside = results.runs.join(results.design, on="point", how="left", maintain_order="left")
    names = [series.name for series in found]
    return beside.with_columns(found).select(*key, *names, pl.exclude(*key, *names))


def _of_each(name: str, columns: RunColumns) -> pl.Series:
    above, below = run_parts(name, columns)
    with np.errstate(divide="ignore", invalid="ignore"):
        values = np.where(below > 0.0, metric(name).value(above, below), np.nan)
    return pl.Series(name, values, dtype=pl.Float64, nan_to_null=True)

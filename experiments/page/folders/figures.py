"""Figures of a folder of any size: no more of its tables is read, and looked through, than a metric needs."""

from collections.abc import Sequence
from typing import Any
from weakref import WeakKeyDictionary

import numpy as np
import polars as pl

from analysis.results.folder import Results
from analysis.results.manifest import SUMMARY
from analysis.results.reading import scan_frame
from analysis.results.versions import columns_of
from analysis.statistics.estimates import SUMMARY_SCHEMA, estimate
from analysis.statistics.units import RunColumns, run_parts
from model.metrics.catalogue import metric

ESTIMATE = ("mean", "low", "high", "n")
KEYS = ("point", "replicate", "seed", "status", "error")
_LOOKED_THROUGH: WeakKeyDictionary[Results, dict[str, pl.LazyFrame]] = WeakKeyDictionary()
"""Scans of the runs by metric, known to be sound, as long as their folder is kept open."""


def runs_telling(results: Results, name: str) -> pl.LazyFrame:
    """The runs with the columns of a metric alone, looked through once."""
    scans = _LOOKED_THROUGH.setdefault(results, {})
    if name not in scans:
        scans[name] = results.scan_part(lambda runs: runs.select(*KEYS, *sorted(columns_of(metric(name)))))
    return scans[name]


def at_points(results: Results, name: str) -> pl.DataFrame:
    """A metric at each point: that of the summary, or of the runs so far."""
    if results.manifest.status != "complete":
        return results.estimate(["point"], [name]).select("point", *ESTIMATE)
    written = results.written(SUMMARY)
    summary = scan_frame(results.folder / SUMMARY, SUMMARY_SCHEMA, rows=written.rows)
    finite = pl.when(pl.col(pl.Float64).is_finite()).then(pl.col(pl.Float64))  # nobody has looked through a summary
    return summary.filter(pl.col("metric") == name).select("point", "n", finite).select("point", *ESTIMATE).collect()


def pooled(results: Results, name: str, by: Sequence[str]) -> pl.DataFrame:
    """A metric at each combination of levels of these factors, as `Results.estimate` has it."""
    if results.manifest.status != "complete":
        return results.estimate(by, [name])
    runs, manifest = runs_telling(results, name), results.manifest
    return estimate(runs, results.design, by, [name], manifest.pilot, results.weights)


def run_values(results: Results, name: str, points: Sequence[int]) -> pl.DataFrame:
    """The runs of these points, with the metric of each in `value`, null where it failed or is undefined."""
    wanted = pl.LazyFrame({"point": points}, schema={"point": pl.Int64})
    scan = runs_telling(results, name).join(wanted, on="point", how="semi", maintain_order="left")
    found = scan.select("point", "replicate", "status", "error").collect()
    above, below = run_parts(name, RunColumns(scan))
    with np.errstate(divide="ignore", invalid="ignore"):
        value: Any = np.where(np.nan_to_num(below) > 0.0, metric(name).value(above, below), np.nan)
    good = np.isfinite(value) & (found["status"] == "ok").to_numpy()
    return found.with_columns(value=pl.Series(np.where(good, value, np.nan), dtype=pl.Float64).fill_nan(None))

"""What happens over time: means of each quarter over replicates, world beside twin, and how far runs spread about them.

Replicates are the independent units, as in every other table: what is pooled over points is averaged within each
replicate first. Quantiles are of single runs, over all replicates and points of a group.
"""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import numpy as np
import polars as pl

from agents.books import QUARTER
from analysis.plotting.captions import interval, note, origin
from analysis.results.folder import Results
from analysis.results.status import is_pooled, on_common_replicates
from analysis.results.tables import Table
from analysis.statistics.estimates import ESTIMATE_SCHEMA, estimate_table, of_pilot, ratio_of_sums
from analysis.statistics.units import Units
from analysis.statistics.weighted import weighted_quantiles
from model.metrics.quarters import OF_KINDS, QUARTERLY

OVER_TIME = "over_time"
"""Name of the table, and of the figure of all perpetrators together."""
DOCTRINE, ALL = "doctrine", "all"
WORLDS = {"world": "", "twin": "twin_"}
"""The two worlds of a run, and how their columns begin."""
SHARES = {"q05": 0.05, "q25": 0.25, "median": 0.5, "q75": 0.75, "q95": 0.95}
"""Quantiles of single runs, by the names of their columns."""
OVER_TIME_SCHEMA: dict[str, Any] = {
    "quarter": pl.Int64(),  # from 1
    "begins": pl.Date(),  # null where the time itself is varied
    "metric": pl.String(),  # a figure of `model.metrics.quarters`
    "kind": pl.String(),  # of perpetrators, or `all`
    "world": pl.String(),  # world | twin
    **{name: kind for name, kind in ESTIMATE_SCHEMA.items() if name != "metric"},
    **dict.fromkeys(SHARES, pl.Float64()),
}
"""Columns of the table, after those of the factors that it is told by."""


def factors_over_time(results: Results) -> list[str]:
    """The factors by which time is told where none is named: the doctrine where several are compared, or none."""
    levels = results.manifest.factors.get(DOCTRINE, ())
    return [DOCTRINE] if DOCTRINE in results.levelled and len(levels) > 1 else []


def over_time(results: Results, by: Sequence[str] | None = None) -> pl.DataFrame:
    """Each figure of each quarter, in the world and in its twin, by levels of the factors `by`, pooled over the others.

    Columns are those of `by`, then `OVER_TIME_SCHEMA`: the mean with its 95 % interval (of each quarter by
    itself), the number of replicates, and quantiles of single runs. By default `factors_over_time`. Raises
    `ConfigurationError` where the folder keeps no quarters, or a factor is none of its design.
    """
    by = factors_over_time(results) if by is None else list(by)
    rows, manifest = results.scan_quarters, results.manifest
    if manifest.status != "complete" and is_pooled(results.design, by):
        if by:
            results.check_reached(by)
        rows = on_common_replicates(rows, results.design.height)
    if manifest.pilot is not None:
        rows = of_pilot(rows, manifest.pilot)
    units, count = _units(results, rows, by)
    group, weight = units.group_of_run, units.weight_of_run
    order = np.argsort(group, kind="stable")
    ends = np.flatnonzero(np.diff(group[order])) + 1
    frames = []
    for (name, kind), column in _columns().items():
        for world, begins in WORLDS.items():
            values = units.of_runs(begins + column)
            if np.isnan(values).all():  # a kind that no point has
                continue
            mean = units.mean_of(values)
            one = np.where(np.isnan(mean), np.nan, 1.0)
            ratio = ratio_of_sums(mean, one, units.group, units.levels.height)
            found = estimate_table(name, ratio, (mean, one, units.group))
            spread = _quantiles(values[order], None if weight is None else weight[order], group[order], ends, count)
            own = found.with_columns(**dict(zip(SHARES, spread.T, strict=True)))
            own = units.levels.join(own, on="group", maintain_order="left")
            frames.append(own.with_columns(kind=pl.lit(kind), world=pl.lit(world)))
    if not frames:  # no run so far
        return pl.DataFrame(schema={**{path: results.design.schema[path] for path in by}, **OVER_TIME_SCHEMA})
    table = pl.concat(frames).with_columns(_begins(results), pl.col(pl.Float64).fill_nan(None))
    return table.filter(pl.col("n") > 0).select(*by, *OVER_TIME_SCHEMA).cast(OVER_TIME_SCHEMA)  # type: ignore[arg-type]


def _columns() -> dict[tuple[str, str], str]:
    """Columns of quarters by figure and kind."""
    return {**{(name, ALL): name for name in QUARTERLY}, **OF_KINDS}


def _units(results: Results, rows: pl.LazyFrame, by: list[str]) -> tuple[Units, int]:
    """Independent units of each group and quarter, a quarter of a point taken for a point; and the number of groups."""
    last = rows.select(pl.col("quarter").max()).collect().item() or 0
    quarters = pl.DataFrame({"quarter": range(1, last + 1)}, schema={"quarter": pl.Int64})
    design = results.design.join(quarters, how="cross", maintain_order="left_right")
    place = pl.col("point") * last + pl.col("quarter").cast(pl.Int64) - 1
    weights = results.weights
    each = None if weights is None else np.repeat(weights, last).tolist()
    there = rows.with_columns(point=place, status=pl.lit("ok")).drop("quarter")
    units = Units(there, design, [*by, "quarter"], each)
    return units, units.levels.height


def _quantiles(values: Any, weight: Any, group: Any, ends: Any, count: int) -> Any:
    """Quantiles [group, share] of values that stand by group, NaN where a group has none."""
    found = np.full((count, len(SHARES)), np.nan)
    first, shares = np.concatenate([[0], ends]).astype(int), list(SHARES.values())
    sizes = np.diff(np.append(first, len(values)))
    if len(values) and (sizes == sizes[0]).all() and not np.isnan(values).any():
        table = values.reshape(-1, sizes[0])
        found[group[first]] = weighted_quantiles(table, shares, 1.0 if weight is None else weight.reshape(table.shape))
        return found
    for start, size in zip(first, sizes, strict=True):
        some = slice(start, start + size)
        there = ~np.isnan(values[some])
        if there.any():
            own = 1.0 if weight is None else weight[some][there]
            found[group[start]] = weighted_quantiles(values[some][there], shares, own)
    return found


def _begins(results: Results) -> pl.Expr:
    """The first day of each quarter, null where points differ in their time."""
    if any(path == "scenario" or path.startswith("scenario.time.") for path in results.manifest.factors):
        return pl.lit(None, pl.Date).alias("begins")
    time = results.configuration.scenario.time
    first = time.start + timedelta(weeks=time.burn_in)
    return (pl.lit(first) + pl.duration(weeks=QUARTER * (pl.col("quarter") - 1))).cast(pl.Date).alias("begins")


BANDS = "Quantiles are of single runs, over all replicates and points."


def over_time_table(results: Results, found: pl.DataFrame | None = None) -> dict[str, Table]:
    """The table of `over_time` as it is written beside the runs, by its name."""
    frame = over_time(results) if found is None else found
    words = f"Quarters of {QUARTER} weeks, counted from the end of the burn-in; sums of a quarter, and means of states."
    notes = words, interval(frame, "Estimates"), SINGLY, BANDS, origin(results)
    return {OVER_TIME: Table("What happens over time", frame, note(*notes))}


SINGLY = "Each interval is of its own quarter."

"""The Pareto set: doctrines than which no other does as well by every criterion and better by one.

A set found from means alone claims more than they carry. Each doctrine stands with the share of resamples of worlds and
replicates in which it is in the set, and with the share of worlds in which it is.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
import polars as pl

from analysis.comparison.comparison import Comparison
from analysis.comparison.resamples import can_resample, resampled
from analysis.statistics.two_way import Array, Cells
from model.metrics import METRICS, TRADED


def non_dominated(values: Array) -> Cells:
    """Which doctrines are dominated by none: values of shape (…, doctrines, criteria), more is better."""
    one, other = values[..., :, None, :], values[..., None, :, :]  # other dominates one
    dominated = (other >= one).all(axis=-1) & (other > one).any(axis=-1)
    return np.asarray(~dominated.any(axis=-1))


PARETO_SCHEMA: dict[str, Any] = {
    "doctrine": pl.String(),
    "in_set": pl.Boolean(),  # by the means
    "resamples": pl.Float64(),  # share in which it is in the set; null where nothing can be resampled
    "worlds": pl.Float64(),  # share of worlds, by weight; null where there is but one
    "dominated_by": pl.String(),  # by the means
}


def pareto(comparison: Comparison, metrics: Sequence[str] = TRADED) -> pl.DataFrame:
    """The Pareto set over these criteria, with each doctrine's means."""
    sign = np.array([float(METRICS[name].better) for name in metrics])
    mean = np.stack([comparison.figures(metric).mean for metric in metrics], axis=1)
    inside, frequency, in_worlds = non_dominated(mean * sign), None, None
    if can_resample(comparison):
        batches = [non_dominated(batch * sign) for batch in resampled(comparison, metrics)]
        frequency = np.concatenate(batches).mean(axis=0)
    if comparison.has_worlds:
        cases = np.stack([comparison.cases(metric) for metric in metrics], axis=2) * sign
        in_worlds = comparison.case_weights @ non_dominated(np.swapaxes(cases, 0, 1))
    rows = []
    for at, name in enumerate(comparison.doctrines):
        by = [other for place, other in enumerate(comparison.doctrines) if _dominates(mean * sign, place, at)]
        row = {"doctrine": name, "in_set": bool(inside[at]), "dominated_by": ", ".join(by)}
        row["resamples"] = None if frequency is None else float(frequency[at])
        row["worlds"] = None if in_worlds is None else float(in_worlds[at])
        rows.append({**row, **dict(zip(metrics, mean[at].tolist(), strict=True))})
    return pl.DataFrame(rows, schema={**PARETO_SCHEMA, **dict.fromkeys(metrics, pl.Float64())})


def _dominates(values: Array, one: int, other: int) -> bool:
    return bool((values[one] >= values[other]).all() and (values[one] > values[other]).any())

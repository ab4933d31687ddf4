"""The tables that fit a slide: a row for each doctrine, numbers with half their intervals in one cell."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import polars as pl

from analysis.comparison.comparison import Comparison, differences, estimates
from analysis.comparison.regret import regret, satisficing
from analysis.comparison.superiority import superiority
from analysis.labels import is_share, shown
from analysis.results.conditions import target_label
from analysis.results.tables import interval_text
from model.metrics import COMPARED, METRICS

UNCLEAR = "~"
"""Behind a difference whose interval includes zero."""


def heading(metric: str) -> str:
    """A criterion as the head of a column, with what it is counted in."""
    return f"{METRICS[metric].short}{' %' if is_share(metric) else ''}"


def number(value: float, ends: tuple[float, float] | None = None, *, signed: bool = False) -> str:
    """A number with its interval, to the digits that the interval leaves a meaning."""
    low, high = ends or (value, value)
    text = interval_text(value, low, high, _digits(value, (high - low) / 2 if ends else abs(value)), signed=signed)
    return text if ends else text.split(" ")[0]


def _digits(value: float, width: float) -> int:
    return 0 if width >= 9.95 else 1 if width >= 0.95 or abs(value) >= 9.995 else 2 if width >= 0.005 else 3


def _cell(row: dict[str, Any], metric: str, *, signed: bool) -> str:
    """An estimate in the unit of the table; where no interval can be had no number."""
    if row["mean"] is None or row["low"] is None or row["high"] is None:
        return "–"
    unit = shown(metric)
    mark = UNCLEAR if row.get("verdict") == "unclear" else ""
    return number(unit * row["mean"], (unit * row["low"], unit * row["high"]), signed=signed) + mark


def _wide(doctrines: Sequence[str], metrics: Sequence[str], cells: dict[tuple[str, str], str]) -> pl.DataFrame:
    columns = {heading(metric): [cells.get((name, metric), "–") for name in doctrines] for metric in metrics}
    return pl.DataFrame({"doctrine": list(doctrines), **columns}, schema_overrides=dict.fromkeys(columns, pl.String()))


def slide(comparison: Comparison, metrics: Sequence[str] = COMPARED) -> pl.DataFrame:
    """The reference with its own estimates, then every other doctrine less the reference; `~`: includes zero."""
    others = [name for at, name in enumerate(comparison.doctrines) if at != comparison.reference]
    reference = comparison.doctrines[comparison.reference]
    own = estimates(comparison, metrics).filter(doctrine=reference)
    cells = {(reference, row["metric"]): _cell(row, row["metric"], signed=False) for row in own.iter_rows(named=True)}
    for row in differences(comparison, metrics).iter_rows(named=True):
        cells[row["doctrine"], row["metric"]] = _cell(row, row["metric"], signed=True)
    return _wide([reference, *others], metrics, cells)


def slide_superiority(comparison: Comparison, metrics: Sequence[str] = COMPARED) -> pl.DataFrame:
    """In how many of a hundred worlds, or replicates, each doctrine does better than the reference."""
    reference = comparison.doctrines[comparison.reference]
    found = superiority(comparison, metrics).filter(other=reference)
    rows = found.iter_rows(named=True)
    cells = {(row["doctrine"], row["metric"]): _share(row) for row in rows}
    names = [name for name in comparison.doctrines if name != reference]
    table = _wide(names, metrics, cells)
    return table.rename({heading(metric): METRICS[metric].short for metric in metrics})


def _share(row: dict[str, Any]) -> str:
    mean, low, high = row["mean"], row["low"], row["high"]
    if mean is None:
        return "–"
    if low is None or high is None:
        return f"{100 * mean:.0f}"
    return f"{100 * mean:.0f} ({100 * low:.0f}–{100 * high:.0f})"


def slide_regret(comparison: Comparison, metrics: Sequence[str] = COMPARED) -> pl.DataFrame:
    """The largest regret of each doctrine; `*` marks the least of each metric."""
    cells = {}
    for row in regret(comparison, metrics).iter_rows(named=True):
        value = row["largest"]
        if value is not None and (comparison.has_worlds or row["low"] is not None):
            text = number(shown(row["metric"]) * value) if value else "0.00"
            cells[row["doctrine"], row["metric"]] = text + ("*" if row["least"] else "")
    return _wide(comparison.doctrines, metrics, cells)


def slide_targets(comparison: Comparison) -> pl.DataFrame:
    """In how many of a hundred worlds, or replicates, each doctrine meets each target, and all of them."""
    labels = {target.text: target_label(target) for target in comparison.targets}
    found = satisficing(comparison)
    columns: dict[str, list[str]] = {"doctrine": list(comparison.doctrines)}
    for text in found["target"].unique(maintain_order=True):
        rows = found.filter(target=text).iter_rows(named=True)
        columns[labels.get(text, text)] = [_share(row) for row in rows]
    return pl.DataFrame(columns)


def pareto_text(inside: bool, share: float | None) -> str:
    """Whether a doctrine is in the Pareto set, with the share of resamples."""
    word = "yes" if inside else "no"
    return word if share is None or not np.isfinite(share) else f"{word} ({100 * share:.0f} %)"

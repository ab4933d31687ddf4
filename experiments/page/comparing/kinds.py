"""Differences of doctrines by kind of perpetrator."""

from typing import Any

import polars as pl

from analysis.comparison.by_kind import by_kind
from analysis.comparison.comparison import Comparison
from analysis.comparison.tables import KIND_NOTE


def differences_by_kind(comparison: Comparison) -> dict[str, Any]:
    """Each doctrine less the reference against each kind of perpetrator, by each metric that has kinds."""
    table = by_kind(comparison).filter(pl.col("doctrine") != comparison.doctrines[comparison.reference])
    ends = {"mean": "difference", "low": "difference_low", "high": "difference_high"}
    columns = {end: pl.col(name) for end, name in ends.items()}
    shown = table.select("doctrine", "kind", "metric", "n", "verdict", **columns)
    return {"kinds": shown.to_dicts(), "kind_note": KIND_NOTE}

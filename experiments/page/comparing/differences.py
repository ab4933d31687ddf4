"""Each doctrine by itself, and less the reference."""

from collections.abc import Sequence
from typing import Any

from analysis.comparison.comparison import Comparison, differences, estimates
from analysis.comparison.tables import screen_note

FIGURE = ("doctrine", "metric", "mean", "low", "high", "n")
"""Columns of a figure on the page."""


def levels_and_differences(comparison: Comparison, metrics: Sequence[str]) -> dict[str, Any]:
    """Figures by doctrine and metric, what doctrines are called, and how to read the figures."""
    return {
        "titles": comparison.titles,
        "reference": comparison.doctrines[comparison.reference],
        "unit": comparison.cells.unit,
        "levels": levels(comparison, metrics),
        "differences": differences(comparison, metrics).select(*FIGURE, "verdict").to_dicts(),
        "note": screen_note(comparison),
    }


def levels(comparison: Comparison, metrics: Sequence[str]) -> list[dict[str, Any]]:
    """Figures of each doctrine by itself."""
    return estimates(comparison, metrics).select(FIGURE).to_dicts()

"""What doctrines gain and cost, and which no other dominates."""

from collections.abc import Sequence
from typing import Any

from analysis.comparison.comparison import Comparison
from analysis.comparison.pareto import pareto
from analysis.comparison.tables import PARETO_MARKS, pareto_sentence

STANDING = ("doctrine", "in_set", "resamples", "dominated_by", "clearly_dominated_by")


def standing(comparison: Comparison, metrics: Sequence[str]) -> dict[str, Any]:
    """The Pareto set over these criteria, and how surely each doctrine is in it."""
    return {
        "pareto": pareto(comparison, metrics).select(STANDING).to_dicts(),
        "pareto_note": PARETO_MARKS,
        "pareto_said": pareto_sentence(comparison),
    }

"""The sentences that a comparison supports: those of the command, and those of the brief."""

from typing import Any

from analysis.comparison.comparison import Comparison
from analysis.comparison.findings import comparison_findings, lead_findings
from analysis.report.findings import findings


def in_short(comparison: Comparison) -> dict[str, Any]:
    """The answer in a sentence or two; none without intervals."""
    return {"lead": [each._asdict() for each in lead_findings(comparison)]}


def on_doctrines(comparison: Comparison) -> dict[str, Any]:
    """What the brief says of the doctrines."""
    return {"findings": [each._asdict() for each in comparison_findings(comparison.results)]}


def in_the_brief(comparison: Comparison) -> dict[str, Any]:
    """All that the brief says: also which doctrine overtakes which between worlds, and what no data inform."""
    return {"findings": [each._asdict() for each in findings(comparison.results)]}

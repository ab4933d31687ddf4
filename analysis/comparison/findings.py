"""Findings on doctrines: what each does against its twin, and what choosing it over the reference does."""

from collections.abc import Iterator
from typing import Any

from analysis.comparison.comparison import comparison_of, differences, estimates
from analysis.comparison.superiority import superiority
from analysis.results.folder import Results
from analysis.sentences import Finding, against_twin, in_worlds, together
from model.metrics import CRITERIA, EFFECTS, METRICS

BESIDE = (*EFFECTS, *(name for name in CRITERIA if not METRICS[name].is_share))
"""Metrics by which findings compare doctrines: also what they cost, and whom they wrong."""


def comparison_findings(results: Results) -> Iterator[Finding]:
    """Each doctrine against its twin; against the reference; and in how many worlds it does better than that."""
    comparison = comparison_of(results)
    unit = comparison.cells.unit
    titles = dict(zip(comparison.doctrines, results.manifest.doctrine_titles.values(), strict=True))
    for row in estimates(comparison, EFFECTS).iter_rows(named=True):
        if text := against_twin(f"“{titles[row['doctrine']]}”", row):
            yield Finding("Against the twin", text, row["n"], unit)
    name = comparison.doctrines[comparison.reference]
    reference = f"“{titles[name]}”"
    for (doctrine,), table in differences(comparison, BESIDE).group_by("doctrine", maintain_order=True):
        if text := together(f"choosing “{titles[str(doctrine)]}” over {reference}", table.to_dicts()):
            n: Any = table["n"].min()
            yield Finding(f"Against {reference}", text, n, unit)
    if not comparison.has_worlds:  # of one world there is no share of worlds to speak of
        return
    for row in superiority(comparison, ["harm_averted"]).filter(other=name).iter_rows(named=True):
        if text := in_worlds(f"“{titles[row['doctrine']]}” averts more harm than {reference}", row):
            yield Finding("World by world", text, row["n"], comparison.unit)

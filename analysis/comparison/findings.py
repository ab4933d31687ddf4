"""Findings on doctrines: what each does against its twin, and what choosing it over the reference does.

All of them are told where all are to hold together, for of many intervals some leave zero out by chance.
"""

from collections.abc import Iterator
from typing import Any

from analysis.comparison.comparison import Comparison, comparison_of, differences, estimates
from analysis.comparison.superiority import in_most_cases, superiority
from analysis.results.folder import Results
from analysis.sentences import Finding, against_twin, in_worlds, together
from model.metrics.catalogue import CRITERIA, EFFECTS, LEAD, METRICS

BESIDE = (*EFFECTS, *(name for name in CRITERIA if not METRICS[name].is_share))
"""Metrics by which findings compare doctrines: also what they cost, and whom they wrong."""
TOGETHER = "told where all that is said holds together at 95 %; intervals are each by itself"
"""How sentences of a comparison decide."""


def comparison_findings(results: Results) -> Iterator[Finding]:
    """Each doctrine against its twin; against the reference; and in how many worlds it does better than that."""
    comparison = comparison_of(results)
    unit = comparison.cells.unit
    titles = dict(zip(comparison.doctrines, results.manifest.doctrine_titles.values(), strict=True))
    for row in _against_twins(comparison):
        if text := against_twin(f"“{titles[row['doctrine']]}”", row):
            yield Finding(f"Against the twin ({TOGETHER})", text, row["n"], unit)
    name = comparison.doctrines[comparison.reference]
    reference = f"“{titles[name]}”"
    for (doctrine,), table in differences(comparison, BESIDE).group_by("doctrine", maintain_order=True):
        if text := together(f"choosing “{titles[str(doctrine)]}” over {reference}", table.to_dicts()):
            n: Any = table.drop_nulls("mean")["n"].min()
            yield Finding(f"Against {reference} ({TOGETHER})", text, n, unit)
    if not comparison.has_worlds:  # of one world there is no share of worlds to speak of
        return
    for row in superiority(comparison, [LEAD]).filter(other=name).iter_rows(named=True):
        at = comparison.doctrines.index(row["doctrine"])
        told = {**row, "jointly": in_most_cases(comparison, LEAD, at, comparison.reference)}
        if text := in_worlds(f"“{titles[row['doctrine']]}” averts more harm than {reference}", told):
            yield Finding(f"World by world ({TOGETHER})", text, row["n"], comparison.unit)


def _against_twins(comparison: Comparison) -> Iterator[dict[str, Any]]:
    """Estimates of each doctrine, and whether each is told from zero where all are."""
    level = comparison.level()
    for row in estimates(comparison, EFFECTS).iter_rows(named=True):
        at = comparison.doctrines.index(row["doctrine"])
        way = comparison.told(row["metric"], comparison.alone, at, level)
        yield {**row, "jointly": None if way is None else way != 0}

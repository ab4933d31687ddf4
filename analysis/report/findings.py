"""Findings: which sentences a folder of results supports, gathered from the rooms of the questions.

First what answers the question of the folder: the rule of a discovery, the indices of a sensitivity analysis, the
shares of mechanisms and features; of a comparison what choosing one doctrine over another does, and which overtakes
which. Then what is said of any sweep: what each doctrine, or all of it, does against its twin; what the factors do.
Last, how far that depends on what no data inform.
"""

from collections.abc import Iterator

from analysis.calibration.informed import uninformed
from analysis.comparison.comparison import comparison_of, is_comparison
from analysis.comparison.findings import comparison_findings, overtaking_findings
from analysis.comparison.ranking import Ranking
from analysis.decomposition.findings import decomposition_findings, shares_out
from analysis.discovery.findings import discovery_findings
from analysis.effects.findings import effect_findings, overall_findings
from analysis.report.uninformed import uninformed_findings
from analysis.results.folder import Results
from analysis.sampled.findings import score_findings
from analysis.sensitivity.findings import importance, is_structured
from analysis.sentences import Finding

TWIN = "Against the twin"
"""How the heading of what is said against the twin begins."""


def findings(results: Results) -> list[Finding]:
    """All findings of a folder; none where it has no intervals, none on levels while points have no run yet."""
    if results.manifest.kind == "run":
        return []
    if is_structured(results):
        return list(importance(results))
    answers = [] if results.unreached else [*discovery_findings(results), *decomposition_findings(results)]
    if shares_out(results):
        return answers
    compared = list(comparison_findings(results) if is_comparison(results) else overall_findings(results))
    against = [one for one in compared if not one.heading.startswith(TWIN)]
    twins = [one for one in compared if one.heading.startswith(TWIN)]
    moved = () if results.unreached else effect_findings(results)
    scored = () if results.unreached else score_findings(results)
    return [*answers, *against, *_ranked(results), *twins, *moved, *scored, *uninformed_findings(results)]


def _ranked(results: Results) -> Iterator[Finding]:
    """Which doctrine leads, and which overtakes which, of a comparison."""
    if is_comparison(results):
        yield from overtaking_findings(Ranking(comparison_of(results), uninformed(results)))

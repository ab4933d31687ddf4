"""Findings: which sentences a folder of results supports, gathered from the rooms of the questions.

First what answers the question of the folder: the rule of a discovery, the indices of a sensitivity analysis, the
shares of mechanisms and features. Then what is said of any sweep: what each doctrine, or all of it, does against its
twin; what choosing one doctrine over another does; what the factors do.
"""

from analysis.comparison.comparison import is_comparison
from analysis.comparison.findings import comparison_findings
from analysis.decomposition.findings import decomposition_findings, shares_out
from analysis.discovery.findings import discovery_findings
from analysis.effects.findings import effect_findings, overall_findings
from analysis.results.folder import Results
from analysis.sensitivity.findings import importance, is_structured
from analysis.sentences import Finding


def findings(results: Results) -> list[Finding]:
    """All findings of a folder; none where it has no intervals, none on levels while points have no run yet."""
    if results.manifest.kind == "run":
        return []
    if is_structured(results):
        return list(importance(results))
    answers = [] if results.unreached else [*discovery_findings(results), *decomposition_findings(results)]
    if shares_out(results):
        return answers
    compared = comparison_findings(results) if is_comparison(results) else overall_findings(results)
    return [*answers, *compared, *(() if results.unreached else effect_findings(results))]

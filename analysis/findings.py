"""Findings: which sentences a folder of results supports, under which headings.

What each doctrine, or the whole sweep, does against its twin; what going from one end of a factor to the other does,
and under which levels of another factor it does something else; what choosing one doctrine over another does.
"""

from collections.abc import Iterator
from typing import Any, NamedTuple

from analysis.results import Results
from analysis.sentences import against_twin

HEADLINE = ("deterrence_rate", "escalation_rate", "harm_averted", "severe_averted")
"""Metrics of which findings speak."""


class Finding(NamedTuple):
    """A sentence, the heading under which it stands, and the replicates behind it."""

    heading: str
    text: str
    n: int


def findings(results: Results) -> list[Finding]:
    """All findings of a folder; none where it has no intervals."""
    return list(_overall(results))


def _overall(results: Results) -> Iterator[Finding]:
    """What the toolbox does against its twin, over all points or doctrine by doctrine."""
    if results.manifest.kind == "run":
        return
    titles = doctrine_titles(results)
    by = ["doctrine"] if len(titles) > 1 else []
    for row in results.estimate(by, HEADLINE).iter_rows(named=True):
        subject = f"“{titles[row['doctrine']]}”" if by else _subject(results)
        text = against_twin(subject, row)
        if text:
            yield Finding("Against the twin", text, row["n"])


def _subject(results: Results) -> str:
    title = results.configuration.doctrine.title
    several = results.manifest.points > 1
    return f"over all points, “{title}” as varied here" if several else f"“{title}”"


def doctrine_titles(results: Results) -> dict[Any, str]:
    """Titles of the doctrines that are levels of a factor, by level; the level itself where no title is kept."""
    levels = results.manifest.factors.get("doctrine", [])
    contents = results.manifest.contents.get("doctrine", {})
    return {level: str(contents.get(level, {}).get("title", level)) for level in levels}

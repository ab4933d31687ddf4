"""Briefs: the record of all that a page says and shows, and that of a folder of runs.

What searches and decompositions say besides stands in `analysis.report.search` and `analysis.report.decomposition`.
"""

from collections.abc import Iterator, Mapping, Sequence
from os import fsencode
from pathlib import Path
from shlex import quote
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, NamedTuple

from analysis.comparison.comparison import DOCTRINE
from analysis.labels import factor_label, level_texts
from analysis.plotting import captions
from analysis.report.doctrines import doctrines_compared
from analysis.report.findings import findings
from analysis.results.folder import Results
from analysis.results.tables import Table
from analysis.sentences import Finding

if TYPE_CHECKING:
    from matplotlib.figure import Figure

MOST_LEVELS = 12
"""Levels of a factor that are named one by one."""


class Brief(NamedTuple):
    """All that a page says and shows."""

    results: Results  # whose base configuration, twin, seed and files it states
    title: str
    question: str
    setting: str
    runs: tuple[str, str]  # what they are called, and how many there are
    findings: Sequence[Finding] = ()
    facts: Sequence[tuple[str, str]] = ()  # what was done, before the factors
    factors: Sequence[tuple[str, str]] = ()
    limits: Sequence[str] = ()
    again: Sequence[tuple[str, str]] = ()  # commands and what they do
    warnings: Sequence[str] = ()  # beside those that follow from the runs
    figures: "Mapping[str, Figure]" = MappingProxyType({})
    tables: Mapping[str, Table] = MappingProxyType({})


def outline(results: Results) -> Brief:
    """A brief with title, question, setting and number of runs, to which its kind of folder adds the rest."""
    manifest, setting, runs = results.manifest, captions.setting(results), ("Runs", captions.size(results))
    return Brief(results, manifest.title, manifest.question, setting, runs)


def brief_of_runs(results: Results) -> Brief:
    """The brief of a sweep or a single run, without figures and tables."""
    where = command_path(results.folder)
    again = [
        (f"deter reproduce {where}", "makes every run again and compares it bit by bit"),
        (f"deter report {where}", "writes this page again"),
    ]
    return outline(results)._replace(
        findings=findings(results), facts=list(doctrines_compared(results)), factors=list(factors(results)), again=again
    )


def command_path(path: str | Path) -> str:
    """A path as a shell and a command take it: as it was given, for that is where the reader stands."""
    text = f"./{path}" if str(path).startswith("-") else str(path)
    if text.isprintable():
        return quote(text)
    # letters that cannot be seen as the bytes of the name, as shells know them between $' and '
    letters = (
        each if each.isprintable() else "".join(f"\\x{byte:02x}" for byte in fsencode(each))
        for each in text.replace("\\", "\\\\").replace("'", "\\'")
    )
    return f"$'{''.join(letters)}'"


def factors(results: Results) -> Iterator[tuple[str, str]]:
    """Each factor with its levels or its range, and what differs between replicates."""
    design = results.manifest.design
    for path, levels in results.manifest.factors.items():
        if path not in results.levelled and "seed" in design and all(isinstance(end, (int, float)) for end in levels):
            text = f"{span(levels)}, drawn ({design['kind']})"
        elif path == DOCTRINE:
            text = ", ".join(f"“{results.manifest.doctrine_titles[str(one)]}”" for one in levels)
        elif len(levels) > MOST_LEVELS:
            text = f"{len(levels)} levels, {span(levels)}"
        else:
            text = ", ".join(level_texts(levels))
        label = factor_label(path, results.configuration)
        yield f"Twin: {label}" if path.startswith("reference.") else label, text
    yield from of_replicates(results)


def of_replicates(results: Results) -> Iterator[tuple[str, str]]:
    """Each parameter in which the worlds of replicates differ, with its ends."""
    worlds = results.worlds
    for column in worlds.drop("replicate") if worlds is not None else ():
        ends = sorted(column.unique())
        yield factor_label(column.name, results.configuration), f"{span([ends[0], ends[-1]])}, drawn for each replicate"


def span(levels: Sequence[Any]) -> str:
    """From the first level to the last: 0.1 to 0.9."""
    return " to ".join(level_texts((levels[0], levels[-1])))

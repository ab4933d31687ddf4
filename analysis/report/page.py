"""The brief: a folder of results as one HTML page, whole in itself, that prints to PDF.

It says what was asked and compared, what was found in sentences that the numbers support, the figures and tables, what
was assumed, what the results cannot say, and how to get them again. It needs no network and no other file.
"""

import base64
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from jinja2 import Environment, PackageLoader, StrictUndefined

from analysis.labels import INVENTED, title
from analysis.plotting import captions
from analysis.report.briefs import Brief
from analysis.report.missing import missing_runs
from analysis.results.folder import Results
from analysis.results.tables import rows_of
from analysis.results.versions import this_version
from analysis.sensitivity.findings import no_indices
from analysis.sentences import Finding
from analysis.statistics.intervals import caution
from model.configuration import USER
from model.errors import listing, printable

REPORT = "report.html"
ORIGINS = {
    USER: "set by the user",
    "assumption": "assumption",
    "equal": "assumption",
    "modelling suggestion": "modelling suggestion, no fact",
    "suggestion": "modelling suggestion, no fact",
    "tuned": "tuned: set with an eye on public figures or on what the scenario should show",
    "calibrated": "calibrated to the public record: the centre of the posterior",
    "carried": "assumption; no data inform it, and its whole range goes with every result over the posterior",
    "definition": "definition",
}
"""Kinds of sources, by how their texts begin."""
DOCUMENT = "a public document or data, named with the number"
MOST_ROWS = 40
"""Rows of a table that the page shows."""
WIDEST = 183.0 / 25.4 * 72.0
"""Width in points of a figure that fills the page."""


class FindingGroup(NamedTuple):
    """Findings under one heading, and the replicates or worlds behind them."""

    heading: str
    n: str
    sentences: list[str]


def page_of(brief: Brief) -> str:
    """The page of a brief as HTML."""
    results = brief.results
    page = Environment(
        loader=PackageLoader("analysis.report"),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=_seen,
        trim_blocks=True,
        lstrip_blocks=True,
    ).get_template("report.html")
    return page.render(
        manifest=results.manifest,
        brief=brief,
        origin=captions.origin(results),
        over=over(results),
        warnings=list(dict.fromkeys([*warnings(results), *brief.warnings])),
        sections=sections(brief.findings),
        pictures=[_picture(name, figure) for name, figure in brief.figures.items()],
        tables=[(name, table, rows_of(table)) for name, table in brief.tables.items()],
        base=results.configuration,
        assumptions=_assumptions(results),
        most_rows=MOST_ROWS,
    )


def _seen(value: Any) -> Any:
    """A value as the page shows it: text without what no reader sees."""
    return printable(value, keep="\n") if type(value) is str else value


def _picture(name: str, figure: Any) -> dict[str, Any]:
    """A figure as it stands in the page: its name, its words, its SVG as an address, its width in per cent of a page.

    Its words are its title and its note, for readers who do not see it. All figures keep one scale, so that their
    letters are of one size.
    """
    from analysis.plotting.files import rendered

    svg = rendered(figure, ["svg"])["svg"]
    words = " ".join(text.get_text().replace("\n", " ") for text in figure.texts[:3])
    found = re.search(rb'<svg[^>]* width="([0-9.]+)pt"', svg)
    width = min(100, round(100 * float(found[1]) / WIDEST)) if found else 100
    address = f"data:image/svg+xml;base64,{base64.b64encode(svg).decode()}"
    return {"name": name, "words": words, "address": address, "width": width}


def sections(found: Sequence[Finding]) -> list[FindingGroup]:
    """Findings by their headings, in the order in which those first come."""
    headings = dict.fromkeys(finding.heading for finding in found)
    return [_section(heading, [one for one in found if one.heading == heading]) for heading in headings]


def _section(heading: str, found: list[Finding]) -> FindingGroup:
    few, many, unit = min(one.n for one in found), max(one.n for one in found), found[0].unit
    n = f"n = {many:,} {unit}" if few == many else f"n = {few:,} to {many:,} {unit}"
    return FindingGroup(heading, n, [one.text for one in found])


def over(results: Results) -> str:
    """Over which worlds all figures of the page are, and what no data inform; nothing where there is one world."""
    worlds = captions.over_worlds(results)
    if not worlds:
        return ""
    open_ = "what the record leaves open" if "record" in worlds else "what differs between them"
    return (
        f"{worlds} Figures and intervals are over {open_} as well as over luck. What no data inform is in these worlds "
        "as wide as was assumed beforehand, or has the one value assumed."
    )


def warnings(results: Results) -> Iterator[str]:
    """Sentences that a reader must know before anything else: runs that are missing, no interval, no calibration."""
    manifest, (runs, _) = results.manifest, results.counts
    if manifest.status != "complete":
        yield f"The sweep is not complete: {captions.size(results)}. Every figure may still change."
    if results.unreached:
        there = f"{manifest.points - results.unreached:,} of {manifest.points:,} points"
        yield f"{there} have runs so far, unevenly by level: neither levels nor effects are shown until all have."
    yield from _of_another_version(results)
    yield from missing_runs(results)
    yield from no_indices(results)
    if runs and manifest.replicates < 2 and manifest.kind == "sweep":
        yield "There is one replicate: no figure has an interval, so nothing is claimed."
    if manifest.kind == "sweep" and (text := caution(manifest.replicates)):
        yield text
    if manifest.kind == "run":
        yield INVENTED
        yield "This is one run: a story, not an estimate. It has no interval, so nothing is claimed."
    if manifest.model:
        yield f"The runs are of a model of the user's own, {manifest.model['name']}, not of the shipped one."
    sources = results.configuration.sources.values()
    if captions.over_worlds(results) or any(text.startswith("calibrated") for text in sources):
        yield "Numbers that no data inform are assumptions: findings are statements about the model, not forecasts."
    elif any(text.startswith("assumption") for text in sources):
        yield "The numbers of the scenario are not calibrated: findings are statements about the model, not forecasts."


def _of_another_version(results: Results) -> Iterator[str]:
    """Sentences on what cannot be shown of a folder that another version has written."""
    if results.is_of_another_version:
        version, here = results.manifest.written_by, this_version()
        yield (
            f"deter {version} made these results, and this page is by deter {here}, whose model is another. Parameters "
            "that are no more are not shown (they stand in the manifest of the folder), nor figures whose tables lack "
            "columns of this version."
        )
        if results.missing:
            names = listing(title(name) for name in results.missing)
            yield f"Left out, for the runs of deter {version} do not have what they are reckoned from: {names}."


def _assumptions(results: Results) -> dict[str, Any]:
    """Sources of the numbers of the base: how many of each origin, those of doctrine and scenario one by one."""
    parameters = [one for one in results.configuration.parameters() if not one.path.startswith("reference.")]
    counts = Counter(_origin(one.source) for one in parameters).most_common()
    shown = [one for one in parameters if one.path.startswith(("doctrine.", "scenario.", "switches."))]
    return {"counts": counts, "total": len(parameters), "shown": shown}


def _origin(source: str) -> str:
    """The kind of source of a number, from how its text begins."""
    return next((said for start, said in ORIGINS.items() if source.strip().startswith(start)), DOCUMENT)

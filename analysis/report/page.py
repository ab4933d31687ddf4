"""The brief: a folder of results as one HTML page, whole in itself, that prints to PDF.

It says what was asked and compared, what was found in sentences that the numbers support, the figures and tables, what
was assumed, what the results cannot say, and how to get them again. It needs no network and no other file.
"""

import base64
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from jinja2 import Environment, PackageLoader, StrictUndefined

from analysis.labels import INVENTED, title
from analysis.plotting import captions
from analysis.report.briefs import Brief
from analysis.report.gallery import entry
from analysis.report.glossary import Linker, terms_in
from analysis.report.limits import beside
from analysis.report.missing import missing_runs
from analysis.report.short import bottom_line, called_by, short_of
from analysis.report.shown import as_shown
from analysis.results.folder import Results
from analysis.results.identity import kept_words
from analysis.results.tables import Table, rows_of
from analysis.results.versions import this_version
from analysis.search.answer import read_found
from analysis.sensitivity.findings import no_indices
from analysis.sentences import Finding
from analysis.statistics.intervals import caution
from model.configuration import USER
from model.errors import ConfigurationError, listing, printable

REPORT = "report.html"
ORIGINS = {
    USER: "set by the user",
    "assumption": "assumption",
    "equal": "assumption",
    "modelling suggestion": "modelling suggestion, not a fact",
    "suggestion": "modelling suggestion, not a fact",
    "tuned": "tuned: set with an eye on public figures or on what the scenario should show",
    "calibrated": "calibrated to the public record: the centre of the posterior",
    "carried": "assumption; no data inform it, and every result over the posterior covers its whole range",
    "definition": "definition",
}
"""Kinds of sources, by how their texts begin."""
DOCUMENT = "a public document or data, given with the number"
MOST_ROWS = 40
"""Rows of a table that the page shows."""
MOST_LIMITS, MOST_FACTORS, MOST_SENTENCES = 3, 8, 10
"""Limits beside the findings under one heading, factors before the annex, and findings that are not folded."""
MOST_WARNINGS = 4
"""Warnings of a short brief."""
FEW, MOST_TERMS, LEAST_TERMS = 5, 14, 8
"""Rows of a small table, and words that a short brief explains beside a small one and beside a large one."""
ANSWERING = ("slide", "search_winners", "mechanisms", "effects", "sensitivity", "years", "feature_scores")
"""Tables that answer the question of a folder, of which the first that there is stands before the figures."""
MOST_IN_BRACKETS = 30
"""Letters in brackets that a heading keeps."""
HIGH = 0.8
"""Height of a figure, in its widths, from which on it takes a place of its own."""
WIDEST = 183.0 / 25.4 * 72.0
"""Width in points of a figure that fills the page."""


class FindingGroup(NamedTuple):
    """Findings under one heading, the replicates or worlds behind them, and how they were told."""

    heading: str
    n: str
    sentences: list[str]
    how: str = ""


def page_of(brief: Brief) -> str:
    """The long brief as HTML: findings first, then figures, limits and method; details last, folded on the screen."""
    groups, first = sections(brief.findings), _first(brief)
    tables = [(name, table, rows_of(table)) for name, table in first.items()]
    limits = beside([group.sentences for group in groups], MOST_LIMITS)
    said = [brief.question, *(text for group in groups for text in group.sentences), *brief.limits]
    said += [table.note for _, table, _ in tables] + [limit.caveat for own in limits for limit in own]
    return _rendered(
        "report.html",
        brief,
        said,
        bottom=bottom_line(brief),
        sections=groups,
        limits=limits,
        tables=tables,
        origin=captions.origin(brief.results),
        assumptions=_assumptions(brief.results),
        base=brief.results.configuration,
        most_rows=MOST_ROWS,
        most_sentences=MOST_SENTENCES,
        most_factors=MOST_FACTORS,
    )


def short_page_of(brief: Brief) -> str:
    """The short brief as HTML, two A4 pages in print: bottom line, three findings, one figure, one table, objection."""
    short = short_of(brief)
    table = short.table
    few = table is None or table.frame.height <= FEW
    said = [brief.question, short.bottom, *(found.text for found, _ in short.findings if found), short.answer]
    said += [caveat for _, caveat in short.findings] + [table.note if table else ""]
    return _rendered(
        "short.html",
        brief,
        said,
        most_warnings=MOST_WARNINGS,
        most_terms=MOST_TERMS if few else LEAST_TERMS,
        ideas=_ideas(brief.results) if few else [],
        short=short,
        table=table,
        rows=rows_of(table) if table else None,
        again=next((made for made, _ in brief.again if made.startswith("deter report")), ""),
        is_high=any(figure.get_figheight() > HIGH * figure.get_figwidth() for figure in brief.figures.values()),
    )


def _rendered(template: str, brief: Brief, said: list[str], most_terms: int | None = None, **more: Any) -> str:
    """A page from its template; `said` are texts in which words of the glossary are looked for."""
    results = brief.results
    terms = terms_in(said)[:most_terms]
    room = templates()
    linker = Linker(terms)
    room.filters["linked"] = lambda text: linker(_seen(text))
    return room.get_template(template).render(
        manifest=results.manifest,
        brief=brief,
        over=over(results),
        warnings=list(dict.fromkeys([*warnings(results), *brief.warnings])),
        pictures=_pictures(brief.figures),
        terms=terms,
        **more,
    )


def templates() -> Environment:
    """The templates of pages, in which all text is escaped and every letter can be seen."""
    return Environment(
        loader=PackageLoader("analysis.report"),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=_seen,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def _ideas(results: Results) -> list[tuple[str, str]]:
    """The doctrines compared, by title, with the idea of each; or the one of the folder."""
    contents = results.manifest.contents.get("doctrine", {})
    titles = results.manifest.doctrine_titles
    if not titles:
        doctrine = results.configuration.doctrine
        return [(doctrine.title, " ".join(doctrine.idea.split()))]
    return [(called, " ".join(str(contents.get(name, {}).get("idea", "")).split())) for name, called in titles.items()]


def _first(brief: Brief) -> dict[str, Table]:
    """The tables of a brief as it shows them, that first which answers its question."""
    titles, twin = called_by(brief.results), brief.results.configuration.reference.doctrine.title
    order = sorted(brief.tables, key=lambda name: ANSWERING.index(name) if name in ANSWERING else len(ANSWERING))
    return {name: as_shown(name, brief.tables[name], titles, twin) for name in order}


def _seen(value: Any) -> Any:
    """A value as the page shows it: text without what no reader sees."""
    return printable(value, keep="\n") if type(value) is str else value


def caption(name: str) -> str:
    """What a figure shows, in words; the name itself of a figure that is no longer drawn."""
    known = name.rpartition("/")[2].partition("-")[0]
    try:
        text = entry(known).shows
    except ConfigurationError:
        return name
    return f"{text[0].upper()}{text[1:]}."


def _pictures(figures: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Figures as they stand in the page: the first, then low ones before high ones, so that printed pages are full."""
    first, *others = figures or [None]
    order = [first, *sorted(others, key=lambda name: float(figures[str(name)].get_figheight()))]
    return [_picture(name, figures[name]) for name in order if name is not None]


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
    return {"name": name, "words": words, "caption": caption(name), "address": address, "width": width}


def sections(found: Sequence[Finding]) -> list[FindingGroup]:
    """Findings by their headings, in the order in which those first come."""
    headings = dict.fromkeys(finding.heading for finding in found)
    return [_section(heading, [one for one in found if one.heading == heading]) for heading in headings]


def _section(heading: str, found: list[Finding]) -> FindingGroup:
    few, many, unit = min(one.n for one in found), max(one.n for one in found), found[0].unit
    n = f"n = {many:,} {unit}" if few == many else f"n = {few:,} to {many:,} {unit}"
    called, _, how = heading.removesuffix(")").partition(" (")
    called, how = (called, how) if len(how) > MOST_IN_BRACKETS else (heading, "")  # a short one is part of the heading
    return FindingGroup(called, n, [one.text for one in found], how)


def over(results: Results) -> str:
    """Over which worlds all figures of the page are, and what no data inform; nothing where there is one world."""
    worlds = captions.over_worlds(results)
    if not worlds:
        return ""
    open_ = "what the record leaves open" if "record" in worlds else "what differs between them"
    return (
        f"{worlds} Figures and intervals are over {open_} as well as over chance. In these worlds, what no data "
        "inform has the wide range assumed beforehand, or the one value assumed."
    )


def warnings(results: Results) -> Iterator[str]:
    """Sentences that a reader must know before anything else: runs that are missing, no interval, no calibration."""
    manifest, (runs, _) = results.manifest, results.counts
    if not read_found(results):  # candidates of a search have the words of the doctrine that they depart from
        yield from kept_words(manifest.contents.get("doctrine", {}), with_shipped=not results.is_of_another_version)
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
        yield f"The runs use the user's own model, {manifest.model['name']}, not the shipped one."
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
            f"deter {version} made these results; deter {here}, which has another model, made this page. Parameters "
            "that no longer exist are not shown (they are in the manifest of the folder), nor are figures whose "
            "tables lack columns of this version."
        )
        if results.missing:
            names = listing(title(name) for name in results.missing)
            yield f"Left out, because the runs of deter {version} lack the data for them: {names}."


def _assumptions(results: Results) -> dict[str, Any]:
    """Sources of the numbers of the base: how many of each origin, those of doctrine and scenario one by one."""
    parameters = [one for one in results.configuration.parameters() if not one.path.startswith("reference.")]
    counts = Counter(_origin(one.source) for one in parameters).most_common()
    shown = [one for one in parameters if one.path.startswith(("doctrine.", "scenario.", "switches."))]
    return {"counts": counts, "total": len(parameters), "shown": shown}


def _origin(source: str) -> str:
    """The kind of source of a number, from how its text begins."""
    return next((said for start, said in ORIGINS.items() if source.strip().startswith(start)), DOCUMENT)

"""Which folder gives which page: that of a search, of `deter why`, of a comparison with one below it, of any runs."""

import warnings
from collections.abc import Callable
from pathlib import Path

from analysis.report import decomposition
from analysis.report.briefs import Brief, brief_of_runs
from analysis.report.gallery import ANSWERING, default_figures, draw, leading, search_figures
from analysis.report.missing import check_runs
from analysis.report.page import page_of, short_page_of
from analysis.report.search import brief_of_search, tables_of_search
from analysis.results.folder import Results, open_results
from analysis.results.manifest import FIGURES, MANIFEST
from analysis.results.tables import MOST_CELLS, TABLES, Table, TooLarge, read_table
from analysis.search.answer import GENERATIONS, open_search
from analysis.years.over_time import OVER_TIME
from model.display.cards import Page
from model.errors import ConfigurationError, listing

SHARED_OUT = ("mechanisms", "mechanisms_world", "features", "categories", "measures")
"""Figures of single sweeps of `deter why`, which draws them into the folder above."""


def report(
    folder: str | Path,
    warn: Callable[[str], None] = warnings.warn,
    *,
    short: bool = False,
    title: str | None = None,
    question: str | None = None,
    figure: str | None = None,
) -> Page:
    """Return the brief of a folder as one HTML page: a folder of results, of a search or of `deter why`.

    It is a text, which a notebook shows as the page.

    `short` gives the two pages of bottom line, findings and objection; `title` and `question` replace those of the
    folder; `figure` names the one figure of a short brief, or that which comes first. `warn` is told what in the folder
    is left out. Raises `ConfigurationError` where there is nothing to report, or no such figure.
    """
    brief = brief_of_folder(Path(folder), warn, figure=figure, only=short)
    if title is not None:
        brief = brief._replace(title=title)
    if question is not None:
        brief = brief._replace(question=question)
    return Page(short_page_of(brief) if short else page_of(brief))


def brief_of_folder(
    folder: Path, warn: Callable[[str], None], *, figure: str | None = None, only: bool = False
) -> Brief:
    """All that the page of a folder says and shows; `warn` is told what in the folder is left out.

    `figure` comes first, `only` where there is to be one. Raises `ConfigurationError` where it is a folder of nothing
    that can be reported, or has no such figure.
    """
    if search := open_search(folder):
        check_runs(search[0])
        brief = brief_of_search(*search)
        return _led(
            brief._replace(figures=search_figures(search[0]), tables=tables_of_search(*search)), figure, only=only
        )
    if found := decomposition.open_decomposition(folder):
        return _led(decomposition.brief_of_decomposition(found), figure, only=only)
    results = _opened(folder)
    check_runs(results)
    first = {figure: draw(figure, results)} if figure else leading(results) if only else {}
    if only:
        return brief_of_runs(results)._replace(figures=first, tables=_tables(results, warn))
    # a page shows again what `deter figure` has drawn besides the figures that every such folder has
    drawn = {path.stem for path in (results.folder / FIGURES).glob("*.svg")}
    others = default_figures(results, also={*drawn, *SHARED_OUT})
    answering = [name for name in (*first, *ANSWERING) if name in first or name in others][:1]
    figures = {name: first.get(name) or others[name] for name in dict.fromkeys([*answering, *others])}
    brief = brief_of_runs(results)._replace(figures=figures, tables=_tables(results, warn))
    return decomposition.with_decomposition_below(brief, warn)


def _led(brief: Brief, figure: str | None, *, only: bool) -> Brief:
    """A brief with one of its figures first, or alone; raises `ConfigurationError` where it has none of that name."""
    figures = dict(brief.figures)
    if figure is not None and figure not in figures:
        raise ConfigurationError("is no figure of this folder", file="--figure", value=figure, allowed=listing(figures))
    if figure is not None:
        figures = {figure: figures.pop(figure), **figures}
    return brief._replace(figures=dict(list(figures.items())[:1]) if only else figures)


def _opened(folder: Path) -> Results:
    """A folder of results; where it is none, what lies within that has a brief: folders of results and of searches."""
    try:
        return open_results(folder)
    except ConfigurationError as error:
        if folder.is_dir() and not (folder / MANIFEST).exists():
            within = [path for path in sorted(folder.iterdir()) if path.is_dir() and _has_brief(path)]
            error.allowed = listing(map(str, within)) if within else None
        raise


def _has_brief(folder: Path) -> bool:
    """Whether `deter report` takes it, as far as can be told without reading it."""
    return (folder / MANIFEST).exists() or (folder / GENERATIONS).is_dir() or decomposition.is_decomposition(folder)


def _tables(results: Results, warn: Callable[[str], None]) -> dict[str, Table]:
    """The tables that commands have left in a folder; those of other runs than its own are left out, and named."""
    ours, room = {}, MOST_CELLS
    for path in sorted((results.folder / TABLES).glob("*.parquet")):
        if path.stem == OVER_TIME:  # thousands of rows, for a spreadsheet
            continue
        try:
            table = read_table(path, room)
        except TooLarge as error:
            warn(f"{error}: it is left out")
            continue
        if results.manifest.stamp not in table.note:
            warn(f"{path} is of other runs than those in the folder, and is left out")
            continue
        ours[path.stem] = table
        room -= table.frame.height * table.frame.width
    return ours

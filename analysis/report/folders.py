"""Which folder gives which page: that of a search, of `deter why`, of a comparison with one below it, of any runs."""

import warnings
from collections.abc import Callable
from pathlib import Path

from analysis.report import decomposition
from analysis.report.briefs import Brief, brief_of_runs
from analysis.report.gallery import default_figures, search_figures
from analysis.report.missing import check_runs
from analysis.report.page import page_of
from analysis.report.search import brief_of_search, tables_of_search
from analysis.results.folder import Results, open_results
from analysis.results.manifest import FIGURES, MANIFEST
from analysis.results.tables import MOST_CELLS, TABLES, Table, TooLarge, read_table
from analysis.search.answer import GENERATIONS, open_search
from model.errors import ConfigurationError, listing

SHARED_OUT = ("mechanisms", "mechanisms_world", "features", "categories", "measures")
"""Figures of single sweeps of `deter why`, which draws them into the folder above."""


def report(folder: str | Path, warn: Callable[[str], None] = warnings.warn) -> str:
    """Return the brief of a folder as one HTML page: a folder of results, of a search or of `deter why`.

    `warn` is told what in the folder is left out. Raises `ConfigurationError` where there is nothing to report.
    """
    return page_of(brief_of_folder(Path(folder), warn))


def brief_of_folder(folder: Path, warn: Callable[[str], None]) -> Brief:
    """All that the page of a folder says and shows; `warn` is told what in the folder is left out.

    Raises `ConfigurationError` where it is a folder of nothing that can be reported.
    """
    if search := open_search(folder):
        check_runs(search[0])
        brief = brief_of_search(*search)
        return brief._replace(figures=search_figures(search[0]), tables=tables_of_search(*search))
    if found := decomposition.open_decomposition(folder):
        return decomposition.brief_of_decomposition(found)
    results = _opened(folder)
    check_runs(results)
    # a page shows again what `deter figure` has drawn besides the figures that every such folder has
    drawn = {path.stem for path in (results.folder / FIGURES).glob("*.svg")}
    figures = default_figures(results, also={*drawn, *SHARED_OUT})
    brief = brief_of_runs(results)._replace(figures=figures, tables=_tables(results, warn))
    return decomposition.with_decomposition_below(brief, warn)


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
        try:
            table = read_table(path, room)
        except TooLarge as error:
            warn(f"{error}: it is left out")
            continue
        if results.manifest.stamp not in table.note:
            warn(f"{path} is of other runs than those in the folder, and left out")
            continue
        ours[path.stem] = table
        room -= table.frame.height * table.frame.width
    return ours

"""Figures, slides and tables, written beside results for readers, and drawn again at any time from the folder alone."""

import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from analysis.comparison.comparison import is_comparison
from analysis.report.briefs import brief_of, brief_of_search, tables_of_search
from analysis.report.decomposition import WHY, Decomposition, is_why, open_why, told, why_of
from analysis.report.gallery import default_figures, search_figures
from analysis.report.page import report, words_of
from analysis.report.why_brief import brief_of_why, with_why
from analysis.results.folder import FIGURES, MANIFEST, Results, open_results
from analysis.results.tables import TABLES, Table, read_table, table_files
from analysis.search.answer import GENERATIONS, open_search
from analysis.story.ledger import RunRecord
from analysis.story.narrative import Section, markdown
from experiments.store.atomic import write
from experiments.terminal.screen import Screen
from model.errors import ConfigurationError, listing

SLIDES = "slides"
"""Folder of slides, in that of figures."""

SHARES = ("mechanisms", "mechanisms_world", "features")
"""Figures of single sweeps of `deter why`, which draws them into the folder above."""


def write_figures(folder: Path, figures: Mapping[str, Any]) -> list[Path]:
    """Write figures by name, each as SVG and PNG; returns the files."""
    from analysis.plotting.style import rendered

    return _written(folder / FIGURES, {name: rendered(figure) for name, figure in figures.items()})


def write_tables(folder: Path, tables: Mapping[str, Table]) -> list[Path]:
    """Write tables by name, each as Parquet, CSV and LaTeX; returns the files."""
    return _written(folder / TABLES, {name: table_files(table) for name, table in tables.items()})


def _written(folder: Path, files: Mapping[str, Mapping[str, bytes]]) -> list[Path]:
    """Write the contents of files by name and kind; returns the files."""
    contents = {folder / f"{name}.{kind}": content for name, kinds in files.items() for kind, content in kinds.items()}
    for path, content in contents.items():
        write(path, content)
    return list(contents)


def write_slides(folder: Path, name: str, figures: Sequence[Any]) -> list[Path]:
    """Write a figure's slides, each as SVG and PNG, in the place of those written before; returns the files."""
    from analysis.plotting.pages import names, rendered

    place = folder / FIGURES / SLIDES
    paths = _written(place, {each: rendered(figure) for each, figure in names(name, figures).items()})
    own = re.compile(rf"{re.escape(name)}(-\d+)?\.(svg|png)")
    for path in place.iterdir():
        if own.fullmatch(path.name) and path not in paths:
            path.unlink()
    return paths


def write_story(run: RunRecord, sections: list[Section], folder: Path, name: str) -> list[Path]:
    """Write the story of a run as a page, and its picture if there is a case; returns the files."""
    import matplotlib as mpl

    from analysis.plotting import style
    from analysis.story.lanes import picture

    with mpl.rc_context(style.SETTINGS):
        figure = picture(run)
    page = markdown(run, sections, f"{name}.png" if figure else None).encode()
    return _written(folder, {name: {"md": page, **(style.rendered(figure) if figure else {})}})


def _page(folder: Path, screen: Screen) -> str:
    """The page of a search, of a folder of `deter why`, or of a folder of results."""
    search = open_search(folder)
    if search:
        _check_runs(search[0])
        drawn = search_figures(search[0])
        return report(search[0], _pictured(drawn), tables_of_search(*search), brief_of_search(*search))
    sweeps = open_why(folder)
    if sweeps:
        _check_runs(*sweeps.values())
        found = told(sweeps)
        return report(found.mechanisms, _pictured(found.figures), found.tables, brief_of_why(found))
    results = _opened(folder)
    _check_runs(results)
    figures, tables, brief = _figures(results), _tables(results, screen), brief_of(results)
    below = _why_below(results, screen)
    if below:
        figures |= {f"{WHY}/{name}": figure for name, figure in below.figures.items()}
        tables |= {f"{WHY}/{TABLES}/{name}": table for name, table in below.tables.items()}
        brief = with_why(brief, below)
    return report(results, _pictured(figures), tables, brief)


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
    return (folder / MANIFEST).exists() or (folder / GENERATIONS).is_dir() or is_why(folder)


def _check_runs(*folders: Results) -> None:
    """Refuse what has no run to speak of."""
    for results in folders:
        runs, failed = results.counts
        if runs == failed:
            problem = "has no run that did not fail" if runs else "has no runs yet"
            raise ConfigurationError(f"{problem}, so there is nothing to report", file=str(results.folder))


def _why_below(results: Results, screen: Screen) -> Decomposition | None:
    """What `deter compare --why` has found beside a comparison; nothing else below a folder is of its page."""
    place = results.folder / WHY
    try:
        sweeps = why_of(results)
        if sweeps:
            _check_runs(*sweeps.values())
            return told(sweeps)
        problem = "is not of the comparison above it, or of other runs" if place.exists() else ""
    except ConfigurationError as error:
        problem = error.problem
    if problem and is_comparison(results):
        screen.warn(f"{place} {problem}: it is left out")
    return None


def _figures(results: Results) -> dict[str, Any]:
    """The figures of a folder, drawn anew: those that commands draw by default, and those that they have drawn."""
    left = {path.stem for path in (results.folder / FIGURES).glob("*.svg")}
    return default_figures(results, also={*left, *SHARES})


def _pictured(drawn: Mapping[str, Any]) -> dict[str, tuple[bytes, str]]:
    """Figures as SVG with their words."""
    from analysis.plotting.style import rendered

    return {name: (rendered(figure, ["svg"])["svg"], words_of(figure)) for name, figure in drawn.items()}


def _tables(results: Results, screen: Screen) -> dict[str, Table]:
    """The tables that commands have left in a folder; those of other runs than its own are left out, and named."""
    found = {path.stem: read_table(path) for path in sorted((results.folder / TABLES).glob("*.parquet"))}
    ours = {name: table for name, table in found.items() if results.manifest.stamp in table.note}
    for name in found.keys() - ours.keys():
        screen.warn(f"{results.folder / TABLES / name}.parquet is of other runs than those in the folder, and left out")
    return ours

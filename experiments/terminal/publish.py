"""What is written beside results for readers: figures and tables, drawn again at any time from the folder alone."""

import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from analysis.comparison.comparison import is_comparison
from analysis.report.briefs import brief_of, brief_of_search, tables_of_search
from analysis.report.decomposition import WHY, Decomposition, is_why, open_why, told, why_of
from analysis.report.gallery import ALL, default_figures, drawn, names_of, search_figures
from analysis.report.page import REPORT, report, words_of
from analysis.report.why_brief import brief_of_why, with_why
from analysis.results.folder import FIGURES, MANIFEST, Results, open_results
from analysis.results.tables import TABLES, Table, read_table, table_files
from analysis.search.answer import GENERATIONS, open_search
from experiments.store.atomic import write
from experiments.terminal.screen import Screen
from model.errors import ConfigurationError, listing

SLIDES = "slides"
"""Folder of slides, in that of figures."""

SHARES = ("mechanisms", "mechanisms_world", "features")
"""Figures of single sweeps of `deter why`, which draws them into the folder above."""


def write_figures(folder: Path, figures: Mapping[str, Any]) -> list[Path]:
    """Write figures by name, each as SVG and PNG; returns the files."""
    from analysis.plotting.files import rendered

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
    from analysis.plotting.files import rendered, slide_names

    place = folder / FIGURES / SLIDES
    paths = _written(place, {each: rendered(figure, slide=True) for each, figure in slide_names(name, figures).items()})
    own = re.compile(rf"{re.escape(name)}(-\d+)?\.(svg|png)")
    for path in place.iterdir():
        if own.fullmatch(path.name) and path not in paths:
            path.unlink()
    return paths


def figure_command(name: str, folder: Path, *, slide: bool, quiet: bool) -> None:
    """Draw one figure, or all that the folder has, for paper or for slides, and say where they are."""
    screen, results = Screen(quiet=quiet), open_results(folder)
    found = False
    for each in names_of(results) if name == ALL else [name]:
        if figures := drawn(each, results, slide=slide):
            found = True
            paths = write_slides(folder, each, figures) if slide else write_figures(folder, {each: figures[0]})
            for path in paths:
                screen.name(path)
            if slide:
                _warn_of_small_letters(screen, each, figures[0])
    if not found:
        what = "a figure" if name == ALL else f"figure {name}"
        raise ConfigurationError(f"has nothing that {what} could show", file=str(folder))


def _warn_of_small_letters(screen: Screen, name: str, figure: Any) -> None:
    from analysis.plotting.pages import PROMISED, letters

    if letters(figure) < PROMISED:
        size = f"{letters(figure):.1f} points on a slide 33.9 cm wide"
        screen.warn(f"figure {name} has too much in a panel for letters of {PROMISED:g} points; they have {size}")


def report_command(folder: Path, out: Path | None, *, quiet: bool) -> None:
    """Write the brief of a folder and say where it is."""
    screen = Screen(quiet=quiet)
    if out is not None and out.is_dir():
        raise ConfigurationError("is a folder, and the page needs a file", file="--out", value=str(out))
    page = _page(folder, screen)
    path = out or folder / REPORT
    write(path, page.encode())
    screen.name(path)


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
    from analysis.plotting.files import rendered

    return {name: (rendered(figure, ["svg"])["svg"], words_of(figure)) for name, figure in drawn.items()}


def _tables(results: Results, screen: Screen) -> dict[str, Table]:
    """The tables that commands have left in a folder; those of other runs than its own are left out, and named."""
    found = {path.stem: read_table(path) for path in sorted((results.folder / TABLES).glob("*.parquet"))}
    ours = {name: table for name, table in found.items() if results.manifest.stamp in table.note}
    for name in found.keys() - ours.keys():
        screen.warn(f"{results.folder / TABLES / name}.parquet is of other runs than those in the folder, and left out")
    return ours

"""What is written beside results for readers: figures and tables, drawn again at any time from the folder alone."""

import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from analysis.briefs import brief_of_search, tables_of_search
from analysis.gallery import ALL, default_figures, drawn, names_of, search_figures
from analysis.report import REPORT, report, words_of
from analysis.results import FIGURES, MANIFEST, Results, open_results
from analysis.searched import open_search
from analysis.tables import TABLES, Table, read_table, table_files
from experiments.files import write
from experiments.screen import Screen
from model.errors import ConfigurationError

SLIDES = "slides"
"""Folder of slides, in that of figures."""


def write_figures(folder: Path, figures: Mapping[str, Any]) -> list[Path]:
    """Write figures by name, each as SVG and PNG; returns the files."""
    from analysis.style import rendered

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
    from analysis.pages import names, rendered

    place = folder / FIGURES / SLIDES
    paths = _written(place, {each: rendered(figure) for each, figure in names(name, figures).items()})
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
                screen.show(str(path))
            if slide:
                _warn_of_small_letters(screen, each, figures[0])
    if not found:
        what = "a figure" if name == ALL else f"figure {name}"
        raise ConfigurationError(f"has nothing that {what} could show", file=str(folder))


def _warn_of_small_letters(screen: Screen, name: str, figure: Any) -> None:
    from analysis.pages import PROMISED, letters

    if letters(figure) < PROMISED:
        size = f"{letters(figure):.1f} points on a slide 33.9 cm wide"
        screen.warn(f"figure {name} has too much in a panel for letters of {PROMISED:g} points; they have {size}")


def report_command(folder: Path, out: Path | None, *, quiet: bool) -> None:
    """Write the brief of a folder and say where it is."""
    screen = Screen(quiet=quiet)
    if out is not None and out.is_dir():
        raise ConfigurationError("is a folder, and the page needs a file", file="--out", value=str(out))
    search = open_search(folder)
    results = search[0] if search else open_results(folder)
    runs, failed = results.counts
    if runs == failed:
        problem = "has no run that did not fail" if runs else "has no runs yet"
        raise ConfigurationError(f"{problem}, so there is nothing to report", file=str(folder))
    if search:
        drawn = search_figures(results)
        page = report(results, _pictured(drawn), tables_of_search(*search), brief_of_search(*search))
    else:
        page = report(results, _pictures(results), _tables(results, screen))
    path = out or folder / REPORT
    write(path, page.encode())
    screen.show(str(path))


def below(folder: Path) -> list[Results]:
    """Folders of results within a folder: sweeps that say why, beside those that say what."""
    return [open_results(path.parent) for path in sorted(folder.glob(f"*/**/{MANIFEST}"))]


def _pictures(results: Results) -> dict[str, tuple[bytes, str]]:
    """The figures of a folder, drawn anew, as SVG with their words."""
    drawn = default_figures(results, also={path.stem for path in (results.folder / FIGURES).glob("*.svg")})
    for other in below(results.folder):
        drawn |= {f"{other.folder.name}: {name}": figure for name, figure in default_figures(other).items()}
    return _pictured(drawn)


def _pictured(drawn: Mapping[str, Any]) -> dict[str, tuple[bytes, str]]:
    """Figures as SVG with their words."""
    from analysis.style import rendered

    return {name: (rendered(figure, ["svg"])["svg"], words_of(figure)) for name, figure in drawn.items()}


def _tables(results: Results, screen: Screen) -> dict[str, Table]:
    """The tables that commands have left in a folder; those of other runs than its own are left out, and named."""
    found = {path.stem: read_table(path) for path in sorted((results.folder / TABLES).glob("*.parquet"))}
    stamps = [one.manifest.stamp for one in (results, *below(results.folder))]
    ours = {name: table for name, table in found.items() if any(stamp in table.note for stamp in stamps)}
    for name in found.keys() - ours.keys():
        screen.warn(f"{results.folder / TABLES / name}.parquet is of other runs than those in the folder, and left out")
    return ours

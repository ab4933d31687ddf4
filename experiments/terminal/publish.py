"""What is written beside results for readers: figures and tables, drawn again at any time from the folder alone."""

import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from analysis.report.folders import report
from analysis.report.gallery import ALL, drawn, names_of
from analysis.report.page import REPORT
from analysis.results.folder import FIGURES, open_results
from analysis.results.tables import TABLES, Table, table_files
from experiments.store.atomic import write
from experiments.terminal.screen import Screen
from model.errors import ConfigurationError

SLIDES = "slides"
"""Folder of slides, in that of figures."""


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
    path = out or folder / REPORT
    write(path, report(folder, screen.warn).encode())
    screen.name(path)

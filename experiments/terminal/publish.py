"""Figures, slides and tables, written beside results for readers, and drawn again at any time from the folder alone."""

import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryFile
from typing import Any

import polars as pl

from analysis.results.manifest import FIGURES
from analysis.results.table_files import csv, table_files
from analysis.results.tables import TABLES, Table
from analysis.story.ledger import RunRecord
from analysis.story.narrative import Section
from analysis.story.page import markdown
from experiments.store.files import own, remove, write
from model.errors import ConfigurationError

SLIDES = "slides"
"""Folder of slides, in that of figures."""


def make_ready(folder: Path, option: str) -> None:
    """Make a folder in which results of long work are to be written; raises `ConfigurationError` where that fails."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with TemporaryFile(dir=folder):
            pass
    except OSError as error:
        problem = f"cannot be written to ({error.strerror})"
        raise ConfigurationError(problem, file=option, value=str(folder), allowed="a folder that is writable") from None


def write_figures(folder: Path, figures: Mapping[str, Any]) -> list[Path]:
    """Write figures by name, each as SVG and PNG; returns the files."""
    from analysis.plotting.files import rendered

    return _written(own(folder, FIGURES), {name: rendered(figure) for name, figure in figures.items()})


def write_tables(folder: Path, tables: Mapping[str, Table]) -> list[Path]:
    """Write tables by name, each as Parquet, CSV and LaTeX; returns the files."""
    return _written(own(folder, TABLES), {name: table_files(table) for name, table in tables.items()})


def write_flat(folder: Path, name: str, frame: pl.DataFrame) -> Path:
    """Write a frame beside the tables, as CSV alone; returns the file."""
    path = own(folder, TABLES) / f"{name}.csv"
    write(path, csv(frame))
    return path


def _written(folder: Path, files: Mapping[str, Mapping[str, bytes]]) -> list[Path]:
    """Write the contents of files by name and kind; returns the files."""
    contents = {folder / f"{name}.{kind}": content for name, kinds in files.items() for kind, content in kinds.items()}
    for path, content in contents.items():
        write(path, content)
    return list(contents)


def write_slides(folder: Path, name: str, figures: Sequence[Any]) -> list[Path]:
    """Write a figure's slides, each as SVG and PNG, in the place of those written before; returns the files."""
    from analysis.plotting.files import rendered, slide_names

    place = own(folder, FIGURES, SLIDES)
    paths = _written(place, {each: rendered(figure, slide=True) for each, figure in slide_names(name, figures).items()})
    before = re.compile(rf"{re.escape(name)}(-[1-9]\d?)?\.(svg|png)")
    for path in place.iterdir():
        if before.fullmatch(path.name) and path not in paths:
            remove(path)
    return paths


def write_page(file: Path, page: str, figures: Mapping[str, Any]) -> list[Path]:
    """Write a page, and beside it the picture of each figure, `PAGE_NAME.png`; returns the files."""
    from analysis.plotting.files import rendered

    pictures = {f"{file.stem}_{name}": rendered(figure, ["png"]) for name, figure in figures.items()}
    write(file, page.encode())
    return [file, *_written(file.parent, pictures)]


def write_story(run: RunRecord, sections: list[Section], folder: Path, name: str) -> list[Path]:
    """Write the story of a run as a page, and its picture if there is a case; returns the files."""
    from analysis.plotting.files import rendered
    from analysis.plotting.pages import drawing
    from analysis.story.swimlanes import picture

    with drawing():
        figure = picture(run)
    page = markdown(run, sections, f"{name}.png" if figure else None).encode()
    return _written(folder, {name: {"md": page, **(rendered(figure) if figure else {})}})

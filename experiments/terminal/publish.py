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
from analysis.story.network import graphml, network_table
from analysis.story.page import markdown
from analysis.story.votes import by_member_table
from experiments.store.files import own, remove, write
from experiments.store.parquet import parquet
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


def write_network(run: RunRecord, folder: Path, name: str = "network") -> list[Path]:
    """Write who acts against whom in a run, and whom the EU answers, as a table and as GraphML; returns the files."""
    return _written(folder, {name: {**table_files(network_table(run)), "graphml": graphml(run)}})


def write_record(run: RunRecord, folder: Path) -> list[Path]:
    """Write the tables of a run with its ledger: how members voted and, of all acts, the network; returns the files."""
    network = write_network(run, own(folder, TABLES)) if run.acts.height else []
    return [*write_tables(folder, {"votes_by_member": by_member_table(run)}), *network]


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


def write_who_against_whom(run: RunRecord, folder: Path, name: str) -> list[Path]:
    """Write all acts of a run made again, its network as a table and as GraphML, and its picture; returns the files."""
    from analysis.plotting.files import rendered
    from analysis.plotting.pages import drawing
    from analysis.story.matrices import network_picture

    with drawing():
        figure = network_picture(run)
    acts = {"parquet": parquet(run.acts), "csv": csv(run.acts)}
    pictures = {f"{name}-network": rendered(figure)} if figure else {}
    return [*_written(folder, {f"{name}-acts": acts, **pictures}), *write_network(run, folder, f"{name}-network")]

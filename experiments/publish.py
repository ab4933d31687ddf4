"""What is written beside results for readers: figures and tables, drawn again at any time from the folder alone."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from analysis.gallery import draw
from analysis.results import FIGURES, open_results
from analysis.tables import TABLES, Table, table_files
from experiments.files import write
from experiments.screen import Screen


def write_figures(folder: Path, figures: Mapping[str, Any]) -> list[Path]:
    """Write figures by name, each as SVG and PNG; returns the files."""
    from analysis.style import rendered

    written = []
    for name, figure in figures.items():
        for kind, content in rendered(figure).items():
            written.append(folder / FIGURES / f"{name}.{kind}")
            write(written[-1], content)
    return written


def write_tables(folder: Path, tables: Mapping[str, Table]) -> list[Path]:
    """Write tables by name, each as Parquet, CSV and LaTeX; returns the files."""
    written = []
    for name, table in tables.items():
        for kind, content in table_files(table).items():
            written.append(folder / TABLES / f"{name}.{kind}")
            write(written[-1], content)
    return written


def figure_command(name: str, folder: Path, *, quiet: bool) -> None:
    """Draw one figure and say where it is."""
    screen = Screen(quiet=quiet)
    for path in write_figures(folder, {name: draw(name, open_results(folder))}):
        screen.show(str(path))

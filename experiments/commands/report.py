"""`deter report`: the brief of a folder, as one page."""

from pathlib import Path
from typing import Annotated

from typer import Option

from experiments.terminal.options import Folder, Quiet


def report_command(
    folder: Folder,
    out: Annotated[Path | None, Option(help="File for the page; by default report.html in the folder.")] = None,
    quiet: Quiet = False,
) -> None:
    """Write the brief of a folder: one HTML page with findings, figures, tables, assumptions; it prints to PDF.

    Example: `deter report results/headline`
    """
    from analysis.report.folders import report
    from analysis.report.page import REPORT
    from experiments.store.files import write
    from experiments.terminal.screen import Screen
    from model.errors import ConfigurationError

    screen = Screen(quiet=quiet)
    if out is not None and out.is_dir():
        raise ConfigurationError("is a folder, and the page needs a file", file="--out", value=str(out))
    path = out or folder / REPORT
    write(path, report(folder, screen.warn).encode())
    screen.name(path)

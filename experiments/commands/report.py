"""`deter report`: the brief of a folder, as one page."""

from pathlib import Path
from typing import Annotated

from typer import Option

from experiments.terminal.options import Folder, Quiet


def report_command(
    folder: Folder,
    short: Annotated[
        bool, Option("--short", help="Two A4 pages: bottom line, three findings, one figure, one table, an objection.")
    ] = False,
    title: Annotated[str | None, Option(help="Title of the page, instead of the folder's.")] = None,
    question: Annotated[str | None, Option(help="The question as it was asked, instead of the folder's.")] = None,
    figure: Annotated[
        str | None, Option(metavar="NAME", help="The figure of a short brief, or the first figure of a long one.")
    ] = None,
    out: Annotated[
        Path | None,
        Option(help="File for the page; by default report.html in the folder, or brief.html for a short brief."),
    ] = None,
    quiet: Quiet = False,
) -> None:
    """Write the brief of a folder: one HTML page with findings, figures, tables and assumptions, to print as PDF.

    Example: `deter report results/headline --short --question "Does clarity pay?"`
    """
    from analysis.report.folders import report
    from analysis.report.page import REPORT
    from analysis.results.manifest import SHORT_BRIEF
    from experiments.store.files import write
    from experiments.terminal.screen import Screen
    from model.errors import ConfigurationError

    screen = Screen(quiet=quiet)
    if out is not None and out.is_dir():
        raise ConfigurationError("is a folder; give a file for the page", file="--out", value=str(out))
    path = out or folder / (SHORT_BRIEF if short else REPORT)
    page = report(folder, screen.warn, short=short, title=title, question=question, figure=figure)
    write(path, page.encode())
    screen.name(path)

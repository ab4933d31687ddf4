"""Commands that find something out of results, or compare: what each takes. What is heavy is imported inside them."""

from pathlib import Path
from typing import Annotated

import typer

from experiments.options import Folder, Quiet


def figure(
    name: Annotated[str, typer.Argument(metavar="NAME", help="One of `deter list figures`, or a metric.")],
    folder: Folder,
    quiet: Quiet = False,
) -> None:
    """Draw one figure of a folder of results into its `figures/`, as PNG and SVG.

    Example: `deter figure main_effects results/headline`
    """
    from experiments.publish import figure_command

    figure_command(name, folder, quiet=quiet)


def report(
    folder: Folder,
    out: Annotated[Path | None, typer.Option(help="File for the page; by default report.html in the folder.")] = None,
    quiet: Quiet = False,
) -> None:
    """Write the brief of a folder: one HTML page with findings, figures, tables, assumptions; it prints to PDF.

    Example: `deter report results/headline`
    """
    from experiments.publish import report_command

    report_command(folder, out, quiet=quiet)

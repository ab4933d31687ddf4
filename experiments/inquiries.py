"""Commands that find something out of results, or compare: what each takes. What is heavy is imported inside them."""

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

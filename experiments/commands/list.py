"""`deter list`: what there is, and one of it whole."""

from typing import Annotated

from typer import Argument


def list_command(
    kind: Annotated[
        str | None,
        Argument(help="doctrines, scenarios, experiments, activities, measures, parameters, metrics or figures."),
    ] = None,
    name: Annotated[
        str | None, Argument(help="One of them, to be shown in full; for parameters also the start of a path.")
    ] = None,
) -> None:
    """List what is available, or show one doctrine, scenario, measure or parameter in full, with unit and source.

    Example: `deter list doctrines clear_ladder` or `deter list parameters doctrine`
    """
    from experiments.listing.listing import listings
    from experiments.terminal.screen import Screen
    from experiments.terminal.tables import listing_shown

    screen = Screen()
    for listing in listings(kind, name):
        screen.show(*listing_shown(listing, screen.tables.width), "")

"""`deter why`: a doctrine's effect shared out among its mechanisms, its features and its measures."""

from pathlib import Path
from typing import Annotated

from typer import Argument, Option

from experiments.terminal.options import Fresh, Quiet, Seed, Set, Uncertainty, Workers, assignments


def why_command(
    doctrines: Annotated[list[str], Argument(metavar="DOCTRINE...", help="Shipped doctrines, or paths.")],
    reference: Annotated[
        str, Option(help="The doctrine with which to compare features: shipped, or a path.")
    ] = "status_quo",
    scenario: Annotated[str, Option(help="A shipped scenario or a path to a .toml file.")] = "baseline",
    replicates: Annotated[int, Option(min=1, max=1_000_000, help="Runs of each combination.")] = 50,
    parts: Annotated[
        str,
        Option(
            help="Parts to divide the effect among, separated by commas: mechanisms, features, categories, measures."
        ),
    ] = "mechanisms,features,categories,measures",
    seed: Seed = 1,
    uncertainty: Uncertainty = None,
    settings: Set = None,
    out: Annotated[Path | None, Option(help="Folder for the results; by default results/why.")] = None,
    workers: Workers = None,
    fresh: Fresh = False,
    quiet: Quiet = False,
) -> None:
    """Divide a doctrine's effect among its mechanisms, features and measures, by running every combination.

    Example: `deter why clear_ladder maximum_pressure --replicates 100`
    """
    from experiments.running.decompose import Decomposing
    from experiments.terminal.decomposition import show_decomposition
    from experiments.terminal.screen import Screen

    some = [part.strip() for part in parts.split(",") if part.strip()]
    asked = Decomposing(
        doctrines, reference, scenario, replicates, seed, assignments(settings), uncertainty, parts=some
    )
    show_decomposition(Screen(quiet=quiet), asked, out or Path("results") / "why", workers, fresh=fresh)

"""Commands that find something out of results, or compare: what each takes. What is heavy is imported inside them."""

from pathlib import Path
from typing import Annotated

import typer

from experiments.terminal.options import FAILED, LARGEST, Folder, Quiet, Set, assignments


def compare(
    doctrines: Annotated[
        list[str] | None, typer.Argument(metavar="DOCTRINE ...", help="Shipped doctrines or paths to .toml files.")
    ] = None,
    every: Annotated[bool, typer.Option("--all", help="All shipped doctrines, beside those named.")] = False,
    reference: Annotated[
        str | None,
        typer.Option(help="Doctrine that others are compared with; by default status_quo if named, or else the first."),
    ] = None,
    scenario: Annotated[
        str | None, typer.Option(help="A shipped scenario or a path; by default baseline, or that of --worlds.")
    ] = None,
    worlds: Annotated[
        str | None,
        typer.Option(
            metavar="EXPERIMENT|FILE", help="Uncertain worlds: of an experiment, or of a .parquet or .csv file."
        ),
    ] = None,
    replicates: Annotated[int | None, typer.Option(min=1, help="Runs of each doctrine in each world.")] = None,
    seed: Annotated[int | None, typer.Option(min=0, max=LARGEST, help="Seed of the random numbers.")] = None,
    settings: Set = None,
    target: Annotated[
        list[str] | None,
        typer.Option(metavar="METRIC>=VALUE", help="A target, or METRIC<=VALUE, in quotes; may be repeated."),
    ] = None,
    workers: Annotated[
        int | None, typer.Option(min=1, max=1024, help="Workers; by default one for each processor.")
    ] = None,
    out: Annotated[Path | None, typer.Option(help="Folder for the results; by default results/compare-….")] = None,
    explained: Annotated[
        bool, typer.Option("--why", help="Also share each effect out among mechanisms and features, as `deter why`.")
    ] = False,
    fresh: Annotated[
        bool, typer.Option("--fresh", help="Start anew where the folder holds results of another design or version.")
    ] = False,
    quiet: Quiet = False,
) -> None:
    """Compare doctrines in the same worlds: paired differences, how often each is better, regret, targets met.

    Example: `deter compare mine.toml status_quo --worlds uncertain_worlds --target "harm_averted>=0.1"`
    """
    from experiments.commands.bodies import Hands
    from experiments.commands.compare_command import compare_command
    from experiments.running.compare import Comparing
    from model.loading import shipped

    named = list(doctrines or [])
    named += [name for name in shipped("doctrines") if every and name not in named]
    given = Comparing(named, reference, scenario, worlds, replicates, seed, assignments(settings), target or [], out)
    if compare_command(given, Hands(workers), why=explained, fresh=fresh, quiet=quiet):
        raise typer.Exit(FAILED)


def figure(
    name: Annotated[
        str, typer.Argument(metavar="NAME", help="One of `deter list figures`, or a metric; `all`: all the folder has.")
    ],
    folder: Folder,
    slide: Annotated[
        bool, typer.Option("--slide", help="Draw for slides of 16:9, one or several, into `figures/slides/`.")
    ] = False,
    quiet: Quiet = False,
) -> None:
    """Draw one figure of a folder of results, or all, into its `figures/`, as PNG and SVG.

    Example: `deter figure main_effects results/headline --slide`
    """
    from experiments.terminal.publish import figure_command

    figure_command(name, folder, slide=slide, quiet=quiet)


def report(
    folder: Folder,
    out: Annotated[Path | None, typer.Option(help="File for the page; by default report.html in the folder.")] = None,
    quiet: Quiet = False,
) -> None:
    """Write the brief of a folder: one HTML page with findings, figures, tables, assumptions; it prints to PDF.

    Example: `deter report results/headline`
    """
    from experiments.terminal.publish import report_command

    report_command(folder, out, quiet=quiet)


def why(
    doctrines: Annotated[list[str], typer.Argument(metavar="DOCTRINE...", help="Shipped doctrines, or paths.")],
    reference: Annotated[
        str, typer.Option(help="The doctrine with which features are compared: shipped, or a path.")
    ] = "status_quo",
    scenario: Annotated[str, typer.Option(help="A shipped scenario or a path to a .toml file.")] = "baseline",
    replicates: Annotated[int, typer.Option(min=1, max=1_000_000, help="Runs of each combination.")] = 50,
    seed: Annotated[int, typer.Option(min=0, max=LARGEST, help="Seed of the random numbers.")] = 1,
    settings: Set = None,
    out: Annotated[Path | None, typer.Option(help="Folder for the results; by default results/why.")] = None,
    workers: Annotated[
        int | None, typer.Option(min=1, max=1024, help="Workers; by default one for each processor.")
    ] = None,
    fresh: Annotated[
        bool,
        typer.Option("--fresh", help="Start anew, and lose the results in the folder, if they are of another design."),
    ] = False,
    quiet: Quiet = False,
) -> None:
    """Share a doctrine's effect out among its mechanisms and its features: every combination is run.

    Example: `deter why clear_ladder maximum_pressure --replicates 100`
    """
    from experiments.commands.why import Asked, why_command

    asked = Asked(doctrines, reference, scenario, replicates, seed, assignments(settings))
    why_command(asked, out or Path("results") / "why", workers, fresh=fresh, quiet=quiet)


def discover(
    folder: Folder,
    doctrine: Annotated[
        str | None, typer.Option(help="A doctrine of the folder; by default the first of its sweep.")
    ] = None,
    target: Annotated[
        list[str] | None,
        typer.Option(
            metavar="CONDITION",
            help="What is looked for: METRIC<VALUE, with <, <=, > or >=; may be repeated, then all hold. "
            "By default less harm averted than in half of the worlds.",
        ),
    ] = None,
    against: Annotated[
        str | None,
        typer.Option(help="Another doctrine of the folder: conditions are on the difference, in the same world."),
    ] = None,
    either: Annotated[bool, typer.Option("--any", help="One of several conditions is enough.")] = False,
    quiet: Quiet = False,
) -> None:
    """Find in which worlds of a sweep a doctrine fails, as a rule that can be read, by PRIM and CART.

    Example: `deter discover results/uncertain_worlds --doctrine status_quo --target "harm_averted<0.1"`
    """
    from experiments.commands.discover import discover_command

    discover_command(folder, doctrine, target or [], against, either=either, quiet=quiet)


def explain(
    folder: Folder,
    point: Annotated[int | None, typer.Option(min=0, help="The point; by default 0, with --worst any.")] = None,
    replicate: Annotated[
        int | None, typer.Option(min=0, help="The replicate; by default the median run by harm averted.")
    ] = None,
    worst: Annotated[bool, typer.Option("--worst", help="Tell the run in which least harm was averted.")] = False,
    out: Annotated[Path | None, typer.Option(help="Folder for the story; by default stories/ in DIR.")] = None,
    quiet: Quiet = False,
) -> None:
    """Tell one run of a folder as a story: its cases, votes and what followed, in sentences and a picture.

    Example: `deter explain results/headline --point 3`
    """
    from experiments.commands.explain import explain_command

    if not explain_command(folder, point, replicate, out, worst=worst, quiet=quiet):
        raise typer.Exit(FAILED)


def search(
    experiment: Annotated[
        str, typer.Argument(metavar="EXPERIMENT", help="A shipped experiment or a path to a .toml file.")
    ],
    trials: Annotated[int | None, typer.Option(min=4, help="Candidates, in place of the file's.")] = None,
    worlds: Annotated[int | None, typer.Option(min=2, help="Worlds of the search, in place of the file's.")] = None,
    replicates: Annotated[int | None, typer.Option(min=1, help="Runs in each world, in place of the file's.")] = None,
    seed: Annotated[int | None, typer.Option(min=0, help="Seed, in place of the file's.")] = None,
    settings: Set = None,
    out: Annotated[Path | None, typer.Option(help="Folder for the results; by default results/EXPERIMENT.")] = None,
    workers: Annotated[
        int | None, typer.Option(min=1, max=1024, help="Workers; by default one for each processor.")
    ] = None,
    fresh: Annotated[
        bool,
        typer.Option("--fresh", help="Start anew, and lose the results in the folder, if they are of another design."),
    ] = False,
    quiet: Quiet = False,
) -> None:
    """Search for robust doctrines by several objectives at once, judge them on fresh worlds, say what they lean on.

    Example: `deter search robust_doctrine`
    """
    from experiments.commands.search import search_command

    changes = {"trials": trials, "worlds": worlds, "replicates": replicates, "seed": seed}
    search_command(experiment, changes, assignments(settings), out, workers, fresh=fresh, quiet=quiet)


def sensitivity(
    experiment: Annotated[
        str,
        typer.Argument(
            metavar="EXPERIMENT",
            help="An experiment with a Saltelli or Morris design, shipped or a path; or a folder of its results.",
        ),
    ],
    out: Annotated[Path | None, typer.Option(help="Folder for the results; by default results/EXPERIMENT.")] = None,
    metric: Annotated[
        list[str] | None, typer.Option(help="A metric; may be repeated. By default the headline metrics.")
    ] = None,
    half_width: Annotated[
        float | None,
        typer.Option(
            help="What half of an interval may be at most; by default 0.05, or for Morris 0.25 of the largest μ*."
        ),
    ] = None,
    replicates: Annotated[int | None, typer.Option(min=1, help="Runs of each point, in place of the file's.")] = None,
    seed: Annotated[int | None, typer.Option(min=0, help="Seed, in place of the file's.")] = None,
    workers: Annotated[
        int | None, typer.Option(min=1, max=1024, help="Workers; by default one for each processor.")
    ] = None,
    dask: Annotated[
        str | None, typer.Option(metavar="ADDRESS", help="Let the workers of this Dask scheduler do the work.")
    ] = None,
    settings: Set = None,
    retry_failed: Annotated[
        bool, typer.Option("--retry-failed", help="Do again the tasks in which a run failed.")
    ] = False,
    fresh: Annotated[
        bool, typer.Option("--fresh", help="Start anew where the folder holds results of another design or version.")
    ] = False,
    quiet: Quiet = False,
) -> None:
    """Find which parameters matter: Sobol' indices or Morris's effects, with intervals and a check of convergence.

    Runs what the folder lacks, as `deter sweep` does. Exit code 1: indices are written, but not settled.
    Example: `deter sensitivity dials_and_circumstances`
    """
    from experiments.commands.bodies import Hands
    from experiments.commands.sensitivity import sensitivity_command

    given = {"replicates": replicates, "seed": seed}
    settled = sensitivity_command(
        experiment,
        out,
        {name: value for name, value in given.items() if value is not None},
        assignments(settings),
        Hands(workers, False, dask),
        metric or [],
        half_width,
        retry_failed=retry_failed,
        fresh=fresh,
        quiet=quiet,
    )
    if not settled:
        raise typer.Exit(FAILED)

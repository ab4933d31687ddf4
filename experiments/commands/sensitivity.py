"""`deter sensitivity`: which parameters matter, by the indices of a Saltelli or Morris design."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any

from typer import Argument, Exit, Option

from experiments.terminal import options
from model.errors import ConfigurationError


def sensitivity_command(
    experiment: Annotated[
        str,
        Argument(
            metavar="EXPERIMENT",
            help="An experiment with a Saltelli or Morris design, shipped or a path; or a folder of its results.",
        ),
    ],
    out: options.Out = None,
    metric: Annotated[
        list[str] | None, Option(help="A metric; may be repeated. By default the headline metrics.")
    ] = None,
    half_width: Annotated[
        float | None,
        Option(
            help="Largest allowed half-width of an interval; by default 0.05, or for Morris 0.25 of the largest μ*."
        ),
    ] = None,
    replicates: options.OtherReplicates = None,
    seed: options.OtherSeed = None,
    workers: options.Workers = None,
    dask: options.Dask = None,
    settings: options.Set = None,
    retry_failed: options.RetryFailed = False,
    fresh: options.Fresh = False,
    quiet: options.Quiet = False,
) -> None:
    """Find which parameters matter: Sobol' indices or Morris's effects, with intervals and a check of convergence.

    Runs what the folder lacks, as `deter sweep` does. Exit code 1: indices are written, but not yet precise enough.
    Example: `deter sensitivity dials_and_circumstances`
    """
    from analysis.results.folder import open_results
    from analysis.results.manifest import MANIFEST
    from analysis.results.tables import TABLES
    from analysis.sensitivity.analysis import sensitivity
    from analysis.sensitivity.findings import BOTH, in_both_worlds
    from analysis.sensitivity.tables import convergence_sentences, sensitivity_tables
    from experiments.running.sweep import Sweep
    from experiments.terminal import publish
    from experiments.terminal.screen import Screen
    from experiments.terminal.sensitivity import sensitivity_figures, shown_tables, swept_for_indices
    from experiments.terminal.sweeps import Hands

    screen, overrides = Screen(quiet=quiet), options.assignments(settings)
    changes = {"replicates": replicates, "seed": seed}
    _check_options(metric or [], half_width)
    if (Path(experiment) / MANIFEST).exists():
        _refuse_changes({**changes, "out": out, "set": overrides, "retry-failed": retry_failed, "fresh": fresh})
        results = open_results(experiment)
    else:
        sweep, hands = Sweep(experiment, out, changes, overrides), Hands(workers, dask=dask)
        results = swept_for_indices(screen, sweep, hands, retry_failed=retry_failed, fresh=fresh)
    found, folder = sensitivity(results, metric or None, half_width), results.folder
    screen.warn(*(f"{name} is left out: it {reason}" for name, reason in found.left_out.items()))
    tables = sensitivity_tables(found)
    publish.write_tables(folder, tables)
    publish.write_figures(folder, sensitivity_figures(found))
    screen.show(*shown_tables(found), *convergence_sentences(found))
    if both := list(in_both_worlds(found)):
        screen.show(f"\n{BOTH}:", *both)
    screen.say(f"\ntables  {folder / TABLES}/: {', '.join(tables)}")
    if not found.converged:
        screen.warn("indices are not yet precise enough; the results so far have been written")
        raise Exit(options.FAILED)


def _check_options(metrics: Sequence[str], half_width: float | None) -> None:
    from analysis.statistics.units import checked_metrics

    try:
        checked_metrics(metrics)
    except ConfigurationError as error:
        raise error.at("--metric") from None
    if twice := [metric for metric in metrics if metrics.count(metric) > 1]:
        raise ConfigurationError("is given twice", file="--metric", value=twice[0])
    if half_width is not None and not 0.0 < half_width < 1.0:
        raise ConfigurationError("is no half-width", file="--half-width", value=half_width, allowed="between 0 and 1")


def _refuse_changes(given: Mapping[str, Any]) -> None:
    """A folder is analysed as it is: nothing that would change its runs goes with it."""
    wrong = [f"--{name}" for name, value in given.items() if value or type(value) is int]
    if wrong:
        problem = "cannot be used with a folder of finished results"
        raise ConfigurationError(problem, file=wrong[0], allowed="the experiment instead of the folder, with --out")

"""`deter calibrate`: which worlds agree with the public record, and whether that can be trusted."""

from pathlib import Path
from typing import Annotated

from typer import Argument, Option

from experiments.terminal.options import Fresh, NoFigures, Quiet, Workers


def calibrate_command(
    experiment: Annotated[
        str, Argument(metavar="[EXPERIMENT]", help="A shipped prior or a path to a .toml file.")
    ] = "calibration",
    worlds: Annotated[
        int | None, Option(min=1000, help="Worlds of the first wave; by default as in the experiment.")
    ] = None,
    later: Annotated[int, Option(min=500, help="Worlds of each later wave.")] = 20_000,
    waves: Annotated[int, Option(min=1, max=5, help="Waves.")] = 3,
    checked: Annotated[int, Option(min=0, max=100, help="Pseudo-worlds on which to check the waves.")] = 20,
    out: Annotated[Path, Option(help="Folder for the waves, the posterior, tables and figures.")] = Path(
        "results/calibration"
    ),
    workers: Workers = None,
    no_figures: NoFigures = False,
    fresh: Fresh = False,
    quiet: Quiet = False,
) -> None:
    """Find the worlds that agree with the public record until 2023, and check how far to trust them.

    Takes about an hour on two cores; an interrupted calibration continues where it stopped.
    Writes the posterior as a file of worlds for `--worlds` and `uncertainty`. Needs scikit-learn:
    pip install 'deter[calibrate]'.
    Example: `deter calibrate --worlds 5000 --later 2000 --checked 0`
    """
    from analysis.calibration.answer import written
    from analysis.calibration.estimator import library
    from analysis.calibration.figures import calibration_figures
    from analysis.calibration.tables import calibration_tables
    from analysis.calibration.targets import read_targets
    from experiments.calibration.running import Plan, calibrate
    from experiments.calibration.waves import read_prior
    from experiments.store.files import write
    from experiments.terminal import publish, sweeps
    from experiments.terminal.calibration import shown_calibration
    from experiments.terminal.screen import Counter, Screen

    library("neural_network")
    screen, prior = Screen(quiet=quiet), read_prior(experiment)
    targets, _ = read_targets()
    publish.make_ready(out, "--out")
    sweeps.compile_first(screen)
    plan = Plan(worlds or prior.loaded.experiment.size, later, waves, checked=checked)
    with Counter(screen, plan.worlds) as counter:
        found = calibrate(prior, targets, out, plan, workers, fresh=fresh, report=counter.report, say=screen.say)
    write(out / "posterior.csv", found.worlds.write_csv().encode())
    write(out / "calibration.json", written(found.calibration).encode())
    publish.write_tables(out, calibration_tables(found.calibration))
    if not no_figures:
        publish.write_figures(out, calibration_figures(found.calibration, found.known))
    screen.show(*shown_calibration(found.calibration))
    screen.say(f"written to {out}: posterior.csv, calibration.json, tables, figures")

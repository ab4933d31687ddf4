"""`deter validate`: what the model shows against what theory and experiments expect, in one table."""

from pathlib import Path
from typing import Annotated

from typer import Exit, Option

from experiments.terminal.options import FAILED, Quiet, Workers
from model.errors import MOST_SEED


def validate_command(
    fast: Annotated[
        bool, Option("--fast", help="Check only the more robust facts, in fewer worlds: less than a minute.")
    ] = False,
    seed: Annotated[int, Option(min=0, max=MOST_SEED, help="Seed of the worlds and of their random numbers.")] = 7,
    workers: Workers = None,
    out: Annotated[Path, Option(help="Folder for tables and figures.")] = Path("results/validate"),
    page: Annotated[
        Path | None, Option(metavar="FILE", help="Also write a page of the findings, in Markdown, for docs/.")
    ] = None,
    no_figures: Annotated[bool, Option("--no-figures", help="Write no figures into the folder.")] = False,
    quiet: Quiet = False,
) -> None:
    """Check the model against theory, experiments and the record, in a table, figures and a page.

    Takes about ten minutes on two cores. Exit code 1: a check falls short without an explanation.
    Example: `deter validate --fast`
    """
    from dataclasses import replace

    from analysis.calibration.answer import read_calibration
    from analysis.calibration.figures import calibration_figures
    from analysis.calibration.tables import calibration_tables
    from analysis.history.figures import history_figures
    from analysis.history.forecast import forecasts
    from analysis.history.tables import history_tables
    from analysis.validation.checks import short
    from analysis.validation.figures import validation_figures
    from analysis.validation.page import validation_page
    from analysis.validation.tables import validation_tables
    from experiments.terminal import publish, sweeps
    from experiments.terminal.screen import Screen
    from experiments.terminal.validation import Pieces, shown_checks
    from experiments.validation import calibration, history, running
    from model.errors import ConfigurationError

    if fast and page:
        problem = "needs all checks, and --fast runs only some"
        raise ConfigurationError(problem, file="--page", value=str(page), allowed="a page without --fast")
    if page and page.is_dir():
        raise ConfigurationError("is a folder", file="--page", value=str(page), allowed="a file")
    publish.make_ready(out, "--out")
    if page:
        publish.make_ready(page.parent, "--page")
    screen = Screen(quiet=quiet)
    sweeps.compile_first(screen)
    size = running.FAST if fast else running.FULL
    answer = history.answer_of(size.histories, seed, workers) if size.histories else None
    findings = running.validated(size, seed, workers, Pieces(screen))
    if answer:
        findings = replace(findings, checks=[*findings.checks, *history.history_checks(answer, forecasts())])
        moments = calibration.calibration_checks(size.histories, seed, workers)
        findings = replace(findings, checks=[*findings.checks, *moments])
    drawn = bool(page) or not no_figures
    tables, figures = validation_tables(findings), validation_figures(findings) if drawn else {}
    if answer:
        posterior = read_calibration()
        tables |= history_tables(answer) | calibration_tables(posterior)
        figures |= history_figures(answer) | calibration_figures(posterior) if drawn else {}
    publish.write_tables(out, tables)
    if not no_figures:
        publish.write_figures(out, figures)
    if page:
        publish.write_page(page, validation_page(findings, figures, page.stem), figures)
    screen.show(*shown_checks(findings))
    screen.say(f"written to {out}{f' and {page}' if page else ''}")
    if short(findings.checks):
        raise Exit(FAILED)

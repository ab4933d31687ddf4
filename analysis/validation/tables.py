"""The tables of `deter validate`: a row for each check, and what becomes of emergent facts under other rules."""

import math

import polars as pl

from analysis.labels import number_of
from analysis.results.tables import Table, estimate_text
from analysis.validation.checks import Cell, Check, Findings
from analysis.validation.games import OF_RUNS, frame_of_games

PREDICTED = ("forecast", "fitted", "held out")
"""Labels of checks whose intervals are predictive."""
CHECKS, GAMES, STRUCTURE = "validation", "games", "structure"
"""Names of the tables."""
CHECKS_SCHEMA = {
    **dict.fromkeys(("part", "check", "expected"), pl.String()),
    **dict.fromkeys(("mean", "low", "high"), pl.Float64()),
    "unit": pl.String(),
    "n": pl.Int64(),
    "agree": pl.Float64(),
    **dict.fromkeys(("verdict", "label", "source", "note"), pl.String()),
}
"""Columns of the table of checks: what is expected, what there is with its interval and n, the verdict."""
STRUCTURE_SCHEMA = {
    **dict.fromkeys(("variant", "check", "kept"), pl.String()),
    **dict.fromkeys(("mean", "low", "high"), pl.Float64()),
    "n": pl.Int64(),
}
"""Columns of the table over structure."""
INTERVALS = "Intervals: 95 % (Student's t) of the mean over worlds, each with random numbers of its own."

OF_THEORY = (
    "Those of theory: 95 % over draws or runs; those of closed forms, and of pairs of games, hold jointly with that "
    "probability. Those of history and forecast: medians and 90 % predictive intervals over runs."
)


def validation_tables(findings: Findings) -> dict[str, Table]:
    """The tables by name; those of games and over structure only where they were looked at."""
    worlds = number_of("world", findings.worlds)
    size = f"{worlds} of the prior, {number_of('replicate', findings.replicates)} of each; seed {findings.seed}."
    tables = {CHECKS: Table("Checks", frame_of_checks(findings.checks), f"{size} {INTERVALS} {OF_THEORY}")}
    if findings.played:
        tables[GAMES] = Table("Classic games", frame_of_games(findings.played), f"Seed {findings.seed}. {OF_RUNS}")
    if findings.cells:
        few = f"{number_of('world', findings.few)} of the prior for each variant; seed {findings.seed}."
        tables[STRUCTURE] = Table("Facts under other rules", frame_of_cells(findings.cells), f"{few} {INTERVALS}")
    return tables


def frame_of_checks(checks: list[Check]) -> pl.DataFrame:
    """A row for each check."""
    rows = [
        (
            *(check.part, check.name, check.expected, check.got, check.low, check.high, check.unit),
            *(check.n or None, check.agree, check.verdict, check.label, check.source, check.note),
        )
        for check in checks
    ]
    return pl.DataFrame(rows, CHECKS_SCHEMA, orient="row").with_columns(pl.col(pl.Float64).fill_nan(None))


def frame_of_cells(cells: list[Cell]) -> pl.DataFrame:
    """A row for each variant and fact."""
    rows = [(cell.variant, cell.name, cell.kept, cell.got, cell.low, cell.high, cell.n) for cell in cells]
    return pl.DataFrame(rows, STRUCTURE_SCHEMA, orient="row").with_columns(pl.col(pl.Float64).fill_nan(None))


def got_text(check: Check) -> str:
    """What there is with its interval, as a reader sees it; a dash where there is nothing. A count has no interval.

    A prediction is a median with both ends of its interval.
    """
    if check.got is None or math.isnan(check.got):
        return "–"
    if check.label in PREDICTED and check.low is not None:
        return f"{check.got:.3g} [{check.low:.3g}, {check.high:.3g}]"
    return f"{check.got:g}".replace("-", "−") if check.low is None else estimate_text(check.got, check.low, check.high)


def measured_text(check: Check) -> str:
    """The same with its unit."""
    return " ".join(filter(None, (got_text(check), check.unit if check.got is not None else "")))

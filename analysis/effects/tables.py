"""Tables of effects for readers: effects, shares of variance, a factor's effect by cell, effects at matched bite."""

from collections.abc import Iterator

import polars as pl

from analysis.effects.by_cell import by_cell, left_out_by_cell
from analysis.effects.effects import effects, left_out_of_effects, shares
from analysis.effects.factorial import grid_factors, is_grid
from analysis.effects.matched import left_out_of_matched, matched
from analysis.labels import factor_title
from analysis.plotting import captions
from analysis.report.missing import left_out_note
from analysis.results.folder import Results
from analysis.results.tables import Table
from model.errors import ConfigurationError

BY_CELL = "{}_by_cell"
"""Name of the table of a factor's effect by cell: `clarity_by_cell`."""


def effect_tables(results: Results) -> dict[str, Table]:
    """The tables of a folder by name; none where it is no full grid of two factors or more, or lacks runs.

    It lacks them where none succeeded, or where points of a sweep under way have none yet.
    """
    runs, failed = results.counts
    if failed == runs or results.unreached or not is_grid(results) or len(grid_factors(results)) < 2:
        return {}
    return dict(_tables(results))


def _tables(results: Results) -> Iterator[tuple[str, Table]]:
    factors = grid_factors(results)
    left = left_out_note(left_out_of_effects(results))
    frame = effects(results)
    yield "effects", Table("Effects of the factors and their interactions", frame, _note(results, frame, EFFECTS, left))
    frame = shares(results)
    own = OWN if left else ""
    yield "variance_shares", Table("Shares of the variance between cells", frame, _note(results, frame, SHARES, own))
    name = factors[0].rpartition(".")[2]
    frame = by_cell(results)
    title = f"Where {factor_title(factors[0]).lower()} helps, hurts, or cannot be told"
    yield (
        BY_CELL.format(name),
        Table(title, frame, _note(results, frame, CELLS, left_out_note(left_out_by_cell(results)))),
    )
    try:
        frame = matched(results)
    except ConfigurationError:  # nothing has order, so that there is nothing along which to match
        return
    left = left_out_note(left_out_of_matched(results))
    yield "effects_at_matched_bite", Table("Effects at matched bite", frame, _note(results, frame, MATCHED, left))


EFFECTS = (
    "Differences between the ends of each factor, the mean over the levels of the others taken at each; interactions "
    "are differences of differences, in the metric's unit."
)
SHARES = (
    "Shares of the variance of the estimates between cells, over the levels of the experiment, less what noise adds; "
    "intervals from resampled replicates."
)
CELLS = (
    "Differences between the ends of the factor in each cell of the others, on common random numbers; verdicts at a "
    "false discovery rate of 5 % for each metric (Benjamini and Hochberg)."
)
MATCHED = (
    "Differences between the ends of each factor where both deliver the same bite a year, read along the carrier; that "
    "bite does the same however the carrier moved it is an assumption."
)

OWN = "Runs are missing: each cell rests on those that it has, and a cell without any leaves no shares."
EMPTY = "Empty: the two ends never deliver the same bite."


def _note(results: Results, frame: pl.DataFrame, what: str, left: str) -> str:
    """What a table shows, its n and intervals, what is left out of it, and where it comes from."""
    intervals = captions.interval(frame, "Intervals")
    empty = EMPTY if "overlap" in frame.columns and frame["mean"].has_nulls() else ""
    return captions.note(what, intervals, left, empty, incomplete(results), captions.origin(results))


def incomplete(results: Results) -> str:
    """What is said of a folder that lacks runs."""
    if results.manifest.status == "complete":
        return ""
    return "The sweep is not complete: what lacks its run at one level so far is left out at the others too."

"""What is said of runs that are missing: how much of a comparison is left out for want of them, and on what that turns.

Runs that fail may be no random sample of all, so that what is left may differ from what was planned: it is never left
out without a word.
"""

from collections.abc import Iterator, Sequence

import numpy as np
import polars as pl

from analysis.comparison.comparison import comparison_of, is_comparison
from analysis.effects.factorial import ends
from analysis.report.findings import all_else_alike, compared_factors
from analysis.results.folder import Results
from analysis.statistics.contrasts import differences, influence, left_out
from analysis.statistics.pairing import Left
from model.errors import ConfigurationError

NO_SAMPLE = "Runs that fail may be no random sample of all."
CELL = "a cell being a combination of the other factors in a replicate"


def left_out_note(left: Sequence[Left]) -> str:
    """How much comparisons leave out, for the note of a table; nothing where nothing is left out."""
    worst = max(left, key=lambda one: one.out / max(1, one.cells), default=Left(0, 0))
    if not worst.out:
        return ""
    which = "" if len(left) == 1 else "up to "
    return f"Where a run is missing its counterparts are left out too: {which}{_share(worst)} of a comparison, {CELL}."


def missing_runs(results: Results) -> Iterator[str]:
    """Sentences on the runs of a folder that failed; none where none did."""
    runs, failed = results.counts
    if not failed:
        return
    yield f"{failed:,} of {runs:,} runs failed and are left out of every figure. {NO_SAMPLE}"
    if failed < runs:
        yield from _points(results)
        yield from _compared(results)


def _points(results: Results) -> Iterator[str]:
    """Points at which every run failed."""
    good = results.scan.filter(pl.col("status") == "ok").select("point").unique().collect().height
    tried = results.scan.select(pl.col("point").n_unique()).collect().item()
    if good < tried:
        have = "has" if tried - good == 1 else "have"
        yield (
            f"{tried - good:,} of {tried:,} points {have} no run that went well: averages are over the other points, "
            "and differences leave out the points that would be compared with them."
        )


def _compared(results: Results) -> Iterator[str]:
    """How much the comparisons between doctrines or levels leave out beside."""
    if is_comparison(results):
        try:
            found = comparison_of(results).left_out
        except ConfigurationError:  # said where they are compared
            return
        if found:
            cells = (
                "1 cell of a world in a replicate is"
                if found == 1
                else f"{found:,} cells of a world in a replicate are"
            )
            yield f"Doctrines are compared where all have their run: {cells} left out."
        return
    if results.unreached:  # then nothing is compared but doctrines
        return
    left = [one for factor in compared_factors(results) for one in _of_factor(results, factor)]
    worst = max(left, key=lambda one: one.out / max(1, one.cells), default=Left(0, 0))
    if worst.out:
        yield (
            "In differences and effects what lacks its run at one end is left out at the other too, so that both are "
            f"of the same points and random numbers: up to {_share(worst)} of a main effect, {CELL}."
        )


def _of_factor(results: Results, factor: str) -> list[Left]:
    """What the difference between a factor's ends leaves out."""
    low, *_, high = ends(results, factor)
    weights = all_else_alike(results.design, {factor: (low, high)})
    if weights is None:
        return []
    found = influence(results.scan, results.design, [factor], "deterrence_rate", results.manifest.pilot, weights)
    levels = found.levels[factor].to_list()
    upper, lower = (np.array([levels.index(level)]) for level in (high, low))
    return left_out(found, differences(upper, lower, len(levels)), [[factor]])


def _share(left: Left) -> str:
    share = 100.0 * left.out / left.cells
    return f"{left.out:,} of {left.cells:,} cells ({share:.{0 if share >= 10.0 else 1 if share >= 1.0 else 2}f} %)"

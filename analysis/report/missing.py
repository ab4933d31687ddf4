"""Sentences on runs that are missing: how much of a comparison is left out for want of them, and on what that turns.

Runs that fail may be no random sample of all, so that what is left may differ from what was planned: it is never left
out without a word. What counts where runs are missing, `analysis.statistics.pairing` says.
"""

from collections.abc import Iterator

import polars as pl

from analysis.comparison.comparison import comparison_of, is_comparison
from analysis.effects.levels import left_out_of_main_effects
from analysis.labels import number_of
from analysis.results.folder import Results
from analysis.statistics.pairing import most_left_out
from model.errors import ConfigurationError


def check_runs(*folders: Results) -> None:
    """Refuse folders without a run to speak of; raises `ConfigurationError`."""
    for results in folders:
        runs, failed = results.counts
        if runs == failed:
            problem = "has no run that did not fail" if runs else "has no runs yet"
            raise ConfigurationError(f"{problem}, so there is nothing to report", file=str(results.folder))


def missing_runs(results: Results) -> Iterator[str]:
    """Sentences on the runs of a folder that failed, and on twins that were not run; none where nothing is missing."""
    runs, failed = results.counts
    if results.manifest.record:
        yield "Runs that keep a record have no twin, so comparisons of a world with its twin are undefined."
    if failed:
        sample = "Failed runs may not be a random sample."
        yield f"{failed:,} of {runs:,} runs failed and are left out of every figure. {sample}"
    if 0 < failed < runs:
        yield from _points(results)
        yield from _compared(results)


def _points(results: Results) -> Iterator[str]:
    """A sentence on points at which every run failed."""
    good = (pl.col("status") == "ok").any()
    went_well = results.scan.group_by("point").agg(good).select(pl.col("status")).collect()["status"]
    lost, tried = int((~went_well).sum()), len(went_well)
    if lost:
        yield (
            f"{lost:,} of {tried:,} points {'has' if lost == 1 else 'have'} no successful run: averages are over the "
            "other points, and differences leave out the points that would be compared with them."
        )


def _compared(results: Results) -> Iterator[str]:
    """A sentence on how much comparisons between doctrines or levels leave out beside."""
    if is_comparison(results):
        try:
            found = comparison_of(results).left_out
        except ConfigurationError:  # said where they are compared
            return
        if found:
            cells = f"{number_of('cell', found)} of a world in a replicate {'is' if found == 1 else 'are'}"
            yield f"Doctrines are compared where all have their run: {cells} left out."
        return
    if results.unreached:  # then nothing is compared but doctrines
        return
    if worst := most_left_out(left_out_of_main_effects(results)):
        yield (
            "In differences and effects, what lacks its run at one end is left out at the other too, so both use the "
            f"same points and random numbers: up to {worst.of('a main effect')}."
        )

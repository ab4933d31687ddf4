"""Tables of effects for readers: effects, shares of variance, a factor's effect by cell, effects at matched bite."""

from collections.abc import Iterator, Sequence
from typing import Any

import polars as pl

from analysis.effects.by_cell import by_cell, left_out_by_cell
from analysis.effects.effects import effects, left_out_of_effects, shares
from analysis.effects.factorial import grid_factors, is_grid
from analysis.effects.levels import all_else_alike
from analysis.effects.matched import left_out_of_matched, matched
from analysis.labels import factor_title, level_texts
from analysis.plotting import captions
from analysis.results.folder import Results
from analysis.results.tables import Table
from analysis.statistics.estimates import ESTIMATE_SCHEMA
from analysis.statistics.pairing import Left, most_left_out
from analysis.statistics.policy_units import policy_units
from model.errors import ConfigurationError
from model.metrics.catalogue import A_YEAR, EFFECTS, TO_LISTING

EFFECTS_NOTE = (
    "Differences between the ends of each factor, the mean over the levels of the others taken at each; interactions "
    "are differences of differences, in the metric's unit. World, twin: the yearly change in each of the two worlds "
    "of the quantity averted, because a factor may move both."
)
SHARES_NOTE = (
    "Shares of the variance of the estimates between cells, over the levels of the experiment, less what noise adds; "
    "intervals from resampled replicates."
)
CELLS_NOTE = (
    "Differences between the ends of the factor in each cell of the others, on common random numbers; a verdict says "
    "that the interval excludes zero; in 95 of 100 sweeps no verdict on a metric is wrong."
)
MATCHED_NOTE = (
    "Differences between the ends of each factor where both deliver the same bite a year, read along the carrier; it "
    "is an assumption that bite does the same however the carrier moved it."
)

OWN_RUNS = "Runs are missing: each cell rests on the runs it has, and a cell without any leaves no shares."
INCOMPLETE = "The sweep is not complete: what still lacks its run at one level is left out at the others too."
NEVER_EQUAL = "Empty: the two ends never deliver the same bite."


def effect_tables(results: Results) -> dict[str, Table]:
    """The tables of a folder by name; none where it is no full grid of two factors or more, or lacks runs.

    It lacks them where none succeeded, or where points of a sweep under way have none yet.
    """
    runs, failed = results.counts
    if failed == runs or results.unreached or not is_grid(results) or len(grid_factors(results)) < 2:
        return {}
    return dict(_tables(results))


def _tables(results: Results) -> Iterator[tuple[str, Table]]:
    incomplete = "" if results.manifest.status == "complete" else INCOMPLETE
    origin = captions.note(incomplete, captions.origin(results))

    def table(title: str, frame: pl.DataFrame, what: str, *notes: str) -> Table:
        intervals = captions.interval(frame, "Intervals")
        return Table(title, frame, captions.note(what, intervals, *notes, origin))

    left, metrics = left_out_note(left_out_of_effects(results)), (*EFFECTS, *results.own_metrics)
    found, parts = effects(results, metrics=metrics), shares(results, metrics=metrics)
    yield "effects", table("Effects of the factors and their interactions", found, EFFECTS_NOTE, left)
    own = OWN_RUNS if left else ""
    yield "variance_shares", table("Shares of the variance between cells", parts, SHARES_NOTE, own)
    factor = grid_factors(results)[0]
    title = f"Where {factor_title(factor).lower()} helps, hurts, or is unclear"
    left = left_out_note(left_out_by_cell(results))
    cells = by_cell(results, metrics=metrics)
    yield f"{factor.rpartition('.')[2]}_by_cell", table(title, cells, CELLS_NOTE, left)
    try:
        frame = matched(results)
    except ConfigurationError:  # nothing has order, so that there is nothing along which to match
        return
    left, empty = left_out_note(left_out_of_matched(results)), NEVER_EQUAL if frame["mean"].has_nulls() else ""
    yield "effects_at_matched_bite", table("Effects at matched bite", frame, MATCHED_NOTE, left, empty)


UNITS_NOTE = (
    "Acts, severe acts and harm are expected in a year, in the world and in its twin; `averted` is the twin's less the "
    "world's, `share` the same as a share of the twin's. For years from act to listing, `world` is the mean of the "
    "listings adopted, empty where nobody is listed. Levels of a factor are averaged over those of the others. Harm is "
    "in the scenario's units."
)


def unit_tables(results: Results) -> dict[str, Table]:
    """Acts, severe acts and harm a year, and years to a listing, overall and at each level of each factor, by name.

    None where no run succeeded, points have no run yet, or runs lack what it takes, such as a twin.
    """
    runs, failed = results.counts
    needed = {TO_LISTING, *(name for names in A_YEAR.values() for name in names)}
    if failed == runs or results.unreached or needed & results.missing.keys():
        return {}
    frames = [_units(results, "all points", [""], ())]
    for factor in results.levelled:
        levels = results.estimate([factor], [TO_LISTING])[factor].to_list()
        frames.append(_units(results, factor, level_texts(levels), [factor]))
    note = captions.note(UNITS_NOTE, INTERVALS.format(results.manifest.replicates), captions.origin(results))
    return {"policy_units": Table("Acts, severe acts and harm a year, and years to a listing", pl.concat(frames), note)}


OWN_NOTE = (
    "Means over runs. Levels of a factor are averaged over those of the others; differences are from the level named "
    "in `against`, on the same random numbers. Each run was measured by functions of the user's own:"
)
OWN_SCHEMA: dict[str, Any] = {
    "metric": pl.String(),
    "factor": pl.String(),
    "level": pl.String(),
    **{name: kind for name, kind in ESTIMATE_SCHEMA.items() if name != "metric"},
    "difference": pl.Float64(),  # on the same random numbers, from the level that `against` names
    "difference_low": pl.Float64(),
    "difference_high": pl.Float64(),
    "against": pl.String(),
}
"""Columns of the table of a user's own metrics: estimates overall and by level of each factor, and differences."""


def own_tables(results: Results) -> dict[str, Table]:
    """Metrics of the user's own, overall and at each level of each factor with differences between them, by name.

    None where the folder measures none, no run succeeded, or points have no run yet.
    """
    runs, failed = results.counts
    if not results.own_metrics or failed == runs or results.unreached:
        return {}
    given = results.manifest.metrics.items()
    said = [f"{name} ({each.name}{f': {each.says}' if each.says else ''})".replace(".)", ")") for name, each in given]
    note = captions.note(
        f"{OWN_NOTE} {', '.join(said)}.", INTERVALS.format(results.manifest.replicates), captions.origin(results)
    )
    return {"own_metrics": Table("Own metrics", own_estimates(results), note)}


def own_estimates(results: Results) -> pl.DataFrame:
    """The columns of `OWN_SCHEMA`, first for all points and then for each level of each factor whose levels compare.

    Differences are null where points of two levels differ in other factors too, as in a list of points.
    """
    metrics = results.own_metrics
    frames = [_own_levels(results.estimate((), metrics), "all points", [""] * len(metrics))]
    for factor in results.levelled:
        found = results.estimate([factor], metrics)
        levels = found[factor].unique(maintain_order=True).to_list()
        texts = dict(zip(levels, level_texts(levels), strict=True))
        stated = results.manifest.design.get("reference") if factor == "doctrine" else None
        against = stated if stated in levels else levels[0]
        if not all(all_else_alike(results.design, {factor: levels}) or [0.0]):
            frames.append(_own_levels(found, factor, [texts[level] for level in found[factor]]))
            continue
        apart = results.paired([factor], {factor: against}, metrics).select(
            factor,
            "metric",
            difference="mean",
            difference_low="low",
            difference_high="high",
            against=pl.lit(texts[against]),
        )
        both = found.join(apart, on=[factor, "metric"], how="left", maintain_order="left", nulls_equal=True)
        frames.append(_own_levels(both, factor, [texts[level] for level in found[factor]]))
    order = {name: place for place, name in enumerate(metrics)}
    every = pl.concat(frames, how="diagonal").sort(
        pl.col("metric").replace_strict(order, return_dtype=pl.Int64), maintain_order=True
    )
    return every.select(
        pl.col(name).cast(kind) if name in every.columns else pl.lit(None, kind).alias(name)
        for name, kind in OWN_SCHEMA.items()
    )


def _own_levels(found: pl.DataFrame, factor: str, levels: Sequence[str]) -> pl.DataFrame:
    names = [name for name in found.columns if name in OWN_SCHEMA]
    return found.select(names).with_columns(factor=pl.lit(factor), level=pl.Series(list(levels), dtype=pl.String))


INTERVALS = "`low` and `high`: ends of 95 % intervals over {} replicates; `n` counts those in which it is defined."


def _units(results: Results, factor: str, levels: Sequence[str], by: Sequence[str]) -> pl.DataFrame:
    groups = pl.DataFrame({"factor": [factor] * len(levels), "level": levels}, schema_overrides={"level": pl.String})
    return policy_units(groups, lambda metric: results.estimate(by, [metric]))


def left_out_note(left: Sequence[Left]) -> str:
    """How much comparisons leave out for want of runs, for the note of a table; nothing where nothing is left out."""
    if (worst := most_left_out(left)) is None:
        return ""
    which = "" if len(left) == 1 else "up to "
    return f"Where a run is missing its counterparts are left out too: {which}{worst.of('a comparison')}."

"""Which levels of which factors can be compared, and over which points: those at which all else is alike."""

from collections.abc import Mapping, Sequence
from itertools import product
from typing import Any

import polars as pl

from analysis.effects.factorial import Grid, ends, grid_of
from analysis.labels import level_texts, listed
from analysis.results.folder import Results
from analysis.sentences import InBoth, has_interval, number
from analysis.statistics.contrasts import Influence, beside, contrast, contrast_table, influences, left_out
from analysis.statistics.pairing import Left
from model.metrics.catalogue import EFFECTS, METRICS, TO_LISTING

MOST_COMPARED = 6
"""Factors of which findings speak: the first of the experiment that have several levels."""
DELAY = "doctrine.delay_factor"
"""A factor whose levels say little: what they come to is how long it takes to list somebody."""
IN_BOTH = {
    "acts_averted": ("expected_acts_a_year", "twin_expected_acts_a_year"),
    "severe_averted": ("expected_severe_acts_a_year", "twin_expected_severe_acts_a_year"),
    "harm_averted": ("harm_a_year", "twin_harm_a_year"),
}
"""What is averted, and how much of it there is in the world and in its twin: a factor may move both alike."""
LevelContrast = Mapping[tuple[Any, ...], float]
"""Coefficients of combinations of levels; those that are not named have none."""


def compared_factors(results: Results) -> list[str]:
    """Factors whose ends are compared: of several levels, and no doctrines or scenarios."""
    levels = results.manifest.factors
    several = [name for name in results.levelled if len(levels[name]) > 1 and name not in ("doctrine", "scenario")]
    return several[:MOST_COMPARED]


def delays_measured(results: Results, factor: str) -> dict[Any, str]:
    """What each level of the factor of delay comes to: 4.1 [3.9, 4.3] years from act to listing; empty of any other.

    Levels at which nobody is listed, or that have no interval, are left out.
    """
    if factor != DELAY or TO_LISTING in results.missing:
        return {}
    rows = results.estimate([factor], [TO_LISTING]).to_dicts()
    return {row[factor]: f"{number(row)} years from act to listing" for row in rows if has_interval(row)}


def delays_said(results: Results, factors: Sequence[str]) -> str:
    """What levels of the factor of delay come to, in a sentence; empty where it is not among these factors."""
    found = {level: text for factor in factors for level, text in delays_measured(results, factor).items()}
    texts = zip(level_texts(found), found.values(), strict=True)
    return f"Delay factor {listed([f'{level} is {text}' for level, text in texts])}." if found else ""


def all_else_alike(design: pl.DataFrame, levels: Mapping[str, Sequence[Any]]) -> list[float] | None:
    """Weights of points: 1 where what these factors leave is met with at every combination of their levels, else 0.

    Only of such points is a difference that of the factors: elsewhere something else differs with them. None: there is
    no such point.
    """
    cells = pl.DataFrame(list(product(*levels.values())), {name: design.schema[name] for name in levels}, orient="row")
    rest = [name for name in design.columns if name != "point" and name not in levels]
    # a constant column, so that there is something to group by where nothing else varies
    held = design.join(cells, on=list(levels), how="semi").with_columns(cell=pl.struct(*levels), all=pl.lit(0))
    alike = held.filter(pl.col("cell").n_unique().over("all", *rest) == cells.height)["point"]
    return design["point"].is_in(alike.to_list()).cast(pl.Float64).to_list() if len(alike) else None


def at_levels(results: Results, levels: Mapping[str, Sequence[Any]], metrics: Sequence[str]) -> list[Influence]:
    """Metrics at each combination of levels of these factors, where all else is alike; empty where nothing is."""
    if (weights := all_else_alike(results.design, levels)) is None:
        return []
    return influences(results.scan, results.design, list(levels), metrics, results.manifest.pilot, weights)


def in_cells(results: Results, factors: Sequence[str], metrics: Sequence[str]) -> tuple[list[Influence], Grid]:
    """Metrics in each cell of the grid of these factors, and that grid; over all other factors they are pooled.

    Raises `ConfigurationError` where the factors make no full grid, `Unreached` while points have no run yet.
    """
    results.check_reached(())
    grid = grid_of(results, factors)
    return influences(results.scan, results.design, factors, metrics, results.manifest.pilot), grid


def compared(found: Influence, along: Sequence[str], differences: Sequence[LevelContrast]) -> list[dict[str, Any]]:
    """Differences between levels of a metric with their intervals, as rows of a table of paired differences."""
    coefficients = _coefficients(found, differences)
    return contrast_table(found.metric, contrast(found, coefficients, [along] * len(differences))).to_dicts()


def in_both_worlds(results: Results, factor: str) -> dict[str, InBoth]:
    """What going from one end of a factor to the other does in the world and in its twin, by what is averted.

    All a year, at points where all else is alike; empty where there are none.
    """
    low, *_, high = ends(results, factor)
    known = {averted: pair for averted, pair in IN_BOTH.items() if not {*pair} & results.missing.keys()}
    pairs = [name for pair in known.values() for name in pair]
    found = {one.metric: one for one in at_levels(results, {factor: (low, high)}, pairs)}
    step, moved = [less((high,), (low,)), {(low,): 1.0}, {(high,): 1.0}], {}
    for averted, pair in known.items() if found else ():
        ours, theirs = (compared(found[name], [factor], step) for name in pair)
        both = beside(found[pair[1]], found[pair[0]])  # averted is the twin's less the world's
        coefficients = _coefficients(found[pair[1]], step[:1])[0]
        own = contrast_table(pair[0], contrast(both, [coefficients + [-one for one in coefficients]])).to_dicts()[0]
        levels = [(start["mean"], stop["mean"]) for _, start, stop in (ours, theirs)]
        what = METRICS[averted].unit.rpartition("'s ")[2]
        moved[averted] = InBoth(what, ours[0], theirs[0], own, (levels[0], levels[1]))
    return moved


def _coefficients(found: Influence, differences: Sequence[LevelContrast]) -> list[list[float]]:
    return [[one.get(levels, 0.0) for levels in found.levels.rows()] for one in differences]


def less(high: tuple[Any, ...], low: tuple[Any, ...]) -> LevelContrast:
    """One combination of levels less another."""
    return {high: 1.0, low: -1.0}


def left_out_of_main_effects(results: Results) -> list[Left]:
    """How much of each difference between a factor's ends is left out for want of runs; empty where none is."""
    found = []
    for factor in compared_factors(results):
        low, *_, high = ends(results, factor)
        for one in at_levels(results, {factor: (low, high)}, EFFECTS[:1]):
            found += left_out(one, _coefficients(one, [less((high,), (low,))]), [[factor]])
    return found

"""Scores of the drawn factors of a folder, as a table, and in words what they rest on."""

from functools import lru_cache

import polars as pl

from analysis.labels import factor_title, listed, number_of
from analysis.plotting import captions
from analysis.results.folder import Results
from analysis.results.manifest import DRAWN
from analysis.results.tables import Table
from analysis.sampled.points import drawn_factors, outcomes, sample_of
from analysis.sampled.scores import LEAST, MOST, Score, scores
from model.metrics.catalogue import EFFECTS, LEAD

SCORES = "feature_scores"
"""Name of the table, and of its figure."""
WHAT = (
    "δ is half the expected distance between the distribution of the figure and its distribution once the parameter is "
    "known: 0 if the parameter tells nothing, 1 if it tells all."
)
CHANCE = (
    "A parameter matters beyond chance if its score is above the floor; where none of them matters, chance takes one "
    "of all parameters above it in 5 of 100 samples (permutations)."
)


@lru_cache(maxsize=2)
def scored(results: Results) -> dict[str, dict[str, Score]]:
    """Scores by metric and drawn factor; metrics that are undefined, or of too few points, are left out."""
    factors, sample = drawn_factors(results), sample_of(results)
    columns = [sample.frame[name].to_numpy() for name in factors]
    found = {}
    for metric in EFFECTS:
        if metric not in results.missing:
            (outcome,) = outcomes(results, metric)
            each = scores(columns, outcome.mean, sample.weights)
            found[metric] = dict(zip(factors, each, strict=True))
    return {metric: each for metric, each in found.items() if any(one.mean == one.mean for one in each.values())}


def ranked(results: Results, metric: str | None = None) -> list[str]:
    """Drawn factors, those first that score highest for a metric, or for any where none is named."""
    found = scored(results)
    metrics = [metric] if metric in found else list(found)
    most = {name: max((found[each][name].mean for each in metrics), default=0.0) for name in drawn_factors(results)}
    return sorted(most, key=lambda name: -most[name] if most[name] == most[name] else 0.0)


def is_drawn(results: Results) -> bool:
    """Whether the question of a folder is its sample: worlds of a file are there to compare doctrines in them.

    Saltelli's points have indices of their own.
    """
    return results.manifest.design.get("kind") in DRAWN and bool(drawn_factors(results))


def score_tables(results: Results) -> dict[str, Table]:
    """The table of scores by name; none where a folder is no sweep of a sample, or has too few points."""
    runs, failed = results.counts
    if failed == runs or not is_drawn(results) or not (found := scored(results)):
        return {}
    rows = [
        (name, metric, one.mean, one.low, one.high, one.floor, one.beyond_chance, one.n)
        for metric, each in found.items()
        for name, one in each.items()
    ]
    names = ("parameter", "metric", "score", "score_low", "score_high", "floor", "beyond_chance", "n")
    frame = pl.DataFrame(rows, names, orient="row").with_columns(pl.col(pl.Float64).fill_nan(None))
    note = captions.note(WHAT, intervals(results), CHANCE, *basis(results), captions.origin(results))
    return {SCORES: Table("Scores of the drawn parameters (Borgonovo’s δ)", frame, note)}


def intervals(results: Results) -> str:
    """What the intervals of scores are, with n."""
    found = [one.n for each in scored(results).values() for one in each.values()]
    few, many = min(found, default=0), max(found, default=0)
    n = f"n = {number_of('drawn point', many)}" if few == many else f"n = {few:,} to {many:,} drawn points"
    return f"Intervals: 95 %, over {n} (bootstrap, its bias taken off)."


def basis(results: Results, *, apart: bool = False) -> list[str]:
    """Sentences on the points: replicates, crossed levels, what is left out, and how parameters go together.

    `apart`: whether crossed levels are drawn apart, of which scores are means.
    """
    sample, manifest = sample_of(results), results.manifest
    crossed = [factor_title(name).lower() for name in sample.levels.columns]
    many = number_of("replicate", manifest.replicates)
    lines = [f"All points share {many}; scores and bands do not cover that others might have been drawn."]
    if crossed:
        what = "Scores are of" if apart else "Figures are"
        lines.append(f"{what} means over the {sample.levels.height} levels of {listed(crossed)} at each point.")
    if sample.left_out:
        lines.append(f"Left out: {sample.left_out:,} drawn points that not all levels met.")
    if sample.frame.height > MOST:
        lines.append(f"Scores rest on {MOST:,} of the {sample.frame.height:,} drawn points, taken at random.")
    if manifest.design["kind"] == "saltelli":
        lines.append("Of the Saltelli design only the base points count, because the others repeat their values.")
    if manifest.design["kind"] == "worlds":
        lines.append("Parameters of these worlds depend on one another, so each also scores for those it goes with.")
    return lines


def lead(results: Results) -> str:
    """The metric by which points are told apart where one is."""
    found = scored(results)
    return LEAD if LEAD in found or not found else next(iter(found))


def is_large(results: Results) -> bool:
    """Whether a sample has points enough for scores and smooths."""
    return sample_of(results).frame.height >= LEAST

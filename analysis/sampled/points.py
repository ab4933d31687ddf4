"""Drawn points: the values that were drawn for each, and what metrics come to there.

Levels that a design crosses with its sample meet the same draws. A draw's figure is the mean over those levels, each
counting the same; draws that constraints leave with only some of the levels are left out, because levels would differ
between draws.
"""

from collections.abc import Sequence
from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np
import polars as pl

from analysis.results.folder import Results
from analysis.statistics.intervals import quantile
from analysis.statistics.ratio import Ratio, RunArray, spread

Array = np.ndarray[Any, np.dtype[Any]]
SAMPLED = ("latin", "sobol", "saltelli", "worlds")
"""Designs that hold a sample: all points, and of a Saltelli design its base points (the rows of A and B).

Morris's trajectories are none. They change one factor at a time, and what they tell is the figure `morris`.
"""


class Sample(NamedTuple):
    """The draws of a design, and the points at which each was run."""

    frame: pl.DataFrame
    """A row for each draw, a column for each drawn factor."""
    levels: pl.DataFrame
    """A row for each combination of crossed levels; one row without columns where nothing is crossed."""
    place: Array
    """For each point its place in levels × draws, flattened; −1: left out."""
    weights: Array
    """Weight of each draw."""
    left_out: int
    """Draws that some crossed levels did not meet."""


class Outcome(NamedTuple):
    """A metric at each draw, and half its 95 % interval over replicates; NaN where undefined."""

    mean: Array
    half: Array


def drawn_factors(results: Results) -> list[str]:
    """Factors whose values were drawn; empty where the design is no sample."""
    manifest = results.manifest
    if manifest.kind != "sweep" or manifest.design.get("kind") not in SAMPLED:
        return []
    return [name for name, found in manifest.factors.items() if name not in results.levelled and len(found) > 1]


@lru_cache(maxsize=2)
def sample_of(results: Results) -> Sample:
    """The draws of a folder with drawn factors."""
    factors, plan = drawn_factors(results), results.manifest.design
    crossed = [name for name in results.levelled if name in results.design.columns]
    design = results.design.with_columns(all=pl.lit(0))
    if plan["kind"] == "saltelli":
        step = (2 if plan.get("second_order") else 1) * len(factors) + 2  # rows of a base point: A, exchanged ones, B
        design = design.filter((pl.col("point") % step).is_in([0, step - 1]))
    # two draws may have the same values, so they are numbered; `all` groups where nothing is crossed
    design = design.with_columns(again=pl.int_range(pl.len()).over(*factors, *crossed, "all"))
    levels = design.select(*crossed, "all").unique(maintain_order=True).with_row_index("level")
    draws = design.group_by(*factors, "again", maintain_order=True).agg(pl.len(), pl.col("point").first())
    whole = draws.filter(pl.col("len") == levels.height).with_row_index("draw")
    at = design.join(whole.select(*factors, "again", "draw"), on=[*factors, "again"])
    at = at.join(levels, on=[*crossed, "all"])
    place = np.full(results.design.height, -1, np.int64)
    place[at["point"].to_numpy()] = at["level"].cast(pl.Int64).to_numpy() * whole.height + at["draw"].to_numpy()
    weights = np.ones(whole.height) if results.weights is None else np.take(results.weights, whole["point"].to_numpy())
    return Sample(whole.select(factors), levels.select(crossed), place, weights, draws.height - whole.height)


@lru_cache(maxsize=2)
def _runs(results: Results) -> RunArray:
    sample = sample_of(results)
    return RunArray(results.scan, sample.place, (max(1, sample.levels.height), sample.frame.height))


def outcomes(results: Results, metric: str, *, apart: bool = False) -> list[Outcome]:
    """A metric at each draw: one outcome, the mean over crossed levels, or with `apart` one for each level."""
    ratio = _runs(results).ratio(metric)
    if apart:
        return [_mean([ratio.at(level)]) for level in range(len(ratio.above))]
    return [_mean([ratio.at(level) for level in range(len(ratio.above))])]


def _mean(ratios: Sequence[Ratio]) -> Outcome:
    """The mean of metrics at each draw; levels share a replicate's random numbers, so their influences add up."""
    n = np.min([(ratio.below > 0.0).sum(-1) for ratio in ratios], axis=0)
    mean = np.mean([ratio.over(-1) for ratio in ratios], axis=0)
    with np.errstate(invalid="ignore"):
        half = quantile(n) * spread(np.mean([ratio.influences(-1) for ratio in ratios], axis=0), n)
    return Outcome(mean, np.where(np.isfinite(mean), half, np.nan))

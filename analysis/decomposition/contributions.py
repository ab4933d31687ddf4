"""Contributions of the players of a game, with intervals: linear forms of the coalitions' estimates.

Coalitions share their random numbers, replicate by replicate, so that most of the luck drops out of how they differ.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import polars as pl

from analysis.decomposition.games import Game
from analysis.decomposition.shapley import joining_forms, shapley_forms
from analysis.results.folder import Results
from analysis.statistics.contrasts import Contrast, Influence, contrast, contrast_table
from analysis.statistics.estimates import ESTIMATE_SCHEMA
from analysis.statistics.intervals import quantile
from analysis.statistics.ratio import Ratio, RunArray
from model.errors import ConfigurationError
from model.metrics.catalogue import METRICS

FULL, REST, DIFFERENCE = "whole effect", "none of these", "whole difference"
"""Rows beside the players: the value of the full coalition and of the empty one, and the difference between them."""
WAYS = ("shapley", "alone", "last")
"""Ways to measure a contribution: over all orders, with nobody else there, with everybody else there."""


AVERTED = tuple(name for name, metric in METRICS.items() if metric.complement and not metric.part)
"""Metrics of what is averted: one minus what a world has, over what its twin has."""


def game_ratios(results: Results, points: Sequence[int], metrics: Sequence[str]) -> dict[str, Ratio]:
    """Metrics of the coalitions that stand at these points [coalition, replicate], in the replicates that all have.

    Raises `ConfigurationError` where there is no such replicate.
    """
    coalition = np.full(results.design.height, -1, np.int64)
    coalition[list(points)] = np.arange(len(points))
    runs = RunArray(results.scan, coalition, (len(points),))
    common = np.flatnonzero(runs.there.all(axis=0))
    if not common.size:
        problem = "has no replicate in which every combination has a successful run"
        raise ConfigurationError(problem, file=str(results.folder))
    return {metric: runs.ratio(metric).at((slice(None), common)) for metric in metrics}


def twin_share(ratio: Ratio) -> Ratio:
    """Harm or acts that a coalition's world averts of its own twin's, over those of the full coalition's twin.

    With one denominator for all coalitions, contributions are on one scale and their sum is the metric itself. Each
    coalition's twin has the same mechanisms as its world.
    """
    worlds, twins, _ = ratio
    return Ratio(twins - worlds, np.broadcast_to(twins[-1], twins.shape))


def bare_share(ratio: Ratio) -> Ratio:
    """Harm or acts that a coalition's world has less than the same world without mechanisms, as a share of these."""
    worlds = ratio.above
    return Ratio(worlds[0] - worlds, np.broadcast_to(worlds[0], worlds.shape))


def estimate_forms(forms: Any, ratios: Ratio) -> Contrast:
    """Linear forms of the coalitions' ratios of sums, over the replicates in which every ratio is defined."""
    above, below = (np.array(part, float, order="C").T for part in (ratios.above, ratios.below))
    # a replicate in which one coalition is undefined would compare the others on other luck
    undefined = ~(np.nan_to_num(below) > 0.0).all(axis=1)
    above[undefined], below[undefined] = np.nan, np.nan
    replicates, coalitions = below.shape
    numbers, every = np.arange(replicates), np.ones(replicates, bool)
    levels = pl.DataFrame(height=coalitions)
    return contrast(Influence("", levels, numbers, every, above, below, ratios.complement), forms)


def contributions(game: Game, ratios: Mapping[str, Ratio], *, difference: bool = False) -> pl.DataFrame:
    """Contribution of each player to each metric, in three ways, and the value that they sum to.

    Columns are `part`, `way` (null: not a player) and those of `ESTIMATE_SCHEMA`. With `difference` the sum is what the
    full coalition has more than the empty one; else the full coalition's value, to which the empty one's belongs too.
    """
    names, forms = _forms(game, difference=difference)
    tables = [contrast_table(metric, estimate_forms(forms, ratio)) for metric, ratio in ratios.items()]
    return pl.concat([names.hstack(table).select("part", "way", *ESTIMATE_SCHEMA) for table in tables])


def _forms(game: Game, *, difference: bool) -> tuple[pl.DataFrame, Any]:
    """The parts of a game and their ways, and the linear form of each [form, coalition]."""
    players = len(game.players)
    empty, full = np.eye(2**players)[[0, -1]]
    sums = {DIFFERENCE: full - empty} if difference else {REST: empty, FULL: full}
    first, last = (joining_forms(players, last=last) for last in (False, True))
    parts = {
        "part": [*game.players * len(WAYS), *sums],
        "way": [*(way for way in WAYS for _ in game.players), *(None for _ in sums)],
    }
    names = pl.DataFrame(parts, schema_overrides={"way": pl.String()})
    return names, np.vstack([shapley_forms(players), first, last, *sums.values()])


PER_COST = ("per_cost", "per_cost_low", "per_cost_high")
"""Columns of what a contribution comes to per unit of cost, with its interval."""


def per_cost(game: Game, ratios: Mapping[str, Ratio], cost: Ratio) -> pl.DataFrame:
    """Each contribution over the same part's contribution to the cost, in the rows of `contributions`.

    Columns are `PER_COST`. Null where the part's cost is not told from zero: what costs nothing has no such ratio. The
    interval is the delta method's for a ratio of two estimates on the same replicates (Cochran 1977, section 6.4).
    """
    _, forms = _forms(game, difference=False)
    frames = []
    for ratio in ratios.values():
        there = np.all(np.nan_to_num(ratio.below) > 0.0, axis=0, keepdims=True)
        above, below = (estimate_forms(forms, each) for each in (ratio, cost.only(there)))
        told = (below.low > 0.0) | (below.high < 0.0)
        price = np.where(told, below.mean, np.nan)
        mean = above.mean / price
        added = (above.deviations - mean[:, None] * below.deviations) / price[:, None]
        n = np.where(above.n > 1, above.n, 2)  # one replicate has no interval, and no cost that is told
        half = quantile(n) * np.sqrt(np.nansum(added**2, axis=1) / (n * (n - 1.0)))
        columns = dict(zip(PER_COST, (mean, mean - half, mean + half), strict=True))
        frames.append(pl.DataFrame(columns).fill_nan(None))
    return pl.concat(frames)

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
        problem = "has no replicate in which every combination has a run that went well"
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
    players = len(game.players)
    empty, full = np.eye(2**players)[[0, -1]]
    sums = {DIFFERENCE: full - empty} if difference else {REST: empty, FULL: full}
    first, last = (joining_forms(players, last=last) for last in (False, True))
    forms = np.vstack([shapley_forms(players), first, last, *sums.values()])
    parts = {
        "part": [*game.players * len(WAYS), *sums],
        "way": [*(way for way in WAYS for _ in game.players), *(None for _ in sums)],
    }
    names = pl.DataFrame(parts, schema_overrides={"way": pl.String()})
    tables = [contrast_table(metric, estimate_forms(forms, ratio)) for metric, ratio in ratios.items()]
    return pl.concat([names.hstack(table).select("part", "way", *ESTIMATE_SCHEMA) for table in tables])

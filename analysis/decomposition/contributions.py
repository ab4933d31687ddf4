"""Contributions of the players of a game, with intervals: linear forms of the coalitions' estimates.

Coalitions share their random numbers, replicate by replicate, so that most of the luck drops out of how they differ.
"""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
import polars as pl

from analysis.decomposition.games import Game
from analysis.decomposition.shapley import alone_forms, last_forms, shapley_forms
from analysis.results.folder import Results
from analysis.statistics.contrasts import Contrast, Influence, contrast, contrast_table
from analysis.statistics.estimates import ESTIMATE_SCHEMA
from model.errors import ConfigurationError
from model.metrics import COLUMNS, METRICS

FULL, REST, DIFFERENCE = "whole effect", "none of these", "whole difference"
"""Rows beside the players: the value of the full coalition and of the empty one, and the difference between them."""
WAYS = ("shapley", "alone", "last")
"""Ways to measure a contribution: over all orders, with nobody else there, with everybody else there."""


class Ratios(NamedTuple):
    """A figure of each coalition, as two sums over replicates: arrays [coalition, replicate]."""

    above: Any
    below: Any
    complement: bool = False


Sums = Mapping[str, Any]
"""Columns of the runs of a game by name, as arrays [coalition, replicate]."""


def game_sums(results: Results, points: Sequence[int]) -> Sums:
    """The runs of a game whose coalitions stand at these points, in the replicates that every coalition has.

    Raises `ConfigurationError` where there is no such replicate.
    """
    good = results.scan.filter((pl.col("status") == "ok") & pl.col("point").is_in(list(points)))
    runs = good.with_columns(runs=pl.len().over("replicate")).filter(pl.col("runs") == len(set(points))).collect()
    if runs.is_empty():
        problem = "has no replicate in which every combination has a run that went well"
        raise ConfigurationError(problem, file=str(results.folder))
    order = pl.DataFrame({"point": points, "order": range(len(points))}, schema_overrides={"point": pl.Int64})
    columns = runs.join(order, on="point").sort("order", "replicate").select(pl.col(COLUMNS).cast(pl.Float64))
    return {one.name: one.fill_null(np.nan).to_numpy().reshape(len(points), -1) for one in columns}


def recorded_ratios(sums: Sums, metric: str) -> Ratios:
    """A metric of each coalition, as it stands in every table."""
    found = METRICS[metric]
    return Ratios(found.numerator(sums), found.denominator(sums), found.complement)


AVERTED = tuple(name for name, metric in METRICS.items() if metric.complement)
"""Metrics of what is averted: one minus what a world has, over what its twin has."""


def twin_ratios(sums: Sums, metric: str) -> Ratios:
    """Harm or acts that a coalition's world averts of its own twin's, over those of the full coalition's twin.

    With one denominator for all coalitions, contributions are on one scale and their sum is the metric itself. Each
    coalition's twin has the same mechanisms as its world.
    """
    worlds, twins, _ = recorded_ratios(sums, metric)
    return Ratios(twins - worlds, np.broadcast_to(twins[-1], twins.shape))


def bare_ratios(sums: Sums, metric: str) -> Ratios:
    """Harm or acts that a coalition's world has less than the same world without mechanisms, as a share of these."""
    worlds = recorded_ratios(sums, metric).above
    return Ratios(worlds[0] - worlds, np.broadcast_to(worlds[0], worlds.shape))


def estimate_forms(forms: Any, ratios: Ratios) -> Contrast:
    """Linear forms of the coalitions' ratios of sums, over the replicates in which every ratio is defined."""
    above, below = (np.array(part, float).T for part in (ratios.above, ratios.below))
    # a replicate in which one coalition is undefined would compare the others on other luck
    undefined = ~(np.nan_to_num(below) > 0.0).all(axis=1)
    above[undefined], below[undefined] = np.nan, np.nan
    replicates = np.arange(len(below))
    every = np.ones(len(below), bool)
    return contrast(
        Influence("", pl.DataFrame(height=below.shape[1]), replicates, every, above, below, ratios.complement), forms
    )


def contributions(game: Game, ratios: Mapping[str, Ratios], *, difference: bool = False) -> pl.DataFrame:
    """Contribution of each player to each metric, in three ways, and the value that they sum to.

    Columns are `part`, `way` (null: not a player) and those of `ESTIMATE_SCHEMA`. With `difference` the sum is what the
    full coalition has more than the empty one; else the full coalition's value, to which the empty one's belongs too.
    """
    players = len(game.players)
    empty, full = np.eye(2**players)[[0, -1]]
    sums = {DIFFERENCE: full - empty} if difference else {REST: empty, FULL: full}
    forms = np.vstack([shapley_forms(players), alone_forms(players), last_forms(players), *sums.values()])
    parts = {
        "part": [*game.players * len(WAYS), *sums],
        "way": [*(way for way in WAYS for _ in game.players), *(None for _ in sums)],
    }
    names = pl.DataFrame(parts, schema_overrides={"way": pl.String()})
    tables = [contrast_table(metric, estimate_forms(forms, ratio)) for metric, ratio in ratios.items()]
    return pl.concat([names.hstack(table).select("part", "way", *ESTIMATE_SCHEMA) for table in tables])

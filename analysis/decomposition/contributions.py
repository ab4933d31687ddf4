"""What each player of a game contributes, with intervals: linear forms of the coalitions' estimates.

Coalitions share their random numbers, replicate by replicate, so that most of the luck drops out of how they differ.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
import polars as pl

from analysis.decomposition.games import Game
from analysis.decomposition.shapley import alone_forms, last_forms, shapley_forms
from analysis.results.folder import Results
from analysis.statistics.contrasts import Contrast, Influence, contrast, contrast_table
from analysis.statistics.estimates import ESTIMATE_SCHEMA
from model.errors import ConfigurationError
from model.metrics import METRICS

FULL, REST, DIFFERENCE = "whole effect", "none of these", "whole difference"
"""What stands beside the players: the value of the full coalition and of the empty one, and what lies between them."""
WAYS = ("shapley", "alone", "last")
"""How a contribution is measured: over all orders, with nobody else there, with everybody else there."""


class Ratios(NamedTuple):
    """A figure of each coalition, as two sums over replicates: arrays [coalition, replicate]."""

    above: Any
    below: Any
    complement: bool = False


class Sums(Mapping[str, Any]):
    """Columns of the runs of a game by name, as arrays [coalition, replicate]: replicates that every coalition has."""

    def __init__(self, results: Results, points: Sequence[int]) -> None:
        good = results.scan.filter((pl.col("status") == "ok") & pl.col("point").is_in(list(points)))
        runs = good.with_columns(runs=pl.len().over("replicate")).filter(pl.col("runs") == len(set(points))).collect()
        self.replicates = runs["replicate"].n_unique()
        if not self.replicates:
            problem = "has no replicate in which every combination has a run that went well"
            raise ConfigurationError(problem, file=str(results.folder))
        order = pl.DataFrame({"point": points, "order": range(len(points))}, schema_overrides={"point": pl.Int64})
        self._runs = runs.join(order, on="point").sort("order", "replicate")
        self._shape = len(points), self.replicates

    def __getitem__(self, name: str) -> Any:
        column = self._runs[name].cast(pl.Float64).fill_null(np.nan)
        return column.to_numpy().reshape(self._shape)

    def __iter__(self) -> Iterator[str]:
        return iter(self._runs.columns)

    def __len__(self) -> int:
        return len(self._runs.columns)


def as_recorded(sums: Sums, metric: str) -> Ratios:
    """A metric of each coalition, as it stands in every table."""
    found = METRICS[metric]
    return Ratios(found.numerator(sums), found.denominator(sums), found.complement)


AVERTED = {"harm_averted": "expected_harm", "severe_averted": "expected_severe", "acts_averted": "expected_acts"}
"""Metrics of what is averted, with the sums that they compare."""


def against_twin(sums: Sums, metric: str) -> Ratios:
    """What a coalition's world averts of what its own twin has, over what the twin of the full coalition has.

    With one denominator for all coalitions, contributions are on one scale and their sum is the metric itself. Each
    coalition's twin has the same mechanisms as its world.
    """
    name = AVERTED[metric]
    theirs = sums[f"twin_{name}"]
    return Ratios(theirs - sums[name], np.broadcast_to(theirs[-1], theirs.shape))


def against_bare(sums: Sums, metric: str) -> Ratios:
    """What a coalition's world has less than the same world with none of the mechanisms, as a share of the latter."""
    worlds = sums[AVERTED[metric]]
    return Ratios(worlds[0] - worlds, np.broadcast_to(worlds[0], worlds.shape))


def estimated(forms: Any, ratios: Ratios) -> Contrast:
    """Linear forms of the coalitions' ratios of sums, over the replicates in which every ratio is defined."""
    above, below = (np.array(part, float).T for part in (ratios.above, ratios.below))
    undefined = ~(np.nan_to_num(below) > 0.0).all(axis=1)
    above[undefined], below[undefined] = np.nan, np.nan
    replicates = np.arange(len(below))
    every = np.ones(len(below), bool)
    return contrast(
        Influence("", pl.DataFrame(height=below.shape[1]), replicates, every, above, below, ratios.complement), forms
    )


CONTRIBUTION_SCHEMA: dict[str, Any] = {
    "part": pl.String(),
    "way": pl.String(),  # null: not a player
    **ESTIMATE_SCHEMA,
}
"""Columns of a table of contributions, after those that say of what."""


def contributions(game: Game, ratios: Mapping[str, Ratios], *, difference: bool = False) -> pl.DataFrame:
    """What each player contributes to each metric, three ways; and what the values sum to.

    With `difference` that is what the full coalition has more than the empty one; else the full coalition's value, to
    which the empty one's belongs as well.
    """
    players = len(game.players)
    empty, full = np.eye(2**players)[[0, -1]]
    sums = {DIFFERENCE: full - empty} if difference else {REST: empty, FULL: full}
    forms = np.vstack([shapley_forms(players), alone_forms(players), last_forms(players), *sums.values()])
    names = [(player, way) for way in WAYS for player in game.players] + [(name, None) for name in sums]
    frames = []
    for metric, ratio in ratios.items():
        parts = {"part": [part for part, _ in names], "way": [way for _, way in names]}
        table = contrast_table(metric, estimated(forms, ratio)).drop("variance_ratio")
        frames.append(pl.DataFrame(parts, schema_overrides={"way": pl.String()}).hstack(table))
    return pl.concat(frames).select(*CONTRIBUTION_SCHEMA)

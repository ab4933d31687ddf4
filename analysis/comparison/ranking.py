"""Doctrines compared pair by pair, in all worlds and in each group of them.

Worlds, and replicates that live in worlds of their own, are parted by the value of each parameter that differs between
them. In each group every pair of doctrines is compared, on the same worlds and the same random numbers. Told is what
leaves zero out where all pairs, groups and criteria are to hold together (Bonferroni).
"""

from collections.abc import Sequence
from functools import cached_property
from itertools import combinations
from typing import Any, NamedTuple

import numpy as np
import polars as pl

from analysis.comparison.comparison import Comparison
from analysis.results.parts import Part, parts_of
from analysis.statistics.intervals import LEVEL
from analysis.statistics.ratio import Array
from analysis.statistics.units import Flags
from model.metrics.catalogue import COMPARED, METRICS


class Group(NamedTuple):
    """A group of worlds or of replicates: the parameter that parts it from others, its part, and what is in it."""

    parameter: str | None
    part: Part
    comparison: Comparison


class Pairs(NamedTuple):
    """Pairs of doctrines in a group by one criterion, turned so that more is better: those of `Ranking.pairs`.

    `way` is 1 where the first is told to be ahead, −1 where the second is, 0 where it cannot be told.
    """

    way: "np.ndarray[Any, np.dtype[np.int64]]"
    strength: Array  # differences over half the width of the interval that tells them: some 1 or more where told


class Ranking:
    """A comparison of doctrines in all worlds, and in each group of them.

    `of_replicates` names the parameters of the worlds in which replicates live by which these are parted; those of the
    worlds that are points all part them.
    """

    def __init__(
        self, comparison: Comparison, of_replicates: Sequence[str] = (), metrics: Sequence[str] = COMPARED
    ) -> None:
        self.comparison, self.metrics = comparison, tuple(metrics)
        for metric in metrics:
            comparison.ratio(metric)  # read once, for all groups
        everything = np.ones(len(comparison.case_weights), bool)
        self.all = Group(None, Part(f"all {comparison.unit}", None, None, everything), comparison)
        self.groups = [*_of_worlds(comparison), *_of_replicates(comparison, of_replicates)]
        self.pairs = list(combinations(range(len(comparison.doctrines)), 2))
        self._found: dict[tuple[int, str], Pairs] = {}

    @property
    def parameters(self) -> list[str]:
        """Parameters by which worlds or replicates are parted."""
        return list(dict.fromkeys(str(group.parameter) for group in self.groups))

    @cached_property
    def level(self) -> float:
        """Level of each interval at which all pairs, groups and criteria hold together with 95 % (Bonferroni)."""
        return 1.0 - (1.0 - LEVEL) / (len(self.pairs) * (1 + len(self.groups)) * len(self.metrics))

    @cached_property
    def _coefficients(self) -> Array:
        alone = self.comparison.alone
        return np.array([alone[one] - alone[other] for one, other in self.pairs])

    def compared(self, group: Group, metric: str) -> Pairs:
        """Every pair of doctrines in a group."""
        key = id(group.part), metric
        if key not in self._found:
            within, better = group.comparison, METRICS[metric].better
            told = within.ways(metric, self._coefficients, self.level)
            found = within.contrast(metric, self._coefficients)
            with np.errstate(divide="ignore", invalid="ignore"):
                strength = better * found.found.mean / found.error.half(self.level)
            self._found[key] = Pairs(better * np.array([way or 0 for way in told]), strength)
        return self._found[key]

    def row(self, group: Group, metric: str, pair: int) -> dict[str, Any]:
        """The difference of a pair in a group, the first less the second, as a row of a table."""
        return group.comparison.contrast(metric, self._coefficients).row(pair)


def _of_worlds(comparison: Comparison) -> list[Group]:
    """Groups of worlds, by each parameter that differs between them."""
    counted, found = np.asarray(comparison.cells.worlds > 0.0), []
    least = 2 if comparison.cells.drawn else 1
    # of one replicate the intervals would be those of its own course of chance, and of its own world
    for path in comparison.parameters if comparison.has_worlds and comparison.cells.replicates > 1 else ():
        parts = parts_of(comparison.case_worlds[path], comparison.case_weights)
        if len(parts) > 1 and min(int(part.inside.sum()) for part in parts) >= least:
            found += [Group(path, part, comparison.within(_spread(part.inside, counted)[:, None])) for part in parts]
    return found


def _of_replicates(comparison: Comparison, parameters: Sequence[str]) -> list[Group]:
    """Groups of replicates, by these parameters of the worlds in which they live."""
    return [
        Group(path, part, comparison.within(part.inside))
        for path in parameters
        for part in parts_of_replicates(comparison, path)
    ]


def parts_of_replicates(comparison: Comparison, path: str) -> list[Part]:
    """The replicates that count, parted by a parameter of their worlds; empty where a part would have one alone."""
    worlds = comparison.results.worlds
    if worlds is None or path not in worlds.columns:
        return []
    there = np.asarray((comparison.cells.weight > 0.0).any(axis=0))
    numbers = pl.DataFrame({"replicate": np.array(comparison.replicates)[there]})
    values = numbers.join(worlds, on="replicate", maintain_order="left")[path]
    parts = parts_of(values, np.ones(values.len()))
    if len(parts) < 2 or min(int(part.inside.sum()) for part in parts) < 2:
        return []
    return [part._replace(inside=_spread(part.inside, there)) for part in parts]


def _spread(inside: Flags, there: Flags) -> Flags:
    """Flags of those that are `there` as flags of all."""
    found: Flags = np.zeros_like(there)
    found[there] = inside
    return found

"""What a search for doctrines aims at, and which candidates no other beats in everything.

An aim is a figure over worlds: the mean of a metric, or how it does in the worst of them. Candidates meet the same
worlds and random numbers, so their differences are paired. How sure they are comes from resampling worlds and
replicates, the same for all candidates: half an interval is the root of the sum of squares of its halves for worlds
alone and for replicates alone, each with Student's quantile (Howe 1974). Quantiles of resamples would cover half of the
time where there are two replicates.
"""

import re
from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np

from analysis.labels import title
from analysis.results.conditions import Array, Side
from analysis.statistics.intervals import quantile
from model.errors import ConfigurationError, nearest_name
from model.metrics import METRICS

FORM = re.compile(r"(max|min) (worst )?(\w+)")
RESAMPLES = 1000
"""Draws of worlds and replicates."""


class Aim(NamedTuple):
    """`max harm_averted`: the mean over worlds; `max worst harm_averted`: a quantile over worlds, on the bad side."""

    sense: str  # max | min
    worst: bool
    metric: str

    @property
    def text(self) -> str:
        """As the experiment file has it."""
        return f"{self.sense} {'worst ' if self.worst else ''}{self.metric}"

    @property
    def key(self) -> str:
        """Its name in tables: worst_harm_averted."""
        return f"worst_{self.metric}" if self.worst else self.metric

    @property
    def words(self) -> str:
        """In a sentence: harm averted in the worst worlds."""
        return title(self.metric) + (" in the worst worlds" if self.worst else "")

    @property
    def sign(self) -> float:
        """1 where more is better, −1 where less is."""
        return 1.0 if self.sense == "max" else -1.0

    def of(self, values: Array, worst: float, weights: Array | None = None) -> Array:
        """The figure of values [..., world]; `worst` is the share of worlds that are the worst.

        `weights` [draw, world] say how often each world is drawn: values are then [draw, world].
        """
        if not self.worst:
            return _mean(values, weights)
        return _quantile(values, worst if self.sense == "max" else 1.0 - worst, weights)


def _mean(values: Array, weights: Array | None) -> Array:
    return np.asarray(values.mean(-1) if weights is None else (values * weights).sum(-1) / weights.sum(-1))


def _quantile(values: Array, share: float, weights: Array | None) -> Array:
    """The smallest value below or at which lies this share of the worlds."""
    order = np.argsort(values, axis=-1, kind="stable")
    ranked = np.take_along_axis(values, order, -1)
    weight = np.ones_like(values) if weights is None else np.take_along_axis(weights, order, -1)
    reached = np.cumsum(weight, -1) / weight.sum(-1, keepdims=True) >= share - 1e-12
    return np.asarray(np.take_along_axis(ranked, reached.argmax(-1)[..., None], -1)[..., 0])


def aim(text: str) -> Aim:
    """Read an aim; raises `ConfigurationError`."""
    found = FORM.fullmatch(text) if isinstance(text, str) else None
    if not found:
        allowed = "max or min, perhaps worst, and a metric: max worst harm_averted"
        raise ConfigurationError("is no objective", value=text, allowed=allowed)
    sense, worst, metric = found.groups()
    if metric not in METRICS:
        nearest = nearest_name(metric, METRICS)
        where = None if nearest else "what `deter list metrics` shows"
        raise ConfigurationError("is no metric", value=metric, nearest=nearest, allowed=where)
    return Aim(sense, worst is not None, metric)


def shortfall(values: Array) -> Array:
    """How far each row is from the best at worst, as a share of the range of each aim: 0 is best in everything."""
    low, high = values.min(0), values.max(0)
    return np.asarray(((high - values) / np.where(high > low, high - low, 1.0)).max(1))


class Estimate(NamedTuple):
    """A figure with its 95 % interval; none where there is one replicate."""

    mean: float
    low: float | None = None
    high: float | None = None

    @property
    def sure(self) -> bool:
        """Whether the interval leaves zero out."""
        return self.low is not None and self.high is not None and (self.low > 0.0 or self.high < 0.0)


class Draws(NamedTuple):
    """Resamples that all candidates share: how often each world and each replicate is drawn."""

    worlds: Array
    replicates: Array


def draws_of(worlds: int, replicates: int) -> Draws:
    """Worlds and replicates, each with replacement; of one alone, that one."""
    rng = np.random.default_rng(0)
    each = (rng.multinomial(size, [1 / size] * size, RESAMPLES).astype(float) for size in (worlds, replicates))
    return Draws(*each)


class Judge:
    """Figures of candidates by aim, their intervals, and paired differences; `sides` has each candidate by name."""

    def __init__(self, sides: Mapping[str, Side], worst: float) -> None:
        self.sides, self.worst = sides, worst
        self.worlds, self.replicates = next(iter(next(iter(sides.values())).sums.values())).above.shape
        self.draws = draws_of(self.worlds, self.replicates)
        self._kept: dict[tuple[str, str], Array] = {}

    def figure(self, name: str, one: Aim) -> float:
        """An aim's figure of a candidate; NaN where it is undefined in some world."""
        return float(one.of(self.sides[name].values(one.metric), self.worst))

    def drawn(self, name: str, one: Aim) -> Array:
        """The same in each resample of worlds, and of replicates: [which, draw]."""
        key = (name, one.key)
        if key not in self._kept:
            alone = np.broadcast_to(self.sides[name].values(one.metric), self.draws.worlds.shape)
            values = self.sides[name].values(one.metric, self.draws.replicates)
            self._kept[key] = np.stack([one.of(alone, self.worst, self.draws.worlds), one.of(values, self.worst)])
        return self._kept[key]

    def estimate(self, name: str, one: Aim, against: str | None = None) -> Estimate:
        """A figure, or its paired difference to another candidate's, with its interval."""
        mean = self.figure(name, one) - (self.figure(against, one) if against else 0.0)
        if self.replicates < 2 or not np.isfinite(mean):
            return Estimate(mean)
        drawn = self.drawn(name, one) - (self.drawn(against, one) if against else 0.0)
        units = np.array([self.worlds, self.replicates])
        spread = np.nanvar(drawn, axis=1) * units / np.maximum(units - 1, 1)
        half = float(np.sqrt((np.nan_to_num(quantile(units)) ** 2 * spread).sum()))
        return Estimate(mean, mean - half, mean + half)

    def matrix(self, aims: Sequence[Aim]) -> Array:
        """Figures [candidate, aim], turned so that more is better."""
        return np.array([[one.sign * self.figure(name, one) for one in aims] for name in self.sides])

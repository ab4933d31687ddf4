"""Whether a posterior can be trusted: ranks, coverage and contraction where the truth is known, moments left out.

*Ranks* (Talts et al. 2018): of a world drawn from the prior, whose moments are taken for the record, the posterior's
weight below its true parameter is even from 0 to 1, if the posterior is right. *Coverage*: how often its central
intervals hold the truth. *Contraction*: by what share its variance is less than the prior's; of a parameter that does
nothing it is 0 but for chance. Sources: general knowledge.
"""

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
from scipy import stats

from analysis.calibration.estimator import Posterior, Summaries, adjusted, posterior
from analysis.calibration.reference import Array, Reference
from analysis.statistics.weighted import weighted_quantiles

EVEN = 1.0 / 12.0
"""Variance of a parameter under the whole prior, as a share of its range."""
SURE = 0.05
"""Chance at which ranks that are even are called uneven, over all parameters together."""
CLEARLY = 2.0
"""Standard errors by which a contraction is clearly above that of the dummy."""


class Known(NamedTuple):
    """What posteriors say of worlds whose parameters are known: ranks and contractions [world, parameter]."""

    ranks: Array
    contractions: Array

    def coverage(self, level: float) -> Array:
        """How often the central interval of this level holds the truth, by parameter."""
        return np.asarray((np.abs(self.ranks - 0.5) <= level / 2.0).mean(axis=0))

    def chances(self) -> Array:
        """The chance of ranks as uneven as these, if they were even, by parameter (Kolmogorov & Smirnov)."""
        return np.array([stats.kstest(ranks, "uniform").pvalue for ranks in self.ranks.T])

    def are_even(self) -> bool:
        """Whether no parameter's ranks are uneven at 95 %, all of them together (Holm 1979)."""
        ordered = np.sort(self.chances())
        return bool((ordered * (len(ordered) - np.arange(len(ordered))) >= SURE).all())


def known(table: Reference, summaries: Array, truths: Reference, of_truths: Array) -> Known:
    """Posteriors of worlds that are not in the table, each taken for the record in turn."""
    found = [posterior(table, summaries, each) for each in of_truths]
    ranks = np.array([one.rank(truth) for one, truth in zip(found, truths.shares, strict=True)])
    return Known(ranks, np.array([one.contraction(np.full(ranks.shape[1], EVEN)) for one in found]))


def set_apart(table: Reference, number: int, seed: int) -> tuple[Reference, Reference]:
    """A table without so many worlds drawn from it, and those."""
    order = np.random.default_rng(seed).permutation(len(table))
    return table.select(np.sort(order[number:])), table.select(np.sort(order[:number]))


def effective(weights: Array) -> float:
    """How many worlds of even weight say as much (Kish 1965)."""
    return float(1.0 / (weights**2).sum())


def clearly_more(contraction: Array, dummy: float, worlds: float) -> Any:
    """Whether contractions are clearly above the dummy's; a variance of n worlds is known to √(2 ⁄ n) of itself."""
    error = np.sqrt(2.0 / worlds) * np.hypot(1.0 - contraction, 1.0 - dummy)
    return contraction > max(0.0, dummy) + CLEARLY * error


def weighted_interval(values: Array, weights: Array, level: float = 0.9) -> tuple[float, float, float]:
    """Mean and central interval of weighted values; undefined ones are left out."""
    there = ~np.isnan(values)
    if not there.any():
        return float("nan"), float("nan"), float("nan")
    values, weights = values[there], weights[there] / weights[there].sum()
    low, high = weighted_quantiles(values, [(1.0 - level) / 2.0, (1.0 + level) / 2.0], weights).tolist()
    return float(weights @ values), low, high


def left_out(
    table: Reference, observed: Array, moments: Sequence[str], plain: Array, seed: int
) -> tuple[float, float, float]:
    """The first of some moments as it is predicted without them: mean and central 90 % interval.

    `plain` is that moment of each world, without errors.
    """
    fewer = table.without(moments)
    kept = [place for place, name in enumerate(table.moments) if name not in moments]
    learnt = Summaries(fewer, seed)
    summaries, record = learnt.of(fewer.figures), learnt.of(observed[None, kept])[0]
    found = posterior(fewer, summaries, record)
    there = ~np.isnan(plain[found.rows])
    rows, weights = found.rows[there], found.weights[there]
    if not len(rows):
        return float("nan"), float("nan"), float("nan")
    return weighted_interval(adjusted(plain[rows, None], summaries[rows] - record, weights)[:, 0], weights)


def posterior_of(table: Reference, observed: Array, seed: int) -> tuple[Posterior, Summaries]:
    """The posterior of a record [moment], from a table, and the summaries learnt from it."""
    learnt = Summaries(table, seed)
    return posterior(table, learnt.of(table.figures), learnt.of(observed[None])[0]), learnt

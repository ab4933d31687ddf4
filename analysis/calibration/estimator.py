"""The posterior by approximate Bayesian computation, in three steps.

*Summaries* are learnt: a regression of the parameters on the moments, whose predictions are as many numbers as there
are parameters and hold what the moments say of them (Fearnhead & Prangle 2012; by a network as in Jiang et al. 2017).
*Rejection* keeps the worlds whose summaries are nearest to those of the record. *Adjustment* moves what is kept to
where it would lie, had it the record's summaries: a local linear regression, on a scale without bounds and weighted by
nearness (Beaumont, Zhang & Balding 2002). Sources: general knowledge.
"""

import warnings
from dataclasses import dataclass
from typing import Any

import numpy as np

from analysis.calibration.reference import Array, Reference, bounded, unbounded
from analysis.statistics.weighted import rows_by_weight, weighted_quantiles
from model.errors import ConfigurationError

KEPT, LEAST_KEPT, MOST_KEPT = 0.04, 500, 4_000
"""Share of a table that is kept, and how many worlds at least and at most.

Few of them invent contraction, for a regression on as many summaries fits their noise; many lie far away.
"""
LAYERS = (96, 96)
"""Nodes of the network's hidden layers."""
LEARNING = {"batch_size": 256, "n_iter_no_change": 4, "max_iter": 40}
"""Worlds of a step, passes without progress after which it ends, and passes at most."""
LEAST_WORLDS = 500


def library(name: str) -> Any:
    """A module of scikit-learn; raises `ConfigurationError` where it is not installed."""
    from importlib import import_module

    try:
        return import_module(f"sklearn.{name}")
    except ImportError:
        problem = "needs scikit-learn, which is not installed; pip install 'deter[calibrate]'"
        raise ConfigurationError(problem, file="calibrate") from None


def alone() -> Any:
    """One thread for linear algebra: small products are faster so, above all where other work takes the processors."""
    from threadpoolctl import threadpool_limits

    return threadpool_limits(1)


class Summaries:
    """Summaries learnt from a table: of each world the mean of its parameters, given its moments."""

    def __init__(self, table: Reference, seed: int = 0) -> None:
        """Learn from a table of `LEAST_WORLDS` or more."""
        if len(table) < LEAST_WORLDS:
            allowed = f"{LEAST_WORLDS:,} or more"
            raise ConfigurationError(f"has {len(table):,} worlds, too few to learn from", key="table", allowed=allowed)
        self._means = np.nanmean(table.figures, axis=0)
        scaler, network = library("preprocessing").QuantileTransformer, library("neural_network").MLPRegressor
        self._scale = scaler(output_distribution="normal", subsample=50_000, random_state=seed)
        self._network = network(hidden_layer_sizes=LAYERS, early_stopping=True, random_state=seed, **LEARNING)
        with alone(), warnings.catch_warnings():
            warnings.simplefilter("ignore", library("exceptions").ConvergenceWarning)  # passes are limited on purpose
            self._scale.fit(self._filled(table.figures))
            self._network.fit(self._inputs(table.figures), table.shares.astype(np.float32))

    def _filled(self, figures: Array) -> Array:
        return np.where(np.isnan(figures), self._means, figures)

    def _inputs(self, figures: Array) -> Any:
        """Moments as normal scores, and a flag for each that is undefined."""
        scores = self._scale.transform(self._filled(figures))
        return np.hstack([scores, np.isnan(figures)]).astype(np.float32)

    def of(self, figures: Array) -> Array:
        """Summaries [world, parameter] of moments [world, moment]."""
        with alone():
            return np.asarray(self._network.predict(self._inputs(figures)), float)


@dataclass(frozen=True)
class Posterior:
    """Worlds that agree with a record: shares of the prior's ranges [world, parameter], weights that sum to 1, rows.

    `rows` are those of the table that they come from.
    """

    shares: Array
    weights: Array
    rows: Any

    def quantiles(self, levels: Any) -> Array:
        """Quantiles [level, parameter] of the parameters."""
        return weighted_quantiles(self.shares.T, levels, self.weights).T

    def mean(self) -> Array:
        """Means of the parameters."""
        return np.asarray(self.weights @ self.shares)

    def variance(self) -> Array:
        """Variances of the parameters."""
        return np.asarray(self.weights @ (self.shares - self.mean()) ** 2)

    def rank(self, shares: Array) -> Array:
        """The weight of what lies below each parameter's true value."""
        return np.asarray(self.weights @ (self.shares < shares))

    def contraction(self, prior: Array) -> Array:
        """By what share each parameter's variance is less than under the prior, whose variances these are."""
        return np.asarray(1.0 - self.variance() / prior)

    def drawn(self, number: int) -> Array:
        """So many worlds by weight."""
        return np.asarray(self.shares[rows_by_weight(self.weights, number)])


def posterior(table: Reference, summaries: Array, observed: Array) -> Posterior:
    """The posterior of a record with these summaries [parameter], from a table and its summaries."""
    away = np.sqrt(((summaries - observed) ** 2).sum(axis=1))
    kept = min(max(round(KEPT * len(table)), LEAST_KEPT), MOST_KEPT, len(table) - 1)
    rows = np.argpartition(away, kept)[: kept + 1]
    widest = away[rows].max()
    rows = rows[away[rows] < widest]
    weights = 1.0 - (away[rows] / widest) ** 2  # Epanechnikov's kernel
    weights /= weights.sum()
    with alone():
        odds = adjusted(unbounded(table.shares[rows]), summaries[rows] - observed, weights)
    return Posterior(bounded(odds), weights, rows)


def adjusted(values: Array, beside: Array, weights: Array) -> Array:
    """Values [world, …] as they would be at the record, from which summaries lie so far: by weighted regression."""
    root = np.sqrt(weights)[:, None]
    design = np.column_stack([np.ones(len(beside)), beside]) * root
    slopes = np.linalg.lstsq(design, values * root, rcond=None)[0][1:]
    return np.asarray(values - beside @ slopes)

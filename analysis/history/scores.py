"""How well counts were predicted: log scores, central intervals, and the Poisson process with which a model competes.

All of it was fixed before the model was scored. *Log score*: the logarithm of the probability given to what happened;
more is better. *Smoothing*: runs are draws, and what no run shows would have probability zero. To n runs one is added
of which nothing is known: p(k) = (runs with the count k + g(k)) / (n + 1), where g is geometric with a mean one above
that of the runs. *Baseline*: events that come at a constant rate, estimated from those until the fit, with its
uncertainty: a gamma posterior under Jeffreys' prior for a Poisson rate, k + ½ events in T years, so that a count over t
years is negative binomial (Gelman et al., Bayesian Data Analysis, 2013, section 2.6; general knowledge).
"""

from typing import Any, NamedTuple

import numpy as np
from scipy import stats

LEVELS = (0.5, 0.9)
"""Levels of central intervals."""
JEFFREYS = 0.5


class Predicted(NamedTuple):
    """A count, or a mean, that is predicted: the median, and the ends of the central 50 and 90 % intervals."""

    median: float
    low_50: float
    high_50: float
    low_90: float
    high_90: float

    def inside(self, happened: float, level: float) -> bool:
        """Whether what happened lies in the interval of this level, ends included."""
        low, high = (self.low_50, self.high_50) if level == LEVELS[0] else (self.low_90, self.high_90)
        return low <= happened <= high


ENDS = (0.5, 0.25, 0.75, 0.05, 0.95)
"""Quantiles that a prediction states, in the order of its fields."""
UNDEFINED = Predicted(*[float("nan")] * len(ENDS))


def of_draws(draws: Any) -> Predicted:
    """The prediction that draws make, each of them a value that occurs; undefined without any."""
    if not len(draws):
        return UNDEFINED
    return Predicted(*map(float, np.quantile(draws, ENDS, method="inverted_cdf")))


def log_score(draws: Any, happened: int) -> float:
    """Logarithm of the probability that the counts of runs give to what happened, smoothed as said above."""
    mean = 1.0 + float(np.mean(draws))
    unknown = (mean / (1.0 + mean)) ** happened / (1.0 + mean)
    return float(np.log((np.sum(draws == happened) + unknown) / (len(draws) + 1)))


class Poisson(NamedTuple):
    """The baseline: so many events in so many years, and the years to predict."""

    events: int
    observed: float
    years: float

    @property
    def _counts(self) -> Any:
        return stats.nbinom(self.events + JEFFREYS, self.observed / (self.observed + self.years))

    def predicted(self) -> Predicted:
        """Median and central intervals of the count."""
        return Predicted(*map(float, self._counts.ppf(ENDS)))

    def log_score(self, happened: int) -> float:
        """Logarithm of the probability that it gives to what happened."""
        return float(self._counts.logpmf(happened))

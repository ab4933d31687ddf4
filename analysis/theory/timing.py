"""When to use a resource that use may cost (Axelrod & Iliev 2014).

A cyber resource, such as a vulnerability that nobody knows of, can be used once in each period, for stakes s drawn
anew. It survives its use with probability S, its stealth, and a period without use with probability P, its persistence.
With w the discount factor, a policy that uses it from stakes of T on is worth

    V(T) = Pr(s ≥ T) E[s | s ≥ T] / (1 − wP + Pr(s ≥ T) w (P − S))

The best one uses it iff s ≥ w (P − S) V*.

Axelrod, R. & Iliev, R. 2014: Timing of cyber conflict. PNAS 111(4), 1298-1303.
"""

from typing import Any, NamedTuple

import numpy as np

from analysis.theory.arguments import distributions, number, single
from model.errors import ConfigurationError

ROUNDING = 1e-12
"""Relative difference below which use and non-use are worth the same."""


class TimingThreshold(NamedTuple):
    """The best policy."""

    threshold: float
    """The lowest stakes for which it uses the resource, in the unit of stakes; infinite where it never does."""
    value: float
    """V*: expected discounted stakes in all, in the unit of stakes."""


def timing_threshold(
    stakes: Any, probabilities: Any, discount: float, stealth: float, persistence: float
) -> TimingThreshold:
    """The best policy of when to use a resource that its use may cost.

    `stakes` and `probabilities` have one shape, (m,), in any order; stakes that stand there twice are one. `discount`
    is w, `stealth` S, `persistence` P, each from 0 to 1. Where use and non-use are worth the same, it is used. Raises
    `ConfigurationError`, a `ValueError`, for shapes that differ, for what is no distribution, and where wS = 1, so
    that stakes add up without bound.
    """
    shares, every = distributions("probabilities", probabilities, 1), number("stakes", stakes)
    if every.shape != shares.shape:
        problem = f"has the shape {every.shape}, but probabilities has {shares.shape}"
        raise ConfigurationError(problem, key="stakes", allowed="one for each probability")
    w, s, p = (
        single(key, value, 0.0, 1.0)
        for key, value in (("discount", discount), ("stealth", stealth), ("persistence", persistence))
    )
    if w * s == 1.0:
        raise ConfigurationError("is without discount", key="discount", value=w, allowed="below 1 where stealth is 1")
    values, which = np.unique(every[shares > 0.0], return_inverse=True)
    chances = np.bincount(which, shares[shares > 0.0])
    used = np.cumsum(chances[::-1])[::-1] / chances.sum()
    gains = np.cumsum((chances * values)[::-1])[::-1]
    best = max(0.0, float((gains / ((1.0 - used) * (1.0 - w * p) + used * (1.0 - w * s))).max()))
    worth = w * (p - s) * best
    taken = values[values >= worth - ROUNDING * max(1.0, abs(worth))]
    return TimingThreshold(float(taken[0]) if len(taken) else np.inf, best)

"""How one option is chosen among several: logit, probit, and best response with noise.

Each rule turns utilities into P(at least this option), in place. Options are in an order of their own; the first is
always in reach and has utility 0, and what is out of reach has utility −∞.
"""

import math
from typing import Any

from agents.foundation.compiled import rule
from agents.foundation.functions import exp, normal_law

_PER_ERROR = math.sqrt(6.0) / math.pi
"""One over the standard deviation of logit's errors (Gumbel) at precision 1, which probit's have too."""
_STEP, _NODES = 0.4, 15
"""Nodes of the quadrature in standard deviations, on either side of the best option's utility."""


@rule
def logit(odds: Any) -> None:
    """Quantal response with Gumbel errors (McKelvey & Palfrey 1995); `odds` are utilities times precision."""
    options = len(odds)
    best = 0.0
    for option in range(1, options):
        best = max(best, odds[option])
    for option in range(1, options):
        odds[option] = exp(odds[option] - best)
    total = 0.0
    for option in range(options - 1, 0, -1):
        total += odds[option]
        odds[option] = total
    share = 1.0 / (total + exp(-best))
    odds[0] = 1.0
    for option in range(1, options):
        odds[option] = min(1.0, odds[option] * share)


@rule
def probit(odds: Any, scratch: Any) -> None:
    """Quantal response with independent normal errors (Thurstone 1927; McFadden 1976) of the variance of logit's.

    `odds` are utilities times precision; `scratch` has two rows of the same length. P(at least k) is the integral of
    the product of all options' distribution functions times the sum of density / distribution over options from k on:
    by the trapezoidal rule, which converges exponentially here; within 1e-9 for nine options.
    """
    options = len(odds)
    rates, sums = scratch[0], scratch[1]
    odds[0] = best = 0.0
    for option in range(1, options):
        odds[option] *= _PER_ERROR
        best = max(best, odds[option])
    for option in range(options):
        sums[option] = 0.0
    for node in range(-_NODES, _NODES + 1):
        at = best + _STEP * node
        below, rate = 1.0, 0.0
        for option in range(options - 1, -1, -1):
            density, share = normal_law(at - odds[option])
            below *= share
            rate += density / share
            rates[option] = rate
        for option in range(options):
            sums[option] += below * rates[option]
    for option in range(options):
        odds[option] = sums[option] / sums[0]


@rule
def best_response(odds: Any, tremble: float) -> None:
    """Best response with a constant share of errors, spread evenly (Selten 1975; Harless & Camerer 1994).

    `odds` are utilities. The best option is chosen, of equals the first; with probability `tremble` any in reach.
    """
    odds[0] = 0.0
    best, reach = 0, 1
    for option in range(1, len(odds)):
        if odds[option] > odds[best]:
            best = option
        reach += int(odds[option] > -math.inf)
    above = 0
    for option in range(len(odds) - 1, 0, -1):
        above += int(odds[option] > -math.inf)
        odds[option] = tremble * above / reach + (1.0 - tremble if option <= best else 0.0)
    odds[0] = 1.0

"""Deterrence with imperfect attribution (Baliga, Bueno de Mesquita & Wolitzky 2020), its equations put together anew.

In each period at most one of n attackers has an opportunity, attacker i with probability γ_i. It draws a benefit
x ~ F_i and attacks where that exceeds what the attack adds to expected retaliation, which costs it 1. The defender sees
a signal, s = 0 of which is null: distributed as π_i after an attack by i, as π_0 where nobody attacked. It draws a
taste for retaliation y ~ G and retaliates against i where y ≥ 1 − β_i^s, with β_i^s the probability that i attacked:

    a_i   = γ_i (1 − F_i(x_i*))
    β_i^s = a_i π_i^s / ((1 − Σ_j a_j) π_0^s + Σ_j a_j π_j^s)
    r_i^s = 1 − G(1 − β_i^s),  r_i^0 = 0
    x_i*  = Σ_s (π_i^s − π_0^s) r_i^s

Periods may be so short that no two events fall into one: opportunities and false alarms are then small, in the same
proportion, and the shares of time do not matter.

Baliga, S., Bueno de Mesquita, E. & Wolitzky, A. 2020: Deterrence with imperfect attribution. American Political Science
Review 114(4), 1155-1178.
"""

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import root

from analysis.theory.arguments import SUM_TOLERANCE, distributions, number
from model.errors import ConfigurationError

Floats = NDArray[np.float64]

SETTLED, CLOSE_ENOUGH = 1e-14, 1e-9
"""How far cutoffs may be from what answers them where the iteration ends, and where there is a result at all."""
MOST_STEPS, LEAST_STEP = 20_000, 1e-6
"""Iterations, and damping, beyond which a root finder goes on: it is slow there, or rounding is all that is left."""


class AttributionGame(NamedTuple):
    """Equilibrium of n attackers under S signals."""

    cutoffs: Floats
    """Benefit x_i* from which each attacks, (n,)."""
    attacks: Floats
    """Probability a_i that each attacks in a period, (n,)."""
    guilt: Floats
    """Probability β_i^s that each attacked, given a signal, (n, S); 0 for signals that cannot occur."""
    retaliation: Floats
    """Probability r_i^s that each is retaliated against after a signal, (n, S); 0 after the null signal."""


def attribution_game(
    signals: Any,
    null_signal: Any,
    opportunity: Any,
    benefit_cdf: Callable[[Floats], Any],
    taste_cdf: Callable[[Floats], Any],
) -> AttributionGame:
    """Equilibrium of the attribution game: cutoffs, attacks, guilt and retaliation, accurate to about 1e-9.

    `signals` (n, S) are the distributions π_i, column 0 the null signal; `null_signal` (S,) is π_0, `opportunity` (n,)
    holds the γ_i. `benefit_cdf` receives all n cutoffs at once and may differ by attacker; `taste_cdf` takes any shape.
    Both must be continuous: where they are not, only mixed strategies may be left, which are not looked for.

    The equilibrium is the only one where no attack makes a signal rarer, the null signal apart. Elsewhere there may be
    several; the one that is returned is reached from cutoffs of 0. It is found by a damped iteration whose steps are
    halved where they overshoot; where that is slow, a root finder ends it. Raises `ConfigurationError`, a `ValueError`,
    for wrong input, and `RuntimeError` where no cutoffs are found that answer each other to 1e-9: that is so where
    all would be deterred for fear of a signal that is then never seen, or all but never.
    """
    pi, pi_null = distributions("signals", signals, 2), distributions("null_signal", null_signal, 1)
    gamma = number("opportunity", opportunity, 0.0, 1.0)
    if pi_null.shape != pi.shape[1:]:
        problem = f"has {len(pi_null)} signals, but signals has {pi.shape[1]} columns"
        raise ConfigurationError(problem, key="null_signal", allowed="one probability for each column of signals")
    if gamma.shape != pi.shape[:1]:
        problem = f"has the shape {gamma.shape}, but signals has {len(pi)} rows"
        raise ConfigurationError(problem, key="opportunity", allowed="one probability for each row of signals")
    if gamma.sum() > 1.0 + SUM_TOLERANCE:
        allowed = "1 at most: no two perpetrators have an opportunity in one period"
        raise ConfigurationError("is the sum", key="opportunity", value=float(gamma.sum()), allowed=allowed)

    def responses(cutoffs: Floats) -> AttributionGame:
        """What follows from cutoffs, with the cutoffs that answer it."""
        attacks = gamma * (1.0 - _cdf("benefit_cdf", benefit_cdf, cutoffs))
        by_each = attacks[:, None] * pi
        ways = max(0.0, 1.0 - attacks.sum()) * pi_null + by_each.sum(axis=0)
        guilt = np.divide(by_each, ways, out=np.zeros_like(pi), where=ways > 0.0)
        retaliation = 1.0 - _cdf("taste_cdf", taste_cdf, 1.0 - guilt)
        retaliation[:, 0] = 0.0
        return AttributionGame(((pi - pi_null) * retaliation).sum(axis=1), attacks, guilt, retaliation)

    cutoffs = _fixed_point(lambda at: responses(at).cutoffs, np.zeros(len(pi)))
    return responses(cutoffs)._replace(cutoffs=cutoffs)


def _cdf(key: str, cdf: Callable[[Floats], Any], at: Floats) -> Floats:
    """Probabilities from a distribution function of the caller's."""
    found = number(f"{key}(…)", cdf(at), 0.0, 1.0)
    if found.shape != at.shape:
        problem = f"gives the shape {found.shape} where it is asked for {at.shape}"
        raise ConfigurationError(problem, key=key, allowed="a function that gives one probability for each value")
    return found


def _fixed_point(answer: Callable[[Floats], Floats], at: Floats) -> Floats:
    """The cutoffs that answer themselves."""
    step, gap = 0.5, answer(at) - at
    for _ in range(MOST_STEPS):
        if (size := float(np.abs(gap).max())) <= SETTLED:
            return at
        if step < LEAST_STEP:
            break
        further = at + step * gap
        beyond = answer(further) - further
        if np.abs(beyond).max() < size:
            at, gap, step = further, beyond, min(0.5, 1.5 * step)
        else:
            step *= 0.5
    found = root(lambda place: answer(place) - place, at, tol=SETTLED).x
    best = min(at, found, key=lambda place: float(np.abs(answer(place) - place).max()))
    if (gap_left := float(np.abs(answer(best) - best).max())) > CLOSE_ENOUGH:
        raise RuntimeError(
            f"attribution_game: cutoffs do not settle, they differ by {gap_left:.1g} from what answers them; "
            "give benefit_cdf and taste_cdf without jumps, and null_signal a little more of what attacks set off"
        )
    return best

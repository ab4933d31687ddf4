"""The Blame Game (Edwards, Furnas, Forrest & Axelrod 2017), in a reduced form.

An attacker is vulnerable to blame with probability v, and knows it. An attack gains it g; where it is vulnerable, blame
costs it c. A victim of an attack is knowledgeable with probability k: it may blame, gains b where the attacker is
vulnerable and loses d where it is not. Where kc > g and v ≥ d / (b + d) both mix: attackers who are not vulnerable
always attack, of the others as many as leave victims indifferent; victims blame so often that those are indifferent:

    attack rate  (1 − v) (1 + d / b)        probability of blame  g / (kc)

Edwards, B., Furnas, A., Forrest, S. & Axelrod, R. 2017: Strategic aspects of cyberattack, attribution, and blame.
PNAS 114(11), 2825-2830.
"""

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from analysis.theory.arguments import number
from model.errors import ConfigurationError

ROUNDING = 1e-12
"""Relative difference below which two payoffs are equal: the attack rate jumps there."""


class BlameGame(NamedTuple):
    """Equilibrium of the Blame Game; arrays where an argument is one."""

    attack_rate: np.float64 | NDArray[np.float64]
    """Probability that an attacker attacks, over vulnerable ones and others."""
    blame_probability: np.float64 | NDArray[np.float64]
    """Probability that a knowledgeable victim that was attacked blames."""


def blame_game(
    vulnerable: Any, knowledgeable: Any, gain: Any, blame_cost: Any, right_blame: Any, wrong_blame: Any
) -> BlameGame:
    """Equilibrium of the Blame Game; arguments are numbers, or arrays that broadcast.

    `vulnerable` is v and `knowledgeable` k, probabilities. `gain` g, `blame_cost` c, `right_blame` b and `wrong_blame`
    d are payoffs in a common unit, none negative. In the corners everybody attacks: where kc ≤ g, for even certain
    blame does not deter, and victims blame iff v ≥ d / (b + d); where v < d / (b + d), for no victim blames. At v = 1
    nobody attacks; the probability of blame is the least that deters. Raises `ConfigurationError`, a `ValueError`, for
    negative payoffs, probabilities beyond 0 and 1, or b = 0.
    """
    v, k = number("vulnerable", vulnerable, 0.0, 1.0), number("knowledgeable", knowledgeable, 0.0, 1.0)
    g, c = number("gain", gain, 0.0), number("blame_cost", blame_cost, 0.0)
    b, d = number("right_blame", right_blame, 0.0), number("wrong_blame", wrong_blame, 0.0)
    try:
        np.broadcast(v, k, g, c, b, d)
    except ValueError:
        shapes = ", ".join(str(each.shape) for each in (v, k, g, c, b, d))
        raise ConfigurationError(f"arguments have the shapes {shapes}", allowed="shapes that broadcast") from None
    if not b.all():
        raise ConfigurationError("is out of bounds", key="right_blame", value=0.0, allowed="more than 0")
    cost, blames = k * c, v * b >= (1.0 - v) * d * (1.0 - ROUNDING)
    pays = cost <= g * (1.0 + ROUNDING)
    attacks = np.where(pays | ~blames, 1.0, (1.0 - v) * (1.0 + d / b))
    blame = np.where(blames, np.where(pays, 1.0, g / np.where(pays, 1.0, cost)), 0.0)
    attacks, blame = np.broadcast_arrays(np.minimum(attacks, 1.0), blame)
    return BlameGame(attacks[()], blame[()])

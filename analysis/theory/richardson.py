"""Richardson's (1960) arms race, read as a spiral of grievance between two sides.

    dx/dt = k y − a x + g        dy/dt = l x − b y + h

x and y are the hostility of each side; k and l how it reacts to the other's, a and b how its own decays, g and h its
grievance of old. It is stable iff ab > kl. Jervis (1976) and Kydd (2005) read its instability as the spiral model.

Richardson, L. F. 1960: Arms and insecurity.
"""

from typing import NamedTuple

import numpy as np

from analysis.theory.arguments import single


class Spiral(NamedTuple):
    """Whether it comes to rest, and where."""

    stable: bool
    """Whether hostility goes to the equilibrium from anywhere."""
    equilibrium: tuple[float, float]
    """(x, y) at which nothing changes, stable or not; NaN where ab = kl, which has none or a whole line of them."""


def spiral(
    reaction_a: float, reaction_b: float, decay_a: float, decay_b: float, grievance_a: float, grievance_b: float
) -> Spiral:
    """Stability and equilibrium of Richardson's two equations.

    Side a has `reaction_a` (k), `decay_a` (a) and `grievance_a` (g), side b has `reaction_b` (l), `decay_b` (b) and
    `grievance_b` (h). Reactions and decays are rates per unit of time, at least 0; grievances hostility per unit of
    time, of any sign. Raises `ConfigurationError`, a `ValueError`, for other numbers.
    """
    rates = {"reaction_a": reaction_a, "reaction_b": reaction_b, "decay_a": decay_a, "decay_b": decay_b}
    k, l, a, b = (single(key, value, 0.0) for key, value in rates.items())  # noqa: E741
    g, h = single("grievance_a", grievance_a), single("grievance_b", grievance_b)
    if a * b == k * l:
        return Spiral(False, (np.nan, np.nan))
    excess = a * b - k * l
    return Spiral(excess > 0.0, ((b * g + k * h) / excess, (l * g + a * h) / excess))

"""The Blame Game: values worked out before, indifference and best replies, and its corners."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.optimize import brentq

from analysis.theory import blame_game

CHANCE, PAYOFF = st.floats(0.01, 0.99), st.floats(0.05, 5.0)


@pytest.mark.parametrize(("vulnerable", "rate"), [(0.5, 0.75), (0.7, 0.45), (0.9, 0.15), (1.0, 0.0)])
def test_attacks_by_vulnerability(vulnerable: float, rate: float) -> None:
    found = blame_game(vulnerable, 0.5, 0.4, 1.0, 1.0, 0.5)
    assert found.attack_rate == pytest.approx(rate, abs=1e-12)
    assert found.blame_probability == pytest.approx(0.8, abs=1e-12)


@given(CHANCE, CHANCE, PAYOFF, PAYOFF, PAYOFF, PAYOFF)
def test_nobody_gains_by_doing_otherwise(v: float, k: float, g: float, c: float, b: float, d: float) -> None:
    """Who is not vulnerable attacks; others, and victims, do what pays, and mix only where both pay alike."""
    rate, blame = blame_game(v, k, g, c, b, d)
    taken = (rate - (1 - v)) / v  # by vulnerable attackers
    for done, pays, scale in ((taken, g - k * blame * c, g), (blame, v * taken * b - (1 - v) * d, d)):
        assert -1e-9 <= done <= 1 + 1e-9
        assert done > 1 - 1e-9 or pays < 1e-9 * scale
        assert done < 1e-9 or pays > -1e-9 * scale


@given(CHANCE, CHANCE, PAYOFF, PAYOFF, CHANCE, CHANCE)
def test_both_are_indifferent_where_both_mix(
    v: float, k: float, c: float, b: float, blame: float, taken: float
) -> None:
    """Payoffs under which vulnerable attackers and victims are indifferent at these two probabilities."""
    g = brentq(lambda gain: gain - k * blame * c, 0.0, c, xtol=1e-15)
    d = brentq(lambda loss: v * taken * b - (1 - v) * loss, 0.0, 100 * b, xtol=1e-15)
    assert blame_game(v, k, g, c, b, d) == pytest.approx((1 - v + v * taken, blame), abs=1e-9)


@pytest.mark.parametrize(
    ("arguments", "rate", "blame"),
    [
        ((0.9, 0.3, 0.4, 1.0, 1.0, 0.5), 1.0, 1.0),  # blame costs less than an attack gains
        ((0.2, 0.3, 0.4, 1.0, 1.0, 0.5), 1.0, 0.0),  # and would be wrong too often
        ((0.2, 0.9, 0.4, 1.0, 1.0, 0.5), 1.0, 0.0),
        ((0.0, 0.9, 0.4, 1.0, 1.0, 0.5), 1.0, 0.0),
        ((0.9, 0.1 * 3, 0.3, 1.0, 1.0, 0.5), 1.0, 1.0),  # kc = g but for rounding
        ((1 / 3, 0.8, 0.4, 1.0, 1.0, 0.5), 1.0, 0.5),  # v = d / (b + d)
        ((0.6, 0.8, 0.4, 1.0, 1.0, 0.0), 0.4, 0.5),  # wrong blame costs nothing
    ],
)
def test_corners(arguments: tuple[float, ...], rate: float, blame: float) -> None:
    assert blame_game(*arguments) == pytest.approx((rate, blame), abs=1e-12)


def test_arrays_broadcast() -> None:
    v, k = np.array([0.1, 0.5, 0.9])[:, None], np.array([0.2, 0.8])
    found = blame_game(v, k, 0.4, 1.0, 1.0, 0.5)
    assert found.attack_rate.shape == found.blame_probability.shape == (3, 2)
    for at in np.ndindex(3, 2):
        alone = blame_game(v[at[0], 0], k[at[1]], 0.4, 1.0, 1.0, 0.5)
        assert (found.attack_rate[at], found.blame_probability[at]) == tuple(alone)


@pytest.mark.parametrize(
    ("place", "value", "message"),
    [(0, 1.5, "vulnerable = 1.5"), (1, [0.5, -1.0], r"knowledgeable\[1\] = -1.0"), (4, 0.0, "right_blame = 0.0")],
)
def test_a_mistake_is_named(place: int, value: object, message: str) -> None:
    arguments: list[object] = [0.5, 0.5, 0.4, 1.0, 1.0, 0.5]
    arguments[place] = value
    with pytest.raises(ValueError, match=message):
        blame_game(*arguments)

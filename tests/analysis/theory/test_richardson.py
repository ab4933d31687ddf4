"""Richardson's equations: eigenvalues, and hostility integrated over time."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.integrate import solve_ivp

from analysis.theory import spiral

RATE, GRIEVANCE = st.floats(0.0, 3.0), st.floats(-2.0, 2.0)


@given(RATE, RATE, RATE, RATE, GRIEVANCE, GRIEVANCE)
def test_stable_iff_decay_exceeds_reaction(k: float, l: float, a: float, b: float, g: float, h: float) -> None:  # noqa: E741
    found = spiral(k, l, a, b, g, h)
    assert found.stable == (a * b > k * l)
    real = np.linalg.eigvals([[-a, k], [l, -b]]).real
    if abs(a * b - k * l) > 1e-6:
        assert found.stable == bool((real < 0).all())
        x, y = found.equilibrium
        assert k * y - a * x + g == pytest.approx(0.0, abs=1e-6)
        assert l * x - b * y + h == pytest.approx(0.0, abs=1e-6)


@pytest.mark.parametrize(
    ("k", "l", "a", "b", "g", "h"),
    [(0.5, 0.5, 1.0, 1.0, 0.1, 0.2), (0.0, 2.0, 0.7, 1.3, -0.3, 1.0), (1.2, 0.4, 0.9, 1.1, 0.0, 0.5)],
)
def test_hostility_comes_to_rest_where_it_is_stable(k: float, l: float, a: float, b: float, g: float, h: float) -> None:  # noqa: E741
    found = spiral(k, l, a, b, g, h)
    assert found.stable
    for start in ([0.0, 0.0], [5.0, -2.0]):
        path = solve_ivp(
            lambda _, x: [k * x[1] - a * x[0] + g, l * x[0] - b * x[1] + h], (0, 150), start, rtol=1e-10, atol=1e-12
        )
        assert path.y[:, -1] == pytest.approx(found.equilibrium, abs=1e-8)


def test_hostility_runs_away_where_it_is_not() -> None:
    found = spiral(1.2, 1.1, 1.0, 1.0, 0.1, 0.2)
    assert not found.stable
    start = np.array(found.equilibrium) + 1e-3
    path = solve_ivp(lambda _, x: [1.2 * x[1] - x[0] + 0.1, 1.1 * x[0] - x[1] + 0.2], (0, 100), start, rtol=1e-10)
    assert np.abs(path.y[:, -1] - found.equilibrium).min() > 1.0


@given(RATE, RATE)
def test_there_is_no_single_rest_between(k: float, l: float) -> None:  # noqa: E741
    found = spiral(k, l, k, l, 0.1, 0.2)
    assert not found.stable
    assert all(map(math.isnan, found.equilibrium))


@pytest.mark.parametrize(
    ("arguments", "message"),
    [((-0.1, 0, 1, 1, 0, 0), "reaction_a = -0.1"), ((0, 0, 1, 1, 0, math.nan), "grievance_b = nan")],
)
def test_a_mistake_is_named(arguments: tuple[float, ...], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        spiral(*arguments)

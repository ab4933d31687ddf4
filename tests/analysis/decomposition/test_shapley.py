"""Shapley values: the axioms that single them out, and every order of the players walked by hand."""

from itertools import permutations
from math import factorial
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from analysis.decomposition.shapley import MOST_PLAYERS, joining_forms, members, shapley_forms, shapley_values


def games(least: int = 1, most: int = 5) -> Any:
    """Games of a few players with values of any sign."""
    value = st.floats(-100.0, 100.0, allow_nan=False, width=32)
    return st.integers(least, most).flatmap(lambda players: arrays(np.float64, 2**players, elements=value))


def over_all_orders(game: Any) -> Any:
    """What each player adds, averaged over every order in which they could come."""
    players = len(game).bit_length() - 1
    added = np.zeros(players)
    for order in permutations(range(players)):
        coalition = 0
        for player in order:
            added[player] += game[coalition | 1 << player] - game[coalition]
            coalition |= 1 << player
    return added / factorial(players)


def close(one: Any, other: Any) -> bool:
    return bool(np.allclose(one, other, rtol=0.0, atol=1e-9))


@settings(max_examples=60)
@given(games())
def test_values_are_the_mean_over_all_orders(game: Any) -> None:
    assert close(shapley_values(game), over_all_orders(game))


@given(games(most=9))
def test_efficiency(game: Any) -> None:
    assert abs(game[0] + shapley_values(game).sum() - game[-1]) < 1e-9


@given(games(least=2), st.data())
def test_symmetry(game: Any, data: Any) -> None:
    """Two players who add the same to every coalition of others have the same value."""
    players = len(game).bit_length() - 1
    one, other = data.draw(st.permutations(range(players)))[:2]
    number = np.arange(len(game))
    swapped = number & ~(1 << one | 1 << other) | (number >> one & 1) << other | (number >> other & 1) << one
    values = shapley_values((game + game[swapped]) / 2)
    assert abs(values[one] - values[other]) < 1e-9
    assert close(np.delete(shapley_values(game[swapped]), [one, other]), np.delete(shapley_values(game), [one, other]))


@given(games(), st.data())
def test_a_null_player_gets_nothing(game: Any, data: Any) -> None:
    players = len(game).bit_length() - 1
    nobody = data.draw(st.integers(0, players - 1))
    values = shapley_values(game[np.arange(len(game)) & ~(1 << nobody)])
    assert abs(values[nobody]) < 1e-9


@given(st.integers(1, 5), st.data())
def test_additivity(players: int, data: Any) -> None:
    one, other = (data.draw(games(players, players)) for _ in "ab")
    assert close(shapley_values(one + 3 * other), shapley_values(one) + 3 * shapley_values(other))


def test_a_game_worked_by_hand() -> None:
    """Two left gloves and a right one: a pair is worth 1 (Shapley's own kind of example)."""
    left, other_left, right = range(3)
    inside = members(3)
    game = (inside[:, right] & (inside[:, left] | inside[:, other_left])).astype(float)
    assert close(shapley_values(game), [1 / 6, 1 / 6, 4 / 6])


def test_many_games_at_once() -> None:
    many = np.random.default_rng(1).normal(size=(4, 7, 16))
    values = shapley_values(many)
    assert values.shape == (4, 7, 4)
    assert close(values[2, 3], shapley_values(many[2, 3]))


@given(games())
def test_first_and_last_bound_nothing_but_say_what_they_say(game: Any) -> None:
    players = len(game).bit_length() - 1
    for player in range(players):
        assert abs(joining_forms(players, last=False)[player] @ game - (game[1 << player] - game[0])) < 1e-9
        assert abs(joining_forms(players, last=True)[player] @ game - (game[-1] - game[-1 - (1 << player)])) < 1e-9


def test_the_weights_of_each_player_are_a_mean() -> None:
    for players in range(1, MOST_PLAYERS + 1):
        forms = shapley_forms(players)
        assert np.allclose(np.where(forms > 0, forms, 0).sum(axis=1), 1.0)
        assert np.allclose(forms.sum(axis=1), 0.0)


@pytest.mark.parametrize("size", [0, 1, 3, 6, 2 ** (MOST_PLAYERS + 1)])
def test_what_is_no_game_is_refused(size: int) -> None:
    with pytest.raises(ValueError, match="player"):
        shapley_values(np.zeros(size))

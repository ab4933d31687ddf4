"""Shapley values: what each of several parts contributes to a whole, averaged over all orders in which they could come.

A game gives each coalition of players a value. A coalition is a number whose bit i says whether player i is in it, so
that the values of a game of k players are an array of 2^k, the empty coalition first and the full one last. The Shapley
value of a player is the mean of what it adds, over all orders of the players (Shapley 1953); values and the empty
coalition's value sum to the full one's. The arithmetic is the same where values are estimates from simulation (Song,
Nelson & Staum 2016; Owen & Prieur 2017, of variance). All coalitions are taken, none sampled.

Shapley, L. S. 1953: A value for n-person games. Contributions to the Theory of Games II, 307-317.
Song, E., Nelson, B. L. & Staum, J. 2016: Shapley effects for global sensitivity analysis: theory and computation.
SIAM/ASA J. Uncertainty Quantification 4, 1060-1083.
Owen, A. B. & Prieur, C. 2017: On Shapley value for measuring importance of dependent inputs. Same journal 5, 986-1002.
"""

from math import comb
from typing import Any

import numpy as np
from numpy.typing import NDArray

MOST_PLAYERS = 12
"""Players of a game at most: four thousand coalitions."""


def members(players: int) -> NDArray[np.bool_]:
    """Who is in which coalition: [coalition, player]."""
    return (np.arange(2**players)[:, None] >> np.arange(players) & 1).astype(bool)


def shapley_forms(players: int) -> NDArray[np.float64]:
    """The Shapley values as linear forms of a game: [player, coalition].

    A player joins a coalition of s others in s! (k − s − 1)! of the k! orders, which is 1 / (k · C(k − 1, s)) of them.
    """
    _check(players)
    inside = members(players)
    size = inside.sum(axis=1)
    joins = np.array([1.0 / (players * comb(players - 1, before)) for before in range(players)])
    with_it, without_it = joins[np.maximum(size - 1, 0)], joins[np.minimum(size, players - 1)]
    return np.where(inside, with_it[:, None], -without_it[:, None]).T


def joining_forms(players: int, *, last: bool) -> NDArray[np.float64]:
    """Contribution of each player to all the others, or alone to nobody, as linear forms of a game [player, coalition].

    It is what the player adds where it joins last, or first.
    """
    _check(players)
    rows, alone = np.arange(players), 2 ** np.arange(players)
    others = 2**players - 1 - alone if last else 0 * alone
    forms = np.zeros((players, 2**players))
    forms[rows, others + alone], forms[rows, others] = 1.0, -1.0
    return forms


def shapley_values(game: Any) -> NDArray[np.float64]:
    """The Shapley value of each player of a game given by its coalitions' values, in the order of their numbers."""
    values = np.asarray(game, float)
    players = int(values.shape[-1]).bit_length() - 1
    if values.shape[-1] != 2**players:
        raise ValueError(f"a game of k players has 2^k coalitions, not {values.shape[-1]}")
    return values @ shapley_forms(players).T


def _check(players: int) -> None:
    if not 1 <= players <= MOST_PLAYERS:
        raise ValueError(f"a game has 1 to {MOST_PLAYERS} players, not {players}")

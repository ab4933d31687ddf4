"""Power under the Council's qualified majority, counted exactly (Penrose 1946; Banzhaf 1965; Shapley & Shubik 1954).

A measure carries with at least 55 % of the members who have at least 65 % of the population; where fewer than four are
not in favour, whatever their population (Article 16(4) TEU). A member swings a coalition that wins with it and loses
without it. Its Banzhaf index is its share of all swings; its Shapley-Shubik index the share of orders of all members in
which it is the one that turns a losing coalition into a winning one.

Coalitions are counted by meeting in the middle: each half of the members has few subsets, and for each of one half and
each size, those of the other that complete it to a winning coalition are found by bisection.

Banzhaf, J. F. 1965: Weighted voting doesn't work. Rutgers Law Review 19, 317-343.
Shapley, L. S. & Shubik, M. 1954: A method for evaluating the distribution of power in a committee system. American
Political Science Review 48(3), 787-792.
"""

from collections.abc import Mapping
from fractions import Fraction
from math import comb, lcm
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from analysis.theory.arguments import number
from model.errors import ConfigurationError

MOST_MEMBERS = 36
"""Members at most: each half has a quarter of a million subsets."""

Integers = NDArray[Any]
"""Of 64 bits, or Python's where those are too short."""


class VotingPower(NamedTuple):
    """Power of each member, in the order given."""

    banzhaf: NDArray[np.float64]
    """Share of all swings, (n,); sums to 1."""
    shapley_shubik: NDArray[np.float64]
    """Share of orders in which each member is pivotal, (n,); sums to 1."""
    winning: int
    """Number of winning coalitions, of 2^n."""


def voting_power(populations: Any) -> VotingPower:
    """Power indices under the Council's rule, from the populations of its members in any unit.

    `populations` are numbers, or a mapping from members to them. They are taken as the decimals they are written as, so
    that a coalition with just 65 % wins. Raises `ConfigurationError`, a `ValueError`, for negative populations, for no
    people at all, and for more than 36 members.
    """
    given = populations.values() if isinstance(populations, Mapping) else populations
    if number("populations", list(given) if np.iterable(given) else given, 0.0).ndim != 1:
        raise ConfigurationError("are no row of numbers", key="populations", value=populations)
    given = [0 + each for each in given]  # what is true counts 1
    if not 1 <= len(given) <= MOST_MEMBERS or not any(given):
        allowed = f"1 to {MOST_MEMBERS} members, not all of them without population"
        raise ConfigurationError("are no Council", key="populations", value=given, allowed=allowed)
    people, members = _whole(given), len(given)
    middle = members // 2
    halves = people[:middle], people[middle:]
    winning, first = _winning(*halves, members, sum(people))
    _, second = _winning(*halves[::-1], members, sum(people))
    # adding a member never makes a coalition lose, so who wins without a member wins with it
    within = np.vstack([first, second])
    swings = within[:, 1:] - (winning - within)[:, :-1]
    orders = [Fraction(1, members * comb(members - 1, others)) for others in range(members)]
    pivotal = [sum(int(count) * share for count, share in zip(row, orders, strict=True)) for row in swings]
    return VotingPower(swings.sum(1) / swings.sum(), np.array(pivotal, float), int(winning.sum()))


def _whole(given: list[Any]) -> list[int]:
    """The numbers, times what makes all of them whole."""
    exact = [Fraction(str(each)) for each in given]
    scale = lcm(*(each.denominator for each in exact))
    return [int(each * scale) for each in exact]


def _winning(own: list[int], others: list[int], members: int, everyone: int) -> tuple[Integers, Integers]:
    """Winning coalitions by size, [size], and those that have each member of one's own half, [member, size]."""
    kind: Any = np.int64 if everyone < 2**62 else object
    inside, sizes, people = _subsets(own, kind)
    _, other_sizes, other_people = _subsets(others, kind)
    winning, within = np.zeros(members + 1, np.int64), np.zeros((len(own), members + 1), np.int64)
    quota = -(-13 * everyone // 20)
    for other_size in range(len(others) + 1):
        ranked = np.sort(other_people[other_sizes == other_size])
        for own_size in range(len(own) + 1):
            size, here = own_size + other_size, sizes == own_size
            if 100 * size < 55 * members:
                continue
            needed = quota - people[here] if members - size >= 4 else np.zeros(here.sum(), kind)
            completed = len(ranked) - np.searchsorted(ranked, needed)
            winning[size] += completed.sum()
            within[:, size] += completed @ inside[here]
    return winning, within


def _subsets(people: list[int], kind: Any) -> tuple[Integers, Integers, Integers]:
    """All subsets of members: who is inside, [subset, member], how many, and how many people they stand for."""
    inside = (np.arange(2 ** len(people))[:, None] >> np.arange(len(people)) & 1).astype(np.int64)
    return inside, inside.sum(axis=1), inside.astype(kind) @ np.array(people, kind)

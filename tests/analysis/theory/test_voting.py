"""Voting power: every coalition tried under the model's own rule, and generating functions for the Union."""

from fractions import Fraction
from math import comb, factorial
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agents.voting import qualified
from analysis.decomposition.shapley import members, shapley_values
from analysis.theory import voting_power
from model.configuration import load_configuration

COUNCILS = (
    st.integers(8, 11).flatmap(lambda size: st.lists(st.integers(0, 40), min_size=size, max_size=size)).filter(any)
)


@pytest.fixture(scope="module")
def union() -> dict[str, float]:
    states = load_configuration("illustrative", "status_quo").member_states
    return {name: member.population for name, member in states.members.items()}


def won(people: list[int]) -> Any:
    """Whether each coalition carries a proposal, by the rule of the model."""
    inside = members(len(people))
    shares = inside @ np.array(people, float) / sum(people)
    return np.array(
        [qualified(len(people), int(one.sum()), share, 1) for one, share in zip(inside, shares, strict=True)]
    )


@settings(max_examples=40)
@given(COUNCILS)
def test_every_coalition_tried(people: list[int]) -> None:
    wins, coalitions = won(people), np.arange(2 ** len(people))
    swings = np.array([(wins & ~wins[coalitions & ~(1 << each)]).sum() for each in range(len(people))])
    found = voting_power(people)
    assert found.winning == wins.sum()
    np.testing.assert_allclose(found.banzhaf, swings / swings.sum(), rtol=0.0, atol=1e-12)
    np.testing.assert_allclose(found.shapley_shubik, shapley_values(wins.astype(float)), rtol=0.0, atol=1e-12)


@given(st.lists(st.integers(0, 10**6), min_size=1, max_size=27).filter(any), st.randoms())
def test_shares_sum_to_one_and_names_do_not_matter(people: list[int], random: Any) -> None:
    order = list(range(len(people)))
    random.shuffle(order)
    found, turned = voting_power(people), voting_power([people[each] for each in order])
    assert found.winning == turned.winning
    for one, other in ((found.banzhaf, turned.banzhaf), (found.shapley_shubik, turned.shapley_shubik)):
        assert one.sum() == pytest.approx(1.0, abs=1e-12)
        np.testing.assert_allclose(one[order], other, rtol=0.0, atol=1e-15)


def test_the_union_by_generating_functions(union: dict[str, float]) -> None:
    """Coalitions by size and people, member by member; each member is then divided out again."""
    people = [round(100 * each) for each in union.values()]
    size, everyone = len(people), sum(people)
    ways = np.zeros((size + 1, everyone + 1), np.int64)
    ways[0, 0] = 1
    for each in people:
        ways[1:, each:] += ways[:-1, : everyone + 1 - each]
    carry = 100 * np.arange(everyone + 1) >= 65 * everyone
    enough = [100 * k >= 55 * size for k in range(size + 1)]
    wins = np.array([(carry | (size - k < 4)) & enough[k] for k in range(size + 1)])
    swings = np.zeros((size, size), object)
    for place, each in enumerate(people):
        others = ways.copy()
        for k in range(1, size + 1):
            others[k, each:] -= others[k - 1, : everyone + 1 - each]
        for k in range(size):
            turns = wins[k + 1, each:] & ~wins[k, : everyone + 1 - each]
            swings[place, k] = int(others[k, : everyone + 1 - each][turns].sum())
    found = voting_power(union)
    assert found.winning == ways[wins].sum()
    total = swings.sum()
    np.testing.assert_allclose(found.banzhaf, [float(Fraction(row.sum(), total)) for row in swings], rtol=1e-14)
    orders = [factorial(k) * factorial(size - 1 - k) for k in range(size)]
    pivotal = [float(Fraction(int(row @ orders), factorial(size))) for row in swings]
    np.testing.assert_allclose(found.shapley_shubik, pivotal, rtol=1e-14)


@pytest.mark.parametrize(("share", "winning"), [(0.13, 131), (0.1299, 130)])
def test_a_quota_met_exactly_is_met(share: float, winning: int) -> None:
    """Five of nine have 65 % of the people, in decimals that no binary number has exactly; any six carry."""
    assert voting_power([share] * 5 + [(1 - 5 * share) / 4] * 4).winning == winning


def test_eleven_of_twenty_are_enough() -> None:
    """They are 55 % of the members; of the eleven who have all people it takes eight, unless 17 members agree."""
    coalitions = ((k, j) for k in range(11, 21) for j in range(12) if 0 <= k - j <= 9 and (j >= 8 or k >= 17))
    assert voting_power([1] * 11 + [0] * 9).winning == sum(comb(11, j) * comb(9, k - j) for k, j in coalitions)


@given(st.lists(st.integers(0, 40), min_size=1, max_size=8).filter(any))
def test_fewer_than_four_cannot_block(people: list[int]) -> None:
    """Of eight members or fewer, those without whom there are no 55 % are fewer than four: people do not count."""
    size = len(people)
    found = voting_power(people)
    assert found.winning == sum(comb(size, k) for k in range(size + 1) if 100 * k >= 55 * size)
    np.testing.assert_allclose([found.banzhaf, found.shapley_shubik], 1 / size)


def test_numbers_too_long_for_a_machine_word_count_the_same() -> None:
    people = [7, 5, 5, 4, 3, 3, 2, 1]
    long = voting_power([Fraction(each * 10**30) for each in people])
    short = voting_power(people)
    assert long.winning == short.winning
    np.testing.assert_array_equal(long.banzhaf, short.banzhaf)


def test_adding_people_adds_power(union: dict[str, float]) -> None:
    found = voting_power(union)
    assert (np.diff(found.banzhaf) <= 0).all()
    assert (np.diff(found.shapley_shubik) <= 0).all()


@pytest.mark.parametrize(
    ("people", "message"),
    [
        ([1, -1], r"populations\[1\] = -1.0"),
        ([0, 0], "populations = .*: are no Council; allowed: 1 to 36 members"),
        ([], "populations = .*: are no Council"),
        ([1] * 37, "are no Council"),
    ],
)
def test_a_mistake_is_named(people: list[int], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        voting_power(people)

"""Members differ in reluctance as the public record of vetoes in foreign policy has it: few of them cast most."""

import numpy as np
import pytest
from support.paired import estimate, world
from support.worlds import begun

from model.configuration import load_configuration

VETOERS, MOST, VETOES = 6, 14, 21
"""Members that cast a veto since 2011, vetoes of the most frequent one, and all (EU Veto Tracker, July 2025)."""
WORLDS = 4_000


@pytest.fixture(scope="module")
def reluctance() -> np.ndarray:
    """Reluctance [world, member] as drawn; a world has 27 members whose names do not matter."""
    base = load_configuration()
    drawn = np.concatenate([begun(base, replicate=one).member_states.reluctance for one in range(100)])
    return np.random.default_rng(1).choice(drawn, (WORLDS, 27))


def likely(recorded: float, simulated: np.ndarray) -> bool:
    """Whether a figure on record lies in the central 95 % of those simulated."""
    low, high = np.quantile(simulated, [0.025, 0.975])
    return bool(low <= recorded <= high)


def cast(rates: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Of so many vetoes, cast in proportion to rates [world, member], the most by one, and members that cast any."""
    vetoes = np.random.default_rng(2).multinomial(VETOES, rates / rates.sum(axis=1, keepdims=True))
    return vetoes.max(axis=1), (vetoes > 0).sum(axis=1)


def test_the_most_frequent_vetoer_and_the_number_of_vetoers_are_as_on_record(reluctance: np.ndarray) -> None:
    most, number = cast(reluctance)
    assert likely(MOST, most)
    assert likely(VETOERS, number)


def test_members_who_differ_half_as_much_would_share_the_vetoes_out(reluctance: np.ndarray) -> None:
    most, number = cast(np.sqrt(reluctance))
    assert not likely(MOST, most)
    assert not likely(VETOERS, number)


def test_a_vote_that_fails_has_as_many_objections_as_on_record() -> None:
    assert 1.0 <= estimate(world(), "objections_at_failed_votes").value <= 1.6

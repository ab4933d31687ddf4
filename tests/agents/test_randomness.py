"""Draws are addresses: numpy's bits, each used once, and undisturbed by whoever comes or goes."""

import hashlib
import math

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from scipy import stats
from support.worlds import begun, short, walk

from agents.foundation.randomness import (
    draw,
    entity,
    exponential,
    normal,
    normals,
    pair,
    philox,
    waiting_time,
    weekly_rate,
)
from agents.perpetrator import TRAITS
from model.configuration import Configuration
from model.ensemble import run_one

WORD = st.integers(0, 2**64 - 1)
HALF_WORD = st.integers(0, 2**32 - 1)
LARGEST = 1.0 - 2.0**-53
WORLD = begun(short())
SAMPLE = 20_000


@pytest.fixture(scope="module")
def uniforms() -> np.ndarray:
    """Uniforms in four columns, at one address a week."""
    world = begun(short())
    return np.array([draw(world, week, np.uint64(99), 1) for week in range(SAMPLE)])


# the numbers


@settings(max_examples=300, deadline=None)
@given(WORD, WORD, HALF_WORD, WORD, HALF_WORD, HALF_WORD, st.integers(0, 40))
@example(0, 0, 0, 0, 0, 0, 0)
@example(2**64 - 1, 2**64 - 1, 2**32 - 1, 2**64 - 1, 2**32 - 1, 2**32 - 1, 40)
@example(1, 2, 3, 2**63, 5, 6, 1)
def test_a_draw_is_the_word_of_numpys_philox_at_its_address(
    seed: int, replicate: int, week: int, who: int, purpose: int, opened: int, block: int
) -> None:
    WORLD.clock.seed, WORLD.clock.replicate = seed, replicate
    counter = np.array([0, week, who, purpose << 32 | opened], np.uint64)
    raw = np.random.Philox(counter=counter, key=np.array([seed, replicate], np.uint64)).random_raw(4 * block + 4)
    expected = (raw[-4:] >> np.uint64(11)) * 2.0**-53
    assert tuple(draw(WORLD, week, np.uint64(who), purpose, opened, block)) == tuple(expected)


def test_blocks_of_one_address_never_run_into_the_next_address() -> None:
    low = philox(*(np.uint64(word) for word in (1, 2, 5, 7, 0, 0)))
    assert low != philox(*(np.uint64(word) for word in (1, 2, 4, 7, 0, 0)))
    first = [draw(WORLD, 7, np.uint64(3), 1, 0, block) for block in range(50)]
    second = [draw(WORLD, 8, np.uint64(3), 1, 0, block) for block in range(50)]
    assert len({*first, *second}) == 100


def test_uniforms_are_uniform_and_columns_independent(uniforms: np.ndarray) -> None:
    for column in uniforms.T:
        assert stats.kstest(column, "uniform").pvalue > 1e-3
    correlations = np.corrcoef(uniforms.T)[np.triu_indices(4, 1)]
    assert np.abs(correlations).max() < 4 / math.sqrt(SAMPLE)


def test_normals_are_normal_and_independent(uniforms: np.ndarray) -> None:
    both = np.array([normals(row[0], row[1]) for row in uniforms])
    for column in both.T:
        assert stats.kstest(column, "norm").pvalue > 1e-3
    assert abs(np.corrcoef(both.T)[0, 1]) < 4 / math.sqrt(SAMPLE)
    assert abs(np.corrcoef((both**2).T)[0, 1]) < 4 / math.sqrt(SAMPLE)
    assert all(normal(row[0], row[1]) == first for row, first in zip(uniforms[:500], both[:500, 0], strict=True))


def test_exponentials_are_exponential(uniforms: np.ndarray) -> None:
    assert stats.kstest([exponential(u) for u in uniforms[:, 0]], "expon").pvalue > 1e-3


@pytest.mark.parametrize("probability", [0.02, 0.3, 0.9])
def test_waiting_times_are_geometric(uniforms: np.ndarray, probability: float) -> None:
    times = np.array([waiting_time(u, weekly_rate(probability)) for u in uniforms[:, 0]])
    last = int(stats.geom(probability).ppf(0.995))
    observed = [np.sum(times == k) for k in range(1, last + 1)] + [np.sum(times > last)]
    law = stats.geom(probability)
    expected = SAMPLE * np.array([*law.pmf(np.arange(1, last + 1)), law.sf(last)])
    assert stats.chisquare(observed, expected).pvalue > 1e-3


def test_extremes_stay_finite() -> None:
    assert exponential(0.0) == 0.0
    assert math.isfinite(exponential(LARGEST))
    assert all(map(math.isfinite, normals(LARGEST, LARGEST)))
    assert waiting_time(LARGEST, weekly_rate(1.0)) == waiting_time(0.0, weekly_rate(0.001)) == 1
    assert waiting_time(0.5, weekly_rate(0.0)) == waiting_time(LARGEST, weekly_rate(1e-9)) == 1_000_000


def test_pairs_are_ordered_and_never_collide() -> None:
    world = WORLD
    tables = (world.perpetrators, world.victims, world.measures, world.activities, world.council)
    singles = [int(each) for table in tables for each in table.entity]
    pairs = [int(pair(np.uint64(a), np.uint64(b))) for a in singles for b in singles if a != b]
    assert len(set(singles)) == len(singles) > 100
    assert len({*pairs, *singles}) == len(pairs) + len(singles)


def test_an_entity_is_the_same_on_every_machine() -> None:
    digest = hashlib.blake2b(b"perpetrators:major_power_a", digest_size=8).digest()
    assert entity("perpetrators", "major_power_a") == int.from_bytes(digest, "little")
    assert entity("member_states", "x") != entity("partners", "x")


# their use


def with_newcomer(configuration: Configuration) -> Configuration:
    """The same configuration with one perpetrator more, who comes first in the catalogue."""
    tree = configuration.model_dump()
    newcomer = {"title": "Newcomer", "archetype": "ransomware_group", "harbour": "major_power_b"}
    tree["perpetrators"] = {"newcomer": newcomer, **tree["perpetrators"]}
    return Configuration.model_validate(tree)


def test_a_newcomer_changes_nobody_elses_draws(illustrative: Configuration) -> None:
    longer = illustrative.with_values({"scenario.time.weeks": 160})
    old, new = begun(longer), begun(with_newcomer(longer))
    drawn = [name for name in TRAITS if name in old.perpetrators.dtype.names]
    for name in (*drawn, "log_discount", "tension_innovation"):
        assert np.array_equal(old.perpetrators[name], new.perpetrators[name][1:]), name
    assert np.array_equal(old.pull, new.pull[1:])
    assert np.array_equal(old.dependence, new.dependence[:, 1:])
    assert np.array_equal(old.member_states, new.member_states)
    assert np.array_equal(old.partners, new.partners)
    for _ in zip(walk(old, 150), walk(new, 150), strict=True):
        for name in ("tension", "opportunity"):
            assert np.array_equal(old.perpetrators[name], new.perpetrators[name][1:])


def test_where_nothing_interacts_a_newcomer_changes_nobody_elses_acts(illustrative: Configuration) -> None:
    old = run_one(illustrative, 3, 0).twin
    new = run_one(with_newcomer(illustrative), 3, 0).twin
    assert old is not None
    assert new is not None
    assert (new.trace.code[:, 0] >= 0).any()
    assert np.array_equal(old.trace.code, new.trace.code[:, 1:])
    assert np.array_equal(old.trace.at_least, new.trace.at_least[:, 1:])

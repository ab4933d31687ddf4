"""Random numbers are addresses: numpy's bits, each used once, and undisturbed by whoever comes or goes."""

import hashlib
import json
import math
from collections import Counter
from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from scipy import stats
from worlds import begun, bits, random_configuration, short, walk

from agents import randomness
from agents.perpetrator import TRAITS
from agents.randomness import (
    arrival,
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
from model.configuration import Configuration
from model.ensemble import run_one

WORD = st.integers(0, 2**64 - 1)
HALF_WORD = st.integers(0, 2**32 - 1)
LARGEST = 1.0 - 2.0**-53
WORLD = begun(short())
SAMPLE = 20_000
PURPOSES = {value for name, value in vars(randomness).items() if name[0] != "_" and type(value) is int}


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


def test_candidates_win_a_race_in_proportion_to_their_weights(uniforms: np.ndarray) -> None:
    weights = np.array([0.1, 1.0, 2.5, 6.4])
    wins = Counter()
    for row in uniforms:
        best, winner = math.inf, -1
        for candidate, (uniform, weight) in enumerate(zip(row, weights, strict=True)):
            time = arrival(uniform, weight, best)
            if time < best:
                best, winner = time, candidate
        wins[winner] += 1
    observed = [wins[candidate] for candidate in range(4)]
    assert stats.chisquare(observed, SAMPLE * weights / weights.sum()).pvalue > 1e-3


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

LONG_RUN = """
import json

import agents.randomness as randomness
from worlds import begun, random_configuration, walk

seen, twice, purposes, original = set(), [], set(), randomness.philox

def counted(seed, replicate, *counter):
    address = tuple(int(word) for word in counter)
    if address in seen:
        twice.append(address)
    seen.add(address)
    purposes.add(address[3] >> 32)
    return original(seed, replicate, *counter)

randomness.philox = counted
everything = {f"switches.{name}": True for name in ("punishment", "denial", "entanglement", "norms", "incapacitation")}
efforts = {f"doctrine.{name}": 0.9 for name in ("preventive", "cooperative", "stability", "support", "partners")}
busy = {"scenario.detection.false_alarm_rate": 0.5, "scenario.investigation.false_flag": 0.9}
world = begun(random_configuration(5, burn_in=0).with_values({**everything, **efforts, **busy}))
for week in walk(world, 320):
    pass
counts = {name: int(world.books[name][0]) for name in ("reactions", "restrictive_votes", "false_alarms", "answered")}
print(json.dumps({"addresses": len(seen), "twice": twice, "purposes": sorted(purposes), "counts": counts}))
"""


def test_every_address_is_used_once_in_a_long_run(plain_python: Callable[[str], str]) -> None:
    told = json.loads(plain_python(LONG_RUN))
    assert told["twice"] == []
    assert told["addresses"] > 30_000
    assert set(told["purposes"]) == PURPOSES
    assert all(count > 0 for count in told["counts"].values())


def with_newcomer(configuration: Configuration) -> Configuration:
    """The same configuration with one perpetrator more, who comes first in the catalogue."""
    tree = configuration.model_dump()
    newcomer = {"title": "Newcomer", "archetype": "ransomware_group", "harbour": "major_power_b"}
    tree["perpetrators"] = {"newcomer": newcomer, **tree["perpetrators"]}
    return Configuration.model_validate(tree)


def test_a_newcomer_changes_nobody_elses_draws(illustrative: Configuration) -> None:
    old, new = begun(illustrative), begun(with_newcomer(illustrative))
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


def test_two_doctrines_share_traits_tension_opportunities_and_urges() -> None:
    one, other = begun(short(doctrine="status_quo")), begun(short(doctrine="maximum_pressure"))
    shared = [name for name in one.perpetrators.dtype.names if name in TRAITS or name in ("tension", "log_discount")]
    assert np.array_equal(one.perpetrators[shared], other.perpetrators[shared])
    assert np.array_equal(one.victims, other.victims)
    assert np.array_equal(one.pull, other.pull)
    assert np.array_equal(one.dependence, other.dependence)
    for _ in zip(walk(one, 150), walk(other, 150), strict=True):
        a, b = one.perpetrators, other.perpetrators
        assert np.array_equal(a.tension, b.tension)
        assert np.array_equal(a.opportunity, b.opportunity)
        both = (a.opportunity == 1) & (a.suppressed == 0) & (b.suppressed == 0)
        assert np.array_equal(a.urge[both], b.urge[both])
    assert one.books.tobytes() != other.books.tobytes()


PLAIN_RUN = """
import hashlib
from model.ensemble import run_one
from worlds import bits, random_configuration

time = {"scenario.time.weeks": 60, "scenario.time.burn_in": 10}
run = run_one(random_configuration(4).with_values(time), 11, 2, ledger=True)
print({name: hashlib.sha256(part).hexdigest() for name, part in bits(run).items()})
"""


def test_plain_python_gives_the_bits_of_compiled_code(plain_python: Callable[[str], str]) -> None:
    configuration = random_configuration(4).with_values({"scenario.time.weeks": 60, "scenario.time.burn_in": 10})
    run = run_one(configuration, 11, 2, ledger=True)
    assert run.books.adopted_stability[0] > 0
    expected = {name: hashlib.sha256(part).hexdigest() for name, part in bits(run).items()}
    assert plain_python(PLAIN_RUN).strip() == str(expected)

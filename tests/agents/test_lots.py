"""Lots: as uniform and independent as draws of their own would be, for every candidate and after every word."""

import math
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from itertools import islice, pairwise
from typing import Any

import numpy as np
import pytest
from scipy import stats
from support.loops import bids, deviates, loop, lots
from support.lots import chunks, entities
from support.paths import FROM_CHECKOUT
from support.worlds import begun, short

from agents.foundation.randomness import (
    MOST_CANDIDATES,
    NOBODY,
    bid,
    deviate,
    entity,
    lot,
    mixed,
    weekly_rate,
    winner,
)
from agents.perpetrator import choose_victim, meet, wait

WORDS = np.random.Philox(key=2017).random_raw(20_000)
CANDIDATES = np.array([entity("victims", str(number)) for number in range(MOST_CANDIDATES)], np.uint64)
MASK = 2**64 - 1


def of_all(count: int) -> np.ndarray:
    """The lots [word, candidate] of the first so many candidates."""
    found = np.empty((len(WORDS), count))
    for word, row in zip(WORDS, found, strict=True):
        lots(word, CANDIDATES[:count], row)
    return found


def entity_of(word: int, lot: int) -> np.uint64:
    """The entity that has just this mixed word: the finaliser, step by step backwards."""
    x = lot ^ lot >> 31 ^ lot >> 62
    x = x * pow(0x94D049BB133111EB, -1, 2**64) & MASK
    x = x ^ x >> 27 ^ x >> 54
    x = x * pow(0xBF58476D1CE4E5B9, -1, 2**64) & MASK
    return np.uint64(x ^ x >> 30 ^ x >> 60 ^ word)


# one lot


def test_a_lot_is_mixed_by_the_finaliser_of_splitmix64() -> None:
    first, second = 0x9E3779B97F4A7C15, 2 * 0x9E3779B97F4A7C15 & MASK  # its states from seed 0
    assert int(mixed(np.uint64(first), np.uint64(0))) == 0xE220A8397B1DCDAF
    assert int(mixed(np.uint64(second), np.uint64(0))) == 0x6E789E6AA1B965F4
    assert mixed(np.uint64(first ^ 99), np.uint64(99)) == mixed(np.uint64(first), np.uint64(0))


def test_lots_lie_between_0_and_1_symmetrically() -> None:
    word = WORDS[0]
    ends = {end: entity_of(int(word), end) for end in (0, MASK, 2**63, 2**63 - 1)}
    assert all(int(mixed(word, who)) == end for end, who in ends.items())
    assert lot(word, ends[0]) == 2.0**-53
    assert lot(word, ends[MASK]) == 1.0 - 2.0**-53
    assert lot(word, ends[2**63]) - 0.5 == 0.5 - lot(word, ends[2**63 - 1]) == 2.0**-53
    for who in ends.values():
        assert 0 < bid(word, who, 1e-9, 0) < NOBODY
        assert all(math.isfinite(deviate(word, other, who)) for other in WORDS[:100])
        assert all(math.isfinite(deviate(other, word, who)) for other in WORDS[:100])


def test_lots_are_uniform_and_candidates_independent() -> None:
    found = of_all(8)
    for column in found.T:
        assert stats.kstest(column, "uniform").pvalue > 1e-3
    assert stats.kstest(found.ravel(), "uniform").pvalue > 1e-3
    assert np.abs(np.corrcoef(found.T)[np.triu_indices(8, 1)]).max() < 4 / math.sqrt(len(WORDS))


def test_deviates_are_standard_normal_and_candidates_independent() -> None:
    found = np.array([(deviate(*pair, CANDIDATES[0]), deviate(*pair, CANDIDATES[1])) for pair in pairwise(WORDS)][::2])
    for column in found.T:
        assert stats.kstest(column, "norm").pvalue > 1e-3
    for power in (1, 2):
        assert abs(np.corrcoef((found**power).T)[0, 1]) < 4 / math.sqrt(len(found))
    many = np.empty(MOST_CANDIDATES)
    deviates(WORDS[0], WORDS[1], CANDIDATES, many)
    assert stats.kstest(many, "norm").pvalue > 1e-3


# a race


def winners(weights: np.ndarray) -> np.ndarray:
    """Who wins with each word."""
    found = np.empty(len(weights), np.int64)

    def won(word: np.uint64) -> int:
        bids(word, CANDIDATES[: len(weights)], weights, found)
        return winner(found.min())

    return np.array([won(word) for word in WORDS])


def test_candidates_win_in_proportion_to_their_weights() -> None:
    weights = np.array([0.1, 0.0, 1.0, 2.5, -1.0, 6.4])
    observed = np.bincount(winners(weights), minlength=6)
    assert observed[1] == observed[4] == 0, "nobody wins without a weight"
    some = weights > 0.0
    assert stats.chisquare(observed[some], len(WORDS) * weights[some] / weights[some].sum()).pvalue > 1e-3


def test_nobody_wins_where_nobody_has_a_weight() -> None:
    assert winner(NOBODY) == -1
    assert (winners(np.zeros(6)) == -1).all()


def test_every_row_of_the_largest_race_can_win() -> None:
    weights = np.zeros(MOST_CANDIDATES)
    weights[-1] = 1e-300
    assert (winners(weights) == MOST_CANDIDATES - 1).all()
    observed = np.bincount(winners(np.ones(MOST_CANDIDATES)) // 64, minlength=64)
    assert stats.chisquare(observed).pvalue > 1e-3


def test_in_practice_no_two_candidates_come_to_the_same_time() -> None:
    who = entities(begun(short("baseline")))
    found, weights = np.empty(len(who), np.int64), np.ones(len(who))
    for word in WORDS[:2000]:
        bids(word, who, weights, found)
        assert len(np.unique(found >> 12)) == len(who)


def test_a_candidate_more_changes_nobody_elses_lot() -> None:
    weights, more = np.linspace(0.5, 2.0, 20), np.linspace(0.5, 2.0, 21)
    before = winners(weights)
    more[20] = 1.0
    more[:20] = weights
    after = winners(more)
    assert (before == after)[after < 20].all()
    assert stats.binomtest(int((after == 20).sum()), len(WORDS), 1.0 / more.sum()).pvalue > 1e-3


def test_a_victim_that_nobody_pulls_to_changes_no_choice() -> None:
    world, other = begun(short()), begun(short())
    last = len(world.victims) - 1
    other.pull[:, last] = 0.0
    here, there = ([choose_victim(each, 0, week) for week in range(2000)] for each in (world, other))
    assert last in here
    assert last not in there
    assert all(a == b for a, b in zip(here, there, strict=True) if a != last)


# patience


@loop
def opportunities(world: Any, row: int, rates: Any, met: Any) -> None:
    """Weeks in which a perpetrator meets an opportunity, at rates that come round again."""
    perpetrator = world.perpetrators[row]
    for week in range(len(met)):
        perpetrator.tempo = rates[week % len(rates)]
        meet(world, row, week)
        met[week] = perpetrator.opportunity
        if perpetrator.opportunity == 1:
            wait(world, row)


@pytest.mark.parametrize(
    "rates",
    [[0.02], [0.3], [2.5], [0.0, 0.05, 0.1, 0.2, 0.4, 0.8, 1.6, 3.2, 0.0], [0.01] * 25 + [4.0]],
    ids=["seldom", "often", "nearly always", "changing", "bursts"],
)
def test_opportunities_come_as_under_a_weekly_trial(rates: list[float]) -> None:
    world = begun(short())
    world.perpetrators["activation"] = 1.0
    cycles = 260_000 // len(rates)
    met = np.zeros(cycles * len(rates), np.int64)
    opportunities(world, 0, np.array(rates), met)
    met, p = met.reshape(cycles, -1), -np.expm1(-np.array(rates))
    variance = cycles * p * (1.0 - p)
    assert abs(met.sum() - cycles * p.sum()) < 4.0 * math.sqrt(variance.sum())
    z = (met.sum(axis=0) - cycles * p)[p > 0.0] / np.sqrt(variance[p > 0.0])
    assert stats.chi2(len(z)).sf((z * z).sum()) > 1e-3
    assert met[:, p == 0.0].sum() == 0
    residuals = (met - p).ravel()
    apart = [(residuals[:-gap] * residuals[gap:]).sum() for gap in (1, 2, 3)]  # a week says nothing on those after it
    spread = math.sqrt(cycles * (p * (1 - p) * np.roll(p * (1 - p), -1)).sum())
    assert len(rates) > 1 or np.abs(apart).max() < 4.0 * spread


@pytest.mark.parametrize("probability", [0.05, 0.4])
def test_weeks_between_opportunities_are_geometric(probability: float) -> None:
    world = begun(short())
    world.perpetrators["activation"] = 1.0
    met = np.zeros(200_000, np.int64)
    opportunities(world, 0, np.array([weekly_rate(probability)]), met)
    gaps, law = np.diff(np.flatnonzero(met)), stats.geom(probability)
    last = int(law.ppf(0.995))
    observed = [*np.bincount(np.minimum(gaps, last + 1), minlength=last + 2)[1:]]
    expected = len(gaps) * np.array([*law.pmf(np.arange(1, last + 1)), law.sf(last)])
    assert stats.chisquare(observed, expected).pvalue > 1e-3


# a hundred million

CHUNKS = 46
"""Of 2.18 million lots each."""
BITS = np.arange(12, 64, dtype=np.uint64)
"""The bits of a mixed word that make its lot."""


def streams(every: int = 1) -> Iterator[np.ndarray]:
    """Mixed words [word, candidate], chunk by chunk; only every so many."""
    return (chunk.reshape(-1, chunk.shape[-1]) for chunk in islice(chunks(), 0, CHUNKS, every))


def fits(statistic: float, freedom: float) -> bool:
    """Whether a chi-square is neither too large nor too small to be one."""
    probability = stats.chi2(freedom).sf(statistic)
    print(f"chi-square {statistic:.1f} of {freedom:.0f}, p = {probability:.4f}")
    return bool(1e-5 < probability < 1.0 - 1e-5)


def uniform(counts: np.ndarray) -> bool:
    """Whether counts are those of equally likely places."""
    expected = counts.sum() / counts.size
    return fits(((counts - expected) ** 2).sum() / expected, counts.size - 1)


@pytest.mark.slow
@pytest.mark.parametrize("lowest", [48, 32, 12])
def test_a_hundred_million_lots_are_uniform(lowest: int) -> None:
    places = (chunk.ravel() >> np.uint64(lowest) & np.uint64(0xFFFF) for chunk in streams())
    counts = sum(np.bincount(each.astype(np.int64), minlength=2**16) for each in places)
    assert counts.sum() > 100_000_000
    assert uniform(counts)


@pytest.mark.slow
def test_pairs_fall_evenly_over_the_square() -> None:
    size, beside, after = 2**8, 0, 0
    for chunk in streams():
        places = (chunk >> np.uint64(56)).astype(np.int64)
        beside = beside + np.bincount((places[:, :-1:2] * size + places[:, 1::2]).ravel(), minlength=size**2)
        after = after + np.bincount((places[:-1:2] * size + places[1::2]).ravel(), minlength=size**2)
    assert uniform(beside), "two candidates"
    assert uniform(after), "two words, one after the other"


@pytest.mark.slow
def test_no_two_candidates_and_no_two_words_are_correlated() -> None:
    beside, after, count = 0.0, 0.0, 0
    for chunk in streams():
        lots = ((chunk >> np.uint64(11)) * 2.0**-53 - 0.5) * math.sqrt(12.0)
        beside, after, count = beside + lots[:-1].T @ lots[:-1], after + lots[:-1].T @ lots[1:], count + len(lots) - 1
    pairs = beside[np.triu_indices(len(beside), 1)] / math.sqrt(count)
    assert fits((pairs**2).sum(), pairs.size)
    assert fits((after**2).sum() / count, after.size)
    print(f"largest correlations {np.abs(pairs).max() / math.sqrt(count):.1e}, {np.abs(after).max() / count:.1e}")


@pytest.mark.slow
def test_no_bit_of_one_candidate_tells_that_of_another() -> None:
    some = np.concatenate(list(streams(9)))
    total, cells = 0.0, 0
    for bit in BITS:
        signs = (some >> bit & np.uint64(1)).astype(np.float32) * 2 - 1
        agreements = (signs.T @ signs)[np.triu_indices(signs.shape[1], 1)].astype(float)
        total, cells = total + (agreements**2).sum() / len(signs), cells + agreements.size
    assert fits(total, cells)


@pytest.mark.slow
@pytest.mark.parametrize("order", ["candidates", "words"])
@pytest.mark.parametrize("lowest", [32, 12])
def test_birthdays_are_spaced_as_by_chance(order: str, lowest: int) -> None:
    """Spacings that come twice among 4,096 birthdays in a year of 2³² days: Poisson, 4 on average (Marsaglia 1985)."""
    repeated = []
    for chunk in streams():
        days = (chunk if order == "candidates" else chunk.T).ravel() >> np.uint64(lowest) & np.uint64(0xFFFFFFFF)
        birthdays = np.sort(days[: len(days) // 4096 * 4096].reshape(-1, 4096).astype(np.int64), axis=1)
        spacings = np.sort(np.diff(birthdays, axis=1), axis=1)
        repeated.append((np.diff(spacings, axis=1) == 0).sum(axis=1))
    found = np.concatenate(repeated)
    observed = np.bincount(np.minimum(found, 12), minlength=13)
    law = stats.poisson(4096**3 / (4 * 2**32))
    expected = len(found) * np.array([*law.pmf(np.arange(12)), law.sf(11)])
    assert fits(((observed - expected) ** 2 / expected).sum(), 12)


@loop
def flips(who: Any, counts: Any) -> None:
    """Count how often each output bit flips with each input bit."""
    for x in who:
        made = mixed(x, np.uint64(0))
        for place in range(64):
            flipped = made ^ mixed(x, np.uint64(1) << np.uint64(place))
            for bit in range(64):
                counts[place, bit] += (flipped >> np.uint64(bit)) & np.uint64(1)


@pytest.mark.slow
def test_each_bit_of_word_and_entity_flips_each_bit_of_a_lot_half_the_time() -> None:
    """Word and entity enter as their difference (xor): a bit of the one does what the same bit of the other does."""
    who = entities(begun(short("baseline")))
    words = np.random.Philox(key=1).random_raw(10_000)
    inputs = (words[:, None] ^ who[None, :]).ravel()
    counts = np.zeros((64, 64), np.uint64)
    flips(inputs, counts)
    shares = counts[:, 12:] / len(inputs)
    print(f"{len(inputs)} inputs, largest bias {np.abs(shares - 0.5).max():.5f}")
    assert np.abs(shares - 0.5).max() < 0.005
    assert fits((4 * len(inputs) * (shares - 0.5) ** 2).sum(), shares.size)


@pytest.mark.slow
@pytest.mark.parametrize("number", [0, 1, 3, 4, 8, 9, 10, 15, 16, 17, 100, 101, 205, 206])
def test_dieharder_passes_lots(number: int) -> None:
    if not (program := shutil.which("dieharder")):
        pytest.skip("dieharder is not installed")
    assert "FAILED" not in judged([program, "-g", "200", "-d", str(number)], "PASSED")


@pytest.mark.slow
def test_practrand_passes_lots() -> None:
    if not (program := shutil.which("RNG_test")):
        pytest.skip("PractRand is not installed")
    assert "FAIL" not in judged([program, "stdin32", "-tlmax", "4GB", "-multithreaded"], "length=")


def judged(command: list[str], verdict: str) -> str:
    """What a program says of the stream of lots on its standard input."""
    environment = {**os.environ, **FROM_CHECKOUT}
    stream = [sys.executable, "-m", "support.lots"]
    with subprocess.Popen(stream, stdout=subprocess.PIPE, env=environment) as source:
        done = subprocess.run(command, stdin=source.stdout, capture_output=True, text=True, check=False)
        source.kill()
    print(done.stdout)
    assert verdict in done.stdout or "WEAK" in done.stdout or "FAIL" in done.stdout, done.stderr
    return done.stdout

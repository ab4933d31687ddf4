"""The posterior of made-up worlds, where it is known: a parameter plus a normal error is seen, and one that is not."""

import numpy as np
import pytest
from support.known_worlds import DUMMY, ERROR, made_up, seen

from analysis.calibration.estimator import LEAST_WORLDS, Summaries, posterior
from analysis.calibration.gates import (
    EVEN,
    Known,
    clearly_more,
    effective,
    known,
    left_out,
    posterior_of,
    set_apart,
    weighted_interval,
)
from analysis.calibration.reference import bounded, from_unit, to_unit, unbounded
from experiments.design.factors import Span
from model.errors import ConfigurationError

MIDDLE = np.array([0.5, 0.4, 0.6])


def test_what_is_seen_is_learnt_and_a_dummy_is_not() -> None:
    found, _ = posterior_of(made_up(6_000, 1), MIDDLE, seed=0)
    contraction = found.contraction(np.full(4, EVEN))
    exact = 1.0 - ERROR**2 / EVEN  # the error is far from the ends of the range
    assert np.allclose(found.mean()[:DUMMY], MIDDLE, atol=0.03)
    assert np.allclose(contraction[:DUMMY], exact, atol=0.06)
    assert abs(contraction[DUMMY]) < 0.12
    assert found.weights.sum() == pytest.approx(1.0)
    sure = clearly_more(contraction, float(contraction[DUMMY]), effective(found.weights))
    assert sure.tolist() == [True, True, True, False]


def test_ranks_of_worlds_that_are_known_are_even_and_intervals_hold_the_truth() -> None:
    rest, truths = set_apart(made_up(6_000, 2), 200, seed=3)
    learnt = Summaries(rest)
    found = known(rest, learnt.of(rest.figures), truths, learnt.of(truths.figures))
    assert found.are_even()
    assert np.allclose(found.coverage(0.9), 0.9, atol=0.08)
    assert np.allclose(found.coverage(0.5), 0.5, atol=0.13)


def test_a_posterior_that_is_too_sure_is_found_out() -> None:
    ranks = np.random.default_rng(4).beta(0.5, 0.5, (300, 3))
    assert not Known(ranks, ranks).are_even()
    assert (Known(ranks, ranks).coverage(0.9) < 0.85).all()


def test_a_moment_left_out_is_predicted_by_the_others() -> None:
    table = made_up(4_000, 5, twice=True)  # the fourth moment is seen of the first parameter once more
    record = np.append(MIDDLE, 0.5)
    mean, low, high = left_out(table, record, ["fourth"], table.figures[:, 3], seed=0)
    assert low < 0.5 < high
    assert mean == pytest.approx(0.5, abs=0.04)
    assert high - low == pytest.approx(2 * 1.645 * ERROR * 2**0.5, abs=0.08)  # its own error, and that of the first


def test_moments_that_are_undefined_say_something_too() -> None:
    table = made_up(4_000, 6)
    table.figures[table.shares[:, 0] > 0.5, 1] = np.nan  # undefined where the first parameter is large
    found, _ = posterior_of(table, np.array([0.5, np.nan, 0.5]), seed=0)
    assert found.quantiles([0.1])[0, 0] > 0.45


def test_draws_come_by_weight_and_prefer_no_row() -> None:
    found, _ = posterior_of(made_up(2_000, 7), MIDDLE, seed=0)
    drawn = found.drawn(500)
    assert np.allclose(drawn.mean(axis=0), found.mean(), atol=0.02)
    assert np.allclose(drawn.var(axis=0), found.variance(), rtol=0.3)


def test_the_same_table_gives_the_same_posterior() -> None:
    one, other = (posterior_of(made_up(1_500, 8), MIDDLE, seed=9)[0] for _ in range(2))
    assert np.array_equal(one.shares, other.shares)


def test_a_table_that_is_too_small_is_refused() -> None:
    with pytest.raises(ConfigurationError, match=f"has 100 worlds.*{LEAST_WORLDS} or more"):
        Summaries(made_up(100, 1))


def test_a_world_like_the_record_counts_most() -> None:
    table = made_up(2_000, 10)
    summaries = table.shares  # taken as they are
    found = posterior(table, summaries, summaries[7])
    assert found.rows[np.argmax(found.weights)] == 7


@pytest.mark.parametrize("span", [Span(low=2.0, high=8.0), Span(low=0.5, high=8.0, scale="log")])
def test_shares_of_a_range_and_back(span: Span) -> None:
    shares = np.linspace(0.0, 1.0, 11)
    values = from_unit(shares, span)
    assert values[0] == pytest.approx(span.low)
    assert values[-1] == pytest.approx(span.high)
    assert np.allclose(to_unit(values, span), shares)
    assert values[5] == pytest.approx(5.0 if span.scale == "linear" else 2.0)
    assert np.allclose(bounded(unbounded(shares)), shares, atol=1e-5)


def test_a_weighted_interval_is_that_of_repeated_values() -> None:
    values, weights = np.array([3.0, 1.0, 2.0, np.nan]), np.array([2.0, 1.0, 1.0, 5.0])
    assert weighted_interval(values, weights, 0.5) == (pytest.approx(2.25), 1.0, 3.0)
    assert seen(np.zeros((2, 4)), 0).shape == (2, 3)

"""Scores of factors: closed forms, the library's own estimator, planted factors, and what chance may claim."""

from itertools import pairwise

import numpy as np
import pytest
from SALib.analyze.delta import calc_delta
from scipy.special import ndtri
from scipy.stats import multivariate_normal, rankdata

from analysis.sampled import scores as module
from analysis.sampled.scores import LEAST, MOST, Score, classes, number_of_classes, scores
from analysis.sampled.smooth import smooth

N = 200


def sample(seed: int, n: int = N, factors: int = 5) -> tuple[list[np.ndarray], np.random.Generator]:
    chance = np.random.default_rng(seed)
    return list(chance.random((factors, n))), chance


def plain(factor: np.ndarray, figure: np.ndarray) -> float:
    """δ as it is estimated, its bias not taken off."""
    codes, cells = classes(factor), module._cells(figure)
    return float(module._deltas(codes[None], cells[None], np.ones((1, len(codes))), codes.max() + 1)[0])


# the estimator


def test_names_that_part_a_figure_in_two_halves_tell_half_of_it() -> None:
    """Half of ∫|f₁ − f| is ½ where the densities of two equal halves do not meet; kernels blur the border a little."""
    chance = np.random.default_rng(1)
    name = np.array(["high", "low"])[chance.integers(2, size=2000)]
    figure = np.where(name == "high", 50.0, 0.0) + chance.gamma(2.0, size=2000)
    (found,) = scores([name], figure)
    assert found.mean == pytest.approx(0.5, abs=0.06)


@pytest.mark.parametrize("correlation", [0.3, 0.7])
def test_two_normal_figures_have_the_distance_of_their_densities(correlation: float) -> None:
    """By quadrature: half the mean over x of ∫|f(y|x) − f(y)| dy, within classes of x as wide as the estimator's."""
    n = 4000
    x, y = multivariate_normal([0, 0], [[1, correlation], [correlation, 1]]).rvs(n, random_state=2).T
    grid, steps = np.linspace(-5, 5, 801), np.linspace(0, 1, number_of_classes(n) * 20 + 1)
    middles = ndtri((steps[1:] + steps[:-1]) / 2)
    noise = np.sqrt(1 - correlation**2)
    within = np.exp(-0.5 * ((grid - correlation * middles[:, None]) / noise) ** 2) / noise / np.sqrt(2 * np.pi)
    marginal = np.exp(-0.5 * grid**2) / np.sqrt(2 * np.pi)
    by_class = within.reshape(-1, 20, len(grid)).mean(1)
    exact = 0.5 * np.abs(by_class - marginal).sum(1).mean() * (grid[1] - grid[0])
    (found,) = scores([x], y)
    assert found.mean == pytest.approx(exact, abs=0.025)


@pytest.mark.parametrize("n", [64, 500])
def test_the_estimate_is_that_of_salib(n: int) -> None:
    factors, chance = sample(3, n, 3)
    figure = np.sin(4 * factors[0]) + factors[1] + 0.3 * chance.normal(size=n)
    normal = ndtri((rankdata(figure) - 0.5) / n)
    grid, edges = np.linspace(normal.min(), normal.max(), 100), np.linspace(0, n, number_of_classes(n) + 1)
    for factor in factors:
        assert plain(factor, figure) == pytest.approx(calc_delta(normal, grid, factor, edges), abs=0.03)


def test_a_monotone_transformation_of_the_figure_changes_nothing() -> None:
    factors, chance = sample(4)
    figure = factors[0] + 0.2 * chance.normal(size=N)
    assert scores(factors, figure) == scores(factors, np.exp(9.0 * figure))


def test_equal_values_are_in_one_class_and_classes_are_even() -> None:
    levels = np.repeat([1, 2, 3, 4, 5, 6], 30)
    found = classes(levels)
    assert all(len(set(found[levels == level])) == 1 for level in range(1, 7))
    sizes = np.bincount(classes(np.random.default_rng(5).random(N)))
    assert len(sizes) == number_of_classes(N)
    assert np.ptp(sizes) <= 1


def test_weights_count_points_as_often() -> None:
    factors, chance = sample(6, 150, 1)
    figure = factors[0] + 0.3 * chance.normal(size=150)
    weights = chance.integers(1, 4, 150)
    again = [np.repeat(factor, weights) for factor in factors]
    codes, cells = classes(factors[0]), module._cells(figure)
    number = codes.max() + 1
    weighted = module._deltas(codes[None], cells[None], weights[None] / weights.mean(), number)
    repeated = module._deltas(
        np.repeat(codes, weights)[None], np.repeat(cells, weights)[None], np.ones((1, len(again[0]))), number
    )
    assert weighted[0] == pytest.approx(repeated[0], abs=0.02)  # bandwidths alone differ


# what is claimed


def claims(seed: int, of: float) -> list[Score]:
    """Scores where the first of five factors moves the figure by so much of its noise."""
    factors, chance = sample(seed)
    return scores(factors, of * np.sin(3.0 * factors[0]) + chance.normal(size=N))


def test_the_planted_factor_scores_highest_and_matters() -> None:
    for seed in range(10):
        found = claims(seed, 4.0)
        assert found[0].beyond_chance
        assert max(found, key=lambda one: one.mean) is found[0]
        assert 0.0 <= found[0].low < found[0].mean < found[0].high <= 1.0
        assert found[0].n == N


def test_where_nothing_matters_chance_is_rarely_taken_for_an_effect() -> None:
    """The floor holds for all factors together: one of the five is claimed in 5 of 100 samples; 12 come in 1 of 200."""
    claimed = sum(any(one.beyond_chance for one in claims(seed, 0.0)) for seed in range(100))
    assert claimed <= 11


def test_a_dummy_beside_a_factor_that_matters_is_not_told_from_chance() -> None:
    claimed = np.sum([[one.beyond_chance for one in claims(seed, 4.0)[1:]] for seed in range(60)], axis=0)
    assert (claimed <= 3).all()  # of 60: each alone in one of twenty at most


def test_floors_fall_with_points_and_rise_with_factors() -> None:
    floors = []
    for n in (40, 80, N):
        factors, chance = sample(7, n)
        floors.append(scores(factors, chance.normal(size=n))[0].floor)
    assert all(few > many for few, many in pairwise(floors))
    factors, chance = sample(7)
    figure = chance.normal(size=N)
    assert scores(factors[:1], figure)[0].floor < scores(factors, figure)[0].floor


def test_there_is_no_score_of_few_points_of_constants_or_of_what_is_undefined() -> None:
    factors, chance = sample(8)
    figure = chance.normal(size=N)
    for found in (
        *scores([factor[: LEAST - 1] for factor in factors], figure[: LEAST - 1]),
        *scores(factors, np.ones(N)),
        *scores(factors, np.full(N, np.nan)),
        *scores([np.ones(N)], figure),
    ):
        assert np.isnan(found.mean)
        assert not found.beyond_chance


def test_points_at_which_a_figure_is_undefined_are_left_out() -> None:
    factors, chance = sample(9)
    figure = factors[0] + chance.normal(size=N)
    figure[::4] = np.nan
    there = np.isfinite(figure)
    assert scores(factors, figure) == scores([factor[there] for factor in factors], figure[there])
    assert scores(factors, figure)[0].n == there.sum()


def test_of_very_many_points_a_part_is_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MOST", 100)
    factors, chance = sample(10)
    found = scores(factors, factors[0] + 0.1 * chance.normal(size=N))
    assert [one.n for one in found] == [100] * 5
    assert found[0].beyond_chance
    assert MOST >= 1000


def test_a_figure_that_is_nearly_always_the_same_has_a_floor() -> None:
    factors, _ = sample(11, 32)
    figure = np.zeros(32)
    figure[3] = 1.0
    assert all(np.isfinite(one).all() for one in scores(factors, figure))


def test_a_rare_name_that_resamples_leave_out_changes_nothing_for_the_worse() -> None:
    chance = np.random.default_rng(12)
    name = np.array(["rare", *["one", "other"] * 20])
    (found,) = scores([name], (name == "one") + 0.1 * chance.normal(size=41), chance.uniform(0.5, 2.0, 41))
    assert np.isfinite(found).all()
    assert found.beyond_chance


# smooths


@pytest.mark.parametrize(("n", "least"), [(40, 0.82), (300, 0.9)])
def test_the_band_of_a_smooth_covers_the_truth(n: int, least: float, monkeypatch: pytest.MonkeyPatch) -> None:
    """Over places and samples; few points cover less, as the docstring says."""
    monkeypatch.setattr("analysis.sampled.smooth.RESAMPLES", 25)
    covered = []
    for seed in range(25):
        (factor,), chance = sample(seed, n, 1)
        found = smooth(factor, np.sin(5.0 * factor) + 0.4 * chance.normal(size=n))
        assert found is not None
        truth = np.sin(5.0 * found.at)
        covered.append(np.mean((found.low <= truth) & (truth <= found.high)))
    assert np.mean(covered) >= least
    assert np.mean(covered) < 1.0  # a band that covers always says nothing


def test_a_straight_line_is_its_own_smooth() -> None:
    factor = np.linspace(3.0, 7.0, 50)
    found = smooth(factor, 2.0 - 3.0 * factor)
    assert found is not None
    np.testing.assert_allclose(found.mean, 2.0 - 3.0 * found.at, atol=1e-6)


def test_ties_and_weights_are_means() -> None:
    factor = np.repeat(np.arange(25.0), 4)
    found = smooth(factor, factor + np.tile([-1.0, 1.0, -1.0, 1.0], 25))
    assert found is not None
    np.testing.assert_allclose(found.mean, found.at, atol=1e-6)
    even = np.tile([-1.0, 1.0, 0.0, 0.0], 25)
    weighted = smooth(factor, factor + even, np.tile([1.0, 3.0, 2.0, 2.0], 25))
    assert weighted is not None
    np.testing.assert_allclose(weighted.mean, weighted.at + 0.25, atol=1e-6)


def test_few_values_have_no_smooth() -> None:
    assert smooth(np.arange(10.0), np.arange(10.0)) is None
    assert smooth(np.repeat([1.0, 2.0, 3.0], 20), np.arange(60.0)) is None

"""Which interval is used, how often it covers, and that the bootstrap is the one that scipy documents."""

from typing import Any

import numpy as np
import polars as pl
import pytest
from scipy.stats import bootstrap, norm

from analysis.results.folder import RUNS_SCHEMA
from analysis.statistics.contrasts import Influence, contrast
from analysis.statistics.estimates import estimate, ratio_of_sums
from analysis.statistics.intervals import LEAST, MISSES, RESAMPLES, SEED, bca, caution, intervals, quantile, unsuited

WORLDS = 1000


def same(ratios: Any) -> Any:
    return ratios


def grouped(x: Any, y: Any, *, complement: bool = False) -> Influence:
    levels = pl.DataFrame({"g": range(x.shape[1])})
    return Influence("deterrence_rate", levels, np.arange(len(x)), np.ones(len(x), bool), x, y, complement)


def test_students_interval_suits_what_is_nearly_normal() -> None:
    n = np.array([100, 100, 100, 100, 9, 10])
    skewness = np.array([1.9, 2.1, -2.1, 0.0, 3.0, 3.0])
    unsure = np.array([0.05, 0.05, 0.05, 0.11, 0.5, 0.05])
    assert unsuited(n, skewness, unsure).tolist() == [False, True, True, True, False, True]
    assert not unsuited(100, np.array([np.nan]), np.array([np.nan])).any()


def test_the_skewness_and_the_denominator_are_those_of_the_data() -> None:
    draws = np.random.default_rng(3)
    y, x = draws.gamma(1.0, 1.0, 50), draws.exponential(1.0, 50)
    found = ratio_of_sums(x, y, np.zeros(50, np.int64), 1)
    values = x - x.sum() / y.sum() * y
    assert found.skewness[0] == pytest.approx((values**3).mean() / (values**2).mean() ** 1.5)
    assert found.unsure[0] == pytest.approx(y.std(ddof=1) / np.sqrt(50) / y.mean())


def test_the_bootstrap_is_scipys_of_paired_samples() -> None:
    draws = np.random.default_rng(5)
    y = draws.gamma(2.0, 1.0, (40, 3))
    x = y * draws.beta(1.0, 6.0, (40, 3))
    low, high = bca(x, y, same)
    level = 1.0 - 2.0 * norm.cdf(-np.sqrt(40 / 39) * float(quantile(40)))
    for column in range(3):
        plain = bootstrap(
            (x[:, column], y[:, column]),
            lambda above, below, axis: above.sum(axis) / below.sum(axis),
            n_resamples=RESAMPLES,
            paired=True,
            confidence_level=level,
            random_state=np.random.default_rng(SEED),
        ).confidence_interval
        assert (low[column], high[column]) == pytest.approx((plain.low, plain.high), rel=1e-9)


def test_the_same_data_give_the_same_bits_in_any_company() -> None:
    draws = np.random.default_rng(6)
    x, y = draws.exponential(1.0, (30, 5)), draws.gamma(3.0, 1.0, (30, 5))
    low, high = bca(x, y, same)
    for column in range(5):
        alone = bca(x[:, [column]], y[:, [column]], same)
        assert (alone[0][0], alone[1][0]) == (low[column], high[column])


@pytest.mark.parametrize("n", [20, 40, 100])
def test_the_bootstrap_covers_where_values_are_skewed(n: int) -> None:
    """A thousand ratios of exponential numbers: nearer to 95 % than Student's, and both tails alike."""
    draws = np.random.default_rng(12)
    y, x = draws.exponential(1.0, (n, WORLDS)), draws.exponential(0.3, (n, WORLDS))
    ends = bca(x, y, same)
    covered = ((ends[0] <= 0.3) & (ends[1] >= 0.3)).mean()
    assert 0.92 < covered < 0.97
    found = ratio_of_sums(x.T.ravel(), y.T.ravel(), np.repeat(np.arange(WORLDS), n), WORLDS)
    half = quantile(n) * found.standard_error
    ours, students = (
        (high < 0.3).mean() - (low > 0.3).mean() for low, high in (ends, (found.mean - half, found.mean + half))
    )
    assert abs(ours) < 0.6 * abs(students)


def test_with_few_replicates_it_would_cover_less() -> None:
    """Why the rule leaves Student's interval there; from ten on the bootstrap does not fall behind any more."""
    draws = np.random.default_rng(13)
    for n in (4, LEAST):
        x = draws.gamma(4.0, 1.0, (n, WORLDS))
        low, high = bca(x, np.ones_like(x), same)
        found = ratio_of_sums(x.T.ravel(), np.ones(x.size), np.repeat(np.arange(WORLDS), n), WORLDS)
        students = (np.abs(found.mean - 4.0) <= quantile(n) * found.standard_error).mean()
        ours = ((low <= 4.0) & (high >= 4.0)).mean()
        assert ours < students - 0.03 if n < LEAST else ours > students - 0.01


@pytest.mark.parametrize(("shape", "least", "most"), [(200.0, 0.935, 0.965), (2.0, 0.93, 0.97)])
def test_the_rule_as_a_whole_covers_for_ratios_and_differences(shape: float, least: float, most: float) -> None:
    """Of nearly normal and of skewed replicates, forty of them; each data set by whatever interval the rule picks."""
    draws, n = np.random.default_rng(14), 40
    common = draws.gamma(shape, 1.0 / shape, (n, WORLDS))
    y = draws.gamma(30.0, 1.0, (n, WORLDS))
    x = np.hstack([y * 0.3 * common, y * 0.2 * common * draws.gamma(shape, 1.0 / shape, (n, WORLDS))])
    found = grouped(x, np.hstack([y, y]))
    one = contrast(found, np.eye(WORLDS, 2 * WORLDS))
    both = contrast(found, np.hstack([np.eye(WORLDS), -np.eye(WORLDS)]))
    for table, truth in ((one, 0.3), (both, 0.1)):
        assert least < ((table.low <= truth) & (table.high >= truth)).mean() < most
    assert ((one.interval == "bootstrap").mean() > 0.2) == (shape < 10.0)


def made_up(skewed: bool) -> pl.DataFrame:
    draws, n = np.random.default_rng(9), 60
    columns: dict[str, Any] = {name: np.ones(n) for name in RUNS_SCHEMA}
    columns |= {"point": [0] * n, "replicate": range(n), "status": ["ok"] * n, "error": [None] * n}
    columns["twin_expected_harm"] = draws.gamma(50.0, 1.0, n)
    columns["expected_harm"] = columns["twin_expected_harm"] * (
        draws.gamma(0.2, 1.0, n) if skewed else draws.beta(40, 60, n)
    )
    return pl.DataFrame(columns, strict=False).cast(RUNS_SCHEMA)  # type: ignore[arg-type]


def test_tables_say_which_interval_it_is() -> None:
    design = pl.DataFrame({"point": [0]})
    plain = estimate(made_up(skewed=False), design, (), ["harm_averted"]).row(0, named=True)
    skewed = estimate(made_up(skewed=True), design, (), ["harm_averted"]).row(0, named=True)
    assert plain["interval"] == "student"
    assert plain["high"] - plain["mean"] == pytest.approx(plain["mean"] - plain["low"])
    assert skewed["interval"] == "bootstrap"
    # harm has a long tail upwards, so what is averted has one downwards
    assert skewed["mean"] - skewed["low"] > 1.1 * (skewed["high"] - skewed["mean"])
    one = estimate(made_up(skewed=True).head(1), design, (), ["harm_averted"]).row(0, named=True)
    assert (one["interval"], one["low"]) == ("none", None)


def test_of_two_stages_it_stays_students() -> None:
    table = estimate(made_up(skewed=True), pl.DataFrame({"point": [0]}), ["point"], ["harm_averted"], range(60))
    assert table["interval"].item() == "student"


def test_a_contrast_of_complements_is_bootstrapped_in_its_own_sense() -> None:
    draws = np.random.default_rng(15)
    y = np.ones((50, 2))
    x = draws.gamma(0.2, 1.0, (50, 2))
    x[:, 1] = 0.5 * draws.normal(1.0, 0.1, 50)
    up, down = (contrast(grouped(x, y, complement=turned), [[1.0, 0.0], [1.0, -1.0]]) for turned in (False, True))
    assert set(up.interval) == {"bootstrap"}
    assert down.low == pytest.approx([1.0 - up.high[0], -up.high[1]])
    assert down.high == pytest.approx([1.0 - up.low[0], -up.low[1]])


def test_where_resamples_leave_nothing_to_divide_by_it_stays_students() -> None:
    y = np.zeros((40, 1))
    y[:2] = 1.0
    found = intervals(
        np.array([0.5]), np.array([0.1]), np.array([40]), np.array([True]), lambda some: bca(0.5 * y, y, same)
    )
    assert found.method == ["student"]
    nothing = intervals(
        np.array([0.5]), np.array([0.0]), np.array([40]), np.array([True]), lambda some: bca(y, y, same)
    )
    assert (nothing.low[0], nothing.high[0], nothing.method) == (0.5, 0.5, ["student"])


def test_an_interval_is_not_cut_at_what_is_possible() -> None:
    """Of two runs it reaches beyond the whole, and is shown so: cut, it would look surer than it is."""
    two = made_up(skewed=False).head(2).with_columns(expected_harm=pl.Series([0.05, 0.5]), twin_expected_harm=1.0)
    row = estimate(two, pl.DataFrame({"point": [0]}), (), ["harm_averted"]).row(0, named=True)
    assert row["high"] > 1.0
    assert row["high"] - row["mean"] == pytest.approx(row["mean"] - row["low"])


@pytest.mark.parametrize(("n", "often"), [(2, 58), (5, 28), (9, 28), (10, 15), (29, 15)])
def test_few_replicates_miss_no_oftener_than_readers_are_told_and_mostly_by_being_too_low(n: int, often: int) -> None:
    """Of log-normal harm, and of counts that are zero in three of four replicates."""
    draws, sets = np.random.default_rng(n), 400
    harm = np.exp(draws.normal(size=(n, sets)) - 0.5)
    counts = draws.poisson(4.0 * (draws.random((n, sets)) < 0.25))
    assert f"n = {n}, intervals miss more often than 1 in 20" in caution(n)
    assert f"up to {often} in 100" in caution(n)
    missed = []
    for values in (harm, counts.astype(float)):
        found = contrast(grouped(values, np.ones_like(values)), np.eye(sets))
        low, above = found.high < 1.0, found.low > 1.0
        missed.append(100.0 * (low | above).mean())
        assert low.sum() >= above.sum()
    assert 5.0 < max(missed) <= often + 200.0 * np.sqrt(often / 100 * (1 - often / 100) / sets)


def test_many_replicates_or_one_need_no_caution() -> None:
    assert caution(max(MISSES)) == caution(1) == ""

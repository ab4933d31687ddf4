"""Doctrines compared: closed forms, brute force, hand-made tables, and the figures."""

import itertools
from typing import Any

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from polars.testing import assert_frame_equal
from scipy.stats import t
from support import look, slides
from support.comparisons import DETERRED, drawn, made, skewed

from analysis.comparison import forest
from analysis.comparison.comparison import Comparison, comparison_of, differences, estimates, verdict
from analysis.comparison.pareto import dominance, pareto
from analysis.comparison.regret import regret, regrets, satisficing
from analysis.comparison.superiority import beats, share_of_cases, superiority
from analysis.comparison.tables import (
    interval_note,
    slide,
    slide_number,
)
from analysis.comparison.winners import separations, winners, wins
from analysis.plotting.text_placement import Box, place
from analysis.report.findings import findings
from analysis.report.gallery import comparison_figures
from analysis.report.page import sections
from analysis.results.conditions import DEFAULT_TARGETS, read_targets
from analysis.results.folder import Results
from analysis.results.parts import parts_of
from analysis.statistics import two_way as crossed
from analysis.statistics.contrasts import Influence
from analysis.statistics.fronts import non_dominated
from analysis.statistics.intervals import quantile
from analysis.statistics.two_way import over_replicates
from experiments.terminal.comparison import difference_grid, kind_grid, rest_grid, screen_tables
from model.errors import ConfigurationError
from model.metrics.catalogue import CRITERIA, METRICS

# by hand


@pytest.mark.parametrize("values", [drawn(1, worlds=1), skewed(1), skewed(2, replicates=9)])
def test_estimates_and_differences_are_those_of_the_sweep_where_worlds_are_given(values: Any) -> None:
    """Over replicates alone, the general functions and these are two ways to one number and one interval."""
    for worlds in (1, 4):
        kind = "grid" if worlds == 1 else "list"
        comparison = made(np.repeat(values, worlds, axis=1) * np.linspace(1.0, 2.0, worlds)[:, None], kind=kind)
        metrics = ["deterrence_rate", "eu_cost"]
        each = comparison.results.estimate(["doctrine"], metrics)
        assert_frame_equal(estimates(comparison, metrics), each)
        pairs = comparison.results.paired(["doctrine"], {"doctrine": "d0"}, [DETERRED])
        mine = differences(comparison, [DETERRED])
        assert_frame_equal(mine.select(pairs.columns), pairs)
        wanted = "bootstrap" if values.shape[2] == 30 else "student"
        assert set(mine["interval"]) == {wanted}
        assert set(each.filter(metric=DETERRED)["interval"]) == {wanted}
    counts = made(np.round(skewed(3, replicates=49)), kind="grid")  # resamples of whole numbers tie: same to the bit
    pairs = counts.results.paired(["doctrine"], {"doctrine": "d0"}, [DETERRED])
    assert_frame_equal(differences(counts, [DETERRED]).select(pairs.columns), pairs, check_exact=True)
    over_drawn = differences(made(np.repeat(values, 4, axis=1)), [DETERRED])
    assert set(over_drawn["interval"]) == {"student"}  # of the two-way layout, skewed or not


def test_replicates_without_a_denominator_count_for_nothing() -> None:
    values = drawn(8, doctrines=2, worlds=1, replicates=6)
    there = np.ones_like(values)
    there[1, 0, :2] = 0.0
    comparison = made(values, kind="grid", deterrable=there)
    pairs = comparison.results.paired(["doctrine"], {"doctrine": "d0"}, [DETERRED])
    mine = differences(comparison, [DETERRED])
    assert_frame_equal(mine.select(pairs.columns), pairs)
    assert mine["n"].item() == 4
    assert comparison.mean(DETERRED)[1] == pytest.approx(values[1, 0, 2:].mean())


def test_verdicts_go_by_the_ends_of_uneven_intervals() -> None:
    """A difference whose mean is nearer to zero than half its interval, which leaves zero out all the same."""
    row = differences(made(skewed(1), kind="grid"), [DETERRED]).row(0, named=True)
    assert row["interval"] == "bootstrap"
    assert row["high"] - row["mean"] > 1.3 * (row["mean"] - row["low"])
    found = made(skewed(1), kind="grid").against(DETERRED)
    low, high = found.ends(1, 0.99)
    usual = row["high"] - row["mean"], row["mean"] - row["low"]
    times = float(t.ppf(0.995, 29) / t.ppf(0.975, 29))
    assert (high - row["mean"], row["mean"] - low) == pytest.approx([times * each for each in usual])
    comparison = made(skewed(1), kind="grid")
    assert comparison.told(DETERRED, comparison.less_reference, 1, 0.95) == 1
    assert comparison.told(DETERRED, -comparison.less_reference, 1, 0.95) == -1
    assert comparison.told(DETERRED, comparison.less_reference, 1, 1.0 - 1e-9) == 0
    assert [verdict(way, better=1) for way in (1, -1, 0)] == ["better", "worse", "unclear"]
    assert [verdict(way, better=0) for way in (1, -1)] == ["rises", "falls"]
    assert [verdict(way, better=-1) for way in (1, -1, None)] == ["worse", "better", None]


def test_joint_intervals_of_skewed_differences_cover() -> None:
    """Of twelve differences: nearer to what is asked than Student's, in a thousand sets of thirty replicates."""
    values = np.random.default_rng(1).gamma(0.5, 2.0, (30, 1000))
    levels, every = pl.DataFrame({"d": range(1000)}), np.ones(30, bool)
    influence = Influence(DETERRED, levels, np.arange(30), every, values, np.ones_like(values), False)
    found, level = over_replicates(influence, np.eye(1000)), 1.0 - 0.05 / 12
    ends = np.array([found.ends(at, level) for at in range(1000)])
    covered = np.mean((ends[:, 0] <= 1.0) & (ends[:, 1] >= 1.0))
    students = np.mean(np.abs(found.found.mean - 1.0) <= found.error.half(level))
    assert 0.98 < covered <= 1.0
    assert covered > students + 0.005


@pytest.mark.parametrize(("kind", "worlds", "replicates"), [("worlds", 20, 3), ("grid", 1, 4), ("list", 4, 5)])
@pytest.mark.parametrize("apart", [0.0, 0.5])
def test_the_mean_regret_covers_the_truth_though_the_best_looks_best_by_chance(
    kind: str, worlds: int, replicates: int, apart: float
) -> None:
    """Of doctrines that are alike, and of some that differ: worlds drawn anew or the same, replicates always anew.

    Intervals over worlds alone would cover in less than half of the data sets.
    """
    rng, times, met, plain, off = np.random.default_rng(7), 50, 0.0, 0.0, 0.0
    steps, population = apart * np.arange(4)[:, None], apart * rng.normal(size=(4, 50_000))
    given = steps + apart * rng.normal(size=(4, worlds))
    for _ in range(times):
        mean = steps + apart * rng.normal(size=(4, worlds)) if kind == "worlds" else given
        true = regrets(steps + population if kind == "worlds" else given).mean(axis=1)
        chance = 0.3 * rng.normal(size=(4, 1, replicates)) + rng.normal(size=(4, worlds, replicates))
        found = regret(made(10.0 + mean[:, :, None] + chance, kind=kind), [DETERRED])
        met += float(np.mean((found["low"].to_numpy() <= true + 1e-9) & (true <= found["high"].to_numpy())))
        plain += float(np.mean((found["mean"] + found["bias"]).to_numpy() - true))
        off += float(np.mean(found["mean"].to_numpy() - true))
    assert met / times >= 0.93
    assert abs(off) < 0.85 * plain


def test_the_mean_regret_by_hand() -> None:
    """Two doctrines, one world, three replicates: chosen by two and judged on the third, by turns."""
    values = np.array([[[4.0, 0.0, 2.0]], [[1.0, 1.0, 3.0]]])
    rows = regret(made(values, kind="grid"), [DETERRED]).to_dicts()
    chosen = np.mean([values[int(np.argmax(np.delete(values[:, 0], at, axis=1).mean(1))), 0, at] for at in range(3)])
    means = values.mean(axis=2)[:, 0]
    for row, mean in zip(rows, means, strict=True):
        upper, lower = means.max() - mean, chosen - mean
        assert row["largest"] == pytest.approx(upper)
        assert row["mean"] == pytest.approx(max(0.0, (upper + lower) / 2))
        assert row["mean"] + row["bias"] == pytest.approx(upper)
    half = float(t.ppf(0.975, 2)) * np.std(values[0] - values[1], ddof=1) / np.sqrt(3)
    assert rows[0]["high"] == pytest.approx(means[1] - means[0] + half)  # the best is bounded by the best of the others
    assert rows[1]["high"] == pytest.approx(means[0] - means[1] + half)
    assert rows[1]["low"] == pytest.approx(max(0.0, chosen - means[1] - half))
    lone = regret(made(drawn(5, replicates=1)), [DETERRED])
    assert [lone[name].null_count() for name in ("mean", "low", "high", "bias")] == [0, 3, 3, 3]


def behind(by: float, half: float, replicates: int = 3) -> Any:
    """Values so far behind 10 in the mean, with half an interval so long."""
    apart = np.arange(replicates) - (replicates - 1) / 2
    return 10.0 - by + apart * half / (quantile(replicates) * apart.std(ddof=1) / np.sqrt(replicates))


def test_the_best_may_fall_short_of_whoever_may_be_ahead_by_its_own_interval() -> None:
    """The interval is Student's: with n rather than n − 1 in its variance nobody would reach ahead here."""
    first, second = np.full(3, 10.0), behind(0.9, 1.0)
    row = regret(made([[first], [second]], kind="grid"), [DETERRED]).row(0, named=True)
    assert (row["mean"], row["low"]) == (0.0, 0.0)
    assert row["high"] == pytest.approx(1.0 - 0.9)
    sure = regret(made([[first], [behind(1.1, 1.0)]], kind="grid"), [DETERRED]).row(0, named=True)
    assert sure["high"] == 0.0


def test_of_several_that_may_be_ahead_the_one_that_reaches_furthest_counts() -> None:
    """Neither the second best, nor the least sure: the largest of difference and half its interval."""
    others = [behind(0.1, 0.2), behind(0.5, 1.0), behind(3.0, 2.0)]
    for order in itertools.permutations(others):
        values = [[np.full(3, 10.0)], *([other] for other in order)]
        row = regret(made(values, kind="grid"), [DETERRED]).row(0, named=True)
        assert row["high"] == pytest.approx(1.0 - 0.5)


@pytest.mark.parametrize(("worlds", "kind"), [(3, "worlds"), (1, "grid")])
def test_regret_of_what_is_undefined_everywhere_is_undefined(worlds: int, kind: str) -> None:
    shape = (2, worlds, 2)
    rows = regret(made(np.ones(shape), kind=kind, deterrable=np.zeros(shape)), [DETERRED]).to_dicts()
    assert [[row[name] for name in ("largest", "mean", "low", "high", "least")] for row in rows] == [
        [None, None, None, None, False]
    ] * 2


def test_findings_count_worlds_where_worlds_are_drawn() -> None:
    found = findings(made(drawn(1, worlds=8, replicates=5)).results)
    assert {(one.n, one.unit) for one in found} == {(8, "worlds")}
    assert {section.n for section in sections(found)} == {"n = 8 worlds"}
    assert {section.n for section in sections(findings(made(drawn(1, worlds=1), kind="grid").results))} == {
        "n = 5 replicates"
    }


def test_the_interval_of_a_shortfall_covers_with_few_replicates() -> None:
    """One doctrine is far better, so that the other's shortfall is a plain paired mean."""
    rng, met = np.random.default_rng(3), 0
    for _ in range(150):
        values = np.stack([rng.normal(0.0, 1.0, (1, 6)), np.full((1, 6), 9.0)])
        row = regret(made(values, kind="grid"), [DETERRED]).row(0, named=True)
        met += row["low"] <= 9.0 <= row["high"]
    assert met >= 0.9 * 150


def test_a_paired_difference_by_hand() -> None:
    comparison = made([[[1.0, 2.0, 3.0]], [[2.0, 2.0, 5.0]]], kind="grid")
    row = differences(comparison, [DETERRED]).row(0, named=True)
    paired, apart = np.array([1.0, 0.0, 2.0]), (np.array([1.0, 2.0, 3.0]), np.array([2.0, 2.0, 5.0]))
    assert row["mean"] == pytest.approx(1.0)
    assert row["standard_error"] == pytest.approx(paired.std(ddof=1) / np.sqrt(3))
    assert row["variance_ratio"] == pytest.approx(sum(each.var(ddof=1) for each in apart) / paired.var(ddof=1))
    assert (row["n"], row["verdict"]) == (3, "unclear")


def test_the_reference_does_not_differ_from_itself() -> None:
    for kind in ("worlds", "grid"):
        found = made(drawn(2), kind=kind).contrast(DETERRED, np.zeros((1, 3))).row(0)
        assert [found[name] for name in ("mean", "standard_error", "low", "high")] == [0.0] * 4, kind
    same = made(np.stack([drawn(2)[0]] * 2))
    row = differences(same, [DETERRED]).row(0, named=True)
    assert [row[name] for name in ("mean", "low", "high", "q05", "q95", "verdict")] == [0.0] * 5 + ["unclear"]
    assert superiority(same, [DETERRED])["mean"].to_list() == [0.5, 0.5]
    assert regret(same, [DETERRED])["largest"].to_list() == [0.0, 0.0]


def test_the_error_over_drawn_worlds_is_that_of_the_two_way_layout() -> None:
    """Mean squares of the analysis of variance with both factors at random."""
    values = drawn(3, doctrines=2, worlds=7, replicates=4)
    other = values[1] - values[0]
    of_world, of_replicate = other.mean(1, keepdims=True), other.mean(0, keepdims=True)
    world = 4 * np.sum((of_world - other.mean()) ** 2) / 6
    replicate = 7 * np.sum((of_replicate - other.mean()) ** 2) / 3
    rest = np.sum((other - of_world - of_replicate + other.mean()) ** 2) / 18
    wanted = (max(world - rest, 0.0) + max(replicate - rest, 0.0) + rest) / 28
    found = made(values).against(DETERRED).error
    assert found.variance[1] == pytest.approx(wanted)


@pytest.mark.parametrize(("world", "chance"), [(1.0, 0.2), (0.2, 1.0), (0.0, 0.0)])
def test_intervals_over_drawn_worlds_cover_the_truth(world: float, chance: float) -> None:
    """Worlds that count as independent, on shared random numbers, would cover too rarely."""
    rng = np.random.default_rng(4)
    cells = crossed.layout(np.ones((12, 8), bool), np.ones(12), drawn=True)
    sizes = ((4000, 12, 1), (4000, 1, 8), (4000, 12, 8))
    values = sum(scale * rng.normal(size=size) for scale, size in zip((world, chance, 1.0), sizes, strict=True))
    mean = values.mean((1, 2))
    half = crossed.error((values - mean[:, None, None]) * cells.weight, cells).half()
    assert np.mean(np.abs(mean) <= half) >= 0.94


def test_one_replicate_or_one_world_says_so() -> None:
    lone = made([[[1.0]], [[2.0]]], kind="grid")
    row = differences(lone, [DETERRED]).row(0, named=True)
    assert (row["mean"], row["low"], row["verdict"], row["jointly"]) == (1.0, None, None, None)
    assert differences(lone)["jointly"].null_count() == len(CRITERIA)  # at Bonferroni's level as well
    assert "n = 1 replicate, so no interval" in interval_note(lone)
    assert pareto(lone)["resamples"].null_count() == 2
    assert {cell for _, *cells in slide(lone).rows() for cell in cells} == {"–"}
    for grid in (difference_grid(lone), kind_grid(lone), rest_grid(lone)):
        assert {line.cells.get(name, "–") for line in grid.lines for name in grid.doctrines} == {"–"}
    for shares in (superiority, dominance, satisficing, winners):
        assert shares(lone)["mean"].null_count() == shares(lone).height
    (said,) = screen_tables(lone, 100)
    assert "that takes two" in said
    one_part = winners(made(drawn(5, worlds=4))).filter(n=1)  # a third with one drawn world
    assert one_part.height > 0
    assert one_part["mean"].null_count() == one_part.height
    given = superiority(made(drawn(5, replicates=1), kind="list"), [DETERRED])  # all the worlds there are
    assert given["mean"].null_count() == 0
    worlds = made(drawn(5, replicates=1))
    assert differences(worlds, [DETERRED])["low"].null_count() == 0
    assert "leaves out what one replicate adds" in interval_note(worlds)


@settings(max_examples=5, deadline=None)
@given(st.permutations(range(4)))
def test_the_order_of_doctrines_changes_nothing_else(order: list[int]) -> None:
    values = drawn(6, doctrines=4)
    first, second = made(values), made(values[order])
    first.reference, second.reference = 0, order.index(0)
    second.doctrines = [f"d{at}" for at in order]
    for table in (estimates, differences, superiority, dominance, regret, satisficing):
        keys = [name for name in table(first).columns if name in ("doctrine", "other", "metric", "target")]
        assert_frame_equal(table(first).sort(keys), table(second).sort(keys))
    columns = ["doctrine", "metric", "mean", "low", "high"]
    one, other = (winners(each, [DETERRED]).filter(pl.col("parameter").is_null()) for each in (first, second))
    assert_frame_equal(one.select(columns).sort("doctrine"), other.select(columns).sort("doctrine"))


@settings(max_examples=5, deadline=None)
@given(st.lists(st.integers(1, 3), min_size=4, max_size=4), st.integers(0, 1000))
def test_a_weight_is_as_so_many_worlds(times: list[int], seed: int) -> None:
    values = drawn(seed, worlds=4, replicates=3)
    weighted = made(values, [float(count) for count in times])
    repeated = made(np.repeat(values, times, axis=1))
    numbers = ["mean", *("q05", "q25", "median", "q75", "q95", "spread", "noise")]
    assert_frame_equal(estimates(weighted).select("mean"), estimates(repeated).select("mean"))
    assert_frame_equal(differences(weighted).select(numbers), differences(repeated).select(numbers))
    assert_frame_equal(superiority(weighted).select("mean"), superiority(repeated).select("mean"))
    assert_frame_equal(dominance(weighted).select("mean"), dominance(repeated).select("mean"))
    assert_frame_equal(regret(weighted).select("largest", "mean"), regret(repeated).select("largest", "mean"))
    assert_frame_equal(satisficing(weighted).select("mean"), satisficing(repeated).select("mean"))
    assert_frame_equal(pareto(weighted).select("worlds"), pareto(repeated).select("worlds"))
    means = [winners(each).filter(pl.col("parameter").is_null())["mean"] for each in (weighted, repeated)]
    assert means[0].to_list() == pytest.approx(means[1].to_list())
    assert weighted.results.estimate(["doctrine"], [DETERRED])["mean"].to_list() == pytest.approx(
        estimates(weighted, [DETERRED])["mean"].to_list()
    )


def test_a_cell_in_which_one_doctrine_failed_counts_for_none() -> None:
    values = drawn(7, worlds=4, replicates=3)
    values[1, 2, 0] = np.nan
    values[2, 3, :] = np.nan
    comparison = made(values)
    assert comparison.left_out == 4
    kept = np.where(np.isnan(values).any(axis=0), np.nan, values)
    means = np.nanmean(kept[:, :3], axis=2).mean(axis=1)
    assert estimates(comparison, [DETERRED])["mean"].to_list() == pytest.approx(means.tolist())
    assert regret(comparison, [DETERRED])["n"].to_list() == [3, 3, 3]
    values[0] = np.nan
    with pytest.raises(ConfigurationError, match="no run of d0 that succeeded"):
        made(values)


# Pareto, regret, targets, superiority


@settings(max_examples=200, deadline=None)
@given(st.integers(1, 4).flatmap(lambda k: st.lists(st.tuples(*[st.integers(0, 3)] * k), min_size=1, max_size=8)))
def test_the_pareto_set_is_that_of_brute_force(points: list[tuple[int, ...]]) -> None:
    def beaten(one: tuple[int, ...], other: tuple[int, ...]) -> bool:
        return all(a >= b for a, b in zip(other, one, strict=True)) and other != one

    wanted = [not any(beaten(one, other) for other in points) for one in points]
    assert non_dominated(np.array(points, float)).tolist() == wanted
    assert any(wanted)


def test_the_pareto_set_says_by_whom_and_how_surely() -> None:
    rng = np.random.default_rng(8)
    noise = 0.01 * rng.normal(size=(3, 1, 40))
    level = np.array([0.5, 0.4, 0.4])[:, None, None]
    comparison = made(
        level + noise, kind="grid", cost=np.stack([np.ones((1, 40)), np.ones((1, 40)), 2 * np.ones((1, 40))])
    )
    found = pareto(comparison, [DETERRED, "eu_cost"])
    assert found["in_set"].to_list() == [True, False, False]
    assert found["dominated_by"][1] == "d0"
    assert found["resamples"].to_list() == [1.0, 0.0, 0.0]
    clear = dominance(comparison, [DETERRED, "eu_cost"]).filter(doctrine="d0")
    assert clear["in_the_mean"].to_list() == [True, True]
    assert clear["clearly"].to_list() == [False, True]  # as cheap as d1, not clearly cheaper


TABLE = np.array([[5.0, 1.0, 3.0], [3.0, 3.0, 3.0], [0.0, 4.0, 2.0]])
"""Doctrines × worlds."""


def test_regret_of_a_table_by_hand() -> None:
    assert regrets(TABLE).tolist() == [[0.0, 3.0, 0.0], [2.0, 1.0, 0.0], [5.0, 0.0, 1.0]]
    found = regret(made(TABLE[:, :, None]), [DETERRED])
    assert found["largest"].to_list() == [3.0, 2.0, 5.0]
    assert found["world"].to_list() == [1, 0, 0]
    assert found["least"].to_list() == [False, True, False]
    assert found["mean"].to_list() == pytest.approx([1.0, 1.0, 2.0])
    weighted = regret(made(TABLE[:, :, None], [1.0, 1.0, 2.0]), [DETERRED])
    assert weighted["mean"].to_list() == pytest.approx([0.75, 0.75, 1.75])
    less = regret(made(TABLE[:, :, None], escalated=TABLE), ["escalation_rate"])  # less is better
    assert less["largest"].to_list() == [5.0, 3.0, 3.0]


def test_targets_met_in_a_table_by_hand() -> None:
    comparison = made(TABLE[:, :, None], [1.0, 1.0, 2.0], escalated=TABLE)
    targets = read_targets(["deterrence_rate>=0.9", "escalation_rate <= 0.95"])
    targets = [targets[0]._replace(value=3.0), targets[1]._replace(value=3.0)]
    found = satisficing(comparison, targets).pivot(on="target", index="doctrine", values="mean")
    assert found.rows() == [("d0", 0.75, 0.75, 0.5), ("d1", 1.0, 1.0, 1.0), ("d2", 0.25, 0.75, 0.0)]


@settings(max_examples=40, deadline=None)
@given(st.integers(2, 60).flatmap(lambda n: st.tuples(st.just(n), st.integers(0, n))))
def test_a_share_is_that_of_scipy(case: tuple[int, int]) -> None:
    from scipy.stats import binomtest

    n, met = case
    found = share_of_cases(np.arange(n) < met, np.full(n, 1 / n))
    wanted = binomtest(met, n).proportion_ci(method="wilson")
    assert (found.mean, found.low, found.high) == pytest.approx((met / n, wanted.low, wanted.high), abs=1e-12)
    assert share_of_cases(np.ones(n), np.ones(n), drawn=False)[1:] == (None, None, n)


def test_the_probability_of_superiority_is_that_of_the_normal() -> None:
    """Of two normals, one better by its standard deviation: Φ(1/√2)."""
    from scipy.stats import norm

    rng = np.random.default_rng(9)
    values = rng.normal(size=(2, 1, 4000)) + np.array([0.0, 1.0])[:, None, None] + 9.0
    comparison = made(values, kind="grid")
    assert comparison.unit == "replicates"
    row = superiority(comparison, [DETERRED]).filter(doctrine="d1").row(0, named=True)
    assert row["low"] < norm.cdf(1 / np.sqrt(2)) < row["high"]
    assert beats(np.array([1.0, 2.0, 0.0]), np.array([1.0, 1.0, 1.0])).tolist() == [0.5, 1.0, 0.0]


def test_clear_shares_leave_out_worlds_that_chance_could_turn() -> None:
    rng = np.random.default_rng(10)
    sure, unsure = np.tile([5.0], (20, 1)), np.zeros((20, 1))
    ahead = np.concatenate([sure, unsure]) + 0.5 * rng.normal(size=(40, 6))
    values = np.stack([np.full((40, 6), 20.0), 20.0 + ahead])
    row = superiority(made(values), [DETERRED]).filter(doctrine="d1").row(0, named=True)
    assert 0.5 <= row["clearly_better"] <= 0.56
    assert row["clearly_worse"] <= 0.06


def test_what_parts_the_winners_is_found_and_noise_is_not() -> None:
    rng = np.random.default_rng(11)
    weight, gain, noise = np.full(90, 1 / 90), np.arange(90.0), rng.permutation(90.0 * np.arange(90))
    won = wins(np.stack([gain, 89.0 - gain]))
    parted = [parts_of(pl.Series(values), weight) for values in (gain, noise)]
    assert [part.inside.sum() for part in parted[0]] == [30, 30, 30]
    (real, chance), (none, same) = separations(won, weight, parted, 1)
    assert real == pytest.approx((0.5 + 0.0 + 0.5) / 3)
    assert real > chance == same > none
    assert wins(np.array([[1.0, 2.0], [1.0, 0.0]])).tolist() == [[0.5, 1.0], [0.5, 0.0]]
    levels = parts_of(pl.Series(["a", "b", "a"]), np.ones(3))
    assert [(part.name, part.inside.tolist()) for part in levels] == [
        ("a", [True, False, True]),
        ("b", [False, True, False]),
    ]


def test_thirds_are_of_equal_weight() -> None:
    parts = parts_of(pl.Series([1.0, 2.0, 3.0, 4.0, 5.0, 6.0]), np.array([4.0, 1.0, 1.0, 1.0, 1.0, 4.0]))
    assert [part.inside.tolist().count(True) for part in parts] == [1, 4, 1]
    assert [(part.low, part.high) for part in parts] == [(1.0, 1.0), (2.0, 5.0), (6.0, 6.0)]


def test_names_find_room() -> None:
    points = [(50.0 + at, 50.0 + 2 * at) for at in range(8)]
    boxes = place(points, [(60.0, 8.0)] * 8, Box(0.0, 0.0, 300.0, 200.0))
    assert sum(one.overlap(other) for one, other in itertools.combinations(boxes, 2)) == 0.0
    assert not any(box.outside(Box(0.0, 0.0, 300.0, 200.0)) for box in boxes)


def test_numbers_have_the_digits_that_their_interval_leaves() -> None:
    assert slide_number(4.559, (4.082, 5.036), signed=True) == "+4.56 ±0.48"
    assert slide_number(11.08, (10.46, 11.7), signed=True) == "+11.1 ±0.6"
    assert slide_number(-33.9, (-46.2, -21.6)) == "−34 ±12"
    assert slide_number(-0.001, (-0.201, 0.199), signed=True) == "0.00 ±0.20"
    assert slide_number(1.19, (-0.642, 2.169), signed=True) == "+1.2 [−0.6, 2.2]"
    assert slide_number(0.123, None) == "0.12"


TARGETS = {
    "deterence_rate>=0.1": "did you mean 'deterrence_rate'?",
    "response_delay<=20": "is a median of a run",
    "harm_averted=0.1": "is no condition",
    "harm_averted>=ten": "is no condition",
    "harm_averted>=nan": "is no condition",
    "harm_averted>=10": "is more than the whole; allowed: a share of 1",
}


@pytest.mark.parametrize("text", TARGETS)
def test_targets_that_are_none(text: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        read_targets([text])
    assert TARGETS[text] in str(caught.value)


def test_targets_twice_and_by_default() -> None:
    with pytest.raises(ConfigurationError, match="given twice"):
        read_targets(["eu_cost<=2", "eu_cost<=3"])
    assert read_targets([]) == DEFAULT_TARGETS
    assert {target.metric for target in DEFAULT_TARGETS} <= set(CRITERIA)
    assert all((target.operator == ">=") == (METRICS[target.metric].better > 0) for target in DEFAULT_TARGETS)


# figures

LONG = ["clear_ladder", "sustained_actor_strategy", "maximum_pressure", "strategic_ambiguity", "due_diligence", "none"]


def pictured(doctrines: int, worlds: int, replicates: int, **more: Any) -> Comparison:
    """A comparison with figures that look like the model's, some doctrines close to one another."""
    rng = np.random.default_rng(doctrines + worlds)
    shape = (doctrines, worlds, replicates)
    level = np.linspace(0.0, 1.0, doctrines)[:, None, None] ** 3
    columns = {
        "escalated": 0.02 * level + 0.005 * rng.random(shape),
        "cost": 1.0 + 3.0 * level + 0.5 * rng.random(shape),
        "expected_harm": 0.9 - 0.2 * level + 0.05 * rng.random(shape),
        "expected_severe": 0.8 + 0.3 * rng.random(shape) - 0.2 * level * np.arange(worlds)[None, :, None] / worlds,
        "twin_expected_harm": np.ones(shape),
        "weeks": np.full(shape, 52.0),
    }
    return made(0.05 + 0.1 * level + 0.02 * rng.random(shape), **{**columns, **more})


def called(results: Results, names: list[str]) -> Results:
    """The same results with other names of the doctrines."""
    renamed = dict(zip(results.manifest.factors["doctrine"], names, strict=True))
    results.manifest.factors["doctrine"] = names
    results.__dict__["design"] = results.design.with_columns(pl.col("doctrine").replace(renamed))
    return results


PICTURES = {
    "eleven in one world": (11, 1, 20),
    "two in one world": (2, 1, 20),
    "eleven in worlds": (11, 30, 4),
    "one replicate": (3, 1, 1),
}


@pytest.fixture(scope="module")
def pictures() -> list[look.Drawn]:
    found = []
    for name, shape in PICTURES.items():
        results = called(pictured(*shape).results, [f"{LONG[at % 6]}{'_again' * (at // 6)}" for at in range(shape[0])])
        drawn = comparison_figures(results)
        places = {"places"} if shape[1] > 1 else set()
        assert set(drawn) == {"comparison", "by_kind", "pareto", "winners", "regret", *places}, name
        found += [look.draw(f"{name}: {key}", results, figure) for key, figure in drawn.items()]
    return found


def test_figures_can_be_read(pictures: list[look.Drawn]) -> None:
    """The checks that all figures pass: clipping, overlaps, sizes, empty panels."""
    look.assert_legible(pictures)
    look.assert_printable(pictures)
    look.assert_filled(pictures)


def test_names_over_two_lines_do_not_touch(monkeypatch: pytest.MonkeyPatch) -> None:
    names = [f"status_quo_in_a_world_that_differs_by_{at}" for at in ("one", "two", "six")]
    results = called(pictured(3, 1, 6).results, names)
    drawn = comparison_figures(results)
    look.assert_legible([look.draw(key, results, drawn[key]) for key in ("comparison", "regret")])
    monkeypatch.setattr(forest, "LINE", 1.0)
    drawn = comparison_figures(results)
    with pytest.raises(AssertionError):
        look.assert_legible([look.draw("comparison", results, drawn["comparison"])])


@pytest.mark.slow
def test_figures_fit_slides(pictures: list[look.Drawn]) -> None:
    """Whole, and cut where more doctrines would cut them."""
    found = {one.name: one.results for one in pictures}
    several, alone = found["eleven in one world: comparison"], found["one replicate: comparison"]
    for name, sheets in (("comparison", 1), ("pareto", 2)):
        assert len(slides.check(name, several)) == sheets
    assert len(slides.check("regret", alone)) == 1
    for name in ("comparison", "regret"):
        slides.cut(name, several, 2)
    level, world = np.linspace(0.0, 1.0, 6)[:, None, None], np.arange(30)[None, :, None] / 30.0
    parted = pictured(6, 30, 4, expected_harm=0.8 - 0.3 * level * (world - 0.5) + np.zeros((6, 30, 4)))
    shares, parts = slides.check("winners", parted.results)
    assert [axes.get_title("left") for axes in (*shares.axes, *parts.axes)] == ["a", "b"]


def test_figures_say_what_they_are(pictures: list[look.Drawn]) -> None:
    for one in pictures:
        for word in ("Baseline", "doctrines", "Twin", "Seed 1", "design dddddddd"):
            assert word in one.said, one.name
        if one.name == "one replicate: winners":
            assert "they take two" in one.said
            assert {text.get_text() for text in one.figure.axes[0].texts} >= {"–"}
        if one.name == "one replicate: comparison":
            assert "so no interval" in one.said
        if one.name.startswith("eleven in worlds: comparison"):
            assert "30 worlds, 4 replicates in each" in one.said
        for axes in one.figure.axes:
            assert one.shows(axes.xaxis.label), one.name


def test_the_forest_shows_the_differences(pictures: list[look.Drawn]) -> None:
    one = next(each for each in pictures if each.name == "eleven in worlds: comparison")
    table = differences(comparison_of(one.results), ["harm_averted"])
    found = {line.get_xdata()[0] for line in one.figure.axes[2].lines if len(line.get_xdata()) == 1}  # type: ignore[index, arg-type]
    assert {100.0 * mean for mean in table["mean"]} <= found


def test_the_forest_shows_the_ends_of_uneven_intervals() -> None:
    comparison = made(skewed(1), kind="grid")
    row = differences(comparison, [DETERRED]).row(0, named=True)
    figure = comparison_figures(comparison.results)["comparison"]
    bars = [list(map(float, line.get_xdata())) for line in figure.axes[0].lines if len(line.get_xdata()) == 2]  # type: ignore[arg-type]
    assert [100.0 * row["low"], 100.0 * row["high"]] in bars
    assert "bootstrap where replicates are skewed" in look.draw("skewed", comparison.results, figure).said

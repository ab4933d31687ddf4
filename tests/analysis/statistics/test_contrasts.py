"""Paired differences: by hand, against brute force and known covariances, and how often their intervals cover."""

from typing import Any

import numpy as np
import polars as pl
import pytest

from analysis.results.folder import RUNS_SCHEMA
from analysis.statistics.contrasts import Influence, contrast, influence, paired
from analysis.statistics.estimates import estimate
from analysis.statistics.intervals import quantile
from model.configuration import ConfigurationError

RATE, HARM = "deterrence_rate", "harm_averted"
DESIGN = pl.DataFrame({"point": range(4), "a": ["x", "x", "y", "y"], "b": [0, 1, 0, 1]})


def made_up(points: int, replicates: int, seed: int = 1) -> pl.DataFrame:
    """Runs of noise that the points of a replicate share in part."""
    draws, size = np.random.default_rng(seed), points * replicates
    columns: dict[str, Any] = {name: draws.integers(1, 50, size) for name in RUNS_SCHEMA}
    shared = np.tile(draws.gamma(20.0, 1.0, replicates), points)
    for above, below in (("deterred", "deterrable"), ("expected_harm", "twin_expected_harm")):
        columns[below] = shared + draws.gamma(20.0, 1.0, size)
        columns[above] = columns[below] * draws.beta(4.0, 8.0, size) + 0.2 * shared
    columns["point"], columns["replicate"] = np.divmod(np.arange(size), replicates)
    columns["status"], columns["error"] = ["ok"] * size, [None] * size
    return pl.DataFrame(columns, strict=False).cast(RUNS_SCHEMA)  # type: ignore[arg-type]


def matrices(x: Any, y: Any, *, complement: bool = False) -> Influence:
    """Numerators and denominators [replicate, group] as they are."""
    x, y = np.asarray(x, float), np.asarray(y, float)
    levels = pl.DataFrame({"g": range(x.shape[1])})
    return Influence(RATE, levels, np.arange(len(x)), np.ones(len(x), bool), x, y, complement)


def failed(runs: pl.DataFrame, where: pl.Expr) -> pl.DataFrame:
    return runs.with_columns(status=pl.when(where).then(pl.lit("failed")).otherwise("status"))


def test_a_difference_by_hand() -> None:
    x, y = [[1.0, 3.0], [2.0, 2.0], [6.0, 1.0]], [[2.0, 4.0], [4.0, 5.0], [6.0, 3.0]]
    found = contrast(matrices(x, y), [[-1.0, 1.0]])
    one = (np.array([1.0, 2.0, 6.0]) - 0.75 * np.array([2.0, 4.0, 6.0])) / 4.0
    other = (np.array([3.0, 2.0, 1.0]) - 0.5 * np.array([4.0, 5.0, 3.0])) / 4.0
    assert found.mean[0] == pytest.approx(6 / 12 - 9 / 12)
    assert found.standard_error[0] == pytest.approx(np.sqrt(((other - one) ** 2).sum() / 6))
    assert found.variance_ratio[0] == pytest.approx(((one**2).sum() + (other**2).sum()) / ((other - one) ** 2).sum())
    assert found.n[0] == 3
    assert found.high[0] - found.mean[0] == pytest.approx(4.302653 * found.standard_error[0], rel=1e-6)


def test_one_group_alone_is_estimated_as_by_estimate() -> None:
    runs = made_up(4, 30)
    for metric in (RATE, HARM):
        table = estimate(runs, DESIGN, ["a"], [metric])
        found = influence(runs, DESIGN, ["a"], metric)
        alone = contrast(found, np.eye(2))
        assert alone.mean == pytest.approx(table["mean"].to_numpy(), rel=1e-12)
        assert found.mean == pytest.approx(table["mean"].to_numpy(), rel=1e-12)
        assert alone.standard_error == pytest.approx(table["standard_error"].to_numpy(), rel=1e-12)
        assert np.sqrt((found.values**2).sum(0) / (30 * 29)) == pytest.approx(table["standard_error"].to_numpy())
        assert alone.variance_ratio == pytest.approx([1.0, 1.0])


def test_the_standard_error_agrees_with_the_jackknife_of_the_difference() -> None:
    """Brute force: each replicate left out in turn, all points of it together."""
    runs, n = made_up(4, 60), 60
    for metric, above, below, sign in (
        (RATE, "deterred", "deterrable", 1),
        (HARM, "expected_harm", "twin_expected_harm", -1),
    ):
        left_out = []
        for replicate in range(n):
            some = runs.filter(pl.col("replicate") != replicate)
            x, y = (some.filter(pl.col("point").is_in(points)) for points in ([0, 1], [2, 3]))
            left_out.append(sign * (y[above].sum() / y[below].sum() - x[above].sum() / x[below].sum()))
        jackknife = np.sqrt((n - 1) / n * ((left_out - np.mean(left_out)) ** 2).sum())
        row = paired(runs, DESIGN, ["a"], {"a": "x"}, [metric]).row(0, named=True)
        assert row["standard_error"] == pytest.approx(jackknife, rel=0.02)
        assert row["mean"] == pytest.approx(np.mean(left_out), rel=0.02)


@pytest.mark.parametrize("correlation", [0.0, 0.5, 0.95, -0.6])
def test_pairing_cuts_the_variance_by_what_the_covariance_says(correlation: float) -> None:
    """Of two estimates with equal variance: 2σ² unpaired, 2σ²(1 − ρ) paired."""
    x = np.random.default_rng(4).multivariate_normal([5.0, 6.0], [[1.0, correlation], [correlation, 1.0]], 20_000)
    found = contrast(matrices(x, np.ones_like(x)), [[-1.0, 1.0]])
    assert found.variance_ratio[0] == pytest.approx(1.0 / (1.0 - correlation), rel=0.05)


@pytest.mark.parametrize("replicates", [5, 20, 100])
def test_intervals_of_differences_cover_the_truth(replicates: int) -> None:
    """Two thousand data sets: two doctrines on shared random numbers, truth .25 − .30."""
    draws, worlds = np.random.default_rng(8), 2000
    y = draws.poisson(40, (replicates, worlds)) + 1.0
    common = draws.normal(0.0, 0.04, (replicates, worlds))
    x = np.hstack([y * (0.30 + common), y * (0.25 + common)]) + draws.normal(0.0, 0.5, (replicates, 2 * worlds))
    coefficients = np.hstack([-np.eye(worlds), np.eye(worlds)])
    found = contrast(matrices(x, np.hstack([y, y])), coefficients)
    covered = (found.low <= -0.05) & (found.high >= -0.05)
    assert 0.935 < covered.mean() < 0.965
    assert np.median(found.variance_ratio) > 2.0


def test_unpaired_intervals_would_be_too_wide() -> None:
    """The negative control of the test above: they cover always, so they say nothing of what a doctrine changes."""
    draws = np.random.default_rng(8)
    common = draws.normal(0.0, 1.0, (30, 500))
    x = np.hstack([common, common]) + draws.normal(0.0, 0.2, (30, 1000)) + 5.0
    found = contrast(matrices(x, np.ones_like(x)), np.hstack([-np.eye(500), np.eye(500)]))
    unpaired = (found.high - found.low) / 2.0 * np.sqrt(found.variance_ratio)
    assert (np.abs(found.mean) <= unpaired).mean() > 0.995
    assert 0.92 < ((found.low <= 0.0) & (found.high >= 0.0)).mean() < 0.98


def test_equal_groups_do_not_differ_at_all() -> None:
    runs = made_up(1, 10)
    twice = pl.concat([runs, runs.with_columns(point=pl.lit(1, pl.Int64))])
    row = paired(twice, DESIGN.head(2), ["point"], {"point": 0}, [RATE]).row(0, named=True)
    assert (row["mean"], row["standard_error"], row["low"], row["high"]) == (0.0, 0.0, 0.0, 0.0)
    assert row["variance_ratio"] is None


def test_the_difference_of_complements_has_its_own_sign() -> None:
    runs = made_up(4, 20)
    levels = estimate(runs, DESIGN, ["a"], [HARM])["mean"]
    row = paired(runs, DESIGN, ["a"], {"a": "x"}, [HARM]).row(0, named=True)
    assert row["mean"] == pytest.approx(levels[1] - levels[0])


def test_columns_without_a_reference_are_matched() -> None:
    runs = made_up(4, 20)
    table = paired(runs, DESIGN, ["b", "a"], {"a": "x"}, [RATE, HARM])
    assert table.columns == [
        "b",
        "a",
        "metric",
        "mean",
        "standard_error",
        "low",
        "high",
        "n",
        "interval",
        "variance_ratio",
    ]
    assert table.select("b", "a", "metric").rows() == [(b, "y", metric) for b in (0, 1) for metric in (RATE, HARM)]
    points = paired(runs, DESIGN, ["point"], {"point": 1}, [RATE])
    assert table.row(2)[3:] == pytest.approx(points.row(2)[2:])  # point 3 against 1: y against x where b is 1


def test_groups_that_have_no_reference_are_left_out() -> None:
    table = paired(made_up(3, 5), DESIGN.head(3), ["b", "a"], {"a": "y"}, [RATE])
    assert table.select("b", "a").rows() == [(0, "x")]


def test_runs_that_the_other_group_lacks_count_for_nothing() -> None:
    runs = made_up(4, 12)
    one, other = (pl.col("point") == 1) & (pl.col("replicate") == 3), (pl.col("point") == 2) & (pl.col("replicate") > 8)
    broken = failed(runs, one | other)
    row = paired(broken, DESIGN, ["a"], {"a": "x"}, [RATE])
    counterparts = ((pl.col("point") == 3) & (pl.col("replicate") == 3)) | (
        (pl.col("point") == 0) & (pl.col("replicate") > 8)
    )
    assert row.equals(paired(failed(broken, counterparts), DESIGN, ["a"], {"a": "x"}, [RATE]))
    assert row["n"].item() == 12
    # single points have what both have
    points = paired(broken, DESIGN, ["point"], {"point": 0}, [RATE])
    assert points["n"].to_list() == [11, 9, 12]


def test_replicates_in_which_it_is_undefined_count_for_nothing() -> None:
    runs = made_up(2, 6).with_columns(
        deterrable=pl.when((pl.col("point") == 1) & (pl.col("replicate") < 2)).then(0.0).otherwise("deterrable")
    )
    assert paired(runs, DESIGN.head(2), ["point"], {"point": 0}, [RATE])["n"].item() == 4
    nowhere = runs.with_columns(deterrable=pl.lit(0.0))
    row = paired(nowhere, DESIGN.head(2), ["point"], {"point": 0}, [RATE]).row(0, named=True)
    assert row["n"] == 0
    assert [row[name] for name in ("mean", "standard_error", "low", "high", "variance_ratio")] == [None] * 5


def test_one_replicate_gives_no_interval() -> None:
    row = paired(made_up(2, 1), DESIGN.head(2), ["point"], {"point": 0}, [RATE]).row(0, named=True)
    assert row["mean"] is not None
    assert [row[name] for name in ("standard_error", "low", "high", "variance_ratio")] == [None] * 4
    assert row["n"] == 1


def test_no_run_that_succeeded_gives_no_number() -> None:
    runs = failed(made_up(2, 3), pl.lit(value=True))
    row = paired(runs, DESIGN.head(2), ["point"], {"point": 0}, [RATE]).row(0, named=True)
    assert (row["mean"], row["n"]) == (None, 0)


def test_weights_are_as_so_many_points() -> None:
    runs = made_up(3, 10)
    again = pl.concat([runs, runs.filter(point=2).with_columns(point=pl.lit(3, pl.Int64))])
    design = pl.DataFrame({"point": range(4), "a": ["x", "y", "y", "y"]})
    thrice = paired(again, design, ["a"], {"a": "x"}, [RATE, HARM])
    weighted = paired(runs, design.head(3), ["a"], {"a": "x"}, [RATE, HARM], weights=[1.0, 0.5, 1.0])
    for name in ("mean", "standard_error", "low", "high"):
        assert weighted[name].to_list() == pytest.approx(thrice[name].to_list())
    pooled = estimate(runs, design.head(3), ["a"], [RATE], weights=[1.0, 0.5, 1.0])
    assert pooled["mean"].to_list() == pytest.approx(estimate(again, design, ["a"], [RATE])["mean"].to_list())


def test_a_point_that_weighs_nothing_need_not_be_there() -> None:
    runs = made_up(3, 10).filter(pl.col("point") != 2)
    design = pl.DataFrame({"point": range(3), "a": ["x", "y", "y"]})
    row = paired(runs, design, ["a"], {"a": "x"}, [RATE], weights=[1.0, 1.0, 0.0])
    assert row.equals(paired(runs, design.head(2), ["a"], {"a": "x"}, [RATE]))
    assert paired(runs, design, ["a"], {"a": "x"}, [RATE])["n"].item() == 0


@pytest.mark.parametrize("weights", [[1.0], [1.0, -1.0], [0.0, 0.0], [1.0, np.nan]])
def test_weights_that_are_none_are_refused(weights: list[float]) -> None:
    with pytest.raises(ConfigurationError, match="weights"):
        paired(made_up(2, 3), DESIGN.head(2), ["point"], {"point": 0}, [RATE], weights=weights)


def test_of_two_stages_the_pilot_gives_the_spread() -> None:
    """Points with more replicates: the mean of all that both have, the spread and the freedom of the pilot's."""
    runs = made_up(3, 40).filter((pl.col("point") != 1) | (pl.col("replicate") < 25))
    row = paired(runs, DESIGN.head(3), ["point"], {"point": 0}, [RATE], pilot=range(10)).row(0, named=True)
    early = paired(runs.filter(pl.col("replicate") < 10), DESIGN.head(3), ["point"], {"point": 0}, [RATE]).row(
        0, named=True
    )
    every = paired(runs, DESIGN.head(3), ["point"], {"point": 0}, [RATE]).row(0, named=True)
    assert (row["mean"], row["n"]) == (every["mean"], 25)
    assert row["standard_error"] == pytest.approx(early["standard_error"] * np.sqrt(10 / 25))
    assert row["high"] - row["mean"] == pytest.approx(float(quantile(10)) * row["standard_error"])
    pooled = paired(runs, DESIGN.head(3), ["a"], {"a": "x"}, [RATE], pilot=range(10))
    assert pooled.equals(paired(runs.filter(pl.col("replicate") < 10), DESIGN.head(3), ["a"], {"a": "x"}, [RATE]))


@pytest.mark.parametrize(
    ("by", "reference", "metric", "said"),
    [
        (["a"], {"a": "z"}, RATE, "is no level of a"),
        (["a"], {"b": 0}, RATE, "is not among the columns compared"),
        (["a"], {}, RATE, "at least one column"),
        (["aa"], {"aa": 0}, RATE, "is no column of the design"),
        (["a"], {"a": "x"}, "deterence_rate", "did you mean 'deterrence_rate'"),
    ],
)
def test_unknown_names_are_answered(by: list[str], reference: dict[str, Any], metric: str, said: str) -> None:
    with pytest.raises(ConfigurationError, match=said):
        paired(made_up(4, 2), DESIGN, by, reference, [metric])

"""Estimates against brute force, coverage of the intervals, and readers that refuse."""

from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest

from analysis.results.folder import RUNS_SCHEMA, open_results
from analysis.statistics.estimates import estimate, of_two_stages, ratio_of_sums, summarise
from analysis.statistics.intervals import quantile
from analysis.statistics.units import NAMES
from experiments import run_sweep
from model.configuration import ConfigurationError

SHORT = {"scenario.time.weeks": 60, "scenario.time.burn_in": 6}
SMALL = """
title = "Small"
question = "Does it work?"
replicates = 3
seed = 3
[factors]
"doctrine.clarity" = [0.0, 0.3, 1.0]
"""


def made_up(points: int, replicates: int, seed: int = 1) -> pl.DataFrame:
    """Runs with numbers from a hat."""
    draws, size = np.random.default_rng(seed), points * replicates
    columns: dict[str, Any] = {name: draws.integers(1, 50, size) for name in RUNS_SCHEMA}
    columns["point"] = np.repeat(np.arange(points), replicates)
    columns["replicate"] = np.tile(np.arange(replicates), points)
    columns["status"], columns["error"] = ["ok"] * size, [None] * size
    return pl.DataFrame(columns, strict=False).cast(RUNS_SCHEMA)  # type: ignore[arg-type]


def one(table: pl.DataFrame, metric: str, **where: Any) -> dict[str, Any]:
    found = table.filter(pl.col("metric") == metric, **where)
    return found.row(0, named=True)


def test_a_ratio_of_sums_and_its_error_by_hand() -> None:
    x, y = np.array([1.0, 2.0, 6.0]), np.array([2.0, 4.0, 6.0])
    found = ratio_of_sums(x, y, np.zeros(3, np.int64), 1)
    residual = x - 0.75 * y
    assert found.mean[0] == pytest.approx(9 / 12)
    assert found.standard_error[0] == pytest.approx(np.sqrt((residual**2).sum() / 2 * 3) / 12)
    assert found.n[0] == 3


def test_units_without_denominator_count_for_nothing() -> None:
    x, y = np.array([1.0, 5.0, 3.0, np.nan]), np.array([2.0, 0.0, 4.0, np.nan])
    found = ratio_of_sums(x, y, np.array([0, 0, 0, 1]), 3)
    assert found.mean[0] == pytest.approx(4 / 6)
    assert found.n.tolist() == [2, 0, 0]
    assert np.isnan(found.mean[1:]).all()
    assert np.isnan(found.standard_error[1:]).all()


def test_the_delta_method_agrees_with_the_bootstrap() -> None:
    draws = np.random.default_rng(7)
    y = draws.gamma(9.0, 2.0, 400)
    x = y * draws.beta(2.0, 5.0, 400)
    error = ratio_of_sums(x, y, np.zeros(400, np.int64), 1).standard_error[0]
    picks = draws.integers(0, 400, (4000, 400))
    assert error == pytest.approx((x[picks].sum(1) / y[picks].sum(1)).std(), rel=0.06)


def test_quantiles_are_those_of_students_t() -> None:
    assert quantile([2, 3, 6, 31, 101]) == pytest.approx([12.706, 4.303, 2.571, 2.042, 1.984], abs=5e-4)  # from tables
    assert np.isnan(quantile([0, 1])).all()


@pytest.mark.parametrize("replicates", [5, 20, 60])
def test_intervals_cover_the_truth(replicates: int) -> None:
    draws, worlds = np.random.default_rng(11), 4000
    y = draws.poisson(30, (worlds, replicates)) + 1.0
    x = draws.binomial(y.astype(int), 0.3).astype(float)
    found = ratio_of_sums(x.ravel(), y.ravel(), np.repeat(np.arange(worlds), replicates), worlds)
    covered = np.abs(found.mean - 0.3) <= quantile(replicates) * found.standard_error
    assert 0.93 < covered.mean() < 0.96


def test_replicates_are_the_units_of_what_is_pooled() -> None:
    points, replicates = 8, 40
    runs = made_up(points, replicates)
    shared = np.tile(np.random.default_rng(2).normal(0.0, 5.0, replicates), points) + 100.0
    runs = runs.with_columns(pl.Series("deterred", shared), deterrable=pl.lit(1000.0))
    design = pl.DataFrame({"point": range(points), "a": [0, 1] * 4})
    pooled = one(estimate(runs, design), "deterrence_rate")
    assert pooled["n"] == replicates
    assert pooled["standard_error"] == pytest.approx(shared[:replicates].std(ddof=1) / np.sqrt(replicates) / 1000.0)
    level = one(estimate(runs, design, ["a"]), "deterrence_rate", a=1)
    assert level["standard_error"] == pytest.approx(pooled["standard_error"])


def test_a_level_is_the_mean_over_its_points() -> None:
    runs = made_up(6, 10)
    design = pl.DataFrame({"point": range(6), "a": ["x", "x", "y", "y", "x", "y"], "b": [0, 1, 0, 1, 2, 2]})
    some = runs.filter(pl.col("point").is_in([2, 3, 5]))
    expected = 1.0 - some["expected_harm"].sum() / some["twin_expected_harm"].sum()
    table = estimate(runs, design, ["a"])
    assert one(table, "harm_averted", a="y")["mean"] == pytest.approx(expected)
    assert table["a"].unique(maintain_order=True).to_list() == ["x", "y"]
    assert estimate(runs, design, ["a", "b"], ["acts"]).select("a", "b").rows() == design.select("a", "b").rows()


def test_a_summary_has_every_metric_and_no_nan() -> None:
    runs = made_up(3, 4).with_columns(votes=pl.lit(0), response_delay=pl.lit(None, pl.Float64))
    runs = runs.with_columns(
        attribution_delay=pl.when(pl.col("replicate") < 2).then(pl.lit(8.0)), votes_failed=pl.lit(0)
    )
    summary = summarise(runs, 3)
    assert summary["metric"].to_list() == list(NAMES) * 3
    assert summary["point"].to_list() == sorted([0, 1, 2] * len(NAMES))
    for name in ("votes_failed", "response_delay"):
        assert one(summary, name, point=1) | {"point": 1, "metric": name, "n": 0, "interval": "none"} == {
            **dict.fromkeys(summary.columns),
            "point": 1,
            "metric": name,
            "n": 0,
            "interval": "none",
        }
    assert one(summary, "attribution_delay", point=2)["n"] == 2
    assert one(summary, "attribution_delay", point=2)["mean"] == 8.0
    assert not any(summary[name].is_nan().any() for name in ("mean", "standard_error", "low", "high"))


def test_one_replicate_has_no_interval() -> None:
    row = one(summarise(made_up(1, 1), 1), "acts", point=0)
    assert row["mean"] is not None
    assert (row["standard_error"], row["low"], row["high"], row["n"]) == (None, None, None, 1)


def test_intervals_are_students() -> None:
    row = one(summarise(made_up(1, 4), 1), "acts", point=0)
    half_width = 3.182446305 * row["standard_error"]
    assert (row["low"], row["high"]) == pytest.approx((row["mean"] - half_width, row["mean"] + half_width), rel=1e-6)


def test_failed_runs_are_left_out() -> None:
    runs = made_up(2, 5)
    failed = (pl.col("point") == 1) & (pl.col("replicate") > 1)
    marked = runs.with_columns(status=pl.when(failed).then(pl.lit("failed")).otherwise("status"))
    assert one(summarise(marked, 2), "acts", point=1)["n"] == 2


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    base = tmp_path_factory.mktemp("sweep")
    (base / "small.toml").write_text(SMALL)
    run_sweep(base / "small.toml", base / "small", overrides=SHORT)
    return base / "small"


def read_all(folder: Path) -> tuple[pl.DataFrame, ...]:
    opened = open_results(folder)
    return opened.design, opened.runs, opened.summary


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("manifest.json", None, "is not a folder of results"),
        ("manifest.json", b"\xff\xfe", "is damaged"),
        ("manifest.json", b'{"schema_version": 99}', "schema_version = 99"),
        ("manifest.json", b'{"schema_version": 2}', "kind: is missing"),
        ("runs.parquet", None, "there is no such file"),
        ("runs.parquet", b"PAR1 and nothing", "is damaged"),
        ("summary.parquet", "design.parquet", "was changed since it was written"),
        ("design.parquet", "summary.parquet", "was changed since it was written"),
    ],
)
def test_a_broken_folder_is_refused(folder: Path, tmp_path: Path, name: str, content: Any, said: str) -> None:
    for file in ("manifest.json", "design.parquet", "runs.parquet", "summary.parquet"):
        (tmp_path / file).write_bytes((folder / file).read_bytes())
    if content is None:
        (tmp_path / name).unlink()
    else:
        (tmp_path / name).write_bytes(content if isinstance(content, bytes) else (tmp_path / content).read_bytes())
    with pytest.raises(ConfigurationError, match=said):
        read_all(tmp_path)


def test_of_two_stages_the_pilot_gives_the_spread_and_all_replicates_the_mean() -> None:
    """Stein: the error is the pilot's, as many times smaller as the root of how many replicates more there are."""
    x, y = np.array([1.0, 2.0, 6.0, 3.0, 3.0, 3.0, 3.0, 3.0, 3.0]), np.ones(9)
    group = np.zeros(9, np.int64)
    whole, pilot = ratio_of_sums(x, y, group, 1), ratio_of_sums(x[:3], y[:3], group[:3], 1)
    both = of_two_stages(pilot, whole)
    assert both.mean == whole.mean
    assert both.spread_of == 3
    assert both.standard_error == pytest.approx(np.std(x[:3], ddof=1) / np.sqrt(9))

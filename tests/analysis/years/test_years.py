"""Figures year by year: levels and trends by hand, and the command that shows them."""

from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest
from support.worlds import short

from agents.books import YEAR
from analysis.report.folders import report
from analysis.report.gallery import draw, names_of
from analysis.results.folder import RUNS_SCHEMA, open_results
from analysis.years.levels import YEARLY, levels, trends
from analysis.years.tables import LEVELS, TRENDS, read_years, trend_text
from experiments.commands.main import main
from experiments.running.reproduce import reproduce
from experiments.running.years import run_years, years_design
from model.errors import ConfigurationError

QUICK = ["--replicates", "4", "--set", f"scenario.time.weeks={2 * YEAR + 9}", "--set", "scenario.time.burn_in=6"]


def years(deterred: Any, deterrable: Any) -> pl.DataFrame:
    """Rows of years from sums [replicate, year]."""
    deterred, deterrable = np.array(deterred, float), np.array(deterrable, float)
    replicates, count = deterred.shape
    columns = {
        "point": np.tile(np.arange(count), replicates),
        "replicate": np.repeat(np.arange(replicates), count),
        "status": ["ok"] * deterred.size,
        "deterred": deterred.ravel(),
        "deterrable": deterrable.ravel(),
    }
    return pl.DataFrame({name: columns.get(name) for name in RUNS_SCHEMA}, schema=RUNS_SCHEMA)


# by hand


def test_a_level_is_the_ratio_of_the_sums_of_its_year() -> None:
    found = levels(years([[1.0, 2.0], [3.0, 2.0]], [[10.0, 10.0], [10.0, 30.0]]), ["deterrence_rate"])
    assert found["year"].to_list() == [1, 2]
    assert found["mean"].to_list() == pytest.approx([0.2, 0.1])
    assert found["n"].to_list() == [2, 2]


def test_a_straight_line_rises_by_what_it_rises() -> None:
    """From .1 to .3 over three years: .2, the mean itself; every replicate says the same, so that nothing is unsure."""
    (row,) = trends(years([[1.0, 2.0, 3.0]] * 5, [[10.0] * 3] * 5), ["deterrence_rate"]).iter_rows(named=True)
    assert (row["level"], row["mean"]) == pytest.approx((0.2, 1.0))
    assert (row["low"], row["high"]) == pytest.approx((1.0, 1.0))
    assert row["n"] == 5


def test_ups_and_downs_around_a_level_are_no_trend() -> None:
    (row,) = trends(years([[1.0, 3.0, 1.0]] * 3, [[10.0] * 3] * 3), ["deterrence_rate"]).iter_rows(named=True)
    assert row["mean"] == pytest.approx(0.0)


def test_the_interval_of_a_trend_is_that_of_the_bootstrap() -> None:
    chance = np.random.default_rng(1)
    below = chance.uniform(5.0, 15.0, (400, 4))
    above = below * chance.uniform(0.0, 0.4, (400, 4)) * [1.0, 0.9, 0.8, 0.7]
    (row,) = trends(years(above, below), ["deterrence_rate"]).iter_rows(named=True)
    away = np.arange(4) - 1.5
    rows = chance.integers(400, size=(2000, 400))
    ratios = above[rows].sum(1) / below[rows].sum(1)
    shares = 3 * ratios @ away / (away @ away) / ratios.mean(1)
    assert row["mean"] == pytest.approx(shares.mean(), abs=3 * shares.std() / np.sqrt(2000) + 0.002)
    assert row["standard_error"] == pytest.approx(shares.std(), rel=0.1)
    assert row["low"] < row["mean"] < row["high"] < 0.0


def test_a_trend_of_nothing_is_undefined() -> None:
    (row,) = trends(years([[0.0, 0.0]] * 3, [[10.0, 10.0]] * 3), ["deterrence_rate"]).iter_rows(named=True)
    assert row["level"] == 0.0
    assert row["mean"] is row["low"] is row["high"] is None
    assert row["interval"] == "none"
    assert trend_text(row) == "–"


def test_years_of_runs_add_up_to_them() -> None:
    design = years_design(short(doctrine="clear_ladder", weeks=2 * YEAR), 3, 60, "Years")
    runs, yearly = run_years(design)
    assert runs["replicate"].to_list() == list(range(60))
    assert yearly.height == 120
    assert set(yearly["status"]) == {"ok"}
    total = yearly.group_by("replicate").agg(pl.exclude("point", "seed", "status", "error").sum()).sort("replicate")
    for name in ("acts", "deterred", "escalated_proxy", "harm_realised_members", "twin_expected_harm"):
        assert total[name].to_numpy() == pytest.approx(runs[name].to_numpy(), rel=1e-9), name


@pytest.mark.parametrize("weeks", [1, YEAR, 2 * YEAR - 1])
def test_a_period_without_two_years_has_no_trend(weeks: int) -> None:
    with pytest.raises(ConfigurationError, match=f"scenario.time.weeks = {weeks}: .*allowed: 104 or more"):
        years_design(short(weeks=weeks), 1, 5, "Years")


# the command


def test_the_command_writes_a_folder_that_can_be_had_again(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "out"
    assert main(["years", "illustrative", "--doctrine", "clear_ladder", "--out", str(out), *QUICK]) == 0
    shown = capsys.readouterr().out
    for words in ("Clear ladder", "deterred", "severe", "twin's", "trend", "±"):
        assert words in shown
    results = open_results(out)
    found = read_years(results)
    assert found is not None
    assert found[LEVELS]["year"].unique().to_list() == [1, 2]
    assert set(found[LEVELS]["metric"]) == set(found[TRENDS]["metric"]) == set(YEARLY)
    assert (out / "tables" / "years.csv").exists()
    assert (out / "figures" / "years.png").exists()
    pooled = results.estimate((), ["deterrence_rate"])["mean"].item()
    first, second = found[LEVELS].filter(metric="deterrence_rate")["mean"]
    assert min(first, second) * 0.8 < pooled < max(first, second) * 1.2
    assert reproduce(out, out=tmp_path / "again").different == ()
    assert names_of(results) == ["years"]
    assert "Levels by year" in report(out)
    assert main(["years", "illustrative", "--doctrine", "clear_ladder", "--out", str(out), "--quiet", *QUICK]) == 0
    assert main(["years", "illustrative", "--out", str(out), "--quiet", *QUICK]) == 2
    assert "holds results of another experiment" in capsys.readouterr().err


def test_a_figure_says_what_it_is_of(tmp_path: Path) -> None:
    out = tmp_path / "out"
    assert main(["years", "illustrative", "--out", str(out), "--quiet", "--no-figures", *QUICK]) == 0
    assert not (out / "figures").exists()
    figure = draw("years", open_results(out))
    assert len(figure.axes) == 6
    assert [line.get_label() for line in figure.axes[4].lines[:2]] == ["world", "twin"]
    words = " ".join(text.get_text().replace("\n", " ") for text in figure.texts)
    for part in ("Status quo", "4 replicates", "Trend: the rise", "Seed 1"):
        assert part in words


def test_tables_of_other_runs_are_not_shown(tmp_path: Path) -> None:
    for name, doctrine in (("one", "none"), ("other", "clear_ladder")):
        out = str(tmp_path / name)
        assert main(["years", "illustrative", "--doctrine", doctrine, "--out", out, "--quiet", *QUICK]) == 0
    table = tmp_path / "one" / "tables" / "years.parquet"
    table.write_bytes((tmp_path / "other" / "tables" / "years.parquet").read_bytes())
    assert read_years(open_results(tmp_path / "one")) is None
    with pytest.raises(ConfigurationError, match="has no figure years"):
        draw("years", open_results(tmp_path / "one"))

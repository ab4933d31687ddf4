"""Replicates until the interval is narrow enough: as many as Stein's procedure says, and intervals that hold."""

from pathlib import Path

import numpy as np
import polars as pl
import pytest

from analysis import open_results
from analysis.statistics.estimates import estimate, of_two_stages, ratio_of_sums, summarise
from analysis.statistics.intervals import quantile
from experiments.commands.main import main
from experiments.design.replication import needed_replicates
from experiments.running import runner

EXPERIMENT = """
title = "Precise"
question = "How many does it take?"
scenario = "illustrative"
doctrine = "maximum_pressure"
replicates = {at_least = 10, at_most = 60}
precision = {deterrence_rate = 0.02}
seed = 3
[factors]
"doctrine.clarity" = [0.0, 1.0]
"doctrine.firmness" = [0.2, 2.0]
"""
SHORT = ["--set", "scenario.time.weeks=40", "--set", "scenario.time.burn_in=0"]


def sweep(folder: Path, *arguments: str, text: str = EXPERIMENT) -> Path:
    file = folder.with_suffix(".toml")
    file.write_text(text)
    assert main(["sweep", str(file), "--quiet", "--no-figures", "--out", str(folder), *SHORT, *arguments]) == 0
    return folder


@pytest.fixture(scope="module")
def precise(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return sweep(tmp_path_factory.mktemp("precise") / "out")


def test_every_interval_is_as_narrow_as_asked_or_the_ceiling_was_reached(precise: Path) -> None:
    opened = open_results(precise)
    assert opened.manifest.pilot == range(10)
    found = opened.summary.filter(metric="deterrence_rate")
    half = (found["high"] - found["low"]) / 2
    replicates = opened.runs.group_by("point").len().sort("point")["len"]
    assert ((half <= 0.02 + 1e-12) | (replicates == 60)).all()
    assert replicates.n_unique() > 1
    assert replicates.is_in([10, 20, 30, 40, 50, 60]).all()
    assert (found["n"] == replicates).all()


def test_the_number_follows_from_the_pilot_alone(precise: Path) -> None:
    opened = open_results(precise)
    for point, runs in opened.runs.group_by("point"):
        pilot = runs.filter(pl.col("replicate") < 10)
        x, y = (pilot[name].to_numpy().astype(float) for name in ("deterred", "deterrable"))
        ratio = x.sum() / y.sum()
        deviation = (x - ratio * y).std(ddof=1) / y.mean()
        wanted = (2.2622 * deviation / 0.02) ** 2  # Student's t with 9 degrees of freedom
        expected = min(60, max(10, 10 * int(np.ceil(wanted / 10))))
        assert runs.height == expected, point


@pytest.mark.parametrize(
    "arguments",
    [
        pytest.param(["--workers", "1"], marks=pytest.mark.slow),
        ["--workers", "3"],
        pytest.param(["--processes", "--workers", "2"], marks=pytest.mark.slow),
    ],
)
def test_it_is_the_same_for_any_workers(
    precise: Path, tmp_path: Path, arguments: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(runner, "SECONDS", 0.0004)
    again = sweep(tmp_path / "again", *arguments)
    for name in ("design", "runs", "summary"):
        assert (again / f"{name}.parquet").read_bytes() == (precise / f"{name}.parquet").read_bytes(), name


def test_what_is_pooled_over_points_rests_on_the_pilot(precise: Path) -> None:
    """Later replicates come from the points that spread most, and would lend those more weight."""
    opened = open_results(precise)
    pilot = opened.runs.filter(pl.col("replicate") < 10)
    pooled = estimate(opened.runs, opened.design, ["doctrine.clarity"], pilot=opened.manifest.pilot)
    assert pooled.equals(estimate(pilot, opened.design, ["doctrine.clarity"]))


def test_without_a_precision_nothing_changes(precise: Path) -> None:
    runs = open_results(precise).runs
    assert summarise(runs, 4).equals(summarise(runs, 4, pilot=None))


def test_the_intervals_of_two_stages_cover_as_often_as_they_say() -> None:
    """Two thousand samples of normal numbers with a pilot of ten: at least 95 %, less what chance takes."""
    chance = np.random.default_rng(1)
    covered, widths, numbers = 0, [], set()
    trials, half_width = 2000, 0.5
    for _ in range(trials):
        sample = chance.normal(3.0, 1.0, 400)
        pilot = ratio_of_sums(sample[:10], np.ones(10), np.zeros(10, int), 1)
        number = needed_replicates(float(pilot.standard_error[0]) * np.sqrt(10), 10, half_width)
        assert number <= 400
        whole = ratio_of_sums(sample[:number], np.ones(number), np.zeros(number, int), 1)
        both = of_two_stages(pilot, whole)
        half = quantile(both.spread_of[0]) * both.standard_error[0]
        widths.append(half)
        numbers.add(number)
        covered += abs(both.mean[0] - 3.0) <= half
    assert len(numbers) > 20
    assert max(widths) <= half_width + 1e-12
    assert covered / trials >= 0.95 - 3 * np.sqrt(0.05 * 0.95 / trials)


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("deterrence_rate = 0.02", "deterence_rate = 0.02", "did you mean 'deterrence_rate'?"),
        ("deterrence_rate = 0.02", "deterrence_rate = 0.0", "deterrence_rate"),
        ("deterrence_rate = 0.02", "deterrence_rate = -1", "deterrence_rate"),
        ("at_least = 10, ", "", "at_least"),
        ("at_most = 60", "at_most = 5", "at_most"),
        ("replicates = {at_least = 10, at_most = 60}", "replicates = 20", "at_most"),
    ],
)
def test_a_precision_that_makes_no_sense_is_answered(
    tmp_path: Path, old: str, new: str, message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "wrong.toml"
    assert old in EXPERIMENT
    file.write_text(EXPERIMENT.replace(old, new))
    assert main(["sweep", str(file), "--out", str(tmp_path / "out")]) == 2
    said = capsys.readouterr().err
    assert said.startswith("deter: ")
    assert message in said
    assert not (tmp_path / "out").exists()

"""A sweep under way: what is pooled by level waits for every point, what is said of its runs is true."""

import hashlib
import json
import shutil
from pathlib import Path

import polars as pl
import pytest

from analysis import open_results
from analysis.effects.effects import effects
from analysis.effects.tables import effect_tables
from analysis.plotting import captions
from analysis.report.findings import findings
from analysis.report.gallery import default_figures, draw
from analysis.results.folder import Results
from analysis.results.status import Unreached
from experiments import run_sweep
from experiments.commands.main import WRONG_INPUT, main

EXPERIMENT = """
title = "Under way"
question = "What may be said before the end?"
scenario = "illustrative"
replicates = 4
seed = 7

[factors]
"doctrine.clarity" = [0.0, 0.5, 1.0]
"doctrine.attribution_confidence" = [0.6, 0.9]
"""
BY = ["doctrine.clarity"]


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Results:
    folder = tmp_path_factory.mktemp("so_far")
    (folder / "way.toml").write_text(EXPERIMENT)
    overrides = {"scenario.time.weeks": 52, "scenario.time.burn_in": 6}
    return run_sweep(folder / "way.toml", folder / "out", overrides=overrides)


def under_way(whole: Results, folder: Path, lacks: pl.Expr) -> Results:
    """The folder as it was before these runs were done."""
    shutil.copytree(whole.folder, folder)
    part = next((folder / "parts").glob("*.parquet"))
    runs = whole.runs.filter(~lacks)
    runs.write_parquet(part)
    manifest = json.loads((folder / "manifest.json").read_text())
    written = {"rows": runs.height, "sha256": hashlib.sha256(part.read_bytes()).hexdigest()}
    files = {"design.parquet": manifest["files"]["design.parquet"]}
    manifest |= {"status": "running", "files": files, "parts": {part.name: written}}
    (folder / "manifest.json").write_text(json.dumps(manifest))
    return open_results(folder)


@pytest.fixture
def half(whole: Results, tmp_path: Path) -> Results:
    """A point at each of two levels of clarity has no run yet."""
    return under_way(whole, tmp_path / "half", pl.col("point").is_in([0, 5]))


def test_levels_are_not_compared_before_every_point_has_a_run(half: Results) -> None:
    assert half.unreached == 2
    for compare in (
        lambda: half.estimate(BY),
        lambda: half.paired(BY, {BY[0]: 0.0}),
        lambda: effects(half),
        lambda: draw("main_effects", half),
        lambda: draw("where", half),
    ):
        with pytest.raises(Unreached, match="4 of 6 points have runs so far"):
            compare()
    assert effect_tables(half) == {}
    assert not {"main_effects", "effects", "where"} & set(default_figures(half))


def test_single_points_and_differences_between_them_are_as_in_the_whole(half: Results, whole: Results) -> None:
    cells = list(half.manifest.factors)
    there = whole.estimate(cells).join(half.design.filter(~pl.col("point").is_in([0, 5])), on=cells, how="semi")
    assert half.estimate(cells).filter(pl.col("n") > 0).equals(there.filter(pl.col("n") > 0))
    both = half.paired(cells, {BY[0]: 0.0}).drop_nulls("mean")
    assert both.height
    assert both.equals(whole.paired(cells, {BY[0]: 0.0}).join(both, on=[*cells, "metric"], how="semi"))


def test_what_is_said_of_a_sweep_under_way_is_true(half: Results, capsys: pytest.CaptureFixture[str]) -> None:
    assert "16 of 24 runs so far, 6 points × 4 replicates being planned" in captions.setting(half)
    said = findings(half)
    assert said
    assert {one.heading for one in said} == {"Against the twin"}
    assert all("averaged over the 4 of 6 points that have runs so far" in one.text for one in said)
    assert main(["report", str(half.folder), "--quiet"]) == 0
    page = (half.folder / "report.html").read_text()
    assert "neither levels nor effects are shown until all have" in page
    assert "= 16 runs" not in page
    assert main(["figure", "effects", str(half.folder)]) == WRONG_INPUT
    assert "levels cannot be compared" in capsys.readouterr().err


def test_where_every_point_has_a_run_levels_rest_on_the_replicates_of_all(whole: Results, tmp_path: Path) -> None:
    """A point that is ahead must not weigh more, nor one that lags less."""
    some = under_way(whole, tmp_path / "some", (pl.col("replicate") == 3) & (pl.col("point") < 4))
    less = under_way(whole, tmp_path / "less", pl.col("replicate") == 3)
    assert some.unreached == 0
    assert some.estimate(BY).equals(less.estimate(BY))
    assert some.estimate().equals(less.estimate())

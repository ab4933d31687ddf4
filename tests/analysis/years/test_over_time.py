"""Means and quantiles over time: closed forms on quarters made up, and what tables and figures say."""

import datetime as dt
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest
from polars.testing import assert_frame_equal
from scipy.stats import t as student

from analysis.plotting import pages
from analysis.report.folders import brief_of_folder
from analysis.report.gallery import drawn, names_of
from analysis.results.folder import Results, open_results
from analysis.years.over_time import OVER_TIME_SCHEMA, SHARES, over_time, over_time_table
from experiments.commands.main import main
from experiments.running.compare import compare_doctrines
from experiments.running.sweep import run_sweep
from model.errors import ConfigurationError

TIME = {"scenario.time.weeks": 30, "scenario.time.burn_in": 13}
EXPERIMENT = """
title = "Small"
question = "When?"
scenario = "illustrative"
replicates = 6
seed = 3
[factors]
"doctrine.clarity" = [0.2, 0.9]
"scenario.investigation.skill" = [0.3, 0.7]
"""


@pytest.fixture(scope="module")
def swept(tmp_path_factory: pytest.TempPathFactory) -> Results:
    folder = tmp_path_factory.mktemp("swept")
    (folder / "small.toml").write_text(EXPERIMENT)
    return run_sweep(folder / "small.toml", folder / "out", workers=1, overrides=TIME)


@pytest.fixture(scope="module")
def compared(tmp_path_factory: pytest.TempPathFactory) -> Results:
    names = ["status_quo", "clear_ladder", "none", "due_diligence"]
    out = tmp_path_factory.mktemp("compared") / "out"
    short = {"out": out, "scenario": "illustrative", "replicates": 4, "overrides": TIME, "workers": 1}
    return compare_doctrines(names, **short).results


def row(frame: pl.DataFrame, **keys: Any) -> dict[str, Any]:
    return frame.row(by_predicate=pl.all_horizontal(pl.col(name) == value for name, value in keys.items()), named=True)


def test_means_are_over_replicates_and_quantiles_over_runs(swept: Results) -> None:
    found = over_time(swept)
    assert found.columns == list(OVER_TIME_SCHEMA)
    quarters = swept.quarters
    for metric, kind, world, column in (
        ("acts", "all", "world", "acts"),
        ("acts", "all", "twin", "twin_acts"),
        ("credibility", "all", "world", "credibility"),
        ("grievance", "state", "twin", "twin_grievance_state"),
    ):
        runs = quarters.filter(quarter=2).with_columns(pl.col(column).cast(pl.Float64))
        each = runs.group_by("replicate").agg(pl.col(column).mean())[column].to_numpy()
        told = row(found, quarter=2, metric=metric, kind=kind, world=world)
        error = each.std(ddof=1) / np.sqrt(6)
        assert told["mean"] == pytest.approx(each.mean())
        assert told["standard_error"] == pytest.approx(error)
        assert told["interval"] == "student"  # the bootstrap takes ten replicates
        assert told["high"] - told["mean"] == pytest.approx(student.ppf(0.975, 5) * error)
        assert told["n"] == 6
        values = np.sort(runs[column].to_numpy())
        assert [told[name] for name in SHARES] == [values[int(np.ceil(s * 24)) - 1] for s in SHARES.values()]
        assert told["begins"] == swept.configuration.scenario.time.start + dt.timedelta(weeks=26)


def test_levels_are_told_apart_and_the_rest_is_pooled(swept: Results) -> None:
    by = over_time(swept, ["doctrine.clarity"])
    point = swept.design.filter(pl.col("doctrine.clarity") == 0.9)["point"]
    own = swept.quarters.filter(pl.col("point").is_in(point.implode()), quarter=1)["acts"].mean()
    told = row(by, **{"doctrine.clarity": 0.9}, quarter=1, metric="acts", kind="all", world="world")
    assert told["mean"] == pytest.approx(own)
    whole = row(over_time(swept), quarter=1, metric="acts", kind="all", world="world")
    levels = by.filter(quarter=1, metric="acts", kind="all", world="world")["mean"]
    assert whole["mean"] == pytest.approx(levels.mean())
    with pytest.raises(ConfigurationError, match="clarity"):
        over_time(swept, ["doctrine.claritty"])


def test_a_comparison_is_told_by_doctrine_and_the_twins_doctrine_is_its_twin(compared: Results) -> None:
    found = over_time(compared)
    assert found.columns[0] == "doctrine"
    none = found.filter(doctrine="none")
    world, twin = (none.filter(world=each).drop("world") for each in ("world", "twin"))
    assert_frame_equal(world, twin, check_exact=True)


def test_weights_of_worlds_count(swept: Results, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Results, "weights", [1.0, 0.0, 0.0, 0.0])
    told = row(over_time(swept), quarter=1, metric="acts", kind="all", world="world")
    acts = swept.quarters.filter(point=0, quarter=1)["acts"].to_numpy()
    assert told["mean"] == pytest.approx(acts.mean())
    assert told["q95"] == acts.max()


def test_figures_are_drawn_for_paper_and_slides(swept: Results, compared: Results) -> None:
    for results in (swept, compared):
        assert {"over_time", "over_time_by_kind"} <= set(names_of(results))
        (figure,) = drawn("over_time", results)
        assert len(figure.axes) == 8
        labels = [text.get_text() for text in figure.axes[0].get_legend().get_texts()]
        assert labels[-1] == "twin"
        assert len(labels) == (2 if results is swept else 4)
    texts = " ".join(text.get_text() for text in figure.texts).replace("\n", " ")
    assert "Not shown, but in the table over_time:" in texts
    assert "n = 4 replicates" in texts
    assert drawn("over_time_by_kind", swept)[0].axes
    assert len(drawn("over_time", swept, slide=True)) > 1
    assert pages.letters(drawn("over_time", swept, slide=True)[0]) > 10.0


def test_the_command_draws_and_writes_the_table(swept: Results, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["figure", "over_time", str(swept.folder), "--quiet"]) == 0
    table = pl.read_csv(swept.folder / "tables" / "over_time.csv", comment_prefix="#")
    assert table.height == over_time(swept).height
    assert (swept.folder / "figures" / "over_time.png").exists()
    note = over_time_table(swept)["over_time"].note
    assert swept.manifest.stamp in note
    assert "n = 6 replicates" in note
    brief = brief_of_folder(swept.folder, print)
    assert "over_time" in brief.figures
    assert "over_time" not in brief.tables, "thousands of rows are for a spreadsheet"


def test_a_folder_without_quarters_says_so_in_one_message(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "small.toml").write_text(EXPERIMENT.replace("seed = 3", "seed = 3\nover_time = false"))
    found = run_sweep(tmp_path / "small.toml", tmp_path / "out", workers=1, replicates=1, overrides=TIME)
    assert main(["figure", "over_time", str(found.folder)]) == 2
    told = capsys.readouterr().err
    assert "over_time" in told
    assert "Traceback" not in told
    with pytest.raises(ConfigurationError, match="quarters"):
        over_time(open_results(found.folder))


def test_levels_of_a_sweep_under_way_wait_for_every_point(swept: Results, monkeypatch: pytest.MonkeyPatch) -> None:
    manifest = swept.manifest.model_copy(update={"status": "running"})
    under_way = Results(swept.folder, manifest)
    assert_frame_equal(over_time(under_way), over_time(swept))
    first = dict(list(manifest.parts.items())[:0])
    nothing = Results(swept.folder, manifest.model_copy(update={"parts": first}))
    assert over_time(nothing).is_empty()

"""Runs as one flat table, and sweeps over a table of points, from Python and from the command line."""

from pathlib import Path

import polars as pl
import pytest

from experiments import run_sweep
from experiments.clients.flat import flat_runs
from experiments.commands.main import main
from model.errors import ConfigurationError
from model.metrics.catalogue import HEADLINE, figure

SHORT = {"scenario.time.burn_in": 10, "scenario.time.weeks": 30}
SETTINGS = [word for path, value in SHORT.items() for word in ("--set", f"{path}={value}")]
POINTS = {"doctrine.clarity": [0.9, 0.1], "switches.norms": [True, False]}


@pytest.fixture
def experiment(tmp_path: Path) -> Path:
    file = tmp_path / "dials.toml"
    file.write_text(
        'title = "Dials"\nquestion = "Which?"\nscenario = "illustrative"\nreplicates = 2\nseed = 3\n'
        '[factors]\n"doctrine.firmness" = [0.5, 1.0]\n'
    )
    return file


def test_points_replace_factors_and_keep_their_order(experiment: Path, tmp_path: Path) -> None:
    results = run_sweep(experiment, tmp_path / "out", overrides=SHORT, points=POINTS)
    assert results.design.drop("point").to_dict(as_series=False) == POINTS
    again = run_sweep(experiment, tmp_path / "again", overrides=SHORT, points=results.design)
    assert again.runs.equals(results.runs)
    assert again.manifest.design_hash == results.manifest.design_hash


def test_a_flat_table_has_the_metrics_of_each_run_and_the_levels_of_its_point(experiment: Path, tmp_path: Path) -> None:
    results = run_sweep(experiment, tmp_path / "out", overrides=SHORT, points=POINTS)
    flat = flat_runs(results)
    assert flat.height == 4
    assert flat["doctrine.clarity"].to_list() == [0.9, 0.9, 0.1, 0.1]
    assert set(results.runs.columns) <= set(flat.columns)
    for name in HEADLINE:
        assert flat[name].to_list() == [figure(name, results.runs, place) for place in range(4)], name


def test_the_command_line_takes_points_and_writes_runs_as_csv(experiment: Path, tmp_path: Path) -> None:
    pl.DataFrame(POINTS).write_csv(tmp_path / "points.csv")
    words = [str(experiment), "--points", str(tmp_path / "points.csv"), "--out", str(tmp_path / "out"), *SETTINGS]
    assert main(["sweep", *words, "--csv", "--quiet", "--no-figures"]) == 0
    found = pl.read_csv(tmp_path / "out" / "tables" / "runs.csv")
    results = run_sweep(experiment, tmp_path / "out", overrides=SHORT, points=POINTS)
    assert found.columns == flat_runs(results).columns
    assert found["acts"].to_list() == results.runs["acts"].to_list()
    assert found["harm_averted"].to_list() == flat_runs(results)["harm_averted"].to_list()


@pytest.mark.parametrize(
    ("points", "message"),
    [
        ({"doctrine.clarty": [0.1]}, r"doctrine\.clarty.*doctrine\.clarity"),
        ({"doctrine.clarity": [0.1, 1.5]}, r"doctrine\.clarity.*1\.5"),
        ({"doctrine.clarity": [0.1, 0.1]}, r"points\.1.*the same point"),
        ({"doctrine.clarity": []}, "no rows"),
    ],
)
def test_a_point_that_is_wrong_is_named(experiment: Path, points: dict[str, list[float]], message: str) -> None:
    with pytest.raises(ConfigurationError, match=message):
        run_sweep(experiment, overrides=SHORT, points=points)


def test_a_file_of_points_that_is_none_ends_with_one_message(
    experiment: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["sweep", str(experiment), "--points", str(tmp_path / "none.csv")]) == 2
    assert "none.csv" in capsys.readouterr().err

"""Runs over worlds of their own: one world for a replicate on either engine, kept in the folder, made again from it."""

import re
import shutil
from pathlib import Path

import polars as pl
import pytest
from polars.testing import assert_frame_equal
from support.mistakes import Capture

from analysis import open_results
from experiments.commands.main import WRONG_INPUT, main
from experiments.design.design import Design, design_of
from experiments.design.experiment import load_experiment
from experiments.running import runner
from experiments.running.executors import processes, threads
from experiments.running.reproduce import open_kept
from experiments.running.sweep import carry_out
from experiments.running.worker import bases_of, block_of, frame_of_runs
from experiments.running.years import run_years, years_design
from experiments.store.parquet import parquet
from model.configuration import load_configuration
from model.ensemble import run, run_twins
from model.metrics.columns import results

SHORT = {"scenario.time.weeks": 30, "scenario.time.burn_in": 6}
SKILL, CLUES = "scenario.investigation.skill", "scenario.investigation.clue_probability"
MOTIVE = "activities.disruption.motive.state"
WORLDS = f"{SKILL},{CLUES},{MOTIVE}\n0.3,0.03,0.1\n0.5,0.06,0.4\n0.7,0.2,1.0\n0.9,0.5,2.0\n"
EXPERIMENT = """
title = "Small"
question = "In which worlds?"
uncertainty = "worlds.csv"
replicates = 5
seed = 3
[factors]
doctrine = ["clear_ladder", "none"]
"scenario.detection.detection" = [0.5, 0.9]
"""


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with an experiment, its worlds, and in `out` its results; not to be changed."""
    folder = tmp_path_factory.mktemp("uncertain")
    written(folder)
    with pytest.MonkeyPatch.context() as small:
        small.setattr(runner, "SECONDS", 0.0006)
        carry_out(design(folder), folder / "out", threads(2))
    return folder


def written(folder: Path) -> None:
    (folder / "worlds.csv").write_text(WORLDS)
    (folder / "small.toml").write_text(EXPERIMENT)


def design(folder: Path, **changes: object) -> Design:
    return design_of(load_experiment(folder / "small.toml", changes), SHORT)


def test_a_run_is_that_of_the_world_of_its_replicate_and_so_is_its_twin(place: Path) -> None:
    opened = open_results(place / "out")
    worlds = opened.worlds
    assert worlds is not None
    world = dict(worlds.drop("replicate").row(3, named=True))
    own = opened.configuration.with_values(world)
    for point, doctrine, detection in ((0, "clear_ladder", 0.5), (3, "none", 0.9)):
        there = own.with_values({"doctrine": doctrine, "scenario.detection.detection": detection})
        twins = run_twins(there, 3, [3])
        expected = frame_of_runs(point, [3], 3, results(run(there, 3, [3], twins), twins.books))
        assert_frame_equal(opened.runs.filter(point=point, replicate=3), expected)


def test_worlds_make_a_difference(place: Path, tmp_path: Path) -> None:
    written(tmp_path)
    alone = carry_out(design(tmp_path, uncertainty=None), tmp_path / "out", threads(1))
    assert alone.worlds is None
    assert alone.runs["twin_acts"].to_list() != open_results(place / "out").runs["twin_acts"].to_list()


def test_what_points_share_is_validated_once_and_comes_to_the_same(place: Path) -> None:
    of = open_kept(place / "out").design
    for values in ({"doctrine": "swift_qmv", "switches.denial": False}, {"scenario.detection.detection": 0.9}):
        block = block_of(bases_of(of, range(5)), values, range(5))
        for replicate, (configuration, some) in enumerate(block):
            assert list(some) == [replicate]
            anew = of.base.with_values(of.world(replicate)).with_values(values)
            assert configuration.model_copy(update={"sources": anew.sources}) == anew


def test_workers_and_tasks_change_nothing(place: Path, tmp_path: Path) -> None:
    written(tmp_path)
    again = carry_out(design(tmp_path), tmp_path / "out", processes(1))
    assert again.manifest.files == open_results(place / "out").manifest.files


def test_both_engines_give_the_same_bits(place: Path, tmp_path: Path) -> None:
    written(tmp_path)
    mesa = carry_out(design(tmp_path, engine="mesa", replicates=5), tmp_path / "out", threads(1))
    assert mesa.manifest.files == open_results(place / "out").manifest.files


def test_a_sweep_is_taken_up_again_and_not_in_other_worlds(place: Path, tmp_path: Path, capsys: Capture) -> None:
    shutil.copytree(place, tmp_path / "copy")
    out = tmp_path / "copy" / "out"
    next((out / "parts").glob("*.parquet")).unlink()
    (out / "runs.parquet").unlink()
    sets = [word for key, value in SHORT.items() for word in ("--set", f"{key}={value}")]
    call = ["sweep", str(tmp_path / "copy" / "small.toml"), "--out", str(out), "--quiet", "--no-figures", *sets]
    with pytest.MonkeyPatch.context() as small:
        small.setattr(runner, "SECONDS", 0.0006)
        assert main(call) == 0
    assert (out / "runs.parquet").read_bytes() == (place / "out" / "runs.parquet").read_bytes()
    (tmp_path / "copy" / "worlds.csv").write_text(WORLDS.replace("0.9,", "0.8,"))
    capsys.readouterr()
    assert main(call) == WRONG_INPUT
    assert "worlds of its replicates" in capsys.readouterr().err


@pytest.fixture
def alone(place: Path, tmp_path: Path) -> Path:
    """A copy of the results, without the files that they came from."""
    shutil.copytree(place / "out", tmp_path / "alone")
    return tmp_path / "alone"


def test_a_folder_is_made_again_from_itself(alone: Path, capsys: Capture) -> None:
    assert main(["reproduce", str(alone), "--workers", "1"]) == 0
    assert "runs.parquet, summary.parquet, quarters.parquet byte by byte" in " ".join(capsys.readouterr().out.split())
    assert main(["reproduce", str(alone), "--quiet", "--point", "2", "--replicate", "4"]) == 0
    assert main(["explain", str(alone), "--quiet", "--point", "1", "--replicate", "3"]) == 0


def test_worlds_that_were_changed_are_refused(alone: Path, capsys: Capture) -> None:
    table = pl.read_parquet((alone / "worlds.parquet").read_bytes())
    (alone / "worlds.parquet").write_bytes(parquet(table.with_columns(pl.col(SKILL) * 0.5)))
    assert main(["reproduce", str(alone), "--quiet"]) == WRONG_INPUT
    assert "worlds.parquet" in capsys.readouterr().err


def test_a_pilot_and_what_follows_live_in_the_same_worlds(tmp_path: Path) -> None:
    text = EXPERIMENT.replace("replicates = 5", "replicates = { at_least = 10, at_most = 30 }")
    (tmp_path / "worlds.csv").write_text(WORLDS)
    (tmp_path / "small.toml").write_text(text.replace("[factors]", "[precision]\nacts = 8.0\n[factors]"))
    found = carry_out(design(tmp_path), tmp_path / "out", threads(2))
    assert found.worlds is not None
    assert found.worlds.height == 30
    assert found.runs.height > 40
    assert main(["reproduce", str(tmp_path / "out"), "--quiet"]) == 0


def test_years_are_over_the_worlds(tmp_path: Path) -> None:
    (tmp_path / "worlds.csv").write_text(WORLDS)
    base = load_configuration(overrides={"scenario.time.weeks": 104, "scenario.time.burn_in": 0})
    design = years_design(base, 3, 4, "Years", str(tmp_path / "worlds.csv"), [CLUES])
    assert design.worlds is not None
    assert design.worlds.columns == ["replicate", SKILL, MOTIVE]
    runs, _ = run_years(design)
    there = design.configuration(0, 2)
    twins = run_twins(there, 3, [2])
    expected = frame_of_runs(0, [2], 3, results(run(there, 3, [2], twins), twins.books))
    assert_frame_equal(runs.filter(replicate=2), expected)


def test_the_brief_says_over_which_worlds_it_is(alone: Path) -> None:
    assert main(["report", str(alone), "--quiet"]) == 0
    head, _, rest = (alone / "report.html").read_text("utf-8").partition("<main>")
    assert "Over 4 worlds of worlds.csv, one for each replicate." in re.sub("<[^>]+>", "", head)  # terms are links
    assert "drawn for each replicate" in rest


def test_a_dry_run_says_so(place: Path, capsys: Capture) -> None:
    assert main(["sweep", str(place / "small.toml"), "--dry-run", "--set", "scenario.time.weeks=4"]) == 0
    assert "each replicate in its own world" in " ".join(capsys.readouterr().out.split())

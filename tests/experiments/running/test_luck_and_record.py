"""Sweeps whose points have luck of their own, and whose runs keep the moments of their public record."""

import itertools
import shutil
import warnings
from dataclasses import replace
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from support.mistakes import Capture, by_name, one_answer

from analysis import open_results
from analysis.report.missing import missing_runs
from analysis.results.folder import RUNS_SCHEMA, runs_schema
from analysis.results.versions import Lacking
from experiments.commands.main import WRONG_INPUT, main
from experiments.design.design import Design, design_of
from experiments.design.experiment import load_experiment
from experiments.running import runner
from experiments.running.cost import estimated
from experiments.running.executors import threads
from experiments.running.reproduce import open_kept, sweep_again
from experiments.running.sweep import carry_out, workforce_for
from model.ensemble import run, run_recorded, run_twins
from model.metrics.columns import AGAINST_TWIN, results
from model.record import MOMENTS

SHARE = "scenario.reporting.share"
"""Nothing in a world depends on it: points that differ by it alone differ by their luck."""
EXPERIMENT = f"""
title = "Small"
question = "Whose luck?"
scenario = "history"
replicates = 2
seed = 3
[factors]
"{SHARE}" = [0.2, 0.9]
"""
SHORT = {"scenario.time.weeks": 60, "scenario.time.burn_in": 6}
TABLES = ("design.parquet", "runs.parquet", "summary.parquet")
OWN, RECORD = 'luck = "own"\n', "record = true\n"


def design_with(folder: Path, *entries: str, text: str = EXPERIMENT) -> Design:
    path = folder / "small.toml"
    path.write_text("".join(entries) + text, "utf-8")
    return design_of(load_experiment(path), SHORT)


def swept(tmp_path_factory: pytest.TempPathFactory, *entries: str) -> Path:
    folder = tmp_path_factory.mktemp("sweep")
    carry_out(design_with(folder, *entries), folder / "out", threads(1))
    return folder / "out"


@pytest.fixture(scope="module")
def common(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return swept(tmp_path_factory)


@pytest.fixture(scope="module")
def own(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return swept(tmp_path_factory, OWN)


@pytest.fixture(scope="module")
def recorded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return swept(tmp_path_factory, OWN, RECORD)


def figures(folder: Path, point: int) -> pl.DataFrame:
    return open_results(folder).runs.filter(point=point).drop("point")


# luck


def test_points_of_equal_worlds_share_their_luck_or_have_their_own(common: Path, own: Path) -> None:
    assert figures(common, 0).equals(figures(common, 1))
    one, other = figures(own, 0), figures(own, 1)
    assert one.equals(figures(common, 0))  # the first point draws as it always did
    assert (one["expected_harm"] != other["expected_harm"]).all()


def test_every_run_has_a_lot_of_its_own(tmp_path: Path) -> None:
    design = replace(design_with(tmp_path, OWN), first_replicate=5)
    runs = list(itertools.product(range(2), range(5, 7)))
    assert [design.lot(*each) for each in runs] == [5, 6, 7, 8]
    assert [design_with(tmp_path).lot(*each) for each in runs] == [5, 6, 5, 6]


def test_a_run_is_that_of_its_lot(own: Path, tmp_path: Path) -> None:
    design = design_with(tmp_path, OWN)
    twins = run_twins(design.base, 3, [3])
    expected = results(run(design.base, 3, [3], twins), twins.books)
    found = open_results(own).runs.row(by_predicate=(pl.col("point") == 1) & (pl.col("replicate") == 1), named=True)
    assert {name: found[name] for name in ("acts", "twin_acts", "deterred")} == {
        name: expected[name].item() for name in ("acts", "twin_acts", "deterred")
    }


def test_the_hash_says_whose_luck_and_whether_there_is_a_record(tmp_path: Path) -> None:
    entries: tuple[tuple[str, ...], ...] = ((), (OWN,), (RECORD,), (OWN, RECORD))
    assert len({design_with(tmp_path, *each).hash for each in entries}) == 4
    assert design_with(tmp_path, 'luck = "common"\nrecord = false\n').hash == design_with(tmp_path).hash


@pytest.mark.parametrize("entries", [(OWN,), (OWN, RECORD)], ids=["own", "recorded"])
def test_bytes_do_not_depend_on_workers_tasks_or_interruption(
    entries: tuple[str, ...], request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole: Path = request.getfixturevalue("recorded" if RECORD in entries else "own")
    monkeypatch.setattr(runner, "SECONDS", 0.0005)  # a task for each run
    design, out = design_with(tmp_path, *entries), tmp_path / "out"
    carry_out(design, out, threads(2))
    parts = list((out / "parts").glob("*.parquet"))
    assert len(parts) == 4
    for path in (parts[1], parts[2], out / "runs.parquet"):
        path.unlink()
    carry_out(design, out, threads(1))
    assert all((out / name).read_bytes() == (whole / name).read_bytes() for name in TABLES)


@pytest.mark.parametrize("folder", ["own", "recorded"])
def test_it_is_made_again_from_its_folder(
    folder: str, request: pytest.FixtureRequest, tmp_path: Path, capsys: Capture
) -> None:
    shutil.copytree(request.getfixturevalue(folder), tmp_path / "out")
    again = sweep_again(open_kept(tmp_path / "out"), tmp_path / "again", threads(1))
    quarters = ("quarters.parquet",) if folder == "own" else ()  # what keeps a record has none
    assert again.same == ("runs.parquet", "summary.parquet", *quarters)
    assert main(["reproduce", str(tmp_path / "out"), "--point", "1", "--replicate", "1"]) == 0
    assert "the same to the bit: 1 run" in capsys.readouterr().out
    assert main(["explain", str(tmp_path / "out"), "--point", "1", "--replicate", "1", "--quiet"]) == 0
    story = (tmp_path / "out" / "stories" / "point-1-replicate-1.md").read_text("utf-8")
    assert "in the twin" in story  # which is run for the story, where the folder has none


# the record


def test_runs_with_a_record_have_the_moments_of_the_model(recorded: Path, tmp_path: Path) -> None:
    runs = open_results(recorded).runs
    assert runs.schema == runs_schema(record=True)
    assert runs.columns == [*RUNS_SCHEMA, *(f"record_{name}" for name in MOMENTS)]
    design = design_with(tmp_path, OWN, RECORD)
    for row in runs.rows(named=True):
        configuration = design.configuration(row["point"])
        books, moments = run_recorded(configuration, 3, 2 * row["point"] + row["replicate"])
        assert row["acts"] == books.acts.item()
        assert {name: row[f"record_{name}"] for name in MOMENTS} == {
            name: None if np.isnan(value) else value for name, value in moments.items()
        }
    assert runs["record_incidents"].min() > 0
    assert runs["record_answer_lag"].null_count() == 4  # the run ends long before 2022


def test_without_a_twin_nothing_is_compared_with_it(recorded: Path, own: Path) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        opened = open_results(recorded)
        assert all(opened.runs[name].null_count() == 4 for name in AGAINST_TWIN)
        rest = [name for name in RUNS_SCHEMA if name not in AGAINST_TWIN]
        assert opened.runs.select(rest).equals(open_results(own).runs.select(rest))
        found = opened.estimate(metrics=["acts", "release_rate", "harm_averted", "twin_acts_a_year"])
        assert found["mean"].is_null().to_list() == [False, True, True, True]
        assert opened.summary.filter(metric="harm_averted")["mean"].null_count() == 2
    assert list(missing_runs(opened)) == [
        "Runs that keep a record have no twin, so comparisons of a world with its twin are undefined."
    ]
    with pytest.raises(Lacking, match=r"harm_averted.*runs that keep a record have no twin"):
        opened.check_metrics(["harm_averted"])
    opened.check_metrics(["acts", "act_rate"])


def test_what_a_record_takes_is_estimated_without_twins(tmp_path: Path) -> None:
    assert estimated(design_with(tmp_path, OWN, RECORD), 1).twins == 0
    assert estimated(design_with(tmp_path, OWN), 1).twins == 4
    assert workforce_for(design_with(tmp_path, RECORD), 1).title == "1 process"


WRONG = {
    "on mesa": (RECORD + 'engine = "mesa"\n', "record = true: is kept only on the compiled engine; allowed: engine ="),
    "with a model": (RECORD + 'model = "mine.py:Mine"\n', "record = true: is kept only on the compiled engine"),
    "no luck": ('luck = "bad"\n', "luck = 'bad': is not among the choices; allowed: common, own"),
    "own luck to a precision": (
        OWN + "precision = { acts = 1.0 }\n",
        "luck = 'own'",
        "allowed: an experiment without a precision",
    ),
    "a record of words": ('record = "yes"\n', "record = 'yes'"),
}


@by_name(WRONG)
def test_what_does_not_go_together_is_refused_in_one_message(
    case: tuple[str, ...], tmp_path: Path, capsys: Capture
) -> None:
    entries, *said = case
    text = EXPERIMENT.replace("replicates = 2", "replicates = { at_least = 10, at_most = 20 }")
    (tmp_path / "small.toml").write_text(entries + (text if "precision" in entries else EXPERIMENT), "utf-8")
    assert main(["sweep", str(tmp_path / "small.toml"), "--out", str(tmp_path / "out")]) == WRONG_INPUT
    one_answer(capsys, *said)
    assert not (tmp_path / "out").exists()

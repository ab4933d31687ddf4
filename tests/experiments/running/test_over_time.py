"""Quarters that runs of a sweep keep: they add up to the run, and are the same however they are made."""

import os
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest
from polars.testing import assert_frame_equal
from support.worlds import random_configuration

from agents.books import QUARTER
from agents.catalogue import CATEGORIES, KINDS
from analysis import open_results
from analysis.results.folder import Results
from analysis.results.manifest import QUARTER_PARTS, QUARTERS
from analysis.results.quarters import QUARTERS_SCHEMA
from experiments.design.design import Design, design_of
from experiments.design.experiment import load_experiment
from experiments.running import runner, sweep
from experiments.running.cost import estimated
from experiments.running.reproduce import reproduce
from experiments.store.bitwise import difference
from model.deterrence import DeterrenceModel
from model.ensemble import room_for_quarters, run, run_one, run_twins
from model.errors import ConfigurationError
from model.metrics.quarters import COLUMNS_OF_QUARTERS, COUNTED, OF_KINDS, QUARTERLY, quarters_of

TIME = {"scenario.time.weeks": 2 * QUARTER + 4, "scenario.time.burn_in": 6}
EXPERIMENT = """
title = "Small"
question = "When?"
scenario = "illustrative"
replicates = 4
seed = 3
[factors]
doctrine = ["none", "clear_ladder"]
"""
KEYS = ["point", "replicate", "quarter"]


@pytest.fixture(scope="module")
def experiment(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("experiment") / "small.toml"
    path.write_text(EXPERIMENT)
    return path


@pytest.fixture(autouse=True)
def small_tasks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(runner, "SECONDS", 0.0006)


def design(experiment: Path, **changes: Any) -> Design:
    return design_of(load_experiment(experiment, changes), TIME)


@pytest.fixture(scope="module")
def swept(experiment: Path, tmp_path_factory: pytest.TempPathFactory) -> Results:
    return sweep.carry_out(design(experiment), tmp_path_factory.mktemp("swept") / "out", 1)


def test_quarters_add_up_to_the_run_exactly(swept: Results) -> None:
    quarters = swept.quarters
    assert dict(quarters.schema) == QUARTERS_SCHEMA
    assert quarters.select(KEYS).rows() == [(p, r, q) for p in range(2) for r in range(4) for q in (1, 2, 3)]
    assert quarters["weeks"].to_list() == [13, 13, 4] * 8
    sums = quarters.group_by("point", "replicate", maintain_order=True).agg(pl.exclude("quarter").sum())
    categories = pl.sum_horizontal(f"adopted_{category}" for category in CATEGORIES)
    runs = swept.runs.with_columns(responses=categories)
    counted = [name for name in COLUMNS_OF_QUARTERS if name.removeprefix("twin_") in COUNTED and name in runs.columns]
    assert {"acts", "acts_state", "severe_acts", "twin_acts", "votes_failed", "responses"} <= set(counted)
    for name in (*counted, "weeks"):
        assert sums[name].to_list() == runs[name].to_list(), name
    assert sums["acts"].sum() > 0
    assert sums["responses"].sum() > 0
    for name in ("expected_acts", "twin_expected_acts"):
        assert sums[name].to_numpy() == pytest.approx(runs[name].to_numpy(), rel=1e-5)
    weighted = (pl.col(name) * pl.col("weeks") for name in ("credibility", "grievance", "pressure"))
    states = quarters.group_by("point", "replicate", maintain_order=True).agg(each.sum() for each in weighted)
    for name in ("credibility", "grievance", "pressure"):
        assert states[name].to_numpy() == pytest.approx(runs[name].to_numpy(), rel=1e-5), name


def test_kinds_add_up_to_all_of_them(swept: Results) -> None:
    quarters = swept.quarters
    for name in ("acts", "severe_acts", "twin_acts", "twin_severe_acts"):
        parts = quarters.select(pl.sum_horizontal(f"{name}_{kind}" for kind in KINDS)).to_series()
        assert parts.to_list() == quarters[name].to_list()


def test_a_doctrine_that_is_the_twins_has_the_quarters_of_its_twin(swept: Results) -> None:
    none = swept.design["doctrine"].to_list().index("none")
    for point, same in ((none, True), (1 - none, False)):
        own = swept.quarters.filter(point=point)
        ours = own.select(name for name in COLUMNS_OF_QUARTERS if not name.startswith("twin_"))
        theirs = own.select(pl.col(f"twin_{name}").alias(name) for name in ours.columns)
        assert ours.equals(theirs) is same


@pytest.mark.parametrize("number", [3, 8])
def test_both_engines_have_the_same_quarters_on_random_worlds(number: int) -> None:
    configuration = random_configuration(number, tempo=2.0).with_values(TIME)
    compiled, visited = run_one(configuration, 5, 1), DeterrenceModel.run_one(configuration, 5, 1)
    assert compiled.twin is not None
    assert visited.twin is not None
    assert compiled.quarters.tobytes() == visited.quarters.tobytes()
    assert compiled.twin.quarters.tobytes() == visited.twin.quarters.tobytes()
    assert compiled.quarters.weeks.tolist() == [13, 26, 30]
    room = room_for_quarters(configuration, 1)
    run(configuration, 5, [1], run_twins(configuration, 5, [1]), periods=room, every=QUARTER, cases=4)
    assert room[0].acts.tolist() == compiled.quarters.acts.tolist(), "a small docket changes none"
    own = quarters_of(compiled.quarters[None], compiled.twin.quarters[None])
    weeks = compiled.series.acts
    assert own["acts"][0].tolist() == [weeks[:13].sum(), weeks[13:26].sum(), weeks[26:].sum()]
    credible = compiled.series.credibility
    assert own["credibility"][0] == pytest.approx([credible[:13].mean(), credible[13:26].mean(), credible[26:].mean()])


def test_states_of_kinds_are_means_over_their_perpetrators() -> None:
    configuration = random_configuration(3).with_values(TIME)
    one = run_one(configuration, 5, 0)
    own = quarters_of(one.quarters[None], one.quarters[None])
    count = np.array([sum(configuration.kind(name) == kind for name in configuration.perpetrators) for kind in KINDS])
    assert one.quarters.weeks_of_kind[-1].tolist() == (count * TIME["scenario.time.weeks"]).tolist()
    for name in ("pressure", "grievance"):
        kinds = np.array([own[OF_KINDS[name, kind]][0] for kind in KINDS])
        assert np.nansum(count[:, None] * kinds, axis=0) / count.sum() == pytest.approx(own[name][0])
        assert np.isnan(kinds).all(axis=1).tolist() == (count == 0).tolist()


def test_the_mesa_engine_and_an_interruption_change_no_byte(swept: Results, experiment: Path, tmp_path: Path) -> None:
    mesa = sweep.carry_out(design(experiment, engine="mesa", replicates=2), tmp_path / "mesa", 1)
    kept = swept.quarters.filter(pl.col("replicate") < 2)
    assert_frame_equal(mesa.quarters, kept, check_exact=True)
    calls = []

    def interrupt(progress: sweep.Progress) -> None:
        calls.append(progress)
        if len(calls) == 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        sweep.carry_out(design(experiment), tmp_path / "out", 2, report=interrupt)
    partial = open_results(tmp_path / "out")
    assert partial.manifest.status == "running"
    runs = partial.runs.select("point", "replicate")
    assert partial.quarters.select("point", "replicate").unique(maintain_order=True).equals(runs)
    assert 0 < partial.quarters.height == 3 * runs.height < swept.quarters.height
    lost = next((tmp_path / "out" / QUARTER_PARTS).glob("part-*"))
    lost.write_bytes(lost.read_bytes()[:-9])
    with pytest.warns(UserWarning, match="quarters.*run again"):
        again = sweep.carry_out(design(experiment), tmp_path / "out", 2)
    for name in (QUARTERS, "runs.parquet"):
        assert (again.folder / name).read_bytes() == (swept.folder / name).read_bytes()


def test_runs_that_fail_have_no_quarters(experiment: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = DeterrenceModel.run_one

    def broken(configuration: Any, seed: int, replicate: int, *, ledger: bool = False) -> Any:
        if replicate == 1:
            raise ValueError("broken")
        return whole(configuration, seed, replicate, ledger=ledger)

    monkeypatch.setattr(DeterrenceModel, "run_one", broken)
    from experiments.running.executors import threads

    found = sweep.carry_out(design(experiment, engine="mesa", replicates=3), tmp_path / "out", threads(1))
    assert found.counts == (6, 2)
    assert found.quarters["replicate"].unique().to_list() == [0, 2]


def test_they_can_be_turned_off_and_on_again(swept: Results, experiment: Path, tmp_path: Path) -> None:
    off = sweep.carry_out(design(experiment, over_time=False), tmp_path / "out", 1)
    assert not (off.folder / QUARTERS).exists()
    assert not (off.folder / QUARTER_PARTS).exists()
    assert (off.folder / "runs.parquet").read_bytes() == (swept.folder / "runs.parquet").read_bytes()
    assert off.manifest.design_hash == swept.manifest.design_hash
    with pytest.raises(ConfigurationError, match="kept no figures by quarter"):
        _ = off.quarters
    on = sweep.carry_out(design(experiment), tmp_path / "out", 1)
    assert on.quarters.equals(swept.quarters)
    off = sweep.carry_out(design(experiment, over_time=False), tmp_path / "out", 1)
    assert QUARTERS not in off.manifest.files
    assert not (off.folder / QUARTERS).exists()
    assert not (off.folder / QUARTER_PARTS).exists()


def test_what_a_record_cannot_have_is_said(experiment: Path, tmp_path: Path) -> None:
    assert not design(experiment, record=True).over_time
    with pytest.raises(ConfigurationError, match="over_time"):
        design(experiment, record=True, over_time=True)


def test_a_file_that_was_changed_is_refused(swept: Results, experiment: Path, tmp_path: Path) -> None:
    found = sweep.carry_out(design(experiment, replicates=1), tmp_path / "out", 1)
    path, content = found.folder / QUARTERS, (found.folder / QUARTERS).read_bytes()
    path.write_bytes(content[:-100] + os.urandom(92) + content[-8:])
    with pytest.raises(ConfigurationError, match=r"quarters\.parquet.*(damaged|changed)"):
        _ = open_results(found.folder).quarters
    path.unlink()
    with pytest.raises(ConfigurationError, match=r"quarters\.parquet"):
        _ = open_results(found.folder).scan_quarters


def test_a_folder_reproduces_its_quarters_to_the_bit(experiment: Path, tmp_path: Path) -> None:
    found = sweep.carry_out(design(experiment, replicates=2), tmp_path / "out", 1)
    again = reproduce(found.folder, workers=1)
    assert again.different == ()
    assert QUARTERS in again.same
    changed = found.quarters.with_columns(credibility=pl.col("credibility") + np.float32(1e-6))
    told = difference(QUARTERS, found.quarters, changed, KEYS)
    assert told is not None
    assert told.columns == ("credibility",)


def test_a_dry_run_counts_their_disk(experiment: Path) -> None:
    with_them, without = (estimated(design(experiment, over_time=each), 1).disk for each in (True, False))
    assert with_them > 1.2 * without


def test_every_figure_says_what_it_is() -> None:
    for name, figure in QUARTERLY.items():
        assert figure.title
        assert figure.doc
        assert figure.mean or figure.unit.endswith("a quarter"), name

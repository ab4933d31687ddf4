"""Sweeps: the same bytes however they are run, folders that can be taken up again, and nothing undefined made up."""

import dataclasses
import json
from collections.abc import Iterator
from pathlib import Path

import polars as pl
import pytest

from analysis import open_results
from analysis.results.folder import RUNS_SCHEMA
from analysis.statistics.estimates import SUMMARY_SCHEMA
from experiments import run_sweep
from experiments.design.design import Design, design_of, reference_key
from experiments.design.experiment import load_experiment
from experiments.running import runner, sweep
from experiments.running import worker as work
from experiments.running.runner import plan
from experiments.running.worker import frame_of_runs
from experiments.store.files import write
from experiments.store.parquet import parquet
from experiments.store.provenance import manifest_of
from experiments.store.store import open_store
from model.configuration import Configuration, ConfigurationError, load_configuration
from model.ensemble import run, run_twins
from model.metrics.columns import results

SHORT = {"scenario.time.weeks": 30, "scenario.time.burn_in": 6}
EXPERIMENT = """
title = "Small"
question = "Does it work?"
scenario = "baseline"
doctrine = "clear_ladder"
replicates = 5
seed = 3
[factors]
"doctrine.clarity" = [0.0, 1.0]
"doctrine.firmness" = [0.5, 1.0, 2.0]
[sources]
default = "design: for a test"
"""
TABLES = ("design.parquet", "runs.parquet", "summary.parquet", "quarters.parquet")


@pytest.fixture
def experiment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(runner, "SECONDS", 0.0009)  # small tasks: several blocks, several parts each
    path = tmp_path / "small.toml"
    path.write_text(EXPERIMENT)
    return path


@pytest.fixture
def design(experiment: Path) -> Design:
    return design_of(load_experiment(experiment), SHORT)


def tables(folder: Path) -> list[bytes]:
    return [(folder / name).read_bytes() for name in TABLES]


def parts(folder: Path) -> Iterator[Path]:
    return (folder / "parts").glob("*.parquet")


@pytest.fixture
def whole(experiment: Path, tmp_path: Path) -> Path:
    run_sweep(experiment, tmp_path / "whole", workers=1, overrides=SHORT)
    return tmp_path / "whole"


def test_a_plan_covers_every_run_once(design: Design) -> None:
    tasks = plan(design)
    runs = [(point, replicate) for task in tasks for point in task.points for replicate in task.replicates]
    assert sorted(runs) == [(point, replicate) for point in range(6) for replicate in range(5)]
    assert len(tasks) > 6
    assert len({task.name for task in tasks}) == len(tasks)


def test_a_sweep_gives_the_runs_of_the_ensemble(whole: Path, design: Design) -> None:
    opened = open_results(whole)
    assert opened.runs.schema == RUNS_SCHEMA
    assert opened.summary.schema == SUMMARY_SCHEMA
    assert opened.runs.select("point", "replicate").rows() == [(p, r) for p in range(6) for r in range(5)]
    configuration = design.configuration(4)
    assert (configuration.doctrine.clarity, configuration.doctrine.firmness) == (1.0, 1.0)
    twins = run_twins(configuration, 3, [2])
    expected = results(run(configuration, 3, [2], twins), twins.books)
    found = opened.runs.row(by_predicate=(pl.col("point") == 4) & (pl.col("replicate") == 2), named=True)
    for name, values in expected.items():
        assert found[name] is None if values[0] != values[0] else found[name] == values[0], name


def test_bytes_do_not_depend_on_workers(whole: Path, experiment: Path, tmp_path: Path) -> None:
    run_sweep(experiment, tmp_path / "two", workers=2, overrides=SHORT)
    assert tables(tmp_path / "two") == tables(whole)


def test_bytes_do_not_depend_on_the_size_of_tasks(
    whole: Path, experiment: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(runner, "SECONDS", 1.0)
    run_sweep(experiment, tmp_path / "large", overrides=SHORT)
    assert len(list(parts(tmp_path / "large"))) < len(list(parts(whole)))
    assert tables(tmp_path / "large") == tables(whole)


def interrupted(design: Design, folder: Path) -> None:
    calls = []

    def interrupt(progress: sweep.Progress) -> None:
        calls.append(progress)
        if len(calls) == 3:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        sweep.carry_out(design, folder, 2, report=interrupt)


def test_an_interrupted_sweep_is_taken_up_again(whole: Path, design: Design, tmp_path: Path) -> None:
    folder = tmp_path / "resumed"
    interrupted(design, folder)
    partial = open_results(folder)
    assert partial.manifest.status == "running"
    found = sum(part.rows for part in partial.manifest.parts.values())
    assert (len(partial.manifest.parts), partial.runs.height) == (3, found)
    assert partial.summary.height > 0
    kept = {path.name: path.stat().st_mtime_ns for path in parts(folder)}
    seen: list[sweep.Progress] = []
    sweep.carry_out(design, folder, 2, report=seen.append)
    assert {name: (folder / "parts" / name).stat().st_mtime_ns for name in kept} == kept
    assert seen[0].found == found
    assert seen[-1].done == design.runs
    assert tables(folder) == tables(whole)


def test_a_damaged_and_a_lost_part_are_run_again(whole: Path, design: Design) -> None:
    before = tables(whole)
    damaged, lost, *_ = sorted(parts(whole))
    damaged.write_bytes(damaged.read_bytes()[:-20] + b"\0" * 20)
    lost.unlink()
    (whole / "runs.parquet").write_bytes(b"nothing")
    seen: list[sweep.Progress] = []
    sweep.carry_out(design, whole, 1, report=seen.append)
    assert len(seen) == 2
    assert tables(whole) == before


def test_a_complete_folder_is_reported_without_a_run(
    whole: Path, design: Design, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = tables(whole)
    monkeypatch.setattr(sweep, "warm_up", lambda _: pytest.fail("nothing was left to run"))
    assert sweep.carry_out(design, whole, 1).manifest.status == "complete"
    assert tables(whole) == before


def test_what_a_crash_left_behind_does_no_harm(whole: Path, design: Design) -> None:
    before = tables(whole)
    stray = whole / "parts" / "part-000000-deadbeef.parquet"
    stray.write_bytes(next(parts(whole)).read_bytes())
    (whole / "parts" / ".part-000001.parquet.77").write_bytes(b"half")
    sweep.carry_out(design, whole, 1)
    assert tables(whole) == before
    assert not stray.exists()


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"seed": 4}, "seed: 3 there, 4 now"),
        ({"replicates": 6}, "replicates: 5 there, 6 now"),
        ({"overrides": {**SHORT, "doctrine.ratchet": 0.5}}, "doctrine.ratchet: 0.0 there, 0.5 now"),
    ],
)
def test_a_folder_of_another_design_is_refused(whole: Path, experiment: Path, change: dict, said: str) -> None:  # type: ignore[type-arg]
    before = tables(whole)
    with pytest.raises(ConfigurationError, match="--fresh") as caught:
        run_sweep(experiment, whole, **{"overrides": SHORT, **change})
    assert said in str(caught.value)
    assert tables(whole) == before


def test_a_folder_of_other_source_is_refused(whole: Path, experiment: Path) -> None:
    path = whole / "manifest.json"
    path.write_text(path.read_text().replace(open_results(whole).manifest.source_hash, "0" * 16))
    with pytest.raises(ConfigurationError, match="another version of the model's code"):
        run_sweep(experiment, whole, overrides=SHORT)
    assert run_sweep(experiment, whole, overrides=SHORT, fresh=True).manifest.status == "complete"


def test_a_folder_of_other_things_is_left_alone(experiment: Path, tmp_path: Path) -> None:
    folder = tmp_path / "mine"
    folder.mkdir()
    (folder / "thesis.txt").write_text("precious")
    for fresh in (False, True):
        with pytest.raises(ConfigurationError, match="not results of deter"):
            run_sweep(experiment, folder, overrides=SHORT, fresh=fresh)
    assert (folder / "thesis.txt").read_text() == "precious"


def test_fresh_removes_results_and_nothing_else(whole: Path, design: Design) -> None:
    (whole / "notes.txt").write_text("mine")
    (whole / "ledger.csv").write_text("old")
    other = dataclasses.replace(design, seed=4)
    assert sweep.carry_out(other, whole, 1, fresh=True).manifest.seed == 4
    assert (whole / "notes.txt").read_text() == "mine"
    assert not (whole / "ledger.csv").exists()


def test_fresh_leaves_results_of_the_same_design_alone(
    whole: Path, design: Design, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "resumed"
    interrupted(design, folder)
    kept = {path.name: path.stat().st_mtime_ns for path in parts(folder)}
    sweep.carry_out(design, folder, 2, fresh=True)
    assert {name: (folder / "parts" / name).stat().st_mtime_ns for name in kept} == kept
    assert tables(folder) == tables(whole)
    monkeypatch.setattr(sweep, "warm_up", lambda _: pytest.fail("nothing was left to run"))
    assert sweep.carry_out(design, folder, 1, fresh=True).manifest.status == "complete"
    assert tables(folder) == tables(whole)


def test_fresh_replaces_a_damaged_manifest(whole: Path, design: Design) -> None:
    before = tables(whole)
    (whole / "manifest.json").write_text("{")
    sweep.carry_out(design, whole, 1, fresh=True)
    assert tables(whole) == before


def test_the_manifest_holds_the_whole_configuration(whole: Path, design: Design) -> None:
    manifest = json.loads((whole / "manifest.json").read_text())
    again = Configuration.model_validate(manifest["configuration"])
    assert again == design.base
    assert list(again.activities) == list(design.base.activities)
    assert manifest["files"].keys() == set(TABLES)
    assert sum(part["rows"] for part in manifest["parts"].values()) == manifest["files"]["runs.parquet"]["rows"] == 30


def test_the_hash_of_a_design_leaves_out_titles_and_sources(experiment: Path, design: Design) -> None:
    experiment.write_text(EXPERIMENT.replace("Small", "Other").replace("for a test", "for nothing"))
    renamed = {**SHORT, "doctrine.title": "Another name"}
    assert design_of(load_experiment(experiment), renamed).hash == design.hash
    assert design_of(load_experiment(experiment, {"seed": 9}), SHORT).hash != design.hash
    assert design_of(load_experiment(experiment), {**SHORT, "switches.norms": False}).hash != design.hash


def test_worlds_that_share_a_twin() -> None:
    base = load_configuration()
    assert reference_key(base) == reference_key(base.with_values({"doctrine.clarity": 0.1, "doctrine": "coalition"}))
    assert reference_key(base) != reference_key(base.with_values({"scenario.detection.detection": 0.1}))
    assert reference_key(base) != reference_key(base.with_values({"reference.doctrine.support": 0.1}))


def test_points_with_twins_of_their_own(tmp_path: Path) -> None:
    path = tmp_path / "worlds.toml"
    factors = '"scenario.detection.detection" = [0.3, 0.9]\ndoctrine = ["none", "clear_ladder"]\n[sources]'
    path.write_text(EXPERIMENT.replace("[sources]", factors).replace('"doctrine.firmness" = [0.5, 1.0, 2.0]', ""))
    opened = run_sweep(path, tmp_path / "out", overrides=SHORT, replicates=2)
    twins = opened.runs.join(opened.design, on="point").group_by("scenario.detection.detection", "replicate")
    assert twins.agg(pl.col("twin_detected").n_unique())["twin_detected"].to_list() == [1] * 4
    assert opened.runs["twin_detected"].n_unique() > 1
    assert opened.design["doctrine"].to_list()[:2] == ["none", "clear_ladder"]


def test_undefined_is_null_and_what_is_not_finite_fails(design: Design) -> None:
    configuration = design.configuration(0)
    twins = run_twins(configuration, 3, [0, 1])
    columns = results(run(configuration, 3, [0, 1], twins), twins.books)
    columns["response_delay"][:] = float("nan")
    columns["deterred"][1] = float("inf")
    frame = frame_of_runs(0, [0, 1], 3, columns)
    assert frame["response_delay"].null_count() == 2
    assert frame["status"].to_list() == ["ok", "failed"]
    assert frame["error"].to_list() == [None, "deterred is not finite"]
    assert frame["acts"].null_count() == 1
    assert not any(frame[name].is_nan().any() for name, kind in frame.schema.items() if kind.is_float())


def test_a_point_that_breaks_is_recorded(experiment: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def breaks(configuration: Configuration, *arguments: object, **options: object) -> object:
        if configuration.doctrine.firmness == 2.0:
            raise FloatingPointError("too firm")
        return run(configuration, *arguments, **options)  # type: ignore[arg-type]

    monkeypatch.setattr(work, "run", breaks)
    opened = run_sweep(experiment, tmp_path / "broken", overrides=SHORT)
    failed = opened.runs.filter(pl.col("status") == "failed")
    assert failed["point"].unique().sort().to_list() == [2, 5]
    assert set(failed["error"]) == {"FloatingPointError: too firm"}
    of_failed = opened.summary.filter(pl.col("point") == 2)
    assert of_failed["mean"].null_count() == of_failed.height
    assert set(of_failed["n"]) == {0}


def test_equal_frames_give_equal_bytes() -> None:
    frame = pl.DataFrame({"a": range(100), "b": [None, 0.5] * 50})
    chunked = pl.concat([frame.head(33), frame.slice(33)], rechunk=False)
    assert chunked.n_chunks() == 2
    assert parquet(chunked) == parquet(frame)


def test_a_file_is_written_whole_or_not_at_all(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "table"
    write(path, b"old")

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(OSError, match="No space left"):
        write(path, b"new")
    assert path.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [path]


def test_a_damaged_manifest_is_named(design: Design, tmp_path: Path) -> None:
    (tmp_path / "manifest.json").write_text("{")
    with pytest.raises(ConfigurationError, match=r"is damaged.*--fresh"):
        open_store(tmp_path, manifest_of(design, "sweep", "compiled"), design.frame)

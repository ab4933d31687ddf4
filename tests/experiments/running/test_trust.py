"""A folder of somebody else's may bring code: it runs when its user says so, and is the code that the hash is of."""

import json
import shutil
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from support.mistakes import RUN_AGAIN, Capture, by_name, one_answer

from analysis.results.folder import open_results
from analysis.results.identity import hash_of
from analysis.results.manifest import read_manifest
from experiments import run_sweep
from experiments.commands.main import WRONG_INPUT, main
from experiments.design.model_class import ModelSource
from experiments.running.reproduce import open_kept, reproduce
from experiments.running.sweep import Sweep
from model.errors import ConfigurationError

EXPERIMENT = """
title = "Mine"
question = "Who runs it?"
scenario = "illustrative"
replicates = 1
seed = 3
model = "mine.py:Mine"
[factors]
"doctrine.clarity" = [0.0, 1.0]
"""
MODEL = """
from pathlib import Path

from model.deterrence import DeterrenceModel

Path("{mark}").touch()

class Mine(DeterrenceModel):
    pass
"""
SHORT = {"scenario.time.weeks": 8, "scenario.time.burn_in": 0}
MARK = "it-ran"


@pytest.fixture(scope="module")
def brought(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder that brings a class, whose text leaves a mark where it runs; not to be changed."""
    place = tmp_path_factory.mktemp("brought")
    (place / "mine.toml").write_text(EXPERIMENT)
    (place / "mine.py").write_text(MODEL.format(mark=place / MARK))
    run_sweep(place / "mine.toml", place / "out", overrides=SHORT, workers=1)
    return place / "out"


@pytest.fixture
def folder(brought: Path, tmp_path: Path) -> Path:
    """A copy of it, elsewhere and in which nothing has run."""
    shutil.copytree(brought, tmp_path / "copied")
    text = open_results(brought).manifest.model_text or ""
    anew(tmp_path / "copied", model_text=text.replace(str(brought.parent / MARK), str(tmp_path / MARK)))
    return tmp_path / "copied"


def anew(folder: Path, **entries: Any) -> None:
    """Change a manifest and the hashes with it, as a stranger would."""
    path = folder / "manifest.json"
    tree = {**json.loads(path.read_text()), **entries}
    if tree["model_text"] is not None and "model" not in entries:
        tree["model"]["hash"] = ModelSource(tree["model"]["name"], tree["model_text"]).hash
    path.write_text(json.dumps(tree))
    tree["design_hash"] = hash_of(read_manifest(folder), open_design(folder))
    path.write_text(json.dumps(tree))


def open_design(folder: Path) -> Any:
    import polars as pl

    return pl.read_parquet(folder / "design.parquet", glob=False)


def ran(folder: Path) -> bool:
    return (folder.parent / MARK).exists()


@by_name(RUN_AGAIN)
def test_code_of_a_folder_does_not_run_unasked(
    case: Callable[[Path], list[str]], folder: Path, no_run: None, capsys: Capture
) -> None:
    assert main(case(folder)) == WRONG_INPUT
    version = read_manifest(folder).version_of_model
    assert version is not None
    one_answer(capsys, "model = 'mine.py:Mine'", f"hash {version[1]}", "runs only if you trust it", "--trust-model")
    assert not ran(folder)


@by_name(RUN_AGAIN)
def test_code_of_a_folder_runs_when_trusted_and_is_named(
    case: Callable[[Path], list[str]], folder: Path, capsys: Capture
) -> None:
    assert main([*case(folder), "--trust-model"]) == 0
    version = read_manifest(folder).version_of_model
    assert version is not None
    assert (
        f"runs the model class mine.py:Mine, hash {version[1]}, that comes with the folder" in capsys.readouterr().err
    )
    assert ran(folder)


def test_code_that_is_not_that_of_its_hash_does_not_run_even_when_trusted(folder: Path, capsys: Capture) -> None:
    text = read_manifest(folder).model_text or ""
    anew(folder, model_text=f"{text}\n", model=read_manifest(folder).model)
    for case in RUN_AGAIN.values():
        assert main([*case(folder), "--trust-model"]) == WRONG_INPUT
        one_answer(capsys, "model.hash = ", "does not match the source next to it")
    assert not ran(folder)


@by_name(RUN_AGAIN)
def test_a_package_that_a_manifest_names_is_not_imported_unasked(
    case: Callable[[Path], list[str]], folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: Capture
) -> None:
    (folder.parent / "stranger.py").write_text(MODEL.format(mark=folder.parent / MARK))
    monkeypatch.syspath_prepend(folder.parent)
    anew(folder, model_text=None, model={"name": "stranger:Mine", "hash": "0" * 16})
    assert main(case(folder)) == WRONG_INPUT
    one_answer(capsys, "model = 'stranger:Mine'", "which would be imported", "--trust-model")
    assert not ran(folder)
    assert "stranger" not in sys.modules


def test_a_package_that_is_another_version_here_is_not_imported_even_when_trusted(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: Capture
) -> None:
    room = folder.parent / "another"
    room.mkdir()
    (room / "__init__.py").write_text(MODEL.format(mark=folder.parent / MARK))  # parents do not run either
    (room / "inner.py").write_text(MODEL.format(mark=folder.parent / MARK))
    monkeypatch.syspath_prepend(folder.parent)
    for place in ("another", "another.inner", "nowhere.inner"):
        anew(folder, model_text=None, model={"name": f"{place}:Mine", "hash": "0" * 16})
        for case in RUN_AGAIN.values():
            assert main([*case(folder), "--trust-model"]) == WRONG_INPUT
            one_answer(capsys, "model")
    assert not ran(folder)
    anew(folder, model_text=None, model={"name": "another:Mine", "hash": ModelSource("another:Mine").hash})
    open_kept(folder, trust_model=True)
    assert ran(folder)


def test_what_only_looks_at_a_folder_runs_nothing_of_it(folder: Path, capsys: Capture) -> None:
    for command in (["report"], ["figure", "main_effects"], ["discover"], ["sensitivity"]):
        main([*command, str(folder)])
    open_results(folder).estimate()
    assert not ran(folder)


def test_going_on_with_a_folder_runs_the_code_of_the_experiment_and_not_its_own(folder: Path) -> None:
    place = folder.parent
    (place / "mine.toml").write_text(EXPERIMENT)
    (place / "mine.py").write_text(MODEL.format(mark=place / "our-own"))
    command = ["sweep", str(place / "mine.toml"), "--out", str(folder), "--quiet", "--no-figures"]
    command += [f"--set={path}={value}" for path, value in SHORT.items()]
    for more in ([], ["--retry-failed"]):
        main([*command, *more])
    assert (place / "our-own").exists()
    assert not ran(folder)


def test_a_dry_run_runs_the_code_of_ones_own_experiment(tmp_path: Path) -> None:
    (tmp_path / "mine.toml").write_text(EXPERIMENT)
    (tmp_path / "mine.py").write_text(MODEL.format(mark=tmp_path / MARK))
    Sweep(tmp_path / "mine.toml").design()
    assert (tmp_path / MARK).exists()


def test_a_class_whose_file_leaves_the_interpreter_is_wrong_input(tmp_path: Path, capsys: Capture) -> None:
    (tmp_path / "mine.toml").write_text(EXPERIMENT)
    (tmp_path / "mine.py").write_text("raise SystemExit(0)")
    assert main(["sweep", str(tmp_path / "mine.toml"), "--dry-run"]) == WRONG_INPUT
    one_answer(capsys, "cannot be loaded (SystemExit: 0)")


def test_in_python_code_of_a_folder_is_trusted_by_an_argument(folder: Path) -> None:
    with pytest.raises(ConfigurationError, match="trust_model=True"):
        reproduce(folder)
    assert not ran(folder)
    assert not reproduce(folder, 0, trust_model=True).different

"""The versions that a folder was made with, as pip takes them; they say nothing of where packages came from."""

import platform
import re
import sys
from importlib.metadata import version
from pathlib import Path
from types import ModuleType

import pytest
from packaging.requirements import Requirement
from support.mistakes import EXPERIMENT, SHORT, Capture

from agents.foundation.compiled import source_hash
from experiments.commands.main import main
from experiments.store.requirements import are_versions, requirements


@pytest.fixture
def swept(tmp_path: Path) -> list[str]:
    (tmp_path / "small.toml").write_text(EXPERIMENT)
    command = ["sweep", str(tmp_path / "small.toml"), "--quiet", "--no-figures", "--out", str(tmp_path / "out"), *SHORT]
    assert main(command) == 0
    return command


def test_all_that_deter_needs_stands_there_as_it_is_installed() -> None:
    first, second, *lines = requirements().splitlines()
    assert first.startswith(f"# Python {platform.python_version()}; ")
    assert "pip install -r requirements.txt" in first
    assert source_hash() in second
    found = dict(line.split("==") for line in lines)
    assert lines == sorted(lines)
    assert not {"deter", "pytest", "ruff", "mypy"} & found.keys()
    for name in ("numpy", "numba", "llvmlite", "polars", "mesa", "networkx", "salib", "pydantic-core"):
        assert found[name] == version(name)
    assert all(str(Requirement(line).specifier).startswith("==") for line in lines)


def test_it_says_nothing_of_places() -> None:
    _, _, *lines = requirements().splitlines()
    assert all(re.fullmatch(r"[a-z0-9-]+==[\w.!+]+", line) for line in lines)
    assert "://" not in requirements()


def test_what_an_extra_needs_is_there_where_it_is_in_use(monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("optuna")
    for module in ("optuna", "distributed", "ema_workbench"):
        monkeypatch.delitem(sys.modules, module, raising=False)
    assert "optuna==" not in requirements()
    monkeypatch.setitem(sys.modules, "optuna", ModuleType("optuna"))
    assert f"optuna=={version('optuna')}" in requirements().splitlines()


def test_a_folder_holds_them_and_a_fresh_start_makes_them_anew(swept: list[str], tmp_path: Path) -> None:
    file = tmp_path / "out" / "requirements.txt"
    assert file.read_text() == requirements()
    file.write_text("mine")
    assert main([*swept, "--seed", "4", "--fresh"]) == 0
    assert file.read_text() == requirements()


@pytest.mark.usefixtures("swept")
def test_who_has_other_versions_is_told_how_to_have_those(tmp_path: Path, capsys: Capture) -> None:
    manifest = tmp_path / "out" / "manifest.json"
    manifest.write_text(re.sub(r'"numpy": "[^"]+"', '"numpy": "1.0"', manifest.read_text()))
    how = re.compile(r"python3\.\d+ -m venv made-with && made-with/bin/pip install -r \S*/out/requirements\.txt")
    assert main(["reproduce", str(tmp_path / "out")]) == 0
    assert how.search(capsys.readouterr().err)
    file = tmp_path / "out" / "requirements.txt"
    for text in ("--index-url http://stranger\nnumpy==1.0\n", "numpy @ http://stranger/numpy.whl\n", "-e .\n", "\xff"):
        file.write_text(text, "latin-1")
        assert not are_versions(file)
        assert main(["reproduce", str(tmp_path / "out")]) == 0
        assert not how.search(capsys.readouterr().err)

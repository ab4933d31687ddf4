"""Mistakes that nobody thought of: whatever is given, a command works or answers in one line."""

import json
import random
import tomllib
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import typer
from fuzz.mutations import WRONG, as_toml, changed, toml_of
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from support.mistakes import Capture, edited, one_answer

from experiments.commands.main import FAILED, WRONG_INPUT, main
from model.configuration import load_configuration
from model.loading import CONFIGS

KINDS = ("doctrines", "scenarios", "experiments", "catalogues")


@cache
def shipped_tree(kind: str) -> list[dict[str, Any]]:
    return [tomllib.loads(path.read_text("utf-8")) for path in sorted((CONFIGS / kind).glob("*.toml"))]


def mutated(tree: dict[str, Any], chance: random.Random) -> str:
    """A file with one or two entries deleted, renamed, replaced, nested or given twice."""
    twice = f"{json.dumps(chance.choice(list(tree)))} = 1\n" if chance.randrange(6) == 0 else ""
    return twice + toml_of(changed(json.loads(json.dumps(tree, default=str)), chance, WRONG))


def answered(arguments: list[str], capsys: Capture) -> None:
    """Either a command comes as far as running, or it answers with one message."""
    capsys.readouterr()
    code = main(arguments)
    if code == 0:
        return
    assert code in (FAILED, WRONG_INPUT)
    one_answer(capsys)


@pytest.fixture
def loads_only(monkeypatch: pytest.MonkeyPatch) -> None:
    """Commands stop where the simulation would begin."""

    def stop(*_: object, **__: object) -> None:
        raise typer.Exit

    monkeypatch.setattr("experiments.running.single.run_single", stop)
    monkeypatch.setattr("experiments.terminal.sweeps.carry_out", stop)


QUICK = settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@QUICK
@given(kind=st.sampled_from(KINDS), which=st.integers(0, 99), seed=st.integers(0, 2**32))
def test_any_mutation_of_a_shipped_file_is_answered(
    kind: str, which: int, seed: int, loads_only: None, tmp_path: Path, capsys: Capture
) -> None:
    chance = random.Random(seed)
    trees = shipped_tree(kind)
    path = tmp_path / "mine.toml"
    path.write_text(mutated(trees[which % len(trees)], chance), "utf-8")
    if kind == "catalogues":
        name = sorted((CONFIGS / kind).glob("*.toml"))[which % len(trees)].stem
        entry = name.removesuffix("_recorded")
        scenario = edited(tmp_path, "scenarios", "baseline", (f'{entry} = "{entry}"', f'{entry} = "mine.toml"'))
        answered(["run", str(scenario)], capsys)
    else:
        words = {"doctrines": ["run", "--doctrine"], "scenarios": ["run"], "experiments": ["sweep"]}[kind]
        answered([*words, str(path)], capsys)


@cache
def known_paths() -> list[str]:
    return [parameter.path for parameter in load_configuration().parameters()]


@QUICK
@given(data=st.data())
def test_any_setting_is_answered(data: st.DataObject, loads_only: None, capsys: Capture) -> None:
    texts = []
    for _ in range(data.draw(st.integers(1, 3))):
        parts = data.draw(st.sampled_from(known_paths())).split(".")
        path = ".".join(parts[: data.draw(st.integers(1, len(parts)))])
        path += data.draw(st.sampled_from(["", "", "", ".x", ".low", "x", "."]))
        texts += ["--set", f"{path}={as_toml(data.draw(st.sampled_from(WRONG)))}"]
    answered(["run", *texts], capsys)


WORDS = st.sampled_from(
    ["run", "sweep", "baseline", "headline", "--seed", "--engine", "mesa", "--set", "doctrine.clarity=1", "--out",
     "--quiet", "--workers", "--replicates", "--fresh", "--ledger", "--", "-1", "0", "3", "", "=", "x"]
) | st.text(max_size=12).filter(lambda word: not word.startswith("-"))  # fmt: skip


@QUICK
@given(words=st.lists(WORDS, max_size=6))
def test_any_command_line_is_answered(words: list[str], loads_only: None, capsys: Capture) -> None:
    answered(words, capsys)

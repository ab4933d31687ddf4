"""What the tests of wrong input share: a small experiment, edited copies of shipped files, and what an answer is."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from model.loading import CONFIGS

Capture = pytest.CaptureFixture[str]
EXPERIMENT = """
title = "Small"
question = "What is wrong?"
replicates = 2
seed = 3
[factors]
"doctrine.clarity" = [0.0, 1.0]
"""
SHORT = ["--set", "scenario.time.weeks=4", "--set", "scenario.time.burn_in=0"]
DEVICES = Path("/dev/full").exists() and Path("/dev/zero").exists()


def one_answer(capsys: Capture, *said: str) -> str:
    """The one line on standard error, with these words in it; nothing on standard output."""
    shown = capsys.readouterr()
    assert shown.out == ""
    assert shown.err.startswith("deter: ")
    assert shown.err.count("\n") == 1
    assert "Traceback" not in shown.err
    for words in said:
        assert words in shown.err
    return shown.err


def edited(folder: Path, kind: str, name: str, *changes: tuple[str, str], to: str = "") -> Path:
    """A shipped file with some text replaced, each once."""
    text = (CONFIGS / kind / f"{name}.toml").read_text("utf-8")
    for old, new in changes:
        assert old in text
        text = text.replace(old, new, 1)
    path = folder / (to or f"{name}.toml")
    path.write_text(text, "utf-8")
    return path


RUN_AGAIN: dict[str, Callable[[Path], list[str]]] = {
    "reproduce": lambda folder: ["reproduce", str(folder)],
    "one run": lambda folder: ["reproduce", str(folder), "--point", "1"],
    "explain": lambda folder: ["explain", str(folder)],
}
"""Commands that run what a folder holds once more, and with it any code that the folder brings."""


def by_name(table: dict[str, Any]) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("case", table.values(), ids=table.keys())

"""Whatever is read from outside is read, or refused in one printable line, within bounds of time and memory."""

import os
from pathlib import Path

import pytest

from fuzz import folders
from fuzz.batches import CORPUS, faults
from fuzz.targets import TARGETS
from fuzz.worker import fault_of

INPUTS = 100_000
"""Inputs in all."""
SHARES = {
    "experiment": 4,
    "worlds in text": 3,
    "worlds in Parquet": 2,
    "doctrine": 2,
    "setting": 0.5,
    "configuration": 0.5,
}
"""Of each target, relative; 1 unless stated."""


def number_of(name: str) -> int:
    whole = sum(SHARES.get(each, 1) for each in TARGETS)
    return round(INPUTS * SHARES.get(name, 1) / whole)


@pytest.mark.slow
@pytest.mark.parametrize("name", TARGETS)
def test_any_input_is_answered(name: str, folder: Path, tmp_path: Path) -> None:
    found = faults(name, range(number_of(name)), tmp_path / "room", folder)
    told = "\n".join(f"{each.file}: {each.problem}" for each in found[:20])
    assert not found, f"{len(found)} inputs, such as\n{told}"


@pytest.mark.parametrize("path", sorted(CORPUS.glob("*/*")), ids=lambda path: f"{path.parent.name}-{path.name}")
def test_what_failed_once_is_answered(
    path: Path, folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(os.environ, folders.WHOLE, str(folder))
    assert fault_of(TARGETS[path.parent.name], path.read_bytes(), tmp_path) is None

"""The hash of the model's code: the same in every clone of it, and another where a rule is another."""

import shutil
from pathlib import Path

import pytest
from support.paths import ROOT

from agents.foundation import compiled


def hash_of(root: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setattr(compiled, "ROOT", root)
    return compiled.source_hash.__wrapped__()


def test_line_ends_of_a_clone_do_not_count(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Git for Windows may give a clone other line ends, and folders of results go from one machine to another."""
    for folder in ("agents", "model"):
        shutil.copytree(ROOT / folder, tmp_path / folder, ignore=shutil.ignore_patterns("__pycache__"))
    same = hash_of(tmp_path, monkeypatch)
    assert same == hash_of(ROOT, monkeypatch)
    path = tmp_path / "agents" / "voting.py"
    path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n"))
    assert hash_of(tmp_path, monkeypatch) == same
    path.write_bytes(path.read_bytes() + b"# another\n")
    assert hash_of(tmp_path, monkeypatch) != same

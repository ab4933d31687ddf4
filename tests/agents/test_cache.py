"""Compiled code is kept where its user alone can put it: what lies there is run as it is."""

import os
import stat
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest
from support.paths import ROOT

from agents.foundation import compiled


@pytest.fixture
def shared(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A user without a folder of their own, and a temporary directory for all."""
    (tmp_path / "file").write_text("")
    for name in ("DETER_CACHE_DIR", "XDG_CACHE_HOME", "HOME"):
        monkeypatch.setenv(name, str(tmp_path / "file"))
    (tmp_path / "shared").mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "shared"))
    return tmp_path / "shared" / f"deter-{os.getuid()}"


def found() -> Path | None:
    return compiled.cache_folder.__wrapped__()


def test_the_folder_of_the_user_comes_first(shared: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    folder = found()
    assert folder is not None
    assert folder.parent == tmp_path / ".cache" / "deter"
    assert not shared.exists()


def test_in_the_temporary_directory_it_is_for_its_user_alone(shared: Path) -> None:
    folder = found()
    assert folder is not None
    assert folder.parent == shared
    assert stat.S_IMODE(shared.stat().st_mode) == 0o700
    assert found() == folder


@pytest.mark.parametrize("mode", [0o777, 0o770, 0o755])
def test_a_folder_that_is_open_to_others_is_not_used(mode: int, shared: Path) -> None:
    shared.mkdir()
    shared.chmod(mode)
    assert found() is None
    assert list(shared.iterdir()) == []


def test_a_link_is_not_followed(shared: Path, tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir(mode=0o700)
    shared.symlink_to(tmp_path / "elsewhere")
    assert found() is None
    assert list((tmp_path / "elsewhere").iterdir()) == []


def test_the_folder_of_another_is_not_used(shared: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shared.mkdir(mode=0o700)
    owner = os.getuid()
    monkeypatch.setattr(compiled.os, "getuid", lambda: owner + 1)
    shared.rename(shared.with_name(f"deter-{owner + 1}"))
    assert found() is None


def test_without_a_folder_nothing_is_kept(shared: Path) -> None:
    shared.write_text("")
    script = (
        "from agents.foundation.compiled import cache_folder, rule\nprint(cache_folder(), rule(lambda x: x + 1)(1))"
    )
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "TMPDIR": str(shared.parent)}
    done = subprocess.run([sys.executable, "-c", script], env=environment, capture_output=True, text=True, check=False)
    assert done.stdout.split() == ["None", "2"], done.stderr

"""Sweeps on processes from wherever Python runs: scripts with and without a guard, standard input, `-c`, a prompt."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from support.nursery import Nursery, command_of
from support.paths import ROOT

from analysis import open_results

EXPERIMENT = """
title = "Small"
question = "Who begins it?"
scenario = "illustrative"
doctrine = "status_quo"
replicates = 2
seed = 3
engine = "mesa"
[factors]
"doctrine.clarity" = [0.0, 1.0]
"""
SWEEP = """
import deter

print("here")
short = {"scenario.time.weeks": 3, "scenario.time.burn_in": 0}
deter.run_sweep("small.toml", "out", workers=2, overrides=short)
"""
GUARD = 'if __name__ == "__main__":'


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    monkeypatch.chdir(tmp_path)
    (tmp_path / "small.toml").write_text(EXPERIMENT)
    return tmp_path


def python(*arguments: str, given: str = "") -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, *arguments], input=given, capture_output=True, text=True, timeout=300)


def in_script(text: str) -> subprocess.CompletedProcess[str]:
    Path("script.py").write_text(text)
    return python("script.py")


WAYS: dict[str, Callable[[], subprocess.CompletedProcess[str]]] = {
    "a script": lambda: in_script(SWEEP),
    "standard input": lambda: python("-", given=SWEEP),
    "-c": lambda: python("-c", SWEEP),
    "a prompt": lambda: python("-i", "-q", "-c", "__file__ = '<prompt>'", given=SWEEP),
}


@pytest.mark.parametrize("way", WAYS)
def test_a_sweep_runs_once_and_to_its_end_without_a_guard(here: Path, way: str) -> None:
    done = WAYS[way]()
    assert done.returncode == 0, done.stderr
    assert done.stdout.count("here") == 1
    assert "Traceback" not in done.stderr
    found = open_results(here / "out")
    assert (found.manifest.status, found.counts) == ("complete", (4, 0))


@pytest.mark.parametrize("method", ["spawn", "forkserver"])
def test_a_process_of_the_scripts_own_that_comes_to_the_sweep_names_the_guard(here: Path, method: str) -> None:
    others = f"""
import multiprocessing

if __name__ == "__main__":
    context = multiprocessing.get_context("{method}")
    if "{method}" == "forkserver":
        context.set_forkserver_preload(["__main__"])
    other = context.Process(target=print, args=("there",))
    other.start()
    other.join()
"""
    done = in_script(others + SWEEP)
    *_, last = [line for line in done.stderr.splitlines() if "ConfigurationError" in line]
    assert GUARD in last
    assert "runs this script again and starts another sweep" in last
    assert open_results(here / "out").counts == (4, 0)


OWN = """
from model.deterrence import DeterrenceModel


class Own(DeterrenceModel):
    pass

"""


@pytest.mark.parametrize("model", ["script.py:Own", "script:Own"])
def test_a_script_that_sweeps_over_its_own_class_needs_the_guard(here: Path, model: str) -> None:
    (here / "small.toml").write_text(EXPERIMENT.replace("seed = 3", f'seed = 3\nmodel = "{model}"'))
    done = in_script(OWN + SWEEP)
    assert done.returncode == 1
    last = done.stderr.splitlines()[-1]
    assert f"model = '{model}': starts its own sweep while it is being loaded" in last
    assert GUARD in last
    assert not (here / "out").exists()


def test_under_the_guard_it_sweeps_over_its_own_class(here: Path) -> None:
    (here / "small.toml").write_text(EXPERIMENT.replace("seed = 3", 'seed = 3\nmodel = "script.py:Own"'))
    done = in_script(OWN + GUARD + SWEEP.replace("\n", "\n    "))
    assert (done.returncode, done.stdout.count("here")) == (0, 1), done.stderr
    assert open_results(here / "out").counts == (4, 0)


def heeds_ctrl_c(pid: int) -> bool:
    """Whether a process has come so far that it does something about SIGINT of its own: catch it, or block it."""
    try:
        lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    except (FileNotFoundError, ProcessLookupError):
        return False
    masks = [int(line.split()[1], 16) for line in lines if line.startswith(("SigCgt:", "SigBlk:"))]
    return any(mask >> (signal.SIGINT - 1) & 1 for mask in masks)


def test_ctrl_c_while_workers_start_says_one_line(here: Path) -> None:
    nursery = Nursery(0.001)
    try:
        out = here / "out"
        child = nursery.begin(["sweep", str(here / "small.toml"), "--quiet", "--workers", "3", "--out", str(out)])
        child.wait_for(lambda: any("spawn_main" in command_of(pid) and heeds_ctrl_c(pid) for pid in child.processes()))
        os.killpg(child.pid, signal.SIGINT)
        assert child.wait() == 130
        assert child.said == f"deter: interrupted; repeat the command to continue from {out}\n"
    finally:
        nursery.close()

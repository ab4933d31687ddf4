"""Sweeps that are killed, interrupted, begun twice or out of room: the same command completes them, to the bit."""

import os
import random
import resource
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from conftest import ROOT
from mistakes import Capture, one_answer

from analysis import open_results
from experiments import run_sweep, runner
from experiments.command_line import FAILED, WRONG_INPUT, main
from experiments.runner import SPEED
from model.configuration import load_configuration

KILLS = 10
PARTS = 60
EXPERIMENT = f"""
title = "Many parts"
question = "Does it survive?"
replicates = 150
seed = 3
[factors]
"scenario.detection.detection" = {[0.3 + step / 100 for step in range(PARTS // 3)]}
"""
OVERRIDES = {"scenario.time.weeks": 30, "scenario.time.burn_in": 0}
SHORT = [word for path, value in OVERRIDES.items() for word in ("--set", f"{path}={value}")]
TABLES = ("design.parquet", "runs.parquet", "summary.parquet")
SIZE = 50
"""Runs of a part: the block of replicates of one point."""
SECONDS = 1.5 * SIZE * 30 * len(load_configuration().perpetrators) / SPEED["compiled"]
"""Length of a task for which it has this size."""
CHILD = """
import sys
from experiments import runner
from experiments.command_line import main
runner.SECONDS = float(sys.argv[1])
sys.exit(main(sys.argv[2:]))
"""
Run = Callable[..., subprocess.Popen[str]]


@pytest.fixture(scope="module")
def command(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    path = tmp_path_factory.mktemp("experiment") / "many.toml"
    path.write_text(EXPERIMENT)
    return ["sweep", str(path), "--quiet", *SHORT]


@pytest.fixture(scope="module", autouse=True)
def many_parts() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(runner, "SECONDS", SECONDS)
        yield


@pytest.fixture(scope="module")
def undisturbed(command: list[str], tmp_path_factory: pytest.TempPathFactory) -> list[bytes]:
    out = tmp_path_factory.mktemp("undisturbed") / "out"
    complete(command, out)
    assert len(parts(out)) == PARTS
    return tables(out)


@pytest.fixture
def run(command: list[str], out: Path) -> Iterator[Run]:
    """Starts the sweep as a process of its own; what is left of them at the end is killed."""
    started: list[subprocess.Popen[str]] = []

    def start(**options: object) -> subprocess.Popen[str]:
        line = [sys.executable, "-c", CHILD, str(SECONDS), *command, "--out", str(out)]
        environment = {**os.environ, "PYTHONPATH": str(ROOT)}
        child = subprocess.Popen(line, stderr=subprocess.PIPE, text=True, env=environment, **options)  # type: ignore[call-overload]
        started.append(child)
        return child

    yield start
    for child in started:
        child.kill()
        child.wait()
        if child.stderr:
            child.stderr.close()


@pytest.fixture
def out(tmp_path: Path) -> Path:
    return tmp_path / "out"


def complete(command: list[str], out: Path) -> None:
    """As the same command does, without its figures."""
    run_sweep(command[1], out, overrides=OVERRIDES)


def tables(folder: Path) -> list[bytes]:
    return [(folder / name).read_bytes() for name in TABLES]


def parts(folder: Path) -> dict[str, tuple[int, int]]:
    """Parts with what changes if they are written again."""
    found = {}
    for path in (folder / "parts").glob("part-*.parquet"):
        about = path.stat()
        found[path.name] = about.st_ino, about.st_mtime_ns
    return found


def wait_for(child: subprocess.Popen[str], happened: Callable[[], bool]) -> None:
    while not happened():
        assert child.poll() is None, f"it ended with {child.returncode} before that: {child.communicate()[1]}"
        time.sleep(0.002)


def test_killed_at_random_moments(run: Run, command: list[str], out: Path, undisturbed: list[bytes]) -> None:
    moments = random.Random(20_251_122)
    finished: dict[str, tuple[int, int]] = {}
    for _ in range(KILLS):
        before, more = len(parts(out)), moments.randrange(6)
        child = run()
        wait_for(child, lambda: out.exists() and len(parts(out)) >= before + more)  # noqa: B023
        time.sleep(moments.uniform(0.0, 0.1))
        child.kill()
        assert child.wait() == -signal.SIGKILL
        now = parts(out)
        assert finished.items() <= now.items(), "a finished part was run again"
        finished = now
        if (out / "manifest.json").exists():
            so_far = open_results(out)
            assert so_far.status.state == "interrupted"
            assert so_far.runs.height <= SIZE * len(now)
    assert 0 < len(finished) < PARTS
    assert main([*command, "--out", str(out)]) == 0
    assert tables(out) == undisturbed
    assert finished.items() <= parts(out).items()
    assert not (out / "parts" / "damaged").exists()


def test_killed_while_runs_are_assembled(run: Run, command: list[str], out: Path, undisturbed: list[bytes]) -> None:
    child = run()
    wait_for(child, lambda: out.exists() and len(parts(out)) == PARTS)
    child.kill()
    child.wait()
    assert open_results(out).manifest.status == "running"
    finished = parts(out)
    complete(command, out)
    assert tables(out) == undisturbed
    assert parts(out) == finished


def test_interrupted_from_the_keyboard(run: Run, command: list[str], out: Path, undisturbed: list[bytes]) -> None:
    child = run()
    wait_for(child, lambda: out.exists() and len(parts(out)) >= 3)
    child.send_signal(signal.SIGINT)
    said = child.communicate()[1]
    assert child.returncode == 130
    assert said == f"deter: interrupted; the same command goes on from what {out} holds\n"
    so_far = open_results(out)
    assert so_far.status.state == "interrupted"
    assert so_far.status.done == so_far.runs.height
    assert SIZE * len(parts(out)) - so_far.runs.height in (0, SIZE), "at most the part under way is not listed yet"
    assert so_far.summary["n"].max() == so_far.runs.group_by("point").len()["len"].max()
    complete(command, out)
    assert tables(out) == undisturbed
    assert open_results(out).status.state == "complete"


def test_a_second_process_is_refused(
    run: Run, command: list[str], out: Path, undisturbed: list[bytes], capsys: Capture
) -> None:
    child = run()
    wait_for(child, lambda: out.exists() and len(parts(out)) >= 2)
    child.send_signal(signal.SIGSTOP)
    before = parts(out)
    for another in ([], ["--seed", "4", "--fresh"]):
        assert main([*command, *another, "--out", str(out)]) == WRONG_INPUT
        one_answer(capsys, f"{out}: is being written by process {child.pid} on ", ", since 20", "with --out")
    assert main(["run", "--quiet", *SHORT, "--out", str(out)]) == WRONG_INPUT
    one_answer(capsys, f"{out}: holds results of another experiment (kind: sweep there, run now")
    assert parts(out) == before
    assert open_results(out).status.state == "running"
    child.kill()
    child.wait()
    complete(command, out)
    assert tables(out) == undisturbed


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Callable[[str], Path]]:
    """A small file system, mounted with the options given, or again with others."""
    place = tmp_path / "disk"
    place.mkdir()

    def mount(options: str) -> Path:
        again = "remount," if place.is_mount() else ""
        line = ["mount", "-t", "tmpfs", "-o", again + options, "tmpfs", str(place)]
        try:
            done = subprocess.run(line, capture_output=True, text=True, check=False)
        except FileNotFoundError:
            pytest.skip("there is no mount here")
        if done.returncode:
            pytest.skip(f"nothing may be mounted here: {done.stderr}")
        return place

    yield mount
    if place.is_mount():
        subprocess.run(["umount", str(place)], check=True)


@pytest.mark.parametrize(("size", "some"), [("100k", False), ("1m", True)], ids=["manifest", "parts"])
def test_a_full_disk(
    size: str, some: bool, disk: Callable[[str], Path], command: list[str], undisturbed: list[bytes], capsys: Capture
) -> None:
    """There is room for no more than the manifest, or for some of the parts."""
    out = disk(f"size={size}") / "out"
    assert main([*command, "--out", str(out)]) == FAILED
    one_answer(capsys, f"{out}/", "No space left on device", "with more room there, the same command goes on")
    kept = parts(out)
    assert bool(kept) == some
    assert main([*command, "--out", str(out)]) == FAILED
    one_answer(capsys, f"{out}/", "No space left on device", "with more room there, the same command goes on")
    assert kept.items() <= parts(out).items()
    disk("size=20m")
    complete(command, out)
    assert tables(out) == undisturbed
    assert kept.items() <= parts(out).items()


def test_a_disk_that_turns_read_only(disk: Callable[[str], Path], command: list[str], capsys: Capture) -> None:
    out = disk("size=20m") / "out"
    disk("ro")
    assert main([*command, "--out", str(out)]) == FAILED
    one_answer(capsys, "Read-only file system", "--out")


def test_a_file_that_may_not_grow(run: Run, command: list[str], out: Path, undisturbed: list[bytes]) -> None:
    most = len(undisturbed[1]) - 1
    child = run(preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (most, most)))
    said = child.communicate()[1]
    assert (child.returncode, said.count("\n")) == (FAILED, 1)
    assert said.startswith(f"deter: {out}/runs.parquet: File too large; what is done is kept")
    assert open_results(out).status.state == "failed"
    finished = parts(out)
    assert len(finished) == PARTS
    complete(command, out)
    assert tables(out) == undisturbed
    assert parts(out) == finished

"""Sweeps that are killed, interrupted, begun twice or out of room: the same command completes them, to the bit."""

import os
import random
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from support.mistakes import Capture, one_answer
from support.nursery import Child, Nursery, command_of, seconds

from analysis import open_results
from experiments import run_sweep
from experiments.commands.main import FAILED, WRONG_INPUT, main
from experiments.running import runner

PARTS = 45
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
TABLES = ("design.parquet", "runs.parquet", "summary.parquet", "quarters.parquet")
SIZE = 50
"""Runs of a part: the block of replicates of one point; tasks of `seconds()` have this size."""
Run = Callable[..., Child]


@pytest.fixture(scope="module")
def command(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    path = tmp_path_factory.mktemp("experiment") / "many.toml"
    path.write_text(EXPERIMENT)
    return ["sweep", str(path), "--quiet", "--no-figures", *SHORT]


@pytest.fixture(scope="module", autouse=True)
def many_parts() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(runner, "SECONDS", seconds())
        yield


@pytest.fixture(scope="module")
def undisturbed(command: list[str], tmp_path_factory: pytest.TempPathFactory) -> list[bytes]:
    out = tmp_path_factory.mktemp("undisturbed") / "out"
    complete(command, out)
    assert len(parts(out)) == PARTS
    return tables(out)


@pytest.fixture
def run(nursery: Nursery, command: list[str], out: Path) -> Iterator[Run]:
    """Begins the sweep as a process of its own; one that is left at the end is killed."""
    begun: list[Child] = []

    def begin(*arguments: str, **options: Any) -> Child:
        begun.append(nursery.begin([*command, *arguments, "--out", str(out)], **options))
        return begun[-1]

    yield begin
    for child in begun:
        child.kill()


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


@pytest.fixture(scope="module")
def cluster() -> Iterator[Any]:
    """A Dask scheduler with two workers, each a process that is begun again when it dies."""
    distributed = pytest.importorskip("distributed")
    with distributed.LocalCluster(n_workers=2, threads_per_worker=1, processes=True, dashboard_address=None) as cluster:
        yield cluster


class Threads:
    """The sweep in one process."""

    kills = 10
    arguments = ("--workers", "2")
    workers: Callable[[Child], list[int]] | None = None


class Processes:
    """The sweep with workers that are processes, of which it is the parent."""

    kills = 2
    arguments = ("--processes", "--workers", "2")
    workers = staticmethod(Child.processes)


class Cluster:
    """The sweep with workers that are processes of a Dask cluster."""

    kills = 3

    def __init__(self, cluster: Any) -> None:
        self.arguments = ("--dask", cluster.scheduler_address)
        self._cluster = cluster

    def workers(self, _: Child) -> list[int]:
        return [nanny.pid for nanny in self._cluster.workers.values() if nanny.pid]


@pytest.fixture(params=["threads", "processes", pytest.param("dask", marks=pytest.mark.slow)])
def mode(request: pytest.FixtureRequest) -> Any:
    if request.param == "dask":
        return Cluster(request.getfixturevalue("cluster"))
    return {"threads": Threads, "processes": Processes}[request.param]()


def test_killed_at_random_moments(
    mode: Any, run: Run, command: list[str], out: Path, undisturbed: list[bytes], moments: random.Random
) -> None:
    """By turns the sweep itself is killed, and with workers of its own or of others one of them, and then the sweep."""
    finished: dict[str, tuple[int, int]] = {}
    for turn in range(mode.kills):
        before = len(parts(out))
        child = run(*mode.arguments)
        child.wait_for(lambda: len(parts(out)) >= before + moments.randrange(1, 4))  # noqa: B023
        workers = mode.workers(child) if mode.workers else []
        time.sleep(moments.uniform(0.0, 0.01))
        if workers and turn % 2:
            os.kill(moments.choice(workers), signal.SIGKILL)
            then = len(parts(out))
            child.wait_for(lambda: len(parts(out)) > then)  # noqa: B023
            assert child.poll() is None
        child.send(signal.SIGKILL)
        assert child.wait() == -signal.SIGKILL
        now = parts(out)
        assert finished.items() <= now.items(), "a finished part was run again"
        finished = now
        so_far = open_results(out)
        assert so_far.status.state == "interrupted"
        assert so_far.runs.height <= SIZE * len(now)
        if mode.workers == Child.processes:
            assert gone(workers), "workers outlive the sweep"
    assert 0 < len(finished) < PARTS
    complete(command, out)
    assert tables(out) == undisturbed
    assert finished.items() <= parts(out).items()
    assert not (out / "parts" / "damaged").exists()


def gone(processes: list[int]) -> bool:
    """Whether they end within a while."""
    end = time.monotonic() + 30.0
    while any("spawn_main" in command_of(pid) for pid in processes):
        if time.monotonic() > end:
            return False
        time.sleep(0.01)
    return True


@pytest.fixture
def moments() -> random.Random:
    return random.Random(20_251_122)


def test_killed_while_runs_are_assembled(run: Run, command: list[str], out: Path, undisturbed: list[bytes]) -> None:
    child = run()
    child.wait_for(lambda: len(parts(out)) == PARTS)
    child.kill()
    assert open_results(out).manifest.status == "running"
    finished = parts(out)
    complete(command, out)
    assert tables(out) == undisturbed
    assert parts(out) == finished


@pytest.mark.parametrize("arguments", [[], ["--processes", "--workers", "1"]], ids=["threads", "processes"])
def test_interrupted_from_the_keyboard(
    arguments: list[str], run: Run, command: list[str], out: Path, undisturbed: list[bytes]
) -> None:
    child = run(*arguments)
    child.wait_for(lambda: len(parts(out)) >= 3)
    os.killpg(child.pid, signal.SIGINT)  # as a terminal does: the workers get it too
    assert child.wait() == 130
    assert child.said == f"deter: interrupted; repeat the command to continue from {out}\n"
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
    child.wait_for(lambda: len(parts(out)) >= 2)
    child.send(signal.SIGSTOP)
    before = parts(out)
    for another in ([], ["--seed", "4", "--fresh"]):
        assert main([*command, *another, "--out", str(out)]) == WRONG_INPUT
        one_answer(capsys, f"{out}: is being written by process {child.pid} on ", ", since 20", "with --out")
    assert main(["run", "--quiet", *SHORT, "--out", str(out)]) == WRONG_INPUT
    one_answer(capsys, f"{out}: holds results of another experiment (kind: sweep there, run now")
    assert parts(out) == before
    assert open_results(out).status.state == "running"
    child.kill()
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
    one_answer(capsys, f"{out}/", "No space left on device", "free some space and repeat the command to continue")
    kept = parts(out)
    assert bool(kept) == some
    assert main([*command, "--out", str(out)]) == FAILED
    one_answer(capsys, f"{out}/", "No space left on device", "free some space and repeat the command to continue")
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


def test_what_cannot_be_written_is_named_as_the_user_knows_it(
    disk: Callable[[str], Path], command: list[str], capsys: Capture
) -> None:
    """Not a temporary file; and a remedy that the command has."""
    out = disk("size=20m") / "out"
    command = [*command, "--replicates", "1"]
    assert main([*command, "--out", str(out)]) == 0
    disk("ro")
    with_out = "Read-only file system; give another folder with --out\n"
    for words, place, said in (
        ([*command, "--out", str(out)], out, with_out),
        ([*command, "--out", str(out), "--seed", "4", "--fresh"], out, with_out),
        ([*command, "--out", f"{out}/new/one"], out / "new", with_out),
        (["report", str(out)], out / "report.html", with_out),
        (
            ["figure", "main_effects", str(out)],
            out / "figures",
            "file system; a copy of the folder elsewhere will work",
        ),
    ):
        assert main([*words, "--quiet"]) == FAILED
        one_answer(capsys, f"deter: {place}: ", said)


def test_a_file_that_may_not_grow(run: Run, command: list[str], out: Path, undisturbed: list[bytes]) -> None:
    most = len(undisturbed[1]) - 1
    child = run(most=most)
    assert (child.wait(), child.said.count("\n")) == (FAILED, 1)
    assert child.said.startswith(f"deter: {out}/runs.parquet: File too large; finished work is kept")
    assert open_results(out).status.state == "failed"
    finished = parts(out)
    assert len(finished) == PARTS
    complete(command, out)
    assert tables(out) == undisturbed
    assert parts(out) == finished

"""Who does the work changes nothing: threads, processes, a cluster; workers that die, models that raise."""

import os
import signal
from collections.abc import Iterator
from concurrent.futures import wait
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from analysis import open_results
from experiments.commands.main import main
from experiments.design.experiment import load_experiment
from experiments.running import runner, sweep
from experiments.running.executors import Workforce, dask, processes, threads
from experiments.running.sweep import Progress, Sweep, carry_out

EXPERIMENT = """
title = "Small"
question = "Does it matter who does it?"
scenario = "illustrative"
doctrine = "swift_qmv"
replicates = 6
seed = 3
[factors]
"doctrine.clarity" = [0.0, 0.5, 1.0]
"doctrine.firmness" = [0.5, 2.0]
"""
SHORT = {"scenario.time.weeks": 30, "scenario.time.burn_in": 10}
FILES = ("design.parquet", "runs.parquet", "summary.parquet", "quarters.parquet")
SUBCLASS = """
from agents.perpetrator import Perpetrator
from model.deterrence import DeterrenceModel


class Fragile(Perpetrator):
    def choose(self):
        if self.model.replicate == 1 and self.model.week == 12 and self.model.configuration.doctrine.firmness == 2.0:
            {trouble}
        super().choose()


class FragileModel(DeterrenceModel):
    perpetrator_class = Fragile
"""


@pytest.fixture
def experiment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(runner, "SECONDS", 0.0006)  # small tasks
    path = tmp_path / "small.toml"
    path.write_text(EXPERIMENT)
    return path


def contents(folder: Path) -> dict[str, bytes]:
    return {name: (folder / name).read_bytes() for name in FILES}


def carried_out(experiment: Path, folder: Path, workers: Workforce | int, **options: Any) -> dict[str, bytes]:
    carry_out(Sweep(experiment, overrides=SHORT).design(), folder, workers, **options)
    return contents(folder)


@pytest.fixture
def undisturbed(experiment: Path, tmp_path: Path) -> dict[str, bytes]:
    return carried_out(experiment, tmp_path / "undisturbed", 1)


@pytest.mark.parametrize("workers", [threads(2), threads(5), processes(2)], ids=lambda workers: workers.title)
def test_the_bytes_do_not_depend_on_the_workers(
    experiment: Path, tmp_path: Path, undisturbed: dict[str, bytes], workers: Workforce
) -> None:
    assert carried_out(experiment, tmp_path / "out", workers) == undisturbed


def test_the_mesa_engine_gives_the_same_runs(experiment: Path, tmp_path: Path, undisturbed: dict[str, bytes]) -> None:
    out = tmp_path / "mesa"
    arguments = [f"--set={path}={value}" for path, value in SHORT.items()]
    assert (
        main(["sweep", str(experiment), "--engine", "mesa", "--quiet", "--no-figures", "--out", str(out), *arguments])
        == 0
    )
    assert contents(out) == undisturbed
    assert open_results(out).manifest.engine == "mesa"


def test_a_process_that_is_killed_costs_nothing_but_time(
    experiment: Path, tmp_path: Path, undisturbed: dict[str, bytes]
) -> None:
    workers = processes(2)
    killed = []

    def kill(done: Progress) -> None:
        if not killed and done.done < done.runs:
            victim = next(iter(workers.executor._processes))  # type: ignore[attr-defined]
            os.kill(victim, signal.SIGKILL)
            killed.append(victim)

    assert carried_out(experiment, tmp_path / "out", workers, report=kill) == undisturbed
    assert killed


def test_workers_that_always_die_end_the_sweep_with_one_message(
    experiment: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(runner, "LOSSES", 1)
    (tmp_path / "fragile.py").write_text(SUBCLASS.format(trouble="import os; os._exit(3)"))
    experiment.write_text(EXPERIMENT.replace("seed = 3", 'seed = 3\nmodel = "fragile.py:FragileModel"'))
    arguments = [f"--set={path}={value}" for path, value in SHORT.items()]
    out = tmp_path / "out"
    assert main(["sweep", str(experiment), "--quiet", "--workers", "1", "--out", str(out), *arguments]) == 1
    said = capsys.readouterr().err
    assert said.startswith("deter: workers keep failing")
    assert said.count("\n") == 1
    assert open_results(tmp_path / "out").manifest.status == "running"


def test_a_model_that_raises_is_data_and_can_be_tried_again(
    experiment: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], undisturbed: dict[str, bytes]
) -> None:
    out, file = tmp_path / "out", tmp_path / "fragile.py"
    file.write_text(SUBCLASS.format(trouble='raise ZeroDivisionError("too fragile")'))
    experiment.write_text(EXPERIMENT.replace("seed = 3", 'seed = 3\nmodel = "fragile.py:FragileModel"'))
    arguments = ["sweep", str(experiment), "--quiet", "--no-figures", "--out", str(out)]
    arguments += [f"--set={path}={value}" for path, value in SHORT.items()]
    assert main([*arguments, "--dry-run"]) == 0
    assert main(arguments) == 1
    assert "3 of 36 runs failed" in capsys.readouterr().err
    opened = open_results(out)
    failed = opened.runs.filter(pl.col("status") == "failed")
    assert failed["replicate"].to_list() == [1, 1, 1]
    assert set(failed["error"]) == {"ZeroDivisionError: too fragile"}
    assert set(failed["seed"]) == {3}
    assert opened.runs.filter(pl.col("status") == "ok").height == 33
    firsts = {path.name: path.stat().st_mtime_ns for path in (out / "parts").iterdir()}
    file.write_text(SUBCLASS.format(trouble="pass"))
    assert main(arguments) == 2  # other code: not without being told
    assert "model" in capsys.readouterr().err
    assert main([*arguments, "--retry-failed"]) == 0
    assert contents(out)["runs.parquet"] == undisturbed["runs.parquet"]
    kept = [name for name, when in firsts.items() if (out / "parts" / name).stat().st_mtime_ns == when]
    assert 0 < len(kept) < len(firsts)


@pytest.fixture(scope="module")
def cluster() -> Iterator[Any]:
    distributed = pytest.importorskip("distributed")
    with distributed.LocalCluster(n_workers=2, threads_per_worker=1, processes=True, dashboard_address=None) as cluster:
        yield cluster


def test_a_cluster_gives_the_same_bytes(
    experiment: Path, tmp_path: Path, undisturbed: dict[str, bytes], cluster: Any
) -> None:
    assert carried_out(experiment, tmp_path / "out", dask(cluster.scheduler_address)) == undisturbed


@pytest.mark.slow
def test_a_cluster_may_lose_a_worker(
    experiment: Path, tmp_path: Path, undisturbed: dict[str, bytes], cluster: Any
) -> None:
    from distributed import Client

    client = Client(cluster.scheduler_address, set_as_default=False)
    pids = list(client.run(os.getpid).values())
    assert len(pids) == 2

    def kill(done: Progress) -> None:
        if pids and done.done < done.runs:
            os.kill(pids.pop(), signal.SIGKILL)
            pids.clear()

    workers = dask(cluster.scheduler_address)
    assert carried_out(experiment, tmp_path / "out", workers, report=kill) == undisturbed
    client.close()


@pytest.mark.parametrize("address", ["tcp://127.0.0.1:9", "nonsense", "http://127.0.0.1:8787", "tcp://host:port"])
def test_an_unreachable_scheduler_is_said_and_nothing_begun(
    address: str, experiment: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    pytest.importorskip("distributed")
    monkeypatch.setattr("experiments.running.executors.WAIT", 1.0)
    out = tmp_path / "out"
    assert main(["sweep", str(experiment), "--dask", address, "--out", str(out)]) == 2
    said = capsys.readouterr().err
    assert said.startswith(f"deter: --dask: '{address}'")
    assert said.count("\n") == 1
    assert "no scheduler answers" in said
    assert not out.exists()


@pytest.mark.parametrize(
    ("model", "message"),
    [
        ("fragile", "does not name a class"),
        ("fragile.py", "does not name a class"),
        ("missing.py:Model", "cannot be read"),
        ("fragile.py:Fragil", "did you mean 'FragileModel'?"),
        ("fragile.py:Fragile", "has no class Fragile that is a DeterrenceModel"),
        ("broken.py:Model", "cannot be loaded (SyntaxError"),
        ("no_such_package.module:Model", "cannot be loaded (ModuleNotFoundError"),
    ],
)
def test_a_model_that_is_none_is_answered(
    experiment: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], model: str, message: str
) -> None:
    (tmp_path / "fragile.py").write_text(SUBCLASS.format(trouble="pass"))
    (tmp_path / "broken.py").write_text("class Model(")
    experiment.write_text(EXPERIMENT.replace("seed = 3", f'seed = 3\nmodel = "{model}"'))
    assert main(["sweep", str(experiment), "--out", str(tmp_path / "out")]) == 2
    said = capsys.readouterr().err
    assert said.startswith("deter: ")
    assert said.count("\n") == 1
    assert message in said
    assert not (tmp_path / "out").exists()


def test_an_experiment_names_its_engine(experiment: Path, tmp_path: Path) -> None:
    experiment.write_text(EXPERIMENT.replace("seed = 3", 'seed = 3\nengine = "mesa"'))
    design = Sweep(experiment).design()
    assert design.engine == "mesa"
    assert load_experiment(experiment).experiment.engine == "mesa"
    assert sweep.workforce_for(design, 2).title == "2 processes"


@pytest.mark.skipif(not Path("/proc/self/wchan").exists(), reason="nothing says where a process waits")
def test_a_process_that_dies_while_it_hands_over_its_work_holds_nobody_up() -> None:
    """Half a message in the pipe that all share would be waited for for ever: none is ever caught with one."""
    workers = processes(2)
    assert workers.submit(bytes, 3).result() == bytes(3)
    done = [workers.submit(bytes, 50_000_000) for _ in range(4)]
    killed = None
    while killed is None and not all(each.done() for each in done):
        for pid in list(workers.executor._processes):  # type: ignore[attr-defined]
            if "pipe_write" in Path(f"/proc/{pid}/wchan").read_text("ascii"):
                os.kill(killed := pid, signal.SIGKILL)
    assert wait(done, timeout=60).not_done == set()
    assert [len(each.result()) for each in done] == 4 * [50_000_000]
    workers.close()

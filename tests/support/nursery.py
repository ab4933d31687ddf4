"""Commands in processes of their own that begin at once: forked from one that has loaded everything and done nothing.

What is killed here is a real process; only its start, which would take most of the time, is shared.
"""

import json
import os
import resource
import select
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from support.paths import ROOT


def seconds() -> float:
    """Length of a task for which a part of 30 weeks has 50 runs."""
    from experiments.running.runner import SPEED
    from model.configuration import load_configuration

    return 1.5 * 50 * 30 * len(load_configuration().perpetrators) / SPEED["compiled"]


class Child:
    """A command under way; `pid` leads a group of its own, with the processes that it begins."""

    def __init__(self, nursery: "Nursery", pid: int, said: Path) -> None:
        self._nursery, self.pid, self._said = nursery, pid, said
        self._code: int | None = None

    @property
    def said(self) -> str:
        """What it has written to standard error."""
        return self._said.read_text("utf-8")

    def poll(self) -> int | None:
        """Its exit code, or minus the signal that ended it; None while it runs."""
        if self._code is None and self._nursery.answered():
            self._code = self._nursery.answer()
        return self._code

    def wait(self) -> int:
        """The same, when it has ended."""
        if self._code is None:
            self._code = self._nursery.answer()
        return self._code

    def send(self, number: int) -> None:
        os.kill(self.pid, number)

    def kill(self) -> None:
        """End it as nothing in it can prevent."""
        if self.poll() is None:
            os.kill(self.pid, signal.SIGKILL)
            self.wait()

    def wait_for(self, happened: Callable[[], bool]) -> None:
        """Wait for something that it does; fails where it ends before."""
        while not happened():
            assert self.poll() is None, f"it ended with {self.poll()} before that: {self.said}"
            time.sleep(0.001)

    def processes(self) -> list[int]:
        """The processes that it has begun, but for the one that counts semaphores."""
        try:
            tasks = list(Path(f"/proc/{self.pid}/task").iterdir())
            found = [int(pid) for task in tasks for pid in (task / "children").read_text().split()]
        except FileNotFoundError:
            return []
        return [pid for pid in found if "resource_tracker" not in command_of(pid)]


def command_of(pid: int) -> str:
    """The command line of a process; empty where there is none, or it has ended."""
    try:
        return Path(f"/proc/{pid}/cmdline").read_text().replace("\0", " ")
    except (FileNotFoundError, ProcessLookupError):
        return ""


class Nursery:
    """The process from which others are forked, one at a time; `seconds` is the length of their tasks."""

    def __init__(self, seconds: float) -> None:
        self._folder = Path(tempfile.mkdtemp())
        line = [sys.executable, __file__, str(seconds)]
        environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(ROOT), str(ROOT / "tests")])}
        self._process = subprocess.Popen(
            line, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, bufsize=1, env=environment
        )
        self._begun = 0

    def begin(self, arguments: Sequence[str], **options: Any) -> Child:
        """Begin a command of deter; `most` are bytes to which a file may grow, `seconds` another length of tasks."""
        assert self._process.stdin
        self._begun += 1
        said = self._folder / str(self._begun)
        said.touch()
        self._process.stdin.write(json.dumps({"arguments": list(arguments), "said": str(said), **options}) + "\n")
        return Child(self, self.answer(), said)

    def answered(self) -> bool:
        return bool(select.select([self._process.stdout], [], [], 0)[0])

    def answer(self) -> int:
        assert self._process.stdout
        return int(self._process.stdout.readline())

    def close(self) -> None:
        assert self._process.stdin
        assert self._process.stdout
        self._process.stdin.close()
        self._process.wait()
        self._process.stdout.close()
        for path in self._folder.iterdir():
            path.unlink()
        self._folder.rmdir()


def _child(arguments: list[str], said: str, most: int | None = None, seconds: float | None = None) -> int:
    os.setpgid(0, 0)
    handle = os.open(said, os.O_WRONLY | os.O_APPEND)
    os.dup2(handle, 2)
    os.dup2(2, 1)
    if most is not None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (most, most))
    from experiments.commands.main import main
    from experiments.running import runner

    runner.SECONDS = seconds or runner.SECONDS
    return main(arguments)


def _serve(seconds: float) -> None:
    """Fork a process for each line, say its number, and its exit code when it has ended."""
    from contextlib import suppress

    import scipy.stats

    from analysis.search import figures as search_figures
    from experiments.running import runner
    from experiments.search import search
    from experiments.terminal import comparison, decomposition, publish, sweeps, tables
    from model.configuration import load_configuration

    with suppress(ImportError):
        import distributed  # noqa: F401
    with suppress(ImportError):
        import optuna.samplers  # noqa: F401
    assert all((search, comparison, decomposition, publish, sweeps, tables, search_figures, scipy.stats))
    runner.SECONDS = seconds
    runner.warm_up(load_configuration("illustrative"))
    for line in sys.stdin:
        pid = os.fork()
        if not pid:
            code = 70
            try:
                code = _child(**json.loads(line))
                sys.stderr.flush()
            finally:
                os._exit(code)
        print(pid, flush=True)
        print(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]), flush=True)


if __name__ == "__main__":
    _serve(float(sys.argv[1]))

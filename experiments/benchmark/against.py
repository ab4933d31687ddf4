"""Two checkouts side by side: the same work, in turn, each in a process of its own."""

import subprocess
import tempfile
import time
from collections.abc import Callable, Mapping
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import Any, NoReturn

import numpy as np

from agents.foundation.compiled import ROOT
from experiments.benchmark import work
from experiments.benchmark.record import Figure, measurements
from experiments.benchmark.timing import command
from model.errors import ConfigurationError

HERE, OTHER = "this checkout", "the other"


def against(
    folder: Path, arguments: dict[str, Any], replicates: int, rounds: int, say: Callable[[str], None]
) -> dict[str, Figure]:
    """First compilations and speeds of this checkout and of that in a folder, and how many times as fast this one is.

    `arguments` are those of `load_configuration`. Raises `ConfigurationError` where the folder holds no other checkout,
    or where one of them fails.
    """
    roots = {OTHER: folder.resolve(), HERE: ROOT}  # the other first: it is likelier to fail
    if not (roots[OTHER] / "model" / "ensemble.py").is_file():
        problem = (
            "is not a checkout of deter, because model/ensemble.py is missing; give the folder that contains model/"
        )
        raise ConfigurationError(problem, key="--against", value=str(folder))
    if roots[OTHER] == ROOT:
        raise ConfigurationError("is this checkout; give another", key="--against", value=str(folder))
    with ExitStack() as stack:
        workers = {}
        for name, root in roots.items():
            say(f"first compilation, {name} …")
            room = Path(stack.enter_context(tempfile.TemporaryDirectory()))
            workers[name] = Worker(root, room, arguments, replicates)
            stack.callback(workers[name].end)
        say(f"side by side, {rounds} rounds …")
        seconds = alternating({name: worker.again for name, worker in workers.items()}, rounds)
    speeds = {name: workers[name].size / seconds[name] for name in (HERE, OTHER)}
    return {
        **measurements("first compilation", "s", {name: [workers[name].compilation] for name in speeds}),
        **measurements("speed", "perpetrator-weeks a second", speeds),
        **measurements("ratio", "times as fast", {f"{HERE} to {OTHER}": speeds[HERE] / speeds[OTHER]}),
    }


def alternating(works: Mapping[str, Callable[[], float]], rounds: int) -> dict[str, Any]:
    """Seconds [round] that each work tells, all asked in every round, and in every second one the other way round.

    A round before them warms up.
    """
    table: dict[str, list[float]] = {name: [] for name in works}
    for number in range(rounds + 1):
        for name in list(works)[:: -1 if number % 2 else 1]:
            table[name].append(works[name]())
    return {name: np.array(seconds[1:]) for name, seconds in table.items()}


class Worker:
    """A process that does the work with the model in a folder, from an empty cache of compiled code.

    What it keeps goes to `room`, not to the folder. `compilation` are the seconds from its start until it was ready,
    `size` the perpetrator-weeks of a piece of work.
    """

    def __init__(self, root: Path, room: Path, arguments: dict[str, Any], replicates: int) -> None:
        self._root, self._errors = root, room / "errors.txt"
        kept = {"DETER_CACHE_DIR": str(room), "PYTHONDONTWRITEBYTECODE": "1", "PYTHONIOENCODING": "utf-8"}
        words, variables = command(root, work.__file__, repr(arguments), str(replicates), **kept)
        pipes: dict[str, Any] = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "encoding": "utf-8"}
        before = time.perf_counter()
        with self._errors.open("wb") as errors:
            self._process = subprocess.Popen(words, env=variables, stderr=errors, **pipes)
        try:
            size, _, file = self._answer().partition(" ")
            self.compilation, self.size = time.perf_counter() - before, float(size)
            if not Path(file).is_relative_to(root):
                self._fail(f"the model found is {file}")
        except BaseException:  # an interrupt too: nobody else knows of the process yet
            self.end()
            raise

    def again(self) -> float:
        """Do the work once more; returns its seconds."""
        with suppress(BrokenPipeError):  # its answer tells
            print("go", file=self._process.stdin, flush=True)
        return float(self._answer())

    def end(self) -> None:
        """End the process."""
        self._process.kill()
        self._process.communicate()

    def _answer(self) -> str:
        line: str = self._process.stdout.readline()  # type: ignore[union-attr]
        if not line:
            said = self._errors.read_text("utf-8", "replace").strip().splitlines()
            self._fail(said[-1] if said else "its process ended without a message")
        return line.rstrip("\n")

    def _fail(self, problem: str) -> NoReturn:
        remedy = "it must run with the same Python and packages as this one"
        raise ConfigurationError(f"cannot be measured: {problem}; {remedy}", file=str(self._root))

"""Batches of inputs in worker processes, and what is kept of those that failed."""

import hashlib
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

from support.paths import ROOT

from fuzz.folders import WHOLE

SEED = "deter 1"
"""Seed of all inputs: another finds other faults."""
CORPUS = Path(__file__).parent / "corpus"
KEPT = ROOT / "build" / "fuzz"
"""Where inputs are kept that failed, each ready to be moved into the corpus."""


class Fault(NamedTuple):
    """An input that was not answered: what happened, and the file that holds it."""

    problem: str
    file: Path


def environment(folder: Path) -> dict[str, str]:
    """The environment of a worker; `folder` are the results that are mutated."""
    paths = os.pathsep.join([str(ROOT), str(ROOT / "tests")])
    quiet = {"POLARS_MAX_THREADS": "1", "RUST_BACKTRACE": "0"}
    return {**os.environ, "PYTHONPATH": paths, **quiet, WHOLE: str(folder)}


def faults(name: str, numbers: range, room: Path, folder: Path, seed: str = SEED) -> list[Fault]:
    """Read the inputs of these numbers; a worker that dies is one fault, and another goes on behind it."""
    room.mkdir(parents=True)
    found, first = [], numbers.start
    while first < numbers.stop:
        command = [sys.executable, "-m", "fuzz.worker", name, seed, str(first), str(numbers.stop), str(room)]
        done = subprocess.run(command, env=environment(folder), capture_output=True, text=True, check=False)
        if done.returncode == 0:
            break
        assert (room / "at").exists(), done.stderr
        last_words = (done.stderr.strip().splitlines() or [""])[-1]
        problem = f"ends the process with {done.returncode}: {last_words}"
        found.append(Fault(problem, keep(name, (room / "in hand").read_bytes())))
        first = int((room / "at").read_text("ascii")) + 1
    lines = (room / "faults").read_text("utf-8").splitlines() if (room / "faults").exists() else []
    return found + [Fault(problem, Path(file)) for problem, file in map(json.loads, lines)]


def keep(name: str, content: bytes) -> Path:
    """Keep an input in a folder of its target's name, under its hash."""
    path = KEPT / name / hashlib.blake2b(content, digest_size=6).hexdigest()
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return path

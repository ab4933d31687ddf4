"""Tools of the measurements: a stopwatch, a Python process of its own, and a world of any length."""

import os
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np

from agents.foundation.compiled import ROOT
from model.configuration import Configuration


def timed(work: Callable[[], Any]) -> float:
    """Seconds by the clock that some work takes."""
    before = time.perf_counter()
    work()
    return time.perf_counter() - before


def side_by_side(works: Mapping[str, Callable[[], Any]], rounds: int, *, best_of: int = 1) -> dict[str, Any]:
    """Seconds [round] of each work by name, all measured in every round; a round before them warms up.

    The time of a round is the least of `best_of` measurements in a row.
    """
    table = [[min(timed(work) for _ in range(best_of)) for work in works.values()] for _ in range(rounds + 1)]
    return dict(zip(works, np.array(table[1:]).T, strict=True))


def python(*arguments: str, **environment: str) -> str:
    """Run Python with this source in a process of its own; returns what it prints."""
    words, variables = command(ROOT, *arguments, **environment)
    return subprocess.run(words, check=True, env=variables, capture_output=True, text=True).stdout


def command(root: Path, *arguments: str, **environment: str) -> tuple[list[str], dict[str, str]]:
    """A command line of Python, and its environment, with the source in a folder: not that where it is called."""
    return [sys.executable, "-P", *arguments], {**os.environ, "PYTHONPATH": str(root), **environment}


def with_weeks(configuration: Configuration, weeks: int) -> Configuration:
    """A configuration of so many weeks, half of them burn-in."""
    return configuration.with_values({"scenario.time.weeks": weeks // 2, "scenario.time.burn_in": weeks // 2})

"""Tools of the measurements: a stopwatch, a Python process of its own, and a world of any length."""

import os
import subprocess
import sys
import time
from collections.abc import Callable
from typing import Any

from agents.foundation.compiled import ROOT
from model.configuration import Configuration


def timed(work: Callable[[], Any]) -> float:
    """Seconds by the clock that some work takes."""
    before = time.perf_counter()
    work()
    return time.perf_counter() - before


def python(*arguments: str, **environment: str) -> str:
    """Run Python with this source in a process of its own; returns what it prints."""
    variables = {**os.environ, "PYTHONPATH": str(ROOT), **environment}
    command = [sys.executable, *arguments]
    return subprocess.run(command, check=True, env=variables, capture_output=True, text=True).stdout


def with_weeks(configuration: Configuration, weeks: int) -> Configuration:
    """A configuration of so many weeks, half of them burn-in."""
    return configuration.with_values({"scenario.time.weeks": weeks // 2, "scenario.time.burn_in": weeks // 2})

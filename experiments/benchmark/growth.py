"""How time and memory grow: with runs, weeks, perpetrators and Member States; and what the runner and the store add."""

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from agents.foundation.compiled import ROOT
from experiments.benchmark.record import Figure, figure
from experiments.design.design import Design, single_point
from experiments.running.sweep import carry_out
from model.configuration import Configuration
from model.ensemble import run, run_twins

SIZES = (1, 2, 4)
"""Multiples of the shipped size at which time is measured."""
RUNS = (1_000, 5_000, 25_000)
"""Runs of one week at which memory is measured."""


def times_over(configuration: Configuration, parts: Mapping[str, int]) -> Configuration:
    """The same world with its perpetrators or Member States so many times over, `parts` by name of the section."""
    tree = configuration.model_dump()
    if "perpetrators" in parts:
        tree["perpetrators"] = {
            _again(name, copy): {
                **agent,
                "title": _again(agent["title"], copy, " "),
                **{role: _again(agent[role], copy) for role in ("sponsor", "harbour") if agent[role]},
            }
            for copy in range(parts["perpetrators"])
            for name, agent in tree["perpetrators"].items()
        }
    if "member_states" in parts:
        members = tree["member_states"]["members"]
        tree["member_states"]["members"] = {
            _again(name, copy, " "): member
            for copy in range(parts["member_states"])
            for name, member in members.items()
        }
    return Configuration.model_validate(tree)


def _again(name: str, copy: int, between: str = "_") -> str:
    return f"{name}{between}{copy + 1}" if copy else name


def exponents(configuration: Configuration, seed: int, rounds: int) -> dict[str, Figure]:
    """Fitted exponents of the time of runs, each with its twin, in their number and in the size of the world."""
    weeks = configuration.scenario.time.weeks
    made: dict[str, Callable[[int], tuple[Configuration, int]]] = {
        "runs": lambda size: (configuration, 4 * size),
        "weeks": lambda size: (_weeks(configuration, weeks * size), 2),
        "perpetrators": lambda size: (times_over(configuration, {"perpetrators": size}), 2),
        "Member States": lambda size: (times_over(configuration, {"member_states": size}), 2),
    }
    return {
        f"growth: exponent of time in {name}": figure("", [_exponent(make, seed) for _ in range(rounds)])
        for name, make in made.items()
    }


def _weeks(configuration: Configuration, weeks: int) -> Configuration:
    return configuration.with_values({"scenario.time.weeks": weeks // 2, "scenario.time.burn_in": weeks // 2})


def _exponent(make: Callable[[int], tuple[Configuration, int]], seed: int) -> float:
    """Slope of log time in log size, by least squares."""
    seconds = [min(_seconds(*make(size), seed) for _ in range(3)) for size in SIZES]
    return float(np.polyfit(np.log(SIZES), np.log(seconds), 1)[0])


def _seconds(configuration: Configuration, replicates: int, seed: int) -> float:
    before = time.perf_counter()
    run(configuration, seed, range(replicates), run_twins(configuration, seed, range(replicates)))
    return time.perf_counter() - before


def overhead(design: Design, points: Sequence[int], rounds: int) -> Figure:
    """Time of a sweep of some points on one thread, to that of the same runs alone: what runner and store cost."""
    chosen = design.frame.filter(pl.col("point").is_in(points))
    small = replace(design, frame=chosen.with_columns(point=pl.int_range(chosen.height, dtype=pl.Int64)))
    configurations = [small.configuration(point) for point in range(small.points)]
    found = []
    for turn in range(rounds + 1):
        before = time.perf_counter()
        for first in range(0, small.replicates, 50):
            block = range(first, min(first + 50, small.replicates))
            twins = run_twins(configurations[0], small.seed, block)
            for configuration in configurations:
                run(configuration, small.seed, block, twins)
        alone = time.perf_counter() - before
        with tempfile.TemporaryDirectory() as folder:
            before = time.perf_counter()
            carry_out(small, Path(folder) / "sweep", 1)
            if turn:  # the first warms up
                found.append((time.perf_counter() - before) / alone)
    return figure("times", found)


def memory(scenario: str, doctrine: str) -> dict[str, Figure]:
    """Peak memory of the driver of sweeps of short runs, each in a process of its own."""
    return {f"memory: {runs:,} short runs": figure("MiB", [_peak(runs, scenario, doctrine)]) for runs in RUNS}


def _peak(runs: int, scenario: str, doctrine: str) -> float:
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "experiments.benchmark.growth", str(runs), scenario, doctrine, folder]
        environment = {**os.environ, "PYTHONPATH": str(ROOT)}
        done = subprocess.run(command, check=True, env=environment, capture_output=True, text=True)
        return float(json.loads(done.stdout)) / 1024.0


def short_runs(runs: int, scenario: str, doctrine: str, folder: Path) -> int:
    """A sweep of one point and so many runs of one week; returns the peak memory of this process in KiB."""
    from model.configuration import load_configuration

    short: dict[str, Any] = {"scenario.time.weeks": 1, "scenario.time.burn_in": 0}
    base = load_configuration(scenario, doctrine, short)
    design = replace(single_point(base, 1, 0, "short", "How much memory?"), replicates=runs)
    carry_out(design, folder / "sweep", 1)
    return _peak_of_this_process()


def _peak_of_this_process() -> int:
    """Largest resident memory in KiB."""
    try:  # what `getrusage` says of a process includes its parent
        status = Path("/proc/self/status").read_text("ascii")
        return int(next(line for line in status.splitlines() if line.startswith("VmHWM")).split()[1])
    except OSError:
        import resource

        return int(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)


if __name__ == "__main__":
    print(json.dumps(short_runs(int(sys.argv[1]), sys.argv[2], sys.argv[3], Path(sys.argv[4]))))

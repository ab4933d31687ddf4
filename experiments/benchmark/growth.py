"""Growth of time and memory with runs, weeks, perpetrators and Member States; and what the runner and the store add."""

import sys
import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from agents.world import ARRAYS
from experiments.benchmark.record import Figure, measurements
from experiments.benchmark.timing import python, side_by_side, with_weeks
from experiments.benchmark.work import work
from experiments.design.design import Design, single_point
from experiments.running.cost import peak_memory
from experiments.running.sweep import carry_out
from model.build import build_world
from model.configuration import Configuration, load_configuration
from model.ensemble import run, run_twins

MULTIPLES, RUNS = (1, 2, 4, 8), 10
"""Multiples of the shipped size at which time is measured, and runs at each: so many that what a call costs at all does
not pass for slow growth."""
LARGEST = 3
"""Tables of a world whose memory is shown."""
LOADS = (1_000, 5_000, 25_000)
"""Runs of one week at which memory is measured."""


def times_over(configuration: Configuration, parts: Mapping[str, int]) -> Configuration:
    """A world with its perpetrators or Member States so many times over, `parts` by name of the section."""
    tree = configuration.model_dump()
    agents, members = tree["perpetrators"], tree["member_states"]
    tree["perpetrators"] = {
        _again(name, copy): {
            **agent,
            "title": _again(agent["title"], copy, " "),
            **{role: _again(agent[role], copy) for role in ("sponsor", "harbour") if agent[role]},
        }
        for copy in range(parts.get("perpetrators", 1))
        for name, agent in agents.items()
    }
    members["members"] = {
        _again(name, copy, " "): member
        for copy in range(parts.get("member_states", 1))
        for name, member in members["members"].items()
    }
    return Configuration.model_validate(tree)


def _again(name: str, copy: int, between: str = "_") -> str:
    return f"{name}{between}{copy + 1}" if copy else name


def exponents(configuration: Configuration, rounds: int) -> dict[str, Figure]:
    """Fitted exponents of the time of runs, each with its twin, in their number and in the size of the world."""
    weeks = configuration.scenario.time.burn_in + configuration.scenario.time.weeks
    made: dict[str, Callable[[int], tuple[Configuration, int]]] = {
        "runs": lambda size: (configuration, RUNS * size),
        "weeks": lambda size: (with_weeks(configuration, weeks * size), RUNS),
        "perpetrators": lambda size: (times_over(configuration, {"perpetrators": size}), RUNS),
        "Member States": lambda size: (times_over(configuration, {"member_states": size}), RUNS),
    }
    found = {f"exponent of time in {name}": _exponents(make, rounds) for name, make in made.items()}
    return measurements("growth", "", found)


def _exponents(make: Callable[[int], tuple[Configuration, int]], rounds: int) -> Any:
    """Slope of log time in log size [round], by least squares; every round measures all sizes."""
    sizes = {f"{size}": _runs(*make(size)) for size in MULTIPLES}
    seconds = np.array(list(side_by_side(sizes, rounds).values()))
    return np.polyfit(np.log(MULTIPLES), np.log(seconds), 1)[0]


def _runs(configuration: Configuration, replicates: int) -> Callable[[], Any]:
    return lambda: work(configuration, range(replicates))


def overhead(design: Design, points: Sequence[int], rounds: int) -> Any:
    """Time [round] of a sweep of some points on one thread, to that of its runs alone: what runner and store cost."""
    chosen = design.frame.filter(pl.col("point").is_in(points))
    small = replace(design, frame=chosen.with_columns(point=pl.int_range(chosen.height, dtype=pl.Int64)))
    configurations = [small.configuration(point) for point in range(small.points)]

    def runs_alone() -> None:
        for first in range(0, small.replicates, 50):
            block = range(first, min(first + 50, small.replicates))
            twins = run_twins(configurations[0], small.seed, block)
            for configuration in configurations:
                run(configuration, small.seed, block, twins)

    def sweep() -> None:
        with tempfile.TemporaryDirectory() as folder:
            carry_out(small, Path(folder) / "sweep", 1)

    seconds = side_by_side({"runs": runs_alone, "sweep": sweep}, rounds)
    return seconds["sweep"] / seconds["runs"]


def memory_of_world(configuration: Configuration) -> dict[str, Figure]:
    """Memory of the tables of one world, in all and of the largest."""
    world = build_world(configuration)
    sizes = {name: getattr(getattr(world, name), "words", getattr(world, name)).nbytes for name in ARRAYS}
    largest = sorted(sizes, key=lambda name: -sizes[name])[:LARGEST]
    found = {"all tables": [sum(sizes.values()) / 1000], **{name: [sizes[name] / 1000] for name in largest}}
    return measurements("memory of a world", "KB", found)


def memory(scenario: str, doctrine: str) -> dict[str, Figure]:
    """Peak memory of the driver of sweeps of short runs, each in a process of its own."""
    return measurements("memory", "MiB", {f"{runs:,} short runs": [_peak(runs, scenario, doctrine)] for runs in LOADS})


def _peak(runs: int, scenario: str, doctrine: str) -> float:
    with tempfile.TemporaryDirectory() as folder:
        return float(python("-m", "experiments.benchmark.growth", str(runs), scenario, doctrine, folder)) / 2**20


def short_runs(runs: int, scenario: str, doctrine: str, folder: Path) -> int:
    """Sweep one point for so many runs of one week; returns the peak memory of this process in bytes."""
    short: dict[str, Any] = {"scenario.time.weeks": 1, "scenario.time.burn_in": 0}
    base = load_configuration(scenario, doctrine, short)
    design = replace(single_point(base, 1, 0, "short", "How much memory?"), replicates=runs)
    carry_out(design, folder / "sweep", 1)
    return peak_memory()


if __name__ == "__main__":
    print(short_runs(int(sys.argv[1]), sys.argv[2], sys.argv[3], Path(sys.argv[4])))

"""The floor under the compiled engine: the random draws and exponentials of a run again, and nothing else.

A run without compilation writes down the address of every block of Philox that it draws, and every number of which it
takes an exponential, a logarithm, a root, a sine or a cosine. The floor is the time that compiled code needs for those,
kind by kind.
"""

import ast
import math
import sys
import tempfile
from collections import defaultdict
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any, cast

import numba
import numpy as np

import agents.foundation.randomness as randomness
from agents.foundation.compiled import JIT
from experiments.benchmark.timing import python
from model.build import build_world
from model.configuration import Configuration, load_configuration
from model.ensemble import NO_TWIN, NO_YEARS, pick, room, scratch, simulate

FUNCTIONS = ("exp", "log", "sqrt", "sin", "cos")
WORLDS = ("twin", "world")

Recorded = dict[str, np.ndarray[Any, Any]]
"""`twin.philox` [block, word of the counter] and `twin.exp` [number] and so on; the same for `world`."""


def draws_recorded(arguments: dict[str, Any], seed: int) -> Recorded:
    """Draws of one run and its twin, and the numbers they take functions of, from a process without compilation.

    `arguments` are those of `load_configuration`.
    """
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "recorded.npz"
        python("-m", "experiments.benchmark.floor", str(file), repr(arguments), str(seed), NUMBA_DISABLE_JIT="1")
        with np.load(file) as arrays:
            return {name: arrays[name] for name in arrays.files}


def record_draws(configuration: Configuration, seed: int) -> Recorded:
    """Draws of one run and its twin, and the numbers they take functions of; raises where rules are compiled."""
    if JIT:
        raise RuntimeError("compiled rules cannot be watched")
    seen: dict[str, list[Any]] = defaultdict(list)
    for name in FUNCTIONS:
        setattr(math, name, _watched(getattr(math, name), seen[name]))
    philox = randomness.philox

    def watched_philox(k0: Any, k1: Any, *counter: Any) -> Any:
        seen["philox"].append([int(word) for word in counter])
        return philox(k0, k1, *counter)

    randomness.philox = watched_philox  # type: ignore[assignment]
    found: Recorded = {}
    twin, traced = NO_TWIN, pick(room(configuration, 1), 0)
    for name in WORLDS:
        world, time = scratch(build_world(configuration, reference=name == "twin")), configuration.scenario.time
        world.clock[0].seed = seed
        simulate(world, twin, traced, NO_YEARS, time.burn_in, time.weeks)
        for kind, values in seen.items():
            found[f"{name}.{kind}"] = np.array(values, np.uint64 if kind == "philox" else np.float64)
            values.clear()
        twin, traced = traced.opportunities(), pick(room(configuration, 1, kept=False), 0)
    return found


def _watched(function: Callable[[float], float], seen: list[float]) -> Callable[[float], float]:
    def watched(x: float) -> float:
        seen.append(x)
        return function(x)

    return watched


def replays(found: Recorded, seed: int) -> dict[str, Callable[[], float]]:
    """For each world a compiled function that draws and computes it all again."""

    @numba.njit(error_model="numpy")  # type: ignore[untyped-decorator]
    def draws(key: Any, counters: Any) -> float:
        total = 0.0
        for place in range(len(counters)):
            source = randomness.Stream(key, np.uint64(0), counters[place, 1], counters[place, 3])
            total += randomness.draw_from(source, counters[place, 2], counters[place, 0] - np.uint64(1)).first
        return total

    functions = {name: _summed(getattr(math, name)) for name in FUNCTIONS}

    def again(world: str) -> float:
        total: float = draws(np.uint64(seed), found[f"{world}.philox"])
        return total + sum(function(found[f"{world}.{name}"]) for name, function in functions.items())

    return {world: partial(again, world) for world in WORLDS}


def _summed(function: Callable[[float], float]) -> Callable[[Any], float]:
    @numba.njit(error_model="numpy")  # type: ignore[untyped-decorator]
    def summed(values: Any) -> float:
        total = 0.0
        for place in range(len(values)):
            total += function(values[place])
        return total

    return summed  # type: ignore[no-any-return]


if __name__ == "__main__":
    to, given, key = sys.argv[1:]
    np.savez(to, **cast("dict[str, Any]", record_draws(load_configuration(**ast.literal_eval(given)), int(key))))

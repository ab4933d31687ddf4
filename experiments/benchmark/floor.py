"""The floor under the compiled engine: what a run must draw and compute again, and nothing else.

A run without compilation writes down every block of random words that it draws, every lot and bid of a candidate, and
every number of which it takes an exponential, a logarithm, a root or a turn beside those. Compiled code then does them
again kind by kind: blocks one after the other, of which none waits for another, and all else in loops that are
vectorised. The floor is the time that it needs.

In the floor are those functions of agents/foundation/, in full, and the reading of their arguments, which lie in order.
Not in it is what turns one into another: utilities and weights, comparisons, branches, the search for what is due,
beliefs and their fading, the docket, the books, and every wait of one step for the one before.
"""

import ast
import math
import sys
import tempfile
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any, cast

import numba
import numpy as np

from agents.books import YEAR
from agents.foundation import functions, randomness
from agents.foundation.compiled import JIT
from agents.foundation.functions import bits, exp, log, turn
from agents.foundation.randomness import bid, deviate, lot, philox
from experiments.benchmark.timing import python
from model.build import build_world
from model.configuration import Configuration, load_configuration
from model.ensemble import NO_PERIODS, NO_TWIN, room, scratch, simulate
from model.schedule import of_run

WORLDS = ("twin", "world")
KINDS: dict[str, tuple[Any, np.dtype[Any]]] = {
    "philox": (randomness, np.dtype("u8,u8,u8,u8,u8,u8,u8,u8,u8,u8")),
    "bid": (randomness, np.dtype("u8,u8,f8,i8,i8")),
    "lot": (randomness, np.dtype("u8,u8,f8")),
    "deviate": (randomness, np.dtype("u8,u8,u8,f8")),
    "exp": (functions, np.dtype("f8,f8")),
    "log": (functions, np.dtype("f8,f8")),
    "turn": (functions, np.dtype("f8,f8,f8")),
    "sqrt": (math, np.dtype("f8,f8")),
}
"""Functions that are watched: the module of each, and the types of its arguments and after them of its results."""

Recorded = dict[str, np.ndarray[Any, Any]]
"""Calls of each kind in each world, `twin.philox` and so on: rows of arguments and results."""


def calls_recorded(arguments: dict[str, Any], seed: int) -> Recorded:
    """What one run and its twin draw and compute, from a process without compilation.

    `arguments` are those of `load_configuration`.
    """
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "recorded.npz"
        python("-m", "experiments.benchmark.floor", str(file), repr(arguments), str(seed), NUMBA_DISABLE_JIT="1")
        with np.load(file) as arrays:
            return {name: arrays[name] for name in arrays.files}


def record_calls(configuration: Configuration, seed: int) -> Recorded:
    """What one run and its twin draw and compute; raises where rules are compiled, which cannot be watched."""
    if JIT:
        raise RuntimeError("compiled rules cannot be watched")
    watch = _Watch()
    found: Recorded = {}
    met, time = of_run(room(configuration), 0), configuration.scenario.time
    for name in WORLDS:
        alone = name == "twin"
        twin = NO_TWIN if alone else met._replace(uncounted=met.before[time.burn_in])
        world = scratch(build_world(configuration, reference=alone))
        world.clock[0].seed = seed
        watch.begin()
        simulate(world, twin, met if alone else NO_TWIN, NO_PERIODS, YEAR, time.burn_in, time.weeks)
        found |= {f"{name}.{kind}": np.array(watch.seen[kind], dtype) for kind, (_, dtype) in KINDS.items()}
    return found


class _Watch:
    """Stands before the functions of `KINDS` wherever the model calls them; calls within one of them are part of it."""

    def __init__(self) -> None:
        self.within = False
        self.begin()
        modules = [math, *(each for name, each in sys.modules.items() if name.startswith(("agents.", "model.")))]
        for kind, (home, _) in KINDS.items():
            function = getattr(home, kind)
            watched = self._watched(kind, function)
            for module in modules:
                for name in [name for name, value in vars(module).items() if value is function]:
                    setattr(module, name, watched)

    def begin(self) -> None:
        """Forget what was seen."""
        self.seen: dict[str, list[tuple[Any, ...]]] = {kind: [] for kind in KINDS}

    def _watched(self, kind: str, function: Callable[..., Any]) -> Callable[..., Any]:
        def watched(*arguments: Any) -> Any:
            if self.within:
                return function(*arguments)
            self.within = True
            result = function(*arguments)
            self.within = False
            self.seen[kind].append((*arguments, *(result if isinstance(result, tuple) else (result,))))
            return result

        return watched


def replays(found: Recorded) -> dict[str, Callable[[], int]]:
    """For each world a compiled function that draws and computes it all again; returns the sum of all bits."""
    loops = {kind: _loop(once) for kind, once in _ONCE.items()}
    columns = {
        name: tuple(np.ascontiguousarray(rows[each]) for each in rows.dtype.names) for name, rows in found.items()
    }

    def again(world: str) -> int:
        return sum(int(loop(columns[f"{world}.{kind}"])) for kind, loop in loops.items())

    return {world: partial(again, world) for world in WORLDS}


def _words(given: Any, at: int) -> Any:
    # All blocks of a run have its key: what follows from it alone is worked out once.
    a, b, c, d = philox(given[0][0], given[1][0], given[2][at], given[3][at], given[4][at], given[5][at])
    return np.int64(a + b + c + d)


def _turn(given: Any, at: int) -> Any:
    cosine, sine = turn(given[0][at])
    return bits(cosine) + bits(sine)


_ONCE: dict[str, Callable[[Any, int], Any]] = {
    "philox": _words,
    "bid": lambda given, at: bid(given[0][at], given[1][at], given[2][at], given[3][at]),
    "lot": lambda given, at: bits(lot(given[0][at], given[1][at])),
    "deviate": lambda given, at: bits(deviate(given[0][at], given[1][at], given[2][at])),
    "exp": lambda given, at: bits(exp(given[0][at])),
    "log": lambda given, at: bits(log(given[0][at])),
    "turn": _turn,
    "sqrt": lambda given, at: bits(math.sqrt(given[0][at])),
}
"""One call again, of columns of arguments at a place; returns the bits of its results, added up."""


def _loop(once: Callable[[Any, int], Any]) -> Callable[[Any], int]:
    compiled = numba.njit(error_model="numpy", forceinline=True)(once)

    @numba.njit(error_model="numpy")  # type: ignore[untyped-decorator]
    def loop(given: Any) -> Any:
        total = np.int64(0)  # whole numbers: their sum is the same in whatever order, so that the loop is vectorised
        for at in range(len(given[0])):
            total += compiled(given, at)
        return total

    return loop  # type: ignore[no-any-return]


if __name__ == "__main__":
    to, given, key = sys.argv[1:]
    np.savez(to, **cast("dict[str, Any]", record_calls(load_configuration(**ast.literal_eval(given)), int(key))))

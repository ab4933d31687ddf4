"""Time of each phase of a week: the compiled week once more, with a clock between its phases.

The phases are read from `model.schedule.advance` itself, so that their order is said once.
"""

import ast
import ctypes
import inspect
import textwrap
import time
from collections.abc import Sequence
from typing import Any

import numba
import numpy as np

import model.schedule as schedule
from agents.foundation.compiled import JIT
from model.build import build_world
from model.configuration import Configuration
from model.ensemble import Twins, scratch

_clock_gettime = ctypes.CDLL(None).clock_gettime
_clock_gettime.argtypes = [ctypes.c_int, ctypes.c_void_p]
_clock_gettime.restype = ctypes.c_int
_MONOTONIC = time.CLOCK_MONOTONIC


@numba.njit  # type: ignore[untyped-decorator]
def now(room: Any) -> int:
    """Nanoseconds on the monotonic clock; `room` takes seconds and nanoseconds."""
    _clock_gettime(_MONOTONIC, room.ctypes)
    return int(room[0]) * 1_000_000_000 + int(room[1])


def timed_advance() -> tuple[Any, tuple[str, ...]]:
    """`advance` with a clock after each phase, adding to `spent` [phase]; and the names of the phases."""
    plain: Any = schedule.advance
    plain = plain.py_func if JIT else plain
    function = ast.parse(textwrap.dedent(inspect.getsource(plain))).body[0]
    assert isinstance(function, ast.FunctionDef)
    function.decorator_list = []
    function.args.args += [ast.arg("spent"), ast.arg("room")]
    names: list[str] = []
    body: list[ast.stmt] = ast.parse("last = now(room)").body
    for statement in function.body:
        body.append(statement)
        called = _rules(statement)
        if called:
            names.append(called[0] if len(called) == 1 else f"{called[0]} …")
            body += ast.parse(f"spent[{len(names) - 1}] += now(room) - last\nlast = now(room)").body
    function.body = body
    namespace: dict[str, Any] = {**vars(schedule), "now": now}
    exec(compile(ast.fix_missing_locations(ast.Module([function], [])), "<timed>", "exec"), namespace)
    return numba.njit(error_model="numpy", nogil=True)(namespace[function.name]), tuple(names)


def _rules(statement: ast.stmt) -> list[str]:
    calls = [
        node.func.id for node in ast.walk(statement) if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
    ]
    return [name for name in dict.fromkeys(calls) if callable(getattr(schedule, name, None))]


def phases(configuration: Configuration, seed: int, replicates: Sequence[int], twins: Twins) -> dict[str, float]:
    """Seconds of a run in each phase of its weeks, with their mean over the replicates, less what the clock takes."""
    advance, names = timed_advance()
    template = build_world(configuration)
    world, room = scratch(template), np.zeros(2, np.int64)
    spent = np.zeros(len(names), np.int64)
    time = configuration.scenario.time
    weeks = time.burn_in + time.weeks
    for turn in range(2):  # the first compiles
        spent[:] = 0
        for replicate in replicates[: 1 if turn == 0 else None]:
            schedule.reset(world, template)
            world.clock[0].seed, world.clock[0].replicate = seed, replicate
            schedule.begin(world, 0, 0)
            chosen = twins.select([replicate]).choices
            twin = chosen._replace(before=chosen.before[0], uncounted=chosen.uncounted[0])
            for week in range(weeks):
                advance(world, twin, week, spent, room)
    clock = _clock_cost(room)
    means = spent / len(replicates) - clock * weeks
    return {name: max(0.0, float(mean)) * 1e-9 for name, mean in zip(names, means, strict=True)}


def _clock_cost(room: Any) -> float:
    @numba.njit  # type: ignore[untyped-decorator]
    def many(room: Any, times: int) -> int:
        first = now(room)
        for _ in range(times):
            now(room)
        return now(room) - first

    many(room, 1)
    return many(room, 10_000) / 10_000

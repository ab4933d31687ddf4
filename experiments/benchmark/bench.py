"""`deter bench`: how fast the model is here, everything side by side in one run, beside what the last run found.

A perpetrator-week is one perpetrator in one week of one world, burn-in included; a world and its twin are two. Figures
are medians over rounds with their quartiles; a ratio is taken round by round, so that what slows the machine for a
while slows both its sides.
"""

import inspect
import os
import platform
import tempfile
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from rich.table import Table

from agents.books import BOOKS, YEAR
from agents.foundation.compiled import source_hash
from experiments.benchmark.against import against
from experiments.benchmark.floor import calls_recorded, replays
from experiments.benchmark.growth import exponents, memory, memory_of_world, overhead
from experiments.benchmark.phases import phases
from experiments.benchmark.record import PHASE, Figure, Record, bench_table, load, measurements, save
from experiments.benchmark.timing import python, side_by_side, timed, with_weeks
from experiments.benchmark.work import BENCH_DOCTRINE, BENCH_SCENARIO, BENCH_SEED, perpetrator_weeks, work
from experiments.running.sweep import Sweep
from experiments.store.provenance import versions
from model.build import build_world
from model.configuration import Configuration, load_configuration
from model.deterrence import DeterrenceModel
from model.ensemble import NO_TWIN, room, run, run_twins, scratch, simulate_all, stack

OVERRIDES: dict[str, Any] = {}
REPLICATES = 10
"""Runs of one thread in one round."""
MESA_WEEKS = 104
"""Length of a run on the Mesa engine."""
START_UPS = 5
OVERHEAD_POINTS, OVERHEAD_REPLICATES = range(0, 245, 40), 100
"""The part of the headline sweep on which the cost of runner and store is measured."""


def beside_file(file: Path, rounds: int, say: Callable[[str], None]) -> tuple[Table, bool]:
    """Measure, and write the figures to a file; returns their table beside those it held, and whether these compare.

    They do where machine and versions are the same, or where the file held none.
    """
    before = load(file)
    now = record_of(bench(rounds, say))
    save(file, now)
    return bench_table(now.figures, before), before is None or before.machine == now.machine


def beside_folder(folder: Path, rounds: int, say: Callable[[str], None]) -> Table:
    """Measure this checkout and that in a folder, side by side; returns the table of their figures."""
    return bench_table(against(folder, _given(), REPLICATES, rounds, say), None)


def _given() -> dict[str, Any]:
    return {"scenario": BENCH_SCENARIO, "doctrine": BENCH_DOCTRINE, "overrides": OVERRIDES}


def record_of(found: dict[str, Figure]) -> Record:
    """Figures with the time, the source, and the system, number of processors and versions on which they depend."""
    machine = {"system": platform.platform(), "cores": os.cpu_count(), **versions()}
    return Record(datetime.now(UTC).isoformat(timespec="seconds"), source_hash(), machine, found)


def bench(rounds: int, say: Callable[[str], None]) -> dict[str, Figure]:
    """Measure everything, in the order of the table; `say` is told what is under way."""
    configuration = load_configuration(**_given())
    say("start-up and compilation …")
    found = {**_start_up(), **_compilation()}
    say("the least that a run must draw and compute …")
    floor = replays(calls_recorded(_given(), BENCH_SEED))
    say(f"engines side by side, {rounds} rounds …")
    found |= _engines(configuration, rounds)
    found |= _to_floor(configuration, floor, rounds)
    say("phases …")
    found |= _phases(configuration)
    say(f"growth with runs, weeks, perpetrators and Member States, {rounds} rounds; memory …")
    found |= exponents(configuration, rounds)
    design = Sweep("headline", changes={"replicates": OVERHEAD_REPLICATES}, overrides=OVERRIDES).design()
    found |= measurements(
        "ratio", "times", {"a sweep relative to its runs alone": overhead(design, OVERHEAD_POINTS, 3)}
    )
    return found | memory_of_world(configuration) | memory(BENCH_SCENARIO, BENCH_DOCTRINE)


_FIRST_RUN = """
from experiments.running.runner import warm_up
from model.configuration import load_configuration
warm_up(load_configuration())
"""


def _start_up() -> dict[str, Figure]:
    commands = {
        "deter --help": ["-m", "experiments.commands.main", "--help"],
        "the model, from its cache": ["-c", _FIRST_RUN],
    }
    seconds = {name: [timed(partial(python, *each)) for _ in range(START_UPS)] for name, each in commands.items()}
    return measurements("start-up", "s", seconds)


def _compilation() -> dict[str, Figure]:
    with tempfile.TemporaryDirectory() as folder:
        seconds = timed(lambda: python("-c", _FIRST_RUN, DETER_CACHE_DIR=folder))
    return measurements("start-up", "s", {"the model, to be compiled": [seconds]})


def _engines(configuration: Configuration, rounds: int) -> dict[str, Figure]:
    """Perpetrator-weeks a second of each engine, with their ratios."""
    short = with_weeks(configuration, MESA_WEEKS)
    size = REPLICATES * perpetrator_weeks(configuration)
    contestants: dict[str, tuple[float, Callable[[], Any]]] = {
        "compiled, one thread": (size, lambda: _threads(configuration, 1)),
        "compiled, two threads": (2 * size, lambda: _threads(configuration, 2)),
        "Mesa": (perpetrator_weeks(short), lambda: DeterrenceModel.run_one(short, BENCH_SEED, 0)),
        "mesa.batch_run": (perpetrator_weeks(short), lambda: _batch_run(short)),
    }
    seconds = side_by_side({name: contestant for name, (_, contestant) in contestants.items()}, rounds)
    speeds = {name: work / seconds[name] for name, (work, _) in contestants.items()}
    ratios = {
        "two threads to one": speeds["compiled, two threads"] / speeds["compiled, one thread"],
        "compiled to Mesa, one thread each": speeds["compiled, one thread"] / speeds["Mesa"],
        "Mesa to mesa.batch_run": speeds["Mesa"] / speeds["mesa.batch_run"],
    }
    return measurements("speed", "perpetrator-weeks a second", speeds) | measurements("ratio", "times", ratios)


def _to_floor(configuration: Configuration, floor: Mapping[str, Callable[[], Any]], rounds: int) -> dict[str, Figure]:
    """Time of a run and its twin beside that of the least that they must draw and compute, `floor` by world."""
    works = {world: _simulation(configuration, reference=world == "twin") for world in floor}
    seconds = side_by_side(works | {f"floor {world}": again for world, again in floor.items()}, rounds, best_of=5)
    both, least = (seconds[f"{kind}twin"] + seconds[f"{kind}world"] for kind in ("", "floor "))
    times = {"a run and its twin": 1e3 * both, "the least that they must draw and compute": 1e3 * least}
    ratios = {
        "a run and its twin to that floor": both / least,
        "the twin to its floor": seconds["twin"] / seconds["floor twin"],
        "a run with its twin, relative to its floor": seconds["world"] / seconds["floor world"],
    }
    return measurements("time", "ms", times) | measurements("ratio", "times", ratios)


def _simulation(configuration: Configuration, *, reference: bool) -> Callable[[], Any]:
    """The first replicate of the twin, or of the world beside it; the loop over weeks and nothing around it."""
    template, nobody = build_world(configuration, reference=reference), stack([NO_TWIN])
    world, books, keys, time = scratch(template), BOOKS.empty(1), np.zeros(1, np.uint64), configuration.scenario.time
    twins = nobody if reference else run_twins(configuration, BENCH_SEED, [0]).choices
    met, periods = room(configuration) if reference else nobody, BOOKS.empty(1, 0)

    def simulation() -> Any:
        met.uncounted[:] = 0
        simulate_all(world, template, BENCH_SEED, keys, twins, met, periods, YEAR, books, time.burn_in, time.weeks)
        return books

    return simulation


def _threads(configuration: Configuration, threads: int) -> None:
    parts = [range(thread * REPLICATES, (thread + 1) * REPLICATES) for thread in range(threads)]
    with ThreadPoolExecutor(threads) as pool:
        list(pool.map(partial(work, configuration), parts))


def _batch_run(configuration: Configuration) -> None:
    import mesa

    parameters: dict[str, Any] = {"configuration": [configuration]}
    options: dict[str, Any] = {"display_progress": False}
    # From Mesa 3.4 on seeds are an argument of batch_run, before it a parameter like others.
    (options if "rng" in inspect.signature(mesa.batch_run).parameters else parameters)["rng"] = [BENCH_SEED]
    steps = configuration.scenario.time.burn_in + configuration.scenario.time.weeks
    mesa.batch_run(DeterrenceModel, parameters, max_steps=steps, **options)


def _phases(configuration: Configuration) -> dict[str, Figure]:
    replicates = list(range(REPLICATES))
    twins = run_twins(configuration, BENCH_SEED, replicates)
    found = [phases(configuration, BENCH_SEED, replicates, twins) for _ in range(3)]
    whole = 1e3 * min(timed(lambda: run(configuration, BENCH_SEED, replicates, twins)) for _ in range(5)) / REPLICATES
    spent = measurements(PHASE, "ms a run", {name: [1e3 * each[name] for each in found] for name in found[0]})
    rest = max(0.0, whole - sum(each.value for each in spent.values()))
    return spent | measurements(PHASE, "ms a run", {"start, recording, comparison": [rest]})

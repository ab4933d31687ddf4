"""The fixed piece of work whose speed is measured; also a program that does it with the model of any checkout.

As a program, `work.py ARGUMENTS REPLICATES`, it uses the model on its path, be that older than this file: so it may
import nothing else of the project, and of the model only what has long been there. It writes where the model lies and
the perpetrator-weeks of one piece of work; then, for each line that it reads, the seconds that one piece took.
"""

import ast
import sys
import time
from collections.abc import Sequence
from typing import Any

import model.ensemble
from model.configuration import Configuration, load_configuration
from model.ensemble import run, run_twins

BENCH_SCENARIO, BENCH_DOCTRINE, BENCH_SEED = "baseline", "clear_ladder", 1


def work(configuration: Configuration, replicates: Sequence[int], seed: int = BENCH_SEED) -> Any:
    """Run these replicates, each with its twin, on one thread; returns their books."""
    return run(configuration, seed, replicates, run_twins(configuration, seed, replicates))


def perpetrator_weeks(configuration: Configuration) -> float:
    """Perpetrators times weeks, burn-in included, of a world and its twin."""
    span = configuration.scenario.time
    return 2.0 * len(configuration.perpetrators) * (span.burn_in + span.weeks)


def main(arguments: str, replicates: int) -> None:
    """Answer every line of standard input with the seconds of so many replicates.

    `arguments` are those of `load_configuration`, as a literal of Python.
    """
    configuration = load_configuration(**ast.literal_eval(arguments))
    work(configuration, range(1))  # compiles
    print(replicates * perpetrator_weeks(configuration), model.ensemble.__file__, flush=True)
    for _ in sys.stdin:
        before = time.perf_counter()
        work(configuration, range(replicates))
        print(time.perf_counter() - before, flush=True)


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))

"""Digests of what a build of the rules gives, and its code: `python -m support.digests functions` prints them as JSON.

`functions` are the rules' own functions and lots, which are compiled within seconds; `all` are besides weeks and years
of both shipped scenarios, and the runs of a shipped experiment.
"""

import hashlib
import json
import sys
import tempfile
from collections.abc import Iterator
from itertools import product
from pathlib import Path

from agents.foundation.compiled import JIT
from agents.scenario import CHOICE_RULES
from experiments.design.design import design_of
from experiments.design.experiment import load_experiment
from experiments.running.sweep import carry_out
from model.ensemble import run_one, simulate_all
from support.loops import LOOPS, values
from support.worlds import bits, lively, short

WEEKS = {"scenario.time.weeks": 52, "scenario.time.burn_in": 26}


def digest(content: bytes) -> str:
    """A digest of bytes."""
    return hashlib.blake2b(content, digest_size=8).hexdigest()


def of_functions() -> Iterator[tuple[str, str]]:
    """Exponentials, logarithms, turns, lots, bids and deviates, from all over their ranges."""
    yield from ((name, digest(found.tobytes())) for name, found in values(20_000).items())


def of_few() -> Iterator[tuple[str, str]]:
    """Lively weeks of both scenarios, and of other structures: seconds in plain Python."""
    worlds = {"baseline": lively("baseline", weeks=24), "illustrative": lively(weeks=24)}
    for rule in CHOICE_RULES[1:]:
        worlds[rule] = lively(values={"scenario.choice.rule": rule, "scenario.severity.exponent": 2.0}, weeks=24)
    for name, world in worlds.items():
        run = run_one(world, 7, 3, ledger=True)
        yield from ((f"few weeks, {name}, {part}", digest(content)) for part, content in bits(run).items())


def of_runs() -> Iterator[tuple[str, str]]:
    """Years of three doctrines on both scenarios."""
    for scenario, doctrine in product(("baseline", "illustrative"), ("status_quo", "swift_qmv", "due_diligence")):
        run = run_one(short(scenario, doctrine), 2, 1, ledger=True)
        yield from ((f"{scenario}, {doctrine}, {name}", digest(part)) for name, part in bits(run).items())


def of_experiment() -> Iterator[tuple[str, str]]:
    """Every column of the runs of a shipped experiment, made small."""
    with tempfile.TemporaryDirectory() as folder:
        design = design_of(load_experiment("headline", {"replicates": 1}), WEEKS)
        runs = carry_out(design, Path(folder) / "headline", 1).runs
    yield from ((f"headline, {column.name}", digest(repr(column.to_list()).encode())) for column in runs)


PARTS = {"functions": (of_functions,), "all": (of_functions, of_few, of_runs, of_experiment)}


def digests(which: str) -> dict[str, str]:
    """The digests by what they are of."""
    return {name: found for part in PARTS[which] for name, found in part()}


def code() -> list[str]:
    """LLVM's code of all that was compiled here and not read from the cache: of the loops, and of the engine."""
    return [text for each in (*LOOPS, simulate_all) for text in each.inspect_llvm().values()] if JIT else []


if __name__ == "__main__":
    print(json.dumps({"digests": digests(sys.argv[1]), "code": code()}))

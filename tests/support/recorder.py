"""Runs as plain Python that remember every draw, and a sample of the calls of every rule: what the contracts replay.

Needs NUMBA_DISABLE_JIT=1 and a process of its own: `rule` and `inlined` are replaced before any rule is defined, so
that every function so decorated is remembered, whatever its name and file.
"""

import functools
import hashlib
import pickle
from collections import Counter
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

SEED, REPLICATE = 11, 2
RANDOMNESS = "agents.foundation.randomness."
NUMBERS = (3, 10)
"""Random configurations that are run: learning and a twin with a toolbox; a qualified majority with neither."""
WEEKS = {"scenario.time.weeks": 40, "scenario.time.burn_in": 10}
LONG = 26
"""Random configuration that is walked for long, with everything switched on: coalitions decide."""
LONG_WEEKS = 130
SCRIPTED_WEEKS = 12
"""Weeks of it that are walked again under a script of what people decide."""
SAMPLED = {4**power for power in range(12)}
"""Calls of a rule that are remembered: its first, its fourth, its sixteenth and so on."""


class Call(NamedTuple):
    """One call of a rule: what it was given, what it gave, and digests of all arrays that it could write to."""

    given: Any
    result: Any
    after: Any


class Draw(NamedTuple):
    """One draw: its address, and the rule that asked for it."""

    week: int
    who: int
    purpose: int
    opened: int
    block: int
    rule: str


class Recording(NamedTuple):
    """What the runs leave behind; `arrays` holds the content of the arrays that calls were given, by digest."""

    rules: dict[str, list[Call]]
    arrays: dict[str, Any]
    draws: dict[str, list[Draw]]
    bits: dict[int, dict[str, bytes]]
    counts: dict[str, float]


class Digest(str):
    """Stands for an array."""


def digest(array: Any) -> Digest:
    """Digest of the kind, the shape and the bytes of an array or a table."""
    head = f"{type(array).__name__}{array.dtype}{array.shape}".encode()
    return Digest(hashlib.blake2b(head + array.tobytes(), digest_size=16).hexdigest())


def frozen(value: Any, arrays: dict[str, Any] | None = None) -> Any:
    """A value with digests in place of its arrays, whose content goes to `arrays` if given."""
    from agents.foundation.tables import Table
    from agents.world import ARRAYS, World

    if isinstance(value, World):
        return {name: frozen(getattr(value, name), arrays) for name in ARRAYS}
    if isinstance(value, (np.ndarray, Table)):
        key = digest(value)
        if arrays is not None and key not in arrays:
            arrays[key] = value.copy()
        return key
    if isinstance(value, tuple) and not isinstance(value, np.void):
        parts = [frozen(part, arrays) for part in value]
        return type(value)(*parts) if hasattr(value, "_fields") else tuple(parts)
    return value.copy() if isinstance(value, np.void) else value


def thawed(value: Any, arrays: dict[str, Any]) -> Any:
    """The value again, in memory of its own."""
    from agents.world import World

    if isinstance(value, dict):
        return World(**{name: arrays[key].copy() for name, key in value.items()})
    if isinstance(value, Digest):
        return arrays[value].copy()
    if isinstance(value, tuple) and not isinstance(value, np.void):
        parts = [thawed(part, arrays) for part in value]
        return type(value)(*parts) if hasattr(value, "_fields") else tuple(parts)
    return value.copy() if isinstance(value, np.void) else value


class Recorder:
    """Stands in for the decorators of rules and for the generator."""

    def __init__(self) -> None:
        self.rules: dict[str, list[Call]] = {}
        self.calls: Counter[str] = Counter()
        self.arrays: dict[str, Any] = {}
        self.draws: dict[str, list[Draw]] = {}
        self.running: list[str] = []

    def rule(self, function: Any) -> Any:
        """The function, remembered."""
        name = f"{function.__module__}.{function.__qualname__}"
        self.rules[name] = []

        @functools.wraps(function)
        def remembered(*arguments: Any) -> Any:
            self.calls[name] += 1
            sampled = self.calls[name] in SAMPLED
            given = frozen(arguments, self.arrays) if sampled else None
            self.running.append(name)
            result = function(*arguments)
            self.running.pop()
            if sampled:
                self.rules[name].append(Call(given, frozen(result), frozen(arguments)))
            return result

        return remembered

    def watch(self, philox: Any) -> Any:
        """The generator, with each address and who asked for it remembered under the run's name."""

        def watched(seed: Any, replicate: Any, block: Any, week: Any, who: Any, address: Any) -> Any:
            purpose, opened = divmod(int(address), 1 << 32)
            asked = next(name for name in reversed(self.running) if not name.startswith(RANDOMNESS))
            self.draws[self.run].append(Draw(int(week), int(who), purpose, opened, int(block), asked))
            return philox(seed, replicate, block, week, who, address)

        return watched

    def begin(self, run: str) -> None:
        """Remember the draws that follow under this name."""
        self.run = run
        self.draws[run] = []


def recorded(number: int) -> Any:
    """A random configuration as it is run here."""
    from support.worlds import random_configuration

    return random_configuration(number, tempo=2.0).with_values(WEEKS)


def phased(configuration: Any) -> Any:
    """The same under a doctrine that changes, on a day and with what the Union sees."""
    phases = {
        "dated": {"begins": "2024-06-03", "clarity": 0.9},
        "severe": {"severe_acts_above": 1, "lasts": 4, "firmness": 1.5},
        "doubt": {"credibility_below": 0.5, "partners": 0.9},
    }
    doctrine = {**configuration.doctrine.model_dump(), "phases": phases}
    return configuration.with_values({"doctrine": doctrine})


def _run(configuration: Any, twin: Any) -> Any:
    """What `run_one` does for the twin, or for the world with what that met, in a smaller docket: less to remember.

    What is reported of its cases is drawn as `run_recorded` does.
    """
    from agents.books import QUARTER
    from agents.union.reporting import draw_reports
    from agents.union.tracks import TRACKS
    from model.build import build_world
    from model.ensemble import NO_TWIN, OneRun, room, room_for_quarters, simulate
    from model.recording import laid_out
    from model.schedule import of_run

    world = build_world(configuration, reference=twin is None, cases=256, ledger=512, series=True, acts=True)
    world.clock.seed, world.clock.replicate = SEED, REPLICATE
    met, time = of_run(room(configuration), 0), configuration.scenario.time
    quarters = room_for_quarters(configuration, 1)[0]
    simulate(world, twin or NO_TWIN, met, quarters, QUARTER, time.burn_in, time.weeks)
    assert world.books[0].overflow == 0
    rows, votes = world.council[0].ledger_rows, world.council[0].votes_written
    draw_reports(world, np.zeros(rows))
    cases, tracks = world.ledger[:rows], world.ledger_tracks[: rows * len(TRACKS)]
    trace = laid_out(met, time.burn_in, len(configuration.perpetrators))
    met = met._replace(uncounted=met.before[time.burn_in])
    return OneRun(
        *(world.books, world.series, world.rungs, cases, tracks, world.votes[:votes], trace, world.in_force),
        *(world.positions[:votes], world.acts[: world.council[0].acts_written]),
        quarters=quarters,
    ), met


def _scripted(world: Any, week: int) -> Any:
    """The world with orders of every kind, on the case of an act and on a false alarm."""
    from agents.union.docket import OPEN
    from model.onward.script import Case, Order, script_of

    cases = world.cases[world.cases.status == OPEN]
    named = next(each for each in cases if each.suspect >= 0 and each.culprit >= 0)
    alarm = next(each for each in cases if each.culprit < 0)
    case, other = (Case(int(each.entity), int(each.begun)) for each in (named, alarm))
    statement = int(np.flatnonzero(world.measures.category == 2)[0])
    orders = [
        *(Order(week, "hold", each) for each in (case, other)),
        *(Order(week + 1, "ask", each) for each in (case, other)),
        Order(week + 1, "attribute", case),
        Order(week + 1, "take", case, "statement", statement, 0.01),
        Order(week + 1, "vote", case, "statement", victim=0, activity=0),
        *(Order(week + 1, "strike", perpetrator=row, victim=1, activity=2, weeks=1) for row in range(4)),
        *(Order(week + 2, "restrain", perpetrator=row, weeks=6) for row in range(len(world.perpetrators))),
        Order(week + 2, "signal", amount=0.8),
        Order(week + 4, "release", case),
    ]
    return world.replace(script=script_of(orders))


def record() -> Recording:
    """Run several worlds and their twins, and one for long."""
    import agents.foundation.compiled as compiled

    recorder = Recorder()
    compiled.rule = compiled.inlined = recorder.rule

    from agents import attribution
    from agents.foundation import randomness
    from model.ensemble import run, run_twins
    from support.worlds import begun, bits, everything, random_configuration, walk

    randomness.philox = recorder.watch(randomness.philox)
    told = {}
    for number in NUMBERS:
        configuration = recorded(number)
        recorder.begin(f"twin of {number}")
        twin, met = _run(configuration, None)
        recorder.begin(f"world {number}")
        told[number] = bits(_run(configuration, met)[0]._replace(twin=twin))
    recorder.begin("several")
    few = configuration.with_values({"scenario.time.weeks": 3, "scenario.time.burn_in": 1})
    run(few, SEED, [REPLICATE], run_twins(few, SEED, [REPLICATE]), cases=32)
    attribution.ruin(0.7, 3, 2)  # a closed form that the model is held to, and does not use
    recorder.begin("long")
    long = random_configuration(LONG, burn_in=0).with_values({"scenario.time.weeks": LONG_WEEKS})
    world = begun(phased(everything(long)), SEED, REPLICATE)
    for _ in walk(world, LONG_WEEKS - SCRIPTED_WEEKS):
        pass
    middle = world.copy()
    for _ in walk(world, SCRIPTED_WEEKS, LONG_WEEKS - SCRIPTED_WEEKS):
        pass
    recorder.begin("scripted")
    for _ in walk(_scripted(middle, LONG_WEEKS - SCRIPTED_WEEKS), SCRIPTED_WEEKS, LONG_WEEKS - SCRIPTED_WEEKS):
        pass
    from model.metrics.columns import PLACES, column_of

    counts = {name: float(column_of(world.books, name)[0]) for name in PLACES}
    return Recording(recorder.rules, recorder.arrays, recorder.draws, told, counts)


def main(path: str) -> None:
    """Write a recording to a file."""
    Path(path).write_bytes(pickle.dumps(record()))

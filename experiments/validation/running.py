"""Runs what is declared, over worlds drawn from the prior and over variants of the rules, and gives the rows."""

import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any, NamedTuple

import numpy as np

from analysis.validation.checks import EXPLAINED, SILENT_ON, Cell, Check, Findings, expected, kept, verdict
from experiments.design.design import design_of
from experiments.design.experiment import load_experiment
from experiments.validation.contrasts import Fact
from experiments.validation.facts import FACTS, WITHOUT_GRIEVANCE
from experiments.validation.measures import Lab, is_share
from experiments.validation.oracles import closed_forms, interval, played_games
from experiments.validation.signs import PART, SIGNS, SILENT, Silent
from experiments.validation.structure import VARIANTS, WHY
from model.configuration import Configuration
from model.metrics.catalogue import ESTIMATED

PRIOR = "prior"
"""The experiment whose ranges make the prior."""
WEEKS = {"scenario.time.burn_in": 364, "scenario.time.weeks": 364}
"""Seven years that count, after as many in which beliefs settle; every measure is there from the first week."""
LONG_AGO = "1999-01-01"


class Size(NamedTuple):
    """How much is run: worlds, replicates of each, worlds of each variant, and whether the fast facts alone.

    Of theory: draws for each closed form, and runs of each setting of a game; of history: runs. With 0 of them none is
    looked at.
    """

    worlds: int
    replicates: int
    structure: int
    draws: int
    runs: int
    fast: bool = False
    histories: int = 0


FULL = Size(40, 24, 16, 100_000, 32, histories=2000)
FAST = Size(12, 12, 0, 10_000, 16, fast=True, histories=200)


def drawn(count: int, seed: int) -> list[Configuration]:
    """So many worlds of the prior, a Latin hypercube of its ranges."""
    loaded = load_experiment(PRIOR, {"design": {"kind": "latin", "size": count}, "seed": seed})
    measures = loaded.base().measures
    design = design_of(loaded, {**WEEKS, **{f"measures.{name}.available": LONG_AGO for name in measures}})
    return [design.configuration(point) for point in range(count)]


def validated(size: Size, seed: int, workers: int | None, report: Callable[[int, int], None]) -> Findings:
    """Run all that is declared, or the fast part of it; `report` is told how many pieces of work of how many are done.

    Worlds are shared out among threads, for compiled code releases the interpreter's lock.
    """
    facts = [fact for fact in (*FACTS, *WITHOUT_GRIEVANCE, *SIGNS) if fact.fast or not size.fast]
    sturdy = [fact for fact in FACTS if fact.label == "emergent" and fact.sign]
    few = drawn(size.structure, seed) if size.structure else []
    variants = VARIANTS if few else {}
    work = [(world, seed + place, facts, size.replicates) for place, world in enumerate(drawn(size.worlds, seed))]
    for values in variants.values():
        work += [(world.with_values(values), seed + place, sturdy, size.replicates) for place, world in enumerate(few)]
    done = []
    with ThreadPoolExecutor(workers or os.cpu_count() or 1, "deter") as pool:
        checks = closed_forms(size.draws, seed, pool) if size.draws else []
        of_games, played = played_games(size.runs, seed, pool) if size.runs else ([], [])
        for found in pool.map(lambda given: effects_of(*given), work):
            done.append(found)
            report(len(done), len(work))
    checks += of_games
    checks += [judged(fact, *column) for fact, column in zip(facts, columns_of(done[: size.worlds]), strict=True)]
    cells = []
    for place, variant in enumerate(variants):
        first = size.worlds + place * size.structure
        columns = columns_of(done[first : first + size.structure])
        cells += [cell(variant, fact, column[0]) for fact, column in zip(sturdy, columns, strict=True)]
    checks += [silence(each) for each in SILENT]
    return Findings(checks, played, cells, size.worlds, size.structure, size.replicates, seed)


Effects = list[tuple[float, float]]
"""For each fact its effect in a world, and the change of what is to be matched, as a share of it."""
Vector = np.ndarray[Any, np.dtype[np.float64]]


def effects_of(world: Configuration, seed: int, facts: Sequence[Fact], replicates: int) -> Effects:
    """What a world shows of each fact."""
    lab = Lab(world, seed, replicates)
    return [(lab.effect(fact.contrast), mismatch(lab, fact)) for fact in facts]


def mismatch(lab: Lab, fact: Fact) -> float:
    """By what share the metric that a fact wants matched changes from its first world to its last."""
    if not fact.matched:
        return 0.0
    before, after = (lab.value(fact.matched, fact.contrast[place].values) for place in (0, -1))
    return after / before - 1.0


def columns_of(done: Sequence[Effects]) -> Iterator[tuple[Vector, Vector]]:
    """For each fact its effects over worlds, and the changes of what is to be matched."""
    for fact in zip(*done, strict=True):
        effects, mismatches = np.array(fact).T
        yield effects, mismatches


UNDEFINED = float("nan")


class Interval(NamedTuple):
    """The mean over worlds, its 95 % interval (Student), the worlds in which it is defined, the share that agrees."""

    mean: float
    low: float
    high: float
    n: int
    agree: float


def over_worlds(effects: Vector, sign: int) -> Interval:
    """Mean and interval of an effect over worlds, and the share of them in which it has the sign expected."""
    defined = effects[np.isfinite(effects)]
    n = len(defined)
    if n < 2:
        return Interval(UNDEFINED, UNDEFINED, UNDEFINED, n, 0.0)
    return Interval(*interval(defined), n, float((sign * defined > 0.0).mean()))


def judged(fact: Fact, effects: Vector, mismatches: Vector) -> Check:
    """The row of a fact, from its effects over worlds."""
    found = over_worlds(effects, fact.sign)
    explained = bool(fact.explanation) and fact.explained[0] <= found.mean <= fact.explained[1]
    said = verdict(*found[1:3], found.agree, fact.sign, fact.least, explained=explained)
    unit, scale = unit_of(fact)
    beside = (
        f"{ESTIMATED[fact.matched].title} changes by {signed_percent(float(np.mean(mismatches)))}."
        if fact.matched
        else ""
    )
    return Check(
        part=fact.part,
        name=fact.name,
        expected=expected(fact.sign, scale * fact.least, unit),
        verdict=said,
        label=fact.label,
        source=fact.source,
        unit=unit,
        got=scale * found.mean,
        low=scale * found.low,
        high=scale * found.high,
        n=found.n,
        agree=found.agree if fact.sign else None,
        sign=fact.sign,
        least=scale * fact.least,
        note=" ".join(filter(None, (beside, fact.explanation if said == EXPLAINED else ""))),
    )


def signed_percent(share: float) -> str:
    """A change in per cent, with its sign."""
    return f"{100.0 * share:+.0f} %".replace("-", "−")


def cell(variant: str, fact: Fact, effects: Vector) -> Cell:
    """What becomes of a fact under a variant of the rules."""
    found = over_worlds(effects, fact.sign)
    scale = unit_of(fact)[1]
    ends = scale * found.mean, scale * found.low, scale * found.high
    left = kept(*found[1:3], found.agree, fact.sign, fact.least)
    return Cell(variant, fact.name, left, *ends, found.n, WHY.get(variant, ""))


def unit_of(fact: Fact) -> tuple[str, float]:
    """The unit in which a fact is shown, and by what its effect is multiplied for it."""
    metric, left = fact.contrast[0].metric, fact.contrast[0].left
    if left:
        return "log points", 100.0
    if is_share(metric):
        return "points", 100.0
    unit = ESTIMATED[metric].unit
    return {"number a year": "a year", "0 to 1": ""}.get(unit, unit), 1.0


def silence(finding: Silent) -> Check:
    """The row of a finding on which the model is silent."""
    return Check(PART, finding.name, "", SILENT_ON, "", finding.source, note=finding.why)

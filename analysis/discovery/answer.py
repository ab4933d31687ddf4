"""The answer of a scenario discovery: what was asked of which folder, what was found, and how sure it is.

`discover(results, ["harm_averted<0.1"])` looks for it; `deter discover` keeps it in the folder.
"""

from collections.abc import Callable, Iterator, Sequence

import numpy as np
from pydantic import BaseModel

from analysis.discovery.boxes import Box, NoiseRange, in_any, noise_range, restricting
from analysis.discovery.rules import METHODS, Recurrence, Rule, Step, peel, rule, stability, workbench
from analysis.results.conditions import Array, Condition, Worlds, condition, worlds_of
from analysis.results.folder import Results
from analysis.results.manifest import ANSWER
from analysis.results.reading import read_record
from model.errors import ConfigurationError
from model.metrics import LEAD

LEAST = 10
"""Cases, and worlds that are none, below which no rule is looked for: any box would fit."""


class Answer(BaseModel):
    """All that figures and tables of a discovery show, but for the worlds themselves."""

    design_hash: str
    doctrine: str | None  # as the folder names it; None: its doctrine does not vary
    against: str | None
    doctrine_title: str
    conditions: list[tuple[str, str, float]]
    either: bool
    assumed: bool  # the condition was not asked for
    worlds: int
    cases: int
    left_out: int
    replicates: int
    unsure: int | None  # worlds in which noise leaves open whether the condition holds; None: one replicate
    doubt: NoiseRange | None
    rules: list[Rule]
    steps: list[Step]
    chosen: int
    again: dict[str, dict[str, Recurrence]]

    @property
    def asked(self) -> list[Condition]:
        """The conditions."""
        return [Condition(*each) for each in self.conditions]

    @property
    def subject(self) -> str:
        """The doctrine whose worlds they are."""
        return self.doctrine or f"“{self.doctrine_title}”"

    @property
    def prim(self) -> Rule:
        """The rule that PRIM has found."""
        return self.rules[0]

    @property
    def box(self) -> Box:
        """PRIM's box; empty where it asks nothing."""
        return self.prim.boxes[0] if self.prim.boxes else {}

    @property
    def sides(self) -> Iterator[tuple[str, str, Recurrence]]:
        """Each restriction of PRIM's box: its factor, its side, and how often it is found again."""
        for name in restricting(self.box):
            for side in self.box[name].sides:
                yield name, side, self.again.get(name, {}).get(side, Recurrence(share=0.0))


def read_answer(results: Results) -> Answer | None:
    """The answer that a folder holds, if it is one about the results there."""
    answer = read_record(results.folder / ANSWER, Answer)
    return answer if answer and answer.design_hash == results.manifest.design_hash else None


def has_box(results: Results) -> bool:
    """Whether what was found there is a box."""
    return bool((answer := read_answer(results)) and answer.box)


def discover(
    results: Results,
    targets: Sequence[str] = (),
    doctrine: str | None = None,
    against: str | None = None,
    *,
    either: bool = False,
    report: Callable[[str], object] = lambda text: None,
) -> Answer:
    """The worlds of a folder in which conditions such as `harm_averted<0.1` hold under a doctrine, as a rule.

    Without conditions those with less harm averted than in half of the worlds; with `against` another doctrine they are
    on the difference, in the same world. All are to hold, or with `either` one. `report` is told when the work begins.
    Raises `ConfigurationError` where the folder has no sample of worlds, or too few of either kind.
    """
    conditions = [condition(text) for text in targets]
    metrics = list(dict.fromkeys(one.metric for one in conditions)) or [LEAD]
    worlds = worlds_of(results, metrics, doctrine, against)
    conditions = conditions or [default_condition(worlds)]
    frame, cases = worlds.frame, worlds.meet(conditions, either=either)
    _check_cases(cases, results, conditions)
    workbench()
    report(f"looking for a rule in {len(cases)} worlds of {frame.width} factors, and whether it holds; some seconds …")
    surely, possibly = worlds.surely(conditions, either=either)
    rules = [rule(method, frame, cases) for method in METHODS]
    way, several = peel(frame, cases), worlds.replicates > 1
    return Answer(
        design_hash=results.manifest.design_hash,
        doctrine=worlds.doctrine if results.manifest.factors.get("doctrine") else None,
        against=worlds.against,
        doctrine_title=results.configuration.doctrine.title,
        conditions=[*conditions],
        either=either,
        assumed=not targets,
        worlds=len(cases),
        cases=int(cases.sum()),
        left_out=worlds.left_out,
        replicates=worlds.replicates,
        unsure=int((possibly & ~surely).sum()) if several else None,
        doubt=noise_range(in_any(rules[0].boxes, frame), surely, possibly) if several else None,
        rules=rules,
        steps=way.steps,
        chosen=way.chosen,
        again=stability(frame, cases),
    )


def default_condition(worlds: Worlds) -> Condition:
    """The condition where none is given: less harm averted than in half the worlds; of two doctrines, more."""
    if worlds.against is not None:
        return Condition(LEAD, ">", 0.0)
    return Condition(LEAD, "<", float(np.median(worlds.values(LEAD))) if worlds.frame.height else 0.0)


def _check_cases(cases: Array, results: Results, conditions: Sequence[Condition]) -> None:
    """Refuse a sample in which too few worlds, or too many, are such: any box would fit."""
    found, others = int(cases.sum()), int((~cases).sum())
    if min(found, others) >= LEAST:
        return
    asked = " ".join(one.text for one in conditions)
    count = "all" if not others else "none" if not found else f"{found}"
    problem = f"{asked} holds in {count} of {found + others} worlds"
    allowed = f"{LEAST} worlds at least in which it holds, and {LEAST} in which not: another --target, or more worlds"
    if found + others < 2 * LEAST:
        problem, allowed = f"has {found + others} worlds", f"{2 * LEAST} at least: a larger sample"
    raise ConfigurationError(problem, file=str(results.folder), allowed=allowed)

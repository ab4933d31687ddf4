"""The answer of a scenario discovery: what was asked of which folder, what was found, and how sure it is.

`discover(results, ["harm_averted<0.1"])` looks for it; `deter discover` keeps it in the folder.
"""

from collections.abc import Callable, Iterator, Sequence
from typing import Annotated

import numpy as np
import polars as pl
from pydantic import Field, model_validator

from analysis.discovery.boxes import Box, Count, Fit, NoiseRange, Side, in_any, noise_range, restricting
from analysis.discovery.rules import METHODS, Recurrence, Rule, Step, peel, rule, stability, workbench
from analysis.labels import factor_title
from analysis.results.conditions import OPERATORS, Array, Condition, Worlds, condition, condition_text, worlds_of
from analysis.results.folder import Results
from analysis.results.manifest import ANSWER, MOST_RUNS
from analysis.results.reading import KeptAnswer, damaged, read_answer_about
from model.display.cards import Card, html, line, rows
from model.errors import ConfigurationError
from model.metrics.catalogue import ESTIMATED, LEAD

LEAST = 10
"""Cases, and worlds that are none, below which no rule is looked for: any box would fit."""


MOST_STEPS, MOST_CONDITIONS = 10_000, 1000
"""Boxes on PRIM's way, each with some worlds less than the last, and conditions that anybody asks."""


class Answer(KeptAnswer):
    """All that figures and tables of a discovery show, but for the worlds themselves."""

    doctrine: str | None  # as the folder names it; None: its doctrine does not vary
    against: str | None
    doctrine_title: str
    conditions: Annotated[list[tuple[str, str, float]], Field(min_length=1, max_length=MOST_CONDITIONS)]
    either: bool
    assumed: bool  # the condition was not asked for
    worlds: Annotated[Count, Field(ge=1)]
    cases: Count
    left_out: Count
    replicates: Annotated[int, Field(ge=1, le=MOST_RUNS)]
    unsure: Count | None  # worlds in which noise leaves open whether the condition holds; None: one replicate
    doubt: NoiseRange | None
    rules: Annotated[list[Rule], Field(max_length=len(METHODS))]
    steps: Annotated[list[Step], Field(min_length=1, max_length=MOST_STEPS)]
    chosen: Annotated[int, Field(ge=0)]
    again: dict[str, dict[Side, Recurrence]]

    @model_validator(mode="after")
    def _fits_together(self) -> "Answer":
        for metric, operator, _ in self.conditions:
            if metric not in ESTIMATED or operator not in OPERATORS:
                raise ConfigurationError("is no condition", key="conditions", value=f"{metric}{operator}")
        if [one.method for one in self.rules] != [*METHODS]:
            raise ConfigurationError("are of other methods", key="rules", allowed=", ".join(METHODS))
        if len(self.prim.boxes) > 1:
            raise ConfigurationError("has several boxes", key="rules.0", allowed="one, or none")
        for name, limit in self.box.items():
            least = {"low": limit.p_low, "high": limit.p_high, "among": limit.p_high}
            if any(least[side] is None for side in limit.sides):
                raise ConfigurationError("has no p-value", key=f"rules.0.boxes.0.{name}")
        fits = [fit for one in self.rules for fit in (one.fit, one.held_out)]
        if max(self.cases, self.unsure or 0, *(fit.worlds for fit in fits), *(fit.cases for fit in fits)) > self.worlds:
            raise ConfigurationError("are more than the worlds", key="cases", allowed=f"{self.worlds} or fewer")
        if self.chosen >= len(self.steps):
            raise ConfigurationError("is no step", key="chosen", value=self.chosen)
        return self

    def __repr__(self) -> str:
        rule = f"a box of {len(self.box)} factors" if self.box else "no box"
        return line("Answer", self._question, f"{self.cases:,} of {self.worlds:,} worlds", rule)

    __str__ = __repr__

    @property
    def _question(self) -> str:
        asked = [condition_text(one, difference=self.against is not None) for one in self.asked]
        return (" or " if self.either else " and ").join(asked)

    def _repr_html_(self) -> str:
        fit, apart = self.prim.fit, self.prim.held_out
        facts = {
            "doctrine": self.subject + (f" less {self.against}" if self.against else ""),
            "worlds": f"{self.cases:,} of {self.worlds:,}",
            "unsure for noise": "–" if self.unsure is None else f"{self.unsure:,}",
            "the box holds": _fit_text(fit),
            "on worlds it was not found in": f"{_fit_text(apart)}, p = {self.prim.p:.2g}",
        }
        sides = [
            (factor_title(name), side, self.box[name].among or getattr(self.box[name], side, None), again.share)
            for name, side, again in self.sides
        ]
        said = f"Where {self._question}" if self.box else f"No restriction tells where {self._question}"
        heads = "factor", "side", "limit", "found again in this share of subsamples"
        return html(Card(said, "", facts, rows(heads, sides) if sides else None, calls={".rules": "the boxes in full"}))

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
    def is_mostly_unsure(self) -> bool:
        """Whether in most worlds noise leaves open if the conditions hold, so that nothing can be said of where."""
        return self.unsure is not None and 2 * self.unsure > self.worlds

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


def _fit_text(fit: Fit) -> str:
    coverage, density = ("–" if each is None else f"{each:.0%}" for each in (fit.coverage, fit.density))
    return f"{coverage} of them (coverage), and {density} of it are such (density)"


def read_answer(results: Results) -> Answer | None:
    """The answer that a folder holds, if it is one about the results there.

    Raises `ConfigurationError` where it is damaged, or names what is not in the folder.
    """
    path = results.folder / ANSWER
    if (answer := read_answer_about(results.manifest.design_hash, path, Answer)) is None:
        return None
    doctrines = [*map(str, results.manifest.factors.get("doctrine", ()))]
    for doctrine in (answer.doctrine, answer.against):
        if doctrine is not None and doctrine not in doctrines:
            raise damaged(path, f"the folder has no doctrine {doctrine!r}")
    for name, limit in ((name, limit) for one in answer.rules for box in one.boxes for name, limit in box.items()):
        levels = results.manifest.factors.get(name, [])
        if name == "doctrine" or len(levels) < 2:
            raise damaged(path, f"{name!r} is no factor of the worlds in the folder")
        column = results.design[name]
        named = set() if column.dtype.is_numeric() else set(column.cast(pl.String))
        if not named.issuperset(limit.among or []) or bool(named) != bool(limit.among):
            raise damaged(path, f"{name!r} has no such levels in the folder")
    return answer


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

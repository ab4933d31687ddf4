"""What winners of a search lean on: their advantage under each assumption changed by itself, and what it consists of.

Winners may win by what the model happens to assume. So each meets the reference again in the scenario as it is, with
each uncertain parameter at either end of its range, with all of them there at once, and with each mechanism switched
off; and each of its parameters is put back to the reference's, to see what it adds and at which cost.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, NamedTuple

from analysis.results.folder import Results
from analysis.search.answer import TOGETHER, Leaning, Share
from analysis.search.objectives import Aim, Estimate, Judge
from experiments.design.design import Design
from experiments.design.factors import Level, Span
from experiments.design.sampling import frame_of
from experiments.search.optimiser import Candidate
from experiments.search.stages import Plan, sides
from model.policy import Switches

COST = Aim("min", False, "eu_cost")
EDGE = 0.02
"""Share of a range, from its end on, that counts as its edge."""
SWITCHES = tuple(f"switches.{name}" for name in Switches.model_fields)


class Case(NamedTuple):
    """One candidate under one assumption."""

    who: str
    assumption: str
    value: Any


def conditions(plan: Plan) -> list[tuple[str, Level | None, dict[str, Level]]]:
    """Assumption, its value, and the world that comes of it; the scenario as it is comes first."""
    as_it_is = _as_it_is(plan)
    found: list[tuple[str, Level | None, dict[str, Level]]] = [("", None, as_it_is)]
    for path, factor in plan.circumstances.items():
        ends = (factor.low, factor.high) if isinstance(factor, Span) else factor
        found += [(path, end, {**as_it_is, path: end}) for end in ends if end != as_it_is[path]]
    for end in ("low", "high"):
        spans = {path: getattr(f, end) for path, f in plan.circumstances.items() if isinstance(f, Span)}
        found += [(TOGETHER, end, {**as_it_is, **spans})] if spans else []
    found += [(path, False, {**as_it_is, path: False}) for path in SWITCHES if as_it_is[path]]
    return found


def _as_it_is(plan: Plan) -> dict[str, Level]:
    held = {parameter.path: parameter.value for parameter in plan.base.parameters()}
    return {path: held[path] for path in (*plan.circumstances, *SWITCHES)}


def leaning_design(plan: Plan, winners: Mapping[str, Candidate], reference: Candidate) -> tuple[Design, list[Case]]:
    """Winners and reference under every assumption, then each winner with each parameter put back; and what is what."""
    cases, rows = [], []
    for who, values in {**winners, "": reference}.items():
        for assumption, value, world in conditions(plan):
            cases.append(Case(who, assumption, value))
            rows.append({**values, **world})
    as_it_is = _as_it_is(plan)
    for who, values in winners.items():
        for path in plan.space.factors:
            if values[path] != reference[path]:
                cases.append(Case(who, path, reference[path]))
                rows.append({**values, path: reference[path], **as_it_is})
    blank = plan.stage([reference], [as_it_is], plan.search.leaning_replicates, plan.fresh_seed)
    frame = frame_of({path: [row[path] for row in rows] for path in rows[0]})
    factors = {path: frame[path].unique(maintain_order=True).to_list()[:24] for path in frame.columns[1:]}
    return _with(blank, frame, factors), cases


def _with(design: Design, frame: Any, factors: Mapping[str, Sequence[Level]]) -> Design:
    return replace(design, frame=frame, factors=dict(factors))


def leaned(
    plan: Plan, results: Results, design: Design, cases: Sequence[Case], winners: Mapping[str, Candidate], lead: Aim
) -> tuple[list[Leaning], list[Share]]:
    """The advantage of winners under each assumption, and what each of their parameters adds."""
    names = [f"{at}" for at in range(len(cases))]
    judge = Judge(sides(results, design, names, list({lead.metric, COST.metric})), plan.search.worst)
    at = {(case.who, case.assumption, case.value): name for name, case in zip(names, cases, strict=True)}
    found = [
        Leaning(
            winner=case.who,
            assumption=case.assumption,
            value=case.value,
            gain=turned(lead, judge.estimate(name, lead, at["", case.assumption, case.value])),
        )
        for name, case in zip(names, cases, strict=True)
        if case.who and not case.assumption.startswith("doctrine.")
    ]
    shares = [
        Share(
            winner=case.who,
            parameter=case.assumption,
            value=winners[case.who][case.assumption],  # type: ignore[arg-type]
            reference=case.value,
            gain=turned(lead, judge.estimate(at[case.who, "", None], lead, name)),
            cost=judge.estimate(at[case.who, "", None], COST, name),
            edge=edge(plan, case.assumption, winners[case.who][case.assumption]),
        )
        for name, case in zip(names, cases, strict=True)
        if case.assumption.startswith("doctrine.")
    ]
    return found, shares


def turned(one: Aim, estimate: Estimate) -> Estimate:
    """A difference of which more is better."""
    if one.sign > 0.0:
        return estimate
    low, high = (None if end is None else -end for end in (estimate.high, estimate.low))
    return Estimate(-estimate.mean, low, high)


def edge(plan: Plan, path: str, value: Any) -> str | None:
    """Which end of its range a parameter sits at, if any."""
    factor = plan.space.factors[path]
    if not isinstance(factor, Span):
        return None
    near = EDGE * (factor.high - factor.low)
    if value <= factor.low + near:
        return "lower"
    return "upper" if value >= factor.high - near else None

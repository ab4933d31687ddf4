"""What winners of a search lean on: their advantage under each assumption changed by itself, and what it consists of.

Winners may win by what the model happens to assume. So each meets the reference again in the scenario as it is, with
each uncertain parameter at either end of its range, with all of them there at once, and with each mechanism switched
off; and each of its parameters is put back to the reference's, to see what it adds and at which cost.
"""

from collections.abc import Mapping
from typing import Any, NamedTuple

from analysis.comparison.candidates import Candidates
from analysis.results.conditions import sides_by_name
from analysis.search.answer import ALL_AT_ONCE, Estimate, Leaning, Share
from experiments.design.factors import Level, Span, ends_or_levels
from experiments.search.optimiser import Candidate
from experiments.search.stages import Carry, Plan
from model.policy import Switches

LEANING = "leaning"
"""Folder of this stage below that of the search."""
COST = "eu_cost"
EDGE_SHARE = 0.02
"""Share of a range, from its end on, that counts as its edge."""
SWITCH_PATHS = tuple(f"switches.{name}" for name in Switches.model_fields)


class TestedCase(NamedTuple):
    """A winner, or the reference where it is empty, under one assumption, or with one parameter put back."""

    winner: str
    assumption: str
    value: Any


def conditions(plan: Plan) -> list[tuple[str, Level | None, dict[str, Level]]]:
    """Assumption, its value, and the world that comes of it; the scenario as it is comes first."""
    held = {parameter.path: parameter.value for parameter in plan.base.parameters()}
    as_it_is: dict[str, Level] = {path: held[path] for path in (*plan.circumstances, *SWITCH_PATHS)}
    changes: list[tuple[str, Level | None, dict[str, Level]]] = [("", None, {})]
    for path, factor in plan.circumstances.items():
        changes += [(path, end, {path: end}) for end in ends_or_levels(factor) if end != as_it_is[path]]
    spans = {path: factor for path, factor in plan.circumstances.items() if isinstance(factor, Span)}
    for end in ("low", "high") if spans else ():
        changes.append((ALL_AT_ONCE, end, {path: getattr(span, end) for path, span in spans.items()}))
    changes += [(path, False, {path: False}) for path in SWITCH_PATHS if as_it_is[path]]
    return [(assumption, value, {**as_it_is, **change}) for assumption, value, change in changes]


def stress_test(
    plan: Plan, winners: Mapping[str, Candidate], reference: Candidate, carry: Carry
) -> tuple[list[Leaning], list[Share]]:
    """The advantage of winners under each assumption, and what each of their parameters adds."""
    every = conditions(plan)
    rows = {
        TestedCase(winner, assumption, value): {**values, **world}
        for winner, values in {**winners, "": reference}.items()
        for assumption, value, world in every
    }
    put_back = {
        TestedCase(winner, path, reference[path]): {**values, path: reference[path], **every[0][2]}
        for winner, values in winners.items()
        for path in plan.space.factors
        if values[path] != reference[path]
    }
    lead = plan.search.main
    design = plan.design([*rows.values(), *put_back.values()], plan.search.leaning_replicates, plan.fresh_seed)
    design = plan.by_replicate(design)
    names = {case: f"{at}" for at, case in enumerate((*rows, *put_back))}
    judge = Candidates(sides_by_name(carry(LEANING, design, True), list(names.values()), [lead.metric, COST]))

    def advantage(one: TestedCase, other: TestedCase) -> Estimate:
        found = Estimate(*judge.estimate(names[one], lead.metric, against=names[other]))
        return found if lead.sense == "max" else found.turned

    leanings = [
        Leaning(**case._asdict(), gain=advantage(case, case._replace(winner=""))) for case in rows if case.winner
    ]
    shares = []
    for case in put_back:
        whole, value = TestedCase(case.winner, "", None), winners[case.winner][case.assumption]
        shares.append(
            Share(
                winner=case.winner,
                parameter=case.assumption,
                value=value,  # type: ignore[arg-type]
                reference=case.value,
                gain=advantage(whole, case),
                cost=Estimate(*judge.estimate(names[whole], COST, against=names[case])),
                edge=edge(plan, case.assumption, value),
            )
        )
    return leanings, shares


def edge(plan: Plan, path: str, value: Any) -> str | None:
    """Which end of its range a parameter sits at, if any."""
    factor = plan.space.factors[path]
    if not isinstance(factor, Span):
        return None
    near = EDGE_SHARE * (factor.high - factor.low)
    if value <= factor.low + near:
        return "lower"
    return "upper" if value >= factor.high - near else None

"""A case before the Council: what may be done about it, and how the members would vote; for those who sit there."""

from typing import Any

from agents.catalogue import ADOPTION_RULES
from experiments.exercise.cases import KINDS, Ballot, ballot, options
from experiments.exercise.choices import FACILITATOR
from experiments.exercise.play import Play
from experiments.exercise.scenario import UNION
from experiments.exercise.sight import names_of
from model.errors import ConfigurationError

DECIDED_BY = {
    "routine": "no vote",
    "consensus": "consensus",
    "restrictive": "restrictive vote",
    "willing": "the willing",
}
"""Who decides on a measure, in words, by the rule for it."""


def measures_on(play: Play, role: str, case: int) -> dict[str, Any]:
    """Measures on a case, with what each needs, costs and takes, and why it may not be taken: empty where it may.

    Raises `ConfigurationError`.
    """
    _refuse_others(role)
    row = play.row(case)
    found = options(play.world, play.configuration, row, play.week)
    rows = [
        each._asdict()
        | {
            "why_not": play.objection(row, play.measure_row(each.measure))[1],
            "decided_by": DECIDED_BY[each.adoption],
            "sort": KINDS[each.track],
        }
        for each in found
    ]
    return {"case": case, "measures": rows}


def votes_on(play: Play, role: str, case: int, measure: str) -> dict[str, Any]:
    """How the members would vote today on a measure, positions that were fixed in this round among them.

    Raises `ConfigurationError`.
    """
    _refuse_others(role)
    row, place = play.row(case), play.measure_row(measure)
    track, objection = play.objection(row, place)
    if not track:
        raise ConfigurationError(f"is not voted on: {objection}", key="measure", value=measure)
    rule, found = ADOPTION_RULES[play.world.measures.adoption[place]], Ballot({}, 1.0)
    if rule != "routine":
        found = ballot(play.ordered(), play.configuration, names_of(play), row, place, track, play.week)
    if play.chosen(row, track) == measure:
        objection = ""
    told = {"decided_by": DECIDED_BY[rule], "positions": found.positions, "said": _outcome(found)}
    return {"case": case, "measure": measure, "why_not": objection, **told}


def _outcome(found: Ballot) -> str:
    """What would come of a vote, in words; who abstains does not prevent unanimity (Article 238(4) TFEU)."""
    if not found.positions:
        return "it is decided without a vote"
    if found.share == 0.0:
        return f"if the vote were today, it would fail: {_counted(found)}"
    if "supports" not in found.positions.values():
        return "nobody supports it today; it would pass all the same, for a plain abstention prevents nothing"
    binds = "the whole EU" if found.share >= 1.0 else f"Member States with {found.share:.0%} of the EU's people"
    return f"if the vote were today, it would pass and bind {binds}: {_counted(found)}"


def _counted(found: Ballot) -> str:
    """How many support a measure, and how many stand against it."""
    positions = list(found.positions.values())
    against = sum(position in ("objects", "claims a vital interest") for position in positions)
    declared = positions.count("declares an abstention")
    return f"{positions.count('supports')} for, {against} against" + (
        f", {declared} declare an abstention" * (declared > 0)
    )


def _refuse_others(role: str) -> None:
    """The Council's papers are for those who sit there, and for the facilitator."""
    if role not in (*UNION, FACILITATOR):
        raise ConfigurationError("is not shown to this chair", key="case")

"""A case before the Council: what may be done about it, how the members would vote, and what a round brings about."""

from typing import Any

from experiments.exercise.cases import ballot, options
from experiments.exercise.consequences import COUNTED, DECIDED, consequences
from experiments.exercise.play import Play
from model.errors import ConfigurationError
from model.metrics.catalogue import METRICS
from model.onward.script import script_of


def measures_on(play: Play, case: int) -> dict[str, Any]:
    """Measures on a case, with what each needs, costs and takes, and why it may not be taken: empty where it may.

    Raises `ConfigurationError`.
    """
    row = play.row(case)
    found = options(play.world, play.configuration, row, play.week)
    rows = [each._asdict() | {"why_not": play.objection(row, play.measure_row(each.measure))[1]} for each in found]
    return {"case": case, "measures": rows}


def votes_on(play: Play, case: int, measure: str) -> dict[str, Any]:
    """How the members would vote today on a measure, positions that were fixed in this round among them.

    Raises `ConfigurationError`.
    """
    row, place = play.row(case), play.measure_row(measure)
    track, objection = play.objection(row, place)
    if not track:
        raise ConfigurationError(f"is not voted on: {objection}", key="measure", value=measure)
    world = play.world.replace(script=script_of(play.orders))
    found = ballot(world, play.configuration, row, place, track, play.week)
    rule = next(
        each.adoption for each in options(play.world, play.configuration, row, play.week) if each.measure == measure
    )
    return {"case": case, "measure": measure, "rule": rule, "positions": found.positions, "share": found.share}


def effects_of(play: Play, number: int) -> dict[str, Any]:
    """What the choices of a round that was played bring about; raises `ConfigurationError`."""
    if not 0 <= number < len(play.rounds):
        raise ConfigurationError("has not been played", key="round", value=number)
    before = play.rounds[number]
    until = len(play.rounds[number + 1].line) if number + 1 < len(play.rounds) else len(play.line)
    decided = [entry for entry in play.line[len(before.line) : until] if entry.choice.kind != "go_on"]
    found = consequences(before, {DECIDED: decided})
    arms = list(dict.fromkeys(arm for arm, _ in found.levels))
    rows = [
        {
            "metric": name,
            "title": METRICS[name].title,
            "unit": METRICS[name].unit,
            "share": METRICS[name].is_share,
            "levels": [found.levels[arm, name] for arm in arms],
            "difference": found.differences[DECIDED, name],
            "told": found.told[DECIDED, name],
        }
        for name in COUNTED
    ]
    return {"round": number, "weeks": found.weeks, "n": found.n, "arms": arms, "rows": rows}

"""A case before the Council: what may be done about it, and how the members would vote."""

from typing import Any

from experiments.exercise.cases import ballot, options
from experiments.exercise.play import Play
from model.errors import ConfigurationError


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
    world = play.ordered()
    found = ballot(world, play.configuration, row, place, track, play.week)
    rule = next(
        each.adoption for each in options(play.world, play.configuration, row, play.week) if each.measure == measure
    )
    return {"case": case, "measure": measure, "rule": rule, "positions": found.positions, "share": found.share}

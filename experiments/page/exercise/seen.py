"""What a chair gets over the wire: what its role may see, and what was decided in this round as far as it knows."""

from typing import Any

from experiments.exercise.choices import FACILITATOR
from experiments.exercise.play import Play
from experiments.exercise.scenario import UNION
from experiments.exercise.sight import sight
from model.errors import ConfigurationError

PUBLIC = ("announce",)
"""Choices of which everybody hears."""
OF_THE_TABLE = ("take_up", "leave", "attribute", "measure", "ask", "tell")
"""Choices of which the Union's side hears."""


def seen(play: Play, role: str) -> dict[str, Any]:
    """The situation of a role in plain values; nothing that it may not see is in it."""
    found = sight(play, role) | {"made": made(play, role), "since": _since(play)}
    if role in (*UNION, FACILITATOR):
        found["measures"] = {name: each.title for name, each in play.configuration.measures.items()}
    if role == FACILITATOR:
        found["played"] = [each.title for each in list(play.exercise.rounds.values())[: len(play.rounds)]]
        activities = list(play.configuration.activities.items())[1:]
        found["activities"] = {name: each.title for name, each in activities}
    return found


def _since(play: Play) -> int | None:
    """Week of the round before this one; what came later is news. None: all is."""
    weeks = [each.week for each in play.exercise.rounds.values()]
    return weeks[play.round - 1] if play.round else None


def made(play: Play, role: str) -> list[dict[str, Any]]:
    """Choices of this round of which a role knows: its own with their reasons, those of others without."""
    entries = play.line[len(play.rounds[-1].line) :]
    found = []
    for entry in entries:
        kind = entry.choice.kind
        own = entry.role == role or role == FACILITATOR
        if own or kind in PUBLIC or (kind in OF_THE_TABLE and role in UNION):
            choice = entry.choice.model_dump(mode="json")
            found.append({"role": entry.role, "choice": choice, "reason": entry.reason if own else ""})
    return found


def check_deals_with_cases(role: str) -> None:
    """Refuse a role that does not see the Council's papers; raises `ConfigurationError`."""
    if role not in (*UNION, FACILITATOR):
        raise ConfigurationError("is not shown to this chair", key="case")

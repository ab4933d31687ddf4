"""What a browser may ask of an exercise: names, a key, numbers, and a choice, and nothing else."""

from typing import Any

from experiments.exercise.choices import Number
from model.parameters import Settings


class Begun(Settings):
    """An exercise of the shelf, to begin."""

    exercise: str


class TakenUp(Settings):
    """A folder with an exercise, to go on with."""

    folder: str


class Joined(Settings):
    """A code."""

    code: str


class Sitting(TakenUp):
    """A chair, by its key; `role` is the chair that the facilitator sits in for now."""

    key: str
    role: str | None = None


class Decided(Sitting):
    """A choice of the chair, and why."""

    choice: Any
    reason: str = ""


class CaseAsked(Sitting):
    """A case."""

    case: Number


class VotesAsked(CaseAsked):
    """A measure on a case."""

    measure: str


class EffectsAsked(Sitting):
    """A round, from 0 on."""

    round: int

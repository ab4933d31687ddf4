"""What the EU believed of each case, week by week: a world run again in steps, as a ledger keeps only the last."""

from collections.abc import Iterator
from typing import Any, NamedTuple

from agents.foundation.compiled import Tables
from model.ensemble import NO_TWIN
from model.schedule import advance, begin, open_books

NOBODY = [-1, 0.0]
"""What is believed of a case before the first clue."""


class Belief(NamedTuple):
    """From `week` on the EU suspects a party (a row; −1: nobody) with this confidence, of 0 to 1.

    `act_week`, `culprit` (−1: a false alarm) and `victim` say in which case, as rows of the configuration.
    """

    week: int
    act_week: int
    culprit: int
    victim: int
    suspect: int
    confidence: float


def beliefs(world: Tables, burn_in: int, weeks: int) -> Iterator[Belief]:
    """Every change of what the EU believes, in the order of weeks; `world` is one that has not begun.

    The weeks are those of `model.ensemble.simulate`, and so is every bit of them. What is given is worth nothing where
    `world.council.overflow` is set at the end: the docket was too small.
    """
    begin(world, 0, 0)
    cases, council = world.cases, world.council
    told = [cases[name] for name in ("begun", "culprit", "victim", "suspect", "confidence")]
    due, held = world.due, dict[tuple[int, int, int], list[Any]]()
    for week in range(burn_in + weeks):
        if week == burn_in:
            open_books(world, 0, week)
        advance(world, NO_TWIN, week)
        rows = due[: council["rows_due"][0]]
        for begun, culprit, victim, *belief in zip(*(column[rows].tolist() for column in told), strict=True):
            case = begun, culprit, victim
            if held.get(case, NOBODY) != belief:
                held[case] = belief
                yield Belief(week, *case, *belief)

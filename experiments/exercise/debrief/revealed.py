"""The doctrine that a group's choices reveal: the setting that would have decided as they did most often.

A decision is a question about a case on the table in a round: is it attributed, and is something begun on each track?
Each candidate decides the same cases in the same world, from the beginning of the round to that of the next.
"""

from collections.abc import Iterator, Sequence
from itertools import product
from typing import Any, NamedTuple

import numpy as np

from agents.union.docket import ANSWERING, CASE, NEVER, OPEN, VOTE
from agents.union.tracks import NOT_BEGUN, TRACK, TRACKS, track_row
from experiments.exercise.cases import row_of
from experiments.exercise.debrief.rounds import Sat
from model.onward.script import Case, Order, script_of
from model.onward.worlds import played, under

CONFIDENCES = tuple(round(0.6 + 0.05 * step, 2) for step in range(8))
FIRMNESSES = (0.0, 0.5, 1.0, 2.0)
PROPORTIONALITIES = (0.0, 0.5, 1.0)
RESAMPLES = 999
ENDED = 256
"""Cases that may end within these weeks before the ledger grows."""
MOST_WEEKS = 26
"""Weeks after a round by which a doctrine has decided as the group did, if the next round does not come sooner."""


class Candidate(NamedTuple):
    """A setting that might have decided as the group did."""

    attribution_confidence: float
    firmness: float
    proportionality: float


WHOLE = (
    Candidate(CONFIDENCES[0], FIRMNESSES[0], PROPORTIONALITIES[0]),
    Candidate(CONFIDENCES[-1], FIRMNESSES[-1], PROPORTIONALITIES[-1]),
)
"""Least and greatest numbers that are looked at: an interval from the one to the other says nothing."""


class Revealed(NamedTuple):
    """The middle of the best settings, how often they agree, and 95 % intervals over resampled decisions.

    Intervals reach over all settings that agree equally often, so that what no decision tells apart is not narrow.
    """

    decisions: int
    agreement: float
    best: Candidate
    low: Candidate
    high: Candidate
    clarity: float | None  # mean of what was announced; None: not revealed, for nobody announced anything


def revealed(sats: Sequence[Sat], seed: int = 1) -> Revealed | None:
    """The doctrine that the rounds reveal; None where nothing was on the table."""
    candidates = [Candidate(*values) for values in product(CONFIDENCES, FIRMNESSES, PROPORTIONALITIES)]
    found = np.array([agreed for sat in sats for agreed in _agreements(sat, candidates)], float)
    if not len(found):
        return None
    numbers = np.array(candidates)
    chance = np.random.default_rng(seed)
    picks = chance.integers(0, len(found), (RESAMPLES, len(found)))
    best = np.median(_best(found.mean(axis=0), numbers), axis=0)
    spread = [_best(found[pick].mean(axis=0), numbers) for pick in picks]
    low = np.percentile([each.min(axis=0) for each in spread], 2.5, axis=0)
    high = np.percentile([each.max(axis=0) for each in spread], 97.5, axis=0)
    signals = [entry.choice.clarity for sat in sats for entry in sat.decided if entry.choice.kind == "announce"]
    return Revealed(
        len(found),
        float(found.mean(axis=0).max()),
        Candidate(*map(float, best)),
        Candidate(*map(float, low)),
        Candidate(*map(float, high)),
        float(np.mean(signals)) if signals else None,
    )


def _best(agreement: Any, numbers: Any) -> Any:
    """The candidates that agree most often, all of them: where choices do not tell them apart, there are many."""
    return numbers[agreement == agreement.max()]


def _on_table(sat: Sat) -> list[Case]:
    """Cases on the table in a round on which something could be decided."""
    held = sorted({order.case for order in sat.began.orders if order.order == "hold"})
    taken = {sat.began.numbers.case(entry.choice.case) for entry in sat.decided if entry.choice.kind == "take_up"}
    cases = [case for case in {*held, *taken} if case is not None]
    status = {case: row_of(sat.began.world, case) for case in cases}
    return sorted(
        case for case, row in status.items() if row >= 0 and sat.began.world.cases.status[row] in (OPEN, ANSWERING)
    )


def _agreements(sat: Sat, candidates: Sequence[Candidate]) -> Iterator[list[bool]]:
    """Of each decision of a round, whether each candidate takes it as the group did."""
    cases, play = _on_table(sat), sat.began
    if not cases:
        return
    orders = list(play.orders)
    other = play._copied()
    for entry in sat.decided:
        other.do(entry)
    until = min(play.next_week(), play.week + MOST_WEEKS)
    start = _trimmed(play.world)
    groups = _decisions(start.replace(script=script_of(other.orders)), play, cases, until)
    given_back = [Order(play.week, "release", case) for case in cases]
    theirs = []
    for candidate in candidates:
        doctrine = play.configuration.doctrine.model_copy(update=candidate._asdict())
        policy = play.configuration.model_copy(update={"doctrine": doctrine})
        world = under(start, policy, play.week).replace(script=script_of([*orders, *given_back]))
        for case in cases:  # whose standard was fixed when they began, under the doctrine of then
            world.cases.standard[row_of(world, case)] = candidate.attribution_confidence
        theirs.append(_decisions(world, play, cases, until))
    for place, decided in enumerate(groups):
        yield [candidate[place] == decided for candidate in theirs]


def _trimmed(world: Any) -> Any:
    """A world without what was written down so far, so that its many copies are small."""
    council = world.council.copy()
    council.ledger_rows[0] = 0
    return world.replace(
        council=council,
        ledger=CASE.empty(ENDED),
        ledger_tracks=TRACK.empty(ENDED * len(TRACKS)),
        votes=VOTE.empty(0),
        positions=world.positions[:0],
    )


def _decisions(world: Any, play: Any, cases: Sequence[Case], until: int) -> list[bool]:
    after = played(world, play.configuration.scenario.time.burn_in, play.week, until)
    found = []
    for case in cases:
        before, row = row_of(world, case), row_of(after, case)
        rows = after.ledger if row < 0 else after.cases
        tracks = after.ledger_tracks if row < 0 else after.tracks
        at = row if row >= 0 else _ended(after, case)
        if world.cases.attributed[before] == NEVER:
            found.append(bool(rows[at].attributed != NEVER))
        for kind in range(len(TRACKS)):
            if world.tracks[track_row(before, kind)].stage == NOT_BEGUN:
                found.append(bool(tracks[track_row(at, kind)].stage != NOT_BEGUN))
    return found


def _ended(world: Any, case: Case) -> int:
    rows = world.council.ledger_rows[0]
    found = (world.ledger.entity[:rows] == case.entity) & (world.ledger.begun[:rows] == case.begun)
    return int(np.flatnonzero(found)[-1])

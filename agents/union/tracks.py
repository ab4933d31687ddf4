"""Tracks of a case: what may be done about it side by side, each with its own preparation, vote and end.

A case has one row for each track in the table of tracks. All but the reaction share one answer: what they bite adds up
to no more than the doctrine intends.
"""

from agents.belief import reaches
from agents.foundation.columns import Columns, integer, real
from agents.foundation.compiled import Tables, rule
from agents.foundation.functions import exp

TRACKS = ("reaction", "statement", "joint", "dossier", "own")
"""A reaction without attribution, a statement, the joint attribution, a restrictive dossier, and the response of the
injured Member State, or of the willing."""
REACTION, STATEMENT, JOINT, DOSSIER, OWN = range(len(TRACKS))

STAGES = ("not begun", "waiting", "in preparation", "adopted", "refused", "dropped", "lapsed")
NOT_BEGUN, WAITING, PREPARING, ADOPTED, REFUSED, DROPPED, LAPSED = range(len(STAGES))

TRACK = Columns(
    stage=integer("code in STAGES: dropped where evidence is gone or nothing fits, lapsed while it waited"),
    measure=integer("row of the measure in preparation, adopted or refused; −1: none"),
    planned=real("bite for which the measure is prepared"),
    until=integer("week in which a dossier that waits for room on the agenda lapses"),
    due=integer("week in which the preparation is done"),
    settled=integer("week in which it was adopted, refused, dropped or lapsed; −1: not yet"),
    adopted=integer("week of adoption; −1: none"),
    target=integer("row of the perpetrator that the measure bites or addresses; −1: none"),
    share=real("share of the EU that carries the measure, 0 to 1"),
    bite=real("bite of the measure adopted"),
    shared=real("bite that the target's sponsor feels besides"),
    expires=integer("week in which the measure lapses; −1: nothing to lapse"),
    supporting=integer("members in favour at the vote"),
    objecting=integer("members against"),
    abstaining=integer("members that abstain, declared or unconvinced"),
    unconvinced=integer("of them those whose own standard of evidence is not met"),
)


@rule
def track_row(case_row: int, kind: int) -> int:
    """Row of a case's track in the table of tracks."""
    return case_row * len(TRACKS) + kind


@rule
def clear_tracks(world: Tables, case_row: int) -> None:
    """Begin a case with no track opened."""
    for kind in range(len(TRACKS)):
        track = world.tracks[track_row(case_row, kind)]
        track.stage = NOT_BEGUN
        track.measure = track.target = -1
        track.until = track.due = track.settled = track.adopted = track.expires = -1
        track.planned = track.share = track.bite = track.shared = 0.0
        track.supporting = track.objecting = track.abstaining = track.unconvinced = 0


@rule
def unfinished(stage: int) -> bool:
    """Whether a track at this stage still leads to a decision."""
    return WAITING <= stage <= PREPARING


@rule
def pending(world: Tables, case_row: int) -> bool:
    """Whether any track of the answer is still waiting or in preparation; the reaction does not count."""
    for kind in range(STATEMENT, len(TRACKS)):  # noqa: SIM110 (numba knows no generators)
        if unfinished(world.tracks[track_row(case_row, kind)].stage):
            return True
    return False


@rule
def next_due(world: Tables, case_row: int, week: int, due: int) -> int:
    """The next week after this one in which something is due on a track of the case, if before `due`."""
    for kind in range(len(TRACKS)):
        track = world.tracks[track_row(case_row, kind)]
        if track.stage == PREPARING:
            due = min(due, track.due)
        elif track.stage == WAITING:
            due = min(due, track.until)
        elif track.stage == ADOPTED and track.expires > week:
            due = min(due, track.expires)
    return due


@rule
def over(world: Tables, case_row: int, week: int) -> bool:
    """Whether nothing is prepared or in force on a case any more."""
    for kind in range(len(TRACKS)):
        track = world.tracks[track_row(case_row, kind)]
        if unfinished(track.stage) or track.expires > week:
            return False
    return True


@rule
def delivered(world: Tables, case_row: int, log_discount: float, kind: int) -> tuple[float, float]:
    """Bite adopted on an attributed case, discounted to the week of the act; and the same times the weeks that it took.

    With `kind` what reaches perpetrators of that kind, with −1 everything. Each track has the delay that it had.
    """
    bite = 0.0
    lateness = 0.0
    for name in range(STATEMENT, len(TRACKS)):
        track = world.tracks[track_row(case_row, name)]
        if track.stage == ADOPTED and (kind < 0 or reaches(world.measures[track.measure].addressee, kind)):
            weeks = track.adopted - world.cases[case_row].begun
            discounted = track.bite * exp(log_discount * weeks)
            bite += discounted
            lateness += discounted * weeks
    return bite, lateness

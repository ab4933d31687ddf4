"""Which measure fits a case: what law, evidence and addressee allow, and how much of it the doctrine intends."""

import math

from agents.attribution import log_odds
from agents.catalogue import (
    NEEDS_NONE,
    NEEDS_STATE,
    ON_CASE,
    PROXY,
    RESTRICTIVE_CATEGORY,
    STABILITY_CATEGORY,
    STATE,
    TO_ACTOR,
    TO_NOBODY,
    TO_STATE,
    TO_TERRITORY,
    WILLING,
)
from agents.doctrine import COALITION
from agents.foundation.compiled import Tables, rule
from agents.foundation.functions import exp
from agents.foundation.randomness import PREPARATION, draw
from agents.member_state import attributes
from agents.union.tracks import (
    ADOPTED,
    DOSSIER,
    JOINT,
    NOT_BEGUN,
    OWN,
    PREPARING,
    STATEMENT,
    TRACKS,
    WAITING,
    track_row,
)

TOLERANCE = 1e-12
"""What rounding may take from a bite or a confidence without changing a decision."""


@rule
def target_of(world: Tables, case_row: int, measure_row: int) -> int:
    """Row of the perpetrator that a measure would reach through the case's suspect; −1: none.

    A measure against a state reaches the state itself, or the sponsor of a proxy once the link is proven, and never a
    non-state actor.
    """
    suspect = world.cases[case_row].suspect
    if suspect < 0:
        return -1
    party = world.perpetrators[suspect]
    addressee = world.measures[measure_row].addressee
    if addressee == TO_ACTOR:
        return suspect
    if addressee == TO_TERRITORY:
        return party.home
    if addressee == TO_STATE:
        if party.kind == STATE:
            return suspect
        if party.kind == PROXY and world.cases[case_row].state_confidence > 0.0:
            return party.sponsor
    return -1


@rule
def available(world: Tables, case_row: int, measure_row: int, week: int) -> bool:
    """Whether a measure exists by now, is taken on cases, and suits this one: its severity, and its victim.

    One that is forgone is never taken. Mutual assistance, which addresses nobody, is owed among Member States alone.
    """
    measure = world.measures[measure_row]
    case = world.cases[case_row]
    if measure.occasion != ON_CASE or measure.available > week or measure.forgone == 1:
        return False
    if measure.addressee == TO_NOBODY and case.victim >= len(world.member_states):
        return False
    return measure.floor <= case.severity


@rule
def injured_attributes(world: Tables, case_row: int, measure_row: int) -> bool:
    """Whether the injured Member State's own standard is met for what a measure needs; a partner is none."""
    case = world.cases[case_row]
    if case.victim >= len(world.member_states):
        return False
    needs_state = world.measures[measure_row].attribution == NEEDS_STATE
    return attributes(world, case.victim, log_odds(case.state_confidence if needs_state else case.confidence))


@rule
def belongs(world: Tables, measure_row: int, kind: int) -> bool:
    """Whether a measure is one of those taken on a track of the answer."""
    measure = world.measures[measure_row]
    if kind == STATEMENT:
        return measure.category == STABILITY_CATEGORY and measure.attribution != NEEDS_STATE
    if kind == JOINT:
        return measure.category == STABILITY_CATEGORY and measure.attribution == NEEDS_STATE
    if kind == DOSSIER:
        return measure.category == RESTRICTIVE_CATEGORY
    return kind == OWN and measure.adoption == WILLING


@rule
def jointly_attributed(world: Tables, case_row: int) -> bool:
    """Whether the joint attribution is out: it opens the Union's measures against states, in sequence."""
    return world.tracks[track_row(case_row, JOINT)].stage == ADOPTED


@rule
def fits(world: Tables, case_row: int, measure_row: int, week: int, kind: int) -> bool:
    """Whether a measure with bite may be taken on a track of this attributed case: it exists, is lawful and reaches.

    Measures against states need the joint attribution; countermeasures the injured member's own, or that.
    """
    measure = world.measures[measure_row]
    if measure.bite_high <= 0.0 or not belongs(world, measure_row, kind):
        return False
    if not available(world, case_row, measure_row, week) or target_of(world, case_row, measure_row) < 0:
        return False
    if measure.attribution != NEEDS_STATE or kind == JOINT or jointly_attributed(world, case_row):
        return True
    return kind == OWN and injured_attributes(world, case_row, measure_row)


@rule
def intensity(world: Tables, measure_row: int, room: float) -> float:
    """Bite of a measure within the room that is left; 0 where even the mildest does not fit."""
    measure = world.measures[measure_row]
    if room <= 0.0 or measure.bite_low > room + TOLERANCE:
        return 0.0
    return min(measure.bite_high, room)


@rule
def mildest_listing(world: Tables, case_row: int, week: int) -> float:
    """Lower bite of the mildest restrictive measure open on a case; 0: none."""
    least = math.inf
    for measure_row in range(len(world.measures)):
        if fits(world, case_row, measure_row, week, DOSSIER):
            least = min(least, world.measures[measure_row].bite_low)
    return 0.0 if least == math.inf else least


@rule
def room_for(world: Tables, case_row: int, week: int, kind: int) -> float:
    """Bite that is left for a track of what the doctrine intends: tracks share one answer and never exceed it.

    What other tracks adopted or prepare is taken. So is the mildest listing for a dossier that waits; the injured
    member leaves it room as long as a dossier may still open.
    """
    case = world.cases[case_row]
    room = case.intended
    for other in range(STATEMENT, len(TRACKS)):
        if other == kind:
            continue
        track = world.tracks[track_row(case_row, other)]
        if track.stage == PREPARING:
            room -= track.planned
        elif track.stage == ADOPTED:
            room -= track.bite
        elif other == DOSSIER and (
            track.stage == WAITING or (track.stage == NOT_BEGUN and kind == OWN and week <= case.window)
        ):
            room -= mildest_listing(world, case_row, week)
    return room


@rule
def expected_preparation(world: Tables, measure_row: int) -> float:
    """Weeks of preparation to expect of a measure."""
    measure = world.measures[measure_row]
    return 0.5 * (measure.delay_low + measure.delay_high) * world.doctrine[0].delay_factor


@rule
def best_measure(world: Tables, case_row: int, week: int, kind: int, room: float) -> int:
    """The measure of a track that brings most bite within the room, discounted by its preparation; −1: none.

    Among equals the stronger, then the cheaper, then the first in the catalogue.
    """
    discount = world.council[0].log_discount
    chosen = -1
    best = 0.0
    for row in range(len(world.measures)):
        if not fits(world, case_row, row, week, kind):
            continue
        measure = world.measures[row]
        worth = intensity(world, row, room) * exp(discount * expected_preparation(world, row))
        if worth <= 0.0 or worth < best:
            continue
        if worth == best:
            rival = world.measures[chosen]
            if measure.bite_high < rival.bite_high:
                continue
            if measure.bite_high == rival.bite_high and measure.cost >= rival.cost:
                continue
        chosen, best = row, worth
    return chosen


@rule
def preparation(world: Tables, measure_row: int, uniform: float) -> int:
    """Weeks of preparation before the decision, at least one."""
    measure = world.measures[measure_row]
    weeks = measure.delay_low + (measure.delay_high - measure.delay_low) * uniform
    return max(1, int(math.ceil(weeks * world.doctrine[0].delay_factor)))  # noqa: RUF046 (numba gives a float)


@rule
def prepare(world: Tables, case_row: int, kind: int, measure_row: int, size: float, week: int) -> None:
    """Put a measure into preparation on a track."""
    case = world.cases[case_row]
    track = world.tracks[track_row(case_row, kind)]
    uniform = draw(world, week, case.entity, PREPARATION, case.begun, kind).first
    track.stage = PREPARING
    track.measure = measure_row
    track.planned = size
    track.due = week + preparation(world, measure_row, uniform)


@rule
def proven(world: Tables, case_row: int, kind: int) -> bool:
    """Whether a case still has the evidence that the measure on a track needs: nobody is asked to vote against facts.

    The Union's standard, the courts' for a listing, and its own where a member responds alone.
    """
    case = world.cases[case_row]
    measure_row = world.tracks[track_row(case_row, kind)].measure
    measure = world.measures[measure_row]
    if kind == OWN and world.doctrine[0].voting_rule != COALITION:
        return injured_attributes(world, case_row, measure_row)
    needed = case.standard
    if kind == DOSSIER:
        needed = max(needed, world.scenario[0].evidence_floor)
    held = case.state_confidence if measure.attribution == NEEDS_STATE else case.confidence
    return held >= needed - TOLERANCE


@rule
def needs_nothing(world: Tables, measure_row: int) -> bool:
    """Whether a measure may be taken as a reaction: without attribution, and not by the willing alone."""
    measure = world.measures[measure_row]
    return measure.attribution == NEEDS_NONE and measure.adoption != WILLING

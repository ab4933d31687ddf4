"""What is done about a case: a reaction without attribution, and an answer on several tracks once somebody is named."""

import math

from agents.belief import announceable, lawful
from agents.catalogue import CATEGORIES, NEEDS_STATE, STATE, TO_TERRITORY
from agents.doctrine import COALITION, response
from agents.foundation.compiled import Tables, rule
from agents.foundation.randomness import REACTING, WILL, bid, draw, winner, words
from agents.partner import backing
from agents.union.docket import ANSWERED, ANSWERING, CLOSED, EMPTY, LATENT, NEVER, OPEN
from agents.union.measures import (
    TOLERANCE,
    available,
    best_measure,
    intensity,
    jointly_attributed,
    needs_nothing,
    prepare,
    proven,
    room_for,
    target_of,
)
from agents.union.script import held
from agents.union.tracks import (
    ADOPTED,
    DOSSIER,
    DROPPED,
    JOINT,
    LAPSED,
    NOT_BEGUN,
    OWN,
    PREPARING,
    REACTION,
    REFUSED,
    STATEMENT,
    TRACKS,
    WAITING,
    pending,
    track_row,
    unfinished,
)
from agents.voting import decide_by_vote, tally, unanimous


@rule
def effort(world: Tables, category: int) -> float:
    """Effort that the doctrine puts into a category of measures that need no attribution."""
    doctrine = world.doctrine[0]
    if category == 0:
        return doctrine.preventive
    if category == 1:
        return doctrine.cooperative
    if category == 2:
        return doctrine.stability
    if category == len(CATEGORIES) - 1:
        return doctrine.support
    return 0.0


@rule
def react(world: Tables, row: int, week: int) -> None:
    """Choose a reaction to a case just opened, or none: a race among measures that need no attribution."""
    case = world.cases[row]
    word = words(world, week, case.entity, REACTING, case.begun)[0]
    least = bid(word, case.entity, 1.0, len(world.measures))  # taking nothing has weight 1
    for measure_row in range(len(world.measures)):
        measure = world.measures[measure_row]
        weight = effort(world, measure.category) * measure.uptake
        if weight <= 0.0 or not needs_nothing(world, measure_row) or not available(world, row, measure_row, week):
            continue
        least = min(least, bid(word, measure.entity, weight, measure_row))
    chosen = winner(least)
    if chosen < len(world.measures):
        prepare(world, row, REACTION, chosen, 0.0, week)


@rule
def begin_answer(world: Tables, row: int, week: int) -> None:
    """Fix what is intended for a case just attributed, and draw whether there is a statement and the will to respond.

    What could be announced for it is capped by law and by what is forgone, so that neither floors of the catalogue nor
    a measure given up are a bluff; what the doctrine promises beyond every law is one.
    """
    case = world.cases[row]
    doctrine = world.doctrine[0]
    scenario = world.scenario[0]
    suspect = world.perpetrators[case.suspect]
    case.status = ANSWERING
    case.window = week + scenario.answer_window
    case.backing = backing(world, row)
    case.intended = response(world, case.severity, suspect.record)
    limit = announceable(world, suspect.kind, case.severity, week)
    strongest = lawful(world, STATE, math.inf, week)  # of all there is, forgone or not, for whatever severity
    case.announced = min(case.intended, limit) + max(0.0, case.intended - strongest)
    uniforms = draw(world, week, case.entity, WILL, case.begun)
    ready = scenario.statement_readiness * doctrine.stability
    if held(world, row, week):
        return
    if uniforms.first < ready / (1.0 + ready):
        open_track(world, row, STATEMENT, week)
    if doctrine.voting_rule == COALITION:
        case.willing = int(uniforms.second < doctrine.support)
    elif case.victim < len(world.member_states):
        case.willing = int(uniforms.second < doctrine.support * scenario.member_will)


@rule
def open_track(world: Tables, row: int, kind: int, week: int) -> None:
    """Prepare the best measure of a track, if one fits into what is left of the answer."""
    room = room_for(world, row, week, kind)
    measure_row = best_measure(world, row, week, kind, room)
    if measure_row >= 0:
        prepare(world, row, kind, measure_row, intensity(world, measure_row, room), week)


@rule
def open_tracks(world: Tables, row: int, week: int) -> None:
    """Open, within the window, the tracks whose condition is met by now.

    The joint attribution once all are silent; the dossier once the evidence would stand in court; and the response of
    those who have the will, beside a dossier and never instead of it.
    """
    case = world.cases[row]
    dossier = world.tracks[track_row(row, DOSSIER)]
    if case.joint != NEVER and world.tracks[track_row(row, JOINT)].stage == NOT_BEGUN:
        open_track(world, row, JOINT, week)
    needed = max(case.standard, world.scenario[0].evidence_floor)
    convincing = dossier.stage == NOT_BEGUN and case.confidence >= needed - TOLERANCE
    if convincing and best_measure(world, row, week, DOSSIER, room_for(world, row, week, DOSSIER)) >= 0:
        dossier.stage = WAITING
        dossier.until = week + world.scenario[0].patience
        world.council[0].waiting += 1
    if case.willing == 1 and world.tracks[track_row(row, OWN)].stage == NOT_BEGUN:
        open_track(world, row, OWN, week)


@rule
def goes_first(world: Tables, row: int, other: int) -> bool:
    """Whether a case's dossier is taken up before another's: the more severe, then the older, then by entity."""
    case, rival = world.cases[row], world.cases[other]
    if case.severity != rival.severity:
        return case.severity > rival.severity
    if case.begun != rival.begun:
        return case.begun < rival.begun
    return case.entity < rival.entity


@rule
def fill_agenda(world: Tables, row: int, week: int) -> None:
    """Let the preparatory bodies take up waiting dossiers, the most severe first, while there is room on the agenda."""
    council = world.council[row]
    while council.waiting > 0 and council.in_preparation < world.scenario[0].agenda:
        chosen = -1
        for case_row in range(council.rows_used):
            if world.cases[case_row].status != ANSWERING or world.tracks[track_row(case_row, DOSSIER)].stage != WAITING:
                continue
            if chosen < 0 or goes_first(world, case_row, chosen):
                chosen = case_row
        dossier = world.tracks[track_row(chosen, DOSSIER)]
        open_track(world, chosen, DOSSIER, week)
        if dossier.stage == PREPARING:
            council.waiting -= 1
            council.in_preparation += 1
        else:  # nothing fits into what other tracks have left
            close_track(world, chosen, DOSSIER, DROPPED, week)
        world.calendar[chosen] = min(world.calendar[chosen], max(week + 1, dossier.due))


@rule
def close_track(world: Tables, row: int, kind: int, stage: int, week: int) -> None:
    """End the preparation of a track: adopted, refused, dropped without evidence or lapsed."""
    track = world.tracks[track_row(row, kind)]
    if kind == DOSSIER:
        world.council[0].waiting -= int(track.stage == WAITING)
        world.council[0].in_preparation -= int(track.stage == PREPARING)
        world.books[0].dossiers_lapsed += int(stage == LAPSED)
        world.books[0].dossiers_dropped += int(stage == DROPPED)
    track.stage = stage
    track.settled = week


@rule
def carrying(world: Tables, row: int, kind: int, week: int) -> float:
    """The share of the Union that carries the measure on a track: by vote, or with the injured member alone."""
    measure_row = world.tracks[track_row(row, kind)].measure
    if kind == OWN and world.doctrine[0].voting_rule != COALITION:
        return share_alone(world, row, measure_row, week)
    return decide_by_vote(world, row, kind, measure_row, week)


@rule
def share_alone(world: Tables, row: int, measure_row: int, week: int) -> float:
    """Share of the Union with which the injured member responds: its own and, to countermeasures, others' support.

    After a joint attribution the Union may support them, by unanimity and as far as the doctrine puts effort into it.
    """
    own = world.member_states[world.cases[row].victim].population
    if world.measures[measure_row].attribution != NEEDS_STATE or not jointly_attributed(world, row):
        return own
    votes = tally(world, row, OWN, measure_row, week)
    agreed = unanimous(len(world.member_states), votes.objecting, votes.abstaining, votes.abstaining_population)
    others = max(0.0, 1.0 - votes.abstaining_population - own) if agreed else 0.0
    return own + world.doctrine[0].support * others


@rule
def decide_track(world: Tables, row: int, kind: int, week: int) -> None:
    """Decide on the measure that a track has prepared, unless the evidence for it is gone.

    Partners that join add their weight within what is intended.
    """
    case = world.cases[row]
    track = world.tracks[track_row(row, kind)]
    measure = world.measures[track.measure]
    target = target_of(world, row, track.measure)
    if target < 0 or not proven(world, row, kind):
        close_track(world, row, kind, DROPPED, week)
        return
    room = room_for(world, row, week, kind)
    share = carrying(world, row, kind, week)
    close_track(world, row, kind, REFUSED if share == 0.0 else ADOPTED, week)
    if share == 0.0:
        return
    track.share = share
    track.bite = share * track.planned
    if measure.joinable == 1:
        track.bite = max(track.bite, min(room, track.bite * (1.0 + case.backing)))
    track.adopted = week
    track.target = target
    track.expires = week + measure.duration
    if case.answered == NEVER:
        case.answered = week


@rule
def adopt_reaction(world: Tables, row: int, week: int) -> None:
    """Take the reaction, if those who decide on it agree; it names nobody and bites nobody.

    A démarche needs an addressee: where nobody can say yet from where the act came, there is none.
    """
    track = world.tracks[track_row(row, REACTION)]
    if world.measures[track.measure].addressee == TO_TERRITORY and target_of(world, row, track.measure) < 0:
        close_track(world, row, REACTION, DROPPED, week)
        return
    share = decide_by_vote(world, row, REACTION, track.measure, week)
    close_track(world, row, REACTION, REFUSED if share == 0.0 else ADOPTED, week)
    if share > 0.0:
        track.share = share
        track.adopted = week
        track.target = target_of(world, row, track.measure)
        track.expires = week + world.measures[track.measure].duration


@rule
def answer(world: Tables, row: int, week: int) -> None:
    """Take what is due this week on the tracks of an attributed case, and settle it when nothing is pending."""
    case = world.cases[row]
    if case.exposed == week:
        for kind in range(STATEMENT, len(TRACKS)):
            if unfinished(world.tracks[track_row(row, kind)].stage):
                close_track(world, row, kind, DROPPED, week)
        case.window = week
        settle(world, row, week)
        return
    if week <= case.window and not held(world, row, week):
        open_tracks(world, row, week)
    for kind in range(STATEMENT, len(TRACKS)):
        track = world.tracks[track_row(row, kind)]
        if track.stage == PREPARING and track.due == week:
            decide_track(world, row, kind, week)
        elif track.stage == WAITING and track.until <= week:
            close_track(world, row, kind, LAPSED, week)
    if week >= case.window and not pending(world, row):
        settle(world, row, week)


@rule
def settle(world: Tables, row: int, week: int) -> None:
    """End the answer to a case: its outcome is known, though measures stay in force."""
    case = world.cases[row]
    case.resolved = week
    case.status = ANSWERED if case.answered != NEVER else CLOSED


@rule
def decide(world: Tables, row: int, week: int) -> None:
    """Take this week's decisions on a case."""
    case = world.cases[row]
    if case.status == EMPTY or case.status == LATENT:
        return
    reaction = world.tracks[track_row(row, REACTION)]
    if case.opened == week:
        if not held(world, row, week):
            react(world, row, week)
    elif reaction.stage == PREPARING and reaction.due == week:
        adopt_reaction(world, row, week)
    if case.status == OPEN:
        if case.attributed == week:
            begin_answer(world, row, week)
        elif week - case.opened >= world.scenario[0].investigation_weeks:
            case.status = CLOSED
            case.resolved = week
    if case.status == ANSWERING:
        answer(world, row, week)

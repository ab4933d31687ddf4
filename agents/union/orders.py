"""Orders of the script carried out: acts injected, and what people decide on the cases that they hold."""

from agents.choice import choice_probabilities
from agents.foundation.compiled import Tables, rule
from agents.foundation.randomness import ASKED, draw, waiting_time, weekly_rate
from agents.partner import clue_chance
from agents.perpetrator import begin_week, choose
from agents.union.docket import ANSWERING, EMPTY, LATENT, NEVER, OPEN
from agents.union.investigation import attribute
from agents.union.measures import prepare
from agents.union.script import ASK, ATTRIBUTE, RESTRAIN, STRIKE, TAKE
from agents.union.tracks import ADOPTED, DOSSIER, REACTION, track_row, unfinished


@rule
def follow_script(world: Tables, row: int, week: int) -> None:
    """Let the acts injected this week happen, and call the cases that this week's orders are about."""
    for place in range(len(world.script)):
        order = world.script[place]
        if order.order == RESTRAIN and order.week <= week < order.week + order.weeks:
            hold_back(world, order.perpetrator)
        if order.week != week:
            continue
        if order.order == STRIKE:
            strike(world, place, week)
        elif order.order == ATTRIBUTE or order.order == TAKE or order.order == ASK:
            case_row = case_of(world, order.entity, order.begun)
            if case_row >= 0:
                world.calendar[case_row] = min(world.calendar[case_row], week)


@rule
def hold_back(world: Tables, row: int) -> None:
    """Let a perpetrator do nothing at this week's opportunity, if it met one."""
    perpetrator = world.perpetrators[row]
    if perpetrator.opportunity == 1 and perpetrator.suppressed == 0:
        perpetrator.activity = 0


@rule
def strike(world: Tables, place: int, week: int) -> None:
    """Let an act happen in place of what its perpetrator has done this week, if anything; it succeeds.

    It comes over every world alike, as opportunities do.
    """
    order = world.script[place]
    perpetrator = world.perpetrators[order.perpetrator]
    if perpetrator.opportunity == 0:
        begin_week(world, order.perpetrator, True)
        call_as_well(world, order.perpetrator)
        choose(world, order.perpetrator, week)
    if perpetrator.suppressed == 1:
        perpetrator.suppressed = 0
        choice_probabilities(world, order.perpetrator, week)
    perpetrator.activity, perpetrator.victim = order.activity, order.victim
    perpetrator.succeeded, perpetrator.planted = 1, order.planted
    perpetrator.surfaces = week + order.weeks if order.weeks >= 0 else -1


@rule
def call_as_well(world: Tables, row: int) -> None:
    """Put a perpetrator on the list of those that meet an opportunity this week, which is in the order of rows."""
    council = world.council[0]
    place = council.rows_met
    while place > 0 and world.met[place - 1] > row:
        world.met[place] = world.met[place - 1]
        place -= 1
    world.met[place] = row
    council.rows_met += 1


@rule
def case_of(world: Tables, entity: int, begun: int) -> int:
    """Row of the docket in which a case stands; −1: in none."""
    for row in range(world.council[0].rows_used):
        case = world.cases[row]
        if case.status != EMPTY and case.entity == entity and case.begun == begun:
            return row
    return -1


@rule
def obey(world: Tables, row: int, week: int) -> None:
    """Carry out this week's orders on cases, in the order in which they stand."""
    for place in range(len(world.script)):
        order = world.script[place]
        if order.week != week or not (order.order == ATTRIBUTE or order.order == TAKE or order.order == ASK):
            continue
        case_row = case_of(world, order.entity, order.begun)
        if case_row < 0 or world.cases[case_row].status == LATENT:
            continue
        if order.order == ATTRIBUTE:
            name_suspect(world, case_row, week)
        elif order.order == TAKE:
            take(world, case_row, order.track, order.measure, order.amount, week)
        else:
            ask_partners(world, case_row, week)


@rule
def name_suspect(world: Tables, case_row: int, week: int) -> None:
    """Attribute a case to its leading suspect on the evidence that there is; the measures for it ask for no more."""
    case = world.cases[case_row]
    if case.status != OPEN or case.attributed != NEVER or case.suspect < 0:
        return
    case.standard = min(case.standard, case.confidence)
    attribute(world, case_row, week)


@rule
def take(world: Tables, case_row: int, kind: int, measure_row: int, size: float, week: int) -> None:
    """Put a measure into preparation on a track; a dossier goes past those that wait.

    Nothing may be pending there, and nothing adopted: what was refused or dropped may be followed by another. All but a
    reaction needs somebody to be named.
    """
    case = world.cases[case_row]
    track = world.tracks[track_row(case_row, kind)]
    answering = case.status == ANSWERING or case.attributed == week
    taken = unfinished(track.stage) or track.stage == ADOPTED
    if taken or not (answering or (kind == REACTION and case.status == OPEN)):
        return
    track.supporting = track.objecting = track.abstaining = track.unconvinced = 0  # of what was refused
    track.settled = NEVER
    prepare(world, case_row, kind, measure_row, size, week)
    if kind == DOSSIER:
        world.council[0].in_preparation += 1


@rule
def ask_partners(world: Tables, case_row: int, week: int) -> None:
    """Ask partners what they know of a case: a clue besides, as soon as close co-operation would bring it.

    It costs what close partners cost for a month.
    """
    case = world.cases[case_row]
    if case.status != OPEN and case.status != ANSWERING:
        return
    uniform = draw(world, week, case.entity, ASKED, case.begun).first
    world.books[0].cost += world.scenario[0].partner_cost / 12.0
    rate = weekly_rate(clue_chance(world, 1.0)) - weekly_rate(clue_chance(world, 0.0))
    if rate > 0.0:
        case.next_clue = min(case.next_clue, week + waiting_time(uniform, rate))

"""What is done about a case: a reaction without attribution, and an answer once somebody is named."""

import math

from agents.catalogue import (
    CATEGORIES,
    NEEDS_NONE,
    NEEDS_STATE,
    ON_CASE,
    PROXY,
    STATE,
    TO_ACTOR,
    TO_STATE,
    TO_TERRITORY,
)
from agents.doctrine import response
from agents.foundation.compiled import Tables, rule
from agents.foundation.randomness import PREPARATION, REACTION, arrival, draw, draw_from, exponential, pair, stream
from agents.partner import joins
from agents.union.docket import ANSWERED, CLOSED, EMPTY, LATENT, NEVER, OPEN, PREPARING
from agents.voting import decide_by_vote


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
    """Whether a measure exists by now, is taken on cases, and suits the severity of this one."""
    measure = world.measures[measure_row]
    if measure.occasion != ON_CASE or measure.available > week:
        return False
    return measure.floor <= world.cases[case_row].severity


@rule
def eligible(world: Tables, case_row: int, measure_row: int, week: int) -> bool:
    """Whether a measure with bite may answer this attributed case: what it needs is met and it reaches somebody."""
    measure = world.measures[measure_row]
    case = world.cases[case_row]
    if measure.bite_high <= 0.0 or not available(world, case_row, measure_row, week):
        return False
    if measure.attribution == NEEDS_STATE and case.joint == NEVER:
        return False
    return target_of(world, case_row, measure_row) >= 0


@rule
def intensity(world: Tables, measure_row: int, intended: float) -> float:
    """Bite of a measure at the point of its range nearest to the intended; 0 where doing nothing is nearer."""
    measure = world.measures[measure_row]
    bite = min(measure.bite_high, max(measure.bite_low, intended))
    return bite if abs(bite - intended) < intended else 0.0


@rule
def nearest_measure(world: Tables, case_row: int, week: int, below: float) -> int:
    """The eligible measure, milder than `below`, whose range comes nearest to the announced bite; −1: no measure.

    Among equally near ones the cheapest, and then the first in the catalogue.
    """
    intended = world.cases[case_row].announced
    chosen = -1
    best = intended  # the distance of no measure
    cost = 0.0
    for row in range(len(world.measures)):
        measure = world.measures[row]
        if measure.bite_high >= below or not eligible(world, case_row, row, week):
            continue
        distance = abs(min(measure.bite_high, max(measure.bite_low, intended)) - intended)
        if distance < best or (distance == best and chosen >= 0 and measure.cost < cost):
            chosen, best, cost = row, distance, measure.cost
    return chosen


@rule
def preparation(world: Tables, measure_row: int, uniform: float) -> int:
    """Weeks of preparation before the decision, at least one."""
    measure = world.measures[measure_row]
    weeks = measure.delay_low + (measure.delay_high - measure.delay_low) * uniform
    return max(1, int(math.ceil(weeks * world.doctrine[0].delay_factor)))  # noqa: RUF046 (numba gives a float)


@rule
def react(world: Tables, row: int, week: int) -> None:
    """Choose a reaction to a case just opened, or none: a race among measures that need no attribution."""
    case = world.cases[row]
    source = stream(world, week, REACTION, case.begun)
    best = exponential(draw_from(source, case.entity).first)  # taking nothing has weight 1
    for measure_row in range(len(world.measures)):
        measure = world.measures[measure_row]
        weight = effort(world, measure.category) * measure.uptake
        if weight <= 0.0 or measure.attribution != NEEDS_NONE or not available(world, row, measure_row, week):
            continue
        uniforms = draw_from(source, pair(case.entity, measure.entity))
        time = arrival(uniforms.first, weight, best)
        if time < best:
            best = time
            case.reaction = measure_row
            case.reaction_due = week + preparation(world, measure_row, uniforms.second)


@rule
def joined(world: Tables, row: int, measure_row: int) -> float:
    """Weight of the partners that join a measure on a case, relative to the Union's."""
    weight = 0.0
    if world.measures[measure_row].joinable == 1:
        for partner in range(len(world.partners)):
            if joins(world, partner, row):
                weight += world.partners[partner].weight
    return weight


@rule
def adopt_reaction(world: Tables, row: int, week: int) -> None:
    """Take the reaction, if those who decide on it agree; it bites the suspect of the day, if there is one."""
    case = world.cases[row]
    share = decide_by_vote(world, row, case.reaction, week, 1)
    if share == 0.0:
        return
    case.reaction_adopted = week
    case.reaction_expires = week + world.measures[case.reaction].duration
    case.reaction_target = target_of(world, row, case.reaction)
    if case.reaction_target >= 0:
        recent = world.perpetrators[case.suspect].record
        carried = share + joined(world, row, case.reaction)
        case.reaction_bite = carried * intensity(world, case.reaction, response(world, case.severity, recent))


@rule
def prepare(world: Tables, row: int, week: int, below: float) -> None:
    """Prepare the nearest measure milder than `below`; with none left the case ends without an answer."""
    case = world.cases[row]
    measure_row = nearest_measure(world, row, week, below)
    if measure_row < 0:
        case.status = CLOSED
        case.resolved = week
        return
    case.status = PREPARING
    case.measure = measure_row
    uniform = draw(world, week, case.entity, PREPARATION, case.begun).first
    case.due = week + preparation(world, measure_row, uniform)


@rule
def vote(world: Tables, row: int, week: int) -> None:
    """Decide on the measure prepared: adopt it, with the partners that join, or step down to a milder one."""
    case = world.cases[row]
    measure = world.measures[case.measure]
    case.rounds += 1
    target = target_of(world, row, case.measure)
    share = decide_by_vote(world, row, case.measure, week, 0) if target >= 0 else 0.0
    if share == 0.0:
        prepare(world, row, week, measure.bite_high)
        return
    case.status = ANSWERED
    case.adopted = case.resolved = week
    case.target = target
    case.bite = (share + joined(world, row, case.measure)) * intensity(world, case.measure, case.announced)
    case.expires = week + measure.duration


@rule
def decide(world: Tables, row: int, week: int) -> None:
    """Take this week's decisions on a case."""
    case = world.cases[row]
    if case.status == EMPTY or case.status == LATENT:
        return
    if case.opened == week:
        react(world, row, week)
    elif case.reaction_due == week:
        adopt_reaction(world, row, week)
    if case.status == OPEN:
        if case.attributed == week:
            case.announced = response(world, case.severity, world.perpetrators[case.suspect].record)
            prepare(world, row, week, math.inf)
        elif week - case.opened >= world.scenario[0].investigation_weeks:
            case.status = CLOSED
            case.resolved = week
    elif case.status == PREPARING and case.due == week:
        vote(world, row, week)

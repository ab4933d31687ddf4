"""What comes onto the docket: acts that will be detected, and false alarms; and whom a week calls upon."""

import math

from agents.compiled import Tables, rule
from agents.docket import EMPTY, enter
from agents.randomness import FALSE_ALARM, FALSE_ALARM_KIND, FALSE_ALARM_VICTIM, arrival, draw


@rule
def empty_row(world: Tables) -> int:
    """The first empty row of the docket; −1, and an overflow, where there is none."""
    council = world.council[0]
    for row in range(len(world.cases)):
        if world.cases[row].status == EMPTY:
            council.rows_used = max(council.rows_used, row + 1)
            return row
    council.overflow = 1
    return -1


@rule
def open_cases(world: Tables, row: int, week: int) -> None:
    """Put this week's acts that will surface on the docket, in the order of perpetrators, and perhaps a false alarm."""
    for place in range(world.council[row].rows_met):
        perpetrator_row = world.met[place]
        perpetrator = world.perpetrators[perpetrator_row]
        if perpetrator.activity > 0 and perpetrator.surfaces >= 0:
            case = empty_row(world)
            if case >= 0:
                enter(world, case, perpetrator_row, perpetrator.victim, perpetrator.activity, week)
    uniforms = draw(world, week, world.council[row].entity, FALSE_ALARM)
    if uniforms.first < world.scenario[0].false_alarm_rate:
        case = empty_row(world)
        if case >= 0:
            enter(world, case, -1, alarmed_victim(world, week), mistaken_activity(world, week), week)
    call_cases(world, row, week)


@rule
def call_perpetrators(world: Tables, row: int, week: int) -> None:
    """List the perpetrators that met an opportunity this week, in the order of their rows."""
    met = 0
    for perpetrator in range(len(world.perpetrators)):
        if world.perpetrators[perpetrator].opportunity == 1:
            world.met[met] = perpetrator
            met += 1
    world.council[row].rows_met = met


@rule
def call_cases(world: Tables, row: int, week: int) -> None:
    """Call the cases on which something is due this week, in the order of the docket."""
    council = world.council[row]
    due = 0
    for case_row in range(council.rows_used):
        if world.agenda[case_row] <= week:
            world.due[due] = case_row
            due += 1
    council.rows_due = due


@rule
def mistaken_activity(world: Tables, week: int) -> int:
    """What the accident is taken for."""
    best = math.inf
    chosen = 1
    for row in range(1, len(world.activities)):
        activity = world.activities[row]
        uniform = draw(world, week, activity.entity, FALSE_ALARM_KIND).first
        time = arrival(uniform, activity.mistaken, best) if activity.mistaken > 0.0 else math.inf
        if time < best:
            best = time
            chosen = row
    return chosen


@rule
def alarmed_victim(world: Tables, week: int) -> int:
    """The Member State where the accident happens, by exposure."""
    best = math.inf
    chosen = 0
    for row in range(len(world.member_states)):
        member = world.victims[row]
        uniform = draw(world, week, member.entity, FALSE_ALARM_VICTIM).first
        time = arrival(uniform, member.exposure, best)
        if time < best:
            best = time
            chosen = row
    return chosen

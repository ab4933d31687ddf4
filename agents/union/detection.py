"""What comes onto the docket: acts that will be detected, and false alarms; and whom a week calls upon."""

from agents.foundation.compiled import Tables, rule
from agents.foundation.randomness import (
    FALSE_ALARM,
    FALSE_ALARM_KIND,
    FALSE_ALARM_VICTIM,
    NOBODY,
    bid,
    draw,
    winner,
    words,
)
from agents.union.docket import EMPTY, enter

UPWARD_WEEKS = 26
"""Weeks within which a higher rung against the same victim counts as upward escalation (182 days, as in DCID)."""


@rule
def empty_row(world: Tables) -> int:
    """The first empty row of the docket; −1, and an overflow, where there is none."""
    council = world.council[0]
    for row in range(council.rows_full, len(world.cases)):
        if world.cases[row].status == EMPTY:
            council.rows_full = row + 1
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
        if perpetrator.activity <= 0:
            continue
        watch_escalation(world, perpetrator_row, week)
        if perpetrator.surfaces >= 0:
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
def watch_escalation(world: Tables, row: int, week: int) -> None:
    """Count an act above the last one of the same sponsor, or perpetrator, against the same victim within 26 weeks."""
    perpetrator = world.perpetrators[row]
    author = perpetrator.sponsor if perpetrator.sponsor >= 0 else row
    since = week - world.last_week[author, perpetrator.victim]
    world.books[0].upward += int(
        since <= UPWARD_WEEKS and perpetrator.activity > world.last_rung[author, perpetrator.victim]
    )
    world.last_week[author, perpetrator.victim] = week
    world.last_rung[author, perpetrator.victim] = perpetrator.activity


@rule
def call_perpetrators(world: Tables, row: int, week: int) -> None:
    """List the perpetrators that met an opportunity this week, in the order of their rows."""
    met = 0
    for perpetrator in range(len(world.perpetrators)):
        world.met[met] = perpetrator  # and kept where it met one: a branch here is guessed wrongly too often
        met += world.perpetrators[perpetrator].opportunity
    world.council[row].rows_met = met


@rule
def call_cases(world: Tables, row: int, week: int) -> None:
    """Call the cases on which something is due this week, in the order of the docket."""
    council = world.council[row]
    due = 0
    for case_row in range(council.rows_used):
        world.due[due] = case_row  # and kept where something is due, as above
        due += int(world.calendar[case_row] <= week)
    council.rows_due = due


@rule
def mistaken_activity(world: Tables, week: int) -> int:
    """Row of the activity for which an accident is mistaken."""
    word = words(world, week, world.council[0].entity, FALSE_ALARM_KIND)[0]
    least = NOBODY
    for row in range(1, len(world.activities)):  # not for restraint
        activity = world.activities[row]
        least = min(least, bid(word, activity.entity, activity.mistaken, row))
    return max(1, winner(least))


@rule
def alarmed_victim(world: Tables, week: int) -> int:
    """The Member State where the accident happens, by exposure."""
    word = words(world, week, world.council[0].entity, FALSE_ALARM_VICTIM)[0]
    least = NOBODY
    for row in range(len(world.member_states)):
        member = world.victims[row]
        least = min(least, bid(word, member.entity, member.exposure, row))
    return max(0, winner(least))

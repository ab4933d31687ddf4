"""The week, in order, for both engines side by side: `advance` over rows, `visit` over agents.

Activation is simultaneous within a phase: an agent writes its own row alone, and what adds up over agents is summed by
the Council in the order of rows. So no result depends on the order in which agents are visited.
"""

from typing import Any, NamedTuple

from agents.belief import hear
from agents.doctrine import enter_phases
from agents.foundation.compiled import Tables, rule
from agents.foundation.functions import exp
from agents.foundation.randomness import AFFINITY, deviate, words
from agents.member_state import draw_member_traits
from agents.partner import draw_partner_traits
from agents.perpetrator import (
    act,
    begin_week,
    choose,
    draw_traits,
    feel_tension,
    forget,
    learn,
    meet,
    settle,
    shake,
    wait,
)
from agents.union.council import renew, signal, take_office, turn
from agents.union.detection import call_perpetrators, open_cases
from agents.union.docket import EMPTY, NOTHING_DUE
from agents.union.effects import take_effect
from agents.union.investigation import investigate
from agents.union.orders import follow_script, obey
from agents.union.response import decide, fill_agenda
from agents.victim import recover


@rule
def begin(world: Tables, row: int, week: int) -> None:
    """Draw the traits of everybody for this replicate, under the doctrine as it is in the first week."""
    enter_phases(world, 0, 0.0, 0.0)
    for perpetrator in range(len(world.perpetrators)):
        draw_traits(world, perpetrator, 0)
    for member in range(len(world.member_states)):
        draw_member_traits(world, member, 0)
    for partner in range(len(world.partners)):
        draw_partner_traits(world, partner, 0)
    draw_affinities(world)
    take_office(world, 0, 0)


@rule
def draw_affinities(world: Tables) -> None:
    """Draw how much each perpetrator is drawn to each victim: exposure times a log-normal affinity."""
    spread = world.scenario[0].target_scatter
    for row in range(len(world.perpetrators)):
        radius, angle, _, _ = words(world, 0, world.perpetrators[row].entity, AFFINITY)
        victims, pull = world.victims, world.pull[row]
        for place in range(len(victims)):
            victim = victims[place]
            pull[place] = victim.exposure * exp(spread * deviate(radius, angle, victim.entity))


NO_OPPORTUNITY, SUPPRESSED = -1, -2
"""Code in a trace for a perpetrator that chose no activity."""


class Opportunities(NamedTuple):
    """Opportunities that a run met, and its choices at them, for others to meet again and be compared with.

    They stand in the order of weeks, and in a week of perpetrators. For many runs the two fields by run come stacked.
    """

    before: Any  # [week, and one more]: opportunities before it, those of earlier runs included
    uncounted: Any  # of a run: those of burn-ins, its own and earlier runs', of which no distribution is kept
    row: Any  # [opportunity]: perpetrator
    code: Any  # [opportunity]: rung chosen, or SUPPRESSED
    at_least: Any  # [opportunity, less the uncounted, rung]: P(activity at least this severe)


@rule
def of_run(runs: Opportunities, run: int) -> Opportunities:
    """The opportunities of one run among those of several."""
    return Opportunities(runs.before[run], runs.uncounted[run], runs.row, runs.code, runs.at_least)


@rule
def meet_again(world: Tables, twin: Opportunities, week: int) -> None:
    """Let perpetrators meet the opportunities that they met in the twin this week."""
    council = world.council[0]
    for place in range(council.rows_met):
        begin_week(world, world.met[place], False)
    first = twin.before[week]
    council.rows_met = twin.before[week + 1] - first
    for place in range(council.rows_met):
        world.met[place] = twin.row[first + place]
        begin_week(world, world.met[place], True)


@rule
def advance(world: Tables, twin: Opportunities, week: int) -> None:
    """One week of the compiled engine.

    Opportunities are exogenous, alike in every world: those of a twin, if it has any weeks, spare drawing them again.
    """
    perpetrators = len(world.perpetrators)
    turn(world, 0, week)
    for perpetrator in range(perpetrators):
        shake(world, perpetrator, week)
    for perpetrator in range(perpetrators):
        feel_tension(world, perpetrator, week)
    if len(twin.before) > 0:
        meet_again(world, twin, week)
    else:
        for perpetrator in range(perpetrators):
            meet(world, perpetrator, week)
        call_perpetrators(world, 0, week)
        for place in range(world.council[0].rows_met):
            wait(world, world.met[place])
    signal(world, 0, week)
    if world.council[0].signal_weight > 0.0:
        for perpetrator in range(perpetrators):
            hear(world, perpetrator, week)
    for place in range(world.council[0].rows_met):
        choose(world, world.met[place], week)
    for place in range(world.council[0].rows_met):
        act(world, world.met[place], week)
    if len(world.script) > 0:
        follow_script(world, 0, week)
    open_cases(world, 0, week)
    due = world.council[0].rows_due
    for place in range(due):
        investigate(world, world.due[place], week)
    if len(world.script) > 0:
        obey(world, 0, week)
    for place in range(due):
        decide(world, world.due[place], week)
    fill_agenda(world, 0, week)
    take_effect(world, 0, week)
    for perpetrator in range(perpetrators):
        forget(world, perpetrator, week)
    for perpetrator in range(perpetrators):
        learn(world, perpetrator, week)
    for perpetrator in range(perpetrators):
        settle(world, perpetrator, week)
    for victim in range(len(world.victims)):
        recover(world, victim, week)
    renew(world, 0, week)


def visit(model: Any) -> None:
    """Advance a week on the Mesa engine, phase by phase as `advance` does; `model` is a `DeterrenceModel`."""
    model.council.turn()
    model.perpetrators.do("feel_tension")
    model.perpetrators.do("meet")
    model.council.call_perpetrators()
    model.council.signal()
    model.perpetrators.do("hear")
    model.perpetrators.do("choose")
    model.perpetrators.do("act")
    model.council.follow_script()
    model.council.open_cases()
    model.greet_cases()
    due = model.cases_due()
    for case in due:
        case.investigate()
    model.council.obey()
    for case in due:
        case.decide()
    model.council.fill_agenda()
    model.council.take_effect()
    model.perpetrators.do("learn")
    model.member_states.do("recover")
    model.partners.do("recover")
    model.council.renew()
    model.part_with_cases()


@rule
def reset(world: Tables, template: Tables) -> None:
    """Put a world back to the start of a run, as the template has it."""
    for row in range(len(world.perpetrators)):
        world.perpetrators[row] = template.perpetrators[row]
        for victim in range(world.last_week.shape[1]):
            world.last_week[row, victim] = template.last_week[row, victim]
    for row in range(len(world.member_states)):
        world.member_states[row] = template.member_states[row]
    for row in range(len(world.partners)):
        world.partners[row] = template.partners[row]
    for row in range(len(world.victims)):
        world.victims[row] = template.victims[row]
    for row in range(len(world.cases)):
        world.cases[row].status = EMPTY
        world.calendar[row] = NOTHING_DUE
    world.council[0] = template.council[0]
    world.doctrine[0] = template.doctrine[0]
    for row in range(len(world.phases)):
        world.phases[row] = template.phases[row]
    open_books(world, 0, 0)


@rule
def open_books(world: Tables, row: int, week: int) -> None:
    """Start counting: at the start of a run, and again when the burn-in is over."""
    world.books[0] = world.blank[0]
    world.council[row].counted_from = week
    world.delays[:, :] = 0

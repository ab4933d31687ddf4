"""What is recorded: the books of a run, the comparison with its twin, and the weekly series.

Every opportunity has a twin. Opportunities are drawn alike in both worlds; each has its own choice probabilities, given
its own history, and the expected classes compare those, free of any coupling of the two draws and of its noise.
"""

from typing import Any, NamedTuple

import numpy as np

from agents.books import (
    ADOPTED,
    IN_PREPARATION,
    LISTED,
    LISTING_OPEN,
    MEMBERS,
    NATIONAL,
    NATIONAL_OPEN,
    PARTNERS,
    REACHED,
    STILL_OPEN,
)
from agents.foundation.compiled import Tables, rule
from agents.union.docket import ANSWERING, NEVER, OPEN
from agents.union.effects import count_delay, write_case
from agents.union.tracks import DOSSIER, track_row
from model.schedule import NO_OPPORTUNITY, SUPPRESSED, Opportunities


class Trace(NamedTuple):
    """Choices of a world in the weeks counted, laid out by week and perpetrator."""

    at_least: Any  # [week, perpetrator, rung]: P(activity at least this severe) at an open opportunity
    code: Any  # [week, perpetrator]: rung chosen, NO_OPPORTUNITY or SUPPRESSED


def laid_out(met: Opportunities, burn_in: int, perpetrators: int) -> Trace:
    """What one run has met so far, by week and perpetrator, without the burn-in; later weeks do not change it."""
    before = np.maximum.accumulate(met.before)
    counted, first, last = np.diff(before)[burn_in:], before[burn_in], before[-1]
    # of a run under way its own burn-in is not entered yet among what is uncounted
    uncounted = max(met.uncounted, first - before[0])
    place = np.repeat(np.arange(len(counted)), counted), met.row[first:last]
    at_least = np.zeros((len(counted), perpetrators, met.at_least.shape[1]))
    code = np.full((len(counted), perpetrators), NO_OPPORTUNITY, np.int8)
    at_least[place], code[place] = met.at_least[first - uncounted : last - uncounted], met.code[first:last]
    return Trace(at_least, code)


@rule
def code(world: Tables, row: int) -> int:
    """A perpetrator's week as one number: its rung, or why it chose none."""
    perpetrator = world.perpetrators[row]
    if perpetrator.opportunity == 0:
        return NO_OPPORTUNITY
    return SUPPRESSED if perpetrator.suppressed == 1 else perpetrator.activity


def codes(world: Any) -> np.ndarray[Any, Any]:
    """The week of every perpetrator of a world, each as `code` has it."""
    perpetrators = world.perpetrators
    chosen = np.where(perpetrators.suppressed == 1, SUPPRESSED, perpetrators.activity)
    return np.where(perpetrators.opportunity == 1, chosen, NO_OPPORTUNITY).astype(np.int8)


@rule
def note_choices(world: Tables, met: Opportunities, week: int, burn_in: int) -> None:
    """Write this week's opportunities, and the choices at them, behind those of the weeks before."""
    place = met.before[week]
    uncounted = met.uncounted + met.before[burn_in] - met.before[0]
    for called in range(world.council[0].rows_met):
        row = world.met[called]
        chosen = code(world, row)
        met.row[place], met.code[place] = row, chosen
        if week >= burn_in:
            for rung in range(world.at_least.shape[1]):
                met.at_least[place - uncounted, rung] = world.at_least[row, rung] if chosen >= 0 else 0.0
        place += 1
    met.before[week + 1] = place


@rule
def record_choice(world: Tables, row: int) -> None:
    """Enter one perpetrator's week in the books."""
    perpetrator = world.perpetrators[row]
    books = world.books[0]
    kind = perpetrator.kind
    books.opportunities_by_kind[kind] += 1
    if perpetrator.suppressed == 1:
        return
    books.open_opportunities_by_kind[kind] += 1
    severe = world.scenario[0].severe_rung
    rungs = len(world.activities)
    odds = world.at_least[row]
    books.expected_acts_by_kind[kind] += odds[1]
    if severe < rungs:
        books.expected_severe_by_kind[kind] += odds[severe]
    harm = 0.0
    for rung in range(1, rungs):
        above = odds[rung + 1] if rung + 1 < rungs else 0.0
        harm += (odds[rung] - above) * world.activities[rung].harm
    books.expected_harm_by_kind[kind] += harm * perpetrator.success
    if perpetrator.activity > 0:
        activity = world.activities[perpetrator.activity]
        group = MEMBERS if perpetrator.victim < len(world.member_states) else PARTNERS
        books.acts_by_kind[kind] += 1
        books.acts_by_group[group] += 1
        if perpetrator.activity >= severe:
            books.severe_acts_by_kind[kind] += 1
            books.severe_acts_by_group[group] += 1
        books.act_severity += activity.severity
        if perpetrator.succeeded == 1:
            books.successes += 1
            books.harm_realised_by_group[group] += activity.harm


@rule
def note_acts(world: Tables, week: int) -> None:
    """Write this week's acts down, in the order of perpetrators."""
    council = world.council[0]
    for place in range(council.rows_met):
        row = world.met[place]
        perpetrator = world.perpetrators[row]
        if perpetrator.activity > 0:
            act = world.acts[council.acts_written]
            council.acts_written += 1
            act.week, act.perpetrator, act.victim = week, row, perpetrator.victim
            act.activity, act.succeeded, act.surfaces = (
                perpetrator.activity,
                perpetrator.succeeded,
                perpetrator.surfaces,
            )


@rule
def record(world: Tables, row: int, week: int) -> None:
    """Enter the week in the books, and its acts one by one where they are kept."""
    books = world.books[0]
    council = world.council[0]
    grievance = 0.0
    pressure = 0.0
    perpetrators = len(world.perpetrators)
    for place in range(council.rows_met):
        record_choice(world, world.met[place])
    if len(world.acts) > 0:
        note_acts(world, week)
    for each in range(perpetrators):
        perpetrator = world.perpetrators[each]
        grievance += perpetrator.grievance
        pressure += perpetrator.pressure
        books.weeks_of_kind[perpetrator.kind] += 1.0
        books.grievance_of_kind[perpetrator.kind] += perpetrator.grievance
        books.pressure_of_kind[perpetrator.kind] += perpetrator.pressure
    resilience = 0.0
    for victim in range(len(world.victims)):
        resilience += world.victims[victim].resilience
    held = int(council.phases > 0)
    if held > books.turned:
        books.turned = 1
        books.turned_after = books.weeks
    books.phased_weeks += held
    books.weeks += 1
    books.credibility += council.credibility
    books.norm_strength += council.norm_strength
    books.resilience += resilience / len(world.victims)
    books.grievance += grievance / perpetrators
    books.pressure += pressure / perpetrators


@rule
def compare(world: Tables, at_least: Any, codes: Any, first: int, uncounted: int) -> None:
    """Compare the week with the twin's: classes expected from the two distributions, and those of the coupled draws.

    `at_least` and `codes` are those of the twin's `Opportunities`, of which this week's begin with the `first`.
    """
    books = world.books[0]
    rungs = world.at_least.shape[1]
    for place in range(world.council[0].rows_met):
        row = world.met[place]
        kind = world.perpetrators[row].kind
        chosen = code(world, row)
        twin = codes[first + place]
        theirs, ours = at_least[first + place - uncounted], world.at_least[row]
        if twin == SUPPRESSED:
            if chosen >= 0:
                books.released_by_kind[kind] += ours[1]
                books.realised_released += int(chosen > 0)
            continue
        books.deterrable_by_kind[kind] += theirs[1]
        if chosen == SUPPRESSED:
            books.suppressed_by_kind[kind] += theirs[1]
            books.realised_suppressed += int(twin > 0)
            continue
        books.common_by_kind[kind] += 1
        rise = 0.0
        fall = 0.0
        for rung in range(1, rungs):
            change = ours[rung] - theirs[rung]
            rise = max(rise, change)
            fall = max(fall, -change)
        change = ours[1] - theirs[1]
        books.deterred_by_kind[kind] += max(0.0, -change)
        books.provoked_by_kind[kind] += max(0.0, change)
        books.escalated_by_kind[kind] += rise
        books.dampened_by_kind[kind] += fall - max(0.0, -change)
        books.realised_deterred += int(chosen == 0 and twin > 0)
        books.realised_provoked += int(chosen > 0 and twin == 0)
        books.realised_escalated += int(chosen > twin)
        books.realised_dampened += int(chosen > 0 and chosen < twin)


@rule
def whole(parts: Any) -> float:
    """The sum of the parts of a column, one after the other in their order."""
    total = parts[0]
    for part in range(1, len(parts)):
        total += parts[part]
    return total


@rule
def add_up(world: Tables, row: int, week: int) -> None:
    """Make the wholes of the books from their parts: nothing that is split is counted apart from them."""
    books = world.books[row]
    books.opportunities = whole(books.opportunities_by_kind)
    books.open_opportunities = whole(books.open_opportunities_by_kind)
    books.acts = whole(books.acts_by_kind)
    books.severe_acts = whole(books.severe_acts_by_kind)
    books.expected_acts = whole(books.expected_acts_by_kind)
    books.expected_severe = whole(books.expected_severe_by_kind)
    books.expected_harm = whole(books.expected_harm_by_kind)
    books.common = whole(books.common_by_kind)
    books.deterrable = whole(books.deterrable_by_kind)
    books.deterred = whole(books.deterred_by_kind)
    books.provoked = whole(books.provoked_by_kind)
    books.escalated = whole(books.escalated_by_kind)
    books.dampened = whole(books.dampened_by_kind)
    books.suppressed = whole(books.suppressed_by_kind)
    books.released = whole(books.released_by_kind)
    books.harm_realised = whole(books.harm_realised_by_group)
    books.ended_severity = whole(books.ended_severity_by_class)
    books.believed_bite = whole(books.believed_bite_by_class)
    books.delivered_bite = whole(books.delivered_bite_by_class)


@rule
def series_week(world: Tables, place: int) -> None:
    """Write this week into the series: what the books gained, and the state of the world."""
    add_up(world, 0, 0)
    books = world.books[0]
    council = world.council[0]
    before = world.before[0]
    week = world.series[place]
    week.opportunities = books.open_opportunities - before.open_opportunities
    week.acts = books.acts - before.acts
    week.severe_acts = books.severe_acts - before.severe_acts
    week.expected_acts = books.expected_acts - before.expected_acts
    week.expected_severe = books.expected_severe - before.expected_severe
    week.expected_harm = books.expected_harm - before.expected_harm
    week.common = books.common - before.common
    week.deterrable = books.deterrable - before.deterrable
    week.deterred = books.deterred - before.deterred
    week.escalated = books.escalated - before.escalated
    week.detected = books.detected - before.detected
    week.attributed = books.attributed - before.attributed
    week.reactions = books.reactions - before.reactions
    week.answers = books.answered_attributed - before.answered_attributed
    week.votes_failed = books.votes_failed - before.votes_failed
    week.adopted_preventive = books.adopted_preventive - before.adopted_preventive
    week.adopted_cooperative = books.adopted_cooperative - before.adopted_cooperative
    week.adopted_stability = books.adopted_stability - before.adopted_stability
    week.adopted_restrictive = books.adopted_restrictive - before.adopted_restrictive
    week.adopted_support = books.adopted_support - before.adopted_support
    week.bite = books.bite - before.bite
    week.credibility = council.credibility
    week.norm_strength = council.norm_strength
    week.resilience = books.resilience - before.resilience
    week.grievance = books.grievance - before.grievance
    week.pressure = books.pressure - before.pressure
    world.in_force[place] = council.phases
    for row in range(len(world.perpetrators)):
        rung = world.perpetrators[row].activity
        if rung > 0:
            world.rungs[place, rung] += 1


@rule
def median_delay(delays: Any, reached: int) -> float:
    """Median delay of the cases that reach an event, in weeks; −1 where none does.

    `reached` is the event's row of `delays`; the two rows after it hold the cases that ended otherwise and those still
    open. Cumulative incidence after Aalen & Johansen 1978, the Kaplan–Meier estimator for competing ends.
    """
    weeks = delays.shape[1]
    everybody = 0
    for week in range(weeks):
        everybody += delays[reached, week] + delays[reached + 1, week] + delays[reached + 2, week]
    final = -1.0
    for half in range(2):
        at_risk = everybody
        surviving = 1.0
        incidence = 0.0
        for week in range(weeks):
            if at_risk <= 0:
                break
            ended = delays[reached, week] + delays[reached + 1, week]
            incidence += surviving * delays[reached, week] / at_risk
            if half == 1 and incidence >= 0.5 * final:
                return float(week)
            surviving *= 1.0 - ended / at_risk
            at_risk -= ended + delays[reached + 2, week]
        final = incidence
        if final <= 0.0:
            return -1.0
    return -1.0


@rule
def censor(world: Tables, case_row: int, week: int) -> None:
    """Count a case that is still open when the run ends as censored, for each delay that it has not reached."""
    case = world.cases[case_row]
    if case.status == OPEN:
        count_delay(world, STILL_OPEN, case.opened, week)
    else:
        if case.answered == NEVER:
            count_delay(world, IN_PREPARATION, case.begun, week)
        if world.tracks[track_row(case_row, DOSSIER)].adopted == NEVER:
            count_delay(world, LISTING_OPEN, case.begun, week)
    if case.first_national == NEVER:
        count_delay(world, NATIONAL_OPEN, case.opened, week)


@rule
def close_books(world: Tables, row: int, week: int) -> None:
    """End the run after `week` weeks: censor open cases, write those to the ledger, and add the books up."""
    council = world.council[0]
    for case_row in range(council.rows_used):
        case = world.cases[case_row]
        if case.status == OPEN or case.status == ANSWERING:
            censor(world, case_row, week)
        if case.status >= OPEN:
            write_case(world, case_row)
    add_up(world, 0, week)
    books = world.books[0]
    books.overflow = council.overflow
    books.attribution_delay = median_delay(world.delays, REACHED)
    books.response_delay = median_delay(world.delays, ADOPTED)
    books.national_delay = median_delay(world.delays, NATIONAL)
    books.listing_delay = median_delay(world.delays, LISTED)

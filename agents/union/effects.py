"""What decisions bring about: bite, side effects and their end, news for those concerned, and the books."""

from agents.attribution import power
from agents.books import ADOPTED, GIVEN_UP, LISTED, NATIONAL, NOT_LISTED, NOT_NATIONAL, REACHED, WENT_COLD
from agents.catalogue import PROXY, RESTRICTIVE_CATEGORY, TO_STATE, TO_TERRITORY
from agents.foundation.compiled import Tables, rule
from agents.union.docket import ANSWERED, CLOSED, EMPTY, NEVER, NOTHING_DUE, schedule


@rule
def bite_party(world: Tables, row: int, bite: float, justified: float) -> None:
    """Let a measure bite: it presses from now on, and what goes beyond the justified is resented."""
    party = world.perpetrators[row]
    party.pressure += bite
    party.in_force += 1
    party.news = 1
    party.bite_excess += max(0.0, bite - justified)


@rule
def release_party(world: Tables, row: int, bite: float) -> None:
    """End a measure's bite; with none in force pressure is exactly nothing again."""
    party = world.perpetrators[row]
    party.in_force -= 1
    party.pressure = max(0.0, party.pressure - bite) if party.in_force > 0 else 0.0


@rule
def answers_for(world: Tables, case_row: int, measure_row: int, target: int) -> bool:
    """Whether the target did it, or is addressed as the state behind it or as that from whose territory it was done."""
    culprit = world.cases[case_row].culprit
    if culprit < 0:
        return False
    party = world.perpetrators[culprit]
    addressee = world.measures[measure_row].addressee
    as_state = addressee == TO_STATE and target == party.sponsor
    as_territory = addressee == TO_TERRITORY and target == party.home
    return target == culprit or as_state or as_territory


@rule
def sponsor_share(world: Tables, case_row: int, target: int) -> float:
    """Share of the bite that the sponsor of a target feels: that of a proxy whose link is established."""
    case = world.cases[case_row]
    if target == case.suspect and world.perpetrators[target].kind == PROXY and case.state_confidence > 0.0:
        return world.scenario[0].sponsor_share
    return 0.0


@rule
def bring_into_force(world: Tables, case_row: int, measure_row: int, target: int, bite: float) -> float:
    """Apply an adopted measure: bite, side effects, cost and books; returns the bite that a sponsor feels besides.

    A party holds its own severity justified, less a self-serving part; an innocent one holds nothing justified.
    """
    case = world.cases[case_row]
    measure = world.measures[measure_row]
    books = world.books[0]
    council = world.council[0]
    books.cost += measure.cost
    shared = 0.0
    if bite > 0.0 and target >= 0:
        responsible = answers_for(world, case_row, measure_row, target)
        justified = case.severity * (1.0 - world.scenario[0].self_serving_bias) if responsible else 0.0
        bite_party(world, target, bite, justified)
        books.bite += bite
        books.wrongful += int(not responsible)
        books.persons += measure.persons * bite / measure.bite_high
        books.entities += measure.entities * bite / measure.bite_high
        share = sponsor_share(world, case_row, target)
        if share > 0.0:
            shared = share * bite
            bite_party(world, world.perpetrators[target].sponsor, shared, share * justified)
    council.norm_strength += measure.norms * (1.0 - council.norm_strength)
    if target >= 0:
        party = world.perpetrators[target]
        party.news = 1
        party.calmed = party.calmed + measure.calming * (1.0 - party.calmed)
        home = world.perpetrators[party.home]
        home.diligence = home.diligence + measure.diligence * (1.0 - home.diligence)
    world.victims[case.victim].resilience_gained += measure.resilience
    count_measure(world, measure.category)
    return shared


@rule
def count_measure(world: Tables, category: int) -> None:
    """Count a measure adopted on a case by its category."""
    books = world.books[0]
    if category == 0:
        books.adopted_preventive += 1
    elif category == 1:
        books.adopted_cooperative += 1
    elif category == 2:
        books.adopted_stability += 1
    elif category == 3:
        books.adopted_restrictive += 1
    else:
        books.adopted_support += 1


@rule
def end_measure(world: Tables, target: int, bite: float, shared: float) -> None:
    """Let a measure lapse: its target, and the sponsor that felt its share, feel the bite no more."""
    if bite > 0.0 and target >= 0:
        release_party(world, target, bite)
        if shared > 0.0:
            release_party(world, world.perpetrators[target].sponsor, shared)


@rule
def count_delay(world: Tables, row: int, since: int, week: int) -> None:
    """Count a delay since a week, if counting had begun by then: a cohort, of which the open cases are censored."""
    if since >= world.council[0].counted_from:
        world.delays[row, week - since] += 1


@rule
def tell_attribution(world: Tables, case_row: int, week: int) -> None:
    """Tell those concerned that a case was attributed."""
    case = world.cases[case_row]
    suspect = world.perpetrators[case.suspect]
    suspect.news = 1
    suspect.named += 1
    if case.right == 1:
        suspect.named_rightly += 1
    else:
        suspect.blamed += 1
        tell_impunity(world, case.culprit)
    books = world.books[0]
    books.attributed += 1
    books.attributed_wrong += 1 - case.right
    count_delay(world, REACHED, case.opened, week)


@rule
def tell_impunity(world: Tables, culprit: int) -> None:
    """Tell the culprit, if there is one, that its case went cold or fell on another."""
    if culprit >= 0:
        world.perpetrators[culprit].news = 1
        world.perpetrators[culprit].gone_cold += 1


@rule
def tell_outcome(world: Tables, case_row: int, week: int) -> None:
    """Tell everybody how an attributed case ended, and what was delivered of what had been announced."""
    case = world.cases[case_row]
    council = world.council[0]
    books = world.books[0]
    named = world.perpetrators[case.suspect]
    named.news = 1
    if case.adopted == week:
        books.answered_attributed += 1
        delay = week - case.begun
        named.adoptions += 1
        named.adoption_delay += delay
        council.adoptions += 1
        council.adoption_delay += delay
        restrictive = world.measures[case.measure].category == RESTRICTIVE_CATEGORY
        count_delay(world, ADOPTED, case.begun, week)
        count_delay(world, LISTED if restrictive else NOT_LISTED, case.begun, week)
    else:
        books.given_up += 1
        count_delay(world, GIVEN_UP, case.begun, week)
        count_delay(world, NOT_LISTED, case.begun, week)
    if case.announced <= 0.0:
        return
    delivered = min(1.0, case.bite / case.announced)
    named.outcome_weight += 1.0
    named.outcome_sum += delivered
    council.outcome_weight += 1.0
    council.outcome_sum += delivered


@rule
def close_row(world: Tables, case_row: int) -> None:
    """Write an ended case to the ledger, if one is kept, and free its row."""
    council = world.council[0]
    if len(world.ledger) > 0:
        if council.ledger_rows < len(world.ledger):
            world.ledger[council.ledger_rows] = world.cases[case_row]
            council.ledger_rows += 1
        else:
            council.overflow = 1
    world.cases[case_row].status = EMPTY
    council.rows_full = min(council.rows_full, case_row)
    world.agenda[case_row] = NOTHING_DUE


@rule
def count_case(world: Tables, case_row: int, week: int) -> None:
    """Enter in the books what happened to a case this week."""
    case = world.cases[case_row]
    books = world.books[0]
    if case.opened == week:
        if case.culprit >= 0:
            books.detected += 1
            books.detected_severity += case.severity
        else:
            books.false_alarms += 1
    if case.first_national == week:
        books.nationally += 1
        books.nationally_wrong += 1 - case.first_national_right
        count_delay(world, NATIONAL, case.opened, week)
    books.jointly += int(case.joint == week)
    first_answer = (case.adopted == week and case.reaction_adopted == NEVER) or (
        case.reaction_adopted == week and (case.adopted == NEVER or case.adopted == week)
    )
    books.answered += int(first_answer)
    books.reactions += int(case.reaction_adopted == week)


@rule
def follow_case(world: Tables, case_row: int, week: int) -> None:
    """Let what was decided on one case this week take effect."""
    case = world.cases[case_row]
    count_case(world, case_row, week)
    if case.attributed == week:
        tell_attribution(world, case_row, week)
    if case.reaction_adopted == week:
        case.reaction_shared = bring_into_force(
            world, case_row, case.reaction, case.reaction_target, case.reaction_bite
        )
    if case.adopted == week:
        case.shared = bring_into_force(world, case_row, case.measure, case.target, case.bite)
    if case.resolved == week:
        if case.first_national == NEVER:
            count_delay(world, NOT_NATIONAL, case.opened, week)
        if case.attributed != NEVER:
            tell_outcome(world, case_row, week)
        else:
            world.books[0].cold += 1
            count_delay(world, WENT_COLD, case.opened, week)
            tell_impunity(world, case.culprit)
    if case.reaction_expires == week:
        end_measure(world, case.reaction_target, case.reaction_bite, case.reaction_shared)
    if case.expires == week:
        end_measure(world, case.target, case.bite, case.shared)
    answered_over = case.status == ANSWERED and case.expires <= week
    reaction_over = case.reaction == -1 or (case.reaction_due < week and case.reaction_expires <= week)
    if (case.status == CLOSED or answered_over) and reaction_over:
        close_row(world, case_row)
    else:
        schedule(world, case_row, week, world.scenario[0].investigation_weeks)


@rule
def take_effect(world: Tables, row: int, week: int) -> None:
    """Let this week's decisions take effect, case by case in the order of the docket."""
    council = world.council[row]
    council.outcome_weight = council.outcome_sum = 0.0
    council.adoptions = council.adoption_delay = 0
    for place in range(council.rows_due):
        follow_case(world, world.due[place], week)
    move_credibility(world, row)
    world.books[0].cost += council.programme_cost


@rule
def move_credibility(world: Tables, row: int) -> None:
    """Move credibility towards what was delivered this week, as much as one case after another would."""
    council = world.council[row]
    if council.outcome_weight > 0.0:
        speed = world.scenario[0].credibility_speed * 0.5 * (1.0 + world.doctrine[0].clarity)
        step = 1.0 - power(1.0 - speed, int(council.outcome_weight))
        council.credibility += step * (council.outcome_sum / council.outcome_weight - council.credibility)

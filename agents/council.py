"""The European Union: the Council and the bodies around it, with its credibility, its programmes and its open cases."""

import math

from agents.attribution import log_odds, power
from agents.books import ADOPTED, GIVEN_UP, LISTED, NATIONAL, NOT_LISTED, NOT_NATIONAL, REACHED, WENT_COLD
from agents.catalogue import PROGRAMME, PROXY, RESTRICTIVE_CATEGORY, TO_STATE, TO_TERRITORY
from agents.columns import Columns, Face, integer, natural, real
from agents.compiled import Tables, rule
from agents.docket import ANSWERED, CLOSED, EMPTY, NEVER, NOTHING_DUE, enter, schedule
from agents.randomness import FALSE_ALARM, FALSE_ALARM_KIND, FALSE_ALARM_VICTIM, arrival, draw, weekly_rate
from agents.response import effort

COUNCIL = Columns(
    entity=natural("number under which it draws"),
    standard=real("confidence required for attribution, log-odds"),
    lowest_standard=real("lowest standard of a Member State, log-odds"),
    log_real=real("log of the share of cases that are taken to be real"),
    credibility=real("the Union's credibility, 0 to 1"),
    norm_strength=real("strength of the norms of responsible state behaviour, 0 to 1"),
    skill=real("attribution skill this week, 0 to 1"),
    clue_probability=real("probability a week that a case yields a clue, partners' intelligence included"),
    clue_rate=real("the same as the rate of an exponential"),
    resilience_drift=real("change of resilience since the start of the run, from the trend"),
    signal_weight=real("precision of this week's announcement; 0: none"),
    suspect_weight=real("sum over perpetrators of the weight with which investigators meet them"),
    suspect_record=real("sum over perpetrators of that weight times their record"),
    rows_used=integer("rows of the docket in use, counted to the last"),
    rows_due=integer("cases on which something is due this week: entries of `due`"),
    rows_met=integer("perpetrators that met an opportunity this week: entries of `met`"),
    overflow=integer("1 where the docket or the ledger was too small; the run must be repeated with larger ones"),
    ledger_rows=integer("rows written to the ledger"),
    votes_written=integer("votes written down"),
    counted_from=integer("week in which counting began"),
    # what this week's decisions brought
    outcome_weight=real("attributed cases that ended this week"),
    outcome_sum=real("bite delivered per bite announced, summed over them"),
    adoptions=integer("measures adopted this week on attributed cases"),
    adoption_delay=integer("weeks from act to adoption, summed over them"),
    # standing programmes
    programme_norms=real("level of norm strength that programmes add, as a share of what is missing"),
    programme_resilience=real("level of resilience that programmes add, as a share of what is missing"),
    programme_diligence=real("level of diligence that programmes add"),
    programme_calming=real("share of grievance that programmes calm a week"),
    programme_cost=real("political cost of the programmes a week"),
)


@rule
def take_office(world: Tables, row: int, week: int) -> None:
    """Start with the scenario's credibility and norms, and with what is known of partners and perpetrators."""
    council = world.council[row]
    scenario = world.scenario[0]
    council.standard = log_odds(world.doctrine[0].attribution_confidence)
    council.log_real = math.log(1.0 - scenario.false_alarm_share)
    council.lowest_standard = math.inf
    for member in range(len(world.member_states)):
        council.lowest_standard = min(council.lowest_standard, world.member_states[member].standard)
    council.credibility = scenario.initial_credibility
    council.norm_strength = scenario.norm_baseline
    shared = 0.0
    for partner in range(len(world.partners)):
        shared += world.partners[partner].intelligence
    shared = shared / len(world.partners) if len(world.partners) > 0 else 0.0
    clues = scenario.clue_probability * (1.0 + scenario.partner_clues * world.doctrine[0].partners * shared)
    council.clue_probability = min(1.0, clues)
    council.clue_rate = weekly_rate(council.clue_probability)
    run_programmes(world, row, week)
    survey(world, row, week)


@rule
def run_programmes(world: Tables, row: int, week: int) -> None:
    """Run the standing programmes that exist by now, each with the effort of its category."""
    council = world.council[row]
    norms = resilience = diligence = calming = cost = 0.0
    for measure_row in range(len(world.measures)):
        measure = world.measures[measure_row]
        if measure.occasion != PROGRAMME or measure.available > week:
            continue
        share = effort(world, measure.category)
        norms += share * measure.norms
        resilience += share * measure.resilience
        diligence += share * measure.diligence
        calming += share * measure.calming / 52.0
        cost += share * measure.cost / 52.0
    council.programme_norms = min(1.0, norms)
    council.programme_resilience = min(1.0, resilience)
    council.programme_diligence = min(1.0, diligence)
    council.programme_calming = min(1.0, calming)
    council.programme_cost = cost


@rule
def survey(world: Tables, row: int, week: int) -> None:
    """Take stock for the week: attribution skill, and how busy the perpetrators are on record."""
    council = world.council[row]
    scenario = world.scenario[0]
    council.skill = min(1.0, max(0.0, scenario.skill + scenario.skill_trend * (week // 52)))
    council.resilience_drift = scenario.resilience_trend * week / 52.0
    weights = 0.0
    records = 0.0
    for perpetrator in range(len(world.perpetrators)):
        record = world.perpetrators[perpetrator].record
        weights += 1.0 + record
        records += (1.0 + record) * record
    council.suspect_weight = weights
    council.suspect_record = records


@rule
def signal(world: Tables, row: int, week: int) -> None:
    """Announce the response schedule on campaign weeks: a signal as precise as it is clear."""
    council = world.council[row]
    doctrine = world.doctrine[0]
    scenario = world.scenario[0]
    council.signal_weight = 0.0
    if doctrine.campaign_interval > 0 and week % doctrine.campaign_interval == 0:
        blur = 1.0 - doctrine.clarity + scenario.signal_noise
        council.signal_weight = scenario.signal_precision * doctrine.clarity / blur


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


@rule
def bite_party(world: Tables, row: int, bite: float, justified: float) -> None:
    """Let a measure bite: it presses from now on, and what goes beyond the justified is resented."""
    party = world.perpetrators[row]
    party.pressure += bite
    party.in_force += 1
    party.news = 1
    party.bite_felt += bite
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
    """Let a measure lapse."""
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


@rule
def renew(world: Tables, row: int, week: int) -> None:
    """End the week: norms relax towards what programmes hold up, and stock is taken for the next."""
    council = world.council[row]
    baseline = world.scenario[0].norm_baseline
    level = baseline + (1.0 - baseline) * council.programme_norms
    council.norm_strength = level + (council.norm_strength - level) * world.keep[0].norms
    run_programmes(world, row, week + 1)
    survey(world, row, week + 1)


class Council(Face, table="council", columns=COUNCIL):
    """Signals, opens cases, lets decisions take effect and learns; doctrine is what it chooses, votes what it may."""

    def signal(self) -> None:
        """Announce the response schedule."""
        self.apply(signal)

    def call_perpetrators(self) -> None:
        """List the perpetrators that met an opportunity."""
        self.apply(call_perpetrators)

    def open_cases(self) -> None:
        """Put acts that will surface, and false alarms, on the docket."""
        self.apply(open_cases)

    def take_effect(self) -> None:
        """Bring adopted measures into force and let lapsed ones end."""
        self.apply(take_effect)

    def renew(self) -> None:
        """Renew norms, programmes and the survey of perpetrators."""
        self.apply(renew)

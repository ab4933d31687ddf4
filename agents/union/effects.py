"""What decisions bring about: bite, side effects and their end, news for those concerned, and the books."""

from agents.attribution import power
from agents.books import ADOPTED, GIVEN_UP, LISTED, NATIONAL, NOT_LISTED, NOT_NATIONAL, REACHED, WENT_COLD
from agents.catalogue import PROXY, TO_STATE, TO_TERRITORY
from agents.foundation.compiled import Tables, rule
from agents.learning import regret
from agents.union.credibility import lose_credibility, move_credibility, weigh_outcome
from agents.union.docket import ANSWERED, CLOSED, EMPTY, NEVER, NOTHING_DUE, schedule
from agents.union.tracks import DOSSIER, JOINT, OWN, REACTION, TRACKS, over, track_row


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
def bring_into_force(world: Tables, case_row: int, kind: int) -> None:
    """Apply the measure adopted on a track: bite, side effects, cost and books.

    Partners that join share the cost, and a response without the Union costs by the share that takes part.

    A party holds its own severity justified, less a self-serving part; an innocent one holds nothing justified, and
    resents the accusation besides.
    """
    case = world.cases[case_row]
    track = world.tracks[track_row(case_row, kind)]
    measure = world.measures[track.measure]
    scenario = world.scenario[0]
    books = world.books[0]
    council = world.council[0]
    joined = case.backing if measure.joinable == 1 and kind != REACTION else 0.0
    books.cost += measure.cost / (1.0 + joined) * (track.share if kind == OWN else 1.0)
    target = track.target
    if track.bite > 0.0:
        responsible = answers_for(world, case_row, track.measure, target)
        justified = case.severity * (1.0 - scenario.self_serving_bias) if responsible else 0.0
        if target == case.culprit:
            regret(world, target, case.activity, track.bite)
        bite_party(world, target, track.bite, justified)
        books.bite += track.bite
        extent = min(1.0, track.share * track.planned / measure.bite_high)  # partners' lists are their own
        books.persons += measure.persons * extent
        books.entities += measure.entities * extent
        if not responsible:
            books.wrongful += 1
            world.perpetrators[target].bite_excess += scenario.accusation
        share = sponsor_share(world, case_row, target)
        if share > 0.0:
            track.shared = share * track.bite
            bite_party(world, world.perpetrators[target].sponsor, track.shared, share * justified)
    council.norm_strength += measure.norms * (1.0 - council.norm_strength)
    if target >= 0:
        party = world.perpetrators[target]
        party.news = 1
        party.calmed = party.calmed + measure.calming * (1.0 - party.calmed)
        home = world.perpetrators[party.home]
        home.diligence = home.diligence + measure.diligence * (1.0 - home.diligence)
    world.victims[case.victim].resilience_gained += measure.resilience
    count_measure(world, measure.category)


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
def end_measure(world: Tables, case_row: int, kind: int) -> None:
    """Let a measure lapse: its target, and the sponsor that felt its share, feel the bite no more."""
    track = world.tracks[track_row(case_row, kind)]
    if track.bite > 0.0:
        release_party(world, track.target, track.bite)
        if track.shared > 0.0:
            release_party(world, world.perpetrators[track.target].sponsor, track.shared)


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
def establish(world: Tables, culprit: int) -> None:
    """Let investigators with hindsight know of a case that ended who did it, or that nobody did."""
    if culprit >= 0:
        world.perpetrators[culprit].news = 1
        world.perpetrators[culprit].known += 1
    else:
        world.council[0].mistaken += 1.0


@rule
def tell_outcome(world: Tables, case_row: int, week: int) -> None:
    """Put an attributed case whose answer is complete on the list from which everybody learns, and into the books."""
    case = world.cases[case_row]
    council = world.council[0]
    books = world.books[0]
    if case.answered != NEVER:
        books.answered_attributed += 1
    else:
        books.given_up += 1
        count_delay(world, GIVEN_UP, case.begun, week)
    if world.tracks[track_row(case_row, DOSSIER)].adopted == NEVER:
        count_delay(world, NOT_LISTED, case.begun, week)
    world.ended[council.rows_ended] = case_row
    council.rows_ended += 1
    weigh_outcome(world, case_row)


@rule
def write_case(world: Tables, case_row: int) -> None:
    """Write a case and its tracks to the ledger, if one is kept."""
    council = world.council[0]
    if len(world.ledger) == 0:
        return
    if council.ledger_rows >= len(world.ledger):
        council.overflow = 1
        return
    world.ledger[council.ledger_rows] = world.cases[case_row]
    for kind in range(len(TRACKS)):
        world.ledger_tracks[track_row(council.ledger_rows, kind)] = world.tracks[track_row(case_row, kind)]
    council.ledger_rows += 1


@rule
def close_row(world: Tables, case_row: int, week: int) -> None:
    """Write an ended case to the ledger, if one is kept, and free its row: no error comes to light any more."""
    if world.cases[case_row].exposed > week:
        world.cases[case_row].exposed = NEVER
    write_case(world, case_row)
    world.cases[case_row].status = EMPTY
    world.council[0].rows_full = min(world.council[0].rows_full, case_row)
    world.calendar[case_row] = NOTHING_DUE


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
    books.jointly += int(world.tracks[track_row(case_row, JOINT)].adopted == week)
    reacted = world.tracks[track_row(case_row, REACTION)].adopted
    books.reactions += int(reacted == week)
    first = (reacted == week and (case.answered == NEVER or case.answered == week)) or (
        case.answered == week and reacted == NEVER
    )
    books.answered += int(first)


@rule
def come_to_light(world: Tables, case_row: int, week: int) -> None:
    """A wrong attribution comes to light while its case is held: what was done ends, and the error costs trust.

    What was told of the case stands. Credibility falls in the case's class where something had been announced; every
    Member State becomes more cautious, and the innocent party's record shorter.
    """
    case = world.cases[case_row]
    for kind in range(len(TRACKS)):
        track = world.tracks[track_row(case_row, kind)]
        if kind != REACTION and track.expires > week:
            track.expires = week
    if case.intended > 0.0:
        lose_credibility(world, case.severity)
    council = world.council[0]
    council.caution += world.scenario[0].caution_gained * (1.0 - council.caution)
    suspect = world.perpetrators[case.suspect]
    suspect.news = 1
    # of what has faded since, only the rest is taken back
    suspect.cleared += power(world.keep[0].record, week - case.attributed)
    world.books[0].exposed += 1


@rule
def follow_case(world: Tables, case_row: int, week: int) -> None:
    """Let what was decided on one case this week take effect."""
    case = world.cases[case_row]
    count_case(world, case_row, week)
    if case.attributed == week:
        tell_attribution(world, case_row, week)
    for kind in range(len(TRACKS)):
        if world.tracks[track_row(case_row, kind)].adopted == week:
            bring_into_force(world, case_row, kind)
    if case.answered == week:
        count_delay(world, ADOPTED, case.begun, week)
    if world.tracks[track_row(case_row, DOSSIER)].adopted == week:
        count_delay(world, LISTED, case.begun, week)
        # all that are adopted, whenever the act was: a cohort of acts would hold the quick ones alone
        world.books[0].listings += 1
        world.books[0].listing_weeks += week - case.begun
    if case.resolved == week:
        if case.first_national == NEVER:
            count_delay(world, NOT_NATIONAL, case.opened, week)
        if case.attributed != NEVER:
            tell_outcome(world, case_row, week)
        else:
            world.books[0].cold += 1
            count_delay(world, WENT_COLD, case.opened, week)
            tell_impunity(world, case.culprit)
        establish(world, case.culprit)
    if case.exposed == week:
        come_to_light(world, case_row, week)
    for kind in range(len(TRACKS)):
        if world.tracks[track_row(case_row, kind)].expires == week:
            end_measure(world, case_row, kind)
    if (case.status == CLOSED or case.status == ANSWERED) and over(world, case_row, week):
        close_row(world, case_row, week)
    else:
        schedule(world, case_row, week, world.scenario[0].investigation_weeks)


@rule
def take_effect(world: Tables, row: int, week: int) -> None:
    """Let this week's decisions take effect, case by case in the order of the docket, and pay what runs on."""
    council = world.council[row]
    council.rows_ended = 0
    for place in range(council.rows_due):
        follow_case(world, world.due[place], week)
    move_credibility(world, row)
    world.books[0].cost += council.running_cost

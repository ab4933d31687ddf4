"""The investigation of a case: clues come, confidence in a suspect moves, Member States attribute."""

from agents.attribution import clue_reliability, clue_weight, lean, log_odds, logistic
from agents.belief import SEVERE, severity_class
from agents.catalogue import DIMENSIONS, PROXY, STATE
from agents.doctrine import LOOK_BACK
from agents.foundation.compiled import Tables, rule
from agents.foundation.functions import exp, log, real_power
from agents.foundation.randomness import (
    CLUE,
    FRAMED,
    INCIDENT,
    LIGHT,
    NOBODY,
    PUBLISH,
    STANDARD,
    bid,
    draw,
    normal,
    normals,
    waiting_time,
    weekly_rate,
    winner,
    words,
)
from agents.member_state import attributes, publishes
from agents.union.docket import ANSWERING, LATENT, NEVER, OPEN
from agents.union.script import held


@rule
def assess(world: Tables, row: int) -> None:
    """Assess the incident: seven values around the catalogue's, and severity as their weighted power mean."""
    case = world.cases[row]
    catalogue = world.activities[case.activity].dimensions
    scatter, exponent = world.scenario[0].incident_scatter, world.scenario[0].severity_exponent
    severity = 0.0
    for block in range((len(DIMENSIONS) + 3) // 4):
        uniforms = draw(world, case.opened, case.entity, INCIDENT, case.begun, block)
        a, b = normals(uniforms.first, uniforms.second)
        c, d = normals(uniforms.third, uniforms.fourth)
        for place in range(4):
            dimension = 4 * block + place
            if dimension < len(DIMENSIONS):
                deviate = a if place == 0 else b if place == 1 else c if place == 2 else d
                value = min(1.0, max(0.0, catalogue[dimension] + scatter * deviate))
                case.values[dimension] = value
                severity += world.severity_weights[dimension] * real_power(value, exponent)
    case.severity = real_power(severity, 1.0 / exponent)


@rule
def choose_framed(world: Tables, row: int) -> int:
    """Choose the innocent party that false clues point to: able to do it, and likelier the longer its record.

    Investigators with hindsight suspect anybody alike: what they know of the past is weighed in the first suspicion.
    """
    case = world.cases[row]
    required = world.activities[case.activity].required_capability
    usual = 1.0 - world.scenario[0].hindsight  # usual suspects
    word = words(world, case.opened, case.entity, FRAMED, case.begun)[0]
    culprit, perpetrators = case.culprit, world.perpetrators
    least = NOBODY
    for other in range(len(perpetrators)):
        party = perpetrators[other]
        able = (other != culprit) & (party.capability >= required)  # no branch: several parties at once
        least = min(least, bid(word, party.entity, 1.0 + usual * party.record if able else 0.0, other))
    return winner(least)


@rule
def surface(world: Tables, row: int) -> None:
    """Open the case: assess it, and let the records and planted clues set the first suspicion."""
    case = world.cases[row]
    scenario = world.scenario[0]
    case.status = OPEN
    assess(world, row)
    if len(world.phases) > 0 and severity_class(case.severity) == SEVERE:
        world.council[0].severe_by_week[case.opened % LOOK_BACK] += 1
    case.framed = choose_framed(world, row)
    case.publishing = words(world, case.opened, case.entity, PUBLISH, case.begun)[0]
    stealth = world.perpetrators[case.culprit].stealth if case.culprit >= 0 else 0.0
    case.reliability = clue_reliability(world.council[0].skill, stealth)
    case.weight = clue_weight(case.reliability, scenario.overconfidence)
    if scenario.standard_scatter > 0.0:
        case.standard = scattered_standard(world, row)
    if scenario.hindsight == 1:
        suspect_by_rates(world, row)
    else:
        suspect_by_records(world, row)
    wait = draw(world, case.opened, case.entity, CLUE, case.begun).second
    case.next_clue = case.opened + waiting_time(wait, world.council[0].clue_rate)


@rule
def scattered_standard(world: Tables, row: int) -> float:
    """Confidence that the Union requires for a case where its will to attribute varies around the doctrine's."""
    case = world.cases[row]
    uniforms = draw(world, case.opened, case.entity, STANDARD, case.begun)
    deviation = world.scenario[0].standard_scatter * normal(uniforms.first, uniforms.second)
    return logistic(log_odds(world.doctrine[0].attribution_confidence) + deviation)


@rule
def suspect_by_records(world: Tables, row: int) -> None:
    """Let the first suspicion lean on the records of the culprit and the framed party, and on a planted clue."""
    case = world.cases[row]
    scenario = world.scenario[0]
    odds = 0.0
    if case.culprit >= 0:
        other = world.perpetrators[case.framed].record if case.framed >= 0 else 0.0
        odds = lean(world, (1.0 + world.perpetrators[case.culprit].record) / (1.0 + other))
        if case.planted == 1:
            odds -= case.weight
    real = 1.0 - scenario.false_alarm_share
    case.start_culprit = log(max(1e-300, real * logistic(odds)))
    case.start_framed = log(max(1e-300, real * logistic(-odds)))
    case.start_nobody = log(max(1e-300, scenario.false_alarm_share))


@rule
def suspect_by_rates(world: Tables, row: int) -> None:
    """Let the first suspicion be in proportion to how often each party, and nobody, was behind detected cases.

    A false alarm shows two suspects as well, of which one is framed: each pair of them as often as any other.
    """
    case = world.cases[row]
    parties, known = 0, 0.0
    for other in range(len(world.perpetrators)):
        party = world.perpetrators[other]
        if party.capability >= world.activities[case.activity].required_capability:
            parties += 1
            known += 1.0 + party.record
    framed = 1.0 + world.perpetrators[case.framed].record if case.framed >= 0 else 0.0
    if case.culprit >= 0:
        culprit = 1.0 + world.perpetrators[case.culprit].record
    else:
        culprit = (known - framed) / max(1, parties - 1)
    nobody = world.council[0].mistaken / max(1, parties)
    total = max(1e-300, culprit + framed + nobody)
    case.start_culprit = log(max(1e-300, culprit / total)) - case.planted * case.weight
    case.start_framed = log(max(1e-300, framed / total))
    case.start_nobody = log(max(1e-300, nobody / total))


@rule
def take_clue(world: Tables, row: int, week: int) -> bool:
    """Take one clue, which points to the truth with the case's reliability and else to the framed party.

    Where investigators have more cases than they can work on, some clues are followed by nobody. Returns whether this
    one was.
    """
    case = world.cases[row]
    uniforms = draw(world, week, case.entity, CLUE, case.begun)
    case.next_clue = week + waiting_time(uniforms.second, world.council[0].clue_rate)
    if uniforms.fourth >= world.council[0].attention:
        return False
    case.clues += 1
    if uniforms.first >= case.reliability:
        case.clues_framed += 1
    elif case.culprit >= 0:
        case.clues_culprit += 1
        culprit = world.perpetrators[case.culprit]
        if uniforms.third < world.scenario[0].link_evidence * culprit.link:
            case.links = 1
    else:
        case.clues_nobody += 1
    return True


@rule
def weigh(world: Tables, row: int) -> None:
    """Weigh the clues: posterior over culprit, framed party and nobody; a tie leaves no suspect.

    A clue has the assumed reliability under the hypothesis that it points to and its complement under the others.
    Once a party is named, confidence is the posterior of that party.
    """
    case = world.cases[row]
    culprit = case.start_culprit + case.weight * case.clues_culprit
    framed = case.start_framed + case.weight * case.clues_framed
    nobody = case.start_nobody + case.weight * case.clues_nobody
    if world.scenario[0].hindsight == 1:
        framed_stealth = world.perpetrators[case.framed].stealth if case.framed >= 0 else 0.0
        culprit_stealth = world.perpetrators[case.culprit].stealth if case.culprit >= 0 else framed_stealth
        culprit = case.start_culprit + likelihood(world, culprit_stealth, case.clues_culprit, case.clues)
        framed = case.start_framed + likelihood(world, framed_stealth, case.clues_framed, case.clues)
        nobody = case.start_nobody + likelihood(world, 0.0, case.clues_nobody, case.clues)
    if case.attributed == NEVER:
        case.suspect = -1
        if culprit > framed and culprit > nobody:
            case.suspect = case.culprit
        elif framed > culprit and framed > nobody:
            case.suspect = case.framed
    if case.suspect < 0:
        case.confidence = case.state_confidence = 0.0
        return
    own = culprit if case.suspect == case.culprit else framed
    against = exp(min(700.0, nobody - own))
    against += exp(min(700.0, (framed if case.suspect == case.culprit else culprit) - own))
    case.confidence = 1.0 / (1.0 + against)
    kind = world.perpetrators[case.suspect].kind
    linked = 1.0 if kind == STATE else 0.0
    if kind == PROXY and case.suspect == case.culprit:
        linked = float(case.links)
    case.state_confidence = case.confidence * linked


@rule
def likelihood(world: Tables, stealth: float, pointing: int, clues: int) -> float:
    """Log-likelihood of the clues of a case if a party of this stealth did it: so many point to it, the rest do not."""
    reliability = clue_reliability(world.council[0].skill, stealth)
    weight = clue_weight(reliability, world.scenario[0].overconfidence)
    return weight * pointing - clues * log(1.0 + exp(weight))


@rule
def attribute_nationally(world: Tables, row: int, week: int) -> None:
    """Let Member States whose standard is newly met say in public, or not, whom they hold responsible."""
    case = world.cases[row]
    council = world.council[0]
    certainty = log_odds(case.confidence)
    reached = certainty - council.caution
    if reached < council.lowest_standard or reached <= case.persuaded:
        return
    named = 0
    for member in range(len(world.member_states)):
        newly = attributes(world, member, certainty) & (world.member_states[member].standard > case.persuaded)
        named += int(newly & publishes(world, member, row))
    case.persuaded = reached
    if named > 0 and case.first_national == NEVER:
        case.first_national = week
        case.first_national_right = int(case.suspect == case.culprit)
    case.national += named


@rule
def attribute_jointly(world: Tables, row: int, week: int) -> None:
    """Attribute jointly, within the window, where the standards of all Member States are met on the state behind it.

    Silence of all is needed under every voting rule; and something must be intended, or there is no toolbox.
    """
    case = world.cases[row]
    council = world.council[0]
    if case.joint != NEVER or case.attributed == NEVER or case.state_confidence <= 0.0:
        return
    if week > case.attributed + world.scenario[0].answer_window or world.doctrine[0].firmness <= 0.0:
        return
    if log_odds(case.state_confidence) >= council.highest_standard + council.caution:
        case.joint = week


@rule
def attribute(world: Tables, row: int, week: int) -> None:
    """Attribute to the suspect; where that is wrong, draw when it would come to light."""
    case = world.cases[row]
    case.attributed = week
    case.right = int(case.suspect == case.culprit)
    chance = world.scenario[0].exposure_rate
    if case.right == 0 and chance > 0.0:
        uniform = draw(world, week, case.entity, LIGHT, case.begun).first
        case.exposed = week + waiting_time(uniform, weekly_rate(chance))


@rule
def investigate(world: Tables, row: int, week: int) -> None:
    """Open a case that surfaces; follow the clue that has come, if one has, to confidence and attribution."""
    case = world.cases[row]
    if case.status == LATENT and week >= case.opened:
        surface(world, row)
        return
    if (case.status != OPEN and case.status != ANSWERING) or week != case.next_clue:
        return
    if week - case.opened > world.scenario[0].investigation_weeks or not take_clue(world, row, week):
        return
    weigh(world, row)
    if case.suspect < 0:
        return
    convincing = case.attributed == NEVER and case.confidence >= case.standard - 1e-12
    if convincing and not held(world, row, week):
        attribute(world, row, week)
    attribute_nationally(world, row, week)
    attribute_jointly(world, row, week)

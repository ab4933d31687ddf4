"""What a perpetrator expects of an activity, and what it then chooses."""

import math

from agents.attribution import (
    clue_reliability,
    clue_weight,
    lean,
    logistic,
    prior_log_odds,
    ratios_kept,
    ruin_in_time,
    steps_to,
)
from agents.belief import fears, of_class
from agents.foundation.choice_rules import best_response, logit, probit
from agents.foundation.compiled import Tables, rule
from agents.foundation.functions import exp
from agents.scenario import BEST_RESPONSE, LOGIT, PROBIT


@rule
def effective_capability(world: Tables, row: int) -> float:
    """Capability under the pressure of measures in force (incapacitation), and with new tools less at hand."""
    perpetrator = world.perpetrators[row]
    own = perpetrator.capability * (1.0 - world.scenario[0].retooling_cost * perpetrator.retooled)
    if world.switches[0].incapacitation == 0 or perpetrator.pressure <= 0.0:
        return own
    return own * exp(-world.scenario[0].incapacitation * perpetrator.pressure)


@rule
def success_probability(world: Tables, capability: float, resilience: float) -> float:
    """Probability that an activity succeeds: logistic in capability minus resilience (denial)."""
    scenario = world.scenario[0]
    faced = resilience if world.switches[0].denial == 1 else 0.0
    return logistic(scenario.success_slope * (capability - faced + scenario.success_margin))


@rule
def expected_resilience(world: Tables, row: int) -> float:
    """Mean resilience of the victims that this perpetrator would meet, weighted as it would choose among them."""
    victims, pull = world.victims, world.pull[row]
    weights = total = 0.0
    for victim in range(len(victims)):
        resilience = victims[victim].resilience
        weight = pull[victim] * (1.0 - resilience)
        weights += weight
        total += weight * resilience
    return total / weights if weights > 0.0 else 1.0


@rule
def attribution_odds(world: Tables, row: int) -> float:
    """Probability that a detected activity is attributed to this perpetrator before its case goes cold.

    The gambler's ruin between its own name and another's, started where the records lean, limited in time. The other
    suspect stands for all others, weighted as investigators would meet them; the false-alarm hypothesis enters the
    start alone. Own experience then corrects it, as the mean of a beta distribution whose prior mean it is.
    """
    perpetrator = world.perpetrators[row]
    scenario = world.scenario[0]
    council = world.council[0]
    own_weight = 1.0 + perpetrator.record
    others = council.suspect_weight - own_weight
    other_record = (council.suspect_record - own_weight * perpetrator.record) / others if others > 1e-9 else 0.0
    ratio = (1.0 + perpetrator.record) / (1.0 + max(0.0, other_record))
    reliability = clue_reliability(council.skill, perpetrator.stealth)
    same = reliability == perpetrator.clue_reliability and council.attention == perpetrator.attention
    if not same or ratio < perpetrator.ratio_low or ratio >= perpetrator.ratio_high:
        expect_clues(world, row, reliability, ratio)
    prior = scenario.attribution_experience
    seen = prior + perpetrator.seen_named + perpetrator.seen_cold
    if seen <= 0.0:
        return perpetrator.named_in_time
    return (prior * perpetrator.named_in_time + perpetrator.seen_named) / seen


@rule
def expect_clues(world: Tables, row: int, reliability: float, ratio: float) -> None:
    """Work out the odds of being named in time, and between which ratios of records they stay as they are."""
    perpetrator = world.perpetrators[row]
    council = world.council[0]
    weight = clue_weight(reliability, world.scenario[0].overconfidence)
    odds = exp(lean(world, ratio))
    up = steps_to(council.standard, weight, prior_log_odds(world, 1.0 / odds))
    down = steps_to(council.standard, weight, prior_log_odds(world, odds))
    perpetrator.clue_reliability, perpetrator.attention = reliability, council.attention
    perpetrator.clue_weight, perpetrator.steps_up, perpetrator.steps_down = weight, up, down
    perpetrator.ratio_low, perpetrator.ratio_high = ratios_kept(world, weight, up, down)
    perpetrator.named_in_time = ruin_in_time(
        reliability, up, down, council.clue_probability * council.attention, world.scenario[0].investigation_weeks
    )


@rule
def felt_bite(world: Tables, row: int) -> float:
    """Disutility of one more unit of bite: the more is in force, the less is left to lose (saturation)."""
    perpetrator = world.perpetrators[row]
    return perpetrator.sensitivity * exp(-world.scenario[0].saturation * perpetrator.pressure)


@rule
def stake_of(world: Tables, row: int) -> float:
    """Share of the harm to the EU that falls back on its author (entanglement)."""
    return world.perpetrators[row].entanglement if world.switches[0].entanglement == 1 else 0.0


@rule
def regard_of(world: Tables, row: int) -> float:
    """Disutility, per unit of severity, of breaking norms as strong as they are (norms)."""
    return world.perpetrators[row].norm_regard * world.council[0].norm_strength if world.switches[0].norms == 1 else 0.0


@rule
def grievance_of(world: Tables, row: int) -> float:
    """Utility, per unit of severity, of retaliating (grievance)."""
    return world.perpetrators[row].grievance if world.switches[0].grievance == 1 else 0.0


@rule
def mix_in_experience(world: Tables, row: int) -> None:
    """Mix the utilities believed with the attraction that experience has given each activity: at first the same.

    Also of what is beyond the perpetrator: it may be in reach later.
    """
    utilities, share = world.at_least[row], world.scenario[0].experience
    for rung in range(1, len(utilities)):
        world.believed[row, rung] = utilities[rung]
        if world.perpetrators[row].experience < 0.0:
            world.attraction[row, rung] = utilities[rung]
        utilities[rung] = (1.0 - share) * utilities[rung] + share * world.attraction[row, rung]
    if world.perpetrators[row].experience < 0.0:
        world.perpetrators[row].experience = world.scenario[0].experience_prior


@rule
def choice_probabilities(world: Tables, row: int, week: int) -> None:
    """Write P(at least rung k) for every activity into `world.at_least[row]`; rungs are in order of severity."""
    perpetrator = world.perpetrators[row]
    scenario = world.scenario[0]
    capability = effective_capability(world, row)
    success = success_probability(world, capability, expected_resilience(world, row))
    mild = serious = severe = 0.0
    if world.switches[0].punishment == 1:
        mild, serious, severe = fears(world, row)
    punished = mild > 0.0 or serious > 0.0 or severe > 0.0
    seen = scenario.detection * attribution_odds(world, row) if punished else 0.0
    felt = felt_bite(world, row) if punished else 0.0
    blame = scenario.blame_replaced * perpetrator.blame
    stake, motive = stake_of(world, row), grievance_of(world, row) - regard_of(world, row)
    skill_cost = 1.0 - 0.5 * capability
    kind, precision = perpetrator.kind, perpetrator.rationality
    if scenario.choice_rule == BEST_RESPONSE:
        precision = 1.0
    activities, odds = world.activities, world.at_least[row]  # utilities, then probabilities
    rungs = len(activities)
    # Short loops without branches: several rungs at once.
    for rung in range(1, rungs):
        activity = activities[rung]
        gain = activity.motive[kind] * success - activity.cost * skill_cost - stake * activity.harm
        bite = felt * of_class(activity.severity, mild, serious, severe) * (activity.visibility * seen - blame)
        odds[rung] = gain + (motive - bite) * activity.severity
    if scenario.experience > 0.0:
        mix_in_experience(world, row)
    for rung in range(1, rungs):
        odds[rung] = precision * odds[rung] if capability >= activities[rung].required_capability else -math.inf
    if scenario.choice_rule == LOGIT:
        logit(odds)
    elif scenario.choice_rule == PROBIT:
        probit(odds, world.scratch)
    else:
        best_response(odds, scenario.tremble)
    perpetrator.success = success

"""What a perpetrator expects of an activity, and how it chooses: logit quantal response (McKelvey & Palfrey 1995)."""

import math

from agents.attribution import (
    clue_reliability,
    clue_weight,
    lean,
    logistic,
    prior_log_odds,
    ruin_in_time,
    steps_to,
)
from agents.belief import fears, of_class
from agents.foundation.compiled import Tables, rule


@rule
def effective_capability(world: Tables, row: int) -> float:
    """Capability under the pressure of measures in force (incapacitation), and with new tools less at hand."""
    perpetrator = world.perpetrators[row]
    own = perpetrator.capability * (1.0 - world.scenario[0].retooling_cost * perpetrator.retooled)
    if world.switches[0].incapacitation == 0 or perpetrator.pressure <= 0.0:
        return own
    return own * math.exp(-world.scenario[0].incapacitation * perpetrator.pressure)


@rule
def success_probability(world: Tables, capability: float, resilience: float) -> float:
    """Probability that an activity succeeds: logistic in capability minus resilience (denial)."""
    scenario = world.scenario[0]
    faced = resilience if world.switches[0].denial == 1 else 0.0
    return logistic(scenario.success_slope * (capability - faced + scenario.success_margin))


@rule
def expected_resilience(world: Tables, row: int) -> float:
    """Mean resilience of the victims that this perpetrator would meet, weighted as it would choose among them."""
    weights = 0.0
    total = 0.0
    for victim in range(len(world.victims)):
        resilience = world.victims[victim].resilience
        weight = world.pull[row, victim] * (1.0 - resilience)
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
    odds = math.exp(lean(world, perpetrator.record, max(0.0, other_record)))
    reliability = clue_reliability(council.skill, perpetrator.stealth)
    changed = reliability != perpetrator.clue_reliability or council.attention != perpetrator.attention
    if changed:
        perpetrator.clue_reliability = reliability
        perpetrator.attention = council.attention
        perpetrator.clue_weight = clue_weight(reliability, scenario.overconfidence)
    up = steps_to(council.standard, perpetrator.clue_weight, prior_log_odds(world, 1.0 / odds))
    down = steps_to(council.standard, perpetrator.clue_weight, prior_log_odds(world, odds))
    if changed or up != perpetrator.steps_up or down != perpetrator.steps_down:
        perpetrator.steps_up = up
        perpetrator.steps_down = down
        perpetrator.named_in_time = ruin_in_time(
            reliability, up, down, council.clue_probability * council.attention, scenario.investigation_weeks
        )
    prior = scenario.attribution_experience
    seen = prior + perpetrator.seen_named + perpetrator.seen_cold
    if seen <= 0.0:
        return perpetrator.named_in_time
    return (prior * perpetrator.named_in_time + perpetrator.seen_named) / seen


@rule
def felt_bite(world: Tables, row: int) -> float:
    """Disutility of one more unit of bite: the more is in force, the less is left to lose (saturation)."""
    perpetrator = world.perpetrators[row]
    return perpetrator.sensitivity * math.exp(-world.scenario[0].saturation * perpetrator.pressure)


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
def with_experience(world: Tables, row: int, rung: int, utility: float) -> float:
    """Utility mixed with the attraction that experience has given an activity: at first the utility believed."""
    world.believed[row, rung] = utility
    if world.perpetrators[row].experience < 0.0:
        world.attraction[row, rung] = utility
    share = world.scenario[0].experience
    return (1.0 - share) * utility + share * world.attraction[row, rung]


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
    named = attribution_odds(world, row) if punished else 0.0
    felt = felt_bite(world, row) if punished else 0.0
    blame = scenario.blame_replaced * perpetrator.blame
    stake, regard, grievance = stake_of(world, row), regard_of(world, row), grievance_of(world, row)
    skill_cost = 1.0 - 0.5 * capability
    odds = world.at_least[row]
    rungs = len(world.activities)
    best = 0.0
    odds[0] = 0.0  # restraint is the zero of utility
    for rung in range(1, rungs):
        activity = world.activities[rung]
        severity = activity.severity
        utility = activity.motive[perpetrator.kind] * success - activity.cost * skill_cost - stake * activity.harm
        utility += (grievance - regard) * severity
        bite = of_class(severity, mild, serious, severe)
        if punished:
            utility -= felt * bite * severity * (activity.visibility * scenario.detection * named - blame)
        if scenario.experience > 0.0:
            utility = with_experience(world, row, rung, utility)  # also of what is beyond it: it may be in reach later
        if capability < activity.required_capability:
            odds[rung] = -math.inf
            continue
        odds[rung] = perpetrator.rationality * utility
        best = max(best, odds[rung])
    total = 0.0
    for rung in range(rungs - 1, -1, -1):
        total += math.exp(max(-700.0, odds[rung] - best)) if odds[rung] > -math.inf else 0.0
        odds[rung] = total
    share = 1.0 / total
    odds[0] = 1.0
    for rung in range(1, rungs):
        odds[rung] = min(1.0, odds[rung] * share)
    perpetrator.success = success
    if scenario.experience > 0.0 and perpetrator.experience < 0.0:
        perpetrator.experience = scenario.experience_prior

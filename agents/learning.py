"""How adversaries adapt, where the scenario says that they do: from what paid, from others, and by retooling.

Experience-weighted attraction (Camerer & Ho 1999) as averages of payoffs: what was done counts in full, what was not
done counts less and at the utility believed of it. All of it is off in the shipped scenarios.
"""

from agents.choice import effective_capability, felt_bite, grievance_of, regard_of, stake_of
from agents.foundation.compiled import Tables, rule


@rule
def payoff(world: Tables, row: int, rung: int, succeeded: int) -> float:
    """Utility of an activity once it is known whether it succeeded; punishment is taken when it comes."""
    perpetrator = world.perpetrators[row]
    if rung == 0:
        return 0.0
    activity = world.activities[rung]
    gain = activity.motive[perpetrator.kind] if succeeded == 1 else 0.0
    gain -= activity.cost * (1.0 - 0.5 * effective_capability(world, row)) + stake_of(world, row) * activity.harm
    return gain + (grievance_of(world, row) - regard_of(world, row)) * activity.severity


@rule
def gain_experience(world: Tables, row: int) -> None:
    """Learn from the week's opportunity what each activity is worth, and from what paid for others of one's kind."""
    perpetrator = world.perpetrators[row]
    scenario = world.scenario[0]
    if perpetrator.experience < 0.0:
        return
    if perpetrator.activity >= 0:
        perpetrator.experience = scenario.experience_kept * perpetrator.experience + 1.0
        capability = effective_capability(world, row)
        for rung in range(1, len(world.activities)):
            if capability < world.activities[rung].required_capability:
                continue
            weight, worth = scenario.foregone, world.believed[row, rung]
            if rung == perpetrator.activity:
                weight, worth = 1.0, payoff(world, row, rung, perpetrator.succeeded)
            move_attraction(world, row, rung, weight, worth)
    if scenario.imitation > 0.0:
        imitate(world, row)


@rule
def imitate(world: Tables, row: int) -> None:
    """Take what this week's acts brought others of one's kind as what they would bring oneself, at a lower weight."""
    for place in range(world.council[0].rows_met):
        other = world.perpetrators[world.met[place]]
        if world.met[place] != row and other.activity > 0 and other.kind == world.perpetrators[row].kind:
            worth = payoff(world, row, other.activity, other.succeeded)
            move_attraction(world, row, other.activity, world.scenario[0].imitation, worth)


@rule
def move_attraction(world: Tables, row: int, rung: int, weight: float, worth: float) -> None:
    """Move the attraction of an activity towards what it was worth."""
    step = min(1.0, weight / world.perpetrators[row].experience)
    world.attraction[row, rung] += step * (worth - world.attraction[row, rung])


@rule
def regret(world: Tables, row: int, rung: int, bite: float) -> None:
    """Hold the bite of a measure against the activity that brought it, by how much it hurts now."""
    perpetrator = world.perpetrators[row]
    if world.scenario[0].experience <= 0.0 or perpetrator.experience < 0.0 or world.switches[0].punishment == 0:
        return
    world.attraction[row, rung] -= felt_bite(world, row) * bite / max(1.0, perpetrator.experience)


@rule
def retool(world: Tables, row: int, named: int) -> None:
    """On being named change tools: stealthier, a little less capable, and back again as new tools become known."""
    scenario = world.scenario[0]
    perpetrator = world.perpetrators[row]
    perpetrator.retooled *= world.keep[0].retooled
    if named > 0:
        perpetrator.retooled += scenario.retooling * (1.0 - perpetrator.retooled)
    perpetrator.stealth = perpetrator.base_stealth + perpetrator.retooled * (1.0 - perpetrator.base_stealth)

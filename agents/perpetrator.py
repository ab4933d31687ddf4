"""Perpetrators: states, proxies, criminals and hacktivists that decide on malicious cyber activities."""

import math
from typing import Any

from agents.attribution import log_odds, logistic
from agents.catalogue import STATE
from agents.choice import choice_probabilities, effective_capability, success_probability
from agents.foundation.columns import Columns, Face, integer, natural, real
from agents.foundation.compiled import Tables, inlined, rule
from agents.foundation.randomness import (
    CHOICE,
    OPPORTUNITY,
    OUTCOME,
    PERPETRATOR_TRAIT,
    TARGET,
    TENSION,
    draw,
    draw_from,
    normal,
    normals,
    pair,
    race,
    stream,
    waiting_time,
)

UNIT_TRAITS = (
    "capability",
    "stealth",
    "entanglement",
    "norm_regard",
    "discount",
    "tolerance",
    "tension_persistence",
    "link",
)
POSITIVE_TRAITS = ("tempo", "rationality", "sensitivity", "tension_volatility")
REAL_TRAITS = ("ambiguity_attitude",)
TRAITS = UNIT_TRAITS + POSITIVE_TRAITS + REAL_TRAITS
"""Traits: those in the unit interval are drawn logit-normally, positive ones log-normally, real ones normally."""

UPWARD_WEEKS = 26
"""Weeks within which a higher rung against the same victim counts as upward escalation (182 days, as in DCID)."""

PRIOR = Columns(
    **{trait: real(f"median of {trait} around the archetype") for trait in TRAITS},
    **{f"{trait}_spread": real(f"spread of {trait} (log-odds, log or plain scale)") for trait in TRAITS},
)

PERPETRATOR = Columns(
    # read every week: keep them in one cache line
    entity=natural("number under which it draws"),
    kind=integer("code in KINDS"),
    home=integer("row of the state whose tension drives it: itself, its sponsor or its harbour"),
    tempo=real("opportunities a week at zero tension"),
    opportunity=integer("1 where it has an opportunity"),
    suppressed=integer("1 where pressure on its harbour took the opportunity away"),
    activity=integer("row of the activity chosen; −1: no opportunity"),
    surfaces=integer("week in which the activity is detected; −1: never"),
    # changing state
    grievance=real("motive to retaliate, utility per unit of severity"),
    evidence_weight=real("precision of the evidence about fulfilment"),
    evidence_sum=real("evidence about fulfilment times its precision"),
    seen_named=real("own detected cases that it saw rightly attributed (fading)"),
    seen_cold=real("own detected cases that it saw go cold or fall on another (fading)"),
    blame=real("learned weekly rate of being blamed for what others did"),
    record=real("the EU's fading count of cases attributed to it"),
    diligence=real("how far it acts against groups on its territory, 0 to 1 (states)"),
    pressure=real("bite of measures in force"),
    in_force=integer("measures in force against it"),
    # what this week's decisions brought it
    news=integer("1 where they brought it anything"),
    bite_excess=real("part of it beyond what it holds justified"),
    calmed=real("share of grievance calmed this week"),
    outcome_weight=real("own attributed cases that ended this week"),
    outcome_sum=real("bite delivered per bite announced, summed over them"),
    adoptions=integer("measures adopted against it this week on attributed cases"),
    adoption_delay=integer("weeks from act to adoption, summed over them"),
    named=integer("cases attributed to it this week"),
    blamed=integer("cases wrongly attributed to it this week"),
    named_rightly=integer("own cases attributed to it this week"),
    gone_cold=integer("own cases that went cold, or fell on another, this week"),
    # tension (states)
    tension=real("exogenous tension with the EU (states)"),
    activation=real("factor on tempo: exp(tension) (states)"),
    tension_persistence=real("weekly autocorrelation of tension, 0 to 1"),
    tension_innovation=real("standard deviation of a week's change of tension"),
    # who it is
    sponsor=integer("row of the sponsoring state; −1: none"),
    harbour=integer("row of the state that harbours it; −1: none"),
    # traits, drawn once a run
    capability=real("reach and skill, 0 to 1"),
    stealth=real("how well it hides its authorship, 0 to 1"),
    rationality=real("precision of its quantal response, per unit of utility"),
    sensitivity=real("disutility of one unit of bite, utility"),
    entanglement=real("share of the harm to the EU that falls back on it, 0 to 1"),
    norm_regard=real("disutility of breaking a norm of full strength, per unit of severity"),
    ambiguity_attitude=real("standard deviations added to the expected fulfilment: above 0 averse to ambiguity"),
    log_discount=real("logarithm of the weekly discount factor"),
    tolerance=real("share of opportunities that it leaves to groups it harbours under full pressure, 0 to 1"),
    link=real("strength of the link to its sponsor, 0 to 1"),
    # what it expects
    perceived_delay=real("weeks it expects from act to bite"),
    clue_reliability=real("probability that a clue about its activity points to it"),
    clue_weight=real("log-odds that investigators give to such a clue"),
    steps_up=integer("clues in a row that would name it"),
    steps_down=integer("clues in a row that would name another"),
    named_in_time=real("closed-form probability that a detected activity is attributed to it in time"),
    # this week's activity
    urge=real("the uniform that chooses the activity"),
    success=real("probability that its activity succeeds"),
    victim=integer("victim of the activity; Member States first, then partners; −1: none"),
    succeeded=integer("1 where the activity succeeded"),
    planted=integer("1 where it planted a clue against the framed party"),
)


@rule
def around_unit(median: float, spread: float, deviate: float) -> float:
    """A trait in the unit interval, logit-normal around its median."""
    if median <= 0.0 or median >= 1.0:
        return median
    return logistic(log_odds(median) + spread * deviate)


@rule
def around_positive(median: float, spread: float, deviate: float) -> float:
    """A positive trait, log-normal around its median."""
    return median * math.exp(spread * deviate)


@rule
def draw_traits(world: Tables, row: int, week: int) -> None:
    """Draw this run's traits around the archetype, and start at rest."""
    perpetrator = world.perpetrators[row]
    prior = world.priors[row]
    scenario = world.scenario[0]
    first = draw(world, week, perpetrator.entity, PERPETRATOR_TRAIT, 0, 0)
    second = draw(world, week, perpetrator.entity, PERPETRATOR_TRAIT, 0, 1)
    third = draw(world, week, perpetrator.entity, PERPETRATOR_TRAIT, 0, 2)
    fourth = draw(world, week, perpetrator.entity, PERPETRATOR_TRAIT, 0, 3)
    a, b = normals(first.first, first.second)
    c, d = normals(first.third, first.fourth)
    perpetrator.capability = around_unit(prior.capability, prior.capability_spread, a)
    perpetrator.stealth = around_unit(prior.stealth, prior.stealth_spread, b)
    perpetrator.entanglement = around_unit(prior.entanglement, prior.entanglement_spread, c)
    perpetrator.norm_regard = around_unit(prior.norm_regard, prior.norm_regard_spread, d)
    a, b = normals(second.first, second.second)
    c, d = normals(second.third, second.fourth)
    perpetrator.log_discount = math.log(max(1e-12, around_unit(prior.discount, prior.discount_spread, a)))
    perpetrator.tolerance = around_unit(prior.tolerance, prior.tolerance_spread, b)
    keep = around_unit(prior.tension_persistence, prior.tension_persistence_spread, c)
    perpetrator.tension_persistence = keep
    perpetrator.link = around_unit(prior.link, prior.link_spread, d)
    a, b = normals(third.first, third.second)
    c, d = normals(third.third, third.fourth)
    perpetrator.tempo = around_positive(prior.tempo, prior.tempo_spread, a)
    perpetrator.rationality = around_positive(prior.rationality, prior.rationality_spread, b)
    perpetrator.sensitivity = around_positive(prior.sensitivity, prior.sensitivity_spread, c)
    volatility = around_positive(prior.tension_volatility, prior.tension_volatility_spread, d)
    perpetrator.tension_innovation = volatility * math.sqrt(1.0 - keep * keep)
    a, b = normals(fourth.first, fourth.second)
    perpetrator.ambiguity_attitude = prior.ambiguity_attitude + prior.ambiguity_attitude_spread * a
    perpetrator.tension = volatility * b
    perpetrator.activation = math.exp(perpetrator.tension)
    perpetrator.perceived_delay = scenario.prior_delay
    perpetrator.activity = -1


@inlined
def feel_tension(world: Tables, row: int, week: int) -> None:
    """Move a state's exogenous tension one week (first-order autoregression), the same in every world."""
    perpetrator = world.perpetrators[row]
    if perpetrator.kind != STATE or week == 0:
        return
    uniforms = draw(world, week, perpetrator.entity, TENSION)
    deviate = normal(uniforms.first, uniforms.second)
    kept = perpetrator.tension_persistence * perpetrator.tension
    perpetrator.tension = kept + perpetrator.tension_innovation * deviate
    perpetrator.activation = math.exp(perpetrator.tension)


@rule
def hear(world: Tables, row: int, week: int) -> None:
    """Take the EU's announcement as a signal of its credibility: the clearer, the more precise."""
    council = world.council[0]
    if council.signal_weight > 0.0:
        perpetrator = world.perpetrators[row]
        perpetrator.evidence_weight += council.signal_weight
        perpetrator.evidence_sum += council.signal_weight * council.credibility


@inlined
def meet(world: Tables, row: int, week: int) -> None:
    """Meet an opportunity or not: with probability 1 − exp(−tempo · exp(tension)), the same in every world."""
    perpetrator = world.perpetrators[row]
    uniform = draw(world, week, perpetrator.entity, OPPORTUNITY).first
    rate = perpetrator.tempo * world.perpetrators[perpetrator.home].activation
    # 1 − exp(−rate) is at most rate: most weeks are settled without the exponential.
    begin_week(world, row, uniform < rate and uniform < 1.0 - math.exp(-rate))


@inlined
def begin_week(world: Tables, row: int, opportunity: bool) -> None:
    """Begin a week with or without an opportunity, and with nothing chosen yet."""
    perpetrator = world.perpetrators[row]
    perpetrator.opportunity = int(opportunity)
    perpetrator.suppressed = 0
    perpetrator.activity = -1


@rule
def choose(world: Tables, row: int, week: int) -> None:
    """Choose an activity by logit quantal response, if an opportunity was met and the harbour lets it pass.

    The inverse of the distribution over rungs in order of severity: the same uniform gives the more severe activity in
    the world where severe activities are likelier.
    """
    perpetrator = world.perpetrators[row]
    if perpetrator.opportunity == 0:
        return
    uniforms = draw(world, week, perpetrator.entity, CHOICE)
    if perpetrator.harbour >= 0:
        harbour = world.perpetrators[perpetrator.harbour]
        if uniforms.first >= 1.0 - harbour.diligence * (1.0 - harbour.tolerance):
            perpetrator.suppressed = 1
            return
    choice_probabilities(world, row, week)
    perpetrator.urge = uniforms.second
    rung = len(world.activities) - 1
    while rung > 0 and uniforms.second < 1.0 - world.at_least[row, rung]:
        rung -= 1
    perpetrator.activity = rung


@rule
def choose_victim(world: Tables, row: int, week: int) -> int:
    """Choose among victims by exposure, affinity and weakness: an exponential race, one draw for each."""
    who = world.perpetrators[row].entity
    source = stream(world, week, TARGET)
    victims, pull = world.victims, world.pull[row]
    for victim in range(len(victims)):
        party = victims[victim]
        world.weights[victim] = pull[victim] * (1.0 - party.resilience)
        world.lots[victim] = draw_from(source, pair(who, party.entity)).first
    return race(world, len(victims))


@rule
def act(world: Tables, row: int, week: int) -> None:
    """Carry out the chosen activity: a victim, success or failure, detection now, later or never."""
    perpetrator = world.perpetrators[row]
    if perpetrator.activity <= 0:
        return
    perpetrator.surfaces = -1
    activity = world.activities[perpetrator.activity]
    victim = choose_victim(world, row, week)
    perpetrator.victim = victim
    uniforms = draw(world, week, perpetrator.entity, OUTCOME)
    resilience = world.victims[victim].resilience
    perpetrator.succeeded = int(
        uniforms.first < success_probability(world, effective_capability(world, row), resilience)
    )
    since = week - world.last_week[row, victim]
    if since <= UPWARD_WEEKS and perpetrator.activity > world.last_rung[row, victim]:
        world.books[0].upward += 1
    world.last_week[row, victim] = week
    world.last_rung[row, victim] = perpetrator.activity
    if uniforms.second < activity.visibility * world.scenario[0].detection:
        perpetrator.surfaces = week + waiting_time(uniforms.third, activity.surfacing) - 1
        perpetrator.planted = int(uniforms.fourth < world.scenario[0].false_flag * perpetrator.stealth)


@inlined
def learn(world: Tables, row: int, week: int) -> None:
    """Forget a little, and learn from the week: grievance, belief, delay, experience of attribution, blame."""
    perpetrator = world.perpetrators[row]
    council = world.council[0]
    keep = world.keep[0]
    perpetrator.grievance *= keep.grievance
    perpetrator.evidence_weight *= keep.memory
    perpetrator.evidence_sum *= keep.memory
    perpetrator.seen_named *= keep.memory
    perpetrator.seen_cold *= keep.memory
    perpetrator.record *= keep.record
    perpetrator.blame *= keep.blame
    if perpetrator.news == 1 or council.outcome_weight > 0.0:
        take_in(world, row)
    perpetrator.grievance *= 1.0 - council.programme_calming
    if perpetrator.kind == STATE:
        level = min(1.0, world.doctrine[0].due_diligence + council.programme_diligence)
        perpetrator.diligence = level + (perpetrator.diligence - level) * keep.diligence


@rule
def take_in(world: Tables, row: int) -> None:
    """Take in what this week's decisions brought it, and what all can see of what they brought others."""
    perpetrator = world.perpetrators[row]
    scenario = world.scenario[0]
    council = world.council[0]
    perpetrator.grievance += scenario.grievance_gain * perpetrator.bite_excess
    perpetrator.grievance *= 1.0 - perpetrator.calmed
    others = council.outcome_weight - perpetrator.outcome_weight
    weight = perpetrator.outcome_weight + scenario.spillover * others
    outcome = perpetrator.outcome_sum + scenario.spillover * (council.outcome_sum - perpetrator.outcome_sum)
    perpetrator.evidence_weight += scenario.outcome_precision * weight
    perpetrator.evidence_sum += scenario.outcome_precision * outcome
    if council.adoptions > 0:
        weight = perpetrator.adoptions + scenario.spillover * (council.adoptions - perpetrator.adoptions)
        delay = perpetrator.adoption_delay + scenario.spillover * (council.adoption_delay - perpetrator.adoption_delay)
        if weight > 0.0:
            step = min(1.0, scenario.learning_rate * weight)
            perpetrator.perceived_delay += step * (delay / weight - perpetrator.perceived_delay)
    perpetrator.seen_named += perpetrator.named_rightly
    perpetrator.seen_cold += perpetrator.gone_cold
    perpetrator.blame += scenario.learning_rate * perpetrator.blamed
    perpetrator.record += perpetrator.named
    forget_week(world, row)


@rule
def forget_week(world: Tables, row: int) -> None:
    """Clear what the week brought."""
    perpetrator = world.perpetrators[row]
    perpetrator.news = 0
    perpetrator.bite_excess = 0.0
    perpetrator.calmed = 0.0
    perpetrator.outcome_weight = 0.0
    perpetrator.outcome_sum = 0.0
    perpetrator.adoptions = 0
    perpetrator.adoption_delay = 0
    perpetrator.named = 0
    perpetrator.blamed = 0
    perpetrator.named_rightly = 0
    perpetrator.gone_cold = 0


class Perpetrator(Face, table="perpetrators", columns=PERPETRATOR):
    """Acts when an opportunity comes and the expected gain, by quantal response, outweighs what it expects to suffer.

    Attributes are the columns of `PERPETRATOR`; `name`, `title` and `kind_name` say who it is.
    """

    def __init__(self, model: Any, row: int, name: str = "", title: str = "", kind_name: str = "") -> None:
        super().__init__(model, row)
        self.name, self.title, self.kind_name = name, title, kind_name

    def feel_tension(self) -> None:
        """Let the tension of its state move by a week (AR(1))."""
        self.apply(feel_tension)

    def hear(self) -> None:
        """Hear the EU's announcement."""
        self.apply(hear)

    def meet(self) -> None:
        """Meet an opportunity, or not."""
        self.apply(meet)

    def choose(self) -> None:
        """Choose this week's activity."""
        self.apply(choose)

    def act(self) -> None:
        """Carry out the activity chosen: victim, success or failure, detection."""
        self.apply(act)

    def learn(self) -> None:
        """Learn from the week: grievance, belief, delay, experience of attribution, blame."""
        self.apply(learn)

"""Perpetrators: states, proxies, criminals and hacktivists that decide on malicious cyber activities."""

import math
from typing import Any

from agents.attribution import log_odds, logistic
from agents.belief import forget_evidence, hear, observe
from agents.catalogue import STATE
from agents.choice import choice_probabilities, effective_capability, success_probability
from agents.foundation.columns import Columns, Face, integer, natural, real
from agents.foundation.compiled import Tables, inlined, rule
from agents.foundation.functions import exp, log
from agents.foundation.randomness import (
    CHOICE,
    NOBODY,
    OPPORTUNITY,
    OUTCOME,
    PERPETRATOR_TRAIT,
    TARGET,
    TENSION,
    bid,
    draw,
    exponential,
    normals,
    unit,
    waiting_time,
    winner,
    words,
)
from agents.learning import gain_experience, retool
from agents.union.tracks import delivered

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

PRIOR = Columns(
    **{trait: real(f"median of {trait} around the archetype") for trait in TRAITS},
    **{f"{trait}_spread": real(f"spread of {trait} (log-odds, log or plain scale)") for trait in TRAITS},
)

SHOCKS = 4
"""Weeks whose shocks to a state's tension come from one draw."""

PERPETRATOR = Columns(
    # read every week: keep them in one cache line
    entity=natural("number under which it draws"),
    kind=integer("code in KINDS"),
    home=integer("row of the state whose tension drives it: itself, its sponsor or its harbour"),
    tempo=real("opportunities a week at zero tension"),
    opportunity=integer("1 if it has an opportunity"),
    suppressed=integer("1 if pressure on its harbour took the opportunity away"),
    activity=integer("row of the activity chosen; −1: no opportunity"),
    patience=real("what is left of the standard exponential that the rates of weeks use up until an opportunity comes"),
    encounters=integer("opportunities waited for so far: what the next is drawn under, in place of a week"),
    surfaces=integer("week in which the activity is detected; −1: never"),
    # changing state
    grievance=real("motive to retaliate, utility per unit of severity"),
    evidence_weight=("(3,)f8", "evidence in the belief of each class of severity: weights times severity squared"),
    evidence_sum=("(3,)f8", "the same times the discounted bite per unit of severity that was seen"),
    seen_named=real("own detected cases that it saw rightly attributed (fading)"),
    seen_cold=real("own detected cases that it saw go cold or fall on another (fading)"),
    blame=real("learned weekly rate of being blamed for what others did"),
    record=real("the EU's fading count of cases attributed to it, or with hindsight of its own"),
    diligence=real("how far it acts against groups on its territory, 0 to 1 (states)"),
    pressure=real("bite of measures in force"),
    in_force=integer("measures in force against it"),
    # what this week's decisions brought it
    news=integer("1 if they brought it anything"),
    bite_excess=real("bite beyond what it holds justified, and what an accusation without ground counts"),
    calmed=real("share of grievance calmed this week"),
    named=integer("cases attributed to it this week"),
    cleared=real("attributions to it that came to light as wrong this week, as far as they are still on record"),
    blamed=integer("cases wrongly attributed to it this week"),
    named_rightly=integer("own cases attributed to it this week"),
    known=integer("own cases that ended this week: investigators with hindsight know them for its own"),
    gone_cold=integer("own cases that went cold, or fell on another, this week"),
    # tension (states)
    tension=real("exogenous tension with the EU (states)"),
    activation=real("factor on tempo: exp(tension) (states)"),
    tension_persistence=real("weekly autocorrelation of tension, 0 to 1"),
    tension_innovation=real("standard deviation of a week's change of tension"),
    shocks=(f"({SHOCKS},)f8", "standard normals that move tension, by the week's place among so many (states)"),
    # who it is
    sponsor=integer("row of the sponsoring state; −1: none"),
    harbour=integer("row of the state that harbours it; −1: none"),
    harbours=integer("perpetrators that it harbours (states)"),
    # traits, drawn once a run
    capability=real("reach and skill, 0 to 1"),
    stealth=real("how well it hides its authorship, 0 to 1"),
    base_stealth=real("the same with the tools that it began with"),
    rationality=real("precision of its quantal response, per unit of utility"),
    sensitivity=real("disutility of one unit of bite, utility"),
    entanglement=real("share of the harm to the EU that falls back on it, 0 to 1"),
    norm_regard=real("disutility of breaking a norm of full strength, per unit of severity"),
    ambiguity_attitude=real("standard deviations added to the bite expected: above 0 averse to ambiguity"),
    log_discount=real("logarithm of the weekly discount factor"),
    tolerance=real("share of opportunities that it leaves, under full pressure, to the groups it harbours, 0 to 1"),
    link=real("strength of the link to its sponsor, 0 to 1"),
    # what it expects
    attention=real("share of clues that investigators can follow, as it last reckoned with"),
    clue_reliability=real("probability that a clue about its activity points to it"),
    clue_weight=real("log-odds that investigators give to such a clue"),
    ratio_low=real("ratio of records, its own to that of others, from which the steps stay as they are"),
    ratio_high=real("ratio of records below which they do"),
    steps_up=integer("clues in a row that would name it"),
    steps_down=integer("clues in a row that would name another"),
    named_in_time=real("closed-form probability that a detected activity is attributed to it in time"),
    # this week's activity
    urge=real("the uniform that chooses the activity"),
    success=real("probability that its activity succeeds"),
    victim=integer("victim of the activity; Member States first, then partners; −1: none"),
    succeeded=integer("1 if the activity succeeded"),
    planted=integer("1 if it planted a clue against the framed party"),
    # how it adapts
    experience=real("opportunities that its attractions rest on, fading; −1: none yet"),
    retooled=real("how far it has changed tools since it was last publicly identified, 0 to 1"),
)

ACT = Columns(
    week=integer("week of the act"),
    perpetrator=integer("row of the perpetrator"),
    victim=integer("victim; Member States first, then partners"),
    activity=integer("row of the activity"),
    succeeded=integer("1 if it succeeded"),
    surfaces=integer("week in which it is detected, which may lie beyond the run's end; −1: never"),
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
    return median * exp(spread * deviate)


@rule
def draw_traits(world: Tables, row: int, week: int) -> None:
    """Draw this run's traits around the archetype, and start at rest."""
    perpetrator = world.perpetrators[row]
    prior = world.priors[row]
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
    perpetrator.log_discount = log(max(1e-12, around_unit(prior.discount, prior.discount_spread, a)))
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
    perpetrator.activation = exp(perpetrator.tension)
    perpetrator.base_stealth = perpetrator.stealth
    perpetrator.experience = -1.0
    perpetrator.activity = perpetrator.victim = -1
    wait(world, row)


@inlined
def feel_tension(world: Tables, row: int, week: int) -> None:
    """Move exogenous tension one week (first-order autoregression), the same in every world; none stays none."""
    perpetrator = world.perpetrators[row]
    kept = perpetrator.tension_persistence * perpetrator.tension
    perpetrator.tension = kept + perpetrator.tension_innovation * perpetrator.shocks[week % SHOCKS]
    perpetrator.activation = exp(perpetrator.tension)


@inlined
def shake(world: Tables, row: int, week: int) -> None:
    """Draw, every fourth week, what moves a state's tension until the next draw."""
    perpetrator = world.perpetrators[row]
    if week % SHOCKS != 0 or perpetrator.kind != STATE:
        return
    uniforms = draw(world, week, perpetrator.entity, TENSION)
    shocks = perpetrator.shocks
    shocks[0], shocks[1] = normals(uniforms.first, uniforms.second)
    shocks[2], shocks[3] = normals(uniforms.third, uniforms.fourth)


@inlined
def meet(world: Tables, row: int, week: int) -> None:
    """Meet an opportunity or not: with probability 1 − exp(−tempo · exp(tension)), the same in every world.

    Weeks use up a patience, a standard exponential, by their rates: it outlasts a week with probability exp(−rate),
    whatever the weeks before. So one draw an opportunity serves, in place of one a week.
    """
    perpetrator = world.perpetrators[row]
    perpetrator.patience -= perpetrator.tempo * world.perpetrators[perpetrator.home].activation
    begin_week(world, row, perpetrator.patience <= 0.0)


@inlined
def wait(world: Tables, row: int) -> None:
    """Begin to wait for the next opportunity."""
    perpetrator = world.perpetrators[row]
    perpetrator.patience = exponential(draw(world, perpetrator.encounters, perpetrator.entity, OPPORTUNITY).first)
    perpetrator.encounters += 1


@inlined
def begin_week(world: Tables, row: int, opportunity: bool) -> None:
    """Begin a week with or without an opportunity, and with nothing chosen yet."""
    perpetrator = world.perpetrators[row]
    perpetrator.opportunity = int(opportunity)
    perpetrator.suppressed = 0
    perpetrator.activity = -1


@rule
def choose(world: Tables, row: int, week: int) -> None:
    """Choose an activity by the scenario's rule, if an opportunity was met and the harbour lets it pass.

    The inverse of the distribution over rungs in order of severity: the same uniform gives the more severe activity in
    the world where severe activities are likelier.
    """
    perpetrator = world.perpetrators[row]
    if perpetrator.opportunity == 0:
        return
    uniforms = draw(world, week, perpetrator.entity, CHOICE)
    if perpetrator.harbour >= 0 and world.switches[0].suppression == 1:
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
    """Stay with the victim of the last act, or choose by exposure, affinity and weakness: a race, a lot for each."""
    who, last = world.perpetrators[row].entity, world.perpetrators[row].victim
    word, other, _, _ = words(world, week, who, TARGET)
    if last >= 0 and unit(other) < world.scenario[0].target_persistence:
        return last
    victims, pull = world.victims, world.pull[row]
    least = NOBODY
    for victim in range(len(victims)):
        party = victims[victim]
        least = min(least, bid(word, party.entity, pull[victim] * (1.0 - party.resilience), victim))
    return winner(least)


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
    if uniforms.second < activity.visibility * world.scenario[0].detection:
        perpetrator.surfaces = week + waiting_time(uniforms.third, activity.surfacing) - 1
        perpetrator.planted = int(uniforms.fourth < world.scenario[0].false_flag * perpetrator.stealth)


@inlined
def forget(world: Tables, row: int, week: int) -> None:
    """Forget a little of everything: of what was seen, what was done to it, and what it is blamed for."""
    perpetrator = world.perpetrators[row]
    keep = world.keep[0]
    forget_evidence(world, row)
    perpetrator.grievance *= keep.grievance
    perpetrator.seen_named *= keep.memory
    perpetrator.seen_cold *= keep.memory
    perpetrator.record *= keep.record
    perpetrator.blame *= keep.blame


@inlined
def learn(world: Tables, row: int, week: int) -> None:
    """Learn from the week, if it brought anything: beliefs, grievance, experience of attribution, blame.

    And adapt, where the scenario says that adversaries do: learn from what paid, and change tools.
    """
    if world.scenario[0].experience > 0.0:
        gain_experience(world, row)
    if world.scenario[0].retooling > 0.0:
        retool(world, row, world.perpetrators[row].named)
    if world.council[0].rows_ended > 0:
        hear_outcomes(world, row)
    if world.perpetrators[row].news == 1:
        take_in(world, row)


@inlined
def settle(world: Tables, row: int, week: int) -> None:
    """Be calmed by programmes, and police one's territory."""
    perpetrator = world.perpetrators[row]
    perpetrator.grievance *= 1.0 - world.council[0].programme_calming
    if perpetrator.kind == STATE:
        police(world, row)


@rule
def hear_outcomes(world: Tables, row: int) -> None:
    """Learn from the attributed cases that ended this week, one's own in full and others' less, discounted as one does.

    Only what reaches one's own kind counts.
    """
    perpetrator = world.perpetrators[row]
    for place in range(world.council[0].rows_ended):
        case_row = world.ended[place]
        case = world.cases[case_row]
        bite, _ = delivered(world, case_row, perpetrator.log_discount, perpetrator.kind)
        observe(world, row, 1.0 if case.suspect == row else world.scenario[0].spillover, case.severity, bite)


@rule
def police(world: Tables, row: int) -> None:
    """Act against groups on one's territory as far as pressed and willing; being pressed is resented.

    A state complies the more it has at stake with the Union, and the less the tenser relations are: one with nothing
    at stake, or in a crisis, polices nobody.
    """
    perpetrator = world.perpetrators[row]
    scenario = world.scenario[0]
    pressed = world.doctrine[0].due_diligence
    stake = perpetrator.entanglement
    complies = stake / (stake + scenario.compliance_half) if stake > 0.0 else 0.0
    complies *= min(1.0, 1.0 / perpetrator.activation)
    level = min(1.0, complies * (pressed + world.council[0].programme_diligence))
    perpetrator.diligence = level + (perpetrator.diligence - level) * world.keep[0].diligence
    if perpetrator.harbours > 0:
        perpetrator.grievance += scenario.diligence_resented * pressed


@rule
def take_in(world: Tables, row: int) -> None:
    """Take in what this week's decisions brought it."""
    perpetrator = world.perpetrators[row]
    scenario = world.scenario[0]
    perpetrator.grievance += scenario.grievance_gain * perpetrator.bite_excess
    perpetrator.grievance *= 1.0 - perpetrator.calmed
    perpetrator.seen_named += perpetrator.named_rightly
    perpetrator.seen_cold += perpetrator.gone_cold
    perpetrator.blame += scenario.learning_rate * perpetrator.blamed
    if scenario.hindsight == 1:
        perpetrator.record += perpetrator.known
    else:
        perpetrator.record = max(0.0, perpetrator.record + perpetrator.named - perpetrator.cleared)
    forget_week(world, row)


@rule
def forget_week(world: Tables, row: int) -> None:
    """Clear what the week brought."""
    perpetrator = world.perpetrators[row]
    perpetrator.news = 0
    perpetrator.bite_excess = 0.0
    perpetrator.calmed = 0.0
    perpetrator.named = 0
    perpetrator.cleared = 0.0
    perpetrator.blamed = 0
    perpetrator.named_rightly = 0
    perpetrator.known = 0
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
        self.apply(shake)
        self.apply(feel_tension)

    def hear(self) -> None:
        """Hear the EU's announcement."""
        self.apply(hear)

    def meet(self) -> None:
        """Meet an opportunity, or not; after one, wait for the next."""
        self.apply(meet)
        if self.opportunity:
            wait(self.model.world, self.row)

    def choose(self) -> None:
        """Choose this week's activity."""
        self.apply(choose)

    def act(self) -> None:
        """Carry out the activity chosen: victim, success or failure, detection."""
        self.apply(act)

    def learn(self) -> None:
        """Forget a little, learn from the week, and settle down again."""
        for step in (forget, learn, settle):
            self.apply(step)

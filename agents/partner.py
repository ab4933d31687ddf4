"""Partners: third countries that are attacked too, share intelligence and may join a response."""

from typing import Any

from agents.foundation.columns import Columns, Face, real
from agents.foundation.compiled import Tables, rule
from agents.foundation.randomness import PARTNER_TRAIT, draw, normal, normals
from agents.perpetrator import around_positive, around_unit
from agents.victim import recover

PARTNER = Columns(
    intelligence=real("intelligence it shares, relative to the mean partner"),
    alignment=real("readiness to side with the EU, 0 to 1"),
    weight=real("bite it adds when it joins, relative to the EU's"),
)

PARTNER_PRIOR = Columns(
    exposure=real("median exposure"),
    exposure_spread=real("spread of log exposure"),
    resilience=real("median resilience"),
    resilience_spread=real("spread of the log-odds of resilience"),
    intelligence=real("median intelligence shared"),
    intelligence_spread=real("spread of its log"),
    alignment=real("median alignment"),
    alignment_spread=real("spread of its log-odds"),
    weight=real("median weight"),
    weight_spread=real("spread of log weight"),
)


@rule
def draw_partner_traits(world: Tables, row: int, week: int) -> None:
    """Draw this run's traits of a partner."""
    partner = world.partners[row]
    victim = world.victims[len(world.member_states) + row]
    prior = world.partner_priors[0]
    first = draw(world, week, victim.entity, PARTNER_TRAIT, 0, 0)
    second = draw(world, week, victim.entity, PARTNER_TRAIT, 0, 1)
    a, b = normals(first.first, first.second)
    c, d = normals(first.third, first.fourth)
    e = normal(second.first, second.second)
    victim.exposure = around_positive(prior.exposure, prior.exposure_spread, a)
    victim.base_resilience = around_unit(prior.resilience, prior.resilience_spread, b)
    victim.resilience = victim.base_resilience
    partner.intelligence = around_positive(prior.intelligence, prior.intelligence_spread, c)
    partner.alignment = around_unit(prior.alignment, prior.alignment_spread, d)
    partner.weight = around_positive(prior.weight, prior.weight_spread, e)


@rule
def clue_chance(world: Tables, closeness: float) -> float:
    """Probability a week that a case yields a clue, where partners are worked with so closely (0 to 1)."""
    shared = 0.0
    for partner in range(len(world.partners)):
        shared += world.partners[partner].intelligence
    shared = shared / len(world.partners) if len(world.partners) > 0 else 0.0
    scenario = world.scenario[0]
    return min(1.0, scenario.clue_probability * (1.0 + scenario.partner_clues * closeness * shared))


@rule
def joins(world: Tables, row: int, case_row: int) -> float:
    """Share of its weight with which it joins the answer to a case, 0 to 1.

    The closer and the better aligned, the more; for severe incidents, and for those it suffered itself, more.
    """
    scenario = world.scenario[0]
    case = world.cases[case_row]
    stake = scenario.partner_support * case.severity / scenario.mean_severity if scenario.mean_severity > 0.0 else 0.0
    if case.victim == len(world.member_states) + row:
        stake += scenario.victim_bonus
    return min(1.0, 2.0 * world.partners[row].alignment * world.doctrine[0].partners * stake)


@rule
def backing(world: Tables, case_row: int) -> float:
    """Weight of the partners that join the answer to a case, relative to the Union's."""
    weight = 0.0
    for row in range(len(world.partners)):
        weight += world.partners[row].weight * joins(world, row, case_row)
    return weight


class Partner(Face, table="partners", columns=PARTNER):
    """Is attacked, shares intelligence with the Union and may join its response."""

    def __init__(self, model: Any, row: int, name: str = "") -> None:
        super().__init__(model, row)
        self.name = name

    @property
    def resilience(self) -> float:
        """Its resilience, 0 to 1."""
        return float(self.model.world.victims.resilience[self.victim])

    @property
    def victim(self) -> int:
        """Its row among the victims."""
        return len(self.model.world.member_states) + self.row

    def joins(self, case: Any) -> float:
        """Share of its weight with which it would join the answer to a case, 0 to 1."""
        return float(joins(self.model.world, self.row, case.row))

    def recover(self) -> None:
        """Let its resilience follow base, trend and programmes for a week."""
        recover(self.model.world, self.victim, self.model.week)

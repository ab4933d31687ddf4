"""Partners: third countries that are attacked too, share intelligence and may join a response."""

from typing import Any

from agents.foundation.columns import Columns, Face, real
from agents.foundation.compiled import Tables, rule
from agents.foundation.randomness import PARTNER_TRAIT, draw, normal, normals
from agents.perpetrator import around_positive, around_unit
from agents.victim import recover

PARTNER = Columns(
    intelligence=real("intelligence it shares, relative to the mean partner"),
    alignment=real("readiness to side with the Union, 0 to 1"),
    weight=real("bite it adds when it joins, relative to the Union's"),
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
def joins(world: Tables, row: int, case_row: int) -> bool:
    """Whether it joins a response: close partners join for severe incidents, and for those they suffered."""
    partner = world.partners[row]
    scenario = world.scenario[0]
    case = world.cases[case_row]
    closeness = partner.alignment * world.doctrine[0].partners
    if closeness <= 0.0:
        return False
    readiness = closeness + scenario.partner_support * case.severity
    if case.victim == len(world.member_states) + row:
        readiness += scenario.victim_bonus
    return readiness >= 1.0


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

    def joins(self, case: Any) -> bool:
        """Whether it would join a response to a case."""
        return bool(joins(self.model.world, self.row, case.row))

    def recover(self) -> None:
        """Let its resilience follow base, trend and programmes for a week."""
        recover(self.model.world, self.victim, self.model.week)

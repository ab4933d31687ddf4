"""Member States: attacked, attributing as sovereigns, voting in the Council."""

from typing import Any

from agents.attribution import log_odds
from agents.catalogue import NEEDS_STATE, STATE
from agents.foundation.columns import Columns, Face, real
from agents.foundation.compiled import Tables, rule
from agents.foundation.randomness import DEPENDENCE, MEMBER_STATE_TRAIT, draw, normal, normals, pair
from agents.perpetrator import around_positive, around_unit
from agents.victim import recover

POSITIONS = ("supports", "abstains", "objects", "claims a vital interest")
SUPPORTS, ABSTAINS, OBJECTS, CLAIMS_VITAL_INTEREST = range(4)

MEMBER_STATE = Columns(
    population=real("share of the Union's population, 0 to 1"),
    standard=real("confidence required for its own attribution, log-odds"),
    solidarity=real("readiness to act on any case, utility"),
    salience=real("readiness that severity adds, utility per unit of severity"),
)

MEMBER_PRIOR = Columns(
    exposure=real("median exposure"),
    exposure_spread=real("spread of log exposure"),
    resilience=real("median resilience"),
    resilience_spread=real("spread of the log-odds of resilience"),
    standard_offset=real("mean of a member's standard above the doctrine's, log-odds"),
    standard_offset_spread=real("standard deviation of it"),
    solidarity=real("mean solidarity"),
    solidarity_spread=real("standard deviation of solidarity"),
    salience=real("median salience"),
    salience_spread=real("spread of log salience"),
    dependence=real("median exposure to one perpetrator state"),
    dependence_spread=real("spread of the log of it"),
)


@rule
def draw_member_traits(world: Tables, row: int, week: int) -> None:
    """Draw this run's traits of a Member State; members differ by chance alone, but for their populations."""
    member = world.member_states[row]
    victim = world.victims[row]
    prior = world.member_priors[0]
    first = draw(world, week, victim.entity, MEMBER_STATE_TRAIT, 0, 0)
    second = draw(world, week, victim.entity, MEMBER_STATE_TRAIT, 0, 1)
    a, b = normals(first.first, first.second)
    c, d = normals(first.third, first.fourth)
    e = normal(second.first, second.second)
    victim.exposure = around_positive(prior.exposure, prior.exposure_spread, a)
    victim.base_resilience = around_unit(prior.resilience, prior.resilience_spread, b)
    victim.resilience = victim.base_resilience
    offset = prior.standard_offset + prior.standard_offset_spread * c
    member.standard = log_odds(world.doctrine[0].attribution_confidence) + offset
    member.solidarity = prior.solidarity + prior.solidarity_spread * d
    member.salience = around_positive(prior.salience, prior.salience_spread, e)
    for other in range(len(world.perpetrators)):
        if world.perpetrators[other].kind != STATE:
            continue
        uniforms = draw(world, week, pair(victim.entity, world.perpetrators[other].entity), DEPENDENCE)
        deviate = normal(uniforms.first, uniforms.second)
        world.dependence[row, other] = around_positive(prior.dependence, prior.dependence_spread, deviate)


@rule
def attributes(world: Tables, row: int, certainty: float) -> bool:
    """Whether its own standard is met by this confidence (in log-odds)."""
    return certainty >= world.member_states[row].standard


@rule
def position(world: Tables, row: int, case_row: int, measure_row: int, certainty: float) -> int:
    """Its position on a measure: support, declared abstention when slightly short of it, objection otherwise.

    Solidarity, severity and being the victim speak for acting; dependence on the state concerned speaks against; a
    clear announcement by a credible Union ties its hands (Fearon 1997). A measure that needs no attribution asks
    nothing of its standard.
    """
    member = world.member_states[row]
    scenario = world.scenario[0]
    case = world.cases[case_row]
    measure = world.measures[measure_row]
    readiness = member.solidarity + member.salience * case.severity
    readiness += scenario.audience * world.doctrine[0].clarity * world.council[0].credibility
    if case.victim == row:
        readiness += scenario.victim_bonus
    if case.suspect >= 0:
        state = world.perpetrators[case.suspect].home
        dependence = world.perpetrators[state].entanglement * world.dependence[row, state]
        readiness -= dependence * measure.cost
    shortfall = -readiness
    if measure.attribution > 0:
        shortfall = max(shortfall, member.standard - certainty)
    if shortfall <= 0.0:
        return SUPPORTS
    if shortfall <= scenario.abstention_margin:
        return ABSTAINS
    return CLAIMS_VITAL_INTEREST if shortfall >= scenario.vital_margin else OBJECTS


class MemberState(Face, table="member_states", columns=MEMBER_STATE):
    """Is attacked, attributes nationally when its own standard is met, and votes in the Council."""

    def __init__(self, model: Any, row: int, name: str = "") -> None:
        super().__init__(model, row)
        self.name = name

    @property
    def resilience(self) -> float:
        """Its resilience, 0 to 1."""
        return float(self.model.world.victims.resilience[self.row])

    def position(self, case: Any, measure: int) -> str:
        """Its position on a measure (a row of the toolbox) for a case, one of `POSITIONS`."""
        world = self.model.world
        needs_state = world.measures.attribution[measure] == NEEDS_STATE
        certainty = log_odds(case.state_confidence if needs_state else case.confidence)
        return POSITIONS[position(world, self.row, case.row, measure, certainty)]

    def recover(self) -> None:
        """Let its resilience follow base, trend and programmes for a week."""
        recover(self.model.world, self.row, self.model.week)

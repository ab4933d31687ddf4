"""Member States: attacked, attributing as sovereigns, voting in the Council."""

from typing import Any

from agents.attribution import log_odds
from agents.catalogue import NEEDS_STATE, STATE
from agents.foundation.columns import Columns, Face, real
from agents.foundation.compiled import Tables, inlined, rule
from agents.foundation.randomness import (
    DEPENDENCE,
    MEMBER_STATE_TRAIT,
    STANCE,
    deviate,
    draw,
    lot,
    normal,
    normals,
    pair,
    words,
)
from agents.perpetrator import around_positive, around_unit
from agents.union.tracks import REACTION, TRACKS
from agents.victim import recover

POSITIONS = (
    "supports",
    "declares an abstention",
    "objects",
    "claims a vital interest",
    "abstains because it is unconvinced",
)
SUPPORTS, ABSTAINS, OBJECTS, CLAIMS_VITAL_INTEREST, UNCONVINCED = range(5)

MEMBER_STATE = Columns(
    population=real("share of the EU's population, 0 to 1"),
    standard=real("confidence required for its own attribution, log-odds"),
    standard_offset=real("how far that lies above the doctrine's, log-odds"),
    solidarity=real("readiness to act on any case, utility"),
    salience=real("extra readiness per unit of severity, utility"),
    reluctance=real("reluctance to any measure, utility per unit of political cost"),
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
    reluctance=real("median reluctance"),
    reluctance_spread=real("spread of log reluctance: heavy-tailed, so that a few members cast most vetoes"),
)


@rule
def draw_member_traits(world: Tables, row: int, week: int) -> None:
    """Draw this run's traits of a Member State from its own distributions, by default those of all."""
    member = world.member_states[row]
    victim = world.victims[row]
    prior = world.member_priors[row]
    first = draw(world, week, victim.entity, MEMBER_STATE_TRAIT, 0, 0)
    second = draw(world, week, victim.entity, MEMBER_STATE_TRAIT, 0, 1)
    a, b = normals(first.first, first.second)
    c, d = normals(first.third, first.fourth)
    e = normal(second.first, second.second)
    victim.exposure = around_positive(prior.exposure, prior.exposure_spread, a)
    victim.base_resilience = around_unit(prior.resilience, prior.resilience_spread, b)
    victim.resilience = victim.base_resilience
    member.standard_offset = prior.standard_offset + prior.standard_offset_spread * c
    member.standard = log_odds(world.doctrine[0].attribution_confidence) + member.standard_offset
    member.solidarity = prior.solidarity + prior.solidarity_spread * d
    member.salience = around_positive(prior.salience, prior.salience_spread, e)
    member.reluctance = around_positive(prior.reluctance, prior.reluctance_spread, normal(second.third, second.fourth))
    radius, angle, _, _ = words(world, week, victim.entity, DEPENDENCE)
    for other in range(len(world.perpetrators)):
        state = world.perpetrators[other]
        if state.kind == STATE:
            drawn = deviate(radius, angle, state.entity)
            world.dependence[row, other] = around_positive(prior.dependence, prior.dependence_spread, drawn)


@inlined
def attributes(world: Tables, row: int, certainty: float) -> bool:
    """Whether its own standard is met by this confidence (in log-odds), the stricter after errors came to light."""
    return certainty >= world.member_states[row].standard + world.council[0].caution


@inlined
def publishes(world: Tables, row: int, case_row: int) -> bool:
    """Whether it says in public whom it holds responsible once convinced: as the victim often, otherwise seldom.

    One lot for each member and case, whenever its standard is met.
    """
    case = world.cases[case_row]
    scenario = world.scenario[0]
    chance = scenario.publishes_as_victim if case.victim == row else scenario.publishes_for_others
    return lot(case.publishing, world.victims[row].entity) < chance


@rule
def readiness(world: Tables, row: int, case_row: int, kind: int, measure_row: int, week: int) -> float:
    """Its readiness to take a measure, utility, before what that costs it with the state concerned.

    Solidarity, severity, being the victim and partners that join speak for acting; an announcement still in the ear, by
    a credible Union, ties its hands (Fearon 1997); its reluctance speaks against. What else sways it is drawn once for
    each member, case and track.
    """
    member = world.member_states[row]
    scenario = world.scenario[0]
    council = world.council[0]
    case = world.cases[case_row]
    ready = member.solidarity + member.salience * case.severity
    ready += scenario.audience * world.doctrine[0].clarity * council.heard * council.credibility
    ready += scenario.partner_backing * case.backing
    if case.victim == row:
        ready += scenario.victim_bonus
    uniforms = draw(world, week, pair(world.victims[row].entity, case.entity), STANCE, case.begun, kind)
    ready += scenario.stance_noise * normal(uniforms.first, uniforms.second)
    return ready - member.reluctance * world.measures[measure_row].cost


@rule
def exposure_to(world: Tables, row: int, case_row: int, measure_row: int) -> float:
    """What a measure costs it through its dependence on the state of the party suspected, utility."""
    suspect = world.cases[case_row].suspect
    if suspect < 0:
        return 0.0
    state = world.perpetrators[suspect].home
    return world.perpetrators[state].entanglement * world.dependence[row, state] * world.measures[measure_row].cost


@rule
def position(world: Tables, row: int, case_row: int, kind: int, measure_row: int, certainty: float, week: int) -> int:
    """Its position on a measure: doubt abstains; else it supports, or declares an abstention where slightly short.

    Further short it objects, and claims a vital interest where it depends enough on the state concerned. A reaction
    names nobody, and asks nothing of its standard.
    """
    if kind != REACTION and not attributes(world, row, certainty):
        return UNCONVINCED
    scenario = world.scenario[0]
    exposed = exposure_to(world, row, case_row, measure_row)
    ready = readiness(world, row, case_row, kind, measure_row, week) - exposed
    if ready >= 0.0:
        return SUPPORTS
    if ready >= -scenario.abstention_margin:
        return ABSTAINS
    return CLAIMS_VITAL_INTEREST if exposed >= scenario.vital_margin else OBJECTS


class MemberState(Face, table="member_states", columns=MEMBER_STATE):
    """Is attacked, attributes nationally when its own standard is met, and votes in the Council."""

    def __init__(self, model: Any, row: int, name: str = "") -> None:
        super().__init__(model, row)
        self.name = name

    @property
    def resilience(self) -> float:
        """Its resilience, 0 to 1."""
        return float(self.model.world.victims.resilience[self.row])

    def position(self, case: Any, measure: int, track: str = "dossier") -> str:
        """Its position on a measure (a row of the toolbox) on a track of a case, one of `POSITIONS`."""
        world = self.model.world
        needs_state = world.measures.attribution[measure] == NEEDS_STATE
        certainty = log_odds(case.state_confidence if needs_state else case.confidence)
        kind = TRACKS.index(track)
        return POSITIONS[position(world, self.row, case.row, kind, measure, certainty, self.model.week)]

    def recover(self) -> None:
        """Let its resilience follow base, trend and programmes for a week."""
        recover(self.model.world, self.row, self.model.week)

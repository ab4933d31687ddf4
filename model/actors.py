"""Who takes part, as a configuration states it: archetypes and perpetrators, Member States, partners.

Every trait is a distribution around an archetype; agents are drawn from it anew in each replicate.
"""

import math
from collections import Counter
from collections.abc import Collection
from typing import Annotated, Literal

from pydantic import Field, model_validator

from agents.perpetrator import PERPETRATOR, TRAITS
from model.errors import ConfigurationError, listing, nearest_name
from model.parameters import Name, PositiveTrait, ProperName, RealTrait, Settings, Trait, UnitTrait, parameter

OF_STATES = ("tolerance", "tension_persistence", "tension_volatility")
OF_PROXIES = ("link",)


class TraitOverrides(Settings):
    """Traits of perpetrators, each a distribution; here all may be left out."""

    columns = PERPETRATOR

    capability: UnitTrait | None = None
    stealth: UnitTrait | None = None
    norm_regard: UnitTrait | None = None
    entanglement: UnitTrait | None = None
    discount: UnitTrait | None = Field(None, description="weekly discount factor")
    tempo: PositiveTrait | None = None
    rationality: PositiveTrait | None = None
    sensitivity: PositiveTrait | None = None
    ambiguity_attitude: RealTrait | None = None
    tolerance: UnitTrait | None = None
    tension_persistence: UnitTrait | None = None
    tension_volatility: PositiveTrait | None = None
    link: UnitTrait | None = None

    def given(self) -> dict[str, Trait]:
        """The traits that are stated here."""
        return {name: trait for name in TRAITS if (trait := getattr(self, name)) is not None}


class Archetype(TraitOverrides):
    """A type of perpetrator: its kind and the distributions of its traits."""

    title: str = Field(min_length=1)
    kind: Literal["state", "proxy", "criminal", "hacktivist"]

    @model_validator(mode="after")
    def _has_the_traits_of_its_kind(self) -> "Archetype":
        for name in TRAITS:
            fits = applies(name, self.kind)
            if fits and getattr(self, name) is None:
                raise ConfigurationError(f"is missing: an archetype of kind {self.kind} needs it", key=name)
            if not fits and getattr(self, name) is not None:
                raise ConfigurationError(f"does not apply to an archetype of kind {self.kind}", key=name)
        return self


def applies(trait: str, kind: str) -> bool:
    """Whether a trait has a meaning for a kind of perpetrator."""
    if trait in OF_STATES:
        return kind == "state"
    return kind == "proxy" or trait not in OF_PROXIES


class Perpetrator(TraitOverrides):
    """One perpetrator, without a country's name; traits stated here replace those of its archetype."""

    title: str = Field(min_length=1)
    archetype: Name
    sponsor: Name | None = None
    harbour: Name | None = None


def check_perpetrators(archetypes: dict[str, Archetype], perpetrators: dict[str, Perpetrator]) -> None:
    """Refuse a perpetrator whose archetype, sponsor or harbour is missing or of the wrong kind.

    Sponsors and harbours are states and states have neither, so that no chain can close on itself.
    """
    states = {
        name: agent
        for name, agent in perpetrators.items()
        if agent.archetype in archetypes and archetypes[agent.archetype].kind == "state"
    }
    for name, agent in perpetrators.items():
        where = f"perpetrators.{name}"
        _must_exist(f"{where}.archetype", agent.archetype, archetypes, "does not exist")
        kind = archetypes[agent.archetype].kind
        for trait in agent.given():
            if not applies(trait, kind):
                raise ConfigurationError(f"does not apply to a perpetrator of kind {kind}", key=f"{where}.{trait}")
        for role, kinds in (("sponsor", ("proxy",)), ("harbour", ("criminal", "hacktivist"))):
            patron = getattr(agent, role)
            if kind in kinds and patron is None:
                raise ConfigurationError(f"is missing: a {kind} needs a {role}", key=f"{where}.{role}")
            if kind not in kinds and patron is not None:
                raise ConfigurationError(f"a {kind} has no {role}", key=f"{where}.{role}", value=patron)
            if patron is not None:
                _must_exist(f"{where}.{role}", patron, states, "is not a perpetrator of kind state")


def _must_exist(key: str, value: str, names: Collection[str], problem: str) -> None:
    if value not in names:
        nearest = nearest_name(value, names)
        raise ConfigurationError(problem, key=key, value=value, allowed=listing(names), nearest=nearest)


EXPOSURE = "attractiveness as a target, relative"
RESILIENCE = "resilience at the start, 0 to 1"
DEPENDENCE = "dependence on one perpetrator state, utility per unit of cost"
RELUCTANCE = "reluctance to any measure, utility per unit of cost"


class MemberTraits(Settings):
    """Traits of Member States, each a distribution that all share who state none of their own."""

    exposure: PositiveTrait = Field(description=EXPOSURE)
    resilience: UnitTrait = Field(description=RESILIENCE)
    standard_offset: RealTrait = Field(description="own attribution standard minus the doctrine's, log-odds")
    solidarity: RealTrait = Field(description="readiness to act for others, utility")
    salience: PositiveTrait = Field(description="extra readiness per unit of severity, utility")
    dependence: PositiveTrait = Field(description=DEPENDENCE)
    reluctance: PositiveTrait = Field(description=RELUCTANCE)


class Member(Settings):
    """A Member State as configured: its population, and traits that replace those that all share."""

    population: float = parameter("million", 0.001, 2000, doc="population")
    exposure: PositiveTrait | None = Field(None, description=EXPOSURE)
    resilience: UnitTrait | None = Field(None, description=RESILIENCE)
    dependence: PositiveTrait | None = Field(None, description=DEPENDENCE)
    reluctance: PositiveTrait | None = Field(None, description=RELUCTANCE)


class MemberStates(Settings):
    """The Member States: the traits that they share, and who they are."""

    traits: MemberTraits
    members: Annotated[dict[ProperName, Member], Field(min_length=3)]

    def shares(self) -> dict[str, float]:
        """Share of each Member State in the population of all."""
        # not `sum`, which rounds otherwise from Python 3.12 on
        total = math.fsum(member.population for member in self.members.values())
        return {name: member.population / total for name, member in self.members.items()}

    def votes_by_chance(self, name: str) -> bool:
        """Whether nothing but chance tells a Member State's votes from those of others in like cases.

        All traits that enter a vote are drawn anew in each replicate. Those with a dependence or a reluctance of their
        own are drawn around what is stated of them; the others from what all share.
        """
        return self.members[name].dependence is None and self.members[name].reluctance is None

    def of(self, name: str) -> dict[str, Trait]:
        """Distributions of a Member State's traits: those that all share, with its own in their place where stated."""
        own = {trait: stated for trait, stated in self.members[name] if isinstance(stated, Trait)}
        return {**dict(self.traits), **own}


class PartnerTraits(Settings):
    """Traits that all partners share as a distribution."""

    exposure: PositiveTrait = Field(description="attractiveness as a target, relative")
    resilience: UnitTrait = Field(description="resilience at the start, 0 to 1")
    intelligence: PositiveTrait = Field(description="intelligence that it can share, relative")
    alignment: UnitTrait = Field(description="readiness to join a response, 0 to 1")
    weight: PositiveTrait = Field(description="bite that it adds when it joins, relative to the EU's")


class Partners(Settings):
    """The partners: one distribution of traits, and who they are."""

    traits: PartnerTraits
    members: Annotated[list[ProperName], Field(min_length=1)]

    @model_validator(mode="after")
    def _are_named_once(self) -> "Partners":
        for name, times in Counter(self.members).items():
            if times > 1:
                raise ConfigurationError("is named twice", key="members", value=name)
        return self

"""What a policy team chooses and compares: the doctrine, the mechanisms switched on, and the reference world."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated, Any

from pydantic import Field, create_model, model_serializer, model_validator

from agents.doctrine import DOCTRINE, SWITCHES, TRIGGERS, VotingRule
from model.errors import ConfigurationError
from model.parameters import Day, Name, Settings, Titled, Whole, option, parameter

MOST_PHASES = 5
"""Phases of a doctrine, at most: a table has the doctrine under every combination of them."""
LASTS = 52
"""Weeks that a phase with a trigger lasts at least, where it does not say."""


class Fixed(Titled):
    """How the EU signals, attributes, decides and responds, as it is at one time."""

    columns = DOCTRINE

    title: str = Field(min_length=1)
    idea: str = Field(min_length=1)
    source: str = Field(min_length=1)
    clarity: float = parameter("1", 0, 1)
    attribution_confidence: float = parameter("probability", 0.6, 0.99)
    proportionality: float = parameter("1", 0, 1)
    firmness: float = parameter("bite per severity", 0, 10)
    ratchet: float = parameter("per recent attribution", 0, 5)
    campaign_interval: Whole = parameter("weeks", 0, 5200)
    voting_rule: VotingRule = option("rule for restrictive measures")
    initiative: bool = option("whether the High Representative or the Commission proposes (65 % rule), else 72 %")
    vital_interest: bool = option("whether a member may stop a majority vote for vital interests")
    coalition_quorum: Whole = parameter("members", 1, 100)
    preventive: float = parameter("effort", 0, 1)
    cooperative: float = parameter("effort", 0, 1)
    stability: float = parameter("effort", 0, 1)
    support: float = parameter("effort", 0, 1)
    partners: float = parameter("1", 0, 1)
    due_diligence: float = parameter("pressure", 0, 1)
    delay_factor: float = parameter("1", 0.25, 4)


class Condition(Settings):
    """When a phase of a doctrine holds: from a day on, or while a figure of the last year is beyond a threshold."""

    begins: Day | None = option("first day of a phase; it holds from the first week that starts then", default=None)
    ends: Day | None = option("day on which a phase that began on a date ends", default=None)
    severe_acts_above: Whole | None = parameter(
        "cases",
        0,
        10000,
        doc="begins once more than this number of cases assessed as severe were opened in the last year",
        default=None,
    )
    severe_acts_below: Whole | None = parameter(
        "cases",
        0,
        10000,
        doc="begins once fewer than this number of cases assessed as severe were opened in the last year",
        default=None,
    )
    credibility_above: float | None = parameter(
        "1", 0, 1, doc="begins once mean credibility of the last year is above this", default=None
    )
    credibility_below: float | None = parameter(
        "1", 0, 1, doc="begins once mean credibility of the last year is below this", default=None
    )
    lasts: Whole | None = parameter(
        "weeks", 0, 5200, doc=f"shortest time that a phase with a trigger lasts; {LASTS} unless stated", default=None
    )

    @model_validator(mode="after")
    def _waits_for_one_thing_and_changes_something(self) -> "Condition":
        stated = [name for name in TRIGGERS if getattr(self, name) is not None]
        if len(stated) != 1:
            said = f"waits for {len(stated)} things ({', '.join(stated)})" if stated else "does not say when it begins"
            raise ConfigurationError(said, allowed=f"one of {', '.join(TRIGGERS)}")
        if self.ends is not None and (self.begins is None or self.ends <= self.begins):
            problem = "is not after the day on which the phase begins" if self.begins else "needs a day to begin on"
            allowed = "a later day, in a phase with `begins`; a phase with a trigger ends with its trigger"
            raise ConfigurationError(problem, key="ends", value=self.ends, allowed=allowed)
        if self.lasts is not None and self.begins is not None:
            problem = "applies only to a phase with a trigger"
            raise ConfigurationError(problem, key="lasts", value=self.lasts, allowed="`ends`, a day")
        if not self.changes:
            raise ConfigurationError("changes nothing", allowed="entries of the doctrine, such as clarity = 0.9")
        return self

    @model_serializer(mode="wrap")
    def _as_stated(self, handler: Any) -> dict[str, Any]:
        return {name: value for name, value in handler(self).items() if value is not None}

    @property
    def trigger(self) -> str:
        """What it waits for, one of `TRIGGERS`."""
        return next(name for name in TRIGGERS if getattr(self, name) is not None)

    @property
    def changes(self) -> dict[str, Any]:
        """The entries of the doctrine that it replaces while it holds."""
        return {name: getattr(self, name) for name in DOCTRINE if getattr(self, name, None) is not None}

    @property
    def place(self) -> tuple[Any, ...]:
        """What phases are sorted by: days in their order, then triggers, the milder first."""
        held = getattr(self, self.trigger)
        strictness = held.toordinal() if self.begins else -held if self.trigger.endswith("below") else held
        return TRIGGERS.index(self.trigger), strictness


def _if_stated(name: str) -> Any:
    """An entry of a doctrine as a phase may state it."""
    field = Fixed.model_fields[name]
    kind: Any = field.annotation
    for held in field.metadata:
        kind = Annotated[kind, held]
    return kind | None, Field(None, description=field.description, json_schema_extra=field.json_schema_extra)


if TYPE_CHECKING:

    class Phase(Condition):
        """A phase of a doctrine: when it holds, and the entries of the doctrine that it replaces meanwhile."""

else:
    Phase = create_model(
        "Phase",
        __base__=Condition,
        __doc__="A phase of a doctrine: when it holds, and the entries of the doctrine that it replaces meanwhile.",
        __module__=__name__,
        **{name: _if_stated(name) for name in DOCTRINE},
    )


class Doctrine(Fixed):
    """How the EU signals, attributes, decides and responds; in phases, if it changes."""

    phases: dict[Name, Phase] = Field(default_factory=dict)
    """Phases by name. Of those that hold at once each lies over those before it: days in their order, then triggers."""

    @model_validator(mode="after")
    def _order_phases(self) -> "Doctrine":
        if len(self.phases) > MOST_PHASES:
            problem = f"are {len(self.phases)}"
            raise ConfigurationError(problem, key="phases", allowed=f"at most {MOST_PHASES} phases")
        # as what precedes what does not depend on the file, neither does what runs and folders are known by
        ordered = {name: self.phases[name] for name in sorted(self.phases, key=lambda n: (*self.phases[n].place, n))}
        self.phases.clear()
        self.phases.update(ordered)
        return self

    @model_serializer(mode="wrap")
    def _without_phases_where_it_has_none(self, handler: Any) -> dict[str, Any]:
        return {name: value for name, value in handler(self).items() if name != "phases" or value}

    def combinations(self) -> Iterator[Fixed]:
        """The doctrine as it is while some of its phases hold: one for every combination, a bit for each phase."""
        stated = list(self.phases.values())
        for held in range(1 << len(stated)):
            changes = {
                name: value
                for bit, phase in enumerate(stated)
                if held >> bit & 1
                for name, value in phase.changes.items()
            }
            yield self.model_copy(update=changes)

    @property
    def answers(self) -> bool:
        """Whether the EU takes any measure under it, at any time."""
        return any(getattr(each, name) > 0.0 for each in self.combinations() for name in MEASURES)


MEASURES = ("firmness", "preventive", "cooperative", "stability", "support", "due_diligence")
"""Numbers of a doctrine without which it takes no measure."""
UNPRICED: dict[str, str] = {
    "attribution_confidence": "greater certainty takes no staff and no money here",
    "proportionality": "a measure costs the same whatever its bite",
    "firmness": "a measure costs the same whatever its bite",
    "ratchet": "a measure costs the same whatever its bite",
    "voting_rule": "treaty change and trust among members have no price here",
    "initiative": "who proposes is only a rule",
    "vital_interest": "the right is only a rule",
    "coalition_quorum": "gathering the willing takes no effort here",
}
"""Levers of a doctrine without a price, and why: the cost of a run does not read them (`agents.union.council.price`).

What they bring about may still cost: each measure taken costs what the catalogue says.
"""


class Switches(Settings):
    """Which mechanisms work: four that deter, incapacitation, suppression by harbours, and grievance."""

    columns = SWITCHES

    punishment: bool = option("whether expected responses deter", unit="switch", default=True)
    denial: bool = option("whether resilience lowers the success of activities", unit="switch", default=True)
    entanglement: bool = option("whether interdependence makes harm cost its author", unit="switch", default=True)
    norms: bool = option("whether norms restrain", unit="switch", default=True)
    incapacitation: bool = option("whether pressure lowers capability", unit="switch", default=True)
    grievance: bool = option("whether grievance motivates retaliation", unit="switch", default=True)
    suppression: bool = option("whether pressure on harbours takes opportunities away", unit="switch", default=True)


class Reference(Settings):
    """The twin of the world: what would have happened under another doctrine, or with a mechanism switched off."""

    doctrine: Doctrine
    switches: Switches = Switches()

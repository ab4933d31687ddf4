"""What can be done, as a configuration states it: malicious cyber activities and measures of the toolbox."""

import math
from collections.abc import Mapping
from typing import Annotated, Literal

from pydantic import Field

from agents.catalogue import ACTIVITY, DIMENSIONS, KINDS, MEASURE
from agents.foundation.functions import real_power
from model.parameters import Day, NonNegativeRange, Settings, Whole, option, parameter


class Dimensions(Settings):
    """A number for each of the seven factors of proportionality in the Council Conclusions of 19 June 2017."""

    scope: float = parameter("1", 0, 1, doc="scope: how many Member States and sectors")
    scale: float = parameter("1", 0, 1, doc="scale: how many systems and persons")
    duration: float = parameter("1", 0, 1, doc="duration of the effect")
    intensity: float = parameter("1", 0, 1, doc="intensity of the effect while it lasts")
    complexity: float = parameter("1", 0, 1, doc="complexity of the operation")
    sophistication: float = parameter("1", 0, 1, doc="sophistication of the means")
    impact: float = parameter("1", 0, 1, doc="impact on society, economy and security")

    def values(self) -> tuple[float, ...]:
        """The seven numbers in the order of `DIMENSIONS`."""
        return tuple(getattr(self, name) for name in DIMENSIONS)


class Motive(Settings):
    """Utility of an activity's success to each kind of perpetrator."""

    state: float = parameter("utility", -5, 5, doc="to a state")
    proxy: float = parameter("utility", -5, 5, doc="to a state-sponsored proxy")
    criminal: float = parameter("utility", -5, 5, doc="to criminals")
    hacktivist: float = parameter("utility", -5, 5, doc="to hacktivists")

    def values(self) -> tuple[float, ...]:
        """The four numbers in the order of `KINDS`."""
        return tuple(getattr(self, name) for name in KINDS)


class Activity(Settings):
    """One malicious cyber activity, or restraint."""

    columns = ACTIVITY

    title: str = Field(min_length=1)
    visibility: float = parameter("probability", 0, 1)
    required_capability: float = parameter("1", 0, 1)
    cost: float = parameter("utility", 0, 5)
    harm: float = parameter("1", 0, 1)
    dwell: float = parameter("weeks", 0, 520)
    mistaken: float = parameter("relative frequency", 0, 1000)
    motive: Motive
    dimensions: Dimensions

    def severity(self, weights: Mapping[str, float], exponent: float = 1.0) -> float:
        """Weighted power mean of the seven dimensions (Hardy, Littlewood & Pólya 1934): linear at exponent 1."""
        pairs = list(zip((weights[name] for name in DIMENSIONS), self.dimensions.values(), strict=True))
        total = math.fsum(weight * real_power(value, exponent) for weight, value in pairs)
        return real_power(total / math.fsum(weight for weight, _ in pairs), 1.0 / exponent)

    @property
    def is_restraint(self) -> bool:
        """Whether this is doing nothing: it costs, gains, harms and shows nothing."""
        numbers = (self.visibility, self.required_capability, self.cost, self.harm, self.mistaken)
        return not any((*numbers, *self.motive.values(), *self.dimensions.values()))


class _Instrument(Settings):
    """What programmes and measures on cases share."""

    columns = MEASURE

    title: str = Field(min_length=1)
    source: str = Field(min_length=1)
    category: Literal["preventive", "cooperative", "stability", "restrictive", "support"] = option(
        "category of the toolbox's implementing guidelines"
    )
    cost: float = parameter("political cost", 0, 10)
    available: Day = option("day from which it exists", unit="day")
    forgone: bool = option("whether the EU forgoes it: neither takes nor announces it", unit="yes or no", default=False)
    calming: float = parameter("share", 0, 1, default=0.0)
    resilience: float = parameter("1", 0, 1, default=0.0)
    norms: float = parameter("1", 0, 1, default=0.0)
    diligence: float = parameter("1", 0, 1, default=0.0)


class Programme(_Instrument):
    """A standing programme: it runs with the effort of its category, answers no case, and bites nobody."""

    occasion: Literal["programme"]


class Measure(_Instrument):
    """One measure of the Cyber Diplomacy Toolbox, or of the treaties beside it, that is taken on a case."""

    occasion: Literal["case"]
    attribution: Literal["none", "actor", "state"] = option("what must be attributed before it may be taken")
    addressee: Literal["nobody", "actor", "state", "territory"] = option("whom it bites")
    adoption: Literal["routine", "consensus", "restrictive", "willing"] = option("who decides")
    bite: NonNegativeRange = option("bite, from the mildest to the strongest", unit="severity")
    floor: float = parameter("severity", 0, 1)
    delay: NonNegativeRange = option("preparation before the decision", unit="weeks")
    duration: Whole = parameter("weeks", 1, 5200)
    uptake: float = parameter("odds", 0, 100, default=0.0)
    persons: float = parameter("persons", 0, 1000, default=0.0)
    entities: float = parameter("entities", 0, 1000, default=0.0)
    joinable: bool = option("whether partners may join", unit="yes or no", default=False)


Instrument = Annotated[Programme | Measure, Field(discriminator="occasion")]
"""An entry of the toolbox, whose `occasion` says of which kind it is."""

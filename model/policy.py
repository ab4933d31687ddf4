"""What a policy team chooses and compares: the doctrine, the mechanisms switched on, and the reference world."""

from pydantic import Field

from agents.doctrine import DOCTRINE, SWITCHES, VotingRule
from model.parameters import Settings, Whole, option, parameter


class Doctrine(Settings):
    """How the EU signals, attributes, decides and responds."""

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

    @property
    def answers(self) -> bool:
        """Whether the EU takes any measure under it."""
        return any(getattr(self, name) > 0.0 for name in MEASURES)


MEASURES = ("firmness", "preventive", "cooperative", "stability", "support", "due_diligence")
"""Numbers of a doctrine without which it takes no measure."""
UNPRICED: dict[str, str] = {
    "attribution_confidence": "to be surer takes no staff and no money here",
    "proportionality": "a measure costs the same whatever its bite",
    "firmness": "a measure costs the same whatever its bite",
    "ratchet": "a measure costs the same whatever its bite",
    "voting_rule": "no treaty change, and no trust among members, is paid for",
    "initiative": "who proposes is a rule alone",
    "vital_interest": "the right is a rule alone",
    "coalition_quorum": "to gather the willing takes no effort here",
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

"""Findings of experiments and newer theory, whose signs the model is to have; and those on which it is silent.

Abstracts give signs and no effect sizes, so that least effects are what would matter to a reader. They were stated
before the first run.
"""

from typing import NamedTuple

from experiments.validation.contrasts import Fact, Term, Values, change, less
from experiments.validation.facts import clarity, doctrine, of_all

PART = "Experiments"
KOSTYUK = "Kostyuk, ISQ 2021"
HEDGECOCK = "Hedgecock & Sukin, JCR 67(10) 2023"
LEAL = "Leal & Musgrave, CMPS 2023"
JARDINE = "Jardine, Porter & Shandler, JPR 2024, n = 2,025"
SCHNEIDER = "Schneider, Schechter & Shaffer, IO 2023, 580 players"
NGUYEN = "Nguyen, dissertation, UCLA"
AGREED = (
    "A case put to members has met the EU's standard, and nearly all who vote are in favour (99 in 100), so there is "
    "little room for change."
)
LOW, HIGH = 11.0, 34.0
"""Sensitivity to cost: the ends of the prior's range."""


def sensitive(level: float) -> tuple[Values, Values]:
    """A vague doctrine and a clear one that follows through, where all perpetrators are so sensitive to cost."""
    return tuple(  # type: ignore[return-value]
        {**values, **of_all("sensitivity", level)} for values in clarity(proportionality=0.9, voting_rule="qmv")
    )


def investigation(name: str, *levels: float) -> tuple[Values, ...]:
    """Levels of a number of the investigation, where attribution is answered by majority and on moderate proof."""
    same = doctrine(attribution_confidence=0.75, voting_rule="qmv")
    return tuple({**same, f"scenario.investigation.{name}": level} for level in levels)


def support(name: str) -> tuple[Term, ...]:
    """What moves the share of members in favour at a vote, by its name among the measures of votes."""
    return (Term(1.0, f"support_by_{name}", {}),)


SIGNS = (
    Fact(
        PART,
        "institutions made visible work on those sensitive to cost: clarity deters more where sensitivity is high",
        less(change("deterrence_rate", *sensitive(HIGH)), change("deterrence_rate", *sensitive(LOW))),
        *(+1, 0.005, "built-in", KOSTYUK),
        explained=(0.0, 0.008),
        explanation="The toolbox as a whole deters two to three times as much if sensitivity is high, because every "
        "perpetrator weighs the expected response by its sensitivity. Clarity adds little at either end: an "
        "announcement corrects expectations, upward or downward, and adds less the more was expected beforehand.",
    ),
    Fact(
        PART,
        "certainty moves members' support for an answer more than scale does",
        less(support("certainty"), support("severity")),
        *(+1, 0.01, "emergent", HEDGECOCK),
        explained=(-0.005, 0.02),
        explanation=f"{AGREED} Scale does not change the rest. Certainty does if members grow cautious after errors: "
        "in three of four worlds of the third with most caution, and in none of the third with least. Otherwise it "
        "acts before the vote, on which cases are put to it: see how often cases are answered.",
    ),
    Fact(
        PART,
        "support for an answer rises with damage",
        support("severity"),
        *(+1, 0.005, "built-in", LEAL),
        explained=(0.0, 0.005),
        explanation=f"Nearly all worlds have the sign. {AGREED} The effect is largest if members are reluctant.",
    ),
    Fact(
        PART,
        "support for an answer is greater against states than against others",
        support("state"),
        *(+1, 0.005, "emergent", LEAL),
        explained=(-0.003, 0.003),
        explanation=f"{AGREED} No rule makes members harsher on states: their stake in relations with a state makes "
        "them more reluctant, both towards it and towards the groups that it harbours.",
    ),
    Fact(
        PART,
        "the lower the certainty, the less often cases are answered: skill from .8 to .4",
        change("response_rate", *investigation("skill", 0.8, 0.4)),
        *(-1, 0.01, "built-in", JARDINE),
        fast=True,
    ),
    Fact(
        PART,
        "the lower the certainty, the fewer members support an answer",
        support("certainty"),
        *(+1, 0.005, "built-in", JARDINE),
        explained=(-0.001, 0.008),
        explanation=f"{AGREED} Certainty changes votes only if errors that came to light have made members more "
        "cautious than the EU's standard.",
    ),
    Fact(
        PART,
        "overconfidence from 0 to .5 raises escalation",
        change("escalation_rate", *investigation("overconfidence", 0.0, 0.5)),
        *(+1, 0.0005, "emergent", SCHNEIDER),
    ),
    Fact(
        PART,
        "overconfidence raises escalation more than uncertainty does: half of the range of each (skill .75 to .25)",
        less(
            change("escalation_rate", *investigation("overconfidence", 0.0, 0.5)),
            change("escalation_rate", *investigation("skill", 0.75, 0.25)),
        ),
        *(+1, 0.0005, "emergent", SCHNEIDER),
        explained=(0.0, 0.05),
        explanation="This holds on average, but only in two worlds of three: those with strong grievance, because "
        "overconfident investigators attribute more acts, and more of them wrongly. If grievance is weak, neither "
        "raises escalation much. Uncertain investigators attribute fewer acts, but as many wrongly.",
    ),
    Fact(
        PART,
        "statements alone deter hacktivists more than criminals",
        less(
            *(
                change(f"deterrence_rate_{kind}", {"doctrine": "none"}, {"doctrine": "naming_first"})
                for kind in ("hacktivist", "criminal")
            )
        ),
        *(0, 0.0, "emergent", NGUYEN),
    ),
)
"""Signs that the model can be asked for."""


class Silent(NamedTuple):
    """A finding on which the model cannot say anything: what was found, why the model is silent, the source."""

    name: str
    why: str
    source: str


SILENT = (
    Silent(
        "states over-invest in signalling",
        "the EU's doctrine sets its signals, and no state in the model chooses how much to signal.",
        KOSTYUK,
    ),
    Silent(
        "support for an answer falls as attribution takes longer",
        "a member's readiness depends on severity, solidarity, its dependence and the victim, and its doubt on the "
        "certainty reached. Neither depends on how long attribution took.",
        HEDGECOCK,
    ),
    Silent(
        "answers in kind find more support",
        "members judge a measure by its cost and bite; the model does not record whether it is in kind.",
        LEAL,
    ),
    Silent(
        "doubt spares allies more than rivals",
        "a member asks for the same evidence whomever it suspects. Dependence on the state concerned lowers its "
        "readiness at every certainty alike, and no perpetrator is an ally.",
        JARDINE,
    ),
    Silent(
        "cyber means lower the support for force at equal magnitude",
        "the model has no acts by other than cyber means, and no response by force.",
        "Kreps & Schneider 2019",
    ),
    Silent(
        "only lethal attacks call for force",
        "the model has no lethal acts, only severity, and no response by force.",
        "Shandler et al., BJPS 2021, n = 2,028",
    ),
    Silent(
        "indictments without arrest deter seekers of status and thrill, not of profit",
        "the model has no indictments, and no taste for status. Instead the effect of statements alone on "
        "hacktivists and on criminals is reported.",
        NGUYEN,
    ),
)
"""Findings on which the model is silent, each with the reason."""

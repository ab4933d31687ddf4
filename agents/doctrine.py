"""The EU's doctrine: how clearly, on what confidence and how proportionately it answers; its phases; and the answer."""

from typing import Literal, get_args

from agents.foundation.columns import Columns, integer, real
from agents.foundation.compiled import Tables, rule

VotingRule = Literal["unanimity", "qmv", "coalition"]
"""Names of the rules for restrictive measures, as doctrines state them."""
VOTING_RULES: tuple[str, ...] = get_args(VotingRule)
UNANIMITY, QMV, COALITION = range(len(VOTING_RULES))

DOCTRINE = Columns(
    clarity=real("how clearly campaigns say what will follow, 0 to 1: the weight of the announcement"),
    attribution_confidence=real("confidence required before attribution, 0.6 to 0.99"),
    proportionality=real("how far the response follows severity, 0 to 1"),
    firmness=real("mean bite of a response relative to mean severity, 0 or more"),
    ratchet=real("rise of the response per recent attributed activity of the same actor"),
    campaign_interval=integer("weeks between campaigns, which announce the response schedule; 0: never"),
    voting_rule=integer("code in VOTING_RULES, for restrictive measures"),
    initiative=integer("1 if the High Representative or the Commission proposes (65 % rule), else 0 (72 % rule)"),
    vital_interest=integer("1 if a member may stop a majority vote for vital interests"),
    coalition_quorum=integer("supporters needed if the willing decide on responses outside the toolbox"),
    preventive=real("effort in preventive measures without attribution, 0 to 1"),
    cooperative=real("effort in cooperative measures without attribution, 0 to 1"),
    stability=real(
        "effort in stability measures: reactions without attribution, and statements on attributed cases, 0 to 1"
    ),
    support=real("effort in supporting Member States' own lawful responses, 0 to 1"),
    partners=real("how closely the EU works with partners, 0 to 1"),
    due_diligence=real("pressure on harbours to stop what starts on their territory, 0 to 1"),
    delay_factor=real("preparation time relative to the catalogue"),
)

TRIGGERS = ("begins", "severe_acts_above", "severe_acts_below", "credibility_above", "credibility_below")
"""What a phase of a doctrine may wait for, as doctrines state it: a date, or a figure of the last year."""
BEGINS, SEVERE_ACTS_ABOVE, SEVERE_ACTS_BELOW, CREDIBILITY_ABOVE, CREDIBILITY_BELOW = range(len(TRIGGERS))
LOOK_BACK = 52
"""Weeks over which a trigger looks back; until so many are over it is not read."""
NOT_HELD = -1
"""Stands for the week in which a phase began that does not hold."""

PHASE = Columns(
    trigger=integer("what it waits for, code in TRIGGERS"),
    threshold=real("week, number of severe acts or credibility at which it begins"),
    until=integer("week in which a phase with a date ends"),
    lasts=integer("fewest weeks that a phase with a trigger lasts"),
    began=integer("week in which it began; −1: it does not hold"),
)

SWITCHES = Columns(
    punishment=integer("1 if expected responses deter"),
    denial=integer("1 if resilience lowers the success of activities"),
    entanglement=integer("1 if interdependence makes harm cost its author"),
    norms=integer("1 if norms restrain"),
    incapacitation=integer("1 if pressure lowers capability"),
    grievance=integer("1 if grievance motivates retaliation"),
    suppression=integer("1 if pressure on harbours takes opportunities away"),
)


@rule
def response(world: Tables, severity: float, recent: float) -> float:
    """Bite that the doctrine announces and intends for an incident of this severity by an actor with this record.

    Firmness sets the level and proportionality the slope around the scenario's mean severity. What is delivered is
    less: the law, the vote and the evidence stand between.
    """
    doctrine = world.doctrine[0]
    mean = world.scenario[0].mean_severity
    return doctrine.firmness * (mean + doctrine.proportionality * (severity - mean)) * (1.0 + doctrine.ratchet * recent)


@rule
def holds(world: Tables, row: int, week: int, severe: float, credibility: float) -> bool:
    """Whether a phase holds this week, given the severe acts seen in the last year and its mean credibility.

    With a date, between its two days. With a trigger, for as long as its figure is beyond the threshold, and at least
    for the weeks that it lasts.
    """
    phase = world.phases[row]
    if phase.trigger == BEGINS:
        return phase.threshold <= week < phase.until
    if phase.began != NOT_HELD and week < phase.began + phase.lasts:
        return True
    if week < LOOK_BACK:
        return False
    of_acts = phase.trigger == SEVERE_ACTS_ABOVE or phase.trigger == SEVERE_ACTS_BELOW
    above = phase.trigger == SEVERE_ACTS_ABOVE or phase.trigger == CREDIBILITY_ABOVE
    figure = severe if of_acts else credibility
    return figure > phase.threshold if above else figure < phase.threshold


@rule
def enter_phases(world: Tables, week: int, severe: float, credibility: float) -> bool:
    """Lay the phases that hold over the doctrine; returns whether that changes it.

    `doctrines` has the doctrine under every combination of phases, a bit for each, so that all other rules go on
    reading one row.
    """
    held = 0
    changed = False
    for row in range(len(world.phases)):
        phase = world.phases[row]
        if holds(world, row, week, severe, credibility):
            held += 1 << row
            if phase.began == NOT_HELD:
                phase.began = week
                changed = True
        elif phase.began != NOT_HELD:
            phase.began = NOT_HELD
            changed = True
    if changed:
        world.council[0].phases = held
        world.doctrine[0] = world.doctrines[held]
    return changed

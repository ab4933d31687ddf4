"""What perpetrators believe that an attributed act brings: discounted bite, learnt in each class of severity.

In a class bite is held to be proportional to severity: bite = β · severity, with a Gaussian belief about β and the
conjugate update, so that two sums carry all evidence. The prior is stated in bite, never as a share of what is
announced: a share would let bluff pay.
"""

import math

from agents.catalogue import CRIMINAL, ON_CASE, PROXY, TO_ACTOR, WILLING
from agents.doctrine import response
from agents.foundation.compiled import Tables, inlined, rule
from agents.foundation.functions import exp

CLASSES = ("mild", "serious", "severe")
"""Classes of severity, in which perpetrators hold their beliefs and the EU its credibility."""
MILD, SERIOUS, SEVERE = range(len(CLASSES))
LOWEST = (0.0, 0.3, 0.6)
"""Severity from which each class begins: an assumption, but for the last, which is where acts count as severe."""
TYPICAL = (0.2, 0.42, 0.75)
"""Typical severity of each class: an assumption. The prior weighs as much as one observation there."""


@rule
def severity_class(severity: float) -> int:
    """Class of a severity, a row of `CLASSES`."""
    if severity < LOWEST[SERIOUS]:
        return MILD
    return SERIOUS if severity < LOWEST[SEVERE] else SEVERE


@rule
def observe(world: Tables, row: int, weight: float, severity: float, bite: float) -> None:
    """Take an observation of discounted bite at a severity into the belief about its class."""
    perpetrator = world.perpetrators[row]
    place = severity_class(severity)
    perpetrator.evidence_weight[place] += weight * severity * severity
    perpetrator.evidence_sum[place] += weight * severity * bite


@rule
def believed(world: Tables, row: int, place: int) -> tuple[float, float]:
    """Mean and standard deviation of the belief about discounted bite per unit of severity in a class.

    The prior's mean and the deviation shrink with a firmness below 1: who intends nothing is not feared, by anybody,
    however little is known. The prior's weight does not.
    """
    perpetrator = world.perpetrators[row]
    prior = world.classes[place]
    intended = min(1.0, world.doctrine[0].firmness)
    own = TYPICAL[place] * TYPICAL[place]
    weight = own + perpetrator.evidence_weight[place]
    mean = (own * intended * prior.prior_bite + perpetrator.evidence_sum[place]) / weight
    return mean, intended * prior.spread / math.sqrt(weight)


@rule
def feared(world: Tables, row: int, place: int) -> float:
    """Discounted bite per unit of severity that counts in choosing an act of a class: belief and ambiguity."""
    mean, deviation = believed(world, row, place)
    return max(0.0, mean + world.perpetrators[row].ambiguity_attitude * deviation)


@rule
def fears(world: Tables, row: int) -> tuple[float, float, float]:
    """What counts in choosing an act of each class (`feared`)."""
    return feared(world, row, MILD), feared(world, row, SERIOUS), feared(world, row, SEVERE)


@rule
def of_class(severity: float, mild: float, serious: float, severe: float) -> float:
    """Of three values the one for the class of a severity."""
    place = severity_class(severity)
    return mild if place == MILD else serious if place == SERIOUS else severe


@rule
def reaches(addressee: int, kind: int) -> bool:
    """Whether what a measure with this addressee brings reaches perpetrators of this kind.

    What falls on a state, as the author or for its territory, reaches it and its proxies, and nobody whom it harbours.
    """
    return addressee == TO_ACTOR or kind <= PROXY


@rule
def lawful(world: Tables, kind: int, severity: float, week: int) -> float:
    """The strongest bite that law allows the Union to announce: measures on cases that exist and suit the severity.

    What the willing may do is not the Union's to announce.
    """
    return strongest_bite(world, kind, severity, week, 1)


@rule
def announceable(world: Tables, kind: int, severity: float, week: int) -> float:
    """The strongest bite that the Union can announce: what law allows, less the measures that it forgoes."""
    return strongest_bite(world, kind, severity, week, 0)


@rule
def strongest_bite(world: Tables, kind: int, severity: float, week: int, forgone: int) -> float:
    """The strongest bite of measures on cases that exist, suit the severity and reach the kind.

    With `forgone` 1 those count as well that the Union forgoes, with 0 they do not.
    """
    strongest = 0.0
    for row in range(len(world.measures)):
        measure = world.measures[row]
        if measure.occasion != ON_CASE or measure.adoption == WILLING or measure.available > week:
            continue
        if measure.forgone > forgone:
            continue
        if measure.floor <= severity and reaches(measure.addressee, kind):
            strongest = max(strongest, measure.bite_high)
    return strongest


@rule
def publish_limits(world: Tables, week: int) -> None:
    """Work out, for states and their proxies and for all others, what can be announced for each activity."""
    for rung in range(1, len(world.activities)):
        severity = world.activities[rung].severity
        world.limits[0, rung] = announceable(world, PROXY, severity, week)
        world.limits[1, rung] = announceable(world, CRIMINAL, severity, week)


@rule
def own_discount(world: Tables, row: int, place: int) -> float:
    """What a bite is worth to this perpetrator relative to the public, at the delay that answers in a class had."""
    council = world.council[0]
    if council.delivered[place] <= 0.0:
        return 1.0
    weeks = council.lateness[place] / council.delivered[place]
    return exp((world.perpetrators[row].log_discount - council.log_discount) * weeks)


@rule
def hear(world: Tables, row: int, week: int) -> None:
    """Take a campaign as evidence: for each activity what is announced, capped by law and believed as far as kept.

    An announcement is one standing signal, not a sample: its weight does not grow with repetition. What is kept is
    counted with the public's patience, and heard with one's own: else who cannot wait would fear what comes late.
    """
    council = world.council[0]
    if council.signal_weight <= 0.0:
        return
    perpetrator = world.perpetrators[row]
    group = int(perpetrator.kind > PROXY)
    mild, serious, severe = (
        own_discount(world, row, MILD),
        own_discount(world, row, SERIOUS),
        own_discount(world, row, SEVERE),
    )
    for rung in range(1, len(world.activities)):
        severity = world.activities[rung].severity
        bite = min(response(world, severity, perpetrator.record), world.limits[group, rung])
        kept = council.kept[severity_class(severity)] * of_class(severity, mild, serious, severe)
        observe(world, row, council.signal_weight, severity, kept * bite)


@inlined
def forget_evidence(world: Tables, row: int) -> None:
    """Let the evidence in the beliefs fade by a week."""
    perpetrator = world.perpetrators[row]
    kept = world.keep[0].memory
    weight, total = perpetrator.evidence_weight, perpetrator.evidence_sum
    for place in range(len(CLASSES)):
        weight[place] *= kept
        total[place] *= kept

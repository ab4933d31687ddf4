"""How sure an investigation becomes, and the closed forms that say how sure to expect it to become.

With two suspects, no prior and a calibrated clue this is Wald's (1945) sequential test: the balance of clues is a
random walk between two barriers, and the odds of the right name within a time limit are those of the gambler's ruin
(Feller 1968, chapter XIV.5).
"""

import math

from agents.foundation.compiled import Tables, rule

MOST_RELIABLE = 0.995
"""No clue is certain; log-odds stay finite."""

FARTHEST = 60
"""Steps beyond which a barrier is taken as out of reach."""


@rule
def log_odds(probability: float) -> float:
    """Log-odds of a probability, kept finite at 0 and 1."""
    probability = min(1.0 - 1e-12, max(1e-12, probability))
    return math.log(probability / (1.0 - probability))


@rule
def logistic(x: float) -> float:
    """The probability with these log-odds."""
    if x > 700.0:
        return 1.0
    if x < -700.0:
        return 0.0
    return 1.0 / (1.0 + math.exp(-x))


@rule
def clue_reliability(skill: float, stealth: float) -> float:
    """Probability that a clue points to the true culprit of this stealth."""
    return min(MOST_RELIABLE, 0.5 + 0.5 * skill * (1.0 - 0.5 * stealth))


@rule
def clue_weight(reliability: float, overconfidence: float) -> float:
    """Log-odds that investigators give to one clue; more than it deserves where they are overconfident."""
    return log_odds(min(MOST_RELIABLE, reliability + overconfidence * (1.0 - reliability)))


@rule
def lean(world: Tables, own_record: float, other_record: float) -> float:
    """First suspicion of one party over another from their records, in log-odds: at most half the standard."""
    half = 0.5 * world.council[0].standard
    suspicion = world.scenario[0].suspicion * math.log((1.0 + own_record) / (1.0 + other_record))
    return min(half, max(-half, suspicion))


@rule
def prior_log_odds(world: Tables, odds_against: float) -> float:
    """Log-odds with which a case starts for a party, given the other's odds against it, nobody included."""
    return world.council[0].log_real - math.log(odds_against + world.scenario[0].false_alarm_share)


@rule
def steps_to(standard: float, weight: float, prior_odds: float) -> int:
    """Clues in a row, at least one, that lift a suspect with these prior log-odds to the standard (in log-odds)."""
    if weight < 1e-9:
        return FARTHEST
    steps = math.ceil((standard - prior_odds) / weight - 1e-9)
    return int(min(float(FARTHEST), max(1.0, steps)))


@rule
def power(base: float, exponent: int) -> float:
    """Integer power by squaring: the same bits in every engine."""
    result = 1.0
    while exponent > 0:
        if exponent % 2 == 1:
            result = result * base
        base = base * base
        exponent = exponent // 2
    return result


@rule
def ruin(reliability: float, up: int, down: int) -> tuple[float, float]:
    """Probability that the walk ends at the upper barrier, `up` steps above the start, and its mean number of steps."""
    if abs(reliability - 0.5) < 1e-12:
        return down / (up + down), float(up * down)
    ratio = (1.0 - reliability) / reliability
    top = (1.0 - power(ratio, down)) / (1.0 - power(ratio, up + down))
    return top, ((up + down) * top - down) / (2.0 * reliability - 1.0)


@rule
def ruin_in_time(reliability: float, up: int, down: int, step_probability: float, weeks: int) -> float:
    """Probability of ending at the upper barrier within `weeks`, when a step is taken with a given weekly probability.

    The spectral form of the absorbed walk: exact, and quick because the barriers are few steps apart.
    """
    if up >= FARTHEST:
        return 0.0
    against = 1.0 - reliability
    span = up + down
    root = math.sqrt(reliability * against)
    total = 0.0
    sign = 1.0
    for mode in range(1, span):
        angle = math.pi * mode / span
        decay = 1.0 - step_probability + 2.0 * step_probability * root * math.cos(angle)
        stay = weeks if decay > 1.0 - 1e-15 else (1.0 - power(decay, weeks)) / (1.0 - decay)
        total += sign * math.sin(angle * down) * math.sin(angle) * stay
        sign = -sign
    drift = math.exp(0.5 * (up - 1) * math.log(reliability / against))
    return min(1.0, max(0.0, step_probability * reliability * 2.0 / span * drift * total))

"""How sure an investigation becomes, and the closed forms that say how sure to expect it to become.

With two suspects, no prior and a calibrated clue this is Wald's (1945) sequential test: the balance of clues is a
random walk between two barriers, and the odds of the right name within a time limit are those of the gambler's ruin
(Feller 1968, chapter XIV.5).
"""

import math

from agents.foundation.compiled import Tables, rule
from agents.foundation.functions import exp, log, turn

MOST_RELIABLE = 0.995
"""No clue is certain; log-odds stay finite."""

FARTHEST = 60
"""Steps beyond which a barrier is taken as out of reach."""

ROUNDING = 1e-9
"""Part of a step that is rounding."""


@rule
def log_odds(probability: float) -> float:
    """Log-odds of a probability, kept finite at 0 and 1."""
    probability = min(1.0 - 1e-12, max(1e-12, probability))
    return log(probability / (1.0 - probability))


@rule
def logistic(x: float) -> float:
    """The probability with these log-odds."""
    return 1.0 / (1.0 + exp(-x))


@rule
def clue_reliability(skill: float, stealth: float) -> float:
    """Probability that a clue points to the true culprit of this stealth."""
    return min(MOST_RELIABLE, 0.5 + 0.5 * skill * (1.0 - 0.5 * stealth))


@rule
def clue_weight(reliability: float, overconfidence: float) -> float:
    """Log-odds that investigators give to one clue; more than it deserves where they are overconfident."""
    return log_odds(min(MOST_RELIABLE, reliability + overconfidence * (1.0 - reliability)))


@rule
def lean(world: Tables, ratio: float) -> float:
    """First suspicion of one party over another, in log-odds: from the ratio of their records, each with one added.

    At most half the standard.
    """
    half = 0.5 * world.council[0].standard
    return min(half, max(-half, world.scenario[0].suspicion * log(ratio)))


@rule
def prior_log_odds(world: Tables, odds_against: float) -> float:
    """Log-odds with which a case starts for a party, given the other's odds against it, nobody included."""
    return world.council[0].log_real - log(odds_against + world.scenario[0].false_alarm_share)


@rule
def steps_to(standard: float, weight: float, prior_odds: float) -> int:
    """Clues in a row, at least one, that lift a suspect with these prior log-odds to the standard (in log-odds)."""
    if weight < 1e-9:
        return FARTHEST
    steps = math.ceil((standard - prior_odds) / weight - ROUNDING)
    return int(min(float(FARTHEST), max(1.0, steps)))


@rule
def ratios_kept(world: Tables, weight: float, up: int, down: int) -> tuple[float, float]:
    """Ratios of records (`lean`) from which, and below which, both barriers stay as many clues away (`steps_to`).

    The inverse of `lean`, `prior_log_odds` and `steps_to`, one after the other.
    """
    council, suspicion = world.council[0], world.scenario[0].suspicion
    least, most = 0.0, math.inf  # odds
    for steps in range(up - 1, up + 1):
        against = odds_against(world, weight, steps)
        if steps == up and up < FARTHEST:
            least = max(least, 1.0 / against)
        elif steps < up and against > 0.0:
            most = min(most, 1.0 / against)
    if down > 1:
        least = max(least, odds_against(world, weight, down - 1))
    if down < FARTHEST:
        most = min(most, odds_against(world, weight, down))
    half = 0.5 * council.standard
    low = log(least) if least > 0.0 else -math.inf
    high = log(most) if most < math.inf else math.inf
    ratio_low = exp(low / suspicion) if low > -half and suspicion > 0.0 else 0.0
    ratio_high = exp(high / suspicion) if high < half and suspicion > 0.0 else math.inf
    return ratio_low, ratio_high


@rule
def odds_against(world: Tables, weight: float, steps: int) -> float:
    """The other's odds with which the standard is just so many clues away; below 0 where none are."""
    council = world.council[0]
    start = council.standard - weight * (steps + ROUNDING)
    return exp(council.log_real - start) - world.scenario[0].false_alarm_share


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
        cosine, sine = turn(0.5 * mode / span)
        decay = 1.0 - step_probability + 2.0 * step_probability * root * cosine
        stay = weeks if decay > 1.0 - 1e-15 else (1.0 - power(decay, weeks)) / (1.0 - decay)
        total += sign * turn(0.5 * (mode * down % (2 * span)) / span)[1] * sine * stay
        sign = -sign
    drift = exp(0.5 * (up - 1) * log(reliability / against))
    return min(1.0, max(0.0, step_probability * reliability * 2.0 / span * drift * total))

"""What theory says, written once more in numpy for the tests to hold the model to."""

import math
from typing import Any

import numpy as np
from scipy.special import expit, log_ndtr, logit, softmax
from scipy.stats import norm

from agents.scenario import BEST_RESPONSE, LOGIT
from agents.world import World


def named_in_time(reliability: float, up: int, down: int, step: float, weeks: int) -> float:
    """Probability of absorption at the upper barrier, by dynamic programming over the walk's whole distribution."""
    place = np.zeros(up + down + 1)
    place[down] = 1.0
    for _ in range(weeks):
        inside = place[1:-1].copy()
        place[1:-1] = inside * (1.0 - step)
        place[2:] += inside * step * reliability
        place[:-2] += inside * step * (1.0 - reliability)
    return float(place[-1])


LOWEST = (0.3, 0.6)
"""Severity from which the second and the third class begin."""
TYPICAL = np.array([0.2, 0.42, 0.75])


def beliefs(world: World, row: int) -> tuple[np.ndarray, np.ndarray]:
    """Mean and standard deviation, class by class, of the discounted bite per unit of severity that is believed."""
    p, prior, intended = world.perpetrators[row], world.classes, min(1.0, world.doctrine[0].firmness)
    weight = TYPICAL**2 + p.evidence_weight
    mean = (TYPICAL**2 * prior.prior_bite * intended + p.evidence_sum) / weight
    return mean, intended * prior.spread / np.sqrt(weight)


def expected_attribution(world: World, row: int) -> float:
    """Probability that a detected act is attributed, by dynamic programming and own experience."""
    s, c, d, p = world.scenario[0], world.council[0], world.doctrine[0], world.perpetrators[row]
    others = np.delete(world.perpetrators.record, row)
    half = 0.5 * logit(d.attribution_confidence)
    suspicion = s.suspicion * math.log((1 + p.record) / (1 + np.average(others, weights=1 + others)))
    suspicion = np.clip(suspicion, -half, half)
    share, reliability = s.false_alarm_share, 0.5 + 0.5 * c.skill * (1 - 0.5 * p.stealth)
    own, other = (1 - share) * expit(suspicion), (1 - share) * expit(-suspicion)
    clue = logit(reliability + s.overconfidence * (1 - reliability))
    up, down = (max(1, math.ceil((2 * half - logit(prior)) / clue)) for prior in (own, other))
    named = named_in_time(reliability, up, down, c.clue_probability * c.attention, int(s.investigation_weeks))
    return (s.attribution_experience * named + p.seen_named) / (s.attribution_experience + p.seen_named + p.seen_cold)


def power_mean(weights: Any, values: Any, exponent: float) -> Any:
    """Weighted mean of powers along the last axis, as a number again."""
    return np.average(np.asarray(values) ** exponent, axis=-1, weights=weights) ** (1 / exponent)


def highest(utilities: np.ndarray) -> np.ndarray:
    """P(k is the highest) of independent normals of these means and standard deviation 1, on a dense grid."""
    grid = np.arange(utilities.max() - 10, utilities.max() + 10, 0.01)[:, None] - utilities
    others = log_ndtr(grid).sum(axis=1, keepdims=True) - log_ndtr(grid)
    return np.exp(norm.logpdf(grid) + others).sum(axis=0) * 0.01


def quantal_response(world: World, row: int) -> np.ndarray:
    """P(k) from the utilities of the model's description under the scenario's choice rule, written once more."""
    s, c, p, a, on = (world.scenario[0], world.council[0], world.perpetrators[row], world.activities, world.switches[0])
    weights = world.pull[row] * (1.0 - world.victims.resilience)
    met = np.average(world.victims.resilience, weights=weights) if on.denial else 0.0
    capability = p.capability * (1 - s.retooling_cost * p.retooled)
    capability *= math.exp(-s.incapacitation * p.pressure * on.incapacitation)
    success = expit(s.success_slope * (capability - met + s.success_margin))
    mean, deviation = beliefs(world, row)
    feared = np.maximum(0.0, mean + p.ambiguity_attitude * deviation)[np.searchsorted(LOWEST, a.severity, "right")]
    named = expected_attribution(world, row)
    punishment = on.punishment * p.sensitivity * math.exp(-s.saturation * p.pressure) * feared * a.severity
    punishment = punishment * (a.visibility * s.detection * named - s.blame_replaced * p.blame)
    utility = a.motive[:, p.kind] * success - a.cost * (1 - capability / 2) - punishment
    utility -= on.entanglement * p.entanglement * a.harm
    utility += (on.grievance * p.grievance - on.norms * p.norm_regard * c.norm_strength) * a.severity
    if s.experience > 0 and p.experience >= 0:
        utility = (1 - s.experience) * utility + s.experience * world.attraction[row]
    utility[0] = 0.0
    reach = np.flatnonzero(capability >= a.required_capability)
    chances, utility = np.zeros(len(a.severity)), utility[reach]
    if s.choice_rule == LOGIT:
        chances[reach] = softmax(p.rationality * utility)
    elif s.choice_rule == BEST_RESPONSE:
        chances[reach] = s.tremble / len(reach)
        chances[reach[np.argmax(utility)]] += 1 - s.tremble
    else:
        chances[reach] = highest(p.rationality * utility * math.sqrt(6) / math.pi)
    return chances

"""What theory says, written once more in numpy for the tests to hold the model to."""

import math

import numpy as np
from scipy.special import expit, logit

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


def quantal_response(world: World, row: int) -> np.ndarray:
    """P(k) from the utilities of the model's description, written once more in numpy."""
    s, c, d, p, a = (world.scenario[0], world.council[0], world.doctrine[0], world.perpetrators[row], world.activities)
    weights = world.pull[row] * (1.0 - world.victims.resilience)
    met = np.average(world.victims.resilience, weights=weights)
    capability = p.capability * math.exp(-s.incapacitation * p.pressure)
    success = expit(s.success_slope * (capability - met + s.success_margin))
    theta = (s.prior_precision * s.prior_fulfilment + p.evidence_sum) / (s.prior_precision + p.evidence_weight)
    doubt = (s.prior_precision + p.evidence_weight) ** -0.5
    others = np.delete(world.perpetrators.record, row)
    half = 0.5 * logit(d.attribution_confidence)
    suspicion = s.suspicion * math.log((1 + p.record) / (1 + np.average(others, weights=1 + others)))
    suspicion = np.clip(suspicion, -half, half)
    share, reliability = s.false_alarm_share, 0.5 + 0.5 * c.skill * (1 - 0.5 * p.stealth)
    own, other = (1 - share) * expit(suspicion), (1 - share) * expit(-suspicion)
    clue = logit(reliability + s.overconfidence * (1 - reliability))
    up, down = (max(1, math.ceil((2 * half - logit(prior)) / clue)) for prior in (own, other))
    named = named_in_time(reliability, up, down, c.clue_probability, int(s.investigation_weeks))
    named = (s.attribution_experience * named + p.seen_named) / (s.attribution_experience + p.seen_named + p.seen_cold)
    announced = d.firmness * (s.mean_severity + d.clarity * d.proportionality * (a.severity - s.mean_severity))
    punishment = p.sensitivity * math.exp(p.log_discount * p.perceived_delay)
    punishment *= max(0.0, theta + p.ambiguity_attitude * doubt) * math.exp(-s.saturation * p.pressure)
    punishment *= announced * (1 + d.ratchet * p.record)
    punishment = punishment * (a.visibility * s.detection * named - s.blame_replaced * p.blame)
    utility = a.motive[:, p.kind] * success - a.cost * (1 - capability / 2) - punishment - p.entanglement * a.harm
    utility += (p.grievance - p.norm_regard * c.norm_strength) * a.severity
    utility[0] = 0.0
    odds = np.where(capability < a.required_capability, 0.0, np.exp(p.rationality * utility))
    return odds / odds.sum()

"""A race between two suspects: how an investigation by calibrated clues ends (Wald 1945; Feller 1968, XIV).

Each clue points to the culprit with probability p and to the other suspect otherwise, and moves the log-odds by
log(p / (1 − p)). Whoever first has the posterior that is required is named. That is a random walk between two barriers:
with m steps up to the right name and n down to the wrong one, and ρ = (1 − p) / p,

    Pr(right) = (1 − ρ^n) / (1 − ρ^(m + n))        E[clues] = (m Pr(right) − n Pr(wrong)) / (2p − 1)

Wald, A. 1945: Sequential tests of statistical hypotheses. Annals of Mathematical Statistics 16(2), 117-186.
Feller, W. 1968: An introduction to probability theory and its applications I, 3rd edition.
"""

from math import ceil, expm1, log
from typing import NamedTuple

from analysis.theory.arguments import single
from model.errors import ConfigurationError

ROUNDING = 1e-9
"""Part of a step within which a barrier is met."""


class AttributionRace(NamedTuple):
    """How the race ends."""

    correct: float
    """Probability that the one who is named is the culprit."""
    mean_clues: float
    """Expected number of clues until somebody is named."""


def attribution_race(clue_accuracy: float, required_confidence: float, prior_log_odds: float = 0.0) -> AttributionRace:
    """How a race between two suspects ends: who is named, and after how many clues.

    `clue_accuracy` is above 0.5, at most 1; `required_confidence` above 0.5, below 1. `prior_log_odds` are those of the
    culprit over the other before any clue, natural logarithm. Nobody is named before the first clue: where the prior
    alone is beyond the standard, the first clue decides whether it still is. Exact: each outcome of the first clue is
    taken by itself. Raises `ConfigurationError`, a `ValueError`, for other numbers.
    """
    p, confidence = (
        single("clue_accuracy", clue_accuracy),
        single("required_confidence", required_confidence),
    )
    start = single("prior_log_odds", prior_log_odds)
    if not 0.5 < p <= 1.0:
        allowed = "above 0.5 and at most 1: other clues are useless, or point to the innocent"
        raise ConfigurationError("is out of bounds", key="clue_accuracy", value=p, allowed=allowed)
    if not 0.5 < confidence < 1.0:
        allowed = "above 0.5, so that one party alone has it, and below 1, which is never reached"
        raise ConfigurationError("is out of bounds", key="required_confidence", value=confidence, allowed=allowed)
    if p == 1.0:
        return AttributionRace(1.0, 1.0)
    step, barrier = log(p / (1.0 - p)), log(confidence / (1.0 - confidence))
    correct, clues = 0.0, 1.0
    for chance, odds in ((p, start + step), (1.0 - p, start - step)):
        up, down = (max(0, ceil(way / step - ROUNDING)) for way in (barrier - odds, barrier + odds))
        # where a barrier is met already the other is not, and these are exact
        right = expm1(-down * step) / expm1(-(up + down) * step)
        correct += chance * right
        clues += chance * (up * right - down * (1.0 - right)) / (2.0 * p - 1.0)
    return AttributionRace(correct, clues)

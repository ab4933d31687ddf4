"""Variants of the rules under which emergent facts are tried again: nobody knows which of them is right."""

from experiments.validation.contrasts import Values

VARIANTS: dict[str, Values] = {
    "as shipped": {},
    "probit choice": {"scenario.choice.rule": "probit"},
    "best response with noise": {"scenario.choice.rule": "best_response"},
    "convex severity": {"scenario.severity.exponent": 2},
    "no learning": {
        "scenario.learning.experience": 0.0,
        "scenario.learning.imitation": 0.0,
        "scenario.learning.retooling": 0.0,
    },
    "more learning": {
        "scenario.learning.experience": 0.3,
        "scenario.learning.imitation": 0.3,
        "scenario.learning.retooling": 0.3,
    },
    "no grievance": {"switches.grievance": False},
}
"""Values by path of each variant; the first is the model as the prior draws it."""
WHY = {
    "best response with noise": (
        "A fifth of all choices are then errors, spread evenly over the activities in reach, and hardly anybody acts "
        "on purpose. Four acts in five, and nearly all severe acts, are errors, which no doctrine can change."
    ),
    "no grievance": (
        "Bluff, and the detection of what is hard to identify, backfire in this model because of grievance. If "
        "nobody can feel wronged, more cases and louder threats deter a little more, even if they hit the innocent."
    ),
}
"""Why a variant changes facts, where that is known."""

"""Placebos: rates that count only increases, with the world and its twin swapped."""

from model.metrics.against_twin import METRICS
from model.metrics.definition import Metric, Total, ratio


def placebo_of(name: str) -> str:
    """The name that the placebo of a metric has, if there is one."""
    return f"{name}_placebo"


SWAPPED: dict[str, tuple[Total, str]] = {
    "deterrence_rate": (Total(("provoked",)), "expected_acts"),
    "dampening_rate": (Total(("escalated",), ("provoked",)), "expected_acts"),
    "suppression_rate": (Total(("released",)), "expected_acts"),
    "release_rate": (Total(("suppressed",)), "twin_open_opportunities"),
    "escalation_rate": (Total(("deterred", "dampened")), "common"),
    "provocation_rate": (Total(("deterred",)), "common"),
}
"""Rates that count only increases: numerator and denominator of what the twin would show of them against the world."""


def _placebo(name: str, above: Total, below: str) -> Metric:
    rate = METRICS[name]
    said = f"{rate.definition}; with the world and its twin swapped"
    return ratio(f"{rate.title}, placebo", rate.unit, said, above, below)


PLACEBOS = {placebo_of(name): _placebo(name, *swapped) for name, swapped in SWAPPED.items()}
"""Two worlds that answer, each with its own chance, drift apart, and a rate that counts only increases is above zero
though nothing that matters differs. World and twin can then be swapped: such a rate and its placebo have one law."""

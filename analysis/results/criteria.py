"""What doctrines are judged by: for each metric which way is better, what it is called in a table, and targets."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

import numpy as np

from analysis.statistics.two_way import Array
from analysis.labels import is_share, shown
from analysis.results.conditions import Condition, condition, metric_name
from model.errors import ConfigurationError
from model.metrics import METRICS


class Criterion(NamedTuple):
    """A metric as a criterion: +1 where more of it is better for the Union, −1 where less is; its name in a table."""

    better: int
    short: str


CRITERIA: dict[str, Criterion] = {
    "deterrence_rate": Criterion(+1, "deterred"),
    "escalation_rate": Criterion(-1, "escalated"),
    "provocation_rate": Criterion(-1, "provoked"),
    "harm_averted": Criterion(+1, "harm averted"),
    "severe_averted": Criterion(+1, "severe averted"),
    "eu_cost": Criterion(-1, "EU cost"),
    "wrongful_responses": Criterion(-1, "wrongful responses"),
}
"""The one place that says which way is better. A judgement: that less cost and fewer wrongful responses are better."""
CRITERION_NAMES = tuple(CRITERIA)
HEADLINE = ("deterrence_rate", "escalation_rate", "harm_averted", "severe_averted", "eu_cost")
"""Criteria of the table that goes on a slide."""
TRADED = ("deterrence_rate", "escalation_rate", "harm_averted", "eu_cost")
"""Criteria between which doctrines trade off: those of the Pareto set and of dominance."""


def signs(metrics: Iterable[str]) -> Array:
    """+1 or −1 for each metric: by this a value is multiplied so that more is better."""
    return np.array([float(CRITERIA[name].better) for name in metrics])


def label(target: Condition) -> str:
    """A target for readers, in the unit of tables: harm averted ≥ 10 %."""
    name = CRITERIA[target.metric].short if target.metric in CRITERIA else metric_name(target.metric)
    sign = target.operator.replace(">=", "≥").replace("<=", "≤")
    unit = " %" if is_share(target.metric) else ""
    return f"{name} {sign} {shown(target.metric) * target.value:g}{unit}".replace("-", "−")


DEFAULT_TARGETS = (
    Condition("deterrence_rate", ">=", 0.05),
    Condition("escalation_rate", "<=", 0.02),
    Condition("harm_averted", ">=", 0.10),
    Condition("severe_averted", ">=", 0.0),
)
"""Assumptions, for want of any that a document sets: one act in twenty deterred, one opportunity in fifty escalated at
most, a tenth of the harm averted, and no more severe acts than without the toolbox. `--target` replaces them."""


def read_targets(texts: Sequence[str]) -> tuple[Condition, ...]:
    """Targets such as `harm_averted>=0.1`, the defaults where there are none; raises `ConfigurationError`."""
    targets = tuple(map(condition, texts))
    for place, target in enumerate(targets):
        _check(target)
        if any(target[:2] == other[:2] for other in targets[:place]):
            raise ConfigurationError("is a target given twice", file="--target", value=target.text)
    return targets or DEFAULT_TARGETS


def _check(target: Condition) -> None:
    if target.metric not in METRICS:
        problem, allowed = "is a median of a run, which worlds have none of", "one of the other metrics"
        raise ConfigurationError(problem, file="--target", value=target.metric, allowed=allowed)

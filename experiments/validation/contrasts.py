"""What a check measures: metrics of worlds, added and taken away, and what is expected of the sum.

A world is changed by values of parameters by path. Every term of a contrast is of the same world on the same random
numbers, so that chance cancels.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

from analysis.validation.checks import Label

Values = Mapping[str, Any]
"""Values of parameters by path, which change a world."""


class Term(NamedTuple):
    """A metric of the world with these values, times a weight.

    With `left` it is the logarithm of what the metric, a share averted, leaves.
    """

    weight: float
    metric: str
    values: Values
    left: bool = False


Contrast = tuple[Term, ...]


def change(metric: str, before: Values, after: Values) -> Contrast:
    """By how much a metric rises from one world to another."""
    return Term(-1.0, metric, before), Term(1.0, metric, after)


def proportional_fall(metric: str, before: Values, after: Values) -> Contrast:
    """By how much what is not averted falls, in logarithms; `metric` is a share averted."""
    return Term(1.0, metric, before, left=True), Term(-1.0, metric, after, left=True)


def less(one: Contrast, other: Contrast) -> Contrast:
    """One contrast less another."""
    return one + tuple(term._replace(weight=-term.weight) for term in other)


@dataclass(frozen=True)
class Fact:
    """What the model is expected to show, stated before it is run.

    `sign` is that of the contrast, 0 where theory allows both; the whole interval is to lie beyond `least`, in the
    metric's own unit. `matched` is a metric that is to be alike before and after, and is told beside. `explanation`
    says why a fact is missed, where that is known, and `explained` between which mean effects it does: what lies
    elsewhere is not explained. `fast` facts are those of the short run.
    """

    part: str
    name: str
    contrast: Contrast
    sign: int
    least: float
    label: Label
    source: str
    matched: str = ""
    explanation: str = ""
    explained: tuple[float, float] = (-math.inf, math.inf)
    fast: bool = False

    def under(self, name: str, values: Values, **changes: Any) -> "Fact":
        """The same fact where these values hold on all sides."""
        contrast = tuple(term._replace(values={**term.values, **values}) for term in self.contrast)
        return replace(self, name=name, contrast=contrast, fast=False, **changes)

"""Metrics of a part of the acts: those of one kind of perpetrator, or against one group of victims.

What is expected at an opportunity is known by kind of perpetrator alone, for only an act meets a victim: by group of
victims there are the acts as the dice fell.
"""

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

from agents.books import GROUPS
from agents.catalogue import KINDS
from model.metrics import acts, against_twin
from model.metrics.columns import WORDS, part_of
from model.metrics.definition import Metric, RunSums, Total, Wording, a_year, ratio

WHOLES = against_twin.METRICS | acts.METRICS
BY_KIND = (
    *("deterrence_rate", "dampening_rate", "suppression_rate", "release_rate", "escalation_rate", "provocation_rate"),
    *("harm_averted", "severe_averted", "acts_averted", "act_rate", "twin_act_rate", "acts", "twin_acts_a_year"),
)
"""Metrics that there are by kind of perpetrator as well."""


def _of_kind(total: Callable[[RunSums], Any], kind: str) -> Total:
    """The same sum of one kind of perpetrator alone; weeks are the weeks of all."""
    assert isinstance(total, Total)

    def parts(names: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(name if name == "weeks" else part_of(name, kind) for name in names)

    return replace(total, plus=parts(total.plus), minus=parts(total.minus))


def _metric_of_kind(whole: Metric, kind: str) -> Metric:
    """A metric of one kind of perpetrator alone; it appears nowhere without being asked for."""
    said = f" ({WORDS[kind]})"
    above, below = (_of_kind(total, kind) for total in (whole.numerator, whole.denominator))
    title, definition = f"{whole.title}{said}", f"{whole.definition}{said}"
    found = ratio(title, whole.unit, definition, above, below, complement=whole.complement, better=whole.better)
    wording = whole.wording and Wording(*(text and f"{text}{said}" for text in whole.wording))
    return found._replace(short=whole.short and f"{whole.short}{said}", wording=wording, part=kind)


BY_GROUP = {
    "acts": ("number", "acts", "acts"),
    "severe_acts": ("number", "severe acts", "severe_acts"),
    "harm": ("harm", "harm of successful acts", "harm_realised"),
}
"""Metrics a year that there are by group of victims: unit, words, and the column that each is of."""


def of_kinds(name: str) -> dict[str, str]:
    """The metrics that a metric has of each kind of perpetrator alone, by kind; empty where it has none."""
    whole = name.removesuffix("_a_year")
    return {kind: part_of(whole, kind) for kind in KINDS} if name in BY_KIND else {}


TOLD_BY_KIND = (
    *("deterrence_rate", "escalation_rate", "harm_averted", "severe_averted", "acts_averted"),
    *("acts", "twin_acts_a_year"),
)
"""Metrics that tables have by kind of perpetrator without being asked; of acts, kinds add up to all of them."""


def _metrics_of_group(group: str) -> Iterator[tuple[str, Metric]]:
    """Metrics of what is done to one group of victims, in the world and in its twin."""
    for name, (unit, words, column) in BY_GROUP.items():
        for twin, whose in (("", ""), ("twin_", ", in the twin")):
            definition = f"{words} against {WORDS[group]}{whose}"
            title, numerator = f"{definition[0].upper()}{definition[1:]}", part_of(f"{twin}{column}", group)
            yield part_of(f"{twin}{name}", group), a_year(title, unit, definition, numerator, part=group)


METRICS: dict[str, Metric] = {
    **{
        part_of(name.removesuffix("_a_year"), kind): _metric_of_kind(WHOLES[name], kind)
        for name in BY_KIND
        for kind in KINDS
    },
    **{name: metric for group in GROUPS for name, metric in _metrics_of_group(group)},
}

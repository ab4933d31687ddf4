"""What the page shows of a setting beside the status quo: each metric, whole and by kind, and the finding."""

from collections.abc import Mapping, Sequence
from typing import Any

from analysis.sentences import together as in_one_sentence
from analysis.statistics.arms import differences_of, levels_of, told_of
from experiments.page.ensembles import YOURS, together
from experiments.page.shelf import STATUS_QUO
from model.metrics.catalogue import METRICS
from model.metrics.columns import Beside
from model.metrics.parts import of_kinds

SHOWN = ("deterrence_rate", "dampening_rate", "escalation_rate", "harm_averted", "wrongful_responses", "eu_cost")
"""Metrics on the page, in its order."""
NO_DIFFERENCE = "By every figure here, this doctrine does the same as the status quo."


def rows_of(found: Mapping[str, Sequence[Beside]], rough: bool) -> list[dict[str, Any]]:
    """Of each metric, whole and by kind: both arms and the difference, each as mean, low, high and n."""
    parts = {name: {"all": name, **of_kinds(name)} for name in SHOWN}
    metrics = [part for of_metric in parts.values() for part in of_metric.values()]
    arms = {name: together(blocks) for name, blocks in found.items()}
    levels = levels_of(arms, metrics, rough=rough)
    less = differences_of(arms, metrics, STATUS_QUO, rough=rough)
    return [
        {
            "metric": name,
            "title": METRICS[name].title,
            "unit": METRICS[name].unit,
            "share": METRICS[name].is_share,
            "better": METRICS[name].better,
            "parts": {
                part: {
                    "yours": levels[YOURS, metric],
                    "status_quo": levels[STATUS_QUO, metric],
                    "difference": less[YOURS, metric],
                }
                for part, metric in parts[name].items()
            },
        }
        for name in SHOWN
    ]


def told_together(found: Mapping[str, Sequence[Beside]]) -> dict[str, bool]:
    """Of each metric whether its difference is told from zero, where all are to hold together."""
    arms = {name: together(blocks) for name, blocks in found.items()}
    return {name: is_told for (_, name), is_told in told_of(arms, SHOWN, STATUS_QUO).items()}


def finding_of(told: Mapping[str, bool], rows: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """What choosing the doctrine over the status quo does, in one sentence, and which differences are told."""
    said = [
        {"metric": row["metric"], "jointly": told[row["metric"]], **row["parts"]["all"]["difference"]} for row in rows
    ]
    # a doctrine need not be the status quo to do the same: a rule may decide no vote
    known = [row for row in said if row["mean"] is not None]
    same = bool(known) and all(row["low"] == row["high"] == 0.0 for row in known)
    text = NO_DIFFERENCE if same else in_one_sentence("choosing this doctrine over the status quo", said)
    return {"told": told, "finding": text}

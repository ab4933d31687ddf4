"""What a setting does, beside the status quo: figures with intervals that grow sharper as runs come in."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from typing import Any

from analysis.sentences import together as in_one_sentence
from experiments.page.ensembles import Arm, World, together
from experiments.page.figures import differences_of, levels_of, told_of
from experiments.page.room import Room
from experiments.page.shelf import STATUS_QUO, Setting
from model.metrics.catalogue import METRICS
from model.metrics.columns import Beside
from model.metrics.parts import of_kinds

SHOWN = ("deterrence_rate", "dampening_rate", "escalation_rate", "harm_averted", "wrongful_responses", "eu_cost")
"""Metrics on the page, in its order."""
ROUGH = (20, 80)
"""Replicates after which figures are shown before all are there."""
YOURS = "yours"


async def figures(room: Room, asked: Any) -> AsyncIterator[dict[str, Any]]:
    """Figures of a setting beside the status quo, at first of few replicates; raises `ConfigurationError`."""
    setting = room.shelf.setting(asked)
    world, arms = await room.turns.take(_ready, room, setting)
    found: dict[str, list[Beside]] = {name: [] for name in arms}
    first, every = 0, room.shelf.replicates
    for last in (*(n for n in ROUGH if n < every), every):
        blocks = [(name, block) for block in room.ensembles.blocks(first, last) for name in arms]
        made = await asyncio.gather(
            *(room.turns.take(room.ensembles.books, world, arms[name], block) for name, block in blocks)
        )
        for (name, _), books in zip(blocks, made, strict=True):
            found[name].append(books)
        arms_so_far = {name: together(blocks_of) for name, blocks_of in found.items()}
        rows = await room.turns.take(_rows, arms_so_far, last < every)
        finding = await room.turns.take(_finding, arms_so_far, rows) if last == every else {}
        yield {"n": last, "of": every, "rows": rows, **finding}
        first = last


def _ready(room: Room, setting: Setting) -> tuple[World, dict[str, Arm]]:
    beside = Setting(setting.asked.model_copy(update={"values": setting.around}), setting.scenario, STATUS_QUO, None)
    arms = {YOURS: room.ensembles.arm(setting), STATUS_QUO: room.ensembles.arm(beside)}
    return room.ensembles.world(setting), arms


def _rows(arms: Mapping[str, Beside], rough: bool) -> list[dict[str, Any]]:
    """Of each metric, whole and by kind: both arms and the difference, each as mean, low, high and n."""
    parts = {name: {"all": name, **of_kinds(name)} for name in SHOWN}
    metrics = [part for of_metric in parts.values() for part in of_metric.values()]
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


def _finding(arms: Mapping[str, Beside], rows: list[dict[str, Any]]) -> dict[str, Any]:
    """What choosing the setting over the status quo does, in one sentence, and which differences are told."""
    told = {name: is_told for (_, name), is_told in told_of(arms, SHOWN, STATUS_QUO).items()}
    said = [
        {"metric": row["metric"], "jointly": told[row["metric"]], **row["parts"]["all"]["difference"]} for row in rows
    ]
    same = all(row["low"] == row["high"] == 0.0 for row in said)
    text = None if same else in_one_sentence("choosing this setting over the status quo", said)
    return {"told": told, "finding": "This setting is the status quo." if same else text}

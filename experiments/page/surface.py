"""A response surface around a setting: one metric over two parameters, the rest as the setting has it."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from functools import partial
from typing import Any

from analysis.statistics.arms import Figure, levels_of
from experiments.page.ensembles import Arm, World, together
from experiments.page.room import Room
from experiments.page.shelf import Setting
from experiments.page.turns import LAST
from model.configuration import ConfigurationError
from model.metrics.catalogue import metric
from model.metrics.columns import Beside
from model.parameters import Parameter, Settings
from model.paths import validated

LEVELS = 5
"""Levels of each parameter, evenly over its range, at most."""
REPLICATES = 40
"""Runs of each cell at most: a surface shows where to look, and the figures beside it are of all runs."""


class Wanted(Settings):
    """A surface as a browser asks for it; `setting` is read by the shelf."""

    setting: Any = None
    x: str = "doctrine.clarity"
    y: str = "doctrine.attribution_confidence"
    metric: str = "harm_averted"


async def surface(room: Room, asked: Any) -> AsyncIterator[dict[str, Any]]:
    """The cells of a surface, in the background, or of none no more; raises `ConfigurationError`."""
    if asked is None:
        return
    wanted = validated(Wanted, asked)
    setting, found = room.shelf.setting(wanted.setting), metric(wanted.metric)
    if wanted.x == wanted.y:
        raise ConfigurationError("is the parameter of both axes", key="x", value=wanted.x, allowed="two parameters")
    axes = await room.turns.take(_axes, setting, (wanted.x, wanted.y), rank=LAST)
    head = {
        "metric": wanted.metric,
        "title": found.title,
        "unit": found.unit,
        "share": found.is_share,
        "better": found.better,
        "axes": [axis._asdict() | {"levels": levels} for axis, levels in axes],
        "of": len(axes[0][1]) * len(axes[1][1]),
    }
    cells: list[dict[str, Any]] = []
    for x in axes[0][1]:
        work = (_cell(room, setting, {wanted.x: x, wanted.y: y}, wanted.metric) for y in axes[1][1])
        cells += [cell | {"x": x} for cell in await asyncio.gather(*work)]
        yield head | {"cells": cells}


def _axes(setting: Setting, paths: tuple[str, str]) -> list[tuple[Parameter, list[float]]]:
    known = {each.path: each for each in setting.configuration.parameters()}
    return [(known.get(path) or _unknown(path), _levels(known[path])) for path in paths]


def _unknown(path: str) -> Parameter:
    raise ConfigurationError("is no parameter of this setting", key="x", value=path)


def _levels(axis: Parameter) -> list[float]:
    if axis.low is None or axis.high is None or type(axis.value) not in (int, float):
        raise ConfigurationError("has no range", key=axis.path, allowed="a parameter that is a number with two ends")
    steps = [axis.low + (axis.high - axis.low) * at / (LEVELS - 1) for at in range(LEVELS)]
    whole = type(axis.value) is int  # of which there may be fewer than so many
    return sorted({round(each) for each in steps}) if whole else [round(each, 6) for each in steps]


async def _cell(room: Room, setting: Setting, values: dict[str, float], name: str) -> dict[str, Any]:
    asked = setting.asked.model_copy(update={"values": {**setting.asked.values, **values}})
    there = Setting(asked, setting.scenario, setting.doctrine, setting.worlds)
    world, arm = await room.turns.take(_placed, room, there, rank=LAST)
    books = partial(room.ensembles.books, passing=there.around != setting.around)
    blocks = room.ensembles.blocks(0, min(REPLICATES, room.shelf.replicates))
    made = await asyncio.gather(*(room.turns.take(books, world, arm, block, rank=LAST) for block in blocks))
    return {"y": list(values.values())[1], **await room.turns.take(_level, made, name, rank=LAST)}


def _level(made: Sequence[Beside], name: str) -> Figure:
    return levels_of({"here": together(made)}, [name])["here", name]


def _placed(room: Room, setting: Setting) -> tuple[World, Arm]:
    return room.ensembles.world(setting), room.ensembles.arm(setting)

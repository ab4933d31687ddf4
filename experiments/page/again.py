"""How a setting of the page is had again elsewhere: the command that gives its figures, and its doctrine as a file."""

import json
import shlex
from collections.abc import AsyncIterator, Mapping, Sequence
from typing import Any

from experiments.design.arms import arms_of
from experiments.design.doctrine_file import doctrine_text
from experiments.page.room import Room
from experiments.page.shelf import STATUS_QUO, Setting
from model.configuration import Doctrine, load_configuration

NOTHING = "none"
"""Doctrine without any measure."""
WATCHED = "results/watched"
"""Folder in which the commands of a world that is watched put its run."""
ASSUMPTION = "assumption: set on the page of deter app"
"""Source of the values that were moved there."""


async def command(room: Room, asked: Any) -> AsyncIterator[dict[str, Any]]:
    """The command that gives the figures of a setting, and the name of the file that it takes, if any."""
    setting = room.shelf.setting(asked)
    yield {"command": words_of(room, setting), "file": file_name(setting) if setting.within else None}


def file_name(setting: Setting) -> str:
    """Name of the file of a doctrine that was changed."""
    return f"{setting.asked.doctrine}_changed.toml"


def words_of(room: Room, setting: Setting) -> str:
    """The command that gives the figures of a setting beside the status quo."""
    ours = file_name(setting) if setting.within else setting.doctrine
    doctrines = [ours, NOTHING if ours == STATUS_QUO else STATUS_QUO]  # a comparison takes two
    return command_of(room, setting, doctrines)


def command_of(room: Room, setting: Setting, doctrines: Sequence[str], *more: str) -> str:
    """The command that compares these doctrines in the circumstances of a setting; `more` are options."""
    words = ["deter", "compare", *doctrines, *more, "--scenario", setting.scenario]
    words += _sets(setting.around)
    worlds = setting.asked.worlds
    words += ["--uncertainty", worlds if room.shelf.is_shipped(worlds) else str(setting.worlds)]
    return shlex.join([*words, "--replicates", str(room.shelf.replicates), "--seed", str(room.shelf.seed)])


def commands_of_run(setting: Setting, drawn: Mapping[str, Any], seed: int, replicate: int) -> str:
    """Two lines: `deter run` of this replicate of a setting, and `deter explain` of what it gives.

    `drawn` are the values by path that the replicate's world has of its own.
    """
    words = ["deter", "run", setting.scenario, "--doctrine", setting.doctrine]
    words += _sets({**drawn, **setting.asked.values})
    words += ["--seed", str(seed), "--replicate", str(replicate), "--acts", "--out", WATCHED]
    return f"{shlex.join(words)}\n{shlex.join(['deter', 'explain', WATCHED])}"


def _sets(values: Mapping[str, Any]) -> list[str]:
    """Options that set values by path."""
    pairs = ((path, value if isinstance(value, str) else json.dumps(value)) for path, value in values.items())
    return [word for path, value in pairs for word in ("--set", f"{path}={value}")]


def doctrine_file(setting: Setting) -> str:
    """The doctrine of a setting as the text of a file; raises `ConfigurationError`."""
    name = setting.asked.doctrine
    if not setting.within:
        base = load_configuration(setting.scenario, setting.doctrine)
        return doctrine_text(base.doctrine, {"default": f"as in {name}"})
    sources = {path.partition(".")[2]: ASSUMPTION for path in setting.within}
    return doctrine_text(changed(setting), {"default": f"as in {name}", **sources})


def changed(setting: Setting) -> Doctrine:
    """The doctrine of a setting with values of its own, called by what it changes; raises `ConfigurationError`."""
    base = load_configuration(setting.scenario, setting.doctrine)
    (arm,) = arms_of(setting.asked.doctrine, base, [setting.within])
    return Doctrine.model_validate({**arm.content, "source": ASSUMPTION})

"""The commands that make the run which a reader watches again, and tell its story, in a terminal."""

import json
import shlex
from collections.abc import Mapping
from typing import Any

from experiments.page.shelf import Setting

FOLDER = "results/watched"
"""Folder in which the commands put the run."""


def commands_of(setting: Setting, drawn: Mapping[str, Any], seed: int, replicate: int) -> str:
    """Two lines: `deter run` of this replicate of a setting, and `deter explain` of what it gives.

    `drawn` are the values by path that the replicate's world has of its own.
    """
    words = ["deter", "run", setting.scenario, "--doctrine", setting.doctrine]
    for path, value in {**drawn, **setting.asked.values}.items():
        words += ["--set", f"{path}={value if isinstance(value, str) else json.dumps(value)}"]
    words += ["--seed", str(seed), "--replicate", str(replicate), "--acts", "--out", FOLDER]
    return f"{shlex.join(words)}\n{shlex.join(['deter', 'explain', FOLDER])}"

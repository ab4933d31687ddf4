"""The exact versions that a folder was made with, as a file that pip takes; and whether a file is no more than that."""

import functools
import platform
import re
import sys
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from agents.foundation.compiled import source_hash
from analysis.results.reading import content_of
from model.errors import ConfigurationError

EXTRAS = {"ema": "ema_workbench", "search": "optuna", "dask": "distributed"}
"""Extras of deter, each with the module that tells whether it is in use."""
PINNED = re.compile(r"(#.*|[a-z0-9-]+==[\w.!+-]+)?")


def requirements() -> str:
    """All that deter needs at run time, as installed here: `name==version` in lines, sorted, below what they are of.

    What an extra needs is among them where it is in use. Where a package came from is left out.
    """
    versions = dict(_installed(frozenset(name for name, module in EXTRAS.items() if module in sys.modules)))
    python, deter = platform.python_version(), versions.pop("deter", "")
    install = f"python{python.rpartition('.')[0]} -m venv made-with && made-with/bin/pip install -r requirements.txt"
    lines = [f"# Python {python}; for the same versions: {install}"]
    lines += [f"# deter {deter} itself is installed from its code, whose hash is {source_hash()}"]
    pinned = sorted(f"{name}=={version}" for name, version in versions.items())
    return "\n".join([*lines, *filter(PINNED.fullmatch, pinned), ""])


@functools.cache
def _installed(extras: frozenset[str]) -> tuple[tuple[str, str], ...]:
    """Name and version of deter, and of all that it needs with these extras."""
    versions: dict[str, str] = {}
    waiting, seen = [("deter", extras)], set()
    while waiting:
        name, wanted = waiting.pop()
        key = canonicalize_name(name), wanted
        if key in seen:
            continue
        seen.add(key)
        try:
            found = distribution(name)
        except PackageNotFoundError:  # of another platform, or left out on purpose
            continue
        versions[key[0]] = found.version
        for each in map(Requirement, found.requires or ()):
            if each.marker is None or any(each.marker.evaluate({"extra": extra}) for extra in ("", *wanted)):
                waiting.append((each.name, frozenset(each.extras)))
    return tuple(versions.items())


def are_versions(path: Path) -> bool:
    """Whether a file holds versions and comments alone: no options of pip, and no addresses to install from."""
    try:
        lines = content_of(path).decode().splitlines()
    except (OSError, UnicodeDecodeError, ConfigurationError):
        return False
    return all(map(PINNED.fullmatch, lines))

"""Folders of results that another version of deter has written: what of them is read, and what is refused.

A release that differs before its last number has another model. Its folders can be read, so far as what they hold still
has its place here; their runs can be neither made again nor continued.
"""

import re
from collections.abc import Iterator, Mapping
from copy import deepcopy
from importlib.metadata import PackageNotFoundError, version
from typing import Any

import numpy as np
from pydantic import ValidationError

from model.configuration import Configuration, load_configuration
from model.errors import ConfigurationError
from model.metrics.definition import Metric
from model.paths import problems_of, translated

FROM_SOURCE = "from source"
"""In the place of a version where the package is not installed."""
RELEASE = re.compile(r"(\d{1,6}\.\d{1,6})[0-9a-z.+]{0,40}")
PASSES = 5
"""Times that what is wrong with a configuration is mended: what was mended may show something else."""


class Lacking(ConfigurationError):
    """A table that lacks columns: one of another version, or of runs that have no twin."""


def this_version() -> str:
    """Version of deter that runs."""
    try:
        return version("deter")
    except PackageNotFoundError:
        return FROM_SOURCE


def is_another(written: str) -> bool:
    """Whether a version has another model than this one; not where either is no release."""
    there, here = RELEASE.fullmatch(written), RELEASE.fullmatch(this_version())
    return there is not None and here is not None and there[1] != here[1]


def check_version(written: str, folder: str, otherwise: str = "run it anew, into another folder") -> None:
    """Refuse to make runs of a folder that another version has written; `otherwise` is a remedy in this version."""
    if is_another(written):
        problem = (
            f"was written by deter {written}, and the model of deter {this_version()} is another: its runs can be "
            "read here, but neither reproduced nor continued"
        )
        raise ConfigurationError(
            problem, file=folder, allowed=f"deter=={written} installed, and the same command; or {otherwise}"
        )


def columns_of(metric: Metric) -> set[str]:
    """The columns of runs from which a metric is reckoned."""
    asked = _Asked()
    metric.parts(asked)
    return asked.names


class _Asked(Mapping[str, Any]):
    """Runs that note which of their columns are asked for."""

    def __init__(self) -> None:
        self.names: set[str] = set()

    def __getitem__(self, name: str) -> Any:
        self.names.add(name)
        return np.ones(1)

    def __iter__(self) -> Iterator[str]:
        return iter(self.names)

    def __len__(self) -> int:
        return len(self.names)


def as_now(tree: Mapping[str, Any], written: str) -> Configuration:
    """The configuration of a folder of another version, so far as this one has its parameters.

    Parameters that are no more are left out, and those that were not yet stand as in the shipped files, with a source
    that says so. It is to be read, not to be run. Raises `ConfigurationError` where it is no configuration even so.
    """
    found, base = deepcopy(dict(tree)), load_configuration().model_dump(mode="json", exclude={"sources"})
    for _ in range(PASSES):
        try:
            return Configuration.model_validate(found)
        except ValidationError as error:
            mended = [_mend(found, base, path, what, written) for path, what in problems_of(error, Configuration)]
            if not any(mended):
                raise translated(error, Configuration, found) from None
    raise ConfigurationError(f"is no configuration that this version can read; deter {written} wrote it")


def _mend(tree: Any, base: Any, path: list[str], what: str, written: str) -> bool:
    """Take away what is unknown at a path, or put there what the base has; False where neither is possible."""
    *above, last = path or [""]
    sources, inner = tree.get("sources"), tree
    for name in above:
        inner, base = (held.get(name) if isinstance(held, dict) else None for held in (inner, base))
    if not isinstance(inner, dict):
        return False
    if what == "extra_forbidden" and last in inner:
        del inner[last]
        return True
    if not isinstance(base, dict) or last not in base:
        return False
    if isinstance(sources, dict):
        had = inner.get(last)
        said = "had no such parameter" if had is None else f"had {repr(had)[:80]}, which is none here"
        sources[".".join(path)] = f"the default of deter {this_version()}: deter {written} {said}"
    inner[last] = deepcopy(base[last])
    return True

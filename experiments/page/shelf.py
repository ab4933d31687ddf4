"""What a browser may ask for by name, and a setting: what it has asked for, ready to run.

A browser never names a file. It names what the shelf holds: shipped scenarios and doctrines, and the files that the
command was given.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache, cached_property
from pathlib import Path
from typing import Any, TypeVar

from pydantic import Field

from analysis.results.folder import POSTERIOR
from experiments.design.points import WHOLES
from experiments.design.uncertainty import WITHOUT, file_of
from experiments.design.worlds import read_worlds
from experiments.exercise.scenario import load_exercise
from model.configuration import Configuration, ConfigurationError, load_configuration, shipped
from model.loading import load_doctrine, load_scenario
from model.parameters import Settings
from model.paths import validated

T = TypeVar("T")
DOCTRINE = "doctrine."
STATUS_QUO = "status_quo"
"""Doctrine that every setting is compared with."""
MOST_VALUES = 60
"""Values that one setting may change: more than there are of any doctrine."""
MOST_TIMES = 5
"""Work of one run at most, in runs of the baseline: others wait while a run is made, and none can be stopped."""


class Asked(Settings):
    """A setting as a browser sends it: names of the shelf, and values by path."""

    scenario: str = "baseline"
    doctrine: str = STATUS_QUO
    worlds: str = WITHOUT
    values: dict[str, bool | int | float | str] = Field(default_factory=dict, max_length=MOST_VALUES)


@dataclass(frozen=True)
class Setting:
    """A doctrine in a scenario, with values of its own; all that is wrong raises `ConfigurationError`."""

    asked: Asked
    scenario: str  # shipped name, or file
    doctrine: str
    worlds: Path | None  # a file of worlds, one for each replicate; None: one world for all

    @cached_property
    def around(self) -> dict[str, Any]:
        """Values outside the doctrine, by path: they change the world and its twin."""
        return {path: value for path, value in self.asked.values.items() if not path.startswith(DOCTRINE)}

    @cached_property
    def within(self) -> dict[str, Any]:
        """Values of the doctrine by path."""
        return {path: value for path, value in self.asked.values.items() if path.startswith(DOCTRINE)}

    @cached_property
    def configuration(self) -> Configuration:
        """The setting as one world: that of the scenario, with the values."""
        return load_configuration(self.scenario, self.doctrine, self.asked.values)


@dataclass(frozen=True)
class Shelf:
    """Names and what they stand for. `folder` holds the results folders that may be opened."""

    scenarios: Mapping[str, str]
    doctrines: Mapping[str, str]
    worlds: Mapping[str, Path | None]
    folder: Path
    seed: int = 1
    replicates: int = 200
    exercises: Mapping[str, str] = field(default_factory=dict)

    @staticmethod
    def is_shipped(worlds: str) -> bool:
        """Whether worlds of this name come with the model, so that a command takes the name."""
        return worlds in (WITHOUT, POSTERIOR)

    def setting(self, asked: Any) -> Setting:
        """The setting that a browser asks for; raises `ConfigurationError`."""
        found = validated(Asked, asked)
        for path in found.values:
            if path in WHOLES:  # its value would name a file
                raise ConfigurationError(
                    "is not a single value", key=f"values.{path}", allowed="a parameter by its path"
                )
        scenario = _named("scenario", found.scenario, self.scenarios)
        doctrine = _named("doctrine", found.doctrine, self.doctrines)
        return Setting(found, scenario, doctrine, _named("worlds", found.worlds, self.worlds))

    def exercise(self, name: str) -> str:
        """The shipped name or the file of an exercise on offer; raises `ConfigurationError`."""
        return str(_named("exercise", name, self.exercises))


def check_length(base: Configuration, instead: str) -> None:
    """Refuse a world whose runs are too long for the page; `instead` is the command that makes them.

    Raises `ConfigurationError`.
    """
    time, perpetrators = base.scenario.time, len(base.perpetrators)
    weeks, most = time.burn_in + time.weeks, _most_work() // perpetrators
    if weeks > most:
        raise ConfigurationError(
            f"makes runs too long for this page: {weeks:,} weeks with the burn-in, for {perpetrators:,} perpetrators",
            key="scenario.time.weeks",
            value=time.weeks,
            allowed=f"{most:,} weeks with the burn-in, or `{instead}` in a terminal",
        )


@cache
def _most_work() -> int:
    """Weeks of perpetrators in one run at most."""
    baseline = load_configuration("baseline", "none")
    return MOST_TIMES * len(baseline.perpetrators) * (baseline.scenario.time.burn_in + baseline.scenario.time.weeks)


def shelf_of(
    folder: Path,
    *,
    scenarios: list[str],
    doctrines: list[str],
    worlds: list[str],
    exercises: Sequence[str] = (),
    seed: int = 1,
    replicates: int = 200,
) -> Shelf:
    """The shelf of shipped names and of these files; raises `ConfigurationError` where a file is none."""
    shipped_worlds: dict[str, Path | None] = {WITHOUT: None, POSTERIOR: file_of(POSTERIOR)}
    own_worlds: dict[str, Path | None] = {name: file_of(name) for name in worlds}
    return Shelf(
        _with_files(_by_itself(shipped("scenarios")), _by_itself(scenarios), load_scenario),
        _with_files(_by_itself(shipped("doctrines")), _by_itself(doctrines), load_doctrine),
        _with_files(shipped_worlds, own_worlds, lambda file: read_worlds(str(file))),
        folder,
        seed,
        replicates,
        _with_files(_by_itself(shipped("exercises")), _by_itself(exercises), load_exercise),
    )


def _by_itself(names: Sequence[str]) -> dict[str, str]:
    return {name: name for name in names}


def _with_files(offered: Mapping[str, T], files: Mapping[str, T], load: Callable[[T], Any]) -> dict[str, T]:
    """Shipped names, and these files by their stems, each of which is read once to see that it can be."""
    found = dict(offered)
    for name, file in files.items():
        load(file)
        if found.setdefault(Path(name).stem, file) != file:
            raise ConfigurationError("has the name of another that is on offer", file=name, allowed="a name of its own")
    return found


def _named(key: str, name: str, offered: Mapping[str, Any]) -> Any:
    if name not in offered:
        raise ConfigurationError("is not on offer", key=key, value=name, allowed=", ".join(offered))
    return offered[name]

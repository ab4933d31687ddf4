"""An experiment file: a question, a base configuration and the factors to vary."""

from collections.abc import Mapping
from datetime import date
from math import isfinite
from pathlib import Path
from typing import Annotated, Any

from pydantic import BeforeValidator, Field

from model.configuration import Configuration, load_configuration
from model.errors import ConfigurationError
from model.loading import find, read_sources, read_toml, refuse_another
from model.parameters import Settings, by_path, option, parameter
from model.paths import validated

Level = float | int | bool | str | date
MOST_REPLICATES = 1_000_000
MOST_SEED = 2**63 - 1


def _by_path(value: Any) -> Any:
    """Factors by dotted path, written in quotes or as nested tables."""
    return by_path(value) if isinstance(value, Mapping) else value


class Experiment(Settings):
    """What an experiment file states; `factors` are paths of parameters with their levels."""

    title: str = Field(min_length=1)
    question: str = Field(min_length=1)
    scenario: str = option("shipped scenario, or a path relative to this file", default="baseline")
    doctrine: str = option("shipped doctrine, or a path relative to this file", default="status_quo")
    replicates: int = parameter("runs of each point", 1, MOST_REPLICATES)
    seed: int = parameter("seed", 0, MOST_SEED)
    factors: Annotated[dict[str, list[Any]], BeforeValidator(_by_path)] = Field(min_length=1)


class Loaded(Settings):
    """An experiment with the file and the name it came from."""

    name: str
    file: str
    experiment: Experiment

    def base(self, overrides: Mapping[str, Any] | None = None) -> Configuration:
        """The configuration from which the points depart; `overrides` must not touch a factor."""
        for path in set(overrides or {}) & set(self.experiment.factors):
            raise ConfigurationError(
                "is a factor of this experiment and cannot be set as well", file=self.file, key=path
            )
        scenario, doctrine = (self._source(kind) for kind in ("scenario", "doctrine"))
        return load_configuration(scenario, doctrine, overrides)

    def _source(self, kind: str) -> Path:
        try:
            return find(f"{kind}s", getattr(self.experiment, kind), beside=Path(self.file))
        except ConfigurationError as error:
            raise error.at(self.file, kind) from None


def load_experiment(source: str | Path, changes: Mapping[str, Any] | None = None) -> Loaded:
    """Read an experiment by shipped name or path; `changes` replace entries such as `replicates` and `seed`."""
    path = find("experiments", source)
    tree = read_toml(path)
    refuse_another("an experiment", tree, str(path))
    table = tree.pop("sources", {})
    validated(Experiment, tree, file=str(path))
    experiment = validated(Experiment, {**tree, **(changes or {})})
    read_sources(table, tree, str(path))
    for factor, levels in experiment.factors.items():
        check_levels(levels, str(path), f'factors."{factor}"')
    return Loaded(name=path.stem, file=str(path), experiment=experiment)


def check_levels(levels: list[Any], file: str, key: str) -> None:
    """Refuse levels that are none, repeated, mixed, or no single values."""
    if not levels:
        raise ConfigurationError("has no levels", file=file, key=key, allowed="a list of values")
    for level in levels:
        if isinstance(level, float) and not isfinite(level):
            raise ConfigurationError("is not a finite number", file=file, key=key, value=level)
        if not isinstance(level, Level):
            allowed = "numbers, texts, days, or true and false"
            raise ConfigurationError("is not a single value", file=file, key=key, value=level, allowed=allowed)
    if len({_kind(level) for level in levels}) > 1:
        raise ConfigurationError("has levels of several types", file=file, key=key, value=levels)
    for place, level in enumerate(levels):
        if level in levels[:place]:
            raise ConfigurationError("is a level given twice", file=file, key=key, value=level)


def _kind(level: Level) -> str:
    return "number" if type(level) in (int, float) else type(level).__name__

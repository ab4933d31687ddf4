"""Designs: the points of an experiment, each a configuration.

`full_factorial` crosses the levels of all factors, the last varying fastest. A design is frozen; its hash covers all
that the runs depend on and leaves out titles and sources.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import product
from math import prod
from typing import Any

import polars as pl

from experiments.experiment import Experiment, Level, Loaded
from model.configuration import Configuration
from model.errors import ConfigurationError

MOST_POINTS = 1_000_000
MOST_RUNS = 10_000_000
"""Runs of a sweep: all are held in memory at its end, some half a kilobyte each."""
TEXTS = ("title", "idea", "source", "sources")
"""Entries of a configuration on which no run depends."""


def essence(value: Any) -> Any:
    """A tree of plain values without the texts on which no run depends."""
    if isinstance(value, Mapping):
        return {key: essence(item) for key, item in value.items() if key not in TEXTS or isinstance(item, Mapping)}
    return value


def digest(value: Any) -> str:
    """Hash of a tree of plain values, as 16 hexadecimal digits."""
    text = json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=True, default=str)
    return hashlib.blake2b(text.encode(), digest_size=8).hexdigest()


def world_of(configuration: Configuration, *excluded: str) -> dict[str, Any]:
    """What runs of a configuration depend on, less the sections excluded."""
    return dict(essence(configuration.model_dump(mode="json", exclude={"sources", *excluded})))


def reference_key(configuration: Configuration) -> str:
    """Hash of what the twin depends on: equal for configurations that share their twins."""
    return digest(world_of(configuration, "doctrine", "switches"))


@dataclass(frozen=True)
class Design:
    """Points of an experiment: `frame` has `point` and one column for each factor, named by path."""

    title: str
    question: str
    base: Configuration
    factors: Mapping[str, Sequence[Level]]
    seed: int
    replicates: int
    frame: pl.DataFrame
    first_replicate: int = 0

    @cached_property
    def hash(self) -> str:
        """Hash of the base, the points, the seed and the replicates, as 16 hexadecimal digits."""
        points = {name: [str(value) for value in self.frame[name]] for name in self.frame.columns}
        return digest([world_of(self.base), points, self.seed, self.first_replicate, self.replicates])

    @property
    def points(self) -> int:
        """Number of points."""
        return self.frame.height

    @property
    def runs(self) -> int:
        """Number of runs."""
        return self.points * self.replicates

    def values(self, point: int) -> dict[str, Any]:
        """The factors' values at a point."""
        return {name: self.frame[name][point] for name in self.factors}

    def reference(self, point: int) -> str:
        """Key of the reference world of a point: points with the same share their twins."""
        if all(path.split(".")[0] == "doctrine" for path in self.factors):
            return self._base_reference
        return reference_key(self.configuration(point))

    @cached_property
    def _base_reference(self) -> str:
        return reference_key(self.base)

    def configuration(self, point: int) -> Configuration:
        """The configuration of a point."""
        return self.base.with_values(self.values(point), source="varied by the experiment")


def full_factorial(loaded: Loaded, overrides: Mapping[str, Any] | None = None) -> Design:
    """Cross all levels of an experiment's factors, after checking each level and each point."""
    experiment, base = loaded.experiment, loaded.base(overrides)
    check_size(experiment, loaded.file)
    check_factors(base, experiment.factors, loaded.file)
    frame = crossed(experiment.factors)
    texts = experiment.title, experiment.question.strip()
    design = Design(*texts, base, experiment.factors, experiment.seed, experiment.replicates, frame)
    check_points(design, loaded.file)
    return design


def check_size(experiment: Experiment, file: str) -> None:
    """Refuse an experiment that no machine would finish."""
    points = prod(len(levels) for levels in experiment.factors.values())
    if points > MOST_POINTS:
        allowed = f"at most {MOST_POINTS:,}"
        raise ConfigurationError(f"make {points:,} points, too many", file=file, key="factors", allowed=allowed)
    runs = points * experiment.replicates
    if runs > MOST_RUNS:
        problem = f"of each of {points:,} points make {runs:,} runs, too many"
        raise ConfigurationError(problem, file=file, key="replicates", allowed=f"{MOST_RUNS // points:,} or fewer")


def crossed(factors: Mapping[str, Sequence[Level]]) -> pl.DataFrame:
    """Every combination of levels: `point`, then one column for each factor."""
    rows = list(product(*factors.values()))
    columns = {"point": pl.Series(range(len(rows)), dtype=pl.Int64)}
    for place, (name, levels) in enumerate(factors.items()):
        values = [row[place] for row in rows]
        columns[name] = pl.Series(values, dtype=pl.Float64 if any(type(level) is float for level in levels) else None)
    return pl.DataFrame(columns)


def single_point(configuration: Configuration, seed: int, replicate: int, title: str, question: str) -> Design:
    """The design of one run."""
    frame = pl.DataFrame({"point": pl.Series([0], dtype=pl.Int64)})
    return Design(title, question, configuration, {}, seed, 1, frame, replicate)


def check_factors(base: Configuration, factors: Mapping[str, Sequence[Level]], file: str) -> None:
    """Refuse a factor that does not exist and a level that is not allowed, naming file and key."""
    for path, levels in factors.items():
        for level in levels:
            try:
                base.with_values({path: level})
            except ConfigurationError as error:
                error.key = f'factors."{error.key or path}"'
                raise error.at(file) from None


def check_points(design: Design, file: str) -> None:
    """Refuse a point whose levels do not go together, before the first run rather than at that point.

    Entries of a doctrine are independent of one another, so that levels checked one by one suffice.
    """
    if len(design.factors) == 1 or all(path.startswith("doctrine.") for path in design.factors):
        return
    for point in range(design.points):
        try:
            design.configuration(point)
        except ConfigurationError as error:
            levels = ", ".join(f"{path} = {level}" for path, level in design.values(point).items())
            error.problem += f" at the point {levels}"
            error.key = f'factors."{error.key}"'
            raise error.at(file) from None

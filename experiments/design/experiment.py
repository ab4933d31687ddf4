"""An experiment file: a question, a base configuration, the factors to vary, and how they become points."""

import re
from collections.abc import Collection, Mapping
from math import prod
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, model_validator

from analysis.labels import level_texts, stated_text
from analysis.results.manifest import MOST_METRICS
from experiments.design.factors import Factor, Level, Span, as_whole, ends_or_levels, read_factors, with_levels
from experiments.design.methods import DESIGN_KINDS, DesignPlan, Grid, Listed
from experiments.design.sampling import product
from experiments.design.search_table import Search
from model.configuration import Configuration, load_configuration
from model.errors import MOST_SEED, ConfigurationError, nearest_name, placed
from model.loading import find, read_sources, read_toml, refuse_another
from model.metrics.catalogue import ESTIMATED
from model.metrics.columns import COLUMNS
from model.metrics.definition import OWN, is_own, own_name
from model.parameters import Settings, Whole, option, parameter
from model.paths import plain, validated

Luck = Literal["common", "own"]
MOST_REPLICATES = 1_000_000
MOST_HALF_WIDTH = 1e300
NAME_OF_METRIC = "[a-z][a-z0-9_]{0,39}"
"""Pattern of the name of a metric of a user's own, as the experiment has it: tables put `own_` before it."""
LEAST_PILOT = 10
"""Replicates at least from which a spread is estimated: with fewer, intervals become wide and their number erratic."""


class Replicates(Settings):
    """Runs of each point under a precision: a pilot everywhere, and as many more as the precision asks for."""

    at_least: Whole = parameter("runs of each point", LEAST_PILOT, MOST_REPLICATES)
    at_most: Whole = parameter("runs of each point", LEAST_PILOT, MOST_REPLICATES)

    @model_validator(mode="after")
    def _in_order(self) -> "Replicates":
        if self.at_most < self.at_least:
            allowed = f"{self.at_least} or more"
            raise ConfigurationError("is below at_least", key="at_most", value=self.at_most, allowed=allowed)
        return self


class _Fixed(Settings):
    replicates: Whole = parameter("runs of each point", 1, MOST_REPLICATES)


def _replicates(value: Any) -> int | Replicates:
    if isinstance(value, (Mapping, Replicates)):
        return validated(Replicates, value)
    try:
        return validated(_Fixed, {"replicates": value}).replicates
    except ConfigurationError as error:
        error.key = None  # the experiment names it
        raise


def _precision(table: Any) -> Any:
    for metric, half_width in table.items() if isinstance(table, Mapping) else ():
        if metric not in ESTIMATED:
            allowed, nearest = "what `deter list metrics` shows", nearest_name(metric, ESTIMATED)
            raise ConfigurationError("is no metric", key=metric, nearest=nearest, allowed=allowed)
        if type(half_width) not in (int, float) or not 0 < half_width <= MOST_HALF_WIDTH:
            allowed = "more than 0: half the width of a 95 % interval, in the metric's unit (0.01 is one per cent)"
            raise ConfigurationError("is no half-width", key=metric, value=half_width, allowed=allowed)
    return table


def _metrics(table: Any) -> Any:
    """The table `[metrics]`: functions by the name of what they measure, none of them that of a shipped metric."""
    if not isinstance(table, Mapping):
        return table
    for name, function in table.items():
        if is_own(name):
            problem, allowed = f"begins with {OWN}, which tables put before it", name.removeprefix(OWN)
            raise ConfigurationError(problem, key=name, value=function, allowed=allowed)
        if name in ESTIMATED or name in COLUMNS:
            problem, allowed = "is the name of a shipped metric or column", "a name of your own"
            raise ConfigurationError(problem, key=name, value=function, allowed=allowed)
        if not re.fullmatch(NAME_OF_METRIC, name):
            allowed = "small letters, figures and underscores, a letter first, 40 at most"
            raise ConfigurationError("is no name for a metric", key=name, allowed=allowed)
    if len(table) > MOST_METRICS:
        raise ConfigurationError(f"are {len(table)}, which is too many", allowed=f"{MOST_METRICS} or fewer")
    return table


def _design(table: Any) -> Any:
    """The table `[design]` as one of the kinds; what is no table is left to its type."""
    if not isinstance(table, Mapping):
        return table
    names = ", ".join(DESIGN_KINDS)
    if "kind" not in table:
        raise ConfigurationError("is missing", key="kind", allowed=names)
    kind = table["kind"]
    if not isinstance(kind, str) or kind not in DESIGN_KINDS:
        nearest = nearest_name(kind, DESIGN_KINDS) if isinstance(kind, str) else None
        raise ConfigurationError("is not a kind of design", key="kind", value=kind, allowed=names, nearest=nearest)
    return validated(DESIGN_KINDS[kind], dict(table))


class Experiment(Settings):
    """An experiment as its file states it; `factors` are paths of parameters with their levels or ranges."""

    title: str = Field(min_length=1)
    question: str = Field(min_length=1)
    scenario: str = option("shipped scenario, or a path relative to this file", default="baseline")
    doctrine: str = option("shipped doctrine, or a path relative to this file", default="status_quo")
    replicates: Annotated[int | Replicates, BeforeValidator(_replicates)] = Field(
        json_schema_extra={"unit": "runs of each point", "low": 1, "high": MOST_REPLICATES}
    )
    precision: Annotated[dict[str, float], BeforeValidator(_precision), Field(default_factory=dict)]
    seed: Whole = parameter("seed", 0, MOST_SEED)
    uncertainty: str | None = option(
        "source of the world of each replicate: posterior, or a file of worlds relative to this file", default=None
    )
    engine: Literal["compiled", "mesa"] = option("engine; both give identical results", default="compiled")
    luck: Luck = option("random numbers of a point's runs: shared by all points, or its own", default="common")
    record: bool = option("whether runs keep the moments of their public record", unit="yes or no", default=False)
    over_time: bool = option("whether runs keep figures by quarter", unit="yes or no", default=True)
    model: str | None = option("own model class: file.py:Class, or package.module:Class", default=None)
    metrics: Annotated[dict[str, str], BeforeValidator(_metrics), Field(default_factory=dict)]
    design: Annotated[DesignPlan, BeforeValidator(_design)] = Grid()
    factors: Annotated[dict[str, list[Any] | Span], BeforeValidator(read_factors), Field(default_factory=dict)]
    search: Search | None = None

    @model_validator(mode="after")
    def _fits_together(self) -> "Experiment":
        _check_replicates(self)
        if not (self.factors or isinstance(self.design, Listed)):
            if "factors" not in self.model_fields_set:
                raise ConfigurationError("is missing", key="factors")
            raise ConfigurationError("has no entries", key="factors", allowed="1 or more")
        self.design.check(self.factors)
        if self.luck == "own" and self.precision:
            problem = "cannot be combined with a precision"
            raise ConfigurationError(problem, key="luck", value="own", allowed="an experiment without a precision")
        if self.record and (self.model or self.engine == "mesa"):
            problem, allowed = "is kept only on the compiled engine", "engine = compiled, and no model"
            raise ConfigurationError(problem, key="record", value=True, allowed=allowed)
        if self.record and self.over_time and "over_time" in self.model_fields_set:
            problem = "cannot be combined with a record, whose runs have no twin"
            raise ConfigurationError(problem, key="over_time", value=True, allowed="an experiment without record")
        if self.record and self.metrics:
            problem, allowed = "has no twin, which own metrics are given", "an experiment without [metrics]"
            raise ConfigurationError(problem, key="record", value=True, allowed=allowed)
        _check_own(self.precision, self.metrics)
        if self.model and self.engine == "compiled" and "engine" in self.model_fields_set:
            allowed = "mesa, the engine for own model classes"
            raise ConfigurationError(
                "cannot run the model class given", key="engine", value="compiled", allowed=allowed
            )
        return self

    @property
    def floor(self) -> int:
        """Runs of each point, at least."""
        return self.replicates if isinstance(self.replicates, int) else self.replicates.at_least

    @property
    def ceiling(self) -> int:
        """Runs of each point, at most."""
        return self.replicates if isinstance(self.replicates, int) else self.replicates.at_most

    @property
    def varied(self) -> dict[str, Factor]:
        """Factors that are not crossed with the design; of a list of points, its columns."""
        return self.design.varied(self.factors)

    @property
    def stated(self) -> dict[str, Factor]:
        """All factors, in the order in which they stand in the file."""
        return {**self.factors, **self.varied}

    @property
    def crossed(self) -> dict[str, list[Level]]:
        """Factors that are crossed with the design, with their levels."""
        return with_levels({path: self.factors[path] for path in self.design.cross})

    @property
    def size(self) -> int:
        """Number of points, before constraints."""
        return self.design.rows(self.varied) * prod(map(len, self.crossed.values()))

    def values(self, whole: Collection[str] = ()) -> dict[str, list[Level]]:
        """Values of all factors at all points, crossed ones outermost; `whole` as in `DesignPlan.columns_of`.

        Of a parameter that takes whole numbers they are whole numbers, however its levels are written.
        """
        block = self.design.columns_of(self.varied, self.seed, whole)
        crossed = product({**self.crossed, "": range(len(next(iter(block.values()))))})
        rows = crossed.pop("")  # of the block, once for each combination of crossed levels
        found = crossed | {path: [levels[row] for row in rows] for path, levels in block.items()}
        return {path: as_whole(found[path]) if path in whole else found[path] for path in self.stated}


def _check_own(precision: Collection[str], metrics: Collection[str]) -> None:
    """Refuse a precision of a metric of one's own that the experiment does not measure."""
    measured = [own_name(name) for name in metrics]
    for name in precision:
        if is_own(name) and name not in measured:
            nearest, allowed = nearest_name(name, measured), ", ".join(measured) or "those of the table [metrics]"
            raise ConfigurationError("is no metric", key=f"precision.{name}", nearest=nearest, allowed=allowed)


def _check_replicates(experiment: Experiment) -> None:
    ranged = not isinstance(experiment.replicates, int)
    if experiment.precision and not ranged:
        allowed = f"a table such as {{ at_least = {LEAST_PILOT}, at_most = 1000 }}"
        problem = "is a single number; a precision needs a minimum and a maximum"
        raise ConfigurationError(problem, key="replicates", value=experiment.replicates, allowed=allowed)
    if ranged and not experiment.precision:
        problem = "is a table, which is useful only with a precision"
        raise ConfigurationError(problem, key="replicates", allowed="a whole number, or add a table [precision]")


def factor_text(factor: Factor) -> str:
    """A factor in words: its range, as 1 to 8 (log), or its levels."""
    return factor.text if isinstance(factor, Span) else ", ".join(level_texts(ends_or_levels(factor)))


def design_text(experiment: Experiment) -> str:
    """The design in words: sobol, size 64, crossed with doctrine."""
    plan = experiment.design
    numbers = plan.model_dump(exclude={"kind", "cross", "constraints", "points"}, exclude_none=True)
    parts = [plan.kind, *(f"{name.replace('_', ' ')} {stated_text(value)}" for name, value in numbers.items())]
    return ", ".join([*parts, *([f"crossed with {', '.join(plan.cross)}"] if plan.cross else [])])


def uncertainty_text(name: str) -> str:
    """An uncertainty in words: posterior: each replicate in a world of its own."""
    return f"{name}: each replicate in its own world, drawn from this file"


def replicates_text(experiment: Experiment) -> str:
    """Runs of each point in words: 100, or 20 to 500."""
    floor, ceiling = experiment.floor, experiment.ceiling
    return f"{floor:,}" if floor == ceiling else f"{floor:,} to {ceiling:,}"


class Loaded(Settings):
    """An experiment with the file and the name it came from."""

    name: str
    file: str
    experiment: Experiment

    def base(self, overrides: Mapping[str, Any] | None = None) -> Configuration:
        """The configuration from which the points depart; `overrides` must not touch a factor."""
        factors = self.experiment.stated
        for path in sorted(overrides or {}):
            if path in factors:
                problem = "is a factor of this experiment, so it cannot also be set"
                raise ConfigurationError(problem, file=self.file, key=path)
            if above := next((factor for factor in factors if path.startswith(f"{factor}.")), None):
                problem = (
                    f"would have no effect: {above} is a factor of this experiment, and its levels replace it entirely"
                )
                raise ConfigurationError(problem, file=self.file, key=path)
        beside = Path(self.file)
        with placed(self.file, "scenario"):
            scenario = find("scenarios", self.experiment.scenario, beside)
        with placed(self.file, "doctrine"):
            doctrine = find("doctrines", self.experiment.doctrine, beside)
        return load_configuration(scenario, doctrine, overrides)


def load_experiment(source: str | Path, changes: Mapping[str, Any] | None = None) -> Loaded:
    """Read an experiment by shipped name or path; `changes` replace entries such as `replicates` and `seed`.

    A number of replicates among the changes is meant as it stands: a precision in the file is then left aside.
    """
    path, changes = find("experiments", source), {name: plain(value) for name, value in (changes or {}).items()}
    tree = read_toml(path)
    refuse_another("an experiment", tree, str(path))
    table = tree.pop("sources", {})
    validated(Experiment, tree, file=str(path))
    if isinstance(changes.get("replicates"), int):
        changes = {"precision": {}, **changes}
    experiment = validated(Experiment, {**tree, **changes})
    read_sources(table, tree, str(path))
    return Loaded(name=path.stem, file=str(path), experiment=experiment)

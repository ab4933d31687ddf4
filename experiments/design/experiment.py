"""An experiment file: a question, a base configuration, the factors to vary, and how they become points."""

from collections.abc import Mapping
from math import isfinite
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, model_validator

from analysis.labels import level_text
from experiments.design.factors import Factor, Level, Span, check_levels, named, read_factors
from experiments.design.methods import MOST_SEED, SAMPLING, Grid, Listed, Plan, Zipped, read_plan
from experiments.design.search_table import Search
from model.configuration import Configuration, load_configuration
from model.errors import ConfigurationError, nearest_name
from model.loading import find, read_sources, read_toml, refuse_another
from model.metrics import DELAYS, METRICS
from model.parameters import Settings, option, parameter
from model.paths import validated

MOST_REPLICATES = 1_000_000
LEAST_PILOT = 10
"""Replicates at least from which a spread is estimated: with fewer, intervals become wide and their number erratic."""


class Replicates(Settings):
    """Runs of each point under a precision: a pilot everywhere, and as many more as the precision asks for."""

    at_least: int = parameter("runs of each point", LEAST_PILOT, MOST_REPLICATES)
    at_most: int = parameter("runs of each point", LEAST_PILOT, MOST_REPLICATES)

    @model_validator(mode="after")
    def _in_order(self) -> "Replicates":
        if self.at_most < self.at_least:
            allowed = f"{self.at_least} or more"
            raise ConfigurationError("is below at_least", key="at_most", value=self.at_most, allowed=allowed)
        return self


class _Fixed(Settings):
    replicates: int = parameter("runs of each point", 1, MOST_REPLICATES)


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
        if metric not in METRICS and metric not in DELAYS:
            nearest = nearest_name(metric, [*METRICS, *DELAYS])
            allowed = None if nearest else "what `deter list metrics` shows"
            raise ConfigurationError("is not among the metrics", key=metric, nearest=nearest, allowed=allowed)
        if type(half_width) not in (int, float) or not isfinite(half_width) or half_width <= 0:
            allowed = "more than 0: half the width of a 95 % interval, in the metric's unit (0.01 is one per cent)"
            raise ConfigurationError("is no half-width", key=metric, value=half_width, allowed=allowed)
    return table


class Experiment(Settings):
    """What an experiment file states; `factors` are paths of parameters with their levels or ranges."""

    title: str = Field(min_length=1)
    question: str = Field(min_length=1)
    scenario: str = option("shipped scenario, or a path relative to this file", default="baseline")
    doctrine: str = option("shipped doctrine, or a path relative to this file", default="status_quo")
    replicates: Annotated[int | Replicates, BeforeValidator(_replicates)] = Field(
        json_schema_extra={"unit": "runs of each point", "low": 1, "high": MOST_REPLICATES}
    )
    precision: Annotated[dict[str, float], BeforeValidator(_precision), Field(default_factory=dict)]
    seed: int = parameter("seed", 0, MOST_SEED)
    engine: Literal["compiled", "mesa"] = option("engine; both give the same bits", default="compiled")
    model: str | None = option("class of one's own: file.py:Class, or package.module:Class", default=None)
    design: Annotated[Plan, BeforeValidator(read_plan)] = Grid()
    factors: Annotated[dict[str, list[Any] | Span], BeforeValidator(read_factors), Field(default_factory=dict)]
    search: Search | None = None

    @model_validator(mode="after")
    def _fits_together(self) -> "Experiment":
        _check_replicates(self)
        if isinstance(self.design, Listed):
            _check_points(self.design, self.factors)
        _check_factors(self)
        for path in self.design.cross:
            _check_crossed(self, path)
        if isinstance(self.design, Zipped):
            _check_lengths(self)
        if self.model and self.engine == "compiled" and "engine" in self.model_fields_set:
            allowed = "mesa, on which a model of one's own runs"
            raise ConfigurationError("does not run the model given", key="engine", value="compiled", allowed=allowed)
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
        if isinstance(self.design, Listed):
            return {path: [point[path] for point in self.design.points] for path in self.design.points[0]}
        return {path: factor for path, factor in self.factors.items() if path not in self.design.cross}

    @property
    def crossed(self) -> dict[str, list[Level]]:
        """Factors that are crossed with the design, with their levels."""
        return {path: list(self.factors[path]) for path in self.design.cross}  # type: ignore[arg-type]


def _check_replicates(experiment: Experiment) -> None:
    ranged = not isinstance(experiment.replicates, int)
    if experiment.precision and not ranged:
        allowed = f"a table such as {{ at_least = {LEAST_PILOT}, at_most = 1000 }}"
        problem = "is one number, and a precision needs a least and a most"
        raise ConfigurationError(problem, key="replicates", value=experiment.replicates, allowed=allowed)
    if ranged and not experiment.precision:
        problem = "is a table, which has no use without a precision"
        raise ConfigurationError(problem, key="replicates", allowed="a whole number, or a table [precision] beside it")


def _check_factors(experiment: Experiment) -> None:
    plan = experiment.design
    if isinstance(plan, Listed):
        for path in set(experiment.factors) - set(plan.cross):
            problem = "is not crossed; in a list, the other factors stand in its points"
            raise ConfigurationError(problem, key=named(path), allowed="design.points, or design.cross")
    elif "factors" not in experiment.model_fields_set:
        raise ConfigurationError("is missing", key="factors")
    elif not experiment.factors:
        raise ConfigurationError("has no entries", key="factors", allowed="1 or more")
    for path, factor in experiment.factors.items():
        if isinstance(factor, Span):
            _check_span(experiment, path, factor)
        else:
            check_levels(factor, named(path), repeated=plan.kind == "zip" and path not in plan.cross)
            _check_drawn(experiment, path, factor)
    if not experiment.varied:
        raise ConfigurationError("leaves no factor to the design", key="design.cross", allowed='kind = "grid"')


def _check_span(experiment: Experiment, path: str, span: Span) -> None:
    kind = experiment.design.kind
    where = {"low": span.low, "high": span.high}
    if path in experiment.design.cross:
        allowed = f"levels, such as [{span.low:g}, {span.high:g}]"
        raise ConfigurationError("is a range, and is crossed level by level", key=named(path), allowed=allowed)
    if kind not in SAMPLING:
        allowed = f"levels, such as [{span.low:g}, {span.high:g}]; or one of the designs {', '.join(SAMPLING)}"
        problem = f"is a range, and design.kind = '{kind}' takes levels"
        raise ConfigurationError(problem, key=named(path), value=where, allowed=allowed)


def _check_drawn(experiment: Experiment, path: str, levels: list[Level]) -> None:
    """Refuse levels of a number where a sample is drawn: a range is meant, or crossing."""
    plan = experiment.design
    if plan.kind not in SAMPLING or path in plan.cross:
        return
    if len(levels) == 1:
        raise ConfigurationError("has one level, and nothing to draw from", key=named(path), value=levels)
    if type(levels[0]) in (int, float):
        ends = min(levels), max(levels)  # type: ignore[type-var]
        allowed = f"a range, such as {{ low = {ends[0]}, high = {ends[1]} }}; or levels, with design.cross"
        problem = f"has levels of a number, and design.kind = '{plan.kind}' draws from ranges"
        raise ConfigurationError(problem, key=named(path), value=levels, allowed=allowed)


def _check_crossed(experiment: Experiment, path: str) -> None:
    if path not in experiment.factors:
        nearest = nearest_name(path, experiment.factors)
        raise ConfigurationError("is no factor", key="design.cross", value=path, nearest=nearest)
    if experiment.design.cross.count(path) > 1:
        raise ConfigurationError("is named twice", key="design.cross", value=path)


def _check_points(plan: Listed, factors: Mapping[str, Factor]) -> None:
    """Refuse points of a list that do not name the same factors, or that come twice."""
    names = list(plan.points[0])
    if not names:
        raise ConfigurationError("is empty", key="design.points.0", allowed="a value for each factor")
    seen: dict[tuple[Any, ...], int] = {}
    for number, point in enumerate(plan.points):
        key = f"design.points.{number}"
        for path in sorted(set(point) ^ set(names)):
            problem = f"is {'missing here' if path in names else 'missing in the first point'}; all name the same"
            raise ConfigurationError(problem, key=f'{key}."{path}"')
        for path in set(point) & set(factors):
            raise ConfigurationError("is crossed, and cannot be in a point as well", key=f'{key}."{path}"')
        values = tuple(point[name] for name in names)
        if not any(isinstance(value, (list, dict)) for value in values) and seen.setdefault(values, number) != number:
            raise ConfigurationError(f"is the same point as {seen[values]}", key=key, value=point)
    for path in names:
        check_levels([point[path] for point in plan.points], f'design.points."{path}"', repeated=True)


def _check_lengths(experiment: Experiment) -> None:
    columns: dict[str, list[Level]] = experiment.varied  # type: ignore[assignment]
    (first, levels), *others = columns.items()
    for path, other in others:
        if len(other) != len(levels):
            problem = f"has {len(other)} levels, and {first} has {len(levels)}: a zip pairs them one by one"
            raise ConfigurationError(problem, key=named(path))
    rows = list(zip(*columns.values(), strict=True))
    if len(set(rows)) < len(rows):
        row = next(row for row in rows if rows.count(row) > 1)
        point = ", ".join(f"{path} = {value}" for path, value in zip(columns, row, strict=True))
        raise ConfigurationError(f"make the same point twice: {point}", key="factors")


def design_text(experiment: Experiment) -> str:
    """The design in words: sobol, size 64, crossed with doctrine."""
    plan = experiment.design
    numbers = plan.model_dump(exclude={"kind", "cross", "constraints", "points"}, exclude_none=True)
    parts = [plan.kind, *(f"{name.replace('_', ' ')} {level_text(value)}" for name, value in numbers.items())]
    return ", ".join([*parts, *([f"crossed with {', '.join(plan.cross)}"] if plan.cross else [])])


def factor_text(factor: Factor) -> str:
    """A factor in words: its levels, or its range."""
    return factor.text if isinstance(factor, Span) else ", ".join(map(level_text, dict.fromkeys(factor)))


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
        factors = {*self.experiment.varied, *self.experiment.crossed}
        for path in sorted(overrides or {}):
            whole = next((factor for factor in factors if path.startswith(f"{factor}.")), None)
            if whole:
                problem = f"would be lost: {whole} is a factor of this experiment, whose levels replace all of it"
                raise ConfigurationError(problem, file=self.file, key=path)
        for path in set(overrides or {}) & factors:
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
    """Read an experiment by shipped name or path; `changes` replace entries such as `replicates` and `seed`.

    A number of replicates among the changes is meant as it stands: a precision in the file is then left aside.
    """
    path, changes = find("experiments", source), dict(changes or {})
    tree = read_toml(path)
    refuse_another("an experiment", tree, str(path))
    table = tree.pop("sources", {})
    validated(Experiment, tree, file=str(path))
    if isinstance(changes.get("replicates"), int):
        changes = {"precision": {}, **changes}
    experiment = validated(Experiment, {**tree, **changes})
    read_sources(table, tree, str(path))
    return Loaded(name=path.stem, file=str(path), experiment=experiment)

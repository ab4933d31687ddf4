"""Designs: the points of an experiment, each a configuration.

A design is frozen; its hash covers all that the runs depend on and leaves out titles and sources.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import Any, Literal

import polars as pl

from analysis.results.identity import design_hash, digest, essence, texts_of
from analysis.results.manifest import MOST_POINTS, MOST_RUNS
from experiments.design.constraints import constraints_of, meeting
from experiments.design.experiment import Experiment, Loaded, Luck
from experiments.design.factors import Level, Span, as_whole, ends_or_levels
from experiments.design.model_class import SHIPPED, MetricSource, ModelSource, metric_source, model_source
from experiments.design.points import check_factors, check_pairs, check_points, whole_numbers
from experiments.design.sampling import frame_of
from experiments.design.uncertainty import file_of, given_worlds, worlds_of_replicates
from model.configuration import Configuration
from model.display.cards import Card, cell, html, line, rows
from model.errors import ConfigurationError, listing, placed, whole

MOST_VALUES = 10_000_000
"""Values of all factors at all points: so many take half a gigabyte while they are laid out."""
VARIED = "varied by the experiment"
"""Source of the values of factors."""
DRAWN_WORLD = "of the world drawn for the replicate"
"""Source of the values of a world."""
SHARED = (
    "title",
    "question",
    "seed",
    "first_replicate",
    "replicates",
    "precision",
    "luck",
    "record",
    "over_time",
    "uncertainty",
    "changes",
)
"""Fields of a design that stand in the manifest of its folder as they are."""


def world_of(configuration: Configuration, *excluded: str) -> dict[str, Any]:
    """The part of a configuration on which its runs depend, as plain values, less the sections excluded."""
    return dict(essence(configuration.model_dump(mode="json", exclude={"sources", *excluded})))


def reference_key(configuration: Configuration) -> str:
    """Hash of what the twin depends on: equal for configurations that share their twins."""
    return digest(world_of(configuration, "doctrine", "switches"))


@dataclass(frozen=True)
class Design:
    """Points of an experiment: `frame` has `point` and one column for each factor, named by path.

    Its rows are in the order that the kind of design gives them, which analyses of Saltelli's and Morris's need.
    `factors` has levels, or the two ends of a range; `spans` has the ranges. Under a `precision`, each point gets
    `replicates` runs or more, up to `most_replicates`. Under an `uncertainty`, the name of a file of worlds, each
    replicate has a world of its own, which all points share: `worlds` has `replicate` and a column for each parameter.
    Runs keep figures by quarter `over_time`, on which nothing else depends.
    """

    title: str
    question: str
    base: Configuration
    factors: Mapping[str, Sequence[Level]]
    seed: int
    replicates: int
    frame: pl.DataFrame
    first_replicate: int = 0
    kind: str = "grid"
    engine: Literal["compiled", "mesa"] = "compiled"
    model: ModelSource | None = None
    metrics: Mapping[str, MetricSource] = field(default_factory=dict)
    """Functions of the user's own that measure each run, by name; their columns begin with `own_`."""
    precision: Mapping[str, float] = field(default_factory=dict)
    most_replicates: int = 0
    luck: Luck = "common"
    record: bool = False
    over_time: bool = False
    uncertainty: str | None = None
    worlds: pl.DataFrame | None = None
    spans: Mapping[str, Span] = field(default_factory=dict)
    plan: Mapping[str, Any] = field(default_factory=dict)
    """The table `design` of the experiment, with what it leaves to defaults."""
    contents: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    """What stands in for the names of files, path → level → content: in a folder, or where there is no file."""
    changes: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    """Level of `doctrine` → path → value: what else is other at its points, in the twin as well."""

    def __post_init__(self) -> None:
        for name, what, least in (("seed", "a seed", 0), ("first_replicate", "a seed", 0), ("replicates", "runs", 1)):
            object.__setattr__(self, name, whole(name, getattr(self, name), what, least))
        object.__setattr__(self, "most_replicates", max(self.replicates, self.most_replicates))

    def __repr__(self) -> str:
        size = f"{self.points:,} points × {self.replicates:,} replicates"
        return line("Design", self.title, self.kind, size, f"seed {self.seed}")

    def _repr_html_(self) -> str:
        return html(self.card())

    def card(self, folder: Path | None = None) -> Card:
        """What a notebook shows of the design, and of the `folder` that its results go to."""
        facts = {
            "design": self.kind,
            "runs": f"{self.runs:,} ({self.points:,} points × {self.replicates:,} replicates)",
            "scenario": self.base.scenario.title,
            "doctrine": self.base.doctrine.title,
            "seed": self.seed,
            "engine": self.engine,
            "worlds of replicates": self.uncertainty or "one for all",
        }
        facts |= {"results": folder} if folder else {}
        levels = [(path, listing(map(cell, found))) for path, found in self.factors.items()]
        heads = "factor", "levels, or ends of the range"
        calls = {"deter.run_sweep(experiment, folder)": "runs it, or goes on"} if folder else {".frame": "the points"}
        return Card(self.title, self.question, facts, rows(heads, levels), calls=calls)

    @cached_property
    def hash(self) -> str:
        """Hash of all that the runs depend on (`analysis.results.identity`), as 16 hexadecimal digits."""
        return design_hash(
            world_of(self.base),
            self.frame,
            self.seed,
            self.first_replicate,
            self.replicates,
            precision=self.precision,
            most_replicates=self.most_replicates,
            model=self.model.name if self.model and self.model != SHIPPED else None,
            metrics={name: source.name for name, source in self.metrics.items()},
            luck=self.luck,
            record=self.record,
            worlds=self.worlds,
            changes=self.changes,
        )

    @property
    def points(self) -> int:
        """Number of points."""
        return self.frame.height

    @property
    def runs(self) -> int:
        """Number of runs; under a precision at least."""
        return self.points * self.replicates

    def lot(self, point: int, replicate: int) -> int:
        """Number under which a run draws: its replicate, or where each point has luck of its own, that of no other."""
        return replicate if self.luck == "common" else point * self.replicates + replicate

    def levels(self, point: int) -> dict[str, Any]:
        """The factors' levels at a point, as the frame has them."""
        row = self.frame.row(point, named=True)
        return {name: row[name] for name in self.factors}

    def values(self, point: int) -> dict[str, Any]:
        """The values at a point: levels, or the contents of the files that they name, and what changes with them."""
        levels = self.levels(point)
        values = {path: self.contents.get(path, {}).get(level, level) for path, level in levels.items()}
        return {**values, **self.changed(levels)}

    def changed(self, levels: Mapping[str, Any]) -> Mapping[str, Any]:
        """What changes with these levels beside them, as values by path."""
        return self.changes.get(levels["doctrine"], {}) if self.changes else {}

    def reference(self, point: int) -> str:
        """Key of the reference world of a point: points with the same share their twins."""
        levels = self.levels(point)
        others = {path: level for path, level in levels.items() if path.split(".")[0] not in self._own}
        others |= {f"changed {path}": value for path, value in self.changed(levels).items()}
        return digest([self._base_reference, others]) if others else self._base_reference

    @cached_property
    def _own(self) -> set[str]:
        """Sections of which factors do not move the twin: where it takes no measure, none that is changed is missed."""
        silent = not self.base.reference.doctrine.answers
        fixed = not any(path.startswith("reference") for path in self.factors)
        return {"doctrine", "measures"} if silent and fixed else {"doctrine"}

    @cached_property
    def _base_reference(self) -> str:
        key = reference_key(self.base)
        return key if self.worlds is None else digest([key, texts_of(self.worlds)])

    def world(self, replicate: int) -> dict[str, Any]:
        """The values of parameters in the world of a replicate; none where all replicates live in that of the base."""
        if self.worlds is None:
            return {}
        return dict(self.worlds.drop("replicate").row(replicate - self.first_replicate, named=True))

    def configuration(self, point: int, replicate: int | None = None) -> Configuration:
        """The configuration of a point; of a `replicate` in its own world, else in that of the base."""
        world = {} if replicate is None else self.world(replicate)
        return placed_in(self.base, world).with_values(self.values(point), source=VARIED)


def placed_in(base: Configuration, world: Mapping[str, Any]) -> Configuration:
    """The base in the world of a replicate, given as the values of parameters by path."""
    return base.with_values(world, source=DRAWN_WORLD) if world else base


def design_of(
    loaded: Loaded,
    overrides: Mapping[str, Any] | None = None,
    contents: Mapping[str, Mapping[str, Any]] | None = None,
) -> Design:
    """The design of an experiment; raises `ConfigurationError` for anything wrong in it, before the first run.

    `contents` are those of levels that name no file, path → level → content.
    """
    experiment, base, held = loaded.experiment, loaded.base(overrides), contents or {}
    with placed(loaded.file):
        _check_size(experiment)
        experiment.design.check_room(experiment.varied)
        conditions = constraints_of(experiment.design.constraints)
        check_factors(base, experiment, held)
        whole = whole_numbers(base, experiment)
        found = frame_of(experiment.values(whole))
        model = model_source(experiment.model, beside=Path(loaded.file)) if experiment.model else None
        metrics = {name: _measuring(name, where, loaded) for name, where in experiment.metrics.items()}
        frame = meeting(found, conditions, base)
        check_points(base, frame, experiment)
    levels = {path: ends_or_levels(factor) for path, factor in experiment.stated.items()}
    plan = experiment.design.model_dump(mode="json", exclude={"kind", "points"})
    if plan.get("seed", 0) is None:
        plan["seed"] = experiment.seed
    design = Design(
        title=experiment.title,
        question=experiment.question.strip(),
        base=base,
        factors={path: as_whole(each) if path in whole else each for path, each in levels.items()},
        seed=experiment.seed,
        replicates=experiment.floor,
        frame=frame,
        kind=experiment.design.kind,
        engine="mesa" if model else experiment.engine,
        model=model,
        metrics=metrics,
        luck=experiment.luck,
        record=experiment.record,
        over_time=experiment.over_time and not experiment.record,
        precision=experiment.precision,
        most_replicates=experiment.ceiling,
        spans={path: factor for path, factor in experiment.stated.items() if isinstance(factor, Span)},
        plan=plan,
        contents=held,
    )
    with placed(loaded.file):
        return carrying(design, experiment.uncertainty, overrides or {}, Path(loaded.file))


def _measuring(name: str, where: str, loaded: Loaded) -> MetricSource:
    """The function that measures what the experiment calls by this name; raises `ConfigurationError`."""
    try:
        return metric_source(where, beside=Path(loaded.file))
    except ConfigurationError as error:
        error.key = f"metrics.{name}"
        raise


def carrying(
    design: Design, uncertainty: str | None, stated: Collection[str] = (), beside: Path | None = None
) -> Design:
    """A design whose replicates live each in a world of its own, from the file that an uncertainty names.

    What the design varies and what is `stated` by path stands; the file is relative to that `beside`. Raises
    `ConfigurationError` where it is none, or its worlds do not go with the design.
    """
    if uncertainty is None:
        return design
    file, replicates = file_of(uncertainty, beside), range(design.most_replicates)
    held = given_worlds(file, design.base, {*design.frame.columns, *stated})
    if held is None:
        return design
    with placed(held.file):
        check_pairs(design.base, design.frame.drop("point"), held.frame)
    worlds = worlds_of_replicates(held, design.seed, [design.first_replicate + each for each in replicates])
    return replace(design, uncertainty=Path(uncertainty).name, worlds=worlds)


def _check_size(experiment: Experiment) -> None:
    """Refuse an experiment that no machine would finish."""
    points = experiment.size
    if points > MOST_POINTS:
        key = "factors" if experiment.design.kind == "grid" else "design"
        count = f"{points:,}" if points < 10**15 else "far more than a trillion"
        raise ConfigurationError(f"make {count} points, which is too many", key=key, allowed=f"at most {MOST_POINTS:,}")
    factors = len(experiment.stated)
    if points * factors > MOST_VALUES:
        problem = f"make {points:,} points of {factors:,} factors, which is too many values"
        raise ConfigurationError(problem, key="design", allowed=f"at most {MOST_VALUES:,}")
    check_run_count(points, experiment.ceiling)


def check_run_count(points: int, replicates: int) -> None:
    """Refuse more runs than any machine would finish."""
    if points * replicates > MOST_RUNS:
        problem = f"of each of {points:,} points make {points * replicates:,} runs, which is too many"
        raise ConfigurationError(problem, key="replicates", allowed=f"{MOST_RUNS // points:,} or fewer")


def single_point(configuration: Configuration, seed: int, replicate: int, title: str, question: str) -> Design:
    """The design of one run."""
    frame = pl.DataFrame({"point": pl.Series([0], dtype=pl.Int64)})
    return Design(title, question, configuration, {}, seed, 1, frame, replicate)

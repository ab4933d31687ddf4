"""The sweeps that a search for doctrines is made of: candidates in worlds, each a design of its own folder.

Every candidate is a whole doctrine by name with the searched parameters on top, so that shipped doctrines and
candidates stand in one design and share worlds, twins and random numbers.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import polars as pl

from analysis.results.folder import Results
from analysis.results.manifest import DRAWN
from analysis.search.objectives import Aim
from experiments.design.design import Design, design_of
from experiments.design.experiment import Experiment, load_experiment
from experiments.design.factors import Factor, Level, Span, key_of
from experiments.design.points import whole_numbers
from experiments.design.sampling import frame_of
from experiments.design.search_table import Search
from experiments.design.uncertainty import file_of, given_worlds, places, worlds_of_replicates
from experiments.design.worlds import FileOfWorlds
from experiments.search.optimiser import Candidate, Space
from model.configuration import Configuration
from model.errors import MOST_SEED, ConfigurationError, placed
from model.loading import find, shipped
from model.paths import validated

MOST_LISTED = 24
"""Numbers of a factor from which on its two ends stand for it in a manifest."""
Carry = Callable[[str, Design, bool], Results]
"""Runs the design of a stage, or reads what is there of it, in the folder of this name below that of the search; true
where the design follows from what was found, so that another one there is replaced."""


def is_searched(path: str) -> bool:
    """Whether a factor belongs to the doctrine."""
    return path.startswith("doctrine.")


@dataclass(frozen=True)
class Plan:
    """An experiment that is searched: what is varied, in which worlds, and from where."""

    experiment: Experiment
    """The experiment, with its seed and replicates."""
    base: Configuration
    base_doctrine: str
    """The doctrine that candidates depart from, as a level."""
    search: Search
    worlds: int
    space: Space
    """The doctrine's factors."""
    circumstances: dict[str, Factor]
    """The factors that make the worlds."""
    given: FileOfWorlds | None = None
    """Worlds that give, one to each world, what the experiment does not vary."""

    @property
    def aims(self) -> list[Aim]:
        """The objectives, and the mean of the main metric if that is none of them."""
        return list(dict.fromkeys([*self.search.aims, self.search.main]))

    def over(self, one: Aim) -> tuple[str, float | None]:
        """The figure over worlds that an aim is: its metric, and the share of worlds below it; None: the mean."""
        return one.metric, one.share(self.search.worst)

    def drawn(self, size: int, seed: int) -> list[dict[str, Level]]:
        """So many worlds."""
        plan = self.experiment.design
        design = validated(type(plan), {"kind": plan.kind, "size": size, "seed": seed})
        only = self.experiment.model_copy(update={"factors": self.circumstances, "design": design})
        ranges = frame_of(only.values(whole_numbers(self.base, only))).drop("point").to_dicts()
        if self.given is None:
            return ranges
        rows = self.given.frame[places(self.given.weights, seed, range(size))]
        return [{**one, **other} for one, other in zip(ranges, rows.iter_rows(named=True), strict=True)]

    def named(self, doctrine: str) -> Candidate:
        """A doctrine as it is, in the terms of the search."""
        held = self.base.with_values({"doctrine": doctrine}).doctrine
        return {"doctrine": doctrine, **{path: getattr(held, path.partition(".")[2]) for path in self.space.factors}}

    def candidate(self, values: Candidate) -> Candidate:
        """A candidate of the search as a row of a design."""
        return {"doctrine": self.base_doctrine, **values}

    def stage(self, candidates: Iterable[Candidate], *, fresh: bool = False) -> Design:
        """Each candidate in each world of the search, or in each of the fresh ones; candidates outermost."""
        size, replicates, seed = self.worlds, self.experiment.floor, self.experiment.seed
        if fresh:
            size, replicates, seed = self.search.fresh_worlds, self.search.fresh_replicates, self.fresh_seed
        worlds = self.drawn(size, seed)
        return self.design([{**candidate, **world} for candidate in candidates for world in worlds], replicates, seed)

    def design(self, rows: Sequence[Mapping[str, Level]], replicates: int, seed: int) -> Design:
        """The design of these points."""
        frame = frame_of({path: [row[path] for row in rows] for path in rows[0]})
        return Design(
            title=self.experiment.title,
            question=self.experiment.question.strip(),
            base=self.base,
            factors={path: _levels(frame[path]) for path in frame.columns[1:]},
            seed=seed,
            replicates=replicates,
            frame=frame,
            kind="list",
            plan={"file": self.source} if self.given else {},
        )

    def by_replicate(self, design: Design) -> Design:
        """A design of points that are no worlds, with one of the given worlds for each replicate."""
        if self.given is None:
            return design
        worlds = worlds_of_replicates(self.given, design.seed, range(design.replicates))
        return replace(design, uncertainty=self.source, worlds=worlds)

    @property
    def source(self) -> str:
        """Name of the file that gives worlds."""
        return Path(str(self.experiment.uncertainty)).name

    @property
    def fresh_seed(self) -> int:
        """A seed of which the search knows nothing."""
        return (self.experiment.seed + 1) % MOST_SEED


def _levels(column: pl.Series) -> list[Level]:
    """Levels of a factor, or of many numbers the two ends."""
    levels = column.unique(maintain_order=True).to_list()
    return levels if len(levels) <= MOST_LISTED or not column.dtype.is_numeric() else [min(levels), max(levels)]


def plan_of(source: str | Path, changes: Mapping[str, int | None], overrides: Mapping[str, Any] | None = None) -> Plan:
    """The plan of a search; raises `ConfigurationError` where the experiment cannot be searched.

    `changes` are `trials`, `worlds`, `replicates` and `seed` where given.
    """
    given = {name: changes[name] for name in ("replicates", "seed") if changes.get(name) is not None}
    loaded = load_experiment(source, given)
    experiment = loaded.experiment
    with placed(loaded.file):
        _check(experiment)
    few = experiment.model_copy(update={"design": experiment.design.model_copy(update={"size": 2})})
    # of few points, every level and end is a configuration, or is refused here
    design_of(loaded.model_copy(update={"experiment": few}), overrides)
    search = experiment.search or Search()
    if changes.get("trials") is not None:
        search = validated(Search, {**search.model_dump(), "trials": changes["trials"]}, file="--trials")
    names = shipped("doctrines")
    if search.reference not in names:
        where = {"file": loaded.file, "key": "search.reference", "value": search.reference}
        raise ConfigurationError("is no shipped doctrine", **where, allowed=", ".join(names))
    worlds = changes.get("worlds") or int(getattr(experiment.design, "size", 0))
    base, doctrine = loaded.base(overrides), experiment.doctrine
    if doctrine not in names:
        doctrine = str(find("doctrines", doctrine, Path(loaded.file)).resolve())
    searched = {path: factor for path, factor in experiment.factors.items() if is_searched(path)}
    circumstances = {path: factor for path, factor in experiment.factors.items() if path not in searched}
    space = Space(searched, frozenset(whole_numbers(base, experiment)))
    held = None
    if experiment.uncertainty is not None:
        file = file_of(experiment.uncertainty, Path(loaded.file))
        held = given_worlds(file, base, {*experiment.factors, *(overrides or {})})
    plan = Plan(experiment, base, doctrine, search, worlds, space, circumstances, held)
    for size in (worlds, search.fresh_worlds):
        plan.drawn(size, 0)
    return plan


NONE_SEARCHED = "has no factor of the doctrine, so there is nothing to search"
ONE_WORLD = "has only factors of the doctrine, so all worlds are the same"
EXAMPLES = {NONE_SEARCHED: '"doctrine.clarity" = { low = 0, high = 1 }', ONE_WORLD: "ranges for what nobody knows"}


def _check(experiment: Experiment) -> None:
    """Refuse an experiment that cannot be searched."""
    plan = experiment.design
    if plan.kind not in DRAWN:
        problem = "draws no worlds, but a robust doctrine must do well in many"
        allowed = " or ".join(f'kind = "{kind}"' for kind in DRAWN)
        raise ConfigurationError(problem, key="design.kind", value=plan.kind, allowed=allowed)
    for name in ("cross", "constraints"):
        if getattr(plan, name):
            raise ConfigurationError("has no meaning in a search", key=f"design.{name}")
    for path, factor in experiment.factors.items():
        if is_searched(path) and isinstance(factor, Span) and factor.scale == "exponential":
            problem = "is a scale for drawn factors, but this factor is searched"
            raise ConfigurationError(problem, key=f"{key_of(path)}.scale", value=factor.scale, allowed="linear, log")
        if path in ("doctrine", "scenario") or path.startswith(("reference", "switches", "doctrine.phases.")):
            allowed = "parameters of the doctrine except its phases, of the scenario and of archetypes"
            raise ConfigurationError(
                "can neither be searched nor make worlds", key="factors", value=path, allowed=allowed
            )
    searched = set(map(is_searched, experiment.factors))
    if len(searched) < 2:
        problem = ONE_WORLD if searched == {True} else NONE_SEARCHED
        raise ConfigurationError(problem, key="factors", allowed=EXAMPLES[problem])
    if experiment.model or experiment.engine != "compiled" or experiment.precision:
        raise ConfigurationError("is searched only on the compiled engine and without a precision")

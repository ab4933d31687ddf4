"""The sweeps that a search for doctrines is made of: candidates in worlds, each a design of its own folder.

Every candidate is a whole doctrine by name with the searched parameters on top, so that shipped doctrines and
candidates stand in one design and share worlds, twins and random numbers.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import polars as pl

from analysis.results.conditions import Side, side_of
from analysis.results.folder import Results
from experiments.design.design import Design, design_of
from experiments.design.experiment import Experiment, Loaded, load_experiment
from experiments.design.factors import Factor, Level
from experiments.design.methods import MOST_SEED
from experiments.design.points import whole_numbers
from experiments.design.sampling import frame_of
from experiments.design.search_table import Search
from experiments.search.optimiser import Candidate, Space
from model.configuration import Configuration
from model.errors import ConfigurationError
from model.loading import find, shipped
from model.paths import validated

DRAWN = ("latin", "sobol")
"""Designs that draw worlds."""


def is_searched(path: str) -> bool:
    """Whether a factor belongs to the doctrine."""
    return path.startswith("doctrine.")


@dataclass(frozen=True)
class Plan:
    """An experiment that is searched: what is varied, in which worlds, and from where."""

    loaded: Loaded
    base: Configuration
    search: Search
    seed: int
    replicates: int
    worlds: int
    overrides: Mapping[str, Any] = field(default_factory=dict)

    @property
    def experiment(self) -> Experiment:
        """The experiment."""
        return self.loaded.experiment

    @cached_property
    def space(self) -> Space:
        """The doctrine's factors."""
        whole = whole_numbers(self.base, self.experiment)
        return Space(self._factors(searched=True), frozenset(path for path in whole if is_searched(path)))

    def _factors(self, *, searched: bool) -> dict[str, Factor]:
        return {path: each for path, each in self.experiment.factors.items() if is_searched(path) == searched}

    @cached_property
    def circumstances(self) -> dict[str, Factor]:
        """The factors that make the worlds."""
        return self._factors(searched=False)

    def drawn(self, size: int, seed: int) -> pl.DataFrame:
        """So many worlds, a row each."""
        plan = validated(
            type(self.experiment.design), {"kind": self.experiment.design.kind, "size": size, "seed": seed}
        )
        only = self.experiment.model_copy(update={"factors": self.circumstances, "design": plan})
        return frame_of(only.values(whole_numbers(self.base, only))).drop("point")

    @cached_property
    def base_doctrine(self) -> str:
        """The doctrine that candidates depart from, as a level."""
        name = self.experiment.doctrine
        return (
            name
            if name in shipped("doctrines")
            else str(find("doctrines", name, beside=Path(self.loaded.file)).resolve())
        )

    def named(self, doctrine: str) -> Candidate:
        """A doctrine as it is, in the terms of the search."""
        held = self.base.with_values({"doctrine": doctrine}).doctrine
        return {"doctrine": doctrine, **{path: getattr(held, path.partition(".")[2]) for path in self.space.factors}}

    def candidate(self, values: Candidate) -> Candidate:
        """A candidate of the search as a row of a design."""
        return {"doctrine": self.base_doctrine, **values}

    def stage(
        self, candidates: Sequence[Candidate], worlds: Sequence[Mapping[str, Level]], replicates: int, seed: int
    ) -> Design:
        """Each candidate in each world, candidates outermost."""
        rows = [{**candidate, **world} for candidate in candidates for world in worlds]
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
        )

    @property
    def fresh_seed(self) -> int:
        """A seed of which the search knows nothing."""
        return (self.seed + 1) % MOST_SEED


def _levels(column: pl.Series) -> list[Level]:
    """Levels of a factor, or of many numbers the two ends."""
    levels = column.unique(maintain_order=True).to_list()
    return levels if len(levels) <= 24 or not column.dtype.is_numeric() else [min(levels), max(levels)]


def plan_of(source: str | Path, changes: Mapping[str, int | None], overrides: Mapping[str, Any] | None = None) -> Plan:
    """The plan of a search; `changes` are `trials`, `worlds`, `replicates` and `seed` where given. Raises."""
    given = {name: changes[name] for name in ("replicates", "seed") if changes.get(name) is not None}
    loaded = load_experiment(source, given)
    experiment = loaded.experiment
    _check(loaded)
    design_of(replace_size(loaded), overrides)  # every level and end is a configuration, or is refused here
    search = experiment.search or Search()
    if changes.get("trials") is not None:
        search = validated(Search, {**search.model_dump(), "trials": changes["trials"]}, file="--trials")
    worlds = changes.get("worlds") or int(getattr(experiment.design, "size", 0))
    plan = Plan(
        loaded, loaded.base(overrides), search, experiment.seed, experiment.floor, worlds, dict(overrides or {})
    )
    _check_reference(plan)
    plan.drawn(worlds, 0)
    plan.drawn(search.fresh_worlds, 0)
    return plan


def replace_size(loaded: Loaded) -> Loaded:
    """The same experiment, of which few points are drawn."""
    plan = loaded.experiment.design.model_copy(update={"size": 2})
    return loaded.model_copy(update={"experiment": loaded.experiment.model_copy(update={"design": plan})})


def _check(loaded: Loaded) -> None:
    experiment, file = loaded.experiment, loaded.file
    if experiment.design.kind not in DRAWN:
        problem = "draws no worlds, and a robust doctrine is one that does well in many"
        allowed = " or ".join(f'kind = "{kind}"' for kind in DRAWN)
        raise ConfigurationError(problem, file=file, key="design.kind", value=experiment.design.kind, allowed=allowed)
    for name in ("cross", "constraints"):
        if getattr(experiment.design, name):
            raise ConfigurationError("has no meaning in a search", file=file, key=f"design.{name}")
    for path in experiment.factors:
        if path in ("doctrine", "scenario") or path.startswith(("reference", "switches")):
            problem = "cannot be searched, nor make worlds"
            allowed = "parameters below doctrine, and of scenario and archetypes"
            raise ConfigurationError(problem, file=file, key="factors", value=path, allowed=allowed)
    for searched, what, example in (
        (
            True,
            "no factor of the doctrine, so there is nothing to search",
            '"doctrine.clarity" = { low = 0, high = 1 }',
        ),
        (False, "no factor but the doctrine's, so all worlds are one", "ranges of what nobody knows"),
    ):
        if not any(is_searched(path) == searched for path in experiment.factors):
            raise ConfigurationError(f"has {what}", file=file, key="factors", allowed=example)
    if experiment.model or experiment.engine != "compiled" or experiment.precision:
        raise ConfigurationError("is searched on the compiled engine, without a precision", file=file)


def _check_reference(plan: Plan) -> None:
    names = shipped("doctrines")
    if plan.search.reference not in names:
        raise ConfigurationError(
            "is no shipped doctrine",
            file=plan.loaded.file,
            key="search.reference",
            value=plan.search.reference,
            allowed=", ".join(names),
        )


def sides(results: Results, design: Design, names: Sequence[str], metrics: Sequence[str]) -> dict[str, Side]:
    """What each candidate of a stage shows, in the order in which they were given."""
    points = design.frame["point"].to_numpy().reshape(len(names), -1)
    return {name: side_of(results, metrics, rows) for name, rows in zip(names, points, strict=True)}

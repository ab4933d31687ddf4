"""Doctrines compared: one command, one folder, tables and figures that are read against a reference.

The design is the doctrines crossed with worlds: one, those of an experiment, or those of a file with weights. Beside
those of files stand arms for which there is none: the reference with a setting of another value (`design.arms`).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from math import isfinite
from pathlib import Path
from typing import Any

import polars as pl

from agents.books import YEAR
from analysis.comparison.comparison import DOCTRINE, Comparison, comparison_of, default_reference, named, stem
from analysis.results.conditions import read_targets
from analysis.results.folder import POSTERIOR
from analysis.results.identity import digest, essence, kept_words
from analysis.results.manifest import STRUCTURED
from experiments.design.arms import CHANGE, Arm, arms_of
from experiments.design.design import Design, carrying, check_run_count, design_of
from experiments.design.experiment import Experiment, Loaded, load_experiment
from experiments.design.methods import Grid, Listed
from experiments.design.points import check_pairs
from experiments.design.stored import contents_of
from experiments.design.uncertainty import carried, file_of, suffix
from experiments.design.worlds import crossed, is_file_of_worlds, levels_of, read_worlds
from experiments.running.levers import Costs, Lever, SameCost, search
from experiments.running.runner import plan, run_tasks, warm_up
from experiments.running.sweep import carry_out, model_of, workforce_for
from model.configuration import Configuration, Doctrine, load_configuration
from model.errors import MOST_SEED, ConfigurationError, placed
from model.loading import find, shipped
from model.paths import validated

REPLICATES_ALONE, REPLICATES_IN_WORLDS = 100, 10
"""Runs of each doctrine where there is one world; of each doctrine in each world of a file."""
COMPARED_SEED = 1
MOST_IN_NAME = 3
"""Doctrines that the name of a folder, or a title, holds one by one."""
QUESTION = "Which doctrine deters more, escalates less and averts more harm, in the same worlds with the same chance?"
SAME_COST = "--same-cost"
"""Where a cost is given, for messages that have no file to name."""
COMPARE = "compare"
"""Name of the command, for messages that have no file to name."""


@dataclass(frozen=True)
class Comparing:
    """Doctrines to compare, with what the user asked for; all that is wrong raises `ConfigurationError`.

    Each of `changes`, values by path, makes an arm of the reference, which of one doctrine is that doctrine;
    `extra_cost`, where arms of the same cost were asked for, is part of the name of the folder. Doctrines that are
    `held` as plain values, by name, need no file.
    """

    doctrines: Sequence[str]
    reference: str | None = None
    scenario: str | None = None
    worlds: str | None = None
    replicates: int | None = None
    seed: int | None = None
    overrides: Mapping[str, Any] = field(default_factory=dict)
    targets: Sequence[str] = ()
    out: Path | None = None
    uncertainty: str | None = None
    changes: Sequence[Mapping[str, Any]] = ()
    extra_cost: float | None = None
    held: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if self.extra_cost is not None and (not isfinite(self.extra_cost) or self.extra_cost == 0.0):
            problem = "is not a difference in cost"
            allowed = "an amount to add to the reference's EU cost a year, such as 0.5 or -0.2"
            raise ConfigurationError(problem, file=SAME_COST, value=self.extra_cost, allowed=allowed)

    def with_changes(self, more: Sequence[Mapping[str, Any]]) -> "Comparing":
        """The same with an arm more for each of these changes."""
        return replace(self, changes=[*self.changes, *more])

    @cached_property
    def levels(self) -> list[str]:
        """The doctrines in the order given, a reference that is not among them, and the arms."""
        return [*self.files, *(arm.level for arm in self.arms)]

    @cached_property
    def files(self) -> list[str]:
        """The doctrines for which files stand, in the order given; a reference that is not among them is the last."""
        levels = list(self.doctrines)
        where = [self._place(level) for level in levels]
        for place, path in enumerate(where):
            if path in where[:place]:
                raise ConfigurationError("is given twice", file=COMPARE, value=levels[place])
        if self.reference is not None and self._place(self.reference, "--reference") not in where:
            levels.append(self.reference)
        alone = bool(levels) and (self.extra_cost is not None or len(self.changes) > 0)  # arms are to come, or there
        if len(levels) < 2 and not alone:
            problem = (
                "is only one doctrine; a comparison needs at least two" if levels else "needs doctrines to compare"
            )
            allowed = "two or more, such as clear_ladder status_quo; or --all; or one with --change voting_rule=qmv"
            raise ConfigurationError(problem, file=COMPARE, allowed=allowed, **({"value": levels[0]} if levels else {}))
        return levels

    @cached_property
    def against(self) -> str:
        """The doctrine that the others are compared with."""
        if self.reference is None:
            return default_reference(self.files)
        return next(level for level in self.files if self._place(level) == self._place(self.reference))

    def _place(self, level: str, key: str | None = None) -> Path | str:
        """Where a doctrine stands: its file, or the name under which it is held."""
        return level if level in self.held else _file(level, key)

    @cached_property
    def base(self) -> Configuration:
        """The reference in the scenario that is compared in, from which the arms depart."""
        of_file = self.worlds is None or self.worlds == POSTERIOR or is_file_of_worlds(self.worlds)
        if of_file or self.scenario:
            held = self.held.get(self.against)
            doctrine = self.against if held is None else Doctrine.model_validate(held)
            return load_configuration(self.scenario or "baseline", doctrine, self.overrides)
        found = load_experiment(str(self.worlds)).base(self.overrides)
        return found.with_values({DOCTRINE: self.held.get(self.against, self.against)})

    @cached_property
    def arms(self) -> list[Arm]:
        """The reference with a setting, or several, of another value, once for each set of changes."""
        return arms_of(stem(self.against), self.base, self.changes) if self.changes else []

    @property
    def contents(self) -> dict[str, dict[str, Any]]:
        """What stands in for the files of levels that have none, by path and level."""
        found = {**self.held, **{arm.level: dict(arm.content) for arm in self.arms}}
        return {DOCTRINE: found} if found else {}

    @cached_property
    def design(self) -> Design:
        """The doctrines crossed with the worlds; how to read them stands in its plan, on which no run depends."""
        targets = [target.text for target in read_targets(self.targets)]
        if self.worlds is None:
            found = design_of(self._loaded(self.carried), self.overrides, self.contents)
        elif self.worlds == POSTERIOR or is_file_of_worlds(self.worlds):
            found = self._of_file(str(file_of(self.worlds)))
        else:
            found = self._of_experiment(self.worlds)
        beside = {arm.level: arm.changes for arm in self.arms if arm.changes}
        _check_changes(found, beside)
        return replace(found, changes=beside, plan={**found.plan, "reference": self.against, "targets": targets})

    @cached_property
    def carried(self) -> str | None:
        """The uncertainty over which replicates are; where worlds are points, none by default."""
        if self.uncertainty is None and self.worlds is not None:
            return None
        return carried(self.uncertainty, self.scenario or "baseline")

    @property
    def title(self) -> str:
        """Title of the comparison, naming the doctrines where they are few."""
        names = [name.replace("_", " ") for name in named(self.levels)]
        if len(names) > MOST_IN_NAME:
            return f"{len(names)} doctrines compared"
        return f"{', '.join(names[:-1])} and {names[-1]} compared".capitalize()

    def _loaded(self, uncertainty: str | None) -> Loaded:
        """An experiment of which the doctrines are the only factor."""
        table = {
            "title": self.title,
            "question": QUESTION,
            "scenario": self.scenario or "baseline",
            "uncertainty": uncertainty,
            "replicates": self.replicates or (REPLICATES_IN_WORLDS if self.worlds else REPLICATES_ALONE),
            "seed": COMPARED_SEED if self.seed is None else self.seed,
            "factors": {DOCTRINE: self.levels},
        }
        return Loaded(name=COMPARE, file=COMPARE, experiment=validated(Experiment, table))

    def _of_experiment(self, name: str) -> Design:
        """The design of an experiment with these doctrines in place of its own."""
        given = {"replicates": self.replicates, "seed": self.seed}
        loaded = load_experiment(name, {key: value for key, value in given.items() if value is not None})
        stated = loaded.experiment
        _check_worlds(stated, loaded.file)
        table = {
            "title": f"{self.title} in “{stated.title}”",
            "question": QUESTION,
            "scenario": str(find("scenarios", self.scenario).resolve()) if self.scenario else stated.scenario,
            "uncertainty": self.carried if self.uncertainty else stated.uncertainty,
            "replicates": stated.floor,
            "seed": stated.seed,
            "engine": "mesa" if stated.model else stated.engine,
            "over_time": stated.over_time,
            "model": stated.model,
            "metrics": stated.metrics,
            "design": _plan(stated),
            "factors": {DOCTRINE: self.levels, **{path: at for path, at in stated.factors.items() if path != DOCTRINE}},
        }
        crossed_with = loaded.model_copy(update={"experiment": validated(Experiment, table)})
        return design_of(crossed_with, self.overrides, self.contents)

    def _of_file(self, name: str) -> Design:
        """The doctrines crossed with the worlds of a file, whose weights stand in the plan."""
        worlds = read_worlds(name)
        for path in self.overrides:
            if path in worlds.frame.columns:
                raise ConfigurationError("differs between the worlds, so it cannot also be set", file=name, key=path)
        alone = design_of(self._loaded(None), self.overrides, self.contents)
        with placed(name):
            check_run_count(len(self.levels) * worlds.frame.height, alone.replicates)
        frame = crossed(self.levels, worlds, alone.base)
        design = replace(
            alone,
            title=f"{self.title} in {worlds.frame.height:,} worlds",
            frame=frame,
            factors=levels_of(frame),
            kind="worlds",
            plan={
                "cross": [DOCTRINE],
                "file": POSTERIOR if self.worlds == POSTERIOR else Path(name).name,
                "weights": worlds.weights,
            },
        )
        return carrying(design, self.carried, self.overrides)

    @property
    def folder(self) -> Path:
        """Folder of the results: the one asked for, or one named after the comparison."""
        return self.out or Path("results") / self.name

    @property
    def name(self) -> str:
        """Name of the folder by default: what is compared, and where."""
        names = [stem(level) for level in self.files]
        names += [arm.level.removeprefix(stem(self.against)).strip().replace(" ", "_") for arm in self.arms]
        if set(self.levels) == set(shipped("doctrines")):  # and hence no arms
            what = "all"
        elif len(names) <= MOST_IN_NAME:
            what = "-".join(names)
        else:
            what = f"{len(names)}-doctrines-{digest(sorted(self.levels))[:6]}"
        where = [Path(each).stem for each in (self.scenario, self.worlds) if each]
        where += [] if self.extra_cost is None else [f"same_cost_{self.extra_cost:g}"]
        return "-".join(["compare", what, *where]) + suffix(self.uncertainty)

    @property
    def alike(self) -> list[tuple[str, str]]:
        """Doctrines of several names that say the same."""
        beside = self.design.changes
        found = {
            level: (essence(held), beside.get(level)) for level, held in contents_of(self.design)[DOCTRINE].items()
        }
        pairs = ((one, other) for at, one in enumerate(self.levels) for other in self.levels[:at])
        return [(one, other) for one, other in pairs if found[one] == found[other]]

    @property
    def copies(self) -> list[str]:
        """Warnings on doctrines that keep the title or the idea of another and say something else."""
        return list(kept_words(contents_of(self.design)[DOCTRINE]))


def _file(level: str, key: str | None = None) -> Path:
    try:
        return find("doctrines", level).resolve()
    except ConfigurationError as error:
        raise error.at(COMPARE, key) from None


def _check_changes(design: Design, changes: Mapping[str, Mapping[str, Any]]) -> None:
    """Refuse a change of what differs between the worlds, and one that does not go with the worlds of replicates."""
    for values in changes.values():
        for path in values:
            if path in design.factors:
                raise ConfigurationError("differs between the worlds, so it cannot be changed", file=CHANGE, key=path)
        if design.worlds is not None:
            with placed(CHANGE):
                check_pairs(design.base, pl.DataFrame([values]), design.worlds.drop("replicate"))


def _check_worlds(stated: Experiment, file: str) -> None:
    """Refuse an experiment whose points are no worlds."""
    if (kind := stated.design.kind) in STRUCTURED:
        problem = "repeats points on purpose, so its points cannot serve as worlds"
        raise ConfigurationError(problem, file=file, key="design.kind", value=kind, allowed="latin, sobol")
    paths = {*stated.factors, *stated.varied}
    for path in sorted(paths):
        if path.startswith(("doctrine.", "reference.doctrine")):
            problem = "is varied there, but doctrines set it themselves: worlds may differ only in circumstances"
            raise ConfigurationError(problem, file=file, key=path)
    if not paths - {DOCTRINE}:
        raise ConfigurationError("varies only the doctrine, so it has no worlds", file=file, key="factors")


def _plan(stated: Experiment) -> dict[str, Any]:
    """The table `design` of an experiment, crossed with doctrines."""
    plan = stated.design
    if isinstance(plan, Grid):
        return plan.model_dump()
    table = {**plan.model_dump(exclude_none=True), "cross": [DOCTRINE, *(p for p in plan.cross if p != DOCTRINE)]}
    if isinstance(plan, Listed):
        points = [{path: value for path, value in point.items() if path != DOCTRINE} for point in plan.points]
        table["points"] = [point for at, point in enumerate(points) if point not in points[:at]]
    return table


def same_cost(given: Comparing, workers: int | None = None) -> SameCost:
    """Move each numeric lever of the reference until it costs `extra_cost` a year more, on luck of its own.

    Raises `ConfigurationError` where that would be no cost, or no lever reaches it.
    """
    extra = given.extra_cost or 0.0
    levers = _levers(given.base)
    alone = replace(given, doctrines=[given.against], reference=None, changes=[{levers[0].path: levers[0].ends[0]}])
    seed = alone.design.seed
    other = seed + 1 if seed < MOST_SEED else seed - 1

    def look(changes: Sequence[Mapping[str, Any]]) -> list[Costs]:
        asked = replace(alone, seed=other, changes=changes)
        costs = _costs(asked, workers)
        return [costs[level] for level in asked.levels]

    found = search(levers, extra, other, look)
    if found.changes:
        return found
    reached = [cost.mean - found.reference.mean for lever in found.levers for cost in lever.costs.values()]
    if found.target <= 0.0:
        problem = f"leaves nothing of the reference's cost of {found.reference.mean:.4g} a year"
    else:
        problem = f"cannot be reached with any single lever; the reference costs {found.reference.mean:.4g} a year"
    allowed = f"from {min(reached):+.3g} to {max(reached):+.3g} with a single lever"
    raise ConfigurationError(problem, file=SAME_COST, value=extra, allowed=allowed)


def _levers(base: Configuration) -> list[Lever]:
    """The numeric levers of a doctrine with the ends of their ranges, and 1 beside 0 where 0 may mean never."""
    found = []
    for each in base.parameters():
        if each.path.startswith(f"{DOCTRINE}.") and each.low is not None and each.high is not None:
            if type(each.value) is int:
                found.append(Lever(each.path, each.value, (int(each.low), int(each.low) + 1, int(each.high))))
            elif type(each.value) is float:
                found.append(Lever(each.path, each.value, (each.low, each.high)))
    return found


def _costs(asked: Comparing, workers: int | None) -> dict[str, Costs]:
    """Cost a year of each level in each replicate, over the worlds by their weights."""
    design = asked.design
    warm_up(design.base)
    workforce = workforce_for(design, workers)
    done = run_tasks(replace(design, over_time=False), plan(design), workforce, model_of(design))
    runs = pl.concat(each.runs for _, each in done)
    if failed := runs.filter(status="failed").height:
        raise ConfigurationError(f"is unknown: {failed:,} runs failed", file=SAME_COST)
    weights = design.plan.get("weights") or [1.0]  # of the worlds of a file, which vary fastest
    points = design.frame.select("point", DOCTRINE)
    points = points.with_columns(weight=pl.Series(weights * (design.points // len(weights)), dtype=pl.Float64))
    cost, weeks = ((pl.col("weight") * pl.col(name)).sum() for name in ("cost", "weeks"))
    each = runs.join(points, on="point").group_by(DOCTRINE, "replicate").agg(cost=YEAR * cost / weeks)
    return {level: each.filter(doctrine=level).sort("replicate")["cost"].to_numpy() for level in asked.levels}


def compare_doctrines(
    doctrines: Sequence[str],
    out: str | Path | None = None,
    *,
    reference: str | None = None,
    scenario: str | None = None,
    worlds: str | None = None,
    replicates: int | None = None,
    seed: int | None = None,
    overrides: Mapping[str, Any] | None = None,
    targets: Sequence[str] = (),
    workers: int | None = None,
    fresh: bool = False,
    uncertainty: str | None = None,
    changes: Sequence[Mapping[str, Any]] = (),
) -> Comparison:
    """Run doctrines in the same worlds into a folder, or go on where that was left; returns the comparison.

    `worlds` is an experiment whose factors are uncertain, a file of worlds, or `posterior`. `uncertainty` is where each
    replicate has its world from: `posterior`, a file of worlds, or `none`; by default `posterior` in the scenario
    `baseline` where no `worlds` are given. `targets` are such as `harm_averted>=0.1`. Each of `changes`, values by path
    such as `{"voting_rule": "qmv"}`, makes an arm of the reference, which of one doctrine is that doctrine. Raises
    `ConfigurationError` for anything wrong, before the first run.
    """
    folder = Path(out) if out else None
    asked = overrides or {}
    more = uncertainty, changes
    given = Comparing(doctrines, reference, scenario, worlds, replicates, seed, asked, targets, folder, *more)
    return comparison_of(carry_out(given.design, given.folder, workers, fresh=fresh))

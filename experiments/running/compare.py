"""Doctrines compared: one command, one folder, tables and figures that are read against a reference.

The design is the doctrines crossed with worlds: one, those of an experiment, or those of a file with weights.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import Any

from analysis.comparison.comparison import DOCTRINE, Comparison, comparison_of, default_reference, named
from analysis.results.conditions import read_targets
from analysis.results.folder import POSTERIOR
from analysis.results.identity import digest, essence, kept_words
from analysis.results.manifest import STRUCTURED
from experiments.design.design import Design, carrying, check_run_count, design_of
from experiments.design.experiment import Experiment, Loaded, load_experiment
from experiments.design.methods import Grid, Listed
from experiments.design.stored import contents_of
from experiments.design.uncertainty import carried, file_of, suffix
from experiments.design.worlds import crossed, is_file_of_worlds, levels_of, read_worlds
from experiments.running.sweep import carry_out
from model.errors import ConfigurationError, placed
from model.loading import find, shipped
from model.paths import validated

REPLICATES_ALONE, REPLICATES_IN_WORLDS = 100, 10
"""Runs of each doctrine where there is one world; of each doctrine in each world of a file."""
COMPARED_SEED = 1
MOST_IN_NAME = 3
"""Doctrines that the name of a folder, or a title, holds one by one."""
QUESTION = "Which doctrine deters more, escalates less and averts more harm, in the same worlds with the same chance?"
COMPARE = "compare"
"""Name of the command, for messages that have no file to name."""


@dataclass(frozen=True)
class Comparing:
    """Doctrines to compare, with what the user asked for; all that is wrong raises `ConfigurationError`."""

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

    @cached_property
    def levels(self) -> list[str]:
        """The doctrines in the order given; a reference that is not among them is the last."""
        levels = list(self.doctrines)
        where = [_file(level) for level in levels]
        for place, path in enumerate(where):
            if path in where[:place]:
                raise ConfigurationError("is given twice", file=COMPARE, value=levels[place])
        if self.reference is not None and _file(self.reference, "--reference") not in where:
            levels.append(self.reference)
        if len(levels) < 2:
            problem = "is one doctrine, and it takes two to compare" if levels else "needs doctrines to compare"
            allowed = "two or more, such as clear_ladder status_quo; or --all"
            raise ConfigurationError(problem, file=COMPARE, allowed=allowed, **({"value": levels[0]} if levels else {}))
        return levels

    @cached_property
    def against(self) -> str:
        """The doctrine that the others are compared with."""
        if self.reference is None:
            return default_reference(self.levels)
        return next(level for level in self.levels if _file(level) == _file(self.reference))

    @cached_property
    def design(self) -> Design:
        """The doctrines crossed with the worlds; how to read them stands in its plan, on which no run depends."""
        targets = [target.text for target in read_targets(self.targets)]
        if self.worlds is None:
            found = design_of(self._loaded(self.carried), self.overrides)
        elif self.worlds == POSTERIOR or is_file_of_worlds(self.worlds):
            found = self._of_file(str(file_of(self.worlds)))
        else:
            found = self._of_experiment(self.worlds)
        return replace(found, plan={**found.plan, "reference": self.against, "targets": targets})

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
            "model": stated.model,
            "design": _plan(stated),
            "factors": {DOCTRINE: self.levels, **{path: at for path, at in stated.factors.items() if path != DOCTRINE}},
        }
        return design_of(loaded.model_copy(update={"experiment": validated(Experiment, table)}), self.overrides)

    def _of_file(self, name: str) -> Design:
        """The doctrines crossed with the worlds of a file, whose weights stand in the plan."""
        worlds = read_worlds(name)
        for path in self.overrides:
            if path in worlds.frame.columns:
                raise ConfigurationError("differs between the worlds and cannot be set as well", file=name, key=path)
        alone = design_of(self._loaded(None), self.overrides)
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
        names = [Path(level).stem for level in self.levels]
        if set(self.levels) == set(shipped("doctrines")):
            what = "all"
        elif len(names) <= MOST_IN_NAME:
            what = "-".join(names)
        else:
            what = f"{len(names)}-doctrines-{digest(sorted(self.levels))[:6]}"
        where = [Path(each).stem for each in (self.scenario, self.worlds) if each]
        return "-".join(["compare", what, *where]) + suffix(self.uncertainty)

    @property
    def alike(self) -> list[tuple[str, str]]:
        """Doctrines of several names that say the same."""
        found = {level: essence(content) for level, content in contents_of(self.design)[DOCTRINE].items()}
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


def _check_worlds(stated: Experiment, file: str) -> None:
    """Refuse an experiment whose points are no worlds."""
    if (kind := stated.design.kind) in STRUCTURED:
        problem = "repeats points on purpose, and its points are no worlds to average over"
        raise ConfigurationError(problem, file=file, key="design.kind", value=kind, allowed="latin, sobol")
    paths = {*stated.factors, *stated.varied}
    for path in sorted(paths):
        if path.startswith(("doctrine.", "reference.doctrine")):
            problem = "is varied there, which the doctrines themselves state: worlds differ in circumstances"
            raise ConfigurationError(problem, file=file, key=path)
    if not paths - {DOCTRINE}:
        raise ConfigurationError("varies nothing but the doctrine: it has no worlds", file=file, key="factors")


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
) -> Comparison:
    """Run doctrines in the same worlds into a folder, or go on where that was left; returns the comparison.

    `worlds` is an experiment whose factors are uncertain, a file of worlds, or `posterior`. `uncertainty` is where each
    replicate has its world from: `posterior`, a file of worlds, or `none`; by default `posterior` in the scenario
    `baseline` where no `worlds` are given. `targets` are such as `harm_averted>=0.1`. Raises `ConfigurationError` for
    anything wrong, before the first run.
    """
    folder = Path(out) if out else None
    asked = overrides or {}
    given = Comparing(doctrines, reference, scenario, worlds, replicates, seed, asked, targets, folder, uncertainty)
    return comparison_of(carry_out(given.design, given.folder, workers, fresh=fresh))

"""Why a doctrine works: every coalition of its mechanisms, and of its features, is run, and the effect shared out.

Each kind of sweep goes into a folder of its own that can be taken up again: `mechanisms` switches every combination of
mechanisms on under each doctrine; `without` compares each world with itself less one mechanism; `features-…` gives the
reference doctrine every combination of the features in which another differs; `categories` lets each doctrine forgo
every combination of the categories of measures, and `measures` one measure at a time. All share their random numbers.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import combinations, product
from pathlib import Path
from typing import Any

import polars as pl

from analysis.comparison.comparison import stem
from analysis.decomposition.games import FORGONE, MEASURE, MECHANISMS, PHASES, SWITCH, differing_features
from analysis.report.decomposition import (
    CATEGORIES_FOLDER,
    FEATURES_FOLDER,
    MEASURES_FOLDER,
    MECHANISMS_FOLDER,
    WITHOUT_FOLDER,
)
from analysis.report.page import REPORT
from analysis.results.manifest import FIGURES, MANIFEST, SHORT_BRIEF
from analysis.results.tables import TABLES
from experiments.design.design import Design, design_of
from experiments.design.experiment import Experiment, Loaded
from experiments.design.uncertainty import carried
from experiments.running.executors import number_of_workers
from experiments.running.taken import taken_by_kind
from experiments.store.files import folded, own
from experiments.store.folders import ANOTHER, check_no_file
from model.configuration import Doctrine, load_configuration
from model.errors import ConfigurationError, nearest_name
from model.loading import Source
from model.paths import validated

WHY_COMMAND = "why"
"""Name of the command, for messages that have no file to name."""
PARTS = ("mechanisms", "features", "categories", "measures")
"""What an effect is shared out among, part by part."""
WHY_FILES = (
    *(MECHANISMS_FOLDER, WITHOUT_FOLDER, CATEGORIES_FOLDER, MEASURES_FOLDER),
    *(TABLES, FIGURES, REPORT),
)
"""Names that may lie in a folder of `deter why`, beside the sweeps over features."""


@dataclass(frozen=True)
class Decomposing:
    """Doctrines to explain, the reference with which their features are compared, the scenario, and the size of it.

    `uncertainty` is as of `experiments.design.uncertainty.carried`; `contents` are those of doctrines that no file has,
    by name; `parts` are some of `PARTS`.
    """

    doctrines: Sequence[str]
    reference: str = "status_quo"
    scenario: str = "baseline"
    replicates: int = 50
    seed: int = 1
    overrides: Mapping[str, Any] = field(default_factory=dict)
    uncertainty: str | None = None
    contents: Mapping[str, Any] = field(default_factory=dict)
    parts: Sequence[str] = PARTS

    def source(self, name: str) -> Source | Doctrine:
        """Where a doctrine is read from: its content, or its name."""
        return Doctrine.model_validate(self.contents[name]) if name in self.contents else name

    @cached_property
    def designs(self) -> dict[str, Design]:
        """The sweeps that it takes, by the name of their folders; raises `ConfigurationError`."""
        names = [stem(name) for name in self.doctrines]
        for place, name in enumerate(names):
            if name in names[:place]:
                raise ConfigurationError("is named twice", file=WHY_COMMAND, key="DOCTRINE", value=name)
            if alike := [other for other in names[:place] if folded(other) == folded(name)]:
                problem = f"would share its folder with {alike[0]!r} on a system that ignores capitals"
                raise ConfigurationError(problem, file=WHY_COMMAND, key="DOCTRINE", value=name)
        check_parts(self.parts)
        found: dict[str, Design | None] = {}
        if "mechanisms" in self.parts:
            found |= {MECHANISMS_FOLDER: _mechanisms_design(self), WITHOUT_FOLDER: _without_design(self)}
        if "features" in self.parts:
            found |= {FEATURES_FOLDER + stem(name): features_design(self, name) for name in self.doctrines}
        if "categories" in self.parts:
            found[CATEGORIES_FOLDER] = _categories_design(self)
        if "measures" in self.parts:
            found[MEASURES_FOLDER] = _measures_design(self)
        return {name: design for name, design in found.items() if design is not None}


def check_parts(parts: Sequence[str]) -> None:
    """Raise `ConfigurationError` where a part is none of `PARTS`, is named twice, or none is named."""
    for place, part in enumerate(parts):
        if part not in PARTS or part in parts[:place]:
            problem = "is named twice" if part in parts[:place] else "is no part"
            near = None if part in PARTS else nearest_name(part, PARTS)
            raise ConfigurationError(problem, file="--parts", value=part, nearest=near, allowed=", ".join(PARTS))
    if not parts:
        raise ConfigurationError("names no part", file="--parts", allowed=", ".join(PARTS))


def checked_designs(asked: Decomposing, folder: Path) -> dict[str, Design]:
    """Return the designs; raise `ConfigurationError` where one is wrong, or where the folder is not for `deter why`.

    A folder that holds anything else is refused, for its tables and figures would pass for ours.
    """
    designs = asked.designs
    check_no_file(folder)
    for name in (*designs, TABLES, FIGURES):
        own(folder, name)
    held = {path.name for path in folder.iterdir()} if folder.is_dir() else set()
    if MANIFEST in held:
        problem = f"holds results of another kind, but deter why needs its own folder; {ANOTHER}"
        raise ConfigurationError(problem, file=str(folder))
    if any(name not in (*WHY_FILES, SHORT_BRIEF) and not name.startswith((FEATURES_FOLDER, ".")) for name in held):
        raise ConfigurationError(f"holds files that are not results of deter why; {ANOTHER}", file=str(folder))
    return designs


def count_taken(design: Design, whole: Mapping[str, int], workers: int | None) -> pl.DataFrame:
    """How often each measure is taken against whom at the points of a design where none is forgone, by doctrine.

    Columns are those of `experiments.running.taken`. Runs are made again with their cases, for books keep categories.
    """
    replicates = range(design.first_replicate, design.first_replicate + design.replicates)
    runs = [
        (doctrine, replicate, design.lot(point, replicate), design.configuration(point, replicate))
        for doctrine, point in whole.items()
        for replicate in replicates
    ]
    return taken_by_kind(runs, design.seed, number_of_workers(workers))


def _mechanisms_design(asked: Decomposing) -> Design:
    """Every combination of mechanisms, in the world and in its twin alike, under each doctrine."""
    factors = {"doctrine": list(asked.doctrines), **{SWITCH + name: [False, True] for name in MECHANISMS}}
    question = "Through which mechanisms does a doctrine avert harm?"
    return _design(asked, "Mechanisms", question, asked.doctrines[0], factors=factors)


def _without_design(asked: Decomposing) -> Design:
    """Each world beside itself with one of the mechanisms switched off."""
    reference = "reference.switches."
    points = [
        {"doctrine": doctrine, "reference.doctrine": doctrine, **{reference + name: name != off for name in MECHANISMS}}
        for doctrine, off in product(asked.doctrines, MECHANISMS)
    ]
    question = "What does each mechanism deter, compared with the same world without it?"
    listed = {"kind": "list", "points": points}
    return _design(asked, "Worlds without a mechanism", question, asked.doctrines[0], design=listed)


def _categories_design(asked: Decomposing) -> Design | None:
    """Each doctrine, forgoing every combination of the categories of measures; None where there is no measure."""
    measures = load_configuration(asked.scenario, asked.source(asked.doctrines[0]), asked.overrides).measures
    categories = list(dict.fromkeys(measure.category for measure in measures.values()))
    kept = [
        set(categories) - set(gone) for size in range(len(categories) + 1) for gone in combinations(categories, size)
    ]
    points = [{name: measure.category not in some for name, measure in measures.items()} for some in reversed(kept)]
    return _forgoing(asked, "Categories of measures", "Which category of measures does what, against whom?", points)


def _measures_design(asked: Decomposing) -> Design | None:
    """Each doctrine, with all its measures and forgoing one at a time; None where there is no measure."""
    measures = load_configuration(asked.scenario, asked.source(asked.doctrines[0]), asked.overrides).measures
    points = [{name: name == gone for name in measures} for gone in (None, *measures)]
    return _forgoing(asked, "Measures, forgone one at a time", "What changes if the EU forgoes a measure?", points)


def _forgoing(asked: Decomposing, title: str, question: str, gone: Sequence[Mapping[str, bool]]) -> Design | None:
    """Each doctrine forgoing these measures: name → whether it does, at each point; None where there is none."""
    if not gone[0]:
        return None
    points = [
        {"doctrine": doctrine, **{f"{MEASURE}{name}{FORGONE}": held for name, held in point.items()}}
        for doctrine, point in product(asked.doctrines, gone)
    ]
    return _design(asked, title, question, asked.doctrines[0], design={"kind": "list", "points": points})


def features_design(asked: Decomposing, doctrine: str) -> Design | None:
    """The reference doctrine with every combination of another's features; None where the two do not differ."""
    theirs, reference = (
        load_configuration(asked.scenario, asked.source(name), asked.overrides).doctrine
        for name in (doctrine, asked.reference)
    )
    fields = differing_features(theirs, reference)
    if not fields:
        return None
    points = []
    for taken in product((False, True), repeat=len(fields)):
        given = [(theirs if have else reference, held) for have, held in zip(taken, fields.values(), strict=True)]
        point = {f"doctrine.{name}": getattr(giver, name) for giver, held in given for name in held if name != PHASES}
        if PHASES in fields:  # they come with the doctrine whole, whose other entries the point states
            point["doctrine"] = doctrine if dict(zip(fields, taken, strict=True))[PHASES] else asked.reference
        points.append(point)
    question = f"Which of its features make the difference from “{reference.title}”?"
    title = theirs.title if theirs.title != reference.title else stem(doctrine)
    return _design(asked, title, question, asked.reference, design={"kind": "list", "points": points})


def _design(asked: Decomposing, title: str, question: str, doctrine: str, **points: Any) -> Design:
    """The design of a sweep: `points` is its table `factors`, crossed, or its table `design`."""
    stated: dict[str, Any] = {"title": title, "question": question, "scenario": asked.scenario, "doctrine": doctrine}
    stated["uncertainty"] = carried(asked.uncertainty, asked.scenario)
    stated |= {"replicates": asked.replicates, "seed": asked.seed, "over_time": False, "factors": {}, **points}
    experiment = validated(Experiment, stated, file=WHY_COMMAND)
    contents = dict.fromkeys(("doctrine", "reference.doctrine"), asked.contents) if asked.contents else {}
    return design_of(Loaded(name=WHY_COMMAND, file=WHY_COMMAND, experiment=experiment), asked.overrides, contents)

"""Why a doctrine works: every coalition of its mechanisms, and of its features, is run, and the effect shared out.

Three kinds of sweep, each into a folder of its own that can be taken up again: `mechanisms` switches every combination
of mechanisms on under each doctrine; `without` compares each world with itself less one mechanism; `features-…` gives
the reference doctrine every combination of the features in which another differs. All share their random numbers.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import product
from pathlib import Path
from typing import Any

from analysis.decomposition.games import MECHANISMS, SWITCH, differing_features
from analysis.report.decomposition import FEATURES_FOLDER, MECHANISMS_FOLDER, WITHOUT_FOLDER
from analysis.report.page import REPORT
from analysis.results.manifest import FIGURES, MANIFEST, SHORT_BRIEF
from analysis.results.tables import TABLES
from experiments.design.design import Design, design_of
from experiments.design.experiment import Experiment, Loaded
from experiments.design.uncertainty import carried
from experiments.store.files import folded, own
from experiments.store.folders import ANOTHER, check_no_file
from model.configuration import load_configuration
from model.errors import ConfigurationError
from model.paths import validated

WHY_COMMAND = "why"
"""Name of the command, for messages that have no file to name."""
WHY_FILES = (MECHANISMS_FOLDER, WITHOUT_FOLDER, TABLES, FIGURES, REPORT)
"""Names that may lie in a folder of `deter why`, beside the sweeps over features."""


@dataclass(frozen=True)
class Decomposing:
    """Doctrines to explain, the reference with which their features are compared, the scenario, and the size of it.

    `uncertainty` is as of `experiments.design.uncertainty.carried`.
    """

    doctrines: Sequence[str]
    reference: str = "status_quo"
    scenario: str = "baseline"
    replicates: int = 50
    seed: int = 1
    overrides: Mapping[str, Any] = field(default_factory=dict)
    uncertainty: str | None = None

    @cached_property
    def designs(self) -> dict[str, Design]:
        """The sweeps that it takes, by the name of their folders; raises `ConfigurationError`."""
        names = [Path(name).stem for name in self.doctrines]
        for place, name in enumerate(names):
            if name in names[:place]:
                raise ConfigurationError("is named twice", file=WHY_COMMAND, key="DOCTRINE", value=name)
            if alike := [other for other in names[:place] if folded(other) == folded(name)]:
                problem = f"would have a folder of the name of that of {alike[0]!r} where capitals are not told apart"
                raise ConfigurationError(problem, file=WHY_COMMAND, key="DOCTRINE", value=name)
        found = {MECHANISMS_FOLDER: _mechanisms_design(self), WITHOUT_FOLDER: _without_design(self)}
        apart = {FEATURES_FOLDER + Path(doctrine).stem: features_design(self, doctrine) for doctrine in self.doctrines}
        return found | {name: design for name, design in apart.items() if design is not None}


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
        problem = f"holds results of another kind, and those of deter why need a folder of their own; {ANOTHER}"
        raise ConfigurationError(problem, file=str(folder))
    if any(name not in (*WHY_FILES, SHORT_BRIEF) and not name.startswith((FEATURES_FOLDER, ".")) for name in held):
        raise ConfigurationError(f"holds files that are no results of deter why; {ANOTHER}", file=str(folder))
    return designs


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
    question = "What does each mechanism deter, against the same world without it?"
    listed = {"kind": "list", "points": points}
    return _design(asked, "Worlds without a mechanism", question, asked.doctrines[0], design=listed)


def features_design(asked: Decomposing, doctrine: str) -> Design | None:
    """The reference doctrine with every combination of another's features; None where the two do not differ."""
    theirs, reference = (
        load_configuration(asked.scenario, name, asked.overrides).doctrine for name in (doctrine, asked.reference)
    )
    fields = differing_features(theirs, reference)
    if not fields:
        return None
    points = []
    for taken in product((False, True), repeat=len(fields)):
        given = [(theirs if have else reference, held) for have, held in zip(taken, fields.values(), strict=True)]
        points.append({f"doctrine.{name}": getattr(giver, name) for giver, held in given for name in held})
    question = f"Which of its features make the difference from “{reference.title}”?"
    title = theirs.title if theirs.title != reference.title else Path(doctrine).stem
    return _design(asked, title, question, asked.reference, design={"kind": "list", "points": points})


def _design(asked: Decomposing, title: str, question: str, doctrine: str, **points: Any) -> Design:
    """The design of a sweep: `points` is its table `factors`, crossed, or its table `design`."""
    stated: dict[str, Any] = {"title": title, "question": question, "scenario": asked.scenario, "doctrine": doctrine}
    stated["uncertainty"] = carried(asked.uncertainty, asked.scenario)
    stated |= {"replicates": asked.replicates, "seed": asked.seed, "factors": {}, **points}
    experiment = validated(Experiment, stated, file=WHY_COMMAND)
    return design_of(Loaded(name=WHY_COMMAND, file=WHY_COMMAND, experiment=experiment), asked.overrides)

"""Why a doctrine works: every coalition of its mechanisms, and of its features, is run, and the effect shared out.

Three kinds of sweep, each into a folder of its own that can be taken up again: `mechanisms` switches every combination
of mechanisms on under each doctrine; `without` compares each world with itself less one mechanism; `features-…` gives
the reference doctrine every combination of the features in which another differs. All share their random numbers.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import product
from pathlib import Path
from typing import Any

import typer
from rich.box import SIMPLE_HEAD
from rich.table import Table as Shown

from analysis.decomposition import tables as causes
from analysis.decomposition.contributions import AVERTED, DIFFERENCE, FULL
from analysis.decomposition.findings import points
from analysis.decomposition.games import APART, MECHANISMS, SWITCH, differing
from analysis.labels import number_of, runs_planned
from analysis.report.decomposition import FEATURES_FOLDER, MECHANISMS_FOLDER, WITHOUT_FOLDER, Decomposition
from analysis.report.page import REPORT
from analysis.results.folder import FIGURES, MANIFEST, Results
from analysis.results.tables import TABLES
from experiments.design.design import Design, design_of
from experiments.design.experiment import Experiment, Loaded
from experiments.running.executors import default_workers
from experiments.running.sweep import carry_out
from experiments.store.store import ANOTHER, check_no_file
from experiments.terminal.options import INTERRUPTED
from experiments.terminal.publish import write_figures, write_tables
from experiments.terminal.screen import Counter, Screen
from model.configuration import load_configuration
from model.errors import ConfigurationError
from model.metrics import METRICS
from model.paths import validated

HERE = "deter why"
"""What messages name in place of a file."""
OURS = (MECHANISMS_FOLDER, WITHOUT_FOLDER, TABLES, FIGURES, REPORT)
"""What lies in a folder of `deter why`, beside the sweeps over features."""


@dataclass(frozen=True)
class Asked:
    """What is to be explained: doctrines, the one with which their features are compared, where, and over how much."""

    doctrines: Sequence[str]
    reference: str = "status_quo"
    scenario: str = "baseline"
    replicates: int = 50
    seed: int = 1
    overrides: Mapping[str, Any] = field(default_factory=dict)


def decompose(
    doctrines: Sequence[str],
    reference: str,
    scenario: str,
    replicates: int,
    seed: int,
    folder: Path,
    workers: int | None = None,
    *,
    overrides: Mapping[str, Any] | None = None,
    fresh: bool = False,
    screen: Screen | None = None,
) -> Decomposition:
    """Run what `folder` lacks, write tables and figures into it, and return them; raises `ConfigurationError`.

    Interrupted, it goes on from what is there. `fresh` starts anew where a folder holds another design.
    """
    asked = Asked(doctrines, reference, scenario, replicates, seed, overrides or {})
    screen = screen or Screen(quiet=True)
    wanted = designs(asked)
    check_ours(folder)
    runs = sum(design.runs for design in wanted.values())
    of_each = number_of("replicate", replicates)
    screen.say(f"{len(wanted)} sweeps of every combination, {number_of('run', runs)} in all, {of_each} of each")
    folders = {
        name: _swept(screen, design, folder / name, workers or default_workers(), fresh=fresh)
        for name, design in wanted.items()
    }
    found = Decomposition(folders)
    write_tables(folder, found.tables)
    write_figures(folder, found.figures)
    return found


def _swept(screen: Screen, design: Design, folder: Path, workers: int, *, fresh: bool) -> Results:
    screen.say(f"{design.title}: {runs_planned(design.points, design.replicates)}")
    try:
        with Counter(screen, design.runs) as counter:
            results = carry_out(design, folder, workers, fresh=fresh, report=counter.report, warn=screen.warn)
    except KeyboardInterrupt:
        screen.warn(f"interrupted; the same command goes on from what {folder.parent} holds")
        raise typer.Exit(INTERRUPTED) from None
    runs, failed = results.counts
    if failed:
        screen.warn(f"{folder}: {failed:,} of {runs:,} runs failed; replicates in which one did are left out")
    return results


def check_ours(folder: Path) -> None:
    """Refuse a folder that holds anything but what `deter why` writes: its tables and figures would pass for ours."""
    check_no_file(folder)
    held = {path.name for path in folder.iterdir()} if folder.is_dir() else set()
    if MANIFEST in held:
        problem = f"holds results of another kind, and those of {HERE} need a folder of their own; {ANOTHER}"
        raise ConfigurationError(problem, file=str(folder))
    if any(name not in OURS and not name.startswith((FEATURES_FOLDER, ".")) for name in held):
        raise ConfigurationError(f"holds files that are no results of {HERE}; {ANOTHER}", file=str(folder))


def designs(asked: Asked) -> dict[str, Design]:
    """The sweeps that it takes, by the name of their folders; raises `ConfigurationError` before anything is run."""
    names = [Path(name).stem for name in asked.doctrines]
    for place, name in enumerate(names):
        if name in names[:place]:
            raise ConfigurationError("is named twice", file=HERE, key="DOCTRINE", value=name)
    found = {MECHANISMS_FOLDER: mechanisms_design(asked), WITHOUT_FOLDER: without_design(asked)}
    for doctrine, name in zip(asked.doctrines, names, strict=True):
        design = features_design(asked, doctrine)
        if design is not None:
            found[FEATURES_FOLDER + name] = design
    return found


def mechanisms_design(asked: Asked) -> Design:
    """Every combination of mechanisms, in the world and in its twin alike, under each doctrine."""
    factors = {"doctrine": list(asked.doctrines), **{SWITCH + name: [False, True] for name in MECHANISMS}}
    question = "Through which mechanisms does a doctrine avert harm?"
    return _design(asked, "Mechanisms", question, asked.doctrines[0], {"kind": "grid"}, factors)


def without_design(asked: Asked) -> Design:
    """Each world beside itself with one of the mechanisms switched off."""
    reference = "reference.switches."
    points = [
        {
            "doctrine": doctrine,
            "reference.doctrine": doctrine,
            **{reference + name: name != off for name in MECHANISMS},
        }
        for doctrine, off in product(asked.doctrines, MECHANISMS)
    ]
    question = "What does each mechanism deter, against the same world without it?"
    return _design(asked, "Worlds without a mechanism", question, asked.doctrines[0], _listed(points))


def features_design(asked: Asked, doctrine: str) -> Design | None:
    """The reference doctrine with every combination of another's features; None where the two do not differ."""
    theirs, reference = (
        load_configuration(asked.scenario, name, asked.overrides).doctrine for name in (doctrine, asked.reference)
    )
    fields = differing(theirs, reference)
    if not fields:
        return None
    points = []
    for taken in product((False, True), repeat=len(fields)):
        given = [(theirs if have else reference, held) for have, held in zip(taken, fields.values(), strict=True)]
        points.append({f"doctrine.{name}": getattr(giver, name) for giver, held in given for name in held})
    question = f"Which of its features make the difference from “{reference.title}”?"
    title = theirs.title if theirs.title != reference.title else Path(doctrine).stem
    return _design(asked, title, question, asked.reference, _listed(points))


def _listed(points: list[dict[str, Any]]) -> dict[str, Any]:
    return {"kind": "list", "points": points}


def _design(
    asked: Asked,
    title: str,
    question: str,
    doctrine: str,
    design: Mapping[str, Any],
    factors: Mapping[str, Any] | None = None,
) -> Design:
    stated = {
        "title": title,
        "question": question,
        "scenario": asked.scenario,
        "doctrine": doctrine,
        "replicates": asked.replicates,
        "seed": asked.seed,
        "design": design,
        "factors": factors or {},
    }
    experiment = validated(Experiment, stated, file=HERE)
    return design_of(Loaded(name="why", file=HERE, experiment=experiment), asked.overrides)


def why_command(asked: Asked, folder: Path, workers: int | None, *, fresh: bool, quiet: bool) -> None:
    """Explain doctrines, and show what came of it."""
    tell_why(Screen(quiet=quiet), asked, folder, workers, fresh=fresh)


def tell_why(screen: Screen, asked: Asked, folder: Path, workers: int | None, *, fresh: bool = False) -> None:
    """Explain doctrines into a folder, show the contributions and say where they are."""
    given = asked.doctrines, asked.reference, asked.scenario, asked.replicates, asked.seed
    found = decompose(*given, folder, workers, overrides=asked.overrides, fresh=fresh, screen=screen)
    show(screen, found)
    for name in asked.doctrines:
        if FEATURES_FOLDER + Path(name).stem not in found.folders:
            screen.say(f"{name} does not differ from {asked.reference}: there are no features to tell apart")
    screen.say(f"\ntables  {folder}/tables/: {', '.join(found.tables)}")
    screen.say(f"figures {folder}/figures/: {', '.join(found.figures)}")


def show(screen: Screen, found: Decomposition) -> None:
    """Show the contributions as tables, and what they say."""
    mechanisms = found.tables["mechanisms"].frame
    called = found.mechanisms.manifest.doctrine_titles
    toolbox = mechanisms.filter(mechanisms["game"] == causes.TOOLBOX)
    for doctrine, title in called.items():
        screen.show(_shown(f"{title}: its mechanisms", toolbox.filter(doctrine=doctrine), AVERTED))
        screen.show("")
    for name, results in found.folders.items():
        if name.startswith(FEATURES_FOLDER):
            title = f"{results.manifest.title} against {results.configuration.doctrine.title}: its features"
            screen.show(_shown(title, causes.feature_contributions(results), causes.FEATURES_SHOWN))
            screen.show("")
    replicates = found.mechanisms.manifest.replicates
    screen.show(
        f"Shapley values in hundredths, ± half of a 95 % interval over {replicates:,} replicates, in brackets its ends "
        "where it lies unevenly (bootstrap, where replicates are skewed): the mean addition "
        "over all orders in which the parts could come. Mechanisms: of the twin's total, with all mechanisms on; with "
        "incapacitation, which deters nobody and stands apart, and what is averted with none of them, they sum to the "
        "whole effect. Switching a mechanism changes the twin as well.\n"
    )
    for sentence in found.sentences:
        screen.show(sentence)


def _shown(title: str, frame: Any, metrics: Any) -> Shown:
    table = Shown(title=title, title_justify="left", title_style="bold", box=SIMPLE_HEAD, show_edge=False)
    table.padding = (0, 1, 0, 0)
    table.add_column("", no_wrap=True)
    for metric in metrics:
        head = METRICS[metric].title.replace(" ", "\n", 1)
        table.add_column(head, justify="right", vertical="bottom", no_wrap=True)
    held = frame.filter((frame["way"] == "shapley") | frame["way"].is_null())
    parts = held["part"].unique(maintain_order=True).to_list()
    for part in parts:
        rows = {row["metric"]: row for row in held.filter(part=part).iter_rows(named=True)}
        if part in APART or part in (FULL, DIFFERENCE):
            table.add_section()
        table.add_row(causes.part_title(part), *(points(rows[metric]) for metric in metrics))
    return table

"""A folder of `deter why`: the sweeps that lie in it, what they say, and the comparison that they may belong to.

`mechanisms` switches every combination of mechanisms on under each doctrine; `without` compares each world with itself
less one mechanism; `features-…` gives the reference every combination of the features in which a doctrine differs;
`categories` lets each doctrine forgo every combination of the categories of measures, and `measures` one at a time.
Parts that were not asked for are not there.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from analysis.comparison.comparison import is_comparison, stem
from analysis.decomposition.findings import decomposition_findings, decomposition_sentences
from analysis.decomposition.games import category_games, feature_game, is_without, mechanism_games, removals
from analysis.decomposition.tables import (
    categories_table,
    features_table,
    measures_table,
    mechanisms_table,
    without_table,
)
from analysis.labels import changes, listed, number_of, runs_planned
from analysis.report.briefs import Brief, command_path, of_replicates, outline
from analysis.report.gallery import draw
from analysis.report.missing import check_runs, missing_runs
from analysis.results.folder import Results, open_results
from analysis.results.manifest import MANIFEST
from analysis.results.tables import TABLES, Table
from model.errors import ConfigurationError

if TYPE_CHECKING:
    from matplotlib.figure import Figure

WHY = "why"
"""Folder below that of a comparison."""
MECHANISMS_FOLDER, WITHOUT_FOLDER, FEATURES_FOLDER = "mechanisms", "without", "features-"
CATEGORIES_FOLDER, MEASURES_FOLDER = "categories", "measures"
SHAPLEY_LIMITS = (
    "A Shapley value is a fair division of an effect, not a forecast of what dropping the part would do. For that, "
    "read “last” in the tables, which adds the part to all others.",
)
MECHANISMS_LIMITS = (
    "Switching a mechanism off changes the twin as well. What deters without the toolbox leaves it less to avert, so "
    "a mechanism's share of the toolbox's effect can be below zero although it deters. What it does against the same "
    "world without it is in a separate table.",
)
FORGOING_LIMITS = (
    "A doctrine that forgoes measures keeps everything else: it announces and does what it still can, its firmness is "
    "feared until experience says otherwise, and pressure on harbours continues. So some effect is left with no "
    "measure at all, and forgoing the joint attribution rules out what it opens, the measures against states.",
)


@dataclass(frozen=True)
class Decomposition:
    """Effects shared out: the sweeps that were run, by the names of their folders, and what comes of them."""

    folders: dict[str, Results]

    @property
    def lead(self) -> Results:
        """The first of the sweeps, whose world and replicates are those of all; of mechanisms where these are there."""
        return next(iter(self.folders.values()))

    @property
    def doctrines(self) -> dict[str, str]:
        """The doctrines that are explained, with their titles."""
        features = {name.removeprefix(FEATURES_FOLDER): each.manifest.title for name, each in self.features.items()}
        return self.lead.manifest.doctrine_titles or features

    @property
    def features(self) -> dict[str, Results]:
        """The sweeps over features, by the names of their folders: of doctrines that differ from the reference."""
        return {name: results for name, results in self.folders.items() if name.startswith(FEATURES_FOLDER)}

    @cached_property
    def tables(self) -> dict[str, Table]:
        """Tables by name; raises `ConfigurationError` where no replicate is whole."""
        held = {name.removeprefix(FEATURES_FOLDER): results for name, results in self.features.items()}
        tables = {}
        if MECHANISMS_FOLDER in self.folders:
            tables["mechanisms"] = mechanisms_table(self.folders[MECHANISMS_FOLDER])
            tables["without"] = without_table(self.folders[WITHOUT_FOLDER])
        if held:
            tables["features"] = features_table(held)
        if CATEGORIES_FOLDER in self.folders:
            tables["categories"] = categories_table(self.folders[CATEGORIES_FOLDER])
        if MEASURES_FOLDER in self.folders:
            tables["measures_by_kind"] = measures_table(self.folders[MEASURES_FOLDER])
        return tables

    @cached_property
    def figures(self) -> "dict[str, Figure]":
        """Figures by name."""
        mechanisms = self.folders.get(MECHANISMS_FOLDER)
        shown = {name: draw(name, mechanisms) for name in ("mechanisms", "mechanisms_world") if mechanisms}
        shown |= {name: draw("features", results) for name, results in self.features.items()}
        own = (CATEGORIES_FOLDER, MEASURES_FOLDER)
        return shown | {name: draw(name, self.folders[name]) for name in own if name in self.folders}

    @property
    def sentences(self) -> list[str]:
        """Sentences on all but worlds without a mechanism, for the screen."""
        sweeps = [results for name, results in self.folders.items() if name != WITHOUT_FOLDER]
        return [text for results in sweeps for text in decomposition_sentences(results)]


def brief_of_decomposition(found: Decomposition) -> Brief:
    """The brief of a folder of `deter why`."""
    folders, lead = found.folders, found.lead
    titles, base = found.doctrines, lead.configuration
    names = listed([f"“{title}”" for title in titles.values()])
    runs, failed = (sum(counts) for counts in zip(*(results.counts for results in folders.values()), strict=True))
    sweeps = f"{number_of('run', runs)} in {number_of('sweep', len(folders))}"
    replicates = number_of("replicate", lead.manifest.replicates)
    brief = outline(lead)._replace(
        title=f"{_subject(found)} of {names}",
        question=" ".join(dict.fromkeys(each.manifest.question for each in folders.values())),
        setting=f"{names} in scenario “{base.scenario.title}”{changes(base)}; {sweeps}",
        runs=("Runs", f"{sweeps}{f', of which {failed:,} failed' if failed else ''}; {replicates} of each combination"),
        factors=[*_players(found), *of_replicates(lead)],
        again=[
            (
                f"deter why {' '.join(map(command_path, titles))}{_parts(found)} --out DIR",
                "divides the effects again; use the same options",
            ),
            *((f"deter reproduce {command_path(each.folder)}", "makes these runs again") for each in folders.values()),
            (f"deter report {command_path(lead.folder.parent)}", "writes this page again"),
        ],
    )
    return _with_sweeps(brief, found)._replace(figures=found.figures, tables=found.tables)


def _with_sweeps(brief: Brief, found: Decomposition) -> Brief:
    """A brief with what each sweep says, what it is of, and what it lacks."""
    folders = found.folders.items()
    order = sorted(found.folders, key=lambda name: name == WITHOUT_FOLDER)
    said = [finding for name in order for finding in decomposition_findings(found.folders[name])]
    # what the sweep of mechanisms lacks stands first in a page of its own
    lacking = [f"Sweep {name}: {text}" for name, results in folders for text in missing_runs(results)]
    return brief._replace(
        findings=[*brief.findings, *said],
        facts=[*brief.facts, *((f"Sweep {name}", _size(results)) for name, results in folders)],
        limits=[*brief.limits, *_limits(found)],
        warnings=[*brief.warnings, *lacking],
    )


SUBJECTS = {
    MECHANISMS_FOLDER: "mechanisms",
    FEATURES_FOLDER: "features",
    CATEGORIES_FOLDER: "categories of measures",
    MEASURES_FOLDER: "single measures",
}
"""What a sweep is of, by the beginning of the name of its folder."""


def _asked(found: Decomposition) -> list[str]:
    """What the sweeps are of, as beginnings of the names of their folders."""
    return [part for part in SUBJECTS if any(name.startswith(part) for name in found.folders)]


def _subject(found: Decomposition) -> str:
    """What effects are shared out among, as a title begins."""
    text = listed([SUBJECTS[part] for part in _asked(found)])
    return text[0].upper() + text[1:]


def _parts(found: Decomposition) -> str:
    """The option that asks for these sweeps alone, where some are not there."""
    asked = [part.rstrip("-") for part in _asked(found)]
    return "" if MECHANISMS_FOLDER in asked and MEASURES_FOLDER in asked else f" --parts {','.join(asked)}"


def _limits(found: Decomposition) -> Iterator[str]:
    """What the sweeps that are there cannot say."""
    there = _asked(found)
    if there != [MEASURES_FOLDER]:
        yield from SHAPLEY_LIMITS
    if MECHANISMS_FOLDER in there:
        yield from MECHANISMS_LIMITS
    if {CATEGORIES_FOLDER, MEASURES_FOLDER} & set(there):
        yield from FORGOING_LIMITS


def _size(results: Results) -> str:
    """The question of a sweep, its size and its stamp."""
    manifest = results.manifest
    return f"{manifest.question} {runs_planned(manifest.points, manifest.replicates)}; {manifest.stamp}"


def _players(found: Decomposition) -> Iterator[tuple[str, str]]:
    """Mechanisms and features that were given in every combination."""
    if MECHANISMS_FOLDER in found.folders:
        game, *_ = mechanism_games(found.folders[MECHANISMS_FOLDER]).values()
        yield "Mechanisms", f"{listed(list(game.players))}; each on and off, in the world and in its twin alike"
    for results in found.features.values():
        if features := feature_game(results):
            text = f"{listed(list(features.players))}; each given to “{results.configuration.doctrine.title}” or not"
            yield f"Features of “{results.manifest.title}”", text
    if CATEGORIES_FOLDER in found.folders:
        game, *_ = category_games(found.folders[CATEGORIES_FOLDER]).values()
        yield "Categories of measures", f"{listed(list(game.players))}; each taken or forgone, in the world alone"
    if MEASURES_FOLDER in found.folders:
        removal, *_ = removals(found.folders[MEASURES_FOLDER]).values()
        yield "Measures", f"{number_of('measure', len(removal.without))}; each forgone by itself, in the world alone"


def _sweeps_in(folder: Path) -> list[str]:
    """Names of the sweeps of `deter why` in a folder, in the order in which they are shown."""
    there = [path.name for path in sorted(folder.iterdir()) if (path / MANIFEST).exists()] if folder.is_dir() else []
    features = [name for name in there if name.startswith(FEATURES_FOLDER)]
    order = (MECHANISMS_FOLDER, WITHOUT_FOLDER, *features, CATEGORIES_FOLDER, MEASURES_FOLDER)
    return [name for name in order if name in there]


def is_decomposition(folder: Path) -> bool:
    """Whether a folder looks like one of `deter why`, from the names in it."""
    there = _sweeps_in(folder)
    both = (MECHANISMS_FOLDER in there) == (WITHOUT_FOLDER in there)
    return not (folder / MANIFEST).exists() and bool(there) and both


KINDS = {
    MECHANISMS_FOLDER: mechanism_games,
    WITHOUT_FOLDER: is_without,
    FEATURES_FOLDER: feature_game,
    CATEGORIES_FOLDER: category_games,
    MEASURES_FOLDER: removals,
}
"""What is true of a sweep in a folder of each name, or of one that begins so."""


def open_decomposition(folder: Path) -> Decomposition | None:
    """The sweeps of a folder of `deter why`; None where it is the folder of something else.

    Sweeps of other worlds or replicates than the first are left out, and so are features of doctrines that it does not
    have. Raises `ConfigurationError` where sweeps are not done, or one has no run to speak of.
    """
    if not is_decomposition(folder):
        return None
    found: dict[str, Results] = {}
    for name in _sweeps_in(folder):
        results = open_results(folder / name)
        kind = next(kind for start, kind in KINDS.items() if name.startswith(start))
        if not kind(results):
            return None
        lead = next(iter(found.values()), results)
        if name == WITHOUT_FOLDER or (_alike(results, lead) and _of_doctrines(name, lead)):
            found[name] = results
    lead = next(iter(found.values()))
    undone = any(one.manifest.status != "complete" for one in found.values())
    if undone or not all(_alike(one, lead) for one in found.values()):
        problem = "holds unfinished sweeps, so there is nothing to report"
        raise ConfigurationError(problem, file=str(folder), allowed="the same `deter why` again, which goes on")
    check_runs(*found.values())
    return Decomposition(found)


def _of_doctrines(name: str, lead: Results) -> bool:
    """Whether a sweep over features is of a doctrine of the first sweep, where that names any."""
    titles = lead.manifest.doctrine_titles
    return (
        not name.startswith(FEATURES_FOLDER) or not titles or name in {FEATURES_FOLDER + stem(each) for each in titles}
    )


def _alike(one: Results, other: Results) -> bool:
    """Whether two sweeps are of the same worlds and the same model, replicate by replicate."""
    ours, theirs = (
        (held.seed, held.replicates, held.source_hash, base.scenario, base.reference, worlds)
        for held, base, worlds in (
            (results.manifest, results.configuration, None if results.worlds is None else results.worlds.rows())
            for results in (one, other)
        )
    )
    return ours == theirs


def with_decomposition_below(brief: Brief, warn: Callable[[str], None]) -> Brief:
    """The brief of a comparison with what `deter compare --why` has placed below it, where there is any.

    What is there must be of its doctrines, with what these say, in its world and on its replicates; else it is left
    out, and `warn` told so. Nothing else below a folder is of its page.
    """
    results = brief.results
    place = results.folder / WHY
    if not is_comparison(results) or not place.exists():
        return brief
    problem = "is not of the comparison above it, or of other runs"
    try:
        found = open_decomposition(place)
        if found and _is_of(found.lead, results):
            figures = {f"{WHY}/{name}": figure for name, figure in found.figures.items()}
            tables = {f"{WHY}/{TABLES}/{name}": table for name, table in found.tables.items()}
            shown = brief._replace(figures={**brief.figures, **figures}, tables={**brief.tables, **tables})
            return _with_sweeps(shown, found)
    except ConfigurationError as error:
        problem = error.problem
    warn(f"{place} {problem}: it is left out")
    return brief


def _is_of(lead: Results, results: Results) -> bool:
    ours, theirs = results.manifest, lead.manifest
    same = ours.factors["doctrine"] == theirs.factors.get("doctrine") and ours.contents == theirs.contents
    return same and set(ours.factors) == {"doctrine"} and _alike(lead, results)

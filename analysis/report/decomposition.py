"""A folder of `deter why`: the sweeps that lie in it, what they say, and the comparison that they may belong to.

`mechanisms` switches every combination of mechanisms on under each doctrine; `without` compares each world with itself
less one mechanism; `features-…` gives the reference every combination of the features in which a doctrine differs.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from analysis.comparison.comparison import is_comparison, stem
from analysis.decomposition.findings import decomposition_findings, decomposition_sentences
from analysis.decomposition.games import feature_game, is_without, mechanism_games
from analysis.decomposition.tables import features_table, mechanisms_table, without_table
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
DECOMPOSITION_LIMITS = (
    "A Shapley value is a fair division of an effect, and no forecast of what dropping the part would do: for that "
    "read “last” in the tables, which has the part beside all others.",
    "Switching a mechanism off changes the twin as well. What deters without the toolbox leaves it less to avert, so "
    "that a mechanism's share of the toolbox's effect can be below zero although it deters: what it does against the "
    "same world without it stands in a table of its own.",
)


@dataclass(frozen=True)
class Decomposition:
    """Effects shared out: the sweeps that were run, by the names of their folders, and what comes of them."""

    folders: dict[str, Results]

    @property
    def mechanisms(self) -> Results:
        """The sweep over mechanisms, which is always there."""
        return self.folders[MECHANISMS_FOLDER]

    @property
    def features(self) -> dict[str, Results]:
        """The sweeps over features, by the names of their folders: of doctrines that differ from the reference."""
        return {name: results for name, results in self.folders.items() if name.startswith(FEATURES_FOLDER)}

    @cached_property
    def tables(self) -> dict[str, Table]:
        """Tables by name; raises `ConfigurationError` where no replicate is whole."""
        held = {name.removeprefix(FEATURES_FOLDER): results for name, results in self.features.items()}
        tables = {
            "mechanisms": mechanisms_table(self.mechanisms),
            "without": without_table(self.folders[WITHOUT_FOLDER]),
        }
        return tables | ({"features": features_table(held)} if held else {})

    @cached_property
    def figures(self) -> "dict[str, Figure]":
        """Figures by name."""
        shown = {name: draw(name, self.mechanisms) for name in ("mechanisms", "mechanisms_world")}
        return shown | {name: draw("features", results) for name, results in self.features.items()}

    @property
    def sentences(self) -> list[str]:
        """Sentences on mechanisms and features, for the screen."""
        sweeps = (self.mechanisms, *self.features.values())
        return [text for results in sweeps for text in decomposition_sentences(results)]


def brief_of_decomposition(found: Decomposition) -> Brief:
    """The brief of a folder of `deter why`."""
    folders, mechanisms = found.folders, found.mechanisms
    titles, base = mechanisms.manifest.doctrine_titles, mechanisms.configuration
    names = listed([f"“{title}”" for title in titles.values()])
    runs, failed = (sum(counts) for counts in zip(*(results.counts for results in folders.values()), strict=True))
    sweeps = f"{number_of('run', runs)} in {number_of('sweep', len(folders))}"
    replicates = number_of("replicate", mechanisms.manifest.replicates)
    brief = outline(mechanisms)._replace(
        title=f"Mechanisms and features of {names}",
        question=" ".join(dict.fromkeys(each.manifest.question for each in folders.values())),
        setting=f"{names} in scenario “{base.scenario.title}”{changes(base)}; {sweeps}",
        runs=("Runs", f"{sweeps}{f', of which {failed:,} failed' if failed else ''}; {replicates} of each combination"),
        factors=[*_players(found), *of_replicates(mechanisms)],
        again=[
            (
                f"deter why {' '.join(map(command_path, titles))} --out DIR",
                "shares the effects out again; options as at first",
            ),
            *((f"deter reproduce {command_path(each.folder)}", "makes these runs again") for each in folders.values()),
            (f"deter report {command_path(mechanisms.folder.parent)}", "writes this page again"),
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
        limits=[*brief.limits, *DECOMPOSITION_LIMITS],
        warnings=[*brief.warnings, *lacking],
    )


def _size(results: Results) -> str:
    """The question of a sweep, its size and its stamp."""
    manifest = results.manifest
    return f"{manifest.question} {runs_planned(manifest.points, manifest.replicates)}; {manifest.stamp}"


def _players(found: Decomposition) -> Iterator[tuple[str, str]]:
    """Mechanisms and features that were given in every combination."""
    game, *_ = mechanism_games(found.mechanisms).values()
    yield "Mechanisms", f"{listed(list(game.players))}; each on and off, in the world and in its twin alike"
    for results in found.features.values():
        if features := feature_game(results):
            text = f"{listed(list(features.players))}; each given to “{results.configuration.doctrine.title}” or not"
            yield f"Features of “{results.manifest.title}”", text


def is_decomposition(folder: Path) -> bool:
    """Whether a folder looks like one of `deter why`, from the names in it."""
    sweeps = (folder / MECHANISMS_FOLDER, folder / WITHOUT_FOLDER)
    return not (folder / MANIFEST).exists() and all((sweep / MANIFEST).exists() for sweep in sweeps)


def open_decomposition(folder: Path) -> Decomposition | None:
    """The sweeps of a folder of `deter why`; None where it is the folder of something else.

    Raises `ConfigurationError` where they are not done, or one has no run to speak of.
    """
    if not is_decomposition(folder):
        return None
    mechanisms, without = (open_results(folder / name) for name in (MECHANISMS_FOLDER, WITHOUT_FOLDER))
    if not mechanism_games(mechanisms) or not is_without(without):
        return None
    found = {MECHANISMS_FOLDER: mechanisms, WITHOUT_FOLDER: without}
    for level in mechanisms.manifest.doctrine_titles:
        place = folder / (FEATURES_FOLDER + stem(level))
        if (place / MANIFEST).exists() and _alike(features := open_results(place), mechanisms):
            found[place.name] = features
    if any(one.manifest.status != "complete" for one in found.values()) or not _alike(without, mechanisms):
        problem = "holds sweeps that are not done, so there is nothing to report"
        raise ConfigurationError(problem, file=str(folder), allowed="the same `deter why` again, which goes on")
    check_runs(*found.values())
    return Decomposition(found)


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
        if found and _is_of(found.mechanisms, results):
            figures = {f"{WHY}/{name}": figure for name, figure in found.figures.items()}
            tables = {f"{WHY}/{TABLES}/{name}": table for name, table in found.tables.items()}
            shown = brief._replace(figures={**brief.figures, **figures}, tables={**brief.tables, **tables})
            return _with_sweeps(shown, found)
    except ConfigurationError as error:
        problem = error.problem
    warn(f"{place} {problem}: it is left out")
    return brief


def _is_of(mechanisms: Results, results: Results) -> bool:
    ours, theirs = results.manifest, mechanisms.manifest
    same = ours.factors["doctrine"] == theirs.factors["doctrine"] and ours.contents == theirs.contents
    return same and set(ours.factors) == {"doctrine"} and _alike(mechanisms, results)

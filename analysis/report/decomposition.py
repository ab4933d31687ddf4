"""A folder of `deter why`: the sweeps that lie in it, what they say, and the comparison that they may belong to.

`mechanisms` switches every combination of mechanisms on under each doctrine; `without` compares each world with itself
less one mechanism; `features-…` gives the reference every combination of the features in which a doctrine differs.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from analysis.comparison.comparison import is_comparison
from analysis.decomposition import tables as causes
from analysis.decomposition.games import is_without, mechanism_games
from analysis.report.gallery import draw
from analysis.results.folder import MANIFEST, Results, open_results
from analysis.results.tables import Table
from model.errors import ConfigurationError

if TYPE_CHECKING:
    from matplotlib.figure import Figure

WHY = "why"
"""Folder below that of a comparison."""
MECHANISMS_FOLDER, WITHOUT_FOLDER, FEATURES_FOLDER = "mechanisms", "without", "features-"


@dataclass(frozen=True)
class Decomposition:
    """What came of it: folders of the sweeps, tables and figures by name, and what they say."""

    folders: dict[str, Results]
    tables: dict[str, Table]
    figures: "dict[str, Figure]"
    sentences: tuple[str, ...]

    @property
    def mechanisms(self) -> Results:
        """The sweep over mechanisms, which is always there."""
        return self.folders[MECHANISMS_FOLDER]


def told(folders: dict[str, Results]) -> Decomposition:
    """Tables, figures and sentences of sweeps that are there, by the names of their folders."""
    mechanisms, without = folders[MECHANISMS_FOLDER], folders[WITHOUT_FOLDER]
    tables = {"mechanisms": causes.mechanisms_table(mechanisms), "without": causes.without_table(without)}
    figures = {name: draw(name, mechanisms) for name in ("mechanisms", "mechanisms_world")}
    said = list(causes.mechanism_sentences(tables["mechanisms"].frame, causes.titles(mechanisms)))
    apart = {name: results for name, results in folders.items() if name.startswith(FEATURES_FOLDER)}
    if apart:
        held = {name.removeprefix(FEATURES_FOLDER): results for name, results in apart.items()}
        tables["features"] = causes.features_table(held)
    for name, results in apart.items():
        figures[name] = draw("features", results)
        frame = causes.feature_contributions(results)
        said += causes.feature_sentences(frame, results.manifest.title, results.configuration.doctrine.title)
    return Decomposition(folders, tables, figures, tuple(said))


def is_why(folder: Path) -> bool:
    """Whether it looks like one, from the names in it."""
    sweeps = (folder / MECHANISMS_FOLDER, folder / WITHOUT_FOLDER)
    return not (folder / MANIFEST).exists() and all((sweep / MANIFEST).exists() for sweep in sweeps)


def open_why(folder: Path) -> dict[str, Results] | None:
    """The sweeps of a folder of `deter why`; None where it is the folder of something else.

    Raises `ConfigurationError` where they are not done.
    """
    if not is_why(folder):
        return None
    mechanisms, without = (open_results(folder / name) for name in (MECHANISMS_FOLDER, WITHOUT_FOLDER))
    if not mechanism_games(mechanisms) or not is_without(without):
        return None
    found = {MECHANISMS_FOLDER: mechanisms, WITHOUT_FOLDER: without}
    for level in mechanisms.manifest.factors.get("doctrine", ()):
        place = folder / (FEATURES_FOLDER + Path(level).stem)
        if (place / MANIFEST).exists():
            features = open_results(place)
            if _alike(features, mechanisms):
                found[place.name] = features
    if any(one.manifest.status != "complete" for one in found.values()) or not _alike(without, mechanisms):
        problem = "holds sweeps that are not done, so there is nothing to report"
        raise ConfigurationError(problem, file=str(folder), allowed="the same `deter why` again, which goes on")
    return found


def _alike(one: Results, other: Results) -> bool:
    """Whether two sweeps are of the same worlds and the same model, replicate by replicate."""
    ours, theirs = one.manifest, other.manifest
    return (
        (ours.seed, ours.replicates, ours.source_hash) == (theirs.seed, theirs.replicates, theirs.source_hash)
        and ours.configuration["scenario"] == theirs.configuration["scenario"]
        and ours.configuration["reference"] == theirs.configuration["reference"]
    )


def why_of(results: Results) -> dict[str, Results] | None:
    """The sweeps that `deter compare --why` has placed below a comparison; None where none are, or of other runs.

    They are of its doctrines, with what these say, in its world and on its replicates.
    """
    if not is_comparison(results):
        return None
    folders = open_why(results.folder / WHY)
    if folders is None or not _alike(folders[MECHANISMS_FOLDER], results):
        return None
    ours, theirs = results.manifest, folders[MECHANISMS_FOLDER].manifest
    same = ours.factors["doctrine"] == theirs.factors["doctrine"] and ours.contents == theirs.contents
    return folders if same and set(ours.factors) == {"doctrine"} else None

"""What the brief of a folder of `deter why` says, and what such a folder adds to the brief of its comparison."""

from collections.abc import Iterator

from analysis.decomposition.findings import reasons
from analysis.decomposition.games import feature_game, mechanism_games
from analysis.labels import changes, listed, number_of
from analysis.report.briefs import Brief, place
from analysis.report.decomposition import FEATURES_FOLDER, MECHANISMS_FOLDER, Decomposition
from analysis.report.missing import missing_runs
from analysis.sentences import Finding

WHY_LIMITS = (
    "A Shapley value is a fair division of an effect, and no forecast of what dropping the part would do: for that "
    "read “last” in the tables, which has the part beside all others.",
    "Switching a mechanism off changes the twin as well. What deters without the toolbox leaves it less to avert, so "
    "that a mechanism's share of the toolbox's effect can be below zero although it deters: what it does against the "
    "same world without it stands in a table of its own.",
)


def brief_of_why(found: Decomposition) -> Brief:
    """The brief of a folder of `deter why`."""
    folders, mechanisms = found.folders, found.mechanisms
    where, base = place(mechanisms.folder.parent), mechanisms.configuration
    names = [f"“{title}”" for title in _titles(found)]
    counts = [results.counts for results in folders.values()]
    runs, failed = (sum(each[at] for each in counts) for at in (0, 1))
    sweeps = f"{number_of('run', runs)} in {number_of('sweep', len(folders))}"
    replicates = number_of("replicate", mechanisms.manifest.replicates)
    again = [
        (f"deter why {' '.join(_doctrines(found))} --out DIR", "shares the effects out again; options as at first"),
        *((f"deter reproduce {place(each.folder)}", "makes these runs again") for each in folders.values()),
        (f"deter report {where}", "writes this page again"),
    ]
    return Brief(
        f"Mechanisms and features of {listed(names)}",
        " ".join(dict.fromkeys(each.manifest.question for each in folders.values())),
        f"{listed(names)} in scenario “{base.scenario.title}”{changes(base)}; {sweeps}",
        ("Runs", f"{sweeps}{f', of which {failed:,} failed' if failed else ''}; {replicates} of each combination"),
        findings_of_why(found),
        list(_sweeps(found)),
        list(_players(found)),
        WHY_LIMITS,
        again,
        list(_warnings(found)),
    )


def with_why(brief: Brief, found: Decomposition) -> Brief:
    """The brief of a comparison with what the folder of `deter why` below it says."""
    return brief._replace(
        findings=[*brief.findings, *findings_of_why(found)],
        facts=[*brief.facts, *_sweeps(found)],
        limits=(*brief.limits, *WHY_LIMITS),
        warnings=[*brief.warnings, *_warnings(found)],
    )


def findings_of_why(found: Decomposition) -> list[Finding]:
    """What the sweeps say, one after the other."""
    order = sorted(found.folders, key=lambda name: (name != MECHANISMS_FOLDER, not name.startswith(FEATURES_FOLDER)))
    return [finding for name in order for finding in reasons(found.folders[name])]


def _doctrines(found: Decomposition) -> list[str]:
    return [str(level) for level in found.mechanisms.manifest.factors["doctrine"]]


def _titles(found: Decomposition) -> list[str]:
    contents = found.mechanisms.manifest.contents.get("doctrine", {})
    return [str(contents.get(level, {}).get("title", level)) for level in _doctrines(found)]


def _sweeps(found: Decomposition) -> Iterator[tuple[str, str]]:
    """Each sweep: of what it is, and its stamp."""
    for name, results in found.folders.items():
        manifest = results.manifest
        size = f"{number_of('point', manifest.points)} × {number_of('replicate', manifest.replicates)}"
        yield f"Sweep {name}", f"{manifest.question} {size}; {manifest.stamp}"


def _players(found: Decomposition) -> Iterator[tuple[str, str]]:
    """What was given in every combination."""
    games = mechanism_games(found.mechanisms)
    players = next(iter(games.values())).players
    yield "Mechanisms", f"{listed(list(players))}; each on and off, in the world and in its twin alike"
    for name, results in found.folders.items():
        game = feature_game(results)
        if game is not None and name.startswith(FEATURES_FOLDER):
            reference = results.configuration.doctrine.title
            text = f"{listed(list(game.players))}; each given to “{reference}” or not"
            yield f"Features of “{results.manifest.title}”", text


def _warnings(found: Decomposition) -> Iterator[str]:
    """What is missing in which sweep; that of the mechanisms stands first in the page of its own."""
    for name, results in found.folders.items():
        yield from (f"Sweep {name}: {text}" for text in missing_runs(results))

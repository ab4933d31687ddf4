"""Findings of sweeps that share an effect out: what comes of which mechanism, and of which feature of a doctrine.

Each answers the question of one kind of sweep of `deter why`, with the sentences that the command shows.
"""

from collections.abc import Iterable, Iterator

import polars as pl

from analysis.decomposition import tables as causes
from analysis.decomposition.games import ALONE, MECHANISMS, feature_game, is_without, mechanism_games
from analysis.results.folder import Results
from analysis.sentences import Finding

MECHANISMS_HEADING = "Through which mechanisms (Shapley values)"
FEATURES_HEADING = "Through which features (Shapley values)"
WITHOUT_HEADING = "Each mechanism against the same world without it"


def shares_out(results: Results) -> bool:
    """Whether a folder is of such a sweep and nothing else: its points are no worlds to average over."""
    games, features = mechanism_games(results), feature_game(results)
    mechanisms = any(len(game.players) == len(MECHANISMS) for game in games.values())
    return mechanisms or (features is not None and len(features.players) > 1) or is_without(results)


def reasons(results: Results) -> Iterator[Finding]:
    """What such a folder says; nothing where it has no intervals."""
    title = results.configuration.doctrine.title
    called = causes.titles(results) or {ALONE: f"“{title}”"}
    if mechanism_games(results):
        frame = causes.mechanism_contributions(results)
        yield from _found(MECHANISMS_HEADING, frame, causes.mechanism_sentences(frame, called))
    elif feature_game(results) is not None:
        frame = causes.feature_contributions(results)
        yield from _found(FEATURES_HEADING, frame, causes.feature_sentences(frame, results.manifest.title, title))
    elif is_without(results):
        frame = causes.without_mechanisms(results)
        yield from _found(WITHOUT_HEADING, frame, causes.without_sentences(frame, called))


def _found(heading: str, frame: pl.DataFrame, texts: Iterable[str]) -> Iterator[Finding]:
    held = frame.filter(pl.col("metric") == "harm_averted", pl.col("low").is_not_null())
    if not held.is_empty():
        n = int(held["n"].min())  # type: ignore[arg-type]  # of a column of whole numbers
        yield from (Finding(heading, text, n) for text in texts)

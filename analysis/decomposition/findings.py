"""Why a doctrine works, in sentences: what comes of which mechanism, and of which feature of a doctrine.

Each kind of sweep of `deter why` answers one question; the command shows the same sentences.
"""

from collections.abc import Iterator, Mapping

import polars as pl

from analysis.decomposition.contributions import DIFFERENCE, FULL, REST
from analysis.decomposition.games import ALONE, feature_game, is_without, mechanism_games, mechanisms_of
from analysis.decomposition.tables import TOOLBOX, feature_contributions, mechanism_contributions, without_mechanisms
from analysis.labels import listed
from analysis.results.folder import Results
from analysis.results.tables import interval_text
from analysis.sentences import Finding, Row, is_told, turned
from analysis.statistics.estimates import ESTIMATE_SCHEMA
from model.metrics.catalogue import LEAD

LEAST_NAMED = 0.0005
"""Contributions that sentences name one by one are at least so large, a twentieth of a point."""
SILENT = "nothing can be said of harm averted, for it has no interval; that takes two replicates."
"""Words for an effect without interval: no number, and neither that there is an effect nor that there is none."""


def mechanism_sentences(frame: pl.DataFrame, called: Mapping[str, str]) -> Iterator[str]:
    """Sentences on what the toolbox averts through which mechanism; claims only where intervals leave zero out."""
    for name, held in _by_doctrine(frame.filter(game=TOOLBOX), called):
        whole, rest = _row(held, FULL), _row(held, REST)
        if whole["low"] is None:
            yield f"{name}: {SILENT}"
        elif not is_told(whole):
            yield f"{name}: no effect on harm can be told from none ({points(whole)} points)."
        else:
            averts = f"averts {_size(whole)} % of the twin's harm"
            brings = f"brings {_size(whole)} % more harm than its twin has"
            left = f" With none of them at work {_rest(rest)}." if is_told(rest) else ""
            said = averts if whole["mean"] > 0.0 else brings
            yield f"{name} {said}. Of these points: {_shared_out(held.filter(way='shapley'))}.{left}"


def _rest(row: Row) -> str:
    """The effect of a doctrine with none of these mechanisms at work."""
    if row["mean"] > 0.0:
        return f"the doctrine averts {_size(row)}"
    return f"there is more harm under the doctrine than in its twin, by {_size(row)}"


def feature_sentences(frame: pl.DataFrame, title: str, reference: str) -> Iterator[str]:
    """Sentences on the features through which a doctrine does better or worse than another."""
    held = frame.filter(metric=LEAD)
    whole = _row(held, DIFFERENCE)
    if whole["low"] is None:
        yield f"{title} against {reference}: {SILENT}"
    elif not is_told(whole):
        yield f"{title}: no difference from {reference} in harm averted can be told ({points(whole)} points)."
    else:
        more, parts = "more" if whole["mean"] > 0.0 else "less", _shared_out(held.filter(way="shapley"))
        harm = f"{_size(whole)} points {more} of the twin's harm than {reference}"
        yield f"{title} averts {harm}. Of its difference: {parts}."


def without_sentences(frame: pl.DataFrame, called: Mapping[str, str]) -> Iterator[str]:
    """Sentences on what each mechanism averts under a doctrine, against the same world without it."""
    for name, held in _by_doctrine(frame.rename({"mechanism": "part"}), called):
        parts = _shared_out(held)
        yield f"{name}: of the harm that the same world has without it, each averts, in hundredths: {parts}."


def _by_doctrine(frame: pl.DataFrame, called: Mapping[str, str]) -> Iterator[tuple[str, pl.DataFrame]]:
    """The rows of each doctrine, with its title."""
    for (doctrine,), held in frame.filter(metric=LEAD).group_by("doctrine", maintain_order=True):
        yield called.get(str(doctrine), str(doctrine)), held


def _row(held: pl.DataFrame, part: str) -> Row:
    return held.row(by_predicate=pl.col("part") == part, named=True)


def _shared_out(held: pl.DataFrame) -> str:
    """Parts by what they contribute: those that are told one by one, then those that are next to nothing."""
    parts = held.sort("mean", descending=True).to_dicts()
    told = [part for part in parts if is_told(part)]
    large = [f"{part['part']} {points(part)}" for part in told if abs(part["mean"]) >= LEAST_NAMED]
    small = [part["part"] for part in told if abs(part["mean"]) < LEAST_NAMED]
    rest = [part["part"] for part in parts if not is_told(part)]
    little = f"next to nothing from {listed(small)}" if small else ""
    silent = f"nothing can be told of {listed(rest)}" if rest else ""
    return "; ".join(filter(None, [listed(large), little, silent]))


def _size(row: Row) -> str:
    """A contribution without its sign, which words have already."""
    return points(row if row["mean"] > 0.0 else turned(row))


def points(row: Row) -> str:
    """A contribution in hundredths with its interval: 4.1 ±0.3, or where that is uneven 4.1 [3.9, 4.7]."""
    if row["mean"] is None:
        return "–"
    if row["low"] is None:
        return f"{100 * row['mean']:.1f} (no interval)".replace("-", "−")
    half = 50 * (row["high"] - row["low"])
    mean, low, high = (100 * row[name] for name in ("mean", "low", "high"))
    return interval_text(mean, low, high, 1 if half >= 0.1 or half == 0.0 else 2)


def shares_out(results: Results) -> bool:
    """Whether a folder is a sweep of `deter why` and nothing else: its points are no worlds to average over."""
    games, features = mechanism_games(results), feature_game(results)
    mechanisms = any(len(game.players) == len(mechanisms_of(results)) for game in games.values())
    return mechanisms or (features is not None and len(features.players) > 1) or is_without(results)


def decomposition_findings(results: Results) -> Iterator[Finding]:
    """Findings of a sweep of `deter why`; none where it has no intervals, or is of another kind."""
    heading, frame, texts = _answer(results)
    counts: list[int] = frame.filter(pl.col("metric") == LEAD, pl.col("low").is_not_null())["n"].to_list()
    yield from (Finding(heading, text, min(counts)) for text in texts if counts)


def decomposition_sentences(results: Results) -> Iterator[str]:
    """Sentences of a sweep of `deter why` for the screen; without an interval, that nothing can be said."""
    return _answer(results)[-1]


def _answer(results: Results) -> tuple[str, pl.DataFrame, Iterator[str]]:
    """The heading for a sweep's sentences, the table that they are of, and the sentences."""
    title = results.configuration.doctrine.title
    called = results.manifest.doctrine_titles or {ALONE: f"“{title}”"}
    if mechanism_games(results):
        frame = mechanism_contributions(results)
        return "Through which mechanisms (Shapley values)", frame, mechanism_sentences(frame, called)
    if feature_game(results) is not None:
        frame = feature_contributions(results)
        said = feature_sentences(frame, results.manifest.title, title)
        return "Through which features (Shapley values)", frame, said
    if is_without(results):
        frame = without_mechanisms(results)
        return "Each mechanism against the same world without it", frame, without_sentences(frame, called)
    return "", pl.DataFrame(schema=ESTIMATE_SCHEMA), iter(())

"""Why a doctrine works, in sentences: what comes of which mechanism, and of which feature of a doctrine.

Each kind of sweep of `deter why` answers one question; the command shows the same sentences.
"""

from collections.abc import Iterator, Mapping

import polars as pl

from analysis.decomposition.contributions import DIFFERENCE, FULL, PER_COST, REST
from analysis.decomposition.forgoing import ALL, CHANGES, measures_by_kind
from analysis.decomposition.games import (
    ALONE,
    category_games,
    feature_game,
    is_without,
    mechanism_games,
    mechanisms_of,
    removals,
)
from analysis.decomposition.tables import (
    TOOLBOX,
    category_contributions,
    feature_contributions,
    measure_name,
    mechanism_contributions,
    without_mechanisms,
)
from analysis.labels import listed
from analysis.results.folder import Results
from analysis.results.tables import interval_text
from analysis.sentences import Finding, Row, is_told, turned
from analysis.statistics.estimates import ESTIMATE_SCHEMA
from model.metrics.catalogue import LEAD
from model.metrics.columns import WORDS

LEAST_NAMED = 0.0005
"""Contributions that sentences name one by one are at least so large, a twentieth of a point."""
SILENT = "nothing can be said about harm averted because it has no interval; an interval takes two replicates."
"""Words for an effect without interval: no number, and neither that there is an effect nor that there is none."""


def mechanism_sentences(frame: pl.DataFrame, called: Mapping[str, str]) -> Iterator[str]:
    """Sentences on what the toolbox averts through which mechanism; claims only where intervals exclude zero."""
    for name, held in _by_doctrine(frame.filter(game=TOOLBOX), called):
        whole, rest = _row(held, FULL), _row(held, REST)
        if whole["low"] is None:
            yield f"{name}: {SILENT}"
        elif not is_told(whole):
            yield f"{name}: the effect on harm is unclear ({points(whole)} points)."
        else:
            averts = f"averts {_size(whole)} % of the twin's harm"
            brings = f"brings {_size(whole)} % more harm than its twin has"
            left = f" With none of them at work, {_rest(rest)}." if is_told(rest) else ""
            said = averts if whole["mean"] > 0.0 else brings
            yield f"{name} {said}. Contributions in points: {_shared_out(held.filter(way='shapley'))}.{left}"


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
        yield f"{title}: it is unclear whether it averts more or less harm than {reference} ({points(whole)} points)."
    else:
        more, parts = "more" if whole["mean"] > 0.0 else "less", _shared_out(held.filter(way="shapley"))
        harm = f"{_size(whole)} points {more} of the twin's harm than {reference}"
        yield f"{title} averts {harm}. Contributions to the difference: {parts}."


def without_sentences(frame: pl.DataFrame, called: Mapping[str, str]) -> Iterator[str]:
    """Sentences on what each mechanism averts under a doctrine, against the same world without it."""
    for name, held in _by_doctrine(frame.rename({"mechanism": "part"}), called):
        parts = _shared_out(held)
        yield f"{name}: each mechanism averts, in per cent of the harm in the same world without it: {parts}."


def category_sentences(frame: pl.DataFrame, called: Mapping[str, str]) -> Iterator[str]:
    """Sentences on which category of measures deters, averts and escalates, against whom, and at what price."""
    for name, held in _by_doctrine(frame.filter(kind=ALL), called):
        if _row(held, FULL)["low"] is None:
            yield f"{name}: {SILENT}"
            continue
        own = frame.filter(doctrine=held["doctrine"][0], way="shapley")
        kinds = [kind for kind in own["kind"].unique(maintain_order=True).to_list() if kind != ALL]
        yield f"{name}, which response deters whom, in points of the twin's acts: {_against(own, 'deterrence_rate')}."
        rest = _row(held, REST)
        left = f" With no measure at all, {_rest(rest)}." if is_told(rest) else ""
        averts = _shared_out(own.filter(metric=LEAD, kind=ALL))
        yield f"{name}, what each category averts of the twin's harm, in points: {averts}.{left}"
        yield f"{name}, which response averts whose harm, in points of the twin's: {_against(own, LEAD)}."
        escalates = own.filter(metric="escalation_rate")
        adds = [text for kind in kinds if (text := _escalating(escalates.filter(kind=kind), kind))]
        nobody = "no category clearly escalates or calms anybody"
        yield f"{name}, which response escalates, in points of opportunities: {'; '.join(adds) or nobody}."
        mean, low, high = PER_COST
        prices = own.filter(metric=LEAD, kind=ALL).select("part", "metric", mean=mean, low=low, high=high).drop_nulls()
        if prices.height:
            yield f"{name}, harm averted per unit of political cost a year, in points: {_shared_out(prices)}."


def _against(own: pl.DataFrame, metric: str) -> str:
    """Which categories do most of something against each kind of perpetrator."""
    held = own.filter(pl.col("kind") != ALL, metric=metric)
    by_kind = held.group_by("kind", maintain_order=True)
    return "; ".join(f"against {WORDS[str(kind)]} {_most(rows)}" for (kind,), rows in by_kind)


def _most(held: pl.DataFrame) -> str:
    """Which parts do most; that one does more than the next is said where their intervals lie apart.

    Intervals that lie apart tell the difference, however the two move together.
    """
    rows = [row for row in held.sort("mean", descending=True, nulls_last=True).to_dicts() if is_told(row)]
    rows = [row for row in rows if row["mean"] > 0.0]
    if not rows:
        return "no category clearly does so"
    first = [row for row in rows if row["high"] >= rows[0]["low"]]
    if len(first) == 1:
        return f"{rows[0]['part']} measures do {'most' if rows[1:] else 'all of it'} ({points(rows[0])})"
    names = listed([f"{row['part']} ({points(row)})" for row in first])
    return f"{names} measures do most, it is unclear which of them"


def _escalating(held: pl.DataFrame, kind: str) -> str:
    """Which parts escalate, and which take escalation away, against a kind; empty where neither is clear."""
    rows = [row for row in held.sort("mean", descending=True, nulls_last=True).to_dicts() if is_told(row)]
    rows = [row for row in rows if abs(row["mean"]) >= LEAST_NAMED]
    raised = listed([f"{row['part']} measures add {points(row)}" for row in rows if row["mean"] > 0.0])
    less = [f"{points(turned(row))} less through {row['part']} measures" for row in rows if row["mean"] < 0.0]
    return f"against {WORDS[kind]} {', '.join(filter(None, (raised, listed(less))))}" if rows else ""


def measure_sentences(frame: pl.DataFrame, called: Mapping[str, str]) -> Iterator[str]:
    """Sentences on what forgoing single measures changes: what holds jointly for all of a figure."""
    for (doctrine,), held in frame.group_by("doctrine", maintain_order=True):
        name, whole = called.get(str(doctrine), str(doctrine)), held.filter(kind=ALL)
        often = [text for kind in WORDS if (text := _taken(held.filter(kind=kind), kind))]
        if often:
            yield f"{name}, the measure taken most often a year: {'; '.join(often)}."
        if whole[f"{next(iter(CHANGES))}_low"].is_null().all():
            yield f"{name}, forgoing one measure: {SILENT}"
            continue
        for change, words in (
            ("harm averted", ("averts less harm", "averts more harm")),
            ("deterrence", ("deters less", "deters more")),
            ("escalation", ("lowers escalation", "raises escalation")),
        ):
            yield f"{name}, forgoing one measure: {_forgoing(whole, change, words)}."


def _forgoing(whole: pl.DataFrame, change: str, words: tuple[str, str]) -> str:
    """Which measures, forgone, make a figure fall and rise, in points, and for how many the effect is unclear."""
    column, texts, silent = change.replace(" ", "_"), [], whole.height
    for verb, does in zip(("falls", "rises"), words, strict=True):
        rows = whole.filter(pl.col("told").str.split(", ").list.contains(f"{change} {verb}"))
        silent -= rows.height
        order = rows.sort(pl.col(column).abs(), descending=True)
        named = [f"{measure_name(row['measure'])} {points(_estimate(row, column))}" for row in order.to_dicts()]
        if named:
            texts.append(f"without {listed(named)} it {does}")
    if not texts:
        return f"the effect on {change} is unclear for all {whole.height} measures"
    return "; ".join([*texts, f"the effect of the other {silent} is unclear"] if silent else texts)


def _taken(held: pl.DataFrame, kind: str) -> str:
    """The measure taken most often against a kind."""
    rows = held.drop_nulls("taken_low").sort("taken", descending=True).to_dicts()
    if not rows:
        return ""
    text = interval_text(rows[0]["taken"], rows[0]["taken_low"], rows[0]["taken_high"], 2)
    return f"against {WORDS[kind]} {measure_name(rows[0]['measure'])} {text}"


def _estimate(row: Row, column: str) -> Row:
    return {"mean": row[column], "low": row[f"{column}_low"], "high": row[f"{column}_high"]}


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
    silent = f"unclear for {listed(rest)}" if rest else ""
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
    shared = mechanisms or (features is not None and len(features.players) > 1) or is_without(results)
    return shared or bool(category_games(results) or removals(results))


def decomposition_findings(results: Results) -> Iterator[Finding]:
    """Findings of a sweep of `deter why`; none where it has no intervals, or is of another kind."""
    heading, frame, texts = _answer(results)
    low = "low" if "low" in frame.columns else "harm_averted_low"
    lead = frame.filter(metric=LEAD) if "metric" in frame.columns else frame
    counts: list[int] = lead.filter(pl.col(low).is_not_null())["n"].to_list()
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
    if category_games(results):
        frame = category_contributions(results)
        return "Which response, against whom (Shapley values)", frame, category_sentences(frame, called)
    if removals(results):
        frame = measures_by_kind(results)
        return "What forgoing one measure changes", frame, measure_sentences(frame, called)
    if is_without(results):
        frame = without_mechanisms(results)
        return "Each mechanism against the same world without it", frame, without_sentences(frame, called)
    return "", pl.DataFrame(schema=ESTIMATE_SCHEMA), iter(())

"""Why a doctrine works: tables of what its mechanisms and its features contribute, and the same in sentences.

Everything is read from folders of sweeps; which those are, `analysis.decomposition.games` knows.
"""

from collections.abc import Iterator, Mapping

import polars as pl

from analysis.decomposition.contributions import (
    AVERTED,
    DIFFERENCE,
    FULL,
    REST,
    Sums,
    against_bare,
    against_twin,
    as_recorded,
    contributions,
)
from analysis.decomposition.games import (
    APART,
    MECHANISMS,
    REFERENCE_SWITCH,
    Game,
    feature_game,
    is_without,
    mechanism_games,
)
from analysis.labels import listed
from analysis.results.folder import Results
from analysis.results.tables import Table, interval_text
from analysis.sentences import Row, turned
from model.errors import ConfigurationError
from model.metrics import METRICS

TOOLBOX, WORLD = "toolbox", "world"
"""The two games over mechanisms: what the toolbox averts through them, and what they avert with the toolbox there."""
SCALES = {TOOLBOX: against_twin, WORLD: against_bare}
FEATURE_METRICS = ("harm_averted", "severe_averted", "deterrence_rate", "escalation_rate", "acts_averted")
"""Metrics whose difference between two doctrines is taken apart; figure and screen show the first four."""
MOST_SHOWN = 4
WITHOUT_METRICS = ("deterrence_rate", "harm_averted", "severe_averted", "acts_averted")
"""Metrics by which a world is compared with itself without a mechanism."""
LEAST = 0.0005
"""Contributions that sentences name one by one are at least so large, a twentieth of a point."""


def mechanism_contributions(results: Results) -> pl.DataFrame:
    """What each mechanism contributes under each doctrine of a folder, in both games."""
    games = mechanism_games(results)
    if not games:
        problem = "does not switch mechanisms on and off in every combination"
        raise ConfigurationError(problem, file=str(results.folder))
    frames = []
    for doctrine, game in games.items():
        sums = Sums(results, game.points)
        for name, scale in SCALES.items():
            ratios = {metric: scale(sums, metric) for metric in AVERTED}
            found = contributions(game, ratios)
            if name == WORLD:  # what has nothing of them averts nothing of itself
                found = found.filter(pl.col("part") != REST)
            frames.append(found.select(pl.lit(doctrine).alias("doctrine"), pl.lit(name).alias("game"), pl.all()))
    return pl.concat(frames)


def feature_contributions(results: Results) -> pl.DataFrame:
    """What each feature of a doctrine contributes to its difference from the folder's own."""
    game = feature_game(results)
    if game is None:
        problem = "does not give a doctrine every combination of another's features"
        raise ConfigurationError(problem, file=str(results.folder))
    sums = Sums(results, game.points)
    return contributions(game, {metric: as_recorded(sums, metric) for metric in FEATURE_METRICS}, difference=True)


def without_mechanisms(results: Results) -> pl.DataFrame:
    """Estimates of worlds against themselves without one mechanism: deterrence that needs nobody to be named."""
    design = results.design
    if not is_without(results):
        raise ConfigurationError("does not compare worlds with themselves less a mechanism", file=str(results.folder))
    off = [next((name for name in MECHANISMS if not row[REFERENCE_SWITCH + name]), "") for row in design.to_dicts()]
    named = design.select("point", "doctrine", mechanism=pl.Series(off))
    found = results.estimate(["point"], WITHOUT_METRICS).join(named, on="point", maintain_order="left")
    return found.select("doctrine", "mechanism", pl.exclude("point", "doctrine", "mechanism"))


def titles(results: Results) -> dict[str, str]:
    """Titles of the doctrines that are levels of a folder."""
    held = results.manifest.contents.get("doctrine", {})
    return {level: content["title"] for level, content in held.items()}


def part_title(part: str) -> str:
    """A part as tables and figures head it: Punishment."""
    return part[0].upper() + part[1:]


def _intervals(frame: pl.DataFrame) -> str:
    n = frame["n"].to_list()
    count = f"n = {min(n)}" if min(n) == max(n) else f"n = {min(n)} to {max(n)}"
    if max(n) < 2:
        return f"{count} replicate, hence no interval: that takes two."
    return f"95 % intervals over {count} replicates, each by itself, on common random numbers."


def mechanisms_table(results: Results) -> Table:
    """Table `mechanisms`."""
    frame = mechanism_contributions(results)
    note = (
        "Shapley values over all orders in which mechanisms could be switched on in a world and in its twin alike. "
        "toolbox: share of the twin's total (all mechanisms on) that a doctrine averts; values and the part with none "
        "of them sum to the whole effect. world: share of what the same world has with none of them; values sum to the "
        "whole. alone, last: with no other mechanism on, with all others on. Incapacitation deters nobody and stands "
        f"apart. {_intervals(frame)} {results.manifest.stamp}."
    )
    return Table("What each mechanism contributes", frame, note)


def features_table(folders: Mapping[str, Results]) -> Table:
    """Table `features`, over the doctrines with a folder each."""
    frames = []
    for doctrine, results in folders.items():
        named = [pl.lit(doctrine).alias("doctrine"), pl.lit(results.configuration.doctrine.title).alias("reference")]
        frames.append(feature_contributions(results).select(*named, pl.all()))
    frame = pl.concat(frames)
    stamps = "; ".join(results.manifest.stamp for results in folders.values())
    note = (
        "Shapley values over all orders in which a doctrine could take its features in place of the reference's; they "
        "sum to its paired difference from the reference. alone, last: the feature given to the reference, and given "
        f"last to the doctrine. {_intervals(frame)} {stamps}."
    )
    return Table("What each feature of a doctrine contributes", frame, note)


def without_table(results: Results) -> Table:
    """Table `without`."""
    frame = without_mechanisms(results)
    note = (
        "Each world against itself with the mechanism switched off from the first week, on the same random numbers: no "
        f"comparison with a world without toolbox. {_intervals(frame)} {results.manifest.stamp}."
    )
    return Table("What each mechanism deters, against the world without it", frame, note)


SILENT = "nothing can be said of harm averted, for it has no interval; that takes two replicates."
"""What is said where there is no interval: no number, and neither that there is an effect nor that there is none."""


def mechanism_sentences(frame: pl.DataFrame, called: Mapping[str, str]) -> Iterator[str]:
    """What the toolbox averts through which mechanism; claims only where intervals leave zero out."""
    chosen = frame.filter((pl.col("game") == TOOLBOX) & (pl.col("metric") == "harm_averted"))
    for (doctrine,), held in chosen.group_by("doctrine", maintain_order=True):
        name, parts = called.get(str(doctrine), str(doctrine)), list(_parts(held))
        whole, rest = (next(row for row in held.to_dicts() if row["part"] == part) for part in (FULL, REST))
        if whole["low"] is None:
            yield f"{name}: {SILENT}"
            continue
        if not _told(whole):
            yield f"{name}: no effect on harm can be told from none ({points(whole)} points)."
            continue
        left = f" With none of them at work {_rest(rest)}." if _told(rest) else ""
        yield f"{_whole(name, whole)} Of these points: {_shared_out(parts)}.{left}"


def _whole(name: str, row: Row) -> str:
    """What a doctrine does against its twin."""
    if row["mean"] >= 0.0:
        return f"{name} averts {points(row)} % of the twin's harm."
    return f"{name} brings {points(turned(row))} % more harm than its twin has."


def _rest(row: Row) -> str:
    """What a doctrine does with no mechanism at work: through grievance, and pressure on harbours."""
    if row["mean"] >= 0.0:
        return f"the doctrine averts {points(row)}"
    return f"there is more harm under the doctrine than in its twin, by {points(turned(row))}"


def feature_sentences(frame: pl.DataFrame, title: str, reference: str) -> Iterator[str]:
    """Through which features a doctrine does better or worse than another."""
    held = frame.filter(pl.col("metric") == "harm_averted")
    whole = next(row for row in held.to_dicts() if row["part"] == DIFFERENCE)
    if whole["low"] is None:
        yield f"{title} against {reference}: {SILENT}"
        return
    if not _told(whole):
        yield f"{title}: no difference from {reference} in harm averted can be told ({points(whole)} points)."
        return
    more = "more" if whole["mean"] > 0 else "less"
    size = points(whole if whole["mean"] > 0 else turned(whole))
    parts = _shared_out(list(_parts(held)))
    yield f"{title} averts {size} points {more} of the twin's harm than {reference}. Of its difference: {parts}."


def without_sentences(frame: pl.DataFrame, called: Mapping[str, str]) -> Iterator[str]:
    """What each mechanism averts under a doctrine, against the same world without it."""
    held = frame.filter(pl.col("metric") == "harm_averted").rename({"mechanism": "part"})
    for (doctrine,), rows in held.group_by("doctrine", maintain_order=True):
        name = called.get(str(doctrine), str(doctrine))
        parts = _shared_out(list(rows.sort("mean", descending=True).iter_rows(named=True)))
        yield f"{name}: of the harm that the same world has without it, each averts, in hundredths: {parts}."


def _parts(held: pl.DataFrame) -> Iterator[Row]:
    shapley = held.filter(pl.col("way") == "shapley").sort("mean", descending=True)
    yield from shapley.iter_rows(named=True)


def _shared_out(parts: list[Row]) -> str:
    told = [f"{part['part']} {points(part)}" for part in parts if _told(part) and abs(part["mean"]) >= LEAST]
    small = [part["part"] for part in parts if _told(part) and abs(part["mean"]) < LEAST]
    rest = [part["part"] for part in parts if not _told(part)]
    little = f"next to nothing from {listed(small)}" if small else ""
    silent = f"nothing can be told of {listed(rest)}" if rest else ""
    return "; ".join(filter(None, [listed(told), little, silent]))


def _told(row: Row) -> bool:
    """Whether an interval leaves zero out."""
    return row["low"] is not None and (row["low"] > 0.0 or row["high"] < 0.0)


def points(row: Row) -> str:
    """A contribution in hundredths with its interval: 4.1 ±0.3, or where that is uneven 4.1 [3.9, 4.7]."""
    if row["mean"] is None:
        return "–"
    if row["low"] is None:
        return f"{100 * row['mean']:.1f} (no interval)".replace("-", "−")
    half = 50 * (row["high"] - row["low"])
    mean, low, high = (100 * row[name] for name in ("mean", "low", "high"))
    return interval_text(mean, low, high, 1 if half >= 0.1 or half == 0.0 else 2)


def groups(game: Game) -> list[list[str]]:
    """Players in the groups in which they are shown: those that stand apart come by themselves."""
    together = [name for name in game.players if name not in APART]
    return [held for held in (together, [name for name in game.players if name in APART]) if held]


def metric_name(metric: str) -> str:
    """A metric as a table heads it."""
    return METRICS[metric].title

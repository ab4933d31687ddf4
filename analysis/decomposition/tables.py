"""Why a doctrine works: tables of what its mechanisms and its features contribute.

Everything is read from folders of sweeps; which those are, `analysis.decomposition.games` knows.
"""

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache

import polars as pl

from analysis.decomposition.contributions import (
    AVERTED,
    PER_COST,
    REST,
    bare_share,
    contributions,
    game_ratios,
    per_cost,
    twin_share,
)
from analysis.decomposition.forgoing import ALL, COST, kinds_of, measures_by_kind, of_kind
from analysis.decomposition.games import (
    APART,
    REFERENCE_SWITCH,
    category_games,
    feature_game,
    is_without,
    mechanism_games,
    mechanisms_of,
    removals,
)
from analysis.labels import listed
from analysis.results.folder import Results
from analysis.results.tables import Table
from model.errors import ConfigurationError
from model.metrics.catalogue import EFFECTS

TOOLBOX, WORLD = "toolbox", "world"
"""The two games over mechanisms: what the toolbox averts through them, and what they avert with the toolbox there."""
SCALES = {TOOLBOX: twin_share, WORLD: bare_share}
"""Value of a coalition in each game."""
FEATURES_SHOWN = tuple(sorted(EFFECTS, key=lambda name: name not in AVERTED))
"""Metrics that figure and screen show of features: what is averted comes first."""
FEATURE_METRICS = tuple(dict.fromkeys((*FEATURES_SHOWN, *AVERTED)))
"""Metrics whose difference between two doctrines is taken apart."""
CATEGORY_METRICS = ("deterrence_rate", "escalation_rate", *AVERTED)
"""Metrics that categories of measures contribute to, by kind of perpetrator as well."""
WITHOUT_METRICS = ("deterrence_rate", *AVERTED)
"""Metrics by which a world is compared with itself without a mechanism."""


def mechanism_contributions(results: Results) -> pl.DataFrame:
    """Contribution of each mechanism under each doctrine of a folder, in both games.

    Columns are `doctrine`, `game` and those of contributions. Raises `ConfigurationError` for another kind of sweep.
    """
    if not (games := mechanism_games(results)):
        raise _other_kind(results, "does not switch mechanisms on and off in every combination")
    frames = []
    for doctrine, game in games.items():
        ratios = game_ratios(results, game.points, AVERTED)
        for name, scale in SCALES.items():
            found = contributions(game, {metric: scale(ratio) for metric, ratio in ratios.items()})
            if name == WORLD:  # what has nothing of them averts nothing of itself
                found = found.filter(pl.col("part") != REST)
            frames.append(found.select(pl.lit(doctrine).alias("doctrine"), pl.lit(name).alias("game"), pl.all()))
    return pl.concat(frames)


def feature_contributions(results: Results) -> pl.DataFrame:
    """Contribution of each feature of a doctrine to its difference from the folder's own doctrine.

    Raises `ConfigurationError` for another kind of sweep.
    """
    if (game := feature_game(results)) is None:
        raise _other_kind(results, "does not give a doctrine every combination of another's features")
    return contributions(game, game_ratios(results, game.points, FEATURE_METRICS), difference=True)


@lru_cache(maxsize=2)  # for table, figure, findings and screen
def category_contributions(results: Results) -> pl.DataFrame:
    """Contribution of each category of measures under each doctrine of a folder, whole and by kind of perpetrator.

    Columns are `doctrine`, `kind`, those of contributions, and `PER_COST`: the contribution over the part's own share
    of the Union's cost. Raises `ConfigurationError` for another kind of sweep.
    """
    if not (games := category_games(results)):
        raise _other_kind(results, "does not forgo categories of measures in every combination")
    asked = [(metric, kind) for metric in CATEGORY_METRICS for kind in kinds_of(results)]
    frames = []
    for doctrine, game in games.items():
        ratios = game_ratios(results, game.points, [COST, *(str(of_kind(*each)) for each in asked)])
        cost = ratios.pop(COST)
        found = [contributions(game, {COST: cost}).with_columns(kind=pl.lit(ALL), **dict.fromkeys(PER_COST))]
        for metric, kind in asked:
            one = {metric: ratios[str(of_kind(metric, kind))]}
            both = contributions(game, one).hstack(per_cost(game, one, cost))
            found.append(both.with_columns(kind=pl.lit(kind)))
        frames += [each.select(pl.lit(doctrine).alias("doctrine"), "kind", pl.exclude("kind")) for each in found]
    return pl.concat([*frames[1:], frames[0]], how="vertical_relaxed")


def without_mechanisms(results: Results) -> pl.DataFrame:
    """Estimates of worlds against themselves without one mechanism: deterrence that needs nobody to be named.

    Raises `ConfigurationError` for another kind of sweep.
    """
    if not is_without(results):
        raise _other_kind(results, "does not compare worlds with themselves less a mechanism")
    design, every = results.design, mechanisms_of(results)
    off = [next((name for name in every if not row[REFERENCE_SWITCH + name]), "") for row in design.to_dicts()]
    named = design.select("point", "doctrine", mechanism=pl.Series(off))
    found = results.estimate(["point"], WITHOUT_METRICS).join(named, on="point", maintain_order="left")
    return found.select("doctrine", "mechanism", pl.exclude("point", "doctrine", "mechanism"))


def without_nothing(frame: pl.DataFrame) -> pl.DataFrame:
    """Contributions without what none of the players explains, where that is exactly nothing."""
    rest = frame.filter(pl.col("part") == REST)["mean"]
    return frame if (rest != 0.0).any() else frame.filter(pl.col("part") != REST)


def apart_text(parts: Sequence[str]) -> str:
    """A sentence on those of the parts that stand apart from what deters; empty where none does."""
    apart = [part for part in parts if part in APART]
    text = f"{listed(apart)} {'does' if len(apart) == 1 else 'do'} not deter and stand{'s' * (len(apart) == 1)} apart."
    return part_title(text) if apart else ""


SPELT = {"eu": "EU", "hrvp": "HRVP", "demarche": "démarche"}
"""Words of names in catalogues that are written otherwise."""


def measure_name(measure: str) -> str:
    """A measure as sentences and tables call it, by its name in the catalogue: EU declaration."""
    words = " ".join(SPELT.get(word, word) for word in measure.split("_"))
    return re.sub(r"(\d+) (\d+)", r"\1(\2)", words)  # a paragraph of an article


def part_title(part: str) -> str:
    """A part as tables and figures head it: Punishment."""
    return part[0].upper() + part[1:]


def _other_kind(results: Results, problem: str) -> ConfigurationError:
    return ConfigurationError(problem, file=str(results.folder))


def mechanisms_table(results: Results) -> Table:
    """Table `mechanisms`, with its note."""
    return _table(
        "What each mechanism contributes",
        mechanism_contributions(results),
        "Shapley values over all orders in which mechanisms could be switched on in a world and in its twin alike. "
        "toolbox: share of the twin's total (all mechanisms on) that a doctrine averts; values and the part with none "
        "of them sum to the whole effect. world: share of what the same world has with none of them; values sum to the "
        "whole. alone, last: with no other mechanism on, with all others on. " + apart_text(mechanisms_of(results)),
        results,
    )


def features_table(folders: Mapping[str, Results]) -> Table:
    """Table `features`, over the doctrines with a folder each, with its note."""
    frames = []
    for doctrine, results in folders.items():
        reference = pl.lit(results.configuration.doctrine.title).alias("reference")
        frames.append(feature_contributions(results).select(pl.lit(doctrine).alias("doctrine"), reference, pl.all()))
    return _table(
        "What each feature of a doctrine contributes",
        pl.concat(frames),
        "Shapley values over all orders in which a doctrine could take its features in place of the reference's; they "
        "sum to its paired difference from the reference. alone, last: the feature given to the reference, and given "
        "last to the doctrine.",
        *folders.values(),
    )


def categories_table(results: Results) -> Table:
    """Table `categories`, with its note."""
    return _table(
        "What each category of measures contributes",
        category_contributions(results),
        "Shapley values over all orders in which a doctrine could take up the categories of its toolbox, against all "
        "perpetrators and each kind; with the effect that is left without any of them, they sum to the whole. A "
        "doctrine that forgoes measures announces and does what it still can. alone, last: with no other category, "
        "with all others. per_cost: the contribution over the category's own share of the EU's cost a year, empty "
        "where that cost is unclear.",
        results,
    )


def measures_table(results: Results) -> Table:
    """Table `measures_by_kind`, with its note."""
    if not removals(results):
        raise _other_kind(results, "does not forgo one measure at a time")
    return _table(
        "Which measure, against whom, and what forgoing it changes",
        measures_by_kind(results),
        "taken: times a year after the burn-in, by the kind of perpetrator that it bites or addresses as the EU sees "
        "the case, rightly or not; nobody: no perpetrator in particular; empty for standing programmes, which run on. "
        "Without interval: taken in no run. The rest: the doctrine that forgoes the measure less the doctrine with "
        "it. told: which changes of one figure, against one kind, hold jointly for all measures (95 %).",
        results,
    )


def without_table(results: Results) -> Table:
    """Table `without`, with its note."""
    return _table(
        "What each mechanism deters, against the world without it",
        without_mechanisms(results),
        "Each world against itself with the mechanism switched off from the first week, on the same random numbers: "
        "not a comparison with a world without the toolbox.",
        results,
    )


def _table(title: str, frame: pl.DataFrame, what: str, *folders: Results) -> Table:
    """A table with what it shows, its n and intervals, and where it comes from."""
    few, many = (int(end) for end in frame.select(few=pl.col("n").min(), many=pl.col("n").max()).row(0))
    count = f"n = {few}" if few == many else f"n = {few} to {many}"
    intervals = f"Individual 95 % intervals over {count} replicates, on common random numbers."
    if many < 2:
        intervals = f"{count} replicate, so no interval: that takes two."
    stamps = "; ".join(results.manifest.stamp for results in folders)
    return Table(title, frame, f"{what} {intervals} {stamps}.")

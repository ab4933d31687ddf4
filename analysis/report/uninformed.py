"""What no data inform: how far effects depend on it.

A posterior is as wide as the prior in what the record says nothing of, so that an effect averaged over it hides what it
would be for one who knew. Where replicates live in worlds of the posterior, each headline effect stands here beside
itself in the worlds where such a parameter is in the lowest and in the highest third of its values. A third of the
replicates is a smaller sample of the same kind: intervals are those of every other table. Whether a sign holds or turns
is told where all effects, metrics, parameters and thirds hold together (Bonferroni).
"""

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import Any

import numpy as np
import polars as pl

from analysis.calibration.informed import uninformed
from analysis.comparison.comparison import comparison_of, is_comparison
from analysis.comparison.ranking import parts_of_replicates
from analysis.effects.findings import main_effects_in
from analysis.labels import factor_words, listed, number_of, title
from analysis.plotting import captions
from analysis.results.folder import Results
from analysis.results.parts import THIRDS, Part, parts_of
from analysis.results.tables import Table
from analysis.sentences import Finding, number
from analysis.statistics.estimates import ESTIMATE_SCHEMA
from analysis.statistics.intervals import LEVEL, quantile
from model.metrics.catalogue import EFFECTS, LEAD

UNINFORMED = "Over what no data inform"
"""How the heading of what is said of it begins."""
HOLDS, TURNS, UNTOLD = "holds", "turns", "unclear"
LOWEST, HIGHEST = THIRDS[0], THIRDS[-1]
UNINFORMED_SCHEMA: dict[str, Any] = {
    "effect": pl.String(),
    "parameter": pl.String(),  # null: over all worlds
    "part": pl.String(),
    "from": pl.Float64(),
    "to": pl.Float64(),
    **ESTIMATE_SCHEMA,
    "sign": pl.String(),  # holds | turns | unclear, between both thirds; null without intervals
}
"""Columns of effects over what no data inform."""
Row = dict[str, Any]
Told = Callable[[float], int | None]
"""The sign of an effect that is clear at a level: 1, −1, or 0 where it is unclear; None without an interval."""


def over_uninformed(results: Results, parameters: Sequence[str]) -> pl.DataFrame:
    """Each headline effect over all worlds, and in the outer thirds of each of these parameters.

    Effects are those of doctrines against the reference in a comparison, else the main effects of a sweep's factors.
    Columns are `UNINFORMED_SCHEMA`; empty where thirds have too few replicates to be any.
    """
    parted = _of_comparison if is_comparison(results) else _of_factors
    rows = list(parted(results, parameters))
    apart = sum(row["parameter"] is not None for row, _ in rows)
    if not apart:
        return pl.DataFrame(schema=UNINFORMED_SCHEMA)
    level = 1.0 - (1.0 - LEVEL) / apart
    sides: dict[tuple[Any, ...], list[int | None]] = {}
    for row, told in rows:
        sides.setdefault((row["effect"], row["metric"], row["parameter"]), []).append(told(level))
    signs = ({"sign": _sign(sides[row["effect"], row["metric"], row["parameter"]])} for row, _ in rows)
    return pl.DataFrame([row | sign for (row, _), sign in zip(rows, signs, strict=True)], schema=UNINFORMED_SCHEMA)


def _sign(ways: list[int | None]) -> str | None:
    if len(ways) < 2 or None in ways:
        return None
    return UNTOLD if 0 in ways else HOLDS if len(set(ways)) == 1 else TURNS


def _of_comparison(results: Results, parameters: Sequence[str]) -> Iterator[tuple[Row, Told]]:
    """Differences of doctrines from the reference."""
    compared, titles = comparison_of(results), list(results.manifest.doctrine_titles.values())
    for metric in EFFECTS:
        compared.ratio(metric)  # read once, for all parts
    thirds = ((path, part) for path in parameters for part in parts_of_replicates(compared, path))
    within = [(_all(), compared)]
    within += [(_where(path, part), compared.within(part.inside)) for path, part in thirds if _is_outer(part)]
    for at, of in enumerate(titles):
        for metric in EFFECTS if at != compared.reference else ():
            for where, part in within:
                effect = f"choosing “{of}” over “{titles[compared.reference]}”"
                row = {"effect": effect, **where, "metric": metric, **part.against(metric).row(at)}
                yield row, partial(part.told, metric, part.less_reference, at)


def _of_factors(results: Results, parameters: Sequence[str]) -> Iterator[tuple[Row, Told]]:
    """Main effects of the factors of a sweep."""
    worlds = results.worlds
    if worlds is None or results.unreached:
        return
    numbers = worlds["replicate"].to_numpy()
    thirds = ((path, part) for path in parameters for part in parts_of(worlds[path], np.ones(len(numbers))))
    within: list[tuple[Row, list[int] | None]] = [(_all(), None)]
    within += [(_where(path, part), numbers[part.inside].tolist()) for path, part in thirds if _is_outer(part)]
    for effect, found in main_effects_in(results, [replicates for _, replicates in within]):
        for (where, _), rows in zip(within, found, strict=True):
            for row in rows:
                said = {"effect": effect, **where, **{name: row[name] for name in ESTIMATE_SCHEMA}}
                yield said, partial(_told, said)


def _told(row: Row, level: float) -> int | None:
    """Which way an effect is told to go at this level, either side grown as Student's is; None without an interval."""
    if row["low"] is None or row["high"] is None:
        return None
    times = float(quantile(row["n"], level) / quantile(row["n"]))
    low, high = (row["mean"] + times * (row[end] - row["mean"]) for end in ("low", "high"))
    return int(low > 0.0) - int(high < 0.0)


def _is_outer(part: Part) -> bool:
    return part.name in (LOWEST, HIGHEST)


def _all() -> Row:
    return {"parameter": None, "part": None, "from": None, "to": None}


def _where(path: str, part: Part) -> Row:
    return {"parameter": path, "part": part.name, "from": part.low, "to": part.high}


def uninformed_tables(results: Results) -> dict[str, Table]:
    """The table of effects over what no data inform, by its name; none where there is nothing to say."""
    if (found := over_uninformed(results, uninformed(results))).is_empty():
        return {}
    what = (
        "Effects over all worlds, and in the worlds where a parameter that the record does not inform is in the "
        "lowest or the highest third of its values. `sign`: whether both thirds have the same sign, where the whole "
        "table holds jointly (Bonferroni)."
    )
    return {
        "uninformed": Table(
            "Effects over what no data inform",
            found,
            captions.note(what, captions.interval(found, "Intervals"), captions.origin(results)),
        )
    }


def unit_of(results: Results) -> str:
    """What n counts: replicates, or of a comparison in drawn worlds these, in each of which a third of them is run."""
    return comparison_of(results).cells.unit if is_comparison(results) else "replicates"


def moved(found: pl.DataFrame, effect: str, metric: str = LEAD) -> list[tuple[Row, Row]]:
    """An effect in the lowest and in the highest third of each parameter, that first over which it moves most."""
    own = found.filter(effect=effect, metric=metric).drop_nulls(["parameter", "low", "high"])
    sides = own.group_by("parameter", maintain_order=True)
    pairs = [(rows[0], rows[1]) for _, table in sides if len(rows := table.to_dicts()) == 2]

    def how_far(pair: tuple[Row, Row]) -> float:
        error = np.hypot(*(row["standard_error"] for row in pair))
        return float(abs(pair[1]["mean"] - pair[0]["mean"]) / error) if error > 0.0 else 0.0

    return sorted(pairs, key=how_far, reverse=True)


def uninformed_findings(results: Results) -> Iterator[Finding]:
    """How far each headline effect depends on what no data inform: whether its sign holds, and what moves it most."""
    parameters = uninformed(results)
    found = over_uninformed(results, parameters) if parameters else pl.DataFrame(schema=UNINFORMED_SCHEMA)
    heading = f"{UNINFORMED} (thirds of {number_of('parameter', len(parameters))}; clear where all hold jointly)"
    unit = unit_of(results)
    for effect in found["effect"].unique(maintain_order=True):
        pairs = moved(found, effect)
        if not pairs:
            continue
        n = min(row["n"] for pair in pairs for row in pair)
        yield Finding(heading, _moves(effect, pairs), n, unit)
        for metric in EFFECTS:
            for pair in moved(found, effect, metric):
                if pair[0]["sign"] == TURNS:
                    yield Finding(heading, f"{_goes(effect, pair)}; its sign turns.", n, unit)


def _goes(effect: str, pair: tuple[Row, Row]) -> str:
    """From what to what an effect goes over the range of a parameter."""
    low, high = map(number, pair)
    what, over = title(pair[0]["metric"]), factor_words(pair[0]["parameter"])
    ends = f"from {low} in the lowest third to {high} in the highest"
    return f"Over the range of {over} the effect of {effect} on {what} moves {ends}"


def _moves(effect: str, pairs: Sequence[tuple[Row, Row]]) -> str:
    signs = [pair[0]["sign"] for pair in pairs]
    said = {HOLDS: "holds", TURNS: "turns", UNTOLD: "is unclear"}
    counts = [f"{words} over {signs.count(sign)}" for sign, words in said.items() if sign in signs]
    moves = ", more than over any other" if len(pairs) > 1 else ""
    return f"{_goes(effect, pairs[0])}{moves}; its sign {listed(counts)} of {number_of('such parameter', len(pairs))}."

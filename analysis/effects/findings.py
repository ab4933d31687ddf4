"""Findings on the factors of a sweep, and on the whole of it against its twin.

What going from one end of a factor to the other does; where between the ends more is gained or lost than at either;
where the effect of one factor depends on another.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from itertools import combinations
from typing import Any

from analysis.effects.factorial import ends, is_scale
from analysis.effects.levels import at_levels, compared, compared_factors, delays_measured, in_both_worlds, less
from analysis.labels import factor_title, level_text
from analysis.results.folder import Results
from analysis.sentences import (
    EFFECT,
    OWN_EFFECT,
    Finding,
    Unclear,
    against_twin,
    by_level,
    in_both,
    is_told,
    together,
    turned,
)
from analysis.statistics.contrasts import beside, contrast, influences
from model.metrics.catalogue import EFFECTS, METRICS
from model.metrics.placebos import PLACEBOS, placebo_of

Row = dict[str, Any]
DEPENDING = tuple(name for name in EFFECTS if METRICS[name].complement)
"""Metrics for which it is asked whether the effect of one factor depends on another: what is averted."""
SAID_OF_BOTH = ("acts_averted", "harm_averted")
"""What a sentence says of both worlds; the table of effects has severe acts too."""


def effect_findings(results: Results) -> Iterator[Finding]:
    """Main effects, turns between the ends, and interactions; of a folder of which every point has a run."""
    both = {factor: both_worlds(results, factor) for factor in compared_factors(results)}
    yield from _main_effects(results, both)
    yield from _turns(results, both)
    yield from _interactions(results, both)


def overall_findings(results: Results) -> Iterator[Finding]:
    """The effect of the toolbox against its twin, averaged over all points."""
    for row in results.estimate((), EFFECTS).iter_rows(named=True):
        row |= _placebo(results, row["metric"])
        if text := against_twin(_subject(results), row):
            yield Finding("Against the twin", text, row["n"])


def _placebo(results: Results, metric: str) -> dict[str, Any]:
    """What a rate that counts only increases is beside its placebo, where the twin answers; empty of others."""
    name = placebo_of(metric)
    if name not in PLACEBOS or not results.twin_answers:
        return {}
    mean, low, high = results.estimate((), [name]).select("mean", "low", "high").row(0)
    pair = influences(results.scan, results.design, (), [metric, name], results.manifest.pilot, results.weights)
    beyond = contrast(beside(*pair), [[1.0, -1.0]])
    return {"jointly": bool(beyond.low[0] > 0.0), "placebo": mean, "placebo_low": low, "placebo_high": high}


def _subject(results: Results) -> str:
    varied = any(path.partition(".")[0] == "doctrine" for path in results.manifest.factors)
    name = "the toolbox" if varied else f"“{results.configuration.doctrine.title}”"
    points = results.manifest.points
    if results.unreached:
        return f"{name}, averaged over the {points - results.unreached:,} of {points:,} points that have runs so far,"
    return f"{name}, averaged over all points," if points > 1 else name


def main_effects(results: Results) -> Iterator[tuple[str, list[Row]]]:
    """Going from one end of a factor to the other, in words, and what that does to each headline metric.

    The other factors are averaged over, and alike at both ends.
    """
    yield from ((subject, rows) for subject, (rows,) in main_effects_in(results, [None]))


def main_effects_in(results: Results, parts: Sequence[Collection[int] | None]) -> Iterator[tuple[str, list[list[Row]]]]:
    """Main effects in each of several parts, given by the numbers of its replicates; None: in all of them."""
    for factor in compared_factors(results):
        low, *_, high = levels = ends(results, factor)
        found = at_levels(results, {factor: (low, high)}, EFFECTS)
        step = [less((high,), (low,))]
        within = ([one if part is None else one.only(part) for one in found] for part in parts)
        delays = delays_measured(results, factor)
        said = f" ({delays[low].split(' years')[0]} to {delays[high]})" if {low, high} <= delays.keys() else ""
        yield (
            f"{moving(factor, levels)}{said}",
            [[row for one in some for row in compared(one, [factor], step)] for some in within],
        )


Both = Mapping[str, str | None]
"""What each factor does to the world and to its twin, in sentences; None of one that leaves the twin as it is."""


def _main_effects(results: Results, both: Both) -> Iterator[Finding]:
    for (factor, absolute), (subject, rows) in zip(both.items(), main_effects(results), strict=True):
        if text := together("it" if absolute else subject, rows, _unclear(both, factor)):
            against = f"{absolute} Against the twin at the same level, {text[0].lower()}{text[1:]}"
            text = against if absolute else text
            yield Finding("Main effects", text, min(row["n"] for row in rows if row["mean"] is not None))


def both_worlds(results: Results, factor: str) -> str | None:
    """What a factor does to the world and to its twin, in sentences; None where it leaves the twin as it is."""
    moved = in_both_worlds(results, factor)
    if not any(one.acts_in_twin for one in moved.values()):
        return None
    worlds = ("in the world", "in the twin") if results.twin_answers else ("with the toolbox", "without it")
    averting = "the doctrine" if results.twin_answers else "the toolbox"
    return in_both(moving(factor, ends(results, factor)), [moved[name] for name in SAID_OF_BOTH], worlds, averting)


def _unclear(both: Both, factor: str) -> Unclear:
    """The words for unclear effects of a factor: others where it moves the twin too."""
    return OWN_EFFECT if both[factor] else EFFECT


def _turns(results: Results, both: Both) -> Iterator[Finding]:
    """Where a metric is higher, or lower, between the ends of a factor than at both: the ends alone would hide it."""
    found, tried = [], 0
    for factor in compared_factors(results):
        low, *between, high = levels = ends(results, factor)
        metrics = at_levels(results, {factor: levels}, EFFECTS) if between and is_scale(levels) else []
        tried += len(between) * len(metrics)
        for metric in metrics:
            up, down = (compared(metric, [factor], [less((one,), (end,)) for one in between]) for end in (low, high))
            turns = [
                (level, rises, falls)
                for level, rises, falls in zip(between, up, down, strict=True)
                if is_told(rises) and is_told(falls) and (rises["mean"] > 0.0) == (falls["mean"] > 0.0)
            ]
            if turns:
                most, rises, falls = max(turns, key=lambda turn: min(abs(row["mean"]) for row in turn[1:]))
                steps = [(low, most, rises), (most, high, turned(falls))]
                text = by_level(
                    f"raising {factor_title(factor).lower()}",
                    [(_from(start, stop, levels), row) for start, stop, row in steps],
                    _unclear(both, factor),
                )
                found.append((str(text), min(rises["n"], falls["n"])))
    heading = f"Between the ends (of {tried} levels tried, the clearest; each at 95 %)"
    yield from (Finding(heading, text, n) for text, n in found)


def _interactions(results: Results, both: Both) -> Iterator[Finding]:
    """Where the effect of one factor depends on another: what it is at each end of the other."""
    pairs = list(combinations(compared_factors(results), 2))
    heading = f"Where one depends on another ({len(pairs) * len(DEPENDING)} tried, each at 95 %)"
    for metric in DEPENDING:
        for factor, other in pairs:
            (low, *_, high), (few, *_, many) = levels, others = ends(results, factor), ends(results, other)
            for found in at_levels(results, {factor: (low, high), other: (few, many)}, [metric]):
                steps = [less((high, level), (low, level)) for level in (few, many)]
                interaction = {**less((low, few), (high, few)), **steps[1]}
                if not is_told(compared(found, [factor, other], [interaction])[0]):
                    continue
                rows = compared(found, [factor], steps)
                circumstances = zip((at(other, end, others) for end in (few, many)), rows, strict=True)
                if text := by_level(moving(factor, levels), list(circumstances), _unclear(both, factor)):
                    yield Finding(heading, text, min(row["n"] for row in rows))


def moving(factor: str, levels: Sequence[Any]) -> str:
    """Going from the first level to the last, in words: raising clarity from 0 to 1, switching campaigns on."""
    name, (low, *_, high) = factor_title(factor).lower(), levels
    if isinstance(low, bool):
        return f"switching {name} {'on' if high else 'off'}"
    if isinstance(low, (int, float)):
        return f"raising {name} {_from(low, high, levels)}"
    return f"{name} {_words(high, levels)} in place of {_words(low, levels)}"


def at(factor: str, level: Any, levels: Sequence[Any]) -> str:
    """One of the levels of another factor as a circumstance: at clarity 0.5, with campaigns off."""
    name = factor_title(factor).lower()
    if isinstance(level, bool):
        return f"with {name} {'on' if level else 'off'}"
    return f"at {name} {_words(level, levels)}"


def _from(start: Any, stop: Any, levels: Sequence[Any]) -> str:
    return f"from {level_text(start, levels)} to {level_text(stop, levels)}"


def _words(level: Any, levels: Sequence[Any]) -> str:
    return level_text(level, levels).replace("_", " ")

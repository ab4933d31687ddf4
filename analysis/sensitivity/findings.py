"""Findings of a sensitivity analysis: which factors explain how much, of which nothing can be told, what is settled.

An index is told where its 95 % interval lies above zero; μ*, from which noise of replicates cannot be taken off, where
it lies above the most that noise makes of it, as far as that is known. Saltelli's and Morris's points repeat one
another on purpose and are no worlds to average over, so that nothing else is said of such folders.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import polars as pl

from analysis.labels import factor_titles, is_share, listed, metric_unit, shown
from analysis.results.folder import Results
from analysis.results.manifest import STRUCTURED
from analysis.sensitivity.analysis import Sensitivity, sensitivity
from analysis.sensitivity.convergence import RANKED
from analysis.sensitivity.indices import whole_runs
from analysis.sensitivity.structure import structure_of
from analysis.sensitivity.tables import (
    NOISE,
    UNITS,
    basis,
    convergence_sentences,
    metric_title,
    ranked,
    where_text,
)
from analysis.sentences import Finding, decimals, fixed, is_told
from model.errors import ConfigurationError
from model.metrics.catalogue import METRICS

MOST = 5
"""Factors that a sentence names with their figures."""
HEADINGS = {
    "saltelli": "Which factors explain the variance over points (Sobol' indices)",
    "morris": "Which factors move the figures most (Morris's μ*)",
}
ALL = 0.9995
"""Share of the variance from which on it is called all."""
SETTLED = "How sure these indices are"
IN_BOTH = ("expected_acts_a_year", "twin_expected_acts_a_year")
BOTH = "What circumstances do in the world and in its twin alike"
"""What contrasts between the two do not show."""


def is_structured(results: Results) -> bool:
    """Whether the points of a folder repeat one another on purpose, so that indices alone can be had of them."""
    return results.manifest.design.get("kind") in STRUCTURED


def no_indices(results: Results) -> Iterator[str]:
    """Why a folder with such a design has no indices."""
    if is_structured(results):
        try:
            structure_of(results)
            whole_runs(results)
        except ConfigurationError as error:
            yield f"There are no indices of sensitivity: the folder {error.problem}."


def importance(results: Results) -> Iterator[Finding]:
    """Findings on which factors explain how much, from the indices of a folder; none where it has none."""
    try:
        found = sensitivity(results)
    except ConfigurationError:
        return
    structure, unit = found.structure, UNITS[found.structure.kind]
    for text in (*_explained(found), _noise(found)):
        yield Finding(HEADINGS[structure.kind], text, structure.size, unit)
    for text in in_both_worlds(found):
        yield Finding(BOTH, text, structure.size, unit)
    for text in (*convergence_sentences(found), basis(found)):
        yield Finding(SETTLED, text, structure.size, unit)


def is_circumstance(path: str) -> bool:
    """Whether a factor is none of the doctrine's: it acts in the twin too."""
    return path.partition(".")[0] != "doctrine"


def in_both_worlds(found: Sensitivity) -> Iterator[str]:
    """A sentence for each world: what circumstances do to its acts; none where there are none, or nothing to be told.

    A metric that compares the world with its twin may stay as it is while acts rise or fall in both.
    """
    circumstances = [path for path in found.structure.factors if is_circumstance(path)]
    if not circumstances or not any(METRICS[metric].is_contrast for metric in found.metrics if metric in METRICS):
        return
    try:
        both = sensitivity(found.results, IN_BOTH)
    except ConfigurationError:  # undefined, as in runs without a week
        return
    of_them = pl.col("factor").is_in(circumstances) & pl.col("other").is_null()
    yield from _explained(both._replace(indices=both.indices.filter(of_them)))


def _explained(found: Sensitivity) -> Iterator[str]:
    """A sentence for each metric and combination of crossed levels."""
    for at, table in found.structure.split(found.indices.filter(pl.col("other").is_null())):
        metric, settled = str(at["metric"]), found.verdicts.filter(**at)["converged"].item()
        notes = "; ".join(filter(None, [where_text(found.structure, at), "" if settled else "not settled"]))
        yield f"{metric_title(metric)}{f' ({notes})' if notes else ''}: {_ranking(found, metric, table)}."


def _ranking(found: Sensitivity, metric: str, table: pl.DataFrame) -> str:
    """Factors by what they explain, the clear ones first; then those whose effect is unclear."""
    structure = found.structure
    called = {path: title.lower() for path, title in factor_titles(structure.factors).items()}
    rows = {(row["factor"], row["measure"]): row for row in table.iter_rows(named=True)}
    key, order = RANKED[structure.kind], ranked(table, structure)
    if any(rows[factor, key]["low"] is None for factor in order):
        return "no interval is available, so nothing is claimed"
    told = [factor for factor in order if exceeds_noise(rows[factor, key])]
    say, verb = (_effect, "moves it by") if structure.is_morris else (_share, "explains")
    parts = [
        f"{called[factor]} {'' if place else f'{verb} '}{say(metric, rows, factor, first=not place)}"
        for place, factor in enumerate(told[:MOST])
    ]
    rest = [called[factor] for factor in told[MOST:]]
    parts += [f"a smaller, clear part comes from {listed(rest)}"] if rest else []
    return "; ".join([*parts, *_silent(metric, called, [factor for factor in order if factor not in told])])


def _silent(metric: str, called: Mapping[str, str], factors: Sequence[str]) -> Iterator[str]:
    """What is unclear: of a circumstance only its effect on the contrast with the twin, which it moves too."""
    both = metric in METRICS and METRICS[metric].is_contrast
    own = [called[path] for path in factors if not (both and is_circumstance(path))]
    rest = [called[path] for path in factors if both and is_circumstance(path)]
    if own:
        yield f"the effect of {listed(own)} is unclear"
    if rest:
        yield f"the effect of {listed(rest)} beyond that in the twin is unclear"


def exceeds_noise(row: Mapping[str, Any]) -> bool:
    """Whether an index is more than zero, and μ* more than noise of replicates would make of nothing."""
    least = row["noise"] if row["measure"] == "mu_star" else None
    return row["low"] is not None and row["low"] > (least or 0.0)


Rows = Mapping[tuple[str, str], Mapping[str, Any]]
"""Indices by factor and measure."""


def _share(metric: str, rows: Rows, factor: str, *, first: bool) -> str:
    """A total index as a share of the variance, and what the factor explains by itself."""
    alone = rows[factor, "first"]
    text = _interval(alone, 100.0, " %") if exceeds_noise(alone) else "nothing clear"
    of = " of its variance, interactions included" if first else ""
    return f"{_interval(rows[factor, 'total'], 100.0, ' %')}{of} (by itself {text})"


def _effect(metric: str, rows: Rows, factor: str, *, first: bool) -> str:
    """The mean size of the effect of going over the whole range, in the unit of the metric, and its direction."""
    unit = " points" if is_share(metric) else f" ({metric_unit(metric)})"
    mean = rows[factor, "mu"]
    way = f"on average {'upwards' if mean['mean'] > 0.0 else 'downwards'}" if is_told(mean) else "in no clear direction"
    over = " over its range" if first else ""
    return f"{_interval(rows[factor, 'mu_star'], shown(metric), unit)}{over}, {way}"


def _interval(row: Mapping[str, Any], scale: float, unit: str) -> str:
    """45 % [40, 50], with three digits at most where the interval is all but a point."""
    mean, low, high = (scale * row[name] for name in ("mean", "low", "high"))
    digits = min(decimals(low, high), max(1, 2 - int(f"{mean:e}".partition("e")[2])))
    return f"{fixed(mean, digits)}{unit} [{fixed(low, digits)}, {fixed(high, digits)}]"


def _noise(found: Sensitivity) -> str:
    """A sentence on the noise of replicates in the variance over points."""
    worst = found.noise.sort("noise", descending=True, nulls_last=True).row(0, named=True)
    if worst["noise"] is None:
        return "The noise of replicates can be neither estimated nor removed: that takes two replicates."
    size = "all" if worst["noise"] > ALL else f"{100.0 * worst['noise']:.1f} %"
    of = metric_title(worst["metric"])
    return f"{NOISE[found.structure.kind]} is at most {size} of the variance over points ({of})."

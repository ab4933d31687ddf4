"""Doctrines compared in the same worlds on the same random numbers: estimates, and differences from a reference.

`comparison_of(results)` lays the runs of a folder out as doctrines × worlds × replicates. Only what every doctrine has
been run in counts: a cell where the run of one failed, or is not there yet, is left out for all.

Which interval an estimate or a difference gets depends on what is a draw. Where there is one world, or where the worlds
are those of the design and no sample, replicates are the independent units, and the rule is that of every other table
(`analysis.statistics.intervals`): the numbers are those of `Results.estimate` and `Results.paired`. Where worlds are
drawn, worlds and replicates are both at random, and intervals are Student's of the two-way layout
(`analysis.statistics.two_way`): to resample both keeps no variance but a larger one (Owen 2007), and BCa's acceleration
has no form for two kinds of units.
"""

from collections.abc import Iterator, Sequence
from copy import copy
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from analysis.results.conditions import Condition, read_targets
from analysis.results.folder import Results
from analysis.results.manifest import DRAWN, STRUCTURED
from analysis.results.tables import first_rows
from analysis.statistics.contrasts import Influence, beside
from analysis.statistics.estimates import ESTIMATE_SCHEMA, of_pilot
from analysis.statistics.intervals import LEVEL
from analysis.statistics.ratio import Array, Ratio, RunArray, spread
from analysis.statistics.two_way import (
    Cells,
    Estimated,
    layout,
    or_none,
    over_replicates,
    over_worlds,
)
from analysis.statistics.weighted import weighted_quantiles
from model.display.cards import Card, html, line
from model.errors import ConfigurationError, listing, nearest_name, printable
from model.metrics.catalogue import COMPARED, CRITERIA, EFFECTS, ESTIMATED, METRICS
from model.metrics.columns import DELAYS
from model.metrics.placebos import PLACEBOS, placebo_of

DOCTRINE = "doctrine"
LONGEST_LABEL = 40
"""Characters of a title beside an axis; the longest that is shipped has 34."""
QUANTILES = {"q05": 0.05, "q25": 0.25, "median": 0.5, "q75": 0.75, "q95": 0.95}
"""Of differences across worlds, by weight."""


def is_comparison(results: Results) -> bool:
    """Whether a folder has several doctrines in the same worlds."""
    manifest = results.manifest
    others = [path for path in manifest.factors if path.startswith(f"{DOCTRINE}.")]
    levels = manifest.factors.get(DOCTRINE, ()) if DOCTRINE in results.levelled else ()
    if manifest.kind != "sweep" or len(levels) < 2 or others or manifest.design["kind"] in STRUCTURED:
        return False
    return manifest.design["kind"] != "list" or _share_a_world(results.design, len(levels))


def _share_a_world(design: pl.DataFrame, doctrines: int) -> bool:
    """Whether there is a world that all doctrines meet: points that are listed one by one need not have one."""
    worlds = [path for path in design.columns if path not in ("point", DOCTRINE)]
    met = design.with_columns(all=pl.lit(0)).group_by("all", *worlds).agg(pl.col(DOCTRINE).n_unique())
    return bool((met[DOCTRINE] == doctrines).any())


def stem(doctrine: str) -> str:
    """The name of a doctrine's file without folder and ending; other levels, such as `none`, as they are."""
    return Path(doctrine).stem if doctrine.endswith(".toml") or "/" in doctrine or "\\" in doctrine else doctrine


def named(doctrines: Sequence[str]) -> list[str]:
    """Doctrines as tables call them: a file by its name without the ending, where that tells them apart."""
    stems = [stem(level) for level in doctrines]
    return [stem if stems.count(stem) == 1 else level for stem, level in zip(stems, doctrines, strict=True)]


def default_reference(doctrines: Sequence[str]) -> str:
    """The doctrine that others are compared with where none is named: the status quo, or else the first."""
    return "status_quo" if "status_quo" in doctrines else doctrines[0]


class Comparison:
    """Doctrines × worlds × replicates, with the weights of worlds and the doctrine that is the reference."""

    def __init__(self, results: Results, reference: str | None = None, targets: Sequence[Condition] = ()) -> None:
        """Lay out the runs of a folder; `reference` and `targets` are by default those the folder was made with."""
        if not is_comparison(results):
            problem = "does not hold several doctrines in the same worlds"
            raise ConfigurationError(problem, file=str(results.folder), allowed="what `deter compare` makes")
        self.results = results
        self.levels = [str(level) for level in results.manifest.factors[DOCTRINE]]
        self.doctrines = named(self.levels)
        stated = results.manifest.design
        self.reference = self._place(reference or stated.get("reference") or default_reference(self.levels))
        self.targets = tuple(targets) or read_targets(stated.get("targets", ()))
        self.worlds, self._world_of = _worlds(results.design)
        self._runs = self._laid_out()
        there: Cells = np.all(self._runs.there, axis=0)
        self.left_out = int(self._runs.there.any(axis=0).sum() - there.sum())
        self._check(there)
        weights = np.array(stated.get("weights") or np.ones(self.worlds.height), float)
        self.cells = layout(there, weights, drawn=stated["kind"] in (*DRAWN, "worlds") and self.has_worlds)

    def __repr__(self) -> str:
        size = f"{self.worlds.height:,} worlds × " if self.has_worlds else ""
        runs = f"{size}{len(self.replicates):,} replicates"
        return line("Comparison", "", listing(self.doctrines), f"reference {self.doctrines[self.reference]}", runs)

    def _repr_html_(self) -> str:
        found = differences(self, COMPARED).select("doctrine", "metric", "mean", "low", "high", "n", "verdict")
        found = found.with_columns(pl.col("doctrine").replace(self.titles))
        rows = first_rows(found, "deter.regret, deter.pareto, or the functions of analysis.comparison", differ=True)
        facts = {
            "reference": f"“{self.title}”",
            "doctrines": listing(self.titles.values()),
            "worlds": f"{self.worlds.height:,}" if self.results.worlds is None else "one for each replicate",
            "replicates": f"{len(self.replicates):,}",
        }
        if self.left_out:
            facts["left out"] = f"{self.left_out:,} cells with a run that failed or is missing"
        text = "Differences from the reference, paired in the same worlds with the same random numbers"
        calls = {
            "deter.regret(comparison)": "how far each falls short of the best",
            "deter.pareto(comparison)": "which are not dominated",
            'deter.draw("comparison", comparison.results)': "a figure",
        }
        return html(Card(self.results.manifest.title, text, facts, rows, calls=calls))

    @property
    def titles(self) -> dict[str, str]:
        """What readers call each doctrine, by its name in tables: its title; where none is kept, its name in words."""
        kept = zip(self.doctrines, self.levels, self.results.manifest.doctrine_titles.values(), strict=True)
        return {name: printable(name.replace("_", " ") if title == level else title) for name, level, title in kept}

    @property
    def labels(self) -> dict[str, str]:
        """Titles for axes and points of figures; the name in words of a doctrine whose title has no room there."""
        titles = self.titles.items()
        return {
            name: title if len(title) <= LONGEST_LABEL else printable(name.replace("_", " ")) for name, title in titles
        }

    @property
    def title(self) -> str:
        """What readers call the doctrine that is the reference."""
        return self.titles[self.doctrines[self.reference]]

    @property
    def has_worlds(self) -> bool:
        """Whether more than one world is compared in."""
        return self.worlds.height > 1

    @property
    def unit(self) -> str:
        """Name of the cases of which shares are: "worlds", or where there is but one "replicates"."""
        return "worlds" if self.has_worlds else "replicates"

    @property
    def parameters(self) -> list[str]:
        """Paths of the parameters that differ between worlds."""
        return self.worlds.columns

    def within(self, inside: Cells) -> "Comparison":
        """The same comparison in these cells alone, of shape (worlds, replicates) or one that is spread to it."""
        part = copy(self)
        part.cells = layout((self.cells.weight > 0.0) & inside, self.cells.worlds, drawn=self.cells.drawn)
        part._ratios = {name: part._counting(found) for name, found in self._ratios.items()}
        part._contrasts = {}
        return part

    @property
    def replicates(self) -> list[int]:
        """Numbers of the replicates, in the order of the cells."""
        return list(self._runs.replicates)

    def _place(self, doctrine: str) -> int:
        for names in (self.levels, self.doctrines):
            if doctrine in names:
                return names.index(doctrine)
        nearest = nearest_name(doctrine, self.doctrines)
        problem = "is not among the doctrines compared"
        raise ConfigurationError(
            problem, key="reference", value=doctrine, nearest=nearest, allowed=listing(self.levels)
        )

    def _laid_out(self) -> RunArray:
        pilot, scan = self.results.manifest.pilot, self.results.scan
        if pilot is not None:
            scan = of_pilot(scan, pilot)
        place = {level: at for at, level in enumerate(self.levels)}
        doctrine = np.array([place[str(level)] for level in self.results.design[DOCTRINE]], np.int64)
        shape = len(self.levels), self.worlds.height
        return RunArray(scan, doctrine * self.worlds.height + self._world_of, shape)

    def _check(self, there: Cells) -> None:
        if there.any():
            return
        bad = [name for name, runs in zip(self.doctrines, self._runs.there, strict=True) if not runs.any()]
        problem = (
            f"has no run of {listing(bad)} that succeeded" if bad else "has no run that all doctrines share so far"
        )
        raise ConfigurationError(problem, file=str(self.results.folder), allowed="runs of every doctrine to compare")

    def ratio(self, metric: str) -> Ratio:
        """A metric, doctrines × worlds × replicates; zero where a doctrine has no run, or the metric is undefined."""
        if metric not in ESTIMATED or metric in DELAYS:
            raise ConfigurationError("is no metric", value=metric, nearest=nearest_name(metric, METRICS))
        if metric not in self._ratios:
            self._ratios[metric] = self._counting(self._runs.ratio(metric))
        return self._ratios[metric]

    def _counting(self, found: Ratio) -> Ratio:
        """The cells of a metric that count: a replicate without a denominator counts for nothing."""
        found = found.only(self.cells.weight > 0.0)
        return found.only(found.below.sum(axis=1, keepdims=True) > 0.0)

    @cached_property
    def _ratios(self) -> dict[str, Ratio]:
        return {}

    def mean(self, metric: str) -> Array:
        """A metric of each doctrine over all worlds."""
        return self.ratio(metric).over((1, 2), self.cells.weight)

    def cases(self, metric: str) -> Array:
        """A metric of each doctrine in each case, a world or where there is but one a replicate: doctrines × cases."""
        found = self.ratio(metric)
        return (found.over(2) if self.has_worlds else found.at((slice(None), [0])).over(1))[:, self._counted]

    @property
    def _counted(self) -> Cells:
        return np.asarray(self._weights_of_cases > 0.0)

    @property
    def _weights_of_cases(self) -> Array:
        return self.cells.worlds if self.has_worlds else self.cells.weight[0]

    @property
    def case_weights(self) -> Array:
        """Weight of each case, summing to 1."""
        return np.asarray(self._weights_of_cases[self._counted])

    @property
    def case_worlds(self) -> pl.DataFrame:
        """Parameters of the worlds that are cases, one row each."""
        return self.worlds.filter(pl.Series(self.cells.worlds > 0.0, dtype=pl.Boolean))

    @property
    def is_sample(self) -> bool:
        """Whether the cases are drawn, so that a share of them has an interval: worlds drawn, or replicates."""
        return self.cells.drawn or not self.has_worlds

    @property
    def alone(self) -> Array:
        """Coefficients of each doctrine by itself, of shape (doctrines, doctrines), as those that follow."""
        return np.eye(len(self.doctrines))

    @property
    def less_reference(self) -> Array:
        """Coefficients of each doctrine less the reference; of the reference itself as well, which is zero."""
        return self.alone - self.alone[self.reference]

    @property
    def pairwise(self) -> Array:
        """Coefficients of each doctrine less each other, in the order of `pairs`."""
        return np.array([self.alone[one] - self.alone[other] for one, other in pairs(self)])

    def each(self, metric: str) -> Estimated:
        """A metric of each doctrine over all worlds, with its interval."""
        return self.contrast(metric, self.alone)

    def against(self, metric: str) -> Estimated:
        """Each doctrine less the reference, paired in every cell."""
        return self.contrast(metric, self.less_reference)

    def level(self, metrics: Sequence[str] = CRITERIA) -> float:
        """Level at which all that is said of the comparison holds together with a probability of 95 % (Bonferroni).

        Said is what each doctrine does against its twin, how each other one differs from the reference by every
        criterion, or other metric of these, and in how many worlds it does better.
        """
        others = len(self.doctrines) - 1
        said = len(self.doctrines) * len(EFFECTS) + others * (len({*CRITERIA, *metrics}) + self.has_worlds)
        return 1.0 - (1.0 - LEVEL) / said

    def told(self, metric: str, coefficients: Array, at: int, level: float) -> int | None:
        """Which way one of several contrasts is told from zero, as `ways` has it."""
        return self.ways(metric, coefficients, level)[at]

    def ways(self, metric: str, coefficients: Array, level: float) -> list[int | None]:
        """Which way contrasts are told from zero at this level: 1, −1, or 0 where not; None without an interval.

        Of a rate that counts only increases, against a twin that answers, it must be told from its placebo as well.
        """
        found = [self.contrast(metric, coefficients)]
        if self.has_placebo(metric):
            found.append(self._beyond_placebo(metric, coefficients))
        ends = np.array([one.all_ends(level) for one in found])
        known, up, down = (np.all(flags, axis=(0, 1)) for flags in (np.isfinite(ends), ends > 0.0, ends < 0.0))
        ways = np.where(up, 1, np.where(down, -1, 0)).tolist()
        return [way if there else None for way, there in zip(ways, known.tolist(), strict=True)]

    def has_placebo(self, metric: str) -> bool:
        """Whether a metric counts only increases, and the twin answers, so that chance alone gives some."""
        return self.results.twin_answers and placebo_of(metric) in PLACEBOS

    def _beyond_placebo(self, metric: str, coefficients: Array) -> Estimated:
        """Contrasts of a metric less those of its placebo, paired in every cell."""
        key, names = (f"{metric} beyond", coefficients.tobytes()), (metric, placebo_of(metric))
        if key not in self._contrasts and self.cells.drawn:
            one, other = (self.ratio(name).influences((1, 2), self.cells.weight) for name in names)
            mean = self.mean(names[0]) - self.mean(names[1])
            self._contrasts[key] = over_worlds(mean, one - other, self.cells, coefficients)
        elif key not in self._contrasts:
            both = beside(*map(self.by_replicate, names))
            self._contrasts[key] = over_replicates(both, np.hstack([coefficients, -coefficients]))
        return self._contrasts[key]

    def contrast(self, metric: str, coefficients: Array) -> Estimated:
        """Contrasts between doctrines over all worlds: `coefficients` of shape (contrasts, doctrines)."""
        key = metric, coefficients.tobytes()
        if key not in self._contrasts:
            if self.cells.drawn:
                influences = self.ratio(metric).influences((1, 2), self.cells.weight)
                self._contrasts[key] = over_worlds(self.mean(metric), influences, self.cells, coefficients)
            else:
                self._contrasts[key] = over_replicates(self.by_replicate(metric), coefficients)
        return self._contrasts[key]

    @cached_property
    def _contrasts(self) -> dict[tuple[str, bytes], Estimated]:
        return {}

    def by_replicate(self, metric: str) -> Influence:
        """Each replicate's numerator and denominator of a metric under each doctrine, averaged over the worlds."""
        cells = self.cells.weight > 0.0
        there = cells.any(axis=0)
        # exactly one in one world: numbers are to the bit those of `Results.paired`, and resamples tie as there
        often = there.sum() / np.maximum(cells.sum(axis=1), 1)
        weight = np.where(cells, (self.cells.worlds * often)[:, None], 0.0)
        found = self.ratio(metric)
        above, below = ((weight * part).sum(axis=1).T[there] for part in (found.above, found.below))
        defined = below > 0.0
        x, y = (np.where(defined, part, np.nan) for part in (above, below))
        levels, every = pl.DataFrame({DOCTRINE: self.doctrines}), np.ones(len(x), bool)
        return Influence(metric, levels, np.flatnonzero(there), every, x, y, ESTIMATED[metric].complement)


def _worlds(design: pl.DataFrame) -> tuple[pl.DataFrame, np.ndarray[Any, np.dtype[np.int64]]]:
    """What differs between worlds, one row for each, and the world of each point."""
    paths = [path for path in design.columns if path not in ("point", DOCTRINE)]
    if not paths:
        return pl.DataFrame(height=1), np.zeros(design.height, np.int64)
    worlds = design.select(paths).unique(maintain_order=True)
    numbered = worlds.with_row_index("world")
    found = design.join(numbered, on=paths, maintain_order="left", nulls_equal=True)["world"]
    return worlds, found.to_numpy().astype(np.int64)


def comparison_of(results: Results, reference: str | None = None, targets: Sequence[Condition] = ()) -> Comparison:
    """The comparison of doctrines that a folder holds; raises `ConfigurationError` where it holds none."""
    return Comparison(results, reference, targets)


def estimates(comparison: Comparison, metrics: Sequence[str] = CRITERIA) -> pl.DataFrame:
    """Estimates of each doctrine over all worlds: `doctrine`, then the columns of `ESTIMATE_SCHEMA`.

    Those of `PLACEBO_SCHEMA` follow where the twin answers.
    """
    rows = [
        {"doctrine": name, **_row(comparison, metric, comparison.alone, at)}
        for at, name in enumerate(comparison.doctrines)
        for metric in metrics
    ]
    return pl.DataFrame(rows, schema={"doctrine": pl.String(), **ESTIMATE_SCHEMA, **_placebo_schema(comparison)})


PLACEBO_SCHEMA: dict[str, Any] = dict.fromkeys(("placebo", "placebo_low", "placebo_high"), pl.Float64())
"""Columns of the placebo: what the same comes to with world and twin swapped; null of metrics that need none."""


def _placebo_schema(comparison: Comparison) -> dict[str, Any]:
    return PLACEBO_SCHEMA if comparison.results.twin_answers else {}


def _row(comparison: Comparison, metric: str, coefficients: Array, at: int) -> dict[str, Any]:
    """A contrast of a metric as a row of a table, with its placebo."""
    row = {"metric": metric, **comparison.contrast(metric, coefficients).row(at)}
    if comparison.has_placebo(metric):
        found = comparison.contrast(placebo_of(metric), coefficients).row(at)
        row |= dict(zip(PLACEBO_SCHEMA, (found[name] for name in ("mean", "low", "high")), strict=True))
    return row


DIFFERENCE_SCHEMA: dict[str, Any] = {
    "doctrine": pl.String(),
    "reference": pl.String(),
    **ESTIMATE_SCHEMA,
    "verdict": pl.String(),  # better | worse | unclear, where all is to hold together; null without an interval
    "jointly": pl.Boolean(),  # whether the verdict is another than unclear
    "variance_ratio": pl.Float64(),
}
"""Columns of differences; those of `PLACEBO_SCHEMA` follow where the twin answers, and of `ACROSS_SCHEMA` of worlds."""
ACROSS_SCHEMA: dict[str, Any] = dict.fromkeys((*QUANTILES, "spread", "noise"), pl.Float64())


def differences(comparison: Comparison, metrics: Sequence[str] = CRITERIA) -> pl.DataFrame:
    """Each doctrine less the reference, paired: mean over worlds with its interval, and its spread across worlds."""
    others = [at for at in range(len(comparison.doctrines)) if at != comparison.reference]
    level = comparison.level(metrics)
    rows = [_difference(comparison, metric, at, level) for at in others for metric in metrics]
    across = ACROSS_SCHEMA if comparison.has_worlds else {}
    return pl.DataFrame(rows, schema={**DIFFERENCE_SCHEMA, **_placebo_schema(comparison), **across})


def _difference(comparison: Comparison, metric: str, at: int, level: float) -> dict[str, Any]:
    names, coefficients = comparison.doctrines, comparison.less_reference
    way = comparison.told(metric, coefficients, at, level)
    return {
        "doctrine": names[at],
        "reference": names[comparison.reference],
        **_row(comparison, metric, coefficients, at),
        "verdict": verdict(way, METRICS[metric].better),
        "jointly": None if way is None else way != 0,
        "variance_ratio": or_none(comparison.against(metric).found.variance_ratio[at]),
        **(across_worlds(comparison, metric, at) if comparison.has_worlds else {}),
    }


def verdict(way: int | None, better: int) -> str | None:
    """What a difference that is told to go this way is: better or worse, or unclear; nothing without an interval.

    Of a metric of which neither direction is better it rises or falls.
    """
    if not way:
        return None if way is None else "unclear"
    if better == 0:
        return "rises" if way > 0 else "falls"
    return "better" if way == better else "worse"


def across_worlds(comparison: Comparison, metric: str, at: int) -> dict[str, float | None]:
    """How a difference from the reference spreads across worlds, by weight, and the chance that is in the spread.

    `spread` is the standard deviation of the worlds' differences; `noise` is what their own standard errors, of the few
    replicates in each world, would give alone.
    """
    values = comparison.cases(metric)
    difference, weight = values[at] - values[comparison.reference], comparison.case_weights
    known = np.isfinite(difference)
    if not known.any():
        return dict.fromkeys(ACROSS_SCHEMA)
    difference, weight = difference[known], weight[known] / weight[known].sum()
    levels = weighted_quantiles(difference, list(QUANTILES.values()), weight)
    spread = np.sqrt(np.sum(weight * (difference - np.sum(weight * difference)) ** 2))
    noise = within_worlds(comparison, metric, at)[known]
    noise = np.sqrt(np.sum(weight * noise**2))
    found = {**dict(zip(QUANTILES, levels.tolist(), strict=True)), "spread": float(spread), "noise": float(noise)}
    return {name: value if np.isfinite(value) else None for name, value in found.items()}


def within_worlds(comparison: Comparison, metric: str, at: int, other: int | None = None) -> Array:
    """Standard error of a paired difference within each world, over its replicates; NaN where it has but one."""
    worlds = comparison.cells.worlds > 0.0
    added = comparison.ratio(metric).influences(2)[:, worlds]
    n = (comparison.cells.weight > 0.0).sum(axis=1)[worlds]
    return spread(added[at] - added[comparison.reference if other is None else other], n)


def pairs(comparison: Comparison) -> Iterator[tuple[int, int]]:
    """Every doctrine with every other."""
    places = range(len(comparison.doctrines))
    return ((one, other) for one in places for other in places if one != other)

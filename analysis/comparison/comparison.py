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
from functools import cached_property
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import polars as pl

from analysis.results.conditions import Condition, read_targets
from analysis.results.folder import Results
from analysis.statistics.contrasts import Influence
from analysis.statistics.estimated import Estimated, number, over_replicates, over_worlds
from analysis.statistics.estimates import ESTIMATE_SCHEMA
from analysis.statistics.intervals import LEVEL
from analysis.statistics.two_way import Array, Cells, layout
from analysis.statistics.units import RunColumns
from model.errors import ConfigurationError, listing, nearest_name
from model.metrics import CRITERIA, METRICS

DOCTRINE = "doctrine"
DRAWN = ("latin", "sobol", "worlds")
"""Designs whose worlds are a random sample. Latin hypercubes are steadier than one: intervals are a little wide."""
STRUCTURED = ("saltelli", "morris")
"""Designs whose points are no worlds to average over: they repeat one another on purpose."""
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


def named(doctrines: Sequence[str]) -> list[str]:
    """Doctrines as tables call them: a file by its name without the ending, where that tells them apart."""
    stems = [Path(level).stem for level in doctrines]
    return [stem if stems.count(stem) == 1 else level for stem, level in zip(stems, doctrines, strict=True)]


def default_reference(doctrines: Sequence[str]) -> str:
    """The doctrine that others are compared with where none is named: the status quo, or else the first."""
    return "status_quo" if "status_quo" in doctrines else doctrines[0]


class Figures(NamedTuple):
    """A metric of each doctrine: over all worlds, the influence of each cell on that, in each world, and of each run.

    Shapes: (doctrines), (doctrines, worlds, replicates), (doctrines, worlds), (doctrines, worlds, replicates).
    """

    mean: Array
    influence: Array
    by_world: Array
    by_run: Array


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
        found = self._runs.places >= 0
        there: Cells = np.all(found, axis=0)
        self.left_out = int(np.any(found, axis=0).sum() - there.sum())
        self._check(there)
        weights = np.array(stated.get("weights") or np.ones(self.worlds.height), float)
        self.cells = layout(there, weights, drawn=stated["kind"] in DRAWN and self.has_worlds)

    @property
    def has_worlds(self) -> bool:
        """Whether more than one world is compared in."""
        return self.worlds.height > 1

    @property
    def unit(self) -> str:
        """What is counted where a share is given: worlds, or where there is but one its replicates."""
        return "worlds" if self.has_worlds else "replicates"

    @property
    def parameters(self) -> list[str]:
        """What differs between worlds, by path."""
        return self.worlds.columns

    def _place(self, doctrine: str) -> int:
        for names in (self.levels, self.doctrines):
            if doctrine in names:
                return names.index(doctrine)
        nearest = nearest_name(doctrine, self.doctrines)
        problem = "is not among the doctrines compared"
        raise ConfigurationError(
            problem, key="reference", value=doctrine, nearest=nearest, allowed=listing(self.levels)
        )

    def _laid_out(self) -> "_Runs":
        pilot = self.results.manifest.pilot
        good = self.results.scan.filter(pl.col("status") == "ok")
        if pilot is not None:
            good = good.filter(pl.col("replicate").is_between(pilot.start, pilot.stop - 1))
        keys = good.select("point", "replicate").collect()
        place = {level: at for at, level in enumerate(self.levels)}
        doctrine = np.array([place[str(level)] for level in self.results.design[DOCTRINE]], np.int64)
        replicates, column = np.unique(keys["replicate"].to_numpy(), return_inverse=True)
        point = keys["point"].to_numpy()
        places = np.full((len(self.levels), self.worlds.height, len(replicates)), -1, np.int64)
        places[doctrine[point], self._world_of[point], column] = np.arange(keys.height)
        return _Runs(good, places)

    def _check(self, there: Cells) -> None:
        if there.any():
            return
        bad = [name for name, places in zip(self.doctrines, self._runs.places, strict=True) if not (places >= 0).any()]
        problem = (
            f"has no run of {listing(bad)} that went well" if bad else "has no run that all doctrines share so far"
        )
        raise ConfigurationError(problem, file=str(self.results.folder), allowed="runs of every doctrine to compare")

    def figures(self, metric: str) -> Figures:
        """A metric of each doctrine."""
        if metric not in self._figures:
            self._figures[metric] = self._figured(metric)
        return self._figures[metric]

    @cached_property
    def _figures(self) -> dict[str, Figures]:
        return {}

    def parts(self, metric: str) -> tuple[Array, Array]:
        """Numerator and denominator of a metric, doctrines × worlds × replicates; zero where there is no run."""
        if metric not in METRICS:
            raise ConfigurationError("is no metric", value=metric, nearest=nearest_name(metric, METRICS))
        there = self.cells.weight > 0.0
        columns = self._runs.columns
        found = []
        for part in (METRICS[metric].numerator, METRICS[metric].denominator):
            values = part(columns)[self._runs.places]
            found.append(np.where(there, values, 0.0))
        above, below = found
        counts = below.sum(axis=1, keepdims=True) > 0.0  # a replicate without a denominator counts for nothing
        return np.where(counts, above, 0.0), np.where(counts, below, 0.0)

    def _figured(self, metric: str) -> Figures:
        above, below = self.parts(metric)
        weight = self.cells.weight
        sign = _sign(metric)
        start = 1.0 if sign < 0.0 else 0.0
        total = (weight * below).sum(axis=(1, 2))
        with np.errstate(divide="ignore", invalid="ignore"):
            ratio = (weight * above).sum(axis=(1, 2)) / total
            influence = weight * (above - ratio[:, None, None] * below) / total[:, None, None]
            in_world = above.sum(axis=2) / below.sum(axis=2)
            in_run = above / below
        return Figures(start + sign * ratio, sign * influence, start + sign * in_world, start + sign * in_run)

    def residuals(self, metric: str) -> Array:
        """What each replicate adds to a metric in its world alone: doctrines × worlds that are cases × replicates."""
        if metric not in self._residuals:
            above, below = self.parts(metric)
            with np.errstate(divide="ignore", invalid="ignore"):
                ratio, total = above.sum(axis=2) / below.sum(axis=2), below.sum(axis=2)
                found = (above - ratio[:, :, None] * below) / total[:, :, None]
            self._residuals[metric] = found[:, self.cells.worlds > 0.0]
        return self._residuals[metric]

    @cached_property
    def _residuals(self) -> dict[str, Array]:
        return {}

    def cases(self, metric: str) -> Array:
        """A metric of each doctrine in each case, a world or where there is but one a replicate: doctrines × cases."""
        found = self.figures(metric)
        return (found.by_world if self.has_worlds else found.by_run[:, 0])[:, self._counted]

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
        """What differs between the worlds that are cases."""
        return self.worlds.filter(pl.Series(self.cells.worlds > 0.0, dtype=pl.Boolean))

    @property
    def is_sample(self) -> bool:
        """Whether the cases are drawn, so that a share of them has an interval: worlds drawn, or replicates."""
        return self.cells.drawn or not self.has_worlds

    def each(self, metric: str) -> Estimated:
        """A metric of each doctrine over all worlds, with its interval."""
        return self.contrast(metric, np.eye(len(self.doctrines)))

    def against(self, metric: str) -> Estimated:
        """Each doctrine less the reference, paired in every cell; of the reference itself as well, which is zero."""
        return self.contrast(metric, np.eye(len(self.doctrines)) - np.eye(len(self.doctrines))[self.reference])

    def pairwise(self, metric: str) -> Estimated:
        """Each doctrine less each other, in the order of `pairs`."""
        places = np.eye(len(self.doctrines))
        return self.contrast(metric, np.array([places[one] - places[other] for one, other in pairs(self)]))

    def contrast(self, metric: str, coefficients: Array) -> Estimated:
        """Contrasts between doctrines over all worlds: `coefficients` of shape (contrasts, doctrines)."""
        key = metric, coefficients.tobytes()
        if key not in self._contrasts:
            if self.cells.drawn:
                found = self.figures(metric)
                self._contrasts[key] = over_worlds(found.mean, found.influence, self.cells, coefficients)
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
        sums = ((weight * part).sum(axis=1).T[there] for part in self.parts(metric))
        above, below = sums
        defined = below > 0.0
        x, y = (np.where(defined, part, np.nan) for part in (above, below))
        levels, every = pl.DataFrame({DOCTRINE: self.doctrines}), np.ones(len(x), bool)
        return Influence(metric, levels, np.flatnonzero(there), every, x, y, _sign(metric))


def _sign(metric: str) -> float:
    return -1.0 if METRICS[metric].complement else 1.0


class _Runs(NamedTuple):
    """Runs that went well, and in which row each cell has its run; −1 where it has none."""

    scan: pl.LazyFrame
    places: np.ndarray[Any, np.dtype[np.int64]]

    @property
    def columns(self) -> RunColumns:
        """Figures of runs, each read when it is asked for."""
        return RunColumns(self.scan)


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
    """Estimates of each doctrine over all worlds: `doctrine`, then the columns of `ESTIMATE_SCHEMA`."""
    found = {metric: comparison.each(metric) for metric in metrics}
    rows = [
        {"doctrine": name, "metric": metric, **found[metric].row(at)}
        for at, name in enumerate(comparison.doctrines)
        for metric in metrics
    ]
    return pl.DataFrame(rows, schema={"doctrine": pl.String(), **ESTIMATE_SCHEMA})


DIFFERENCE_SCHEMA: dict[str, Any] = {
    "doctrine": pl.String(),
    "reference": pl.String(),
    **ESTIMATE_SCHEMA,
    "verdict": pl.String(),  # better | worse | unclear; null without an interval
    "jointly": pl.Boolean(),  # whether it stands where all differences of the table are to hold together
    "variance_ratio": pl.Float64(),
}
"""Columns of differences; those of `QUANTILES`, `spread` and `noise` follow where there are several worlds."""
ACROSS_SCHEMA: dict[str, Any] = dict.fromkeys((*QUANTILES, "spread", "noise"), pl.Float64())


def differences(comparison: Comparison, metrics: Sequence[str] = CRITERIA) -> pl.DataFrame:
    """Each doctrine less the reference, paired: mean over worlds with its interval, and its spread across worlds."""
    others = [at for at in range(len(comparison.doctrines)) if at != comparison.reference]
    joint = 1.0 - (1.0 - LEVEL) / (len(others) * len(metrics))  # Bonferroni
    rows = [_difference(comparison, metric, at, joint) for at in others for metric in metrics]
    across = ACROSS_SCHEMA if comparison.has_worlds else {}
    return pl.DataFrame(rows, schema={**DIFFERENCE_SCHEMA, **across})


def _difference(comparison: Comparison, metric: str, at: int, joint: float) -> dict[str, Any]:
    found, names = comparison.against(metric), comparison.doctrines
    better = METRICS[metric].better if metric in CRITERIA else 1
    jointly = verdict(*found.ends(at, joint), better)
    return {
        "doctrine": names[at],
        "reference": names[comparison.reference],
        "metric": metric,
        **found.row(at),
        "verdict": verdict(*found.ends(at), better),
        "jointly": None if jointly is None else jointly != "unclear",
        "variance_ratio": number(found.found.variance_ratio[at]),
        **(across_worlds(comparison, metric, at) if comparison.has_worlds else {}),
    }


def verdict(low: float, high: float, better: int) -> str | None:
    """Whether a difference is better or worse, or its interval includes zero; nothing without an interval."""
    if not (np.isfinite(low) and np.isfinite(high)):
        return None
    if low <= 0.0 <= high:
        return "unclear"
    return "better" if low * better > 0.0 else "worse"


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
    levels = weighted_quantiles(difference, weight, list(QUANTILES.values()))
    spread = np.sqrt(np.sum(weight * (difference - np.sum(weight * difference)) ** 2))
    noise = within_worlds(comparison, metric, at)[known]
    noise = np.sqrt(np.sum(weight * noise**2))
    found = {**dict(zip(QUANTILES, levels.tolist(), strict=True)), "spread": float(spread), "noise": float(noise)}
    return {name: value if np.isfinite(value) else None for name, value in found.items()}


def weighted_quantiles(values: Array, weight: Array, at: Sequence[float]) -> Array:
    """The least value at or below which that share of the weight lies; sums of weights that fall an ulp short count."""
    order = np.argsort(values, kind="stable")
    below = np.cumsum(weight[order]) / weight.sum()
    places = np.minimum(np.searchsorted(below, np.asarray(at) - 1e-12), len(values) - 1)
    return np.asarray(values[order][places])


def within_worlds(comparison: Comparison, metric: str, at: int, other: int | None = None) -> Array:
    """Standard error of a paired difference within each world, over its replicates; NaN where it has but one."""
    other = comparison.reference if other is None else other
    residual = comparison.residuals(metric)
    n = (comparison.cells.weight > 0.0).sum(axis=1)[comparison.cells.worlds > 0.0]
    with np.errstate(divide="ignore", invalid="ignore"):
        found = np.sqrt(np.sum((residual[at] - residual[other]) ** 2, axis=1) * n / (n - 1.0))
    return np.asarray(np.where(n > 1, found, np.nan))


def pairs(comparison: Comparison) -> Iterator[tuple[int, int]]:
    """Every doctrine with every other."""
    places = range(len(comparison.doctrines))
    return ((one, other) for one in places for other in places if one != other)

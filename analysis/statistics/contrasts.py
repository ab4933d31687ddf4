"""Contrasts between groups of points: differences on common random numbers, with intervals that know of them.

All groups share the random numbers of a replicate, so their estimates move together and a difference between two is
surer than either. `influence` gives what each replicate adds to each group's estimate (the linearised values of the
delta method); any linear contrast between groups is the same contrast between these columns, whose spread over
replicates is its standard error. `paired` does it for differences from a reference.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from functools import partial
from typing import Any, NamedTuple

import numpy as np
import polars as pl
from scipy.sparse import csr_array

from analysis.statistics.estimates import ESTIMATE_SCHEMA, estimate_frame, of_pilot
from analysis.statistics.intervals import UNSURE, Matrix, bca, intervals, unsuited
from analysis.statistics.pairing import Filled, Left, Matching, Sides, matching_of
from analysis.statistics.ratio import Ratio
from analysis.statistics.units import Codes, Flags, Units, Vector, checked_metrics
from model.errors import ConfigurationError, listing
from model.metrics.catalogue import ESTIMATED

PAIRED_SCHEMA: dict[str, Any] = {**ESTIMATE_SCHEMA, "variance_ratio": pl.Float64()}
"""Columns of a table of paired differences, after those that say of what."""


class Influence(NamedTuple):
    """A metric in each group and replicate; matrices are [replicate, group], NaN where a group lacks the replicate.

    A group lacks a replicate in which a run of one of its points is missing or has failed, or in which the metric is
    undefined: groups are compared on the same points and replicates only. Where runs are missing, `matching` says what
    of such replicates can be compared all the same (`analysis.statistics.pairing`).
    """

    metric: str
    levels: pl.DataFrame  # a row for each group: its values of the columns by which points were grouped
    replicates: Codes
    pilot: Flags  # [replicate]: whether it is of the first stage, whose spread the intervals rest on; else all are
    numerator: Matrix
    denominator: Matrix
    complement: bool  # whether the metric is 1 − ratio
    matching: Matching | None = None  # none where no run is missing
    parts: Callable[[], tuple[Vector, Vector]] | None = None  # numerators and denominators of all runs

    @property
    def ratio(self) -> Ratio:
        """Numerators and denominators as sums over replicates."""
        return Ratio(self.numerator, self.denominator, self.complement)

    @property
    def mean(self) -> Vector:
        """The estimate of each group, over the replicates that it has; NaN where it has none."""
        return self.ratio.over(0)

    @property
    def values(self) -> Matrix:
        """Linearised values [replicate, group]: the standard error is √(Σ values² / (n · (n − 1)))."""
        return self.n * self.ratio.influences(0)

    def filled(self) -> "Influence":
        """Let every group rest on the runs that it has, whatever others lack; returns itself where none is missing.

        For what compares all groups with all, so that there are no two sides to match.
        """
        if self.matching is None or self.parts is None:
            return self
        own = self.matching.own().filled([self.parts()])
        n = own.denominators.shape[1]
        x, y = own.numerators[0], own.denominators[0]
        return self._replace(numerator=x, denominator=y, replicates=np.arange(n), pilot=np.ones(n, bool))

    def only(self, replicates: Collection[int]) -> "Influence":
        """The same in these replicates alone; where runs are missing those of them count that a contrast has whole."""
        rows = np.isin(self.replicates, list(replicates))
        x, y = self.numerator[rows], self.denominator[rows]
        few = self._replace(replicates=self.replicates[rows], pilot=self.pilot[rows], numerator=x, denominator=y)
        return few._replace(matching=None, parts=None)

    @property
    def n(self) -> Codes:
        """Replicates of each group."""
        return (~np.isnan(self.denominator)).sum(0)


class Contrast(NamedTuple):
    """Linear contrasts between groups, one entry each; NaN where undefined."""

    mean: Vector
    standard_error: Vector
    low: Vector
    high: Vector
    n: Codes  # replicates that all its groups have
    interval: Any  # how it was got: student | bootstrap | none
    variance_ratio: Vector  # variance had the groups been independent, over the variance as it is
    freedom: Codes  # degrees of freedom of the standard error; 0 where there is none
    deviations: Matrix  # what each replicate adds [contrast, replicate], NaN where it does not count; they sum to zero


def influence(
    runs: pl.DataFrame | pl.LazyFrame,
    design: pl.DataFrame,
    by: Sequence[str],
    metric: str,
    pilot: range | None = None,
    weights: Sequence[float] | None = None,
) -> Influence:
    """Return each replicate's share in the estimate of a metric, in each group of points with the same values of `by`.

    `weights` of points within a group, in the order of the design, are even by default. `pilot` are the replicates of
    the first stage of a sweep with a precision, as for `estimate`. Raises `ConfigurationError` where a name is unknown.
    """
    (found,) = influences(runs, design, by, [metric], pilot, weights)
    return found


def influences(
    runs: pl.DataFrame | pl.LazyFrame,
    design: pl.DataFrame,
    by: Sequence[str],
    metrics: Sequence[str],
    pilot: range | None = None,
    weights: Sequence[float] | None = None,
) -> list[Influence]:
    """Return the influence of each of several metrics, gathering runs once; arguments are those of `influence`."""
    scan = runs.lazy()
    if pilot is not None and list(by) != ["point"]:
        scan, pilot = of_pilot(scan, pilot), None
    units = Units(scan, design, by, weights)
    replicates, row = np.unique(units.replicate, return_inverse=True)
    first = np.isin(replicates, pilot) if pilot is not None else np.ones(len(replicates), bool)
    found = []
    matching = matching_of(units)
    for name in checked_metrics(metrics):
        x, y = np.full((2, len(replicates), units.levels.height), np.nan)
        above, below = units.parts(name)
        there = units.whole & (np.nan_to_num(below) > 0.0)
        place = row[there], units.group[there]
        x[place], y[place] = above[there], below[there]
        levels, parts = units.levels.drop("group"), partial(units.run_parts, name)
        found.append(Influence(name, levels, replicates, first, x, y, ESTIMATED[name].complement, matching, parts))
    return found


def beside(one: Influence, other: Influence) -> Influence:
    """The groups of one metric and after them those of another, neither a complement, for contrasts between the two."""
    x, y = (np.hstack([getattr(each, part) for each in (one, other)]) for part in ("numerator", "denominator"))
    return one._replace(levels=pl.concat([one.levels] * 2), numerator=x, denominator=y, matching=None, parts=None)


def contrast(
    found: Influence, coefficients: Any, along: Sequence[Sequence[str]] = (), *, resampled: bool = True
) -> Contrast:
    """Contrasts between groups: `coefficients` [contrast, group], dense or sparse.

    Each rests on the replicates that all its groups have; their estimates are taken over these. `along` are the columns
    of the design along which each goes: where its groups lack runs, and match run by run but for these columns, it
    rests on the runs that have theirs on every side, in all replicates that have any (`analysis.statistics.pairing`).
    The standard error is the delta method's for a function of several ratios of means (Cochran 1977, section 6.17;
    Owen 2013, section 8.6). Intervals are Student's, or where that does not suit the bootstrap's, if replicates may be
    `resampled`.
    """
    weights = csr_array(np.atleast_2d(coefficients) if isinstance(coefficients, (list, np.ndarray)) else coefficients)
    size = weights.shape[0]
    mean, error, low, high, ratio = np.full((5, size), np.nan)
    n, freedom = np.zeros((2, size), np.int64)
    deviations = np.full((size, len(found.replicates)), np.nan)
    whole = Contrast(mean, error, low, high, n, np.full(size, "none", object), ratio, freedom, deviations)
    sides = _sides(found, weights, along)
    alike = np.setdiff1d(np.arange(size), list(sides)).astype(np.int64)
    shared = (abs(weights[alike]) @ np.isnan(found.denominator).T.astype(float)) == 0.0  # [contrast, replicate]
    patterns, pattern = np.unique(shared, axis=0, return_inverse=True)
    for number, rows in enumerate(patterns):  # one, but where a metric is undefined or nothing matches what is missing
        some = alike[pattern.ravel() == number]
        _write(whole, some, _contrast(found, weights[some], rows, resampled))
    parts = [found.parts()] if sides and found.parts else []
    for row, one in sides.items():
        _write(whole, [row], _matched(found, weights[[row]], one.filled(parts), resampled))
    return whole


def _write(whole: Contrast, places: Any, some: Contrast) -> None:
    for column, values in zip(whole[:-1], some[:-1], strict=True):
        column[places] = values
    whole.deviations[places, : some.deviations.shape[1]] = some.deviations


def _sides(found: Influence, weights: Any, along: Sequence[Sequence[str]]) -> dict[int, Sides]:
    """What is left of each contrast that lacks runs and matches."""
    if found.matching is None:
        return {}
    matched = {row: found.matching.sides_lacking(_groups(weights, row), columns) for row, columns in enumerate(along)}
    return {row: sides for row, sides in matched.items() if sides is not None}


def _groups(weights: Any, row: int) -> Codes:
    return np.unique(weights[[row]].indices)


def left_out(found: Influence, coefficients: Any, along: Sequence[Sequence[str]]) -> list[Left]:
    """Of each contrast, how many cells it has and how many are left out for want of a run; empty where none is."""
    if found.matching is None:
        return []
    weights = csr_array(coefficients)
    groups = [_groups(weights, row) for row in range(weights.shape[0])]
    return [found.matching.left(some, columns) for some, columns in zip(groups, along, strict=True)]


def _matched(found: Influence, weights: Any, filled: Filled, may_resample: bool) -> Contrast:
    """A contrast of what is left: weights are as before, less combinations of which nothing is left."""
    used = np.unique(weights.indices)
    own = weights[:, used].toarray()
    alive = filled.alive if filled.alive.any() else ~filled.alive
    some = own[:, alive] * (abs(own).sum() / abs(own[:, alive]).sum())
    x, y = filled.numerators[0][:, alive], filled.denominators[0][:, alive]
    every = np.ones(len(x), bool)
    there = found._replace(numerator=x, denominator=y, pilot=every)
    return _contrast(there, csr_array(some), every, may_resample)


def _contrast(found: Influence, weights: Any, rows: Flags, may_resample: bool) -> Contrast:
    """Contrasts whose groups all have these replicates."""
    used = np.unique(weights.indices)
    weights = weights[:, used]
    x, y = found.numerator[np.ix_(rows, used)], found.denominator[np.ix_(rows, used)]
    first = found.pilot[rows]  # the replicates whose spread it is
    n, spread_of = int(rows.sum()), int(first.sum())
    ratio = Ratio(x, y, found.complement)
    values = spread_of * ratio.at(first).influences(0)
    together = (weights @ values.T).T  # [replicate, contrast]
    squares, apart = (together**2).sum(0), weights.multiply(weights) @ (values**2).sum(0)
    mean = weights @ ratio.over(0)
    with np.errstate(divide="ignore", invalid="ignore"):
        error = np.sqrt(squares / np.where(spread_of > 1, (spread_of - 1.0) * n, np.nan))
        cut = np.where(error > 0.0, apart / squares, np.nan)
        skewness = (together**3).sum(0) * np.sqrt(spread_of) / squares**1.5
        unsure = np.sqrt((n * (y * y).sum(0) / y.sum(0) ** 2 - 1.0) / (n - 1.0))
    doubtful = unsuited(n, skewness, abs(weights).sign() @ (unsure > UNSURE).astype(float))
    wanted = doubtful & (spread_of == n) & may_resample

    def resampled(some: Codes) -> tuple[Vector, Vector]:
        of = np.unique(weights[some].indices)  # the groups that these few are of
        part = weights[some][:, of]
        return bca(x[:, of], y[:, of], lambda ratios: _applied(part, 1.0 - ratios if found.complement else ratios))

    ends = intervals(mean, error, np.full(len(mean), spread_of), wanted, resampled)
    each, freedom = np.full(len(mean), n), np.full(len(mean), max(0, spread_of - 1))
    deviations = np.full((len(mean), len(rows)), np.nan)
    deviations[:, np.flatnonzero(rows)[first]] = together.T
    return Contrast(mean, error, ends.low, ends.high, each, np.array(ends.method, object), cut, freedom, deviations)


def _applied(weights: Any, estimates: Matrix) -> Matrix:
    """Contrasts [contrast, …] of estimates [group, …]."""
    return (weights @ estimates.reshape(len(estimates), -1)).reshape(-1, *estimates.shape[1:])


def paired(
    runs: pl.DataFrame | pl.LazyFrame,
    design: pl.DataFrame,
    by: Sequence[str],
    reference: Mapping[str, Any],
    metrics: Sequence[str],
    pilot: range | None = None,
    weights: Sequence[float] | None = None,
) -> pl.DataFrame:
    """Differences of metrics between groups of points and their reference, on the same random numbers.

    Points with the same values of the columns `by` make a group. `reference` gives the reference's values of some or
    all of these columns; each group is compared with that which has them, and its own values of the other columns.
    Thus `by=["doctrine"], reference={"doctrine": "status_quo"}` compares doctrines, and `by=["world", "doctrine"]` with
    the same reference compares them within each world. The reference itself is left out, and so are groups that have
    none. Columns are those of `by` and `PAIRED_SCHEMA`: `mean` is that of the difference, `n` counts the replicates
    in which both have the run of a common point, `variance_ratio` says by what factor pairing cut the variance of the
    difference. `pilot` and `weights` are those of `influence`. Raises `ConfigurationError` where there is no such
    reference.
    """
    found = influences(runs, design, by, metrics, pilot, weights)
    levels = found[0].levels if found else design.select(by).unique(maintain_order=True)
    group, against = _pairs(levels, reference)
    coefficients = _differences(group, against, levels.height)
    frames = []
    for one in found:
        table = contrast_table(one.metric, contrast(one, coefficients, [list(reference)] * len(group)))
        frames.append(levels[group].hstack(table).with_row_index("order"))
    schema = {**{name: levels.schema[name] for name in by}, **PAIRED_SCHEMA}
    if not frames:
        return pl.DataFrame(schema=schema)
    return pl.concat(frames).sort("order", maintain_order=True).select(*schema)


def _pairs(levels: pl.DataFrame, reference: Mapping[str, Any]) -> tuple[Codes, Codes]:
    """Groups that have a reference, and the number of that; raises `ConfigurationError` where none has."""
    _check_reference(levels, reference)
    numbered = levels.with_row_index("group").cast({"group": pl.Int64})
    is_reference = pl.all_horizontal(pl.col(name) == value for name, value in reference.items())
    references = numbered.filter(is_reference).rename({"group": "against"}).drop(reference)
    rest = [name for name in levels.columns if name not in reference]
    others = numbered.filter(~is_reference)
    joined = (
        others.join(references, on=rest, maintain_order="left", nulls_equal=True)
        if rest
        else others.join(references, how="cross")
    )
    return joined["group"].to_numpy(), joined["against"].to_numpy()


def _check_reference(levels: pl.DataFrame, reference: Mapping[str, Any]) -> None:
    if not reference:
        raise ConfigurationError("must give a level of at least one column", key="reference")
    for name, value in reference.items():
        if name not in levels.columns:
            raise ConfigurationError(
                "is not among the columns compared", key="reference", value=name, allowed=listing(levels.columns)
            )
        there = levels[name].unique(maintain_order=True).to_list()
        if value not in there:
            raise ConfigurationError(
                f"is no level of {name}", key="reference", value=value, allowed=listing(map(str, there))
            )


def _differences(group: Codes, against: Codes, groups: int) -> Any:
    """Coefficients of the contrasts group − against, sparse [contrast, group]."""
    rows = np.arange(len(group))
    ones = np.ones(len(group))
    place = np.concatenate([rows, rows]), np.concatenate([group, against])
    return csr_array((np.concatenate([ones, -ones]), place), shape=(len(group), groups))


def contrast_table(metric: str, found: Contrast) -> pl.DataFrame:
    """Contrasts of one metric with the columns of `PAIRED_SCHEMA`; null where undefined."""
    table = estimate_frame(metric, *found[:5], found.interval.tolist())
    return table.with_columns(variance_ratio=pl.Series(found.variance_ratio).fill_nan(None))

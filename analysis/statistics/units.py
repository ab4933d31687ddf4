"""Runs gathered into independent units: those of a group of points that share a replicate.

Points that share a replicate share its random numbers, so replicates are the independent units: what is pooled over
points is averaged within each replicate first.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
import polars as pl

from model.errors import ConfigurationError, nearest_name
from model.metrics.catalogue import ESTIMATED, metric
from model.metrics.columns import COLUMNS
from model.metrics.definition import is_own
from model.metrics.placebos import PLACEBOS

NAMES = tuple(name for name, each in ESTIMATED.items() if name not in PLACEBOS and not each.part)
"""Everything that is estimated without being asked for: of all acts together, and no placebos."""

Vector = np.ndarray[Any, np.dtype[np.float64]]
Codes = np.ndarray[Any, np.dtype[np.int64]]
Flags = np.ndarray[Any, np.dtype[np.bool_]]


class Points(NamedTuple):
    """The points of a design, with the group of each and, unless all weigh the same, its weight."""

    design: pl.DataFrame
    group: Codes
    weight: Vector | None


class Units:
    """Groups of points and their independent units.

    `levels` has a row for each group, in the order of the design: its number `group` and its values of `by`. Of unit i,
    `group[i]` is its group, `replicate[i]` its replicate, and `whole[i]` says whether a run of every point of the group
    is among its runs. Failed runs are left out. `point` is that of each run, kept only where some unit is not whole.
    """

    def __init__(
        self,
        runs: pl.LazyFrame,
        design: pl.DataFrame,
        by: Sequence[str] = (),
        weights: Sequence[float] | None = None,
    ) -> None:
        """Gather runs by the columns `by` of the design; `weights`, one for each of its points, are even by default."""
        good = runs.filter(pl.col("status") == "ok")
        self.levels, group_of_point = grouped(design, list(by))
        keys = good.select("point", "replicate").collect()
        point = keys["point"].to_numpy()
        self.group, self.replicate, self._unit = _units(group_of_point[point], keys["replicate"].to_numpy())
        weight = checked_weights(weights, design.height)
        self._weight = weight if weight is None else weight[point]
        self._total = np.bincount(self._unit, self._weight, len(self.group))
        needed = np.bincount(group_of_point, _counts(weight), self.levels.height)
        self.whole: Flags = np.bincount(self._unit, _counts(self._weight), len(self.group)) >= needed[self.group]
        self._columns = RunColumns(good)
        self.points = Points(design, group_of_point, weight)
        self.point: Codes | None = None if self._all_there() else point.astype(np.int32)

    def _all_there(self) -> bool:
        """Whether every group has every replicate whole; else it must be known which run is of which point."""
        groups, replicates = len(np.unique(self.group)), len(np.unique(self.replicate))
        return bool(self.whole.all()) and len(self.group) == groups * replicates and groups == self.levels.height

    def replicate_of(self, run: Codes) -> Codes:
        """The replicates of these runs."""
        return self.replicate[self._unit[run]]

    @property
    def group_of_run(self) -> Codes:
        """The group of each run."""
        return self.group[self._unit]

    @property
    def weight_of_run(self) -> Vector | None:
        """The weight of each run's point; None where all weigh the same."""
        return self._weight

    def of_runs(self, column: str) -> Vector:
        """A column of the runs; NaN where it is null."""
        return self._columns[column]

    def mean_of(self, values: Vector) -> Vector:
        """Values of runs for each unit: means over its runs."""
        return self._averaged(values)

    def run_parts(self, metric: str) -> tuple[Vector, Vector]:
        """Numerator and denominator of a metric for each run."""
        return run_parts(metric, self._columns)

    def parts(self, metric: str) -> tuple[Vector, Vector]:
        """Numerator and denominator of a metric for each unit: means over its runs."""
        above, below = self.run_parts(metric)
        return self._averaged(above), self._averaged(below)

    def _averaged(self, values: Vector) -> Vector:
        weighted = values if self._weight is None else values * self._weight
        with np.errstate(invalid="ignore"):  # a unit whose points all weigh nothing has no mean
            return np.bincount(self._unit, weighted, len(self.group)) / self._total


def _counts(weight: Vector | None) -> Vector | None:
    """1 for what weighs something: a point that weighs nothing need not be there."""
    return None if weight is None else (weight > 0.0).astype(np.float64)


def checked_metrics(metrics: Sequence[str]) -> Sequence[str]:
    """Return the names; raise `ConfigurationError` where one is no metric."""
    for name in metrics:
        metric(name)
    return metrics


def own_columns(runs: pl.LazyFrame) -> list[str]:
    """Metrics of a user's own that runs have columns of."""
    return list(filter(is_own, runs.collect_schema().names()))


def check_own(metrics: Sequence[str], measured: Collection[str], file: str | None = None) -> None:
    """Raise `ConfigurationError` where a metric is of a user's own and none of those that were measured."""
    for name in metrics:
        if is_own(name) and name not in measured:
            problem, nearest = "was not measured in these runs", nearest_name(name, measured)
            allowed = f"{', '.join(measured)}, and those of `deter list metrics`" if measured else "a shipped metric"
            raise ConfigurationError(problem, file=file, value=name, nearest=nearest, allowed=allowed)


def checked_weights(weights: Sequence[float] | None, points: int) -> Vector | None:
    """Weights of points as an array; raises `ConfigurationError` where they are none."""
    if weights is None:
        return None
    found = np.asarray(weights, float)
    if found.shape != (points,) or not np.isfinite(found).all() or (found < 0.0).any() or not found.any():
        problem = f"must be {points:,} numbers, one for each point, none below zero and not all zero"
        raise ConfigurationError(problem, key="weights")
    return found


class RunColumns(Mapping[str, Vector]):
    """The figures of runs, each read when it is asked for: those of a million runs would fill the memory."""

    def __init__(self, runs: pl.LazyFrame) -> None:
        self.runs = runs

    def __getitem__(self, name: str) -> Vector:
        if is_own(name):
            check_own([name], own_columns(self.runs))
        return self.runs.select(pl.col(name).cast(pl.Float64).fill_null(np.nan)).collect().to_series().to_numpy()

    def __iter__(self) -> Iterator[str]:
        return iter(COLUMNS)

    def __len__(self) -> int:
        return len(COLUMNS)


def run_parts(name: str, runs: RunColumns) -> tuple[Vector, Vector]:
    """Numerator and denominator of a metric for each run: the latter NaN wherever the metric is undefined."""
    above, below = metric(name).parts(runs)
    return above, np.where(np.isnan(above), np.nan, below)  # runs of another version may lack a numerator alone


def _units(group: Codes, replicate: Codes) -> tuple[Codes, Codes, Codes]:
    """Group and replicate of each independent unit, in this order, and the unit of each run."""
    replicates, code = np.unique(replicate, return_inverse=True)
    width = max(1, len(replicates))
    units, unit = np.unique(group * width + code, return_inverse=True)
    return units // width, replicates[units % width], unit


def grouped(design: pl.DataFrame, by: list[str]) -> tuple[pl.DataFrame, Codes]:
    """The combinations of levels with their number `group`, and the group of each point."""
    if not by:
        return pl.DataFrame({"group": [0]}, schema={"group": pl.Int64}), np.zeros(design.height, np.int64)
    for name in by:
        if name not in design.columns:
            nearest = nearest_name(name, design.columns)
            raise ConfigurationError("is no column of the design", value=name, nearest=nearest)
    levels = design.select(by).unique(maintain_order=True).with_row_index("group").cast({"group": pl.Int64})
    return levels, design.join(levels, on=by, maintain_order="left", nulls_equal=True)["group"].to_numpy()

"""What is left to compare where runs are missing: what lacks a run on one side is left out on the other too.

Sides of a contrast are the levels of the factors *along* which it goes: the ends of a main effect, a doctrine and its
reference. A *cell* is a combination of all other columns of the design, in one replicate: it has one run on each side,
on the same random numbers. A cell counts if every side has its run, and is left out on all sides if one lacks it, so
that what is compared differs along these factors only, replicate by replicate. A combination counts as much as the
design gives it, however many replicates it has left; one that has none left is left out altogether, on all sides.

Sides that do not match run by run, as points of a sample that share no level, are compared by replicates alone: one
counts where all points have its run.
"""

from collections.abc import Iterable, Sequence
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np

from analysis.statistics.units import Codes, Flags, Units, Vector, grouped

Matrix = np.ndarray[Any, np.dtype[np.float64]]


class Filled(NamedTuple):
    """Metrics in groups and replicates [metric, replicate, group], made up so that sums weigh combinations evenly.

    The mean over replicates is that of the means of its points, and a replicate deviates from it by what its runs do,
    each as many times as its point has replicates fewer than there are: thus linearised values have the variance of
    such a mean. `alive` says which groups have anything left; the columns of others are NaN.
    """

    numerators: Matrix
    denominators: Matrix
    alive: Flags


class Left(NamedTuple):
    """Cells of a contrast, and of these the ones left out because a side lacks its run."""

    cells: int
    out: int

    def of(self, what: str) -> str:
        """How much is left out of what, in words; `what` is such as "a comparison"."""
        share = 100.0 * self.out / self.cells
        digits = 0 if share >= 10.0 else 1 if share >= 1.0 else 2
        cell = "a cell being a combination of the other factors in a replicate"
        return f"{self.out:,} of {self.cells:,} cells ({share:.{digits}f} %) of {what}, {cell}"


def most_left_out(left: Iterable[Left]) -> Left | None:
    """The contrast that leaves out the largest share of its cells; none where nothing is left out."""
    worst = max(left, key=lambda one: one.out / max(1, one.cells), default=Left(0, 0))
    return worst if worst.out else None


class Matching:
    """Runs by point and replicate, of a folder in which some are missing."""

    def __init__(self, units: Units) -> None:
        """Of units of which not all are whole."""
        assert units.point is not None
        self._units, self._points = units, units.points
        self._order = None if _is_sorted(units.point) else np.argsort(units.point, kind="stable")
        self._count = np.bincount(units.point, minlength=units.points.design.height)
        self._start = np.cumsum(self._count) - self._count
        self._replicates = np.unique(units.replicate)
        self._strata: dict[tuple[str, ...], tuple[Codes, Codes]] = {}

    def touches(self, groups: Codes) -> bool:
        """Whether one of these groups lacks a run of a replicate that another has."""
        some, whole = self._there
        return bool((some[:, groups].any(1) & ~whole[:, groups].all(1)).any())

    @cached_property
    def _there(self) -> tuple[Any, Any]:
        """Whether a group has any run of a replicate, and whether it has all [replicate, group]."""
        units = self._units
        some, whole = np.zeros((2, len(self._replicates), units.levels.height), bool)
        place = np.searchsorted(self._replicates, units.replicate), units.group
        some[place], whole[place] = True, units.whole
        return some, whole

    def sides(self, groups: Codes, along: Sequence[str]) -> "Sides | None":
        """Runs of these groups that match along these columns; None where their points do not match one by one."""
        points = self._of(groups)
        stratum, side = (codes[points] for codes in self._coded(along))
        strata, stratum = np.unique(stratum, return_inverse=True)
        sides, side = np.unique(side, return_inverse=True)
        pairs = np.unique(stratum * len(sides) + side)
        if len(points) != len(pairs) or len(pairs) != len(strata) * len(sides):
            return None
        return self._left(groups, points, stratum, len(sides))

    def sides_lacking(self, groups: Codes, along: Sequence[str]) -> "Sides | None":
        """Matching runs of groups that lack some; None for others, of which nothing need be left out."""
        return self.sides(groups, along) if self.touches(groups) else None

    def left(self, groups: Codes, along: Sequence[str]) -> Left:
        """How many cells these groups have along these columns, and how many are left out."""
        sides = self.sides(groups, along)
        return self.by_replicates(groups) if sides is None else sides.left

    def own(self) -> "Sides":
        """Every group by the runs that it has, whatever others lack: there are no sides."""
        groups = np.arange(self._units.levels.height)
        points = self._of(groups)
        return self._left(groups, points, np.arange(len(points)), 1)

    def by_replicates(self, groups: Codes) -> Left:
        """Replicates tried, and left out where one counts only with all runs of these groups."""
        some, whole = (there[:, groups] for there in self._there)
        there = some.any(1)
        return Left(int(there.sum()), int((there & ~whole.all(1)).sum()))

    def _of(self, groups: Codes) -> Codes:
        """Points of these groups that weigh something."""
        weight = self._points.weight
        member = np.isin(self._points.group, groups)
        return np.flatnonzero(member if weight is None else member & (weight > 0.0))

    def _coded(self, along: Sequence[str]) -> tuple[Codes, Codes]:
        """Of each point, the combination of all else and the side on which it stands."""
        key = tuple(along)
        if key not in self._strata:
            design = self._points.design
            rest = [name for name in design.columns if name != "point" and name not in key]
            self._strata[key] = grouped(design, rest)[1], grouped(design, list(key))[1]
        return self._strata[key]

    def _left(self, groups: Codes, points: Codes, stratum: Codes, sides: int) -> "Sides":
        count = self._count[points]
        run = np.repeat(self._start[points] - (np.cumsum(count) - count), count) + np.arange(count.sum())
        if self._order is not None:
            run = self._order[run]
        point = np.repeat(np.arange(len(points)), count)
        replicate = np.searchsorted(self._replicates, self._units.replicate_of(run))
        width = len(self._replicates)
        cell = stratum[point] * width + replicate
        strata = int(stratum.max(initial=-1)) + 1
        kept = np.bincount(cell, minlength=strata * width) == sides
        tried = len(np.unique(replicate))
        left = Left(strata * tried, strata * tried - int(kept.sum()))
        stays = kept[cell]
        weight = self._points.weight
        return Sides(
            self._units,
            np.searchsorted(groups, self._points.group[points]),
            np.ones(len(points)) if weight is None else weight[points],
            run[stays],
            point[stays],
            replicate[stays],
            (len(groups), width),
            left,
        )


class Sides(NamedTuple):
    """Runs that count in a contrast: of each its place, its point and its replicate; of each point group and weight."""

    units: Units
    group: Codes
    weight: Vector
    run: Codes
    point: Codes
    replicate: Codes
    size: tuple[int, int]  # groups, replicates
    left: Left

    def filled(self, parts: Sequence[tuple[Vector, Vector]]) -> Filled:
        """Metrics in groups and replicates; `parts` are numerators and denominators of all runs.

        Replicates count in which anything is left and no group has a metric undefined.
        """
        parts = [(above[self.run], below[self.run]) for above, below in parts]
        some = np.bincount(self.replicate, minlength=self.size[1]) > 0
        counts = some & ~np.any([self._undefined(below) for _, below in parts], axis=0)
        row = np.cumsum(counts) - 1
        use = counts[self.replicate]
        point, rows = self.point[use], row[self.replicate[use]]
        n, times = int(counts.sum()), np.bincount(point, minlength=len(self.group))
        share = np.where(times > 0, self.weight, 0.0)
        total = np.bincount(self.group, share, self.size[0])
        share = share / np.where(total > 0.0, total, 1.0)[self.group]
        place, alive = self.group[point] * n + rows, total > 0.0
        factor = (share * n / np.maximum(times, 1))[point]
        shape = len(parts), n, self.size[0]
        filled = Filled(np.full(shape, np.nan), np.full(shape, np.nan), alive)
        for number, pair in enumerate(parts if n else ()):
            for matrix, values in zip(filled[:2], pair, strict=True):
                mean = np.bincount(point, values[use], len(self.group)) / np.maximum(times, 1)
                away = np.bincount(place, factor * (values[use] - mean[point]), n * self.size[0])
                whole = np.bincount(self.group, share * mean, self.size[0])[None] + away.reshape(-1, n).T
                matrix[number][:, alive] = whole[:, alive]
        return filled

    def _undefined(self, below: Vector) -> Flags:
        """Replicates in which a group has runs but nothing to divide by."""
        groups, width = self.size
        place = self.group[self.point] * width + self.replicate
        total = np.bincount(place, self.weight[self.point] * below, groups * width)
        there = np.bincount(place, minlength=groups * width) > 0
        return np.asarray((there & ~(total > 0.0)).reshape(groups, width).any(0))


def _is_sorted(point: Codes) -> bool:
    return bool((point[1:] >= point[:-1]).all())


def matching_of(units: Units) -> Matching | None:
    """How runs match, where some are missing."""
    return None if units.point is None else Matching(units)

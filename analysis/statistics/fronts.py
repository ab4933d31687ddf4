"""Fronts: which of several are dominated by none, and the volume that they dominate; more of everything is better."""

from collections.abc import Iterator
from typing import Any

import numpy as np

from analysis.statistics.units import Flags

Array = np.ndarray[Any, np.dtype[np.float64]]


def dominates(one: Array, other: Array) -> Flags:
    """Whether values are as large by every criterion, the last axis, and larger by one."""
    return np.asarray((one >= other).all(axis=-1) & (one > other).any(axis=-1))


def non_dominated(values: Array) -> Flags:
    """Which are dominated by none: values of shape (…, candidates, criteria)."""
    return np.asarray(~dominates(values[..., None, :, :], values[..., :, None, :]).any(axis=-1))


def hypervolume(points: Array) -> float:
    """Volume between the origin and points [point, criterion], whatever lies below the origin left out.

    Exact, as a sum of what each point adds to those before it (While, Bradstreet & Barone 2012). Meant for some hundred
    points and a handful of criteria, with which it grows steeply.
    """
    points = np.unique(points[(points > 0.0).all(axis=1)], axis=0)
    points = points[non_dominated(points)]
    if points.shape[1] == 2:  # a staircase, from the right down; `unique` has sorted it from the left
        return float(np.sum(np.diff(points[:, 0], prepend=0.0) * points[:, 1]))
    return float(sum(added(points[::-1])))


def added(points: Array) -> Iterator[float]:
    """The volume that each point adds to that of the points before it; zero where one of them dominates it."""
    front = np.empty((0, points.shape[1]))
    for point in np.maximum(points, 0.0):
        if (front >= point).all(axis=1).any():
            yield 0.0
            continue
        yield float(np.prod(point)) - (hypervolume(np.minimum(front, point)) if len(front) else 0.0)
        front = np.vstack([front[~(front <= point).all(axis=1)], point])

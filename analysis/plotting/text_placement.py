"""Names placed beside points so that none overlaps another, a point or the panel's edge."""

from collections.abc import Iterator, Sequence
from math import cos, pi, sin
from typing import Any, NamedTuple

import numpy as np

RADIUS = 3.0
"""Room around a point, in points of type."""
STEPS, TURNS = 14, 24
"""Distances and directions that are tried, nearest first."""


class Box(NamedTuple):
    """A rectangle, in points of type."""

    left: float
    bottom: float
    right: float
    top: float

    @property
    def middle(self) -> tuple[float, float]:
        """Its centre."""
        return (self.left + self.right) / 2, (self.bottom + self.top) / 2

    def overlap(self, other: "Box") -> float:
        """Area in common."""
        across = min(self.right, other.right) - max(self.left, other.left)
        up = min(self.top, other.top) - max(self.bottom, other.bottom)
        return max(0.0, across) * max(0.0, up)

    def outside(self, other: "Box") -> float:
        """How far it reaches beyond another."""
        sides = (other.left - self.left, other.bottom - self.bottom, self.right - other.right, self.top - other.top)
        return sum(max(0.0, side) for side in sides)


def place(points: Any, sizes: Sequence[tuple[float, float]], inside: Box, obstacles: Sequence[Box] = ()) -> list[Box]:
    """A box for the name of each point: those in the thick of it first, each where it is nearest and free.

    `obstacles` are to be left free as well. Where nothing is free, the place with the least overlap is taken.
    """
    points = np.asarray(points, float)
    dots = [Box(x - RADIUS, y - RADIUS, x + RADIUS, y + RADIUS) for x, y in points]
    crowding = [-np.sum(1.0 / (1.0 + np.hypot(*(points - point).T))) for point in points]
    found: dict[int, Box] = {}
    for at in sorted(range(len(points)), key=lambda place: (crowding[place], place)):
        taken = [*dots, *obstacles, *found.values()]
        candidates = _candidates(points[at], sizes[at])
        _, found[at] = min(candidates, key=lambda pair: (_cost(pair[1], taken, inside), pair[0]))
    return [found[at] for at in range(len(points))]


def _cost(box: Box, taken: Sequence[Box], inside: Box) -> float:
    return 10.0 * box.outside(inside) + sum(box.overlap(other) for other in taken)


def _candidates(point: Any, size: tuple[float, float]) -> Iterator[tuple[float, Box]]:
    """Boxes around a point, each with how far away it is; beside it before above it."""
    width, height = size
    for step in range(STEPS):
        gap = RADIUS + 1.0 + 4.0 * step
        for turn in range(TURNS):
            angle = 2.0 * pi * turn / TURNS
            x = point[0] + (gap + width / 2) * cos(angle)
            y = point[1] + (gap + height / 2) * sin(angle)
            away = gap + 2.0 * abs(sin(angle))
            yield away, Box(x - width / 2, y - height / 2, x + width / 2, y + height / 2)

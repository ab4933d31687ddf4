"""What panels of different figures have in common: names along axes, rows of estimates, ticks, cells, legends."""

import math
from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
from matplotlib.axes import Axes
from matplotlib.axis import Axis
from matplotlib.lines import Line2D
from matplotlib.ticker import MaxNLocator

from analysis.plotting.pages import by_page
from analysis.plotting.style import LEADING, POINT, TYPE, width_of, wrapped

ROUND = (1, 2, 5, 10)
"""Steps between ticks, but for powers of ten."""
LIGHT = 0.18
"""Relative luminance at which black letters contrast as much as white ones."""

LOG = 4.0
"""Ratio of the ends from which a range that is evenly spread in its logarithm is drawn so."""


class Mark(NamedTuple):
    """How a thing is drawn: its marker, the colour of its edge, its size in points, its colour inside, what it is."""

    marker: Any
    color: str
    size: float
    face: str
    label: str = ""

    @property
    def look(self) -> dict[str, Any]:
        """Marker, colours and size, as arguments of functions that plot."""
        colours = {"color": self.color, "markerfacecolor": self.face}
        return {"linestyle": "none", "marker": self.marker, "markersize": self.size, **colours}

    def key(self, **more: Any) -> Line2D:
        """Its entry in a legend."""
        return Line2D([], [], label=self.label, **self.look, **more)


def turned(labels: Sequence[str], room: float) -> float:
    """Height in mm of tick labels that must be turned to fit side by side into `room` points; 0 where they fit."""
    longest = max(width_of(line) for label in labels for line in label.split("\n"))
    return longest * POINT if longest > 0.9 * room / len(labels) else 0.0


def below(labels: Sequence[str], room: float) -> float:
    """Height in mm that tick labels need beyond one line, turned or broken."""
    lines = max(label.count("\n") for label in labels)
    return turned(labels, room) or lines * TYPE * LEADING * POINT


def fitted(labels: Sequence[str], room: float) -> list[str]:
    """Tick labels for an axis of `room` points; on a slide, which has no height for turned ones, broken into lines.

    They stay as they are where a word is too long for that.
    """
    lines = [wrapped(label, 0.9 * room / len(labels)) for label in labels]
    return by_page(list(labels), list(labels) if turned(lines, room) else lines)


def name_ticks(axes: Axes, places: Any, labels: Sequence[str], room: float) -> None:
    """Name the places along the lower axis, `room` points long: turned if need be, and not all where they are many."""
    every = 1
    if turned(labels, room):
        axes.tick_params(axis="x", labelrotation=90)
        every = math.ceil(TYPE * LEADING * len(labels) / room)
    axes.set_xticks(places[::every], labels[::every])


def round_ticks(axis: Axis, most: int, steps: Sequence[float] | None = ROUND, *, integer: bool = False) -> None:
    """Ticks at round numbers: `most` intervals between them at most."""
    axis.set_major_locator(MaxNLocator(most, steps=steps, integer=integer))


def is_logarithmic(values: Any) -> bool:
    """Whether positive values, from end to end far apart, are spread more evenly in their logarithms."""
    low, high = values.min(), values.max()
    wide = low > 0.0 and high / low >= LOG
    return bool(wide and np.median(values) < np.sqrt(np.sqrt(low * high) * (low + high) / 2))


def log_ticks(low: float, high: float) -> list[float]:
    """Round numbers within a range that is evenly spread in its logarithm."""
    powers = range(int(np.floor(np.log10(low))), int(np.ceil(np.log10(high))) + 1)
    ticks = [float(f"{step * 10.0**power:.1g}") for power in powers for step in (1, 2, 3, 5)]
    return [tick for tick in ticks if low <= tick <= high] or [low, high]


def rows(axes: Axes, number: float) -> None:
    """So many rows from the top down, and a grid across them."""
    axes.set_ylim(number - 0.4, -0.6)
    axes.tick_params(axis="y", length=0)
    axes.grid(visible=True, axis="x")


def undefined(axes: Axes, at: float) -> None:
    """Say in a row that there is nothing to show."""
    axes.annotate("undefined", (0.0, at), (3, 0), textcoords="offset points", va="center")


def widen(axes: Axes, least: float) -> None:
    """Let the scale across be so long at least: what is smaller is not blown up."""
    low, high = axes.get_xlim()
    short = max(0.0, least - (high - low)) / 2
    axes.set_xlim(low - short, high + short)


def cells(axes: Axes) -> None:
    """No frame and no ticks: cells have edges of their own."""
    axes.tick_params(length=0)
    axes.spines[:].set_visible(False)


def ink(colour: Any) -> str:
    """Black or white, whichever can be read on a colour."""
    return "black" if luminance(colour) > LIGHT else "white"


def luminance(colour: Any) -> float:
    """Relative luminance of a colour (WCAG 2.2)."""
    parts = np.asarray(colour[:3])
    linear = np.where(parts <= 0.04045, parts / 12.92, ((parts + 0.055) / 1.055) ** 2.4)
    return float(linear @ (0.2126, 0.7152, 0.0722))


def legend_above(axes: Axes, at: float = 0.0, **more: Any) -> None:
    """A legend in two columns above a panel, from the left; `at` makes room for the panel's letter."""
    axes.legend(loc="lower left", bbox_to_anchor=(at, 1.0), ncols=2, columnspacing=1.0, **more)


def label_ends(axes: Axes, ends: dict[str, float], apart: float = 0.16) -> None:
    """Names of lines at the right of a panel, where they end; `apart` at least, as a share of its height."""
    low, high = axes.get_ylim()
    floor = 0.0
    rising = sorted(ends.items(), key=lambda item: item[1])
    for above, (name, end) in zip(reversed(range(len(ends))), rising, strict=True):
        place = max(floor, min((end - low) / (high - low), 1.0 - above * apart))
        floor = place + apart
        axes.annotate(name, (1.0, place), (4, 0), "axes fraction", "offset points", va="center", annotation_clip=False)

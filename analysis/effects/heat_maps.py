"""Heat maps of a sweep: a metric over each pair of factors, averaged over the others."""

from collections.abc import Sequence
from itertools import combinations
from typing import Any, NamedTuple

import numpy as np
import polars as pl
from matplotlib import colormaps, patheffects
from matplotlib.axes import Axes
from matplotlib.collections import PatchCollection
from matplotlib.colorbar import Colorbar
from matplotlib.colors import Normalize
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from matplotlib.ticker import MaxNLocator

from analysis.labels import factor_label, metric_label, shown, tick_texts
from analysis.plotting import captions, pages, panels, style
from analysis.results.folder import Results
from model.metrics.catalogue import ESTIMATED, METRICS
from model.metrics.definition import OWN, is_own

LEAST_RANGE = 0.1
"""Range of colours below which differences are not blown up, in units shown."""
LEAST_INTERVALS = 2.0
"""The same in widths of a typical interval, so that no panel makes a picture of noise."""
LIMITS, OWN_LIMITS = (1.0, 0.1), (1.0, 0.1, 0.01, 0.001)
"""Half-widths below each of which values have a further decimal; metrics of a user's own may be of any size."""
HEIGHT, GAP = 70.0, 5.0
"""Height of a row of panels with its colour bars, and the space beside cells, in mm."""
CELL, ROWS, MOST_ROWS = 3.0, 9, 25
"""Height of a cell that holds a number in mm, and how many of them the row has room for, at first and if it grows."""
MOST_ON_SLIDE = 16
"""The same on a slide."""
NAME = 60.0
"""Width of the names of levels beside the cells, in points; longer ones are broken."""
DASHES = (0, (3, 2))
"""Outline of cells of which nothing can be told."""


class Map(NamedTuple):
    """One panel: a metric over two factors, in units shown."""

    across: str
    up: str
    levels: tuple[list[Any], list[Any]]
    slot: float  # width of the panel with what is beside it, mm
    means: Any  # [level of `up`, level of `across`]; NaN where undefined
    half_widths: Any  # the same; NaN where there is no interval
    defined: pl.DataFrame  # its estimates, without those that are undefined
    unsure: Any  # whether the interval of a cell holds no effect; false where there is no interval

    @property
    def names(self) -> tuple[list[str], list[str]]:
        """Levels as ticks call them."""
        across, up = map(tick_texts, self.levels)
        return panels.fitted(across, self.room), [style.wrapped(name, NAME) for name in up]

    @property
    def most(self) -> int:
        """Rows that may have numbers in their cells."""
        return pages.by_page(MOST_ROWS, MOST_ON_SLIDE)

    @property
    def room(self) -> float:
        """Width left for the cells, in points."""
        names = (style.wrapped(name, NAME) for name in tick_texts(self.levels[1]))
        beside = max(style.width_of(line) for name in names for line in name.split("\n"))
        return (self.slot - GAP - 2 * style.MARGIN) / style.POINT - beside - style.TYPE * style.LEADING

    @property
    def height(self) -> float:
        """Height that it needs, colour bar included, in mm."""
        more = max(0, min(len(self.levels[1]), self.most) - ROWS)
        return HEIGHT + CELL * more + panels.below(self.names[0], self.room)

    @property
    def typical(self) -> float:
        """The median half-width of its intervals; 0 where there is none."""
        found = self.half_widths[np.isfinite(self.half_widths)]
        return float(np.median(found)) if found.size else 0.0


def heat_maps(results: Results, factors: list[str], metric: str) -> Figure | None:
    """A metric over each pair of factors; none where it is undefined everywhere."""
    pairs = list(combinations(factors, 2))
    columns = min(3, len(pairs))
    width = pages.width(style.DOUBLE if columns > 1 else style.SINGLE)
    every = [_map(results, pair, metric, width / columns) for pair in pairs]
    if not any(np.isfinite(panel.means).any() for panel in every):
        return None
    over = f"over each pair of {captions.names(factors)}" if len(every) > 1 else f"over {captions.names(factors)}"
    words = f"{METRICS[metric].title} {over}", captions.setting(results), _note(results, factors, metric, every)
    figure, _, places = pages.grid(every, lambda panel: panel.height, *words, columns=3)
    for axes, panel in places:
        _draw(axes, results, panel, metric)
    return figure


def _note(results: Results, factors: list[str], metric: str, maps: list[Map]) -> str:
    facts, contrast = METRICS[metric], ESTIMATED[metric].is_contrast
    own = results.manifest.metrics.get(metric.removeprefix(OWN)) if is_own(metric) else None
    what = (own.says or f"as {own.name} measures it").removesuffix(".") if own else facts.definition
    nothing = "zero" if contrast else "no difference from the cell at the lower left, on the same random numbers"
    return captions.note(
        f"{facts.title}: {what}." + (" Negative: more than in the twin." if facts.complement else ""),
        "Averaged over the factors that a panel does not show. Each panel has its own scale." if len(maps) > 1 else "",
        captions.interval(pl.concat(panel.defined.select("n", "interval") for panel in maps), "± below each panel"),
        f"Dashed: the interval includes {nothing}." if any(panel.unsure.any() for panel in maps) else "",
        any(panel.typical for panel in maps)
        and "The bracket above each scale is as long as the median interval of a cell.",
        "Blank: undefined." if any(np.isnan(panel.means).any() for panel in maps) else "",
        captions.held(results, factors),
        captions.origin(results),
    )


def _map(results: Results, pair: tuple[str, str], metric: str, slot: float) -> Map:
    table = results.estimate(pair, [metric]).with_columns(half=(pl.col("high") - pl.col("low")) / 2)
    across, up = (results.design[factor].unique(maintain_order=True).to_list() for factor in pair)
    means, halves, unsure = (
        _grid(dict(zip(table.select(pair).rows(), values, strict=True)), across, up)
        for values in (table["mean"], table["half"], _holds_nothing(results, table, pair, metric))
    )
    unit = shown(metric)
    return Map(*pair, (across, up), slot, means * unit, halves * unit, table.drop_nulls("mean"), unsure == 1.0)


def _holds_nothing(results: Results, table: pl.DataFrame, pair: tuple[str, str], metric: str) -> pl.Series:
    """Whether a cell's interval holds no effect: against the twin zero, else no difference from the first cell."""
    if not ESTIMATED[metric].is_contrast:
        against = results.paired(pair, table.select(pair).row(0, named=True), [metric])
        table = table.select(pair).join(against, on=pair, how="left", maintain_order="left", nulls_equal=True)
    return (table["low"] <= 0.0) & (table["high"] >= 0.0)


def _grid(cells: dict[Any, float | None], across: list[Any], up: list[Any]) -> Any:
    return np.array([[cells.get((a, b)) for a in across] for b in up], dtype=float)


def _draw(axes: Axes, results: Results, panel: Map, metric: str) -> None:
    """A panel with its colour bar."""
    signed = METRICS[metric].complement
    norm = Normalize(*_limits(panel, signed=signed, least=0.0 if is_own(metric) else LEAST_RANGE))
    colours = colormaps[style.DIVERGING if signed else style.SEQUENTIAL]
    texts = _texts(panel, OWN_LIMITS if is_own(metric) else LIMITS)
    edges: dict[str, Any] = {"edgecolors": "white", "linewidth": 0.5} if texts else {"edgecolors": "face"}
    mesh = axes.pcolormesh(np.ma.masked_invalid(panel.means), cmap=colours, norm=norm, **edges)
    _hatch(axes, panel)
    _ticks(axes, results, panel)
    bar = axes.figure.colorbar(mesh, ax=axes, orientation="horizontal", aspect=18, pad=0.03, shrink=0.9)  # type: ignore[union-attr]
    _scale(bar, panel, metric)
    for (row, column), text in texts.items():
        ink = panels.ink(colours(norm(panel.means[row, column])))
        axes.text(column + 0.5, row + 0.5, text, color=ink, ha="center", va="center")
    if not texts:
        _contours(axes, panel)


def _hatch(axes: Axes, panel: Map) -> None:
    """Mark the cells whose interval holds no effect."""
    places = zip(*np.nonzero(panel.unsure), strict=True)
    boxes = [Rectangle((column + 0.04, row + 0.04), 0.92, 0.92) for row, column in places]
    for colour, width in (("white", 1.6), ("black", 0.6)) if boxes else ():
        edges: dict[str, Any] = {"facecolor": "none", "edgecolor": colour, "linewidth": width, "linestyle": DASHES}
        axes.add_collection(PatchCollection(boxes, **edges))


def _limits(panel: Map, *, signed: bool, least: float) -> tuple[float, float]:
    """Ends of the colours: those of the values, but `least` or more apart; around zero where values have a sign."""
    least = max(least, LEAST_INTERVALS * 2 * panel.typical)
    found = panel.means[np.isfinite(panel.means)]
    low, high = (float(found.min()), float(found.max())) if found.size else (0.0, 0.0)
    if signed:
        end = max(-low, high, least / 2)
        return -end, end
    missing = max(0.0, least - (high - low)) / 2
    low = max(low - missing, min(low, 0.0))
    return low, max(high + missing, low + least)


def _ticks(axes: Axes, results: Results, panel: Map) -> None:
    """Ticks, labels and their units."""
    across, up = panel.names
    panels.name_ticks(axes, np.arange(len(across)) + 0.5, across, panel.room)
    every = -(-len(up) // panel.most)
    axes.set_yticks(np.arange(len(up))[::every] + 0.5, up[::every])
    axes.set_xlabel(style.label(factor_label(panel.across, results.configuration), panel.room))
    axes.set_ylabel(style.label(factor_label(panel.up, results.configuration), 0.6 * HEIGHT / style.POINT))
    panels.cells(axes)


def _scale(bar: Colorbar, panel: Map, metric: str) -> None:
    """The colour bar: its unit, the intervals of cells, and the typical one drawn to scale."""
    bar.outline.set_linewidth(0.4)  # type: ignore[operator]
    bar.solids.set_edgecolor("face")  # type: ignore[union-attr]
    bar.locator = MaxNLocator(4)
    bar.update_ticks()
    room = panel.room + 2 * style.MARGIN / style.POINT
    label = style.label(metric_label(metric), room)
    if panel.typical:
        widest = float(np.nanmax(panel.half_widths))
        digits = 1 + sum(panel.typical < limit for limit in (OWN_LIMITS if is_own(metric) else LIMITS[:1]))
        both = ((panel.typical, "median cell"), (widest, "widest"))
        words = [f"± {half:.{digits}f} ({which})".replace(" ", "\N{NO-BREAK SPACE}") for half, which in both]
        label += "\n" + style.wrapped(", ".join(words), room)
        middle = sum(bar.ax.get_xlim()) / 2
        ends = [middle - panel.typical, middle + panel.typical]
        bar.ax.plot(ends, [1.6, 1.6], "|-", color="black", linewidth=0.8, markersize=4, clip_on=False)
    bar.set_label(label, linespacing=style.LEADING)


def _texts(panel: Map, limits: Sequence[float]) -> dict[tuple[int, ...], str]:
    """The values of cells, with decimals where the interval leaves them a meaning; none where cells have no room."""
    meaningful = sum(panel.typical < limit for limit in limits)
    for digits in range(meaningful, -1, -1):
        values = {place: round(value, digits) + 0.0 for place, value in np.ndenumerate(panel.means) if value == value}
        texts = {place: f"{value:.{digits}f}".replace("-", "−") for place, value in values.items()}
        widest = max(map(style.width_of, texts.values()), default=0.0)
        if widest <= 0.95 * panel.room / panel.means.shape[1] and panel.means.shape[0] <= panel.most:
            return texts
    return {}


def _contours(axes: Axes, panel: Map) -> None:
    """Lines of equal value with their numbers, where both factors are numbers and values vary."""
    numeric = all(type(level) in (int, float) for levels in panel.levels for level in levels)
    if not numeric or min(panel.means.shape) < 2 or np.isnan(panel.means).any() or np.ptp(panel.means) < LEAST_RANGE:
        return
    across, up = (np.arange(size) + 0.5 for size in reversed(panel.means.shape))
    low, high = panel.means.min(), panel.means.max()
    levels = [level for level in MaxNLocator(5).tick_values(low, high) if low < level < high]
    lines = axes.contour(across, up, panel.means, levels, colors="white", linewidths=0.8)
    lines.set_path_effects([patheffects.withStroke(linewidth=1.8, foreground="black")])
    for text in axes.clabel(lines, colors="black", fontsize=style.TYPE, fmt="%g", inline=False):
        text.set(rotation=0.0, path_effects=[patheffects.withStroke(linewidth=2.0, foreground="white")])

"""Doctrines between what they gain and what they cost: crosses of intervals, and the Pareto set."""

from collections.abc import Sequence
from itertools import cycle

import numpy as np
import polars as pl
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from analysis.comparison.comparison import comparison_of, estimates
from analysis.comparison.forest import comparison_setting, twin
from analysis.comparison.pareto import pareto
from analysis.comparison.tables import PARETO_MARKS, interval_note
from analysis.labels import metric_label, shown
from analysis.plotting import captions, pages, panels, style
from analysis.plotting.panels import Mark
from analysis.plotting.text_placement import Box, place
from analysis.results.conditions import Array
from analysis.results.folder import Results
from model.metrics.catalogue import METRICS, TRADED

LOW, HIGH = ([name for name in TRADED if METRICS[name].better == way] for way in (-1, 1))
PANELS = tuple(zip(cycle(LOW), HIGH, strict=False))
"""What is to be low across, by turns, what is to be high upwards."""
HEIGHT = 74.0
ROOM = 0.09
"""Beyond the points, as a share of their range."""


IN = Mark("o", style.BLUE, 4.2, style.BLUE)
BEATEN, DOMINATED = Mark("o", style.BLUE, 4.2, "white"), Mark("s", style.RED, 4.2, "white")
"""Doctrines in the Pareto set, others, and those that are dominated beyond chance."""


def pareto_figure(results: Results) -> Figure | None:
    """Each doctrine by what it gains and what it costs, those that no other dominates marked."""
    compared = comparison_of(results)
    set_of = pareto(compared)
    found = estimates(compared, TRADED)
    if found["mean"].is_null().any():
        return None
    note = captions.note(
        PARETO_MARKS,
        interval_note(compared, found["interval"], "Crosses: 95 %"),
        "Doctrines share random numbers, so their differences are more precise than the crosses.",
        twin(compared),
    )
    figure, _, places = pages.grid(
        PANELS, HEIGHT, "What doctrines gain, and what they cost", comparison_setting(compared), note, loose=0.8
    )
    ends = {metric: _ends(found.filter(metric=metric), shown(metric)) for metric in TRADED}
    marks = [
        DOMINATED if by else IN if inside else BEATEN
        for inside, by in set_of.select("in_set", "clearly_dominated_by").iter_rows()
    ]
    for axes, (across, up) in places:
        _crosses(axes, ends[across], ends[up], marks)
        axes.set(xlabel=metric_label(across), ylabel=metric_label(up))
    figure.draw_without_rendering()  # names need to know where the points come to stand
    for axes, (across, up) in places:
        _names(axes, ends[across], ends[up], list(compared.labels.values()))
    return figure


def _ends(table: pl.DataFrame, unit: float) -> Array:
    """The low end, the mean and the high end of doctrines, as rows; NaN where there is no interval."""
    return np.stack([unit * table[end].cast(pl.Float64).to_numpy() for end in ("low", "mean", "high")])


def _crosses(axes: Axes, across: Array, up: Array, marks: Sequence[Mark]) -> None:
    for (left, x, right), (bottom, y, top), mark in zip(across.T, up.T, marks, strict=True):
        if np.isfinite([left, bottom]).all():
            axes.plot([left, right], [y, y], color=mark.color, linewidth=0.8)
            axes.plot([x, x], [bottom, top], color=mark.color, linewidth=0.8)
        axes.plot(x, y, **mark.look)
    axes.margins(ROOM)
    panels.round_ticks(axes.xaxis, 5)
    panels.round_ticks(axes.yaxis, 5)
    axes.grid()


def _names(axes: Axes, across: Array, up: Array, names: Sequence[str]) -> None:
    """Names beside their points, clear of one another, of crosses and of the panel's edge; a line leads there."""
    scale = 72.0 / axes.figure.dpi

    def places(x: Array, y: Array) -> Array:
        return np.asarray(scale * axes.transData.transform(np.column_stack([x, y])))

    points, arms = places(across[1], up[1]), []
    if np.isfinite([*across, *up]).all():
        for first, last in (
            (places(across[0], up[1]), places(across[2], up[1])),
            (places(across[1], up[0]), places(across[1], up[2])),
        ):
            arms += [Box(*low, *high) for low, high in zip(first - 0.8, last + 0.8, strict=True)]
    sizes = [(style.width_of(name), style.TYPE * 1.15) for name in names]
    edges = Box(*(scale * np.asarray(axes.get_window_extent().extents)))
    for name, point, box in zip(names, points, place(points, sizes, edges, arms), strict=True):
        nearest = np.clip(point, [box.left, box.bottom], [box.right, box.top])
        if np.hypot(*(nearest - point)) > 7.0:
            line = axes.transData.inverted().transform(np.stack([point, nearest]) / scale)
            axes.plot(*line.T, color="#888888", linewidth=0.5, zorder=1, scalex=False, scaley=False)
        x, y = axes.transAxes.inverted().transform(np.array(box.middle) / scale)
        text = axes.text(x, y, name, transform=axes.transAxes, ha="center", va="center", fontsize=style.TYPE)
        text.set_in_layout(False)

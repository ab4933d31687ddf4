"""Doctrines between what they gain and what they cost: crosses of intervals, and the Pareto set."""

from typing import NamedTuple

import numpy as np
import polars as pl
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from analysis.comparison.comparison import comparison_of, estimates
from analysis.comparison.forest import setting, spoken, twin
from analysis.comparison.pareto import pareto
from analysis.comparison.tables import criteria, interval_note
from analysis.labels import metric_label, shown
from analysis.plotting import captions, style
from analysis.plotting.pages import PAPER, Page
from analysis.plotting.text_placement import Box, place
from analysis.results.folder import Results
from model.metrics import TRADED

PANELS = (("escalation_rate", "harm_averted"), ("eu_cost", "deterrence_rate"))
"""What is to be low across, what is to be high upwards."""
HEIGHT = 74.0
ROOM = 0.09
"""Beyond the points, as a share of their range."""


class Look(NamedTuple):
    """How a doctrine is drawn: in the Pareto set or not."""

    marker: str
    color: str
    face: str


IN, OUT = Look("o", style.BLUE, style.BLUE), Look("s", style.RED, "white")


def pareto_figure(results: Results, page: Page = PAPER) -> Figure | None:
    """Each doctrine by what it gains and what it costs, those that no other dominates marked."""
    compared = comparison_of(results)
    inside = dict(zip(*pareto(compared).select("doctrine", "in_set").get_columns(), strict=True))
    found = estimates(compared, TRADED)
    if found["mean"].is_null().any():
        return None
    note = captions.note(
        f"Filled circles: no other doctrine is as good by all criteria ({criteria(TRADED)}) and better by one, in the "
        "means; open squares: another is. Upwards and to the left is better.",
        interval_note(compared, found["interval"], "Crosses: 95 %"),
        "Doctrines share random numbers, so that their differences are surer than the crosses.",
        twin(compared),
    )
    title = "What doctrines gain, and what they cost"
    (pairs,) = page.share(PANELS)
    figure = page.sheet(style.DOUBLE, HEIGHT, title, setting(compared), note, least=0.8 * HEIGHT)
    panels = list(np.ravel(figure.subplots(1, len(pairs))))
    for axes, metrics in zip(panels, pairs, strict=True):
        _crosses(axes, found, metrics, inside)
    page.letter(panels, PANELS.index(pairs[0]))
    figure.draw_without_rendering()  # names need to know where the points come to stand
    for axes, metrics in zip(panels, pairs, strict=True):
        _names(axes, found, metrics)
    return figure


def _crosses(axes: Axes, found: pl.DataFrame, metrics: tuple[str, str], inside: dict[str, bool]) -> None:
    tables = [found.filter(metric=metric) for metric in metrics]
    for across, up in zip(*(table.iter_rows(named=True) for table in tables), strict=True):
        x, y = (shown(metric) * row["mean"] for metric, row in zip(metrics, (across, up), strict=True))
        look = IN if inside[across["doctrine"]] else OUT
        if across["low"] is not None and up["low"] is not None:
            ends = [
                [shown(metric) * row[end] for end in ("low", "high")]
                for metric, row in zip(metrics, (across, up), strict=True)
            ]
            axes.plot(ends[0], [y, y], color=look.color, linewidth=0.8)
            axes.plot([x, x], ends[1], color=look.color, linewidth=0.8)
        axes.plot(x, y, look.marker, color=look.color, markerfacecolor=look.face, markersize=4.2)
    axes.margins(ROOM)
    axes.xaxis.set_major_locator(MaxNLocator(5, steps=(1, 2, 5, 10)))
    axes.yaxis.set_major_locator(MaxNLocator(5, steps=(1, 2, 5, 10)))
    axes.set_xlabel(metric_label(metrics[0]))
    axes.set_ylabel(metric_label(metrics[1]))
    axes.grid()


def _arms(axes: Axes, found: pl.DataFrame, metrics: tuple[str, str], scale: float) -> list[Box]:
    """The arms of the crosses as boxes, which names are to leave free."""
    x, y = (found.filter(metric=metric) for metric in metrics)
    if x["low"].has_nulls() or y["low"].has_nulls():
        return []
    across, up = shown(metrics[0]), shown(metrics[1])
    boxes = []
    for ends in (("low", "mean", "high", "mean"), ("mean", "low", "mean", "high")):
        corners = [(x if at % 2 == 0 else y)[end].to_numpy() * (across, up)[at % 2] for at, end in enumerate(ends)]
        first, last = (scale * axes.transData.transform(np.column_stack(corners[at : at + 2])) for at in (0, 2))
        boxes += [Box(*low, *high) for low, high in zip(first - 0.8, last + 0.8, strict=True)]
    return boxes


def _names(axes: Axes, found: pl.DataFrame, metrics: tuple[str, str]) -> None:
    """Names beside their points, clear of one another, of points and of the panel's edge; a line leads there."""
    x, y = (shown(metric) * found.filter(metric=metric)["mean"].to_numpy() for metric in metrics)
    names = [spoken(name) for name in found["doctrine"].unique(maintain_order=True)]
    scale = 72.0 / axes.figure.dpi
    points = scale * axes.transData.transform(np.column_stack([x, y]))
    edges = scale * np.asarray(axes.get_window_extent().extents)
    sizes = [(style.width_of(name), style.TYPE * 1.15) for name in names]
    boxes = place(points, sizes, Box(*edges), _arms(axes, found, metrics, scale))
    for name, point, box in zip(names, points, boxes, strict=True):
        middle = np.array([(box.left + box.right) / 2, (box.bottom + box.top) / 2])
        nearest = np.clip(point, [box.left, box.bottom], [box.right, box.top])
        if np.hypot(*(nearest - point)) > 7.0:
            line = axes.transData.inverted().transform(np.stack([point, nearest]) / scale)
            axes.plot(*line.T, color="#888888", linewidth=0.5, zorder=1, scalex=False, scaley=False)
        across, up = axes.transAxes.inverted().transform(middle / scale)
        text = axes.text(across, up, name, transform=axes.transAxes, ha="center", va="center", fontsize=style.TYPE)
        text.set_in_layout(False)

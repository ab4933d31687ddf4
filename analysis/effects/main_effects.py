"""Figures of a sweep: main effects of each factor, and heat maps over each pair of factors."""

from collections.abc import Iterator
from typing import Any

import numpy as np
import polars as pl
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from analysis.effects.factorial import ends
from analysis.effects.heat_maps import LEAST_RANGE, heat_maps
from analysis.effects.levels import compared_factors, delays_said, in_both_worlds
from analysis.labels import factor_label, factor_title, level_text, level_texts, metric_label, shown, tick_texts
from analysis.plotting import captions, pages, panels, style
from analysis.results.folder import Results
from analysis.sentences import number
from model.metrics.catalogue import EFFECTS
from model.metrics.definition import is_own

MOST_FACTORS = 4
"""Factors that a figure shows at most; the first of the experiment that have several levels."""
MOST_OWN = 2
"""Metrics of a user's own that it shows at most, those that stand first in the experiment."""
HEIGHT = 31.0
"""Height of a row of panels, in mm."""
LABELS = 14.0
"""Space beside panels for labels, in mm."""
ROOM = 0.08
"""Room beyond the ends of the data, as a share of their range."""
STEPS = (1, 2, 2.5, 5, 10)
"""Steps between ticks, but for powers of ten."""


def shown_factors(results: Results) -> list[str]:
    """Factors that figures show: those of several levels, as many as there is room for; else one."""
    levels, levelled = results.manifest.factors, results.levelled
    return [name for name in levelled if len(levels[name]) > 1][:MOST_FACTORS] or levelled[:1]


def heat_map_figure(results: Results, metric: str) -> Figure | None:
    """A metric over each pair of factors; none where it is undefined everywhere."""
    return heat_maps(results, shown_factors(results), metric)


def main_effects_figure(results: Results) -> Figure | None:
    """Headline metrics at each level of each factor, with 95 % bands; none where all are undefined."""
    factors = shown_factors(results)
    metrics_shown = (*EFFECTS, *results.own_metrics[:MOST_OWN])
    tables = {factor: results.estimate([factor], metrics_shown) for factor in factors}
    shown_columns = "metric", "mean", "n", "interval"
    defined = pl.concat([table.select(shown_columns) for table in tables.values()]).drop_nulls("mean")
    every = [metric for metric in metrics_shown if metric in defined["metric"]]
    if not every:
        return None
    (metrics,) = pages.share(every)
    width = style.DOUBLE if len(factors) > 1 else style.SINGLE
    room = ((pages.width(width) - LABELS) / len(factors) - 3 * style.MARGIN) / style.POINT
    named = [table[factor].unique() for factor, table in tables.items() if not table[factor].dtype.is_numeric()]
    below = max((panels.below(_names(levels, room), room) for levels in named), default=0.0)
    own = ", and own metrics," if any(map(is_own, every)) else ""
    title = f"Deterrence, escalation and harm{own} by {captions.names(factors)}"
    high = HEIGHT * len(metrics) + below + 8.0
    figure = pages.sheet(width, high, title, captions.setting(results), _note(results, factors, defined))
    grid = figure.subplots(len(metrics), len(factors), sharey="row", sharex="col", squeeze=False)
    for column, (factor, table) in enumerate(tables.items()):
        for axes, metric in zip(grid[:, column], metrics, strict=True):
            _effect(axes, table.filter(metric=metric), factor, shown(metric), room)
        grid[-1, column].set_xlabel(style.label(factor_label(factor, results.configuration), room))
    for row, metric in zip(grid, metrics, strict=True):
        label = style.label(metric_label(metric), 0.95 * HEIGHT / style.POINT)
        _scale(row, label, 0.0 if is_own(metric) else LEAST_RANGE)
    figure.align_ylabels(grid[:, 0])
    pages.letter(grid.ravel(), len(factors) * every.index(metrics[0]))
    return figure


def _note(results: Results, factors: list[str], defined: pl.DataFrame) -> str:
    several, chance = len(results.manifest.factors) > 1, defined["n"].max() != 1
    return captions.note(
        "Points: mean over all points of the design with that level." if several else "Points: means.",
        captions.interval(defined, "Bands or bars"),
        "Levels share random numbers, so differences between them are more precise." if chance else "",
        "Averted below zero: more than in the twin.",
        delays_said(results, factors),
        *_moved_in_both(results, factors),
        captions.held(results, factors),
        captions.origin(results),
    )


def _moved_in_both(results: Results, factors: list[str]) -> Iterator[str]:
    """What factors do to the twin too, which panels of contrasts with it do not show."""
    for factor in factors if not results.unreached else ():
        moved = in_both_worlds(results, factor).get("acts_averted") if factor in compared_factors(results) else None
        if moved and moved.acts_in_twin:
            low, *_, high = level_texts(ends(results, factor))
            ours, theirs = number(moved.world), number(moved.twin)
            yield (
                f"{factor_title(factor)} moves the twin too: from {low} to {high} acts a year change by {ours} in the "
                f"world, by {theirs} in the twin; panels show the contrast alone."
            )


def _names(levels: pl.Series, room: float) -> list[str]:
    return panels.fitted(tick_texts(levels.to_list()), room)


def _effect(axes: Axes, table: pl.DataFrame, factor: str, unit: float, room: float) -> None:
    """Means and intervals at the levels of a factor: a line over numbers, points over names."""
    is_scale, look = table[factor].dtype.is_numeric(), style.LINES[0]
    if is_scale:  # listed points come in any order
        table = table.sort(factor)
    levels = table[factor]
    mean, low, high = (unit * table[name].cast(pl.Float64).to_numpy() for name in ("mean", "low", "high"))
    if is_scale and table.height > 1:
        axes.fill_between(levels, low, high, color=look.color, alpha=style.SHADE, linewidth=0)
        axes.plot(levels, mean, marker=look.marker, color=look.color, clip_on=False)
        texts = level_texts(levels)
        if texts == list(map(level_text, levels)):
            panels.round_ticks(axes.xaxis, 5, STEPS, integer=levels.dtype.is_integer())
        else:  # so close that round numbers between them have no room
            axes.set_xticks([levels[0], levels[-1]], [texts[0], texts[-1]])
    else:
        places = levels.to_numpy() if is_scale else np.arange(table.height)
        bars = np.nan_to_num(np.stack([mean - low, high - mean]))
        axes.errorbar(places, mean, bars, fmt=look.marker, color=look.color, linewidth=1.0, capsize=2.0)
        panels.name_ticks(axes, places, _names(levels, room), room)
        axes.set_xlim(places[0] - 0.5, places[-1] + 0.5)
    axes.grid(axis="y")


def _scale(row: Any, label: str, least: float) -> None:
    """One scale for a row of panels, from or through zero: the twin's level, at which the toolbox changes nothing.

    It goes over `least` at least, in units shown.
    """
    low = min(0.0, *(axes.dataLim.y0 for axes in row))
    high = max(low + least, *(axes.dataLim.y1 for axes in row))
    high = high if high > low else low + LEAST_RANGE
    room = ROOM * (high - low)
    row[0].set_ylim(low - room if low < 0.0 else 0.0, high + room if high > 0.0 else 0.0)
    panels.round_ticks(row[0].yaxis, 4, STEPS)
    row[0].set_ylabel(label)
    for axes in row:
        axes.axhline(0.0, color="black", linewidth=0.6)

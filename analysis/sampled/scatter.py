"""The scatter of a sample: each headline metric over each drawn factor, with smooths and their bands."""

from typing import Any, NamedTuple

import numpy as np
import polars as pl
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from analysis.labels import factor_label, level_text, metric_label, number_of, shown, tick_texts
from analysis.plotting import captions, pages, panels, style
from analysis.results.folder import Results
from analysis.sampled.points import Outcome, outcomes, sample_of
from analysis.sampled.smooth import smooth
from analysis.sampled.tables import basis, ranked, scored
from analysis.statistics.intervals import quantile
from model.metrics.catalogue import EFFECTS

MOST_FACTORS = 4
"""Factors with a column each: those with the highest scores."""
MOST_POINTS, MOST_BARS = 400, 100
"""Points that a panel shows, taken evenly from all, and points up to which each has the bar of its interval."""
HIGH, KEY, LABELS = 29.0, 5.0, 14.0
"""Height of a row of panels and of the key, and the space beside panels for labels, in mm."""
WIDEST = 0.25
"""Half-width of a point's interval, as a share of the range of all points, up to which it is drawn."""
ROOM = 0.06
"""Room beyond the ends of the data, as a share of their range."""
STEPS = (1, 2, 2.5, 5, 10)
JITTER = 0.18
"""How far points of a name are spread, so that they do not hide one another."""


class Series(NamedTuple):
    """Points of one level of what is crossed, or of all: their name, how their line is drawn, and their figures."""

    name: str
    look: style.Line
    outcome: Outcome


def scatter_figure(results: Results) -> Figure | None:
    """Headline metrics at each drawn point over the factors with the highest scores; none where all are undefined."""
    sample, factors = sample_of(results), ranked(results)[:MOST_FACTORS]
    series = {metric: _series(results, metric) for metric in EFFECTS if metric not in results.missing}
    every = [metric for metric, each in series.items() if any(np.isfinite(one.outcome.mean).any() for one in each)]
    if not every or sample.frame.height < 2:
        return None
    (metrics,) = pages.share(every)
    wide = style.DOUBLE if len(factors) > 1 else style.SINGLE
    room = ((pages.width(wide) - LABELS) / len(factors) - 3 * style.MARGIN) / style.POINT
    lines = series[every[0]]
    key = [KEY / HIGH] * (len(lines) > 1)
    high = HIGH * (len(metrics) + sum(key)) + 9.0
    title = f"Headline figures over {captions.names(factors)}, at every drawn point"
    figure = pages.sheet(wide, high, title, captions.setting(results), _note(results, factors, series))
    grid = figure.add_gridspec(len(key) + len(metrics), len(factors), height_ratios=key + [1.0] * len(metrics))
    if key:
        _key(figure.add_subplot(grid[0, :]), lines, pages.width(wide) / style.POINT)
    places = np.ndindex(len(metrics), len(factors))
    axes = np.array([figure.add_subplot(grid[len(key) + row, place]) for row, place in places])
    axes = axes.reshape(len(metrics), len(factors))
    for row, metric in zip(axes, metrics, strict=True):
        for one, factor in zip(row, factors, strict=True):
            _panel(one, sample.frame[factor], series[metric], shown(metric), sample.weights, room)
            one.set_title(_score_words(results, metric, factor), loc="right", fontsize=style.TYPE, pad=3.0)
        _scale(row, series[metric], style.label(metric_label(metric), 0.95 * HIGH / style.POINT), shown(metric))
    for one, factor in zip(axes[-1], factors, strict=True):
        one.set_xlabel(style.label(factor_label(factor, results.configuration), room))
    for one in axes[:-1].ravel():
        one.tick_params(labelbottom=False)
    figure.align_ylabels(axes[:, 0])
    pages.letter(axes.ravel(), len(factors) * every.index(metrics[0]))
    return figure


def _series(results: Results, metric: str) -> list[Series]:
    """The figures of a metric: for each level of what is crossed as far as there are lines, else their mean."""
    levels = sample_of(results).levels
    if not 1 < levels.height <= len(style.LINES) or levels.width != 1:
        return [Series("", style.LINES[0], one) for one in outcomes(results, metric)]
    (column,) = levels
    titles = results.manifest.doctrine_titles if column.name == "doctrine" else {}
    names = [titles.get(str(level), level_text(level, column)) for level in column]
    each = outcomes(results, metric, apart=True)
    return [Series(*one) for one in zip(names, style.LINES, each, strict=False)]


def _score_words(results: Results, metric: str, factor: str) -> str:
    found = scored(results).get(metric, {}).get(factor)
    if found is None or found.mean != found.mean:
        return ""
    return f"δ {max(0.0, found.mean):.2f}" if found.beyond_chance else "δ unclear"


def _note(results: Results, factors: list[str], series: dict[str, list[Series]]) -> str:
    sample, every, lines = sample_of(results), ranked(results), len(next(iter(series.values())))
    n, manifest = sample.frame.height, results.manifest
    kinds = {sample.frame[name].dtype.is_numeric() for name in factors}
    return captions.note(
        f"n = {n:,} drawn points. Small marks: means of points over {number_of('replicate', manifest.replicates)}.",
        any(map(has_bars, series.values())) and "Thin bars: its 95 % interval, where that is not too wide to draw.",
        n * lines > MOST_POINTS
        and f"One in {-(-n * lines // MOST_POINTS):,} of the points is shown; lines and means rest on all.",
        True in kinds
        and "Lines: smoothing splines (generalised cross-validation) with 95 % bands (bootstrap over points).",
        False in kinds and "Large marks: means over the points with that name, with 95 % intervals (Student’s t).",
        bool(scored(results)) and "δ: score of the parameter for the figure, 0 to 1; unclear: chance may give as much.",
        len(every) > len(factors) and f"The {len(factors)} parameters with the highest scores of {len(every)}.",
        *basis(results, apart=lines > 1),
        captions.origin(results),
    )


def _key(axes: Axes, lines: list[Series], room: float) -> None:
    """Which line is of which level, side by side; `room` is the width of the sheet in points."""
    at = 0.0
    for one in lines:
        axes.plot([at, at + 24.0], [0.5, 0.5], color=one.look.color, linestyle=one.look.linestyle)
        axes.text(at + 28.0, 0.5, one.name, va="center")
        at += 44.0 + style.width_of(one.name)
    axes.set(xlim=(0.0, max(room, at)), ylim=(0.0, 1.0))
    axes.set_axis_off()


def has_bars(series: list[Series]) -> bool:
    """Whether points have the bars of their own intervals: where they are few, and bars leave the points apart."""
    mean, half = series[0].outcome
    there = np.isfinite(mean) & np.isfinite(half)
    if len(series) > 1 or len(mean) > MOST_BARS or not there.any():
        return False
    return bool(np.median(half[there]) < WIDEST * np.ptp(mean[there]))


def place_factor(axes: Axes, which: str, column: pl.Series, room: float) -> Any:
    """Where the values of a factor lie along an axis, which gets its scale and few ticks; `room` is in points."""
    if not column.dtype.is_numeric():
        levels = column.unique(maintain_order=True).sort().to_list()
        codes = column.replace_strict(levels, range(len(levels)), return_dtype=pl.Int64).to_numpy()
        names = tick_texts(levels)
        if which == "x":
            panels.name_ticks(axes, np.arange(len(levels)), panels.fitted(names, room), room)
            axes.set_xlim(-0.5, len(levels) - 0.5)
        else:
            axes.set_yticks(range(len(levels)), [style.wrapped(name, room) for name in names])
            axes.set_ylim(-0.5, len(levels) - 0.5)
        return codes
    values, axis = column.cast(pl.Float64).to_numpy(), axes.xaxis if which == "x" else axes.yaxis
    if panels.is_logarithmic(values):
        axes.set(**{f"{which}scale": "log"})
        ticks = panels.log_ticks(float(values.min()), float(values.max()))
        most = max(2, int(room / (4.0 * style.TYPE)))
        ticks = ticks[:: -(-len(ticks) // most)]
        axis.set_ticks(ticks, [f"{tick:g}" for tick in ticks])
        axis.set_ticks([], minor=True)
    else:
        panels.round_ticks(
            axis, max(2, min(4, int(room / (4.0 * style.TYPE)))), STEPS, integer=column.dtype.is_integer()
        )
    return values


def _panel(axes: Axes, column: pl.Series, series: list[Series], unit: float, weights: Any, room: float) -> None:
    """One metric over one factor."""
    places = place_factor(axes, "x", column, room)
    numeric = column.dtype.is_numeric()
    step = -(-len(places) * len(series) // MOST_POINTS)
    for at, one in enumerate(series):
        mean, half = unit * one.outcome.mean, unit * one.outcome.half
        apart = 0.0 if numeric else 0.8 / len(series) * (at - (len(series) - 1) / 2)
        spread = 0.0 if numeric else JITTER / len(series) * np.random.default_rng(1).uniform(-1.0, 1.0, len(places))
        x = places + apart + spread
        if has_bars(series):
            axes.errorbar(x, mean, np.nan_to_num(half), fmt="none", ecolor="#BBBBBB", elinewidth=0.4, zorder=1)
        marks: dict[str, Any] = {"marker": one.look.marker, "markersize": 1.8, "markeredgewidth": 0.0, "alpha": 0.45}
        axes.plot(x[::step], mean[::step], linestyle="none", color=one.look.color, zorder=2, **marks)
        if numeric:
            _line(axes, places, mean, one.look, weights)
        else:
            _means(axes, places, mean, one.look, apart)
    axes.grid(axis="y")


def _line(axes: Axes, places: Any, mean: Any, look: style.Line, weights: Any) -> None:
    """The smooth with its band; over the logarithm where the axis has it."""
    log = axes.get_xscale() == "log"
    found = smooth(np.log(places) if log else places, mean, weights)
    if found is not None:
        at = np.exp(found.at) if log else found.at
        axes.fill_between(at, found.low, found.high, color=look.color, alpha=style.SHADE, linewidth=0, zorder=3)
        axes.plot(at, found.mean, color=look.color, linestyle=look.linestyle, zorder=4)


def _means(axes: Axes, places: Any, mean: Any, look: style.Line, apart: float) -> None:
    """The mean of the points of each name, with its interval."""
    for level in np.unique(places):
        found = mean[(places == level) & np.isfinite(mean)]
        if len(found) > 1:
            half = quantile(len(found)) * found.std(ddof=1) / np.sqrt(len(found))
            axes.errorbar(
                [level + apart], [found.mean()], [half], fmt=look.marker, color=look.color, capsize=2.0, zorder=4
            )


def _scale(row: Any, series: list[Series], label: str, unit: float) -> None:
    """One scale for a row of panels: that of the points, which the bars of single points may leave."""
    values = np.concatenate([unit * one.outcome.mean[np.isfinite(one.outcome.mean)] for one in series])
    low, high = float(values.min()), float(values.max())
    room = ROOM * (high - low or 1.0)
    for axes in row:
        axes.set_ylim(low - room, high + room)
        panels.round_ticks(axes.yaxis, 4, STEPS)
        if low < 0.0 < high:
            axes.axhline(0.0, color="black", linewidth=0.6)
        if axes is not row[0]:
            axes.tick_params(labelleft=False)
    row[0].set_ylabel(label)

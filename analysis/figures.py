"""Figures of a sweep: headline rates over each pair of factors, and the main effects of each factor."""

import textwrap
from itertools import combinations
from typing import Any

import matplotlib as mpl
import numpy as np
import polars as pl
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import PercentFormatter

from analysis import style
from analysis.estimates import estimate
from analysis.labels import factor_title, is_share, level_text, short_level
from analysis.results import Results
from model.metrics import METRICS

HEAT_METRICS = ("deterrence_rate", "escalation_rate")
EFFECT_METRICS = ("deterrence_rate", "escalation_rate", "harm_averted", "severe_averted")
LEAST_RANGE = 1e-3
"""Range of shares below which differences are not blown up."""
MOST_FACTORS = 4
"""Factors that a figure shows at most; the first of the experiment."""
WRAP = 170
"""Characters of a line of notes on a full page."""
MOST_NUMBERS = 8
"""Levels of a factor up to which cells have room for their values."""
ROTATED = 6
"""Tick labels longer than this are turned."""


def sweep_figures(results: Results) -> dict[str, Figure]:
    """All figures of a sweep by name."""
    factors = list(results.manifest.factors)[:MOST_FACTORS]
    figures = {}
    with mpl.rc_context(style.SETTINGS):
        if len(factors) > 1:
            figures = {metric: heat_maps(results, factors, metric) for metric in HEAT_METRICS}
        figures["main_effects"] = main_effects(results, factors)
    return figures


def note(results: Results, *sentences: str) -> str:
    """What every figure of a sweep says below: what is shown, n, and where it comes from."""
    manifest, runs = results.manifest, results.runs.height
    n = f"n = {runs:,} runs: {manifest.points:,} points × {manifest.replicates:,} replicates, seed {manifest.seed}."
    return textwrap.fill(" ".join((*sentences, n, f"{manifest.stamp}.")), WRAP)


def heat_maps(results: Results, factors: list[str], metric: str) -> Figure:
    """A metric over each pair of factors, averaged over the others: cells, and contours between their centres."""
    pairs = list(combinations(factors, 2))
    columns = min(3, len(pairs))
    rows = -(-len(pairs) // columns)
    facts = METRICS[metric]
    tables = [estimate(results.runs, results.design, pair, [metric]) for pair in pairs]
    what = f"{facts.title}: {facts.definition}, in per cent; {facts.unit}. Averaged over the other factors."
    text = note(results, what, _half_width(tables))
    width, text = (style.FULL, text) if columns > 1 else (style.COLUMN + 1.0, textwrap.fill(text, 100))
    figure = style.sheet(width, 2.45 * rows + 0.65, f"{facts.title} over pairs of factors", text)
    grids = [_grid(results, pair, table) for pair, table in zip(pairs, tables, strict=True)]
    low, high = _limits(grids)
    axes = figure.subplots(rows, columns, squeeze=False).ravel()
    for place, (pair, grid) in enumerate(zip(pairs, grids, strict=True)):
        image = _heat_map(axes[place], results, pair, grid, low, high)
    for empty in axes[len(pairs) :]:
        empty.set_axis_off()
    bar = figure.colorbar(image, ax=axes.tolist(), shrink=0.9, aspect=25, pad=0.015)
    bar.ax.yaxis.set_major_formatter(PercentFormatter(1.0, symbol=" %"))
    bar.outline.set_linewidth(0.4)  # type: ignore[operator]
    return figure


def _limits(grids: list[Any]) -> tuple[float, float]:
    """Colour limits that all panels share; apart even where nothing varies."""
    values = np.concatenate([grid.ravel() for grid in grids])
    if np.isnan(values).all():
        return 0.0, 1.0
    low, high = float(np.nanmin(values)), float(np.nanmax(values))
    if high - low > LEAST_RANGE:
        return low, high
    return (0.0, LEAST_RANGE) if 0.0 <= low < LEAST_RANGE / 2 else (low - LEAST_RANGE / 2, high + LEAST_RANGE / 2)


def _half_width(tables: list[pl.DataFrame]) -> str:
    """The widest 95 % interval among the cells, as a sentence."""
    widest = pl.concat([table["high"] - table["low"] for table in tables]).max()
    if not isinstance(widest, float):
        return "Cells have no interval: it takes two replicates."
    return f"95 % intervals of cells: ± {50 * widest:.2g} percentage points at most."


def _levels(results: Results, factor: str) -> list[Any]:
    return results.design[factor].unique(maintain_order=True).to_list()


def _grid(results: Results, pair: tuple[str, str], table: pl.DataFrame) -> Any:
    """Means [level of the second factor, level of the first]; NaN where undefined."""
    means = dict(zip(table.select(pair).rows(), table["mean"], strict=True))
    across, up = (_levels(results, factor) for factor in pair)
    rows = [[means.get((a, b)) for a in across] for b in up]
    return np.array([[np.nan if mean is None else mean for mean in row] for row in rows])


def _heat_map(axes: Axes, results: Results, pair: tuple[str, str], grid: Any, low: float, high: float) -> Any:
    image = axes.imshow(grid, origin="lower", aspect="auto", cmap=style.SEQUENTIAL, vmin=low, vmax=high)
    if max(grid.shape) <= MOST_NUMBERS:
        _numbers(axes, grid, low, high)
    for axis, factor in ((axes.xaxis, pair[0]), (axes.yaxis, pair[1])):
        labels = [short_level(level) for level in _levels(results, factor)]
        axis.set_ticks(range(len(labels)), labels)
        axis.set_label_text(factor_title(factor))
    _turn(axes, [label.get_text() for label in axes.get_xticklabels()])
    axes.tick_params(length=2, labelsize=6.4)
    axes.spines[:].set_visible(False)
    return image


def _numbers(axes: Axes, grid: Any, low: float, high: float) -> None:
    """The value of each cell in per cent, white where cells are dark."""
    digits = 1 if high - low > 0.01 else 2
    for (row, column), share in np.ndenumerate(grid):
        if np.isfinite(share):
            colour = "white" if share < (low + high) / 2 else "black"
            text = f"{100 * share:.{digits}f}"
            axes.text(column, row, text, fontsize=5.6, color=colour, ha="center", va="center")


def _turn(axes: Axes, labels: list[str]) -> None:
    """Turn tick labels that would run into each other."""
    if max(map(len, labels)) > ROTATED:
        axes.tick_params(axis="x", labelrotation=35)
        for label in axes.get_xticklabels():
            label.set(horizontalalignment="right", rotation_mode="anchor")


def main_effects(results: Results, factors: list[str]) -> Figure:
    """Headline metrics at each level of each factor, with 95 % bands."""
    text = note(
        results,
        "Lines: mean over all points with that level. Bands: 95 % intervals, replicates as independent units;"
        " levels share random numbers, so differences along a line are surer than its bands.",
    )
    height = 1.35 * len(EFFECT_METRICS) + 0.75
    width = style.FULL if len(factors) > 1 else style.COLUMN + 0.6
    figure = style.sheet(width, height, "Main effects", text if len(factors) > 1 else textwrap.fill(text, 85))
    grid = figure.subplots(len(EFFECT_METRICS), len(factors), sharey="row", sharex="col", squeeze=False)
    for column, factor in enumerate(factors):
        table = estimate(results.runs, results.design, [factor], EFFECT_METRICS)
        for row, metric in enumerate(EFFECT_METRICS):
            _effect(grid[row, column], table.filter(pl.col("metric") == metric), factor, metric)
        grid[-1, column].set_xlabel(factor_title(factor))
    for row, metric in enumerate(EFFECT_METRICS):
        grid[row, 0].set_ylabel(METRICS[metric].title)
        _scale(grid[row, 0], metric)
        low, high = grid[row, 0].get_ylim()
        if low < 0.0 < high:
            for axes in grid[row]:
                axes.axhline(0.0, color="black", linewidth=0.6)
    return figure


def _effect(axes: Axes, table: pl.DataFrame, factor: str, metric: str) -> None:
    table = table.filter(pl.col("mean").is_not_null())
    numeric = table[factor].dtype.is_numeric()
    places = table[factor].to_numpy() if numeric else np.arange(table.height)
    low, high = (table[end].fill_null(pl.Series(table["mean"])).to_numpy() for end in ("low", "high"))
    mean = table["mean"].to_numpy()
    if numeric:
        axes.fill_between(places, low, high, color=style.BLUE, alpha=0.25, linewidth=0)
        axes.plot(places, mean, marker="o", color=style.BLUE, clip_on=False)
    else:
        axes.errorbar(places, mean, np.stack([mean - low, high - mean]), fmt="o", color=style.BLUE, linewidth=1)
        labels = [level_text(level) for level in table[factor]]
        axes.set_xticks(places, labels)
        axes.set_xlim(-0.5, len(labels) - 0.5)
        _turn(axes, labels)
    axes.grid(axis="y")


def _scale(axes: Axes, metric: str) -> None:
    """Per cent on the axis, over a range that does not blow up what is nothing."""
    low, high = axes.get_ylim()
    if high - low < LEAST_RANGE:
        middle = (low + high) / 2
        axes.set_ylim(
            (0.0, LEAST_RANGE) if middle < LEAST_RANGE / 2 else (middle - LEAST_RANGE / 2, middle + LEAST_RANGE / 2)
        )
    if is_share(metric):
        axes.yaxis.set_major_formatter(PercentFormatter(1.0, symbol=" %"))

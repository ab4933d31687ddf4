"""The figure of a single run: acts, responses, credibility and grievance over time, beside the twin."""

import textwrap
from typing import Any

import matplotlib as mpl
import numpy as np
import polars as pl
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from agents.catalogue import CATEGORIES
from analysis import style
from analysis.results import Results
from model.configuration import Configuration

QUARTER = 13
"""Weeks of a bin."""
BAR = 0.21
"""Width of a bar in years: a quarter less a gap."""


def run_figure(results: Results) -> Figure:
    """A run over time; raises where its folder has no weekly series."""
    series, manifest = results.series, results.manifest
    quarters = binned(series)
    text = (
        f"n = 1 run (seed {manifest.seed}, replicate {manifest.first_replicate}): a story, no interval. Bars are sums "
        "over 13 weeks, lines are weekly. The twin is the same world with the same chance events under the reference "
        "doctrine. "
        f"{manifest.stamp}."
    )
    with mpl.rc_context(style.SETTINGS):
        figure = style.sheet(style.FULL, 6.2, manifest.title, textwrap.fill(text, 170))
        axes = figure.subplots(4, 1, sharex=True, height_ratios=(1.7, 1.3, 1.0, 1.0))
        _acts(axes[0], quarters, results.configuration)
        _responses(axes[1], quarters, results.configuration)
        _state(axes[2], series, "credibility", "Credibility of the Union, 0 to 1")
        axes[2].set_ylim(0.0, 1.0)
        _state(axes[3], series, "grievance", "Mean grievance of perpetrators")
        top = max(axes[3].get_ylim()[1], 1e-3)
        axes[3].set_ylim(-0.04 * top, top)  # room for the line of a twin at nothing
        axes[3].set_xlabel("Year")
        axes[3].xaxis.set_major_locator(MaxNLocator(12, integer=True))
        first, last = _years(series["date"])[[0, -1]]
        axes[3].set_xlim(first - 0.02, last + 0.04)
    return figure


def _years(dates: pl.Series) -> Any:
    """Dates as years with fractions."""
    return dates.dt.year().to_numpy() + (dates.dt.ordinal_day().to_numpy() - 1) / 365.25


def binned(series: pl.DataFrame) -> pl.DataFrame:
    """Sums over quarters of 13 weeks, with `year`, the middle of each; a last quarter cut short is left out."""
    whole = series.head(max(QUARTER, series.height // QUARTER * QUARTER))
    quarter = pl.int_range(whole.height) // QUARTER
    sums = whole.group_by(quarter.alias("quarter"), maintain_order=True).agg(
        pl.col("date").first(), pl.exclude("date", "week").sum()
    )
    return sums.with_columns(pl.Series("year", _years(sums["date"]) + 0.125))


def _acts(axes: Axes, quarters: pl.DataFrame, configuration: Configuration) -> None:
    """Acts by class of severity in stacked bars, and the twin's total as a line of steps."""
    severe = configuration.scenario.severity.severe_threshold
    classes = ((0.0, severe / 2, f"below {severe / 2:g}"), (severe / 2, severe, f"{severe / 2:g} to {severe:g}"))
    below = np.zeros(quarters.height)
    severities = list(configuration.severities().items())
    for (low, high, label), colour in zip(
        (*classes, (severe, 9.0, f"{severe:g} or more")), style.SEVERITIES, strict=True
    ):
        # the threshold less an ulp or so, as the model itself counts severe acts
        names = [f"acts_{name}" for name, value in severities if value > 0.0 and low <= value + 1e-9 < high]
        heights = quarters.select(names).sum_horizontal().to_numpy() if names else np.zeros(quarters.height)
        axes.bar(quarters["year"], heights, BAR, below, color=colour, label=f"severity {label}", linewidth=0)
        below = below + heights
    top = below.max(initial=1.0)
    if "twin_acts" in quarters.columns:
        axes.step(
            quarters["year"],
            quarters["twin_acts"],
            where="mid",
            color="black",
            linewidth=1.0,
            label="all acts of the twin",
        )
        top = max(top, float(quarters["twin_acts"].max() or 0))  # type: ignore[arg-type]
    _panel(axes, "Acts a quarter, by severity", top, legend=4)


def _responses(axes: Axes, quarters: pl.DataFrame, configuration: Configuration) -> None:
    """Measures adopted on cases in stacked bars, by category up the ladder; failed votes hang below."""
    years, below = quarters["year"], np.zeros(quarters.height)
    on_cases = {measure.category for measure in configuration.measures.values() if measure.occasion == "case"}
    for category, colour in zip(CATEGORIES, style.LADDER, strict=True):
        if category in on_cases:
            heights = quarters[f"adopted_{category}"].to_numpy()
            axes.bar(years, heights, BAR, below, color=colour, edgecolor="black", label=category, linewidth=0.3)
            below = below + heights
    failed = quarters["votes_failed"].to_numpy()
    axes.bar(
        years,
        -failed,
        BAR,
        color="white",
        edgecolor=style.VERMILION,
        hatch="//////",
        linewidth=0.6,
        label="votes failed (downwards)",
    )
    axes.axhline(0.0, color="black", linewidth=0.6)
    axes.yaxis.set_major_formatter(lambda count, _place: f"{abs(count):g}")
    bottom = -1.1 * float(failed.max(initial=0))
    _panel(axes, "Measures adopted a quarter", float(below.max(initial=1.0)), legend=5, bottom=bottom)


def _state(axes: Axes, series: pl.DataFrame, name: str, title: str) -> None:
    """A state of the world, and the twin's."""
    years = _years(series["date"])
    if f"twin_{name}" in series.columns:
        axes.plot(years, series[f"twin_{name}"], color=style.TWIN, linestyle=(0, (4, 2)), linewidth=1.0, label="twin")
    axes.plot(years, series[name], color=style.WORLD, label="world")
    axes.set_title(title)
    axes.grid(axis="y")
    axes.legend(loc="lower right", bbox_to_anchor=(1.0, 0.98), ncols=2, borderaxespad=0.0)


def _panel(axes: Axes, title: str, top: float, *, legend: int, bottom: float = 0.0) -> None:
    axes.set_title(title)
    axes.set_ylim(bottom, 1.08 * top)
    axes.grid(axis="y")
    axes.legend(
        loc="lower right",
        bbox_to_anchor=(1.0, 0.98),
        ncols=legend,
        borderaxespad=0.0,
        columnspacing=1.2,
        handlelength=1.4,
    )

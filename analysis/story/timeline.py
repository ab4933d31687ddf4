"""The figure of a single run: acts, responses, credibility and grievance over time, beside the twin."""

import math
from collections.abc import Iterable, Sequence
from datetime import timedelta
from typing import Any

import numpy as np
import polars as pl
from matplotlib.axes import Axes
from matplotlib.dates import DateFormatter, YearLocator, date2num
from matplotlib.figure import Figure

from agents.catalogue import CATEGORIES
from analysis.labels import INVENTED, changes
from analysis.plotting import pages, panels, style
from analysis.results.folder import Results
from analysis.results.single_run import PHASE
from model.configuration import Configuration

QUARTER = 13
"""Weeks of a bin."""
YEAR = 52
"""Weeks from which bars are quarters; a shorter run has bars of a week."""
GAP = 0.15
"""Space between bars, over the width of a bin."""
HEIGHTS = (36.0, 32.0, 24.0, 24.0)
"""Heights of the panels with what is around them, in mm."""
MOST_TICKS = 12
"""Ticks of years at most; whole dates, twice as wide, are at most half as many."""
MOST_DAYS = 3
"""Years up to which ticks are whole dates."""
SHADE: dict[str, Any] = {"color": "#9a9a9a", "alpha": 0.25}
"""Look of the weeks in which a phase of the doctrine held."""
FEW = 13
"""Weeks up to which lines mark each."""


def run_figure(results: Results) -> Figure:
    """A run over time; raises where its folder has no weekly series."""
    series, configuration = results.series, results.configuration
    weeks = QUARTER if series.height >= YEAR else 1
    bins = binned(series, weeks)
    title = "Acts, answers, credibility and grievance in one run, with its twin"
    draws = (
        lambda axes: _acts(axes, bins, configuration, weeks),
        lambda axes: _responses(axes, bins, configuration, weeks),
        lambda axes: _state(axes, series, "credibility", "Credibility (0 to 1)", top=1.0),
        lambda axes: _state(axes, series, "grievance", "Mean grievance (utility)"),
    )
    (here,) = pages.share(range(len(draws)))
    heights = [HEIGHTS[which] for which in here]
    figure = pages.sheet(style.DOUBLE, sum(heights), title, _setting(results), _note(results, weeks))
    places = figure.subplots(len(here), 1, sharex=True, height_ratios=heights, squeeze=False)[:, 0]
    for axes, which in zip(places, here, strict=True):
        draws[which](axes)
        _shade(axes, series, configuration)
    dates_axis(places[-1], series["date"])
    figure.align_ylabels(places)
    pages.letter(places, here[0])
    return figure


def _shade(axes: Axes, series: pl.DataFrame, configuration: Configuration) -> None:
    """Shade the weeks in which a phase of the doctrine held, the darker the more of them did."""
    days = days_of(series["date"])
    for name in configuration.doctrine.phases:
        held = series[f"{PHASE}{name}"].to_numpy() == 1
        place: dict[str, Any] = {
            "transform": axes.get_xaxis_transform(),
            "step": "post",
            "linewidth": 0.0,
            "zorder": 0.5,
        }
        axes.fill_between(np.append(days, days[-1] + 7.0), 0.0, 1.0, where=np.append(held, held[-1]), **SHADE, **place)


def _setting(results: Results) -> str:
    base = results.configuration
    first, last = results.series["date"][0], results.series["date"][-1] + timedelta(days=6)
    world = f"Doctrine “{base.doctrine.title}” in scenario “{base.scenario.title}”{changes(base)}"
    return f"{INVENTED} {world}; {first} to {last}; n = 1 run"


def _note(results: Results, weeks: int) -> str:
    rest, manifest, twin = results.series.height % weeks, results.manifest, results.configuration.reference.doctrine
    return (
        "One run is a story, not an estimate: it has no interval. "
        + (f"Bars: sums over {weeks} weeks" if weeks > 1 else "Bars: weeks")
        + (f"; the last {rest} weeks do not fill a bar. " if rest else ". ")
        + ("Shaded: a phase of the doctrine holds. " if results.configuration.doctrine.phases else "")
        + "Credibility and grievance: weekly. Twin: the same world, on the same random numbers, under "
        f"“{twin.title}”. Seed {manifest.seed}, replicate {manifest.first_replicate}; {manifest.stamp}."
    )


def binned(series: pl.DataFrame, weeks: int = QUARTER) -> pl.DataFrame:
    """Sums over bins of so many weeks, with `date`, the first day of each; a last bin cut short is left out."""
    whole = series.head(max(weeks, series.height // weeks * weeks))
    bins = whole.group_by((pl.int_range(whole.height) // weeks).alias("bin"), maintain_order=True)
    return bins.agg(pl.col("date").first(), pl.exclude("date", "week").sum())


def dates_axis(axes: Axes, dates: pl.Series) -> None:
    """The axis of time, from the first day to the last."""
    days, years = days_of(dates), len(dates) / YEAR
    axes.set_xlim(days[0], days[-1] + 7.0)
    if years > MOST_DAYS:
        axes.xaxis.set_major_locator(YearLocator(math.ceil(years / MOST_TICKS)))  # type: ignore[no-untyped-call]
        axes.xaxis.set_major_formatter(DateFormatter("%Y"))  # type: ignore[no-untyped-call]
    else:
        every = math.ceil(2 * len(dates) / MOST_TICKS)
        axes.set_xticks(days[::every], [day.isoformat() for day in dates[::every]])
    axes.set_xlabel("Year" if years > MOST_DAYS else "First day of week (date)")


def days_of(dates: pl.Series) -> Any:
    """Dates as places on an axis of time."""
    return np.asarray(date2num(dates.to_numpy()))  # type: ignore[no-untyped-call]


def _stack(axes: Axes, bins: pl.DataFrame, weeks: int, parts: Iterable[tuple[str, str, Sequence[str]]]) -> Any:
    """Bars on one another, each with its label, its colour and the columns it adds up; returns how high they reach."""
    below = np.zeros(bins.height)
    for label, colour, columns in parts:
        heights = sum((bins[name].to_numpy() for name in columns), np.zeros(bins.height))
        _bars(axes, bins, weeks, heights, below, label, color=colour)
        below = below + heights
    return below


def _bars(axes: Axes, bins: pl.DataFrame, weeks: int, heights: Any, below: Any, label: str, **look: Any) -> None:
    days = 7.0 * weeks
    middle = days_of(bins["date"]) + days / 2
    axes.bar(middle, heights, (1.0 - GAP) * days, below, label=label, edgecolor="black", linewidth=0.3, **look)


def _acts(axes: Axes, bins: pl.DataFrame, configuration: Configuration, weeks: int) -> None:
    """Acts by class of severity in stacked bars, and the twin's total as a line of steps."""
    severe = configuration.scenario.severity.severe_threshold
    classes = (
        (0.0, severe / 2, f"severity below {severe / 2:g}"),
        (severe / 2, severe, f"{severe / 2:g} to {severe:g}"),
        (severe, 9.0, f"{severe:g} or more"),
    )
    severities = [(name, value) for name, value in configuration.severities().items() if value > 0.0]
    # the threshold less an ulp or so, as the model itself counts severe acts
    columns = [[f"acts_{name}" for name, value in severities if low <= value + 1e-9 < high] for low, high, _ in classes]
    labels = [label for *_, label in classes]
    below = _stack(axes, bins, weeks, zip(labels, style.SEVERITIES, columns, strict=True))
    top = below.max(initial=1.0)
    if "twin_acts" in bins.columns:
        twin = bins["twin_acts"].to_numpy()
        edges = np.append(days_of(bins["date"]), days_of(bins["date"])[-1] + 7.0 * weeks)
        axes.stairs(twin, edges, baseline=None, label="all acts of the twin", **style.TWIN)
        top = max(top, twin.max())
    _panel(axes, f"Acts (number per {_unit(weeks)})", 0.0, float(top))


def _unit(weeks: int) -> str:
    return f"{weeks} weeks" if weeks > 1 else "week"


def _responses(axes: Axes, bins: pl.DataFrame, configuration: Configuration, weeks: int) -> None:
    """Measures adopted on cases in stacked bars, by category up the ladder; failed votes hang below."""
    on_cases = {measure.category for measure in configuration.measures.values() if measure.occasion == "case"}
    ladder = zip(CATEGORIES, style.LADDER, strict=True)
    parts = [(category, colour, [f"adopted_{category}"]) for category, colour in ladder if category in on_cases]
    below = _stack(axes, bins, weeks, parts)
    failed = bins["votes_failed"].to_numpy()
    _bars(axes, bins, weeks, -failed, 0.0, "votes failed (downwards)", color="white", hatch="//////")
    axes.axhline(0.0, color="black", linewidth=0.6)
    axes.yaxis.set_major_formatter(lambda count, _place: f"{abs(count):g}")
    _panel(axes, f"Measures (number per {_unit(weeks)})", -float(failed.max(initial=0)), float(below.max(initial=1.0)))
    if not below.any() and not failed.any():
        axes.text(0.5, 0.5, "no measure adopted, no vote failed", transform=axes.transAxes, ha="center", va="center")


def _panel(axes: Axes, label: str, bottom: float, top: float) -> None:
    """Counts: a scale with room around, and a legend above the panel."""
    axes.set_ylim(1.08 * bottom, 1.08 * top)
    panels.round_ticks(axes.yaxis, 5, integer=True)
    axes.set_ylabel(style.label(label, 88.0))
    axes.grid(axis="y")
    place: dict[str, Any] = {"loc": "lower right", "bbox_to_anchor": (1.0, 0.98), "borderaxespad": 0.0}
    axes.legend(ncols=5, columnspacing=1.2, handlelength=2.0, **place)


def _state(axes: Axes, series: pl.DataFrame, name: str, label: str, top: float | None = None) -> None:
    """A state of the world and the twin's, named where they end."""
    days, marker = days_of(series["date"]) + 3.5, "o" if series.height <= FEW else None
    ends = {}
    for who, column, look in (("twin", f"twin_{name}", style.TWIN), ("world", name, style.WORLD)):
        if column in series.columns:
            axes.plot(days, series[column].to_numpy(), marker=marker, clip_on=False, **look)
            ends[who] = float(series[column][-1])
    top = top or max(axes.get_ylim()[1], 1e-3)
    axes.set_ylim(-0.05 * top, top)  # room for the line of a twin at nothing
    panels.round_ticks(axes.yaxis, 3)
    axes.set_ylabel(style.label(label, 60.0))
    axes.grid(axis="y")
    panels.label_ends(axes, ends)

"""The figure of `deter years`: how far each year lies from the others, with intervals, and the trend of each metric."""

import polars as pl
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from analysis.labels import metric_label, shown
from analysis.plotting import captions, pages, panels, style
from analysis.results.folder import Results
from analysis.years.levels import YEARLY
from analysis.years.tables import LEVELS, RISE, TRENDS, read_years, trend_text

TWIN = "twin_"
HIGH = 42.0
"""Height of a panel with its labels, in mm."""


def years_figure(results: Results) -> Figure | None:
    """Levels by year, beside those of the twin where it has any of its own; none where nothing is defined."""
    found = read_years(results)
    if found is None:
        return None
    levels, trends = found[LEVELS], found[TRENDS]
    defined = levels.drop_nulls("mean")
    metrics = [name for name in YEARLY if not name.startswith(TWIN) and name in defined["metric"]]
    if not metrics:
        return None
    note = captions.note(captions.interval(defined, "Bands"), RISE, captions.origin(results))
    words = "Levels by year and their trend", captions.setting(results), note
    figure, width, places = pages.grid(metrics, HIGH, *words)
    for axes, metric in places:
        _panel(axes, defined, metric, width)
        trend = trends.row(by_predicate=pl.col("metric") == metric, named=True)
        axes.set_title(f"trend {trend_text(trend)}", fontsize=style.TYPE, loc="right")
    return figure


def _panel(axes: Axes, levels: pl.DataFrame, metric: str, width: float) -> None:
    """A metric over the years, with its twin's where there is one."""
    unit = shown(metric)
    for name, look, label in ((metric, style.LINES[0], "world"), (TWIN + metric, style.LINES[3], "twin")):
        rows = levels.filter(metric=name)
        if not rows.height:
            continue
        mean, low, high = (unit * rows[column].to_numpy() for column in ("mean", "low", "high"))
        axes.fill_between(rows["year"], low, high, color=look.color, alpha=style.SHADE, linewidth=0)
        axes.plot(rows["year"], mean, **look.look, label=label, clip_on=False)
    if len(axes.lines) > 1:
        axes.legend(loc="lower left")
    axes.set_ylim(min(0.0, axes.get_ylim()[0]), max(0.0, axes.get_ylim()[1]))  # so that a trend is seen for what it is
    axes.axhline(0.0, color="black", linewidth=0.6)
    axes.grid(axis="y")
    axes.xaxis.set_major_locator(MaxNLocator(10, integer=True))
    panels.round_ticks(axes.yaxis, 4)
    axes.set_xlabel("Year after the burn-in")
    axes.set_ylabel(style.label(metric_label(metric), 0.9 * HIGH / style.POINT))

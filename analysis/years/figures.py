"""Figures over time: of `deter years` each year and the trend, of a sweep each quarter and how far runs spread."""

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
import polars as pl
from matplotlib.axes import Axes
from matplotlib.dates import AutoDateLocator, ConciseDateFormatter
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from agents.catalogue import KINDS
from analysis.labels import factor_title, level_text, listed, metric_label, shown
from analysis.plotting import captions, pages, panels, style
from analysis.results.folder import Results
from analysis.years.levels import YEARLY
from analysis.years.over_time import ALL, DOCTRINE, SINGLY, factors_over_time, over_time
from analysis.years.tables import LEVELS, RISE, TRENDS, read_years, trend_text
from model.errors import printable
from model.metrics.columns import WORDS
from model.metrics.quarters import OF_KINDS, QUARTERLY

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


QUARTERLY_HIGH, OF_KIND_HIGH = 37.0, 33.0
"""Heights of panels over quarters with their labels, in mm: two in a row, or as many as there are kinds."""
BANDS = (("q05", "q95", 0.10), ("q25", "q75", 0.16), ("low", "high", 0.40))
"""Bands about a mean, from the widest to its interval, and how opaque each is."""
MOST_LINES = 3
"""Levels that one panel holds beside the twin."""
KEY, KEYS_FROM = 32.0, 14.0
"""Room of a line in a legend beside its name, in points, and where the first panel begins, in mm."""
EVERY = 8
"""Quarters from one marker of a line to the next."""


class Drawn(NamedTuple):
    """A line of a panel: rows of the table, its look, its name and its bands."""

    rows: pl.DataFrame
    look: dict[str, Any]
    label: str
    bands: Sequence[tuple[str, str, float]]


def over_time_figure(results: Results, by: Sequence[str] | None = None) -> Figure | None:
    """Each figure of each quarter, in the world and in its twin; with levels of factors `by`, a line for each."""
    return _quarters(results, by, [(name, ALL) for name in QUARTERLY], "What happens over time")


def over_time_by_kind_figure(results: Results, by: Sequence[str] | None = None) -> Figure | None:
    """Acts, severe acts, pressure and grievance of each quarter by kind of perpetrators, as `over_time_figure`."""
    return _quarters(results, by, list(OF_KINDS), "What happens over time, by kind of perpetrator")


def _quarters(
    results: Results, by: Sequence[str] | None, wanted: Sequence[tuple[str, str]], title: str
) -> Figure | None:
    by = factors_over_time(results) if by is None else list(by)
    found = over_time(results, by)
    held = set(found.select("metric", "kind").unique().rows())
    parts = [part for part in wanted if part in held]
    if not parts:
        return None
    levels, names = _levels(results, found, by)
    kinds = [kind for kind in KINDS if any(kind == part for _, part in parts)]
    high = OF_KIND_HIGH if kinds else QUARTERLY_HIGH
    words = title, captions.setting(results), _note(results, found, by, levels, names)
    figure, width, places = pages.grid(parts, high, *words, columns=len(kinds) or 2)
    for at, (axes, (metric, kind)) in enumerate(places):
        own = found.filter(metric=metric, kind=kind)
        for line in _lines(own, by, levels[:MOST_LINES], names):
            _draw(axes, line)
        _frame(axes, metric, high, width)
        if kind != ALL:
            axes.set_title(WORDS[kind], fontsize=style.TYPE, loc="right")
        if at == 0:
            _legend(axes, high)
    return figure


def _legend(axes: Axes, high: float) -> None:
    """What lines are, above the first panel and as wide as the figure: in one row, or in two."""
    lines = [*axes.lines[1:], axes.lines[0]]  # the twin is the first to be drawn
    labels = [str(line.get_label()) for line in lines]
    room = (pages.width(style.DOUBLE) - KEYS_FROM) / style.POINT
    rows = 1 if sum(style.width_of(label) + KEY for label in labels) < room else 2
    legend = axes.legend(lines, labels, loc="lower left", bbox_to_anchor=(0.0, 1.14), ncols=-(-len(labels) // rows))
    legend.set_in_layout(False)  # or it would widen its panel
    line = style.TYPE * style.LEADING * style.POINT / high
    axes.text(0.0, 1.2 + 1.6 * rows * line, " ", transform=axes.transAxes)  # which leaves room for it


def _levels(results: Results, found: pl.DataFrame, by: Sequence[str]) -> tuple[list[Any], dict[Any, str]]:
    """The levels that have lines, the reference of a comparison first, and what each is called."""
    levels = found.select(by).unique(maintain_order=True).rows() if by else [()]
    titles = results.manifest.doctrine_titles
    reference = results.manifest.design.get("reference")
    levels = sorted(levels, key=lambda level: reference not in level)

    def text(path: str, value: Any) -> str:
        if path == DOCTRINE:
            return printable(titles.get(str(value), str(value)))
        return f"{factor_title(path)} {level_text(value)}"

    texts = {level: ", ".join(map(text, by, level)) for level in levels}
    return levels, texts


def _note(
    results: Results, found: pl.DataFrame, by: Sequence[str], levels: Sequence[Any], names: dict[Any, str]
) -> str:
    """What lines and bands are, which levels have none, and where the figure comes from."""
    several = len(levels) > 1
    bands = "Lighter bands: the middle 50 % and 90 % of single runs." if not several else ""
    rest = [names[level] for level in levels[MOST_LINES:]]
    left = f"Not shown, but in the table over_time: {listed(rest)}." if rest else ""
    twin = f"Twin: of {names[levels[0]]}." if several and by != [DOCTRINE] else ""
    of_bands = captions.interval(found, "Dark bands" if not several else "Bands")
    held = captions.held(results, list(by)) if len(results.manifest.factors) > len(by) else ""
    sums = "Sums of a quarter of 13 weeks; credibility, pressure and grievance are means over its weeks."
    return captions.note(sums, of_bands, SINGLY, bands, left, twin, held, captions.origin(results))


def _lines(own: pl.DataFrame, by: Sequence[str], levels: Sequence[Any], names: dict[Any, str]) -> list[Drawn]:
    """The lines of a panel: the twin of the first level, and above it the world of each."""
    several = len(levels) > 1
    bands = BANDS[-1:] if several else BANDS

    def of(level: Any, world: str) -> pl.DataFrame:
        return own.filter(world=world, **dict(zip(by, level, strict=True)))

    looks = [{**each.look, "markevery": EVERY} for each in style.LINES] if several else [style.WORLD]
    worlds = [
        Drawn(of(level, "world"), look, names[level] or "world", bands)
        for level, look in zip(levels, looks, strict=False)
    ]
    return [Drawn(of(levels[0], "twin"), style.TWIN, "twin", bands), *worlds]


def _draw(axes: Axes, line: Drawn) -> None:
    rows = line.rows.drop_nulls("mean")
    across = rows["quarter"] if rows["begins"].null_count() else rows["begins"]
    color = line.look["color"]
    for low, high, alpha in line.bands:
        lighter = 0.5 if color == style.BLACK else 1.0
        axes.fill_between(across, rows[low], rows[high], color=color, alpha=lighter * alpha, linewidth=0)
    axes.plot(across, rows["mean"], **line.look, label=line.label, clip_on=False)


def _frame(axes: Axes, metric: str, high: float, width: float) -> None:
    """Scales, grid and labels of a panel over quarters."""
    figure = QUARTERLY[metric]
    means = [float(value) for line in axes.lines for value in np.asarray(line.get_ydata())]
    lowest, top = min(0.0, *means), axes.get_ylim()[1]
    axes.set_ylim(lowest, max(0.0, top) if top > lowest else 1.0)
    axes.grid(axis="y")
    panels.round_ticks(axes.yaxis, 4)
    if hasattr(axes.xaxis.get_converter(), "axisinfo"):
        locator: Any = AutoDateLocator(minticks=2, maxticks=max(3, round(width / 12.0)))  # type: ignore[no-untyped-call]
        axes.xaxis.set_major_locator(locator)
        short: Any = ConciseDateFormatter(locator, show_offset=False)  # type: ignore[no-untyped-call]
        axes.xaxis.set_major_formatter(short)
    else:
        axes.set_xlabel("Quarter after the burn-in")
    unit = figure.unit.removeprefix(f"{figure.title.lower()} ")  # acts (a quarter)
    axes.set_ylabel(style.label(f"{figure.title} ({unit})", 0.9 * high / style.POINT))

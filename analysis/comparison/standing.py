"""The figure of a ranking: the place of each doctrine, everywhere and in groups of worlds where orders turn."""

import numpy as np
import polars as pl
from matplotlib.axes import Axes
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.figure import Figure

from analysis.comparison.forest import comparison_setting, twin
from analysis.comparison.overtaking import nearest_turns, overtaking, places
from analysis.comparison.ranking import Ranking
from analysis.labels import factor_title, level_text
from analysis.plotting import captions, pages, panels, style
from analysis.results.parts import THIRDS
from model.metrics.catalogue import METRICS

MOST = 3
"""Criteria with the parameters over which orders turn most that have a panel each."""
ROW = 6.6
"""Height of a row in mm: a place, and below it the places that cannot be ruled out."""
FIRST_TO_LAST = LinearSegmentedColormap.from_list("places", [style.BLUE, "#F2F2F2"])
"""From the first place to the last, dark to light."""


def standing_figure(ranking: Ranking) -> Figure | None:
    """Places of doctrines: by all criteria over all worlds, and in the groups where some pair turns most surely."""
    if not ranking.groups:
        return None
    compared, found = ranking.comparison, places(ranking)
    turns = overtaking(ranking)
    told = set(turns.select("metric", "parameter").iter_rows())
    surest = list(dict.fromkeys([*turns.select("metric", "parameter").iter_rows(), *nearest_turns(ranking, MOST)]))[
        :MOST
    ]
    whole = [(metric, None) for metric in ranking.metrics]
    (here,) = pages.share([whole, *([key] for key in surest)])
    tables = [
        pl.concat(found.filter(pl.col("parameter").eq_missing(pl.lit(path)), metric=metric) for metric, path in keys)
        for keys in here
    ]
    figure = pages.sheet(
        style.DOUBLE,
        ROW * len(compared.doctrines) + 30.0,
        "The place of each doctrine, and where places change",
        comparison_setting(compared),
        _note(ranking, bool(told)),
    )
    columns = [len(table) // len(compared.doctrines) for table in tables]
    row = np.ravel(figure.subplots(1, len(here), sharey=True, width_ratios=columns, squeeze=False))
    room = 0.76 * pages.width(style.DOUBLE) / style.POINT / sum(columns)
    for axes, keys, table, count in zip(row, here, tables, columns, strict=True):
        _cells(axes, table, len(compared.doctrines))
        metric, path = keys[0]
        names = [METRICS[each].short for each, _ in keys] if path is None else table["part"].unique(maintain_order=True)
        texts = [style.wrapped(_part(name), 0.95 * room) for name in names]
        axes.set_xticks(np.arange(count) + 0.5, texts, rotation=90 if path is None else 0)
        mark = "" if path is None or (metric, path) in told else ", may be chance"
        title = "all worlds" if path is None else f"{METRICS[metric].short} by {factor_title(path).lower()}{mark}"
        axes.set_xlabel(style.wrapped(f"{title[0].upper()}{title[1:]}", max(count * room, 60.0)))
    row[0].set_yticks(np.arange(len(compared.doctrines)) + 0.5, list(compared.labels.values()))
    row[0].invert_yaxis()
    pages.letter(row)
    return figure


def _part(name: str) -> str:
    return name.removesuffix(" third") if name in THIRDS else level_text(name).replace("_", " ")


def _cells(axes: Axes, table: pl.DataFrame, doctrines: int) -> None:
    """A cell for each doctrine and group: its place, and below it those that cannot be ruled out."""
    place, low, high = (
        table[name].to_numpy().reshape(-1, doctrines).T for name in ("place", "place_low", "place_high")
    )
    axes.pcolormesh(place, cmap=FIRST_TO_LAST, vmin=1, vmax=doctrines, edgecolors="white", linewidth=1.0)
    for at, value in np.ndenumerate(place):
        if np.isnan(value):
            continue
        ends = "" if np.isnan(low[at]) else f"\n{low[at]:.0f}–{high[at]:.0f}" if low[at] < high[at] else "\nsure"
        colour = FIRST_TO_LAST((value - 1) / max(1, doctrines - 1))
        text = f"{value:.0f}{ends}"
        axes.text(at[1] + 0.5, at[0] + 0.5, text, ha="center", va="center", color=panels.ink(colour), linespacing=0.95)
    panels.cells(axes)


def _note(ranking: Ranking, turned: bool) -> str:
    compared = ranking.comparison
    units = f"{compared.cells.units:,} {compared.cells.unit}"
    both = f" and {compared.cells.replicates} replicates in each" if compared.cells.drawn else ""
    return captions.note(
        "Upper number: place by the mean, 1 for the best. Below: places that cannot be ruled out, jointly at 95 % "
        f"(Bonferroni; n = {units}{both}).",
        "a: by each criterion. Other panels: the criteria and parameters over whose parts (thirds, or values) the "
        "order of two doctrines turns most clearly" + ("." if turned else ", though none turns beyond noise."),
        twin(compared),
    )

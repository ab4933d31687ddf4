"""Figures of contributions: what each mechanism, and each feature of a doctrine, adds; with intervals."""

from collections.abc import Sequence
from typing import Any

import polars as pl
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from analysis.decomposition import tables
from analysis.decomposition.contributions import AVERTED, DIFFERENCE, FULL, REST
from analysis.decomposition.games import APART
from analysis.labels import metric_label
from analysis.plotting import captions, pages, panels, style
from analysis.plotting.panels import Mark
from analysis.results.folder import Results

MOST_DOCTRINES = 5
"""Doctrines that a figure shows at most, the first of the folder."""
ROW, AROUND, BELOW = 4.6, 6.0, 17.0
"""Height of a part's row, of what is around a panel, and of the labels below the last, in mm."""
LEAST_ROW = 3.9
"""Height of a row that can just be read, in mm."""
LOWER = 0.36
"""How far below the middle of its row a contribution without interval stands, in rows."""
GAP = 0.5
"""Space between groups of parts, in rows."""
TOP = 7.0
"""Height of the legend, in mm."""
LABELS = 31.0
"""Space for the names of parts, in mm."""
SHAPLEY: dict[str, Any] = {"fmt": "o", "color": style.BLUE, "markersize": 4.0, "capsize": 1.8, "elinewidth": 1.0}
WHOLE: dict[str, Any] = {**SHAPLEY, "fmt": "D", "color": style.BLACK}
OTHER = {
    "alone": Mark(">", style.BLACK, 3.2, "none", "alone"),
    "last": Mark("<", style.BLACK, 3.2, "none", "last, beside all others"),
}
"""A contribution without the others, and one beside all of them."""
THIN: dict[str, Any] = {"markeredgewidth": 0.6, "zorder": 1.5}
"""How those stand back."""
LEAST_RANGE = 0.1
"""Length of an axis at least, in points of per cent."""


def mechanisms_figure(results: Results) -> Figure | None:
    """What the toolbox averts through each mechanism; none where nothing is defined."""
    return _mechanisms(results, tables.TOOLBOX)


def mechanisms_world_figure(results: Results) -> Figure | None:
    """What each mechanism averts in a world that has the toolbox; none where nothing is defined."""
    return _mechanisms(results, tables.WORLD)


SAYS = {
    tables.TOOLBOX: (
        "What each mechanism contributes to what the toolbox averts",
        "Dots: mean addition to what the toolbox averts, over all orders in which the mechanisms could be switched on, "
        "in the world and in its twin alike; they sum to the whole effect. Below zero: switched on, a mechanism leaves "
        "the toolbox less to avert.",
        "% of the twin’s total with all mechanisms on",
    ),
    tables.WORLD: (
        "What each mechanism averts in the world with the toolbox",
        "Dots: mean addition to what is averted, over all orders in which the mechanisms could be switched on, against "
        "the same world with none of them (not against the twin without toolbox); they sum to the whole.",
        "% of the same world’s total with none of them",
    ),
}


def _mechanisms(results: Results, game: str) -> Figure | None:
    frame = tables.without_nothing(tables.mechanism_contributions(results).filter(pl.col("game") == game))
    called = results.manifest.doctrine_titles
    doctrines = frame["doctrine"].unique(maintain_order=True).to_list()
    title, says, unit = SAYS[game]
    left = len(doctrines) - MOST_DOCTRINES
    parts = frame["part"].unique(maintain_order=True).to_list()
    rest = (
        REST in parts and "None of these: what is averted with none of them, which belongs to the sum as well.",
        tables.apart_text(parts),
        left > 0 and f"Not shown: {left} doctrines more.",
    )
    rows = {
        called.get(name, results.configuration.doctrine.title): frame.filter(pl.col("doctrine") == name)
        for name in doctrines[:MOST_DOCTRINES]
    }
    return _figure(results, rows, list(AVERTED), title, captions.note(says, _marks(frame), *rest), unit)


def features_figure(results: Results) -> Figure | None:
    """What each feature of a doctrine contributes to its difference from another; none where nothing is defined."""
    frame, reference = tables.feature_contributions(results), results.configuration.doctrine.title
    title = f"{results.manifest.title} against {reference}: what each feature contributes"
    says = (
        f"Dots: mean addition to the difference from “{reference}”, over all orders in which its features could be "
        f"replaced by the other doctrine’s; they sum to the whole difference."
    )
    note = captions.note(says, _marks(frame), "Features that do not differ are left out.")
    return _figure(results, {"": frame}, tables.FEATURES_SHOWN, title, note)


def _marks(frame: pl.DataFrame) -> str:
    """What the markers and the intervals are."""
    marks = "▷ alone, without the others; ◁ last, beside all others (both without interval here, in the table with)."
    return f"{marks} {captions.interval(frame, 'Bars')}"


def _figure(
    results: Results, rows: dict[str, pl.DataFrame], metrics: Sequence[str], title: str, note: str, unit: str = ""
) -> Figure | None:
    """A panel for each doctrine and metric; `unit` is that of the axes where it is not the metric's own."""
    every = pl.concat(rows.values()).drop_nulls("mean")
    metrics = [metric for metric in metrics if metric in every["metric"]]
    if not metrics:
        return None
    (here,) = pages.share(rows)
    places = _places(next(iter(rows.values())))
    high, least = ((max(places.values()) + 1.0) * row + AROUND for row in (ROW, LEAST_ROW))
    around, words = BELOW + TOP, (title, captions.setting(results), captions.note(note, captions.origin(results)))
    figure = pages.sheet(style.DOUBLE, high * len(here) + around, *words, least=least * len(here) + around)
    grid = figure.subplots(len(here), len(metrics), sharey=True, sharex="col", squeeze=False)
    for name, line in zip(here, grid, strict=True):
        for metric, axes in zip(metrics, line, strict=True):
            _panel(axes, rows[name].filter(pl.col("metric") == metric), places)
        if len(rows) > 1:
            line[0].set_ylabel(style.label(name, 0.9 * high / style.POINT), fontweight="bold")
    for metric, axes in zip(metrics, grid[-1], strict=True):
        some = every.filter(metric=metric)
        pages.span(axes, [100.0 * end for of in ("mean", "low", "high") for end in some[of].drop_nulls()])
        panels.widen(axes, LEAST_RANGE)
        text = f"{metric_label(metric).partition(' (')[0]} ({unit})" if unit else metric_label(metric)
        axes.set_xlabel(style.label(text, 0.92 * (style.DOUBLE - LABELS) / len(metrics) / style.POINT))
    _legend(figure, grid[0, -1], "whole, and what none explains" if REST in places else "whole")
    pages.letter(grid.ravel(), len(metrics) * list(rows).index(here[0]))
    return figure


def _places(frame: pl.DataFrame) -> dict[str, float]:
    """The row of each part, from the top: players, those that stand apart, the rest and the whole."""
    parts, sums = frame["part"].unique(maintain_order=True).to_list(), (REST, FULL, DIFFERENCE)
    groups = (
        [part for part in parts if part not in (*APART, *sums)],
        [part for part in parts if part in APART],
        [part for part in parts if part in sums],
    )
    places: dict[str, float] = {}
    row = 0.0
    for group in filter(None, groups):
        places |= {part: row + place for place, part in enumerate(group)}
        row += len(group) + GAP
    return places


def _panel(axes: Axes, frame: pl.DataFrame, places: dict[str, float]) -> None:
    axes.axvline(0.0, color="black", linewidth=0.6)
    for row in frame.drop_nulls("mean").iter_rows(named=True):
        place, mean = places[row["part"]], 100.0 * row["mean"]
        if row["way"] in OTHER:
            axes.plot(mean, place + LOWER, **OTHER[row["way"]].look, **THIN)
        else:
            half = None if row["low"] is None else 50.0 * (row["high"] - row["low"])
            axes.errorbar(mean, place, xerr=half, **(SHAPLEY if row["way"] else WHOLE))
    axes.set_yticks(list(places.values()), [tables.part_title(part) for part in places])
    panels.rows(axes, max(places.values()) + 1.0)
    panels.round_ticks(axes.xaxis, 4)


def _legend(figure: Figure, axes: Axes, sums: str) -> None:
    """What the markers are, above all panels."""
    axes.errorbar([], [], xerr=[], label="mean over all orders (Shapley value)", **SHAPLEY)
    for mark in OTHER.values():
        axes.plot([], [], label=mark.label, **mark.look, **THIN)
    axes.errorbar([], [], xerr=[], label=sums, **WHOLE)
    handles, labels = axes.get_legend_handles_labels()
    # the layout knows no legend of a figure: panels give up the room that it needs
    left, bottom, wide, high = figure.get_layout_engine().get()["rect"]  # type: ignore[union-attr]
    top, room = bottom + high, TOP / style.INCH / figure.get_figheight()
    figure.get_layout_engine().set(rect=(left, bottom, wide, high - room))  # type: ignore[union-attr, call-arg]
    place: dict[str, Any] = {"loc": "upper right", "bbox_to_anchor": (1.0 - style.MARGIN / style.DOUBLE, top)}
    figure.legend(handles, labels, ncols=4, columnspacing=1.4, handletextpad=0.4, borderaxespad=0.0, **place)

"""Figures of contributions: what each mechanism, and each feature of a doctrine, adds; with intervals."""

from collections.abc import Sequence
from typing import Any

import numpy as np
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
from model.metrics.catalogue import LEAD
from model.metrics.columns import WORDS

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
    "last": Mark("<", style.BLACK, 3.2, "none", "last, with all others"),
}
"""A contribution without the others, and one with all of them."""
THIN: dict[str, Any] = {"markeredgewidth": 0.6, "zorder": 1.5}
"""How those stand back."""
SCALE, HEADS = 7.0, 14.0
"""Height of a scale between rows of panels, and of heads and turned labels of cells, in mm."""
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
        "the same world with none of them (not against the twin without the toolbox); they sum to the whole.",
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
        REST in parts and "None of these: what is averted with none of them, which is also part of the sum.",
        tables.apart_text(parts),
        left > 0 and f"Not shown: {left} more doctrines.",
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


WHAT = {
    "deterrence_rate": "% of their twin’s acts",
    "escalation_rate": "% of opportunities",
    LEAD: "% of their twin’s harm",
}
"""What is shown of categories, in which unit."""
MOST_SHOWN = 2
"""Doctrines whose categories or measures a figure shows at most, the first of the folder."""


def categories_figure(results: Results) -> Figure | None:
    """What each category of measures contributes against whom; none where nothing is defined."""
    frame = tables.category_contributions(results).filter(pl.col("metric").is_in(list(WHAT)))
    called = results.manifest.doctrine_titles
    doctrines = frame["doctrine"].unique(maintain_order=True).to_list()
    kinds = frame["kind"].unique(maintain_order=True).to_list()
    rows = [(doctrine, metric) for doctrine in doctrines[:MOST_SHOWN] for metric in WHAT]
    if frame["mean"].is_null().all():
        return None
    left = len(doctrines) - MOST_SHOWN
    note = captions.note(
        "Dots: mean addition over all orders in which the doctrine could take up its categories of measures; with "
        "what is left without any of them, they sum to the whole. A doctrine without a category announces and does "
        "what it "
        "still can.",
        _marks(frame),
        left > 0 and f"Not shown: {left} more doctrines.",
        captions.origin(results),
    )
    places = _places(frame)
    high, least = ((max(places.values()) + 1.0) * row + AROUND for row in (ROW, LEAST_ROW))
    (here,) = pages.share(rows)
    words = ("What each category of measures contributes, against whom", captions.setting(results), note)
    around = BELOW + TOP + (len(here) - 1) * SCALE
    figure = pages.sheet(style.DOUBLE, high * len(here) + around, *words, least=least * len(here) + around)
    grid = figure.subplots(len(here), len(kinds), sharey=True, sharex="row", squeeze=False)
    for (doctrine, metric), line in zip(here, grid, strict=True):
        held = frame.filter(doctrine=doctrine, metric=metric)
        for kind, axes in zip(kinds, line, strict=True):
            _panel(axes, held.filter(kind=kind), places)
        pages.span(line[0], [100.0 * end for of in ("mean", "low", "high") for end in held[of].drop_nulls()])
        panels.widen(line[0], LEAST_RANGE)
        for kind, axes in zip(kinds, line, strict=True):
            panels.round_ticks(axes.xaxis, 3)
            axes.set_xlabel(WHAT[metric] if kind == kinds[len(kinds) // 2] else "")
            axes.set_title(WORDS.get(kind, "all").capitalize(), fontsize=style.TYPE)
        whose = f"{called.get(doctrine, doctrine)}: " if len(doctrines) > 1 else ""
        text = f"{whose}{metric_label(metric).partition(' (')[0]}"
        line[0].set_ylabel(style.label(text, 0.9 * high / style.POINT), fontweight="bold")
    _legend(figure, grid[0, -1], "whole, and unexplained rest" if REST in places else "whole")
    pages.letter(grid.ravel(), len(kinds) * rows.index(here[0]))
    return figure


def measures_figure(results: Results) -> Figure | None:
    """How often each measure is taken against whom, and what forgoing it changes; none where nothing is defined.

    Where nobody counted how often measures were taken, the changes alone are shown.
    """
    frame = tables.measures_table(results).frame
    called = results.manifest.doctrine_titles
    doctrines = frame["doctrine"].unique(maintain_order=True).to_list()
    if frame["deterrence"].is_null().all():
        return None
    left = len(doctrines) - MOST_SHOWN
    counted = frame["taken"].is_not_null().any()
    note = captions.note(
        counted
        and "Cells: times a year that a measure is taken against a kind of perpetrator, as the EU sees the case "
        "(intervals are in the table); nobody: no perpetrator in particular. Standing programmes "
        "run on.",
        "Dots: the doctrine that forgoes the measure less the doctrine with it, on the same random numbers; filled: "
        "clear where all measures of a panel hold jointly.",
        f"Bars: individual 95 % intervals over n = {max(frame['n'].drop_nulls()):,} replicates.",
        left > 0 and f"Not shown: {left} more doctrines.",
        captions.origin(results),
    )
    measures = frame["measure"].unique(maintain_order=True).to_list()
    blocks = pages.share(*([(doctrine, name) for name in measures] for doctrine in doctrines[:MOST_SHOWN]))
    here = [block for block in blocks if block]
    rows = sum(map(len, here))
    words = ("Which measure is taken against whom, and what forgoing it changes", captions.setting(results), note)
    around = BELOW + HEADS + len(here) * SCALE
    figure = pages.sheet(style.DOUBLE, ROW * rows + around, *words, least=LEAST_ROW * rows + around)
    ratios = [1.7] * counted + [1.0] * len(CHANGED)
    heights = [len(block) + SCALE / ROW for block in here]
    grid = figure.subplots(len(here), len(ratios), squeeze=False, width_ratios=ratios, height_ratios=heights)
    for block, line in zip(here, grid, strict=True):
        doctrine, names = block[0][0], [name for _, name in block]
        own = frame.filter(doctrine=doctrine)
        if counted:
            often = own.filter(pl.col("kind") != "all")["taken"].drop_nulls().to_list()
            _taken(line[0], own, names, max(1e-9, *often))
        for change, axes in zip(CHANGED, line[counted:], strict=True):
            _changed(axes, own.filter(kind="all"), change, names)
        titles = [tables.part_title(tables.measure_name(name)) for name in names]
        for axes in line:
            axes.set_yticks(range(len(names)), titles if axes is line[0] else [""] * len(names))
        if len(doctrines) > 1:
            title = style.label(called.get(doctrine, doctrine), 0.9 * ROW * len(names) / style.POINT)
            line[0].set_ylabel(title, fontweight="bold")
    return figure


CHANGED = {
    "deterrence": "deterred (points of the twin’s acts)",
    "escalation": "escalated (points of opportunities)",
    "harm_averted": "harm averted (points of the twin’s)",
}
"""What is shown of forgoing a measure, and in which unit."""


def _taken(axes: Axes, own: pl.DataFrame, measures: Sequence[str], top: float) -> None:
    """Cells with how often each measure is taken a year against each kind; `top` is the largest of all."""
    kinds = [kind for kind in own["kind"].unique(maintain_order=True).to_list() if kind != "all"]
    rows = {(row["measure"], row["kind"]): row["taken"] for row in own.iter_rows(named=True)}
    values = np.array([[rows[name, kind] for kind in kinds] for name in measures], float)
    axes.imshow(np.sqrt(values / top), cmap="Blues", vmin=0.0, vmax=1.35, aspect="auto")
    for (row, column), value in np.ndenumerate(values):
        if np.isnan(value):
            text = "standing" if column == len(kinds) // 2 else ""
        else:
            text = "" if value == 0.0 else "<0.01" if value < 0.005 else f"{value:.2f}"
        axes.text(column, row, text, ha="center", va="center", clip_on=True)
    axes.set_xticks(range(len(kinds)), [WORDS.get(kind, kind) for kind in kinds], rotation=90)
    axes.set_title("taken a year, against", fontsize=style.TYPE)
    axes.set_ylim(len(measures) - 0.4, -0.6)  # that of the panels beside it
    panels.cells(axes)


def _changed(axes: Axes, own: pl.DataFrame, change: str, measures: Sequence[str]) -> None:
    """What forgoing each measure changes, with its interval."""
    axes.axvline(0.0, color="black", linewidth=0.6)
    words = change.replace("_", " ")
    for row in own.filter(pl.col("measure").is_in(measures)).drop_nulls(change).iter_rows(named=True):
        mean, low, high = (row[f"{change}{end}"] for end in ("", "_low", "_high"))
        told = {f"{words} falls", f"{words} rises"} & set((row["told"] or "").split(", "))
        ends = None if low is None else [[100.0 * (mean - low)], [100.0 * (high - mean)]]
        look = SHAPLEY | {"markerfacecolor": style.BLUE if told else "white"}
        axes.errorbar(100.0 * mean, measures.index(row["measure"]), xerr=ends, **look)
    panels.rows(axes, len(measures))
    pages.span(axes, [100.0 * value for end in ("", "_low", "_high") for value in own[f"{change}{end}"].drop_nulls()])
    panels.widen(axes, LEAST_RANGE)
    panels.round_ticks(axes.xaxis, 3)
    axes.set_title(style.label(f"without it: {CHANGED[change]}", 34.0 / style.POINT), fontsize=style.TYPE)


def _marks(frame: pl.DataFrame) -> str:
    """What the markers and the intervals are."""
    marks = "▷ alone, without the others; ◁ last, with all others (intervals of both are in the table)."
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
    _legend(figure, grid[0, -1], "whole, and unexplained rest" if REST in places else "whole")
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

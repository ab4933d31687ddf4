"""Figures of contributions: what each mechanism, and each feature of a doctrine, adds; with intervals."""

from collections.abc import Sequence
from typing import Any

import polars as pl
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from analysis.decomposition.contributions import AVERTED, DIFFERENCE, FULL, REST
from analysis.decomposition.games import APART, feature_game
from analysis.decomposition.tables import (
    FEATURES_SHOWN,
    TOOLBOX,
    WORLD,
    feature_contributions,
    mechanism_contributions,
    part_title,
)
from analysis.labels import metric_label
from analysis.plotting import captions, style
from analysis.plotting.pages import PAPER, Page
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
OPEN: dict[str, Any] = {
    "color": "none",
    "markeredgecolor": style.BLACK,
    "markeredgewidth": 0.6,
    "markersize": 3.2,
    "zorder": 1.5,
}
LEAST_RANGE = 0.1
"""Length of an axis at least, in points of per cent."""
OTHER = {"alone": ">", "last": "<"}
"""Markers of a contribution without the others, and beside all of them."""


def mechanisms(results: Results, page: Page = PAPER) -> Figure | None:
    """What the toolbox averts through each mechanism; none where nothing is defined."""
    return _mechanisms(results, TOOLBOX, page)


def mechanisms_world(results: Results, page: Page = PAPER) -> Figure | None:
    """What each mechanism averts in a world that has the toolbox; none where nothing is defined."""
    return _mechanisms(results, WORLD, page)


SAYS = {
    TOOLBOX: (
        "What each mechanism contributes to what the toolbox averts",
        "Dots: mean addition to what the toolbox averts, over all orders in which the mechanisms could be switched on, "
        "in the world and in its twin alike; with what is averted with none of them they sum to the whole effect. "
        "Below zero: switched on, a mechanism leaves the toolbox less to avert; with none of them there is more than "
        "in the twin.",
        "% of the twin’s total with all mechanisms on",
    ),
    WORLD: (
        "What each mechanism averts in the world with the toolbox",
        "Dots: mean addition to what is averted, over all orders in which the mechanisms could be switched on, against "
        "the same world with none of them (not against the twin without toolbox); they sum to the whole.",
        "% of the same world’s total with none of them",
    ),
}


def _mechanisms(results: Results, game: str, page: Page) -> Figure | None:
    frame = mechanism_contributions(results).filter(pl.col("game") == game)
    called = results.manifest.doctrine_titles
    doctrines = frame["doctrine"].unique(maintain_order=True).to_list()
    title, says, unit = SAYS[game]
    left = f"Not shown: {len(doctrines) - MOST_DOCTRINES} doctrines more." if len(doctrines) > MOST_DOCTRINES else ""
    note = captions.note(says, _marks(frame), "Incapacitation deters nobody and stands apart.", left)
    rows = {
        called.get(name, results.configuration.doctrine.title): frame.filter(pl.col("doctrine") == name)
        for name in doctrines[:MOST_DOCTRINES]
    }
    return _panels(results, rows, list(AVERTED), (title, note, unit), page)


def features(results: Results, page: Page = PAPER) -> Figure | None:
    """What each feature of a doctrine contributes to its difference from another; none where nothing is defined."""
    frame, game = feature_contributions(results), feature_game(results)
    assert game is not None
    reference = results.configuration.doctrine.title
    title = f"{results.manifest.title} against {reference}: what each feature contributes"
    says = (
        f"Dots: mean addition to the difference from “{reference}”, over all orders in which its features could be "
        f"replaced by the other doctrine’s; they sum to the whole difference."
    )
    same = "Features that do not differ are left out."
    words = title, captions.note(says, _marks(frame), same), ""
    return _panels(results, {"": frame}, FEATURES_SHOWN, words, page)


def _marks(frame: pl.DataFrame) -> str:
    """What the markers and the intervals are."""
    n = frame["n"].to_list()
    marks = "▷ alone, without the others; ◁ last, beside all others (both without interval here, in the table with)."
    return f"{marks} {captions.interval(n, 'Bars')}"


def _panels(
    results: Results, rows: dict[str, pl.DataFrame], metrics: Sequence[str], words: tuple[str, str, str], page: Page
) -> Figure | None:
    """A panel for each doctrine and metric; `words` are the title, the note and the unit of the axes."""
    title, note, unit = words
    every = pl.concat(rows.values()).drop_nulls("mean")
    metrics = [metric for metric in metrics if metric in every["metric"]]
    if not metrics:
        return None
    (here,) = page.share(rows)
    places = _places(next(iter(rows.values())))
    high, least = ((max(places.values()) + 1.0) * row + AROUND for row in (ROW, LEAST_ROW))
    setting, around = captions.setting(results), BELOW + TOP
    note = captions.note(note, captions.origin(results))
    figure = page.sheet(style.DOUBLE, high * len(here) + around, title, setting, note, least=least * len(here) + around)
    grid = figure.subplots(len(here), len(metrics), sharey=True, sharex="col", squeeze=False)
    for name, panels in zip(here, grid, strict=True):
        for metric, axes in zip(metrics, panels, strict=True):
            _panel(axes, rows[name].filter(pl.col("metric") == metric), places)
        if len(rows) > 1:
            panels[0].set_ylabel(style.label(name, 0.9 * high / style.POINT), fontweight="bold")
    for metric, axes in zip(metrics, grid[-1], strict=True):
        some = every.filter(metric=metric)
        page.span(axes, [100.0 * end for end in pl.concat([some[of] for of in ("mean", "low", "high")]).drop_nulls()])
        _widen(axes)
        text = f"{metric_label(metric).partition(' (')[0]} ({unit})" if unit else metric_label(metric)
        axes.set_xlabel(style.label(text, 0.92 * (style.DOUBLE - LABELS) / len(metrics) / style.POINT))
    _legend(figure, grid[0, -1], "whole, and what none explains" if REST in places else "whole")
    page.letter(grid.ravel(), len(metrics) * list(rows).index(here[0]))
    return figure


def _widen(axes: Axes) -> None:
    """No less than a tenth of a point from end to end: what is smaller is not blown up."""
    low, high = axes.get_xlim()
    short = max(0.0, LEAST_RANGE - (high - low)) / 2
    axes.set_xlim(low - short, high + short)


def _places(frame: pl.DataFrame) -> dict[str, float]:
    """The row of each part, from the top: players, those that stand apart, the rest and the whole."""
    parts = frame["part"].unique(maintain_order=True).to_list()
    players = [part for part in parts if part not in (REST, FULL, DIFFERENCE, *APART)]
    apart, sums = (
        [part for part in parts if part in APART],
        [part for part in parts if part in (REST, FULL, DIFFERENCE)],
    )
    places, row = {}, 0.0
    for group in filter(None, (players, apart, sums)):
        for part in group:
            places[part] = row
            row += 1.0
        row += GAP
    return places


def _panel(axes: Axes, frame: pl.DataFrame, places: dict[str, float]) -> None:
    axes.axvline(0.0, color="black", linewidth=0.6)
    for row in frame.drop_nulls("mean").iter_rows(named=True):
        place, mean = places[row["part"]], 100.0 * row["mean"]
        if row["way"] in OTHER:
            axes.plot(mean, place + LOWER, OTHER[row["way"]], **OPEN)
        else:
            half = None if row["low"] is None else 50.0 * (row["high"] - row["low"])
            axes.errorbar(mean, place, xerr=half, **(SHAPLEY if row["way"] else WHOLE))
    axes.set_yticks(list(places.values()), [part_title(part) for part in places])
    axes.set_ylim(max(places.values()) + 0.6, -0.6)
    axes.tick_params(axis="y", length=0.0)
    axes.xaxis.set_major_locator(MaxNLocator(4, steps=[1, 2, 5, 10]))
    axes.grid(axis="x")


def _legend(figure: Figure, axes: Axes, sums: str) -> None:
    """What the markers are, above all panels."""
    axes.errorbar([], [], xerr=[], label="mean over all orders (Shapley value)", **SHAPLEY)
    for marker, label in zip(OTHER.values(), ("alone", "last, beside all others"), strict=True):
        axes.plot([], [], marker, label=label, **OPEN)
    axes.errorbar([], [], xerr=[], label=sums, **WHOLE)
    handles, labels = axes.get_legend_handles_labels()
    left, bottom, wide, high = figure.get_layout_engine().get()["rect"]  # type: ignore[union-attr]
    top, room = bottom + high, TOP / style.INCH / figure.get_figheight()
    figure.get_layout_engine().set(rect=(left, bottom, wide, high - room))  # type: ignore[union-attr, call-arg]
    place: dict[str, Any] = {"loc": "upper right", "bbox_to_anchor": (1.0 - style.MARGIN / style.DOUBLE, top)}
    figure.legend(handles, labels, ncols=4, columnspacing=1.4, handletextpad=0.4, borderaxespad=0.0, **place)

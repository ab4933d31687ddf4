"""The forest of a comparison: paired differences of each doctrine from the reference, a panel for each criterion."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
import polars as pl
import polars.selectors as cs
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from analysis.comparison.comparison import PLACEBO_SCHEMA, Comparison, comparison_of, differences
from analysis.comparison.tables import comparison_origin, interval_note, placebo_note
from analysis.labels import changes, metric_unit, number_of, shown
from analysis.plotting import captions, pages, panels, style
from analysis.plotting.panels import Mark
from analysis.results.folder import Results
from model.metrics.catalogue import COMPARED, METRICS

ROW, LEAST = 4.6, 14.0
"""Height of a row, and of a panel at least, in mm."""
NAMES, LINE = 0.24, 3.7
"""Share of the width that names may take before they are broken, and height of a line of theirs, in mm."""
AROUND = 10.0
"""Height above a panel and of its ticks, in mm; below them stand the lines of its label."""
ROUNDING, LEAST_END = 1e-9, 0.05
"""Values, in the unit shown, that are zero but for rounding, and the ends of a panel in which all are."""
SPANNED = ("q05", "q95", "largest")
"""Columns, of those that a table has, that panels reach as far as, beside intervals."""
BESIDE = 6.0
"""Room between names and panels, in mm."""
LOOKS = {
    "better": Mark("o", style.BLUE, 3.8, style.BLUE),
    "worse": Mark("s", style.RED, 3.8, style.RED),
    "unclear": Mark("o", style.BLACK, 3.8, "white"),
    None: Mark("o", style.BLACK, 3.8, "white"),
}
"""A difference by its verdict: told apart by shape and filling, not by colour alone."""
PLACEBO_MARK, BELOW_ROW = Mark("D", "#888888", 2.2, "white"), 0.3
"""A placebo, and how far below the row of its difference it stands, in rows."""

Draw = Callable[[Axes, pl.DataFrame, float], None]
"""Draws rows of a table, times a factor that gives the unit shown."""


def comparison_setting(comparison: Comparison) -> str:
    """What is compared, in which scenario and in how many worlds."""
    results = comparison.results
    count = comparison.worlds.height
    worlds = f" in {count:,} worlds" if comparison.has_worlds else ""
    where = f"scenario “{results.configuration.scenario.title}”{changes(results.configuration)}"
    runs, failed = results.counts
    out = f", {failed:,} of them failed" if failed else ""
    replicates = number_of("replicate", results.manifest.replicates)
    return f"{len(comparison.doctrines)} doctrines{worlds}, {where}; {replicates} = {runs:,} runs{out}"


def twin(comparison: Comparison) -> str:
    """What the twin is, and where the figure comes from."""
    return f"Twin: “{comparison.results.configuration.reference.doctrine.title}”. {comparison_origin(comparison)}"


def row_panels(
    compared: Comparison, names: Sequence[str], found: pl.DataFrame, draw: Draw, title: str, note: str
) -> Figure:
    """A panel for each headline criterion beside one another, and a row in each for every doctrine of `names`.

    `draw` puts into a panel what the table `found` says of the criterion.
    """
    (here,) = pages.share(names)
    called = [style.label(compared.labels[name], NAMES * style.DOUBLE / style.POINT) for name in here]
    rows = max(ROW, LINE * max(map(_lines, called)))  # as the longest name needs: rows are even
    room = (style.DOUBLE - BESIDE) / style.POINT - max(
        style.width_of(line) for name in called for line in name.split("\n")
    )
    labels = {metric: _axis(metric, 0.88 * room / len(COMPARED)) for metric in COMPARED}
    around = AROUND + LINE * max(map(_lines, labels.values()))
    figure = pages.sheet(
        style.DOUBLE, max(LEAST, rows * len(here) + 2.0) + around, title, comparison_setting(compared), note
    )
    places = list(np.ravel(figure.subplots(1, len(COMPARED), sharey=True)))
    for axes, metric in zip(places, COMPARED, strict=True):
        own, unit = found.filter(metric=metric), shown(metric)
        axes.set_xlabel(labels[metric])
        panels.round_ticks(axes.xaxis, 3)
        panels.rows(axes, len(here))
        ends = own.select("mean", "low", "high", cs.by_name(*SPANNED, *PLACEBO_SCHEMA, require_all=False))
        values = [unit * value for column in ends for value in column.drop_nulls()]
        pages.span(axes, values)
        draw(axes, own.filter(pl.col("doctrine").is_in(here)), unit)
        if values and max(map(abs, values)) < ROUNDING:
            axes.set_xlim(-LEAST_END if axes.get_xlim()[0] < 0.0 else 0.0, LEAST_END)
    places[0].set_yticks(range(len(here)), called)
    pages.letter(places)  # the same on every slide
    return figure


def _lines(text: str) -> int:
    return 1 + text.count("\n")


def _axis(metric: str, room: float) -> str:
    """What stands below a panel, of this width in points: a criterion and the unit of its differences."""
    short, unit = METRICS[metric].short, metric_unit(metric).replace("%", "points")
    return style.label(f"{short[0].upper()}{short[1:]} ({unit})", room)


def comparison_figure(results: Results) -> Figure | None:
    """Paired differences from the reference with their intervals, and over worlds how far they spread."""
    compared = comparison_of(results)
    reference, found = compared.doctrines[compared.reference], differences(compared, COMPARED)
    others = [name for name in compared.doctrines if name != reference]
    title = f"Doctrines against “{compared.title}”, in the same worlds"
    return row_panels(compared, others, found, draw_differences, title, differences_note(compared, found))


def differences_note(compared: Comparison, found: pl.DataFrame) -> str:
    """How to read differences from the reference, and where they come from."""
    spread = "Grey: the middle 90 % of the worlds, which is not a standard error." if compared.has_worlds else ""
    marks = (
        "Blue circle: better, red square: worse, where all statements hold jointly (Bonferroni); open circle: unclear."
    )
    return captions.note(
        f"Points: difference from “{compared.title}” (line at zero), paired on the same random numbers.",
        interval_note(compared, found["interval"], "Bars: 95 %"),
        spread,
        marks if compared.cells.units > 1 else "",
        f"Grey diamonds: placebos. {placebo_note(compared)}" if compared.results.twin_answers else "",
        twin(compared),
    )


def draw_differences(axes: Axes, table: pl.DataFrame, unit: float) -> None:
    """Differences with their intervals, and in grey how far they spread over worlds."""
    axes.axvline(0.0, color="black", linewidth=0.8)
    for at, row in enumerate(table.iter_rows(named=True)):
        if row["mean"] is None:
            panels.undefined(axes, at)
            continue
        if row.get("q05") is not None:
            spread = [unit * row["q05"], unit * row["q95"]]
            axes.plot(spread, [at, at], color="#BBBBBB", linewidth=3.2, solid_capstyle="butt")
        mark = LOOKS[row["verdict"]]
        if row["low"] is not None:
            axes.plot([unit * row["low"], unit * row["high"]], [at, at], color=mark.color, linewidth=1.1)
        axes.plot(unit * row["mean"], at, clip_on=False, **mark.look)
        if row.get("placebo") is not None:
            _placebo(axes, row, at + BELOW_ROW, unit)


def _placebo(axes: Axes, row: Mapping[str, Any], at: float, unit: float) -> None:
    """What a difference comes to with world and twin swapped, below it."""
    if row["placebo_low"] is not None:
        ends = [unit * row["placebo_low"], unit * row["placebo_high"]]
        axes.plot(ends, [at, at], color=PLACEBO_MARK.color, linewidth=0.6)
    axes.plot(unit * row["placebo"], at, clip_on=False, **PLACEBO_MARK.look)

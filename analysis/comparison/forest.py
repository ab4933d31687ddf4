"""The forest of a comparison: paired differences of each doctrine from the reference, a panel for each criterion."""

from collections.abc import Sequence

import numpy as np
import polars as pl
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from analysis.comparison.comparison import Comparison, comparison_of, differences
from analysis.comparison.tables import interval_note, origin
from analysis.labels import changes, metric_unit, shown
from analysis.plotting import captions, style
from analysis.plotting.pages import PAPER, Page
from analysis.results.folder import Results
from model.metrics import COMPARED, METRICS

ROW, LEAST = 4.6, 14.0
"""Height of a row, and of a panel at least, in mm."""
BESIDE = 6.0
"""Room between names and panels, in mm."""
LOOKS = {
    "better": ("o", style.BLUE, style.BLUE),
    "worse": ("s", style.RED, style.RED),
    "unclear": ("o", "white", style.BLACK),
    None: ("o", "white", style.BLACK),
}
"""Marker, face and edge of a difference by its verdict: told apart by shape and filling, not by colour alone."""


def spoken(doctrine: str) -> str:
    """A doctrine as a figure names it."""
    return doctrine.replace("_", " ")


def setting(comparison: Comparison) -> str:
    """What is compared, in which scenario and in how many worlds."""
    results = comparison.results
    count = comparison.worlds.height
    worlds = f" in {count:,} worlds" if comparison.has_worlds else ""
    where = f"scenario “{results.configuration.scenario.title}”{changes(results.configuration)}"
    runs, failed = results.counts
    out = f", {failed:,} of them failed" if failed else ""
    text = f"{len(comparison.doctrines)} doctrines{worlds}, {where}; {results.manifest.replicates:,} replicates"
    return f"{text.replace('; 1 replicates', '; 1 replicate')} = {runs:,} runs{out}"


def twin(comparison: Comparison) -> str:
    """What the twin is, and where the figure comes from."""
    return f"Twin: “{comparison.results.configuration.reference.doctrine.title}”. {origin(comparison)}"


def rows_of(
    comparison: Comparison, names: Sequence[str], title: str, note: str, page: Page
) -> tuple[Figure, list[Axes]]:
    """A sheet with a panel for each headline criterion beside one another, and a row in each for every name."""
    high = max(LEAST, ROW * len(names) + 2.0)
    figure = page.sheet(style.DOUBLE, high + 16.0, title, setting(comparison), note)
    panels = list(np.ravel(figure.subplots(1, len(COMPARED), sharey=True)))
    room = (style.DOUBLE - BESIDE) / style.POINT - max(map(style.width_of, map(spoken, names)))
    for axes, metric in zip(panels, COMPARED, strict=True):
        short = METRICS[metric].short
        label = f"{short[0].upper()}{short[1:]} ({metric_unit(metric)})"
        axes.set_xlabel(style.label(label, 0.88 * room / len(COMPARED)))
        axes.xaxis.set_major_locator(MaxNLocator(3, steps=(1, 2, 5, 10)))
        axes.grid(axis="x")
    panels[0].set_yticks(range(len(names)), list(map(spoken, names)))
    panels[0].set_ylim(len(names) - 0.4, -0.6)
    for axes in panels:
        axes.tick_params(axis="y", length=0)
    style.letter(panels)  # the same on every slide
    return figure, panels


def comparison(results: Results, page: Page = PAPER) -> Figure | None:
    """Paired differences from the reference with their intervals, and over worlds how far they spread."""
    compared = comparison_of(results)
    (names,) = page.share(name for at, name in enumerate(compared.doctrines) if at != compared.reference)
    reference = spoken(compared.doctrines[compared.reference])
    found = differences(compared, COMPARED)
    figure, panels = rows_of(
        compared, names, f"Doctrines against {reference}, in the same worlds", _note(compared, found), page
    )
    for axes, metric in zip(panels, COMPARED, strict=True):
        own = found.filter(metric=metric)
        page.span(axes, ends_of(own, shown(metric)))
        _panel(axes, own.filter(pl.col("doctrine").is_in(names)), shown(metric))
    return figure


def ends_of(table: pl.DataFrame, unit: float) -> list[float]:
    """All that a table of estimates has on the scale across, in the unit shown."""
    columns = [name for name in ("mean", "low", "high", "q05", "q95", "largest") if name in table.columns]
    return [unit * value for name in columns for value in table[name].drop_nulls()]


def _note(compared: Comparison, found: pl.DataFrame) -> str:
    reference = spoken(compared.doctrines[compared.reference])
    spread = "Grey: from the 5th to the 95th of 100 worlds, which is no standard error." if compared.has_worlds else ""
    marks = "Blue circle: clearly better; red square: clearly worse; open: the interval includes zero."
    return captions.note(
        f"Points: difference from {reference} (line at zero), paired on the same random numbers.",
        interval_note(compared, found["interval"], "Bars: 95 %"),
        spread,
        marks if compared.cells.units > 1 else "",
        twin(compared),
    )


def _panel(axes: Axes, table: pl.DataFrame, unit: float) -> None:
    axes.axvline(0.0, color="black", linewidth=0.8)
    for at, row in enumerate(table.iter_rows(named=True)):
        if row["mean"] is None:
            axes.annotate("undefined", (0.0, at), (3, 0), textcoords="offset points", va="center")
            continue
        if row.get("q05") is not None:
            axes.plot(
                [unit * row["q05"], unit * row["q95"]], [at, at], color="#BBBBBB", linewidth=3.2, solid_capstyle="butt"
            )
        marker, face, edge = LOOKS[row["verdict"]]
        if row["low"] is not None:
            axes.plot([unit * row["low"], unit * row["high"]], [at, at], color=edge, linewidth=1.1)
        axes.plot(unit * row["mean"], at, marker, color=edge, markerfacecolor=face, markersize=3.8, clip_on=False)

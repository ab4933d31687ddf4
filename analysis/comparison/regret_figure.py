"""The regret of each doctrine, a panel for each criterion: the largest over worlds, and the mean with its interval."""

from typing import Any

import polars as pl
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from analysis.comparison.comparison import Comparison, comparison_of
from analysis.comparison.forest import ends_of, rows_of, twin
from analysis.comparison.regret import regret
from analysis.comparison.tables import regret_note
from analysis.labels import shown
from analysis.plotting import captions, style
from analysis.plotting.pages import PAPER, Page
from analysis.results.folder import Results
from model.metrics import COMPARED

PALE = "#99BBDD"
THICK = 0.55
"""Of a bar, as a share of its row."""


def regret_figure(results: Results, page: Page = PAPER) -> Figure | None:
    """What each doctrine falls short of the best."""
    compared = comparison_of(results)
    found = regret(compared, COMPARED)
    title = "Regret: what each doctrine falls short of the best in the same world"
    (names,) = page.share(compared.doctrines)
    figure, panels = rows_of(compared, names, title, _note(compared), page)
    for axes, metric in zip(panels, COMPARED, strict=True):
        own = found.filter(metric=metric)
        page.span(axes, ends_of(own, shown(metric)))
        _panel(axes, own.filter(pl.col("doctrine").is_in(names)), shown(metric))
    return figure


def _note(compared: Comparison) -> str:
    interval = " with its 95 % interval" if compared.cells.replicates > 1 else ""
    over = "the largest over worlds" if compared.has_worlds else "the shortfall as it looks"
    return captions.note(
        f"Bars: {over}, hatched the least of all; points: the mean{interval}.", regret_note(compared), twin(compared)
    )


def _panel(axes: Axes, table: pl.DataFrame, unit: float) -> None:
    for at, row in enumerate(table.iter_rows(named=True)):
        if row["largest"] is None:
            axes.annotate("undefined", (0.0, at), (3, 0), textcoords="offset points", va="center")
            continue
        look: dict[str, Any] = {"hatch": "////", "facecolor": "white"} if row["least"] else {"facecolor": PALE}
        axes.barh(at, unit * row["largest"], THICK, edgecolor=style.BLUE, linewidth=0.8, **look)
        if row["low"] is not None:
            axes.plot([unit * row["low"], unit * row["high"]], [at, at], color=style.BLACK, linewidth=1.0)
        if row["mean"] is not None:
            axes.plot(unit * row["mean"], at, "D", color=style.BLACK, markersize=2.8, clip_on=False)
    axes.set_xlim(left=0.0)
    axes.axvline(0.0, color="black", linewidth=0.8)

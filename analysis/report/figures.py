"""Figures that need to know what no data inform: effects over it, and where doctrines change places."""

from collections.abc import Sequence
from typing import Any

import polars as pl
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from analysis.calibration.informed import uninformed
from analysis.comparison.comparison import comparison_of
from analysis.comparison.ranking import Ranking
from analysis.comparison.standing import standing_figure
from analysis.labels import factor_title, metric_unit, shown
from analysis.plotting import captions, pages, panels, style
from analysis.plotting.panels import Mark
from analysis.report.uninformed import TURNS, UNTOLD, moved, over_uninformed, unit_of
from analysis.results.folder import Results
from model.metrics.catalogue import LEAD, METRICS

ACROSS, MOST_ROWS = 5, 12
"""Panels beside one another, and parameters with a row each: those over which effects move most."""
ROW, AXIS = 4.4, 15.0
"""Height of a row, and of an axis with its label and title, in mm."""
ENDS = (Mark("o", style.BLUE, 3.6, "white", "lowest third"), Mark("s", style.RED, 3.4, style.RED, "highest third"))
SIGNS = {TURNS: "×", UNTOLD: "?"}
"""At the edge of a row, whose sign turns or is unclear."""


def places_figure(results: Results) -> Figure | None:
    """The place of each doctrine, and where places change; none where there is one world."""
    return standing_figure(Ranking(comparison_of(results), uninformed(results)))


def uninformed_figure(results: Results) -> Figure | None:
    """Headline effects in the outer thirds of each parameter that no data inform; none where there is none."""
    found = over_uninformed(results, uninformed(results))
    effects = [name for name in found["effect"].unique(maintain_order=True) if moved(found, name)]
    if not effects:
        return None
    order = _order(found, effects)
    rows, (here,) = order[:MOST_ROWS], pages.share(effects)
    columns = min(ACROSS, len(here))
    high = -(-len(here) // columns) * (ROW * len(rows) + AXIS)
    what = f"{METRICS[LEAD].short[0].upper()}{METRICS[LEAD].short[1:]}: effects over what no data inform"
    note = _note(results, found, len(order))
    figure = pages.sheet(style.DOUBLE, high, what, captions.setting(results), note)
    grid = figure.subplots(-(-len(here) // columns), columns, sharey=True, squeeze=False)
    names = [factor_title(path) for path in rows]
    room = (pages.width(style.DOUBLE) / style.POINT - max(map(style.width_of, names))) / columns
    for axes in grid.ravel()[len(here) :]:
        axes.remove()
    for axes, effect in zip(grid.ravel(), here, strict=False):
        _effect(axes, found.filter(effect=effect, metric=LEAD), rows, shown(LEAD))
        axes.set_title(style.wrapped(f"{effect[0].upper()}{effect[1:]}", 0.95 * room), fontsize=style.TYPE)
        axes.set_xlabel(f"Effect ({metric_unit(LEAD)})" if not METRICS[LEAD].is_share else "Effect (points)")
    grid[0, 0].set_yticks(range(len(rows)), names)
    return figure


def _order(found: pl.DataFrame, effects: Sequence[str]) -> list[str]:
    """Parameters, those first over which some effect moves most."""
    ranked = [[pair[0]["parameter"] for pair in moved(found, effect)] for effect in effects]
    return sorted(ranked[0], key=lambda path: min(one.index(path) for one in ranked if path in one))


def _effect(axes: Axes, table: pl.DataFrame, rows: Sequence[str], unit: float) -> None:
    """The effect in either third of each parameter, and over all worlds as a band."""
    axes.axvline(0.0, color="black", linewidth=0.8)
    low, high = table.filter(pl.col("parameter").is_null()).select("low", "high").row(0)
    if low is not None:
        axes.axvspan(unit * low, unit * high, color="#888888", alpha=style.SHADE, linewidth=0)
    for at, path in enumerate(rows):
        sides: list[dict[str, Any]] = table.filter(parameter=path).to_dicts()
        for row, mark, beside in zip(sides, ENDS, (-0.17, 0.17), strict=False):
            if row["low"] is not None:
                ends = [unit * row["low"], unit * row["high"]]
                axes.plot(ends, [at + beside] * 2, color=mark.color, linewidth=1.0)
                axes.plot(unit * row["mean"], at + beside, clip_on=False, **mark.look)
        sign = SIGNS.get(sides[0]["sign"] or "", "") if sides else ""
        axes.annotate(sign, (1.0, at), (2, 0), ("axes fraction", "data"), "offset points", va="center")
    panels.round_ticks(axes.xaxis, 3)
    panels.rows(axes, len(rows))


def _note(results: Results, found: pl.DataFrame, parameters: int) -> str:
    numbers = found.filter(metric=LEAD).drop_nulls(["parameter", "low"])["n"].to_list()
    few, many = min(numbers), max(numbers)
    count = f"n = {few if few == many else f'{few} to {many}'} {unit_of(results)}"
    more = f" {parameters - MOST_ROWS} more move effects less." if parameters > MOST_ROWS else ""
    return captions.note(
        "Rows: parameters that the record does not inform, those that move an effect most at the top; blue circle: "
        "worlds in which it is in its lowest third, red square: in its highest; bars: 95 % intervals "
        f"({count}; a third of {results.manifest.replicates} replicates).{more} Grey band: 95 % interval over all "
        "worlds. Scales differ. ?: unclear whether both thirds have one sign; ×: the sign turns; neither: it holds "
        "(all jointly, Bonferroni).",
        captions.origin(results),
    )

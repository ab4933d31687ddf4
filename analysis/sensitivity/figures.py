"""Figures of sensitivity: indices with intervals, their convergence, and Morris's μ* against σ."""

from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np
import polars as pl
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from analysis.labels import factor_titles, metric_unit, shown
from analysis.plotting import captions, pages, panels, style
from analysis.results.folder import Results
from analysis.sensitivity.analysis import Sensitivity, sensitivity
from analysis.sensitivity.convergence import RANKED, WORDS
from analysis.sensitivity.tables import (
    NOISE,
    UNITS,
    largest,
    metric_title,
    over,
    ranked,
    share_words,
    where_text,
)
from model.errors import ConfigurationError

MOST_PANELS, MOST_FACTORS, MOST_NAMED = 6, 12, 6
"""Panels of a figure, factors of a panel, and factors of a panel whose points are named."""
ROW, BROKEN, EDGE, SQUARE = 4.2, 6.8, 13.0, 52.0
"""Height of a factor in mm, the same where a name is broken, of what is above and below, of a panel with two axes."""
NAME = 140.0
"""Width of the names of factors, in points; longer ones are broken."""
BESIDE = 105.0
"""The same beside a panel."""
NAMES = 0.62
"""Height kept for names above lines, as a share of that of the lines."""
AXES, GAP = 0.62, 0.3
"""Height of the axes as a share of their panel, and the space between names in lines."""
LEAST_SIGMA = 0.1
"""End of the scale of σ at least, as a share of that of μ*: what is below comes of rounding."""


class Panel(NamedTuple):
    """A metric, in one combination of crossed levels."""

    title: str
    metric: str
    table: pl.DataFrame


Draw = Callable[[Axes, Sensitivity, Panel], None]
"""Draws a panel."""


@lru_cache(maxsize=1)  # a folder's figures, and its slides, are drawn one after the other from the same indices
def _found(results: Results) -> Sensitivity | None:
    try:
        return sensitivity(results)
    except ConfigurationError:
        return None


def sensitivity_figure(results: Results, found: Sensitivity | None = None) -> Figure | None:
    """First-order and total indices with their intervals, a panel for each metric, factors sorted by their total.

    None where there are no indices; `found` are they where they are known.
    """
    if (found := found or _found(results)) is None:
        return None
    factors = found.structure.factors
    most = min(MOST_FACTORS, len(factors))
    row = BROKEN if any("\n" in style.wrapped(name, NAME) for name in factor_titles(factors).values()) else ROW
    marks = (
        "Blue circle: total index, the share of the variance that would remain if all other factors were known. Red "
        "square: first order, the share that would go if this factor alone were known. Between them: interaction.",
        _bars_are(found),
    )
    rest = f"The {most} factors with the largest totals." if len(factors) > most else ""
    title = "What explains the variation: Sobol' indices"
    return _figure(found, found.indices, title, marks, rest, row * most + EDGE, _bars)


def morris_figure(results: Results, found: Sensitivity | None = None) -> Figure | None:
    """μ* against σ, a panel for each metric; the factors with the largest μ* are named.

    None where there are no indices; `found` are they where they are known.
    """
    if (found := found or _found(results)) is None:
        return None
    marks = (
        "μ*: mean size of a factor's effect over its whole range (for a name: of changing it). σ: how far that effect "
        "depends on where the others are. On the dashed line σ = μ*: above it effects change in sign or size from "
        "place to place.",
        _bars_are(found),
    )
    rest = f"Blue: the {MOST_NAMED} factors with the largest μ*, named as far as there is room."
    many = len(found.structure.factors) > MOST_NAMED
    title = "Which factors matter: Morris's μ* and σ"
    return _figure(found, found.indices, title, marks, rest if many else "", SQUARE, _scatter)


def convergence_figure(results: Results, found: Sensitivity | None = None) -> Figure | None:
    """Total indices or μ* from a quarter, half and all of the design, of the factors with the largest.

    None where there are no indices; `found` are they where they are known.
    """
    if (found := found or _found(results)) is None:
        return None
    kind, drawn = found.structure.kind, len(style.LINES)
    unit, what = UNITS[kind], "total index" if kind == "saltelli" else WORDS[RANKED[kind]]
    marks = (
        f"The {drawn} factors with the largest {what}." if len(found.structure.factors) > drawn else "",
        f"Bars: 95 % interval {over(found.structure, _several(found), 'n ')}.",
        "Settled indices stay within the bars of smaller n, and lines do not cross.",
    )
    title = f"Whether indices are settled: {what} by number of {unit}"
    return _figure(found, found.nested, title, marks, "", SQUARE, _lines)


def _figure(
    found: Sensitivity, table: pl.DataFrame, title: str, marks: Sequence[str], rest: str, high: float, draw: Draw
) -> Figure:
    """A panel for each metric and combination of crossed levels, as many as there is room for.

    In the note stands what `marks` are, then what intervals leave out, then what is said of the `rest` of the factors.
    """
    every = []
    for levels, rows in found.structure.split(table):
        text = where_text(found.structure, levels)
        every.append(Panel(metric_title(levels["metric"]) + (f"\n{text}" if text else ""), levels["metric"], rows))
    more = len(every) - MOST_PANELS
    left = f"{more} more panels do not fit; their numbers are in tables/." if more > 0 else ""
    note = captions.note(*marks, _replicates(found), rest, left, captions.origin(found.results))
    high += 3.5 if found.structure.crossed else 0.0
    figure, _, places = pages.grid(every[:MOST_PANELS], high, title, captions.setting(found.results), note)
    for axes, panel in places:
        draw(axes, found, panel)
        axes.set_title(panel.title, fontsize=style.TYPE)
    return figure


def _bars(axes: Axes, found: Sensitivity, panel: Panel) -> None:
    order = ranked(panel.table, found.structure)[:MOST_FACTORS]
    called = factor_titles(found.structure.factors)
    for measure, side, line in (("total", -0.16, style.LINES[0]), ("first", 0.16, style.LINES[1])):
        mean, half = _values(panel.table, measure, order)
        look: dict[str, Any] = {"color": line.color, "markerfacecolor": "white" if measure == "first" else line.color}
        places, bars = np.arange(len(order)) + side, np.nan_to_num(half)
        axes.errorbar(mean, places, xerr=bars, fmt=line.marker, markersize=3.5, linewidth=1.0, **look)
    axes.axvline(0.0, color="black", linewidth=0.6)
    axes.set_yticks(range(len(order)), [style.wrapped(called[factor], NAME) for factor in order])
    panels.rows(axes, len(order))
    axes.set_xlabel("Index (share of the variance)")


def _lines(axes: Axes, found: Sensitivity, panel: Panel) -> None:
    structure, called = found.structure, factor_titles(found.structure.factors)
    measure, scale = RANKED[structure.kind], _scale(found, panel.metric)
    order = ranked(panel.table.filter(n=structure.size), structure)[: len(style.LINES)]
    table = panel.table.filter(pl.col("factor").is_in(order), measure=measure).sort("n")
    sizes = panel.table["n"].unique().sort().to_list()
    for place, (factor, line) in enumerate(zip(order, style.LINES, strict=False)):
        rows = table.filter(factor=factor)
        mean, end = (scale * rows[name].cast(pl.Float64).to_numpy() for name in ("mean", "high"))
        # points of several lines at one n stand side by side; a factor, for the scale is logarithmic
        shift = 1.0 + 0.03 * (place - (len(order) - 1) / 2)
        n, bars = rows["n"].to_numpy() * shift, np.nan_to_num(end - mean)
        axes.errorbar(n, mean, bars, linewidth=1.0, label=called[factor], **line.look)
    axes.set_xscale("log", base=2)
    axes.set_xticks(sizes, [f"{size:,}" for size in sizes])
    axes.minorticks_off()
    axes.set_xlim(sizes[0] / 1.25, sizes[-1] * 1.25)
    low, high = (scale * largest(sign * table[name].fill_null(0.0)) for sign, name in ((-1, "low"), (1, "high")))
    axes.set_ylim(-max(low, 0.0), high + NAMES * (high + max(low, 0.0)))
    panels.round_ticks(axes.yaxis, 4, None)
    axes.grid(axis="y")
    axes.set(xlabel=f"{UNITS[structure.kind].capitalize()} (number)", ylabel=_label(found, panel.metric, measure))
    axes.legend(loc="upper center", handlelength=3.0, borderaxespad=0.0, labelspacing=0.2)


def _scatter(axes: Axes, found: Sensitivity, panel: Panel) -> None:
    order, scale = ranked(panel.table, found.structure), _scale(found, panel.metric)
    both = (_values(panel.table, measure, order) for measure in ("mu_star", "sigma"))
    (across, wide), (up, high) = (scale * np.nan_to_num(values) for values in both)
    axes.plot(across[MOST_NAMED:], up[MOST_NAMED:], "o", color="#777777", markersize=2.0)
    across, wide, up, high = (values[:MOST_NAMED] for values in (across, wide, up, high))
    y, x = ([np.minimum(half, mean), half] for half, mean in ((high, up), (wide, across)))
    axes.errorbar(across, up, y, x, fmt="o", color=style.BLUE, linewidth=0.8)
    right, top = (1.05 * float((mean + half).max()) for mean, half in ((across, wide), (up, high)))
    top = max(top, LEAST_SIGMA * right)
    axes.plot([0.0, min(right, top)], [0.0, min(right, top)], color="black", linestyle=(0, (4, 2)), linewidth=0.6)
    axes.set(xlim=(0.0, right or 1.0), ylim=(0.0, top or 1.0))
    axes.set(xlabel=_label(found, panel.metric, "mu_star"), ylabel=_label(found, panel.metric, "sigma"))
    panels.round_ticks(axes.xaxis, 4, None)
    panels.round_ticks(axes.yaxis, 4, None)
    axes.grid()
    called = factor_titles(found.structure.factors)
    _name(axes, [called[factor] for factor in order[:MOST_NAMED]], across, up)


def _name(axes: Axes, names: list[str], across: Any, up: Any) -> None:
    """Names beside a panel, from the top down in the order of their points, each with a line to its own."""
    texts = [style.wrapped(name, BESIDE) for name in names]
    line = style.TYPE * style.LEADING * style.POINT / (AXES * SQUARE)
    room = [text.count("\n") + 1.0 + GAP for text in texts]
    fit = [which for which in range(len(texts)) if sum(room[: which + 1]) * line <= 1.0]
    place = 1.0
    for which in sorted(fit, key=lambda which: (-up[which], -across[which])):
        tall = (room[which] - GAP) * line
        middle = place - tall / 2
        axes.text(1.04, middle, texts[which], transform=axes.transAxes, va="center", linespacing=style.LEADING)
        ends = (across[which], up[which]), (1.03, middle)
        line_to = {"arrowstyle": "-", "color": "#999999", "linewidth": 0.5, "shrinkA": 0.0, "shrinkB": 2.0}
        axes.annotate("", *ends, "data", "axes fraction", arrowprops=line_to, annotation_clip=False)
        place -= tall + GAP * line


def _values(table: pl.DataFrame, measure: str, order: list[str]) -> tuple[Any, Any]:
    """Means and half-widths of a measure for these factors; NaN where there are none."""
    rows = pl.DataFrame({"factor": order}).join(table.filter(measure=measure), on="factor", maintain_order="left")
    mean, high = (rows[name].cast(pl.Float64).to_numpy() for name in ("mean", "high"))
    return mean, high - mean


def _scale(found: Sensitivity, metric: str) -> float:
    return shown(metric) if found.structure.is_morris else 1.0


def _label(found: Sensitivity, metric: str, measure: str) -> str:
    if not found.structure.is_morris:
        return f"{WORDS[measure].capitalize()} index (share)"
    return style.label(f"{WORDS[measure]} ({metric_unit(metric)})", 0.8 * SQUARE / style.POINT)


def _several(found: Sensitivity) -> int:
    return int(found.noise["replicates"][0])


def _bars_are(found: Sensitivity) -> str:
    """What the bars of indices of the whole design are."""
    where = over(found.structure, _several(found), f"n = {found.structure.size:,} ")
    return f"Bars: 95 % interval {where} (delta method, Student's t)."


def _replicates(found: Sensitivity) -> str:
    """What is known of replicates."""
    if (replicates := _several(found)) < 2:
        return "All points share one replicate; the effect of another is unknown."
    other, noise = largest(found.verdicts["replicate_error"]), largest(found.noise["noise"])
    return (
        f"All points share {replicates:,} replicates: others would move an index typically by "
        f"{other:.2f}{share_words(found.structure)} (standard error, root mean square, for the metric of which it is "
        f"largest), single ones by more. {NOISE[found.structure.kind]} is at most {100.0 * noise:.0f} % of the "
        "variance."
    )

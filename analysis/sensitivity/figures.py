"""Figures of sensitivity: indices with intervals, their convergence, and Morris's μ* against σ."""

from collections.abc import Callable
from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np
import polars as pl
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from analysis.labels import metric_unit, shown
from analysis.plotting import captions, style
from analysis.plotting.pages import PAPER, Page
from analysis.results.folder import Results
from analysis.sensitivity.analysis import Sensitivity, sensitivity
from analysis.sensitivity.convergence import RANKED, WORDS
from analysis.sensitivity.tables import UNITS, largest, metric_title, ranked, titles, where_text
from model.errors import ConfigurationError
from model.metrics import METRICS

COLUMNS = 2
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


@lru_cache(maxsize=1)
def _found(results: Results) -> Sensitivity | None:
    try:
        return sensitivity(results)
    except ConfigurationError:
        return None


def _drawn(results: Results, draw: Callable[[Sensitivity, Page], Figure], page: Page) -> Figure | None:
    found = _found(results)
    return None if found is None else draw(found, page)


def sensitivity_figure(results: Results, page: Page = PAPER) -> Figure | None:
    """First-order and total indices of the headline metrics; none where there are no indices."""
    return _drawn(results, sensitivity_of, page)


def morris_figure(results: Results, page: Page = PAPER) -> Figure | None:
    """μ* against σ of the headline metrics; none where there are no indices."""
    return _drawn(results, morris_of, page)


def convergence_figure(results: Results, page: Page = PAPER) -> Figure | None:
    """Indices from a quarter, half and all of the design; none where there are no indices."""
    return _drawn(results, convergence_of, page)


def sensitivity_of(found: Sensitivity, page: Page = PAPER) -> Figure:
    """First-order and total indices with their intervals, a panel for each metric, factors sorted by their total."""
    panels, rest = _panels(found, found.indices)
    most = min(MOST_FACTORS, len(found.structure.factors))
    note = captions.note(
        "Blue circle: total index, the share of the variance that would remain if all other factors were known. Red "
        "square: first order, the share that would go if this factor alone were known. Between them: interaction.",
        f"Bars: 95 % interval over n = {found.structure.size:,} base points (delta method, Student's t).",
        _replicates(found),
        f"The {most} factors with the largest totals." if len(found.structure.factors) > most else "",
        rest,
        captions.origin(found.results),
    )
    called = titles(found.structure.factors).values()
    row = BROKEN if any("\n" in style.wrapped(name, NAME) for name in called) else ROW
    words = "What explains the variation: Sobol' indices", note
    figure, grid = _sheet(found, words, panels, row * most + EDGE, page)
    for axes, panel in grid:
        _bars(axes, found, panel)
    return figure


def _bars(axes: Axes, found: Sensitivity, panel: Panel) -> None:
    order = ranked(panel.table, found.structure)[:MOST_FACTORS]
    called = titles(found.structure.factors)
    for measure, shift, line, fill in (
        ("total", 0.16, style.LINES[0], style.LINES[0].color),
        ("first", -0.16, style.LINES[1], "white"),
    ):
        mean, half = _values(panel.table, measure, order)
        places = np.arange(len(order))[::-1] + shift
        axes.errorbar(
            mean,
            places,
            xerr=np.nan_to_num(half),
            fmt=line.marker,
            color=line.color,
            markerfacecolor=fill,
            markersize=3.5,
            linewidth=1.0,
        )
    axes.axvline(0.0, color="black", linewidth=0.6)
    names = [style.wrapped(called[factor], NAME) for factor in order]
    axes.set_yticks(np.arange(len(order))[::-1], names)
    axes.set_ylim(-0.6, len(order) - 0.4)
    axes.tick_params(axis="y", length=0)
    axes.grid(axis="x")
    axes.set_xlabel("Index (share of the variance)")
    axes.set_title(panel.title, fontsize=style.TYPE)


def convergence_of(found: Sensitivity, page: Page = PAPER) -> Figure:
    """Total indices or μ* from a quarter, half and all of the design, of the factors with the largest."""
    panels, rest = _panels(found, found.nested)
    unit, measure = UNITS[found.structure.kind], WORDS[RANKED[found.structure.kind]]
    what = "total index" if found.structure.kind == "saltelli" else measure
    drawn = len(style.LINES)
    note = captions.note(
        f"The {drawn} factors with the largest {what}." if len(found.structure.factors) > drawn else "",
        f"Bars: 95 % interval over n {unit}.",
        "Settled indices stay within the bars of smaller n, and lines do not cross.",
        _replicates(found),
        rest,
        captions.origin(found.results),
    )
    words = f"Whether indices are settled: {what} by number of {unit}", note
    figure, grid = _sheet(found, words, panels, SQUARE, page)
    for axes, panel in grid:
        _lines(axes, found, panel)
    return figure


def _lines(axes: Axes, found: Sensitivity, panel: Panel) -> None:
    structure, called = found.structure, titles(found.structure.factors)
    measure, scale = RANKED[structure.kind], _scale(found, panel.metric)
    whole = panel.table.filter(n=structure.size)
    order = ranked(whole, structure)[: len(style.LINES)]
    sizes = panel.table["n"].unique().sort().to_list()
    for place, (factor, line) in enumerate(zip(order, style.LINES, strict=False)):
        rows = panel.table.filter(measure=measure, factor=factor).sort("n")
        mean = scale * rows["mean"].cast(pl.Float64).to_numpy()
        half = scale * (rows["high"] - rows["mean"]).cast(pl.Float64).to_numpy()
        shift = 1.0 + 0.03 * (place - (len(order) - 1) / 2)
        axes.errorbar(
            rows["n"].to_numpy() * shift,
            mean,
            np.nan_to_num(half),
            color=line.color,
            linestyle=line.linestyle,
            marker=line.marker,
            linewidth=1.0,
            label=called[factor],
        )
    axes.set_xscale("log", base=2)
    axes.set_xticks(sizes, [f"{size:,}" for size in sizes])
    axes.minorticks_off()
    axes.set_xlim(sizes[0] / 1.25, sizes[-1] * 1.25)
    shown_rows = panel.table.filter(pl.col("factor").is_in(order), measure=measure)
    low, high = (scale * largest(sign * shown_rows[name].fill_null(0.0)) for sign, name in ((-1, "low"), (1, "high")))
    axes.set_ylim(-max(low, 0.0), high + NAMES * (high + max(low, 0.0)))
    axes.yaxis.set_major_locator(MaxNLocator(4))
    axes.grid(axis="y")
    axes.set_xlabel(f"{UNITS[structure.kind].capitalize()} (number)")
    axes.set_ylabel(_label(found, panel.metric, measure))
    axes.set_title(panel.title, fontsize=style.TYPE)
    axes.legend(loc="upper center", handlelength=3.0, borderaxespad=0.0, labelspacing=0.2)


def morris_of(found: Sensitivity, page: Page = PAPER) -> Figure:
    """μ* against σ, a panel for each metric; the factors with the largest μ* are named."""
    panels, rest = _panels(found, found.indices)
    note = captions.note(
        "μ*: mean size of a factor's effect over its whole range (of a name: of changing it). σ: how far that effect "
        "depends on where the others are. On the dashed line σ = μ*: above it effects change in sign or size from "
        "place to place.",
        f"Bars: 95 % interval over n = {found.structure.size:,} trajectories (jackknife, Student's t).",
        _replicates(found),
        f"Blue: the {MOST_NAMED} factors with the largest μ*, named as far as there is room."
        if len(found.structure.factors) > MOST_NAMED
        else "",
        rest,
        captions.origin(found.results),
    )
    figure, grid = _sheet(found, ("Which factors matter: Morris's μ* and σ", note), panels, SQUARE, page)
    for axes, panel in grid:
        _points(axes, found, panel)
    return figure


def _points(axes: Axes, found: Sensitivity, panel: Panel) -> None:
    order, scale = ranked(panel.table, found.structure), _scale(found, panel.metric)
    (across, wide), (up, high) = (_values(panel.table, measure, order) for measure in ("mu_star", "sigma"))
    across, wide, up, high = (scale * np.nan_to_num(values) for values in (across, wide, up, high))
    first = slice(0, MOST_NAMED)
    line = style.LINES[0]
    axes.plot(across[MOST_NAMED:], up[MOST_NAMED:], "o", color="#777777", markersize=2.0)
    axes.errorbar(
        across[first],
        up[first],
        yerr=[np.minimum(high, up)[first], high[first]],
        xerr=[np.minimum(wide, across)[first], wide[first]],
        fmt="o",
        color=line.color,
        linewidth=0.8,
    )
    right, top = 1.05 * float((across + wide)[first].max()), 1.05 * float((up + high)[first].max())
    top = max(top, LEAST_SIGMA * right)
    axes.plot([0.0, min(right, top)], [0.0, min(right, top)], color="black", linestyle=(0, (4, 2)), linewidth=0.6)
    axes.set_xlim(0.0, right or 1.0)
    axes.set_ylim(0.0, top or 1.0)
    for locator in (axes.xaxis, axes.yaxis):
        locator.set_major_locator(MaxNLocator(4))
    axes.grid()
    axes.set_xlabel(_label(found, panel.metric, "mu_star"))
    axes.set_ylabel(_label(found, panel.metric, "sigma"))
    axes.set_title(panel.title, fontsize=style.TYPE)
    _name(axes, [titles(found.structure.factors)[factor] for factor in order[first]], across[first], up[first])


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


def _panels(found: Sensitivity, table: pl.DataFrame) -> tuple[list[Panel], str]:
    """The panels that have room, and a sentence on the others."""
    keys = ["metric", *found.structure.crossed]
    panels = []
    for where, rows in table.group_by(keys, maintain_order=True):
        levels = dict(zip(keys, where, strict=True))
        text = where_text(found.structure, levels)
        title = metric_title(levels["metric"]) + (f"\n{text}" if text else "")
        panels.append(Panel(title, levels["metric"], rows))
    rest = len(panels) - MOST_PANELS
    return panels[:MOST_PANELS], f"{rest} more panels have no room; their numbers are in tables/." if rest > 0 else ""


def _sheet(
    found: Sensitivity, words: tuple[str, str], panels: list[Panel], height: float, page: Page
) -> tuple[Figure, list[tuple[Axes, Panel]]]:
    """A sheet with its title and note, and a place for each panel that stands on this page."""
    (here,) = page.share(panels)
    columns = min(COLUMNS, len(here))
    rows = -(-len(here) // columns)
    extra = 3.5 if found.structure.crossed else 0.0
    width = style.DOUBLE if columns > 1 else style.SINGLE
    title, note = words
    figure = page.sheet(width, rows * (height + extra), title, captions.setting(found.results), note)
    grid = list(figure.subplots(rows, columns, squeeze=False).ravel())
    for axes in grid[len(here) :]:
        axes.remove()
    page.letter(grid[: len(here)], [each is here[0] for each in panels].index(True))
    return figure, list(zip(grid, here, strict=False))


def _values(table: pl.DataFrame, measure: str, order: list[str]) -> tuple[Any, Any]:
    """Means and half-widths of a measure for these factors; NaN where there are none."""
    rows = {row["factor"]: row for row in table.filter(measure=measure).iter_rows(named=True)}
    mean = np.array([rows[factor]["mean"] for factor in order], float)
    high = np.array([rows[factor]["high"] for factor in order], float)
    return mean, high - mean


def _scale(found: Sensitivity, metric: str) -> float:
    return shown(metric) if found.structure.kind == "morris" else 1.0


def _label(found: Sensitivity, metric: str, measure: str) -> str:
    if found.structure.kind == "saltelli":
        return f"{WORDS[measure].capitalize()} index (share)"
    unit = metric_unit(metric) if metric in METRICS else "weeks"
    return style.label(f"{WORDS[measure]} ({unit})", 0.8 * SQUARE / style.POINT)


def _replicates(found: Sensitivity) -> str:
    """What the intervals leave out."""
    other, noise = largest(found.verdicts["replicate_error"]), largest(found.noise["noise"])
    replicates = int(found.noise["replicates"][0])
    if replicates < 2:
        return "All points share one replicate; what another would change is not known."
    unit = " of the largest μ*" if found.structure.kind == "morris" else ""
    return (
        f"All points share {replicates:,} replicates: others would move an index typically by {other:.2f}{unit} "
        "(standard error, root mean square, for the metric of which it is largest), single ones by more. Noise of "
        f"replicates is at most {100.0 * noise:.0f} % of the variance."
    )

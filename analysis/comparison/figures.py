"""Figures of a comparison: whom doctrines move, which one wins where, and what each falls short of the best.

Shares of wins stand by criterion, and by the parameters that part the winners most; of regret the largest over worlds,
and the mean with its interval.
"""

from collections.abc import Mapping
from typing import Any

import numpy as np
import polars as pl
from matplotlib.axes import Axes
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.figure import Figure

from agents.catalogue import KINDS
from analysis.comparison.by_kind import SHOWN_BY_KIND, told_by_kind
from analysis.comparison.comparison import Comparison, comparison_of
from analysis.comparison.forest import (
    LEAST,
    ROW,
    Draw,
    comparison_setting,
    differences_note,
    draw_differences,
    row_panels,
    twin,
)
from analysis.comparison.regret import regret
from analysis.comparison.tables import regret_note, share_note
from analysis.comparison.winners import winners
from analysis.labels import factor_title, listed, shown
from analysis.plotting import captions, pages, panels, style
from analysis.results.folder import Results
from analysis.results.parts import THIRDS
from model.metrics.catalogue import COMPARED, LEAD, METRICS
from model.metrics.columns import WORDS

MOST, LINES = 3, 3
"""Panels for parameters, and doctrines with a line of their own in each."""
AXIS = 14.0
"""Height of an axis with its label, and the title of its panel, in mm."""
BY_KIND_SAID = "Shares are of the acts, harm or opportunities of that kind alone."
BELOW, LEGEND = 56.0, 60.0
"""Height of the lower panels in mm; room in them for the names of lines, in per cent of worlds."""
SHARES = LinearSegmentedColormap.from_list("shares", ["#F2F2F2", style.BLUE])
"""From never to always, light to dark."""
PALE, GREY = "#99BBDD", "#CCCCCC"
"""Bars of the least regret, and of any other."""
THICK = 0.55
"""Of a bar, as a share of its row."""


def by_kind_figure(results: Results) -> Figure | None:
    """Paired differences from the reference against each kind of perpetrator: a row of panels for each metric."""
    compared = comparison_of(results)
    found = told_by_kind(compared)
    names = [name for at, name in enumerate(compared.doctrines) if at != compared.reference]
    called = [compared.labels[name] for name in names]
    (here,) = pages.share(SHOWN_BY_KIND)
    figure = pages.sheet(
        style.DOUBLE,
        (max(LEAST, ROW * len(names) + 2.0) + AXIS) * len(here),
        f"Doctrines against “{compared.title}”, by kind of perpetrator",
        comparison_setting(compared),
        captions.note(BY_KIND_SAID, differences_note(compared, found)),
    )
    grid = figure.subplots(len(here), len(KINDS), sharex="row", sharey=True, squeeze=False)
    for row, metric in zip(grid, here, strict=True):
        short = METRICS[metric].short
        for axes, kind in zip(row, KINDS, strict=True):
            draw_differences(axes, found.filter(metric=metric, kind=kind), shown(metric))
            axes.set_xlabel(f"{short[0].upper()}{short[1:]} ({captions.difference_unit(metric)})")
            axes.set_title(WORDS[kind].capitalize(), fontsize=style.TYPE, pad=3.0)
            panels.round_ticks(axes.xaxis, 3)
            panels.rows(axes, len(names))
    grid[0, 0].set_yticks(range(len(names)), called)
    pages.letter(grid[:, 0], SHOWN_BY_KIND.index(here[0]))
    return figure


def winners_figure(results: Results) -> Figure | None:
    """Shares of worlds, or of replicates, that each doctrine wins."""
    compared = comparison_of(results)
    found = winners(compared)
    parted = strongest(found)
    whole, parts = pages.share([_shares], parted)
    heights = [ROW * len(compared.doctrines) + 12.0] * len(whole) + [BELOW] * bool(parts)
    title, note = f"In what share of {compared.unit} each doctrine is best", _said(compared, len(parted))
    words = title, comparison_setting(compared), captions.note(note, twin(compared))
    figure = pages.sheet(style.DOUBLE, sum(heights), *words)
    grid = figure.add_gridspec(len(heights), max(1, len(parts)), height_ratios=heights)
    places: list[Axes] = []
    for draw in whole:
        places.append(figure.add_subplot(grid[0, :]))
        draw(places[0], found.filter(pl.col("parameter").is_null()), compared)
    for at, (metric, path) in enumerate(parts):
        places.append(figure.add_subplot(grid[-1, at], sharey=places[-1] if at else None))
        leaders = {name: compared.labels[name] for name in _leaders(found, metric)}
        _parts(places[-1], found.filter(metric=metric, parameter=path), leaders)
    pages.letter(places, 0 if whole else 1 + parted.index(parts[0]))
    return figure


def strongest(found: pl.DataFrame) -> list[tuple[str, str]]:
    """Criteria with the parameters that part their winners most, beyond chance: the strongest first."""
    strength = found.drop_nulls("separation").unique(["metric", "parameter"], maintain_order=True)
    beyond = strength.filter(pl.col("separation") > pl.col("by_chance"))
    ordered = beyond.sort("separation", descending=True, maintain_order=True)
    return list(ordered.select("metric", "parameter").head(MOST).iter_rows())


def _said(compared: Comparison, parameters: int) -> str:
    several = f"Per cent of {compared.unit} in which a doctrine is best by a criterion; ties are shared."
    if not compared.has_worlds:
        return several if compared.cells.replicates > 1 else f"{several} {share_note(compared)}"
    if not parameters:
        return f"{several} No parameter separates the winners of any criterion beyond chance."
    bars = "; bars: 95 % intervals (Wilson)" if compared.is_sample else ""
    return (
        f"a: {several[0].lower()}{several[1:]} Other panels: the criteria and parameters that separate the winners most"
        f"{bars}. Separation: 0 to 1; chance: the level no parameter reaches by any criterion in 95 of 100 shuffles "
        "of the winners."
    )


def _leaders(found: pl.DataFrame, metric: str) -> list[str]:
    """The doctrines that win most by a criterion."""
    overall = found.filter(pl.col("parameter").is_null(), metric=metric).filter(pl.col("mean") > 0.0)
    return overall.sort("mean", descending=True, maintain_order=True)["doctrine"].to_list()[:LINES]


def _best(metric: str) -> str:
    return f"{'most' if METRICS[metric].better > 0 else 'least'} {METRICS[metric].short}"


def _shares(axes: Axes, table: pl.DataFrame, compared: Comparison) -> None:
    """A cell for each doctrine and criterion, with its per cent."""
    shares = np.array([100.0 * table.filter(metric=metric)["mean"].to_numpy() for metric in COMPARED]).T
    axes.pcolormesh(shares, cmap=SHARES, vmin=0.0, vmax=100.0, edgecolors="white", linewidth=1.0)
    for (row, column), share in np.ndenumerate(shares):
        ink = "white" if share > 62.0 else "black"
        text = "–" if np.isnan(share) else f"{share:.0f}"
        axes.text(column + 0.5, row + 0.5, text, ha="center", va="center", color=ink)
    axes.set_yticks(np.arange(len(shares)) + 0.5, list(compared.labels.values()))
    axes.set_xticks(np.arange(len(COMPARED)) + 0.5, [_best(metric).replace(" ", "\n", 1) for metric in COMPARED])
    panels.cells(axes)
    axes.invert_yaxis()
    axes.set(xlabel=f"Best by (% of {compared.unit})", ylabel="Doctrine")


def _parts(axes: Axes, table: pl.DataFrame, leaders: Mapping[str, str]) -> None:
    """Shares of wins in the parts of the worlds, a line for each of the doctrines that win most."""
    parts = table["part"].unique(maintain_order=True).to_list()
    places: Any = np.arange(len(parts))
    for at, (name, called) in enumerate(leaders.items()):
        own, line = table.filter(doctrine=name), style.LINES[at]
        # side by side, so that bars of lines that cross can be told apart
        shifted = places + 0.08 * (at - (len(leaders) - 1) / 2)
        axes.plot(shifted, 100.0 * own["mean"].to_numpy(), label=called, **line.look)
        if own["low"].null_count() == 0:
            low, high = (100.0 * own[end].to_numpy() for end in ("low", "high"))
            axes.vlines(shifted, low, high, color=line.color, linewidth=0.8)
    axes.set_xticks(places, [part.removesuffix(" third") for part in parts])
    axes.set(xlim=(-0.4, len(parts) - 0.6), ylim=(-3.0, 103.0 + LEGEND))
    axes.set_yticks(range(0, 101, 25))
    axes.grid(axis="y")
    metric, path, separation, chance = table.select("metric", "parameter", "separation", "by_chance").row(0)
    what = "thirds" if parts[0] in THIRDS else "values"
    room = (style.DOUBLE / MOST - 16.0) / style.POINT
    title = style.label(factor_title(path), room)
    axes.set_xlabel(f"{title}\n({what}; separation {separation:.2f}, chance {chance:.2f})")
    best = _best(metric)
    axes.set_ylabel(style.label(f"{best[0].upper()}{best[1:]} (% of worlds)", 0.55 * BELOW / style.POINT))
    axes.legend(loc="upper left", handlelength=3.2, borderaxespad=0.0, labelspacing=0.3)


def regret_figure(results: Results) -> Figure | None:
    """What each doctrine falls short of the best, the one with the least to regret by the metric that leads first."""
    compared = comparison_of(results)
    found = regret(compared, COMPARED)
    names = found.filter(metric=LEAD).sort("largest", nulls_last=True, maintain_order=True)["doctrine"].to_list()
    order = pl.col("doctrine").replace_strict(names, range(len(names)), return_dtype=pl.Int64)
    interval = " with its 95 % interval" if compared.cells.replicates > 1 else ""
    over = "in the world where it is largest" if compared.has_worlds else "as estimated"
    bars = (
        f"Bars: the shortfall {over}; diamonds: the mean{interval}; blue where no doctrine's bar is shorter. Shares "
        "of the twin's total are on one scale, the others on their own."
    )
    note = captions.note(bars, regret_note(compared), twin(compared))
    return row_panels(
        compared, names, found.sort(order, maintain_order=True), _drawn(found), _least(compared, found), note
    )


def _least(compared: Comparison, found: pl.DataFrame) -> str:
    """Which doctrine has the least largest regret by the most criteria, for a title."""
    least = found.filter(pl.col("least") & (pl.col("largest") > -np.inf))
    counted = least.group_by("doctrine", maintain_order=True).len().sort("len", descending=True, maintain_order=True)
    if not counted.height:
        return "How far each doctrine falls short of the best is unclear: nothing is defined"
    times = counted["len"][0]
    where = "in the world where that is largest" if compared.has_worlds else "in these runs"
    also = counted.filter(pl.col("len") == times)["doctrine"].to_list()
    others = found.filter(~pl.col("least")).group_by("metric").agg((pl.col("low").fill_null(0.0) > 0.0).all())
    sure = least.filter(doctrine=also[0]).join(others.filter("low"), on="metric", how="semi").height
    beyond = f" ({sure} beyond chance)" if len(also) == 1 else ""
    who = (
        listed([f"“{compared.titles[name]}”" for name in also[:MOST]])
        if len(also) <= MOST
        else f"{len(also)} doctrines"
    )
    verb = "falls" if len(also) == 1 else "each fall"
    count = f"{times} of {len(COMPARED)} criteria{beyond}"
    return f"{who[0].upper()}{who[1:]} {verb} least short of the best by {count}, {where}"


def _drawn(found: pl.DataFrame) -> Draw:
    """Draws the panel of a criterion; those that are shares of what the twin has share one scale."""
    of_twin = [name for name in COMPARED if "twin" in METRICS[name].unit]
    ends = found.filter(pl.col("metric").is_in(of_twin)).select("largest", "high", "mean")
    most = max((value for column in ends for value in column.drop_nulls() if np.isfinite(value)), default=0.0)

    def draw(axes: Axes, table: pl.DataFrame, unit: float) -> None:
        _shortfalls(axes, table, unit)
        if most > 0.0 and set(table["metric"]) <= set(of_twin):
            axes.set_xlim(0.0, 1.05 * unit * most)

    return draw


def _shortfalls(axes: Axes, table: pl.DataFrame, unit: float) -> None:
    """Bars for the largest, and over them means with their intervals."""
    for at, row in enumerate(table.iter_rows(named=True)):
        if row["largest"] is None:
            panels.undefined(axes, at)
            continue
        axes.barh(at, unit * row["largest"], THICK, facecolor=PALE if row["least"] else GREY, edgecolor="none")
        ink, size = (style.BLUE, 4.0) if row["least"] else (style.BLACK, 2.8)
        if row["low"] is not None:
            axes.plot([unit * row["low"], unit * row["high"]], [at, at], color=ink, linewidth=1.0)
        if row["mean"] is not None:
            axes.plot(unit * row["mean"], at, "D", color=ink, markersize=size, clip_on=False)
    axes.set_xlim(left=0.0)
    axes.axvline(0.0, color="black", linewidth=0.8)

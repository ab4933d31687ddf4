"""Figures of a scenario discovery: the box among the worlds, and coverage against density on the way to it."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import polars as pl
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Patch, Rectangle

from analysis.discovery.answer import Answer, read_answer
from analysis.discovery.boxes import Limit, restricting
from analysis.discovery.findings import asked_text, both_texts, limit_text, p_text, point, share_text
from analysis.discovery.rules import FOLDS, SUBSAMPLES
from analysis.discovery.tables import restrictions
from analysis.labels import factor_label, metric_label, number_of, shown, title
from analysis.plotting import captions, pages, panels, style
from analysis.plotting.panels import Mark
from analysis.results.conditions import Array, Worlds, worlds_of
from analysis.results.folder import Results

BAR, MOST_BARS = 9.5, 8
"""Height of a factor's bar in mm, and how many are shown."""
LEGEND = 150.0
"""Room for an entry of the legend, in points."""
CASE = Mark("^", style.RED, 4.5, style.RED)
OTHER = Mark("o", style.BLUE, 3.0, style.BLUE, "the other worlds")
UNSURE = Mark("o", "black", 3.5, "white", "open marks: unclear")
"""Marks of worlds in which what was asked about happens, and of the others."""
FRAME: dict[str, Any] = {"color": "black", "linestyle": (0, (4, 2)), "linewidth": 1.0}
"""The line around the box."""
INSIDE = "#F3DFE1"
"""The ground of the box."""


def discovery_figure(results: Results) -> Figure | None:
    """PRIM's box: its limits in the range of each factor, and the worlds in the two that it restricts most."""
    if (answer := read_answer(results)) is None or not answer.box:
        return None
    worlds = worlds_of(results, [one.metric for one in answer.asked], answer.doctrine, answer.against)
    names = restricting(answer.box)[:MOST_BARS]
    points, bars = pages.share([_scatter], names if len(names) > 1 else [])
    high = max(58.0, BAR * len(bars) + 22.0)
    words = _title(answer), captions.setting(results), _note(results, answer, names)
    figure = pages.sheet(style.DOUBLE, high, *words)
    widths = [1.35] * len(points) + [1.0] * bool(bars)
    places = figure.subplots(1, len(widths), width_ratios=widths, squeeze=False)[0]
    if points:
        _scatter(places[0], results, answer, worlds)
    if bars:
        _bars(places[-1], answer, worlds.frame, bars)
    if len(names) > 1:
        pages.letter(places, 0 if points else 1)
    return figure


def _title(answer: Answer) -> str:
    """The point, without its full stop; of several sentences the first."""
    return point(answer).partition(". ")[0].removesuffix(".")


def _note(results: Results, answer: Answer, names: Sequence[str]) -> str:
    fit, rest = answer.prim.fit, len(answer.box) - len(names)
    coverage, density = both_texts(fit)
    held_out = both_texts(answer.prim.held_out)
    return captions.note(
        f"Box found by PRIM: {fit.cases} of {fit.worlds} worlds in it; coverage {coverage}, density {density}; on "
        f"held-out worlds ({FOLDS}-fold cross-validation) {held_out[0]} and {held_out[1]}, "
        f"{p_text(answer.prim.p)} if the factors had no influence.",
        len(names) > 1 and f"Again: the share of {SUBSAMPLES} subsamples of two thirds that restrict that side too.",
        f"{rest} more restrictions are not shown." if rest else "",
        len(answer.box) > 2
        and "a shows two factors alone; worlds within the box there may lie outside it in another factor.",
        answer.unsure is not None
        and f"Open marks: the 95 % interval of the world's own {number_of('replicate', answer.replicates)} includes "
        "the threshold.",
        f"n = {answer.worlds} worlds × {answer.replicates} replicates.",
        captions.origin(results),
    )


def _bars(axes: Axes, answer: Answer, frame: pl.DataFrame, names: Sequence[str]) -> None:
    """What the box asks of each factor, in words, and which of the worlds that lets through as a bar."""
    table = restrictions(answer)
    for place, name in enumerate(names):
        limit, rows = answer.box[name], table.filter(factor=name)
        spans = [(0.0, 100.0, "#E4E4E4"), *((*span, style.RED) for span in _spans(limit, frame[name]))]
        for start, end, colour in spans:
            axes.add_patch(Rectangle((start, place - 0.22), end - start, 0.44, facecolor=colour, edgecolor="none"))
        again = ", ".join(share_text(share) for share in rows["found_again"])
        words = axes.text(0, place - 0.3, f"{limit_text(name, limit)} (again {again})", va="bottom", ha="left")
        words.set_in_layout(False)  # what begins in a panel and grows with none would push the panel's edge inwards
    axes.set(xlim=(0, 100), ylim=(len(names) - 0.5, -0.8), yticks=[])
    axes.spines["left"].set_visible(False)
    axes.set_xlabel("Worlds in order of the factor (%); red: in the box")


def _spans(limit: Limit, column: pl.Series) -> list[tuple[float, float]]:
    """The parts of a bar that are in the box."""
    if limit.among is not None:
        levels = _levels(column)
        each = 100.0 / len(levels)
        return [(each * place, each * (place + 1)) for place, name in enumerate(levels) if name in limit.among]
    values = column.cast(pl.Float64).to_numpy()
    low, high = limit.ends
    return [(100.0 * float((values < low).mean()), 100.0 * float((values <= high).mean()))]


def _levels(column: pl.Series) -> list[str]:
    """The names of a factor that has no numbers, in the order in which they are drawn."""
    return sorted(set(column.cast(pl.String)))


def _scatter(axes: Axes, results: Results, answer: Answer, worlds: Worlds) -> None:
    """The worlds over the two factors restricted most, or over one and the metric."""
    cases = worlds.meet(answer.asked, either=answer.either)
    names = restricting(answer.box)[:2]
    x = _axis(axes, "x", results, names[0], worlds.frame[names[0]])
    if len(names) == 2:
        y = _axis(axes, "y", results, names[1], worlds.frame[names[1]])
    else:
        y = _metric_axis(axes, answer, worlds)
    surely, possibly = (
        worlds.surely(answer.asked, either=answer.either) if answer.unsure is not None else (cases, cases)
    )
    unsure = possibly & ~surely
    for mark, which in ((OTHER, ~cases), (CASE, cases)):
        for face, some in ((mark.face, which & ~unsure), ("white", which & unsure)):
            if some.any():
                look = mark._replace(face=face).look
                axes.plot(x[some], y[some], markeredgewidth=0.8, clip_on=False, zorder=3, **look)
    _frame(axes, answer.box, names, worlds.frame)
    marks = [(CASE, cases), (OTHER, ~cases), *[(UNSURE, unsure)] * bool(unsure.any())]
    texts = {CASE: style.label(asked_text(answer), LEGEND), OTHER: OTHER.label, UNSURE: UNSURE.label}
    keys = [mark._replace(label=f"{texts[mark]} ({which.sum()})").key() for mark, which in marks]
    box = Patch(facecolor=INSIDE, edgecolor="black", linestyle="--", linewidth=0.8, label="the box of the rule")
    panels.legend_above(axes, handles=[*keys, box], at=0.07, handletextpad=0.4)


def _axis(axes: Axes, which: str, results: Results, name: str, column: pl.Series) -> Array:
    """Set up an axis for a factor; the worlds' places along it."""
    room = (58.0 if which == "x" else 40.0) / style.POINT
    label = style.label(factor_label(name, results.configuration).replace("_", " "), room)
    axes.set(**{f"{which}label": label})
    set_ticks = getattr(axes, f"set_{which}ticks")
    if not column.dtype.is_numeric():
        levels = _levels(column)
        set_ticks(range(len(levels)), [level.replace("_", " ") for level in levels])
        jitter = np.random.default_rng(0).uniform(-0.25, 0.25, len(column))
        return np.array([levels.index(text) for text in column.cast(pl.String)]) + jitter
    values = column.cast(pl.Float64).to_numpy()
    if panels.is_logarithmic(values):
        axes.set(**{f"{which}scale": "log"})
        ticks = panels.log_ticks(float(values.min()), float(values.max()))
        set_ticks(ticks, [f"{tick:g}" for tick in ticks])
        set_ticks([], minor=True)
    return values


def _metric_axis(axes: Axes, answer: Answer, worlds: Worlds) -> Array:
    """The metric of the first condition, with its threshold."""
    one = answer.asked[0]
    unit = shown(one.metric)
    if answer.against is None:
        axes.set_ylabel(style.label(metric_label(one.metric), 40.0 / style.POINT))
    else:
        text = f"{title(one.metric)}, less that of {answer.against} ({captions.difference_unit(one.metric)})"
        axes.set_ylabel(style.label(text[0].upper() + text[1:], 40.0 / style.POINT))
    axes.axhline(unit * one.value, color="black", linewidth=0.6)
    return unit * worlds.values(one.metric)


def _frame(axes: Axes, box: dict[str, Limit], names: Sequence[str], frame: pl.DataFrame) -> None:
    """The box in the two factors shown; where it asks nothing, to the edge of the panel."""
    axes.margins(0.06)
    axes.autoscale_view()
    edges = [axes.get_xlim(), axes.get_ylim()]
    ends = list(edges)
    for place, name in enumerate(names):
        limit, (low, high) = box[name], edges[place]
        if limit.among is not None:
            held = [_levels(frame[name]).index(text) for text in limit.among]
            ends[place] = min(held) - 0.4, max(held) + 0.4
        else:
            ends[place] = low if limit.low is None else limit.low, high if limit.high is None else limit.high
    (x0, x1), (y0, y1) = ends
    axes.fill([x0, x1, x1, x0], [y0, y0, y1, y1], color=INSIDE, linewidth=0, zorder=0.5)
    axes.plot([x0, x1, x1, x0, x0], [y0, y0, y1, y1, y0], **FRAME, zorder=2.5)
    axes.set(xlim=edges[0], ylim=edges[1])


def peeling_figure(results: Results) -> Figure | None:
    """Coverage against density on PRIM's way from all worlds to smaller boxes, with the box chosen."""
    if (answer := read_answer(results)) is None:
        return None
    title = f"Smaller boxes are denser in worlds with {asked_text(answer)}, but cover fewer of them"
    pages.share([peeling_figure])
    figure = pages.sheet(style.SINGLE, 62.0, title, captions.setting(results), _peeling_note(results, answer))
    axes = figure.subplots()
    coverage, density = (100.0 * np.array([getattr(s, of) for s in answer.steps]) for of in ("coverage", "density"))
    axes.plot(coverage, density, color=style.BLUE, marker="o", markersize=3.0, linewidth=0.8, label="PRIM’s boxes")
    level, dots = 100.0 * answer.cases / answer.worlds, (0, (1, 1))
    axes.axhline(level, color="black", linestyle=dots, linewidth=0.8, label="all worlds")
    chosen = (
        (answer.prim.fit, "s", style.YELLOW, "chosen, as found"),
        (answer.prim.held_out, "D", "white", "chosen, held out"),
    )
    for box, marker, face, label in chosen:
        if box.coverage is not None and box.density is not None:
            look: dict[str, Any] = {"color": "black", "markerfacecolor": face, "markersize": 6.5}
            axes.plot(100 * box.coverage, 100 * box.density, marker, label=label, zorder=4, **look)
    axes.set(xlim=(-3, 103), ylim=(0, 104), xlabel="Coverage (% of such worlds)", ylabel="Density (% of worlds in box)")
    axes.grid()
    panels.legend_above(axes)
    return figure


def _peeling_note(results: Results, answer: Answer) -> str:
    chosen = "" if answer.box else "No box is left once restrictions that may be chance are withdrawn."
    return captions.note(
        "From the right: all worlds, and box after box peeled from them. Chosen: the best balance of coverage and "
        "density, less restrictions that may be chance (quasi-p above 0.05).",
        chosen,
        f"Held out: worlds judged by boxes found without them ({FOLDS}-fold cross-validation).",
        f"n = {answer.worlds} worlds × {answer.replicates} replicates, {answer.cases} such worlds.",
        captions.origin(results),
    )

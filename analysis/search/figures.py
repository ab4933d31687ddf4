"""Figures of a search for doctrines: the front with shipped doctrines on it, and what winners lean on."""

from collections.abc import Sequence
from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.ticker import MaxNLocator

from analysis.labels import metric_unit, shown
from analysis.plotting import captions, style
from analysis.plotting.pages import PAPER, Page
from analysis.plotting.text_placement import Box, place
from analysis.results.conditions import Array
from analysis.results.folder import Results
from analysis.search.answer import Found, Judged, Leaning, read_found
from analysis.search.findings import assumption_text
from analysis.search.objectives import Aim

HEIGHT, ROW = 72.0, 3.7
"""Height of a panel of the front, and of a row of assumptions, in mm."""
LEAST_RANGE = 0.02
"""Range of an axis of advantages below which noise is not blown up, in the metric's unit."""
LETTERS = "ABCDEFGH"
"""Names of winners beside their marks."""
LOOKS: dict[str, dict[str, Any]] = {
    "shipped": {"marker": "s", "color": style.BLACK, "markersize": 3.2},
    "front": {"marker": "o", "color": style.BLUE, "markersize": 3.5, "markerfacecolor": "white"},
    "winner": {"marker": "^", "color": style.RED, "markersize": 5.0},
}
SAID = {"shipped": "shipped", "front": "front of the search", "winner": "winner, saved"}
VERDICTS: dict[str, dict[str, Any]] = {
    "holds": {"marker": "o", "color": style.BLUE, "markersize": 3.2},
    "unclear": {"marker": "o", "color": style.BLACK, "markersize": 3.2, "markerfacecolor": "white"},
    "nothing": {"marker": "|", "color": style.BLACK, "markersize": 5.0},
    "reversed": {"marker": "v", "color": style.RED, "markersize": 4.0},
}
VERDICT_WORDS = {
    "holds": "holds",
    "unclear": "cannot be told from zero",
    "nothing": "exactly zero",
    "reversed": "reversed",
}


def front(results: Results, page: Page = PAPER) -> Figure | None:
    """Trials in light, and on fresh worlds the front of the search, its winners and the shipped doctrines."""
    found = read_found(results)
    if found is None:
        return None
    title = f"{found.title}: what was found, on worlds that the search had not seen"
    every = _pairs(found.aims)
    (pairs,) = page.share(every)
    width = page.width(style.DOUBLE if len(pairs) > 1 else style.SINGLE)
    high = HEIGHT * -(-len(pairs) // 2)
    figure = page.sheet(width, high, title, _setting(found), _front_note(results, found), least=0.85 * high)
    grid = figure.subplots(-(-len(pairs) // 2), min(2, len(pairs)), squeeze=False).ravel()
    for axes, (x, y) in zip(grid, pairs, strict=False):
        _panel(axes, found, x, y, (width / min(2, len(pairs)) - 20.0) / style.POINT)
    for axes in grid[len(pairs) :]:
        axes.remove()
    kinds = {each.kind for each in found.judged}
    marks = [Line2D([], [], linestyle="", label=SAID[kind], **look) for kind, look in LOOKS.items() if kind in kinds]
    marks.append(Line2D([], [], linestyle="", marker=".", color="#BBBBBB", label="trials, as the search saw them"))
    grid[0].legend(handles=marks, loc="lower left", bbox_to_anchor=(0.05, 1.0), ncols=2, columnspacing=1.0)
    page.letter(grid[: len(pairs)], every.index(pairs[0]))
    return figure


def _pairs(aims: Sequence[Aim]) -> list[tuple[Aim, Aim]]:
    """Which objectives stand against which: cost below what it buys, else each below the one before."""
    cost = next((one for one in aims if one.metric == "eu_cost"), None)
    rest = [one for one in aims if one is not cost]
    if cost is None:
        return [(other, one) for one, other in pairwise(aims)][:4]
    means = [one for one in rest if one.sense == "max"]
    ills = [one for one in rest if one.sense == "min"]
    return [*((cost, one) for one in means[::-1]), *((ill, means[0]) for ill in ills if means)][:4]


def _setting(found: Found) -> str:
    return (
        f"{len(found.tried)} candidates in {found.worlds} worlds × {found.replicates} replicates; judged again in "
        f"{found.fresh_worlds} worlds × {found.fresh_replicates} replicates"
    )


def _front_note(results: Results, found: Found) -> str:
    shipped = [each.name.replace("_", " ") for each in found.judged if each.kind == "shipped"]
    winners = [each.name.replace("_", " ") for each in found.winners]
    numbers = ", ".join(f"{at} {name}" for at, name in enumerate(shipped, start=1))
    letters = ", ".join(f"{LETTERS[at]} {name}" for at, name in enumerate(winners))
    return captions.note(
        f"Winners: {letters}. Shipped: {numbers}.",
        f"Bars: 95 % intervals over worlds and replicates, n = {found.fresh_worlds} × {found.fresh_replicates}; "
        "doctrines share both, so differences between them are surer than that.",
        f"Worst worlds: the {100 * found.worst:.0f} % quantile over worlds."
        if any(a.worst for a in found.aims)
        else "",
        captions.origin(results),
    )


class _Place(NamedTuple):
    x: float
    y: float
    text: str
    color: str


def _panel(axes: Axes, found: Found, x: Aim, y: Aim, room: float) -> None:
    """One objective over another."""
    tried = [[shown(one.metric) * each.figures[one.key] for each in found.tried] for one in (x, y)]
    axes.plot(*tried, ".", color="#BBBBBB", markersize=2.5, zorder=1)
    labels: list[_Place] = []
    counts = {"shipped": 0, "winner": 0}
    for kind in ("front", "shipped", "winner"):
        for each in (one for one in found.judged if one.kind == kind):
            at = _mark(axes, each, x, y)
            if kind in counts:
                name = LETTERS[counts[kind]] if kind == "winner" else str(counts[kind] + 1)
                counts[kind] += 1
                labels.append(_Place(*at, name, LOOKS[kind]["color"]))
    axes.set_xlabel(style.label(x.label, room))
    axes.set_ylabel(style.label(y.label, 0.7 * HEIGHT / style.POINT))
    axes.margins(0.06)
    axes.autoscale_view()
    _names(axes, labels, room)


def _mark(axes: Axes, each: Judged, x: Aim, y: Aim) -> tuple[float, float]:
    """A doctrine with its intervals on fresh worlds; where it is."""
    values, bars = [], []
    for one in (x, y):
        estimate, unit = each.fresh[one.key], shown(one.metric)
        values.append(unit * estimate.mean)
        ends = (estimate.low, estimate.high)
        known = None not in ends
        span = [[max(0.0, estimate.mean - (estimate.low or 0.0))], [max(0.0, (estimate.high or 0.0) - estimate.mean)]]
        bars.append(unit * np.array(span) if known else None)
    look = LOOKS[each.kind]
    thin = {"linewidth": 0.5, "ecolor": look["color"], "alpha": 0.9} if each.kind != "front" else {"linewidth": 0.4}
    axes.errorbar(values[0], values[1], bars[1], bars[0], linestyle="", zorder=3, **look, **thin)
    return values[0], values[1]


def _names(axes: Axes, labels: Sequence[_Place], room: float) -> None:
    """Short names beside their marks, none over another or over a mark."""
    (left, right), (bottom, top) = axes.get_xlim(), axes.get_ylim()
    high = 0.72 * HEIGHT / style.POINT
    points = [((p.x - left) / (right - left) * room, (p.y - bottom) / (top - bottom) * high) for p in labels]
    sizes = [(style.width_of(label.text, weight="bold"), style.TYPE) for label in labels]
    for label, (x, y), box in zip(labels, points, place(points, sizes, Box(0.0, 0.0, room, high)), strict=True):
        words = axes.annotate(
            label.text,
            (label.x, label.y),
            ((box.left + box.right) / 2 - x, (box.bottom + box.top) / 2 - y),
            textcoords="offset points",
            ha="center",
            va="center",
            fontweight="bold",
            color=label.color,
            zorder=5,
        )
        words.set_in_layout(False)


def leaning(results: Results, page: Page = PAPER) -> Figure | None:
    """The advantage of each winner over the reference under each assumption, one changed at a time."""
    found = read_found(results)
    if found is None or not found.leanings:
        return None
    names = [each.name for each in found.winners]
    every = [each for each in found.leanings if each.winner == names[0]]
    (places,) = page.share(range(len(every)))
    rows = [every[place] for place in places]
    title = f"What the winners’ advantage over {found.reference} leans on"
    high = ROW * len(rows) + 34.0
    figure = page.sheet(style.DOUBLE, high, title, _setting(found), _leaning_note(results, found))
    grid = figure.subplots(1, len(names), sharey=True, squeeze=False)[0]
    texts = [assumption_text(each) for each in rows]
    beside = max(map(style.width_of, map(assumption_text, every))) * style.POINT + 8.0
    room = ((style.DOUBLE - beside) / len(names) - 4.0) / style.POINT
    for axes, name in zip(grid, names, strict=True):
        own = [each for each in found.leanings if each.winner == name]
        ends = [end for each in own for end in (each.gain.mean, each.gain.low, each.gain.high) if end is not None]
        page.span(axes, [shown(found.lead.metric) * end for end in ends])
        _forest(axes, found, [own[place] for place in places])
        axes.set_xlabel(style.label(f"{name.replace('_', ' ').capitalize()} ({_unit(found.lead)})", room))
    grid[0].set_yticks(range(len(rows)), texts)
    grid[0].set_ylim(len(rows) - 0.4, -0.6)
    grid[0].set_ylabel("Assumption (one changed at a time)")
    used = {each.verdict for each in found.leanings}
    marks = [Line2D([], [], linestyle="", label=VERDICT_WORDS[v], **look) for v, look in VERDICTS.items() if v in used]
    grid[0].legend(handles=marks, loc="lower right", bbox_to_anchor=(-0.05, 1.0), ncols=1)
    if len(names) > 1:
        page.letter(grid)
    return figure


def _unit(lead: Aim) -> str:
    unit = metric_unit(lead.metric)
    return "points" if unit.startswith("%") else unit


def _leaning_note(results: Results, found: Found) -> str:
    lead = found.lead
    turn = "" if lead.sense == "max" else " turned so that more is better,"
    return captions.note(
        f"Advantage: {lead.words},{turn} of the winner less that of {found.reference}, in the same world on the same "
        f"random numbers. Bars: 95 % interval over n = {found.leaning_replicates} replicates.",
        "First row: the scenario as it is; then each uncertain parameter at the ends of its range, and each mechanism "
        "switched off in the world and its twin.",
        captions.origin(results),
    )


def _forest(axes: Axes, found: Found, rows: Sequence[Leaning]) -> None:
    unit = shown(found.lead.metric)
    for row, each in enumerate(rows):
        bar: Array | None = None
        if each.gain.low is not None and each.gain.high is not None:
            span = [[each.gain.mean - each.gain.low], [each.gain.high - each.gain.mean]]
            bar = unit * np.maximum(0.0, span)
        axes.errorbar(unit * each.gain.mean, row, xerr=bar, linestyle="", linewidth=0.8, **VERDICTS[each.verdict])
    axes.axvline(0.0, color="black", linewidth=0.6)
    low, high = axes.get_xlim()
    if high - low < LEAST_RANGE * unit:
        axes.set_xlim((low + high - LEAST_RANGE * unit) / 2, (low + high + LEAST_RANGE * unit) / 2)
    axes.xaxis.set_major_locator(MaxNLocator(3, steps=(1, 2, 5, 10)))
    axes.grid(axis="x")
    axes.tick_params(axis="y", length=0)

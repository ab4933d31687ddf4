"""Figures of a search for doctrines: the front with shipped doctrines on it, and what winners lean on."""

from collections.abc import Sequence
from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Patch, Rectangle
from numpy.typing import NDArray

from analysis.labels import listed, shown
from analysis.plotting import captions, pages, panels, style
from analysis.plotting.panels import Mark
from analysis.plotting.text_placement import Box, place
from analysis.results.folder import Results
from analysis.search.answer import Estimate, Found, Judged, Leaning, read_found
from analysis.search.findings import assumption_text, point
from analysis.search.growth import LAST, growth
from analysis.search.growth import LEAST as LEAST_GROWTH
from analysis.search.objectives import Aim

HEIGHT, ROW = 72.0, 3.7
"""Height of a panel of the front, and of a row of assumptions, in mm."""
LEAST_RANGE = 0.02
"""Range of an axis of advantages below which noise is not blown up, in the metric's unit."""
LOOKS = {
    "shipped": Mark("s", "#888888", 3.0, "white", "the other shipped doctrines"),
    "front": Mark("o", style.BLUE, 3.0, "white", "the rest of the front found"),
    "reference": Mark("s", style.BLACK, 4.5, style.BLACK),
    "winner": Mark("^", style.RED, 5.5, style.RED, "winners, saved"),
}
"""Kinds of doctrines, the later ones drawn over the earlier; the reference is called by its name."""
NAMED = ("reference", "winner")
"""Kinds that have their names and intervals beside their marks: all would hide what is to be seen."""
BETTER = "#DFE8F2"
"""The ground on which a doctrine does better than the reference in both objectives."""
THIN = 0.008
"""Thickness of a bar that names keep clear of, as a share of the panel."""
EDGE = 0.06
"""Room beyond the outermost mark, as a share of the range."""
VERDICTS = {
    "holds": Mark("o", style.BLUE, 3.2, style.BLUE, "holds"),
    "unclear": Mark("o", style.BLACK, 3.2, "white", "unclear"),
    "nothing": Mark("|", style.BLACK, 5.0, style.BLACK, "exactly zero"),
    "reversed": Mark("v", style.RED, 4.0, style.RED, "reversed"),
}
"""Advantages of a winner under an assumption, by their verdict."""


def front_figure(results: Results) -> Figure | None:
    """On fresh worlds the winners beside the reference, and in light what else was found and the shipped doctrines."""
    if (found := read_found(results)) is None:
        return None
    words = point(found), _setting(found), _front_note(results, found)
    figure, slot, places = pages.grid(_pairs(found.aims), HEIGHT, *words, loose=0.85)
    for axes, (x, y) in places:
        _panel(axes, found, x, y, (slot - 20.0) / style.POINT)
    reference = found.reference.replace("_", " ")
    kinds = {_kind(found, each) for each in found.judged}
    marks = {**LOOKS, "reference": LOOKS["reference"]._replace(label=f"{reference}, the reference")}
    ground = Patch(facecolor=BETTER, label=f"better than {reference} in both")
    keys = [*(mark.key() for kind, mark in reversed(marks.items()) if kind in kinds), ground]
    panels.legend_above(places[0][0], handles=keys, at=0.05)
    return figure


def _kind(found: Found, each: Judged) -> str:
    """What a doctrine is, as a key of `LOOKS`."""
    return "reference" if each.name == found.reference else each.kind


def _pairs(aims: Sequence[Aim]) -> list[tuple[Aim, Aim]]:
    """Which objectives stand against which: cost below what it buys, or where it buys none each below the next."""
    cost = next((one for one in aims if one.metric == "eu_cost"), None)
    rest = [one for one in aims if one is not cost]
    means = [one for one in rest if one.sense == "max"]
    ills = [one for one in rest if one.sense == "min"]
    if cost is None or not means:
        return [(other, one) for one, other in pairwise(aims)][:4]
    return [*((cost, one) for one in means[::-1]), *((ill, means[0]) for ill in ills)][:4]


def _setting(found: Found) -> str:
    return (
        f"{len(found.tried)} candidates in {found.worlds} worlds × {found.replicates} replicates; judged again in "
        f"{found.fresh_worlds} worlds × {found.fresh_replicates} replicates"
    )


def _front_note(results: Results, found: Found) -> str:
    worst = f"Worst worlds: the threshold of the {100 * found.worst:.0f} % of worlds in which a doctrine does worst."
    return captions.note(
        f"Means over fresh worlds; bars of winners and reference: 95 % intervals over worlds and replicates, n = "
        f"{found.fresh_worlds} × {found.fresh_replicates}. Doctrines share both, so differences between them are more "
        "precise than the bars: the title has that of the first winner.",
        any(one.worst for one in found.aims) and worst,
        "Panels of one metric share its scale. All doctrines with their intervals: table search_front.",
        captions.origin(results),
    )


class _Name(NamedTuple):
    """A short name beside a mark, and where that is."""

    x: float
    y: float
    text: str
    color: str
    bars: tuple[tuple[float, float], tuple[float, float]]  # ends of its intervals across and up


def _panel(axes: Axes, found: Found, x: Aim, y: Aim, room: float) -> None:
    """One objective over another."""
    names: list[_Name] = []
    for kind, mark in LOOKS.items():
        for each in (one for one in found.judged if _kind(found, one) == kind):
            across, up = _mark(axes, each, x, y, mark, named=kind in NAMED)
            if kind in NAMED:
                bars = _reach(each, x), _reach(each, y)
                names.append(_Name(across, up, each.name.replace("_", " "), mark.color, bars))
    axes.set(xlim=_ends(found, x.metric), ylim=_ends(found, y.metric))
    _better(axes, found, x, y)
    axes.set_xlabel(style.label(x.label, room))
    axes.set_ylabel(style.label(y.label, 0.7 * HEIGHT / style.POINT))
    _names(axes, names, room)


def _mark(axes: Axes, each: Judged, x: Aim, y: Aim, mark: Mark, *, named: bool) -> tuple[float, float]:
    """A doctrine on fresh worlds, with its intervals if it is named; where it is."""
    estimates = [(each.fresh[one.key], shown(one.metric)) for one in (x, y)]
    across, up = (unit * estimate.mean for estimate, unit in estimates)
    wide, high = (_bar(estimate, unit) if named else None for estimate, unit in estimates)
    order = 2.0 + 0.1 * list(LOOKS.values()).index(mark)
    axes.errorbar(across, up, high, wide, zorder=order, **mark.look, linewidth=0.7, ecolor=mark.color, alpha=0.9)
    return across, up


def _ends(found: Found, metric: str) -> tuple[float, float]:
    """The scale of a metric in all panels, of the mean and of the worst worlds: what is beside it can be compared."""
    ends: list[float] = []
    for one in (one for one in found.aims if one.metric == metric):
        for each in found.judged:
            estimate = each.fresh[one.key]
            ends += [estimate.mean] if _kind(found, each) not in NAMED or estimate.low is None else []
            ends += [end for end in estimate[1:] if end is not None and _kind(found, each) in NAMED]
    known = [shown(metric) * end for end in ends if np.isfinite(end)] or [0.0]
    low, high = min(known), max(known)
    room = EDGE * (high - low) or LEAST_RANGE * shown(metric)
    return low - room, high + room


def _better(axes: Axes, found: Found, x: Aim, y: Aim) -> None:
    """Shade where a doctrine does better than the reference in both objectives."""
    reference = next(each for each in found.judged if each.name == found.reference)
    starts = [shown(one.metric) * reference.fresh[one.key].mean for one in (x, y)]
    stops = [limits[one.sense == "max"] for one, limits in zip((x, y), (axes.get_xlim(), axes.get_ylim()), strict=True)]
    wide, high = (stop - start for start, stop in zip(starts, stops, strict=True))
    axes.add_patch(Rectangle((starts[0], starts[1]), wide, high, facecolor=BETTER, edgecolor="none", zorder=0.5))


def _reach(each: Judged, one: Aim) -> tuple[float, float]:
    """Where the interval of an objective begins and ends, in the unit shown; its mean where there is none."""
    mean, low, high = each.fresh[one.key]
    unit = shown(one.metric)
    return (unit * mean, unit * mean) if low is None or high is None else (unit * low, unit * high)


def _bar(estimate: Estimate, unit: float) -> NDArray[np.float64] | None:
    """How far an interval reaches below and above its mean, in the unit shown; none where there is no interval."""
    if estimate.low is None or estimate.high is None:
        return None
    return unit * np.maximum(0.0, [[estimate.mean - estimate.low], [estimate.high - estimate.mean]])


def _names(axes: Axes, labels: Sequence[_Name], room: float) -> None:
    """Short names beside their marks, none over another or over a mark."""
    (left, right), (bottom, top) = axes.get_xlim(), axes.get_ylim()
    # what the axes have of the panel, near enough: the layout is settled only when all is drawn
    high = 0.72 * HEIGHT / style.POINT

    def at(x: float, y: float) -> tuple[float, float]:
        return (x - left) / (right - left) * room, (y - bottom) / (top - bottom) * high

    points = [at(label.x, label.y) for label in labels]
    bars = [Box(*at(start, p.y - THIN * (top - bottom)), *at(stop, p.y)) for p in labels for start, stop in p.bars[:1]]
    bars += [Box(*at(p.x - THIN * (right - left), start), *at(p.x, stop)) for p in labels for start, stop in p.bars[1:]]
    sizes = [(style.width_of(label.text, weight="bold"), style.TYPE) for label in labels]
    whole = Box(0.0, 0.0, room, high)
    for label, (x, y), box in zip(labels, points, place(points, sizes, whole, bars), strict=True):
        aside = box.middle[0] - x, box.middle[1] - y
        look: dict[str, Any] = {"ha": "center", "va": "center", "fontweight": "bold", "color": label.color}
        words = axes.annotate(label.text, (label.x, label.y), aside, textcoords="offset points", zorder=5, **look)
        words.set_in_layout(False)


def growth_figure(results: Results) -> Figure | None:
    """The hypervolume of the front after each trial, and the quarter that says whether it was still growing."""
    if (found := read_found(results)) is None or (grown := growth(found)) is None:
        return None
    title = "How the front of the search grew"
    note = captions.note(
        "Hypervolume: share of the box between the worst figure of any candidate in each objective, the reference "
        "point, and the best that the front covers. Points: ends of generations. Shaded: the last quarter, in which "
        f"{100.0 * grown.late:.1f} % of it was added; beyond {100.0 * LEAST_GROWTH:.0f} % the front counts as still "
        "growing.",
        "Figures are means over few runs, partly luck.",
        f"Objectives: {listed([one.text for one in found.aims])}.",
        captions.origin(results),
    )
    figure = pages.sheet(style.DOUBLE, HEIGHT, title, _setting(found), note)
    axes = figure.subplots()
    trials, look = np.arange(1, len(grown.volume) + 1), style.LINES[0]
    axes.axvspan(trials[-1] - int(LAST * len(trials)), trials[-1], color="#E6E6E6", linewidth=0)
    axes.step(trials, 100.0 * grown.volume, where="post", color=look.color, linewidth=1.0)
    axes.plot(trials[grown.ends], 100.0 * grown.volume[grown.ends], look.marker, color=look.color, clip_on=False)
    axes.set(xlabel="Trials (number)", ylabel="Hypervolume (% of the box)", xlim=(0, trials[-1]))
    axes.set_ylim(bottom=0.0)
    panels.round_ticks(axes.yaxis, 5)
    axes.grid(axis="y")
    return figure


def leaning_figure(results: Results) -> Figure | None:
    """The advantage of each winner over the reference under each assumption, one changed at a time."""
    if (found := read_found(results)) is None or not found.leanings:
        return None
    own = {each.name: found.leanings_of(each) for each in found.winners}
    every, unit = next(iter(own.values())), shown(found.lead.metric)
    advantage = captions.difference_unit(found.lead.metric)
    (rows,) = pages.share(range(len(every)))
    title = f"What the winners’ advantage over {found.reference} depends on"
    words = title, _setting(found), _leaning_note(results, found)
    figure = pages.sheet(style.DOUBLE, ROW * len(rows) + 34.0, *words)
    places = figure.subplots(1, len(own), sharey=True, squeeze=False)[0]
    beside = max(map(style.width_of, map(assumption_text, every))) * style.POINT + 8.0
    room = ((style.DOUBLE - beside) / len(own) - 4.0) / style.POINT
    for axes, (name, leanings) in zip(places, own.items(), strict=True):
        gains = [each.gain for each in leanings]
        pages.span(axes, [unit * end for gain in gains for end in (gain.mean, gain.low, gain.high) if end is not None])
        _forest(axes, [leanings[row] for row in rows], unit)
        axes.set_xlabel(style.label(f"{name.replace('_', ' ').capitalize()} ({advantage})", room))
    places[0].set_yticks(range(len(rows)), [assumption_text(every[row]) for row in rows])
    places[0].set_ylabel("Assumption (one changed at a time)")
    used = {each.verdict for each in found.leanings}
    marks = [mark.key() for verdict, mark in VERDICTS.items() if verdict in used]
    places[0].legend(handles=marks, loc="lower right", bbox_to_anchor=(-0.05, 1.0), ncols=1)
    if len(own) > 1:
        pages.letter(places)
    return figure


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


def _forest(axes: Axes, leanings: Sequence[Leaning], unit: float) -> None:
    for row, each in enumerate(leanings):
        bar = _bar(each.gain, unit)
        axes.errorbar(unit * each.gain.mean, row, xerr=bar, linewidth=0.8, **VERDICTS[each.verdict].look)
    axes.axvline(0.0, color="black", linewidth=0.6)
    panels.widen(axes, LEAST_RANGE * unit)
    panels.round_ticks(axes.xaxis, 3)
    panels.rows(axes, len(leanings))

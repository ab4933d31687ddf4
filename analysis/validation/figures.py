"""Figures of validation: facts with their least effects over the prior, and what becomes of them under other rules."""

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import ListedColormap
from matplotlib.figure import Figure

from analysis.labels import number_of
from analysis.plotting import pages, panels, style
from analysis.plotting.panels import Mark
from analysis.validation.checks import EXPLAINED, HOLDS, KEPT, SHORT, Check, Findings
from analysis.validation.games import games_figure
from analysis.validation.tables import INTERVALS, measured_text

ROW, NAMES, VALUES = 6.4, 88.0, 27.0
"""Height of a row, and room for names at the left and for values at the right, in mm."""
LOOKS = {
    HOLDS: Mark("o", style.BLUE, 3.8, style.BLUE),
    SHORT: Mark("s", style.RED, 3.8, style.RED),
    EXPLAINED: Mark("s", style.RED, 3.8, "white"),
}
"""An effect by its verdict: told apart by shape and filling, not by colour alone."""
OTHERS = ("built-in", "tuned")
"""Labels of facts that do not count as validation."""
TICKS = (-1000, -100, -10, -1, 0, 1, 10, 100, 1000)
"""Ticks that the scale of effects may have, and ends."""
COLOURS = (style.BLUE, style.SEVERITIES[1], "#EEEEEE", style.RED)
"""Colours of what becomes of a fact, in the order of `KEPT`."""


def validation_figures(findings: Findings) -> dict[str, Figure]:
    """Figures by name: games, emergent facts, the others, and facts under other rules; none that would be empty."""
    judged = [check for check in findings.checks if check.verdict in LOOKS and check.low is not None and check.least]
    kinds = {
        "emergent": ("Emergent facts over the prior", [check for check in judged if check.label == "emergent"]),
        "others": (
            "Built-in and tuned facts over the prior",
            [check for check in judged if check.label in OTHERS],
        ),
    }
    figures = {}
    with pages.drawing():
        if findings.played:
            figures["games"] = games_figure(findings)
        for name, (title, checks) in kinds.items():
            if checks:
                figures[name] = forest(findings, checks, title)
        if findings.cells:
            figures["structure"] = structure(findings)
    return figures


def setting(findings: Findings, worlds: int) -> str:
    """Over how many worlds, replicates, and with which seed."""
    return (
        f"{number_of('world', worlds)} drawn from the prior, {number_of('replicate', findings.replicates)} of each, "
        f"seven years; seed {findings.seed}"
    )


def forest(findings: Findings, checks: Sequence[Check], title: str) -> Figure:
    """Effects on the side expected, in units of the least effect, with their intervals; values in their own units."""
    note = (
        "Effects over the least effect stated beforehand: 1 (dashed): just reached; below 0: the opposite sign; the "
        f"scale is logarithmic beyond 1. Bars: 95 %. {INTERVALS} n = {findings.worlds} worlds unless "
        "stated. Blue circle: holds, with the whole bar beyond 1 and the sign in three worlds of four; red square: "
        "falls short, open where this is explained. Right: the effects in their own units, ± half of the interval."
    )
    figure = pages.sheet(style.DOUBLE, ROW * len(checks) + 8.0, title, setting(findings, findings.worlds), note)
    axes = figure.subplots()
    panels.rows(axes, len(checks))
    room = NAMES / style.POINT
    axes.set_yticks(range(len(checks)), [style.wrapped(check.name, room) for check in checks])
    for at, check in enumerate(checks):
        _effect(axes, at, check, findings.worlds)
    axes.set_xscale("symlog", linthresh=1.0, linscale=0.6)
    axes.set_xlabel("Effect / least effect")
    axes.axvline(0.0, color="black", linewidth=0.8)
    axes.axvline(1.0, color="black", linewidth=0.8, linestyle=(0, (4, 2)))
    ends = [value for line in axes.lines for value in np.asarray(line.get_xdata(), float)]
    low = max((tick for tick in TICKS if tick <= min(ends)), default=TICKS[0])
    high = min((tick for tick in TICKS if tick >= max(ends)), default=TICKS[-1])
    axes.set_xlim(low, high)
    ticks = TICKS[TICKS.index(low) : TICKS.index(high) + 1]
    axes.set_xticks(ticks, [f"{tick}".replace("-", "−") for tick in ticks])
    axes.minorticks_off()
    return figure


def _effect(axes: Axes, at: int, check: Check, worlds: int) -> None:
    """One row: bar and mark in units of the least effect, and the value in its own."""
    ends = np.array([check.low, check.got, check.high], float) * check.sign / check.least
    mark = LOOKS[check.verdict]
    axes.plot(ends[[0, 2]], [at, at], color=mark.color, linewidth=1.1)
    axes.plot(ends[1], at, clip_on=False, **mark.look)
    fewer = f" (n = {check.n})" if check.n < worlds else ""
    text = f"{measured_text(check)}{fewer}"
    place = (1.02, at)
    axes.annotate(text, place, xycoords=("axes fraction", "data"), va="center", annotation_clip=False)


def structure(findings: Findings) -> Figure:
    """What becomes of emergent facts under other rules: a row for each fact, a column for each variant."""
    names = list(dict.fromkeys(cell.name for cell in findings.cells))
    variants = list(dict.fromkeys(cell.variant for cell in findings.cells))
    found = {(cell.name, cell.variant): cell for cell in findings.cells}
    codes = np.array([[KEPT.index(found[name, variant].kept) for variant in variants] for name in names])
    note = (
        "Dark blue: holds, beyond the least effect; light blue: has the sign, but not the least effect or too few "
        "worlds; grey: the interval reaches zero; red, with a cross: reversed. Cells: the mean effect, in "
        f"points, log points or measures a year. {INTERVALS} n = {findings.few} worlds for each variant: fewer than "
        "for the facts themselves, so more intervals reach zero."
    )
    title = "Emergent facts under other rules"
    figure = pages.sheet(style.DOUBLE, ROW * len(names) + 14.0, title, setting(findings, findings.few), note)
    axes = figure.subplots()
    axes.imshow(codes, cmap=ListedColormap(COLOURS), vmin=-0.5, vmax=len(KEPT) - 0.5, aspect="auto")
    room = NAMES / style.POINT
    axes.set_yticks(range(len(names)), [style.wrapped(name, room) for name in names])
    wide = (style.DOUBLE - NAMES) / style.POINT / len(variants)
    axes.set_xticks(range(len(variants)), [style.wrapped(variant, 0.7 * wide) for variant in variants])
    axes.xaxis.tick_top()
    panels.cells(axes)
    for row, name in enumerate(names):
        for column, variant in enumerate(variants):
            cell = found[name, variant]
            ink = "white" if cell.kept in ("holds", "reversed") else "black"
            size = ".2g" if abs(cell.got) >= 0.01 else ".2f"
            text = f"{cell.got:+{size}}".replace("-", "−") + " ×" * (cell.kept == "reversed")
            axes.text(column, row, text, ha="center", va="center", color=ink)
    axes.set_xticks(np.arange(len(variants) + 1) - 0.5, minor=True)
    axes.set_yticks(np.arange(len(names) + 1) - 0.5, minor=True)
    axes.grid(which="minor", color="white", linewidth=1.5)
    axes.tick_params(which="minor", length=0)
    return figure

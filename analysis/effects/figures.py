"""Figures of effects: a forest of main effects and interactions, and a map of where the first factor helps or hurts."""

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
import polars as pl
from matplotlib import colormaps
from matplotlib.axes import Axes
from matplotlib.colors import TwoSlopeNorm
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from analysis.effects.by_cell import FALLS, FEW, HELPS, HURTS, RISES, UNTOLD, by_cell
from analysis.effects.effects import effects, shares
from analysis.effects.factorial import TIMES, Term, ends, grid_factors, grid_of, is_scale
from analysis.effects.heat_maps import LEAST_RANGE
from analysis.effects.matched import MATCHED_SCHEMA, matched
from analysis.labels import factor_label, factor_title, level_text, metric_label, shown, tick_texts
from analysis.plotting import captions, pages, panels, style
from analysis.results.folder import Results
from model.errors import ConfigurationError
from model.metrics.catalogue import EFFECTS, METRICS

ROW, BESIDE = 5.2, 0.2
"""Height of a row of a forest in mm, and how far two estimates of a row are from its middle, in rows."""
LEAST_ROW = 3.9
"""Height of a row that can just be read, in mm."""
NAMES = 44.0
"""Width of the names of effects, in mm."""
AXIS = 12.0
"""Height of an axis with its label, in mm."""
CELL = 10.5
"""Height of a cell of a map that holds three lines, in mm."""
MOST_CELLS = 12
"""Cells across or up that still hold words."""
MOST_ON_SLIDE = 7
"""Cells up that still do on a slide."""
MARKS = {HELPS: "▲", HURTS: "▼", UNTOLD: "○", FEW: "○", RISES: "▲", FALLS: "▼"}


def effects_figure(results: Results) -> Figure | None:
    """Main effects and interactions of the headline metrics, and their shares of variance; none without intervals."""
    table, parts, pairs = effects(results), shares(results), _matched(results)
    metrics = [name for name in EFFECTS if table.filter(metric=name)["low"].is_not_null().any()]
    if not metrics:
        return None
    factors = grid_factors(results)
    every = [ForestRow(term.name, term.step, _called(term, factors)) for term in grid_of(results, factors).terms()]
    told = parts["low"].is_not_null().any()  # shares have intervals with ten replicates or more
    of = parts["effect"].unique(maintain_order=True) if told else ()
    terms, below = pages.share(every, [ForestRow(name, None, _short(name, factors)) for name in of])
    high, blocks = _row(every), [rows for rows in (terms, below) if rows]
    heights = [len(rows) * (high if rows is terms else ROW) for rows in blocks]
    around = len(heights) * (AXIS + 3.0)
    least = (1.0 if high > ROW else LEAST_ROW / ROW) * sum(heights) + around
    title = f"Effects of {captions.names(factors)}, and of their interplay"
    where = ("Below" if terms and below else "On the last slide") if told else ""
    note = _forest_note(results, table.filter(pl.col("metric").is_in(metrics)), pairs, where)
    figure = pages.sheet(style.DOUBLE, sum(heights) + around, title, captions.setting(results), note, least=least)
    places = figure.subplots(len(heights), len(metrics), sharey="row", squeeze=False, height_ratios=heights)
    room = ((style.DOUBLE - NAMES) / len(metrics) - 3 * style.MARGIN) / style.POINT
    for line, rows in zip(places, blocks, strict=True):
        for axes, metric in zip(line, metrics, strict=True):
            if rows is terms:
                _estimates(axes, [table.filter(metric=metric), pairs.filter(metric=metric)], rows, shown(metric))
                axes.set_xlabel(style.label(_difference_label(metric), room))
                continue
            _estimates(axes, [parts.filter(metric=metric)], rows, 100.0)
            axes.set_xlabel(style.label("Share of the variance (%)", room))
            axes.set_xlim(left=0.0)
            if not terms:  # which say above the shares of which metric they are
                axes.set_title(style.label(METRICS[metric].title, room), fontsize=style.TYPE)
        line[0].set_yticks(range(len(rows)), [row.called for row in rows])
        line[0].set_ylabel("Effect")
    pages.letter(places.ravel(), 0 if terms else len(metrics))
    return figure


class ForestRow(NamedTuple):
    """An effect in a forest: its name and step, as tables have them, and what it is called beside its row."""

    effect: str
    step: str | None
    called: str


def _difference_label(metric: str) -> str:
    """A metric's difference, in the unit shown: Deterrence rate (points)."""
    return f"{METRICS[metric].title} (points)" if shown(metric) != 1.0 else f"Difference, {metric_label(metric)}"


def _matched(results: Results) -> pl.DataFrame:
    """Effects at matched bite; none where nothing can carry."""
    try:
        return matched(results).drop_nulls("low")
    except ConfigurationError:
        return pl.DataFrame(schema=MATCHED_SCHEMA)


def _estimates(axes: Axes, tables: Sequence[pl.DataFrame], rows: list[ForestRow], unit: float) -> None:
    """Estimates of each table with intervals; hollow where they hold zero, and side by side where both have a row."""
    pages.span(axes, [unit * end for table in tables for of in ("low", "high") for end in table[of].drop_nulls()])
    # factors of different parts may have one title: what is of that name stands in the first row that has it
    places = {(row.effect, row.step): place for place, row in reversed([*enumerate(rows)])}
    both = set(tables[1]["effect"]) if tables[1:] else ()
    for table, line, side in zip(tables, style.LINES, (-BESIDE, BESIDE), strict=False):
        for row in table.drop_nulls("low").iter_rows(named=True):
            key = row["effect"], row.get("step")
            if key not in places:
                continue  # on another slide
            place = places[key] + side * (row["effect"] in both)
            low, mean, high = (unit * row[end] for end in ("low", "mean", "high"))
            face = "white" if low <= 0.0 <= high else line.color
            axes.plot([low, high], [place, place], color=line.color, linewidth=1.0, solid_capstyle="butt")
            axes.plot(mean, place, line.marker, color=line.color, markerfacecolor=face, markersize=4.0)
        axes.axvline(0.0, color="black", linewidth=0.6)
    panels.rows(axes, len(rows))
    panels.widen(axes, LEAST_RANGE)
    panels.round_ticks(axes.xaxis, 3, None)


def _row(rows: list[ForestRow]) -> float:
    """Height of rows that hold what effects are called, in mm."""
    lines = 1 + max(row.called.count("\n") for row in rows)
    return max(ROW, lines * style.TYPE * style.LEADING * style.POINT + 0.8)


def _called(term: Term, factors: list[str]) -> str:
    """An effect beside its row, with the levels it leads to where a factor has no order."""
    # levels without order are no numbers, whose digits could be alike
    to = [level_text(high).replace("_", " ") for low, high in term.steps if not is_scale([low, high])]
    words = _short(term.name, factors) + (f": {', '.join(to)}" if to else "")
    return style.wrapped(words, NAMES / style.POINT)


def _short(name: str, factors: list[str]) -> str:
    """A factor with the letters that stand for it in interactions, or these: Clarity (C), C × P."""
    letters = _letters([factor_title(factor) for factor in factors])
    if TIMES in name:
        return TIMES.join(letters.get(part, part) for part in name.split(TIMES))
    return f"{name} ({letters[name]})" if name in letters else name


def _letters(titles: list[str]) -> dict[str, str]:
    """As few first letters of titles as tell them apart."""
    size = next(n for n in range(1, 99) if len({title[:n] for title in titles}) == len(set(titles)))
    return {title: title[:size] for title in titles}


def _forest_note(results: Results, table: pl.DataFrame, pairs: pl.DataFrame, where: str) -> str:
    """What marks are, and `where` shares of variance stand; empty if they have no interval."""
    factors = grid_factors(results)
    moved = [f"{factor_title(name).lower()} {_step(ends(results, name))}" for name in factors]
    carrier = pairs["carrier"][0].lower() if pairs.height else ""
    return captions.note(
        f"Differences, {'; '.join(moved)}, the others averaged over. ×: how the effect of one differs between "
        "the ends of another. Hollow: the interval includes zero.",
        carrier != ""
        and f"Squares: the same where both ends deliver equal bite a year, read along {carrier}; it is an assumption "
        "that bite does the same however that moved it.",
        f"{where}: shares of the variance between cells, less noise; they hold for the levels of the experiment."
        if where
        else "Shares of the variance have no interval under ten replicates, and are left out.",
        captions.interval(table.drop_nulls("mean"), "Bars"),
        captions.held(results, factors),
        captions.origin(results),
    )


def _step(levels: list[Any]) -> str:
    """From one end to the other; of levels without order, from the first to each other."""
    if not is_scale(levels):
        return f"from {level_text(levels[0]).replace('_', ' ')}"
    return f"{level_text(levels[0], levels)} → {level_text(levels[-1], levels)}"


def where_figure(results: Results) -> Figure | None:
    """The effect of the first factor in each cell of the next two: where it helps, hurts, or is unclear."""
    factor, *rest = grid_factors(results)
    others = rest[:2]
    table = by_cell(results, factor, others=others)
    table = table.filter(pl.col("step") == table["step"][0])
    metrics = [name for name in EFFECTS if table.filter(metric=name)["verdict"].is_not_null().any()]
    if not metrics:
        return None
    levels = [ends(results, name) for name in others]
    up = len(levels[1]) if others[1:] else 1
    wordy = max(len(levels[0]), up) <= MOST_CELLS and up <= pages.by_page(MOST_CELLS, MOST_ON_SLIDE)
    step = table["step"][0].replace("_", " ")
    title = f"Where {factor_title(factor).lower()} {step} helps, hurts, or is unclear"
    note = _where_note(results, table, factor, others, wordy=wordy)
    high = up * (CELL if wordy else 4.0) + AXIS + 5.0
    figure, slot, places = pages.grid(metrics, high, title, captions.setting(results), note)
    room = (slot - 3 * style.MARGIN - NAMES / 2) / style.POINT
    for axes, metric in places:
        _cells(axes, table.filter(metric=metric), others, levels, wordy=wordy)
        _axes(axes, results, metric, others, levels, room)
    return figure


def _cells(axes: Axes, table: pl.DataFrame, others: list[str], levels: list[list[Any]], *, wordy: bool) -> None:
    """A cell for each combination: its colour the effect, its mark the verdict, hatched where nothing can be told."""
    metric = table["metric"][0]
    unit, better = shown(metric), METRICS[metric].better
    end = unit * max(1e-12, float(table["mean"].abs().max() or 0.0))  # type: ignore[arg-type]
    norm, colours = TwoSlopeNorm(0.0, -end, end), colormaps[style.DIVERGING]
    for row in table.drop_nulls("verdict").iter_rows(named=True):
        places = [every.index(row[name]) for name, every in zip(others, levels, strict=True)]
        x, y = (*places, 0)[:2]  # one line of cells where there is but one other factor
        untold = row["verdict"] in (UNTOLD, FEW)
        face = (1.0, 1.0, 1.0, 1.0) if untold else colours(norm(better * unit * row["mean"]))
        hatch = "////" if untold and not wordy else None
        axes.add_patch(Rectangle((x, y), 1, 1, facecolor=face, edgecolor="#999999", linewidth=0.5, hatch=hatch))
        words = _words(row, unit, wordy=wordy)
        axes.text(x + 0.5, y + 0.5, words, color=panels.ink(face), ha="center", va="center")
    axes.set(xlim=(0, len(levels[0])), ylim=(0, len(levels[1]) if others[1:] else 1))


def _words(row: dict[str, Any], unit: float, *, wordy: bool) -> str:
    """Its mark, and where there is room the difference with half its interval."""
    mark = MARKS[row["verdict"]]
    if not wordy:
        return mark if row["verdict"] not in (UNTOLD, FEW) else ""
    half = unit * (row["high"] - row["low"]) / 2 if row["verdict"] != FEW else None
    digits = 1 if half is None or half >= 0.095 or unit == 1.0 else 2
    mean = round(unit * row["mean"], digits) + 0.0
    return f"{mark}\n{mean:+.{digits}f}\n±{'?' if half is None else f'{half:.{digits}f}'}".replace("-", "−")


def _axes(axes: Axes, results: Results, metric: str, others: list[str], levels: list[list[Any]], room: float) -> None:
    across, *up = (factor_label(name, results.configuration) for name in others)
    panels.name_ticks(axes, np.arange(len(levels[0])) + 0.5, tick_texts(levels[0]), room)
    axes.set_xlabel(style.label(across, room))
    axes.set_yticks([])
    if up:
        axes.set_yticks(np.arange(len(levels[1])) + 0.5, tick_texts(levels[1]))
        axes.set_ylabel(style.label(up[0], 45.0 / style.POINT))
    axes.set_title(_difference_label(metric), fontsize=style.TYPE, pad=3.0)  # level with the panel's letter
    panels.cells(axes)


def _where_note(results: Results, table: pl.DataFrame, factor: str, others: list[str], *, wordy: bool) -> str:
    cells, step = f"of {captions.names(others)}", table["step"][0].replace("_", " ")
    return captions.note(
        f"Differences between the ends of {factor_title(factor).lower()}, {step}, in each cell {cells}, on "
        f"the same random numbers. ▲ helps, ▼ hurts, {'○ on white' if wordy else 'hatched'}: unclear. "
        "Blue is better, red is worse.",
        captions.interval(table.drop_nulls("mean"), "±: half of the interval; a verdict says that it excludes zero"),
        (table["verdict"] == FEW).any() and f"{'±?' if wordy else 'Hatched as well'}: too few replicates to say.",
        captions.held(results, [factor, *others]),
        captions.origin(results),
    )

"""Figures of effects: a forest of main effects and interactions, and a map of where the first factor helps or hurts."""

from collections.abc import Collection
from typing import Any

import numpy as np
import polars as pl
from matplotlib import colormaps
from matplotlib.axes import Axes
from matplotlib.colors import TwoSlopeNorm
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from matplotlib.ticker import MaxNLocator

from analysis.effects.by_cell import FALLS, HELPS, HURTS, RATE, RISES, UNTOLD, by_cell
from analysis.effects.effects import effects, shares
from analysis.effects.factorial import TIMES, Term, ends, grid_factors, grid_of, is_scale
from analysis.effects.heat_maps import LIGHT, luminance
from analysis.effects.matched import matched
from analysis.labels import factor_label, factor_title, level_text, metric_label, shown, tick_texts
from analysis.plotting import captions, style
from analysis.plotting.pages import PAPER, Page
from analysis.results.folder import Results
from model.errors import ConfigurationError
from model.metrics import EFFECTS, METRICS

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
MARKS = {HELPS: "▲", HURTS: "▼", UNTOLD: "○", RISES: "▲", FALLS: "▼"}


def forest(results: Results, page: Page = PAPER) -> Figure | None:
    """Main effects and interactions of the headline metrics, and their shares of variance; none without intervals."""
    table, parts, pairs = effects(results), shares(results), _matched(results)
    metrics = [name for name in EFFECTS if table.filter(metric=name)["low"].is_not_null().any()]
    if not metrics:
        return None
    factors = grid_factors(results)
    terms = list(grid_of(results, factors).terms())
    names = [(term.name, term.step) for term in terms]
    called = [_called(term, factors) for term in terms]
    below = parts["effect"].unique(maintain_order=True).to_list()
    title = f"Effects of {captions.names(grid_factors(results))}, and of their interplay"
    notes = _forest_note(results, table.filter(pl.col("metric").is_in(metrics)), parts, pairs, page)
    told = parts["low"].is_not_null().any()  # shares have intervals with ten replicates or more
    terms_here, shares_here = page.share(range(len(names)), below if told else [])
    heights = [_row(called) * len(terms_here)] if terms_here else []
    heights += [ROW * len(shares_here)] if shares_here else []
    around = len(heights) * (AXIS + 3.0)
    least = sum(heights) + around if "\n" in "".join(called) else LEAST_ROW / ROW * sum(heights) + around
    figure = page.sheet(style.DOUBLE, sum(heights) + around, title, captions.setting(results), notes, least=least)
    grid = figure.subplots(len(heights), len(metrics), sharey="row", squeeze=False, height_ratios=heights)
    room = ((style.DOUBLE - NAMES) / len(metrics) - 3 * style.MARGIN) / style.POINT
    for column, metric in enumerate(metrics):
        if terms_here:
            some, unit = pairs.filter(metric=metric), shown(metric)
            axes, own, here = grid[0, column], table.filter(metric=metric), [names[place] for place in terms_here]
            page.span(axes, [unit * end for end in (*_reach(own), *_reach(some))])
            _points(axes, own, here, unit, 0, -BESIDE, set(some["effect"]))
            _points(axes, some, here, unit, 1, BESIDE, set(some["effect"]))
            axes.set_xlabel(style.label(_difference_label(metric), room))
        if shares_here:
            axes, own = grid[-1, column], parts.filter(metric=metric)
            page.span(axes, [100.0 * end for end in _reach(own)])
            _points(axes, own, [(name, None) for name in shares_here], 100.0, 0)
            axes.set_xlabel(style.label("Share of the variance (%)", room))
            axes.set_xlim(left=0.0)
            if not terms_here:  # which say above the shares of which metric they are
                axes.set_title(style.label(METRICS[metric].title, room), fontsize=style.TYPE)
    if terms_here:
        _names(grid[0, 0], [called[place] for place in terms_here])
    if shares_here:
        _names(grid[-1, 0], [_short(name, factors) for name in shares_here])
    page.letter(grid.ravel(), 0 if terms_here else len(metrics))
    return figure


def _reach(table: pl.DataFrame) -> list[float]:
    """The ends of all intervals of a table."""
    return [end for of in ("low", "high") for end in table[of].drop_nulls()] if table.height else []


def _difference_label(metric: str) -> str:
    """A metric's difference, in the unit shown: Deterrence rate (points)."""
    return f"{METRICS[metric].title} (points)" if shown(metric) != 1.0 else f"Difference, {metric_label(metric)}"


def _matched(results: Results) -> pl.DataFrame:
    """Effects at matched bite; none where nothing can carry."""
    try:
        return matched(results).drop_nulls("low")
    except ConfigurationError:
        return pl.DataFrame(schema={"effect": pl.String(), "step": pl.String(), "metric": pl.String()})


def _points(
    axes: Axes,
    table: pl.DataFrame,
    names: list[Any],
    unit: float,
    which: int,
    shift: float = 0.0,
    both: Collection[str] = (),
) -> None:
    """Estimates with intervals, one in each row, those of `both` `shift` rows lower; hollow where they hold zero."""
    line = style.LINES[which]
    for row in table.drop_nulls("low").iter_rows(named=True) if table.height else ():
        if (row["effect"], row.get("step")) not in names:
            continue  # on another slide
        place = names.index((row["effect"], row.get("step"))) + shift * (row["effect"] in both)
        low, mean, high = (unit * row[end] for end in ("low", "mean", "high"))
        face = "white" if low <= 0.0 <= high else line.color
        axes.plot([low, high], [place, place], color=line.color, linewidth=1.0, solid_capstyle="butt")
        axes.plot(mean, place, line.marker, color=line.color, markerfacecolor=face, markersize=4.0)
    axes.axvline(0.0, color="black", linewidth=0.6)
    axes.set_ylim(len(names) - 0.4, -0.6)
    axes.xaxis.set_major_locator(MaxNLocator(4))
    axes.grid(visible=True, axis="x")
    axes.tick_params(axis="y", length=0)


def _names(axes: Axes, names: list[str]) -> None:
    axes.set_yticks(range(len(names)), names)
    axes.set_ylabel("Effect")


def _row(names: list[str]) -> float:
    """Height of rows that hold the names, in mm."""
    lines = 1 + max(name.count("\n") for name in names)
    return max(ROW, lines * style.TYPE * style.LEADING * style.POINT + 0.8)


def _called(term: Term, factors: list[str]) -> str:
    """An effect beside its row, with the levels it leads to where a factor has no order."""
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


def _forest_note(results: Results, table: pl.DataFrame, parts: pl.DataFrame, pairs: pl.DataFrame, page: Page) -> str:
    factors = grid_factors(results)
    moved = [f"{factor_title(name).lower()} {_step(ends(results, name))}" for name in factors]
    defined = table.drop_nulls("mean")
    carrier = pairs["carrier"][0].lower() if pairs.height else ""
    squares = (
        f"Squares: the same where both ends deliver equal bite a year, read along {carrier}; that bite does the same "
        "however that moved it is an assumption."
    )
    return captions.note(
        f"Differences, {'; '.join(moved)}, the others averaged over. ×: how the effect of one differs between "
        "the ends of another. Hollow: the interval holds zero.",
        squares if pairs.height else "",
        f"{'On the last slide' if page.count > 1 else 'Below'}: shares of the variance between cells, less noise; "
        "they hold for the levels of the experiment."
        if parts["low"].is_not_null().any()
        else "Shares of the variance have no interval under ten replicates, and are left out.",
        captions.interval(defined["n"].to_list(), "Bars", defined["interval"]),
        captions.held(results, factors),
        captions.origin(results),
    )


def _step(levels: list[Any]) -> str:
    """From one end to the other; of levels without order, from the first to each other."""
    if not is_scale(levels):
        return f"from {level_text(levels[0]).replace('_', ' ')}"
    return f"{level_text(levels[0])} → {level_text(levels[-1])}"


def where(results: Results, page: Page = PAPER) -> Figure | None:
    """The effect of the first factor in each cell of the next two: where it helps, hurts, or cannot be told."""
    factor, *rest = grid_factors(results)
    others = rest[:2]
    table = by_cell(results, factor, others=others)
    table = table.filter(pl.col("step") == table["step"][0])
    every = [name for name in EFFECTS if table.filter(metric=name)["verdict"].is_not_null().any()]
    if not every:
        return None
    (metrics,) = page.share(every)
    columns = 2 if len(metrics) > 1 else 1
    rows = -(-len(metrics) // columns)
    width = page.width(style.DOUBLE if columns > 1 else style.SINGLE)
    levels = [ends(results, name) for name in others]
    up = len(levels[1]) if others[1:] else 1
    wordy = max(len(levels[0]), up) <= MOST_CELLS and (up <= MOST_ON_SLIDE or not page.is_slide)
    height = up * (CELL if wordy else 4.0) + AXIS + 5.0
    step = table["step"][0].replace("_", " ")
    title = f"Where {factor_title(factor).lower()} {step} helps, hurts, or cannot be told"
    figure = page.sheet(
        width, rows * height, title, captions.setting(results), _where_note(results, table, factor, others, wordy=wordy)
    )
    panels = figure.subplots(rows, columns, squeeze=False).ravel()
    room = (width / columns - 3 * style.MARGIN - NAMES / 2) / style.POINT
    for axes, metric in zip(panels, metrics, strict=False):
        _cells(axes, table.filter(metric=metric), others, levels, wordy=wordy)
        _axes(axes, results, metric, others, levels, room)
    for axes in panels[len(metrics) :]:
        axes.remove()
    page.letter(panels[: len(metrics)], every.index(metrics[0]))
    return figure


def _cells(axes: Axes, table: pl.DataFrame, others: list[str], levels: list[list[Any]], *, wordy: bool) -> None:
    """A cell for each combination: its colour the effect, its mark the verdict, hatched where nothing can be told."""
    unit = shown(table["metric"][0])
    end = unit * max(1e-12, float(table["mean"].abs().max() or 0.0))  # type: ignore[arg-type]
    norm, colours = TwoSlopeNorm(0.0, -end, end), colormaps[style.DIVERGING]
    better = METRICS[table["metric"][0]].better
    for row in table.drop_nulls("verdict").iter_rows(named=True):
        column = levels[0].index(row[others[0]])
        line = levels[1].index(row[others[1]]) if others[1:] else 0
        mean = unit * row["mean"]
        colour = colours(norm(better * mean))
        untold = row["verdict"] == UNTOLD
        face = "white" if untold else colour
        hatch = "////" if untold and not wordy else None
        axes.add_patch(Rectangle((column, line), 1, 1, facecolor=face, edgecolor="#999999", linewidth=0.5, hatch=hatch))
        ink = "black" if untold or luminance(colour) > LIGHT else "white"
        axes.text(column + 0.5, line + 0.5, _words(row, unit, wordy=wordy), color=ink, ha="center", va="center")
    axes.set_xlim(0, len(levels[0]))
    axes.set_ylim(0, len(levels[1]) if others[1:] else 1)


def _words(row: dict[str, Any], unit: float, *, wordy: bool) -> str:
    """Its mark, and where there is room the difference with half its interval."""
    mark = MARKS[row["verdict"]]
    if not wordy:
        return mark if row["verdict"] != UNTOLD else ""
    half = unit * (row["high"] - row["low"]) / 2
    digits = 1 if half >= 0.095 or unit == 1.0 else 2
    mean = round(unit * row["mean"], digits) + 0.0
    return f"{mark}\n{mean:+.{digits}f}\n±{half:.{digits}f}".replace("-", "−")


def _axes(axes: Axes, results: Results, metric: str, others: list[str], levels: list[list[Any]], room: float) -> None:
    style.name_ticks(axes, np.arange(len(levels[0])) + 0.5, tick_texts(levels[0]), room)
    axes.set_xlabel(style.label(factor_label(others[0], results.configuration), room))
    if others[1:]:
        axes.set_yticks(np.arange(len(levels[1])) + 0.5, tick_texts(levels[1]))
        axes.set_ylabel(style.label(factor_label(others[1], results.configuration), 45.0 / style.POINT))
    else:
        axes.set_yticks([])
    axes.set_title(_difference_label(metric), fontsize=style.TYPE)
    axes.tick_params(length=0)
    axes.spines[:].set_visible(False)


def _where_note(results: Results, table: pl.DataFrame, factor: str, others: list[str], *, wordy: bool) -> str:
    defined = table.drop_nulls("mean")
    cells, step = f"of {captions.names(others)}", table["step"][0].replace("_", " ")
    return captions.note(
        f"Differences between the ends of {factor_title(factor).lower()}, {step}, in each cell {cells}, on "
        f"the same random numbers. ▲ helps, ▼ hurts, {'○ on white' if wordy else 'hatched'}: cannot be told. "
        "Blue is better, red is worse.",
        f"Verdicts at a false discovery rate of {100 * RATE:g} % for each metric (Benjamini and Hochberg): of those "
        "given, one in twenty is wrong at most, on average.",
        captions.interval(defined["n"].to_list(), "±: half of the interval", defined["interval"]),
        captions.held(results, [factor, *others]),
        captions.origin(results),
    )

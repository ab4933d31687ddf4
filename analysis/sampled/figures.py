"""Figures of a sample: scores of parameters by metric, lines through parallel axes, and pairs of parameters."""

from typing import Any, NamedTuple

import numpy as np
import polars as pl
from matplotlib import colormaps
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection
from matplotlib.colors import Normalize
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from analysis.labels import factor_titles, metric_label, shown, tick_texts
from analysis.plotting import captions, pages, panels, style
from analysis.results.folder import Results
from analysis.sampled.points import outcomes, sample_of
from analysis.sampled.scatter import place_factor
from analysis.sampled.scores import LEAST, Score, highest_floor
from analysis.sampled.tables import CHANCE, WHAT, basis, intervals, is_large, lead, ranked, scored
from model.metrics.catalogue import METRICS

ROW, HEAD = 5.0, 17.0
"""Height of a row, and of what stands above the first and below the last, in mm."""
MOST_ROWS = 25
"""Parameters that the figure of scores shows: those with the highest."""
NAME = 130.0
"""Width of the names of parameters in points; longer ones are broken."""
FAINT, GREY = "#F4F4F4", "#666666"
"""Ground and ink of scores that chance gives too."""
LEAST_RANGE = 0.3
"""Range of colours below which scores are not blown up."""
MOST_AXES, AXIS, MOST_LINES, TENTH = 12, 8.5, 300, 10
"""Parallel axes, the height of each in mm, lines neither best nor worst, and which part the best and worst are."""
MOST_PAIRED, PAIR, LEAST_PAIR, MOST_MARKS, BARS = 5, 29.0, 15.0, 600, 8
"""Parameters of which pairs are shown, height of a panel in mm, at least on a slide, points, and bars of a spread."""


class Look(NamedTuple):
    """How a group of points is drawn: apart in colour, lightness, dashes and marker."""

    name: str
    color: str
    linestyle: Any
    wide: float
    alpha: float
    marker: str
    size: float

    @property
    def mark(self) -> dict[str, Any]:
        """Its marks, as arguments of functions that plot."""
        size = {"marker": self.marker, "markersize": self.size, "markeredgewidth": 0.0, "alpha": self.alpha}
        return {"linestyle": "none", "color": self.color, **size}


BEST = Look("best tenth", style.BLUE, "-", 1.0, 0.9, "o", 2.8)
WORST = Look("worst tenth", style.RED, (0, (5, 1.5)), 1.0, 0.9, "^", 3.2)
MIDDLE = Look("the others", "#BBBBBB", "-", 0.4, 0.5, "s", 1.8)


def feature_scores_figure(results: Results) -> Figure | None:
    """Scores of drawn parameters by metric, as a heat map with numbers; none where there are no scores."""
    if not (found := scored(results)):
        return None
    order = ranked(results)
    here = pages.share(order[:MOST_ROWS])[0]
    title = "Which drawn parameters matter to which figure: Borgonovo’s δ"
    high = HEAD + sum(map(_height, _names(here)))
    figure = pages.sheet(style.DOUBLE, high, title, captions.setting(results), _note(results, len(order)))
    axes = figure.subplots()
    _cells(axes, here, found)
    return figure


def _note(results: Results, factors: int) -> str:
    return captions.note(
        WHAT,
        "±: half the interval.",
        intervals(results),
        CHANCE,
        "Coloured: beyond chance. Grey: unclear, as chance may give as much. The floor of a column stands above it.",
        f"The {MOST_ROWS} parameters with the highest scores of {factors}; all are in tables/." * (factors > MOST_ROWS),
        *basis(results),
        captions.origin(results),
    )


def _names(factors: list[str]) -> list[str]:
    return [style.wrapped(name, NAME) for name in factor_titles(factors).values()]


def _height(name: str) -> float:
    return ROW + style.TYPE * style.LEADING * style.POINT * name.count("\n")


def _cells(axes: Axes, factors: list[str], found: dict[str, dict[str, Score]]) -> None:
    """A row for each parameter, a column for each metric."""
    every = [one.mean for each in found.values() for one in each.values() if one.mean == one.mean]
    norm, colours = Normalize(0.0, max(LEAST_RANGE, *every)), colormaps[style.SEQUENTIAL]
    for row, factor in enumerate(factors):
        for column, each in enumerate(found.values()):
            _cell(axes, row, column, each[factor], lambda value: colours(norm(value)))
    axes.set(xlim=(0, len(found)), ylim=(len(factors), 0))
    axes.set_yticks(np.arange(len(factors)) + 0.5, _names(factors))
    room = (pages.width(style.DOUBLE) / style.POINT - NAME) / len(found)
    heads = [
        f"{style.wrapped(METRICS[metric].title, 0.9 * room)}\nfloor {highest_floor(each.values()):.2f}"
        for metric, each in found.items()
    ]
    axes.xaxis.tick_top()
    axes.set_xticks(np.arange(len(found)) + 0.5, heads)
    panels.cells(axes)


def _cell(axes: Axes, row: int, column: int, score: Score, colour: Any) -> None:
    """A cell with its number; the ground of one that chance gives too is faint."""
    ground = colour(score.mean) if score.beyond_chance else FAINT
    look: dict[str, Any] = {"facecolor": ground, "edgecolor": "white", "linewidth": 1.0}
    axes.add_patch(Rectangle((column, row), 1.0, 1.0, **look))
    known = score.mean == score.mean
    text = f"{max(0.0, score.mean):.2f} ±{max(score.high - score.mean, score.mean - score.low):.2f}" if known else "–"
    ink = panels.ink(ground) if score.beyond_chance else GREY
    weight = "bold" if score.beyond_chance else "normal"
    axes.text(column + 0.5, row + 0.5, text, color=ink, weight=weight, ha="center", va="center")


# lines through parallel axes


def parallel_figure(results: Results) -> Figure | None:
    """Each drawn point as a line through its values, its best and worst tenth marked; none where it shows nothing."""
    if (found := _sorted(results)) is None:
        return None
    metric, mean, rows = found
    frame, order = sample_of(results).frame[rows], ranked(results, metric)
    factors = order[: MOST_AXES - 1]
    names = [style.wrapped(text, NAME) for text in (metric_label(metric), *factor_titles(factors).values())]
    tenth, step = max(1, len(rows) // TENTH), -(-len(rows) // MOST_LINES)
    title = f"The points with the best and the worst {METRICS[metric].title.lower()}, by their parameters"
    note = captions.note(
        f"A line for each drawn point, from its {METRICS[metric].title.lower()} at the top through its parameters, "
        "those with the highest scores first. Numbers: the ends of each axis.",
        f"Marked: the {tenth:,} best and the {tenth:,} worst of n = {len(rows):,} drawn points.",
        step > 1 and f"Of the others, one in {step:,} is shown.",
        *_shared_note(results, len(order), len(factors)),
    )
    figure = pages.sheet(style.DOUBLE, AXIS * (len(factors) + 1) + 10.0, title, captions.setting(results), note)
    axes = figure.subplots()
    columns = [pl.Series(shown(metric) * mean), *(frame[name] for name in factors)]
    lines = np.array([_along(column) for column in columns]).T
    groups = (
        (lines[tenth:-tenth:step], MIDDLE),
        (lines[-tenth:], WORST),
        (lines[:tenth], BEST),
    )
    for each, look in groups:
        paths = [np.column_stack([line, np.arange(len(line))]) for line in each]
        style_of: dict[str, Any] = {
            "colors": look.color,
            "linestyles": look.linestyle,
            "linewidths": look.wide,
            "alpha": look.alpha,
        }
        axes.add_collection(LineCollection(paths, **style_of))
        axes.plot([], [], color=look.color, linestyle=look.linestyle, label=look.name)
    for place, column in enumerate(columns):
        axes.axhline(place, color="black", linewidth=0.6, zorder=3)
        _ends(axes, place, column)
    axes.set(xlim=(-0.02, 1.02), ylim=(len(columns) - 0.6, -0.6), xticks=[])
    axes.set_yticks(range(len(columns)), names)
    panels.cells(axes)
    axes.legend(loc="lower left", bbox_to_anchor=(0.0, 1.0), ncols=3, handlelength=3.5)
    return figure


def _ends(axes: Axes, place: int, column: pl.Series) -> None:
    """The ends of an axis, or the names along it."""
    if column.dtype.is_numeric():
        ends = column.cast(pl.Float64)
        texts = dict(zip((0.0, 1.0), (f"{end:.3g}" for end in (ends.sort()[0], ends.sort()[-1])), strict=True))
    else:
        levels = column.unique().sort().to_list()
        texts = dict(zip(np.linspace(0.0, 1.0, len(levels)).tolist(), tick_texts(levels), strict=True))
        if sum(map(style.width_of, texts.values())) > 0.7 * (pages.width(style.DOUBLE) / style.POINT - NAME):
            texts = {at: name for at, name in texts.items() if at in (0.0, 1.0)}
    for at, text in texts.items():
        side = "left" if at == 0.0 else "right" if at == 1.0 else "center"
        ground: dict[str, Any] = {"facecolor": "white", "edgecolor": "none", "pad": 0.6, "alpha": 0.85}
        axes.annotate(
            text.replace("-", "−"),
            (at, place),
            (0, 2),
            textcoords="offset points",
            ha=side,
            va="bottom",
            bbox=ground,
            zorder=5,
        )


def _along(column: pl.Series) -> Any:
    """Places of values along their axis, from 0 to 1: by logarithm where they are spread so, names evenly."""
    if not column.dtype.is_numeric():
        return (column.rank("dense").to_numpy() - 1.0) / max(1, column.n_unique() - 1)
    values = column.cast(pl.Float64).to_numpy()
    values = np.log(values) if panels.is_logarithmic(values) else values
    return (values - values.min()) / (np.ptp(values) or 1.0)


# pairs


def pairs_figure(results: Results) -> Figure | None:
    """The drawn points over each pair of parameters, by thirds of the outcome; none where it shows nothing."""
    if (found := _sorted(results)) is None:
        return None
    metric, _, rows = found
    order = ranked(results, metric)
    factors, frame = order[:MOST_PAIRED], sample_of(results).frame[rows]
    third, number = len(rows) // 3, len(factors)
    thirds = (frame[third : len(rows) - third], frame[len(rows) - third :], frame[:third])
    title = f"Where the points with the best and the worst {METRICS[metric].title.lower()} lie"
    note = captions.note(
        f"Thirds of n = {len(rows):,} drawn points by {METRICS[metric].title.lower()}. On the diagonal, under "
        "the name of the parameter of its row and column: how the best and the worst third are spread over it.",
        len(rows) > MOST_MARKS
        and f"One in {-(-len(rows) // MOST_MARKS):,} of the points is shown; the diagonal rests on all.",
        *_shared_note(results, len(order), number),
    )
    high = PAIR * number + 12.0
    figure = pages.sheet(style.DOUBLE, high, title, captions.setting(results), note, least=LEAST_PAIR * number + 10.0)
    room = ((pages.width(style.DOUBLE) - 16.0) / number - 2 * style.MARGIN) / style.POINT
    grid = figure.add_gridspec(number, number)
    titles = list(factor_titles(factors).values())
    for row in range(number):
        for column in range(row + 1):
            axes = figure.add_subplot(grid[row, column])
            names = factors[column], factors[row]
            _spread(axes, thirds, names[0], room) if row == column else _pair(axes, thirds, names, room)
            if row == column:
                axes.set_title(style.wrapped(titles[row], room), fontsize=style.TYPE, fontweight="bold", pad=3.0)
            axes.tick_params(labelbottom=row == number - 1, labelleft=column == 0 and row > 0)
    key = figure.add_subplot(grid[0, number - 1])
    for place, look in enumerate((BEST, WORST, MIDDLE)):
        key.plot([0.1], [place], **look.mark)
        key.text(0.2, place, look.name.replace("tenth", "third"), va="center")
    key.set(xlim=(0.0, 1.0), ylim=(3.5, -0.5))
    key.set_axis_off()
    return figure


def _pair(axes: Axes, thirds: Any, names: tuple[str, str], room: float) -> None:
    """The points over two parameters, their thirds told apart by colour and marker."""
    whole = pl.concat(thirds)
    places = [place_factor(axes, which, whole[name], room) for which, name in zip("xy", names, strict=True)]
    jitter = np.random.default_rng(1).uniform(-0.3, 0.3, (2, whole.height))
    places = [
        at if whole[name].dtype.is_numeric() else at + move
        for at, name, move in zip(places, names, jitter, strict=True)
    ]
    step, start = -(-whole.height // MOST_MARKS), 0
    for each, look in zip(thirds, (MIDDLE, WORST, BEST), strict=True):
        here = slice(start, start + each.height, step)
        axes.plot(places[0][here], places[1][here], **look.mark)
        start += each.height


def _spread(axes: Axes, thirds: Any, name: str, room: float) -> None:
    """How the best and the worst third are spread over a parameter: shares of each in equal parts of its range."""
    whole = pl.concat(thirds)
    places = place_factor(axes, "x", whole[name], room)
    if whole[name].dtype.is_numeric():
        log = axes.get_xscale() == "log"
        values = np.log(places) if log else places
        edges = np.linspace(values.min(), values.max(), BARS + 1)
        drawn = np.exp(edges) if log else edges
    else:
        values, edges = places, np.arange(places.max() + 2) - 0.5
        drawn = edges
    start = 0
    for each, look in zip(thirds, (MIDDLE, WORST, BEST), strict=True):
        counts, _ = np.histogram(values[start : start + each.height], edges)
        start += each.height
        if look is not MIDDLE:
            axes.stairs(counts / max(1, each.height), drawn, color=look.color, linestyle=look.linestyle, linewidth=1.2)
    axes.set_yticks([])
    axes.set_ylim(bottom=0.0)


def _sorted(results: Results) -> tuple[str, Any, Any] | None:
    """The metric by which points are told apart, its values, and the points from best to worst; none of few points."""
    metric = lead(results)
    if metric in results.missing or not is_large(results):
        return None
    (outcome,) = outcomes(results, metric)
    there = np.flatnonzero(np.isfinite(outcome.mean))
    if len(there) < LEAST:
        return None
    rows = there[np.argsort(-(METRICS[metric].better or 1) * outcome.mean[there], kind="stable")]
    return metric, outcome.mean[rows], rows


def _shared_note(results: Results, of: int, shown_here: int) -> list[str]:
    named = f"The {shown_here} parameters with the highest scores of {of}." if of > shown_here else ""
    return [named, *basis(results), captions.origin(results)]

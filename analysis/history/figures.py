"""The figure of history and forecast: what is predicted, by year and added up, and what happened as marks."""

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from analysis.history.answer import Answer, Row
from analysis.history.outcomes import COUNTED, LAGS, SCORED
from analysis.history.record import Record
from analysis.history.tables import size_text
from analysis.plotting import pages, panels, style
from analysis.plotting.panels import Mark

HIGH = 36.0
"""Height of a panel with its labels, in mm."""
KNOWN, FUTURE = "#EEEEEE", (0, (2.0, 1.2))
"""Shade of the days that the fit knew, and dashes of the years of which the record says nothing yet."""
LAG = "weeks"
"""What stands for the panel of lags."""
HAPPENED = Mark("D", style.RED, 3.2, style.RED)
SO_FAR = Mark("D", style.RED, 3.2, "white")
FAINT, STRONG = 0.25, 0.55
"""Opacity of the 90 and of the 50 % interval."""


def history_figure(answer: Answer) -> Figure:
    """Attributions, rounds, persons and entities, by year and added up since the first; answers by year, and lags."""
    record = answer.record
    note = (
        f"Predicted: medians (lines), central 50 % (dark) and 90 % (light) intervals over n = {size_text(answer)}. "
        f"Red: what happened, until {record.known_until}, the last year's in white. Grey: known to the fit, which "
        f"used no event after {record.fitted_until}; after it: forecast; dashed: nothing is known yet. Runs begin "
        "before 2015 and never use what happened. There is no record of the cases answered (i). Lags (j) are for "
        "cases up to the end of the fit; red shows means over what was listed and attributed."
    )
    title = "History and forecast: what the EU did, and what the model predicts"
    parts = [
        (what, words, rows)
        for what in SCORED
        for words, rows in (("a year", answer.by_year), ("since 2015", answer.added_up))
    ]
    parts += [("responses", "a year", answer.by_year), (LAG, "from act", answer.fitted)]
    figure, _, places = pages.grid(parts, HIGH, title, "doctrine status quo, 2015 to 2028", note)
    for axes, (what, words, rows) in places:
        if what == LAG:
            _lags(axes, rows)
        else:
            _panel(axes, [row for row in rows if row.what == what], record)
        name = COUNTED.get(what, what).capitalize()
        axes.set_ylabel(style.label(f"{name}, {words}", 0.75 * HIGH / style.POINT))
    return figure


def _panel(axes: Axes, rows: list[Row], record: Record) -> None:
    """A bar with its median for each year; marks of the record."""
    years = [row.span.end.year for row in rows]
    fitted, last = record.fitted_until.year + 0.5, record.known_until.year
    axes.axvspan(years[0] - 0.5, fitted, color=KNOWN, linewidth=0)
    axes.axvline(fitted, color="black", linewidth=0.6)
    for at, row in zip(years, rows, strict=True):
        mark = HAPPENED if row.span.end <= record.known_until else SO_FAR
        _predicted(axes, at, row, mark, 0.6 if at > last else 0.0)
    axes.set_xlim(years[0] - 0.5, years[-1] + 0.5)
    axes.set_ylim(0.0, 1.06 * axes.get_ylim()[1])
    panels.round_ticks(axes.yaxis, 4, integer=True)
    axes.set_xticks(years[::3])
    for words, side, away in (("known to the fit", "right", -3), ("forecast", "left", 3)):
        place = ("data", "axes fraction")
        axes.annotate(words, (fitted, 1.0), (away, 2), place, "offset points", ha=side, annotation_clip=False)


def _predicted(axes: Axes, at: float, row: Row, mark: Mark, edge: float = 0.0) -> None:
    """One prediction: bars of its intervals, its median, and a mark where it is known what happened."""
    made = row.predicted
    for low, high, opacity in ((made.low_90, made.high_90, FAINT), (made.low_50, made.high_50, STRONG)):
        face, line = (style.BLUE, opacity), style.BLUE
        axes.bar(at, high - low, 0.7, low, facecolor=face, edgecolor=line, linestyle=FUTURE, linewidth=edge)
    axes.plot([at - 0.35, at + 0.35], [made.median] * 2, color=style.BLUE, linewidth=1.4, clip_on=False)
    if row.happened is not None:
        axes.plot(at, row.happened, clip_on=False, zorder=3, **mark.look)


def _lags(axes: Axes, rows: list[Row]) -> None:
    """Mean lags until the end of the fit."""
    names = {name: kind for kind, (_, _, name) in LAGS.items()}
    shown = [row for row in rows if row.what in names]
    for at, row in enumerate(shown):
        _predicted(axes, at, row, HAPPENED)
    axes.set_xlim(-0.8, len(shown) - 0.2)
    axes.set_ylim(0.0, 1.06 * axes.get_ylim()[1])
    panels.round_ticks(axes.yaxis, 4, integer=True)
    axes.set_xticks(range(len(shown)), [f"to {names[row.what]}" for row in shown])


def history_figures(answer: Answer) -> dict[str, Figure]:
    """The figure by its name."""
    with pages.drawing():
        return {"history": history_figure(answer)}

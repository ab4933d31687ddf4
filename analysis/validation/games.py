"""Classic games as the model's rules played them: the table of settings, and the figure of theory beside play."""

import numpy as np
import polars as pl
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from analysis.plotting import pages, style
from analysis.validation.checks import Findings, Played

GAMES_SCHEMA = {
    **dict.fromkeys(("game", "setting", "figure"), pl.String()),
    **dict.fromkeys(("expected", "mean", "low", "high"), pl.Float64()),
    "n": pl.Int64(),
}
"""Columns of the table of games: what theory says, the mean over runs with its interval, and how many runs."""
OF_RUNS = (
    "Intervals: 95 % (Student's t) over runs; half an interval is at least 0.05 points. One in twenty misses by chance."
)


def frame_of_games(played: list[Played]) -> pl.DataFrame:
    """A row for each setting and figure of a game."""
    rows = [
        (each.game, each.setting, each.figure, each.expected, each.got, each.low, each.high, each.n) for each in played
    ]
    return pl.DataFrame(rows, GAMES_SCHEMA, orient="row")


def games_figure(findings: Findings) -> Figure:
    """Theory and play: a panel for each game and figure, a point for each setting, on the diagonal where they agree."""
    kinds = list(dict.fromkeys((each.game, each.figure) for each in findings.played))
    runs = findings.played[0].n
    note = (
        f"Horizontal: the share in the equilibrium that theory computes. Vertical: the share as played, over {runs} "
        "runs of a "
        f"hundred years. On the line both agree. {OF_RUNS} Most bars are shorter than their mark. Red square: the bar "
        "does not reach the line."
    )
    title = "Classic games: theory and the model's own rules"
    figure = pages.sheet(style.DOUBLE, 58.0, title, f"seed {findings.seed}", note)
    for axes, (game, name) in zip(figure.subplots(1, len(kinds), squeeze=False)[0], kinds, strict=True):
        _panel(axes, [each for each in findings.played if (each.game, each.figure) == (game, name)])
        axes.set_title(f"{game}: {name}", fontsize=style.TYPE)
    return figure


def _panel(axes: Axes, played: list[Played]) -> None:
    """The settings of one game."""
    axes.plot([0, 100], [0, 100], color="black", linewidth=0.6)
    for each in played:
        expected, mean, low, high = 100.0 * np.array([each.expected, each.got, each.low, each.high])
        mark, colour = ("o", style.BLUE) if each.met else ("s", style.RED)
        axes.plot([expected, expected], [low, high], color=colour, linewidth=0.9)
        axes.plot(expected, mean, mark, color=colour, markersize=3.0)
    axes.set_xlim(-3, 103)
    axes.set_ylim(-3, 103)
    axes.set_aspect("equal")
    axes.set_xlabel("Theory, %")
    axes.set_ylabel("Played, %")

"""Figures of the theories: one of each, at the values that their papers or the tests use."""

from collections.abc import Mapping
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FixedFormatter, FixedLocator, NullLocator
from scipy.linalg import expm

from analysis.plotting import pages, panels, style
from analysis.plotting.panels import Mark
from analysis.theory.attribution import attribution_game
from analysis.theory.blame import blame_game
from analysis.theory.race import attribution_race
from analysis.theory.richardson import spiral
from analysis.theory.timing import timing_threshold
from analysis.theory.voting import voting_power

HEIGHT, ROW, AROUND = 62.0, 3.9, 16.0
"""Height of a panel, of a row of names, and of what is around rows, in mm."""
EXACT = "Computed, not simulated: no intervals and no n."
POWER = (
    Mark("o", style.BLUE, 3.5, style.BLUE, "Banzhaf index"),
    Mark("s", style.RED, 3.5, "white", "Shapley–Shubik index"),
    Mark("|", style.BLACK, 6.0, style.BLACK, "share of population"),
)


def _uniform(values: Any) -> Any:
    """The distribution function of U[0, 1]."""
    return np.clip(values, 0.0, 1.0)


def _lines(axes: Axes, across: Any, lines: Mapping[str, Any], heading: str = "") -> None:
    """Up to four lines with their legend above the panel, right of its letter."""
    for (name, values), look in zip(lines.items(), style.LINES, strict=False):
        axes.plot(across, values, label=name, markevery=len(values) // 8, clip_on=False, **look.look)
    axes.set_xlim(across[0], across[-1])
    axes.grid(axis="y")
    panels.legend_above(axes, at=0.05, title=heading or None, alignment="left")


@style.house()
def attribution_figure() -> Figure:
    """Attacks by how much is detected: of three alike attackers, and where one is hard to tell from another."""
    detection, shares = np.linspace(0.06, 1.0, 48), (0.4, 0.6, 0.8, 1.0)
    words = (
        "Better identification deters; detection alone may not",
        "Attribution game of Baliga, Bueno de Mesquita & Wolitzky (2020); benefits and taste for retaliation uniform",
        "Probabilities in a period, a: three perpetrators with an opportunity of 1/3 each; false alarms 0.05, spread "
        "evenly. b: opportunities 0.5 and 0.4; one signal, after an attack by the first 0.8, with no attack 0.01: the "
        f"likelier it is after an attack by the second, the better the first can hide. {EXACT}",
    )
    figure, _, places = pages.grid(("alike", "behind"), HEIGHT, *words)
    (alike, _), (behind, _) = places
    named = {f"{100 * q:.0f} %": [_alike(d, q) for d in detection] for q in shares}
    _lines(alike, 100 * detection, named, "Detected attacks attributed to the right perpetrator")
    games = [
        attribution_game([[0.2, 0.8], [1 - d, d]], [0.99, 0.01], [0.5, 0.4], _uniform, _uniform) for d in detection
    ]
    attacks = 100 * np.array([game.attacks for game in games])
    _lines(
        behind, 100 * detection, {"both": attacks.sum(1), "first": attacks[:, 0], "second": attacks[:, 1]}, "Attacks by"
    )
    alike.set(xlabel="Attacks detected (%)", ylabel="Periods with an attack (%)", ylim=(0, 100))
    behind.set(xlabel="Attacks of the second detected (%)", ylabel="Periods with an attack (%)", ylim=(0, 70))
    return figure


def _alike(detected: float, right: float) -> float:
    """Periods with an attack in per cent, of three attackers who differ in nothing."""
    signals = np.full((3, 3), detected * (1.0 - right) / 2.0)
    np.fill_diagonal(signals, detected * right)
    signals = np.column_stack([np.full(3, 1.0 - detected), signals])
    null = [0.95, *[0.05 / 3] * 3]
    return 100.0 * float(attribution_game(signals, null, [1 / 3] * 3, _uniform, _uniform).attacks.sum())


@style.house()
def blame_figure() -> Figure:
    """Attacks by how many attackers are vulnerable to blame, and blame by how many victims know who it was."""
    share = np.linspace(0.0, 1.0, 201)
    words = (
        "Blame deters where it costs more than an attack gains, and is rarely wrong",
        "Blame Game of Edwards, Furnas, Forrest & Axelrod (2017); right blame gains 1, blame costs the perpetrator 1",
        "a: gain of an attack 0.4, half of the victims knowledgeable. b: nine perpetrators of ten vulnerable, wrong "
        "blame "
        f"costs 0.5; of victims who were attacked and know by whom. {EXACT}",
    )
    figure, _, places = pages.grid(("attacks", "blame"), HEIGHT, *words)
    (attacks, _), (blame, _) = places
    rates = {f"{d:g}": 100 * blame_game(share, 0.5, 0.4, 1.0, 1.0, d).attack_rate for d in (0.25, 0.5, 1.0, 2.0)}
    _lines(attacks, 100 * share, rates, "Cost of wrong blame")
    known = {f"{g:g}": 100 * blame_game(0.9, share, g, 1.0, 1.0, 0.5).blame_probability for g in (0.2, 0.4, 0.6, 0.8)}
    _lines(blame, 100 * share, known, "Gain of an attack")
    attacks.set(xlabel="Perpetrators vulnerable to blame (%)", ylabel="Opportunities taken (%)", ylim=(0, 103))
    blame.set(xlabel="Victims who know (%)", ylabel="Probability of blame (%)", ylim=(0, 103))
    return figure


@style.house()
def timing_figure() -> Figure:
    """From which stakes on to use a resource, and what waiting for them gains, by stealth and persistence."""
    stealth, faces = np.linspace(0.0, 1.0, 1001), np.arange(1, 7)
    kept = {f"{100 * p:.0f} %": p for p in (0.3, 0.6, 0.9, 1.0)}
    found = {name: [timing_threshold(faces, [1 / 6] * 6, 0.9, s, p) for s in stealth] for name, p in kept.items()}
    words = (
        "What lasts but does not survive its use is kept for high stakes",
        "Timing of cyber conflict, Axelrod & Iliev (2014); stakes of a die, discount factor 0.9",
        "Stealth: probability that the resource survives its use; persistence: a period without use. b: expected "
        f"discounted stakes, over those of use at any stakes. {EXACT}",
    )
    figure, _, places = pages.grid(("threshold", "gain"), HEIGHT, *words)
    (threshold, _), (gain, _) = places
    _lines(
        threshold, 100 * stealth, {name: [each.threshold for each in row] for name, row in found.items()}, "Persistence"
    )
    always = faces.mean() / (1.0 - 0.9 * stealth)
    waiting = {name: 100 * (np.array([each.value for each in row]) / always - 1.0) for name, row in found.items()}
    _lines(gain, 100 * stealth, waiting, "Persistence")
    threshold.set(xlabel="Stealth (%)", ylabel="Lowest stakes for use (pips)", ylim=(0.8, 6.2))
    gain.set(xlabel="Stealth (%)", ylabel="Gained by waiting (%)", ylim=(0, None))
    return figure


@style.house()
def race_figure() -> Figure:
    """How often the right one of two suspects is named, and after how many clues, by the required confidence."""
    required = np.linspace(0.505, 0.99, 971)
    kinds = {f"{100 * p:.0f} %": p for p in (0.6, 0.7, 0.8, 0.9)}
    found = {name: np.array([attribution_race(p, each) for each in required]).T for name, p in kinds.items()}
    words = (
        "A higher standard costs clues: more, the worse they are",
        "Two suspects, equally likely at first, one is blamed at the required confidence (Wald 1945)",
        "Steps: clues are whole, so the certainty at attribution is as required, or greater. A clue of some accuracy "
        f"points to the culprit with that probability. {EXACT}",
    )
    figure, _, places = pages.grid(("right", "clues"), HEIGHT, *words)
    (right, _), (clues, _) = places
    _lines(right, 100 * required, {name: 100 * row[0] for name, row in found.items()}, "Accuracy of clues")
    _lines(clues, 100 * required, {name: row[1] for name, row in found.items()}, "Accuracy of clues")
    right.set(xlabel="Required confidence (%)", ylabel="Right one blamed (%)", ylim=(50, 102))
    clues.set(xlabel="Required confidence (%)", ylabel="Mean number of clues", yscale="log", ylim=(0.9, 70))
    ticks = [1, 2, 5, 10, 20, 50]
    clues.yaxis.set_major_locator(FixedLocator(ticks))
    clues.yaxis.set_major_formatter(FixedFormatter([str(tick) for tick in ticks]))
    clues.yaxis.set_minor_locator(NullLocator())
    return figure


@style.house()
def spiral_figure() -> Figure:
    """Hostility of two sides over time: where reactions are weaker than its decay, and where they are stronger."""
    words = (
        "Reactions stronger than decay turn an equilibrium into a watershed",
        "Richardson’s (1960) two equations; both sides alike, with hostility that decays at a rate of 1",
        "Coloured: where one side’s hostility does not change. Circle: equilibrium. Black: paths over time. Reactions "
        f"are rates, like decay; grievances add hostility at a constant rate. {EXACT}",
    )
    figure, _, places = pages.grid(((0.6, 0.4), (1.6, -0.4)), 70.0, *words)
    for axes, (reaction, grievance) in places:
        _portrait(axes, reaction, grievance)
    return figure


def _portrait(axes: Axes, reaction: float, grievance: float) -> None:
    """Paths of two sides alike, from the edge of what is shown."""
    _, rest = spiral(reaction, reaction, 1.0, 1.0, grievance, grievance)
    ends = np.array([0.0, 2.0])
    for (x, y), look, side in (((0, 1), style.LINES[0], "first"), ((1, 0), style.LINES[1], "second")):
        line = np.array([reaction * ends + grievance, ends])
        axes.plot(line[x], line[y], color=look.color, linestyle=look.linestyle, label=f"{side} side at rest")
    times = np.linspace(0.0, 12.0, 241)
    flow = [expm(time * np.array([[-1.0, reaction], [reaction, -1.0]])) for time in times]
    for start in ((0, 0), (0, 1), (1, 0), (0, 2), (2, 0), (2, 2), (1, 2), (2, 1), (0.2, 0.6), (0.6, 0.2)):
        path = np.array(rest) + [step @ (np.array(start) - rest) for step in flow]
        axes.plot(*path.T, color=style.BLACK, linewidth=0.6)
        axes.annotate("", path[12], path[9], arrowprops={"arrowstyle": "->", "linewidth": 0.6}, annotation_clip=True)
    axes.plot(*rest, "o", color=style.BLACK, markerfacecolor="white", markersize=5.0, zorder=5)
    axes.set(xlim=(0, 2), ylim=(0, 2), xlabel="Hostility of the first side", ylabel="Hostility of the second side")
    axes.set_title(
        f"reactions {reaction:g}, grievances {grievance:g}".replace("-", "−"), fontsize=style.TYPE, loc="right"
    )
    panels.round_ticks(axes.xaxis, 4)
    panels.round_ticks(axes.yaxis, 4)
    axes.legend(loc="lower left", bbox_to_anchor=(0.0, 1.06), ncols=2, columnspacing=1.0)


@style.house()
def voting_figure(populations: Mapping[str, float]) -> Figure:
    """Power of each member of a Council under the qualified majority, beside its share of the population."""
    power, people = voting_power(populations), np.array(list(populations.values()), float)
    title = "Voting power and shares of the population"
    setting = "Qualified majority of Article 16(4) TEU: 55 % of members with 65 % of the population"
    note = (
        f"{power.winning:,} of {2 ** len(people):,} coalitions win. Banzhaf index: share of swings; Shapley–Shubik "
        f"index: share of orders in which a member is pivotal. {EXACT}"
    )
    figure = pages.sheet(style.SINGLE, ROW * len(people) + AROUND, title, setting, note)
    axes = figure.subplots()
    for values, mark in zip((power.banzhaf, power.shapley_shubik, people / people.sum()), POWER, strict=True):
        axes.plot(100 * values, np.arange(len(people)), label=mark.label, **mark.look)
    axes.set_yticks(np.arange(len(people)), list(populations))
    panels.rows(axes, len(people))
    axes.set(xlabel="Share (%)", xlim=(0, None))
    panels.legend_above(axes, at=-0.2)
    return figure

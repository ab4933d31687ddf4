"""Rows of the table that hold the model to what is proved: closed forms beside draws, and classic games played."""

from collections.abc import Sequence
from concurrent.futures import Executor
from typing import Any

import numpy as np

from analysis.statistics.intervals import LEVEL, quantile
from analysis.validation.checks import HOLDS, REPORTED, SHORT, Check, Played
from experiments.validation import games
from experiments.validation.closed_forms import FORMS, Drawn
from experiments.validation.games import ALARMS, SCATTER, SKILL, STANDARD, Floats

FORMS_PART, GAMES_PART = "Theory: closed forms beside draws", "Theory: classic games played by the model's rules"
ATTRIBUTION, BLAME = "Attribution game", "Blame Game"
SOURCES = {
    ATTRIBUTION: "Baliga, Bueno de Mesquita & Wolitzky 2020",
    BLAME: "Edwards, Furnas, Forrest & Axelrod 2017",
}
ENOUGH = 0.9
"""Share of the settings of a game in which the model is to play the equilibrium."""
RESOLUTION = 0.0005
"""Half an interval at least: shares are told to a thousandth. Of closed forms a tenth of it."""
ATTACKED, BLAMED = "share attacked", "share blamed"
UNSURE = {SKILL: 0.9, ALARMS: 0.5, **games.attackers(stealth=(0.0, 1.0), tempo=(1.0, 0.3))}
"""Attackers of which one is hard to identify, among many false alarms: where an EU hesitates."""
COMMITTED = {STANDARD: 0.7, SCATTER: 0.0}
"""An EU that answers whatever reaches 0.7, and not as its taste on the day says: that varies around 0.8."""
EVERY = {STANDARD: 0.6, SCATTER: 0.0, "doctrine.firmness": 2.0}
"""One that answers every act of which somebody is likelier than not to be the author, and twice as hard."""
LEAST = 5.0
"""Least effect of commitment, in points of the share attacked."""


def together(count: int) -> float:
    """Level of each of so many intervals that hold together (Bonferroni)."""
    return 1.0 - (1.0 - LEVEL) / count


def interval(draws: Floats, level: float, least: float = 0.0) -> tuple[float, float, float]:
    """Mean of independent draws and the ends of Student's interval, at least so far from it."""
    n, mean = len(draws), float(draws.mean())
    half = max(least, float(quantile(n, level) * draws.std(ddof=1) / np.sqrt(n)))
    return mean, mean - half, mean + half


def row(name: str, expected: str, got: tuple[float, float, float], n: int, verdict: str, **more: Any) -> Check:
    """A row of the table of checks."""
    mean, low, high = got
    more = {"part": GAMES_PART, "label": "oracle", **more}
    return Check(name=name, expected=expected, got=mean, low=low, high=high, n=n, verdict=verdict, **more)


def closed_forms(draws: int, seed: int, pool: Executor) -> list[Check]:
    """A row for each closed form; it holds where the interval of the draws contains it. Intervals hold together."""
    found = [each for some in pool.map(lambda form: list(form(draws, seed)), FORMS) for each in some]
    return [_form(each, together(len(found))) for each in found]


def _form(drawn: Drawn, level: float) -> Check:
    mean, low, high = interval(drawn.draws, level, 0.1 * RESOLUTION)
    holds = low <= drawn.expected <= high
    return row(
        drawn.name,
        f"{drawn.expected:.4f}",
        (mean, low, high),
        len(drawn.draws),
        HOLDS if holds else SHORT,
        part=FORMS_PART,
        source=drawn.source,
        unit=drawn.unit,
    )


def played_games(replicates: int, seed: int, pool: Executor) -> tuple[list[Check], list[Played]]:
    """Rows of both games, and every setting as it was played."""
    # chance of its own for each setting
    attribution = pool.map(
        lambda some: games.play_attribution(some[1], seed + some[0], replicates), enumerate(games.ATTRIBUTION)
    )
    blame = pool.map(lambda some: games.play_blame(some[1], seed + some[0], replicates), enumerate(games.BLAME))
    shares = dict(zip((game.name for game in games.ATTRIBUTION), attribution, strict=True))
    level = together(len(games.ATTRIBUTION))
    played = [
        Played(ATTRIBUTION, name, ATTACKED, theory, *interval(got, level, RESOLUTION), len(got))
        for name, (theory, got) in shares.items()
    ]
    level = together(2 * len(games.BLAME))
    for game, figures in zip(games.BLAME, blame, strict=True):
        for figure, theory, got in zip((ATTACKED, BLAMED), *figures, strict=True):
            played.append(Played(BLAME, game.name, figure, theory, *interval(got, level, RESOLUTION), len(got)))
    checks = [
        met(ATTRIBUTION, ATTACKED, played),
        *(backfire(shares, *pair) for pair in games.BACKFIRE),
        met(BLAME, ATTACKED, played),
        met(BLAME, BLAMED, played),
        *commitment(seed, replicates, pool),
    ]
    return checks, played


def met(game: str, figure: str, played: Sequence[Played]) -> Check:
    """In how many settings of a game the model plays the equilibrium, and how far it is from it at most."""
    some = [each for each in played if each.game == game and each.figure == figure]
    hits, away = sum(each.met for each in some), max(abs(each.got - each.expected) for each in some)
    missed = "; ".join(f"{each.setting}: {each.got:.3f} for {each.expected:.3f}" for each in some if not each.met)
    return Check(
        part=GAMES_PART,
        name=f"{game}: settings in which the {figure} is that of the equilibrium",
        expected=f"at least {ENOUGH:.0%}",
        verdict=HOLDS if hits >= ENOUGH * len(some) else SHORT,
        label="oracle",
        source=SOURCES[game],
        unit=f"of {len(some)}",
        got=float(hits),
        n=some[0].n,
        note=f"Largest difference {100.0 * away:.1f} points." + (f" Missed: {missed}." if missed else ""),
    )


def backfire(shares: dict[str, tuple[float, Floats]], less: str, more: str) -> Check:
    """Where detecting more of what is hard to identify makes more attacks in all: as many more as theory says."""
    theory = 100.0 * (shares[more][0] - shares[less][0])
    got = interval(100.0 * (shares[more][1] - shares[less][1]), together(len(games.BACKFIRE)))
    holds = got[1] <= theory <= got[2] and got[1] > 0.0
    name = f"{ATTRIBUTION}: more is attacked where more is detected ({more.replace(', mostly detected', '')})"
    verdict, runs = HOLDS if holds else SHORT, len(shares[less][1])
    return row(name, f"{theory:+.1f} points", got, runs, verdict, source=SOURCES[ATTRIBUTION], unit="points")


def commitment(seed: int, replicates: int, pool: Executor) -> list[Check]:
    """What it changes to commit, and to answer harder after every signal: attacks, and answers without ground."""
    base = games.base("attribution_game").with_values(UNSURE)
    worlds = [base, base.with_values(COMMITTED), base.with_values({**EVERY, **games.bite_of(2.0)})]
    runs = list(pool.map(lambda world: games.played(world, seed, replicates), worlds))
    reacting, committed, every = (
        100.0 * games.in_all(world, shares) for world, (shares, _) in zip(worlds, runs, strict=True)
    )
    weeks = base.scenario.time.weeks
    unfounded = [books.attributed_wrong / weeks * times for (_, books), times in zip(runs, (1, 1, 2), strict=True)]
    rate = games.opportunity(base).sum() / 100.0  # attacks a week for a point
    change = interval(committed - reacting, LEVEL)
    price = interval((unfounded[2] - unfounded[1]) / (rate * (committed - every)), LEVEL)
    source = SOURCES[ATTRIBUTION]
    return [
        row(
            "commitment: an EU that commits to its standard deters more than one that reacts",
            f"less than −{LEAST:g} points",
            change,
            replicates,
            HOLDS if change[2] < -LEAST else SHORT,
            source=source,
            unit="points",
        ),
        row(
            "commitment: answering every signal, and twice as hard, pays",
            "where an attack costs more than this many answers without ground",
            price,
            replicates,
            REPORTED,
            source=source,
            note=NO_SIGNAL_WITHOUT_A_CASE,
        ),
    ]


NO_SIGNAL_WITHOUT_A_CASE = (
    "In theory to retaliate harder after every signal need not deter, for signals come without an attack as well, and "
    "restraint is punished with it. In the model a case is an act, or an accident that comes whatever anybody does: "
    "restraint is not punished more, and answering harder deters, at a price in answers without ground. Whether that "
    "pays depends on what an attack costs, which the model does not say."
)

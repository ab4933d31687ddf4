"""Rows of the table that hold the model to what is proved: closed forms beside draws, and classic games played."""

from collections.abc import Mapping, Sequence
from concurrent.futures import Executor
from typing import Any

import numpy as np

from analysis.statistics.intervals import LEVEL, quantile
from analysis.validation.checks import EXPLAINED, HOLDS, REPORTED, SHORT, Check, Played
from experiments.validation import games
from experiments.validation.closed_forms import FORMS, Drawn
from experiments.validation.games import ATTACKED, BLAMED, RATIONAL, Floats, Play

FORMS_PART, GAMES_PART = "Theory: closed forms and random draws", "Theory: classic games played by the model's rules"
ATTRIBUTION, BLAME = "Attribution game", "Blame Game"
SOURCES = {
    ATTRIBUTION: "Baliga, Bueno de Mesquita & Wolitzky 2020",
    BLAME: "Edwards, Furnas, Forrest & Axelrod 2017",
}
ENOUGH = 0.9
"""Share of the settings of a game in which the model is to play the equilibrium."""
RESOLUTION = 0.0005
"""Half an interval at least: shares are told to a thousandth. Of closed forms a tenth of it."""
LEAST = 5.0
"""Least effect of commitment, in points of the share attacked."""
NAIVE = {"scenario.investigation.hindsight": False, "scenario.investigation.suspicion": 0.2, **games.UNSURE}
"""Investigators as the shipped scenarios have them: they know whom they named, not who did it."""


def interval(draws: Floats, count: int = 1, least: float = 0.0) -> tuple[float, float, float]:
    """Mean of independent draws and the ends of its 95 % interval (Student), at least so far from it.

    Of `count` intervals each is so wide that all of them hold together with that probability (Bonferroni).
    """
    n, mean = len(draws), float(draws.mean())
    half = max(least, float(quantile(n, 1.0 - (1.0 - LEVEL) / count) * draws.std(ddof=1) / np.sqrt(n)))
    return mean, mean - half, mean + half


def row(name: str, expected: str, got: tuple[float, float, float], n: int, verdict: str, **more: Any) -> Check:
    """A row of the table of checks."""
    mean, low, high = got
    more = {"part": GAMES_PART, "label": "oracle", "source": SOURCES[ATTRIBUTION], "unit": "points", **more}
    return Check(name=name, expected=expected, got=mean, low=low, high=high, n=n, verdict=verdict, **more)


def closed_forms(draws: int, seed: int, pool: Executor) -> list[Check]:
    """A row for each closed form; it holds where the interval of the draws contains it. Intervals hold together.

    Only where the model's own rules draw is it a check of the model; else of the formula.
    """
    found = [each for some in pool.map(lambda form: list(form(draws, seed)), FORMS) for each in some]
    return [of_form(each, len(found)) for each in found]


def of_form(drawn: Drawn, count: int) -> Check:
    """The row of a closed form, among so many."""
    mean, low, high = interval(drawn.draws, count, 0.1 * RESOLUTION)
    verdict = HOLDS if low <= drawn.expected <= high else SHORT
    more = {"part": FORMS_PART, "source": drawn.source, "unit": drawn.unit}
    more["label"] = "oracle" if drawn.by_model else "formula"
    return row(drawn.name, f"{drawn.expected:.4f}", (mean, low, high), len(drawn.draws), verdict, **more)


def played_games(replicates: int, seed: int, pool: Executor) -> tuple[list[Check], list[Played]]:
    """Rows of both games, and every setting as it was played."""
    # chance of its own for each setting
    attribution = pool.map(
        lambda some: games.play_attribution(some[1].values, seed + some[0], replicates), enumerate(games.ATTRIBUTION)
    )
    blame = pool.map(lambda some: games.play_blame(some[1].values, seed + some[0], replicates), enumerate(games.BLAME))
    naive = pool.submit(games.play_attribution, NAIVE, seed, replicates)
    plays = dict(zip((game.name for game in games.ATTRIBUTION), attribution, strict=True))
    played = [as_played(ATTRIBUTION, name, play) for name, play in plays.items()]
    for game, figures in zip(games.BLAME, blame, strict=True):
        played += [as_played(BLAME, game.name, play) for play in figures]
    farthest = 100.0 * max(play.farthest for play in plays.values())
    checks = [
        met(ATTRIBUTION, ATTACKED, played, note=f"Of single attackers {farthest:.1f} points."),
        *(
            beside(f"more is attacked where more is detected: {name}", plays, less, more)
            for name, less, more in BACKFIRE
        ),
        met(BLAME, ATTACKED, played),
        met(BLAME, BLAMED, played),
        met(BLAME, RATIONAL, played, explanation=QUANTAL),
        *commitment(plays),
        without_hindsight(naive.result()),
    ]
    return checks, [each for each in played if each.figure != RATIONAL]


BACKFIRE = tuple(
    zip(("two attackers", "two, sharp choices", "three attackers"), *zip(*games.BACKFIRE, strict=True), strict=True)
)
"""What each pair of games is called in which to detect more of what is hard to identify backfires, and the pair."""
QUANTAL = (
    "The paper's attackers are exactly rational; the model's choose by quantal response. So the gain of the "
    "indifferent attacker, and with it the share blamed, differs from the paper's if few or nearly all of them attack."
)


def as_played(game: str, setting: str, play: Play) -> Played:
    """A setting of a game with its interval."""
    return Played(game, setting, play.figure, play.theory, *interval(play.got, 1, RESOLUTION), len(play.got))


def met(game: str, figure: str, played: Sequence[Played], note: str = "", explanation: str = "") -> Check:
    """In how many settings of a game the model plays the equilibrium, and how far it is from it at most."""
    some = [each for each in played if each.game == game and each.figure == figure]
    hits, away = sum(each.met for each in some), max(abs(each.got - each.expected) for each in some)
    missed = "; ".join(f"{each.setting}: {each.got:.3f} for {each.expected:.3f}" for each in some if not each.met)
    said = HOLDS if hits >= ENOUGH * len(some) else EXPLAINED if explanation else SHORT
    notes = (f"Largest difference {100.0 * away:.1f} points.", note, f"Missed: {missed}." if missed else "")
    return Check(
        part=GAMES_PART,
        name=f"{game}: settings in which the {figure} is that of the equilibrium",
        expected=f"at least {ENOUGH:.0%}",
        verdict=said,
        label="oracle",
        source=SOURCES[game],
        unit=f"of {len(some)}",
        got=float(hits),
        n=some[0].n,
        note=" ".join(filter(None, (*notes, explanation if said == EXPLAINED else ""))),
    )


PAIRS = len(BACKFIRE) + 3
"""Pairs of games that are compared: their intervals hold together."""


def beside(name: str, plays: Mapping[str, Play], one: str, other: str, sign: int = +1, **more: Any) -> Check:
    """By how much more is attacked in another game than in one: as much as theory says, and with its sign."""
    theory = 100.0 * (plays[other].theory - plays[one].theory)
    got = interval(100.0 * (plays[other].got - plays[one].got), PAIRS)
    least = more.pop("least", 0.0)
    holds = got[1] <= theory <= got[2] and (got[1] > least if sign > 0 else got[2] < -least)
    more.setdefault("verdict", HOLDS if holds else SHORT)
    expected = f"{theory:+.1f} points".replace("-", "−")
    return row(f"{ATTRIBUTION}: {name}", expected, got, len(plays[one].got), **more)


def commitment(plays: Mapping[str, Play]) -> list[Check]:
    """What it changes to commit to answer on less, to be steady, and to answer harder after every signal."""
    return [
        beside(
            "an EU that commits to respond from 0.7 on deters more than one that reacts by its standard of the day, "
            "around 0.8",
            *(plays, games.REACTS, games.COMMITS, -1),
            least=LEAST,
        ),
        beside(
            "the same standard of 0.8 with half of its scatter",
            *(plays, games.REACTS, games.STEADY),
            verdict=REPORTED,
            note="What deters is to respond on less certainty than one would like at the time, not to be steady.",
        ),
        beside(
            "responding harder after every signal than the committed EU gains nothing",
            *(plays, games.COMMITS, games.HARDEST),
            verdict=EXPLAINED,
            note=NOT_PUNISHED,
        ),
    ]


NOT_PUNISHED = (
    "Theory says that it need not pay, because signals also come without an attack, so restraint is punished too. In "
    "periods so short that no two events fall into one, this does not occur: a case is an act, or an accident that "
    "comes whatever anybody does. Restraint is not punished, and the equilibrium itself has fewer attacks, as in the "
    "model's play. The price is responses without grounds. The option by which an own act replaces blame for what "
    "others do (blame_replaced) is off here."
)


def without_hindsight(play: Play) -> Check:
    """How far from the equilibrium the game is played by investigators as the shipped scenarios have them."""
    got = interval(100.0 * (play.got - play.theory))
    name = f"{ATTRIBUTION}: the same without hindsight, as the shipped scenarios are"
    note = "Investigators who know to whom they attributed an act, but not who did it, do not play the equilibrium."
    return row(name, "off the equilibrium by", got, len(play.got), REPORTED, note=note)

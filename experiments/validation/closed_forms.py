"""Closed forms of theory beside draws: what theory computes exactly must come out of chance, within its error.

Where the model has the rule, its own rule draws: investigations of single cases, votes by qualified majority.
"""

from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import numpy as np
from scipy.stats import uniform

from agents.voting import qualified
from analysis.theory import (
    attribution_game,
    attribution_race,
    blame_game,
    spiral,
    timing_threshold,
    voting_power,
)
from experiments.validation.games import attackers, base
from model.configuration import load_configuration
from model.ensemble import run_one

Floats = np.ndarray[Any, np.dtype[np.float64]]


class Drawn(NamedTuple):
    """What theory says, and draws whose mean should be that."""

    name: str
    source: str
    expected: float
    draws: Floats
    unit: str = ""
    by_model: bool = False  # the model's own rules draw


def races(draws: int, seed: int) -> Iterator[Drawn]:
    """Investigations by the model's own rules against the gambler's ruin: who is named, and after how many clues."""
    source = "Wald 1945; Feller 1968"
    for skill, standard in ((0.5, 0.9), (0.3, 0.8), (0.7, 0.99)):
        values = {
            "scenario.investigation.skill": skill,
            "doctrine.attribution_confidence": standard,
            "scenario.investigation.hindsight": False,
            "scenario.investigation.standard_scatter": 0.0,
            "scenario.investigation.investigation_weeks": 1000,  # one clue a week
            "scenario.time.weeks": 5000,
            "scenario.time.burn_in": 0,
            **attackers(tempo=(3.0, 3.0), motive=(5.0, 5.0), visibility=(1.0, 1.0), sensitivity=(0.0, 0.0)),
        }
        configuration = base("attribution_game").with_values(values)
        right, clues = np.zeros(0), np.zeros(0)
        replicate = 0
        while len(right) < draws:
            cases = run_one(configuration, seed, replicate, ledger=True).ledger
            cases = cases[cases.begun < 4500]  # none that the end of the run cuts short
            right, clues = np.append(right, cases.right), np.append(clues, cases.attributed - cases.opened)
            replicate += 1
        found = attribution_race(0.5 + 0.5 * skill, standard)
        how = f"clues right in {0.5 + 0.5 * skill:.0%}, required {standard:g}"
        yield Drawn(f"share rightly attributed: {how}", source, found.correct, right[:draws], by_model=True)
        yield Drawn(f"clues until then: {how}", source, found.mean_clues, clues[:draws], "clues", by_model=True)


def majorities(draws: int, seed: int) -> Iterator[Drawn]:
    """Votes by the model's own rule against power indices: half of all members in favour, each by a coin."""
    shares = np.array(list(load_configuration().member_states.shares().values()))
    populations = [each.population for each in load_configuration().member_states.members.values()]
    members, found, random = len(shares), voting_power(populations), np.random.default_rng(seed)
    favour = random.random((draws, members)) < 0.5
    carried = [qualified(members, int(each.sum()), float(shares[each].sum()), 1) for each in favour]
    source = "Banzhaf 1965; Shapley & Shubik 1954"
    share = found.winning / 2**members
    yield Drawn("share of coalitions that win", source, share, np.array(carried, float), by_model=True)
    largest, order = int(np.argmax(shares)), np.argsort(random.random((draws, members)), axis=1)
    place = np.argmax(order == largest, axis=1)
    pivotal = np.zeros(draws)
    for row, (voters, before) in enumerate(zip(order, place, strict=True)):
        people = float(shares[voters[:before]].sum())
        without = qualified(members, int(before), people, 1)
        pivotal[row] = float(not without and qualified(members, int(before) + 1, people + shares[largest], 1))
    power = float(found.shapley_shubik[largest])
    yield Drawn("orders in which the largest is pivotal", source, power, pivotal, by_model=True)


def encounters(draws: int, seed: int) -> Iterator[Drawn]:
    """The Blame Game played by draws: in equilibrium neither the vulnerable nor a victim that knows does better."""
    source, random = "Edwards, Furnas, Forrest & Axelrod 2017", np.random.default_rng(seed)
    vulnerable, knowing, gain, cost, right, wrong = 0.8, 0.8, 0.4, 1.0, 1.0, 1.5
    found = blame_game(vulnerable, knowing, gain, cost, right, wrong)
    is_vulnerable = random.random(draws) < vulnerable
    of_vulnerable = (float(found.attack_rate) - (1.0 - vulnerable)) / vulnerable
    attacks = ~is_vulnerable | (random.random(draws) < of_vulnerable)
    blames = (random.random(draws) < knowing) & (random.random(draws) < found.blame_probability)
    yield Drawn("Blame Game: gain of an attack", source, 0.0, gain - cost * blames.astype(float))
    yield Drawn("Blame Game: gain of blame", source, 0.0, np.where(is_vulnerable[attacks], right, -wrong).astype(float))


def signals(draws: int, seed: int) -> Iterator[Drawn]:
    """The attribution game played by draws: guilt given a signal is that of the equilibrium."""
    source, random = "Baliga, Bueno de Mesquita & Wolitzky 2020", np.random.default_rng(seed)
    pi = np.array([[0.4, 0.48, 0.06, 0.06], [0.4, 0.06, 0.48, 0.06], [0.4, 0.06, 0.06, 0.48]])
    null, chance = np.array([0.95, 0.05 / 3, 0.05 / 3, 0.05 / 3]), np.full(3, 1 / 3)
    game = attribution_game(pi, null, chance, uniform.cdf, uniform.cdf)
    who = random.integers(0, 3, draws)
    attacks = random.random(draws) > game.cutoffs[who]
    law = np.where(attacks[:, None], pi[who], null).cumsum(axis=1)
    seen = (random.random(draws)[:, None] > law).sum(axis=1).clip(max=3)
    guilty = (attacks & (who == 0))[seen == 1]
    yield Drawn("attribution game: guilt of who is pointed to", source, float(game.guilt[0, 1]), guilty.astype(float))


def careers(draws: int, seed: int) -> Iterator[Drawn]:
    """A resource used from the threshold on, by draws: what it brings is the value that theory computes."""
    stakes, discount, stealth, persistence = np.arange(1, 7), 0.9, 0.1, 0.9
    found = timing_threshold(stakes, np.full(6, 1 / 6), discount, stealth, persistence)
    random, brought = np.random.default_rng(seed), np.zeros(draws)
    alive, worth = np.ones(draws, bool), 1.0
    while alive.any() and worth > 1e-12:
        stake = random.integers(1, 7, draws)
        uses = alive & (stake >= found.threshold)
        brought += worth * stake * uses
        alive &= random.random(draws) < np.where(uses, stealth, persistence)
        worth *= discount
    yield Drawn("timing of cyber conflict: value", "Axelrod & Iliev 2014", found.value, brought, "stakes")


def arms(draws: int, seed: int) -> Iterator[Drawn]:
    """Richardson's race run from starts that are drawn: all end where theory says."""
    k, l, a, b, g, h = 0.5, 0.4, 1.0, 0.8, 0.3, 0.2  # noqa: E741 (the letters of the equation)
    found, (x, y) = spiral(k, l, a, b, g, h), np.random.default_rng(seed).random((2, draws))
    for _ in range(1000):  # steps so long that starts are forgotten, and so short that they do not overshoot
        x, y = x + 0.1 * (k * y - a * x + g), y + 0.1 * (l * x - b * y + h)
    yield Drawn("spiral: where one side ends, whatever its start", "Richardson 1960", found.equilibrium[0], x)


FORMS: tuple[Callable[[int, int], Iterator[Drawn]], ...] = (races, majorities, encounters, signals, careers, arms)
"""All that is drawn, each from so many draws and a seed."""

"""Two classic games that the model's rules play, beside what theory proves of them.

The attribution game (Baliga, Bueno de Mesquita & Wolitzky 2020) and the Blame Game (Edwards, Furnas, Forrest & Axelrod
2017) are scenarios of `configs/games`: one way to attack, one clue a case, an answer where guilt reaches a standard.
Attackers choose by quantal response, which is the game with logistic benefits, and learn from their own cases how often
they are named. Investigators have two options that are off in the shipped scenarios, for the games assume them:
hindsight, by which they learn who was behind past cases, which makes the priors of their posteriors, and a standard
that scatters, the varying taste for retaliation. Where both sides have settled, the share of opportunities at which
each attacks is that of the equilibrium. Without hindsight it is not, and that is told as well.

What the model cannot express, and why that is right. In the games at most one attacker has an opportunity in a period;
here a case stands for itself, however many there are in a week. That is the game in its limit of short periods, in
which no two events fall into one, and so it is put to theory. The Union names the likelier party alone, and nobody with
less than the confidence of 0.6 that doctrines may require: standards below a half have no counterpart.
"""

from collections.abc import Mapping
from itertools import combinations
from typing import Any, NamedTuple

import numpy as np
from scipy.special import expit, logit, ndtr

from analysis.theory import attribution_game, blame_game
from model.configuration import Configuration, load_configuration
from model.ensemble import room, run
from model.loading import CONFIGS
from model.recording import laid_out
from model.schedule import of_run

Floats = np.ndarray[Any, np.dtype[np.float64]]
Values = Mapping[str, Any]

PERIOD = 1e-6
"""Weeks of a period so short that no two events fall into one."""
ATTACKERS = {"first": "state", "second": "proxy", "third": "criminal"}
"""Attackers and their kinds."""


class Game(NamedTuple):
    """A game: what it is called, and the values by path that make it of the scenario."""

    name: str
    values: Values


def attackers(**traits: tuple[float, ...]) -> Values:
    """Values by path for traits of the attackers in their order; a third takes part where one is given for it."""
    values: dict[str, Any] = {}
    for name, numbers in traits.items():
        for attacker, number in zip(ATTACKERS, numbers, strict=False):
            if name == "visibility":
                path = f"activities.attack_of_{attacker}.visibility"
            elif name == "motive":
                path = f"activities.attack_of_{attacker}.motive.{ATTACKERS[attacker]}"
            else:
                path = f"perpetrators.{attacker}.{name}.mean"
            values[path] = number
        if len(numbers) == len(ATTACKERS):
            values["perpetrators.third.capability.mean"] = 1.0
    return values


SKILL, ALARMS = "scenario.investigation.skill", "scenario.detection.false_alarm_rate"
STANDARD, SCATTER = "doctrine.attribution_confidence", "scenario.investigation.standard_scatter"
HIDDEN = {"stealth": (0.0, 1.0), "tempo": (3.0, 0.3)}
"""A busy attacker that is easy to identify, and an idle one that is hard to."""
HIDDEN_THIRD = {"stealth": (0.0, 0.0, 1.0), "tempo": (1.0, 1.0, 0.3)}
THREE = {"tempo": (0.5, 0.5, 0.5)}
UNSURE = {SKILL: 0.9, ALARMS: 0.5, **attackers(stealth=(0.0, 1.0), tempo=(1.0, 0.3))}
"""One of two attackers is hard to identify, and there are many false alarms: guilt is where an EU wavers."""
HARDER = {
    "doctrine.firmness": 2.0,
    "measures.retaliation.bite": [0.6, 0.6],
    "scenario.classes.serious.prior_bite": 0.5,
}
"""Retaliation twice as hard, and known to be."""

ATTRIBUTION = (
    Game("two alike", {}),
    Game("little detected", attackers(visibility=(0.3, 0.3))),
    Game("much detected", attackers(visibility=(0.9, 0.9))),
    Game("poor evidence", {SKILL: 0.3}),
    Game("good evidence", {SKILL: 0.9}),
    Game("a low standard", {STANDARD: 0.7}),
    Game("a high standard", {STANDARD: 0.9}),
    Game("a steady standard", {SCATTER: 0.25}),
    Game("some false alarms", {ALARMS: 0.1}),
    Game("many false alarms", {ALARMS: 0.3}),
    Game("a busy second", attackers(tempo=(1.0, 3.0))),
    Game("an idle second", attackers(tempo=(1.0, 0.2))),
    Game("a second with more to gain", attackers(motive=(0.3, 0.8))),
    Game("a stealthy second", attackers(stealth=(0.0, 0.8))),
    Game("hidden, hardly detected", {SKILL: 0.5, **attackers(visibility=(0.9, 0.2), **HIDDEN)}),
    Game("hidden, mostly detected", {SKILL: 0.5, **attackers(visibility=(0.9, 0.9), **HIDDEN)}),
    Game(
        "hidden, hardly detected, sharp choices",
        {SKILL: 0.5, **attackers(visibility=(0.9, 0.2), rationality=(10.0, 10.0), **HIDDEN)},
    ),
    Game(
        "hidden, mostly detected, sharp choices",
        {SKILL: 0.5, **attackers(visibility=(0.9, 0.9), rationality=(10.0, 10.0), **HIDDEN)},
    ),
    Game("three alike", attackers(**THREE)),
    Game("three, from idle to busy", attackers(tempo=(0.2, 0.6, 1.8))),
    Game("three, the last stealthy", attackers(stealth=(0.0, 0.0, 0.8), **THREE)),
    Game("three, good evidence", {SKILL: 0.9, **attackers(**THREE)}),
    Game("three, a hidden third hardly detected", attackers(visibility=(0.9, 0.9, 0.2), **HIDDEN_THIRD)),
    Game("three, a hidden third mostly detected", attackers(visibility=(0.9, 0.9, 0.9), **HIDDEN_THIRD)),
    Game("vague choices", attackers(rationality=(2.0, 2.0))),
    Game("sharp choices", attackers(rationality=(10.0, 10.0))),
    Game("many false alarms, a high standard", {ALARMS: 0.3, STANDARD: 0.9}),
    Game("false alarms, an idle second", {ALARMS: 0.2, **attackers(tempo=(1.0, 0.2))}),
    Game("an EU that reacts, unsure", UNSURE),
    Game("an EU that is steady, unsure", {**UNSURE, STANDARD: 0.8, SCATTER: 0.25}),
    Game("an EU that commits, unsure", {**UNSURE, STANDARD: 0.7, SCATTER: 0.25}),
    Game("an EU that answers every signal twice as hard", {**UNSURE, STANDARD: 0.6, SCATTER: 0.25, **HARDER}),
)
"""Games of attribution; the scenario itself is the first."""
REACTS, STEADY, COMMITS, HARDEST = (game.name for game in ATTRIBUTION[-4:])

BACKFIRE = (
    ("hidden, hardly detected", "hidden, mostly detected"),
    ("hidden, hardly detected, sharp choices", "hidden, mostly detected, sharp choices"),
    ("three, a hidden third hardly detected", "three, a hidden third mostly detected"),
)
"""Pairs of games of which the second detects more of what is hard to identify, so that more is attacked in all."""


def blaming(vulnerable: float, knowledgeable: float, gain: float, standard: float) -> Values:
    """Values by path of a Blame Game: its probabilities, the gain of an attack where blame costs 1, and d/(b + d)."""
    rates = 0.95 * np.array([vulnerable, 1.0 - vulnerable])  # opportunities a week
    values = attackers(
        tempo=tuple(map(float, -np.log1p(-rates))),
        visibility=(knowledgeable, knowledgeable),
        sensitivity=(10.0, 0.0),
        motive=(gain, 5.0),
    )
    return {**values, STANDARD: standard}


BLAME = tuple(
    Game(f"v = {v}, k = {k}, g/c = {g}, d/(b + d) = {standard}", blaming(v, k, g, standard))
    for v, k, g, standard in (
        (0.8, 0.8, 0.4, 0.6),
        (0.7, 0.8, 0.4, 0.6),
        (0.9, 0.8, 0.4, 0.6),
        (0.8, 1.0, 0.4, 0.6),
        (0.8, 0.8, 0.5, 0.6),
        (0.9, 0.6, 0.35, 0.7),
        (0.85, 0.9, 0.45, 0.7),
        (0.95, 0.9, 0.2, 0.8),
        (0.9, 0.9, 0.4, 0.75),
        (0.5, 0.8, 0.4, 0.6),  # too few are vulnerable: tolerated
        (0.6, 0.9, 0.3, 0.8),  # the same
        (0.8, 0.3, 0.7, 0.6),  # hardly anybody knows: always attacked
    )
)
"""Blame Games: mixed, tolerated, and attacked whatever the blame."""


def base(game: str) -> Configuration:
    """The scenario of a game under its defender's doctrine."""
    return load_configuration(CONFIGS / "games" / f"{game}.toml", CONFIGS / "games" / "defender.toml")


def opportunity(configuration: Configuration) -> Floats:
    """Probability a week that each attacker which takes part has an opportunity."""
    tempo = [configuration.traits(name)["tempo"].mean for name in configuration.perpetrators]
    return -np.expm1(-np.array(tempo)[takes_part(configuration)])


def takes_part(configuration: Configuration) -> np.ndarray[Any, np.dtype[np.bool_]]:
    """Which attackers take part."""
    return np.array([configuration.traits(name)["capability"].mean > 0.0 for name in configuration.perpetrators])


def trait(configuration: Configuration, name: str) -> Floats:
    """A trait of the attackers that take part."""
    means = [configuration.traits(each)[name].mean for each in configuration.perpetrators]
    return np.array(means)[takes_part(configuration)]


def of_attacks(configuration: Configuration, name: str) -> Floats:
    """Visibility of, or motive for, the attack of each attacker that takes part."""
    values = []
    for attacker, kind in ATTACKERS.items():
        attack = configuration.activities[f"attack_of_{attacker}"]
        values.append(attack.visibility if name == "visibility" else getattr(attack.motive, kind))
    return np.array(values)[takes_part(configuration)]


def attribution_theory(configuration: Configuration) -> Floats:
    """Probability with which each attacker that takes part attacks at an opportunity, in the equilibrium.

    A case shows two suspects, the culprit and another that any may be, and one clue that points to either: a signal for
    each pair and each of its two. The last signal is a clue that nobody did it.
    """
    scenario, rates = configuration.scenario, opportunity(configuration)
    detected, count = of_attacks(configuration, "visibility") * scenario.detection.detection, len(rates)
    skill, alarms = scenario.investigation.skill, scenario.detection.false_alarm_rate
    reliable = np.minimum(0.995, 0.5 + 0.5 * skill * (1.0 - 0.5 * trait(configuration, "stealth")))
    clear = min(0.995, 0.5 + 0.5 * skill)
    named = [(pair, suspect) for pair in combinations(range(count), 2) for suspect in pair]
    signals, null = np.zeros((count, len(named) + 2)), np.zeros(len(named) + 2)
    signals[:, 0] = 1.0 - detected
    for place, (pair, suspect) in enumerate(named, 1):
        for culprit in pair:
            pointed = reliable[culprit] if culprit == suspect else 1.0 - reliable[culprit]
            signals[culprit, place] = detected[culprit] * pointed / (count - 1)
        null[place] = alarms * PERIOD * (1.0 - clear) / (count * (count - 1))
    null[-1] = alarms * PERIOD * clear
    null[0] = 1.0 - null.sum()
    precision, motive = trait(configuration, "rationality"), of_attacks(configuration, "motive")
    cost = cost_of_answers(configuration)
    standard, scatter = configuration.doctrine.attribution_confidence, scenario.investigation.standard_scatter

    def taste(y: Floats) -> Floats:
        with np.errstate(divide="ignore"):
            answers = ndtr((logit(np.clip(1.0 - y, 0.0, 1.0)) - logit(standard)) / scatter)
        return np.where(y < 0.5, 1.0 - answers, 1.0)  # nobody is named who is less likely than not

    def benefit(cutoffs: Floats) -> Floats:
        return np.asarray(expit(precision * (cost * cutoffs - motive)))

    return np.asarray(attribution_game(signals, null, rates * PERIOD, benefit, taste).attacks / (rates * PERIOD))


def cost_of_answers(configuration: Configuration) -> Floats:
    """What a retaliation costs each attacker: its sensitivity to what a member, a third of the Union, intends."""
    answer = configuration.doctrine.firmness * configuration.scenario.severity.mean_severity
    return trait(configuration, "sensitivity") * answer / len(configuration.member_states.members)


def blame_theory(configuration: Configuration) -> tuple[float, float, float]:
    """Probability that an opportunity is taken, and that an attack of which the victim knows is blamed on the first.

    Attackers choose by quantal response, so that who is indifferent has the gain of the marginal vulnerable attacker:
    that which makes as many of them attack as the equilibrium asks. The rate of attacks does not depend on it. The last
    number is the probability of blame among attackers that are exactly rational, as they are in the paper.
    """
    rates, standard = opportunity(configuration), configuration.doctrine.attribution_confidence
    vulnerable = rates[0] / rates.sum()
    knowledgeable = of_attacks(configuration, "visibility")[0] * configuration.scenario.detection.detection
    gain, cost = of_attacks(configuration, "motive")[0], cost_of_answers(configuration)[0]
    precision, losses = trait(configuration, "rationality")[0], standard / (1.0 - standard)
    found = blame_game(vulnerable, knowledgeable, gain, cost, 1.0, losses)
    rate, blamed = float(found.attack_rate), float(found.blame_probability)
    if rate < 1.0:
        of_vulnerable = (rate - (1.0 - vulnerable)) / vulnerable
        marginal = gain - logit(of_vulnerable) / precision
        response = blame_game(vulnerable, knowledgeable, marginal, cost, 1.0, losses)
        return rate, float(response.blame_probability), blamed
    of_vulnerable = float(expit(precision * (gain - knowledgeable * cost * blamed)))
    return 1.0 - vulnerable + vulnerable * of_vulnerable, blamed, blamed


def played(configuration: Configuration, seed: int, replicates: int) -> tuple[Floats, Any]:
    """Share of opportunities at which each attacker that takes part attacks [replicate, attacker], and the books.

    The mean of the probabilities with which it chose, in the weeks that count.
    """
    met = room(configuration, replicates)
    books = run(configuration, seed, range(replicates), met=met)
    burn_in, part = configuration.scenario.time.burn_in, takes_part(configuration)
    traces = [laid_out(of_run(met, replicate), burn_in, len(part)) for replicate in range(replicates)]
    shares = [
        [trace.at_least[trace.code[:, row] >= 0, row, 1].mean() for row in np.flatnonzero(part)] for trace in traces
    ]
    return np.array(shares), books


def in_all(configuration: Configuration, shares: Floats) -> Floats:
    """Share of all opportunities at which there is an attack, from those of the attackers (last axis)."""
    rates = opportunity(configuration)
    return np.asarray(shares @ rates / rates.sum())


class Play(NamedTuple):
    """A figure of a game: what theory says, as it was played in each replicate, and how far any attacker was off."""

    figure: str
    theory: float
    got: Floats
    farthest: float = 0.0


ATTACKED, BLAMED, RATIONAL = "share attacked", "share blamed", "share blamed by the paper's exactly rational attackers"
"""Figures of games: shares of opportunities, and of the attacks of which the victim knows."""


def play_attribution(values: Values, seed: int, replicates: int) -> Play:
    """The attribution game with these values, in theory and as played."""
    configuration = base("attribution_game").with_values(values)
    shares, _ = played(configuration, seed, replicates)
    theory = attribution_theory(configuration)
    farthest = float(np.abs(shares.mean(axis=0) - theory).max())
    return Play(ATTACKED, float(in_all(configuration, theory)), in_all(configuration, shares), farthest)


def play_blame(values: Values, seed: int, replicates: int) -> list[Play]:
    """The Blame Game with these values, in theory and as played."""
    configuration = base("blame_game").with_values(values)
    shares, books = played(configuration, seed, replicates)
    rate, blamed, rational = blame_theory(configuration)
    got = books.attributed / (books.attributed + books.cold)
    attacked = in_all(configuration, shares)
    return [Play(ATTACKED, rate, attacked), Play(BLAMED, blamed, got), Play(RATIONAL, rational, got)]

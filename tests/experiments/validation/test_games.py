"""Classic games by the model's own rules: theory is put to them as it should be, and what is not theory is noticed."""

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from scipy.special import expit
from scipy.stats import norm
from support.worlds import bits

from analysis.validation.checks import HOLDS, SHORT, Played
from experiments.validation import games
from experiments.validation.closed_forms import FORMS, Drawn
from experiments.validation.games import attackers, attribution_theory, base, blame_theory, blaming, played
from experiments.validation.oracles import BACKFIRE, closed_forms, interval, met, of_form
from model.deterrence import DeterrenceModel
from model.ensemble import run_one

BRIEF = {"scenario.time.burn_in": 26, "scenario.time.weeks": 52}


def test_there_are_settings_enough_and_each_has_a_name_of_its_own() -> None:
    names = [game.name for game in games.ATTRIBUTION]
    assert len(names) + len(games.BLAME) >= 24
    assert len(set(names)) == len(names)
    assert {name for _, *pair in BACKFIRE for name in pair} <= set(names)


def test_two_alike_attack_as_a_closed_form_says() -> None:
    # Who is pointed to is guilty with the probability that a clue is right, so that the answer is a constant.
    configuration = base("attribution_game").with_values({"scenario.investigation.skill": 0.7})
    answered = norm.cdf((np.log(0.85 / 0.15) - np.log(0.8 / 0.2)) / 0.5)
    expected = expit(5.0 * (0.3 - 0.6 * 0.85 * answered))
    assert attribution_theory(configuration) == pytest.approx([expected] * 2, abs=1e-9)


def test_a_third_attacker_takes_part_where_one_is_given() -> None:
    alone, three = ({"scenario.time.weeks": 1, **attackers(tempo=tempo)} for tempo in ((1.0, 1.0), (1.0, 1.0, 0.5)))
    configuration = base("attribution_game")
    assert len(attribution_theory(configuration.with_values(alone))) == 2
    assert len(attribution_theory(configuration.with_values(three))) == 3


@pytest.mark.parametrize(
    ("values", "attacked", "blamed", "rational"),
    [
        (blaming(0.8, 0.8, 0.4, 0.6), 0.5, (0.4 - np.log(0.375 / 0.625) / 20.0) / 0.8, 0.5),
        (blaming(0.5, 0.8, 0.4, 0.6), 0.5 + 0.5 * expit(8.0), 0.0, 0.0),
        (blaming(0.8, 0.3, 0.7, 0.6), 0.2 + 0.8 * expit(8.0), 1.0, 1.0),
    ],
    ids=["mixed", "tolerated", "attacked whatever the blame"],
)
def test_the_blame_game_has_its_three_regions(
    values: games.Values, attacked: float, blamed: float, rational: float
) -> None:
    found = blame_theory(base("blame_game").with_values(values))
    assert found == pytest.approx((attacked, blamed, rational), abs=1e-9)


def test_attackers_that_learn_play_the_equilibrium_and_naive_investigators_bring_another() -> None:
    configuration = base("attribution_game").with_values(attackers(tempo=(3.0, 0.3), stealth=(0.0, 1.0)))
    theory = float(games.in_all(configuration, attribution_theory(configuration)))
    shares, _ = played(configuration, 3, 12)
    mean, low, high = interval(games.in_all(configuration, shares), 20)
    assert low < theory < high
    assert mean == pytest.approx(theory, abs=0.02)
    # without hindsight nobody knows who did it: the same perpetrators then do otherwise than theory says
    naive = configuration.with_values({"scenario.investigation.hindsight": False})
    mean, low, high = interval(games.in_all(naive, played(naive, 3, 12)[0]), 20)
    assert not low < theory < high


def test_a_game_has_the_same_bits_on_both_engines() -> None:
    for game in ("attribution_game", "blame_game"):
        configuration = base(game).with_values(BRIEF)
        assert bits(run_one(configuration, 1, 0)) == bits(DeterrenceModel.run_one(configuration, 1, 0))


def test_what_is_drawn_meets_its_closed_form_and_another_does_not() -> None:
    with ThreadPoolExecutor(2) as pool:
        rows = closed_forms(2000, 7, pool)
    assert len(rows) >= 2 * len(FORMS)
    assert {row.label for row in rows} == {"oracle", "formula"}
    assert [row.name for row in rows if row.verdict != HOLDS] == []
    draws = np.random.default_rng(1).random(2000)
    assert of_form(Drawn("a mean", "", 0.5, draws), 10).verdict == HOLDS
    assert of_form(Drawn("no mean", "", 0.53, draws), 10).verdict == SHORT


def test_a_game_holds_where_nine_settings_of_ten_do() -> None:
    def settings(missed: int) -> list[Played]:
        ends = [(0.6, 0.7) if place < missed else (0.4, 0.6) for place in range(20)]
        return [Played("Blame Game", f"{place}", "share attacked", 0.5, 0.5, *end, 8) for place, end in enumerate(ends)]

    assert met("Blame Game", "share attacked", settings(2)).verdict == HOLDS
    short = met("Blame Game", "share attacked", settings(3))
    assert short.verdict == SHORT
    assert "0: 0.500 for 0.500" in short.note

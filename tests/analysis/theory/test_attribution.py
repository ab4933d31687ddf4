"""The attribution game: values worked out before, equilibrium by a second method, and what the paper proves."""

from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from scipy.optimize import brentq, root
from scipy.special import expit
from scipy.stats import beta, norm

from analysis.theory import attribution_game
from analysis.theory.attribution import AttributionGame

EXACT = 1e-9


def uniform(values: Any) -> Any:
    return np.clip(values, 0.0, 1.0)


def steep(values: Any) -> Any:
    return expit((values - 0.5) / 0.02)


TASTES = {"uniform": uniform, "beta": lambda values: beta.cdf(values, 2.0, 3.0), "steep": steep}
BENEFITS = {"uniform": uniform, "normal": lambda values: norm.cdf((values - 0.4) / 0.3)}


def alike(detected: float, right: float, alarms: float = 0.05, attackers: int = 3) -> tuple[Any, Any]:
    """Signals of attackers who differ in nothing: null, and one that names each."""
    signals = np.full((attackers, attackers), detected * (1 - right) / (attackers - 1))
    np.fill_diagonal(signals, detected * right)
    null = np.full(attackers, alarms / attackers)
    return np.column_stack([np.full(attackers, 1 - detected), signals]), np.array([1 - alarms, *null])


@pytest.mark.parametrize(("right", "total"), [(0.4, 0.8161), (0.6, 0.7590), (0.8, 0.6378), (1.0, 0.4673)])
def test_three_attackers_alike(right: float, total: float) -> None:
    assert round(attribution_game(*alike(0.6, right), [1 / 3] * 3, uniform, uniform).attacks.sum(), 4) == total


@st.composite
def games(draw: Any) -> dict[str, Any]:
    """Arguments of games in which no attack makes a signal rarer, null apart, down to very short periods."""
    attackers, signals = draw(st.integers(1, 4)), draw(st.integers(1, 3))
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    alarms = rng.dirichlet(np.ones(signals + 1))[1:] * draw(st.sampled_from([0.3, 0.01, 1e-6]))
    seen = alarms + (1 - alarms.sum()) * rng.dirichlet(np.ones(signals + 1), attackers)[:, 1:]
    return {
        "signals": np.column_stack([1 - seen.sum(1), seen]),
        "null_signal": np.array([1 - alarms.sum(), *alarms]),
        "opportunity": rng.dirichlet(np.ones(attackers + 1))[:-1] * draw(st.sampled_from([1.0, 1e-2, 1e-6])),
        "benefit_cdf": BENEFITS[draw(st.sampled_from(sorted(BENEFITS)))],
        "taste_cdf": TASTES[draw(st.sampled_from(sorted(TASTES)))],
    }


def answers(game: dict[str, Any], cutoffs: Any) -> AttributionGame:
    """The equations once more, one probability at a time."""
    pi, null, gamma = (np.asarray(game[name]) for name in ("signals", "null_signal", "opportunity"))
    attacks = gamma * (1 - game["benefit_cdf"](np.asarray(cutoffs)))
    guilt, retaliation = np.zeros(pi.shape), np.zeros(pi.shape)
    for i, s in np.ndindex(pi.shape):
        joint = [(1 - sum(attacks)) * null[s], *(attacks[j] * pi[j, s] for j in range(len(pi)))]
        guilt[i, s] = joint[1 + i] / sum(joint) if sum(joint) > 0 else 0.0
        retaliation[i, s] = 1 - game["taste_cdf"](np.array(1 - guilt[i, s])) if s > 0 else 0.0
    risked = [sum((pi[i, s] - null[s]) * retaliation[i, s] for s in range(pi.shape[1])) for i in range(len(pi))]
    return AttributionGame(np.array(risked), attacks, guilt, retaliation)


@given(games())
def test_everybody_answers_everybody_else(game: dict[str, Any]) -> None:
    """Nobody gains by an attack below its cutoff or by restraint above it; guilt is Bayes' rule."""
    found = attribution_game(**game)
    for one, other in zip(found, answers(game, found.cutoffs), strict=True):
        np.testing.assert_allclose(one, other, rtol=0.0, atol=EXACT)


@given(games())
def test_a_root_finder_finds_the_same(game: dict[str, Any]) -> None:
    found = attribution_game(**game)
    solved = root(lambda cutoffs: answers(game, cutoffs).cutoffs - cutoffs, found.cutoffs + 1e-3, tol=1e-13)
    gap = np.abs(answers(game, solved.x).cutoffs - solved.x).max()
    assume(gap < 1e-12)  # where it came anywhere
    np.testing.assert_allclose(found.cutoffs, solved.x, rtol=0.0, atol=EXACT)


@pytest.mark.parametrize("size", [1.0, 1e-3, 1e-6, 1e-9])
def test_short_periods_lose_no_accuracy(size: float) -> None:
    """Attackers alike have one equation, here in rates, so that nothing small is taken from anything large."""
    alarm, right, wrong, gamma = 0.02, 0.5, 0.15, 1 / 3

    def gap(cutoff: float) -> float:
        rate = gamma * (1 - cutoff)
        ways = (1 - 3 * size * rate) * alarm + rate * (right + 2 * wrong)
        risk = (right - size * alarm) * rate * right + 2 * (wrong - size * alarm) * rate * wrong
        return risk / ways - cutoff

    found = attribution_game(*alike(0.8, 0.625, 3 * size * alarm), [size * gamma] * 3, uniform, uniform)
    np.testing.assert_allclose(found.cutoffs, brentq(gap, 0.0, 1.0, xtol=1e-15), rtol=0.0, atol=EXACT)
    np.testing.assert_allclose(found.attacks / size, gamma * (1 - found.cutoffs), rtol=1e-9)


def test_a_benefit_may_differ_by_attacker() -> None:
    """Whoever gains nothing never attacks; the other is alone."""
    signals, null = alike(0.8, 0.75, attackers=2)
    both = attribution_game(signals, null, [0.5, 0.5], lambda x: np.array([uniform(x)[0], 1.0]), uniform)
    alone = attribution_game(signals[:1], null, [0.5], uniform, uniform)
    assert both.attacks[1] == 0.0
    assert both.cutoffs[0] == pytest.approx(alone.cutoffs[0], abs=EXACT)


def test_what_cannot_happen_makes_nobody_guilty() -> None:
    found = attribution_game([[0.4, 0.6, 0.0]], [1.0, 0.0, 0.0], [0.5], uniform, uniform)
    assert found.guilt[0, 1:].tolist() == [1.0, 0.0]
    assert found.retaliation[0].tolist() == [0.0, 1.0, 0.0]
    assert found.cutoffs[0] == pytest.approx(0.6, abs=EXACT)


def test_certain_retaliation_deters_everybody() -> None:
    found = attribution_game(*alike(1.0, 1.0, 0.0), [1 / 3] * 3, uniform, uniform)
    np.testing.assert_allclose(found.attacks, 0.0, atol=EXACT)
    np.testing.assert_allclose(found.cutoffs, 1.0, atol=EXACT)


def more(game: dict[str, Any], name: str, other: Any) -> tuple[Any, Any]:
    """Attacks in a game, and where one argument is another."""
    return attribution_game(**game).attacks, attribution_game(**{**game, name: other}).attacks


@given(games(), st.floats(0.0, 0.95))
def test_detection_that_leaves_identifiability_alone_deters(game: dict[str, Any], share: float) -> None:
    """Where only `share` of what is not null is left of all attacks alike, but no less than false alarms are."""
    pi, null = game["signals"], game["null_signal"]
    seen = pi[:, 1:] * max(share, float((null[1:] / pi[:, 1:]).max()))
    before, after = more(game, "signals", np.column_stack([1 - seen.sum(1), seen]))
    assert (after >= before - EXACT).all()


@given(games(), st.floats(0.0, 0.95))
def test_fewer_false_alarms_deter(game: dict[str, Any], share: float) -> None:
    alarms = share * game["null_signal"][1:]
    before, after = more(game, "null_signal", np.array([1 - alarms.sum(), *alarms]))
    assert (after <= before + EXACT).all()


@given(games(), st.floats(0.0, 0.95))
def test_attackers_are_strategic_complements(game: dict[str, Any], share: float) -> None:
    """Where one has fewer opportunities, everybody attacks less."""
    fewer = game["opportunity"] * [share, *np.ones(len(game["opportunity"]) - 1)]
    before, after = more(game, "opportunity", fewer)
    assert (after <= before + EXACT).all()


@given(games(), st.randoms())
def test_names_do_not_matter(game: dict[str, Any], random: Any) -> None:
    order = list(range(len(game["opportunity"])))
    random.shuffle(order)
    found = attribution_game(**game)
    turned = attribution_game(**{**game, "signals": game["signals"][order], "opportunity": game["opportunity"][order]})
    for one, other in zip(found, turned, strict=True):
        np.testing.assert_allclose(one[order], other, rtol=0.0, atol=EXACT)


def test_detecting_more_of_whom_one_cannot_tell_apart_backfires() -> None:
    """The second attacker's attacks set off the one signal that was the first's: it hides behind them."""

    def attacks(detected: float) -> Any:
        signals = [[0.2, 0.8], [1 - detected, detected]]
        return attribution_game(signals, [0.99, 0.01], [0.5, 0.4], uniform, uniform).attacks

    before, after = attacks(0.1), attacks(0.3)
    assert after[1] < before[1]
    assert after[0] > before[0]
    assert [round(each.sum(), 4) for each in (before, after)] == [0.5849, 0.6072]


def test_where_attacks_make_a_signal_rarer_there_may_be_several_equilibria() -> None:
    """Most who gain little attack either all or hardly at all; from cutoffs of 0 the latter is found."""
    game = {"signals": [[0.8, 0.2]], "null_signal": [0.2, 0.8], "opportunity": [0.95], "taste_cdf": steep}
    game["benefit_cdf"] = lambda benefits: norm.cdf((benefits + 0.3) / 0.1)
    other = brentq(lambda cutoff: answers(game, [cutoff]).cutoffs[0] - cutoff, -0.7, -0.5, xtol=1e-14)
    assert answers(game, [other]).cutoffs[0] == pytest.approx(other, abs=EXACT)
    assert attribution_game(**game).cutoffs[0] == pytest.approx(0.0, abs=1e-6)


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        ("signals", [[0.5, 0.5], [0.5, 0.6]], r"signals\[1\] = 1.1: is the sum; allowed: 1 ± 1e-09: divide the row"),
        ("signals", [[0.5, 0.5], [-0.1, 1.1]], r"signals\[1, 0\] = -0.1: is out of bounds; allowed: .* at least 0"),
        ("signals", [0.5, 0.5], r"signals: has the shape \(2,\); allowed: a row of probabilities for each perpetrator"),
        ("signals", [[0.5, np.nan], [0.5, 0.5]], r"signals\[0, 1\] = nan"),
        ("null_signal", [0.9, 0.2], "null_signal = 1.1: is the sum"),
        ("null_signal", [0.9, 0.05, 0.05], "null_signal: has 3 signals, but signals has 2 columns; allowed: one"),
        ("opportunity", [0.5, 0.6], "opportunity = 1.1: is the sum; allowed: 1 at most"),
        ("opportunity", [0.5, -0.1], r"opportunity\[1\] = -0.1"),
        ("opportunity", [0.5], r"opportunity: has the shape \(1,\), but signals has 2 rows"),
        ("benefit_cdf", lambda _: 0.5, r"benefit_cdf: gives the shape \(\) where it is asked for \(2,\)"),
        ("taste_cdf", lambda taste: 2.0 + 0.0 * taste, r"taste_cdf\(…\)\[0, 0\] = 2.0: is out of bounds"),
    ],
)
def test_a_mistake_is_named(name: str, value: Any, message: str) -> None:
    game = {"signals": [[0.5, 0.5], [0.5, 0.5]], "null_signal": [0.9, 0.1], "opportunity": [0.5, 0.5]}
    with pytest.raises(ValueError, match=message):
        attribution_game(**{**game, "benefit_cdf": uniform, "taste_cdf": uniform, name: value})


def test_where_only_mixed_strategies_are_left_nothing_is_made_up() -> None:
    """Retaliation where guilt is beyond 0.7: with it guilt is below, without it above."""
    with pytest.raises(RuntimeError, match=r"cutoffs do not settle.*without jumps"):
        attribution_game([[0.2, 0.8]], [0.9, 0.1], [0.5], uniform, lambda taste: np.where(taste >= 0.3, 1.0, 0.0))


def test_where_all_would_fear_what_is_never_seen_nothing_is_made_up() -> None:
    """No attack is worth 0.8: all are deterred by a signal that cannot occur then, and makes nobody guilty."""
    with pytest.raises(RuntimeError, match="cutoffs do not settle"):
        attribution_game([[0.2, 0.8]], [1.0, 0.0], [0.5], lambda benefits: uniform(benefits / 0.3), uniform)
    hardly_ever = attribution_game(
        [[0.2, 0.8]], [1 - 1e-6, 1e-6], [0.5], lambda benefits: uniform(benefits / 0.3), uniform
    )
    assert hardly_ever.cutoffs[0] == pytest.approx(0.3, abs=1e-5)

"""Sentences claim what their numbers support, and nothing else."""

import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agents.catalogue import KINDS
from analysis import sentences
from analysis.effects.findings import at, moving
from analysis.results.tables import estimate_text
from model.metrics.catalogue import METRICS
from model.metrics.columns import DELAYS, part_of

CAUSAL = re.compile(
    r"\b(averts|deters|escalates|provokes|dampens|raises|lowers|brings|spares|costs|suppresses|makes)\b", re.I
)
CLARITY = "raising clarity from 0 to 1"


def row(metric: str, mean: float | None, low: float | None, high: float | None, n: int = 100) -> dict[str, Any]:
    return {"metric": metric, "mean": mean, "low": low, "high": high, "n": n}


@pytest.mark.parametrize(
    ("metric", "mean", "low", "high", "said"),
    [
        (
            "harm_averted",
            0.031,
            0.028,
            0.034,
            "Raising clarity from 0 to 1 averts 3.1 points [2.8, 3.4] more of the harm.",
        ),
        (
            "harm_averted",
            -0.031,
            -0.034,
            -0.028,
            "Raising clarity from 0 to 1 averts 3.1 points [2.8, 3.4] less of the harm.",
        ),
        (
            "harm_averted",
            0.001,
            -0.002,
            0.004,
            "The effect of raising clarity from 0 to 1 on harm averted is unclear: 0.1 points [−0.2, 0.4].",
        ),
        (
            "credibility",
            -0.2,
            -0.25,
            -0.15,
            "Raising clarity from 0 to 1 lowers credibility by 0.20 [0.15, 0.25] (0 to 1).",
        ),
        ("listing_delay", 4.0, 1.0, 7.0, "Raising clarity from 0 to 1 raises listing delay by 4.0 [1.0, 7.0] weeks."),
        (
            "eu_cost",
            1.0,
            0.5,
            1.5,
            "Raising clarity from 0 to 1 costs the EU 1.0 [0.5, 1.5] more in political cost a year.",
        ),
    ],
)
def test_a_difference_is_said_with_its_interval(metric: str, mean: float, low: float, high: float, said: str) -> None:
    assert sentences.difference(CLARITY, row(metric, mean, low, high)) == said


def test_levels_that_cannot_be_told_apart_from_zero_say_so() -> None:
    rows = [
        ("under majority voting", row("harm_averted", 0.031, 0.028, 0.034)),
        ("under unanimity", row("harm_averted", 0.001, -0.002, 0.004)),
    ]
    assert sentences.by_level("clarity", rows) == (
        "Clarity averts 3.1 points [2.8, 3.4] more of the harm under majority voting; its effect on harm averted is "
        "unclear under unanimity."
    )
    untold = sentences.by_level("clarity", rows[1:])
    assert untold == "The effect of clarity on harm averted is unclear under unanimity."


def test_the_twin_is_named_where_less_than_nothing_is_averted() -> None:
    assert sentences.against_twin("“Status quo”", row("severe_averted", -0.25, -0.3, -0.2)) == (
        "“Status quo” leads to 25.0 % [20.0, 30.0] more severe acts than would otherwise occur."
    )
    assert sentences.against_twin("“Status quo”", row("severe_averted", -0.004, -0.027, 0.019)) == (
        "It is unclear whether “Status quo” averts any of the severe acts that would otherwise occur: −0.4 % [−2.7, "
        "1.9]."
    )


def test_several_metrics_share_a_sentence() -> None:
    rows = [row("harm_averted", 0.031, 0.028, 0.034), row("escalation_rate", 0.001, -0.002, 0.004)]
    assert sentences.together(CLARITY, rows) == (
        "Raising clarity from 0 to 1 averts 3.1 points [2.8, 3.4] more of the harm. Its effect on escalation rate "
        "(0.1 points [−0.2, 0.4]) is unclear."
    )
    assert sentences.together(CLARITY, rows[1:]) == (
        "The effect of raising clarity from 0 to 1 on escalation rate (0.1 points [−0.2, 0.4]) is unclear."
    )
    assert sentences.together(CLARITY, []) is None


def test_what_moves_the_twin_too_is_said_of_both_worlds_with_its_intervals() -> None:
    """Verbs say what is told; what is not has its interval and no verb of cause."""
    acts = sentences.InBoth(
        "acts",
        row("expected_acts_a_year", -20.7, -22.0, -19.4),
        row("twin_expected_acts_a_year", -23.0, -24.5, -21.5),
        row("expected_acts_a_year", -2.3, -2.6, -2.0),
        ((51.3, 30.6), (57.0, 34.0)),
    )
    worlds = ("with the toolbox", "without it")
    assert sentences.in_both("raising resilience", [acts], worlds, "the toolbox") == (
        "Raising resilience acts in both worlds. With the toolbox, acts a year fall from 51.3 to 30.6, by 20.7 "
        "[19.4, 22.0]; without it from 57.0 to 34.0, by 23.0 [21.5, 24.5]. What the toolbox averts of them a year "
        "falls by 2.3 [2.0, 2.6]."
    )
    unsure = acts._replace(
        what="harm", world=row("harm_a_year", -1.0, -3.0, 1.0), averted=row("harm_a_year", 0.1, -0.4, 0.6)
    )
    said = sentences.in_both("raising resilience", [unsure], worlds, "the toolbox")
    assert said is not None
    assert "harm a year goes from 51.3 to 30.6, an unclear change (−1.0 [−3.0, 1.0])" in said
    assert "; without it, it falls from 57.0 to 34.0, by 23.0 [21.5, 24.5]. " in said
    assert said.endswith("What the toolbox averts of it a year may or may not change (0.1 [−0.4, 0.6]).")
    assert sentences.in_both("it", [acts._replace(twin=row("harm_a_year", 1.0, None, None, 1))], worlds, "it") is None


@pytest.mark.parametrize(("low", "high", "moves"), [(-1.0, 2.0, True), (0.5, 2.0, True), (0.0, 0.0, False)])
def test_a_twin_that_is_as_it_was_is_not_acted_in(low: float, high: float, moves: bool) -> None:
    still = row("harm_a_year", (low + high) / 2, low, high)
    assert sentences.InBoth("harm", still, still, still, ((9.0, 9.0), (9.0, 9.0))).acts_in_twin is moves


def test_exactly_nothing_is_said_to_be_nothing() -> None:
    assert sentences.against_twin("“No toolbox”", row("harm_averted", 0.0, 0.0, 0.0)) == (
        "“No toolbox” leaves harm averted exactly as in its twin."
    )


def test_half_of_the_worlds_say_nothing() -> None:
    better = sentences.in_worlds("A beats B", {"mean": 0.95, "low": 0.87, "high": 0.98})
    unsure = sentences.in_worlds("A beats B", {"mean": 0.6, "low": 0.45, "high": 0.75})
    assert better == "In 95 % [87, 98] of the worlds A beats B."
    assert unsure == "It is unclear whether A beats B in most worlds: it does in 60 % [45, 75] of them."
    assert sentences.in_worlds("A beats B", {"mean": 0.6, "low": None, "high": None}) is None


@pytest.mark.parametrize(("low", "high"), [(0.5, 0.9), (0.1, 0.5), (0.5, 0.5)])
def test_an_interval_that_ends_at_a_half_does_not_tell_which_is_better(low: float, high: float) -> None:
    said = sentences.in_worlds("A beats B", {"mean": (low + high) / 2, "low": low, "high": high})
    assert said
    assert said.startswith("It is unclear whether A beats B in most worlds")


@pytest.mark.parametrize("metric", [name for name in METRICS if not METRICS[name].is_contrast])
def test_what_is_no_contrast_has_no_cause(metric: str) -> None:
    assert sentences.against_twin("the toolbox", row(metric, 0.3, 0.2, 0.4)) is None
    said = sentences.descriptive(row(metric, 0.3, 0.2, 0.4))
    assert said
    assert not CAUSAL.search(said.partition(":")[2])


def test_metrics_that_are_said_to_be_caused_are_contrasts_with_the_twin() -> None:
    against = {name for name, metric in METRICS.items() if metric.complement}
    classes = {"deterrence_rate", "dampening_rate", "suppression_rate", "escalation_rate", "provocation_rate"}
    classes |= {part_of(name, kind) for name in classes for kind in KINDS}
    assert {name for name, metric in METRICS.items() if metric.is_contrast} == against | classes
    assert {name for name, metric in METRICS.items() if metric.wording and metric.wording.worse} == against


@pytest.mark.parametrize("low", [None, 0.1])
def test_without_an_interval_nothing_is_said(low: float | None) -> None:
    bare = row("harm_averted", 0.1, low, None, 1)
    assert sentences.difference(CLARITY, bare) is None
    assert sentences.against_twin("it", bare) is None
    assert sentences.descriptive(bare) is None
    assert sentences.by_level(CLARITY, [("here", bare)]) is None


@given(
    st.sampled_from([*METRICS, *DELAYS]),
    st.floats(-2, 2),
    st.floats(1e-6, 1),
    st.floats(1e-6, 1),
)
def test_no_claim_where_the_interval_includes_zero(metric: str, mean: float, below: float, above: float) -> None:
    found = row(metric, mean, mean - below, mean + above)
    said = sentences.difference(CLARITY, found)
    assert said
    told = found["low"] > 0 or found["high"] < 0
    assert said.startswith("The effect of") != told
    if told:
        ends = re.search(r"\[(.*?), (.*?)\]", said)
        assert ends
        low, high = (float(end.replace("−", "-")) for end in ends.groups())
        assert low <= high
        assert low > 0 or high < 0 or min(abs(found["low"]), abs(found["high"])) < 1e-5


@pytest.mark.parametrize(
    ("metric", "event"),
    [
        ("escalation_rate", "It is unclear whether x leads to escalation at any opportunity: "),
        ("provocation_rate", "It is unclear whether x provokes acts at any opportunity: "),
        ("harm_averted", "It is unclear whether x averts any of the harm that would otherwise occur: "),
    ],
)
def test_what_cannot_be_told_is_said_in_a_sentence(metric: str, event: str) -> None:
    said = sentences.against_twin("x", {"metric": metric, "mean": 0.01, "low": -0.02, "high": 0.04, "n": 9})
    assert said is not None
    assert said.startswith(event)


def test_what_is_switched_is_said_to_be_on_or_off() -> None:
    assert moving("switches.norms", [False, True]) == "switching norms on"
    assert moving("switches.norms", [True, False]) == "switching norms off"
    assert tuple(at("switches.norms", level, [True, False]) for level in (True, False)) == (
        "with norms on",
        "with norms off",
    )


@pytest.mark.parametrize(
    ("mean", "text"), [(0.238, "0.238 ±0"), (0.0, "0 ±0"), (-0.108, "−0.108 ±0"), (1 / 3, "0.333 ±0")]
)
def test_where_the_interval_is_nothing_three_digits_are_shown(mean: float, text: str) -> None:
    assert estimate_text(mean, mean, mean) == text

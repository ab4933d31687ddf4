"""What nobody must be able to laugh at: figures of the baseline under every shipped doctrine, with intervals."""

import functools
import itertools

import pytest
from support.paired import (
    SCENARIOS,
    books,
    change,
    estimate,
    falls,
    from_the_start,
    on_cases,
    ratio,
    rises,
    trend_of_deterrence,
    without,
    world,
)

from agents.belief import CLASSES
from model.configuration import load_configuration, shipped

DOCTRINES = tuple(name for name in shipped("doctrines") if name != "none")
RESTRICTIVE = on_cases(world(), "restrictive")
STATEMENTS = [name for name in on_cases(world(), "stability") if world().measures[name].bite.high > 0.0]


@pytest.mark.tuned
@pytest.mark.parametrize("scenario", SCENARIOS)
def test_the_twin_acts_on_about_half_of_its_opportunities(scenario):
    acts = estimate(world(scenario), "twin_act_rate")
    assert acts.low > 0.30
    assert acts.high < 0.70


@pytest.mark.tuned
@pytest.mark.parametrize("scenario", SCENARIOS)
def test_no_rate_is_at_its_end(scenario):
    for metric in ("deterrence_rate", "escalation_rate", "harm_averted", "attribution_rate", "wrong_attribution"):
        figure = estimate(world(scenario), metric)
        assert figure.low > 0.0, metric
        assert figure.high < 1.0, metric


@pytest.mark.tuned
@pytest.mark.parametrize("scenario", SCENARIOS)
def test_the_pivot_of_the_schedule_is_the_mean_severity_of_detected_acts_without_toolbox(scenario):
    none = load_configuration(scenario, "none")
    assert estimate(none, "detected_severity").value == pytest.approx(none.scenario.severity.mean_severity, abs=0.04)


@pytest.mark.tuned
def test_levels_are_near_the_recorded_ones():
    # 17 persons and 4 entities listed in five years and a half of practice, about one incident in seven attributed by
    # a government: within a factor of two, which a calibration will narrow.
    status_quo = world()
    assert 8.0 < 10.0 * estimate(status_quo, "persons_listed").value < 40.0
    assert 2.0 < 10.0 * estimate(status_quo, "entities_listed").value < 16.0
    assert 0.10 < estimate(status_quo, "national_attribution").value < 0.30
    assert estimate(status_quo, "wrong_attribution").high < 0.15
    assert 0.40 < estimate(status_quo, "response_given_attribution").value < 0.80


# Votes


def objectors(configuration):
    kept = books(configuration)
    return ratio(kept.objections, kept.restrictive_failed)


@pytest.mark.tuned
def test_unanimity_fails_now_and_then_for_one_or_two_objections_and_a_majority_clearly_less():
    unanimity, majority = world(), world(voting_rule="qmv")
    failed = estimate(unanimity, "restrictive_votes_failed")
    assert failed.high > 0.15, failed
    assert failed.low < 0.35, failed  # in the calibrated baseline a little above a third of them fail
    assert 1.0 <= objectors(unanimity).value < 2.0
    falls("restrictive_votes_failed", unanimity, majority, by=0.05)
    rises("deterrence_rate", unanimity, majority, by=0.0)


@pytest.mark.emergent
def test_the_quorum_of_a_coalition_changes_something():
    few, all_of_them = (
        world("baseline", "coalition", coalition_quorum=1),
        world("baseline", "coalition", coalition_quorum=27),
    )
    falls("deterrence_rate", few, all_of_them, by=0.001)


# Announcements


def test_without_campaigns_clarity_changes_nothing_at_all():
    mute, clear = world(clarity=0.0, campaign_interval=0), world(clarity=1.0, campaign_interval=0)
    assert books(mute).tobytes() == books(clear).tobytes()


@pytest.mark.parametrize(("confidence", "clarity", "interval"), [(0.6, 0.0, 0), (0.9, 1.0, 1), (0.99, 0.4, 52)])
def test_who_intends_nothing_is_not_feared(confidence, clarity, interval):
    idle = world(firmness=0.0, attribution_confidence=confidence, clarity=clarity, campaign_interval=interval)
    unpunished = idle.with_values({"switches.punishment": False, "reference.switches.punishment": True})
    assert books(idle).tobytes() == books(unpunished).tobytes()


@pytest.mark.emergent
def test_a_vague_weekly_campaign_moves_less_than_a_clear_yearly_one():
    silent = world(clarity=0.0)
    vague, clear = world(clarity=0.4, campaign_interval=1), world(clarity=1.0, campaign_interval=52)
    more = change("deterrence_rate", silent, clear).less(change("deterrence_rate", silent, vague))
    assert more.low > 0.0, more


def delivered(configuration, mix):
    """Discounted bite per unit of severity that attributed acts brought, at a given mix of classes."""
    kept = books(configuration)
    by_class = kept.delivered_bite_by_class.sum(axis=0) / kept.ended_severity_by_class.sum(axis=0)
    return float((by_class * mix).sum())


def gains_of_bluff(**doctrine):
    """Relative gains of firmness over 1: in harm averted, with half-width, and in bite delivered for the same acts."""
    modest = world(**doctrine, firmness=1.0)
    mix = books(modest).ended_severity_by_class.sum(axis=0)
    base = estimate(modest, "harm_averted").value
    for firmness in FIRMNESS:
        bold = world(**doctrine, firmness=firmness)
        harm = change("harm_averted", modest, bold)
        yield firmness, harm.value / base, harm.half_width / base, delivered(bold, mix) / delivered(modest, mix) - 1.0


FIRMNESS = (2.0, 3.0, 5.0, 10.0)
NOISE = 0.06
"""Gain in harm averted, relative, that might hide in the noise of the two differences."""


def bluff_does_not_pay(**doctrine):
    for firmness, harm, half_width, bite in gains_of_bluff(**doctrine):
        assert harm - half_width <= max(0.0, bite), (doctrine, firmness, harm, half_width, bite)
        assert harm <= max(0.0, bite) + NOISE, (doctrine, firmness, harm, bite)


@pytest.mark.emergent
@pytest.mark.parametrize("clarity", [0.4, 1.0])
@pytest.mark.parametrize("proportionality", [0.0, 1.0])
def test_bluff_averts_no_more_than_it_delivers(clarity, proportionality):
    bluff_does_not_pay(clarity=clarity, proportionality=proportionality)


@pytest.mark.slow
@pytest.mark.emergent
@pytest.mark.parametrize(
    ("confidence", "proportionality", "clarity", "interval"),
    list(itertools.product((0.75, 0.9), (0.0, 1.0), (0.4, 1.0), (1, 52))),
)
def test_bluff_pays_nowhere_in_the_grid(confidence, proportionality, clarity, interval):
    bluff_does_not_pay(
        attribution_confidence=confidence, proportionality=proportionality, clarity=clarity, campaign_interval=interval
    )


# Beliefs


@functools.cache
def honesty(doctrine):
    """Bite believed relative to bite delivered, by class, where law has been the same from the start."""
    kept = books(from_the_start(load_configuration("baseline", doctrine)))
    return [
        ratio(kept.believed_bite_by_class[:, place], kept.delivered_bite_by_class[:, place])
        for place in range(len(CLASSES))
    ]


@pytest.mark.tuned
@pytest.mark.parametrize("doctrine", DOCTRINES)
def test_beliefs_are_honest_under_every_doctrine(doctrine):
    mild, serious, severe = honesty(doctrine)
    assert 0.8 <= mild.value <= 1.2, mild
    assert 0.8 <= serious.value <= 1.2, serious
    # Severe acts are few, so that experience corrects late what was first expected: written under the model's limits.
    assert severe.low > 0.5, severe
    assert severe.high < 1.4, severe


@pytest.mark.emergent
@pytest.mark.parametrize("doctrine", DOCTRINES)
@pytest.mark.parametrize("scenario", ["baseline", pytest.param("illustrative", marks=pytest.mark.slow)])
def test_beliefs_have_settled_when_the_burn_in_ends(scenario, doctrine):
    # Where law has been the same from the start nothing else moves: deterrence has no trend worth the name.
    trend = trend_of_deterrence(from_the_start(load_configuration(scenario, doctrine)))
    most = 0.25 if (scenario, doctrine) == ("illustrative", "maximum_pressure") else 0.15  # written under limits
    assert abs(trend.value) < most, trend


# What sanctions do


@pytest.mark.emergent
def test_restrictive_measures_deter_and_severe_acts_rise_without_them():
    status_quo = world()
    bare = without(status_quo, *RESTRICTIVE)
    falls("deterrence_rate", status_quo, bare, by=0.01)
    falls("severe_averted", status_quo, bare, by=0.05)


@pytest.mark.tuned
def test_statements_deter_about_as_much_as_restrictive_measures_do_and_avert_less_harm():
    # That they deter no less, at the effort that is calibrated, stands under limits.
    status_quo = world()
    silent, bare = without(status_quo, *STATEMENTS), without(status_quo, *RESTRICTIVE)
    falls("deterrence_rate", status_quo, silent, by=0.005)
    more = change("deterrence_rate", bare, silent)
    assert abs(more.value) < 0.01, more
    rises("harm_averted", bare, silent, by=0.01)

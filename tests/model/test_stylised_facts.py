"""What both shipped scenarios must show: theory's signs, each with a minimum effect stated for each scenario.

The minima were set together with the scenarios, after looking at them: they hold later changes to account, and are no
prediction. Every fact carries a marker. *built_in* follows from one equation; *tuned* means that a constant was chosen
with an eye on it; *emergent* comes out of the interplay, and only emergent facts count as validation (`pytest -m
emergent`). Differences are paired: both worlds run on the same random numbers, and the interval is that of the paired
difference over replicates. A fact holds where the whole 95 % interval lies beyond the minimum.

Replicates vary the traits of all actors and the chance events, not the scenario's constants. What holds over those as
well is tried in worlds of the prior (`deter validate`; `tests/experiments/validation/`).
"""

from typing import Any

import numpy as np
import pytest
from support.paired import SCENARIOS, SEED, Estimate, change, columns, estimate, falls, on_cases, rises, world

from model.configuration import Configuration, load_configuration
from model.ensemble import room, run
from model.recording import laid_out
from model.schedule import of_run

PERPETRATORS = tuple(load_configuration("illustrative").archetypes)

both = pytest.mark.parametrize("scenario", SCENARIOS)


def least(baseline: float, illustrative: float) -> Any:
    """Parameters of a fact: each scenario with the least effect that it must show."""
    return pytest.mark.parametrize(("scenario", "by"), [("baseline", baseline), ("illustrative", illustrative)])


def proportional_fall(metric: str, before: Configuration, after: Configuration) -> Estimate:
    """By how much what is not averted falls, in logarithms; `metric` is a share averted."""
    left = [estimate(w, metric) for w in (before, after)]
    return Estimate(
        np.log(1.0 - left[0].value) - np.log(1.0 - left[1].value),
        left[1].influence / (1.0 - left[1].value) - left[0].influence / (1.0 - left[0].value),
    )


# Fact 1: clarity averts more where the Union follows through


@pytest.mark.emergent
@least(0.005, 0.03)
def test_clarity_averts_more_harm_where_the_union_follows_through_and_severe_acts_most_of_all(scenario, by):
    vague = world(scenario, voting_rule="qmv", proportionality=0.9, clarity=0.1)
    clear = vague.with_values({"doctrine.clarity": 0.9})
    rises("harm_averted", vague, clear, by=by)
    if scenario == "baseline":  # in the other hardly a severe act is left to avert
        more = proportional_fall("severe_averted", vague, clear).less(proportional_fall("harm_averted", vague, clear))
        assert more.low > 0.0, more


@pytest.mark.emergent
@least(0.05, 0.05)
def test_clarity_averts_severe_acts_only_where_the_response_follows_severity(scenario, by):
    proportionate = [world(scenario, proportionality=0.9, clarity=clarity) for clarity in (0.1, 0.9)]
    flat = [world(scenario, proportionality=0.0, clarity=clarity) for clarity in (0.1, 0.9)]
    more = change("severe_averted", *proportionate).less(change("severe_averted", *flat))
    assert more.low > by, more


@both
@pytest.mark.parametrize("firmness", [2.0, 3.0])
def test_the_effect_of_clarity_on_announcements_beyond_what_is_kept_has_an_interval(scenario, firmness):
    # A finding to report, not a sign to produce: theory allows both (Welburn et al. 2022).
    vague, clear = (world(scenario, firmness=firmness, clarity=clarity) for clarity in (0.1, 0.9))
    assert 0.0 < change("harm_averted", vague, clear).half_width < 0.05


# Fact 2


@pytest.mark.emergent
@least(0.015, 0.03)
def test_with_clarity_severe_acts_fall_proportionally_more_than_acts(scenario, by):
    vague, clear = (world(scenario, proportionality=0.9, clarity=clarity) for clarity in (0.1, 0.9))
    more = proportional_fall("severe_averted", vague, clear).less(proportional_fall("acts_averted", vague, clear))
    assert more.low > by, more


# Fact 3: the interior optimum of required confidence


@pytest.mark.tuned
@pytest.mark.parametrize(
    ("scenario", "low", "middle", "high"), [("baseline", 0.6, 0.75, 0.95), ("illustrative", 0.6, 0.9, 0.99)]
)
def test_required_confidence_has_an_interior_optimum_for_harm_averted(scenario, low, middle, high):
    worlds = [world(scenario, attribution_confidence=standard) for standard in (low, middle, high)]
    rises("harm_averted", worlds[0], worlds[1], by=0.02)
    falls("harm_averted", worlds[1], worlds[2], by=0.02)


@pytest.mark.built_in
@both
def test_wrongful_responses_fall_and_delay_grows_with_required_confidence(scenario):
    worlds = [world(scenario, attribution_confidence=standard) for standard in (0.6, 0.9, 0.99)]
    falls("wrongful_responses", worlds[0], worlds[1], by=1.0)
    falls("wrongful_responses", worlds[1], worlds[2], by=0.2)
    delays = [np.nanmean(columns(w)["attribution_delay"]) for w in worlds]
    assert delays[0] + 5 < delays[1] < delays[2] - 5


# Fact 4


@pytest.mark.built_in
@least(0.05, 0.05)
def test_attribution_skill_raises_deterrence(scenario, by):
    weak, able = (world(scenario, scenario__investigation__skill=skill) for skill in (0.4, 0.9))
    rises("deterrence_rate", weak, able, by=by)


# Fact 5: disproportion and firmness


@pytest.mark.tuned
@pytest.mark.parametrize(("scenario", "firmness"), [("baseline", 1.3), ("illustrative", 1.3)])
def test_disproportion_lets_severe_acts_rise_even_where_the_flat_schedule_is_firmer(scenario, firmness):
    # Firmer by so much that the bite delivered for each attributed case is the same within an eighth.
    proportionate, flat = world(scenario, proportionality=1.0), world(scenario, proportionality=0.0, firmness=firmness)
    assert abs(change("mean_bite", proportionate, flat).value) < 0.12 * estimate(proportionate, "mean_bite").value
    falls("severe_averted", proportionate, flat, by=0.03)


@pytest.mark.tuned
@least(0.1, 0.15)
def test_without_floors_in_law_disproportion_raises_escalation(scenario, by):
    # The flat schedule is firmer, so that it delivers as much bite, within a share `by` of it.
    floors = {f"measures__{name}__floor": 0.0 for name in on_cases(world(scenario))}
    proportionate = world(scenario, proportionality=1.0, **floors)
    flat = world(scenario, proportionality=0.0, firmness=1.4, **floors)
    assert abs(change("mean_bite", proportionate, flat).value) < by * estimate(proportionate, "mean_bite").value
    rises("escalation_rate", proportionate, flat, by=0.0)


@pytest.mark.tuned
@least(0.0005, 0.0003)
def test_firmness_above_proportionate_raises_escalation(scenario, by):
    rises("escalation_rate", world(scenario), world(scenario, firmness=2.0), by=by)


# Fact 6


@pytest.mark.built_in
@least(0.01, 0.05)
def test_longer_delay_lowers_deterrence(scenario, by):
    # Delay stands in no utility: it is learnt, with the bite of each outcome.
    falls("deterrence_rate", world(scenario), world(scenario, delay_factor=3.0), by=by)


# Fact 7: unanimity answers less; not later, since what is refused ends and is not tried again


@pytest.mark.tuned
@least(0.05, 0.0)
def test_unanimity_answers_less_than_majority(scenario, by):
    majority, unanimity = (world(scenario, voting_rule=rule) for rule in ("qmv", "unanimity"))
    falls("restrictive_measures", majority, unanimity, by=by)
    falls("mean_bite", majority, unanimity, by=0.0)
    falls("credibility", majority, unanimity, by=0.0)


@pytest.mark.emergent
def test_the_voting_rule_matters_more_where_the_agenda_has_room():
    def lost(room: int) -> Estimate:
        rules = [world(voting_rule=rule, scenario__council__agenda=room) for rule in ("qmv", "unanimity")]
        return change("restrictive_measures", *rules)

    more = lost(20).less(lost(1))
    assert more.high < 0.0, more


@pytest.mark.built_in
@both
def test_credibility_suffers_under_announcements_that_are_not_kept(scenario):
    falls("credibility", world(scenario), world(scenario, firmness=5.0), by=0.05)


# Fact 8: strategic complementarity, as far as it shows


@pytest.mark.emergent
@both
def test_a_more_aggressive_perpetrator_shields_the_others(scenario):
    # Others hide behind its record (Baliga, Bueno de Mesquita & Wolitzky 2020). Deterrence of all but one is not a
    # metric, so this looks at the choices themselves: P(act) of the other perpetrators at their own opportunities.
    calm = world(scenario, scenario__investigation__suspicion=1.0)
    busy = calm.with_values({"perpetrators.major_power_a.tempo.mean": 1.0})
    rates = [others_act(w, "major_power_a") for w in (calm, busy)]
    difference = rates[1] - rates[0]
    assert Estimate(difference.mean(), difference).low > 0.0


@pytest.mark.emergent
@both
def test_more_false_alarms_more_attacks(scenario):
    falls(
        "acts_averted",
        world(scenario, scenario__detection__false_alarm_rate=0.0),
        world(scenario, scenario__detection__false_alarm_rate=0.5),
        by=0.0,
    )


@pytest.mark.emergent
def test_detecting_more_of_what_is_hard_to_identify_can_backfire():
    # Where hardly a clue tells who did it and little proof is asked, more cases mean more innocents who are blamed.
    def detecting(skill: float, standard: float) -> list[Configuration]:
        unskilled = {"scenario__investigation__skill": skill, "attribution_confidence": standard}
        return [world("illustrative", scenario__detection__detection=d, **unskilled) for d in (0.3, 0.9)]

    falls("acts_averted", *detecting(0.05, 0.6), by=0.005, replicates=320)  # a fall of 0.008
    rises("escalation_rate", *detecting(0.05, 0.6), by=0.01)
    # With skill and proof it does not.
    rises("acts_averted", *detecting(0.6, 0.9), by=0.02)


# Fact 9: deterrence without attribution


@pytest.mark.built_in
@both
@pytest.mark.parametrize("mechanism", ["denial", "entanglement", "norms"])
def test_denial_entanglement_and_norms_deter_without_attribution(scenario, mechanism):
    # Without a toolbox, against a twin in which the mechanism alone is switched off.
    alone = load_configuration(scenario, "none", {f"reference.switches.{mechanism}": False})
    assert estimate(alone, "deterrence_rate").low > 0.005


# Fact 10: ambiguity


@pytest.mark.built_in
@both
@pytest.mark.parametrize(("attitude", "better"), [(1.5, "vague"), (0.0, "clear"), (-1.0, "clear")])
def test_ambiguity_beats_clarity_with_those_averse_to_it_alone(scenario, attitude, better):
    attitudes = {f"archetypes__{name}__ambiguity_attitude__mean": attitude for name in PERPETRATORS}
    vague, clear = (world(scenario, clarity=clarity, campaign_interval=26, **attitudes) for clarity in (0.05, 0.9))
    worlds = (clear, vague) if better == "vague" else (vague, clear)
    rises("deterrence_rate", *worlds, by=0.0)


def others_act(configuration: Configuration, name: str) -> Any:
    """P(act) per open opportunity of all perpetrators but one, for each replicate."""
    replicates = range(40)
    met, burn_in = room(configuration, len(replicates)), configuration.scenario.time.burn_in
    run(configuration, SEED, replicates, met=met)
    others = [row for row, other in enumerate(configuration.perpetrators) if other != name]
    traces = [laid_out(of_run(met, run), burn_in, len(others) + 1) for run in replicates]
    met = np.stack([trace.code[:, others] >= 0 for trace in traces])
    act = np.stack([trace.at_least[:, others, 1] for trace in traces])
    return np.where(met, act, 0.0).sum(axis=(1, 2)) / met.sum(axis=(1, 2))

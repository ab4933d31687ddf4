"""What the illustrative scenario must show: theory's signs, each with a minimum effect.

The minima were set together with the scenario, after looking at it: they hold later changes to account, and are no
prediction. Every fact carries a marker. *built_in* follows from one equation; *tuned* means that a constant was chosen
with an eye on it; *emergent* comes out of the interplay, and only emergent facts count as validation (`pytest -m
emergent`). Differences are paired: both worlds run on the same random numbers, and the interval is that of the paired
difference over replicates. A fact holds where the whole 95 % interval lies beyond the minimum.

Replicates vary the traits of all actors and the chance events. They do not vary the scenario's constants: the intervals
are about this scenario, and say nothing of how a fact would fare with other constants.
"""

import functools
from typing import Any, NamedTuple

import numpy as np
import pytest

from analysis.statistics.intervals import quantile
from model.configuration import Configuration, load_configuration
from model.ensemble import Twins, run, run_twins
from model.metrics import METRICS, results

SEED, REPLICATES = 20_260_101, 100
PERPETRATORS = tuple(load_configuration("illustrative").archetypes)


class Estimate(NamedTuple):
    """A ratio of sums over replicates, and each replicate's influence on it."""

    value: float
    influence: Any

    @property
    def half_width(self) -> float:
        n = len(self.influence)
        return float(quantile(n) * self.influence.std(ddof=1) / np.sqrt(n))


@functools.cache
def twins(reference: str) -> Twins:
    return run_twins(Configuration.model_validate_json(reference), SEED, range(REPLICATES))


@functools.cache
def columns(configuration: str) -> dict[str, Any]:
    world = Configuration.model_validate_json(configuration)
    # The doctrine does not enter the twin, so worlds that differ by it alone share their twins.
    reference = world.with_values({"doctrine": world.reference.doctrine}).model_dump_json()
    return results(run(world, SEED, range(REPLICATES), twins(reference)), twins(reference).books)


def estimate(world: Configuration, name: str) -> Estimate:
    metric, runs = METRICS[name], columns(world.model_dump_json())
    numerator = np.asarray(metric.numerator(runs), float)
    denominator = np.asarray(metric.denominator(runs), float)
    ratio = numerator.sum() / denominator.sum()
    influence = (numerator - ratio * denominator) / denominator.mean()
    return Estimate(1.0 - ratio, -influence) if metric.complement else Estimate(ratio, influence)


def change(metric: str, before: Configuration, after: Configuration) -> Estimate:
    a, b = estimate(before, metric), estimate(after, metric)
    return Estimate(b.value - a.value, b.influence - a.influence)


def rises(metric: str, before: Configuration, after: Configuration, by: float) -> None:
    difference = change(metric, before, after)
    assert difference.value - difference.half_width > by, (
        f"{metric}: {difference.value:+.4f} ± {difference.half_width:.4f}"
    )


def falls(metric: str, before: Configuration, after: Configuration, by: float) -> None:
    difference = change(metric, before, after)
    assert difference.value + difference.half_width < -by, (
        f"{metric}: {difference.value:+.4f} ± {difference.half_width:.4f}"
    )


def world(**values: Any) -> Configuration:
    """The illustrative scenario under the status quo, with other values."""
    paths = {path.replace("__", "."): value for path, value in values.items()}
    doctrine = {f"doctrine.{path}": value for path, value in paths.items() if "." not in path}
    return load_configuration("illustrative", "status_quo", doctrine | {k: v for k, v in paths.items() if "." in k})


# Sanity


@pytest.mark.tuned
@pytest.mark.parametrize("scenario", ["baseline", "illustrative"])
def test_figures_of_the_status_quo_are_sane(scenario):
    status_quo = load_configuration(scenario, "status_quo")
    assert 0.30 < estimate(status_quo, "twin_act_rate").value < 0.70
    assert 0.10 < estimate(status_quo, "restrictive_votes_failed").value < 0.40
    for metric in ("deterrence_rate", "escalation_rate", "harm_averted", "attribution_rate", "wrong_attribution"):
        figure = estimate(status_quo, metric)
        assert figure.value - figure.half_width > 0.0
        assert figure.value + figure.half_width < 1.0


@pytest.mark.tuned
@pytest.mark.parametrize("scenario", ["baseline", "illustrative"])
def test_the_pivot_of_the_schedule_is_the_mean_severity_of_detected_acts_without_toolbox(scenario):
    none = load_configuration(scenario, "none")
    assert estimate(none, "detected_severity").value == pytest.approx(none.scenario.severity.mean_severity, abs=0.01)


@pytest.mark.built_in
def test_without_firmness_punishment_has_no_effect():
    idle = world(firmness=0.0)
    mute = idle.with_values({"switches.punishment": False, "reference.switches.punishment": True})
    for metric in ("deterrence_rate", "escalation_rate", "harm_averted"):
        assert abs(change(metric, mute, idle).value) < 0.01


# Fact 1: clarity is an interaction


@pytest.mark.emergent
def test_clarity_averts_more_harm_where_the_union_follows_through_and_severe_acts_most_of_all():
    vague = world(voting_rule="qmv", proportionality=0.9, clarity=0.1)
    clear = vague.with_values({"doctrine.clarity": 0.9})
    rises("harm_averted", vague, clear, by=0.02)
    rises("severe_averted", vague, clear, by=0.10)
    harm, severe = change("harm_averted", vague, clear), change("severe_averted", vague, clear)
    gap = Estimate(severe.value - harm.value, severe.influence - harm.influence)
    assert gap.value - gap.half_width > 0.05


@pytest.mark.emergent
def test_clarity_without_proportionality_adds_next_to_nothing_to_severe_acts_averted():
    vague, clear = world(proportionality=0.0, clarity=0.1), world(proportionality=0.0, clarity=0.9)
    joint = change("severe_averted", world(proportionality=0.9, clarity=0.1), world(proportionality=0.9, clarity=0.9))
    alone = change("severe_averted", vague, clear)
    interaction = Estimate(joint.value - alone.value, joint.influence - alone.influence)
    assert interaction.value - interaction.half_width > 0.05


@pytest.mark.parametrize("firmness", [2.0, 3.0])
def test_the_effect_of_clarity_on_announcements_that_the_vote_does_not_carry_has_an_interval(firmness):
    # A finding to report, not a sign to produce: theory allows both (Welburn et al. 2022).
    vague, clear = world(firmness=firmness, clarity=0.1), world(firmness=firmness, clarity=0.9)
    difference = change("harm_averted", vague, clear)
    assert 0.0 < difference.half_width < 0.05


# Fact 2


@pytest.mark.built_in
def test_with_clarity_severe_acts_fall_proportionally_more_than_acts():
    clear = world(clarity=0.9, proportionality=0.9)
    severe, acts = estimate(clear, "severe_averted"), estimate(clear, "acts_averted")
    gap = Estimate(severe.value - acts.value, severe.influence - acts.influence)
    assert gap.value - gap.half_width > 0.05


# Fact 3: the interior optimum of required confidence


@pytest.mark.tuned
def test_required_confidence_has_an_interior_optimum_for_harm_averted():
    low, middle, high = (world(attribution_confidence=standard) for standard in (0.6, 0.9, 0.99))
    rises("harm_averted", low, middle, by=0.02)
    falls("harm_averted", middle, high, by=0.02)


@pytest.mark.built_in
def test_wrongful_responses_fall_and_delay_grows_with_required_confidence():
    low, middle, high = (world(attribution_confidence=standard) for standard in (0.6, 0.9, 0.99))
    falls("wrongful_responses", low, middle, by=1.0)
    falls("wrongful_responses", middle, high, by=0.5)
    delays = [np.nanmean(columns(w.model_dump_json())["attribution_delay"]) for w in (low, middle, high)]
    assert delays[0] + 5 < delays[1] < delays[2] - 5


# Fact 4


@pytest.mark.built_in
def test_attribution_skill_raises_deterrence():
    rises(
        "deterrence_rate",
        world(scenario__investigation__skill=0.4),
        world(scenario__investigation__skill=0.9),
        by=0.02,
    )


# Fact 5: disproportion and firmness


@pytest.mark.tuned
def test_disproportion_raises_escalation_at_matched_delivered_bite():
    proportionate, flat = world(proportionality=1.0), world(proportionality=0.0, firmness=1.18)
    matched = change("mean_bite", proportionate, flat)
    assert abs(matched.value) < 0.03 * estimate(proportionate, "mean_bite").value
    rises("escalation_rate", proportionate, flat, by=0.001)


@pytest.mark.tuned
def test_firmness_above_proportionate_raises_escalation_and_turns_severe_acts_above_the_twins():
    rises("escalation_rate", world(), world(firmness=1.5), by=0.01)
    excess = estimate(world(firmness=1.5), "severe_averted")
    assert excess.value + excess.half_width < 0.0


# Fact 6


@pytest.mark.built_in
def test_longer_delay_lowers_deterrence():
    falls("deterrence_rate", world(), world(delay_factor=3.0), by=0.01)


# Fact 7


@pytest.mark.tuned
def test_unanimity_answers_less_and_later_than_majority():
    majority, unanimity = world(voting_rule="qmv"), world(voting_rule="unanimity")
    falls("restrictive_measures", majority, unanimity, by=0.1)
    falls("mean_bite", majority, unanimity, by=0.003)
    delays = [columns(w.model_dump_json())["response_delay"] for w in (majority, unanimity)]
    later = Estimate(float(np.mean(delays[1] - delays[0])), delays[1] - delays[0])
    assert later.value - later.half_width > 0.0


@pytest.mark.tuned
def test_credibility_suffers_more_under_unanimity_and_most_under_ambitious_announcements():
    modest = change("credibility", world(voting_rule="qmv"), world(voting_rule="unanimity"))
    ambitious = change(
        "credibility", world(voting_rule="qmv", firmness=2.0), world(voting_rule="unanimity", firmness=2.0)
    )
    assert modest.value + modest.half_width < 0.0
    assert ambitious.value + ambitious.half_width < 0.0
    # The interaction itself: the paired difference of the two paired differences.
    more = Estimate(ambitious.value - modest.value, ambitious.influence - modest.influence)
    assert more.value + more.half_width < 0.0, f"{more.value:+.4f} ± {more.half_width:.4f}"
    falls("credibility", world(), world(firmness=2.0), by=0.05)


# Fact 8: strategic complementarity, as far as it shows


@pytest.mark.emergent
def test_a_more_aggressive_perpetrator_shields_the_others():
    # Others hide behind its record (Baliga, Bueno de Mesquita & Wolitzky 2020). Deterrence of all but one is not a
    # metric, so this looks at the choices themselves: P(act) of the other perpetrators at their own opportunities.
    calm = world(scenario__investigation__suspicion=1.0)
    busy = calm.with_values({"perpetrators.major_power_a.tempo.mean": 1.0})
    rates = [others_act(w, "major_power_a") for w in (calm, busy)]
    difference = rates[1] - rates[0]
    assert Estimate(difference.mean(), difference).half_width < difference.mean()


@pytest.mark.emergent
def test_more_false_alarms_more_attacks():
    falls(
        "acts_averted",
        world(scenario__detection__false_alarm_rate=0.0),
        world(scenario__detection__false_alarm_rate=0.5),
        by=0.0,
    )


@pytest.mark.emergent
def test_detecting_more_of_what_is_hard_to_identify_can_backfire():
    unskilled = {"scenario__investigation__skill": 0.2}
    blind, watchful = (world(scenario__detection__detection=d, **unskilled) for d in (0.3, 0.9))
    falls("harm_averted", blind, watchful, by=0.005)
    rises("escalation_rate", blind, watchful, by=0.005)
    # With skill it does not.
    rises("harm_averted", world(scenario__detection__detection=0.3), world(scenario__detection__detection=0.9), by=0.02)


# Fact 9: deterrence without attribution


@pytest.mark.built_in
@pytest.mark.parametrize("mechanism", ["denial", "entanglement", "norms"])
def test_denial_entanglement_and_norms_deter_without_attribution(mechanism):
    # Without a toolbox, against a twin in which the mechanism alone is switched off.
    alone = load_configuration("illustrative", "none", {f"reference.switches.{mechanism}": False})
    deterred = estimate(alone, "deterrence_rate")
    assert deterred.value - deterred.half_width > 0.005


# Fact 10: ambiguity


@pytest.mark.parametrize(("attitude", "better"), [(1.5, "vague"), (0.0, "neither"), (-1.0, "clear")])
@pytest.mark.built_in
def test_ambiguity_beats_clarity_with_those_averse_to_it_alone(attitude, better):
    attitudes = {f"archetypes__{name}__ambiguity_attitude__mean": attitude for name in PERPETRATORS}
    # Without proportionality there is no slope to blur: clarity is then nothing but the precision of the signal.
    vague = world(clarity=0.05, proportionality=0.0, **attitudes)
    clear = world(clarity=0.9, proportionality=0.0, **attitudes)
    if better == "vague":
        falls("deterrence_rate", vague, clear, by=0.01)
    elif better == "clear":
        rises("deterrence_rate", vague, clear, by=0.002)
    else:
        assert abs(change("deterrence_rate", vague, clear).value) < 0.01


def others_act(configuration: Configuration, name: str) -> Any:
    """P(act) per open opportunity of all perpetrators but one, for each replicate."""
    from model.ensemble import room

    replicates = range(40)
    traces = room(configuration, len(replicates))
    run(configuration, SEED, replicates, traces=traces)
    others = [row for row, other in enumerate(configuration.perpetrators) if other != name]
    met = traces.code[:, configuration.scenario.time.burn_in :, others] >= 0
    return np.where(met, traces.at_least[:, :, others, 1], 0.0).sum(axis=(1, 2)) / met.sum(axis=(1, 2))

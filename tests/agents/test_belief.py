"""What perpetrators believe: conjugate Gaussians in each class, announcements as one standing signal, own discounts."""

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.theory import TYPICAL, beliefs
from support.worlds import begun, bits, case_against, on_case, row_of, rows_of, short

from agents.attribution import power
from agents.belief import (
    CLASSES,
    LOWEST,
    MILD,
    SERIOUS,
    SEVERE,
    believed,
    feared,
    forget_evidence,
    hear,
    lawful,
    observe,
    own_discount,
    reaches,
    severity_class,
)
from agents.catalogue import ADDRESSEES, KINDS, PROXY, STATE
from agents.doctrine import response
from agents.perpetrator import forget, hear_outcomes
from agents.union.council import signal
from agents.union.tracks import ADOPTED, DOSSIER, OWN, REACTION, STATEMENT, delivered, track_row
from agents.world import World
from model.ensemble import run_one

TOOLBOX = short()
WORLD = begun(TOOLBOX)
SEVERITIES = WORLD.activities.severity[1:]
UNIT = st.floats(0.0, 1.0)
SEEN = st.tuples(st.floats(0.01, 2.0), st.floats(0.05, 0.999), st.floats(0.0, 1.2))
"""Weight, severity and discounted bite of an observation."""


def fresh(**values: Any) -> World:
    """A world in which nothing has happened, under the status quo with other values of the doctrine."""
    world = WORLD.copy()
    for name, value in values.items():
        world.doctrine[name] = value
    return world


# the belief


@settings(max_examples=80, deadline=None)
@given(st.lists(SEEN, max_size=8), st.floats(0.0, 3.0))
def test_belief_is_the_regression_through_the_origin_of_each_class(
    seen: list[tuple[float, float, float]], firmness: float
) -> None:
    """The conjugate Gaussian: observations with the prior as one more, each class by itself."""
    world, row = fresh(firmness=firmness), 3
    for weight, severity, bite in seen:
        observe(world, row, weight, severity, bite)
    intended = min(1.0, firmness)
    for place in range(len(CLASSES)):
        prior = world.classes[place]
        own = [each for each in seen if severity_class(each[1]) == place]
        points = [(1.0, TYPICAL[place], intended * prior.prior_bite * TYPICAL[place]), *own]
        weight, severity, bite = np.array(points).T
        mean, deviation = believed(world, row, place)
        assert mean == pytest.approx(np.average(bite / severity, weights=weight * severity**2), rel=1e-9, abs=1e-15)
        assert deviation == pytest.approx(intended * prior.spread / math.sqrt((weight * severity**2).sum()), rel=1e-9)
    assert beliefs(world, row) == pytest.approx(
        np.array([believed(world, row, place) for place in range(len(CLASSES))]).T, rel=1e-12
    )


@pytest.mark.parametrize(("place", "severity"), list(enumerate(TYPICAL)))
def test_the_prior_counts_as_one_observation_of_its_class(place: int, severity: float) -> None:
    world = fresh()
    mean, deviation = believed(world, 0, place)
    others = [believed(world, 0, other) for other in range(len(CLASSES)) if other != place]
    observe(world, 0, 1.0, severity, severity * (mean + 0.2))
    assert believed(world, 0, place) == pytest.approx((mean + 0.1, deviation / math.sqrt(2.0)), rel=1e-12)
    assert [believed(world, 0, other) for other in range(len(CLASSES)) if other != place] == others


def test_classes_begin_where_they_are_said_to() -> None:
    assert LOWEST == (0.0, 0.3, 0.6)
    for severity, place in (
        (0.0, MILD),
        (0.2999, MILD),
        (0.3, SERIOUS),
        (0.5999, SERIOUS),
        (0.6, SEVERE),
        (1.0, SEVERE),
    ):
        assert severity_class(severity) == place


@pytest.mark.parametrize("attitude", [-9.0, -0.5, 0.0, 0.7])
def test_doubt_is_feared_by_those_averse_to_it_and_nobody_hopes_to_gain(attitude: float) -> None:
    world = fresh()
    world.perpetrators.ambiguity_attitude[0] = attitude
    for place in range(len(CLASSES)):
        mean, deviation = believed(world, 0, place)
        assert deviation > 0.0
        assert feared(world, 0, place) == max(0.0, mean + attitude * deviation)


def test_who_intends_less_is_feared_less_but_no_easier_to_convince() -> None:
    """The prior's mean and the deviation shrink with a firmness below 1; its weight does not."""
    full, half, firm = (fresh(firmness=firmness) for firmness in (1.0, 0.5, 3.0))
    for place in range(len(CLASSES)):
        mean, deviation = believed(full, 0, place)
        assert believed(half, 0, place) == pytest.approx((0.5 * mean, 0.5 * deviation), rel=1e-12)
        assert believed(firm, 0, place) == (mean, deviation)
    for world in (full, half):
        observe(world, 0, 1.0, TYPICAL[SEVERE], 0.3)
    gap = believed(full, 0, SEVERE)[0] - believed(half, 0, SEVERE)[0]
    assert gap == pytest.approx(0.25 * full.classes.prior_bite[SEVERE], rel=1e-12)


def test_evidence_halves_in_its_half_life() -> None:
    world = begun(TOOLBOX.with_values({"scenario.belief.memory_half_life": 20.0}))
    world.perpetrators.evidence_weight[0] = world.perpetrators.evidence_sum[0] = (8.0, 4.0, 2.0)
    for week in range(20):
        forget(world, 0, week)
    for column in (world.perpetrators.evidence_weight, world.perpetrators.evidence_sum):
        assert column[0] == pytest.approx([4.0, 2.0, 1.0], rel=1e-12)


# no firmness, no punishment


IDLE = {
    "doctrine.firmness": 0.0,
    "doctrine.due_diligence": 0.0,
    **{f"doctrine.{name}": 0.0 for name in ("preventive", "cooperative", "stability", "support")},
}


@pytest.mark.parametrize("confidence", [0.6, 0.75, 0.99])
@pytest.mark.parametrize(("clarity", "interval"), [(0.0, 0), (1.0, 0), (0.4, 1), (1.0, 1), (1.0, 52)])
def test_without_firmness_there_is_exactly_no_punishment(confidence: float, clarity: float, interval: int) -> None:
    """At every standard, clarity and interval: probabilities are the twin's to the bit, where nothing else acts."""
    values = {
        "doctrine.attribution_confidence": confidence,
        "doctrine.clarity": clarity,
        "doctrine.campaign_interval": interval,
        "doctrine.partners": 1.0,
    }
    run = run_one(short(values={**IDLE, **values}), 3, 0)
    assert run.twin is not None
    assert run.books.attributed[0] > 0
    assert run.trace.at_least.tobytes() == run.twin.trace.at_least.tobytes()
    assert run.trace.code.tobytes() == run.twin.trace.code.tobytes()


def test_without_firmness_nothing_is_feared_whatever_the_attitude_to_doubt() -> None:
    world = fresh(firmness=0.0, clarity=1.0, campaign_interval=1)
    world.perpetrators.ambiguity_attitude = 5.0
    signal(world, 0, 0)
    hear(world, 0, 0)
    assert [feared(world, 0, place) for place in range(len(CLASSES))] == [0.0, 0.0, 0.0]


# announcements


def campaigns(world: World, row: int, weeks: int) -> list[np.ndarray]:
    """Evidence of a perpetrator just after each of the campaigns of so many weeks, in which nothing else happens."""
    found = []
    for week in range(weeks):
        signal(world, 0, week)
        if world.council.signal_weight[0] > 0.0:
            hear(world, row, week)
            found.append(world.perpetrators.evidence_weight[row].copy())
        forget_evidence(world, row)
    return found


@pytest.mark.parametrize("interval", [1, 4, 13, 52])
@pytest.mark.parametrize("clarity", [0.4, 1.0])
def test_the_weight_of_the_standing_announcement_does_not_depend_on_its_interval(clarity: float, interval: int) -> None:
    """In the limit of many campaigns κ/K · c/(1 − c + ε) for each of the K rungs, however often it is said."""
    world = begun(TOOLBOX.with_values({"scenario.belief.memory_half_life": 15.0}))
    world.doctrine.clarity, world.doctrine.campaign_interval = clarity, interval
    scenario = world.scenario[0]
    each = scenario.signal_precision * clarity / (1 - clarity + scenario.signal_noise) / len(SEVERITIES)
    places = np.array([severity_class(severity) for severity in SEVERITIES])
    steady = [each * (SEVERITIES[places == place] ** 2).sum() for place in range(len(CLASSES))]
    after = campaigns(world, 0, 700)
    assert len(after) == math.ceil(700 / interval)
    assert after[-1] == pytest.approx(steady, rel=1e-10)
    assert (after[0] <= after[-1]).all()


def test_nothing_is_heard_between_campaigns() -> None:
    world = fresh()
    for week in range(1, 52):
        signal(world, 0, week)
        assert world.council.signal_weight[0] == 0.0
    signal(world, 0, 52)
    assert world.council.signal_weight[0] > 0.0


def test_a_word_is_in_the_ear_from_its_campaign_on_and_fades_with_memory() -> None:
    world = fresh(campaign_interval=52)
    kept = world.keep.memory[0]
    assert world.council.heard[0] == 0.0
    for week in range(60):
        signal(world, 0, week)
        assert world.council.heard[0] == pytest.approx(power(kept, week % 52), rel=1e-12)


def test_clarity_works_by_communication_alone() -> None:
    """Without campaigns, and in campaigns that say nothing clearly, it changes no bit of a run."""
    silent = [short(values={"doctrine.campaign_interval": 0, "doctrine.clarity": clarity}) for clarity in (0.0, 0.9)]
    vague = short(values={"doctrine.campaign_interval": 4, "doctrine.clarity": 0.0})
    clear = short(values={"doctrine.campaign_interval": 4, "doctrine.clarity": 0.9})
    runs = [bits(run_one(each, 5, 0, ledger=True)) for each in (*silent, vague, clear)]
    assert runs[0] == runs[1] == runs[2] != runs[3]


@pytest.mark.parametrize("who", ["major_power_a", "service_unit_a1", "ransomware_group_a1", "hacktivists_a1"])
@pytest.mark.parametrize("firmness", [0.5, 1.0, 10.0])
def test_what_is_announced_is_capped_by_law_and_believed_as_far_as_its_class_is_kept(who: str, firmness: float) -> None:
    world, row = fresh(firmness=firmness, clarity=0.8, campaign_interval=1), row_of(TOOLBOX.perpetrators, who)
    world.council.kept[0] = (0.2, 0.5, 0.9)
    signal(world, 0, 0)
    hear(world, row, 0)
    to_states = TOOLBOX.kind(who) in ("state", "proxy")
    expected = np.zeros(len(CLASSES))
    for severity in SEVERITIES:
        lawfully = [
            measure.bite.high
            for measure in on_case(TOOLBOX).values()
            if measure.adoption != "willing" and measure.floor <= severity
            if to_states or measure.addressee == "actor"
        ]
        place = severity_class(severity)
        bite = world.council.kept[0, place] * min(response(world, severity, 0.0), max(lawfully, default=0.0))
        expected[place] += world.council.signal_weight[0] * severity * bite
    assert world.perpetrators.evidence_sum[row] == pytest.approx(expected, rel=1e-12)
    assert (expected > 0).all()


def test_what_comes_late_is_heard_with_ones_own_patience() -> None:
    """What is kept is discounted as the public does, at the mean delay of what was delivered in the class."""
    world, row = fresh(clarity=0.8, campaign_interval=1), 2
    world.perpetrators.log_discount[row] = math.log(0.98)
    world.council.delivered[0], world.council.lateness[0] = (0.5, 0.0, 0.2), (10.0, 0.0, 12.0)
    factors = [(0.98 / world.scenario.public_discount[0]) ** weeks for weeks in (20, 0, 60)]
    assert [own_discount(world, row, place) for place in range(len(CLASSES))] == pytest.approx(factors, rel=1e-9)
    signal(world, 0, 0)
    plain = fresh(clarity=0.8, campaign_interval=1)
    for each in (world, plain):
        signal(each, 0, 0)
        hear(each, row, 0)
    sums = world.perpetrators.evidence_sum[row] / plain.perpetrators.evidence_sum[row]
    assert sums == pytest.approx(factors, rel=1e-9)
    assert world.perpetrators.evidence_weight[row].tolist() == plain.perpetrators.evidence_weight[row].tolist()


def test_what_falls_on_a_state_is_announced_to_states_and_proxies_alone() -> None:
    world = fresh()
    for addressee in ("state", "territory"):
        assert [reaches(ADDRESSEES.index(addressee), kind) for kind in range(len(KINDS))] == [True, True, False, False]
    assert all(reaches(ADDRESSEES.index("actor"), kind) for kind in range(len(KINDS)))
    assert lawful(world, STATE, 1.0, 0) == lawful(world, PROXY, 1.0, 0) == 1.1  # the financial sector's
    assert lawful(world, KINDS.index("criminal"), 1.0, 0) == 0.6  # the ban on funds


def test_neither_the_willing_nor_programmes_nor_what_is_to_come_raise_the_cap() -> None:
    willing = [name for name, measure in on_case(TOOLBOX).items() if measure.adoption == "willing"]
    programmes = [name for name in TOOLBOX.measures if name not in on_case(TOOLBOX)]
    for names in (willing, programmes):
        world = fresh()
        before = lawful(world, STATE, 1.0, 0)
        world.measures.bite_high[[row_of(TOOLBOX.measures, name) for name in names]] = 5.0
        assert len(names) > 1
        assert lawful(world, STATE, 1.0, 0) == before
    world.measures.available = 10
    assert lawful(world, STATE, 1.0, 9) == 0.0
    assert lawful(world, STATE, 1.0, 10) == before


# outcomes


def outcome(world: World, suspect: int, tracks: dict[int, tuple[str, float, int]], severity: float = 0.5) -> None:
    """A case of week 0 that ended this week with these measures: by track the measure, its bite and its week."""
    case_against(world, suspect, severity=severity).attributed = 4  # delay counts from the act
    for kind, (measure, bite, week) in tracks.items():
        track = world.tracks[track_row(0, kind)]
        track.stage, track.measure, track.bite = ADOPTED, row_of(TOOLBOX.measures, measure), bite
        track.adopted = week
    world.ended[0], world.council.rows_ended = 0, 1


def test_who_is_named_learns_in_full_and_others_less_each_with_its_own_discount() -> None:
    world, named, other = fresh(), 0, 1
    world.perpetrators.log_discount[[named, other]] = np.log([0.99, 0.97])
    outcome(world, named, {STATEMENT: ("eu_declaration", 0.02, 6), DOSSIER: ("travel_ban", 0.3, 80)})
    for row, discount, weight in ((named, 0.99, 1.0), (other, 0.97, world.scenario.spillover[0])):
        hear_outcomes(world, row)
        bite = 0.02 * discount**6 + 0.3 * discount**80
        assert world.perpetrators.evidence_weight[row] == pytest.approx([0.0, weight * 0.25, 0.0], rel=1e-12)
        assert world.perpetrators.evidence_sum[row] == pytest.approx([0.0, weight * 0.5 * bite, 0.0], rel=1e-12)
    assert 0.0 < world.scenario.spillover[0] < 1.0


def test_what_falls_on_a_state_teaches_nobody_whom_it_harbours() -> None:
    """Neither of others' cases nor of one's own: it does not reach them."""
    world = fresh()
    world.perpetrators.log_discount = math.log(0.99)
    actor, state, territory = ("hrvp_statement", 0.01, 10), ("trade_restrictions", 0.5, 10), ("retorsion", 0.1, 10)
    outcome(world, 0, {STATEMENT: actor, DOSSIER: state, OWN: territory})
    spillover = world.scenario.spillover[0]
    reached = {kind: (0.61 if kind in ("state", "proxy") else 0.01) * 0.99**10 for kind in KINDS}
    for kind, bite in reached.items():
        row = next(each for each in rows_of(TOOLBOX, kind) if each != 0)
        hear_outcomes(world, row)
        assert world.perpetrators.evidence_sum[row, SERIOUS] == pytest.approx(spillover * 0.5 * bite, rel=1e-12)
        assert world.perpetrators.evidence_weight[row, SERIOUS] == pytest.approx(spillover * 0.25, rel=1e-12)
        world.perpetrators.evidence_sum[row], world.cases.suspect[0] = 0.0, row
        hear_outcomes(world, row)
        assert world.perpetrators.evidence_sum[row, SERIOUS] == pytest.approx(0.5 * bite, rel=1e-12)
        world.cases.suspect[0] = 0


def test_an_answer_that_came_to_nothing_teaches_that_nothing_comes() -> None:
    world = fresh()
    before = believed(world, 0, SEVERE)[0]
    outcome(world, 0, {}, severity=0.9)
    hear_outcomes(world, 0)
    assert 0.0 < believed(world, 0, SEVERE)[0] < before


def test_a_reaction_is_no_part_of_the_outcome() -> None:
    world = fresh()
    outcome(world, 0, {REACTION: ("eu_declaration", 0.02, 3)})
    assert delivered(world, 0, 0.0, -1) == (0.0, 0.0)

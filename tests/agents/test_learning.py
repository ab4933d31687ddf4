"""Adversaries that adapt, and investigators that are too few: options, off unless a scenario says otherwise."""

import math
from typing import Any

import numpy as np
import pytest
from support.theory import quantal_response
from support.worlds import begun, bits, lively, random_configuration, row_of, rows_of, short

from agents.choice import attribution_odds, choice_probabilities, effective_capability, felt_bite
from agents.foundation.randomness import CLUE, draw
from agents.learning import gain_experience, payoff, regret, retool
from agents.perpetrator import learn
from agents.union.council import attention, survey
from agents.union.docket import ANSWERED, ANSWERING, CLOSED, LATENT, OPEN, enter
from agents.union.investigation import take_clue
from agents.world import World
from model.ensemble import run, run_one, run_twins

TOOLBOX = short()
WORLD = begun(TOOLBOX)
ABLE = row_of(TOOLBOX.perpetrators, "major_power_a")


def experienced(**values: float) -> World:
    """A world in which adversaries learn from experience, with other values of the scenario."""
    world = WORLD.copy()
    world.scenario.experience = 0.3
    world.perpetrators.capability[ABLE] = 0.99  # nothing is beyond it
    for name, value in values.items():
        world.scenario[name] = value
    return world


def after_choice(world: World, rung: int, succeeded: int = 1, row: int = ABLE) -> Any:
    """A perpetrator that has met an opportunity and done this."""
    choice_probabilities(world, row, 0)
    perpetrator = world.perpetrators[row]
    perpetrator.opportunity, perpetrator.activity, perpetrator.succeeded = 1, rung, succeeded
    world.met[0], world.council.rows_met = row, 1
    return perpetrator


# experience


def test_at_first_an_activity_is_worth_what_is_believed_of_it() -> None:
    """Then experience changes nothing yet, whatever its share; what is beyond one's reach is valued too."""
    plain = experienced(experience=0.0)
    choice_probabilities(plain, ABLE, 0)
    for share in (0.3, 1.0):
        world = experienced(experience=share)
        choice_probabilities(world, ABLE, 0)
        assert world.at_least[ABLE] == pytest.approx(plain.at_least[ABLE], rel=1e-12)
        assert world.perpetrators.experience[ABLE] == world.scenario.experience_prior[0]
    world = experienced()
    world.attraction[:] = 123.0  # left by another run
    world.perpetrators.capability[ABLE] = 0.3
    choice_probabilities(world, ABLE, 0)
    assert (world.at_least[ABLE] == 0.0).any()
    assert world.attraction[ABLE, 1:].tolist() == world.believed[ABLE, 1:].tolist()


@pytest.mark.parametrize("share", [0.3, 1.0])
def test_utility_is_the_mixture_of_belief_and_experience(share: float) -> None:
    world = experienced(experience=share)
    choice_probabilities(world, ABLE, 0)
    world.attraction[ABLE] += np.linspace(-0.4, 0.4, len(world.activities))
    choice_probabilities(world, ABLE, 1)
    assert -np.diff(world.at_least[ABLE], append=0.0) == pytest.approx(quantal_response(world, ABLE), abs=1e-9)


@pytest.mark.parametrize("succeeded", [0, 1])
def test_attraction_moves_by_experience_weighted_averages(succeeded: int) -> None:
    """N ← φN + 1, A ← A + ω/N (π − A): what was done in full at its payoff, the rest by less at what was believed."""
    world = experienced(experience_kept=0.9, experience_prior=4.0, foregone=0.25)
    rung = 3
    perpetrator = after_choice(world, rung, succeeded)
    world.attraction[ABLE] = np.linspace(0.5, -0.5, len(world.activities))
    before, believed = world.attraction[ABLE].copy(), world.believed[ABLE].copy()
    perpetrator.grievance = 0.2
    activity, capability = world.activities[rung], effective_capability(world, ABLE)
    worth = activity.motive[perpetrator.kind] * succeeded - activity.cost * (1 - capability / 2)
    worth -= perpetrator.entanglement * activity.harm
    worth += (0.2 - perpetrator.norm_regard * world.council.norm_strength[0]) * activity.severity
    assert payoff(world, ABLE, rung, succeeded) == pytest.approx(worth, rel=1e-12)
    gain_experience(world, ABLE)
    assert perpetrator.experience == pytest.approx(4.6)
    expected = before + 0.25 / 4.6 * (believed - before)
    expected[rung] = before[rung] + (worth - before[rung]) / 4.6
    expected[0] = before[0]  # restraint is the zero of utility
    assert world.attraction[ABLE] == pytest.approx(expected, rel=1e-12)


def test_restraint_and_a_week_without_opportunity_teach_what_they_should() -> None:
    world = experienced()
    perpetrator = after_choice(world, 0)
    world.attraction[ABLE] += 0.5
    before = world.attraction[ABLE].copy()
    perpetrator.activity = -1
    gain_experience(world, ABLE)
    assert world.attraction[ABLE].tolist() == before.tolist()
    perpetrator.activity = 0
    gain_experience(world, ABLE)
    assert (world.attraction[ABLE, 1:] < before[1:]).all(), "back towards what is believed"


def test_a_measure_is_held_against_what_brought_it_by_how_much_it_hurts() -> None:
    world = experienced()
    perpetrator = after_choice(world, 3)
    perpetrator.pressure, perpetrator.experience = 0.8, 5.0
    before = world.attraction[ABLE].copy()
    regret(world, ABLE, 3, 0.4)
    hurt = perpetrator.sensitivity * math.exp(-0.8 * world.scenario.saturation[0])
    assert felt_bite(world, ABLE) == pytest.approx(hurt, rel=1e-12)
    before[3] -= hurt * 0.4 / 5.0
    assert world.attraction[ABLE] == pytest.approx(before, rel=1e-12)
    world.switches.punishment = 0
    regret(world, ABLE, 3, 0.4)
    assert world.attraction[ABLE] == pytest.approx(before, rel=1e-12)


def test_imitation_learns_from_what_paid_for_others_of_ones_kind() -> None:
    world = experienced(imitation=0.5)
    criminals, other = rows_of(TOOLBOX, "criminal"), ABLE
    learner, model = criminals[:2]
    for row in (learner, model, other):
        choice_probabilities(world, row, 0)
        world.perpetrators.activity[row] = -1
    for place, (row, rung) in enumerate(((model, 2), (other, 4))):
        world.perpetrators.activity[row], world.perpetrators.succeeded[row], world.met[place] = rung, 1, row
    world.council.rows_met = 2
    before = world.attraction[learner].copy()
    gain_experience(world, learner)
    weight = 0.5 / world.perpetrators.experience[learner]
    before[2] += weight * (payoff(world, learner, 2, 1) - before[2])
    assert world.attraction[learner] == pytest.approx(before, rel=1e-12)


OFF = {"scenario.learning.experience": 0.0, "scenario.learning.retooling": 0.0}
OTHERWISE = {
    "scenario.learning.experience_kept": 0.3,
    "scenario.learning.experience_prior": 2.0,
    "scenario.learning.foregone": 0.9,
    "scenario.learning.imitation": 1.0,
    "scenario.learning.retooling_half_life": 3.0,
    "scenario.learning.retooling_cost": 0.9,
}


def test_switched_off_learning_changes_no_bit_whatever_else_is_said_of_it() -> None:
    """Imitation too is nothing where experience has no share."""
    plain, other = (lively(values={**OFF, **more}) for more in ({}, OTHERWISE))
    assert bits(run_one(plain, 4, 0, ledger=True)) == bits(run_one(other, 4, 0, ledger=True))


@pytest.mark.parametrize("option", ["experience", "retooling"])
def test_switched_on_it_changes_the_world(option: str) -> None:
    plain, other = (lively(values={**OFF, f"scenario.learning.{option}": share}) for share in (0.0, 0.5))
    assert bits(run_one(plain, 4, 0))["books"] != bits(run_one(other, 4, 0))["books"]


def test_what_one_run_learnt_the_next_does_not_know() -> None:
    """Replicates are carried through one world, one after the other."""
    configuration = random_configuration(3, tempo=2.0)
    assert configuration.scenario.learning.experience > 0
    replicates = [0, 1, 2, 3]
    twins = run_twins(configuration, 6, replicates)
    together = run(configuration, 6, replicates, twins)
    for place, replicate in enumerate(replicates):
        alone = run(configuration, 6, [replicate], twins.select([replicate]))
        assert alone[0].tobytes() == together[place].tobytes()


# retooling


def test_whoever_is_named_is_stealthier_for_a_while_and_a_little_less_capable() -> None:
    world = experienced(retooling=0.5, retooling_cost=0.1)
    world.keep.retooled = 0.5
    perpetrator = world.perpetrators[ABLE]
    base, capability = float(perpetrator.stealth), float(perpetrator.capability)
    for named, retooled in ((1, 0.5), (0, 0.25), (1, 0.5625), (3, 0.640625), (0, 0.3203125)):
        retool(world, ABLE, named)
        assert perpetrator.retooled == pytest.approx(retooled, rel=1e-12)
        assert perpetrator.stealth == pytest.approx(base + retooled * (1 - base), rel=1e-12)
        assert effective_capability(world, ABLE) == pytest.approx(capability * (1 - 0.1 * retooled), rel=1e-12)
    assert perpetrator.capability == capability


def test_new_tools_become_known_in_their_half_life() -> None:
    world = begun(short(values={"scenario.learning.retooling": 0.6, "scenario.learning.retooling_half_life": 20.0}))
    perpetrator = world.perpetrators[ABLE]
    perpetrator.named, perpetrator.news = 1, 1
    learn(world, ABLE, 0)
    assert perpetrator.retooled == 0.6
    for week in range(1, 21):
        learn(world, ABLE, week)
    assert perpetrator.retooled == pytest.approx(0.3, rel=1e-9)
    assert perpetrator.base_stealth < perpetrator.stealth < 1.0


def test_new_tools_are_reckoned_with_and_make_attribution_rarer() -> None:
    world = experienced(retooling=1.0)
    before = attribution_odds(world, ABLE)
    retool(world, ABLE, 1)
    assert world.perpetrators.stealth[ABLE] == 1.0
    assert attribution_odds(world, ABLE) < before


def test_they_retool_in_the_twin_as_well() -> None:
    """It is attribution that makes them, and the twin attributes."""
    plain, other = (lively(values={"scenario.learning.retooling": share}, weeks=150) for share in (0.0, 0.9))
    one, two = run_one(plain, 4, 0).twin, run_one(other, 4, 0).twin
    assert one is not None
    assert two is not None
    assert two.books.attributed[0] < one.books.attributed[0]


# too few investigators


@pytest.mark.parametrize(("limit", "share"), [(0, 1.0), (1, 0.25), (3, 0.75), (4, 1.0), (9, 1.0)])
def test_attention_is_what_so_many_can_work_on_of_the_open_cases(limit: int, share: float) -> None:
    world = WORLD.copy()
    world.scenario.investigators = limit
    statuses = [OPEN, LATENT, OPEN, ANSWERING, OPEN, CLOSED, ANSWERED, OPEN]
    world.cases.status[: len(statuses)], world.council.rows_used = statuses, len(statuses)
    assert attention(world) == share
    survey(world, 0, 0)
    assert world.council.attention[0] == share


def test_with_no_case_open_there_is_attention_enough() -> None:
    world = WORLD.copy()
    world.scenario.investigators = 1
    assert attention(world) == 1.0


def test_clues_are_followed_as_far_as_attention_reaches_and_come_as_often() -> None:
    world, followed, waits = WORLD.copy(), 0, []
    enter(world, 0, ABLE, 0, 1, 0)
    case = world.cases[0]
    case.reliability = 0.8
    world.council.attention = 0.4
    for week in range(4000):
        uniforms = draw(world, week, case.entity, CLUE, int(case.begun))
        assert take_clue(world, 0, week) == (uniforms.fourth < 0.4)
        followed += int(uniforms.fourth < 0.4)
        waits.append(int(case.next_clue) - week)
    assert case.clues == followed
    assert abs(followed / 4000 - 0.4) < 4 * math.sqrt(0.24 / 4000)
    rate = world.council.clue_probability[0]
    assert abs(np.mean(waits) - 1 / rate) < 4 * math.sqrt(1 - rate) / rate / math.sqrt(4000)


def test_few_investigators_are_as_good_as_few_clues() -> None:
    """In the closed form: what is followed is a share of what comes."""
    scarce, silent = WORLD.copy(), WORLD.copy()
    scarce.council.attention = 0.5
    silent.council.clue_probability *= 0.5
    assert attribution_odds(scarce, ABLE) == attribution_odds(silent, ABLE) < attribution_odds(WORLD.copy(), ABLE)


def test_a_busier_world_attributes_less_where_investigators_are_few() -> None:
    shares = []
    for limit in (0, 10_000, 15, 4):
        books = run_one(short(values={"scenario.investigation.investigators": limit}, weeks=400), 5, 0).books[0]
        shares.append(books.attributed / (books.detected + books.false_alarms))
    assert shares[0] == shares[1] > shares[2] > shares[3]

"""What every activity inherits by standing in the catalogue: its place, who can do it, how often, and who sees it."""

from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.theory import quantal_response
from support.worlds import begun, lively, row_of, short, walk

from agents.catalogue import KINDS
from agents.choice import choice_probabilities
from agents.perpetrator import act, choose
from agents.scenario import CHOICE_RULES
from agents.union.detection import mistaken_activity
from agents.world import World
from model.configuration import Configuration, load_configuration, shipped
from model.ensemble import run_one

SHORT = short()
ACTIVITIES = list(SHORT.activities)
RESTRAINT, *ACTS = ACTIVITIES
NO_NUMBER = {"entity", "surfacing"}
"""Columns of an activity that are no quantity of it."""
WEEKS = 4000

each_activity = pytest.mark.parametrize("name", ACTS)


def near(count: float, probability: float, trials: int) -> bool:
    """Whether a count lies within four standard errors of its expectation, or is exactly certain."""
    error = np.sqrt(trials * probability * (1 - probability))
    return bool(abs(count - trials * probability) <= 4 * error)


def probabilities(world: World, row: int) -> np.ndarray:
    """P(k) of a perpetrator at its next opportunity."""
    choice_probabilities(world, row, 0)
    return -np.diff(world.at_least[row], append=0.0)


def able(world: World) -> int:
    """A proxy that can do anything, lazily enough that chance decides."""
    row = row_of(SHORT.perpetrators, "service_unit_a1")
    world.perpetrators.capability[row], world.perpetrators.rationality[row] = 1.0, 0.5
    return row


# the catalogue


@pytest.mark.parametrize("scenario", shipped("scenarios"))
def test_activities_stand_in_strict_order_of_severity_and_the_first_is_restraint(scenario: str) -> None:
    configuration = load_configuration(scenario)
    severities = list(configuration.severities().values())
    assert all(low < high for low, high in pairwise(severities))
    assert next(iter(configuration.activities.values())).is_restraint
    assert [activity.is_restraint for activity in configuration.activities.values()].count(True) == 1
    world = begun(configuration)
    assert world.activities.severity == pytest.approx(severities, rel=1e-12)


def test_restraint_is_zero_in_everything_and_leaves_no_trace() -> None:
    world = begun(SHORT)
    for column in set(world.activities.dtype.names) - NO_NUMBER:
        assert not np.any(world.activities[column][0]), column
    configuration = lively()
    run = run_one(configuration, 1, 0, ledger=True)
    assert (run.trace.code == 0).sum() > 0
    assert 0 not in run.ledger.activity
    assert not run.rungs[:, 0].any()


@pytest.mark.parametrize("threshold", [0.0, 0.1, 0.6, 1.0])
def test_restraint_is_never_a_severe_act(threshold: float) -> None:
    configuration = short(values={"scenario.severity.severe_threshold": threshold}, weeks=20)
    books = run_one(configuration, 1, 0).books[0]
    assert 1 <= configuration.severe_rung <= len(ACTIVITIES)
    assert books.expected_severe <= books.expected_acts
    assert books.severe_acts <= books.acts


@each_activity
def test_it_has_a_title_and_is_tempting_to_somebody_and_dear(name: str) -> None:
    activity = SHORT.activities[name]
    assert activity.title
    assert max(activity.motive.values()) > 0
    assert activity.cost > 0
    assert activity.harm > 0
    assert 0 < activity.visibility <= 1


# how often


@pytest.mark.parametrize("doctrine", shipped("doctrines"))
@pytest.mark.parametrize("rule", CHOICE_RULES)
def test_choice_probabilities_are_those_of_the_rule_given_the_utilities_at_any_time(doctrine: str, rule: str) -> None:
    """For every perpetrator, in the middle of a story."""
    world = begun(lively(doctrine=doctrine, values={"scenario.choice.rule": rule, "scenario.choice.tremble": 0.1}))
    for week in walk(world, 40):
        if week in (20, 39):
            for row in range(len(world.perpetrators)):
                assert probabilities(world, row) == pytest.approx(quantal_response(world, row), abs=1e-9)


@each_activity
def test_it_is_chosen_with_the_probability_of_the_logit(name: str) -> None:
    world = begun(SHORT)
    row, rung = able(world), row_of(SHORT.activities, name)
    world.activities.motive[rung] += 2.0
    world.perpetrators.opportunity[row] = 1
    chosen = 0
    for week in range(WEEKS):
        choose(world, row, week)
        chosen += int(world.perpetrators.activity[row] == rung)
    expected = quantal_response(world, row)[rung]
    assert 0.05 < expected < 0.95
    assert near(chosen, expected, WEEKS)


def without(configuration: Configuration, name: str) -> Configuration:
    """The same configuration where nobody has thought of this activity."""
    tree = configuration.model_dump()
    del tree["activities"][name]
    return Configuration.model_validate(tree)


@each_activity
def test_without_it_the_odds_of_the_others_stay(name: str) -> None:
    """Independence of irrelevant alternatives: the logit's, and a sign that nothing goes by position."""
    worlds = begun(SHORT), begun(without(SHORT, name))
    rung = row_of(SHORT.activities, name)
    for row in range(len(SHORT.perpetrators)):
        full, less = (probabilities(world, row) for world in worlds)
        assert np.delete(full, rung) / full[0] == pytest.approx(less / less[0], rel=1e-9, abs=1e-12)


@each_activity
@settings(max_examples=25, deadline=None)
@given(motive=st.floats(0.0, 5.0), kind=st.sampled_from(range(len(KINDS))))
def test_the_more_it_promises_the_likelier_it_is(name: str, motive: float, kind: int) -> None:
    world = begun(SHORT)
    row, rung = able(world), row_of(SHORT.activities, name)
    world.perpetrators.kind[row] = kind
    world.activities.motive[rung, kind] = motive
    before = probabilities(world, row)
    world.activities.motive[rung, kind] = motive + 0.5
    after = probabilities(world, row)
    assert after[rung] > before[rung]
    assert (np.delete(after, rung) <= np.delete(before, rung)).all()


@each_activity
def test_it_takes_the_capability_that_it_requires(name: str) -> None:
    world = begun(SHORT)
    row, rung = able(world), row_of(SHORT.activities, name)
    required = world.activities.required_capability[rung]
    world.perpetrators.capability[row] = required
    assert probabilities(world, row)[rung] > 0
    world.perpetrators.capability[row] = np.nextafter(required, -1)
    assert probabilities(world, row)[rung] == 0
    world.perpetrators.capability[row] = required
    world.perpetrators.pressure[row], world.perpetrators.in_force[row] = 0.5, 1
    assert probabilities(world, row)[rung] == 0  # incapacitated
    world.switches.incapacitation = 0
    assert probabilities(world, row)[rung] > 0


# who sees it


def carried_out(world: World, row: int, rung: int) -> np.ndarray:
    """Weeks from many acts to their detection; −1: never."""
    delays = np.zeros(WEEKS)
    for week in range(WEEKS):
        world.perpetrators.activity[row] = rung
        act(world, row, week)
        surfaces = int(world.perpetrators.surfaces[row])
        delays[week] = surfaces - week if surfaces >= 0 else -1
    return delays


@each_activity
def test_it_is_seen_as_often_and_as_late_as_the_catalogue_says(name: str) -> None:
    world = begun(SHORT)
    row, rung = able(world), row_of(SHORT.activities, name)
    activity, detection = SHORT.activities[name], SHORT.scenario.detection.detection
    delays = carried_out(world, row, rung)
    seen = delays[delays >= 0]
    assert near(len(seen), activity.visibility * detection, WEEKS)
    error = np.sqrt(activity.dwell * (activity.dwell + 1) / len(seen))  # geometric
    assert abs(seen.mean() - activity.dwell) <= 4 * error
    world.scenario.detection = 0.0
    assert (carried_out(world, row, rung) == -1).all()


def test_accidents_are_taken_for_activities_as_often_as_the_catalogue_says() -> None:
    world = begun(SHORT)
    taken_for: Any = np.zeros(len(ACTIVITIES))
    for week in range(WEEKS):
        taken_for[mistaken_activity(world, week)] += 1
    shares = world.activities.mistaken / world.activities.mistaken.sum()
    assert taken_for[0] == 0
    for name, count, share in zip(ACTIVITIES, taken_for, shares, strict=True):
        assert near(count, share, WEEKS), name

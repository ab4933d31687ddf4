"""Who says in public whom it holds responsible: Member States one by one, on one draw for each member and case."""

import math

import numpy as np
import pytest
from support.worlds import begun, case_against, row_of, short

from agents.attribution import log_odds
from agents.foundation.randomness import PUBLISH, lot, words
from agents.member_state import publishes
from agents.union.docket import NEVER
from agents.union.investigation import attribute_nationally
from agents.world import World
from model.ensemble import run_one

TOOLBOX = short()
WORLD = begun(TOOLBOX)
MALTA = row_of(TOOLBOX.member_states.members, "Malta")


def convinced_from(standards: dict[int, float], **chances: float) -> World:
    """A case of Malta's; members' standards as confidences, the others' out of reach."""
    world = WORLD.copy()
    world.scenario.publishes_as_victim = world.scenario.publishes_for_others = 1.0
    for name, chance in chances.items():
        world.scenario[name] = chance
    world.member_states.standard = 99.0
    for member, confidence in standards.items():
        world.member_states.standard[member] = log_odds(confidence) - 1e-9
    world.council.lowest_standard = world.member_states.standard.min()
    case_against(world, 0, victim=MALTA)
    return world


def reaches(world: World, confidence: float, week: int) -> tuple[int, int]:
    """Let confidence move to this in a week; members that have attributed by then, and the first week."""
    world.cases.confidence = confidence
    attribute_nationally(world, 0, week)
    return int(world.cases.national[0]), int(world.cases.first_national[0])


@pytest.mark.parametrize("victim", [True, False])
def test_a_member_publishes_on_one_draw_with_a_propensity_of_its_own(victim: bool) -> None:
    world, said = WORLD.copy(), 0
    chance = world.scenario.publishes_as_victim[0] if victim else 0.2
    world.scenario.publishes_for_others = 0.2
    case = case_against(world, 0, victim=MALTA if victim else 3)
    for week in range(4000):
        case.publishing = words(world, week, case.entity, PUBLISH, week)[0]
        uniform = lot(case.publishing, world.victims.entity[MALTA])
        assert publishes(world, MALTA, 0) == (uniform < chance)
        said += int(uniform < chance)
    assert abs(said / 4000 - chance) < 4 * math.sqrt(chance * (1 - chance) / 4000)
    assert world.scenario.publishes_as_victim[0] > 0.2


def test_the_draw_is_that_of_the_cases_opening_whenever_the_standard_is_met() -> None:
    """A member that keeps silent when it is first convinced keeps silent for good."""
    world = convinced_from(dict.fromkeys(range(27), 0.8), publishes_for_others=0.5, publishes_as_victim=0.5)
    said = reaches(world, 0.8, 5)[0]
    assert 0 < said < 27
    for week, confidence in ((6, 0.7), (7, 0.85), (8, 0.7), (9, 0.99)):
        assert reaches(world, confidence, week) == (said, 5)


def test_each_member_speaks_when_its_own_standard_is_met_and_the_first_is_remembered() -> None:
    world = convinced_from({3: 0.7, MALTA: 0.9, 5: 0.95})
    assert [reaches(world, confidence, week) for week, confidence in enumerate((0.69, 0.7, 0.8, 0.9, 0.6, 0.99))] == [
        (0, NEVER),
        (1, 1),
        (1, 1),
        (2, 1),
        (2, 1),
        (3, 1),
    ]


def test_where_nobody_speaks_nothing_is_attributed_nationally() -> None:
    world = convinced_from({3: 0.7}, publishes_for_others=0.0)
    assert reaches(world, 0.99, 4) == (0, NEVER)
    world = convinced_from({MALTA: 0.7, 3: 0.7}, publishes_for_others=0.0)
    assert reaches(world, 0.99, 4) == (1, 4), "the victim does"


@pytest.mark.parametrize("culprit", [0, 1])
def test_it_is_right_or_wrong_by_whom_they_name(culprit: int) -> None:
    world = convinced_from({3: 0.7})
    world.cases.culprit = culprit
    reaches(world, 0.8, 4)
    assert world.cases.first_national_right[0] == int(culprit == 0)


def test_after_errors_came_to_light_more_is_asked() -> None:
    world = convinced_from({3: 0.7})
    world.council.caution = 0.3
    assert reaches(world, 0.7, 1) == (0, NEVER)
    assert reaches(world, 1 / (1 + math.exp(-log_odds(0.7) - 0.31)), 2) == (1, 2)


def test_publishing_is_recorded_apart_and_moves_nothing_else() -> None:
    """Silent members and outspoken ones live in the same world, to the bit, but for who is named by whom."""
    silent, outspoken = (
        run_one(
            short(
                values={f"scenario.investigation.{name}": p for name in ("publishes_as_victim", "publishes_for_others")}
            ),
            3,
            0,
        )
        for p in (0.0, 1.0)
    )
    assert silent.books.nationally[0] == 0 < outspoken.books.nationally[0]
    assert silent.trace.at_least.tobytes() == outspoken.trace.at_least.tobytes()
    for name in silent.books.dtype.names:
        if not name.startswith("national"):
            assert np.array_equal(silent.books[name], outspoken.books[name]), name

"""Investigators with hindsight, an option: they know in the end who did it, and weigh suspects by Bayes' rule."""

from typing import Any

import numpy as np
import pytest
from scipy.special import logit
from scipy.stats import kstest, norm
from support.worlds import begun, short, walk

from agents.union.docket import enter
from agents.union.effects import establish
from agents.union.investigation import choose_framed, surface, weigh
from agents.world import World

HINDSIGHT = {"scenario.investigation.hindsight": True}


def case_of(world: World, culprit: int, week: int = 0) -> Any:
    """A case that has just surfaced."""
    enter(world, 0, culprit, 0, 3, week)
    case = world.cases[0]
    case.opened, case.planted = week, 0
    surface(world, 0)
    return case


@pytest.fixture
def world() -> World:
    world = begun(short(values=HINDSIGHT))
    world.perpetrators.record = np.linspace(0.5, 20.0, len(world.perpetrators))
    world.council.mistaken = 12.0
    return world


def reliability(world: World, row: int) -> float:
    """Probability that a clue about this party's acts points to it, as investigators hold it to be."""
    p = 0.5 + 0.5 * world.council[0].skill * (1.0 - 0.5 * world.perpetrators[row].stealth)
    return float(p + world.scenario[0].overconfidence * (1.0 - p))


@pytest.mark.parametrize(("to_culprit", "to_framed"), [(1, 0), (0, 1), (3, 1), (1, 3), (2, 2)])
def test_confidence_is_bayes_rule_over_both_suspects_and_nobody(world: World, to_culprit: int, to_framed: int) -> None:
    culprit = 2
    case = case_of(world, culprit)
    assert case.framed >= 0
    case.clues, case.clues_culprit, case.clues_framed = to_culprit + to_framed, to_culprit, to_framed
    weigh(world, 0)
    able = world.perpetrators.capability >= world.activities[3].required_capability
    of_culprit, of_framed = reliability(world, culprit), reliability(world, case.framed)
    s, p0 = world.scenario[0], 0.5 + 0.5 * world.council[0].skill
    of_nobody = p0 + s.overconfidence * (1.0 - p0)
    clues = to_culprit + to_framed
    weights = {
        culprit: (1.0 + world.perpetrators[culprit].record)
        * of_culprit**to_culprit
        * (1.0 - of_culprit) ** (clues - to_culprit),
        int(case.framed): (1.0 + world.perpetrators[case.framed].record)
        * of_framed**to_framed
        * (1.0 - of_framed) ** (clues - to_framed),
        -1: 12.0 / able.sum() * (1.0 - of_nobody) ** clues,
    }
    likeliest = max(weights, key=lambda row: weights[row])
    assert case.suspect == likeliest
    if likeliest >= 0:
        assert case.confidence == pytest.approx(weights[likeliest] / sum(weights.values()), rel=1e-12)


def test_a_false_alarm_is_suspected_of_two_parties_and_of_being_one(world: World) -> None:
    case = case_of(world, -1)
    able = world.perpetrators.capability >= world.activities[3].required_capability
    records = 1.0 + world.perpetrators.record[able]
    framed = 1.0 + world.perpetrators[case.framed].record
    other = (records.sum() - framed) / (able.sum() - 1)
    starts = np.exp([case.start_culprit, case.start_framed, case.start_nobody])
    assert starts == pytest.approx(np.array([other, framed, 12.0 / able.sum()]) / (other + framed + 12.0 / able.sum()))


def test_records_count_those_who_did_it_once_a_case_has_ended() -> None:
    brief = {"scenario.investigation.record_half_life": 52000.0, "scenario.investigation.investigation_weeks": 8}
    world = begun(short(values={**HINDSIGHT, **brief}))
    for _ in walk(world, 100):
        pass
    books, known = world.books[0], world.perpetrators.record.sum()
    ended = books.cold + books.answered_attributed + books.given_up
    assert ended > books.attributed
    assert known > 0.0
    assert world.council[0].mistaken > 0.0
    assert known + world.council[0].mistaken == pytest.approx(ended, rel=0.002)  # some of it has faded
    before = world.perpetrators[4].known
    establish(world, 4)
    assert world.perpetrators[4].known == before + 1


def test_false_clues_point_to_anybody_alike() -> None:
    world = begun(short(values=HINDSIGHT))
    world.perpetrators.record[0] = 1000.0
    enter(world, 0, 2, 0, 1, 0)
    framed = []
    for week in range(2000):
        world.cases[0].opened = week
        framed.append(choose_framed(world, 0))
    able = world.perpetrators.capability >= world.activities[1].required_capability
    assert np.mean(np.array(framed) == 0) == pytest.approx(1.0 / (able.sum() - 1), abs=0.02)


def test_the_standard_of_a_case_scatters_around_the_doctrines() -> None:
    scattered = begun(short(values={"scenario.investigation.standard_scatter": 0.7}))
    steady = begun(short())
    required = scattered.doctrine[0].attribution_confidence
    standards = [float(case_of(scattered, 2, week).standard) for week in range(2000)]
    assert kstest(logit(standards), norm(logit(required), 0.7).cdf).pvalue > 0.01
    assert {float(case_of(steady, 2, week).standard) for week in range(20)} == {required}

"""Where a rule turns: exactly at its threshold, and one step beside it."""

import math
from typing import Any

import numpy as np
import pytest
from support.worlds import begun, case_against, row_of, short

from agents.catalogue import PROGRAMME
from agents.member_state import POSITIONS, position
from agents.partner import joins
from agents.perpetrator import act, learn
from agents.union.council import run_programmes
from agents.union.detection import UPWARD_WEEKS, open_cases
from agents.union.docket import enter
from agents.union.investigation import surface, weigh
from agents.union.measures import preparation
from agents.union.tracks import DOSSIER
from agents.victim import recover
from model.recording import median_delay

TOOLBOX = short()


@pytest.mark.parametrize(
    ("readiness", "exposed", "stance"),
    [
        (0.0, 0.0, "supports"),
        (-0.001, 0.0, "declares an abstention"),
        (-0.25, 0.0, "declares an abstention"),
        (-0.251, 0.0, "objects"),
        (-9.0, 0.499, "objects"),
        (-9.0, 0.5, "claims a vital interest"),
        (0.25, 0.5, "declares an abstention"),
    ],
)
def test_a_members_stance_turns_at_nothing_and_at_its_margins(readiness: float, exposed: float, stance: str) -> None:
    world = begun(TOOLBOX)
    world.scenario.audience = world.scenario.stance_noise = 0.0
    world.scenario.abstention_margin, world.scenario.vital_margin = 0.25, 0.5
    world.member_states.salience = world.member_states.reluctance = 0.0
    world.member_states.standard, world.member_states.solidarity[3] = -9.0, readiness
    world.perpetrators.entanglement[0], world.measures.cost = 1.0, 1.0
    world.dependence[3, 0] = exposed
    case_against(world, 0)
    found = position(world, 3, 0, DOSSIER, row_of(TOOLBOX.measures, "asset_freeze"), 5.0, 0)
    assert POSITIONS[found] == stance


@pytest.mark.parametrize("alignment", [0.0, 0.4, 0.999])
def test_a_partner_joins_wholly_where_stakes_are_high_and_never_more_than_that(alignment: float) -> None:
    world = begun(TOOLBOX.with_values({"doctrine.partners": 1.0}))
    world.partners.alignment[2] = alignment
    case_against(world, 0, severity=1.0)
    shares = []
    for support in (0.0, 0.2, 50.0):
        world.scenario.partner_support = support
        shares.append(joins(world, 2, 0))
    assert shares == sorted(shares)
    assert shares[0] == 0.0
    assert shares[2] == (1.0 if alignment else 0.0)


def test_resilience_never_makes_success_impossible() -> None:
    world = begun(TOOLBOX)
    world.council.programme_resilience = 1.0
    recover(world, 5, 0)
    assert world.victims.resilience[5] == 0.999


def test_a_yearly_programme_calms_by_a_fifty_second_part_each_week() -> None:
    world = begun(TOOLBOX.with_values({"doctrine.preventive": 1.0}))
    world.measures.calming, world.measures.available = 0.0, 10**6
    world.measures[0].occasion, world.measures[0].category = PROGRAMME, 0
    world.measures[0].calming, world.measures[0].available = 0.26, 0
    run_programmes(world, 0, 0)
    assert world.council.programme_calming[0] == pytest.approx(0.26 / 52)


def test_what_calms_takes_its_share_of_grievance_after_the_weeks_bite_was_felt() -> None:
    world = begun(TOOLBOX)
    world.council.programme_calming = world.doctrine.due_diligence = 0.0
    party = world.perpetrators[0]
    party.bite_excess, party.calmed, party.news = 0.2, 0.25, 1
    learn(world, 0, 1)
    assert party.grievance == pytest.approx(0.75 * world.scenario.grievance_gain[0] * 0.2)


def acts(world: Any, name: str, rung: int, week: int, victim: int = 0) -> None:
    """One perpetrator alone acts this week, on a victim."""
    row = row_of(TOOLBOX.perpetrators, name)
    world.perpetrators.activity, world.perpetrators.surfaces = -1, -1
    world.perpetrators.activity[row], world.perpetrators.victim[row] = rung, victim
    world.met[0], world.council.rows_met = row, 1
    open_cases(world, 0, week)


@pytest.mark.parametrize(("weeks", "upward"), [(1, 1), (UPWARD_WEEKS, 1), (UPWARD_WEEKS + 1, 0)])
def test_escalation_is_upward_within_half_a_year(weeks: int, upward: int) -> None:
    world = begun(TOOLBOX)
    acts(world, "major_power_a", 2, 10)
    acts(world, "major_power_a", 3, 10 + weeks)
    assert world.books.upward[0] == upward


@pytest.mark.parametrize(
    ("first", "second", "upward"),
    [
        (("major_power_a", 2, 0), ("major_power_a", 2, 0), 0),  # no higher rung
        (("major_power_a", 3, 0), ("major_power_a", 2, 0), 0),
        (("major_power_a", 2, 0), ("major_power_a", 3, 1), 0),  # another victim
        (("service_unit_a1", 2, 0), ("major_power_a", 3, 0), 1),  # a proxy's and its sponsor's
        (("major_power_a", 2, 0), ("service_unit_a1", 3, 0), 1),
        (("service_unit_a1", 2, 0), ("service_unit_a2", 3, 0), 1),
        (("major_power_a", 2, 0), ("major_power_b", 3, 0), 0),
        (("ransomware_group_a1", 2, 0), ("hacktivists_a1", 3, 0), 0),  # harboured is not sponsored
        (("ransomware_group_a1", 2, 0), ("major_power_a", 3, 0), 0),
        (("ransomware_group_a1", 2, 0), ("ransomware_group_a1", 3, 0), 1),
    ],
)
def test_escalation_is_upward_by_sponsor_and_victim(
    first: tuple[str, int, int], second: tuple[str, int, int], upward: int
) -> None:
    world = begun(TOOLBOX)
    for week, (name, rung, victim) in ((10, first), (20, second)):
        acts(world, name, rung, week, victim)
    assert world.books.upward[0] == upward


def test_only_the_last_act_counts() -> None:
    world = begun(TOOLBOX)
    for week, rung, upward in ((10, 5, 0), (11, 2, 0), (12, 3, 1), (13, 3, 1), (14, 4, 2)):
        acts(world, "major_power_a", rung, week)
        assert world.books.upward[0] == upward


def test_false_flags_are_planted_as_often_as_stealth_allows() -> None:
    world = begun(TOOLBOX)
    world.scenario.false_flag, world.scenario.detection = 0.8, 1.0
    party, planted, seen = world.perpetrators[0], 0, 0
    party.stealth, party.activity = 0.25, len(world.activities) - 1
    for week in range(4000):
        act(world, 0, week)
        seen += int(party.surfaces >= 0)
        planted += int(party.surfaces >= 0 and party.planted)
    assert planted / seen == pytest.approx(0.2, abs=4 * math.sqrt(0.2 * 0.8 / seen))


def test_a_planted_clue_moves_the_first_suspicion_by_one_clue() -> None:
    odds = []
    for planted in (0, 1):
        world = begun(TOOLBOX.with_values({"scenario.investigation.suspicion": 0.0}))
        world.perpetrators.surfaces[0], world.perpetrators.planted[0] = 0, planted
        enter(world, 0, 0, 3, 4, 0)
        surface(world, 0)
        odds.append(float(world.cases[0].start_culprit - world.cases[0].start_framed))
    assert odds[0] == pytest.approx(0.0, abs=1e-12)
    assert odds[1] == pytest.approx(-float(world.cases[0].weight))


@pytest.mark.parametrize("framed", [False, True])
def test_a_framed_proxy_never_leads_to_its_sponsor(framed: bool) -> None:
    """Clues that link a proxy to its state are of what it did itself."""
    world = begun(TOOLBOX)
    proxy, other = row_of(TOOLBOX.perpetrators, "service_unit_a1"), row_of(TOOLBOX.perpetrators, "major_power_b")
    enter(world, 0, other if framed else proxy, 3, 4, 0)
    case = world.cases[0]
    case.framed, case.weight, case.links, case.start_nobody = proxy if framed else other, 2.0, 1, -50.0
    case.clues_culprit, case.clues_framed = (0, 9) if framed else (9, 0)
    weigh(world, 0)
    assert case.suspect == proxy
    assert case.confidence > 0.99
    assert bool(case.state_confidence == 0.0) is framed


@pytest.mark.parametrize(("factor", "weeks"), [(0.0, 1), (0.1, 1), (0.5, 5), (0.51, 6), (4.0, 40)])
def test_preparation_is_rounded_up_and_takes_a_week_at_least(factor: float, weeks: int) -> None:
    world = begun(TOOLBOX)
    world.doctrine.delay_factor, world.measures.delay_low, world.measures.delay_high = factor, 10.0, 10.0
    assert preparation(world, 0, 0.7) == weeks


def test_the_median_delay_is_the_first_week_by_which_half_of_those_that_get_there_have() -> None:
    delays = np.zeros((3, 12), np.int64)
    delays[0, [2, 5, 7, 9]] = 1
    assert median_delay(delays, 0) == 5.0
    delays[2, 3] = 4  # still open: they count as long as they are seen
    assert median_delay(delays, 0) == 7.0

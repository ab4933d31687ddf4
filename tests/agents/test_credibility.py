"""Whether the Union keeps its word: by class, of what could lawfully be announced; and what being wrong costs it."""

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.worlds import begun, case_against, row_of, short, walk

from agents.belief import CLASSES, MILD, SERIOUS, SEVERE
from agents.foundation.randomness import weekly_rate
from agents.perpetrator import forget, learn
from agents.union.council import fill_agenda, signal
from agents.union.credibility import move_credibility, weigh_outcome
from agents.union.docket import ANSWERED, ANSWERING, EMPTY, NEVER, schedule
from agents.union.effects import come_to_light, follow_case, take_effect
from agents.union.investigation import attribute
from agents.union.response import begin_answer, decide
from agents.union.tracks import ADOPTED, DOSSIER, DROPPED, JOINT, OWN, PREPARING, STATEMENT, TRACKS, WAITING
from agents.world import World
from model.ensemble import run_one

TOOLBOX = short()
WORLD = begun(TOOLBOX)
SEVERITY = {MILD: 0.2, SERIOUS: 0.45, SEVERE: 0.8}
CASES = st.lists(
    st.tuples(st.integers(0, 30), st.sampled_from(range(3)), st.floats(0.0, 1.5), st.floats(0.0, 1.5)), max_size=12
)
"""Week, class, bite announced and bite delivered."""


def ended(world: World, severity: float, announced: float, bite: float, delay: int = 0) -> None:
    """An attributed case ends: so much was announced for it, and so much was delivered after this delay."""
    case = case_against(world, 0, severity=severity)
    case.announced, case.attributed = announced, 4  # delay counts from the act
    track = world.tracks[STATEMENT]
    track.stage, track.measure, track.bite, track.adopted = ADOPTED, 0, bite, delay
    weigh_outcome(world, 0)


def at_once(world: World) -> None:
    """Let delay count for nothing."""
    world.scenario.public_discount = 1.0


# what is kept


@settings(max_examples=60, deadline=None)
@given(CASES)
def test_credibility_is_a_ratio_of_fading_sums_in_each_class(cases: list[tuple[int, int, float, float]]) -> None:
    """What was delivered of what was promised, the latest counting most, and with what was believed at first."""
    world, last = WORLD.copy(), 31
    at_once(world)
    for week in range(last):
        for begun_in, place, announced, bite in cases:
            if begun_in == week:
                ended(world, SEVERITY[place], announced, bite)
        move_credibility(world, 0)
    kept = float(world.keep.credibility[0])
    weights = []
    for place in range(len(CLASSES)):
        prior = world.classes[place]
        own = [(kept ** (last - week), promise, bite) for week, at, promise, bite in cases if at == place]
        promised = sum(fading * promise for fading, promise, _ in own)
        fulfilled = sum(fading * min(promise, bite) for fading, promise, bite in own)
        weights.append(prior.credibility_weight + promised)
        expected = (prior.credibility_weight * prior.credibility + fulfilled) / weights[-1]
        assert world.council.kept[0, place] == pytest.approx(expected, rel=1e-9)
    assert world.council.credibility[0] == pytest.approx(np.average(world.council.kept[0], weights=weights), rel=1e-9)


@pytest.mark.parametrize("place", SEVERITY)
def test_a_word_broken_in_one_class_costs_nothing_in_the_others(place: int) -> None:
    world = WORLD.copy()
    move_credibility(world, 0)
    before = world.council.kept[0].copy()
    assert before == pytest.approx(world.classes.credibility)
    ended(world, SEVERITY[place], 0.6, 0.0)
    move_credibility(world, 0)
    after = world.council.kept[0]
    assert after[place] < 0.99 * before[place]
    assert np.delete(after, place).tolist() == np.delete(before, place).tolist()


def test_many_small_words_kept_do_not_cover_a_great_one_broken() -> None:
    """Even within a class a promise weighs as much as its bite."""
    world = WORLD.copy()
    at_once(world)
    for _ in range(20):
        ended(world, 0.45, 0.01, 0.01)
    ended(world, 0.45, 0.5, 0.0)
    move_credibility(world, 0)
    assert world.council.kept[0, SERIOUS] < 0.3


def test_what_is_delivered_late_is_worth_less_to_the_public() -> None:
    fulfilled = []
    for delay in (0, 10, 100):
        world = WORLD.copy()
        ended(world, 0.45, 0.5, 0.4, delay)
        fulfilled.append(float(world.council.fulfilled[0, SERIOUS]))
    discount = WORLD.scenario.public_discount[0]
    assert fulfilled == pytest.approx([0.4, 0.4 * discount**10, 0.4 * discount**100], rel=1e-12)
    assert discount < 1.0


def announced_for(world: World, suspect: str, severity: float, **doctrine: Any) -> float:
    """What counts as announced for a case at its attribution."""
    for name, value in doctrine.items():
        world.doctrine[name] = value
    case = case_against(world, row_of(TOOLBOX.perpetrators, suspect), severity=severity)
    begin_answer(world, 0, 0)
    return float(case.announced)


@pytest.mark.parametrize(
    ("suspect", "severity", "firmness", "announced"),
    [
        ("major_power_a", 0.2, 1.0, 0.012),  # law allows no more than a statement for it
        ("major_power_a", 0.2, 3.0, 0.012),
        ("major_power_a", 0.5, 1.0, 0.36),  # less is intended than law allows
        ("major_power_a", 0.5, 2.0, 0.6),
        ("major_power_a", 0.9, 4.0, 1.1 + 0.34),  # beyond every law: intended 1.44
        ("ransomware_group_a1", 0.9, 4.0, 0.6 + 0.34),
        ("major_power_a", 0.2, 4.0, 0.012 + 0.34),
        ("major_power_a", 0.05, 1.0, 0.0),
        ("major_power_a", 0.9, 0.0, 0.0),
    ],
)
def test_what_counts_as_announced_is_what_law_allows_and_what_exceeds_every_law(
    suspect: str, severity: float, firmness: float, announced: float
) -> None:
    found = announced_for(WORLD.copy(), suspect, severity, firmness=firmness, proportionality=0.0)
    assert found == pytest.approx(announced, abs=1e-12)


def test_floors_are_no_bluff_and_promising_beyond_the_catalogue_is() -> None:
    """What is kept within the law is kept whole, however much more was intended; not what no law could keep."""
    kept = {}
    for firmness in (1.0, 3.0, 10.0):
        world = WORLD.copy()
        at_once(world)
        for _ in range(300):
            promise = announced_for(world, "major_power_a", 0.2, firmness=firmness, proportionality=0.0)
            ended(world, 0.2, promise, 0.012)
        move_credibility(world, 0)
        kept[firmness] = float(world.council.kept[0, MILD])
    assert kept[1.0] == kept[3.0] > 0.95
    assert kept[10.0] < 0.01


def test_what_the_willing_can_do_is_neither_promised_nor_beyond_the_law() -> None:
    world = WORLD.copy()
    world.measures.bite_high[row_of(TOOLBOX.measures, "countermeasures")] = 9.0
    assert announced_for(world, "major_power_a", 0.9, firmness=4.0, proportionality=0.0) == pytest.approx(1.44)


def test_books_keep_what_was_believed_of_a_case_and_what_it_brought() -> None:
    """Averaged over perpetrators, each with its belief, its discount and what reaches it."""
    world = WORLD.copy()
    ended(world, 0.8, 1.0, 0.4, delay=30)
    world.tracks.measure[STATEMENT] = row_of(TOOLBOX.measures, "trade_restrictions")
    world.books[0] = world.blank[0]
    weigh_outcome(world, 0)
    reached = world.perpetrators.kind <= 1
    assert world.books.delivered_bite_by_class[0, SEVERE] == pytest.approx(
        np.mean(0.4 * np.exp(30 * world.perpetrators.log_discount) * reached), rel=1e-12
    )
    assert world.books.believed_bite_by_class[0, SEVERE] == pytest.approx(
        0.8 * world.classes.prior_bite[SEVERE], rel=1e-12
    )
    assert (
        world.books.delivered_bite_by_class[0, :SEVERE].sum()
        == world.books.believed_bite_by_class[0, :SEVERE].sum()
        == 0.0
    )


# a wrong attribution comes to light


WEEK = 20


def in_error(firmness: float = 1.0) -> World:
    """A case attributed wrongly: two measures in force, one in preparation, a dossier waiting; week 20 tells."""
    world = WORLD.copy()
    world.keep.credibility = 1.0  # nothing fades
    world.doctrine.firmness = firmness
    case = case_against(world, 1, culprit=0, severity=0.8)
    case.status, case.window, case.exposed, case.intended, case.announced = ANSWERING, 26, WEEK, firmness, firmness
    world.perpetrators.record[1] = 2.5
    for kind, measure in ((STATEMENT, "eu_declaration"), (JOINT, "joint_attribution")):
        track = world.tracks[kind]
        track.stage, track.measure, track.adopted, track.target = ADOPTED, row_of(TOOLBOX.measures, measure), 9, 1
        track.bite, track.expires = 0.02, 60
        world.perpetrators.pressure[1] += 0.02
        world.perpetrators.in_force[1] += 1
    own = world.tracks[OWN]
    own.stage, own.measure, own.due = PREPARING, row_of(TOOLBOX.measures, "retorsion"), 24
    world.tracks.stage[DOSSIER], world.tracks.until[DOSSIER] = WAITING, 50
    world.council.waiting = 1
    world.books[0] = world.blank[0]
    return world


def told(world: World, week: int = WEEK) -> None:
    """Let this week's decision and its effects come."""
    decide(world, 0, week)
    fill_agenda(world, 0, week)
    world.due[0], world.council.rows_due = 0, 1
    take_effect(world, 0, week)


def test_when_it_comes_to_light_measures_end_and_what_is_pending_is_dropped() -> None:
    world = in_error()
    schedule(world, 0, WEEK - 1, 104)
    assert world.calendar[0] == WEEK
    told(world)
    assert world.perpetrators.pressure[1] == world.perpetrators.in_force[1] == 0
    assert world.tracks.stage[[DOSSIER, OWN]].tolist() == [DROPPED, DROPPED]
    assert world.council.waiting[0] == world.council.in_preparation[0] == 0
    assert world.books.votes[0] == 0
    assert world.council.rows_ended[0] == 1, "its outcome is told, as far as it came"
    assert (world.books.exposed[0], world.cases.status[0]) == (1, EMPTY)


def test_a_dossier_in_preparation_leaves_the_agenda() -> None:
    world = in_error()
    world.tracks.stage[DOSSIER], world.tracks.due[DOSSIER] = PREPARING, 40
    world.council.waiting, world.council.in_preparation = 0, 1
    told(world)
    assert world.tracks.stage[DOSSIER] == DROPPED
    assert world.council.in_preparation[0] == 0


def test_it_costs_a_share_of_credibility_in_its_class_alone() -> None:
    world, spared = in_error(), in_error()
    spared.cases.exposed = NEVER
    for each in (world, spared):
        each.council.promised[0], each.council.fulfilled[0] = (0.5, 0.7, 2.0), (0.1, 0.2, 0.6)
        decide(each, 0, WEEK)
    follow_case(world, 0, WEEK)
    weigh_outcome(spared, 0)
    for each in (world, spared):
        move_credibility(each, 0)
    ratio = world.council.kept[0] / spared.council.kept[0]
    assert ratio == pytest.approx([1.0, 1.0, 1.0 - world.scenario.credibility_lost[0]], rel=1e-12)
    assert 0.0 < world.scenario.credibility_lost[0] < 1.0


def test_two_errors_in_a_week_each_cost_their_share() -> None:
    world = WORLD.copy()
    world.keep.credibility, world.scenario.credibility_lost = 1.0, 0.4
    case = case_against(world, 1, culprit=0, severity=0.8)
    case.intended = 1.0
    for _ in range(2):
        come_to_light(world, 0, WEEK)
    move_credibility(world, 0)
    assert world.council.kept[0, SEVERE] == pytest.approx(0.36 * world.classes.credibility[SEVERE], rel=1e-12)


def test_every_members_standard_rises_towards_one_log_odds_and_relaxes() -> None:
    world = in_error()
    told(world)
    gained = world.scenario.caution_gained[0]
    assert world.council.caution[0] == gained > 0.0
    world.cases.suspect[0] = 1
    for errors in (2, 3, 4):
        come_to_light(world, 0, WEEK)
        assert world.council.caution[0] == pytest.approx(1 - (1 - gained) ** errors, rel=1e-12)
    world.council.caution = gained
    for week in range(104):
        signal(world, 0, week)
    assert world.scenario.caution_half_life[0] == 104.0
    assert world.council.caution[0] == pytest.approx(0.5 * gained, rel=1e-9)


def test_the_record_of_the_innocent_falls_by_one_and_not_below_nothing() -> None:
    for before, after in ((2.5, 1.5), (0.4, 0.0)):
        world = in_error()
        world.keep.record = 1.0
        world.perpetrators.record[1] = before
        told(world)
        for row in (0, 1):
            learn(world, row, WEEK)
        assert world.perpetrators.record[1] == pytest.approx(after)
        assert world.perpetrators.record[0] == 0.0


def test_of_a_record_that_faded_only_what_is_left_is_taken_back() -> None:
    """The innocent's record is then what it would be had it never been named."""
    world = in_error()
    world.keep.record = 0.95
    world.perpetrators.record[1] = 0.3 + 0.95**WEEK  # an older record, and what is left of the name of week 0
    told(world)
    forget(world, 1, WEEK)
    learn(world, 1, WEEK)
    assert world.perpetrators.cleared[1] == 0.0, "it is told once"
    assert world.perpetrators.record[1] == pytest.approx(0.95 * (0.3 + 0.95**WEEK) - 0.95**WEEK, rel=1e-9)


def test_what_was_told_before_stands_and_is_not_told_again() -> None:
    world = in_error()
    world.cases.status, world.cases.resolved, world.cases.answered = ANSWERED, 12, 9
    world.tracks.stage[[DOSSIER, OWN]], world.council.waiting = DROPPED, 0
    told(world)
    assert world.council.rows_ended[0] == 0
    assert world.books.exposed[0] == 1
    assert world.perpetrators.pressure[1] == 0.0


def test_without_an_answer_only_standards_and_records_move() -> None:
    """As in the twin without toolbox: nothing was promised, so that no word was broken."""
    world = in_error(firmness=0.0)
    told(world)
    assert not world.council.promised.any()
    assert not world.council.fulfilled.any()
    assert world.council.kept[0] == pytest.approx(world.classes.credibility, rel=1e-12)
    assert world.council.caution[0] > 0.0
    assert world.perpetrators.cleared[1] > 0.0


def test_in_the_twin_errors_come_to_light_and_credibility_stays() -> None:
    run = run_one(short(values={"scenario.investigation.exposure_rate": 0.3}, weeks=208), 2, 0)
    assert run.twin is not None
    assert run.twin.books.exposed[0] > 0
    assert np.ptp(run.twin.series.credibility) == 0.0 < np.ptp(run.series.credibility)


def test_when_it_comes_to_light_is_drawn_once_and_geometric() -> None:
    world, rate = WORLD.copy(), 0.1
    world.scenario.exposure_rate = rate
    waits = []
    for week in range(4000):
        case = case_against(world, 1, culprit=0)
        case.begun = week
        attribute(world, 0, week)
        waits.append(int(case.exposed) - week)
    assert min(waits) == 1
    error = math.sqrt(1 - rate) / rate / math.sqrt(len(waits))
    assert abs(np.mean(waits) - 1 / rate) < 4 * error
    assert abs(np.mean(np.array(waits) == 1) - rate) < 4 * math.sqrt(rate * (1 - rate) / len(waits))
    assert weekly_rate(rate) > rate


@pytest.mark.parametrize(("culprit", "rate"), [(1, 1.0), (0, 0.0)])
def test_nothing_comes_to_light_of_what_is_right_or_where_nothing_does(culprit: int, rate: float) -> None:
    world = WORLD.copy()
    world.scenario.exposure_rate = rate
    case = case_against(world, 1, culprit=culprit)
    attribute(world, 0, 5)
    assert (case.right, case.exposed) == (int(culprit == 1), NEVER)


def test_after_the_case_has_left_the_docket_nothing_comes_to_light() -> None:
    world = begun(short(values={"scenario.investigation.exposure_rate": 0.004}, weeks=400), ledger=4096)
    drawn: dict[tuple[int, int], int] = {}
    for week in walk(world, 400):
        new = world.cases[(world.cases.attributed == week) & (world.cases.exposed != NEVER)]
        drawn |= {(case.begun, case.entity): case.exposed for case in new}
    ended = world.ledger[: world.council.ledger_rows[0]]
    expires = world.ledger_tracks[: len(TRACKS) * len(ended)].reshape(-1, len(TRACKS)).expires.max(axis=1)
    held = np.maximum(ended.resolved, expires)
    keys = [(case.begun, case.entity) for case in ended]
    late = [drawn[key] > last for key, last in zip(keys, held, strict=True) if key in drawn]
    told = [week for key, week in zip(keys, ended.exposed.tolist(), strict=True) if key in drawn]
    assert [week == NEVER for week in told] == late
    assert {True, False} == set(late)
    still_held = (world.cases.status != EMPTY) & (world.cases.exposed >= 0) & (world.cases.exposed < 400)
    assert world.books.exposed[0] == late.count(False) + still_held.sum()

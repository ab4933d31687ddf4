"""What may be taken, by whom, against whom and when: read from the ledgers of many runs."""

import math
from datetime import date, timedelta
from typing import Any

import numpy as np
import pytest
from support.invariants import Taken, check_ledger, check_votes, taken, wrongful
from support.worlds import History, begun, homes, kinds, random_configuration, row_of, short, walk

from agents.catalogue import STATE
from agents.union.case import Case
from agents.union.docket import CLOSED, NEVER, OPEN, PREPARING, enter
from agents.union.response import decide, nearest_measure, target_of
from model.catalogues import Measure
from model.configuration import Configuration
from model.deterrence import DeterrenceModel
from model.ensemble import run_one


@pytest.fixture(scope="module")
def measures(histories: list[History]) -> list[Taken]:
    found = [each for configuration, run in histories for each in taken(configuration, run.ledger)]
    assert len(found) > 1000
    return found


@pytest.fixture(scope="module")
def cases(histories: list[History]) -> np.recarray:
    return np.concatenate([run.ledger for _, run in histories]).view(np.recarray)


# which measure is prepared


SANCTIONS = ("travel_ban", "asset_freeze", "no_funds")


@pytest.mark.parametrize(
    ("costs", "bites", "chosen"),
    [
        ((0.4, 0.2, 0.3), (0.5, 0.5, 0.5), "asset_freeze"),
        ((0.3, 0.3, 0.3), (0.5, 0.5, 0.5), "travel_ban"),
        ((0.4, 0.3, 0.3), (0.5, 0.5, 0.5), "asset_freeze"),
        ((0.4, 0.2, 0.1), (0.25, 0.75, 1.0), "asset_freeze"),  # as far below as above
        ((0.4, 0.2, 0.1), (0.5, 0.75, 0.75), "travel_ban"),  # nearer comes before cheaper
    ],
)
def test_among_measures_equally_near_the_cheapest_is_prepared_and_then_the_first(
    costs: tuple[float, ...], bites: tuple[float, ...], chosen: str
) -> None:
    configuration = short()
    world = begun(configuration)
    rows = [row_of(configuration.measures, name) for name in SANCTIONS]
    world.measures.bite_low = world.measures.bite_high = 0.0
    world.measures.bite_low[rows] = world.measures.bite_high[rows] = bites
    world.measures.cost[rows], world.measures.floor, world.measures.available = costs, 0.0, 0
    enter(world, 0, 0, 27, 4, 0)
    world.cases[0].suspect, world.cases[0].announced = 0, 0.5
    assert nearest_measure(world, 0, 1, math.inf) == row_of(configuration.measures, chosen)


def test_a_case_goes_cold_in_the_week_in_which_its_time_is_up() -> None:
    world = begun(short(values={"scenario.investigation.investigation_weeks": 10}))
    enter(world, 0, 0, 27, 4, 0)
    case = world.cases[0]
    case.status, case.opened = OPEN, 5
    for week in (6, 14):
        decide(world, 0, week)
        assert (case.status, case.resolved) == (OPEN, NEVER)
    decide(world, 0, 15)
    assert (case.status, case.resolved) == (CLOSED, 15)


# attribution


def test_measures_without_need_of_attribution_are_taken_without_it(measures: list[Taken]) -> None:
    free = [each for each in measures if each.measure.attribution == "none"]
    assert any(each.case.attributed == NEVER for each in free)
    assert any(each.case.suspect == -1 for each in free)
    assert any(each.answer for each in free)
    assert all(each.answer or each.measure.attribution == "none" for each in measures)


def test_measures_that_need_attribution_never_come_without_it(measures: list[Taken]) -> None:
    bound = [each for each in measures if each.measure.attribution != "none"]
    assert {each.measure.attribution for each in bound} == {"actor", "state"}
    assert all(NEVER < each.case.attributed < each.adopted for each in bound)
    assert all(NEVER < each.case.attributed < each.adopted for each in measures if each.answer)


def test_measures_that_need_the_state_need_its_joint_attribution(measures: list[Taken]) -> None:
    bound = [each for each in measures if each.measure.attribution == "state"]
    assert len(bound) > 50
    assert all(NEVER < each.case.joint <= each.adopted for each in bound)
    assert all(each.case.state_confidence > 0 for each in bound)


def test_joint_attribution_names_whom_the_union_attributed(cases: np.recarray) -> None:
    """It comes with the Union's own standard or after it: before that the suspect may still change."""
    joint = cases[cases.joint != NEVER]
    assert len(joint) > 100
    assert (joint.attributed != NEVER).all()
    assert (joint.attributed <= joint.joint).all()


def test_what_is_addressed_to_a_state_never_hits_anybody_else(measures: list[Taken]) -> None:
    to_states = [each for each in measures if each.measure.addressee == "state" and each.target >= 0]
    assert any(each.measure.title.startswith("Non-forcible countermeasures") for each in to_states)
    for each in to_states:
        suspect = int(each.case.suspect)
        assert kinds(each.configuration)[each.target] == STATE
        assert each.target in (suspect, homes(each.configuration)[suspect])
        assert each.configuration.kind(list(each.configuration.perpetrators)[suspect]) in ("state", "proxy")


@pytest.mark.parametrize(
    ("suspect", "certain", "reached"),
    [
        ("major_power_a", 0.9, "major_power_a"),
        ("service_unit_a1", 0.0, None),  # its link to the sponsor is not proven
        ("service_unit_a1", 0.9, "major_power_a"),
        ("ransomware_group_a1", 0.9, None),  # harboured is not sponsored
        ("hacktivists_a1", 0.9, None),
    ],
)
def test_the_way_to_a_state_leads_through_a_proven_link_alone(
    suspect: str, certain: float, reached: str | None
) -> None:
    configuration = short()
    world, names = begun(configuration), list(configuration.perpetrators)
    world.cases.suspect[0], world.cases.state_confidence[0] = names.index(suspect), certain
    target = target_of(world, 0, row_of(configuration.measures, "countermeasures"))
    assert target == (-1 if reached is None else names.index(reached))


def test_measures_hit_their_addressee(measures: list[Taken]) -> None:
    for each in measures:
        if each.measure.addressee == "nobody":
            assert (each.target, each.bite) == (-1, 0.0)
        elif each.answer:
            suspect = int(each.case.suspect)
            reached = suspect if each.measure.addressee == "actor" else homes(each.configuration)[suspect]
            assert each.target == reached


def test_nobody_is_attributed_without_a_clue(cases: np.recarray) -> None:
    assert (cases.clues == cases.clues_culprit + cases.clues_framed + cases.clues_nobody).all()
    assert (cases.clues[(cases.suspect >= 0) | (cases.first_national != NEVER)] > 0).all()
    attributed = cases[cases.attributed != NEVER]
    assert (attributed.opened < attributed.attributed).all()
    assert (attributed.suspect >= 0).all()
    assert (cases.clues_culprit[cases.culprit < 0] == 0).all()
    assert (cases.clues_nobody[cases.culprit >= 0] == 0).all()


def test_flags_of_right_and_wrong_agree_with_who_did_it(cases: np.recarray) -> None:
    attributed = cases.attributed != NEVER
    rightly = (cases.suspect == cases.culprit) & (cases.culprit >= 0)
    assert (cases.right[attributed] == rightly[attributed]).all()
    assert 0 < cases.right[attributed].sum() < attributed.sum()
    assert (cases.right[~attributed] == 0).all()
    assert (cases.first_national_right[cases.culprit < 0] == 0).all()
    assert (cases.framed != cases.culprit)[cases.framed >= 0].all()


# dates, floors, delays


def test_nothing_is_adopted_before_it_exists() -> None:
    """From 2015 on and without burn-in: the toolbox of 2017 and the sanctions of 2019 come when they came."""
    quick = {"doctrine.delay_factor": 0.02, "scenario.investigation.clue_probability": 0.5}
    configuration = short("baseline", "status_quo", quick, weeks=520, burn_in=0)
    first: dict[str, date] = {}
    for replicate in range(8):
        for each in taken(configuration, run_one(configuration, 1, replicate, ledger=True).ledger):
            day = configuration.scenario.time.start + timedelta(weeks=each.adopted)
            assert day >= each.measure.available
            first[each.measure.title] = min(day, first.get(each.measure.title, day))
    late = {m.title: m.available for m in configuration.measures.values() if m.available.year >= 2017}
    adopted_late = {title: day for title, day in late.items() if title in first}
    assert len(adopted_late) >= 4
    assert all(first[title] - day < timedelta(weeks=52) for title, day in adopted_late.items())


def test_programmes_begin_when_they_exist() -> None:
    configuration = short("baseline", weeks=200, burn_in=0)
    awareness = configuration.measures["awareness_raising"]
    begins = math.ceil((awareness.available - configuration.scenario.time.start).days / 7)
    world = begun(configuration)
    costs = {week + 1: float(world.council.programme_cost[0]) for week in walk(world, begins + 5)}
    rise = costs[begins] - costs[begins - 1]
    assert rise == pytest.approx(configuration.doctrine.preventive * awareness.cost / 52, rel=1e-9)
    assert costs[begins + 5] == costs[begins]


def test_a_floor_of_severity_is_respected(measures: list[Taken]) -> None:
    assert all(each.case.severity >= each.measure.floor for each in measures)
    assert any(each.case.severity < each.measure.floor + 0.02 for each in measures)


def weeks_of_preparation(configuration: Configuration, measure: Measure) -> tuple[int, int]:
    low, high = (math.ceil(weeks * configuration.doctrine.delay_factor) for weeks in measure.delay)
    return max(1, low), max(1, high)


def test_preparation_takes_what_the_catalogue_says_and_a_week_at_least(histories: list[History]) -> None:
    checked = 0
    for configuration, run in histories:
        toolbox = list(configuration.measures.values())
        for case in run.ledger:
            if case.reaction >= 0:
                low, high = weeks_of_preparation(configuration, toolbox[case.reaction])
                assert 1 <= low <= case.reaction_due - case.opened <= high
                assert case.reaction_adopted in (NEVER, case.reaction_due)
                checked += 1
            if case.adopted != NEVER:
                assert case.adopted - case.attributed >= case.rounds >= 1
            if case.adopted != NEVER and case.rounds == 1:
                low, high = weeks_of_preparation(configuration, toolbox[case.measure])
                assert 1 <= low <= case.adopted - case.attributed <= high
                checked += 1
    assert checked > 1000


def test_measures_last_as_long_as_the_catalogue_says(measures: list[Taken]) -> None:
    for each in measures:
        expires = each.case.expires if each.answer else each.case.reaction_expires
        assert expires == each.adopted + each.measure.duration


def test_bite_stays_within_the_measures_range_and_nearest_to_what_was_announced(measures: list[Taken]) -> None:
    exact = 0
    for each in measures:
        if each.answer and not each.measure.joinable and each.measure.adoption != "willing":
            low, high = each.measure.bite
            expected = min(high, max(low, each.case.announced))
            assert each.bite == pytest.approx(expected, rel=1e-12)
            exact += 1
    assert exact > 10


# stepping down, and votes


class Followed(Case):
    """A case that writes down what was prepared for it, and how the votes went."""

    def decide(self) -> None:
        prepared, due, measure = self.status == PREPARING, self.due, self.measure
        reaction_due, votes = self.reaction_due, self.model.world.books.votes[0]
        super().decide()
        cast = int(self.model.world.books.votes[0] - votes)
        story = self.model.stories.setdefault((self.begun, self.entity), [])
        if prepared and due == self.model.week:
            story.append((measure, self.measure, self.adopted == self.model.week, self.rounds))
        elif reaction_due != self.model.week:
            assert cast == 0
        assert cast <= 2


class Following(DeterrenceModel):
    case_class = Followed

    def __init__(self, *arguments: Any, **options: Any) -> None:
        self.stories: dict[Any, Any] = {}
        super().__init__(*arguments, **options)


def test_whoever_is_refused_steps_down_to_something_strictly_milder() -> None:
    refused = 0
    for number in (0, 3, 6):
        model = Following(configuration=random_configuration(number, burn_in=0, tempo=2.0), rng=2).run()
        bite = model.world.measures.bite_high
        for story in filter(None, model.stories.values()):
            assert [entry[3] for entry in story] == list(range(1, len(story) + 1))
            for (measure, following, adopted, _), after in zip(story, [*story[1:], None], strict=True):
                assert not (adopted and after)
                assert after is None or after[0] == following
                if not adopted and following != measure:
                    assert bite[following] < bite[measure]
                    refused += 1
    assert refused > 20


# the ledger and the books


def test_the_ledger_adds_up_to_the_books(histories: list[History]) -> None:
    for configuration, run in histories:
        check_ledger(configuration, run)


def test_wrongful_measures_bite_whoever_neither_did_it_nor_is_addressed_as_the_state_behind_it(
    histories: list[History],
) -> None:
    assert all(run.books.wrongful[0] == wrongful(taken(configuration, run.ledger)) for configuration, run in histories)
    assert sum(run.books.wrongful[0] for _, run in histories) > 50


def test_votes_add_up(histories: list[History]) -> None:
    for configuration, run in histories:
        check_votes(configuration, run)


def test_a_routine_measure_shows_no_votes_of_another() -> None:
    """Votes are those of the last decision: where it was routine, nobody voted."""
    nobody_reacts = {"doctrine.support": 0.0, "doctrine.stability": 0.0, "doctrine.cooperative": 0.0}
    configuration = random_configuration(0, burn_in=0, tempo=2.0).with_values(nobody_reacts)
    ledger = run_one(configuration, 2, 0, ledger=True).ledger
    routine = [each.case for each in taken(configuration, ledger) if each.measure.adoption == "routine"]
    assert any(case.rounds > 1 for case in routine)
    assert all(case.votes_for + case.votes_against + case.votes_abstaining == 0 for case in routine)


def test_the_twin_without_toolbox_takes_no_measure(histories: list[History]) -> None:
    for configuration, run in histories:
        if configuration.reference.doctrine.firmness == 0.0:
            assert run.twin is not None
            assert run.twin.books.answered[0] == run.twin.books.votes[0] == run.twin.books.bite[0] == 0
            assert run.twin.books.attributed[0] > 0


def test_the_toolbox_has_row_and_name_in_the_same_order() -> None:
    configuration = short()
    world = begun(configuration)
    freeze = row_of(configuration.measures, "asset_freeze")
    assert world.measures.bite_high[freeze] == configuration.measures["asset_freeze"].bite[1]

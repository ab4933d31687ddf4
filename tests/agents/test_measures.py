"""What may be taken, by whom, against whom and when: from the ledgers of many runs, and from worlds week by week."""

import math
from datetime import date, timedelta
from typing import Any

import numpy as np
import pytest
from support.invariants import Taken, Watch, by_case, check_ledger, check_tracks, check_votes, taken, wrongful
from support.worlds import (
    History,
    begun,
    everything,
    homes,
    kinds,
    lively,
    on_case,
    random_configuration,
    row_of,
    short,
    walk,
)

from agents.catalogue import STATE
from agents.union.case import Case
from agents.union.docket import CLOSED, NEVER, OPEN, enter
from agents.union.measures import proven, target_of
from agents.union.response import decide
from agents.union.tracks import (
    ADOPTED,
    DOSSIER,
    DROPPED,
    JOINT,
    LAPSED,
    OWN,
    PREPARING,
    REACTION,
    REFUSED,
    STATEMENT,
    TRACKS,
    track_row,
)
from model.catalogues import Measure
from model.configuration import Configuration, shipped
from model.deterrence import DeterrenceModel
from model.ensemble import run_one


@pytest.fixture(scope="module")
def measures(histories: list[History]) -> list[Taken]:
    found = [each for configuration, run in histories for each in taken(configuration, run)]
    assert len(found) > 1000
    return found


@pytest.fixture(scope="module")
def cases(histories: list[History]) -> np.recarray:
    return np.concatenate([run.ledger for _, run in histories]).view(np.recarray)


@pytest.fixture(scope="module")
def tracks(histories: list[History]) -> np.recarray:
    return np.concatenate([by_case(run) for _, run in histories]).view(np.recarray)


# one answer, whatever happens


@pytest.mark.parametrize("doctrine", shipped("doctrines"))
@pytest.mark.parametrize("scenario", shipped("scenarios"))
def test_week_after_week_an_answer_stays_within_what_is_intended_and_dossiers_on_the_agenda(
    scenario: str, doctrine: str
) -> None:
    world = begun(lively(scenario, doctrine, weeks=120))
    watch = Watch(world)
    for week in walk(world, 120):
        watch.check(week)
    assert watch.told > 0


@pytest.mark.parametrize("number", range(12))
def test_week_after_week_the_same_holds_of_random_worlds(number: int) -> None:
    configuration = random_configuration(number, tempo=3.0).with_values({"scenario.time.weeks": 150})
    world = begun(everything(configuration) if number % 2 else configuration, seed=number)
    watch = Watch(world)
    for week in walk(world, 150):
        watch.check(week)
    assert watch.told > 20


def test_long_runs_without_weeks_that_go_faster_keep_to_it_too() -> None:
    """Ten years of the illustrative scenario as it is shipped, under those that intend most and list most."""
    for doctrine in ("maximum_pressure", "swift_qmv", "coalition"):
        world = begun(short(doctrine=doctrine, weeks=520))
        watch = Watch(world)
        for week in walk(world, 520):
            watch.check(week)
        assert watch.told > 50


def test_tracks_of_the_ledgers_share_one_answer(histories: list[History]) -> None:
    for configuration, run in histories:
        check_tracks(configuration, run)


def test_every_track_comes_to_every_end(tracks: np.recarray) -> None:
    for kind in range(len(TRACKS)):
        assert {ADOPTED} < set(tracks.stage[:, kind].tolist()), TRACKS[kind]
    ends = {kind: set(tracks.stage[:, kind].tolist()) for kind in (REACTION, STATEMENT, JOINT, DOSSIER, OWN)}
    assert {REFUSED, DROPPED, LAPSED} <= ends[DOSSIER]
    assert {REFUSED, DROPPED} <= ends[OWN] & ends[STATEMENT] & ends[JOINT]
    assert REFUSED in ends[REACTION]


def test_a_dossier_stands_beside_the_answer_of_the_injured(tracks: np.recarray) -> None:
    both = (tracks.stage[:, DOSSIER] == ADOPTED) & (tracks.stage[:, OWN] == ADOPTED)
    assert both.sum() > 5


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
    """But for countermeasures of the injured member, which attributes as a sovereign."""
    bound = [each for each in measures if each.measure.attribution == "state"]
    assert len(bound) > 50
    alone = [each for each in bound if each.kind == OWN]
    assert any(each.case.joint == NEVER for each in alone)
    assert all(NEVER < each.case.joint <= each.adopted for each in bound if each.kind != OWN)
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
        if each.measure.addressee == "nobody":  # assistance, owed among Member States
            assert (each.target, each.bite) == (-1, 0.0)
            assert each.case.victim < len(each.configuration.member_states.members)
        elif each.measure.addressee == "territory":  # a démarche goes to somebody
            assert each.target >= 0
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
    """From 2010 on and without burn-in: the toolbox of 2017 and the sanctions of 2019 come when they came."""
    quick: dict[str, Any] = {"scenario.investigation.clue_probability": 0.5, "scenario.council.agenda": 9}
    quick |= {f"measures.{name}.delay": [1.0, 2.0] for name in on_case(short("baseline"))}
    configuration = short("baseline", "status_quo", quick, weeks=740, burn_in=0)
    first: dict[str, date] = {}
    for replicate in range(16):
        for each in taken(configuration, run_one(configuration, 1, replicate, ledger=True)):
            day = configuration.scenario.time.start + timedelta(weeks=each.adopted)
            assert day >= each.measure.available
            first[each.measure.title] = min(day, first.get(each.measure.title, day))
    late = {m.title: m.available for m in configuration.measures.values() if m.available.year >= 2017}
    adopted_late = {title: day for title, day in late.items() if title in first}
    assert len(adopted_late) >= 4
    assert all(first[title] - day < timedelta(weeks=52) for title, day in adopted_late.items())


def test_programmes_begin_when_they_exist() -> None:
    configuration = short("baseline", weeks=420, burn_in=0)
    awareness = configuration.measures["awareness_raising"]
    begins = math.ceil((awareness.available - configuration.scenario.time.start).days / 7)
    world = begun(configuration)
    costs = {week + 1: float(world.council.running_cost[0]) for week in walk(world, begins + 5)}
    rise = costs[begins] - costs[begins - 1]
    assert rise == pytest.approx(configuration.doctrine.preventive * awareness.cost / 52, rel=1e-9)
    assert costs[begins + 5] == costs[begins]


def test_a_floor_of_severity_is_respected(measures: list[Taken]) -> None:
    assert all(each.case.severity >= each.measure.floor for each in measures)
    assert any(each.case.severity < each.measure.floor + 0.02 for each in measures)


def weeks_of_preparation(configuration: Configuration, measure: Measure) -> tuple[int, int]:
    low, high = (math.ceil(weeks * configuration.doctrine.delay_factor) for weeks in measure.delay)
    return max(1, low), max(1, high)


def test_preparation_takes_what_the_catalogue_says_and_a_week_at_least(
    histories: list[History], measures: list[Taken]
) -> None:
    """From the week in which a track opened: at once for a statement, later for a dossier that had to wait."""
    checked = 0
    for configuration, run in histories:
        toolbox = list(configuration.measures.values())
        for case, tracks in zip(run.ledger, by_case(run), strict=True):
            for kind, opened in ((REACTION, case.opened), (STATEMENT, case.attributed)):
                if tracks[kind].stage in (ADOPTED, REFUSED):
                    low, high = weeks_of_preparation(configuration, toolbox[tracks[kind].measure])
                    assert 1 <= low <= tracks[kind].due - opened <= high
                    assert tracks[kind].adopted in (NEVER, tracks[kind].due)
                    checked += 1
    assert checked > 1000
    for each in measures:
        if each.answer:
            low, high = weeks_of_preparation(each.configuration, each.measure)
            council = each.configuration.scenario.council
            waited = council.patience if each.kind == DOSSIER else 0
            assert low <= each.adopted - each.case.attributed <= high + council.answer_window + waited


def test_measures_last_as_long_as_the_catalogue_says_unless_an_error_comes_to_light(measures: list[Taken]) -> None:
    ended = 0
    for each in measures:
        expires, exposed = each.adopted + each.measure.duration, int(each.case.exposed)
        cut = each.answer and each.track.expires == exposed < expires
        assert cut or each.track.expires == expires
        ended += cut
    assert ended > 20


def shares_alone(each: Taken) -> tuple[float, float]:
    """Share of the Union with which the injured member responds: its own, and at most with all who may support it."""
    own = list(each.configuration.member_states.shares().values())[each.case.victim]
    joint = each.measure.attribution == "state" and NEVER < each.case.joint <= each.adopted
    return own, own + each.configuration.doctrine.support * (1 - own) * joint


def test_bite_is_what_the_measure_is_sized_for_times_the_share_that_carries_it(measures: list[Taken]) -> None:
    exact = 0
    for each in measures:
        if not each.answer:
            continue
        low, high = each.measure.bite
        assert low * (1 - 1e-12) <= each.track.planned <= high
        if not each.voted:
            low, high = shares_alone(each) if each.kind == OWN else (1.0, 1.0)
            assert low * (1 - 1e-12) <= each.track.share <= high * (1 + 1e-12)
            own = each.track.planned * each.track.share
            assert own * (1 - 1e-12) <= each.bite <= own * (1 + each.joined) * (1 + 1e-12)
            exact += 1
    assert exact > 100


# evidence, and votes


class Followed(Case):
    """A case that writes down what its decisions brought, and whether the evidence for them held."""

    def decide(self) -> None:
        world, week = self.model.world, self.model.week
        rows = [track_row(self.row, kind) for kind in range(len(TRACKS))]
        due = [kind for kind in range(STATEMENT, len(TRACKS)) if self.is_due(world.tracks[rows[kind]], week)]
        held = {kind: target_of(world, self.row, world.tracks.measure[rows[kind]]) >= 0 for kind in due}
        held = {kind: known and proven(world, self.row, kind) for kind, known in held.items()}
        reacts = self.is_due(world.tracks[rows[REACTION]], week)
        before = int(world.books.votes[0])
        exposed = self.exposed == week
        super().decide()
        cast = int(world.books.votes[0]) - before
        for kind in due:
            self.model.stories.append((kind, held[kind], exposed, int(world.tracks.stage[rows[kind]])))
        assert cast <= int(reacts) + sum(held.values()) * (not exposed), "votes only on what is due and proven"

    @staticmethod
    def is_due(track: Any, week: int) -> bool:
        return bool(track.stage == PREPARING and track.due == week)


class Following(DeterrenceModel):
    case_class = Followed

    def __init__(self, *arguments: Any, **options: Any) -> None:
        self.stories: list[tuple[int, bool, bool, int]] = []
        super().__init__(*arguments, **options)


def test_nobody_is_asked_to_vote_against_the_facts() -> None:
    """What is due is adopted or refused where its evidence holds, and dropped without a vote where it is gone."""
    found: dict[tuple[bool, bool], set[int]] = {}
    for number in (0, 1, 2, 3):
        model = Following(configuration=random_configuration(number, burn_in=0, tempo=2.0), rng=2).run()
        for _, held, exposed, stage in model.stories:
            found.setdefault((held, exposed), set()).add(stage)
    assert found[True, False] == {ADOPTED, REFUSED}
    assert found[False, False] == {DROPPED}
    assert all(stages == {DROPPED} for (_, exposed), stages in found.items() if exposed)


# the ledger and the books


def test_the_ledger_adds_up_to_the_books(histories: list[History]) -> None:
    for configuration, run in histories:
        check_ledger(configuration, run)


def test_wrongful_measures_bite_whoever_neither_did_it_nor_is_addressed_as_the_state_behind_it(
    histories: list[History],
) -> None:
    assert all(run.books.wrongful[0] == wrongful(taken(configuration, run)) for configuration, run in histories)
    assert sum(run.books.wrongful[0] for _, run in histories) > 50


def test_votes_add_up(histories: list[History]) -> None:
    for configuration, run in histories:
        check_votes(configuration, run)


def test_what_nobody_voted_on_shows_no_votes(measures: list[Taken]) -> None:
    silent = [each.track for each in measures if not each.voted]
    assert len(silent) > 100
    assert all(track.supporting == track.objecting == track.abstaining == 0 for track in silent)


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

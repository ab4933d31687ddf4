"""What is done about a case side by side: one answer shared, dossiers in turn, evidence that must hold."""

import math
from collections.abc import Mapping
from typing import Any

import numpy as np
import pytest
from support.worlds import begun, case_against, row_of, short

from agents.attribution import log_odds
from agents.member_state import exposure_to, readiness
from agents.union.council import fill_agenda
from agents.union.docket import ANSWERED, ANSWERING, CLOSED, NEVER, schedule
from agents.union.effects import bring_into_force
from agents.union.measures import (
    available,
    best_measure,
    expected_preparation,
    fits,
    intensity,
    mildest_listing,
    room_for,
)
from agents.union.response import adopt_reaction, answer, begin_answer, decide, decide_track, open_track, share_alone
from agents.union.tracks import (
    ADOPTED,
    DOSSIER,
    DROPPED,
    JOINT,
    LAPSED,
    NOT_BEGUN,
    OWN,
    PREPARING,
    REACTION,
    REFUSED,
    STATEMENT,
    WAITING,
    pending,
    track_row,
)
from agents.world import World

TOOLBOX = short()
WORLD = begun(TOOLBOX)
MEASURES = list(TOOLBOX.measures)
POWER = row_of(TOOLBOX.perpetrators, "major_power_a")
GROUP = row_of(TOOLBOX.perpetrators, "ransomware_group_a1")
MALTA = row_of(TOOLBOX.member_states.members, "Malta")
SANCTIONS = ("travel_ban", "asset_freeze", "no_funds")


def measure(name: str) -> int:
    return MEASURES.index(name)


def answering(
    intended: float = 1.0,
    *,
    suspect: int = POWER,
    victim: int = 27,
    severity: float = 0.5,
    row: int = 0,
    **options: Any,
) -> World:
    """A case whose answer has just begun, with nothing opened yet; everybody is willing and convinced."""
    world = options.pop("world", None)
    world = WORLD.copy() if world is None else world
    world.member_states.solidarity, world.member_states.standard = 9.0, -9.0
    world.council.highest_standard = -9.0
    case = case_against(world, suspect, victim=victim, severity=severity, row=row)
    case.status, case.window, case.intended = ANSWERING, 26, intended
    for name, value in options.items():
        world.doctrine[name] = value
    case.standard = world.doctrine[0].attribution_confidence
    return world


def put(world: World, kind: int, stage: int, **columns: Any) -> Any:
    """Put a track of the case in row 0 into a stage."""
    track = world.tracks[track_row(0, kind)]
    track.stage = stage
    for name, value in columns.items():
        track[name] = value
    return track


def stages(world: World, row: int = 0) -> list[int]:
    return [int(world.tracks.stage[track_row(row, kind)]) for kind in (STATEMENT, JOINT, DOSSIER, OWN)]


def drawn(world: World) -> float:
    """Let an answer begin week after week, and give the share of those with a statement."""
    opened = 0
    for week in range(3000):
        case = case_against(world, POWER)
        case.begun = week
        begin_answer(world, 0, week)
        opened += int(world.tracks.stage[STATEMENT] == PREPARING)
    return opened / 3000


# one answer, shared


@pytest.mark.parametrize(
    ("tracks", "room"),
    [
        ({}, 1.0),
        ({STATEMENT: (PREPARING, 0.02)}, 0.98),
        ({STATEMENT: (ADOPTED, 0.015)}, 0.985),
        ({STATEMENT: (ADOPTED, 0.015), JOINT: (PREPARING, 0.03)}, 0.955),
        ({STATEMENT: (REFUSED, 0.02), JOINT: (DROPPED, 0.03)}, 1.0),
        ({DOSSIER: (PREPARING, 0.4)}, 0.6),
        ({DOSSIER: (LAPSED, 0.0)}, 1.0),
        ({DOSSIER: (WAITING, 0.0)}, 0.75),  # the mildest listing, a travel ban
    ],
)
def test_what_others_hold_is_taken_and_a_waiting_dossier_keeps_the_mildest_listing(
    tracks: Mapping[int, tuple[int, float]], room: float
) -> None:
    world = answering()
    for kind, (stage, held) in tracks.items():
        put(world, kind, stage, **({"bite": held, "planned": 9.0} if stage == ADOPTED else {"planned": held}))
    world.cases.window = 0  # nothing may open any more
    assert room_for(world, 0, 1, OWN) == pytest.approx(room, abs=1e-12)
    own = {kind: value for kind, value in tracks.items() if kind == DOSSIER}
    assert room_for(world, 0, 1, DOSSIER) == pytest.approx(room + (1.0 - room if own else 0.0), abs=1e-12)


def test_the_injured_member_leaves_room_for_a_dossier_as_long_as_one_may_open() -> None:
    """Beside a dossier, never instead of it."""
    world = answering()
    assert room_for(world, 0, 26, OWN) == pytest.approx(0.75)
    assert room_for(world, 0, 27, OWN) == 1.0
    assert room_for(world, 0, 26, JOINT) == 1.0
    put(world, DOSSIER, DROPPED)
    assert room_for(world, 0, 26, OWN) == 1.0


def test_the_mildest_listing_is_that_of_what_fits_by_now() -> None:
    world = answering(severity=0.5)
    assert mildest_listing(world, 0, 0) == 0.25
    world.measures.available[measure("travel_ban")] = 99
    assert mildest_listing(world, 0, 0) == 0.3
    world.cases.severity = 0.2  # below every floor
    assert mildest_listing(world, 0, 0) == 0.0


@pytest.mark.parametrize(
    ("room", "bite"), [(0.0, 0.0), (-0.1, 0.0), (0.299, 0.0), (0.3, 0.3), (0.4, 0.4), (0.5, 0.5), (2.0, 0.5)]
)
def test_intensity_is_what_is_left_within_the_measures_range(room: float, bite: float) -> None:
    assert intensity(WORLD, measure("asset_freeze"), room) == bite


@pytest.mark.parametrize(
    ("costs", "low", "high", "delays", "chosen"),
    [
        ((0.4, 0.2, 0.3), (0.3, 0.3, 0.3), (0.5, 0.5, 0.5), (30, 30, 30), "asset_freeze"),  # the cheapest
        ((0.3, 0.3, 0.3), (0.3, 0.3, 0.3), (0.5, 0.5, 0.5), (30, 30, 30), "travel_ban"),  # the first
        (
            (0.1, 0.1, 0.9),
            (0.3, 0.3, 0.3),
            (0.5, 0.5, 0.9),
            (30, 30, 30),
            "no_funds",
        ),  # the stronger before the cheaper
        ((0.1, 0.1, 0.1), (0.3, 0.3, 0.3), (0.41, 0.45, 0.44), (30, 30, 30), "asset_freeze"),  # most bite
        ((0.1, 0.1, 0.1), (0.3, 0.3, 0.3), (0.41, 0.45, 0.44), (30, 90, 30), "no_funds"),  # most bite after its delay
        ((0.1, 0.1, 0.1), (0.3, 0.6, 0.6), (0.4, 0.9, 0.9), (30, 30, 30), "travel_ban"),  # no other fits
    ],
)
def test_chosen_is_what_brings_most_discounted_bite_then_the_stronger_the_cheaper_the_first(
    costs: tuple[float, ...], low: tuple[float, ...], high: tuple[float, ...], delays: tuple[float, ...], chosen: str
) -> None:
    world = answering(suspect=GROUP)  # whom nothing against states can reach
    rows = [measure(name) for name in SANCTIONS]
    world.measures.cost[rows], world.measures.bite_low[rows], world.measures.bite_high[rows] = costs, low, high
    world.measures.delay_low[rows] = world.measures.delay_high[rows] = delays
    assert best_measure(world, 0, 0, DOSSIER, 0.5) == measure(chosen)


def test_nothing_is_chosen_where_nothing_fits() -> None:
    assert best_measure(answering(), 0, 0, DOSSIER, 0.24) == -1
    assert best_measure(answering(severity=0.2), 0, 0, DOSSIER, 1.0) == -1
    assert best_measure(answering(), 0, 0, STATEMENT, 0.0) == -1


def test_preparation_is_expected_at_its_mean_and_with_the_doctrines_factor() -> None:
    world = answering(delay_factor=0.5)
    ban = TOOLBOX.measures["travel_ban"]
    assert expected_preparation(world, measure("travel_ban")) == pytest.approx(0.25 * (ban.delay.low + ban.delay.high))


@pytest.mark.parametrize("partners", [0.0, 1.0])
def test_joined_partners_stay_within_what_is_intended_and_share_the_cost(partners: float) -> None:
    for size, intended in ((0.3, 0.9), (0.3, 0.32)):
        world = answering(intended)
        world.cases.backing = 0.5 * partners
        put(world, STATEMENT, ADOPTED, bite=0.01, adopted=1)
        track = put(world, DOSSIER, PREPARING, measure=measure("asset_freeze"), planned=size, due=9)
        decide_track(world, 0, DOSSIER, 9)
        assert (track.stage, track.adopted, track.target) == (ADOPTED, 9, POWER)
        assert track.bite == pytest.approx(min(intended - 0.01, size * (1 + 0.5 * partners)), rel=1e-12)
        assert track.expires == 9 + TOOLBOX.measures["asset_freeze"].duration
        world.books.cost = 0.0
        bring_into_force(world, 0, DOSSIER)
        assert world.books.cost[0] == pytest.approx(TOOLBOX.measures["asset_freeze"].cost / (1 + 0.5 * partners))


def test_partners_join_no_measure_that_is_not_open_to_them() -> None:
    world = answering()
    world.cases.backing = 0.5
    track = put(world, STATEMENT, PREPARING, measure=measure("council_conclusions"), planned=0.02, due=9)
    decide_track(world, 0, STATEMENT, 9)
    assert track.bite == 0.02
    world.books.cost = 0.0
    bring_into_force(world, 0, STATEMENT)
    assert world.books.cost[0] == TOOLBOX.measures["council_conclusions"].cost


# statements


@pytest.mark.parametrize("stability", [0.0, 0.1, 0.5, 1.0])
def test_a_statement_comes_at_its_odds(stability: float) -> None:
    world = WORLD.copy()
    world.doctrine.stability = stability
    ready = stability * world.scenario.statement_readiness[0]
    share = ready / (1 + ready)
    assert abs(drawn(world) - share) <= 4 * math.sqrt(share * (1 - share) / 3000)


def test_a_refused_statement_ends_and_the_rest_of_the_answer_does_not() -> None:
    world = answering()
    world.member_states.solidarity[MALTA] = -9.0
    put(world, STATEMENT, PREPARING, measure=measure("eu_declaration"), planned=0.02, due=9)
    put(world, DOSSIER, WAITING, until=40)
    answer(world, 0, 9)
    assert stages(world) == [REFUSED, NOT_BEGUN, WAITING, NOT_BEGUN]
    assert world.tracks.bite[STATEMENT] == 0.0
    assert (world.cases.answered[0], world.cases.status[0]) == (NEVER, ANSWERING)


# the window


@pytest.mark.parametrize(("week", "opens"), [(26, True), (27, False)])
def test_a_joint_attribution_and_a_dossier_open_within_the_window_alone(week: int, opens: bool) -> None:
    world = answering()
    world.cases.joint = 5
    put(world, STATEMENT, PREPARING, measure=measure("eu_declaration"), planned=0.02, due=60)
    answer(world, 0, week)
    assert stages(world)[1:3] == ([PREPARING, WAITING] if opens else [NOT_BEGUN, NOT_BEGUN])


def test_a_case_is_settled_when_the_window_has_shut_and_nothing_is_pending() -> None:
    for week, pending_until, settled in ((25, 0, False), (26, 0, True), (26, 30, False), (30, 30, True)):
        world = answering(0.1)  # too little for any listing
        if pending_until:
            put(world, STATEMENT, PREPARING, measure=measure("eu_declaration"), planned=0.02, due=pending_until)
        answer(world, 0, week)
        assert (world.cases.resolved[0] == week) == settled, (week, pending_until)
        assert world.cases.status[0] == ((ANSWERED if pending_until else CLOSED) if settled else ANSWERING)


@pytest.mark.parametrize("kind", [STATEMENT, JOINT, DOSSIER, OWN])
def test_whatever_waits_or_is_prepared_is_pending(kind: int) -> None:
    for stage, open_still in (
        (NOT_BEGUN, False),
        (WAITING, True),
        (PREPARING, True),
        (ADOPTED, False),
        (REFUSED, False),
    ):
        world = answering()
        put(world, kind, stage)
        assert pending(world, 0) is open_still


def test_a_case_is_called_when_something_is_due_on_it() -> None:
    world = answering()
    world.cases.next_clue, world.cases.exposed = 200, NEVER
    for setting, due in (
        ({}, 26),
        ({STATEMENT: (PREPARING, {"due": 12})}, 12),
        ({DOSSIER: (WAITING, {"until": 11})}, 11),
        ({STATEMENT: (ADOPTED, {"expires": 8})}, 8),
    ):
        for kind, (stage, columns) in setting.items():
            put(world, kind, stage, **columns)
        schedule(world, 0, 5, 104)
        assert world.calendar[0] == due


@pytest.mark.parametrize(("stage", "fit"), [(NOT_BEGUN, False), (PREPARING, False), (REFUSED, False), (ADOPTED, True)])
def test_the_unions_measures_against_states_follow_the_joint_attribution(stage: int, fit: bool) -> None:
    """In sequence: that all are convinced is not enough, it must have been adopted."""
    world = answering(severity=0.9)
    world.cases.joint = 3
    put(world, JOINT, stage)
    for name in ("arms_embargo", "trade_restrictions", "financial_restrictions"):
        assert fits(world, 0, measure(name), 9, DOSSIER) is fit
    assert fits(world, 0, measure("asset_freeze"), 9, DOSSIER)
    assert fits(world, 0, measure("joint_attribution"), 9, JOINT)


@pytest.mark.parametrize(("suspect", "stage"), [(POWER, ADOPTED), (-1, DROPPED)])
def test_a_demarche_needs_an_addressee(suspect: int, stage: int) -> None:
    world = answering()
    world.cases.suspect = suspect
    put(world, REACTION, PREPARING, measure=measure("demarche"), due=9)
    adopt_reaction(world, 0, 9)
    assert world.tracks.stage[REACTION] == stage


@pytest.mark.parametrize("name", ["article_42_7", "article_222"])
def test_assistance_is_owed_among_member_states_alone(name: str) -> None:
    for victim, owed in ((26, True), (27, False)):
        world = answering(victim=victim, severity=1.0)
        assert available(world, 0, measure(name), 0) is owed
        assert available(world, 0, measure("eu_declaration"), 0)


# the agenda


def waiting(severities: list[float], agenda: int, week: int = 3) -> World:
    """Cases with a dossier each that waits for room on the agenda, all of them noticed in this week."""
    world = WORLD.copy()
    world.scenario.agenda = agenda
    for row, severity in enumerate(severities):
        answering(severity=severity, row=row, world=world)
        answer(world, row, week)
    return world


def in_preparation(world: World) -> list[int]:
    return np.flatnonzero(world.tracks.stage[DOSSIER :: len(world.tracks) // len(world.cases)] == PREPARING).tolist()


def test_the_most_severe_dossiers_are_taken_up_first_and_never_more_than_fit() -> None:
    world = waiting([0.4, 0.9, 0.6, 0.8], agenda=2)
    assert (world.council.waiting[0], world.council.in_preparation[0]) == (4, 0)
    fill_agenda(world, 0, 3)
    assert in_preparation(world) == [1, 3]
    assert (world.council.waiting[0], world.council.in_preparation[0]) == (2, 2)
    fill_agenda(world, 0, 4)
    assert in_preparation(world) == [1, 3], "while both are prepared"
    due = int(world.tracks.due[track_row(1, DOSSIER)])
    decide_track(world, 1, DOSSIER, due)
    fill_agenda(world, 0, due)
    assert in_preparation(world) == [2, 3]
    assert (world.council.waiting[0], world.council.in_preparation[0]) == (1, 2)


def test_equally_severe_dossiers_go_by_the_week_of_the_act_and_then_by_entity() -> None:
    world = waiting([0.5, 0.5, 0.5], agenda=1)
    world.cases.begun[:3], world.cases.entity[:3] = (7, 4, 4), (1, 9, 3)
    fill_agenda(world, 0, 3)
    assert in_preparation(world) == [2]


def test_without_room_on_the_agenda_dossiers_lapse_when_their_patience_ends() -> None:
    world = waiting([0.5], agenda=0)
    last = 3 + int(world.scenario.patience[0])
    for week in range(4, last + 1):
        assert stages(world)[2] == WAITING
        answer(world, 0, week)
        fill_agenda(world, 0, week)
    assert stages(world)[2] == LAPSED
    assert (world.council.waiting[0], world.books.dossiers_lapsed[0]) == (0, 1)
    answer(world, 0, last + 1)
    assert stages(world)[2] == LAPSED, "it does not open anew"


def test_a_dossier_for_which_nothing_fits_any_more_is_dropped_and_the_next_taken_up() -> None:
    world = waiting([0.9, 0.5], agenda=1)
    world.cases.intended[0], world.calendar[0] = 0.1, 99
    fill_agenda(world, 0, 3)
    assert stages(world)[2] == DROPPED
    assert in_preparation(world) == [1]
    assert (world.council.waiting[0], world.council.in_preparation[0]) == (0, 1)
    assert world.calendar[0] == 4, "it is looked at, for it may be settled"


# the gate


@pytest.mark.parametrize(
    ("kind", "name", "column"),
    [
        (STATEMENT, "eu_declaration", "confidence"),
        (JOINT, "joint_attribution", "state_confidence"),
        (DOSSIER, "asset_freeze", "confidence"),
        (DOSSIER, "arms_embargo", "state_confidence"),
    ],
)
@pytest.mark.parametrize("rule", ["unanimity", "qmv", "coalition"])
def test_what_has_lost_its_evidence_is_dropped_without_a_vote(kind: int, name: str, column: str, rule: str) -> None:
    code = ("unanimity", "qmv", "coalition").index(rule)
    for held, stage, votes in ((0.89, DROPPED, 0), (0.9, ADOPTED, 1)):
        world = answering(severity=0.8, voting_rule=code, attribution_confidence=0.9)
        world.cases[column] = held
        put(world, kind, PREPARING, measure=measure(name), planned=0.02, due=9)
        answer(world, 0, 9)
        assert stages(world)[kind - 1] == stage
        assert world.books.votes[0] == votes
        assert world.books.dossiers_dropped[0] == int(kind == DOSSIER and stage == DROPPED)


def test_a_listing_asks_for_the_evidence_that_courts_ask_for() -> None:
    for doctrine, floor, confidence, opens in (
        (0.6, 0.85, 0.84, False),
        (0.6, 0.85, 0.85, True),
        (0.95, 0.85, 0.94, False),
        (0.95, 0.85, 0.95, True),
    ):
        world = answering(attribution_confidence=doctrine)
        world.scenario.evidence_floor = floor
        world.cases.confidence = confidence
        answer(world, 0, 5)
        assert stages(world)[2] == (WAITING if opens else NOT_BEGUN)
        put(world, DOSSIER, PREPARING, measure=measure("asset_freeze"), planned=0.4, due=9)
        answer(world, 0, 9)
        assert stages(world)[2] == (ADOPTED if opens else DROPPED)
    world = answering(attribution_confidence=0.6)
    world.cases.confidence = 0.7  # enough for a declaration
    put(world, STATEMENT, PREPARING, measure=measure("eu_declaration"), planned=0.02, due=9)
    answer(world, 0, 9)
    assert stages(world)[0] == ADOPTED


# those who respond on their own


def injured(**options: Any) -> World:
    """A case of Malta's, which has the will to respond."""
    world = answering(victim=MALTA, severity=0.8, **options)
    world.cases.willing = 1
    return world


def test_the_injured_member_responds_alone_and_with_its_own_weight() -> None:
    world = injured()
    world.member_states.solidarity = -9.0  # nobody else would
    put(world, OWN, PREPARING, measure=measure("retorsion"), planned=0.3, due=9)
    world.cases.backing = 0.0
    answer(world, 0, 9)
    track = world.tracks[OWN]
    assert (track.stage, track.target) == (ADOPTED, POWER)
    assert track.bite == pytest.approx(0.3 * world.member_states.population[MALTA], rel=1e-12)
    assert world.books.votes[0] == 0


@pytest.mark.parametrize("support", [0.0, 0.4, 1.0])
def test_a_joint_attribution_opens_the_unions_support_to_countermeasures_by_unanimity(support: float) -> None:
    """As far as the doctrine puts effort into it; who declares an abstention takes no part; retorsion is one's own."""
    world, france = injured(support=support), row_of(TOOLBOX.member_states.members, "France")
    world.scenario.stance_noise = 0.0
    own = float(world.member_states.population[MALTA])
    names = measure("countermeasures"), measure("retorsion")
    for stage in (NOT_BEGUN, PREPARING, REFUSED):
        put(world, JOINT, stage, measure=measure("joint_attribution"))
        assert [share_alone(world, 0, name, 9) for name in names] == [own, own]
    put(world, JOINT, ADOPTED)
    assert [share_alone(world, 0, name, 9) for name in names] == [pytest.approx(own + support * (1 - own)), own]
    ready = readiness(world, france, 0, OWN, names[0], 9) - exposure_to(world, france, 0, names[0])
    world.member_states.solidarity[france] -= ready + 0.5 * world.scenario.abstention_margin[0]
    others = 1 - own - world.member_states.population[france]
    assert share_alone(world, 0, names[0], 9) == pytest.approx(own + support * others)
    world.member_states.solidarity[france] = -9.0
    assert share_alone(world, 0, names[0], 9) == own


@pytest.mark.parametrize(("joint", "convinced", "taken"), [(False, False, 0), (False, True, 1), (True, False, 1)])
def test_countermeasures_need_ones_own_attribution_to_the_state_or_the_joint_one(
    joint: bool, convinced: bool, taken: int
) -> None:
    world = injured()
    world.measures.available[measure("retorsion")] = 999
    put(world, JOINT, ADOPTED if joint else PREPARING, due=99)
    world.cases.state_confidence = 0.95
    world.member_states.standard[MALTA] = log_odds(0.95) + (-0.01 if convinced else 0.01)
    answer(world, 0, 5)
    assert stages(world)[3] == (PREPARING if taken else NOT_BEGUN)
    assert world.tracks.measure[OWN] == (measure("countermeasures") if taken else -1)


def test_retorsion_needs_no_attribution_to_a_state_but_the_members_own_conviction_when_taken() -> None:
    for beyond, stage in ((-0.01, ADOPTED), (0.01, DROPPED)):
        world = injured()
        world.cases.state_confidence, world.cases.confidence = 0.0, 0.95
        world.member_states.standard[MALTA] = log_odds(0.95) + beyond
        answer(world, 0, 5)
        assert world.tracks.measure[OWN] == measure("retorsion")
        answer(world, 0, int(world.tracks.due[OWN]))
        assert stages(world)[3] == stage


def test_the_will_to_respond_is_drawn_for_members_alone_unless_a_coalition_decides() -> None:
    for rule, victim, chance in (
        (0, MALTA, 0.5 * 0.4),
        (1, MALTA, 0.5 * 0.4),
        (0, 27, 0.0),
        (2, 27, 0.5),
        (2, MALTA, 0.5),
    ):
        world, willing = WORLD.copy(), 0
        world.doctrine.voting_rule, world.doctrine.support, world.scenario.member_will = rule, 0.5, 0.4
        for week in range(3000):
            case = case_against(world, POWER, victim=victim)
            case.begun = week
            begin_answer(world, 0, week)
            willing += int(case.willing)
        assert abs(willing / 3000 - chance) <= 4 * math.sqrt(chance * (1 - chance) / 3000), (rule, victim)


@pytest.mark.parametrize(("quorum", "stage"), [(14, ADOPTED), (15, REFUSED)])
def test_the_willing_decide_by_a_vote_with_a_quorum(quorum: int, stage: int) -> None:
    world = answering(voting_rule=2, coalition_quorum=quorum)
    world.member_states.solidarity[14:] = -9.0
    world.cases.willing = 1
    put(world, OWN, PREPARING, measure=measure("retorsion"), planned=0.3, due=9)
    answer(world, 0, 9)
    assert stages(world)[3] == stage
    assert world.books.votes[0] == 1
    share = world.member_states.population[:14].sum() if stage == ADOPTED else 0.0
    assert world.tracks.bite[OWN] == pytest.approx(0.3 * share, rel=1e-12)


def test_nobody_responds_on_its_own_without_the_will() -> None:
    world = injured()
    world.cases.willing = 0
    answer(world, 0, 5)
    assert stages(world)[3] == NOT_BEGUN


# where nothing is intended


def test_where_nothing_is_intended_no_track_opens() -> None:
    world = answering(0.0, victim=MALTA)
    world.cases.willing, world.cases.joint = 1, 3
    for week in range(3, 27):
        open_track(world, 0, STATEMENT, week)
        answer(world, 0, week)
    assert stages(world) == [NOT_BEGUN] * 4
    assert world.cases.status[0] == CLOSED
    decide(world, 0, 27)
    assert stages(world) == [NOT_BEGUN] * 4

"""From any week on: what goes on from a copy of a world's tables is what would have gone on without."""

import numpy as np
import pytest

from agents.catalogue import ADOPTION_RULES, NEEDS_NONE, TO_TERRITORY
from agents.member_state import OBJECTS, POSITIONS, SUPPORTS
from agents.union.docket import ANSWERING, LATENT, OPEN
from agents.union.tracks import ADOPTED, DROPPED, NOT_BEGUN, PREPARING, REACTION, REFUSED, STATEMENT, TRACKS, track_row
from agents.world import ARRAYS, World
from model.configuration import Configuration, load_configuration
from model.deterrence import DeterrenceModel
from model.ensemble import run
from model.onward.script import Case, Order, injected, script_of
from model.onward.worlds import at_week, futures, played, under
from model.recording import close_books

SEED, WEEKS = 3, 78
NOT_KEPT = {"series", "in_force", "rungs", "before", "scratch", "at_least"}
"""Tables in which the engines differ by design: what is kept for display, and what lies between two steps."""


@pytest.fixture(scope="module")
def configuration() -> Configuration:
    return load_configuration("baseline", "clear_ladder", {"scenario.time.burn_in": 350, "scenario.time.weeks": WEEKS})


@pytest.fixture(scope="module")
def middle(configuration: Configuration) -> World:
    """A world in the middle of things."""
    return at_week(configuration, SEED, 0, 300)


def same(one: World, other: World, *, but: set[str] = NOT_KEPT) -> list[str]:
    """Tables that differ."""
    used = [slice(0, int(max(each.council[0].rows_used, 1))) for each in (one, other)]
    found = []
    for name in ARRAYS:
        if name in but:
            continue
        a, b = getattr(one, name), getattr(other, name)
        if name in ("cases", "calendar"):
            a, b = a[used[0]], b[used[1]]
        if name == "tracks":
            a, b = (each[: place.stop * len(TRACKS)] for each, place in zip((a, b), used, strict=True))
        if name in ("ended", "due"):
            continue
        if a.tobytes() != b.tobytes():
            found.append(name)
    return found


def a_case(world: World, status: int, *, named: bool = False) -> tuple[int, Case]:
    """Row of a case in this state, and which case it is."""
    rows = [row for row in range(len(world.cases)) if world.cases[row].status == status]
    row = next(row for row in rows if not named or world.cases[row].suspect >= 0)
    return row, Case(int(world.cases[row].entity), int(world.cases[row].begun))


def test_a_run_in_pieces_is_the_run_in_one(configuration: Configuration, middle: World) -> None:
    time = configuration.scenario.time
    whole = played(played(middle, time.burn_in, 300, 377), time.burn_in, 377, time.burn_in + WEEKS)
    close_books(whole, 0, time.burn_in + WEEKS)
    assert whole.books.tobytes() == run(configuration, SEED, [0]).tobytes()


def test_a_copy_leaves_the_world_as_it_was(configuration: Configuration, middle: World) -> None:
    before = middle.copy()
    futures(under(middle, configuration, 300), 300, 20, [1, 2])
    played(middle, 350, 300, 320)
    assert same(before, middle, but=set()) == []


def test_the_future_of_its_own_number_is_the_world_itself(middle: World) -> None:
    own = played(middle.replace(), 300, 300, 340)
    close_books(own, 0, 340)
    assert futures(middle, 300, 40, [0]).books.tobytes() == own.books.tobytes()
    assert futures(middle, 300, 40, [1]).books.tobytes() != own.books.tobytes()


def test_two_policies_that_are_one_have_the_same_futures(configuration: Configuration, middle: World) -> None:
    twins = futures(under(middle, configuration, 300), 300, 52, range(1, 5), keep=True)
    again = futures(under(middle, configuration, 300), 300, 52, range(1, 5), twins)
    for name in ("harm_realised_by_group", "acts_by_kind", "cost"):
        assert np.array_equal(twins.books[name], again.books[name])


def scripted(world: World) -> list[Order]:
    """Orders of every kind."""
    _, case = a_case(world, OPEN, named=True)
    _, other = a_case(world, ANSWERING)
    statement = int(np.flatnonzero(world.measures.category == 2)[0])
    first = world.perpetrators[0]
    return [
        Order(300, "hold", case),
        Order(301, "strike", perpetrator=2, victim=4, activity=3, weeks=1, planted=True),
        Order(301, "strike", perpetrator=0, victim=1, activity=4, weeks=0),
        Order(301, "hold", Case(int(first.entity), 301)),
        Order(302, "ask", case),
        Order(303, "attribute", case),
        Order(303, "take", case, "statement", statement, 0.01),
        Order(304, "take", Case(int(first.entity), 301), "reaction", 0),
        Order(303, "vote", case, "statement", victim=3, activity=POSITIONS.index("objects")),
        Order(304, "restrain", perpetrator=1, weeks=30),
        Order(305, "signal", amount=0.9),
        Order(320, "release", case),
        Order(321, "ask", other),
        Order(322, "attribute", Case(7, 7)),  # of a case that there is not
    ]


def test_the_engines_follow_a_script_to_the_same_bits(configuration: Configuration, middle: World) -> None:
    world = middle.replace(script=script_of(scripted(middle)))
    ours = played(world, 300, 300, 360)
    model = DeterrenceModel.onward(world, configuration, 300, 61)
    while model.week < 360:
        model.step()
    assert same(ours, model.world, but=NOT_KEPT | {"ledger", "ledger_tracks", "votes", "positions", "books"}) == []
    rows, votes = ours.council[0].ledger_rows, ours.council[0].votes_written
    assert ours.ledger[:rows].tobytes() == model.world.ledger[:rows].tobytes()
    assert ours.votes[:votes].tobytes() == model.world.votes[:votes].tobytes()
    close_books(ours, 0, 361)
    assert same(ours, played(middle, 300, 300, 360)) != [], "the script does something"


def test_an_injected_act_is_a_case_in_every_world(configuration: Configuration, middle: World) -> None:
    script = script_of([Order(301, "strike", perpetrator=0, victim=1, activity=4, weeks=2)])
    for policy in (False, True):
        start = under(middle, configuration, 300, reference=policy).replace(script=injected(script))
        ours = played(start, 300, 300, 302)
        case = next(each for each in ours.cases if each.status == LATENT and each.begun == 301 and each.culprit == 0)
        assert (case.victim, case.activity, case.opened, case.succeeded) == (1, 4, 303, 1)


def test_a_case_that_is_held_waits_for_people(middle: World) -> None:
    row, case = a_case(middle, OPEN, named=True)
    holding = middle.replace(script=script_of([Order(300, "hold", case)]))
    held = played(holding, 300, 300, 330)
    assert held.cases[row].attributed < 0
    assert all(held.tracks[track_row(row, kind)].stage == NOT_BEGUN for kind in range(STATEMENT, len(TRACKS)))


def test_people_name_and_take(middle: World) -> None:
    row, case = a_case(middle, OPEN, named=True)
    measure = int(np.flatnonzero((middle.measures.category == 2) & (middle.measures.available <= 300))[0])
    orders = [
        Order(300, "hold", case),
        Order(301, "attribute", case),
        Order(301, "take", case, "statement", measure, 0.02),
    ]
    ours = played(middle.replace(script=script_of(orders)), 300, 300, 302)
    assert ours.cases[row].status == ANSWERING
    assert ours.cases[row].attributed == 301
    track = ours.tracks[track_row(row, STATEMENT)]
    assert (track.stage, track.measure, track.planned) == (PREPARING, measure, 0.02)
    later = played(ours, 300, 302, int(track.due) + 1)
    assert later.tracks[track_row(row, STATEMENT)].stage != PREPARING


def test_a_member_votes_as_it_is_told(middle: World) -> None:
    voted = (middle.measures.category == 2) & (middle.measures.adoption == ADOPTION_RULES.index("consensus"))
    measure = int(np.flatnonzero(voted & (middle.measures.available <= 300))[0])
    votes = []
    for row in range(40):
        its = middle.cases[row]
        if its.status != OPEN or its.suspect < 0:
            continue
        case = Case(int(its.entity), int(its.begun))
        script = [
            Order(300, "hold", case),
            Order(301, "attribute", case),
            Order(301, "take", case, "statement", measure, 0.01),
            *(Order(301, "vote", case, "statement", victim=member, activity=SUPPORTS) for member in range(26)),
            Order(301, "vote", case, "statement", victim=26, activity=OBJECTS),
        ]
        ours = played(middle.replace(script=script_of(script)), 300, 300, 302)
        ours = played(ours, 300, 302, int(ours.tracks[track_row(row, STATEMENT)].due) + 1)
        track = ours.tracks[track_row(row, STATEMENT)]
        if track.stage not in (NOT_BEGUN, DROPPED):  # the evidence may be gone by the time of the vote
            votes.append((int(track.supporting), int(track.objecting), int(track.stage)))
    assert len(votes) > 5
    assert set(votes) == {(26, 1, REFUSED)}


@pytest.mark.parametrize(("position", "stage", "again"), [(OBJECTS, REFUSED, True), (SUPPORTS, ADOPTED, False)])
def test_what_was_refused_may_be_followed_by_another(middle: World, position: int, stage: int, again: bool) -> None:
    consensus = middle.measures.adoption == ADOPTION_RULES.index("consensus")
    known = consensus & (middle.measures.available <= 300) & (middle.measures.addressee != TO_TERRITORY)
    measure = int(np.flatnonzero(known & (middle.measures.attribution == NEEDS_NONE))[0])
    row, case = next(
        (row, Case(int(its.entity), int(its.begun)))
        for row, its in enumerate(middle.cases)
        if its.status == OPEN and its.opened > 280 and middle.tracks[track_row(row, REACTION)].stage == NOT_BEGUN
    )
    members = [Order(301, "vote", case, "reaction", victim=member, activity=position) for member in range(27)]
    first = [Order(300, "hold", case), Order(301, "take", case, "reaction", measure, 0.01), *members]
    ours = played(middle.replace(script=script_of(first)), 300, 300, 302)
    due = int(ours.tracks[track_row(row, REACTION)].due)
    ours = played(ours, 300, 302, due + 1)
    assert ours.tracks[track_row(row, REACTION)].stage == stage
    second = [*first, Order(due + 1, "take", case, "reaction", measure, 0.01)]
    ours = played(ours.replace(script=script_of(second)), 300, due + 1, due + 2)
    track = ours.tracks[track_row(row, REACTION)]
    assert (track.stage == PREPARING) == again
    assert (track.objecting + track.supporting == 0) == again, "its votes are those of the measure that is prepared"


def test_who_holds_back_does_nothing(middle: World) -> None:
    script = script_of([Order(300, "restrain", perpetrator=row, weeks=40) for row in range(len(middle.perpetrators))])
    ours = futures(middle.replace(script=script), 300, 40, [1])
    assert ours.books.acts_by_kind.sum() == 0
    assert futures(middle, 300, 40, [1]).books.acts_by_kind.sum() > 0


def test_asking_partners_brings_a_clue_no_later(middle: World) -> None:
    row, case = a_case(middle, OPEN)
    asked = played(middle.replace(script=script_of([Order(300, "ask", case)])), 300, 300, 301)
    alone = played(middle, 300, 300, 301)
    assert asked.cases[row].next_clue <= alone.cases[row].next_clue
    assert asked.books[0].cost >= alone.books[0].cost


def test_the_script_is_in_the_order_of_weeks_and_refuses_what_cannot_be() -> None:
    table = script_of([Order(9, "signal", amount=0.5), Order(3, "hold", Case(2**63 + 1, 1))])
    assert table.week.tolist() == [3, 9]
    assert table.entity.tolist() == [2**63 + 1, 0]
    assert len(injected(table)) == 0
    with pytest.raises(ValueError, match="strikes twice"):
        script_of([Order(3, "strike", perpetrator=1), Order(3, "strike", perpetrator=1)])
    with pytest.raises(ValueError, match="sing"):
        script_of([Order(3, "sing")])

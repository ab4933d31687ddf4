import json
import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from support.served import SHORT_VALUES, first_answer, small_room

from analysis import open_results
from analysis.story.network import response_edges
from analysis.story.votes import COLUMNS, by_member
from experiments.commands.main import main
from experiments.page.again import WATCHED
from experiments.page.room import Room
from experiments.page.world import watch
from experiments.page.world.evidence import Belief, beliefs
from experiments.running.ledgers import ledger_frame
from model.build import build_world
from model.ensemble import OneRun
from model.errors import ConfigurationError

REPLICATE = 3
VALUES = {"scenario.time.weeks": 156, "scenario.time.burn_in": 156}
"""Long enough for votes and listings, and short enough for a test."""
ASKED = {"setting": {"doctrine": "clear_ladder", "values": VALUES}, "replicate": REPLICATE}


@pytest.fixture(scope="module")
def room(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Room]:
    found = small_room(tmp_path_factory.mktemp("results"))
    yield found
    found.turns.close()


def world_of(room: Room, asked: Any) -> dict[str, Any]:
    return first_answer(watch.world, room, asked)


@pytest.fixture(scope="module")
def place(room: Room) -> watch.Place:
    return watch.place_of(room, room.shelf.setting(ASKED["setting"]), REPLICATE)


@pytest.fixture(scope="module")
def run(place: watch.Place) -> OneRun:
    return watch._run(place)


@pytest.fixture(scope="module")
def found(room: Room) -> dict[str, Any]:
    return world_of(room, ASKED)


def test_acts_add_up_to_the_books_of_the_world_and_of_its_twin(found: dict[str, Any], run: OneRun) -> None:
    severe = [each["severe"] for each in found["activities"]]
    for name, books in (("world", run.books), ("twin", run.twin.books)):  # type: ignore[union-attr]
        acts = found["acts"][name]
        assert len(acts["week"]) == books.acts[0] > 0
        assert sum(severe[rung] for rung in acts["activity"]) == books.severe_acts[0]
        harm = sum(
            found["activities"][rung]["harm"]
            for rung, won in zip(acts["activity"], acts["succeeded"], strict=True)
            if won
        )
        assert harm == pytest.approx(books.harm_realised[0])
        assert 0 <= min(acts["week"]) <= max(acts["week"]) < found["weeks"]


def test_differences_from_the_twin_are_those_that_the_run_counts(found: dict[str, Any], run: OneRun) -> None:
    rows = list(zip(found["differences"]["activity"], found["differences"]["twin_activity"], strict=True))
    books = run.books[0]
    assert sum(ours < 0 for ours, _ in rows) == books.realised_deterred + books.realised_suppressed
    assert sum(theirs < 0 for _, theirs in rows) == books.realised_provoked + books.realised_released
    assert sum(0 <= ours < theirs for ours, theirs in rows) == books.realised_dampened
    assert sum(ours > theirs for ours, theirs in rows) == books.realised_escalated + books.realised_released
    assert len(rows) > 0


def test_positions_are_those_of_the_table_of_votes(found: dict[str, Any], room: Room, place: watch.Place) -> None:
    votes, record = found["votes"], record_of(place, room)
    assert len(votes["positions"]) == len(votes["week"]) == record.counted_votes.height > 0
    for row in by_member(record).iter_rows(named=True):
        member = [name.removesuffix(" °") for name in found["members"]].index(row["member"])
        taken = "".join(positions[member] for positions in votes["positions"])
        assert [taken.count(str(code)) for code in range(len(COLUMNS))] == [row[name] for name in COLUMNS]
    for positions, supporting in zip(votes["positions"], votes["votes_for"], strict=True):
        assert positions.count("0") == supporting


def record_of(place: watch.Place, room: Room) -> Any:
    again = watch._run(place)
    return watch._record(place, again, ledger_frame(place.configuration, again))


def test_responses_are_those_of_the_network(found: dict[str, Any], room: Room, place: watch.Place) -> None:
    edges = response_edges(record_of(place, room))
    assert len(found["responses"]["week"]) == edges["weight"].sum() > 0
    assert sum(found["responses"]["rightly"][row] == 1 for row in range(len(found["responses"]["week"]))) == (
        edges.filter("rightly")["weight"].sum()
    )
    assert sum(bite or 0.0 for bite in found["responses"]["bite"]) == pytest.approx(edges["bite"].sum(), abs=0.01)


def test_measures_of_a_week_are_those_of_the_series(found: dict[str, Any], run: OneRun) -> None:
    adopted = [column for name, column in found["series"].items() if name.startswith("adopted_")]
    weeks, severe = found["responses"]["week"], [each["severe"] for each in found["activities"]]
    acts = found["acts"]["world"]
    for week in range(found["weeks"]):
        assert weeks.count(week) == sum(column[week] for column in adopted)
        assert acts["week"].count(week) == run.series.acts[week]
        rungs = [rung for rung, at in zip(acts["activity"], acts["week"], strict=True) if at == week]
        assert sum(severe[rung] for rung in rungs) == run.series.severe_acts[week]


def test_open_cases_at_the_end_are_those_of_the_ledger(found: dict[str, Any], run: OneRun, place: watch.Place) -> None:
    ledger = ledger_frame(place.configuration, run)
    still = ledger.filter(pl.col("status").is_in(["open", "answering"])).height
    assert sum(week is None for week in found["cases"]["resolved_week"]) == still > 0
    assert all(week is None or week >= 0 for week in found["cases"]["resolved_week"])
    # what a Council cannot know stands apart from what it believes, and the end of a story is not in its middle
    assert not {"suspect", "confidence", "status", "next_act"} & set(found["cases"])


def test_the_last_belief_is_that_of_the_ledger(run: OneRun, place: watch.Place) -> None:
    last = {belief[1:4]: belief for belief in watch._believed(place)}
    seen = 0
    for case in run.ledger:
        key = int(case.begun), int(case.culprit), int(case.victim)
        belief = last.get(key, Belief(0, *key, -1, 0.0))
        assert (belief.suspect, belief.confidence) == (case.suspect, case.confidence)
        assert belief.week < case.opened + place.configuration.scenario.investigation.investigation_weeks + 1
        seen += belief.confidence > 0.0
    assert seen > 10


def test_a_docket_too_small_is_seen(place: watch.Place) -> None:
    world = build_world(place.configuration, cases=2)
    list(beliefs(world, VALUES["scenario.time.burn_in"], VALUES["scenario.time.weeks"]))
    assert world.council[0].overflow


def test_a_world_is_the_run_that_explore_counts(room: Room, run: OneRun, place: watch.Place) -> None:
    setting = room.shelf.setting(ASKED["setting"])
    around, arm = room.ensembles.world(setting), room.ensembles.arm(setting)
    (row,) = room.ensembles.runs(around, arm, range(10)).filter(replicate=REPLICATE).to_dicts()
    assert (row["acts"], row["twin_acts"], row["votes"]) == (
        run.books.acts[0],
        run.twin.books.acts[0],  # type: ignore[union-attr]
        run.books.votes[0],
    )


def test_under_uncertainty_a_replicate_has_its_own_world(room: Room) -> None:
    asked = {"setting": {"values": SHORT_VALUES, "worlds": "posterior"}, "replicate": 1}
    mine, other = (world_of(room, {**asked, "replicate": replicate})["drawn"] for replicate in (1, 2))
    setting = room.shelf.setting(asked["setting"])
    configuration = watch.place_of(room, setting, 1).configuration
    values = {each.path: each.value for each in configuration.parameters()}
    assert mine
    assert mine != other
    assert {path: values[path] for path in mine} == pytest.approx(mine)


def test_the_commands_make_the_same_run_and_tell_its_story(
    room: Room, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    values = {**SHORT_VALUES, "doctrine.clarity": 0.3, "doctrine.voting_rule": "qmv"}
    asked = {"setting": {"doctrine": "clear_ladder", "values": values, "worlds": "posterior"}, "replicate": REPLICATE}
    found = world_of(room, asked)
    monkeypatch.chdir(tmp_path)
    for line in found["command"].splitlines():
        name, *words = shlex.split(line)
        assert name == "deter"
        assert main([*words, "--quiet"]) == 0
    (row,) = open_results(tmp_path / WATCHED).runs.to_dicts()
    run = watch._run(watch.place_of(room, room.shelf.setting(asked["setting"]), REPLICATE))
    assert (row["acts"], row["twin_acts"]) == (run.books.acts[0], run.twin.books.acts[0])  # type: ignore[union-attr]
    assert row["harm_realised"] == run.books.harm_realised[0]
    assert [*(tmp_path / WATCHED / "stories").iterdir()]


def test_a_world_is_small_and_plain(found: dict[str, Any]) -> None:
    text = json.dumps(found, allow_nan=False)
    assert len(text) < 1_000_000
    assert found["invented"].startswith("A model invented")


@pytest.mark.parametrize("replicate", [-1, 20, 1.5, "3", True, None, [1], {"a": 1}, 10**30])
def test_a_replicate_that_is_none_gets_a_message(room: Room, replicate: Any) -> None:
    with pytest.raises(ConfigurationError, match="from 0 to 19"):
        world_of(room, {"setting": {}, "replicate": replicate})


@pytest.mark.parametrize("asked", [None, [], "x", {"setting": {}, "more": 1}, {"setting": {"scenario": "../x"}}])
def test_what_is_no_world_gets_a_message(room: Room, asked: Any) -> None:
    with pytest.raises(ConfigurationError):
        world_of(room, asked)

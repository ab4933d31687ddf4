"""The socket of the page: the latest move wins, and nothing that a browser sends ends it for others."""

import asyncio
import json
import threading
import time
import zlib
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from support.served import served, small_room
from support.wire import Wire, wired
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import connect

from experiments.page import line
from experiments.page.line import LONGEST
from experiments.page.room import Room
from model.errors import ConfigurationError

begun: list[Any] = []
ended: list[Any] = []


async def echo(room: Room, asked: Any) -> AsyncIterator[dict[str, Any]]:
    """Say what was asked, once."""
    yield {"said": asked}


async def steps(room: Room, asked: Any) -> AsyncIterator[dict[str, Any]]:
    """Answer again and again, until asked anew."""
    begun.append(asked)
    try:
        for step in range(1_000_000):
            yield {"asked": asked, "step": step}
            await asyncio.sleep(0.001)
    finally:
        ended.append(asked)


async def wide(room: Room, asked: Any) -> AsyncIterator[dict[str, Any]]:
    """Answer with more than anybody reads."""
    while True:
        yield {"text": "x" * 1_000_000}


async def broken(room: Room, asked: Any) -> AsyncIterator[dict[str, Any]]:
    """Answer once, and break as asked."""
    yield {"said": "so far"}
    kinds: dict[str, Exception] = {
        "runtime": RuntimeError("a secret path"),
        "recursion": RecursionError("a secret path"),
        "value": ZeroDivisionError("a secret path"),
        "wrong": ConfigurationError("is wrong", key="x", value="\ud800\x1b[31m"),
    }
    if asked in kinds:
        raise kinds[asked]
    yield {"nan": float("nan")}


async def slow(room: Room, asked: Any) -> AsyncIterator[dict[str, Any]]:
    """Say what was asked, in an hour if that is to be long."""
    begun.append(asked)
    try:
        await asyncio.sleep(3_600 if asked == "long" else 0)
        yield {"said": asked}
    finally:
        ended.append(asked)


VIEWS = {"echo": echo, "steps": steps, "wide": wide, "broken": broken, "slow": slow}


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with served(small_room(tmp_path_factory.mktemp("results")), offered=VIEWS) as address:
        yield address


@pytest.fixture
def wire(place: str) -> Iterator[Wire]:
    with wired(place) as found:
        yield found


def test_an_answer_comes_under_the_number_of_its_question(wire: Wire) -> None:
    wire.ask("echo", "ä € 𝄞")
    wire.socket.send(json.dumps({"view": "echo", "id": 7, "ask": [1]}))
    heard = [wire.hear() for _ in range(4)]
    assert [each for each in heard if each["id"] == 7] == [
        {"view": "echo", "id": 7, "done": False, "data": {"said": [1]}},
        {"view": "echo", "id": 7, "done": True},
    ]


def test_the_latest_question_wins_and_the_older_is_stopped(wire: Wire) -> None:
    begun.clear()
    ended.clear()
    first = wire.ask("steps", "old")
    assert wire.hear()["id"] == first
    second = wire.ask("steps", "new")
    while wire.hear()["id"] != second:
        pass
    assert {wire.hear()["id"] for _ in range(5)} == {second}
    assert begun == ["old", "new"]
    assert ended == ["old"]


def test_of_a_thousand_moves_few_are_begun_and_the_last_is_answered(wire: Wire) -> None:
    begun.clear()
    for number in range(1_000):
        last = wire.ask("steps", number)
    while wire.hear()["id"] != last:
        pass
    assert begun[-1] == 999
    assert begun == sorted(begun)
    # how many are begun depends on the machine; each was shown at least once, in order
    assert len(begun) <= 1_000


@pytest.mark.parametrize(("asked", "patience"), [(None, 3_600.0), ("short", 0.01)])
def test_what_shows_nothing_is_stopped_if_unwanted_and_else_after_a_while(
    wire: Wire, monkeypatch: pytest.MonkeyPatch, asked: Any, patience: float
) -> None:
    monkeypatch.setattr(line, "PATIENCE", patience)
    begun.clear()
    ended.clear()
    wire.ask("slow", "long")
    until(lambda: begun == ["long"])
    assert wire.answers("slow", asked) == [{"said": asked}]
    assert "long" in ended


def test_views_do_not_stop_each_other(wire: Wire) -> None:
    wire.ask("steps", 1)
    wire.hear()
    assert wire.answers("echo", 2) == [{"said": 2}]


def test_what_a_browser_had_asked_is_stopped_when_it_leaves(place: str) -> None:
    ended.clear()
    with wired(place) as leaving:
        leaving.ask("steps", "left")
        leaving.hear()
    until(lambda: ended == ["left"])


def until(true: Any) -> None:
    last = time.monotonic() + 30
    while not true():
        assert time.monotonic() < last
        time.sleep(0.01)


HOSTILE = {
    "nothing": "",
    "no JSON": "{",
    "no object": "[]",
    "a number": "7",
    "a text": '"view"',
    "null": "null",
    "no number": '{"view": "echo"}',
    "a number that is none": '{"view": "echo", "id": "1"}',
    "infinity": '{"view": "echo", "id": 1e999}',
    "a truth": '{"view": "echo", "id": true}',
    "thousands of digits": '{"view": "echo", "id": ' + "9" * 5_000 + "}",
    "no view": '{"view": null, "id": 1}',
    "a view that is a list": '{"view": ["echo"], "id": 1}',
    "another view": '{"view": "__init__", "id": 1}',
    "half a letter": '{"view": "\\ud800", "id": 1}',
    "what a terminal obeys": '{"view": "\\u001b[31m", "id": 1}',
    "nested deep": "[" * 30_000 + "]" * 30_000,
    "a view nested as deep as can be read": '{"id": 1, "view": ' + "[" * 900 + "]" * 900 + "}",
}


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_what_is_no_question_gets_a_message_and_the_line_lives_on(wire: Wire, text: str) -> None:
    wire.socket.send(text)
    answer = wire.hear()
    assert answer["view"] is None
    assert answer["error"]
    assert answer["error"].isprintable()
    assert len(answer["error"]) < 200
    assert wire.answers("echo", 1) == [{"said": 1}]


def test_bytes_get_a_message(wire: Wire) -> None:
    wire.socket.send(b"\xff\x00")
    assert wire.hear() == {"view": None, "id": None, "error": "messages are texts"}
    assert wire.answers("echo", 1) == [{"said": 1}]


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


@given(st.one_of(JSON, st.fixed_dictionaries({"view": JSON | st.sampled_from(list(VIEWS)), "id": JSON, "ask": JSON})))
@settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_is_sent_the_next_question_is_answered(place: str, message: Any) -> None:
    with wired(place) as wire:
        wire.socket.send(json.dumps(message))
        wire.socket.send(json.dumps({"view": "echo", "id": 10**9, "ask": "next"}))
        while wire.hear() != {"view": "echo", "id": 10**9, "done": True}:
            pass


def test_a_message_too_long_closes_that_line_alone_and_says_why(wire: Wire, place: str) -> None:
    with wired(place) as large:
        large.socket.send("x" * (LONGEST + 1))
        with pytest.raises(ConnectionClosed) as closed:
            large.hear()
        assert closed.value.rcvd is not None
        assert closed.value.rcvd.code == 1009
    assert wire.answers("echo", 1) == [{"said": 1}]


def test_a_message_of_a_hundred_megabytes_closes_that_line_alone(wire: Wire, place: str) -> None:
    def send(large: Wire) -> None:
        large.socket.send("x" * 100_000_000)
        large.hear()

    with wired(place) as large, pytest.raises(ConnectionClosed):
        send(large)
    assert wire.answers("echo", 1) == [{"said": 1}]


def test_a_message_in_many_pieces_has_no_more_room_than_one(wire: Wire, place: str) -> None:
    def send(large: Wire) -> None:
        large.socket.send("x" * 10_000 for _ in range(100))
        large.hear()

    with wired(place) as large, pytest.raises(ConnectionClosed):
        send(large)
    assert wire.answers("echo", 1) == [{"said": 1}]


def test_no_small_frame_becomes_a_large_one(place: str) -> None:
    """Compression is not agreed on, so a bomb is a text like any other."""
    with connect(place.replace("http", "ws") + "/line", origin=place, proxy=None) as socket:  # type: ignore[arg-type]
        assert not socket.protocol.extensions
        socket.send(zlib.compress(b"0" * 10_000_000))
        assert json.loads(socket.recv(30))["error"] == "messages are texts"


def test_who_never_reads_holds_up_nobody_else(place: str) -> None:
    with wired(place) as deaf, wired(place) as other:
        deaf.ask("wide")
        for number in range(20):
            assert other.answers("echo", number) == [{"said": number}]


@pytest.mark.parametrize("kind", ["runtime", "recursion", "value", "nan"])
def test_an_error_of_ours_is_told_without_its_text_and_logged(
    wire: Wire, kind: str, caplog: pytest.LogCaptureFixture
) -> None:
    text = wire.error("broken", kind)
    assert "could not be computed" in text
    assert "secret" not in text
    assert [record.name for record in caplog.records] == ["deter.page"]
    assert wire.answers("echo", 1) == [{"said": 1}]
    assert "could not be computed" in wire.error("broken", kind), "and that view answers again"


def test_wrong_input_is_told_in_letters_that_can_be_seen(wire: Wire) -> None:
    text = wire.error("broken", "wrong")
    assert text.startswith("x")
    assert "is wrong" in text
    assert text.isprintable()
    assert "could not be computed" in wire.error("broken", "nan"), "and that view answers again"


def test_a_page_of_another_site_gets_no_line(place: str) -> None:
    with pytest.raises(InvalidStatus) as refused, wired(place, origin="http://evil.example"):
        pass
    assert refused.value.response.status_code == 403


def test_fifty_lines_at_once_are_answered_each_with_its_own(place: str) -> None:
    heard: dict[int, Any] = {}

    def one(number: int) -> None:
        with wired(place) as wire:
            heard[number] = [wire.answers("echo", [number, turn])[0]["said"] for turn in range(5)]

    threads = [threading.Thread(target=one, args=(number,)) for number in range(50)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert heard == {number: [[number, turn] for turn in range(5)] for number in range(50)}


def test_leaving_in_the_middle_of_everything_leaves_nothing_behind(place: str, tmp_path: Path) -> None:
    """Whoever leaves while a view is being stopped leaves no task: as many views end as have begun."""
    begun.clear()
    ended.clear()
    for _ in range(30):
        with wired(place) as hasty:
            for number in range(20):
                hasty.ask("steps", number)
    until(lambda: len(begun) == len(ended))

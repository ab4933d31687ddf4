"""What may be asked by name, and what else the server gives: its own files, and a doctrine as a file."""

import http.client
import json
import math
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.paths import ROOT
from support.served import served, small_room
from support.wire import wired

from experiments.page.gate import HEADERS, key_of
from experiments.page.room import Room
from experiments.page.server import STATIC
from experiments.page.shelf import MOST_VALUES, shelf_of
from model.configuration import ConfigurationError, load_configuration
from model.loading import load_doctrine


@pytest.fixture(scope="module")
def room(tmp_path_factory: pytest.TempPathFactory) -> Room:
    return small_room(tmp_path_factory.mktemp("results"))


@pytest.fixture(scope="module")
def place(room: Room) -> Iterator[str]:
    with served(room) as address:
        yield address


def get(place: str, path: str, **heads: str) -> tuple[int, str, dict[str, str]]:
    """Status, text and heads of what the server gives for a path, which is sent as it stands."""
    asked = http.client.HTTPConnection(urlsplit(place).netloc, timeout=30)
    try:
        asked.request("GET", path, headers=heads)
        answer = asked.getresponse()
        return answer.status, answer.read().decode("utf-8", "replace"), {k.lower(): v for k, v in answer.getheaders()}
    finally:
        asked.close()


@pytest.mark.parametrize(
    "asked",
    [
        {"scenario": "nowhere"},
        {"doctrine": "../../etc/passwd"},
        {"doctrine": "/etc/passwd"},
        {"scenario": "configs/scenarios/baseline.toml"},
        {"doctrine": "status_quo.toml"},
        {"doctrine": "status_quo\x00"},
        {"worlds": "/dev/zero"},
        {"worlds": ""},
        {"scenario": 7},
        {"scenario": None},
        {"scenario": "x" * 1_000_000},
        {"values": []},
        {"values": {"doctrine.clarity": None}},
        {"values": {"doctrine.clarity": [0.5]}},
        {"values": {"doctrine.clarity": {"__class__": "x"}}},
        {"values": {f"doctrine.{number}": 0.5 for number in range(MOST_VALUES + 1)}},
        {"another": 1},
        *("text", 7, [], True, {"values": 7}),
    ],
    ids=lambda asked: str(asked)[:40],
)
def test_what_the_shelf_does_not_hold_is_refused(room: Room, asked: Any) -> None:
    with pytest.raises(ConfigurationError) as refused:
        room.shelf.setting(asked)
    assert len(str(refused.value)) < 3_000


@pytest.mark.parametrize(
    "values",
    [
        *({"doctrine.clarity": value} for value in (math.nan, math.inf, -math.inf, 1e308, -0.1, 10**400, "0.5", True)),
        *({"scenario.time.weeks": value} for value in (10**12, -1, 0.5, math.nan, "many")),
        *({key: 0.5} for key in ("clarity", "doctrine", "doctrine.", "doctrine.clarity.x", "", ".", "x" * 60_000)),
        {"doctrine.voting_rule": "x" * 60_000},
    ],
    ids=lambda values: str(values)[:40],
)
def test_a_wrong_value_is_told_with_its_key_over_the_line(place: str, values: dict[str, Any]) -> None:
    with wired(place) as wire:
        text = wire.error("parameters", {"values": values})
        assert "could not be computed" not in text
        assert len(text) < 3_000
        assert text.isprintable()
        assert wire.answers("parameters", {})


@pytest.mark.parametrize(
    ("view", "rest"),
    [("explore", None), ("watch", {"replicate": 0}), ("compare", {}), ("surface", {})],
)
def test_runs_that_would_keep_others_waiting_for_minutes_are_refused_over_the_line(
    place: str, view: str, rest: dict[str, Any] | None
) -> None:
    setting = {"values": {"scenario.time.weeks": 5_200}}
    with wired(place) as wire:
        text = wire.error(view, setting if rest is None else {**rest, "setting": setting})
        assert text.startswith("scenario.time.weeks = 5200: makes runs too long for this page")
        assert "`deter compare` in a terminal" in text
        assert wire.answers("command", setting), "the command that makes them is still given"


def test_a_setting_as_large_as_a_message_may_be_is_told_in_a_short_one(place: str) -> None:
    with wired(place) as wire:
        text = wire.error("explore", {"doctrine": "x" * 60_000})
        assert len(text) < 3_000


@pytest.mark.parametrize("kind", ["scenarios", "doctrines"])
def test_a_file_that_is_none_is_told_before_the_page_opens(tmp_path: Path, kind: str) -> None:
    shipped = ROOT / "configs" / kind / {"scenarios": "baseline.toml", "doctrines": "status_quo.toml"}[kind]
    broken, twin = tmp_path / "broken.toml", tmp_path / shipped.name
    broken.write_text("title = 7")
    twin.write_bytes(shipped.read_bytes())
    for file in (tmp_path / "missing.toml", broken, twin):
        given: dict[str, list[str]] = {"scenarios": [], "doctrines": [], kind: [str(file)]}
        with pytest.raises(ConfigurationError, match=file.name):
            shelf_of(tmp_path, **given, worlds=[])


VALUES = st.dictionaries(
    st.sampled_from(["doctrine.clarity", "doctrine.voting_rule", "scenario.time.weeks", "activities.x.harm"])
    | st.text(),
    st.booleans() | st.integers() | st.floats() | st.text(),
    max_size=3,
)


@given(VALUES)
@settings(max_examples=25)
def test_whatever_values_are_asked_the_setting_is_ready_or_refused(room: Room, values: dict[str, Any]) -> None:
    try:
        configuration = room.shelf.setting({"values": values}).configuration
    except ConfigurationError:
        return
    assert configuration == load_configuration("baseline", "status_quo", values)


@pytest.mark.parametrize("path", ["/", "/static/app.js", "/static/style.css", "/static/vendor/plot.umd.min.js"])
def test_the_page_is_given_under_the_policy(place: str, path: str) -> None:
    status, text, heads = get(place, path)
    assert status == 200
    assert text
    assert heads.items() >= {name.lower(): value for name, value in HEADERS.items()}.items()
    assert "server" not in heads


@pytest.mark.parametrize(
    "path",
    [
        *("/static/../server.py", "/static/..%2fserver.py", "/static/%2e%2e/server.py", "/static/%2e%2e%2fserver.py"),
        *("/static//etc/passwd", "/static/%2fetc%2fpasswd", "/static/....//server.py", "/static/..\\server.py"),
        *("/static/vendor/../../server.py", "/static/%00", "/static/app.js%00.txt", "/static/"),
        *("/../server.py", "/server.py", "/static/vendor", "//etc/passwd", "/%", "/doctrine.toml/../static"),
        f"/static/{'a/' * 4_000}",
    ],
    ids=lambda path: path[:40],
)
def test_no_path_climbs_out_of_the_page_s_own_files(place: str, path: str) -> None:
    status, text, heads = get(place, path)
    assert status in (400, 404, 405)
    assert "import" not in text
    assert "root:" not in text
    assert "Traceback" not in text
    assert "content-security-policy" in heads
    assert get(place, "/")[0] == 200


def test_no_file_of_the_page_is_a_link(place: str) -> None:
    assert [path for path in STATIC.rglob("*") if path.is_symlink()] == []


def doctrine(place: str, setting: Any) -> tuple[int, str, dict[str, str]]:
    return get(place, f"/doctrine.toml?setting={quote(json.dumps(setting))}")


@pytest.mark.parametrize(
    "values", [{}, {"doctrine.clarity": 0.35, "doctrine.voting_rule": "qmv", "doctrine.preventive": 1}]
)
def test_the_doctrine_s_file_reads_back_as_the_doctrine(place: str, tmp_path: Path, values: dict[str, Any]) -> None:
    around = {"scenario.time.weeks": 60}
    status, text, heads = doctrine(place, {"doctrine": "clear_ladder", "values": {**values, **around}})
    assert status == 200
    assert heads["content-disposition"] == "attachment; filename*=UTF-8''clear_ladder_changed.toml"
    file = tmp_path / "mine.toml"
    file.write_text(text, "utf-8")
    read, meant = load_doctrine(str(file)).value, load_configuration("baseline", "clear_ladder", values).doctrine
    texts = {"title", "idea", "source", "sources"}
    assert read.model_dump(exclude=texts) == meant.model_dump(exclude=texts)
    assert ("assumption: set on the page" in text) == bool(values)


@pytest.mark.parametrize(
    "query",
    [
        *("setting=", "setting={", "setting=[]", "setting=7", "setting=%00", "setting=%ff", "setting=null&setting=1"),
        "setting=" + quote(json.dumps({"doctrine": '"; filename="evil.exe'})),
        "setting=" + quote(json.dumps({"doctrine": "x\r\nSet-Cookie: evil=1"})),
        "setting=" + quote(json.dumps({"values": {"doctrine.clarity": "<script>alert(1)</script>"}})),
        "setting=" + quote('{"values": {"doctrine.clarity": NaN}}'),
        "setting=" + quote('{"values": {"doctrine.clarity": ' + "9" * 5_000 + "}}"),
        "setting=" + quote('{"doctrine": "\\ud800"}'),
        "setting=" + "[" * 20_000,
    ],
    ids=lambda query: query[:40],
)
def test_a_hostile_setting_gets_a_message_and_no_file(place: str, query: str) -> None:
    status, text, heads = get(place, f"/doctrine.toml?{query}")
    assert status == 400
    assert heads["content-type"].startswith("text/plain")
    assert heads["x-content-type-options"] == "nosniff"
    assert "set-cookie" not in heads
    assert text.startswith("deter: ")
    assert len(text) < 3_000
    assert text.strip().isprintable()


def test_an_address_longer_than_any_setting_is_refused_and_the_page_lives_on(place: str) -> None:
    with suppress(http.client.HTTPException, OSError):  # the server may hang up in the middle
        assert get(place, "/doctrine.toml?setting=" + "x" * 1_000_000)[0] >= 400
    assert get(place, "/")[0] == 200


@pytest.mark.parametrize("verb", ["POST", "PUT", "DELETE", "OPTIONS", "TRACE"])
def test_nothing_can_be_written(place: str, verb: str) -> None:
    asked = http.client.HTTPConnection(urlsplit(place).netloc, timeout=30)
    asked.request(verb, "/", body=b"x")
    assert asked.getresponse().status == 405
    asked.close()


def test_where_others_listen_the_page_and_its_line_need_the_token(room: Room) -> None:
    key = key_of("0.0.0.0", 0)
    other = small_room(room.shelf.folder)
    with served(other, key) as place:
        assert get(place, "/")[0] == get(place, "/static/app.js")[0] == get(place, "/doctrine.toml")[0] == 403
        status, _, heads = get(place, f"/?token={key.token}")
        assert status == 200
        cookie = heads["set-cookie"].partition(";")[0]
        assert get(place, "/static/app.js", Cookie=cookie)[0] == 200
        assert get(place, "/static/app.js", Cookie=cookie, Origin="http://evil.example")[0] == 403

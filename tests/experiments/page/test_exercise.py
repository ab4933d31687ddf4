"""The exercise over the wire: no chair ever gets what it may not see, and nobody sits without the code."""

import json
import random
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import pytest
from support.exercise import ROLES, SCRIPT, mark, write_exercise
from support.paths import ROOT
from support.served import served
from support.wire import Wire, wired

from experiments.exercise import journal
from experiments.exercise.choices import FACILITATOR
from experiments.exercise.scenario import load_exercise
from experiments.exercise.sight import OF_THE_TABLE, PUBLIC
from experiments.page.exercise.chairs import stored
from experiments.page.exercise.tries import AT_ONCE
from experiments.page.room import Room, room_of
from experiments.page.shelf import shelf_of

CHAIRS = (*ROLES, FACILITATOR)


class Heard(Wire):
    """A connection that keeps every message that it gets, and the chair that sits at it."""

    chair: dict[str, Any]

    def __init__(self, socket: Any) -> None:
        super().__init__(socket)
        self.all: list[dict[str, Any]] = []

    def hear(self) -> dict[str, Any]:
        found = super().hear()
        self.all.append(found)
        return found

    def sit(self, code: str) -> None:
        """Take the chair of a code, and listen to what it sees."""
        (self.chair,) = self.answers("exercise_join", {"code": code})
        self.look()

    def look(self) -> dict[str, Any]:
        """What the chair sees now."""
        number = self.ask("exercise_seat", self.asked())
        while True:
            message = self.hear()
            if message["id"] == number:
                assert "data" in message, message
                return dict(message["data"])

    def asked(self, **more: Any) -> dict[str, Any]:
        return {"folder": self.chair["folder"], "key": self.chair["key"], **more}

    def decide(self, reason: str = "", **choice: Any) -> str:
        """Decide; gives the error, empty where there is none."""
        last = self.until_done(self.ask("exercise_decide", self.asked(choice=choice, reason=reason)))[-1]
        return str(last.get("error", ""))


@contextmanager
def heard(address: str) -> Iterator[Heard]:
    with wired(address) as wire:
        yield Heard(wire.socket)


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_exercise(tmp_path_factory.mktemp("exercises") / "drill.toml")


def room_with(file: Path, folder: Path) -> Room:
    return room_of(shelf_of(folder, scenarios=[], doctrines=[], worlds=[], exercises=[str(file)], replicates=20))


@pytest.fixture(scope="module")
def place(file: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("results")


@pytest.fixture(scope="module")
def address(file: Path, place: Path) -> Iterator[str]:
    with served(room_with(file, place)) as found:
        yield found


def begun(address: str) -> tuple[dict[str, Any], dict[str, str]]:
    """A new exercise: the facilitator's chair, and the codes of all."""
    with heard(address) as wire:
        (wire.chair,) = wire.answers("exercise_begin", {"exercise": "drill"})
        codes: dict[str, str] = wire.look()["codes"]
        return wire.chair, codes


@pytest.fixture
def table(address: str) -> Iterator[dict[str, Heard]]:
    """A new exercise with every chair joined, each over a wire of its own."""
    _, codes = begun(address)
    with ExitStack() as stack:
        wires = {role: stack.enter_context(heard(address)) for role in codes}
        for role, wire in wires.items():
            wire.sit(codes[role])
        yield wires


def possible(role: str, seen: dict[str, Any], wire: Heard, chance: random.Random) -> list[dict[str, Any]]:
    """Choices that this chair may think of, by what it sees."""
    found: list[dict[str, Any]] = [
        {"kind": "answer", "inject": each["inject"], "option": chance.randrange(2)}
        for each in chance.sample(seen["questions"], 1)
    ]
    docket = [each["number"] for each in seen.get("docket", [])]
    if role in ("presidency", "chair"):
        found.append({"kind": "announce", "clarity": chance.random()})
    if role == "red_team":
        own = seen["own"]
        act = {"victim": chance.choice(own["victims"]), "activity": chance.choice(own["activities"])["activity"]}
        found += [{"kind": "strike", "false_flag": True, **act}] if chance.random() < 0.5 else [{"kind": "hold_back"}]
    for case in [*chance.sample(docket, min(1, len(docket))), *docket[:1]]:
        if role == "partner":
            found.append({"kind": "tell", "case": case, "tells": True})
            continue
        (answer,) = wire.answers("exercise_case", wire.asked(case=case))
        able = [each["measure"] for each in answer["measures"] if not each["why_not"]]
        measure = chance.choice(able or [each["measure"] for each in answer["measures"]])
        wire.answers("exercise_votes", wire.asked(case=case, measure=measure))
        if role == "delegation":
            found.append({"kind": "vote", "case": case, "measure": measure, "position": "objects"})
        else:
            kinds = ("take_up", "ask", "attribute")
            found += [{"kind": kind, "case": case} for kind in kinds]
            found.append({"kind": "measure", "case": case, "measure": measure, "strength": chance.random()})
    return found


def why(role: str) -> str:
    return mark("reason", role)


def test_a_whole_play_at_random_tells_no_chair_what_it_may_not_see(table: dict[str, Heard]) -> None:
    chance, leads, made = random.Random(3), table[FACILITATOR], set()
    insert = {"kind": "insert", "title": "Told", "sender": "x", "text": mark("inserted", "partner"), "to": ["partner"]}
    changed = mark("changed text", "nobody yet")
    for turn in range(5):  # one of which is taken back
        if turn == 0:
            assert not leads.decide(why(FACILITATOR), **insert)
        if turn == 2:
            assert not leads.decide(why(FACILITATOR), kind="change", inject="later", text=changed)
        for role in ROLES:
            wire = table[role]
            for choice in possible(role, wire.look(), wire, chance):
                if not wire.decide(why(role), **choice):
                    made.add(choice["kind"])
        if turn == 1:
            assert not leads.decide(kind="pause", paused=True)
            assert "is paused" in table["presidency"].decide(kind="go_on")
            assert not leads.decide(kind="pause", paused=False)
            leads.answers("exercise_effects", leads.asked(round=1))
            assert not leads.decide(why(FACILITATOR), kind="back", round=0)
        else:
            assert not table["presidency"].decide(why("presidency"), kind="go_on")
    assert made >= {"answer", "announce", "take_up", "ask", "vote", "strike", "measure", "tell", "attribute"}
    assert all(wire.look()["over"] for wire in table.values())
    everything = {role: json.dumps(wire.all) for role, wire in table.items()}
    codes = leads.look()["codes"]
    parts = ("title", "sender", "text", "question", "option", "name", "annex", "reason")
    own = {role: {mark(part, role) for part in parts} for role in CHAIRS}
    for role in ROLES:
        secrets = {mark("never", "nobody"), '"truth"', '"culprit"', '"planted"', '"coming"', '"codes"', '"answers"'}
        for other in {*CHAIRS} - {role}:
            secrets |= own[other] | {table[other].chair["key"], codes[other]}
        if role != "partner":
            secrets.add(mark("inserted", "partner"))
        assert {each for each in secrets if each in everything[role]} == set()
        assert {each for each in own[role] if each not in everything[role]} == set(), (
            "what is searched for can be found"
        )
        for message in table[role].all:
            check_message(role, message.get("data") or {})
    of_players = set().union(*(own[role] for role in ROLES)) | {mark("never", "nobody"), '"truth"', '"culprit"'}
    assert {each for each in of_players if each not in everything[FACILITATOR]} == set()


def check_message(role: str, seen: dict[str, Any]) -> None:
    """What comes later is not there yet, and of others' choices only those of which this chair hears."""
    if "sitting" not in seen:
        return
    said = json.dumps(seen)
    for what in (mark("changed text", "nobody yet"), mark("later title", "nobody yet")):
        found = what in said
        assert found == (seen["week"] >= 6)
    for each in seen["made"]:
        union = role in ("presidency", "chair", "delegation")
        assert each["role"] == role or each["choice"]["kind"] in (*PUBLIC, *(OF_THE_TABLE if union else ()))


def test_all_chairs_see_a_choice_at_once(table: dict[str, Heard]) -> None:
    assert not table["chair"].decide(kind="announce", clarity=0.5)
    for wire in table.values():
        message = wire.all[-1] if wire.all[-1].get("data", {}).get("made") else wire.hear()
        assert [each["choice"]["kind"] for each in message["data"]["made"]] == ["announce"]


@pytest.mark.parametrize(
    ("view", "more"),
    [
        ("exercise_seat", {"role": "red_team"}),
        ("exercise_decide", {"role": "facilitator", "choice": {"kind": "pause", "paused": True}}),
        ("exercise_effects", {"round": 0}),
        ("exercise_effects", {"round": 0, "role": "facilitator"}),
    ],
)
def test_no_player_sits_in_another_chair(table: dict[str, Heard], view: str, more: dict[str, Any]) -> None:
    wire = table["delegation"]
    text = wire.error(view, wire.asked(**more))
    assert "is not your chair" in text or "is not shown to this chair" in text


@pytest.mark.parametrize("role", ["partner", "red_team"])
def test_the_council_s_papers_are_the_council_s(table: dict[str, Heard], role: str) -> None:
    number = table["presidency"].look()["docket"][0]["number"]
    wire = table[role]
    assert "is not shown to this chair" in wire.error("exercise_case", wire.asked(case=number))
    asked = wire.asked(case=number, measure="joint_attribution")
    assert "is not shown to this chair" in wire.error("exercise_votes", asked)


def test_the_facilitator_may_sit_in_every_chair_and_then_sees_what_it_sees(table: dict[str, Heard]) -> None:
    leads = table[FACILITATOR]
    for role in ROLES:
        own, theirs = table[role].look(), {}
        number = leads.ask("exercise_seat", leads.asked(role=role))
        while "data" not in theirs or theirs["id"] != number:
            theirs = leads.hear()
        for found in (own, theirs["data"]):
            found.pop("clock")
        assert theirs["data"] == own | {"leads": True, "chairs": theirs["data"]["chairs"]}


def test_codes_are_told_apart_however_they_are_typed(address: str) -> None:
    chair, codes = begun(address)
    assert len(set(codes.values())) == len(codes) == 6
    assert all(len(code) == 6 and code.isupper() for code in codes.values())
    with heard(address) as wire:
        for role, code in codes.items():
            (found,) = wire.answers("exercise_join", {"code": f" {code[:3]} {code[3:].lower()} "})
            assert (found["folder"], found["role"]) == (chair["folder"], role)
        wrong = {"folder": chair["folder"], "key": codes["chair"]}
        assert "join again" in wire.error("exercise_seat", wrong), "a code is no key"


def test_nobody_finds_a_code_by_trying_all(file: Path, tmp_path: Path) -> None:
    with served(room_with(file, tmp_path)) as address, heard(address) as wire:
        chair, codes = begun(address)
        for number in range(AT_ONCE):
            assert "no exercise here has this code" in wire.error("exercise_join", {"code": f"{number:06}"})
        assert "too many wrong codes" in wire.error("exercise_join", {"code": codes["chair"]}), (
            "nor is a right one told"
        )
        wire.chair = chair
        assert wire.look()["role"] == FACILITATOR, "who sits already stays seated"


HOSTILE: list[Any] = [
    *(
        None,
        7,
        "x",
        [],
        {},
        {"folder": "..", "key": ""},
        {"folder": "../..", "key": "x"},
        {"folder": "/etc", "key": "x"},
    ),
    *({"exercise": "../drill"}, {"exercise": "/etc/passwd"}, {"exercise": ""}, {"code": ""}, {"code": "\ud800" * 6}),
    *({"code": ["x"]}, {"folder": "\0", "key": "x"}, {"folder": "x" * 5_000, "key": "\ud800"}),
]
VIEWS = ("begin", "take_up", "join", "seat", "decide", "case", "votes", "effects")


@pytest.mark.parametrize("view", VIEWS)
def test_hostile_questions_get_a_message_and_the_table_goes_on(address: str, place: Path, view: str) -> None:
    before = sorted(path.name for path in place.iterdir())
    with heard(address) as wire:
        for asked in HOSTILE:
            text = wire.error(f"exercise_{view}", asked)
            assert text
            assert "could not be computed" not in text
            if "too many wrong codes" in text:
                break
    assert sorted(path.name for path in place.iterdir()) == before


CHOICES: list[Any] = [
    *(None, [], {}, {"kind": "go_off"}, {"kind": "announce", "clarity": 7}, {"kind": "announce"}),
    *({"kind": "attribute", "case": 10**9}, {"kind": "attribute", "case": -1}, {"kind": "take_up", "case": 1.5}),
    *({"kind": "answer", "inject": SCRIPT, "option": 0}, {"kind": "measure", "case": 1, "measure": "x" * 9_000}),
    *({"kind": "announce", "clarity": 0.5, "role": "facilitator"}, {"kind": "back", "round": 0}),
]


def test_what_cannot_be_decided_gets_a_message_and_changes_nothing(table: dict[str, Heard]) -> None:
    wire = table["presidency"]
    before = wire.look()
    for choice in CHOICES:
        text = wire.until_done(wire.ask("exercise_decide", wire.asked(choice=choice)))[-1]["error"]
        assert "could not be computed" not in text
    assert wire.decide("x" * 9_000, kind="announce", clarity=0.5)
    after = wire.look()
    assert after | {"clock": None} == before | {"clock": None}


def test_an_exercise_lies_in_a_folder_of_its_own_and_no_other_process_writes_it(
    address: str, file: Path, place: Path
) -> None:
    first, _ = begun(address)
    second, codes = begun(address)
    assert first["folder"].rpartition("-")[0] in ("", "drill")
    assert second["folder"] != first["folder"]
    assert (place / second["folder"] / journal.NAME).exists()
    with served(room_with(file, place)) as elsewhere, heard(elsewhere) as wire:
        assert "is being written by" in wire.error("exercise_join", {"code": codes["chair"]})
        assert "has codes for its chairs" in wire.error("exercise_take_up", {"folder": second["folder"]})


def test_an_exercise_from_the_terminal_gets_codes(file: Path, tmp_path: Path) -> None:
    with served(room_with(file, tmp_path)) as address, heard(address) as wire:
        journal.begin(tmp_path / "mine", *load_exercise(str(file)))
        (listed,) = wire.answers("exercises")
        assert listed["lying"] == [{"folder": "mine", "coded": False}]
        assert {"name": "drill", "title": f"Drill {SCRIPT}"} in listed["offered"]
        (wire.chair,) = wire.answers("exercise_take_up", {"folder": "mine"})
        assert set(wire.look()["codes"]) == set(CHAIRS)
        assert "has codes" in wire.error("exercise_take_up", {"folder": "mine"}), "one facilitator is enough"


def test_a_journal_of_another_exercise_is_told(file: Path, tmp_path: Path) -> None:
    (tmp_path / "other").mkdir()
    (tmp_path / "broken").mkdir()
    (tmp_path / "other" / journal.NAME).write_text('{"exercise": {"title": "<b>Other</b>"}}\n')
    (tmp_path / "broken" / journal.NAME).write_text("{\n[]\n")
    with served(room_with(file, tmp_path)) as address, heard(address) as wire:
        assert "is an exercise that is not on offer" in wire.error("exercise_take_up", {"folder": "other"})
        assert "is damaged" in wire.error("exercise_take_up", {"folder": "broken"})


def test_a_server_that_is_killed_and_started_again_goes_on(file: Path, tmp_path: Path) -> None:
    command = [sys.executable, "-m", "experiments.commands.main", "app", "--no-browser", "--port", "0"]
    command += ["--results", str(tmp_path), "--exercise", str(file)]
    server = subprocess.Popen(command, cwd=ROOT, stderr=subprocess.PIPE, text=True)
    try:
        assert server.stderr
        line = next(line for line in server.stderr if "Open http" in line)
        address = line.split()[1].rstrip("/")
        chair, codes = begun(address)
        with heard(address) as wire:
            wire.sit(codes["presidency"])
            assert not wire.decide("why not", kind="announce", clarity=0.5)
            assert not wire.decide(kind="go_on")
            assert not wire.decide("of the second", kind="announce", clarity=1.0)
            player, before = wire.chair, wire.look()
    finally:
        server.kill()
        server.wait()
    assert stored(tmp_path / chair["folder"])["chair"].code == codes["chair"]
    with served(room_with(file, tmp_path)) as again, heard(again) as wire, heard(again) as other:
        wire.chair = player
        assert wire.look() | {"clock": None} == before | {"clock": None}, "the browser sits where it sat"
        other.sit(codes["chair"])
        assert not other.decide(kind="take_up", case=before["docket"][-1]["number"])

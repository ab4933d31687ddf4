"""The comparison of the page is that of the command: the same figures, the same sentences."""

import shlex
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from support.served import SHORT_VALUES, awaited, small_room

from analysis.comparison.by_kind import by_kind
from analysis.comparison.comparison import Comparison, comparison_of, differences, estimates
from analysis.comparison.findings import comparison_findings
from analysis.comparison.pareto import pareto
from analysis.comparison.tables import pareto_sentence, screen_note
from analysis.report.findings import findings
from analysis.results.folder import open_results
from experiments.commands.main import main
from experiments.page import again
from experiments.page.comparing import said, view
from experiments.page.room import Room, room_of
from experiments.page.shelf import shelf_of
from experiments.running.compare import compare_doctrines
from experiments.terminal import publish
from model.errors import ConfigurationError
from model.metrics.catalogue import COMPARED, TRADED

CHANGED = {**SHORT_VALUES, "doctrine.clarity": 0.3}


@pytest.fixture(scope="module")
def room(tmp_path_factory: pytest.TempPathFactory) -> Room:
    return small_room(tmp_path_factory.mktemp("results"), replicates=30)


def answers(room: Room, **asked: Any) -> list[dict[str, Any]]:
    async def all_of() -> list[dict[str, Any]]:
        return [answer async for answer in view.compared(room, asked)]

    return awaited(all_of())


def numbers(rows: list[dict[str, Any]], table: pl.DataFrame) -> None:
    """Hold rows of an answer to be those of a table, to the bit."""
    kept = table.select(list(rows[0])).to_dicts()
    assert rows == kept


def held_to_be_those_of(theirs: Comparison, found: dict[str, Any]) -> None:
    """Hold an answer to be what a folder of results gives."""
    assert found["titles"] == theirs.titles
    numbers(found["levels"], estimates(theirs, COMPARED))
    numbers(found["differences"], differences(theirs, COMPARED))
    numbers(found["traded"], estimates(theirs, TRADED))
    numbers(found["pareto"], pareto(theirs))
    kinds = by_kind(theirs).filter(pl.col("doctrine") != theirs.doctrines[theirs.reference])
    ends = {"mean": "difference", "low": "difference_low", "high": "difference_high"}
    columns = {end: pl.col(name) for end, name in ends.items()}
    numbers(found["kinds"], kinds.select("doctrine", "kind", "metric", "n", "verdict", **columns))
    assert (found["note"], found["pareto_said"]) == (screen_note(theirs), pareto_sentence(theirs))


def test_figures_and_sentences_are_those_of_the_command(
    room: Room, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(publish, "write_figures", lambda *_: None)
    setting = {"doctrine": "clear_ladder", "values": CHANGED}
    *_, found = answers(room, setting=setting, doctrines=["yours", "denial_first"])
    Path("clear_ladder_changed.toml").write_bytes(again.doctrine_file(room.shelf.setting(setting)).encode())
    words = shlex.split(found["command"])
    assert words[0] == "deter"
    assert main([*words[1:], "--out", "out"]) == 0
    results = open_results("out")
    held_to_be_those_of(comparison_of(results), found)
    assert [each["text"] for each in found["findings"]] == [each.text for each in comparison_findings(results)]
    printed = " ".join(capsys.readouterr().out.split())
    for one in found["lead"]:
        assert one["text"] in printed


POSTERIOR: dict[str, Any] = {"setting": {"worlds": "posterior", "values": SHORT_VALUES}, "doctrines": ["clear_ladder"]}


def of_posterior(folder: Path) -> Comparison:
    """What the command makes of `POSTERIOR`, without its figures and tables."""
    more: dict[str, Any] = {"uncertainty": "posterior", "overrides": SHORT_VALUES}
    return compare_doctrines(["clear_ladder", "status_quo"], folder, replicates=30, seed=1, **more)


def test_figures_over_worlds_are_those_of_the_command(
    room: Room, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(view, "REST", 0.0)
    monkeypatch.setattr(said, "findings", lambda _: [])
    first, *_, found, _ = answers(room, **POSTERIOR)
    held_to_be_those_of(of_posterior(tmp_path), found)
    assert first["note"].startswith("Over 20 worlds that agree with the record (posterior), one for each replicate.")


@pytest.mark.slow
def test_over_worlds_all_that_the_brief_says_follows(
    room: Room, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(view, "REST", 0.0)
    *_, before, found = answers(room, **POSTERIOR)
    said = [each["text"] for each in found["findings"]]
    assert said == [each.text for each in findings(of_posterior(tmp_path).results)]
    assert len(said) > len(before["findings"])


def test_few_runs_come_first_and_say_so(room: Room) -> None:
    first, last, whole = answers(room, setting={"values": SHORT_VALUES})
    assert "kinds" not in last
    assert "kinds" in whole
    assert (first["n"], last["n"], last["of"]) == (20, 30, 30)
    assert {row["n"] for row in first["differences"]} == {20}
    assert "over 20 replicates" in first["note"]
    assert {row["n"] for row in last["differences"]} == {30}


def test_this_setting_may_be_what_others_are_compared_with(room: Room) -> None:
    setting = {"doctrine": "clear_ladder", "values": CHANGED}
    *_, found = answers(room, setting=setting, doctrines=["status_quo"], reference="yours")
    assert found["reference"] == "clear_ladder_changed"
    assert "--reference clear_ladder_changed.toml" in found["command"]


def test_a_setting_that_changes_no_doctrine_is_its_doctrine(room: Room) -> None:
    setting = {"doctrine": "clear_ladder", "values": SHORT_VALUES}
    *_, found = answers(room, setting=setting, doctrines=["yours", "clear_ladder"])
    assert list(found["titles"]) == ["clear_ladder", "status_quo"]


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        ({"doctrines": ["clear_lader"]}, "clear_lader"),
        ({"doctrines": ["status_quo"]}, "only one doctrine"),
        ({"doctrines": ["../../etc/passwd"]}, "not on offer"),
        ({"reference": "nobody"}, "not on offer"),
        ({"doctrines": ["none"] * 100}, "doctrines"),
        ({"setting": {"worlds": "elsewhere"}}, "not on offer"),
    ],
)
def test_what_is_wrong_is_said(room: Room, asked: dict[str, Any], words: str) -> None:
    with pytest.raises(ConfigurationError, match=words):
        answers(room, **asked)


def test_a_file_of_worlds_is_carried(tmp_path: Path) -> None:
    worlds = tmp_path / "mine.csv"
    worlds.write_bytes(b"scenario.grievance.grievance_gain\n0.5\n4.0\n")
    room = room_of(shelf_of(tmp_path, scenarios=[], doctrines=[], worlds=[str(worlds)], replicates=20))
    setting = {"worlds": "mine", "values": SHORT_VALUES}
    *_, found = answers(room, setting=setting, doctrines=["clear_ladder"])
    assert found["note"].startswith("Over 2 worlds of mine.csv, one for each replicate.")
    assert f"--uncertainty {worlds}" in found["command"]

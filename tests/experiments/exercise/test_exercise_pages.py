"""What the pages of the documentation say of exercises is so."""

import re
from typing import Any

import pytest
from support.paths import ROOT
from test_docs import explained, sections

from experiments.exercise import scenario
from experiments.exercise.choices import WHO
from experiments.exercise.listed import HEADS
from experiments.exercise.words import VERBS, kind_of, typed
from model.loading import shipped

TABLES: dict[str, Any] = {
    "Keys": scenario.Exercise,
    "World": scenario.Setting,
    "Rounds": scenario.Round,
    "Injects": scenario.Inject,
    "Conditions": scenario.Condition,
    "Acts": scenario.Act,
    "Expectations": scenario.Expectation,
}
HANDBOOKS = ("run-an-exercise", "sit-at-the-table")


@pytest.mark.parametrize("heading", TABLES)
def test_every_key_of_an_exercise_file_is_explained(heading: str) -> None:
    fields = TABLES[heading].model_fields
    keys = {field.serialization_alias or name for name, field in fields.items()}
    more = {"sources"} if heading == "Keys" else set()
    assert explained(sections("reference/exercises.md")[heading]) == keys | more


def test_every_column_of_a_list_is_explained() -> None:
    named = explained(sections("reference/exercises.md")["Lists of injects"])
    assert {name for name in named if not re.search(r"_[18]", name)} == {
        name for name in HEADS if not re.search(r"_\d", name)
    }
    assert {"option_1", "option_8", "attachment_1_title", "attachment_1_text"} <= named


def handbook(name: str) -> str:
    return (ROOT / "docs" / "how-to" / f"{name}.md").read_text("utf-8")


def test_every_shipped_exercise_is_in_the_facilitators_table() -> None:
    assert set(shipped("exercises")) <= explained(handbook("run-an-exercise"))


@pytest.mark.parametrize("name", HANDBOOKS)
def test_what_a_handbook_lets_people_type_can_be_typed(name: str) -> None:
    """Each verb in the first column of a table of what to type, by somebody who may use it."""
    rows = re.findall(r"^\| (`.+?`) \|", handbook(name).partition("| you type |")[2], re.MULTILINE)
    lines = [line for row in rows for line in re.findall(r"`([^`]+)`", row)]
    said = [
        line
        for line in lines
        if line.split()[0] not in ("news", "cases", "case", "votes", "role", "help", "consequences", "again", "truth")
    ]
    assert said
    for line in said:
        entry = typed(line.replace("…", "a text"), "facilitator")
        assert entry.choice.kind in WHO


def test_the_players_page_has_every_verb_of_a_player() -> None:
    page = handbook("sit-at-the-table")
    for verb in VERBS:
        if WHO[kind_of(verb)]:
            assert f"`{verb}" in page, verb


def test_the_players_page_is_one_page() -> None:
    """Printed at ten points on A4 there is room for about 80 lines of 110 letters."""
    lines = [line for line in handbook("sit-at-the-table").splitlines() if line.strip()]
    assert sum(1 + len(line) // 110 for line in lines) <= 72


def test_the_facilitators_handbook_says_that_nobody_has_tried_it() -> None:
    assert "has not been tried with people" in handbook("run-an-exercise")


@pytest.mark.parametrize("name", shipped("exercises"))
def test_rounds_and_what_is_around_them_take_ninety_minutes(name: str) -> None:
    exercise, _ = scenario.load_exercise(name)
    assert sum(each.minutes for each in exercise.rounds.values()) == 75

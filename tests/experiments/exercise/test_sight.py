"""No role's sight holds what it may not see: marks are put into all of it, and searched for."""

import json
from typing import Any

import pytest

from agents.union.docket import CASE
from experiments.exercise.cases import known
from experiments.exercise.choices import FACILITATOR, entry_of
from experiments.exercise.play import Play
from experiments.exercise.scenario import ROLES, Exercise, load_exercise
from experiments.exercise.sight import sight
from model.configuration import Configuration


def marked(exercise: Exercise) -> Exercise:
    """An exercise whose injects tell in every text for whom they are, and whether they are still to come."""
    injects = {}
    for name, inject in exercise.injects.items():
        mark = f"[{name} for {' '.join(inject.to)}]"
        injects[name] = inject.model_copy(update={"text": mark, "title": mark, "attachments": {mark: mark}})
    return exercise.model_copy(update={"injects": injects})


@pytest.fixture(scope="module")
def plays() -> list[Play]:
    """A play at the beginning of each of its rounds."""
    exercise, configuration = load_exercise("discussion_2021")
    play = Play(marked(exercise), configuration)
    found = [play.as_it_stands()]
    while not play.over:
        entry = {"role": FACILITATOR, "choice": {"kind": "insert", "title": "x", "sender": "x", "to": ["partner"]}}
        entry["choice"] |= {"text": f"[inserted {play.round} for partner]"}  # type: ignore[operator]
        play.do(entry_of(entry | {"reason": "[a reason]"}))
        play.do(entry_of({"role": "presidency", "choice": {"kind": "go_on"}, "reason": "[a reason]"}))
        found.append(play.as_it_stands())
    return found


@pytest.mark.parametrize("role", ROLES)
def test_a_role_sees_the_news_that_it_was_sent_and_no_other(plays: list[Play], role: str) -> None:
    for play in plays:
        said = json.dumps(sight(play, role))
        for name, (_, inject) in play.coming.items():
            assert f"[{name} for" not in said, "it has not come yet"
            assert inject.text not in said
        for told in play.news:
            assert (told.inject.text in said) == (role in told.inject.to)
        assert "[a reason]" not in said


def keys_of(value: Any) -> set[str]:
    """Every key anywhere in plain values."""
    if isinstance(value, dict):
        return set(value).union(*map(keys_of, value.values()))
    return set().union(*map(keys_of, value)) if isinstance(value, list) else set()


TRUTH = {"culprit", "framed", "planted", "right", "entity", "begun", "truth", "coming", "exposed", "false_flag"}


@pytest.mark.parametrize("role", ROLES)
def test_no_role_sees_the_truth(plays: list[Play], role: str) -> None:
    assert set(CASE.docs) >= {"culprit", "framed", "planted", "right", "entity", "begun", "exposed"}
    for play in plays:
        assert not keys_of(sight(play, role)) & TRUTH
        said = json.dumps(sight(play, role))
        for row in play.surfaced():
            assert str(int(play.world.cases.entity[row])) not in said, "by its number a case would tell who did it"


def test_who_has_no_seat_in_the_council_sees_no_docket(plays: list[Play]) -> None:
    for play in plays:
        assert "docket" not in sight(play, "red_team")
        for case in sight(play, "partner")["docket"]:
            assert not {"suspect", "confidence", "tracks", "national"} & set(case)


def test_the_facilitator_sees_the_truth(plays: list[Play]) -> None:
    play = plays[-1]
    titles = [each.title for each in play.configuration.perpetrators.values()]
    by_case = {each["case"]: each for each in sight(play, FACILITATOR)["truth"]}
    for row in play.surfaced():
        culprit = int(play.world.cases.culprit[row])
        number = play.numbers.of[known(play.world, row)]
        assert by_case[number]["culprit"] == (titles[culprit] if culprit >= 0 else None)


def test_sights_differ_by_role(plays: list[Play]) -> None:
    configuration: Configuration = plays[0].configuration
    assert sight(plays[1], "delegation")["own"]["name"] == plays[1].exercise.world.delegation
    assert (
        sight(plays[1], "red_team")["own"]["name"]
        == configuration.perpetrators[plays[1].exercise.world.red_team or ""].title
    )

"""An exercise on a screen of 80 characters: all can be read and typed, and no chair reads what it may not see."""

from collections.abc import Callable
from pathlib import Path

import pytest

from experiments.exercise import journal
from experiments.exercise.council import measures_on
from experiments.exercise.scenario import ROLES, load_exercise
from experiments.exercise.words import VERBS
from experiments.terminal.exercise.table import VIEWS, Table
from experiments.terminal.screen import Screen
from model.errors import ConfigurationError

Said = Callable[..., str]


@pytest.fixture(scope="module")
def opened(tmp_path_factory: pytest.TempPathFactory) -> journal.Journal:
    return journal.begin(tmp_path_factory.mktemp("exercise"), *load_exercise("discussion_2021"))


@pytest.fixture
def said(opened: journal.Journal, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Said:
    """What the screen shows when a chair types these lines."""
    monkeypatch.setenv("COLUMNS", "80")

    def typed(role: str, *lines: str, facilitator: bool = False) -> str:
        capsys.readouterr()
        Table(Screen(), opened, role, facilitator=facilitator).serve(lines)
        found = capsys.readouterr()
        return found.out + found.err

    return typed


@pytest.mark.parametrize("role", ROLES)
def test_every_look_fits_and_tells_nothing_that_is_not_the_chairs(
    said: Said, opened: journal.Journal, role: str
) -> None:
    looks = [use.split()[0] for use in VIEWS if use.split()[0] not in ("case", "votes", "role", "quit")]
    more = ["news all", "cases all", "case 1", "votes 1 eu_declaration", "case 101", "truth", "consequences"]
    shown = said(role, *looks, *more)
    assert max(map(len, shown.splitlines())) <= 80
    flat = " ".join(shown.split())
    for inject in opened.play.exercise.injects.values():
        came = any(each.inject == inject for each in opened.play.news)
        assert (inject.title in flat) <= (came and role in inject.to)
    assert "which no player sees" not in shown
    assert "What the choices" not in shown
    assert shown.count("for the facilitator alone") >= 2
    sits = role in ("presidency", "chair", "delegation")
    assert ("confidence" in shown) == ("if the vote were today" in flat) == sits


def test_what_is_typed_is_never_cut(said: Said, opened: journal.Journal) -> None:
    shown = said("presidency", "case 1", "help")
    for each in measures_on(opened.play, "presidency", 1)["measures"]:
        assert each["measure"] in shown.replace(",", " ").replace(".", " ").split()
    for verb in ("announce CLARITY", "measure CASE MEASURE [STRENGTH]", "take back"):
        assert verb in VERBS[verb.split(" C")[0] if " C" in verb else verb].use
        assert verb in shown
    assert all(name in said("presidency", "news") for name in ("minister_calls", "power_cut"))


def test_news_has_its_attachments_and_its_question(said: Said) -> None:
    shown = said("presidency", "news power_cut", "news minister_calls")
    assert "Attached: What the toolbox offers" in shown
    assert "answer minister_calls NUMBER" in shown
    assert "answer minister_calls" not in said("partner", "news all")


def test_countries_of_the_cast_vote_under_their_own_names(said: Said) -> None:
    shown = said("presidency", "votes 1 eu_declaration")
    assert "Lorania" in shown
    assert "Denmark" not in shown


def test_the_facilitator_sees_the_truth_and_what_is_to_come(said: Said) -> None:
    shown = said("facilitator", "truth", facilitator=True)
    assert "Service unit A1" in shown
    assert "water_works" in shown


def test_a_choice_is_told_back_and_can_be_taken_back(said: Said, opened: journal.Journal) -> None:
    shown = said("presidency", "announce 0.7 - so that nobody is surprised", "again", "take back")
    assert "Noted: announce what will follow, with clarity 0.70." in shown
    assert "In this round, presidency: announce" in shown
    assert not opened.play.line


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("case", "case CASE"),
        ("case x", "is not the number of a case"),
        ("case 99", "is no case of this exercise"),
        ("votes 1", "votes CASE MEASURE"),
        ("votes 1 asset_frieze", "did you mean 'asset_freeze'"),
        ("role nobody", "is no chair at this table"),
        ("role facilitator", "start with --facilitator"),
        ("news nothing", "is no news that you got"),
        ("go one", "is no verb"),
    ],
)
def test_what_cannot_be_shown_gets_a_message(said: Said, line: str, told: str) -> None:
    assert told in " ".join(said("presidency", line).split())


def test_nobody_sits_in_a_chair_that_there_is_not(opened: journal.Journal) -> None:
    with pytest.raises(ConfigurationError, match="is no chair"):
        Table(Screen(), opened, "minister", facilitator=False)


def test_a_journal_is_begun_where_none_is(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="cannot be read"):
        journal.resume(tmp_path, *load_exercise("discussion_2021"))

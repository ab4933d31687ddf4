"""The debrief: the truth, what choices caused beside the choices that there were, and what was expected."""

import contextlib
import io
import json
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from experiments.commands.main import main
from experiments.exercise import exports, journal, outputs
from experiments.exercise.cases import options, row_of
from experiments.exercise.choices import FACILITATOR, Entry, entry_of
from experiments.exercise.consequences import COUNTED, DECIDED, NOTHING, consequences, of_worlds
from experiments.exercise.consequences import decided as world_of
from experiments.exercise.debrief.debriefed import caused, debriefed
from experiments.exercise.debrief.doctrines import TABLE, fared
from experiments.exercise.debrief.outcomes import cases_of, expectations_of, polls_of, said
from experiments.exercise.debrief.page import page_of
from experiments.exercise.debrief.procedure import AGREED, BOTH, procedure
from experiments.exercise.debrief.revealed import revealed
from experiments.exercise.debrief.rounds import MOST_ALTERNATIVES, Sat, alternatives, rounds_of
from experiments.exercise.play import Play
from experiments.exercise.scenario import Exercise, load_exercise
from model.configuration import Configuration
from model.errors import ConfigurationError

Loaded = tuple[Exercise, Configuration]
HOSTILE = "=cmd|' /C calc'!A0 <script>alert(1)</script> # not a heading"


def by(role: str, reason: str = "", **choice: Any) -> Entry:
    return entry_of({"role": role, "choice": choice, "reason": reason})


def decided_in(play: Play, number: int) -> list[Entry]:
    """What a table might decide in a round: it announces, attributes what it can, and takes the first measure."""
    found = [by("presidency", HOSTILE, kind="announce", clarity=0.8)] if number == 0 else []
    found.append(by("red_team", kind="hold_back"))
    other = play._copied()
    for case, its in play.numbers.of.items():
        row = row_of(play.world, case)
        if row < 0 or not play.held(case):
            continue
        wanted = [by("chair", "the evidence stands", kind="attribute", case=its)]
        wanted += [
            by("presidency", kind="measure", case=its, measure=each.measure)
            for each in options(play.world, play.configuration, row, play.week)
        ]
        taken = 0
        for entry in wanted:
            try:
                other.do(entry)
            except ConfigurationError:
                continue
            taken += entry.choice.kind == "measure"
            found.append(entry)
            if taken == 1:
                break
    return found


@pytest.fixture(scope="module")
def loaded() -> Loaded:
    return load_exercise("discussion_2021")


@pytest.fixture(scope="module")
def kept(loaded: Loaded, tmp_path_factory: pytest.TempPathFactory) -> journal.Journal:
    """The journal of a whole play, with a branch that was left; not to be changed."""
    opened = journal.begin(tmp_path_factory.mktemp("journal"), *loaded)
    opened.do(by("presidency", kind="go_on"))
    opened.do(by(FACILITATOR, kind="back", round=0))
    for number in range(len(loaded[0].rounds)):
        for entry in decided_in(opened.play, number):
            opened.do(entry)
        for told in opened.play.news:
            if (
                told.inject.question
                and (told.name, "chair") not in opened.play.answers
                and "chair" in told.inject.asked
            ):
                opened.do(by("chair", "first thought", kind="answer", inject=told.name, option=0))
                opened.do(by("chair", "second thought", kind="answer", inject=told.name, option=1))
        opened.do(by("presidency", kind="go_on"))
    assert opened.play.over
    return opened


@pytest.fixture(scope="module")
def played(kept: journal.Journal) -> Play:
    return kept.play


@pytest.fixture(scope="module")
def sats(played: Play) -> list[Sat]:
    return rounds_of(played)


@pytest.fixture(scope="module")
def silent(loaded: Loaded) -> Play:
    """A whole play in which nobody decided anything."""
    play = Play(*loaded)
    while not play.over:
        play.do(by("presidency", kind="go_on"))
    return play


@pytest.fixture(scope="module")
def found(played: Play) -> dict[str, Any]:
    return debriefed(played, number=6, doctrines=["status_quo", "clear_ladder"])


# Rounds


def test_each_choice_belongs_to_its_round_also_after_going_back(loaded: Loaded) -> None:
    play = Play(*loaded)
    play.do(by("presidency", kind="announce", clarity=0.1))
    play.do(by("presidency", kind="go_on"))
    play.do(by("presidency", kind="announce", clarity=0.2))
    play.do(by(FACILITATOR, kind="back", round=1))
    play.do(by("presidency", kind="announce", clarity=0.3))
    clarities = [[entry.choice.clarity for entry in sat.decided] for sat in rounds_of(play)]
    assert clarities == [[0.1], [0.3]]


def test_rounds_have_what_was_decided_in_them(kept: journal.Journal, sats: list[Sat]) -> None:
    counted = ("announce", "attribute", "measure", "hold_back")
    made = [entry for entry in kept.entries if entry.choice.kind in counted]
    assert [entry for sat in sats for entry in sat.decided] == made
    assert [sat.began.week for sat in sats] == [each.week for each in kept.play.rounds]


def test_every_alternative_is_possible_and_another_than_what_was_decided(sats: list[Sat]) -> None:
    names = set()
    for sat in sats:
        others = alternatives(sat)
        names |= {name.split()[0] for name in others}
        assert len(others) <= MOST_ALTERNATIVES
        for entries in others.values():
            assert list(entries) != list(sat.decided)
            world_of(sat.began, entries)  # raises where one is not possible
            assert [each for each in entries if each.choice.kind == "hold_back"], "the red team's choice stays"
    assert "without" in names


def test_without_the_attribution_nothing_rests_on_it(sats: list[Sat]) -> None:
    found = False
    for sat in sats:
        for name, entries in alternatives(sat).items():
            if name.startswith("without attributing case"):
                case, found = int(name.split()[-1]), True
                assert not [e for e in entries if e.choice.kind == "attribute" and e.choice.case == case]
    assert found, "the play has an attribution to leave out"


# What choices caused


def test_the_same_decided_twice_differs_by_nothing(sats: list[Sat]) -> None:
    sat = sats[1]
    world = world_of(sat.began, sat.decided)
    again = world_of(sat.began, sat.decided)
    found = of_worlds(sat.began, {DECIDED: world, "again": again}, number=4)
    assert all(found.differences["again", metric]["mean"] in (0.0, None) for metric in COUNTED)


def test_figures_of_a_round_are_those_of_its_consequences(sats: list[Sat]) -> None:
    sat = sats[0]
    ours, theirs = caused(sat, 6), consequences(sat.began, {DECIDED: sat.decided}, number=6)
    for metric in COUNTED:
        for name in (DECIDED, NOTHING):
            assert ours.levels[name, metric] == theirs.levels[name, metric]


def test_what_the_red_team_does_comes_over_every_alternative(loaded: Loaded) -> None:
    """An act of the red team's is no merit and no fault of the table: it is there whatever the table decides."""
    play = Play(*loaded)
    strike = by("red_team", kind="strike", victim="Altania", activity="disruption")
    play.do(strike)
    (sat,) = rounds_of(play)
    assert sat.own == ()
    assert set(dict(caused(sat, 4).levels)) >= {(DECIDED, COUNTED[0])}
    assert NOTHING not in {name for name, _ in caused(sat, 4).levels}
    theirs = consequences(sat.began, {DECIDED: [strike]}, number=4)
    assert all(theirs.differences[DECIDED, metric]["mean"] in (0.0, None) for metric in COUNTED)


def test_procedure_is_looked_at_where_a_measure_was_taken(sats: list[Sat]) -> None:
    seen = 0
    for sat in sats:
        taken = [entry for entry in sat.decided if entry.choice.kind == "measure"]
        found = procedure(sat, 4)
        assert (found is None) == (not taken)
        if found is not None:
            seen += 1
            assert {name for name, _ in found.levels} == {DECIDED, AGREED, BOTH}
            assert found.weeks == sats[0].began.week + whole_weeks(sats[0]) - sat.began.week - 1
    assert seen


def whole_weeks(first: Sat) -> int:
    return list(first.began.exercise.rounds.values())[-1].week + first.began.exercise.horizon


def test_where_nothing_is_lost_to_procedure_it_changes_nothing(
    sats: list[Sat], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Preparation as long as it is, and no votes but the delegation's own: three times the same worlds."""
    sat = next(each for each in sats if any(entry.choice.kind == "measure" for entry in each.decided))
    monkeypatch.setattr("experiments.exercise.debrief.procedure.QUICK", 1.0)
    found = procedure(sat, 8)
    assert found is not None
    for metric in COUNTED:
        assert found.levels[AGREED, metric] == found.levels[BOTH, metric]


def test_doctrines_meet_the_same_injected_acts_as_the_table(played: Play, sats: list[Sat]) -> None:
    found = fared(played, sats[0], 4, ["status_quo"])
    assert {name for name, _ in found.levels} == {TABLE, "status_quo"}
    assert found.weeks == played.week - played.first, "to the end of the horizon"


# What was true


def test_the_truth_of_an_inject_is_that_of_the_file(played: Play, loaded: Loaded) -> None:
    exercise, configuration = loaded
    told = {each["inject"]: each for each in cases_of(played) if each["inject"]}
    assert told
    for name, each in told.items():
        act = exercise.injects[name].act
        assert act is not None
        assert each["by"] == configuration.perpetrators[act.perpetrator].title
        assert each["victim"] == act.victim
        assert each["what"] == configuration.activities[act.activity].title
        assert each["yours"]
        assert each["right"] is None or each["right"] == (each["suspect"] == each["by"])


def test_no_place_of_the_cast_is_called_by_the_country_whose_place_it_takes(played: Play, loaded: Loaded) -> None:
    text = json.dumps(cases_of(played))
    assert not [name for name in loaded[0].world.cast.values() if f'"{name}"' in text]


def test_who_does_nothing_meets_no_expectation_but_that_of_doing_no_wrong(silent: Play) -> None:
    reached = {each["name"]: each["reached"] for each in expectations_of(silent)}
    kinds = {name: each.reached for name, each in silent.exercise.expectations.items()}
    came = {each.name for each in silent.news}
    for name, kind in kinds.items():
        inject = silent.exercise.expectations[name].inject
        wanted = "not tested" if inject not in came else "yes" if kind == "not_wronged" else "no"
        assert reached[name] == wanted


def test_an_expectation_is_open_while_there_is_time(loaded: Loaded) -> None:
    assert {each["reached"] for each in expectations_of(Play(*loaded))} <= {"open", "not tested"}


def answering(loaded: Loaded, inject: str, measure: str) -> Play:
    """A play in which this measure is taken on the case of an inject as soon as it can be, without attribution."""
    play = Play(*loaded)
    taken = False
    while not play.over:
        case = play.cases.get(inject)
        if case in play.numbers.of and not taken:
            entry = by("presidency", kind="measure", case=play.numbers.of[case], measure=measure)
            with contextlib.suppress(ConfigurationError):
                play.do(entry)
                taken = True
        play.do(by("presidency", kind="go_on"))
    return play


def test_a_measure_that_names_nobody_is_an_answer_in_time_or_late(loaded: Loaded) -> None:
    """A reaction that is adopted on the partner's case: reached by that week, and not a week before."""
    exercise, configuration = loaded
    reactions = (name for name, each in configuration.measures.items() if each.occasion == "case")
    tried = (answering(loaded, "water_works", name) for name in reactions)
    play = next(play for play in tried if play.answered(play.cases["water_works"]) >= 0)
    week = play.answered(play.cases["water_works"]) - play.first
    told = next(each.week for each in play.news if each.name == "water_works")
    for weeks, reached in ((week - told, "yes"), (week - told - 1, "no")):
        expected = exercise.expectations["partner_not_alone"].model_copy(update={"weeks": max(0, weeks)})
        play.exercise = exercise.model_copy(update={"expectations": {"partner_not_alone": expected}})
        if weeks >= 0:
            (found,) = expectations_of(play)
            assert (found["reached"], found["week"]) == (reached, week)


def test_polls_have_the_last_answer_with_its_reason(played: Play) -> None:
    answered = [each for each in polls_of(played) if each["answers"]]
    assert answered
    for each in answered:
        assert each["answers"] == [{"role": "chair", "option": 1, "reason": "second thought"}]


# The doctrine that choices reveal


def test_the_revealed_doctrine_lies_in_its_interval_and_clarity_is_what_was_announced(sats: list[Sat]) -> None:
    found = revealed(sats)
    assert found is not None
    assert 0.0 <= found.agreement <= 1.0
    for best, low, high in zip(found.best, found.low, found.high, strict=True):
        assert low <= best <= high
    assert found.clarity == pytest.approx(0.8)


def test_clarity_is_not_revealed_where_nobody_announced_anything(silent: Play) -> None:
    found = revealed(rounds_of(silent))
    assert found is not None
    assert found.clarity is None


def test_a_group_that_never_decides_is_most_like_a_doctrine_that_asks_for_most(silent: Play) -> None:
    found = revealed(rounds_of(silent))
    assert found is not None
    assert found.best.attribution_confidence >= 0.8


# All of it


def test_a_debrief_is_plain_values_and_the_same_again(found: dict[str, Any], played: Play) -> None:
    assert json.loads(json.dumps(found, allow_nan=False)) == found
    assert len(found["rounds"]) == len(played.rounds)
    assert found["doctrines"]["arms"][0]["name"] == TABLE
    assert debriefed(played, number=6, doctrines=["status_quo", "clear_ladder"]) == found


def test_a_debrief_leaves_the_play_as_it_was(loaded: Loaded) -> None:
    play = Play(*loaded)
    before = play.world.council.tobytes(), list(play.orders), list(play.line)
    debriefed(play, number=2, doctrines=["status_quo"])
    assert (play.world.council.tobytes(), play.orders, play.line) == before


def test_its_brief_has_its_findings(found: dict[str, Any]) -> None:
    text = page_of(found)
    assert 'id="bottom-line"' in text
    assert "alert(1)" not in text, "reasons stay with the table"


# Journals for others


def test_the_table_of_the_journal_has_a_line_for_each_choice(kept: journal.Journal) -> None:
    frame = pl.read_csv(io.BytesIO(exports.csv_of(kept)))
    assert frame.height == len(kept.entries)
    assert frame["branch"].to_list()[:3] == [1, 1, 2]
    assert frame["round"].to_list()[:3] == [1, 2, 1]
    assert frame.filter(kind="announce")["reason"].to_list() == [f"'{HOSTILE}"], "no formula for a spreadsheet"
    values = [json.loads(text) for text in frame["values"]]
    assert values == [entry.choice.model_dump(mode="json") for entry in kept.entries]


def test_the_story_of_the_journal_has_news_choices_and_reasons(kept: journal.Journal) -> None:
    text = exports.markdown_of(kept)
    assert [line for line in text.splitlines() if line.startswith("## ")] == [
        f"## {number}. {exports.text(each.title)}"
        for number, each in enumerate(kept.play.exercise.rounds.values(), start=1)
    ]
    for told in kept.play.news:
        if told.week <= list(kept.play.exercise.rounds.values())[-1].week:
            assert text.count(f"### {exports.text(told.inject.title)}\n") == 1
    assert "the evidence stands" in text
    assert "<script>" not in text
    assert "### What came of them by week" in text


@pytest.mark.parametrize(
    ("words", "written"),
    [
        ("# one\n two", "\\# one two"),
        ("1. one", "1\\. one"),
        ("- one - two", "\\- one - two"),
        ("<b>*x*</b> [y](z)", "\\<b\\>\\*x\\*\\</b\\> \\[y\\](z)"),
        ("It is 4.5 points. Or so.", "It is 4.5 points. Or so."),
    ],
)
def test_markdown_sees_letters_alone(words: str, written: str) -> None:
    assert exports.text(words) == written


def test_every_kind_of_choice_can_be_said(kept: journal.Journal) -> None:
    words = {said(kept.play, entry) for entry in kept.entries}
    assert not [each for each in words if "{" in each or "None" in each]


# The command


def test_the_command_writes_what_is_asked_for(
    kept: journal.Journal, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = str(kept.path.parent)
    monkeypatch.setattr(outputs, "debriefed", lambda play: debriefed(play, number=2, doctrines=["status_quo"]))
    files = ["--export-injects", str(tmp_path / "a.json"), "--export-journal", str(tmp_path / "b.md")]
    assert main(["exercise", "discussion_2021", "--out", folder, "--debrief", *files]) == 0
    shown = capsys.readouterr().out.split()
    assert [Path(each).name for each in shown] == ["a.json", "b.md", "debrief.html", "debrief.json"]
    assert all(Path(each).stat().st_size > 1_000 for each in shown)
    assert json.loads((kept.path.parent / "debrief.json").read_text("utf-8"))["form"] == "deter debrief 1"
    again = ["--injects", str(tmp_path / "a.json"), "--export-journal", str(tmp_path / "b.csv")]
    assert main(["exercise", "discussion_2021", "--out", folder, *again]) == 0, "its own list is the same exercise"


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["--debrief"], "journal.jsonl"),
        (["--export-journal", "b.docx"], "--export-journal = 'b.docx'"),
        (["--export-injects", "b.md"], "--export-injects = 'b.md'"),
        (["--injects", "none.csv"], "none.csv"),
    ],
)
def test_what_cannot_be_written_is_told_in_one_message(
    words: list[str], told: str, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(["exercise", "discussion_2021", "--out", str(tmp_path / "empty"), *words]) == 2
    message = capsys.readouterr().err
    assert told in message
    assert message.count("deter: ") == 1
    assert list(tmp_path.iterdir()) == []

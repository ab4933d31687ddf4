"""A play follows from its entries, whoever chooses what; and ends, with every option taken."""

import random
from typing import Any

import pytest

from experiments.exercise.cases import known, options
from experiments.exercise.choices import FACILITATOR, WHO, Entry, entry_of
from experiments.exercise.debrief.rounds import rounds_of
from experiments.exercise.play import Play, replayed
from experiments.exercise.scenario import Exercise, load_exercise
from experiments.exercise.sight import sight
from model.configuration import Configuration
from model.errors import ConfigurationError
from model.loading import shipped

Loaded = tuple[Exercise, Configuration]


@pytest.fixture(scope="module")
def loaded() -> Loaded:
    return load_exercise("discussion_2021")


@pytest.fixture(scope="module")
def fresh(loaded: Loaded) -> Play:
    return Play(*loaded)


def by(role: str, **choice: Any) -> Entry:
    return entry_of({"role": role, "choice": choice})


def possible(play: Play, chance: random.Random) -> list[Entry]:
    """Choices that may be possible now, one of each kind at least where there are any."""
    found = [by("presidency", kind="announce", clarity=chance.random()), by("red_team", kind="hold_back")]
    found += [by("presidency", kind="take_back")] if chance.random() < 0.2 else []
    setting, configuration = play.exercise.world, play.configuration
    if setting.red_team:
        activity = chance.choice(list(configuration.activities)[1:])
        victim = chance.choice(list(configuration.member_states.members))
        found.append(by("red_team", kind="strike", victim=victim, activity=activity, false_flag=chance.random() < 0.5))
    for row in play.surfaced():
        case = known(play.world, row)
        number = play.numbers.of[case]
        if not play.held(case):
            found += [by("chair", kind="take_up", case=number)] if chance.random() < 0.1 else []
            continue
        found += [by("chair", kind=kind, case=number) for kind in ("leave", "attribute", "ask")]
        found += [by("partner", kind="tell", case=number, tells=chance.random() < 0.5)]
        for each in options(play.world, configuration, row, play.week):
            if not play.objection(row, list(configuration.measures).index(each.measure))[1]:
                strength = chance.random()
                found.append(by("presidency", kind="measure", case=number, measure=each.measure, strength=strength))
            voted = {"kind": "vote", "case": number, "measure": each.measure, "position": "objects"}
            found += [by("delegation", **voted)] if chance.random() < 0.2 else []
    for told in play.news:
        if told.inject.question:
            option = chance.randrange(len(told.inject.question.options))
            found.append(by(chance.choice(told.inject.asked), kind="answer", inject=told.name, option=option))
    for name in play.coming:
        if chance.random() < 0.1:
            kind = chance.choice(["skip", "postpone", "change"])
            given = {"postpone": {"weeks": 3}, "change": {"text": "changed"}, "skip": {}}[kind]
            found.append(by(FACILITATOR, kind=kind, inject=name, **given))
    if play.rounds and chance.random() < 0.05:
        found.append(by(FACILITATOR, kind="back", round=chance.randrange(len(play.rounds))))
    return found


def at_random(exercise: Exercise, configuration: Configuration, seed: int) -> tuple[Play, list[Entry]]:
    """A play in which people choose at random, and its entries."""
    chance, play = random.Random(seed), Play(exercise, configuration)
    entries = []
    while not play.over:
        found = possible(play, chance)
        for entry in chance.sample(found, min(len(found), 8)):
            try:
                play.do(entry)
            except ConfigurationError:
                continue
            entries.append(entry)
        entries.append(by("presidency", kind="go_on"))
        play.do(entries[-1])
    return play, entries


@pytest.mark.parametrize("name", shipped("exercises"))
def test_every_shipped_exercise_ends_whatever_is_chosen(name: str) -> None:
    exercise, configuration = load_exercise(name)
    play, _ = at_random(exercise, configuration, 1)
    assert play.over


@pytest.mark.slow
@pytest.mark.parametrize("name", shipped("exercises"))
def test_in_two_hundred_plays_of_each_every_option_is_taken(name: str) -> None:
    """A thousand in all, none of which fails."""
    exercise, configuration = load_exercise(name)
    chosen: set[Any] = set()
    for seed in range(200):
        _, entries = at_random(exercise, configuration, seed)
        for entry in entries:
            choice = entry.choice
            chosen |= {choice.kind, *((choice.inject, choice.option) for _ in range(choice.kind == "answer"))}
            chosen |= {choice.measure} if choice.kind == "measure" else set()
    asked = {
        (name, option)
        for name, inject in exercise.injects.items()
        if inject.question
        for option in range(len(inject.question.options))
    }
    assert asked - chosen == set()
    assert set(WHO) - chosen - {"insert", "pause"} == set()


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(100))
def test_a_hundred_plays_are_had_again_to_the_bit(loaded: Loaded, seed: int) -> None:
    test_the_same_entries_give_the_same_play_to_the_bit(loaded, seed)


@pytest.mark.parametrize("seed", range(3))
def test_the_same_entries_give_the_same_play_to_the_bit(loaded: Loaded, seed: int) -> None:
    play, entries = at_random(*loaded, seed)
    again = replayed(*loaded, entries)
    assert again.world.ledger.tobytes() == play.world.ledger.tobytes()
    assert again.world.council.tobytes() == play.world.council.tobytes()
    assert again.news == play.news
    assert again.orders == play.orders


def test_the_case_of_an_inject_is_on_the_table(fresh: Play) -> None:
    """Once it has surfaced, and until it is left: the doctrine decides nothing about it."""
    for name, case in fresh.cases.items():
        act = fresh.exercise.injects[name].act
        assert act is not None
        if act.detected:
            assert case in fresh.numbers.of
            assert fresh.held(case)


def test_going_back_gives_the_round_as_it_was(loaded: Loaded) -> None:
    play = Play(*loaded)
    start = play.world.council.tobytes()
    play.do(by("presidency", kind="announce", clarity=0.9))
    play.do(by("presidency", kind="go_on"))
    first = play.world.council.tobytes()
    play.do(by(FACILITATOR, kind="back", round=0))
    assert play.world.council.tobytes() == start
    assert not any(order.order == "signal" for order in play.orders)
    play.do(by("presidency", kind="announce", clarity=0.9))
    play.do(by("presidency", kind="go_on"))
    assert play.world.council.tobytes() == first, "the same choices on the same random numbers"


def test_a_branch_has_the_entries_that_led_to_it(loaded: Loaded) -> None:
    """So that they give the play again, and each entry is counted to its round."""
    play = Play(*loaded)
    led = [by("presidency", kind="announce", clarity=0.9), by("presidency", kind="go_on")]
    for entry in (*led, by("presidency", kind="announce", clarity=0.1), by(FACILITATOR, kind="back", round=1)):
        play.do(entry)
    assert play.line == play.rounds[-1].line == led
    play.do(by("presidency", kind="announce", clarity=0.2))
    assert [[each.choice.clarity for each in sat.decided] for sat in rounds_of(play)] == [[0.9], [0.2]]  # type: ignore[union-attr]


def test_what_is_taken_back_was_not_chosen_and_all_else_stands(loaded: Loaded) -> None:
    play, kept, other = Play(*loaded), by("chair", kind="ask", case=1), by("delegation", kind="take_back")
    without = replayed(*loaded, [kept])
    for entry in (kept, by("presidency", kind="announce", clarity=0.9), by("presidency", kind="take_back")):
        play.do(entry)
    assert play.line == [kept]
    assert play.orders == without.orders
    assert play.asked == without.asked == {1}
    with pytest.raises(ConfigurationError, match="nothing of this round"):
        play.do(other)
    play.do(by("presidency", kind="announce", clarity=0.1))
    play.do(by("presidency", kind="go_on"))
    with pytest.raises(ConfigurationError, match="nothing of this round"):
        play.do(by("presidency", kind="take_back"))


def test_the_presidency_takes_back_what_the_chair_chose_and_not_the_other_way_round(loaded: Loaded) -> None:
    play = Play(*loaded)
    for role in ("chair", "presidency"):
        play.do(by("presidency", kind="ask", case=1) if role == "chair" else by("chair", kind="ask", case=1))
        if role == "chair":
            with pytest.raises(ConfigurationError, match="nothing of this round"):
                play.do(by("chair", kind="take_back"))
        play.do(by("presidency", kind="take_back"))
        assert play.line == []


def test_who_keeps_it_has_not_answered(loaded: Loaded) -> None:
    """And nobody but the partner hears of it."""
    play = Play(*loaded)
    for entry in (by("chair", kind="ask", case=1), by("partner", kind="tell", case=1, tells=False)):
        play.do(entry)
    assert play.asked == {1}
    told = {role: [each["choice"]["kind"] for each in sight(play, role)["made"]] for role in ("presidency", "partner")}
    assert told == {"presidency": ["ask"], "partner": ["tell"]}


def test_no_vote_is_fixed_where_none_is_held(loaded: Loaded) -> None:
    with pytest.raises(ConfigurationError, match="without a vote"):
        Play(*loaded).do(by("delegation", kind="vote", case=1, measure="hrvp_statement", position="objects"))


def test_the_facilitator_takes_back_what_anybody_chose(loaded: Loaded) -> None:
    play = Play(*loaded)
    for entry in (by("presidency", kind="announce", clarity=0.9), by("chair", kind="ask", case=1)):
        play.do(entry)
    for left in (1, 0):
        play.do(by(FACILITATOR, kind="take_back"))
        assert len(play.line) == left


def test_what_others_rest_on_stays(loaded: Loaded) -> None:
    play = Play(*loaded)
    for entry in (by("presidency", kind="ask", case=1), by("partner", kind="tell", case=1, tells=True)):
        play.do(entry)
    before = list(play.line)
    with pytest.raises(ConfigurationError, match="rests on it: tell"):
        play.do(by("presidency", kind="take_back"))
    assert play.line == before


def test_cases_of_the_news_have_the_first_numbers(fresh: Play) -> None:
    told = {fresh.numbers.of[case] for case in fresh.cases.values() if case in fresh.numbers.of}
    assert told == set(range(1, len(told) + 1))
    assert min(set(fresh.numbers.of.values()) - told) == 101


def test_the_eu_is_asked_and_not_those_who_attack_it(loaded: Loaded) -> None:
    for inject in loaded[0].injects.values():
        if inject.question and "presidency" in inject.to:
            assert not {"partner", "red_team"} & set(inject.asked)


@pytest.mark.parametrize(
    ("role", "choice", "told"),
    [
        ("delegation", {"kind": "announce", "clarity": 0.5}, "may not decide this"),
        ("presidency", {"kind": "attribute", "case": 9_999}, "is no case of this exercise"),
        ("presidency", {"kind": "back", "round": 0}, "may not decide this"),
        ("red_team", {"kind": "strike", "victim": "Atlantis", "activity": "disruption"}, "is not in this world"),
        ("chair", {"kind": "answer", "inject": "none", "option": 0}, "asks you nothing"),
        (FACILITATOR, {"kind": "skip", "inject": "none"}, "is no inject"),
    ],
)
def test_what_cannot_be_chosen_is_told_and_changes_nothing(
    fresh: Play, role: str, choice: dict[str, Any], told: str
) -> None:
    before = list(fresh.orders)
    with pytest.raises(ConfigurationError, match=told):
        fresh.do(by(role, **choice))
    assert fresh.orders == before


def test_players_decide_nothing_while_it_is_paused(loaded: Loaded) -> None:
    play = Play(*loaded)
    play.do(by(FACILITATOR, kind="pause", paused=True))
    with pytest.raises(ConfigurationError, match="paused"):
        play.do(by("presidency", kind="go_on"))
    play.do(by(FACILITATOR, kind="pause", paused=False))
    play.do(by("presidency", kind="go_on"))

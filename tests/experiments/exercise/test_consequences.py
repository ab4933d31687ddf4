"""What choices bring about: nothing from nothing, the same from the same, and more from more."""

import pytest

from experiments.exercise.choices import entry_of
from experiments.exercise.consequences import COUNTED, NOTHING, consequences
from experiments.exercise.play import Play
from experiments.exercise.scenario import load_exercise


@pytest.fixture(scope="module")
def play() -> Play:
    return Play(*load_exercise("discussion_2021"))


def test_nothing_differs_from_nothing_by_nothing(play: Play) -> None:
    found = consequences(play, {"again": []}, number=8)
    for metric in COUNTED:
        figure = found.differences["again", metric]
        assert figure["mean"] in (0.0, None)
        assert found.levels["again", metric] == found.levels[NOTHING, metric]


def test_an_announcement_costs_and_the_figures_do_not_depend_on_the_threads(
    play: Play, monkeypatch: pytest.MonkeyPatch
) -> None:
    loud = [entry_of({"role": "presidency", "choice": {"kind": "announce", "clarity": 1.0}})]
    found = consequences(play, {"loud": loud}, number=30)
    cost = found.differences["loud", "eu_cost"]["mean"]
    assert cost is not None
    assert cost > 0.0
    monkeypatch.setattr("experiments.exercise.consequences.number_of_workers", lambda _: 1)
    assert consequences(play, {"loud": loud}, number=30) == found


def test_looking_at_consequences_changes_nothing(play: Play) -> None:
    before = play.world.council.tobytes(), list(play.orders), list(play.line)
    consequences(
        play, {"loud": [entry_of({"role": "presidency", "choice": {"kind": "announce", "clarity": 1.0}})]}, number=4
    )
    assert (play.world.council.tobytes(), list(play.orders), list(play.line)) == before

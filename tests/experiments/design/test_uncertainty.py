"""Worlds of replicates: how they are dealt, what stands before them, and wrong input."""

from collections import Counter
from pathlib import Path

import pytest
from support.mistakes import Capture, by_name, one_answer

from experiments.commands.main import WRONG_INPUT, main
from experiments.design.design import Design, design_of
from experiments.design.experiment import load_experiment
from experiments.design.uncertainty import file_of, places
from experiments.design.worlds import read_worlds
from experiments.search.stages import plan_of

SKILL, GAIN = "scenario.investigation.skill", "scenario.grievance.grievance_gain"
WORLDS = f"{SKILL},{GAIN},weight\n0.4,1.5,1\n0.5,3,1\n0.6,6,2\n0.7,4,0\n"
EXPERIMENT = """
title = "Small"
question = "In which worlds?"
uncertainty = "worlds.csv"
replicates = 6
seed = 3
[factors]
"doctrine.clarity" = [0.0, 1.0]
"""


@pytest.fixture
def experiment(tmp_path: Path) -> Path:
    (tmp_path / "worlds.csv").write_text(WORLDS)
    (tmp_path / "small.toml").write_text(EXPERIMENT)
    return tmp_path / "small.toml"


def design(experiment: Path, replicates: int = 6, overrides: dict[str, float] | None = None) -> Design:
    return design_of(load_experiment(experiment, {"replicates": replicates}), overrides)


def test_equal_worlds_are_dealt_equally_often() -> None:
    assert Counter(places([0.2] * 5, 7, range(20))) == dict.fromkeys(range(5), 4)


def test_worlds_are_dealt_as_often_as_they_weigh() -> None:
    weights = [1.0, 2.0, 3.0, 0.5]
    met = Counter(places(weights, 7, range(4000)))
    for place, weight in enumerate(weights):
        assert met[place] == pytest.approx(4000 * weight / sum(weights), abs=40)


def test_a_world_follows_from_the_seed_and_the_replicate_alone() -> None:
    weights = [1.0, 2.0, 0.5]
    many = places(weights, 7, range(50))
    assert places(weights, 7, range(10)) == many[:10]
    assert places(weights, 7, [17, 3]) == [many[17], many[3]]
    assert places(weights, 8, range(50)) != many


def test_every_point_of_a_replicate_is_in_its_world(experiment: Path) -> None:
    found = design(experiment)
    assert found.worlds is not None
    assert found.worlds.columns == ["replicate", SKILL, GAIN]
    rows = {(0.4, 1.5), (0.5, 3.0), (0.6, 6.0)}  # the last weighs nothing
    for replicate in range(6):
        met = [found.configuration(point, replicate).scenario for point in range(2)]
        world = {(one.investigation.skill, one.grievance.grievance_gain) for one in met}
        assert len(world) == 1
        assert world <= rows
    assert {found.configuration(point).scenario.investigation.skill for point in range(2)} == {0.548}  # of the base
    assert found.reference(0) == found.reference(1)


def test_more_replicates_change_no_world_of_fewer(experiment: Path) -> None:
    few, many = design(experiment).worlds, design(experiment, 40).worlds
    assert few is not None
    assert many is not None
    assert few.equals(many[:6])


def test_what_is_varied_or_set_stands(experiment: Path) -> None:
    text = EXPERIMENT + f'"{SKILL}" = [0.1, 0.9]\n'
    experiment.write_text(text)
    varied = design(experiment)
    assert varied.worlds is not None
    assert varied.worlds.columns == ["replicate", GAIN]
    assert [varied.configuration(point, 4).scenario.investigation.skill for point in range(4)] == [0.1, 0.9] * 2
    experiment.write_text(EXPERIMENT)
    assert design(experiment, overrides={SKILL: 0.3}).configuration(0, 4).scenario.investigation.skill == 0.3
    settled = design(experiment, overrides={SKILL: 0.3, GAIN: 2.0})
    assert (settled.worlds, settled.uncertainty) == (None, None)


def test_the_hash_covers_the_worlds_that_are_met(experiment: Path) -> None:
    beside = experiment.parent / "worlds.csv"
    before = design(experiment)
    beside.write_text(WORLDS.replace("0.7,4,0", "0.7,5,0"))
    assert design(experiment).hash == before.hash
    beside.write_text(WORLDS.replace("0.6,6,2", "0.6,5,2"))
    assert design(experiment).hash != before.hash
    assert design(experiment).reference(0) != before.reference(0)
    experiment.write_text(EXPERIMENT.replace("uncertainty", "# uncertainty"))
    assert design(experiment).hash != before.hash


WRONG: dict[str, tuple[str, str, tuple[str, ...]]] = {
    "no file": ('"worlds.csv"', '"none.csv"', ("none.csv", "no such file")),
    "no file of worlds": ('"worlds.csv"', '"posteriour"', ("uncertainty = 'posteriour'", "posterior")),
    "no text": ('"worlds.csv"', "3", ("uncertainty",)),
    "the scenario itself is varied": (
        '"doctrine.clarity" = [0.0, 1.0]',
        'scenario = ["baseline", "history"]',
        ("uncertainty", "varies the whole scenario"),
    ),
    "an unknown parameter": (SKILL, f"{SKILL}s", ("worlds.csv", f"{SKILL}s", "is no parameter")),
    "a dial": (SKILL, "doctrine.clarity", ("worlds.csv", "doctrine.clarity", "is chosen by the EU")),
    "time": (SKILL, "scenario.time.weeks", ("worlds.csv", "scenario.time.weeks", "cannot differ between replicates")),
    "out of range": ("0.6,6,2", "1.6,6,2", ("worlds.csv", SKILL, "row 3")),
    "a cell that is empty": ("0.6,6,2", "0.6,,2", ("worlds.csv", GAIN, "row 3")),
}


@by_name(WRONG)
def test_wrong_input_gets_one_answer(case: tuple[str, str, tuple[str, ...]], experiment: Path, capsys: Capture) -> None:
    old, new, said = case
    for path in (experiment, experiment.parent / "worlds.csv"):
        path.write_text(path.read_text("utf-8").replace(old, new))
    assert main(["sweep", str(experiment), "--quiet", "--out", str(experiment.parent / "out")]) == WRONG_INPUT
    one_answer(capsys, *said)
    assert not (experiment.parent / "out").exists()


def test_the_search_varies_nothing_that_the_posterior_holds() -> None:
    held = read_worlds(str(file_of("posterior"))).frame.columns
    experiment = load_experiment("robust_doctrine").experiment
    assert experiment.uncertainty == "posterior"
    assert set(experiment.factors).isdisjoint(held)
    plan = plan_of("robust_doctrine", {"worlds": 4})
    worlds = plan.drawn(4, 1)
    assert set(worlds[0]) == {*plan.circumstances, *held}
    assert len({world[SKILL] for world in worlds}) == 4

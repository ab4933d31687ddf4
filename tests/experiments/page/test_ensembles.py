"""The page's figures are those of the command that it prints, whatever is kept in memory."""

import csv
import json
import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote
from urllib.request import urlopen

import polars as pl
import pytest
from polars.testing import assert_frame_equal
from support.served import SHORT_VALUES, served, small_room
from support.wire import wired

from analysis.statistics.contrasts import paired
from analysis.statistics.estimates import estimate
from experiments.commands.main import main
from experiments.page import ensembles
from experiments.page.explore import stages_of
from experiments.page.figures import SHOWN
from experiments.page.room import Room
from experiments.running.compare import compare_doctrines
from model.metrics.parts import of_kinds

N = 20


@pytest.fixture(scope="module")
def room(tmp_path_factory: pytest.TempPathFactory) -> Room:
    return small_room(tmp_path_factory.mktemp("results"), N)


@pytest.fixture(scope="module")
def place(room: Room) -> Iterator[str]:
    with served(room) as address:
        yield address


SETTINGS = {
    "a doctrine changed, in a world changed": {
        "doctrine": "clear_ladder",
        "values": {**SHORT_VALUES, "doctrine.clarity": 0.3, "doctrine.voting_rule": "qmv"},
    },
    "a shipped doctrine in uncertain worlds": {"doctrine": "swift_qmv", "worlds": "posterior", "values": SHORT_VALUES},
}


def asked_of(place: str, setting: dict[str, Any]) -> tuple[dict[str, Any], list[str], str]:
    """What the page shows of a setting, the words of its command, and ours of the doctrines that these name.

    The doctrine's file, if the command takes one, is written where it looks for it.
    """
    with wired(place) as wire:
        shown = wire.answers("explore", setting)[-1]
        (asked,) = wire.answers("command", setting)
    if asked["file"]:
        with urlopen(f"{place}/doctrine.toml?setting={quote(json.dumps(setting))}") as file:
            Path(asked["file"]).write_bytes(file.read())
    deter, *words = shlex.split(asked["command"])
    assert deter == "deter"
    return shown, words, Path(asked["file"] or setting["doctrine"]).stem


def options(words: list[str], name: str) -> list[str]:
    return [words[at + 1] for at, word in enumerate(words) if word == name]


@pytest.mark.parametrize("setting", SETTINGS.values(), ids=SETTINGS)
def test_the_figures_are_those_of_the_runs_that_the_command_makes(
    place: str, setting: dict[str, Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whole and by kind, both arms and the difference, to the last digit."""
    monkeypatch.chdir(tmp_path)
    shown, words, ours = asked_of(place, setting)
    assert words[0] == "compare"
    compared = compare_doctrines(
        words[1 : words.index("--scenario")],
        tmp_path / "there",
        **{name: options(words, f"--{name}")[0] for name in ("scenario", "uncertainty")},
        **{name: int(options(words, f"--{name}")[0]) for name in ("replicates", "seed")},
        overrides={key: int(value) for key, _, value in (each.partition("=") for each in options(words, "--set"))},
        workers=1,
    )
    assert [row["metric"] for row in shown["rows"]] == list(SHOWN)
    parts = {name: {"all": name, **of_kinds(name)} for name in SHOWN}
    metrics = [each for of_metric in parts.values() for each in of_metric.values()]
    runs, design = compared.results.runs, compared.results.design
    levels = by_name(estimate(runs, design, ["doctrine"], metrics))
    less = by_name(paired(runs, design, ["doctrine"], {"doctrine": "status_quo"}, metrics))
    for row in shown["rows"]:
        assert list(row["parts"]) == list(parts[row["metric"]])
        for part, arms in row["parts"].items():
            metric = parts[row["metric"]][part]
            assert arms["yours"] == levels[ours, metric]
            assert arms["status_quo"] == levels["status_quo", metric]
            assert arms["difference"] == less[ours, metric]


def by_name(found: pl.DataFrame) -> dict[tuple[str, str], dict[str, Any]]:
    return {
        (Path(row["doctrine"]).stem, row["metric"]): {name: row[name] for name in ("n", "mean", "low", "high")}
        for row in found.iter_rows(named=True)
    }


@pytest.mark.slow
@pytest.mark.parametrize("setting", SETTINGS.values(), ids=SETTINGS)
def test_the_figures_are_those_of_the_tables_that_the_command_writes(
    place: str, setting: dict[str, Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The command as it is printed, by its tables: those of its metrics that the page shows too."""
    monkeypatch.chdir(tmp_path)
    shown, words, ours = asked_of(place, setting)
    assert main([*words, "--workers", "1", "--out", "there", "--quiet"]) == 0
    whole = {(row["doctrine"], row["metric"]): row for row in table("comparison")}
    less = {row["metric"]: row for row in table("differences")}
    kinds = {(row["doctrine"], row["kind"], row["metric"]): row for row in table("by_kind")}
    ends = ("mean", "low", "high")

    def same(figure: dict[str, Any], row: dict[str, str], columns: tuple[str, ...] = ends) -> bool:
        there = [float(row[column]) if row[column] else None for column in columns]
        return [figure[end] for end in ends] == there and figure["n"] == int(row["n"])

    known = [row for row in shown["rows"] if row["metric"] in less]
    assert len(known) >= 4
    for row in known:
        name, parts = row["metric"], row["parts"]
        assert same(parts["all"]["yours"], whole[ours, name])
        assert same(parts["all"]["status_quo"], whole["status_quo", name])
        assert same(parts["all"]["difference"], less[name])
        for part in set(parts) - {"all"}:
            assert same(parts[part]["yours"], kinds[ours, part, name])
            assert same(parts[part]["status_quo"], kinds["status_quo", part, name])
            difference = ("difference", "difference_low", "difference_high")
            assert same(parts[part]["difference"], kinds[ours, part, name], difference)


def table(name: str) -> list[dict[str, str]]:
    with Path(f"there/tables/{name}.csv").open(encoding="utf-8") as lines:
        return list(csv.DictReader(lines))


def test_each_answer_is_of_more_runs_and_the_last_of_all_refined(tmp_path: Path) -> None:
    with served(small_room(tmp_path, 30)) as place, wired(place) as wire:
        answers = wire.answers("explore", {"values": SHORT_VALUES})
    assert [each["n"] for each in answers] == [20, 30, 30]
    assert ["finding" in each for each in answers] == [False, False, True]
    for each in answers:
        assert {row["parts"]["all"]["yours"]["n"] for row in each["rows"]} == {each["n"]}
    rough, refined = ([row["parts"]["all"]["yours"]["mean"] for row in each["rows"]] for each in answers[1:])
    assert rough == refined, "only intervals are refined"


@pytest.mark.parametrize(("every", "stages"), [(5, [5]), (20, [20]), (200, [20, 200]), (900, [20, 200, 900])])
def test_figures_are_shown_after_ten_times_as_many_runs_each_time(every: int, stages: list[int]) -> None:
    assert stages_of(every) == stages


def test_what_is_forgotten_is_run_again_to_the_same_bit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The stores hold no more than they may, and a figure does not depend on what they hold."""
    moves = [{"doctrine.clarity": clarity} for clarity in (0.1, 0.9)]
    worlds = [{"scenario.time.burn_in": weeks} for weeks in (20, 21)]
    asked = [{"values": {**SHORT_VALUES, **values}} for values in (*moves, *worlds)]

    def runs(room: Room) -> list[pl.DataFrame]:
        engine, settings = room.ensembles, map(room.shelf.setting, asked)
        return [
            engine.runs(engine.world(each), engine.arm(each), block)
            for each in settings
            for block in engine.blocks(0, N)
        ]

    plenty = runs(small_room(tmp_path))
    for name in ("TWINS_KEPT", "BLOCKS_KEPT", "WORLDS_KEPT"):
        monkeypatch.setattr(ensembles, name, 1)
    room = small_room(tmp_path)
    for _ in range(2):
        for one, other in zip(runs(room), plenty, strict=True):
            assert_frame_equal(one, other, check_exact=True)
    assert len(room.ensembles._done) == len(room.ensembles._worlds) == len(room.ensembles._twins._held) == 1


def test_the_status_quo_beside_itself_differs_by_nothing(place: str) -> None:
    with wired(place) as wire:
        shown = wire.answers("explore", {"values": SHORT_VALUES})[-1]
    for row in shown["rows"]:
        for arms in row["parts"].values():
            assert arms["yours"] == arms["status_quo"]
            assert arms["difference"]["mean"] in (0.0, None)


def test_a_value_given_as_the_files_have_it_is_not_drawn_and_has_twins_of_its_own(room: Room) -> None:
    path = "scenario.grievance.grievance_gain"
    drawn = room.shelf.setting({"worlds": "posterior", "values": SHORT_VALUES})
    stands = {each.path: each.value for each in drawn.configuration.parameters()}[path]
    given = room.shelf.setting({"worlds": "posterior", "values": {**SHORT_VALUES, path: stands}})
    one, other = room.ensembles.world(drawn), room.ensembles.world(given)
    assert one.drawn is not None
    assert other.drawn is not None
    assert set(one.drawn.columns) - set(other.drawn.columns) == {path}
    assert one.twin != other.twin


def test_a_surface_leaves_the_twins_in_use(room: Room) -> None:
    engine = room.ensembles
    here, there = (
        room.shelf.setting({"values": {**SHORT_VALUES, **values}}) for values in ({}, {"scenario.time.burn_in": 25})
    )
    block = range(10)
    engine.books(engine.world(here), engine.arm(here), block)
    held = list(engine._twins._held)
    passed = engine.books(engine.world(there), engine.arm(there), block, passing=True)
    assert list(engine._twins._held) == held
    again = small_room(room.shelf.folder, N).ensembles
    kept = again.books(again.world(there), again.arm(there), block)
    for one, other in ((passed.books, kept.books), (passed.twins, kept.twins)):
        assert all(one[name].tobytes() == other[name].tobytes() for name in one.dtype.names)

"""`deter bench`: what it measures is what it says; how fast that is, no test asks."""

import json
from collections.abc import Mapping
from pathlib import Path
from shutil import copytree, ignore_patterns
from typing import Any

import numpy as np
import pytest
from support.paths import ROOT
from support.worlds import begun, short

from agents.foundation.randomness import TARGET
from agents.world import ARRAYS
from experiments.benchmark import bench as benchmark
from experiments.benchmark import growth
from experiments.benchmark.against import against
from experiments.benchmark.floor import KINDS, WORLDS, Recorded, calls_recorded, replays
from experiments.benchmark.growth import times_over
from experiments.benchmark.phases import timed_advance
from experiments.benchmark.record import PHASE, Figure, Record, bench_table, load, measured, measurements, save
from experiments.benchmark.work import BENCH_SEED, perpetrator_weeks
from experiments.commands.main import main
from model.build import build_world
from model.configuration import load_configuration
from model.ensemble import NO_TWIN, run, run_one, run_twins
from model.errors import ConfigurationError
from model.schedule import advance

SHORT = {"scenario.time.weeks": 20, "scenario.time.burn_in": 6}
QUICK = {**SHORT, "scenario.investigation.skill": 1.0, "scenario.investigation.clue_probability": 1.0}
"""Cases are solved within so few weeks, and members draw lots on whether to say so."""


@pytest.fixture(scope="module")
def found() -> Recorded:
    return calls_recorded({"scenario": "illustrative", "doctrine": "clear_ladder", "overrides": QUICK}, 3)


def test_the_floor_gives_what_the_run_was_given(found: Recorded) -> None:
    """The sum of all bits is that of the results that the run wrote down."""
    arguments = {"philox": 6, "bid": 4, "lot": 2, "deviate": 3}
    again = replays(found)
    for world in WORLDS:
        results = [
            found[f"{world}.{kind}"][name].view(np.uint64).sum(dtype=np.uint64)
            for kind, (_, dtype) in KINDS.items()
            for name in (dtype.names or ())[arguments.get(kind, 1) :]
        ]
        assert again[world]() % 2**64 == sum(map(int, results)) % 2**64
        assert all(len(found[f"{world}.{kind}"]) > 0 for kind in KINDS)


def test_the_floor_draws_what_a_run_draws(found: Recorded) -> None:
    """All addresses are distinct in a world, their words NumPy's, and the twin's opportunities are not drawn again."""
    for world in WORLDS:
        blocks = found[f"{world}.philox"].view(np.uint64).reshape(-1, 10)
        assert len(np.unique(blocks[:, 2:6], axis=0)) == len(blocks) > 500
        assert (blocks[:, :2] == [3, 0]).all()
        for _, _, block, *counter, first, second, third, fourth in blocks[::50].tolist():
            words = np.random.Philox(counter=np.array([0, *counter], np.uint64), key=[3, 0]).random_raw(4 * block)
            assert words[-4:].tolist() == [first, second, third, fourth]
    assert len(found["world.philox"]) < len(found["twin.philox"])


def test_the_floor_has_all_candidates_of_all_acts(found: Recorded) -> None:
    """One block for the victim of each act, and from its first word a bid of every victim."""
    configuration = load_configuration("illustrative", "clear_ladder", QUICK)
    victims = len(build_world(configuration).victims)
    run = run_one(configuration, 3, 0)
    for world, whose in zip(WORLDS, (run.twin, run), strict=True):
        assert whose is not None
        blocks, bids = found[f"{world}.philox"], found[f"{world}.bid"]
        counted = blocks["f3"] >= configuration.scenario.time.burn_in
        first = blocks["f6"][counted & (blocks["f5"] >> np.uint64(32) == TARGET)]
        assert len(first) == np.count_nonzero(whose.trace.code > 0) > 0
        assert np.isin(bids["f0"], first).sum() == victims * len(first)


def test_the_week_with_clocks_is_the_week() -> None:
    timed, names = timed_advance()
    configuration = short(doctrine="maximum_pressure")
    plain, watched = begun(configuration), begun(configuration)
    spent, room = np.zeros(len(names), np.int64), np.zeros(2, np.int64)
    for week in range(60):
        advance(plain, NO_TWIN, week)
        timed(watched, NO_TWIN, week, spent, room)
    for name in ("perpetrators", "member_states", "victims", "council", "cases"):
        assert getattr(plain, name).tobytes() == getattr(watched, name).tobytes(), name
    assert [name for name in names if name in ("choose", "act", "investigate", "decide", "learn")] == [
        "choose",
        "act",
        "investigate",
        "decide",
        "learn",
    ]
    assert (spent > 0).all()


def test_the_simulation_that_is_timed_is_a_run() -> None:
    configuration = short()
    twins = run_twins(configuration, BENCH_SEED, [0])
    again = benchmark._simulation(configuration, reference=False)
    again()
    assert again().tobytes() == run(configuration, BENCH_SEED, [0], twins).tobytes()


def test_a_figure_is_a_median_with_quartiles() -> None:
    assert measured("s", [5, 1, 3, 2, 4]) == Figure("s", 3, 2, 4, 5)


def test_figures_survive_their_file(tmp_path: Path) -> None:
    file = tmp_path / "bench.json"
    assert load(file) is None
    save(file, benchmark.record_of({"speed: Mesa": measured("1/s", [1.0, 2.0])}))
    before = load(file)
    assert before is not None
    assert before.figures == {"speed: Mesa": Figure("1/s", 1.5, 1.25, 1.75, 2)}
    assert {"python", "numba", "mesa", "cores"} <= set(before.machine)


@pytest.mark.parametrize("content", ["", "{}", "[1]", '{"figures": {"a": {"b": 1}}}', "\0"])
def test_a_file_without_figures_is_refused_and_kept(tmp_path: Path, content: str) -> None:
    file = tmp_path / "bench.json"
    file.write_text(content)
    with pytest.raises(ConfigurationError, match="holds no figures"):
        load(file)
    assert main(["bench", "--out", str(file)]) == 2
    assert file.read_text() == content


@pytest.mark.slow
def test_bench_measures_and_compares(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(benchmark, "OVERRIDES", SHORT)
    monkeypatch.setattr(benchmark, "REPLICATES", 2)
    monkeypatch.setattr(benchmark, "MESA_WEEKS", 4)
    monkeypatch.setattr(benchmark, "START_UPS", 1)
    monkeypatch.setattr(benchmark, "_compilation", dict)  # half a minute
    monkeypatch.setattr(benchmark, "OVERHEAD_POINTS", range(2))
    monkeypatch.setattr(benchmark, "OVERHEAD_REPLICATES", 2)
    monkeypatch.setattr(growth, "LOADS", (20, 40))
    monkeypatch.setattr(growth, "MULTIPLES", (1, 2))
    monkeypatch.setattr(growth, "RUNS", 1)
    file = tmp_path / "bench.json"
    save(file, benchmark.record_of({"speed: Mesa": measured("perpetrator-weeks a second", [9e4, 1e5])}))
    assert main(["bench", "--rounds", "2", "--out", str(file)]) == 0
    figures = json.loads(file.read_text("utf-8"))["figures"]
    for each in figures.values():
        assert each["low"] <= each["value"] <= each["high"]
    assert {name.partition(":")[0] for name in figures} == {
        *("start-up", "speed", "ratio", "time", "phase", "growth", "memory of a world", "memory")
    }
    assert {"ratio: a run and its twin to that floor", "time: the least that they must draw and compute"} <= set(
        figures
    )
    shown = capsys.readouterr().out
    assert "before" in shown
    assert "mesa.batch_run" in shown


def test_what_was_measured_first_is_compared_with_nothing() -> None:
    found = {"speed: Mesa": measured("perpetrator-weeks a second", [1.0, 3.0])}
    for before, compared in ((None, False), (Record("then", "0", {}, found), True)):
        assert ("before" in [column.header for column in bench_table(found, before).columns]) is compared


def test_a_world_several_times_over_is_that_many_worlds() -> None:
    base = short()
    twice = times_over(base, {"perpetrators": 2, "member_states": 3})
    assert len(twice.perpetrators) == 2 * len(base.perpetrators)
    assert len(twice.member_states.members) == 3 * len(base.member_states.members)
    for name, agent in base.perpetrators.items():
        other = twice.perpetrators[f"{name}_2"]
        assert other.archetype == agent.archetype
        for role in ("sponsor", "harbour"):
            patron = getattr(agent, role)
            assert getattr(other, role) == (f"{patron}_2" if patron else None)
    assert times_over(base, {}) == base


def test_an_exponent_is_the_slope_of_log_time(monkeypatch: pytest.MonkeyPatch) -> None:
    def seconds(works: Mapping[str, Any], rounds: int) -> dict[str, Any]:
        return {size: np.array([slower * int(size) ** 1.5 for slower in range(1, rounds + 1)]) for size in works}

    monkeypatch.setattr(growth, "side_by_side", seconds)
    assert growth._exponents(lambda size: (short(), size), 3) == pytest.approx([1.5, 1.5, 1.5])


def test_memory_of_a_world_is_that_of_its_arrays() -> None:
    found = growth.memory_of_world(short())
    world = build_world(short())
    every = [getattr(world, name) for name in ARRAYS]
    assert found["memory of a world: all tables"].value == sum(len(each.tobytes()) for each in every) / 1000
    assert len(found) == 1 + growth.LARGEST


def test_phases_have_their_shares_of_a_run() -> None:
    found = measurements(PHASE, "ms a run", {"choose": [1.0], "act": [3.0]})
    medians = bench_table({**found, "speed: Mesa": measured("1/s", [8.0])}, None).columns[1]
    assert [cell for cell in medians.cells if cell] == ["1 (25%)", "3 (75%)", "8"]


STUB = """
import time
from itertools import count

def load_configuration(**given):
    class Configuration:
        perpetrators, scenario = [1, 2], type("", (), {{"time": type("", (), {{"burn_in": 1, "weeks": 4}})}})
    return Configuration

clock = count()

def run_twins(configuration, seed, replicates):
    {text}
    time.perf_counter = lambda: {seconds} * next(clock)
    with open({log!r}, "a") as log:
        log.write("{name} %d\\n" % len(replicates))

def run(configuration, seed, replicates, twins):
    pass
"""
"""A model of which a piece of work takes two ticks of a clock of its own, and that writes down what it is asked."""


def stub(folder: Path, log: Path, seconds: float = 1.0, text: str = "pass") -> Path:
    """A checkout whose model is `STUB`."""
    (folder / "model").mkdir(parents=True)
    content = STUB.format(name=folder.name, log=str(log), seconds=seconds, text=text)
    for name in ("__init__", "configuration", "ensemble"):
        (folder / "model" / f"{name}.py").write_text("from model.stub import *\n" if name != "__init__" else '""""""\n')
    (folder / "model" / "stub.py").write_text(content + "\nConfiguration = None\n")
    return folder


def test_two_checkouts_are_measured_in_turn(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    log = tmp_path / "log"
    monkeypatch.setattr("experiments.benchmark.against.ROOT", stub(tmp_path / "new", log, seconds=1.0))
    other = stub(tmp_path / "old", log, seconds=3.0)
    found = against(other, {}, 7, 3, lambda _: None)
    ready, *rounds = ["old 1 new 1", "old 7 new 7", "new 7 old 7", "old 7 new 7", "new 7 old 7"]
    assert log.read_text().split() == " ".join([ready, *rounds]).split()
    speeds = {name: 7 * 2 * 2 * 5 / seconds for name, seconds in (("this checkout", 1.0), ("the other", 3.0))}
    for name, speed in speeds.items():
        assert found[f"speed: {name}"] == Figure("perpetrator-weeks a second", *[pytest.approx(speed)] * 3, 3)
        assert found[f"first compilation: {name}"].value > 0
    assert found["ratio: this checkout to the other"] == Figure("times as fast", *[pytest.approx(3.0)] * 3, 3)
    assert main(["bench", "--against", str(other), "--rounds", "2", "--out", str(tmp_path / "none.json")]) == 0
    assert "times as fast" in capsys.readouterr().out
    assert not (tmp_path / "none.json").exists()
    assert {path.name for path in (other / "model").iterdir()} == {
        *("__init__.py", "configuration.py", "ensemble.py", "stub.py")
    }


@pytest.mark.slow
def test_another_checkout_can_be_measured(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The real model, in plain Python, for compilation takes long."""
    monkeypatch.setenv("NUMBA_DISABLE_JIT", "1")
    for name in ("agents", "model", "configs"):
        copytree(ROOT / name, tmp_path / name, ignore=ignore_patterns("__pycache__"))
    given = {"scenario": "illustrative", "overrides": {"scenario.time.weeks": 4, "scenario.time.burn_in": 2}}
    found = against(tmp_path, given, 1, 1, lambda _: None)
    size = perpetrator_weeks(load_configuration(**given))
    assert size == 2 * 6 * len(load_configuration(**given).perpetrators)
    assert all(0 < found[f"speed: {name}"].value < 100 * size for name in ("this checkout", "the other"))
    assert not list(tmp_path.rglob("__pycache__"))


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda folder, log: Path("nowhere"), "--against = 'nowhere': is not a checkout of deter"),
        (lambda folder, log: Path("empty"), "--against = 'empty': is not a checkout of deter"),
        (lambda folder, log: ROOT, f"--against = '{ROOT}': is this checkout; give another"),
        (
            lambda folder, log: stub(folder / "old", log, text="import of_old_age"),
            "{folder}/old: cannot be measured: ModuleNotFoundError: No module named 'of_old_age'; it must run with",
        ),
        (
            lambda folder, log: stub(folder / "old", log, text="import os; os._exit(3)"),
            "{folder}/old: cannot be measured: its process ended without a message; it must run with",
        ),
        (
            lambda folder, log: stub(folder / "old", log, text="assert len(replicates) == 1, 'too many'"),
            "{folder}/old: cannot be measured: AssertionError: too many; it must run with",
        ),
        (
            lambda folder, log: stub(folder / "old", log, text="import model.ensemble as m; m.__file__ = '/else.py'"),
            "{folder}/old: cannot be measured: the model found is /else.py; it must run with",
        ),
    ],
    ids=["nowhere", "no-checkout", "itself", "does-not-start", "dies", "fails-later", "model-from-elsewhere"],
)
def test_a_folder_that_cannot_be_measured_is_refused(
    make: Any, message: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)  # a long path would be shortened
    (tmp_path / "empty").mkdir()
    log = tmp_path / "log"
    folder = make(tmp_path, log)
    if folder != ROOT:
        monkeypatch.setattr("experiments.benchmark.against.ROOT", stub(tmp_path / "new", log))
    assert main(["bench", "--against", str(folder), "--quiet"]) == 2
    said = capsys.readouterr().err
    assert said.startswith("deter: " + message.format(folder=tmp_path))
    assert said.count("\n") == 1

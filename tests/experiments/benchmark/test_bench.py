"""`deter bench`: what it measures is what it says; how fast that is, no test asks."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from support.worlds import begun, short

from experiments.benchmark import bench as benchmark
from experiments.benchmark import growth
from experiments.benchmark.floor import FUNCTIONS, WORLDS, draws_recorded, replays
from experiments.benchmark.growth import times_over
from experiments.benchmark.phases import timed_advance
from experiments.benchmark.record import Figure, Record, bench_table, load, measured, save
from experiments.commands.main import main
from model.ensemble import NO_TWIN, run, run_twins
from model.errors import ConfigurationError
from model.schedule import advance

SHORT = {"scenario.time.weeks": 20, "scenario.time.burn_in": 6}


@pytest.fixture(scope="module")
def found() -> dict[str, Any]:
    return draws_recorded({"scenario": "illustrative", "doctrine": "clear_ladder", "overrides": SHORT}, 3)


def test_the_floor_draws_what_a_run_draws(found: dict[str, Any]) -> None:
    """All addresses are distinct in a world, the twin's opportunities are not drawn again, and the sums are NumPy's."""
    for world in WORLDS:
        counters = found[f"{world}.philox"]
        assert len(np.unique(counters, axis=0)) == len(counters) > 500
        assert all(len(found[f"{world}.{name}"]) > 0 for name in FUNCTIONS)
    assert len(found["world.philox"]) < len(found["twin.philox"])
    words = (
        np.random.Philox(counter=np.array([0, *counter[1:]], np.uint64), key=[3, 0]).random_raw(4 * int(counter[0]))[-4]
        for counter in found["world.philox"]
    )
    expected = sum(int(word) >> 11 for word in words)
    total = expected * 2.0**-53 + sum(getattr(np, name)(found[f"world.{name}"]).sum() for name in FUNCTIONS)
    assert replays(found, 3)["world"]() == pytest.approx(total, rel=1e-9)


def test_the_week_with_clocks_is_the_week(found: dict[str, Any]) -> None:
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
    twins = run_twins(configuration, benchmark.BENCH_SEED, [0])
    again = benchmark._simulation(configuration, reference=False)
    again()
    assert again().tobytes() == run(configuration, benchmark.BENCH_SEED, [0], twins).tobytes()


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
    monkeypatch.setattr("experiments.benchmark.growth.LOADS", (20, 40))
    file = tmp_path / "bench.json"
    save(file, benchmark.record_of({"speed: Mesa": measured("perpetrator-weeks a second", [9e4, 1e5])}))
    assert main(["bench", "--rounds", "2", "--out", str(file)]) == 0
    figures = json.loads(file.read_text("utf-8"))["figures"]
    for each in figures.values():
        assert each["low"] <= each["value"] <= each["high"]
    assert {name.partition(":")[0] for name in figures} == {
        *("start-up", "speed", "ratio", "time", "phase", "growth", "memory")
    }
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
    monkeypatch.setattr(growth, "_seconds", lambda configuration, size, seed: 0.3 * size**1.5)
    assert growth._exponent(lambda size: (short(), size), 1) == pytest.approx(1.5)

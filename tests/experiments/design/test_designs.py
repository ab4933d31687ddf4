"""Designs: each has the property that defines it, the same on every call, and what is wrong is said before a run."""

import math
import os
import random
import re
import subprocess
import sys
import time
from collections.abc import Callable
from itertools import pairwise, product
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest
from SALib.analyze import morris as morris_analysis
from SALib.analyze import sobol as sobol_analysis
from scipy.stats import qmc
from support.mistakes import Capture
from support.paths import ROOT

from analysis.results.identity import digest
from experiments.commands.main import main
from experiments.design.design import Design, design_of, world_of
from experiments.design.experiment import Experiment, load_experiment
from experiments.design.methods import DESIGN_KINDS
from experiments.design.points import FREE, MOST_CHECKED, check_points, entangled, how_checked
from experiments.running.cost import TimedTrial, busy, estimated, trials_of, typical
from experiments.running.sweep import carry_out, sweep_manifest
from experiments.store.provenance import same_runs
from experiments.terminal.dry_run import bytes_text, seconds_text
from model.configuration import Configuration, ConfigurationError, load_configuration
from model.loading import shipped

HEAD = """
title = "Small"
question = "Which points?"
doctrine = "clear_ladder"
"""
Make = Callable[..., Design]


@pytest.fixture
def make(tmp_path: Path) -> Make:
    """The design of an experiment with these factors and this table `design`."""

    def made(factors: str, plan: str = "", *, top: str = "replicates = 2\nseed = 3", **overrides: Any) -> Design:
        path = tmp_path / "mine.toml"
        path.write_text(f"{HEAD}{top}\n" + (f"[design]\n{plan}\n" if plan else "") + f"[factors]\n{factors}\n")
        return design_of(load_experiment(path), overrides)

    return made


TWO = '"doctrine.clarity" = { low = 0.2, high = 0.6 }\n"doctrine.ratchet" = { low = 0.01, high = 1.0, scale = "log" }'
CLARITY = '"doctrine.clarity" = [0.2, 0.6]'
CLARITY_RANGE = '"doctrine.clarity" = { low = 0.2, high = 0.6 }'
LATIN = 'kind = "latin"\nsize = 512'
MIXED = f"""{TWO}
"doctrine.campaign_interval" = {{ low = 4, high = 11 }}
"doctrine.voting_rule" = ["unanimity", "qmv", "coalition"]
"""


def unit(values: pl.Series, low: float, high: float, *, log: bool = False) -> np.ndarray[Any, Any]:
    """Where values lie in a range, from 0 to 1."""
    found = values.to_numpy()
    return np.log(found / low) / np.log(high / low) if log else (found - low) / (high - low)


# grids, lists and zips


def test_a_grid_has_every_combination_the_last_factor_fastest(make: Make) -> None:
    design = make(
        '"doctrine.clarity" = [0, 0.5]\n"doctrine.voting_rule" = ["qmv", "unanimity"]\n"switches.norms" = [true]'
    )
    assert design.kind == "grid"
    assert design.frame.drop("point").rows() == list(product([0.0, 0.5], ["qmv", "unanimity"], [True]))
    assert design.frame["point"].to_list() == [0, 1, 2, 3]


def test_what_a_design_hashes_when_it_states_nothing_new() -> None:
    design = design_of(load_experiment("headline", {"uncertainty": None}))
    points = {name: [str(value) for value in design.frame[name]] for name in design.frame.columns}
    assert design.hash == digest([world_of(design.base), points, design.seed, 0, 100])
    assert (design.points, design.runs, design.most_replicates) == (245, 24500, 100)


def test_a_zip_pairs_levels(make: Make) -> None:
    design = make('"doctrine.clarity" = [0, 0.5, 0.5]\n"doctrine.ratchet" = [1, 1, 0]', 'kind = "zip"')
    assert design.frame.drop("point").rows() == [(0.0, 1), (0.5, 1), (0.5, 0)]
    assert design.factors == {"doctrine.clarity": [0, 0.5], "doctrine.ratchet": [1, 0]}


def test_a_list_has_its_points_in_order(make: Make) -> None:
    points = (
        '[{ "doctrine.clarity" = 1.0, doctrine.ratchet = 1 }, { "doctrine.ratchet" = 0, "doctrine.clarity" = 0.5 }]'
    )
    design = make("", f'kind = "list"\npoints = {points}')
    assert design.frame.drop("point").rows(named=True) == [
        {"doctrine.clarity": 1.0, "doctrine.ratchet": 1},
        {"doctrine.clarity": 0.5, "doctrine.ratchet": 0},
    ]


# samples


def test_a_latin_hypercube_has_one_point_in_each_stratum(make: Make) -> None:
    design = make(MIXED, 'kind = "latin"\nsize = 24')
    strata = {
        "doctrine.clarity": unit(design.frame["doctrine.clarity"], 0.2, 0.6),
        "doctrine.ratchet": unit(design.frame["doctrine.ratchet"], 0.01, 1.0, log=True),
    }
    for values in strata.values():
        assert sorted(np.floor(values * 24).astype(int)) == list(range(24))
    interval = design.frame["doctrine.campaign_interval"]
    assert interval.dtype == pl.Int64
    assert interval.value_counts(sort=True)["count"].to_list() == [3] * 8
    assert sorted(interval.unique()) == list(range(4, 12))
    rules = design.frame["doctrine.voting_rule"].value_counts()
    assert sorted(rules.rows()) == [("coalition", 8), ("qmv", 8), ("unanimity", 8)]


def test_a_sobol_design_is_scipys_sequence(make: Make) -> None:
    design = make(TWO, 'kind = "sobol"\nsize = 64\nseed = 11')
    expected = qmc.Sobol(2, scramble=True, seed=np.random.default_rng(11)).random(64)
    np.testing.assert_array_equal(design.frame["doctrine.clarity"], 0.2 + expected[:, 0] * (0.6 - 0.2))
    np.testing.assert_allclose(design.frame["doctrine.ratchet"], 0.01 * 100 ** expected[:, 1], rtol=1e-11)


def test_the_seed_of_a_design_is_by_default_that_of_the_experiment(make: Make) -> None:
    own = make(TWO, 'kind = "sobol"\nsize = 8\nseed = 3', top="replicates = 2\nseed = 9")
    same = make(TWO, 'kind = "sobol"\nsize = 8')
    other = make(TWO, 'kind = "sobol"\nsize = 8', top="replicates = 2\nseed = 9")
    assert own.frame.equals(same.frame)
    assert not other.frame.equals(same.frame)


ATTITUDES = [f"archetypes.{name}.ambiguity_attitude.mean" for name in ("major_power", "small_state", "contractor")]


@pytest.mark.parametrize("second_order", [False, True])
def test_indices_from_a_saltelli_design_are_the_analytic_ones(make: Make, second_order: bool) -> None:
    """Ishigami's function, whose indices are known (Ishigami & Homma 1990)."""
    span = f"{{ low = {-math.pi}, high = {math.pi} }}"
    factors = "\n".join(f'"{path}" = {span}' for path in ATTITUDES)
    design = make(factors, f'kind = "saltelli"\nsize = 2048\nsecond_order = {str(second_order).lower()}')
    x = [design.frame[path].to_numpy() for path in ATTITUDES]
    y = np.sin(x[0]) + 7 * np.sin(x[1]) ** 2 + 0.1 * x[2] ** 4 * np.sin(x[0])
    problem = {"num_vars": 3, "names": ATTITUDES, "bounds": [[-math.pi, math.pi]] * 3}
    found = sobol_analysis.analyze(problem, y, calc_second_order=second_order, seed=1)
    np.testing.assert_allclose(found["S1"], [0.3139, 0.4424, 0.0], atol=0.02)
    np.testing.assert_allclose(found["ST"], [0.5576, 0.4424, 0.2437], atol=0.02)
    if second_order:
        assert found["S2"][0, 2] == pytest.approx(0.2437, abs=0.04)


@pytest.mark.parametrize("levels", [4, 6, 10])
def test_trajectories_of_morris_change_one_factor_at_a_time(make: Make, levels: int) -> None:
    design = make(MIXED, f'kind = "morris"\ntrajectories = 20\nlevels = {levels}')
    rows = design.frame.drop("point").rows()
    assert len(rows) == 20 * 5
    for start in range(0, len(rows), 5):
        steps = [[a != b for a, b in zip(*pair, strict=True)] for pair in pairwise(rows[start : start + 5])]
        assert sorted(step.index(True) for step in steps) == [0, 1, 2, 3]
        assert all(sum(step) == 1 for step in steps)
    assert set(design.frame["doctrine.voting_rule"]) == {"unanimity", "qmv", "coalition"}
    assert design.frame["doctrine.clarity"].n_unique() == levels


def test_effects_from_a_morris_design_are_the_slopes(make: Make) -> None:
    factors = "\n".join(f'"{path}" = {{ low = -1, high = 3 }}' for path in ATTITUDES)
    design = make(factors, 'kind = "morris"\ntrajectories = 5')
    x = design.frame.select(ATTITUDES).to_numpy()
    problem = {"num_vars": 3, "names": ATTITUDES, "bounds": [[-1, 3]] * 3}
    found = morris_analysis.analyze(problem, x, x @ [3.0, -1.0, 0.0], num_levels=4)
    np.testing.assert_allclose(np.asarray(found["mu"]), [12.0, -4.0, 0.0], atol=1e-12)
    np.testing.assert_allclose(np.asarray(found["sigma"]), 0.0, atol=1e-12)


def test_every_doctrine_meets_the_same_worlds(make: Make) -> None:
    crossed = 'doctrine = ["none", "clear_ladder"]\n"switches.norms" = [true, false]'
    worlds = '"scenario.investigation.skill" = { low = 0, high = 1 }'
    design = make(f"{worlds}\n{crossed}", 'kind = "latin"\nsize = 7\ncross = ["doctrine", "switches.norms"]')
    assert design.points == 28
    blocks = design.frame.group_by("doctrine", "switches.norms", maintain_order=True).agg(
        "scenario.investigation.skill"
    )
    assert blocks.select("doctrine", "switches.norms").rows() == list(product(["none", "clear_ladder"], [True, False]))
    assert blocks["scenario.investigation.skill"].n_unique() == 1
    assert len({design.reference(point) for point in range(28)}) == 14
    assert design.reference(0) == design.reference(14)


def test_a_saltelli_design_is_whole_within_each_level_that_it_is_crossed_with(make: Make) -> None:
    crossed = make(f'doctrine = ["none", "coalition"]\n{TWO}', 'kind = "saltelli"\nsize = 8\ncross = ["doctrine"]')
    alone = make(TWO, 'kind = "saltelli"\nsize = 8')
    for name in ("none", "coalition"):
        block = crossed.frame.filter(doctrine=name).drop("point", "doctrine")
        assert block.equals(alone.frame.drop("point"))


def test_rounding_leaves_no_value_beyond_an_end(make: Make) -> None:
    """0.3 + (0.9 − 0.3) is more than 0.9, and a folder whose values lie beyond the ends of a range is refused."""
    name = "scenario.investigation.link_evidence"
    design = make(f'"{name}" = {{ low = 0.3, high = 0.9 }}\n{TWO}', 'kind = "morris"\ntrajectories = 8\nlevels = 6')
    assert set(design.frame[name].cast(pl.String)) >= {"0.3", "0.9"}
    assert design.frame[name].is_between(0.3, 0.9).all()


def test_whole_numbers_stay_whole_and_within_their_range_on_a_logarithmic_scale(make: Make) -> None:
    plan = 'kind = "sobol"\nsize = 256'
    design = make('"doctrine.campaign_interval" = { low = 1, high = 10, scale = "log" }\n' + TWO, plan)
    found = design.frame["doctrine.campaign_interval"]
    assert (found.dtype, found.min(), found.max()) == (pl.Int64, 1, 10)


def test_an_exponential_range_is_that_distribution_between_its_ends(make: Make) -> None:
    design = make(f'"doctrine.ratchet" = {{ low = 0.1, high = 0.9, scale = "exponential" }}\n{CLARITY_RANGE}', LATIN)
    below = [1.0 - np.exp(-end) for end in (0.1, 0.9)]
    found = 1.0 - np.exp(-np.sort(design.frame["doctrine.ratchet"].to_numpy()))
    # one value in each of 512 parts of equal probability
    assert np.floor(512 * (found - below[0]) / (below[1] - below[0])).tolist() == list(range(512))


def test_weights_drawn_as_exponentials_are_dirichlet_as_shares_of_their_sum(make: Make) -> None:
    names = ("scope", "scale", "duration", "intensity", "complexity", "sophistication", "impact")
    ranges = (
        f'"scenario.severity.weights.{name}" = {{ low = 0.0, high = 20.0, scale = "exponential" }}' for name in names
    )
    weights = make("\n".join(ranges), 'kind = "sobol"\nsize = 4096').frame.drop("point").to_numpy()
    shares = weights / weights.sum(axis=1, keepdims=True)
    # of Dirichlet(1, …, 1) over seven: mean 1/7, variance 6 / (7² · 8), P(share > 1/2) = (1/2)⁶
    assert np.allclose(shares.mean(axis=0), 1 / 7, atol=0.002)
    assert np.allclose(shares.var(axis=0), 6 / (49 * 8), rtol=0.05)
    assert (shares > 0.5).mean() == pytest.approx(0.5**6, rel=0.1)


def test_whole_numbers_on_an_exponential_scale_stay_whole_and_reach_both_ends(make: Make) -> None:
    name = "doctrine.campaign_interval"
    found = make(f'"{name}" = {{ low = 1, high = 4, scale = "exponential" }}\n' + TWO, LATIN).frame[name]
    assert (found.dtype, found.min(), found.max()) == (pl.Int64, 1, 4)


def test_points_are_the_same_in_every_process(make: Make, tmp_path: Path) -> None:
    script = (
        "import sys; from experiments.design.design import design_of\n"
        "from experiments.design.experiment import load_experiment\n"
        "for path in sys.argv[1:]:\n    design = design_of(load_experiment(path))\n"
        "    print(design.hash, design.frame.write_csv())"
    )
    paths, expected = [], ""
    for plan in ('kind = "latin"\nsize = 16', 'kind = "saltelli"\nsize = 8', 'kind = "morris"\ntrajectories = 4'):
        design = make(MIXED, plan)
        assert make(MIXED, plan).frame.equals(design.frame)
        paths.append(str((tmp_path / "mine.toml").rename(tmp_path / f"{design.kind}.toml")))
        expected += f"{design.hash} {design.frame.write_csv()}\n"
    environment = {**os.environ, "PYTHONHASHSEED": "5", "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-c", script, *paths]
    assert subprocess.run(command, env=environment, capture_output=True, text=True, check=True).stdout == expected


@pytest.mark.parametrize("name", shipped("experiments"))
def test_shipped_experiments_are_designs_of_the_size_that_is_listed(name: str) -> None:
    loaded = load_experiment(name)
    design = design_of(loaded)
    assert design.points == loaded.experiment.size
    assert set(design.frame.columns[1:]) == set(design.factors)
    design.configuration(design.points - 1)


# constraints


def test_a_constraint_keeps_the_points_that_meet_it(make: Make) -> None:
    levels = '"doctrine.clarity" = [0, 0.25, 0.5, 1]\n"doctrine.ratchet" = [0, 1, 2]'
    text = "doctrine.clarity >= doctrine.ratchet / 4 and doctrine.ratchet < 2"
    design = make(levels, f'kind = "grid"\nconstraints = ["{text}", "doctrine.clarity != 1"]')
    rows = [(x, y) for x, y in product([0, 0.25, 0.5, 1], [0, 1, 2]) if x >= y / 4 and y < 2 and x != 1]
    assert design.frame.drop("point").rows() == rows
    assert design.frame["point"].to_list() == list(range(len(rows)))


def test_a_path_that_is_no_factor_has_the_value_of_the_base(make: Make) -> None:
    plan = 'kind = "latin"\nsize = 50\nconstraints = ["doctrine.clarity < doctrine.firmness / 5"]'
    for firmness in (1.5, 2.5):
        clarity = make(TWO, plan, **{"doctrine.firmness": firmness}).frame["doctrine.clarity"]
        whole = make(TWO, 'kind = "latin"\nsize = 50').frame["doctrine.clarity"]
        assert clarity.to_list() == whole.filter(whole < firmness / 5).to_list()


def test_a_path_below_a_whole_doctrine_has_the_value_that_it_has_there(make: Make) -> None:
    names = '["clear_ladder", "strategic_ambiguity", "status_quo"]'
    condition = 'constraints = ["doctrine.clarity > 0.5 or doctrine.ratchet == 1"]'
    design = make(f'doctrine = {names}\n"doctrine.ratchet" = [0, 1]', f'kind = "grid"\n{condition}')
    clear = [name for name in ("clear_ladder", "strategic_ambiguity", "status_quo") if clarity_of(name) > 0.5]
    assert design.frame.filter(pl.col("doctrine.ratchet") == 0)["doctrine"].to_list() == clear == ["clear_ladder"]


def clarity_of(doctrine: str) -> float:
    return load_configuration("baseline", doctrine).doctrine.clarity


# replicates, precision, engine, model

PRECISE = "replicates = { at_least = 20, at_most = 300 }\nseed = 3\nprecision = { deterrence_rate = 0.01 }"


def test_a_precision_sets_a_floor_and_a_ceiling(make: Make) -> None:
    design = make(TWO, 'kind = "sobol"\nsize = 4', top=PRECISE)
    assert (design.replicates, design.most_replicates, design.runs) == (20, 300, 80)
    assert design.precision == {"deterrence_rate": 0.01}
    plain = make(TWO, 'kind = "sobol"\nsize = 4', top="replicates = 20\nseed = 3")
    finer = make(TWO, 'kind = "sobol"\nsize = 4', top=PRECISE.replace("0.01", "0.005"))
    fewer = make(TWO, 'kind = "sobol"\nsize = 4', top=PRECISE.replace("300", "200"))
    assert len({each.hash for each in (design, plain, finer, fewer)}) == 4


def test_a_number_of_replicates_given_by_hand_replaces_a_precision(make: Make, tmp_path: Path) -> None:
    make(TWO, 'kind = "sobol"\nsize = 4', top=PRECISE)
    design = design_of(load_experiment(tmp_path / "mine.toml", {"replicates": 5}))
    assert (design.replicates, design.most_replicates, design.precision) == (5, 5, {})


def test_a_model_of_ones_own_runs_on_mesa_and_keeps_its_runs_apart(make: Make, tmp_path: Path) -> None:
    source = "from model.deterrence import DeterrenceModel\nclass Mine(DeterrenceModel):\n    '''{}'''\n"
    (tmp_path / "mine.py").write_text(source.format("One."))
    top = 'replicates = 2\nseed = 3\nmodel = "mine.py:Mine"'
    clarity = '"doctrine.clarity" = [0, 1]'
    design = make(clarity, top=top)
    assert design.model
    assert (design.engine, design.model.load().__name__) == ("mesa", "Mine")
    (tmp_path / "mine.py").write_text(source.format("Two."))
    changed, shipped_one = make(clarity, top=top), make(clarity)
    assert shipped_one.hash not in (design.hash, changed.hash)
    assert not same_runs(sweep_manifest(design), sweep_manifest(changed))
    assert same_runs(sweep_manifest(changed), sweep_manifest(make(clarity, top=top)))
    assert make(clarity, top='replicates = 2\nseed = 3\nengine = "mesa"').hash == make(clarity).hash


# what is checked before the first run


def test_many_points_are_checked_by_few_configurations(make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    built: list[Any] = []
    real = Configuration.with_values

    def counted(self: Configuration, values: Any, *arguments: Any, **options: Any) -> Configuration:
        built.append(values)
        return real(self, values, *arguments, **options)

    monkeypatch.setattr(Configuration, "with_values", counted)
    design = make(MIXED + '"scenario.investigation.skill" = { low = 0, high = 1 }', 'kind = "latin"\nsize = 100000')
    assert design.points == 100_000
    assert len(built) < 30


def test_parameters_that_are_checked_alone_do_not_depend_on_one_another() -> None:
    """All of them at once, at random ends of what each may be."""
    base, draw = load_configuration(), random.Random(1)
    free = [found for found in base.parameters() if FREE.fullmatch(found.path)]
    assert len(free) > 100
    assert entangled(found.path for found in free) == []
    for _ in range(40):
        values = {}
        for found in free:
            days = ["0001-01-01", "9999-12-31"] if found.unit == "day" else [True, False]
            ends = found.choices or (days if found.low is None else [found.low, found.high])
            end = draw.choice([end for end in ends if end is not None])
            values[found.path] = int(end) if type(found.value) is int else end
        base.with_values(values)


def test_factors_that_depend_on_one_another_are_checked_together(make: Make) -> None:
    bite = '"measures.retorsion.bite.{}" = {{ low = {}, high = {} }}'
    apart = f"{bite.format('low', 0.1, 0.2)}\n{bite.format('high', 0.3, 0.4)}"
    design = make(apart, 'kind = "latin"\nsize = 9')
    assert "all 9 combinations" in how_checked(design.frame)
    with pytest.raises(ConfigurationError, match=r"is not a range .*at the point measures.retorsion.bite.low = 0\.2"):
        make(f"{bite.format('low', 0.1, 0.3)}\n{bite.format('high', 0.2, 0.4)}", 'kind = "latin"\nsize = 100')


def test_of_too_many_combinations_a_sample_is_checked(make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    bite = '"measures.retorsion.bite.low" = { low = 0.1, high = 0.2 }\n"scenario.time.weeks" = { low = 5, high = 5000 }'
    design = make(
        bite, 'kind = "latin"\nsize = 3000', **{"scenario.time.burn_in": 0, "scenario.time.start": "2000-01-01"}
    )
    assert f"{MOST_CHECKED:,} of the 3,000 combinations" in how_checked(design.frame)
    checked: list[Any] = []
    monkeypatch.setattr(Configuration, "with_values", lambda self, values: checked.append(values))
    check_points(design.base, design.frame, load_experiment("headline").experiment)
    assert len(checked) == MOST_CHECKED


def test_every_key_of_an_experiment_is_explained() -> None:
    page = (ROOT / "docs/reference/experiments.md").read_text("utf-8")
    rows = re.findall(r"^\| (`[^|]+?) \|", page, re.MULTILINE)
    explained = {name for cell in rows for name in re.findall(r"`(\w+)`", cell)}
    numbers = set(re.findall(r"`(\w+)`", page))
    assert set(Experiment.model_fields) | {"sources", "cross", "constraints", "seed", *DESIGN_KINDS} <= explained
    assert {name for kind in DESIGN_KINDS.values() for name in kind.model_fields} - {"kind"} <= numbers


# the dry run


def test_a_dry_run_shows_the_design_and_writes_nothing(make: Make, tmp_path: Path, capsys: Capture) -> None:
    plan = 'kind = "latin"\nsize = 8\ncross = ["doctrine"]\nconstraints = ["doctrine.clarity < 0.5"]'
    design = make(f'doctrine = ["none", "status_quo"]\n{TWO}', plan, top=PRECISE)
    before = sorted(tmp_path.rglob("*"))
    short = ["--set", "scenario.time.weeks=20", "--set", "scenario.time.burn_in=0"]
    arguments = ["sweep", str(tmp_path / "mine.toml"), "--dry-run", "--workers", "2", *short]
    assert main([*arguments, "--out", str(tmp_path / "out")]) == 0
    shown = capsys.readouterr().out
    runs = f"{design.points} × 20 to 300 = {design.points * 20} to {design.points * 300:,}"
    for words in ("latin", "size 8", "0.01 to 1 (log)", "crossed: none", "doctrine.clarity < 0.5", runs, "2 workers"):
        assert words in shown
    assert sorted(tmp_path.rglob("*")) == before


def test_an_estimate_is_of_the_order_of_what_a_sweep_takes(make: Make, tmp_path: Path) -> None:
    """Not a limit on time: both are measured here, one after the other."""
    short = {"scenario.time.weeks": 60, "scenario.time.burn_in": 20}
    worlds = '"scenario.investigation.skill" = { low = 0, high = 1 }'
    design = make(worlds, 'kind = "latin"\nsize = 40', top="replicates = 20\nseed = 3", **short)
    found = estimated(design, 1)
    start = time.perf_counter()
    carry_out(design, tmp_path / "out", 1)
    took = time.perf_counter() - start
    written = sum(path.stat().st_size for path in (tmp_path / "out").rglob("*.parquet"))
    assert (found.runs, found.twins, found.worlds) == (800, 800, 40)
    assert took / 10 < found.seconds < took * 10
    assert written / 3 < found.disk < written * 3
    assert found.memory > 50e6


def test_an_estimate_under_a_precision_has_two_ends(make: Make) -> None:
    found = estimated(make(CLARITY, top=PRECISE, **{"scenario.time.weeks": 4, "scenario.time.burn_in": 0}), 2)
    assert (found.runs, found.runs * found.more) == (40, 600)


def test_workers_elsewhere_are_counted_and_the_load_of_this_machine_is_not(
    make: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    design = make(CLARITY, top=PRECISE, **{"scenario.time.weeks": 4, "scenario.time.burn_in": 0})
    tried = [trial._replace(clock=4.0 * sum(trial.seconds)) for trial in trials_of(design, 1)]
    monkeypatch.setattr("experiments.running.cost.trials_of", lambda *_: tried)
    monkeypatch.setattr("os.cpu_count", lambda: 2)
    here, there = estimated(design, 64), estimated(design, 64, elsewhere=True)
    assert here.seconds == pytest.approx(4 * here.undisturbed)
    assert there.seconds == there.undisturbed == pytest.approx(here.undisturbed / 32)
    assert estimated(design, 64, processes=True).memory > 20 * there.memory


def test_neither_what_is_done_once_nor_a_busy_machine_makes_a_run_dearer() -> None:
    """The first trial of a point compiled something; all waited for a processor three quarters of the time."""
    none = pl.DataFrame()
    seconds = [1.0, 2.0]
    found = [
        TimedTrial(at, (0.0, 0.0, seconds[at]), 4.0 * seconds[at], 0, none, none) for at in (0, 1) for _ in range(3)
    ]
    found[0] = found[0]._replace(seconds=(0.0, 0.0, 50.0), clock=200.0)
    assert typical(found)[2] == 1.5
    assert busy(found) == 4.0


def test_the_mesa_engine_is_estimated_as_well(make: Make) -> None:
    short = {"scenario.time.weeks": 4, "scenario.time.burn_in": 0}
    mesa = estimated(make(CLARITY, top="replicates = 2\nseed = 3\nengine = 'mesa'", **short), 1)
    compiled = estimated(make(CLARITY, **short), 1)
    assert mesa.seconds > compiled.seconds


def test_amounts_in_words() -> None:
    seconds = {0.2: "1 second", 40: "40 seconds", 200: "3.3 minutes", 8000: "2.2 hours", 1e6: "12 days"}
    assert {value: seconds_text(value) for value in seconds} == seconds
    sizes = {500: "1 kB", 12_345: "12 kB", 380e6: "380 MB", 1.5e9: "1.5 GB", 2.5e15: "2500 TB"}
    assert {value: bytes_text(value) for value in sizes} == sizes

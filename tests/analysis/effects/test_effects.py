"""Effects of factors: exact on data made to have them, none where there are none, words where nothing can be said."""

from itertools import product
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import polars as pl
import pytest

from analysis.effects.by_cell import FEW, HELPS, HURTS, UNTOLD, by_cell
from analysis.effects.effects import effects, shares
from analysis.effects.factorial import grid_factors, is_grid
from analysis.effects.matched import matched
from analysis.effects.tables import effect_tables
from analysis.results.folder import RUNS_SCHEMA, open_results
from analysis.results.table_files import table_files
from analysis.statistics.contrasts import paired
from experiments.commands.main import main
from model.configuration import ConfigurationError

C, P, F = "doctrine.clarity", "doctrine.proportionality", "doctrine.firmness"
RATE, HARM, BITE = "deterrence_rate", "harm_averted", "bite_a_year"
Levels = dict[str, list[Any]]
LEVELS: Levels = {C: [0.0, 0.5, 1.0], P: [0.0, 1.0], F: [0.5, 1.0, 2.0]}


def world(
    levels: Levels, rate: Any, *, bite: Any = None, replicates: int = 30, noise: float = 0.0, seed: int = 5
) -> Any:
    """Results of a made-up grid: `rate` and `bite` are functions of levels, `noise` what replicates and runs add."""
    design = pl.DataFrame(list(product(*levels.values())), schema=list(levels), orient="row").with_row_index("point")
    design = design.with_columns(pl.col("point").cast(pl.Int64))
    cells, size = design.height, design.height * replicates
    draws = np.random.default_rng(seed)
    values = np.array([rate(*row[1:]) for row in design.rows()])[:, None]
    values = values + noise * (3.0 * draws.normal(0, 1, (1, replicates)) + draws.normal(0, 1, (cells, replicates)))
    bites = np.array([bite(*row[1:]) if bite else 1.0 for row in design.rows()])
    columns: dict[str, Any] = {name: np.ones(size) for name in RUNS_SCHEMA}
    columns["point"], columns["replicate"] = np.divmod(np.arange(size), replicates)
    columns["status"], columns["error"] = ["ok"] * size, [None] * size
    columns |= {"deterred": 1000.0 * values.ravel(), "deterrable": np.full(size, 1000.0)}
    columns |= {"expected_harm": 1000.0 - 1000.0 * values.ravel(), "twin_expected_harm": np.full(size, 1000.0)}
    columns |= {"bite": np.repeat(bites, replicates), "weeks": np.full(size, 52)}
    runs = pl.DataFrame(columns, strict=False).cast(RUNS_SCHEMA)  # type: ignore[arg-type]
    return results_of(runs, design, levels)


def results_of(runs: pl.DataFrame, design: pl.DataFrame, levels: Levels) -> Any:
    manifest = SimpleNamespace(factors=levels, pilot=None, kind="sweep", status="complete")
    return SimpleNamespace(
        scan=runs.lazy(),
        design=design,
        levelled=list(levels),
        manifest=manifest,
        folder=Path("made/up"),
        check_reached=lambda _: None,
        missing={},
    )


def value(table: pl.DataFrame, effect: str, metric: str = RATE, column: str = "mean") -> float:
    return table.filter(effect=effect, metric=metric)[column].item()


def test_additive_data_have_main_effects_and_no_interactions() -> None:
    table = effects(world(LEVELS, lambda c, p, f: 0.1 + 0.02 * c + 0.05 * p - 0.01 * f), metrics=[RATE, HARM])
    for metric in (RATE, HARM):
        assert value(table, "Clarity", metric) == pytest.approx(0.02)
        assert value(table, "Proportionality", metric) == pytest.approx(0.05)
        assert value(table, "Firmness", metric) == pytest.approx(-0.015)  # from 0.5 to 2
        others = table.filter(pl.col("factors") > 1, metric=metric)
        assert others.height == 4
        assert np.abs(others["mean"].to_numpy()).max() < 1e-12


def test_interactions_are_differences_of_differences() -> None:
    table = effects(world(LEVELS, lambda c, p, f: 0.1 + 0.03 * c * p + 0.02 * c * p * f), metrics=[RATE])
    assert value(table, "Clarity") == pytest.approx(0.5 * (0.03 + 0.02 * 3.5 / 3))  # half the cells have p = 1
    assert value(table, "Clarity × Proportionality") == pytest.approx(0.03 + 0.02 * 3.5 / 3)
    assert value(table, "Clarity × Firmness") == pytest.approx(0.5 * 0.02 * 1.5)
    assert value(table, "Clarity × Proportionality × Firmness") == pytest.approx(0.02 * 1.5)
    row = table.filter(effect="Clarity × Firmness").row(0, named=True)
    assert (row["factors"], row["step"]) == (2, "0 → 1 × 0.5 → 2")


def test_a_main_effect_is_the_paired_difference_of_the_ends() -> None:
    results = world(LEVELS, lambda c, p, f: 0.1 + 0.03 * c * p, noise=0.01)
    ours = effects(results, metrics=[RATE]).filter(effect="Clarity").row(0, named=True)
    theirs = paired(results.scan, results.design, [C], {C: 0.0}, [RATE]).filter(pl.col(C) == 1.0).row(0, named=True)
    for name in ("mean", "standard_error", "low", "high", "n"):
        assert ours[name] == pytest.approx(theirs[name])


def test_factors_without_order_have_an_effect_for_each_level() -> None:
    levels = {"doctrine": ["b", "a", "c"], P: [0.0, 1.0]}
    table = effects(world(levels, lambda d, p: {"b": 0.1, "a": 0.2, "c": 0.4}[d] + 0.1 * p), metrics=[RATE])
    found = {row["step"]: row["mean"] for row in table.filter(effect="Doctrine").iter_rows(named=True)}
    assert found == {"b → a": pytest.approx(0.1), "b → c": pytest.approx(0.3)}
    assert table.filter(factors=2)["step"].to_list() == ["b → a × 0 → 1", "b → c × 0 → 1"]


def test_intervals_of_interactions_cover_nothing_where_there_is_nothing() -> None:
    """Forty additive worlds, each with four interactions: 95 % of the intervals of interactions hold zero."""
    rng, held = np.random.default_rng(3), []
    for _ in range(40):
        results = world(LEVELS, lambda c, p, f: 0.1 + 0.05 * p, noise=0.01)
        shuffled = results.scan.collect().with_columns(deterred=pl.col("deterred") + pl.Series(rng.normal(0, 20, 540)))
        table = effects(results_of(shuffled, results.design, LEVELS), metrics=[RATE]).filter(pl.col("factors") > 1)
        held += ((table["low"] <= 0.0) & (table["high"] >= 0.0)).to_list()
    assert 0.90 < np.mean(held) <= 0.99


def test_shares_of_variance_are_exact_without_noise() -> None:
    results = world({C: [0.0, 1.0], P: [0.0, 1.0]}, lambda c, p: 0.2 + 0.3 * c + 0.1 * p + 0.08 * c * p)
    table = shares(results, metrics=[RATE])
    squares = {"Clarity": (0.3 + 0.04) ** 2, "Proportionality": (0.1 + 0.04) ** 2, "Clarity × Proportionality": 0.04**2}
    for name, square in squares.items():
        assert value(table, name) == pytest.approx(square / sum(squares.values()))
        assert value(table, name, column="low") == pytest.approx(square / sum(squares.values()))


def test_shares_of_variance_are_free_of_noise_on_average() -> None:
    """Noise alone gives every term a sum of squares, which is taken off: shares of what is not there are small."""
    results = world(LEVELS, lambda c, p, f: 0.2 + 0.02 * c, noise=0.02, replicates=40)
    table = shares(results, metrics=[RATE])
    assert value(table, "Clarity") > 0.9
    assert value(table, "Clarity", column="low") < 1.0
    for name in ("Proportionality", "Firmness", "Clarity × Proportionality"):
        assert value(table, name, column="low") == 0.0
    cells = np.array(results.scan.collect()["deterred"]).reshape(18, 40).mean(1).reshape(3, 2, 3) / 1000.0
    raw = cells.mean((1, 2)).var() / cells.var()
    assert value(table, "Clarity") > raw  # η² as it is gives the noise its share


def test_shares_need_ten_replicates_for_an_interval_and_a_variance() -> None:
    few = shares(world(LEVELS, lambda c, p, f: 0.2 + 0.02 * c, noise=0.01, replicates=5), metrics=[RATE])
    assert few["low"].null_count() == few.height
    assert set(few["interval"]) == {"none"}
    flat = shares(world(LEVELS, lambda c, p, f: 0.2), metrics=[RATE])
    assert flat["mean"].null_count() == flat.height


def test_more_than_three_factors_leave_a_rest() -> None:
    levels = {f"doctrine.x{place}": [0.0, 1.0] for place in range(4)}
    table = shares(world(levels, lambda *x: 0.1 + 0.2 * np.prod(x)), metrics=[RATE])
    assert table["mean"].sum() == pytest.approx(1.0)
    assert table["effect"].to_list()[-1] == "Higher interactions"
    assert table["mean"].to_list()[-1] == pytest.approx(1.0 / 15.0)  # 0.2 times a product: all 15 terms alike


def test_planted_cells_are_found() -> None:
    """Clarity helps where p is 1, hurts where p is 0 and f is large, and does nothing elsewhere."""
    rule = {(1.0, 0.5): 0.05, (1.0, 1.0): 0.05, (1.0, 2.0): 0.05, (0.0, 2.0): -0.05}
    results = world(LEVELS, lambda c, p, f: 0.3 + c * rule.get((p, f), 0.0), noise=0.01, seed=6)
    table = by_cell(results, metrics=[RATE, HARM])
    assert table.select(P, F).rows()[:6] == list(product(LEVELS[P], LEVELS[F]))
    for row in table.iter_rows(named=True):
        planted = rule.get((row[P], row[F]), 0.0)
        assert row["verdict"] == (HELPS if planted > 0 else HURTS if planted < 0 else UNTOLD)
        assert row["slope"] == pytest.approx(row["mean"], abs=0.02)
        assert row["slope_low"] <= row["slope"] <= row["slope_high"]
        assert (row["p"] <= 0.02) == (row["verdict"] != UNTOLD)
        assert (row["low"] > 0.0 or row["high"] < 0.0) == (row["verdict"] != UNTOLD)
        assert row["variance_ratio"] > 3.0


def test_less_escalation_is_help() -> None:
    results = world(LEVELS, lambda c, p, f: 0.3 + 0.05 * c, noise=0.001)
    runs = results.scan.collect().with_columns(escalated="deterred", common="deterrable")
    table = by_cell(results_of(runs, results.design, LEVELS), metrics=["escalation_rate", "acts"])
    assert set(table.filter(metric="escalation_rate")["verdict"]) == {HURTS}


def test_verdicts_are_rarely_wrong_where_nothing_is_there() -> None:
    """Of a hundred cells without effect a twentieth of the usual intervals leaves zero out; no verdict does."""
    levels = {C: [0.0, 1.0], "doctrine.a": list(range(10)), "doctrine.b": list(range(10))}
    results = world(levels, lambda *_: 0.3, noise=0.01)
    usual = paired(results.scan, results.design, list(levels), {C: 0.0}, [RATE])
    assert usual.filter((pl.col("low") > 0.0) | (pl.col("high") < 0.0)).height >= 1
    table = by_cell(results, metrics=[RATE])
    assert set(table["verdict"]) == {UNTOLD}
    assert set(table["interval"]) == {"simultaneous"}


@pytest.mark.parametrize("replicates", [1, 2, 3])
def test_where_replicates_are_too_few_there_is_no_verdict(replicates: int) -> None:
    results = world(LEVELS, lambda c, p, f: 0.3 + 0.05 * c, noise=0.001, replicates=replicates)
    table = by_cell(results, metrics=[RATE])
    assert set(table["verdict"]) == ({FEW} if replicates > 1 else {None})
    assert table["low"].null_count() == table["high"].null_count() == table.height


def test_what_differs_by_the_same_in_every_replicate_has_shown_no_spread_and_gets_no_verdict() -> None:
    """Nine of ten replicates without a rare event say nothing of the tenth."""
    table = by_cell(world(LEVELS, lambda c, p, f: 0.3 + 0.05 * c), metrics=[RATE])
    assert set(table["verdict"]) == {FEW}


@pytest.mark.parametrize("replicates", [10, 20])
def test_of_skewed_differences_without_effect_hardly_any_sweep_has_a_verdict(replicates: int) -> None:
    """Exponential differences of mean zero in 25 cells: Student's test gave a third of the sweeps a verdict."""
    levels = {C: [0.0, 1.0], "doctrine.a": list(range(5)), "doctrine.b": list(range(5))}
    base, false = world(levels, lambda *_: 0.3, replicates=replicates), 0
    for seed in range(30):
        extra = 10.0 * (np.random.default_rng(seed).exponential(size=25 * replicates) - 1.0)
        deterred = pl.Series(np.concatenate([np.zeros_like(extra), extra]))
        runs = base.scan.collect().with_columns(deterred=pl.col("deterred") + deterred)
        false += by_cell(results_of(runs, base.design, levels), metrics=[RATE])["verdict"].is_in([HELPS, HURTS]).any()
    assert false <= 4  # 1 in 20, and two standard errors


def counts(draws: Any, shape: tuple[int, ...]) -> Any:
    """Severe acts in worlds some of which have many."""
    return draws.poisson(2.0 * draws.gamma(0.5, 2.0, shape))


@pytest.mark.slow
@pytest.mark.parametrize("replicates", [5, 10, 20])
@pytest.mark.parametrize("cells", [(1, 3), (5, 5)])
def test_of_skewed_ratios_without_effect_hardly_any_sweep_has_a_verdict(replicates: int, cells: Any) -> None:
    """Severe acts over those of the twin: of 300 sweeps 5 % have a false verdict, and two standard errors more."""
    levels = {C: [0.0, 1.0], "doctrine.a": list(range(cells[0])), "doctrine.b": list(range(cells[1]))}
    base = world(levels, lambda *_: 0.3, replicates=replicates)
    false = 0
    for seed in range(300):
        draws = np.random.default_rng(seed)
        acts = counts(draws, (base.design.height, replicates)).ravel()
        twin = np.tile(0.5 + draws.exponential(3.0, replicates), base.design.height)
        runs = base.scan.collect().with_columns(expected_harm=pl.Series(acts), twin_expected_harm=pl.Series(twin))
        runs = runs.cast(RUNS_SCHEMA)  # type: ignore[arg-type]
        false += by_cell(results_of(runs, base.design, levels), metrics=[HARM])["verdict"].is_in([HELPS, HURTS]).any()
    assert false / 300 <= 0.05 + 2.0 * np.sqrt(0.05 * 0.95 / 300)


def test_any_factor_can_be_asked_for() -> None:
    results = world(LEVELS, lambda c, p, f: 0.3 + 0.05 * p, noise=0.001)
    table = by_cell(results, P, metrics=[RATE], others=[F])
    assert table.columns[:2] == [F, "step"]
    assert table.height == 3
    assert set(table["verdict"]) == {HELPS}


def test_at_matched_bite_only_what_is_beyond_it_remains() -> None:
    """Proportionality moves the metric by .03 and, by the bite that it brings, by .1 · .5; matched, .03 is left."""
    results = world(
        LEVELS,
        lambda c, p, f: 0.1 * (f + 0.5 * p) + 0.03 * p,
        bite=lambda c, p, f: f + 0.5 * p,
    )
    table = matched(results, metrics=[RATE, HARM])
    for metric in (RATE, HARM):
        assert value(table, "Proportionality", metric, "unmatched") == pytest.approx(0.08)
        assert value(table, "Proportionality", metric) == pytest.approx(0.03)
        assert value(table, "Clarity", metric) == pytest.approx(0.0, abs=1e-12)
    row = table.filter(effect="Proportionality", metric=RATE).row(0, named=True)
    assert (row["carrier"], row["bite_low"], row["bite_high"], row["overlap"]) == ("Firmness", 1.0, 2.0, 1.0)


def test_where_the_ends_never_deliver_the_same_nothing_is_said() -> None:
    table = matched(world(LEVELS, lambda c, p, f: 0.1, bite=lambda c, p, f: f + 10 * p), metrics=[RATE])
    row = table.filter(effect="Proportionality").row(0, named=True)
    assert (row["mean"], row["low"], row["interval"], row["overlap"]) == (None, None, "none", 0.0)


def test_the_jackknife_agrees_with_the_spread_of_made_up_sweeps() -> None:
    found, errors = [], []
    for seed in range(60):
        draws = np.random.default_rng(seed)
        results = world(LEVELS, lambda c, p, f: 0.1 * f + 0.03 * p, bite=lambda c, p, f: f + 0.3 * p)
        runs = results.scan.collect()
        runs = runs.with_columns(
            deterred=pl.col("deterred") + pl.Series(draws.normal(0, 40, runs.height)),
            bite=pl.col("bite") * pl.Series(draws.gamma(20, 0.05, runs.height)),
        )
        row = matched(results_of(runs, results.design, LEVELS), metrics=[RATE]).filter(effect="Proportionality")
        found.append(row["mean"].item())
        errors.append(row["standard_error"].item())
    assert np.std(found) == pytest.approx(np.mean(errors), rel=0.3)
    assert np.mean(found) == pytest.approx(0.0, abs=0.01)  # .03 more of the metric, for .3 more bite at .1 each


def test_a_grid_with_holes_is_refused() -> None:
    whole = world(LEVELS, lambda c, p, f: 0.1)
    runs = whole.scan.collect().filter(pl.col("point") != 17)
    holed = results_of(runs, whole.design.filter(pl.col("point") != 17), LEVELS)
    assert not is_grid(holed)
    with pytest.raises(ConfigurationError, match="is no full grid: 17 of 18 combinations"):
        effects(holed)


def test_a_point_without_runs_leaves_no_wrong_number() -> None:
    whole = world(LEVELS, lambda c, p, f: 0.1 + 0.02 * c + 0.05 * c * f, noise=0.01)
    runs = whole.scan.collect().filter(pl.col("point") != 4)
    table = effects(results_of(runs, whole.design, LEVELS), metrics=[RATE])
    assert table["mean"].null_count() == 0
    # what clarity does is averaged over the five combinations of which both ends are there
    assert value(table, "Clarity") == pytest.approx(0.02 + 0.05 * (2 * 0.5 + 1.0 + 2 * 2.0) / 5, abs=0.005)
    assert value(table, "Firmness") == pytest.approx(0.05 * 0.5 * 1.5, abs=0.005)
    some = by_cell(results_of(runs, whole.design, LEVELS), metrics=[RATE])
    assert some.filter(pl.col("verdict").is_null()).select(P, F).rows() == [(1.0, 1.0)]
    assert shares(results_of(runs, whole.design, LEVELS), metrics=[RATE])["mean"].null_count() == 7


def test_one_replicate_gives_effects_without_intervals_and_no_verdict() -> None:
    results = world(LEVELS, lambda c, p, f: 0.1 + 0.02 * c, noise=0.01, replicates=1)
    for table in (effects(results), by_cell(results), shares(results), matched(results)):
        assert table["low"].null_count() == table.height
        assert set(table["interval"]) == {"none"}
    assert by_cell(results)["verdict"].null_count() == by_cell(results).height


@pytest.mark.parametrize(
    ("factors", "said"),
    [(["doctrine.clarty"], "did you mean 'doctrine.clarity'"), (["scenario"], "is no factor of the experiment")],
)
def test_unknown_factors_are_answered(factors: list[str], said: str) -> None:
    with pytest.raises(ConfigurationError, match=said):
        effects(world(LEVELS, lambda c, p, f: 0.1), factors)


def test_without_a_second_factor_there_are_no_cells() -> None:
    results = world({C: [0.0, 1.0]}, lambda c: 0.1)
    with pytest.raises(ConfigurationError, match="no second factor"):
        by_cell(results)
    with pytest.raises(ConfigurationError, match="no second factor along which"):
        matched(results)
    assert grid_factors(results) == [C]


def test_of_large_grids_the_first_factors_are_told() -> None:
    """So that the analysis of a sweep of a million points does not take longer than anyone waits."""
    levels = {f"doctrine.x{place}": list(range(10)) for place in range(4)}
    assert grid_factors(results_of(pl.DataFrame(), pl.DataFrame(), levels)) == list(levels)[:3]
    wide = {f"doctrine.x{place}": list(range(60)) for place in range(4)}
    assert grid_factors(results_of(pl.DataFrame(), pl.DataFrame(), wide)) == list(wide)[:2]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    base = tmp_path_factory.mktemp("grid")
    (base / "grid.toml").write_text(
        'title = "Grid"\nquestion = "?"\nscenario = "illustrative"\ndoctrine = "clear_ladder"\nreplicates = 3\n'
        'seed = 2\n[factors]\n"doctrine.clarity" = [0.0, 1.0]\n"doctrine.proportionality" = [0.0, 1.0]\n'
    )
    short = ["--set", "scenario.time.weeks=40", "--set", "scenario.time.burn_in=4"]
    assert main(["sweep", str(base / "grid.toml"), "--out", str(base / "out"), "--quiet", *short]) == 0
    return base / "out"


def test_a_sweep_leaves_tables_and_figures_of_effects(folder: Path) -> None:
    names = {"effects", "variance_shares", "clarity_by_cell", "effects_at_matched_bite", "policy_units"}
    assert {path.stem for path in (folder / "tables").iterdir()} == names
    assert {"effects", "where"} <= {path.stem for path in (folder / "figures").glob("*.png")}
    results = open_results(folder)
    assert effects(results).equals(pl.read_parquet(folder / "tables" / "effects.parquet"))
    for table in effect_tables(results).values():
        assert "n = 3 replicates" in table.note
        assert results.manifest.stamp in table.note
        assert r"\begin{table}" in table_files(table)["tex"].decode()


def test_what_failed_altogether_has_no_tables(folder: Path) -> None:
    results = open_results(folder)
    results.runs = results.runs.with_columns(status=pl.lit("failed"))
    assert effect_tables(results) == {}

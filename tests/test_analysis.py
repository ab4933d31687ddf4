"""Estimates against brute force, coverage of the intervals, readers that refuse, and figures that can be read."""

import io
from itertools import pairwise
from pathlib import Path
from typing import Any

import matplotlib.image
import numpy as np
import polars as pl
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from analysis.estimates import NAMES, estimate, quantile, ratio_of_sums, summarise
from analysis.figures import sweep_figures
from analysis.results import RUNS_SCHEMA, Results, open_results
from analysis.style import rendered
from analysis.timeline import binned, run_figure
from experiments import run_sweep
from experiments.design import single_point
from experiments.single import run_single, save_run
from model.configuration import ConfigurationError, load_configuration

SHORT = {"scenario.time.weeks": 60, "scenario.time.burn_in": 6}
SMALL = """
title = "Small"
question = "Does it work?"
replicates = 3
seed = 3
[factors]
"""
ONE = '"doctrine.clarity" = [0.0, 0.3, 1.0]\n'
TWO = ONE + '"doctrine.voting_rule" = ["unanimity", "qmv", "coalition"]\n'
THREE = TWO + '"doctrine.firmness" = [0.0, 2.0]\n'


def made_up(points: int, replicates: int, seed: int = 1) -> pl.DataFrame:
    """Runs with numbers from a hat."""
    draws, size = np.random.default_rng(seed), points * replicates
    columns: dict[str, Any] = {name: draws.integers(1, 50, size) for name in RUNS_SCHEMA}
    columns["point"] = np.repeat(np.arange(points), replicates)
    columns["replicate"] = np.tile(np.arange(replicates), points)
    columns["status"], columns["error"] = ["ok"] * size, [None] * size
    return pl.DataFrame(columns, strict=False).cast(RUNS_SCHEMA)  # type: ignore[arg-type]


def one(table: pl.DataFrame, metric: str, **where: Any) -> dict[str, Any]:
    found = table.filter(pl.col("metric") == metric, **where)
    return found.row(0, named=True)


def test_a_ratio_of_sums_and_its_error_by_hand() -> None:
    x, y = np.array([1.0, 2.0, 6.0]), np.array([2.0, 4.0, 6.0])
    found = ratio_of_sums(x, y, np.zeros(3, np.int64), 1)
    residual = x - 0.75 * y
    assert found.mean[0] == pytest.approx(9 / 12)
    assert found.standard_error[0] == pytest.approx(np.sqrt((residual**2).sum() / 2 * 3) / 12)
    assert found.n[0] == 3


def test_units_without_denominator_count_for_nothing() -> None:
    x, y = np.array([1.0, 5.0, 3.0, np.nan]), np.array([2.0, 0.0, 4.0, np.nan])
    found = ratio_of_sums(x, y, np.array([0, 0, 0, 1]), 3)
    assert found.mean[0] == pytest.approx(4 / 6)
    assert found.n.tolist() == [2, 0, 0]
    assert np.isnan(found.mean[1:]).all()
    assert np.isnan(found.standard_error[1:]).all()


def test_the_delta_method_agrees_with_the_bootstrap() -> None:
    draws = np.random.default_rng(7)
    y = draws.gamma(9.0, 2.0, 400)
    x = y * draws.beta(2.0, 5.0, 400)
    error = ratio_of_sums(x, y, np.zeros(400, np.int64), 1).standard_error[0]
    picks = draws.integers(0, 400, (4000, 400))
    assert error == pytest.approx((x[picks].sum(1) / y[picks].sum(1)).std(), rel=0.06)


def test_quantiles_are_those_of_students_t() -> None:
    assert quantile([2, 3, 6, 31, 101]) == pytest.approx([12.706, 4.303, 2.571, 2.042, 1.984], abs=5e-4)  # from tables
    assert np.isnan(quantile([0, 1])).all()


@pytest.mark.parametrize("replicates", [5, 20, 60])
def test_intervals_cover_the_truth(replicates: int) -> None:
    draws, worlds = np.random.default_rng(11), 4000
    y = draws.poisson(30, (worlds, replicates)) + 1.0
    x = draws.binomial(y.astype(int), 0.3).astype(float)
    found = ratio_of_sums(x.ravel(), y.ravel(), np.repeat(np.arange(worlds), replicates), worlds)
    covered = np.abs(found.mean - 0.3) <= quantile(replicates) * found.standard_error
    assert 0.93 < covered.mean() < 0.96


def test_replicates_are_the_units_of_what_is_pooled() -> None:
    points, replicates = 8, 40
    runs = made_up(points, replicates)
    shared = np.tile(np.random.default_rng(2).normal(0.0, 5.0, replicates), points) + 100.0
    runs = runs.with_columns(pl.Series("deterred", shared), deterrable=pl.lit(1000.0))
    design = pl.DataFrame({"point": range(points), "a": [0, 1] * 4})
    pooled = one(estimate(runs, design), "deterrence_rate")
    assert pooled["n"] == replicates
    assert pooled["standard_error"] == pytest.approx(shared[:replicates].std(ddof=1) / np.sqrt(replicates) / 1000.0)
    level = one(estimate(runs, design, ["a"]), "deterrence_rate", a=1)
    assert level["standard_error"] == pytest.approx(pooled["standard_error"])


def test_a_level_is_the_mean_over_its_points() -> None:
    runs = made_up(6, 10)
    design = pl.DataFrame({"point": range(6), "a": ["x", "x", "y", "y", "x", "y"], "b": [0, 1, 0, 1, 2, 2]})
    some = runs.filter(pl.col("point").is_in([2, 3, 5]))
    expected = 1.0 - some["expected_harm"].sum() / some["twin_expected_harm"].sum()
    table = estimate(runs, design, ["a"])
    assert one(table, "harm_averted", a="y")["mean"] == pytest.approx(expected)
    assert table["a"].unique(maintain_order=True).to_list() == ["x", "y"]
    assert estimate(runs, design, ["a", "b"], ["acts"]).select("a", "b").rows() == design.select("a", "b").rows()


def test_a_summary_has_every_metric_and_no_nan() -> None:
    runs = made_up(3, 4).with_columns(votes=pl.lit(0), response_delay=pl.lit(None, pl.Float64))
    runs = runs.with_columns(
        attribution_delay=pl.when(pl.col("replicate") < 2).then(pl.lit(8.0)), votes_failed=pl.lit(0)
    )
    summary = summarise(runs, 3)
    assert summary["metric"].to_list() == list(NAMES) * 3
    assert summary["point"].to_list() == sorted([0, 1, 2] * len(NAMES))
    for name in ("votes_failed", "response_delay"):
        assert one(summary, name, point=1) | {"point": 1, "metric": name, "n": 0} == {
            **dict.fromkeys(summary.columns),
            "point": 1,
            "metric": name,
            "n": 0,
        }
    assert one(summary, "attribution_delay", point=2)["n"] == 2
    assert one(summary, "attribution_delay", point=2)["mean"] == 8.0
    assert not any(summary[name].is_nan().any() for name in ("mean", "standard_error", "low", "high"))


def test_one_replicate_has_no_interval() -> None:
    row = one(summarise(made_up(1, 1), 1), "acts", point=0)
    assert row["mean"] is not None
    assert (row["standard_error"], row["low"], row["high"], row["n"]) == (None, None, None, 1)


def test_intervals_are_students() -> None:
    row = one(summarise(made_up(1, 4), 1), "acts", point=0)
    half_width = 3.182446305 * row["standard_error"]
    assert (row["low"], row["high"]) == pytest.approx((row["mean"] - half_width, row["mean"] + half_width), rel=1e-6)


def test_failed_runs_are_left_out() -> None:
    runs = made_up(2, 5)
    failed = (pl.col("point") == 1) & (pl.col("replicate") > 1)
    marked = runs.with_columns(status=pl.when(failed).then(pl.lit("failed")).otherwise("status"))
    assert one(summarise(marked, 2), "acts", point=1)["n"] == 2


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    base = tmp_path_factory.mktemp("sweeps")
    for name, factors in (("one", ONE), ("two", TWO), ("three", THREE)):
        (base / f"{name}.toml").write_text(SMALL + factors)
        run_sweep(base / f"{name}.toml", base / name, overrides=SHORT)
    configuration = load_configuration(overrides=SHORT)
    design = single_point(configuration, 1, 2, "A run of " + configuration.doctrine.title, "What happens?")
    save_run(base / "run", design, run_single(configuration, 1, 2, "compiled", ledger=False), "compiled", ledger=False)
    return base


def read_all(folder: Path) -> tuple[pl.DataFrame, ...]:
    opened = open_results(folder)
    return opened.design, opened.runs, opened.summary


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("manifest.json", None, "is not a folder of results"),
        ("manifest.json", b"\xff\xfe", "is damaged"),
        ("manifest.json", b'{"schema_version": 99}', "schema_version = 99"),
        ("manifest.json", b'{"schema_version": 1}', "Field required"),
        ("runs.parquet", None, "there is no such file"),
        ("runs.parquet", b"PAR1 and nothing", "is damaged"),
        ("summary.parquet", "design.parquet", "other columns or types"),
        ("design.parquet", "summary.parquet", "other factors"),
    ],
)
def test_a_broken_folder_is_refused(folder: Path, tmp_path: Path, name: str, content: Any, said: str) -> None:
    for file in ("manifest.json", "design.parquet", "runs.parquet", "summary.parquet"):
        (tmp_path / file).write_bytes((folder / "one" / file).read_bytes())
    if content is None:
        (tmp_path / name).unlink()
    else:
        (tmp_path / name).write_bytes(content if isinstance(content, bytes) else (tmp_path / content).read_bytes())
    with pytest.raises(ConfigurationError, match=said):
        read_all(tmp_path)


def figures_of(folder: Path) -> list[tuple[str, Figure]]:
    found = [("run", run_figure(open_results(folder / "run")))]
    for name in ("one", "two", "three"):
        found += [(f"{name} {key}", figure) for key, figure in sweep_figures(open_results(folder / name)).items()]
    return found


def test_figures_stay_on_their_canvas(folder: Path) -> None:
    for name, figure in figures_of(folder):
        canvas = FigureCanvasAgg(figure)
        canvas.draw()
        box, size = figure.get_tightbbox(canvas.get_renderer()), figure.get_size_inches()
        assert box.x0 >= 0.0 <= box.y0, name
        assert box.x1 <= size[0], name
        assert box.y1 <= size[1], name
        assert_apart(name, figure, canvas.get_renderer())


def assert_apart(name: str, figure: Figure, renderer: Any) -> None:
    """Notes and panels do not overlap, nor do the labels of an axis."""
    panels = [axes.get_tightbbox(renderer) for axes in figure.axes if axes.axison]
    for text in figure.texts:
        assert not any(text.get_window_extent(renderer).overlaps(panel) for panel in panels), (name, text.get_text())
    for axes in figure.axes:
        legend, title = axes.get_legend(), axes.get_title("left")
        if legend and title:
            heading = next(text for text in axes.get_children() if getattr(text, "get_text", str)() == title)
            assert not heading.get_window_extent(renderer).overlaps(legend.get_window_extent(renderer)), (name, title)
        if axes.axison and not axes.xaxis.get_tick_params().get("labelrotation"):
            boxes = [label.get_window_extent(renderer) for label in axes.get_xticklabels() if label.get_text()]
            assert all(a.x1 <= b.x0 for a, b in pairwise(boxes)), name


def test_figures_say_where_they_come_from(folder: Path) -> None:
    for name, figure in figures_of(folder):
        said = " ".join(text.get_text() for text in figure.texts).replace("\n", " ")
        assert "n = " in said, name
        assert "interval" in said, name
        assert f"design {open_results(folder / name.split()[0]).manifest.design_hash[:8]}" in said, name


def test_equal_figures_give_equal_files_that_open(folder: Path) -> None:
    opened = open_results(folder / "three")
    first, second = (rendered(sweep_figures(Results(folder / "three", opened.manifest))["main_effects"]) for _ in "ab")
    assert first == second
    assert first["svg"].lstrip().startswith(b"<?xml")
    picture = matplotlib.image.imread(io.BytesIO(first["png"]))
    assert picture.shape[1] == round(7.2 * 220)
    assert picture.std() > 0.01


def test_measures_are_stacked_up_the_ladder(folder: Path) -> None:
    results = open_results(folder / "run")
    axes = run_figure(results).axes[1]
    ladder = ["cooperative", "stability", "restrictive", "support"]
    legend = axes.get_legend()
    assert legend is not None
    assert [text.get_text() for text in legend.get_texts()] == [*ladder, "votes failed (downwards)"]
    heights = {bars.get_label(): [bar.get_height() for bar in bars] for bars in axes.containers}  # type: ignore[attr-defined]
    quarters = binned(results.series)
    for category in ladder:
        assert heights[category] == quarters[f"adopted_{category}"].to_list(), category
    assert heights["votes failed (downwards)"] == (-quarters["votes_failed"]).to_list()
    assert sum(map(sum, (heights[category] for category in ladder))) > 0
    tops = np.cumsum([heights[category] for category in ladder], axis=0)
    assert [bar.get_y() for bar in axes.containers[2]] == tops[1].tolist()  # type: ignore[attr-defined]


def test_quarters_add_up(folder: Path) -> None:
    series = open_results(folder / "run").series
    quarters = binned(series)
    assert quarters.height == 60 // 13
    assert quarters["acts"].to_list()[0] == series["acts"][:13].sum()
    assert binned(series.head(5)).height == 1

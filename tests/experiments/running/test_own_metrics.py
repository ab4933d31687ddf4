"""Functions of a user's own measure each run of a sweep, and what they give is a metric like any other."""

import json
import math
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from scipy import stats
from support.mistakes import RUN_AGAIN, Capture, by_name, one_answer

from analysis.effects.effects import effects
from analysis.effects.tables import own_tables
from analysis.report.gallery import draw
from analysis.results.folder import RUNS_SCHEMA, Results, open_results
from analysis.results.manifest import read_manifest
from experiments.commands.main import WRONG_INPUT, main
from experiments.design.points import at_points
from experiments.running.compare import Comparing
from experiments.running.cost import estimated
from experiments.running.executors import Workforce, dask, processes, threads
from experiments.running.ledgers import EndedRun
from experiments.running.reproduce import compared_run, open_kept, reproduce
from experiments.running.single import run_single
from experiments.running.sweep import Sweep, carry_out
from experiments.search.stages import plan_of
from model.configuration import load_configuration
from model.errors import ConfigurationError
from model.metrics.catalogue import metric
from model.metrics.columns import COLUMNS

EXPERIMENT = """
title = "Small"
question = "What do the user's own metrics say?"
scenario = "illustrative"
doctrine = "swift_qmv"
replicates = 6
seed = 3
[metrics]
{metrics}
[factors]
"doctrine.clarity" = [0.0, 1.0]
"doctrine.firmness" = [0.5, 2.0]
"""
MEASURES = """
def counted_acts(run):
    '''Acts of the world, as the weeks have them.'''
    return int(run.series["acts"].sum())

def twin_total(run):
    return run.series["twin_acts"].sum()

def cases(run):
    return run.ledger.filter("counted").height

def put_to_vote(run):
    return run.votes.filter("counted").height

def rate(run):
    return run.figure("deterrence_rate")

def clear(run):
    return run.configuration.doctrine.clarity

def sometimes(run):
    return None if run.replicate % 2 else run.replicate

def without_votes(run):
    return run.twin_votes.height == 0 and run.twin_ledger.height > 0

def broken(run):
    raise KeyError("nothing")

def wordy(run):
    return "much"

def endless(run):
    return run.replicate if run.replicate else float("inf")

def leaves(run):
    raise SystemExit(3)

def of_two(run, other):
    return 0

class Kind:
    pass
"""
GOOD = ("counted_acts", "twin_total", "cases", "put_to_vote", "rate", "clear", "sometimes", "without_votes")
SHORT = {"scenario.time.weeks": 60, "scenario.time.burn_in": 20}
SHORTER = {"scenario.time.weeks": 16, "scenario.time.burn_in": 4}
FILES = ("design.parquet", "runs.parquet", "summary.parquet")


def written(place: Path, *names: str, **more: str) -> Path:
    """An experiment that measures these functions of a file beside it, and others by the name that they have in it."""
    (place / "mine.py").write_text(MEASURES)
    functions = {**{name: f"mine.py:{name}" for name in names}, **more}
    lines = "\n".join(f'{name} = "{function}"' for name, function in functions.items())
    path = place / "small.toml"
    path.write_text(EXPERIMENT.format(metrics=lines))
    return path


def swept(
    place: Path,
    experiment: Path,
    workers: Workforce | None = None,
    out: str = "out",
    values: Any = None,
    **changes: Any,
) -> Results:
    design = Sweep(experiment, changes=changes, overrides=values or SHORT).design()
    return carry_out(design, place / out, workers or threads(1))


@pytest.fixture(scope="module")
def results(tmp_path_factory: pytest.TempPathFactory) -> Results:
    """A sweep with metrics of all kinds; not to be changed."""
    place = tmp_path_factory.mktemp("own")
    return swept(place, written(place, *GOOD))


def contents(results: Results) -> dict[str, bytes]:
    return {name: (results.folder / name).read_bytes() for name in FILES}


def test_a_function_sees_the_run_that_the_figures_are_of(results: Results) -> None:
    runs = results.runs
    assert runs["status"].unique().to_list() == ["ok"]
    same = {
        "own_counted_acts": pl.col("acts"),
        "own_twin_total": pl.col("twin_acts"),
        "own_cases": pl.col("detected") + pl.col("false_alarms"),
        "own_put_to_vote": pl.col("votes"),
    }
    for name, expected in same.items():
        assert runs[name].to_list() == runs.select(expected).to_series().to_list(), name
        assert runs[name].sum() > 0.0
    shipped = metric("deterrence_rate")
    above, below = shipped.parts({name: runs[name].to_numpy() for name in COLUMNS})
    assert runs["own_rate"].to_list() == shipped.value(above, below).tolist()
    clarity = runs.join(results.design, on="point", maintain_order="left")["doctrine.clarity"]
    assert runs["own_clear"].to_list() == clarity.to_list()
    assert (runs["own_without_votes"] == 1.0).all()


def test_measuring_changes_no_other_column(results: Results, tmp_path: Path) -> None:
    bare = written(tmp_path)
    bare.write_text(bare.read_text().replace("[metrics]\n", ""))
    plain = swept(tmp_path, bare)
    assert results.runs.select(list(RUNS_SCHEMA)).equals(plain.runs)
    assert results.manifest.design_hash != plain.manifest.design_hash


def test_the_summary_has_the_mean_over_replicates_with_its_interval(results: Results) -> None:
    row = results.summary.filter(metric="own_cases", point=0).row(0, named=True)
    values = results.runs.filter(point=0)["own_cases"]
    half = stats.t.ppf(0.975, 5) * values.std() / math.sqrt(6)  # type: ignore[operator]
    assert row["n"] == 6
    assert row["mean"] == pytest.approx(values.mean())
    assert (row["low"], row["high"]) == pytest.approx((row["mean"] - half, row["mean"] + half))
    assert {name for name in results.summary["metric"] if name.startswith("own_")} == {f"own_{name}" for name in GOOD}
    csv = pl.read_csv(results.folder / "summary.csv", glob=False)
    assert csv.filter(pl.col("metric") == "own_cases")["part"].to_list() == ["all"] * 4


def test_a_run_without_a_value_counts_for_nothing(results: Results) -> None:
    values = results.runs.filter(point=0)["own_sometimes"].to_list()
    assert values == [0.0, None, 2.0, None, 4.0, None]
    row = results.estimate(["point"], ["own_sometimes"]).row(0, named=True)
    assert (row["mean"], row["n"]) == (2.0, 3)


def test_effects_and_differences_are_those_of_any_metric(results: Results) -> None:
    step = results.paired(["doctrine.firmness"], {"doctrine.firmness": 0.5}, ["own_cases"]).row(0, named=True)
    found = results.estimate(["doctrine.firmness"], ["own_cases"])["mean"]
    assert step["mean"] == pytest.approx(found[1] - found[0])
    effect = effects(results, metrics=["own_cases"]).filter(factors=1)
    assert effect["mean"].to_list()[1] == pytest.approx(step["mean"])
    assert "own_cases" in set(results.estimate()["metric"])
    (table,) = own_tables(results).values()
    row = table.frame.filter(metric="own_cases", factor="doctrine.firmness", level="2").row(0, named=True)
    assert (row["difference"], row["against"]) == (pytest.approx(step["mean"]), "0.5")
    assert "counted_acts (mine.py:counted_acts: Acts of the world, as the weeks have them)" in table.note
    assert results.manifest.stamp in table.note


def test_figures_show_it(results: Results) -> None:
    (bar,) = (axes for axes in draw("own_cases", results).axes if "own metric" in axes.get_xlabel())
    assert bar.get_xlabel().startswith("Cases (own metric)")
    labels = [axes.get_ylabel().replace("\n", " ") for axes in draw("main_effects", results).axes]
    assert "Counted acts (own metric)" in labels


@pytest.mark.parametrize("workers", [threads(2), processes(2)], ids=["threads", "processes"])
def test_the_bytes_do_not_depend_on_the_workers(results: Results, tmp_path: Path, workers: Workforce) -> None:
    assert contents(swept(tmp_path, written(tmp_path, *GOOD), workers)) == contents(results)


@pytest.mark.slow
def test_a_cluster_gives_the_same_bytes(results: Results, tmp_path: Path) -> None:
    distributed = pytest.importorskip("distributed")
    with distributed.LocalCluster(n_workers=2, threads_per_worker=1, processes=True, dashboard_address=None) as cluster:
        found = swept(tmp_path, written(tmp_path, *GOOD), dask(cluster.scheduler_address))
    assert contents(found) == contents(results)


def test_both_engines_give_the_same_bytes(tmp_path: Path) -> None:
    one, other = (
        swept(tmp_path, written(tmp_path, *GOOD), out=engine, values=SHORTER, engine=engine, replicates=1)
        for engine in ("compiled", "mesa")
    )
    assert contents(one) == contents(other)


def test_what_goes_wrong_in_a_function_is_data_of_its_run(tmp_path: Path) -> None:
    said = {
        "broken": "MetricFailed: broken: KeyError: 'nothing'",
        "wordy": "MetricFailed: wordy: gave str, not a number, or None where it is undefined",
        "leaves": "MetricFailed: leaves: SystemExit: 3",
    }
    for name, error in said.items():
        runs = swept(tmp_path, written(tmp_path, "cases", name), out=name, values=SHORTER, replicates=1).runs
        assert set(runs["error"]) == {error}
        assert set(runs["status"]) == {"failed"}
        assert runs["own_cases"].null_count() == runs.height
    runs = swept(tmp_path, written(tmp_path, "endless"), values=SHORTER, replicates=2).runs
    assert runs["status"].to_list() == ["failed", "ok"] * 4
    assert runs["error"][0] == "MetricFailed: endless: gave inf, not a finite number, or None where it is undefined"
    assert runs["own_endless"].to_list() == [None, 1.0] * 4


def test_levels_between_which_more_than_their_factor_differs_have_no_difference(tmp_path: Path) -> None:
    points = at_points({"doctrine.clarity": [0.1, 0.9], "doctrine.attribution_confidence": [0.6, 0.9]})
    (table,) = own_tables(swept(tmp_path, written(tmp_path, "clear"), values=SHORTER, replicates=2, **points)).values()
    assert table.frame["factor"].n_unique() == 3
    assert table.frame["mean"].null_count() == 0
    assert table.frame["difference"].null_count() == table.frame.height


WRONG: dict[str, tuple[str, str, tuple[str, ...]]] = {
    "a shipped metric": ("harm_averted", "mine.py:cases", ("is the name of a shipped metric or column",)),
    "a column of runs": ("twin_acts", "mine.py:cases", ("is the name of a shipped metric or column",)),
    "a name as tables have it": ("own_cases", "mine.py:cases", ("begins with own_, which tables put before it",)),
    "no name": ("'Of Mine'", "mine.py:cases", ("is no name for a metric", "small letters")),
    "no function": ("x", "mine.py", ("does not name a function", "file.py:function")),
    "a misspelt function": ("x", "mine.py:casse", ("metrics.x = 'mine.py:casse'", "did you mean 'cases'?")),
    "a misspelt file": ("x", "mien.py:cases", ("cannot be read", "did you mean 'mine.py'?")),
    "a missing package": ("x", "no_such.place:f", ("metrics.x", "cannot be loaded (ModuleNotFoundError")),
    "a class": ("x", "mine.py:Kind", ("has no function Kind",)),
    "of two arguments": ("x", "mine.py:of_two", ("cannot be called with a run alone", "def of_two(run)")),
}


@by_name(WRONG)
def test_a_metric_that_is_none_is_answered_before_the_first_run(
    case: tuple[str, str, tuple[str, ...]], tmp_path: Path, capsys: Capture, no_run: None
) -> None:
    name, function, said = case
    experiment = written(tmp_path, **{name: function})
    assert main(["sweep", str(experiment), "--out", str(tmp_path / "out")]) == WRONG_INPUT
    one_answer(capsys, *said)
    assert not (tmp_path / "out").exists()


def test_what_does_not_go_with_own_metrics_is_refused(tmp_path: Path) -> None:
    experiment = written(tmp_path, "cases")
    text = experiment.read_text()
    experiment.write_text(text.replace("seed = 3", "seed = 3\nrecord = true"))
    with pytest.raises(ConfigurationError, match="record = true: has no twin, which own metrics are given"):
        Sweep(experiment).design()
    experiment.write_text(
        text.replace("replicates = 6", "replicates = {at_least = 10, at_most = 20}") + "[precision]\nown_csaes = 1.0\n"
    )
    with pytest.raises(ConfigurationError, match=r"precision\.own_csaes: is no metric; did you mean 'own_cases'"):
        Sweep(experiment).design()
    experiment.write_text(text + '[search]\nobjectives = ["max own_cases", "min eu_cost"]\n')
    with pytest.raises(ConfigurationError, match="is a metric of your own, which a search does not measure"):
        plan_of(experiment, {})


def test_a_precision_of_it_sets_the_number_of_runs(tmp_path: Path) -> None:
    experiment = written(tmp_path, "put_to_vote")
    text = experiment.read_text().replace("replicates = 6", "replicates = {at_least = 10, at_most = 20}")
    experiment.write_text(text + "[precision]\nown_put_to_vote = 0.001\n")
    assert set(swept(tmp_path, experiment).runs.group_by("point").len()["len"]) == {20}


def test_a_name_that_nobody_measured_is_answered_with_the_nearest(results: Results, capsys: Capture) -> None:
    for ask in (lambda: results.estimate((), ["own_caess"]), lambda: draw("own_caess", results)):
        with pytest.raises(
            ConfigurationError, match="'own_caess': was not measured in these runs; did you mean 'own_cases'"
        ):
            ask()
    assert main(["discover", str(results.folder), "--target", "own_caess>1"]) == WRONG_INPUT
    one_answer(capsys, "did you mean 'own_cases'?")


def test_the_dry_run_says_what_measuring_costs(results: Results, tmp_path: Path, capsys: Capture) -> None:
    experiment = written(tmp_path, "cases")
    assert estimated(Sweep(experiment, overrides=SHORT).design(), 1).slower > 1.5
    arguments = [f"--set={path}={value}" for path, value in SHORT.items()]
    assert main(["sweep", str(experiment), "--dry-run", *arguments]) == 0
    shown = " ".join(capsys.readouterr().out.split())
    assert "own metrics cases (mine.py:cases)" in shown
    assert "each run is then made in full, which takes about" in shown


@pytest.fixture
def folder(results: Results, tmp_path: Path) -> Path:
    """A copy of the folder, elsewhere, without the file that it was made with."""
    return Path(shutil.copytree(results.folder, tmp_path / "copied"))


@by_name(RUN_AGAIN)
def test_a_function_of_a_folder_does_not_run_unasked(
    case: Callable[[Path], list[str]], folder: Path, capsys: Capture, no_run: None
) -> None:
    assert main(case(folder)) == WRONG_INPUT
    version = read_manifest(folder).metrics["counted_acts"].hash
    one_answer(capsys, "metrics.counted_acts = 'mine.py:counted_acts'", f"hash {version}", "runs only if you trust it")


def test_a_folder_is_made_again_with_the_functions_that_it_keeps(folder: Path, capsys: Capture) -> None:
    manifest = read_manifest(folder)
    assert manifest.metric_texts == {manifest.metrics["cases"].hash: MEASURES}
    found = reproduce(folder, trust_model=True, workers=1)
    assert not found.different
    assert {"runs.parquet", "summary.parquet"} <= set(found.same)
    assert main([*RUN_AGAIN["one run"](folder), "--trust-model"]) == 0
    assert "runs the function mine.py:cases, hash" in capsys.readouterr().err
    assert main([*RUN_AGAIN["explain"](folder), "--trust-model", "--quiet"]) == 0


def test_a_value_that_was_changed_is_seen(folder: Path) -> None:
    row = open_results(folder).runs.head(1).with_columns(own_cases=pl.col("own_cases") + 1.0)
    _, _, found = compared_run(open_kept(folder, trust_model=True), row, ledger=False)
    assert "own_cases" in str(found.different[0])


def test_a_function_that_is_not_that_of_its_hash_does_not_run_even_when_trusted(folder: Path, capsys: Capture) -> None:
    path = folder / "manifest.json"
    tree = json.loads(path.read_text())
    tree["metric_texts"] = {version: f"{text}\n" for version, text in tree["metric_texts"].items()}
    path.write_text(json.dumps(tree))
    for case in RUN_AGAIN.values():
        assert main([*case(folder), "--trust-model"]) == WRONG_INPUT
        one_answer(capsys, "metrics.counted_acts.hash = ", "does not match the source next to it")


def test_other_functions_make_another_folder_and_mend_failed_runs(tmp_path: Path) -> None:
    experiment = written(tmp_path, "endless")
    first = swept(tmp_path, experiment, replicates=2).manifest
    mended = MEASURES.replace('float("inf")', "7")
    (tmp_path / "mine.py").write_text(mended)
    with pytest.raises(ConfigurationError, match="version_of_metrics"):
        swept(tmp_path, experiment.with_name("small.toml"), replicates=2)
    design = Sweep(experiment, changes={"replicates": 2}, overrides=SHORT).design()
    results = carry_out(design, tmp_path / "out", threads(1), retry_failed=True)
    assert results.runs["own_endless"].to_list() == [7.0, 1.0] * 4
    (kept,) = results.manifest.metrics.values()
    assert kept.hash == first.metrics["endless"].hash
    assert [results.manifest.metric_texts[version] for version in (kept.hash, *kept.retried)] == [MEASURES, mended]


def test_a_comparison_in_the_worlds_of_an_experiment_measures_too(tmp_path: Path) -> None:
    experiment = written(tmp_path, "cases")
    experiment.write_text(
        experiment.read_text()
        .replace("doctrine.clarity", "scenario.investigation.skill")
        .replace('"doctrine.firmness" = [0.5, 2.0]', "")
    )
    design = Comparing(["status_quo", "swift_qmv"], worlds=str(experiment)).design
    assert list(design.metrics) == ["cases"]


def test_a_function_can_be_tried_on_one_run() -> None:
    world = load_configuration("illustrative", "swift_qmv", SHORT)
    one = run_single(world, 3, 0, "compiled", ledger=True)
    run = EndedRun(world, one, 3, 0)
    assert run.series.height == 60
    assert run.figure("acts") == pytest.approx(52 / 60 * run.series["acts"].sum())
    with pytest.raises(ConfigurationError, match="is no shipped metric"):
        run.figure("own_cases")
    with pytest.raises(ConfigurationError, match="did you mean 'harm_averted'"):
        run.figure("harm_avert")


def test_tables_of_a_single_run_are_typed_and_a_folder_without_them_says_so(results: Results, tmp_path: Path) -> None:
    arguments = [f"--set={path}={value}" for path, value in SHORT.items()]
    command = ["run", "illustrative", "--doctrine", "swift_qmv", "--quiet", *arguments]
    assert main([*command, "--ledger", "--out", str(tmp_path / "full")]) == 0
    full = open_results(tmp_path / "full")
    assert full.ledger.height == full.runs.select(pl.col("detected") + pl.col("false_alarms")).item() + (
        full.ledger.filter(~pl.col("counted")).height
    )
    assert full.votes.filter("counted").height == full.runs["votes"].item()
    assert full.ledger.schema["opened"] == pl.Date
    assert main([*command, "--out", str(tmp_path / "bare")]) == 0
    bare = open_results(tmp_path / "bare")
    assert bare.series.height == 60
    for name in ("ledger", "votes"):
        with pytest.raises(
            ConfigurationError, match=rf"has no {name}\.parquet, because it is of a run without --ledger"
        ):
            getattr(bare, name)
    for name in ("ledger", "votes", "series"):
        with pytest.raises(
            ConfigurationError, match=rf"has no {name}\.parquet, because it is of a sweep.*deter reproduce"
        ):
            getattr(results, name)

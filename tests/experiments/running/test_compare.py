"""`deter compare`: its folder, worlds from experiments and files, and wrong input."""

import json
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from polars.testing import assert_frame_equal
from support.mistakes import Capture, one_answer

from analysis import open_results
from analysis.comparison.comparison import comparison_of, differences, estimates
from analysis.comparison.tables import comparison_tables
from analysis.results.conditions import DEFAULT_TARGETS
from analysis.results.folder import Results
from experiments.commands.main import FAILED, WRONG_INPUT, main
from experiments.running.compare import Comparing, compare_doctrines
from model.errors import ConfigurationError
from model.loading import load_doctrine
from model.metrics.catalogue import CRITERIA

SHORT = {"scenario.time.weeks": 30, "scenario.time.burn_in": 6}
SETS = [word for key, value in SHORT.items() for word in ("--set", f"{key}={value}")]
GAIN, ATTITUDE = "scenario.grievance.grievance_gain", "archetypes.major_power.ambiguity_attitude.mean"


@pytest.fixture(scope="module")
def worlds_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("worlds") / "posterior.csv"
    path.write_text(f"{GAIN},{ATTITUDE},weight\n1.5,-0.5,2\n3,0.25,1\n6,0.5,1\n8,-0.1,0\n4,0.9,3\n")
    return path


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory, worlds_file: Path) -> Path:
    out = tmp_path_factory.mktemp("compared") / "out"
    call = ["compare", "clear_ladder", "status_quo", "none", "--worlds", str(worlds_file), "--replicates", "3"]
    assert main([*call, "--quiet", "--workers", "1", "--out", str(out), *SETS]) == 0
    return out


def test_a_folder_holds_tables_and_figures_and_what_they_are_read_by(folder: Path) -> None:
    comparison = comparison_of(open_results(folder))
    for name, table in comparison_tables(comparison).items():
        assert_frame_equal(pl.read_parquet(folder / "tables" / f"{name}.parquet"), table.frame)
        assert (folder / "tables" / f"{name}.tex").read_text("utf-8").startswith(r"\begin{table}")
    assert {path.stem for path in (folder / "figures").glob("*.svg")} == {
        *("comparison", "by_kind", "pareto", "winners", "regret")
    }
    plan = json.loads((folder / "manifest.json").read_text("utf-8"))["design"]
    assert plan == {
        "kind": "worlds",
        "cross": ["doctrine"],
        "file": "posterior.csv",
        "weights": [2.0, 1.0, 1.0, 3.0],
        "reference": "status_quo",
        "targets": [target.text for target in DEFAULT_TARGETS],
    }
    assert comparison.worlds.height == 4  # one weighs nothing
    assert comparison.cells.worlds.tolist() == pytest.approx([2 / 7, 1 / 7, 1 / 7, 3 / 7])
    assert comparison.results.levelled == ["doctrine"]
    pooled = comparison.results.estimate(["doctrine"], list(CRITERIA))
    assert_frame_equal(
        pooled.select("doctrine", "metric", "mean"), estimates(comparison).select("doctrine", "metric", "mean")
    )


def test_a_folder_is_made_again_from_itself(folder: Path, worlds_file: Path) -> None:
    assert main(["reproduce", str(folder), "--quiet", "--workers", "1"]) == 0


def test_bytes_do_not_depend_on_workers_or_interruption(folder: Path, worlds_file: Path, tmp_path: Path) -> None:
    call = ["clear_ladder", "status_quo", "none"]
    out = tmp_path / "two"
    given: dict[str, Any] = {"worlds": str(worlds_file), "replicates": 3, "overrides": SHORT}
    compare_doctrines(call, out, workers=2, **given)
    part = next((out / "parts").glob("*.parquet"))
    part.unlink()
    (out / "runs.parquet").unlink()
    again = compare_doctrines(call, out, workers=1, reference="none", **given)  # taken up, read another way
    assert again.doctrines[again.reference] == "none"
    for name in ("design.parquet", "runs.parquet", "summary.parquet", "summary.csv"):
        assert (folder / name).read_bytes() == (out / name).read_bytes()
    tables = [comparison_tables(comparison_of(open_results(each), "status_quo")) for each in (folder, out)]
    for one, other in zip(*(held.values() for held in tables), strict=True):
        assert_frame_equal(one.frame, other.frame)


def test_a_folder_in_progress_is_compared_as_far_as_it_is(folder: Path) -> None:
    results = open_results(folder)
    some = results.runs.filter((pl.col("replicate") < 2) | (pl.col("point") % 4 > 0))
    begun = Results(folder, results.manifest)
    begun.__dict__ |= {"runs": some, "scan": some.lazy()}
    comparison = comparison_of(begun)
    assert comparison.cells.weight[0, 2] == 0.0
    assert estimates(comparison)["mean"].null_count() == 0
    begun = Results(folder, results.manifest)
    none = results.runs.filter(pl.col("point") < 8)
    begun.__dict__ |= {"runs": none, "scan": none.lazy()}
    with pytest.raises(ConfigurationError, match="has no run of none that succeeded"):
        comparison_of(begun)


def test_an_experiment_gives_the_worlds(tmp_path: Path) -> None:
    given = Comparing(["naming_first", "none"], worlds="uncertain_worlds", replicates=2, overrides=SHORT)
    design = given.design
    assert design.points == 128
    assert design.factors["doctrine"] == ["naming_first", "none"]
    assert list(design.frame.columns[2:]) == [path for path in design.factors if path != "doctrine"]
    halves = [design.frame[:64], design.frame[64:]]
    assert_frame_equal(*(half.drop("point", "doctrine") for half in halves))
    assert (given.against, given.name) == ("naming_first", "compare-naming_first-none-uncertain_worlds")
    (tmp_path / "grid.toml").write_text(
        'title = "G"\nquestion = "?"\nreplicates = 4\nseed = 2\n'
        f'[factors]\n"{GAIN}" = [1.0, 3.0]\n"switches.norms" = [true, false]\n'
    )
    grid = Comparing(["none", "status_quo"], worlds=str(tmp_path / "grid.toml"), overrides=SHORT).design
    assert (grid.points, grid.replicates, grid.seed, grid.kind) == (8, 4, 2, "grid")


def test_one_world_and_all_doctrines() -> None:
    from model.loading import shipped

    given = Comparing(shipped("doctrines"))
    assert (given.design.points, given.name, given.against) == (len(shipped("doctrines")), "compare-all", "status_quo")
    assert Comparing(["none"], reference="coalition").levels == ["none", "coalition"]


def test_the_posterior_is_carried_in_the_baseline_unless_asked_otherwise(worlds_file: Path) -> None:
    pair = ["none", "status_quo"]
    default, without = Comparing(pair), Comparing(pair, uncertainty="none")
    assert (default.design.uncertainty, without.design.uncertainty) == ("posterior", None)
    assert default.design.worlds is not None
    assert default.design.worlds["replicate"].to_list() == list(range(100))
    assert default.folder != without.folder
    assert Comparing(pair, scenario="illustrative").design.worlds is None
    over = Comparing(pair, scenario="illustrative", uncertainty=str(worlds_file)).design
    assert over.uncertainty == worlds_file.name
    points = Comparing(pair, worlds="posterior", replicates=2).design
    assert (points.kind, points.plan["file"], points.worlds) == ("worlds", "posterior", None)
    assert points.points == 2 * len(points.plan["weights"])
    both = Comparing(pair, worlds=str(worlds_file), replicates=2, uncertainty="posterior").design
    assert both.worlds is not None
    assert GAIN not in both.worlds.columns


def test_a_copy_under_another_name_is_pointed_out(tmp_path: Path, capsys: Capture) -> None:
    from model.loading import CONFIGS

    mine = tmp_path / "mine.toml"
    mine.write_bytes((CONFIGS / "doctrines" / "none.toml").read_bytes())
    call = ["compare", str(mine), "none", "--replicates", "2", "--quiet", "--workers", "1", *SETS]
    assert main([*call, "--out", str(tmp_path / "out")]) == 0
    assert "is the same as" in capsys.readouterr().err
    comparison = comparison_of(open_results(tmp_path / "out"))
    assert comparison.doctrines == ["mine", "none"]
    assert set(differences(comparison)["mean"]) == {0.0}


def test_runs_that_fail_are_told_of(tmp_path: Path, capsys: Capture, monkeypatch: pytest.MonkeyPatch) -> None:
    from experiments.running import worker as work

    usual = work._compiled

    def fails(given: Any, block: Any, reference: str) -> Any:
        if any(configuration.doctrine.title.startswith("Clear") and 1 in some for configuration, some in block):
            raise RuntimeError("no luck")
        return usual(given, block, reference)

    monkeypatch.setattr(work, "_compiled", fails)
    call = [
        "compare",
        "clear_ladder",
        "none",
        "--replicates",
        "3",
        "--workers",
        "1",
        *SETS,
        "--out",
        str(tmp_path / "out"),
    ]
    assert main(call) == FAILED
    shown = capsys.readouterr()
    assert "1 of 6 runs failed" in shown.err
    assert "over 2 replicates" in " ".join(shown.out.split())
    assert main([*call[:2], "naming_first", *call[2:]]) == WRONG_INPUT
    assert "--fresh" in capsys.readouterr().err


# wrong input

ALONE = {
    "nothing": ([], "needs doctrines to compare; allowed: two or more"),
    "one": (["none"], "'none': is only one doctrine; a comparison needs at least two"),
    "twice": (["none", "status_quo", "none"], "'none': is given twice"),
    "unknown": (["none", "status_qou"], "did you mean 'status_quo'?"),
    "missing file": (["none", "no.toml"], "there is no such file"),
    "a scenario": (["none", "baseline"], "is not among the shipped doctrines, but among the scenarios"),
    "reference unknown": (["none", "status_quo", "--reference", "nun"], "--reference"),
    "scenario unknown": (["none", "status_quo", "--scenario", "basline"], "did you mean 'baseline'?"),
    "set of a doctrine": (
        ["none", "status_quo", "--set", "doctrine.clarity=1"],
        "would have no effect: doctrine is a factor",
    ),
    "target misspelt": (["none", "status_quo", "--target", "harm_averte>=0.1"], "did you mean 'harm_averted'?"),
    "worlds unknown": (["none", "status_quo", "--worlds", "uncertain_world"], "did you mean 'uncertain_worlds'?"),
    "worlds of dials": (
        ["none", "status_quo", "--worlds", "headline"],
        "doctrines set it themselves",
    ),
    "worlds of trajectories": (["none", "status_quo", "--worlds", "screening"], "cannot serve as worlds"),
    "worlds missing": (["none", "status_quo", "--worlds", "no.csv"], "there is no such file"),
}


@pytest.mark.parametrize("case", ALONE.values(), ids=ALONE.keys())
def test_calls_that_are_wrong(case: tuple[list[str], str], no_run: None, capsys: Capture) -> None:
    words, said = case
    assert main(["compare", *words]) == WRONG_INPUT
    one_answer(capsys, said)


FILES = {
    "empty": ("", "is empty"),
    "no rows": (f"{GAIN},weight\n", "has no rows"),
    "weights alone": ("weight\n1\n", "has no column except weights"),
    "unknown path": (
        "scenario.grievance.grievance_gian\n1\n",
        "is no parameter; did you mean 'scenario.grievance.grievance_gain'?",
    ),
    "of a doctrine": ("doctrine.clarity\n0.5\n", "is chosen by the EU"),
    "below zero": (f"{GAIN},weight\n1,1\n2,-1\n", "weight = -1.0: is below zero in row 2"),
    "weight missing": (f"{GAIN},weight\n1,1\n2,\n", "weight: has no value in row 2"),
    "weight NaN": (f"{GAIN},weight\n1,nan\n2,1\n", "weight = 'nan': is not a number"),
    "weight a word": (f"{GAIN},weight\n1,much\n", "weight = 'much': is not a number"),
    "all zero": (f"{GAIN},weight\n1,0\n2,0\n", "is zero in every row"),
    "same world twice": (
        f"{GAIN}\n1\n2\n1\n",
        "contains the same world in rows 1 and 3; allowed: one row, with the sum",
    ),
    "same column twice": (f"{GAIN},{GAIN}\n1,2\n", "is the name of two columns"),
    "value missing": (f"{GAIN},{ATTITUDE}\n1,\n", f"{ATTITUDE}: has no value in row 1"),
    "infinite": (f"{GAIN}\n1\ninf\n", "is not a finite number in row 2"),
    "out of range": (f"{GAIN}\n1\n-2\n", "-2"),
    "a word for a number": (f"{GAIN}\nlarge\n", "large"),
    "half a week": ("scenario.investigation.investigation_weeks\n20.5\n30\n", "is not a whole number in row 1"),
}


@pytest.mark.parametrize("case", FILES.values(), ids=FILES.keys())
def test_files_of_worlds_that_are_wrong(case: tuple[str, str], no_run: None, tmp_path: Path, capsys: Capture) -> None:
    content, said = case
    path = tmp_path / "worlds.csv"
    path.write_text(content)
    assert main(["compare", "none", "status_quo", "--worlds", str(path)]) == WRONG_INPUT
    one_answer(capsys, "worlds.csv", said)


def test_files_that_are_no_tables(no_run: None, tmp_path: Path, capsys: Capture) -> None:
    (tmp_path / "worlds.parquet").write_bytes(b"PAR1 or not")
    (tmp_path / "folder.csv").mkdir()
    for name, said in {"worlds.parquet": "is damaged", "folder.csv": "is a folder"}.items():
        assert main(["compare", "none", "status_quo", "--worlds", str(tmp_path / name)]) == WRONG_INPUT
        one_answer(capsys, name, said)


def test_a_file_of_worlds_cannot_be_set_beside(no_run: None, worlds_file: Path, capsys: Capture) -> None:
    call = ["compare", "none", "status_quo", "--worlds", str(worlds_file), "--set", f"{GAIN}=2"]
    assert main(call) == WRONG_INPUT
    one_answer(capsys, "differs between the worlds, so it cannot also be set")
    assert main(["compare", "coalition", *call[1:-2], "--replicates", "999999"]) == WRONG_INPUT
    one_answer(capsys, "too many")


def test_a_folder_that_is_no_comparison(folder: Path) -> None:
    there = open_results(folder)
    for change in (
        {"kind": "run"},
        {"factors": {"doctrine": ["none"]}},
        {"factors": {"doctrine": ["none", "status_quo"], "doctrine.clarity": [0.0, 1.0]}},
        {"design": {"kind": "morris", "cross": ["doctrine"], "seed": 1}},
    ):
        other = Results(folder, there.manifest.model_copy(update=change))
        with pytest.raises(ConfigurationError, match="several doctrines in the same worlds"):
            comparison_of(other)
    with pytest.raises(ConfigurationError, match="did you mean 'clear_ladder'"):
        comparison_of(there, "clear_lader")


def test_doctrines_held_as_values_need_no_file() -> None:
    held = {
        "mine.toml": {**load_doctrine("clear_ladder").value.model_dump(mode="json"), "title": "Mine", "clarity": 0.2}
    }
    for doctrines, reference in ((["mine.toml", "status_quo"], None), (["status_quo"], "mine.toml")):
        given = Comparing(doctrines, reference, replicates=2, overrides=SHORT, uncertainty="none", held=held)
        design = given.design
        point = given.levels.index("mine.toml")
        assert (design.configuration(point).doctrine.title, design.configuration(point).doctrine.clarity) == (
            "Mine",
            0.2,
        )
        assert design.plan["reference"] == (reference or "status_quo")
    with pytest.raises(ConfigurationError, match="given twice"):
        _ = Comparing(["mine.toml", "mine.toml"], held=held).levels

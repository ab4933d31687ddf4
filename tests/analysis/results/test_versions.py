"""A folder that another version has written is read so far as it goes, and its runs are neither made nor continued."""

import json
import shutil
from pathlib import Path

import pytest
from support.mistakes import EXPERIMENT, SHORT, Capture, one_answer
from support.versions import EARLIER, made_earlier

from analysis.report.folders import report
from analysis.results import versions
from analysis.results.folder import open_results
from analysis.results.manifest import MANIFEST
from analysis.results.versions import Lacking, columns_of, is_another
from experiments.commands.main import DONE, WRONG_INPUT, main
from experiments.running.reproduce import reproduce
from model.errors import ConfigurationError
from model.metrics.catalogue import ESTIMATED

HERE = "0.1.7"
LACKING = ("expected_severe", "cost", "listing_delay")
NEITHER = f"was written by deter {EARLIER}, and the model of deter {HERE} is another"
INSTALL = f"allowed: deter=={EARLIER} installed, and the same command; or "


@pytest.fixture(autouse=True)
def _release(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(versions, "version", lambda _: HERE)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A sweep, a comparison and a run of an earlier version, in one folder; not to be changed."""
    place = tmp_path_factory.mktemp("made")
    (place / "small.toml").write_text(EXPERIMENT)
    for words in (
        ["sweep", str(place / "small.toml"), *SHORT, "--out", str(place / "sweep")],
        ["compare", "status_quo", "none", "--replicates", "3", *SHORT, "--out", str(place / "compare")],
        ["run", "illustrative", *SHORT, "--ledger", "--out", str(place / "run")],
    ):
        assert main([*words, "--quiet"]) == DONE
    for name in ("sweep", "compare"):
        made_earlier(place / name, without=LACKING)
    made_earlier(place / "run", series=["pressure"], ledger=["next_act"])
    return place


@pytest.fixture
def folder(made: Path, tmp_path: Path) -> Path:
    """A copy of it."""
    shutil.copytree(made, tmp_path / "copied")
    return tmp_path / "copied"


@pytest.mark.parametrize(
    ("written", "here", "another"),
    [
        ("0.1.0", "0.2.0", True),
        ("0.2.0", "0.1.0", True),
        ("1.0.0", "0.1.0", True),
        ("0.10.0", "0.1.0", True),
        ("0.2.0", "0.2.3", False),
        ("0.2.0rc1", "0.2.0", False),
        ("0.1.0", "from source", False),
        ("unknown", "0.2.0", False),
        ("0.1.0; rm", "0.2.0", False),
    ],
)
def test_a_release_that_differs_before_its_last_number_has_another_model(
    written: str, here: str, another: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(versions, "version", lambda _: here)
    assert is_another(written) == another


def test_the_columns_of_a_metric_are_those_that_it_is_reckoned_from() -> None:
    assert columns_of(ESTIMATED["severe_averted"]) == {"expected_severe", "twin_expected_severe"}
    assert columns_of(ESTIMATED["listing_delay"]) == {"listing_delay"}
    assert columns_of(ESTIMATED["escalation_rate_placebo"]) == {"deterred", "dampened", "common"}


# what is read


def test_runs_have_the_columns_of_this_version(made: Path) -> None:
    results = open_results(made / "sweep")
    assert results.runs["cost"].is_null().all()
    assert "zeal_of_old" not in results.runs.columns
    assert results.runs["acts"].sum() > 0
    expected = {"severe_averted", "net_severe_acts", "expected_severe_acts_a_year", "eu_cost", "listing_delay"}
    assert expected == {*results.missing} - {"severe_acts"}
    assert results.missing["severe_averted"] == ["expected_severe"]


@pytest.mark.parametrize("metric", ["severe_averted", "eu_cost", "listing_delay"])
def test_what_cannot_be_reckoned_is_undefined_and_never_nothing(metric: str, made: Path) -> None:
    results = open_results(made / "compare")
    found = results.estimate(["doctrine"], [metric, "harm_averted"])
    assert found.filter(metric=metric)["mean"].is_null().all()
    assert found.filter(metric="harm_averted")["mean"].is_not_null().all()
    differences = results.paired(["doctrine"], {"doctrine": "none"}, [metric, "acts_averted"])
    assert differences.filter(metric=metric)["mean"].is_null().all()
    with pytest.raises(Lacking, match=f"deter {EARLIER} wrote the runs, without "):
        results.check_metrics([metric])


def test_its_configuration_says_what_it_did_not_state(made: Path) -> None:
    base = open_results(made / "sweep").configuration
    assert base.scenario.time.weeks == 4
    assert f"deter {EARLIER} had no such parameter" in base.source("scenario.belief.spillover")
    assert f"deter {EARLIER} had no such parameter" in base.source("archetypes.major_power.tolerance.mean")
    assert f"deter {EARLIER} had 7.0, which is none here" in base.source("scenario.council.credibility_lost")
    assert "deter" not in base.source("scenario.belief.memory_half_life")


@pytest.mark.parametrize("name", ["sweep", "compare", "run"])
def test_it_is_reported(name: str, made: Path) -> None:
    page = report(made / name, lambda _: None)
    assert f"deter {EARLIER} made these results; deter {HERE}" in page
    lacking = page.partition("made this page")[2][:2000]
    assert all((words in lacking) == (name != "run") for words in ("severe acts averted", "EU cost"))
    assert "EU cost (" not in page
    assert "n = 0 " not in page


def test_its_figures_are_drawn_but_for_what_is_missing(folder: Path, capsys: Capture) -> None:
    assert main(["figure", "comparison", str(folder / "compare")]) == DONE
    assert main(["figure", "main_effects", str(folder / "sweep"), "--quiet"]) == DONE
    capsys.readouterr()
    assert main(["figure", "severe_averted", str(folder / "sweep")]) == WRONG_INPUT
    one_answer(capsys, "severe_averted", "has no figure")
    assert main(["figure", "run", str(folder / "run")]) == WRONG_INPUT
    one_answer(capsys, f"series.parquet: lacks columns: pressure; deter {EARLIER} wrote it")
    assert main(["figure", "story", str(folder / "run")]) == WRONG_INPUT
    one_answer(capsys, f"ledger.parquet: has other columns or types than expected: next_act; deter {EARLIER} wrote it")


def test_what_was_changed_in_it_is_refused_all_the_same(folder: Path, capsys: Capture) -> None:
    manifest = folder / "sweep" / MANIFEST
    tree = json.loads(manifest.read_text())
    tree["configuration"]["doctrine"]["clarity"] = 0.123
    manifest.write_text(json.dumps(tree))
    assert main(["report", str(folder / "sweep")]) == WRONG_INPUT
    one_answer(capsys, "design_hash", "one of them was changed since")
    tree["configuration"]["activities"] = {}
    manifest.write_text(json.dumps(tree))
    assert main(["report", str(folder / "sweep")]) == WRONG_INPUT
    one_answer(capsys, f"{manifest}: ")
    (folder / "compare" / "runs.parquet").write_bytes(b"PAR1")
    assert main(["report", str(folder / "compare")]) == WRONG_INPUT
    one_answer(capsys, "is damaged, or was changed")


# what is refused


def test_its_runs_are_not_made_again(made: Path, capsys: Capture) -> None:
    for words in (["reproduce"], ["reproduce", "--point", "0"], ["explain"]):
        assert main([words[0], str(made / "sweep"), *words[1:]]) == WRONG_INPUT
        one_answer(capsys, f"{made / 'sweep'}: {NEITHER}", f"{INSTALL}run it anew, into another folder")
    with pytest.raises(ConfigurationError, match=NEITHER):
        reproduce(made / "run")


def test_it_is_not_continued_and_started_anew_where_asked(folder: Path, capsys: Capture) -> None:
    again = ["sweep", str(folder / "small.toml"), *SHORT, "--out", str(folder / "sweep"), "--quiet"]
    for words in (again, [*again, "--replicates", "4"]):
        assert main(words) == WRONG_INPUT
        one_answer(capsys, f"{folder / 'sweep'}: {NEITHER}", f"{INSTALL}give another folder with --out, or --fresh")
    assert main([*again, "--fresh"]) == DONE
    assert not open_results(folder / "sweep").is_of_another_version
    compared = ["compare", "status_quo", "none", "--replicates", "3", *SHORT, "--out", str(folder / "compare")]
    assert main([*compared, "--quiet"]) == WRONG_INPUT
    one_answer(capsys, NEITHER)

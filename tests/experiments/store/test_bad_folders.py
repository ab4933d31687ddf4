"""Folders of results that are damaged, foreign or of another design: named, never lost, never half overwritten."""

import hashlib
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from support.mistakes import DEVICES, EXPERIMENT, SHORT, Capture, by_name, one_answer

from analysis import open_results
from experiments.commands.main import FAILED, WRONG_INPUT, main
from model.errors import ConfigurationError


@pytest.fixture
def small(tmp_path: Path) -> list[str]:
    """The command line of a sweep of a few weeks, into `out`."""
    (tmp_path / "small.toml").write_text(EXPERIMENT)
    return ["sweep", str(tmp_path / "small.toml"), "--quiet", "--no-figures", "--out", str(tmp_path / "out"), *SHORT]


@pytest.fixture
def swept(small: list[str], tmp_path: Path) -> Path:
    """The folder of a sweep that is done."""
    assert main(small) == 0
    return tmp_path / "out"


@pytest.mark.parametrize("target", ["file", "/dev/full"])
def test_results_need_a_folder(target: str, no_run: None, tmp_path: Path, small: list[str], capsys: Capture) -> None:
    if target.startswith("/") and not DEVICES:
        pytest.skip("no such device here")
    (tmp_path / "file").write_text("mine")
    for command in (["run", "--quiet"], small):
        assert main([*command, "--out", str(tmp_path / target)]) == WRONG_INPUT
        one_answer(capsys, target, "is a file, but results need a folder; give another folder with --out")
    assert (tmp_path / "file").read_text() == "mine"


@pytest.mark.parametrize("below", ["file/out", "loop/out", "x" * 300])
def test_a_folder_that_cannot_be_made(
    below: str, no_run: None, tmp_path: Path, small: list[str], capsys: Capture
) -> None:
    (tmp_path / "file").write_text("mine")
    (tmp_path / "loop").symlink_to(tmp_path / "loop")
    assert main([*small, "--out", str(tmp_path / below)]) == FAILED
    one_answer(capsys, "give another folder with --out")


@pytest.mark.parametrize("fresh", [[], ["--fresh"]])
def test_foreign_files_stay(fresh: list[str], no_run: None, tmp_path: Path, small: list[str], capsys: Capture) -> None:
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "thesis.parquet").write_text("mine")
    assert main([*small, *fresh]) == WRONG_INPUT
    one_answer(capsys, str(tmp_path / "out"), "holds files that are not results of deter; give another folder")
    (tmp_path / "out" / "manifest.json").write_text('{"name": "of something else"}')
    assert main([*small, *fresh]) == WRONG_INPUT
    one_answer(capsys, "manifest.json: is no manifest of results of deter")
    assert main(["run", "--quiet", "--out", str(tmp_path / "out")]) == WRONG_INPUT
    assert "--fresh" not in one_answer(capsys, "is no manifest of results of deter", "--out")
    assert {path.name for path in (tmp_path / "out").iterdir()} == {"thesis.parquet", "manifest.json"}


def test_a_fresh_start_spares_what_is_not_its_own(swept: Path, small: list[str]) -> None:
    mine = [swept / "thesis.parquet", swept / "figures" / "notes.txt", swept / "parts" / "mine.parquet"]
    (swept / "figures").mkdir()
    for path in mine:
        path.write_text("mine")
    assert main(small) == 0
    assert main([*small, "--seed", "4", "--fresh"]) == 0
    assert open_results(swept).manifest.seed == 4
    assert all(path.read_text() == "mine" for path in mine)


def _another_version(tree: dict[str, Any]) -> dict[str, Any]:
    return {**tree, "schema_version": 1}


MANIFESTS: dict[str, tuple[Callable[[bytes], bytes], str]] = {
    "cut short": (lambda text: text[: len(text) // 2], "manifest.json: is damaged"),
    "empty": (lambda _: b"", "manifest.json: is damaged"),
    "not UTF-8": (lambda text: b"\xff" + text, "manifest.json: is damaged"),
    "too deep": (lambda _: b"[" * 100_000, "manifest.json: is damaged"),
    "too many digits": (lambda _: b'{"schema_version": ' + b"9" * 5000 + b"}", "manifest.json: is damaged"),
    "of another version": (
        lambda text: json.dumps(_another_version(json.loads(text))).encode(),
        "manifest.json: schema_version = 1: is unknown to this version of deter, which reads 2 alone",
    ),
    "without an entry": (
        lambda text: text.replace(b'"points"', b'"pints"', 1),
        "manifest.json: pints: unknown key",
    ),
    "of a wrong type": (
        lambda text: text.replace(b'"replicates": 2', b'"replicates": "x"', 1),
        "manifest.json: replicates = 'x': is not a whole number",
    ),
}


@by_name(MANIFESTS)
def test_a_wrong_manifest(
    case: tuple[Callable[[bytes], bytes], str], swept: Path, small: list[str], capsys: Capture
) -> None:
    path = swept / "manifest.json"
    path.write_bytes(case[0](path.read_bytes()))
    before = {inner: inner.read_bytes() for inner in swept.rglob("*") if inner.is_file()}
    capsys.readouterr()
    assert main(small) == WRONG_INPUT
    one_answer(capsys, case[1], "--fresh to delete the results there and start again")
    with pytest.raises(ConfigurationError):
        open_results(swept)
    assert {inner: inner.read_bytes() for inner in swept.rglob("*") if inner.is_file()} == before
    assert main([*small, "--fresh"]) == 0
    assert open_results(swept).runs.height == 4


def test_a_manifest_that_is_a_folder(no_run: None, tmp_path: Path, small: list[str], capsys: Capture) -> None:
    (tmp_path / "out" / "manifest.json").mkdir(parents=True)
    for fresh in ([], ["--fresh"]):
        assert main([*small, *fresh]) == WRONG_INPUT
        one_answer(capsys, "manifest.json: is a folder, and no manifest")


def test_another_design_is_refused_and_told_apart(swept: Path, small: list[str], capsys: Capture) -> None:
    capsys.readouterr()
    for change, said in {
        "--replicates=3": "replicates: 2 there, 3 now",
        "--set=doctrine.firmness=2": "doctrine.firmness: 1.0 there, 2.0 now",
        "--seed=4": "seed: 3 there, 4 now",
    }.items():
        assert main([*small, change]) == WRONG_INPUT
        one_answer(capsys, str(swept), said, "--fresh to delete the results there and start again")


def test_parts_that_are_lost_or_damaged_are_made_anew(swept: Path, small: list[str]) -> None:
    runs = (swept / "runs.parquet").read_bytes()
    part = next((swept / "parts").glob("*.parquet"))
    whole = part.read_bytes()
    manifest = swept / "manifest.json"
    tree = json.loads(manifest.read_text())
    tree["parts"]["part-000099-stray.parquet"] = {"rows": 1, "sha256": "0" * 64}
    for spoil in (
        lambda: part.unlink(),
        lambda: part.write_bytes(whole[:99]),
        lambda: manifest.write_text(json.dumps(tree)),
    ):
        spoil()
        (swept / "runs.parquet").unlink(missing_ok=True)
        assert main(small) == 0
        assert part.read_bytes() == whole
        assert (swept / "runs.parquet").read_bytes() == runs
    assert "part-000099-stray.parquet" not in json.loads(manifest.read_text())["parts"]


@pytest.mark.parametrize("name", ["design", "runs", "summary"])
def test_a_damaged_table_is_named(name: str, swept: Path) -> None:
    path = swept / f"{name}.parquet"
    whole = path.read_bytes()
    middle = len(whole) // 2
    for content in (
        b"",
        whole[:-20],
        whole[:middle],
        b"PAR1" + whole[40:],
        whole[:middle] + b"\xff" * 9 + whole[middle + 9 :],
    ):
        path.write_bytes(content)
        with pytest.raises(ConfigurationError, match=rf"{name}\.parquet: is damaged"):
            getattr(open_results(swept), name)
    path.unlink()
    with pytest.raises(ConfigurationError, match=rf"{name}\.parquet: there is no such file"):
        getattr(open_results(swept), name)
    path.mkdir()
    with pytest.raises(ConfigurationError, match=rf"{name}\.parquet: is a folder"):
        getattr(open_results(swept), name)


def test_one_digit_changed_is_noticed(swept: Path) -> None:
    path = swept / "runs.parquet"
    runs = pl.read_parquet(path)
    runs.with_columns(acts=pl.col("acts") + 1).write_parquet(path)
    with pytest.raises(ConfigurationError, match=r"runs\.parquet: is damaged, or was changed since it was written"):
        _ = open_results(swept).runs


@pytest.mark.parametrize(
    ("name", "column", "said"),
    [
        ("runs", "status", r"runs\.parquet: has other columns or types than expected: status"),
        ("summary", "metric", r"summary\.parquet: has other columns or types than expected: metric"),
        ("design", "doctrine.clarity", r"design\.parquet: has other factors than the manifest"),
    ],
)
def test_a_table_without_a_column_is_named(name: str, column: str, said: str, swept: Path) -> None:
    path, manifest = swept / f"{name}.parquet", swept / "manifest.json"
    pl.read_parquet(path).drop(column).write_parquet(path)
    tree = json.loads(manifest.read_text())
    tree["files"][path.name]["sha256"] = hashlib.sha256(path.read_bytes()).hexdigest()
    manifest.write_text(json.dumps(tree))
    with pytest.raises(ConfigurationError, match=said):
        getattr(open_results(swept), name)


def test_a_folder_of_several_sweeps_names_them(swept: Path, capsys: Capture) -> None:
    assert main(["report", str(swept.parent)]) == WRONG_INPUT
    one_answer(capsys, "is not a folder of results", f"allowed: {swept}")


@pytest.mark.parametrize("command", [["why", "clear_ladder"], ["search", "robust_doctrine"], ["compare", "--all"]])
def test_a_file_in_place_of_a_folder_is_named_before_anything_runs(
    command: list[str], tmp_path: Path, capsys: Capture
) -> None:
    (tmp_path / "file").write_text("mine")
    assert main([*command, "--out", str(tmp_path / "file")]) == WRONG_INPUT
    one_answer(capsys, f"{tmp_path / 'file'}: is a file, but results need a folder")
    assert (tmp_path / "file").read_text() == "mine"


def test_a_folder_in_place_of_the_page_is_named(swept: Path, tmp_path: Path, capsys: Capture) -> None:
    assert main(["report", str(swept), "--out", str(tmp_path)]) == WRONG_INPUT
    one_answer(capsys, "--out", "is a folder; give a file for the page")

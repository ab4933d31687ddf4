"""A folder that is damaged, or made to mislead, in every command that opens one: one message with the file, no more."""

import hashlib
import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from support.mistakes import Capture, by_name, one_answer

from analysis.discovery.answer import read_answer
from analysis.report import folders
from analysis.results import reading
from analysis.results.folder import open_results
from analysis.results.identity import hash_of
from analysis.results.manifest import read_manifest
from analysis.results.parquet import size_of
from analysis.results.tables import read_table
from analysis.search.answer import read_found
from experiments import run_sweep
from experiments.commands.main import WRONG_INPUT, main
from experiments.store.parquet import parquet
from model.errors import ConfigurationError

EXPERIMENT = """
title = "Small"
question = "What is damaged?"
scenario = "illustrative"
replicates = 2
seed = 3
[design]
kind = "saltelli"
size = 2
cross = ["doctrine"]
[factors]
doctrine = ["none", "status_quo"]
"scenario.belief.spillover" = { low = 0.1, high = 0.9 }
"""
SHORT = {"scenario.time.weeks": 8, "scenario.time.burn_in": 0}
COMMANDS: dict[str, Callable[[str], list[str]]] = {
    "report": lambda folder: ["report", folder],
    "figure": lambda folder: ["figure", "main_effects", folder],
    "all figures": lambda folder: ["figure", "all", folder],
    "explain": lambda folder: ["explain", folder],
    "reproduce": lambda folder: ["reproduce", folder],
    "one run": lambda folder: ["reproduce", folder, "--point", "1"],
    "sensitivity": lambda folder: ["sensitivity", folder],
    "discover": lambda folder: ["discover", folder],
}


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of results as it should be; not to be changed."""
    place = tmp_path_factory.mktemp("whole")
    (place / "small.toml").write_text(EXPERIMENT)
    run_sweep(place / "small.toml", place / "out", overrides=SHORT, workers=1)
    return place / "out"


@pytest.fixture
def folder(whole: Path, tmp_path: Path) -> Path:
    return shutil.copytree(whole, tmp_path / "copied")


def changed(folder: Path, change: Callable[[Any], object]) -> None:
    path = folder / "manifest.json"
    tree = json.loads(path.read_text())
    change(tree)
    path.write_text(json.dumps(tree))


def entry(*keys: str, value: Any) -> Callable[[Path], None]:
    """Another value at a place of the manifest."""

    def change(tree: Any) -> None:
        for key in keys[:-1]:
            tree = tree[key]
        tree[keys[-1]] = value

    return lambda folder: changed(folder, change)


def vouched(folder: Path, name: str, content: bytes, rows: int | None = None) -> None:
    """Other bytes in a file, with the manifest's hash for them, and its number of rows."""
    (folder / name).write_bytes(content)

    def change(tree: Any) -> None:
        tree["files"][name] |= {"sha256": hashlib.sha256(content).hexdigest()} | (
            {} if rows is None else {"rows": rows}
        )

    changed(folder, change)


def torn(name: str) -> Callable[[Path], None]:
    """A table whose footer can be read and whose content cannot, under a hash that vouches for it."""

    def spoil(folder: Path) -> None:
        frame = pl.read_parquet(folder / name)
        content = bytearray(parquet(frame))
        content[8 : len(content) // 3] = b"\xa5" * (len(content) // 3 - 8)
        vouched(folder, name, bytes(content))

    return spoil


def torn_in_one_column(folder: Path) -> None:
    """Runs of which all columns can be read but one that few analyses ask for."""
    whole = (folder / "runs.parquet").read_bytes()
    last = whole.rindex(b"\x28\xb5\x2f\xfd")  # where a frame of zstd begins
    vouched(folder, "runs.parquet", whole[:last] + b"\xff" * 4 + whole[last + 4 :])


def other_runs(change: Callable[[pl.DataFrame], pl.DataFrame]) -> Callable[[Path], None]:
    def spoil(folder: Path) -> None:
        frame = change(pl.read_parquet(folder / "runs.parquet"))
        vouched(folder, "runs.parquet", parquet(frame), frame.height)

    return spoil


def other_design(folder: Path) -> None:
    """A design in which the values of two points are swapped, well formed and vouched for."""
    frame = pl.read_parquet(folder / "design.parquet")
    vouched(folder, "design.parquet", parquet(frame.with_columns(pl.col("scenario.belief.spillover").reverse())))


def many_rows(name: str, said: int = 60_000_000) -> Callable[[Path], None]:
    """A table of sixty million rows of zeros in a small file, of which the manifest says so many."""

    def spoil(folder: Path) -> None:
        frame = pl.select(pl.repeat(0, 60_000_000, dtype=pl.Int8).alias("point"))
        vouched(folder, name, parquet(frame), said)

    return spoil


def long_text(folder: Path) -> None:
    """A design of some kilobytes that unpacks to megabytes."""
    frame = pl.read_parquet(folder / "design.parquet")
    vouched(folder, "design.parquet", parquet(frame.with_columns(doctrine=pl.lit("0" * 3_000_000))))


def replaced(name: str, make: Callable[[Path], object]) -> Callable[[Path], None]:
    def spoil(folder: Path) -> None:
        (folder / name).unlink()
        make(folder / name)

    return spoil


def twice(folder: Path) -> None:
    path = folder / "manifest.json"
    path.write_text(path.read_text().replace('"seed":', '"seed": 4, "seed":', 1))


BIG = 10**400
STRAY = {"rows": 1, "sha256": "0" * 64}
DAMAGE: dict[str, tuple[Callable[[Path], object], str]] = {
    "a wrong value in the configuration": (
        entry("configuration", "doctrine", "clarity", value=7),
        "manifest.json: configuration.doctrine.clarity = 7: is out of range",
    ),
    "a configuration of something else": (entry("configuration", value={"a": 1}), "configuration."),
    "another configuration": (entry("configuration", "doctrine", "firmness", value=1.5), "design_hash = "),
    "another seed": (entry("seed", value=4), "design_hash = "),
    "another design": (other_design, "manifest.json: design_hash = "),
    "another factor": (entry("factors", value={"doctrine": ["none"]}), "design.parquet: has other factors"),
    "another level": (
        entry("factors", "doctrine", value=["none", "swift_qmv"]),
        "design.parquet: doctrine: has other levels than the manifest",
    ),
    "fewer points": (entry("points", value=3), "files.design.parquet.rows = 12: are more than the points"),
    "a torn design": (torn("design.parquet"), "design.parquet: is damaged"),
    "torn runs": (torn("runs.parquet"), "runs.parquet: is damaged"),
    "a torn column": (torn_in_one_column, "runs.parquet: is damaged"),
    "runs cut short": (
        lambda folder: os.truncate(folder / "runs.parquet", 900),
        "runs.parquet: is damaged, or was changed since it was written",
    ),
    "runs that nobody vouches for": (
        lambda folder: changed(folder, lambda tree: tree["files"].pop("runs.parquet")),
        "manifest.json: files: does not name runs.parquet",
    ),
    "other runs than the rows say": (
        lambda folder: vouched(folder, "runs.parquet", (folder / "runs.parquet").read_bytes(), 9),
        "runs.parquet: has 24 rows, and not the 9",
    ),
    "a point too many": (
        other_runs(lambda runs: runs.with_columns(pl.col("point") + 1)),
        "runs.parquet: holds points that the design does not have",
    ),
    "a run twice": (
        other_runs(lambda runs: pl.concat([runs[:1], runs[:-1]])),
        "runs.parquet: holds runs twice, or not in their order",
    ),
    "runs of another seed": (
        other_runs(lambda runs: runs.with_columns(seed=pl.lit(5, pl.Int64))),
        "runs.parquet: holds runs of another seed",
    ),
    "replicates of others": (
        other_runs(lambda runs: runs.with_columns(pl.col("replicate") + 1)),
        "runs.parquet: holds replicates that were not planned",
    ),
    "a status of another kind": (
        other_runs(lambda runs: runs.with_columns(status=pl.lit("fine"))),
        "runs.parquet: holds runs that neither went well nor failed",
    ),
    "infinite figures": (
        other_runs(lambda runs: runs.with_columns(expected_acts=pl.lit(float("inf")))),
        "runs.parquet: holds figures that are not finite",
    ),
    "a row without a point": (
        other_runs(lambda runs: runs.with_columns(point=pl.lit(None, pl.Int64))),
        "runs.parquet: holds runs without a number",
    ),
    "sixty million rows of runs": (many_rows("runs.parquet"), "files.runs.parquet.rows = 60000000: are more than"),
    "sixty million points": (many_rows("design.parquet"), "files.design.parquet.rows = 60000000: are more"),
    "more points than the manifest says": (
        many_rows("design.parquet", 12),
        "design.parquet: has 60,000,000 rows, and not the 12",
    ),
    "a text that fills the memory": (long_text, "design.parquet: unpacks to "),
    "a pipe in place of a table": (replaced("runs.parquet", os.mkfifo), "runs.parquet: is no regular file"),
    "a pipe in place of the manifest": (replaced("manifest.json", os.mkfifo), "manifest.json: is no regular file"),
    "a device in place of the manifest": (
        replaced("manifest.json", lambda path: path.symlink_to("/dev/zero")),
        "manifest.json: is no regular file",
    ),
    "a part with a path": (entry("parts", "../part-1.parquet", value=STRAY), "parts.../part-1.parquet: is not a name"),
    "a part of the system": (entry("parts", "/etc/passwd", value=STRAY), "parts./etc/passwd: is not a name"),
    "a table with a path": (entry("files", "../runs.parquet", value=STRAY), "../runs.parquet: is no table of a folder"),
    "a hash that is none": (entry("files", "runs.parquet", "sha256", value="0"), "files.runs.parquet.sha256 = '0'"),
    "a design hash that is none": (entry("design_hash", value="x" * 16), "manifest.json: design_hash = "),
    "rows below zero": (entry("files", "runs.parquet", "rows", value=-1), "files.runs.parquet.rows = -1"),
    "a precision of 400 digits": (entry("precision", value={"acts": BIG}), "manifest.json: precision.acts = "),
    "a precision below zero": (entry("precision", value={"acts": -1.0}), "manifest.json: precision.acts = "),
    "a seed of 400 digits": (entry("seed", value=BIG), "manifest.json: seed = "),
    "a first replicate of 400 digits": (entry("first_replicate", value=BIG), "manifest.json: first_replicate = "),
    "replicates of 400 digits": (entry("replicates", value=BIG), "manifest.json: replicates = "),
    "most replicates of 400 digits": (entry("most_replicates", value=BIG), "manifest.json: most_replicates = "),
    "points of 400 digits": (entry("points", value=BIG), "manifest.json: points = "),
    "a level of 400 digits": (
        entry("factors", "scenario.belief.spillover", value=[0.0, BIG]),
        "is no level of a factor",
    ),
    "true for a number": (entry("replicates", value=True), "replicates = true: is not a whole number"),
    "a text for a number": (entry("seed", value="3"), "seed = '3': is not a whole number"),
    "more runs than there may be": (entry("replicates", value=9_000_000), "holds more runs than a sweep may have"),
    "no number": (entry("seed", value=float("nan")), "manifest.json: is damaged: NaN is no number"),
    "infinity": (entry("replicates", value=float("inf")), "manifest.json: is damaged: Infinity is no number"),
    "a key twice": (twice, "manifest.json: is damaged: the key 'seed' stands twice"),
    "half a letter": (
        lambda folder: (folder / "manifest.json").write_text(
            (folder / "manifest.json").read_text().replace('"Small"', '"\\ud800"')
        ),
        "manifest.json: is damaged",
    ),
    "tables within tables": (
        lambda folder: (folder / "manifest.json").write_text(
            (folder / "manifest.json")
            .read_text()
            .replace('"contents": {', '"contents": {"a": ' + "[" * 500 + "]" * 500)
        ),
        "manifest.json: is damaged",
    ),
    "a plan of another type": (entry("design", "cross", value="doctrine"), "manifest.json: design.cross = 'doctrine'"),
    "weights of other worlds": (entry("design", "weights", value=[1.0] * 5), "design.weights: are not one for each"),
    "a design without its size": (
        lambda folder: changed(folder, lambda tree: tree["design"].pop("size")),
        "manifest.json: design.size: is missing",
    ),
    "a summary cut short": (
        lambda folder: (folder / "summary.parquet").write_bytes(b"PAR1xxxxPAR1"),
        "summary.parquet: is damaged, or was changed since it was written",
    ),
    "no summary": (lambda folder: (folder / "summary.parquet").unlink(), "summary.parquet: there is no such file"),
    "no kind of folder": (entry("kind", value="dream"), "manifest.json: kind = 'dream'"),
}


@by_name(DAMAGE)
def test_damage_gets_one_answer_in_every_command(
    case: tuple[Callable[[Path], object], str], folder: Path, no_run: None, capsys: Capture
) -> None:
    spoil, said = case
    spoil(folder)
    for name, command in COMMANDS.items():
        assert main(command(str(folder))) == WRONG_INPUT, name
        one_answer(capsys, said)


def test_the_folder_as_it_is_has_nothing_wrong_with_it(folder: Path) -> None:
    results = open_results(folder)
    assert (results.runs.height, results.design.height, results.counts) == (24, 12, (24, 0))
    assert hash_of(results.manifest, results.design) == results.manifest.design_hash


@pytest.mark.parametrize("size", [1, 3, 4])
def test_indices_of_another_size_than_the_design_are_refused(size: int, folder: Path, capsys: Capture) -> None:
    entry("design", "size", value=size)(folder)
    assert main(["sensitivity", str(folder)]) == WRONG_INPUT
    one_answer(capsys, "design: has 12 points, and not blocks of the")


@pytest.fixture(scope="module")
def single(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of one run with its ledgers; not to be changed."""
    out = tmp_path_factory.mktemp("single") / "out"
    settings = ["--set=scenario.time.weeks=104", "--set=scenario.time.burn_in=0", "--acts", "--no-figures", "--quiet"]
    assert main(["run", "illustrative", *settings, "--out", str(out)]) == 0
    return out


def without(name: str, column: str) -> Callable[[Path], None]:
    return lambda folder: vouched(folder, name, parquet(pl.read_parquet(folder / name).drop(column)))


def with_text(name: str, column: str) -> Callable[[Path], None]:
    """A name that the configuration does not have."""

    def spoil(folder: Path) -> None:
        frame = pl.read_parquet(folder / name)
        assert frame.height
        vouched(folder, name, parquet(frame.with_columns(pl.lit("Atlantis").alias(column))))

    return spoil


def emptied(name: str, column: str) -> Callable[[Path], None]:
    """A table with nothing in a column."""

    def spoil(folder: Path) -> None:
        frame = pl.read_parquet(folder / name)
        vouched(folder, name, parquet(frame.with_columns(pl.lit(None, frame.schema[column]).alias(column))))

    return spoil


def one_member(name: str) -> Callable[[Path], None]:
    """The same Member State in every row."""

    def spoil(folder: Path) -> None:
        frame = pl.read_parquet(folder / name)
        vouched(folder, name, parquet(frame.with_columns(pl.lit(frame["member"][0]).alias("member"))))

    return spoil


SINGLE: dict[str, tuple[str, Callable[[Path], object], str]] = {
    "a torn series": ("run", torn("series.parquet"), "series.parquet: is damaged"),
    "a series without a column": ("run", without("series.parquet", "credibility"), "every week: credibility"),
    "a series without dates": ("run", without("series.parquet", "date"), "every week: date"),
    "a torn ledger": ("story", torn("ledger.parquet"), "ledger.parquet: is damaged"),
    "a ledger without a column": ("story", without("ledger.parquet", "bite"), "columns or types than expected: bite"),
    "a ledger of others": ("story", with_text("ledger.parquet", "activity"), "ledger.parquet: activity = 'Atlantis'"),
    "acts of others": ("network", with_text("acts.parquet", "victim"), "acts.parquet: victim = 'Atlantis'"),
    "acts without a number": ("network", emptied("acts.parquet", "harm"), "acts.parquet: has empty cells: harm"),
    "votes of one alone": ("votes_by_member", one_member("votes_by_member.parquet"), "one position of each Member"),
    "votes of others": ("story", with_text("votes.parquet", "measure"), "votes.parquet: measure = 'Atlantis'"),
}


@by_name(SINGLE)
def test_damage_of_one_run_gets_one_answer(
    case: tuple[str, Callable[[Path], object], str], single: Path, tmp_path: Path, capsys: Capture
) -> None:
    figure, spoil, said = case
    folder = shutil.copytree(single, tmp_path / "copied")
    spoil(folder)
    for command in (["figure", figure, str(folder)], ["report", str(folder)]):
        assert main(command) == WRONG_INPUT
        one_answer(capsys, said)


def test_parts_of_a_sweep_under_way_are_those_that_were_written(folder: Path) -> None:
    entry("status", value="running")(folder)
    (part,) = (folder / "parts").glob("*.parquet")
    assert open_results(folder).runs.height == 24
    frame = pl.read_parquet(part)
    frame.with_columns(pl.col("acts") + 1).write_parquet(part)
    with pytest.raises(ConfigurationError, match="is damaged, or was changed since it was written"):
        _ = open_results(folder).runs


def test_a_table_too_large_for_a_page_is_left_out_of_it(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: Capture
) -> None:
    monkeypatch.setattr(folders, "default_figures", lambda *_, **__: {})
    stamp = read_manifest(folder).stamp
    (folder / "tables").mkdir()
    for name, rows in {"far-too-long": 3_000_000, "short": 1}.items():
        frame = pl.select(pl.repeat(7, rows).alias("x"))
        frame.write_parquet(folder / "tables" / f"{name}.parquet", metadata={"title": name, "note": stamp})
    assert main(["report", str(folder)]) == 0
    assert "far-too-long.parquet: has 3,000,000 rows of 1 columns, too many for a page" in capsys.readouterr().err
    page = (folder / "report.html").read_text()
    assert "short" in page
    assert "far-too-long" not in page


def test_a_table_that_unpacks_to_more_than_its_cells_is_not_read(tmp_path: Path) -> None:
    pl.DataFrame({"x": ["0" * 3_000_000]}).write_parquet(tmp_path / "t.parquet")
    assert (tmp_path / "t.parquet").stat().st_size < 3_000
    with pytest.raises(ConfigurationError, match=r"t\.parquet: unpacks to 3,000,\d+ bytes, too many for 1 rows"):
        read_table(tmp_path / "t.parquet")


def test_one_text_in_every_row_is_not_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "MOST_TEXT", 1_000_000)
    pl.select(pl.repeat("0" * 1_000, 2_000).alias("x")).write_parquet(tmp_path / "t.parquet")
    assert (tmp_path / "t.parquet").stat().st_size < 2_000
    with pytest.raises(ConfigurationError, match=r"t\.parquet: has more than 1,000,000 bytes of text"):
        read_table(tmp_path / "t.parquet")


def test_a_record_of_any_size_is_not_read_whole(folder: Path) -> None:
    for name in ("status", "search", "discovery"):
        with (folder / f"{name}.json").open("wb") as file:
            file.truncate(2**40)
    results = open_results(folder)
    assert results.status.state == "complete"
    assert read_answer(results) is None
    assert read_found(results) is None


@by_name(
    {
        "several row groups": pl.DataFrame({"x": range(100_000), "y": ["a", None] * 50_000, "z": [None] * 100_000}),
        "one": pl.DataFrame({"x": [True, False, None]}),
    }
)
def test_sizes_are_those_of_the_table(case: pl.DataFrame, tmp_path: Path) -> None:
    (tmp_path / "t.parquet").write_bytes(parquet(case))
    with (tmp_path / "t.parquet").open("rb") as file:
        size = size_of(file)
    assert (size.rows, size.columns, size.group) == (*case.shape, min(case.height, 65_536))
    assert size.unpacked < 64 * case.height * case.width + 1_000

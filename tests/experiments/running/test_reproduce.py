"""Results made again: from their folder alone, bit by bit, and with an exact answer where anything differs."""

import hashlib
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from support.mistakes import Capture, by_name, edited, one_answer
from support.paths import ROOT

from analysis import open_results
from analysis.results.identity import hash_of
from analysis.results.manifest import read_manifest
from experiments import run_sweep
from experiments.commands.main import FAILED, WRONG_INPUT, main
from experiments.design.design import design_of, single_point
from experiments.design.experiment import load_experiment
from experiments.design.stored import kept_design
from experiments.running import reproduce
from experiments.running import worker as work
from experiments.running.executors import threads
from experiments.running.reproduce import open_kept, sweep_again
from experiments.running.single import run_single, save_run
from experiments.running.sweep import carry_out
from experiments.store.bitwise import difference, relative
from experiments.store.parquet import parquet
from model.configuration import Configuration, load_configuration
from model.ensemble import run
from model.errors import ConfigurationError

SHORT = {"scenario.time.weeks": 30, "scenario.time.burn_in": 6}
EXPERIMENT = """
title = "Small"
question = "Does it come out again?"
doctrine = "clear_ladder"
replicates = 3
seed = 3
[factors]
scenario = ["other.toml", "short.toml"]
doctrine = ["none", "mine.toml"]
"switches.denial" = [true, false]
"""
MODEL = """
from agents.perpetrator import Perpetrator
from model.deterrence import DeterrenceModel

class Meek(Perpetrator):
    def choose(self):
        super().choose()
        self.activity = 0

class MeekModel(DeterrenceModel):
    perpetrator_class = Meek
"""


def own_files(folder: Path) -> list[Path]:
    """A doctrine and two scenarios of a few weeks."""
    time = ("weeks = 520", "weeks = 30"), ("burn_in = ", "burn_in = 6 # ")
    return [
        edited(folder, "doctrines", "clear_ladder", ("clarity = ", "clarity = 0.123 # "), to="mine.toml"),
        edited(folder, "scenarios", "illustrative", *time, to="short.toml"),
        edited(folder, "scenarios", "baseline", *time, to="other.toml"),
    ]


def swept_into(folder: Path, text: str, **overrides: Any) -> Path:
    """A sweep of a few weeks into `out`, whose experiment and doctrine are gone afterwards."""
    (folder / "small.toml").write_text(text)
    here = Path.cwd()
    os.chdir(folder)
    try:
        files = own_files(folder)
        short = {} if "scenario = [" in text else SHORT  # levels of the scenario bring their own weeks
        carry_out(design_of(load_experiment("small.toml"), {**short, **overrides}), folder / "out", threads(2))
    finally:
        os.chdir(here)
    for path in (*files, folder / "small.toml"):
        path.unlink()
    return folder / "out"


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a sweep over scenarios, doctrines and a switch; not to be changed."""
    return swept_into(tmp_path_factory.mktemp("sweep"), EXPERIMENT)


@pytest.fixture
def folder(whole: Path, tmp_path: Path) -> Path:
    """A copy of it elsewhere."""
    shutil.copytree(whole, tmp_path / "copied")
    return tmp_path / "copied"


def manifest_with(folder: Path, **entries: Any) -> None:
    path = folder / "manifest.json"
    path.write_text(json.dumps({**json.loads(path.read_text()), **entries}))


def falsified(folder: Path, name: str, frame: pl.DataFrame) -> None:
    """Put another table into a folder, with a checksum that fits."""
    (folder / name).write_bytes(parquet(frame))
    files = json.loads((folder / "manifest.json").read_text())["files"]
    files[name] |= {"rows": frame.height, "sha256": hashlib.sha256((folder / name).read_bytes()).hexdigest()}
    manifest_with(folder, files=files)


def with_cell(frame: pl.DataFrame, row: int, column: str, value: Any) -> pl.DataFrame:
    here = pl.int_range(pl.len()) == row
    return frame.with_columns(pl.when(here).then(pl.lit(value)).otherwise(pl.col(column)).alias(column))


def test_a_fresh_interpreter_gives_the_same_bits_from_a_copied_folder(folder: Path) -> None:
    command = [sys.executable, "-m", "experiments.commands.main", "reproduce", folder.name]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(command, cwd=folder.parent, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "the same to the bit: 24 runs; runs.parquet, summary.parquet, quarters.parquet byte by byte" in " ".join(
        done.stdout.split()
    )
    assert "code, versions and platform are the same as those that made the folder" in done.stderr
    assert "24 of 24 runs (100%)" in done.stderr


def test_no_file_but_the_folder_is_read(folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("model.loading.CONFIGS", tmp_path / "nothing")
    assert main(["reproduce", str(folder), "--quiet"]) == 0
    assert main(["reproduce", str(folder), "--quiet", "--point", "7"]) == 0


def test_a_kept_design_has_the_configurations_of_the_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    own_files(tmp_path)
    (tmp_path / "small.toml").write_text(EXPERIMENT + '"reference.doctrine" = ["none", "status_quo"]\n')
    design = design_of(load_experiment("small.toml"))
    carry_out(design, tmp_path / "out", threads(2))
    kept = kept_design(open_results(tmp_path / "out"))
    assert kept.hash == design.hash
    sources = {"sources": {}}
    for point in range(design.points):
        one, other = (each.configuration(point).model_copy(update=sources) for each in (design, kept))
        assert one == other
        assert design.reference(point) == kept.reference(point)


CHANGES: dict[str, tuple[str, Callable[[Any], Any], str]] = {
    "a count": ("acts", lambda value: value + 1, "not all within 1e-09 of each other"),
    "the last bits of a sum": ("expected_acts", lambda value: value * (1.0 + 1e-14), "all within 1e-09 of each other"),
    "a figure that is gone": ("expected_acts", lambda _: None, "not all within 1e-09 of each other"),
    "a text": ("error", lambda _: "unseen", "not all within 1e-09 of each other"),
}


@by_name(CHANGES)
def test_one_falsified_figure_is_named(
    case: tuple[str, Callable[[Any], Any], str], folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: Capture
) -> None:
    monkeypatch.setenv("COLUMNS", "160")
    column, change, size = case
    runs = open_results(folder).runs
    falsified(folder, "runs.parquet", with_cell(runs, 13, column, change(runs[column][13])))
    assert main(["reproduce", str(folder), "--workers", "2"]) == FAILED
    shown = capsys.readouterr()
    assert f"runs.parquet differs: 1 of 24 rows, in {column}; {size}" in shown.err
    row = next(line for line in shown.out.splitlines() if line.strip().startswith("4, 1 "))
    assert column in row
    assert repr(runs[column][13])[:8].replace("None", "–") in row
    capsys.readouterr()
    assert main(["reproduce", str(folder), "--point", "4", "--replicate", "1"]) == FAILED
    shown = capsys.readouterr()
    assert f"runs.parquet differs: 1 of 1 rows, in {column}" in shown.err
    assert main(["reproduce", str(folder), "--quiet", "--point", "4", "--replicate", "2"]) == 0


def test_an_estimate_that_was_changed_is_named(folder: Path, capsys: Capture) -> None:
    summary = open_results(folder).summary
    falsified(folder, "summary.parquet", with_cell(summary, 5, "mean", 0.5))
    assert main(["reproduce", str(folder), "--quiet"]) == FAILED
    err = capsys.readouterr().err
    assert "summary.parquet differs: 1 of" in err
    assert "runs.parquet" not in err


def test_the_same_rows_in_other_bytes_are_told_apart(folder: Path, capsys: Capture) -> None:
    path = folder / "runs.parquet"
    pl.read_parquet(path).write_parquet(path, compression="lz4")
    files = json.loads((folder / "manifest.json").read_text())["files"]
    files[path.name]["sha256"] = hashlib.sha256(path.read_bytes()).hexdigest()
    manifest_with(folder, files=files)
    assert main(["reproduce", str(folder), "--quiet"]) == FAILED
    assert "runs.parquet has the same rows in bytes that Polars" in capsys.readouterr().err


def test_the_bytes_of_another_polars_are_no_difference_and_are_named(folder: Path, capsys: Capture) -> None:
    """Values are promised, and the bytes of files are not: those are of the version of Polars that wrote them."""
    path = folder / "runs.parquet"
    runs = pl.read_parquet(path)
    runs.write_parquet(path, compression="lz4")
    manifest = json.loads((folder / "manifest.json").read_text())
    manifest["files"][path.name]["sha256"] = hashlib.sha256(path.read_bytes()).hexdigest()
    manifest_with(folder, files=manifest["files"], versions={**manifest["versions"], "polars": "1.30.7"})
    assert main(["reproduce", str(folder)]) == 0
    shown = capsys.readouterr()
    assert "summary.parquet, quarters.parquet byte by byte; runs.parquet in the bytes of Polars 1.30.7" in " ".join(
        shown.out.split()
    )
    assert "another polars: 1.30.7 there" in " ".join(shown.err.split())
    falsified(folder, "runs.parquet", with_cell(runs, 5, "severe_acts", 99))
    assert main(["reproduce", str(folder), "--quiet"]) == FAILED
    assert "runs.parquet differs: 1 of" in capsys.readouterr().err


def test_missing_runs_are_counted(folder: Path, capsys: Capture) -> None:
    falsified(folder, "runs.parquet", open_results(folder).runs.slice(2))
    assert main(["reproduce", str(folder), "--quiet"]) == FAILED
    assert "runs.parquet has other rows: 0 of 22 are not among those made now, which have 2 others" in (
        " ".join(capsys.readouterr().err.split())
    )


RISKS: dict[str, tuple[dict[str, Any], str]] = {
    "code": ({"source_hash": "0" * 16}, "another version of the model's code: 00000000 there, "),
    "a library": ({"versions": {"numpy": "1.0", "deter": "9"}}, "another numpy: 1.0 there, "),
    "libm": ({"machine": {"libm": "f" * 16}}, f"another libm: {'f' * 16} there, "),
    "a platform of old": ({"machine": {}, "platform": "Abacus"}, "another platform: Abacus there, "),
}


@by_name(RISKS)
def test_what_could_make_a_difference_is_said(case: tuple[dict[str, Any], str], folder: Path, capsys: Capture) -> None:
    manifest_with(folder, **case[0])
    assert main(["reproduce", str(folder), "--point", "0"]) == 0
    shown = capsys.readouterr()
    assert case[1] in shown.err
    assert "code, versions and platform are the same" not in shown.err
    assert "the same to the bit: 1 run" in shown.out


def test_a_folder_from_before_contents_were_kept(tmp_path: Path, capsys: Capture) -> None:
    text = EXPERIMENT.replace("mine.toml", "clear_ladder").replace('scenario = ["other.toml", "short.toml"]\n', "")
    out = swept_into(tmp_path, text)
    tree = json.loads((out / "manifest.json").read_text())
    for entry in ("contents", "machine", "model_text"):
        del tree[entry]
    (out / "manifest.json").write_text(json.dumps(tree))
    assert main(["reproduce", str(out), "--quiet"]) == 0
    assert "levels of doctrine come from files" in capsys.readouterr().err


def test_a_configuration_that_was_changed_makes_other_runs(folder: Path, capsys: Capture) -> None:
    tree = json.loads((folder / "manifest.json").read_text())
    tree["contents"]["doctrine"]["mine.toml"]["clarity"] = 0.9
    manifest_with(folder, contents=tree["contents"])
    assert main(["reproduce", str(folder), "--quiet"]) == FAILED
    assert "runs.parquet differs: 12 of 24 rows" in capsys.readouterr().err


def test_a_folder_still_running_is_answered(folder: Path, no_run: None, capsys: Capture) -> None:
    manifest_with(folder, status="running")
    (folder / "runs.parquet").unlink()
    assert main(["reproduce", str(folder)]) == WRONG_INPUT
    one_answer(capsys, str(folder), "is still running, or was interrupted, with 24 runs so far", "--point")


def test_a_run_of_a_folder_still_running_is_made_again(folder: Path) -> None:
    manifest_with(folder, status="running")
    (folder / "runs.parquet").unlink()
    assert main(["reproduce", str(folder), "--quiet", "--point", "3", "--replicate", "1"]) == 0


SINGLE = ["run", "illustrative", "--doctrine", "mine.toml", "--seed", "5", "--replicate", "2", "--out", "one"]
SINGLE += ["--set", "scenario.time.weeks=60", "--set", "scenario.time.burn_in=20"]


@pytest.fixture
def clear(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with a doctrine of one's own, to work in."""
    monkeypatch.chdir(tmp_path)
    return edited(tmp_path, "doctrines", "clear_ladder", ("clarity = ", "clarity = 0.5 # "), to="mine.toml")


@pytest.mark.parametrize("engine", ["compiled", "mesa"])
def test_a_single_run_with_all_that_its_folder_holds(engine: str, clear: Path, capsys: Capture) -> None:
    assert main([*SINGLE, "--engine", engine, "--ledger"]) == 0
    clear.unlink()
    first = capsys.readouterr().out
    assert main(["reproduce", "one", "--out", "again"]) == 0
    shown = capsys.readouterr().out
    told = first[: first.index("tables")] if "tables" in first else first
    assert told.split() == shown[: shown.index("the same to the bit")].split()
    names = ("runs", "summary", "series", "ledger", "votes", "votes_by_member")
    tables = f"{', '.join(f'{name}.parquet' for name in names)} byte by byte"
    assert f"the same to the bit: 1 run; {tables}" in " ".join(shown.split())
    assert (Path("again") / "votes.parquet").read_bytes() == (Path("one") / "votes.parquet").read_bytes()
    assert (Path("again") / "figures" / "run.png").exists()


@pytest.fixture(scope="module")
def one(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a single run with its ledgers; not to be changed."""
    out = tmp_path_factory.mktemp("run") / "one"
    values = {"scenario.time.weeks": 60, "scenario.time.burn_in": 20}
    design = single_point(load_configuration("illustrative", "clear_ladder", values), 5, 2, "One", "What happens?")
    save_run(out, design, run_single(design.base, 5, 2, "compiled", ledger=True), "compiled", ledger=True)
    return out


@pytest.mark.parametrize(("name", "column"), [("series", "acts"), ("ledger", "victim"), ("votes", "passed")])
def test_what_differs_in_a_single_run_is_named(
    name: str, column: str, one: Path, tmp_path: Path, capsys: Capture
) -> None:
    copied = shutil.copytree(one, tmp_path / "one")
    frame = pl.read_parquet(copied / f"{name}.parquet")
    other = {"series": 99, "ledger": "Atlantis"}.get(name, not frame[column][1])
    falsified(copied, f"{name}.parquet", with_cell(frame, 1, column, other))
    assert main(["reproduce", str(copied), "--quiet"]) == FAILED
    assert f"{name}.parquet differs: 1 of {frame.height} rows, in {column}" in capsys.readouterr().err


def test_one_run_of_a_sweep_is_shown_as_a_run_is(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: Capture
) -> None:
    monkeypatch.chdir(folder.parent)
    own_files(folder.parent)
    settings = ["--set=switches.denial=false"]
    command = ["run", "short.toml", "--doctrine", "none", "--seed", "3", "--replicate", "1", *settings]
    assert main([*command, "--out", str(folder.parent / "one")]) == 0
    first = capsys.readouterr().out
    assert (
        main(["reproduce", str(folder), "--point", "5", "--replicate", "1", "--out", str(folder.parent / "again")]) == 0
    )
    shown = capsys.readouterr().out
    table = slice(first.index("deterred, of the twin"), first.index("One run is a story"))
    assert " ".join(first[table].split()) in " ".join(shown.split())
    assert "Small, point 5: scenario = short.toml" in shown
    series = [pl.read_parquet(folder.parent / name / "series.parquet") for name in ("one", "again")]
    assert series[0].equals(series[1])


@pytest.mark.parametrize("there", ["itself", "file", "full"])
def test_what_is_made_again_needs_a_new_folder(there: str, folder: Path, no_run: None, capsys: Capture) -> None:
    out = {"itself": folder}.get(there, folder.parent / there)
    if there == "file":
        out.write_text("mine")
    if there == "full":
        (out / "notes").mkdir(parents=True)
    assert main(["reproduce", str(folder), "--out", str(out)]) == WRONG_INPUT
    one_answer(capsys, f"--out {out}: already exists; reproduced results need a new folder")


def test_a_sweep_made_again_can_be_kept(folder: Path, tmp_path: Path) -> None:
    assert main(["reproduce", str(folder), "--quiet", "--out", str(tmp_path / "again")]) == 0
    one, other = open_results(folder), open_results(tmp_path / "again")
    assert one.runs.equals(other.runs)
    ours, theirs = (results.manifest.model_dump(exclude={"parts"}) for results in (one, other))
    assert ours == theirs


def spoilt(entry: str, value: Any) -> Callable[[Path], None]:
    return lambda folder: manifest_with(folder, **{entry: value})


def with_its_hash(folder: Path, **entries: Any) -> None:
    """Change entries of a manifest, and its design hash with them."""
    manifest_with(folder, **entries)
    manifest_with(folder, design_hash=hash_of(read_manifest(folder), pl.read_parquet(folder / "design.parquet")))


def _without_a_point(folder: Path) -> None:
    falsified(folder, "design.parquet", open_results(folder).design.slice(1))


def _with_another_configuration(folder: Path) -> None:
    configuration = json.loads((folder / "manifest.json").read_text())["configuration"]
    configuration["doctrine"]["clarity"] = 7
    manifest_with(folder, configuration=configuration)


def _fails(folder: Path) -> None:
    runs = open_results(folder).runs
    falsified(folder, "runs.parquet", with_cell(with_cell(runs, 0, "status", "failed"), 0, "error", "OSError: no"))


WRONG: dict[str, tuple[Callable[[Path], object], list[str], list[str]]] = {
    "no folder": (shutil.rmtree, [], ["is not a folder of results: it has no manifest.json"]),
    "no results": (lambda folder: (folder / "manifest.json").unlink(), [], ["is not a folder of results"]),
    "no such point": (lambda _: 0, ["--point", "8"], ["--point: 8: is not a point of this design", "0 to 7"]),
    "no such replicate": (
        lambda _: 0,
        ["--point", "2", "--replicate", "3"],
        ["--replicate: 3: is not a replicate of point 2 in the folder", "0, 1, 2"],
    ),
    "a negative point": (lambda _: 0, ["--point", "-1"], ["--point = '-1'", "deter reproduce --help"]),
    "a failed run": (_fails, ["--point", "0"], ["point 0, replicate 0 failed (OSError: no)", "no figures to compare"]),
    "a manifest cut short": (
        lambda folder: (folder / "manifest.json").write_text('{"schema_version": 1'),
        [],
        ["manifest.json: is damaged"],
    ),
    "an unknown schema": (spoilt("schema_version", 99), [], ["schema_version = 99: is unknown to this version"]),
    "a configuration cut short": (
        spoilt("configuration", {}),
        [],
        ["manifest.json: configuration.", "is missing"],
    ),
    "a number out of range": (_with_another_configuration, [], ["configuration.doctrine.clarity = 7", "0 to 1"]),
    "a seed out of range": (spoilt("seed", -1), [], ["manifest.json: seed = -1: is out of range"]),
    "another hash of the design": (
        spoilt("design_hash", "0" * 16),
        [],
        ["manifest.json: design_hash = '0000000000000000': is not the hash of the configuration and the points"],
    ),
    "a damaged design": (
        lambda folder: (folder / "design.parquet").write_bytes(b"PAR1"),
        [],
        ["design.parquet: is damaged"],
    ),
    "a design without a point": (_without_a_point, [], ["design.parquet: does not hold the points 0 to 7"]),
    "damaged runs": (
        lambda folder: (folder / "runs.parquet").write_bytes(b"PAR1"),
        [],
        ["runs.parquet: is damaged, or was changed since it was written"],
    ),
    "no summary": (
        lambda folder: (folder / "summary.parquet").unlink(),
        [],
        ["summary.parquet: there is no such file"],
    ),
    "a class that is gone": (
        lambda folder: with_its_hash(folder, model={"name": "gone.py:Gone", "hash": "0" * 16}),
        [],
        ["model = 'gone.py:Gone': is a class whose source is missing from the folder"],
    ),
}


@by_name(WRONG)
def test_wrong_input_gets_one_answer(
    case: tuple[Callable[[Path], object], list[str], list[str]],
    folder: Path,
    no_run: None,
    monkeypatch: pytest.MonkeyPatch,
    capsys: Capture,
) -> None:
    monkeypatch.setattr(reproduce, "run_single", lambda *_, **__: pytest.fail("a simulation was started"))
    spoil, options, said = case
    spoil(folder)
    assert main(["reproduce", str(folder), *options]) == WRONG_INPUT
    one_answer(capsys, *said)


def test_no_file_is_read_for_a_level_whose_content_is_not_there(folder: Path, no_run: None, capsys: Capture) -> None:
    contents = json.loads((folder / "manifest.json").read_text())["contents"]
    del contents["doctrine"]["mine.toml"]
    manifest_with(folder, contents=contents)
    own_files(folder)
    assert main(["reproduce", str(folder), "--quiet"]) == WRONG_INPUT
    one_answer(capsys, "contents.doctrine = 'mine.toml': names a file whose content is missing from the folder")


def breaking(configuration: Configuration, *arguments: Any, **options: Any) -> Any:
    if not configuration.switches.denial:
        raise FloatingPointError("too bold")
    return run(configuration, *arguments, **options)


def test_runs_that_failed_fail_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Capture) -> None:
    with monkeypatch.context() as broken:
        broken.setattr(work, "run", breaking)
        out = swept_into(tmp_path, EXPERIMENT)
        capsys.readouterr()
        assert main(["reproduce", str(out)]) == 0
        assert "the same to the bit: 24 runs, 12 of which failed both times" in capsys.readouterr().out
    assert main(["reproduce", str(out), "--quiet"]) == FAILED
    assert "runs.parquet differs: 12 of 24 rows, in status, error" in capsys.readouterr().err


def test_replicates_until_precise_are_the_same_again(tmp_path: Path) -> None:
    text = EXPERIMENT.replace("replicates = 3", "replicates = { at_least = 10, at_most = 30 }")
    text = text.replace("[factors]", "[precision]\nacts = 8.0\n[factors]").replace('"other.toml", ', "")
    out = swept_into(tmp_path, text)
    assert open_results(out).runs.height > 40
    assert main(["reproduce", str(out), "--quiet"]) == 0


def test_a_model_of_ones_own_is_kept_with_its_source(tmp_path: Path) -> None:
    (tmp_path / "meek.py").write_text(MODEL)
    text = EXPERIMENT.replace("replicates = 3", 'replicates = 1\nmodel = "meek.py:MeekModel"').replace(
        '"baseline", ', ""
    )
    out = swept_into(tmp_path, text)
    (tmp_path / "meek.py").unlink()
    kept = open_kept(out, trust_model=True)
    assert not sweep_again(kept, tmp_path / "again", threads(1)).different
    assert main(["reproduce", str(out), "--quiet", "--point", "1", "--trust-model"]) == 0
    assert open_results(tmp_path / "again").runs["acts"].to_list() == [0] * 8


def test_a_sweep_does_not_go_on_where_the_file_of_a_level_has_changed(clear: Path) -> None:
    own_files(clear.parent)
    Path("small.toml").write_text(EXPERIMENT)
    first = run_sweep("small.toml", "out", replicates=1).runs
    text = clear.read_text()
    clear.write_text(text.replace('title = "', 'title = "My ', 1))
    assert run_sweep("small.toml", "out", replicates=1).runs.equals(first)
    clear.write_text(text.replace("clarity = 0.123", "clarity = 0.6"))
    with pytest.raises(ConfigurationError, match=r"doctrine mine.toml: its file has changed.*--fresh"):
        run_sweep("small.toml", "out", replicates=1)


def test_bits_are_compared_and_not_values() -> None:
    one = pl.DataFrame({"point": [0, 1, 2], "x": [0.0, 1.0, None]})
    assert difference("t", one, one.clone(), ["point"]) is None
    for other in ([-0.0, 1.0, None], [0.0, 1.0 + 2.3e-16, None], [0.0, 1.0, 0.0], [0.0, None, None]):
        found = difference("t", one, pl.DataFrame({"point": [0, 1, 2], "x": other}), ["point"])
        assert found is not None
        assert (found.rows, found.columns) == (1, ("x",))
    found = relative(pl.Series([1.0, 0.0, None]), pl.Series([3.0, -0.0, 1.0]))
    assert found.tolist() == [pytest.approx(2 / 3), 0.0, float("inf")]


def test_in_python_a_folder_or_one_run_of_it_is_made_again(tmp_path: Path) -> None:
    (tmp_path / "clarity.toml").write_text(
        'title = "T"\nquestion = "Q?"\nscenario = "illustrative"\nreplicates = 2\nseed = 3\n'
        '[factors]\n"doctrine.clarity" = [0.0, 1.0]\n'
    )
    run_sweep(tmp_path / "clarity.toml", tmp_path / "swept", overrides=SHORT)
    whole, one = (
        reproduce.reproduce(tmp_path / "swept"),
        reproduce.reproduce(tmp_path / "swept", 1, 1, tmp_path / "one"),
    )
    assert (whole.runs, whole.different) == (4, ())
    assert (one.runs, one.different) == (1, ())
    assert open_results(tmp_path / "one").manifest.kind == "run"
    with pytest.raises(ConfigurationError, match="is not a point of this design"):
        reproduce.reproduce(tmp_path / "swept", 2)

"""The command line: what it writes, what it says, and how it refuses wrong input."""

import re
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import polars as pl
import pytest
from support.worlds import on_case

from analysis import open_results
from analysis.results.single_run import LEDGER_SCHEMA, VOTES_SCHEMA
from experiments.commands.main import main
from experiments.running import sweep
from experiments.running.single import folder_name
from experiments.terminal import compiling, sweeps
from experiments.terminal.options import assignments
from experiments.terminal.screen import Screen
from model.configuration import load_configuration
from model.errors import ConfigurationError
from model.loading import CONFIGS

SHORT = ["--set", "scenario.time.weeks=60", "--set", "scenario.time.burn_in=6"]
BARE = ["--no-figures", *SHORT]
EXPERIMENT = """
title = "Small"
question = "Does it work?"
replicates = 2
seed = 3
[factors]
"doctrine.clarity" = [0.0, 1.0]
"""


@pytest.fixture
def experiment(tmp_path: Path) -> Path:
    path = tmp_path / "small.toml"
    path.write_text(EXPERIMENT)
    return path


def test_a_run_writes_its_folder(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "out"
    assert main(["run", "--doctrine", "clear_ladder", "--seed", "5", "--ledger", "--out", str(out), *SHORT]) == 0
    shown = capsys.readouterr()
    for words in ("Clear ladder", "deterred", "harm averted", "wrongful", "One run is a story", "credibility"):
        assert words in shown.out
    opened = open_results(out)
    assert opened.runs.height == 1
    assert opened.runs["seed"].item() == 5
    assert opened.series.height == 60
    assert opened.series["acts"].sum() == opened.runs["acts"].item()
    assert opened.series["twin_acts"].sum() == opened.runs["twin_acts"].item()
    by_activity = opened.series.select(pl.col("^acts_.*$")).sum().sum_horizontal().item()
    assert by_activity == opened.runs["acts"].item()
    ledger = pl.read_parquet(out / "ledger.parquet")
    assert ledger.schema == LEDGER_SCHEMA
    assert ledger.height > 0
    assert (out / "ledger.csv").read_text().count("\n") == ledger.height + 1
    votes = pl.read_parquet(out / "votes.parquet")
    assert votes.schema == VOTES_SCHEMA
    assert (out / "votes.csv").read_text().count("\n") == votes.height + 1
    assert opened.manifest.files["votes.parquet"].rows == votes.height
    drawn = {path.name for path in (out / "figures").iterdir()}
    shown = ["run", "story", *["votes_by_member"] * votes["counted"].any()]  # a figure without a vote is not drawn
    assert drawn == {f"{name}.{kind}" for name in shown for kind in ("png", "svg")}


def test_a_ledger_tells_a_coherent_story(tmp_path: Path) -> None:
    main(["run", "--ledger", "--quiet", "--out", str(tmp_path / "out"), "--set", "scenario.time.weeks=156"])
    burn_in = open_results(tmp_path / "out").configuration.scenario.time.burn_in
    ledger = pl.read_parquet(tmp_path / "out" / "ledger.parquet")
    assert ledger["opened_week"].is_sorted()
    named = ledger.filter(pl.col("attributed_week").is_not_null())
    assert named.height > 0
    rightly = (named["suspect"] == named["culprit"]).fill_null(False)
    assert (rightly == named["attributed_rightly"]).all()
    adopted = ledger.filter(pl.col("adopted_week").is_not_null())
    assert (adopted["delay"] == adopted["adopted_week"] - adopted["act_week"]).all()
    assert (adopted["adopted_week"] >= adopted["attributed_week"]).all()
    after = adopted.filter(pl.col("next_act_week").is_not_null())
    assert (after["next_act_week"] > after["adopted_week"]).all()
    assert (after["next_choice_week"] <= after["next_act_week"]).all()
    assert "restraint" not in set(after["next_act"])
    assert (ledger["counted"] == (ledger["opened_week"] >= burn_in)).all()
    assert set(ledger["counted"]) == {True, False}
    known = pl.coalesce("adopted_week", "attributed_week")
    told = ledger.filter(pl.col("next_choice").is_not_null())
    assert told.height > 0
    assert told.select((known >= burn_in) & (pl.col("next_choice_week") > known)).to_series().all()
    early = ledger.filter(known < burn_in)
    assert early.height > 0
    assert early["next_choice"].null_count() == early["next_act"].null_count() == early.height


def test_votes_tell_what_the_books_count(tmp_path: Path) -> None:
    arguments = ["run", "illustrative", "--doctrine", "swift_qmv", "--ledger", "--quiet", "--out", str(tmp_path)]
    assert main([*arguments, "--set", "member_states.traits.reluctance.mean=0.3"]) == 0
    votes, ledger = (pl.read_parquet(tmp_path / f"{name}.parquet") for name in ("votes", "ledger"))
    opened = open_results(tmp_path)
    assert votes["week"].is_sorted()
    assert votes.select((pl.col("week") - pl.col("act_week") > 0).all()).item()
    assert (votes["passed"] == (votes["share"] > 0)).all()
    assert votes.select((pl.sum_horizontal("^votes_.*$") == 27).all()).item()
    start = opened.configuration.scenario.time.start
    assert votes.select((pl.lit(start) + pl.duration(weeks="week") == pl.col("date")).all()).item()
    counted = votes.filter("counted")
    assert 0 < counted.height < votes.height
    assert counted.height == opened.runs["votes"].item()
    assert (~counted["passed"]).sum() == opened.runs["votes_failed"].item() > 0
    case = ["act_week", "culprit", "victim"]
    found = votes.filter(pl.col("track") == "dossier").join(ledger, on=case, nulls_equal=True, suffix="_case")
    assert found.height == (votes["track"] == "dossier").sum()
    assert found["passed"].any()
    assert (found["passed"] == (found["dossier_stage"] == "adopted")).all()
    assert (found["suspect"] == found["suspect_case"]).all()
    for name, same in {"week": "dossier_settled_week", "measure": "dossier_measure"}.items():
        assert (found[name] == found[same]).all(), name
    for name in ("votes_for", "votes_against", "votes_abstaining"):
        assert (found[name] == found[f"{name}_case"]).all(), name
    routine = [name for name, measure in on_case(opened.configuration).items() if measure.adoption == "routine"]
    assert not set(votes["measure"]) & set(routine)


def test_a_run_goes_by_default_to_a_folder_of_its_own_content(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Shipped names alone make a plain name; two files of one name, or settings, do not share a folder."""
    monkeypatch.chdir(tmp_path)
    assert folder_name("baseline", "none", 1, 0, load_configuration("baseline", "none")) == "run-baseline-none-seed1-0"
    shipped = (CONFIGS / "doctrines" / "none.toml").read_text("utf-8")
    for folder, clarity in (("one", "0.1"), ("two", "0.2")):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "none.toml").write_text(shipped.replace("clarity = 0.0", f"clarity = {clarity}"), "utf-8")
        assert main(["run", "--doctrine", f"{folder}/none.toml", "--quiet", *SHORT]) == 0
    folders = [path.name for path in (tmp_path / "results").iterdir()]
    assert len(folders) == 2
    assert all(name.startswith("run-baseline-none-seed1-0-") for name in folders)


def test_the_version_is_said_with_those_of_what_the_bits_depend_on(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--version"]) == 0
    said = capsys.readouterr().out
    for name in ("deter", "python", "numpy", "numba", "mesa", "polars"):
        assert name in said


def test_both_engines_give_the_same_run(tmp_path: Path) -> None:
    for engine in ("mesa", "compiled"):
        arguments = ["--engine", engine, "--ledger", "--quiet", "--out", str(tmp_path / engine)]
        assert main(["run", *arguments, "--set", "scenario.time.weeks=20", "--set", "scenario.time.burn_in=30"]) == 0
    for name in ("design", "runs", "summary", "series", "ledger", "votes"):
        mesa, compiled = ((tmp_path / engine / f"{name}.parquet").read_bytes() for engine in ("mesa", "compiled"))
        assert mesa == compiled, name


def test_a_run_replaces_a_run_but_no_sweep(
    experiment: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "out"
    for seed in ("1", "2"):
        assert main(["run", "--seed", seed, "--quiet", "--out", str(out), *BARE]) == 0
    assert open_results(out).manifest.seed == 2
    capsys.readouterr()
    assert main(["run", "--out", str(out), *BARE]) == 0
    assert "already holds a run, which this one replaces" in capsys.readouterr().err
    assert main(["run", "--ledger", "--quiet", "--out", str(out), *BARE]) == 0
    assert main(["run", "--quiet", "--out", str(out), *BARE]) == 0
    assert not [path.name for path in out.iterdir() if path.stem in ("ledger", "votes")]
    assert main(["sweep", str(experiment), "--quiet", "--out", str(tmp_path / "sweep"), *BARE]) == 0
    assert main(["run", "--quiet", "--out", str(tmp_path / "sweep"), *BARE]) == 2
    assert "kind: sweep there, run now" in capsys.readouterr().err


def test_a_sweep_says_what_it_does(experiment: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    arguments = ["sweep", str(experiment), "--out", str(tmp_path / "out"), "--replicates", "3", *SHORT]
    assert main(arguments) == 0
    shown = capsys.readouterr()
    assert "2 points × 3 replicates = 6 runs" in shown.err
    assert "6 of 6 runs (100%)" in shown.err
    for words in ("all points", "Clarity", "95 % interval", "±"):
        assert words in shown.out
    assert all(len(line) <= 80 for line in shown.out.splitlines())
    assert {path.name for path in (tmp_path / "out" / "figures").iterdir()} == {"main_effects.png", "main_effects.svg"}
    assert main([*arguments, "--quiet"]) == 0
    assert capsys.readouterr() == ("", "")


def test_a_sweep_of_one_replicate_shows_no_numbers(
    experiment: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    arguments = ["sweep", str(experiment), "--out", str(tmp_path / "out"), "--replicates", "1", *BARE]
    assert main(arguments) == 0
    shown = capsys.readouterr()
    assert "2 points × 1 replicate = 2 runs" in shown.err
    assert "No estimates are shown, because an interval needs" in shown.out
    assert not re.search(r"\d", shown.out)


@pytest.mark.parametrize("command", ["run", "sweep"])
def test_without_figures_there_is_everything_else(command: str, experiment: Path, tmp_path: Path) -> None:
    what = [command] if command == "run" else [command, str(experiment)]
    folders = {}
    for name, more in (("with", []), ("without", ["--no-figures"])):
        folders[name] = tmp_path / name
        assert main([*what, "--quiet", "--out", str(folders[name]), *more, *SHORT]) == 0
    written = {
        name: {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()}
        for name, folder in folders.items()
    }
    missing = written["with"] - written["without"]
    assert missing == {path for path in written["with"] if path.startswith("figures/")} != set()
    assert written["without"] < written["with"]


def test_a_failed_run_makes_the_sweep_fail(
    experiment: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def breaks(*_: object, **__: object) -> object:
        raise FloatingPointError("overflow")

    monkeypatch.setattr("experiments.running.worker.run", breaks)
    monkeypatch.setattr(sweep, "warm_up", lambda _: None)
    assert main(["sweep", str(experiment), "--out", str(tmp_path / "out"), *SHORT]) == 1
    assert "4 of 4 runs failed" in capsys.readouterr().err


def test_an_interruption_says_how_to_go_on(
    experiment: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def interrupt(*_: object, **__: object) -> object:
        raise KeyboardInterrupt

    monkeypatch.setattr(sweeps, "carry_out", interrupt)
    assert main(["sweep", str(experiment), "--out", str(tmp_path / "out"), *SHORT]) == 130
    assert "repeat the command to continue" in capsys.readouterr().err


def test_a_fresh_sweep_keeps_what_belongs_to_it_and_loses_what_does_not(
    experiment: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    arguments = ["sweep", str(experiment), "--out", str(tmp_path / "out"), *BARE]
    assert main(arguments) == 0
    parts = sorted((tmp_path / "out" / "parts").iterdir())
    written = [path.stat().st_mtime_ns for path in parts]
    first = capsys.readouterr().out
    assert main([*arguments, "--fresh"]) == 0
    assert capsys.readouterr().out == first
    assert [path.stat().st_mtime_ns for path in parts] == written
    assert main([*arguments, "--seed", "4"]) == 2
    assert "--fresh to delete the results there and start again" in capsys.readouterr().err
    assert main([*arguments, "--seed", "4", "--fresh"]) == 0
    assert open_results(tmp_path / "out").manifest.seed == 4


def test_the_largest_seed_and_replicate_run(tmp_path: Path) -> None:
    largest = str(2**63 - 1)
    assert main(["run", "--seed", largest, "--replicate", largest, "--quiet", "--out", str(tmp_path), *BARE]) == 0
    assert open_results(tmp_path).runs["replicate"].item() == 2**63 - 1


def test_the_first_compilation_is_announced(
    experiment: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(compiling, "cache_folder", lambda: tmp_path)
    monkeypatch.setattr(compiling, "JIT", True)
    assert main(["sweep", str(experiment), "--out", str(tmp_path / "out"), *SHORT]) == 0
    said = capsys.readouterr().err
    assert "compiling the model for this machine (about a minute, once)" in said
    assert "compiled in " in said


def test_the_compilation_says_how_far_it_is_and_what_is_compiled(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Where there is no terminal, a line now and then; parts are counted as they end, those they call before them."""
    monkeypatch.setattr(compiling, "BETWEEN_LINES", -1.0)
    parts = compiling.Parts(Screen())
    under_way = SimpleNamespace(data={"dispatcher": SimpleNamespace(py_func=compiling.is_compiled)})
    for _ in range(37):
        parts.on_start(under_way)
        parts.on_end(under_way)
    parts.on_start(under_way)
    first, *_, last = capsys.readouterr().err.splitlines()
    assert first.startswith("about 0% after 0 s; now compiling.is_compiled")
    assert last.startswith("about 10% after ")


FILE = "experiment.toml"


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["run", "basline"], ["basline", "did you mean 'baseline'"]),
        (["run", "missing/scenario.toml"], ["scenario.toml", "no such file"]),
        (["run", "--doctrine", "clear_lader"], ["clear_lader", "did you mean 'clear_ladder'"]),
        (["run", "--set", "doctrine.clarty=0.5"], ["doctrine.clarty", "did you mean 'doctrine.clarity'"]),
        (["run", "--set", "doctrine.clarity=1.5"], ["doctrine.clarity = 1.5", "out of range", "0 to 1"]),
        (["run", "--set", "doctrine.clarity=high"], ["doctrine.clarity = 'high'", "is not a number"]),
        (["run", "--set", "doctrine.campaign_interval=2.5"], ["is not a whole number"]),
        (["run", "--set", "doctrine.voting_rule=qmw"], ["did you mean 'qmv'"]),
        (["run", "--set", "doctrine.clarity"], ["--set", "is not KEY=VALUE"]),
        (["run", "--set", "doctrine.clarity=1", "--set", "doctrine.clarity=0"], ["is set twice"]),
        (["run", "--engine", "steam"], ["--engine", "steam"]),
        (["run", "--seed", "-1"], ["--seed", "0"]),
        (["run", "--seed", str(2**63)], ["--seed", "9223372036854775807"]),
        (["run", "--replicate", str(2**64)], ["--replicate", "9223372036854775807"]),
        (["run", "--sed", "1"], ["--sed"]),
        (["walk"], ["walk"]),
        (["sweep"], ["EXPERIMENT"]),
        (["sweep", "headlin"], ["headlin", "did you mean 'headline'"]),
        (["sweep", "headline", "--workers", "0"], ["--workers"]),
        (["sweep", "headline", "--set", "doctrine.clarity=0.2"], ["is a factor of this experiment"]),
        (["sweep", "headline", "--seed", str(2**63)], ["seed", "out of range"]),
    ],
)
def test_wrong_input_is_refused(arguments: list[str], said: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(arguments) == 2
    shown = capsys.readouterr()
    for words in said:
        assert words in shown.err
    assert "Traceback" not in shown.err


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("replicates = 2", "replicats = 2", ["replicats", "did you mean 'replicates'"]),
        ("replicates = 2", "replicates = 0", ["replicates = 0", "out of range"]),
        ("replicates = 2", "replicates = '2'", ["replicates = '2'", "is not a whole number"]),
        ("seed = 3", "", ["seed", "is missing"]),
        ("seed = 3", "seed = 3\nscenario = 'basline'", ["scenario", "did you mean 'baseline'"]),
        ("seed = 3", "seed = ", ["is not valid TOML", "line 5"]),
        ("doctrine.clarity", "doctrine.clarty", ["factors", "doctrine.clarty", "did you mean 'doctrine.clarity'"]),
        ("[0.0, 1.0]", "[0.0, 1.5]", ["doctrine.clarity", "1.5", "0 to 1"]),
        ("[0.0, 1.0]", "[]", ["doctrine.clarity", "has no levels"]),
        ("[0.0, 1.0]", "[0.5, 0.5]", ["is a level given twice"]),
        ("[0.0, 1.0]", "[0.5, 'high']", ["has levels of several types"]),
        ("[0.0, 1.0]", "[[0.5]]", ["is not a single value"]),
        ("[0.0, 1.0]", "0.5", ["is neither a list"]),
        ('"doctrine.clarity" = [0.0, 1.0]', "", ["factors"]),
        ("[factors]", "[sources]\nnothing = 'x'\n[factors]", ["sources.nothing", "matches nothing in this file"]),
    ],
)
def test_a_wrong_experiment_is_refused(
    old: str, new: str, said: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / FILE).write_text(EXPERIMENT.replace(old, new))
    assert main(["sweep", str(tmp_path / FILE), "--out", str(tmp_path / "out")]) == 2
    shown = capsys.readouterr().err
    for words in (FILE, *said):
        assert words in shown
    assert shown.count("\n") == 1
    assert not (tmp_path / "out").exists()


def test_a_folder_that_cannot_be_written_fails(
    experiment: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "file").write_text("")
    assert main(["sweep", str(experiment), "--out", str(tmp_path / "file" / "below"), *SHORT]) == 1
    assert "Not a directory" in capsys.readouterr().err
    assert main(["sweep", str(experiment), "--out", str(tmp_path / "file"), *SHORT]) == 2
    assert "is a file" in capsys.readouterr().err


def test_a_full_disk_fails_with_one_message(
    experiment: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    assert main(["sweep", str(experiment), "--out", str(tmp_path / "out"), *SHORT]) == 1
    assert "No space left on device" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("problem", "code", "said"),
    [
        (RecursionError("maximum recursion depth exceeded"), 2, "nested too deeply"),
        (UnicodeDecodeError("utf-8", b"\xff", 0, 1, "invalid start byte"), 2, "0xff"),
        (UnicodeEncodeError("utf-8", "\udc80", 0, 1, "surrogates not allowed"), 2, r"'\udc80'"),
        (pl.exceptions.ComputeError("parquet: File out of specification\nmore"), 1, "File out of specification"),
        (pl.exceptions.PanicException("index out of bounds"), 1, "index out of bounds"),
        (MemoryError(), 1, "not enough memory"),
        (OSError(28, "No space left on device", "a\x1b[2J"), 1, r"a\x1b[2J: No space left"),
        (ConfigurationError("is wrong", file="a\x1b[2J"), 2, r"a\x1b[2J: is wrong"),
        (KeyboardInterrupt(), 130, "interrupted"),
        (BrokenPipeError(32, "Broken pipe"), 0, ""),
    ],
)
def test_whatever_goes_wrong_is_one_line(
    problem: BaseException, code: int, said: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fails(*_: object) -> None:
        raise problem

    monkeypatch.setattr("experiments.listing.listing.listings", fails)
    assert main(["list"]) == code
    shown = capsys.readouterr()
    assert said in shown.err
    assert shown.err.count("\n") == bool(said)
    assert "\x1b" not in shown.err


def test_values_are_read_as_toml_or_else_as_text() -> None:
    texts = ["a=1", "b=0.5", "c=true", "d=qmv", "e='q m'", "f=[0.1, 0.2]", "g=2019-05-17", " h = 3 "]
    values = assignments(texts)
    assert values | {"g": None} == {
        "a": 1, "b": 0.5, "c": True, "d": "qmv", "e": "q m", "f": [0.1, 0.2], "g": None, "h": 3,
    }  # fmt: skip
    assert str(values["g"]) == "2019-05-17"
    with pytest.raises(ConfigurationError):
        assignments(["=1"])


@pytest.mark.parametrize("command", [[], ["run"], ["sweep"]])
def test_help_has_an_example(command: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main([*command, "--help"]) == 0
    assert "Example: " in capsys.readouterr().out


def test_help_imports_nothing_heavy() -> None:
    code = (
        "import sys; from experiments.commands.main import main; main(['--help']); "
        "print(sorted({'numba', 'numpy', 'polars', 'matplotlib', 'mesa', 'pydantic'} & set(sys.modules)))"
    )
    finished = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert finished.stdout.splitlines()[-1] == "[]"

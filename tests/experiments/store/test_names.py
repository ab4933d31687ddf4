"""Names of folders and files as they stand: what Polars takes for patterns, homes or addresses are letters here."""

import io
import shutil
from pathlib import Path

import polars as pl
import pytest
from support.mistakes import EXPERIMENT, SHORT

from analysis import open_results
from experiments.commands.main import main
from experiments.design.worlds import read_worlds
from experiments.running.compare import compare_doctrines

NAMES = {
    "z[1]": "z1",
    "z?": "zz",
    "z*": "zzz",
    "a[12]/out": "a1/out",
    "**/out": "b/out",
    "~": "home/out",
    "~/out": "home/out",
    "file:/out": "out",
    "s3:/out": "out",
    "level=2/out": "level=1/out",
    "./-x": "x",
    "a%20b#c": "a b",
}
"""Names of folders, and of others that they would mean to Polars."""
PATH = "scenario.grievance.grievance_gain"
TABLES = ("runs.parquet", "summary.parquet")


def sweep(out: str | Path, seed: int) -> list[str]:
    return ["sweep", "small.toml", "--quiet", "--no-figures", "--out", str(out), "--seed", str(seed), *SHORT]


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A sweep of seed 1 in `1`, and of seed 2 in `2`."""
    folder = tmp_path_factory.mktemp("names")
    (folder / "small.toml").write_text(EXPERIMENT)
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        assert [main(sweep(str(seed), seed)) for seed in (1, 2)] == [0, 0]
    return folder


@pytest.fixture
def here(made: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    (tmp_path / "home").mkdir()
    (tmp_path / "small.toml").write_text(EXPERIMENT)
    return tmp_path


@pytest.mark.slow
@pytest.mark.parametrize(("name", "other"), NAMES.items(), ids=NAMES)
def test_a_sweep_is_of_the_folder_that_was_named(name: str, other: str, made: Path, here: Path) -> None:
    shutil.copytree(made / "1", other)
    before = [(here / other / table).read_bytes() for table in TABLES]
    assert main(sweep(name, 2)) == 0
    for table in TABLES:
        assert Path(name, table).read_bytes() == (made / "2" / table).read_bytes()
    results = open_results(name)
    assert results.scan.collect().equals(results.runs)
    assert results.estimate(["doctrine.clarity"]).equals(open_results(made / "2").estimate(["doctrine.clarity"]))
    assert [(here / other / table).read_bytes() for table in TABLES] == before


@pytest.mark.usefixtures("here")
def test_what_is_read_of_a_folder_is_read_of_the_one_that_was_named(made: Path) -> None:
    for place, seed in (("z1", "1"), ("z[1]", "2")):
        shutil.copytree(made / seed, place)
        assert main(sweep(place, int(seed))) == 0  # all is there, and assembled again
        assert main(["report", place, "--quiet"]) == 0
        assert f"seed {seed}" in Path(place, "report.html").read_text("utf-8")
    assert Path("z[1]", "runs.parquet").read_bytes() == (made / "2" / "runs.parquet").read_bytes()


@pytest.mark.usefixtures("here")
def test_a_run_and_a_comparison_are_of_the_folder_that_was_named() -> None:
    for name, values in (("w1.csv", [0.2, 0.4, 0.5]), ("w[1].csv", [0.1, 0.3])):
        Path(name).write_text(pl.DataFrame({PATH: values}).write_csv())
    options = {"overrides": {"scenario.time.weeks": 4, "scenario.time.burn_in": 0}, "replicates": 2}
    for seed, end, points in ((1, "1", 6), (2, "[1]", 4)):
        assert main(["run", "--quiet", "--no-figures", "--seed", str(seed), "--out", f"r{end}", *SHORT]) == 0
        compare_doctrines(["clear_ladder", "status_quo"], f"c{end}", worlds=f"w{end}.csv", seed=seed, **options)
        runs = open_results(f"c{end}").scan.collect()
        assert (runs["seed"].unique().to_list(), runs["point"].n_unique()) == ([seed], points)
        assert open_results(f"r{end}").scan.collect()["seed"].to_list() == [seed]


@pytest.mark.parametrize("kind", ["csv", "parquet"])
@pytest.mark.parametrize(("name", "other"), NAMES.items(), ids=NAMES)
def test_worlds_are_of_the_file_that_was_named(name: str, other: str, kind: str, here: Path) -> None:
    for stem, value in ((other, 0.1), (name, 0.7)):
        path = Path(f"{stem}.{kind}")
        path.parent.mkdir(parents=True, exist_ok=True)
        frame, buffer = pl.DataFrame({PATH: [value]}), io.BytesIO()
        (frame.write_csv if kind == "csv" else frame.write_parquet)(buffer)
        path.write_bytes(buffer.getvalue())
    source = here / f"{name}.{kind}" if name[0] == "~" else f"{name}.{kind}"  # `~` is home to those who type it
    assert read_worlds(str(source)).frame[PATH].to_list() == [0.7]

"""Frames of a folder in pandas: the same values, dates that are dates, and nothing that is lost on the way."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import polars as pl
import pytest

import deter
from analysis.comparison.comparison import comparison_of, differences, estimates
from analysis.comparison.pareto import pareto
from analysis.comparison.regret import regret
from analysis.results.folder import Results
from analysis.results.manifest import LEDGER, VOTES
from experiments.commands.main import main

pd = pytest.importorskip("pandas")
pytest.importorskip("pyarrow")

PLAIN = (pl.Int64, pl.Float64, pl.String, pl.Boolean, pl.Date, pl.Int8, pl.Int16, pl.Int32, pl.UInt32, pl.UInt8)
"""Types of columns: none is a list, a category or a structure, which pandas would hold as objects."""


@pytest.fixture(scope="module")
def compared(tmp_path_factory: pytest.TempPathFactory) -> Results:
    short = {"scenario.time.weeks": 52, "scenario.time.burn_in": 26}
    folder = tmp_path_factory.mktemp("compared") / "out"
    doctrines = ["status_quo", "clear_ladder"]
    deter.compare_doctrines(doctrines, folder, scenario="illustrative", replicates=10, overrides=short, workers=1)
    return deter.open_results(folder)


@pytest.fixture(scope="module")
def one(tmp_path_factory: pytest.TempPathFactory) -> Results:
    folder = tmp_path_factory.mktemp("one") / "out"
    words = ["run", "illustrative", "--ledger", "--quiet", "--no-figures", "--out", str(folder)]
    assert main([*words, "--set", "scenario.time.weeks=104", "--set", "scenario.time.burn_in=26"]) == 0
    return deter.open_results(folder)


@pytest.fixture(scope="module")
def frames(compared: Results, one: Results) -> dict[str, pl.DataFrame]:
    comparison = comparison_of(compared)
    return {
        "design": compared.design,
        "runs": compared.runs,
        "summary": compared.summary,
        "estimate": compared.estimate(["doctrine"]),
        "paired": compared.paired(["doctrine"], {"doctrine": "status_quo"}),
        "effects": deter.effects(compared, ["doctrine"]),
        "estimates": estimates(comparison),
        "differences": differences(comparison),
        "regret": regret(comparison),
        "pareto": pareto(comparison),
        "series": one.series,
        "ledger": one.read(LEDGER),
        "votes": one.read(VOTES),
    }


def plain(value: object) -> object:
    """A value of pandas as Polars has it."""
    if value is None or value is pd.NaT or value != value:
        return None
    return value.date() if isinstance(value, pd.Timestamp) else value


def values(frame: pl.DataFrame) -> Iterator[tuple[str, list[object], list[object]]]:
    found = frame.to_pandas()
    for name in frame.columns:
        yield name, frame[name].to_list(), [plain(value) for value in found[name].tolist()]


def test_every_frame_has_the_same_values_in_pandas(frames: dict[str, pl.DataFrame]) -> None:
    for frame_name, frame in frames.items():
        assert frame.height, frame_name
        assert {name: kind for name, kind in frame.schema.items() if kind not in PLAIN} == {}, frame_name
        for name, ours, theirs in values(frame):
            assert theirs == ours, f"{frame_name}.{name}"


def test_whole_numbers_stay_whole_where_none_is_missing(frames: dict[str, pl.DataFrame]) -> None:
    """Pandas has no null of whole numbers: such a column becomes real numbers, which hold ours to the unit."""
    for frame_name, frame in frames.items():
        found = frame.to_pandas()
        for name, kind in frame.schema.items():
            if kind.is_integer():
                assert (found[name].dtype.kind in "iu") == (frame[name].null_count() == 0), f"{frame_name}.{name}"
                assert max(map(abs, frame[name].drop_nulls()), default=0) < 2**53 or not frame[name].null_count()


def test_dates_can_be_reckoned_with(frames: dict[str, pl.DataFrame]) -> None:
    found = frames["series"].to_pandas()
    assert found["date"].dtype.kind == "M"
    assert found["date"].diff().dropna().dt.days.unique().tolist() == [7]
    assert isinstance(frames["series"]["date"][0], date)


def test_a_table_for_a_spreadsheet_has_every_row_of_the_summary(compared: Results, tmp_path: Path) -> None:
    """`summary.csv` has all that `summary.parquet` has, to the last digit, and metrics by kind besides."""
    text = pl.read_csv(compared.folder / "summary.csv", infer_schema_length=None)
    whole = compared.summary
    assert {*whole.columns, *compared.design.columns, "part"} <= {*text.columns}
    rows = text.join(whole.select("point", "metric"), on=["point", "metric"], how="semi").sort("point", "metric")
    wanted = whole.sort("point", "metric")
    for name in ("mean", "standard_error", "low", "high"):
        assert rows[name].cast(pl.Float64).to_list() == wanted[name].to_list()
    assert rows["n"].to_list() == wanted["n"].to_list()
    assert rows["interval"].to_list() == wanted["interval"].to_list()
    assert text.height > whole.height

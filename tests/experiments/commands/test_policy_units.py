"""What a sweep leaves in policy units: acts, severe acts and harm a year, years to a listing, and a summary in CSV."""

from pathlib import Path

import polars as pl
import pytest
from support.mistakes import Capture

from agents.catalogue import KINDS
from analysis import open_results
from analysis.effects.findings import main_effects
from analysis.effects.levels import delays_measured, delays_said
from analysis.effects.tables import unit_tables
from analysis.results.folder import Results
from analysis.results.manifest import SUMMARY_CSV
from analysis.statistics.estimates import summarise
from analysis.statistics.policy_units import LISTING
from experiments.commands.main import main
from experiments.store.store import BY_KIND
from model.metrics.catalogue import A_YEAR
from model.metrics.parts import of_kinds

DELAY = "doctrine.delay_factor"
EXPERIMENT = f"""
title = "Sooner"
question = "What does haste bring?"
scenario = "illustrative"
doctrine = "clear_ladder"
replicates = 4
seed = 3
[factors]
"{DELAY}" = [0.25, 1.0]
"""
SHORT = ("--set", "scenario.time.weeks=156", "--set", "scenario.time.burn_in=52")


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("sooner") / "sooner.toml"
    path.write_text(EXPERIMENT, "utf-8")
    return path


@pytest.fixture(scope="module")
def swept(file: Path) -> Results:
    out = file.parent / "out"
    assert main(["sweep", str(file), "--workers", "1", "--quiet", "--no-figures", "--out", str(out), *SHORT]) == 0
    return open_results(out)


def test_policy_units_stand_at_every_level_and_overall(swept: Results) -> None:
    table = pl.read_parquet(swept.folder / "tables" / "policy_units.parquet")
    assert table.equals(unit_tables(swept)["policy_units"].frame)
    assert table["factor"].unique(maintain_order=True).to_list() == ["all points", DELAY]
    assert table["level"].unique(maintain_order=True).to_list() == ["", "0.25", "1"]
    assert table["quantity"].to_list() == [*A_YEAR, LISTING] * 3
    years = table.filter(pl.col("quantity") != LISTING)
    assert (years["averted"] - (years["twin"] - years["world"])).abs().max() < 1e-9
    whole = swept.estimate((), ["harm_averted"]).row(0, named=True)
    assert years.filter(factor="all points", quantity="harm")["share"].item() == whole["mean"]


def test_levels_of_delay_say_what_they_come_to(swept: Results, file: Path, capsys: Capture) -> None:
    """Who prepares sooner lists sooner; screen and findings have the years that were measured, with their intervals."""
    found = swept.estimate([DELAY], ["listing_years"]).to_dicts()
    assert found[0]["mean"] < found[1]["mean"]
    said, measured = delays_said(swept, [DELAY]), delays_measured(swept, DELAY)
    assert said.startswith(f"Delay factor 0.25 is {measured[0.25]} and 1 is ")
    assert measured[0.25].endswith("] years from act to listing")
    assert delays_measured(swept, "doctrine.clarity") == {}
    ((subject, _),) = main_effects(swept)
    assert subject.startswith("raising delay factor from 0.25 to 1 (")
    assert subject.endswith("years from act to listing)")
    call = ["sweep", str(file), "--workers", "1", "--no-figures", "--out", str(swept.folder), *SHORT]
    assert main(call) == 0
    assert said in " ".join(capsys.readouterr().out.split())


def test_the_summary_for_a_spreadsheet_is_that_of_the_folder_and_has_kinds(swept: Results) -> None:
    table = pl.read_csv(swept.folder / SUMMARY_CSV)
    assert table.columns == ["point", DELAY, "metric", "part", "mean", "standard_error", "low", "high", "n", "interval"]
    assert table.select("point", "metric").is_unique().all()
    whole = table.filter(~pl.col("metric").is_in(BY_KIND))
    assert whole["mean"].to_list() == swept.summary["mean"].to_list()
    assert set(table["part"]) == {"all", *KINDS}
    for metric in ("acts", "twin_acts_a_year"):
        parts = (
            table.filter(pl.col("metric").is_in(list(of_kinds(metric).values()))).group_by("point").agg(pl.sum("mean"))
        )
        sums = dict(parts.rows())
        for point, mean in whole.filter(metric=metric).select("point", "mean").rows():
            assert sums[point] == pytest.approx(mean, rel=1e-12)
    assert whole.height == summarise(swept.scan, swept.manifest.points).height


def test_its_bytes_follow_from_the_runs_alone(swept: Results, file: Path, tmp_path: Path) -> None:
    """However many workers there are, and made again by `deter reproduce`."""
    two, again = tmp_path / "two", tmp_path / "again"
    assert main(["sweep", str(file), "--workers", "2", "--quiet", "--no-figures", "--out", str(two), *SHORT]) == 0
    assert main(["reproduce", str(swept.folder), "--quiet", "--workers", "1", "--out", str(again)]) == 0
    content = (swept.folder / SUMMARY_CSV).read_bytes()
    assert all((folder / SUMMARY_CSV).read_bytes() == content for folder in (two, again))


def test_a_summary_that_no_spreadsheet_takes_is_not_written(
    file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("experiments.store.store.MOST_ROWS_OF_CSV", 10)
    call = ["sweep", str(file), "--workers", "1", "--quiet", "--no-figures", "--out", str(tmp_path / "many"), *SHORT]
    assert main([*call, "--replicates", "1"]) == 0
    assert (tmp_path / "many" / "summary.parquet").exists()
    assert not (tmp_path / "many" / SUMMARY_CSV).exists()

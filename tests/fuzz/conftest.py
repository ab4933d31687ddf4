"""What the tests of this folder share."""

from pathlib import Path

import pytest
from support.answers import of_worlds

from analysis import open_results
from analysis.results.table_files import table_files
from analysis.results.tables import TABLES, Table
from experiments.commands.main import main
from fuzz.folders import TABLE, WORLDS


@pytest.fixture(scope="session")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small folder of results, with a table."""
    room = tmp_path_factory.mktemp("fuzz")
    text = 'title = "Small"\nquestion = "What?"\nreplicates = 2\nseed = 3\n[factors]\n"doctrine.clarity" = [0.0, 1.0]\n'
    (room / "small.toml").write_text(text, "utf-8")
    short = ["--set", "scenario.time.weeks=4", "--set", "scenario.time.burn_in=0", "--quiet", "--no-figures"]
    assert main(["sweep", str(room / "small.toml"), "--workers", "1", "--out", str(room / "out"), *short]) == 0
    results = open_results(room / "out")
    (room / "out" / TABLES).mkdir(exist_ok=True)
    table = Table("Estimates", results.summary.head(9), "n = 2")
    (room / "out" / TABLE).write_bytes(table_files(table)["parquet"])
    of_worlds(room / WORLDS)
    return room / "out"

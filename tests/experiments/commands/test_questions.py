"""The questions a cabinet asks: each command of the page runs, and at full size it still says what the page says."""

import re
import shlex
from pathlib import Path

import polars as pl
import pytest
from support.paths import ROOT

from experiments.commands.main import main

PAGE = (ROOT / "docs" / "how-to" / "questions-a-cabinet-asks.md").read_text("utf-8")
COMMANDS = re.findall(r"^    deter (.+)$", PAGE, re.MULTILINE)
SHORT = ["--set", "scenario.time.weeks=26", "--set", "scenario.time.burn_in=0", "--replicates", "3", "--scenario"]
MADE = re.search(r"results/(\S+)", COMMANDS[-1])


def test_each_question_takes_three_commands_at_most() -> None:
    questions = PAGE.split("\n## ")[1:]
    assert len(questions) == 6
    assert all(1 <= len(re.findall(r"^    deter ", one, re.MULTILINE)) <= 3 for one in questions)
    assert all("*Caveat.*" in one and "**" in one for one in questions)


def test_the_commands_run_one_after_the_other(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for command in COMMANDS[:-1]:
        assert main([*shlex.split(command), "--quiet", *SHORT, "illustrative", "--out", "results/small"]) == 0, command
        (tmp_path / "results" / "small").rename(tmp_path / "results" / f"done-{len(command)}")
    first = shlex.split(COMMANDS[0])
    assert MADE
    assert main([*first, "--quiet", *SHORT[:-1]]) == 0
    assert [path.name for path in (tmp_path / "results").iterdir() if path.name == MADE[1]]
    assert main(shlex.split(COMMANDS[-1])) == 0
    assert (tmp_path / "results" / MADE[1] / "brief.html").is_file()


@pytest.mark.slow
@pytest.mark.parametrize("command", COMMANDS[:4])
def test_the_page_has_the_figures_of_today(command: str, tmp_path: Path) -> None:
    assert main([*shlex.split(command), "--quiet", "--out", str(tmp_path)]) == 0
    table = pl.read_parquet(tmp_path / "tables" / "differences.parquet").filter(metric="harm_averted")
    text = " ".join(PAGE.split())
    for mean, low, high in table.select("mean", "low", "high").iter_rows():
        said = [
            f"{100 * mean:.{digits}f} points [{100 * low:.{digits}f}, {100 * high:.{digits}f}]" for digits in (1, 2)
        ]
        assert any(one in text for one in said), f"the page does not say {said[0]}"

"""The table of a sweep on screens of several widths: nothing is cut, and estimates stand beside their level."""

import pytest
from rich.console import Console

from analysis.results.folder import Results
from experiments import run_sweep
from experiments.terminal.tables import sweep_tables
from model.metrics.catalogue import EFFECTS, HEADLINE, METRICS

LEVELS = (0.6, 0.9, 0.99)
EXPERIMENT = f"""
title = "Confidence"
question = "How sure?"
scenario = "illustrative"
replicates = 12
seed = 5
[factors]
"doctrine.attribution_confidence" = {list(LEVELS)}
"""


@pytest.fixture(scope="module")
def results(tmp_path_factory: pytest.TempPathFactory) -> Results:
    folder = tmp_path_factory.mktemp("screen")
    (folder / "confidence.toml").write_text(EXPERIMENT)
    short = {"scenario.time.weeks": 60, "scenario.time.burn_in": 12}
    return run_sweep(folder / "confidence.toml", folder / "out", overrides=short, workers=1)


def lines(results: Results, width: int) -> list[str]:
    console = Console(width=width, color_system=None)
    with console.capture() as capture:
        for part in sweep_tables(results, width):
            console.print(part)
    return capture.get().splitlines()


@pytest.mark.parametrize("width", [80, 100, 120])
def test_no_number_is_cut_and_each_level_has_its_row(results: Results, width: int) -> None:
    shown = lines(results, width)
    assert not [line for line in shown if "…" in line]
    assert max(map(len, shown)) <= width
    for level in LEVELS:
        (row,) = [line for line in shown if line.split(" ")[0] == f"{level:g}"]
        assert len(row.split()) > len(EFFECTS)  # its estimates, not the ends of their intervals alone


def test_a_narrow_screen_leaves_metrics_out_and_says_so(results: Results) -> None:
    rest = [METRICS[name].short for name in HEADLINE if name not in EFFECTS]
    wide, narrow = ("\n".join(lines(results, width)) for width in (160, 72))
    heads = [text.partition("───")[0] for text in (wide, narrow)]
    assert [[word in head for word in rest] for head in heads] == [[True] * len(rest), [False] * len(rest)]
    assert "On a wider screen" not in wide
    assert "On a wider screen, and in summary.csv: dampened and provoked." in " ".join(narrow.split())

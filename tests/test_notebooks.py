"""The notebooks of the documentation run, and show what is stored in them."""

import re
from pathlib import Path
from typing import Any

import pytest
from support.notebooks import NOTEBOOKS, executed, of_code, read, shown
from support.paths import ROOT
from test_english import INSTEAD

QUICK = ("regression-and-export",)
"""Notebooks that run for every change; the others before a release."""
LARGEST = 1_500_000
"""Bytes of a notebook: it is read on the web, and kept in every clone."""
LINK = re.compile(r"\]\(([^)#:]+)(?:#[^)]*)?\)")


def prose(notebook: Any) -> str:
    return "\n\n".join(cell.source for cell in notebook.cells if cell.cell_type == "markdown")


def test_there_are_notebooks() -> None:
    assert len(NOTEBOOKS) == 6
    assert {path.stem for path in NOTEBOOKS} >= {*QUICK}


@pytest.mark.parametrize(
    "path",
    [pytest.param(path, marks=[] if path.stem in QUICK else [pytest.mark.slow], id=path.stem) for path in NOTEBOOKS],
)
def test_a_notebook_shows_what_is_stored_in_it(path: Path, tmp_path: Path) -> None:
    stored = read(path)
    before = shown(stored)
    assert shown(executed(stored, tmp_path)) == before


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_begins_with_its_question_and_ends_with_what_was_found(path: Path) -> None:
    notebook = read(path)
    first, last = notebook.cells[0], notebook.cells[-1]
    assert re.match(r"# .+\n\n\*\*Question\.\*\* ", first.source)
    assert last.source.startswith("**What was found.** ")
    assert "\n\n**Limits.** " in last.source
    assert all(cell.outputs for cell in notebook.cells if cell.cell_type == "code" and cell.execution_count == 2)
    assert path.stat().st_size <= LARGEST


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_shows_no_trouble_and_no_place_of_this_machine(path: Path) -> None:
    text = path.read_text("utf-8")
    assert str(ROOT) not in text
    assert "/tmp/" not in text
    assert '"name": "stderr"' not in text
    assert '"output_type": "error"' not in text
    counts = [cell.execution_count for cell in read(path).cells if cell.cell_type == "code"]
    assert counts == list(range(1, len(counts) + 1))


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_the_prose_of_a_notebook_is_that_of_the_pages(path: Path) -> None:
    text = prose(read(path))
    assert [
        pattern for pattern in INSTEAD if re.search(pattern, " ".join(re.sub(r"`[^`\n]+`", "", text).split()))
    ] == []
    assert [target for target in LINK.findall(text) if not (path.parent / target).exists()] == []
    index = (ROOT / "docs" / "index.md").read_text("utf-8")
    assert f"notebooks/{path.name}" in index


SWEEP = """
[factors]
"doctrine.clarity" = [0.0, 1.0]
"""


def test_in_a_notebook_objects_show_themselves_and_work_shows_one_line(tmp_path: Path) -> None:
    (tmp_path / "two.toml").write_text(
        'title = "Two"\nquestion = "What?"\nscenario = "illustrative"\nreplicates = 4\nseed = 1\n' + SWEEP
    )
    cells = [
        "import sys, deter\nshort = {'scenario.time.weeks': 52, 'scenario.time.burn_in': 26}",
        "results = deter.run_sweep('two.toml', 'out', overrides=short, workers=1)",
        "results",
        "deter.run_sweep('two.toml', 'out', overrides=short, workers=1);",
        "deter.draw('main_effects', results)",
        "import matplotlib.pyplot as plt\nfigure = deter.draw('main_effects', results)",
        "figure",
        "!{sys.executable} -m deter sweep two.toml --out again --replicates 2 --set scenario.time.weeks=52",
        "results.configuration",
        "deter.DeterrenceModel('illustrative', rng=1)",
    ]
    _, ran, results, again, drawn, kept, figure, command, configuration, model = shown(
        executed(of_code(cells), tmp_path)
    )
    assert ran == ["Two: 8 runs done", "text/html"]  # one output, brought up to date
    assert results == ["<Results “Two”: out, complete, 8 runs>", "text/html"]
    assert again == ["Two: 8 runs done", "text/html"]
    # once, whether or not pyplot is there, and not when the figure is only kept
    assert [kind for kind in drawn if kind == "image/png"] == ["image/png"]
    assert kept == []
    assert [kind for kind in figure if kind == "image/png"] == ["image/png"]
    (said,) = command
    assert said.startswith("stdout: ")  # no red block
    assert "\x1b" not in said
    lines = [line for line in said.splitlines() if not line.startswith(("tables ", "figures "))]  # lists of files
    assert max(map(len, lines)) <= 80 + len("stdout: ")
    assert configuration[0].startswith("<Configuration “Illustrative")
    assert len(configuration[0]) < 400
    assert model[0].startswith("<DeterrenceModel “Illustrative")

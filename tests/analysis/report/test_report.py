"""The brief: one page, whole in itself, that says what the folder supports and nothing that it does not."""

import re
import shutil
from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest
from support.browser import needs_browser, printed
from support.page import Page

from analysis.comparison.findings import TOGETHER
from analysis.report.findings import findings
from analysis.report.page import sections
from analysis.results.folder import Results, open_results
from analysis.results.table_files import table_files
from analysis.results.tables import Table, read_table, rows_of
from analysis.sentences import Finding
from experiments import run_sweep
from experiments.commands.main import WRONG_INPUT, main
from experiments.terminal.publish import write_tables

pytestmark = pytest.mark.drawn
SHORT = {"scenario.time.weeks": 52, "scenario.time.burn_in": 6}
EXPERIMENT = """
title = "Is <b>clarity</b> & co. enough?"
question = "Does clarity deter?"
scenario = "illustrative"
replicates = {replicates}
seed = 3

[factors]
"doctrine.clarity" = [0.1, 0.9]
"doctrine.voting_rule" = ["unanimity", "qmv"]
"""


Make = Callable[[int], Results]


@pytest.fixture(scope="module")
def make(tmp_path_factory: pytest.TempPathFactory) -> Make:
    """A sweep of so many replicates."""

    def made(replicates: int) -> Results:
        folder = tmp_path_factory.mktemp("report")
        (folder / "clarity.toml").write_text(EXPERIMENT.format(replicates=replicates))
        return run_sweep(str(folder / "clarity.toml"), folder / "out", overrides=SHORT)

    return made


@pytest.fixture(scope="module")
def sweep(make: Make) -> Results:
    return make(6)


def page_of(folder: Path) -> Page:
    assert main(["report", str(folder), "--quiet"]) == 0
    return Page((folder / "report.html").read_text("utf-8"))


@pytest.fixture(scope="module")
def page(sweep: Results) -> Page:
    """The page of the sweep, in its folder."""
    return page_of(sweep.folder)


def test_the_page_is_whole_in_itself(sweep: Results, page: Page) -> None:
    assert not page.open
    assert page.loads
    assert all(address.startswith("data:image/svg+xml;base64,") for address in page.loads)
    text = (sweep.folder / "report.html").read_text("utf-8")
    assert not re.search(r"<script|@import|url\(", text)


@pytest.mark.usefixtures("page")
def test_the_same_folder_gives_the_same_bytes(sweep: Results, tmp_path: Path) -> None:
    assert main(["report", str(sweep.folder), "--out", str(tmp_path / "other"), "--quiet"]) == 0
    assert (sweep.folder / "report.html").read_bytes() == (tmp_path / "other").read_bytes()


def test_words_of_the_user_are_no_markup(page: Page) -> None:
    assert page.texts["h1"] == ["Is <b>clarity</b> & co. enough?"]
    assert "b" not in page.texts


def test_the_page_says_what_was_asked_compared_assumed_and_how_to_get_it_again(sweep: Results, page: Page) -> None:
    headings = ["found", "Figures", "cannot say", "Method", "assumed", "reproduce it", "Annex", "plain English"]
    said = " | ".join(page.texts["h2"])
    assert re.search(".*".join(headings), said)  # in this order: the answer first, how it was got below it
    assert any("deter reproduce" in text for text in page.texts["pre"])
    assert sweep.manifest.design_hash in page.texts["code"]
    assert all("n = 6" in alt or "24 runs" in alt for alt in page.alts)


def test_every_finding_stands_in_the_page_with_its_n(sweep: Results, page: Page) -> None:
    found = findings(sweep)
    assert found
    said = page.texts["li"]
    assert [one.text for one in found if one.text not in said] == []
    assert {one.n for one in found} == {6}


def test_findings_stand_under_their_headings_in_order() -> None:
    found = [Finding("b", "1", 3), Finding("a", "2", 3), Finding("b", "3", 5)]
    assert [(one.heading, one.n, one.sentences) for one in sections(found)] == [
        ("b", "n = 3 to 5 replicates", ["1", "3"]),
        ("a", "n = 3 replicates", ["2"]),
    ]


def test_a_comparison_is_said_against_its_reference(tmp_path: Path) -> None:
    short = [f"--set={path}={value}" for path, value in SHORT.items()]
    words = ["compare", "swift_qmv", "none", "clear_ladder", "--reference", "none", "--replicates", "6", "--quiet"]
    assert main([*words, "--scenario", "illustrative", "--out", str(tmp_path / "c"), *short]) == 0
    found = findings(open_results(tmp_path / "c"))
    headings = ("In short", "Against the twin", "Against “No toolbox”", "By kind of perpetrator")
    assert {one.heading for one in found} == {f"{heading} ({TOGETHER})" for heading in headings}
    said = [one.text for one in found if one.heading.startswith("Against “No toolbox”")]
    assert len(said) == 2
    assert all("over “No toolbox”" in text for text in said)
    page = page_of(tmp_path / "c")
    assert all(text in page.texts["li"] for text in said)


def test_without_intervals_nothing_is_claimed(make: Make) -> None:
    results = make(1)
    assert findings(results) == []
    page = page_of(results.folder)
    assert any("no figure has an interval" in text for text in page.texts["p"])
    assert not any("deters" in text for text in page.texts["li"])


def test_a_single_run_is_a_story(tmp_path: Path) -> None:
    short = [f"--set={path}={value}" for path, value in SHORT.items()]
    assert main(["run", "illustrative", "--out", str(tmp_path / "run"), "--quiet", *short]) == 0
    page = page_of(tmp_path / "run")
    assert any("a story, not an estimate" in text for text in page.texts["p"])


def test_an_interrupted_sweep_says_so(sweep: Results, tmp_path: Path) -> None:
    shutil.copytree(sweep.folder, tmp_path / "half")
    manifest = sweep.manifest.model_copy(update={"status": "running"})
    (tmp_path / "half" / "manifest.json").write_text(manifest.model_dump_json())
    page = page_of(tmp_path / "half")
    assert any("not complete: 24 of 24 runs so far" in text for text in page.texts["p"])
    assert sum("over those of the design, each counting the same" in text for text in page.texts["p"]) == 1


def test_a_folder_without_runs_is_refused(sweep: Results, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    shutil.copytree(sweep.folder, tmp_path / "none")
    manifest = sweep.manifest.model_copy(update={"status": "running", "parts": {}})
    (tmp_path / "none" / "manifest.json").write_text(manifest.model_dump_json())
    assert main(["report", str(tmp_path / "none")]) == WRONG_INPUT
    assert "has no runs yet" in capsys.readouterr().err


@pytest.mark.usefixtures("page")
def test_a_page_is_no_folder(sweep: Results, capsys: pytest.CaptureFixture[str]) -> None:
    for command in (["report"], ["figure", "main_effects"], ["reproduce"], ["explain"]):
        assert main([*command, str(sweep.folder / "report.html")]) == WRONG_INPUT
        said = capsys.readouterr().err
        assert "report.html: is a file, and a folder of results is needed" in said
        assert said.count("\n") == 1


def test_commands_of_the_page_work_where_its_reader_stands(
    sweep: Results, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The folder is named as it was given, and a name with spaces is in quotes."""
    folder = sweep.folder.parent / "my results" / "clarity"
    shutil.copytree(sweep.folder, folder)
    monkeypatch.chdir(folder.parent.parent)
    lines = page_of(Path("my results/clarity")).texts["pre"][0]
    assert "deter reproduce 'my results/clarity' " in lines
    assert main(["reproduce", "my results/clarity", "--point", "0", "--quiet"]) == 0
    monkeypatch.chdir(folder)
    page = page_of(Path())
    assert "deter report . " in page.texts["pre"][0]


def test_tables_of_the_folder_are_shown_and_foreign_ones_left_out(
    sweep: Results, capsys: pytest.CaptureFixture[str]
) -> None:
    frame = pl.DataFrame({"factor": ["clarity"], "mean": [0.0948], "low": [0.0927], "high": [0.0969], "n": [6]})
    ours = Table("Effects of clarity", frame, f"n = 6 replicates. {sweep.manifest.stamp}.")
    write_tables(sweep.folder, {"effects": ours, "stale": ours._replace(note="deter 0.1.0, design 00000000, model 0")})
    page = page_of(sweep.folder)
    assert any("Effects of clarity" in text for text in page.titles)
    assert "0.0948 ±0.0021" in page.texts["td"]
    assert "stale.parquet is of other runs" in capsys.readouterr().err


def test_a_table_keeps_its_words_in_parquet(tmp_path: Path) -> None:
    table = Table("Effects, in points", pl.DataFrame({"a_b": ["x"], "yes": [True], "share": [0.12345]}), "n = 3 ± 1")
    for kind, content in table_files(table).items():
        (tmp_path / f"table.{kind}").write_bytes(content)
    again = read_table(tmp_path / "table.parquet")
    assert (again.title, again.note) == (table.title, table.note)
    assert again.frame.equals(table.frame)
    assert rows_of(again).cells == [["x", "yes", "0.123"]]
    assert pl.read_csv(tmp_path / "table.csv").equals(table.frame)
    assert r"a\_b" not in (tmp_path / "table.tex").read_text()


@needs_browser
@pytest.mark.usefixtures("page")
def test_a_browser_shows_the_page_and_prints_it(sweep: Results, tmp_path: Path) -> None:
    """Chromium draws the figures in their place, and gives a PDF."""
    assert printed(sweep.folder / "report.html", tmp_path) > 2


def test_where_the_page_is_stands_on_one_line_as_it_is(
    sweep: Results, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """However long the path, and whatever is in it: another program may read it."""
    out = tmp_path / ("long" * 30) / "[red] one" / "page.html"
    out.parent.mkdir(parents=True)
    assert main(["report", str(sweep.folder), "--out", str(out)]) == 0
    assert capsys.readouterr().out == f"{out}\n"

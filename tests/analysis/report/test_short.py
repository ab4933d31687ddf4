"""The short brief: two sheets that answer first, and the long one on paper and on a telephone."""

import re
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from support.browser import needs_browser, printed, too_wide
from support.page import Page

from analysis.comparison.tables import comparison_tables
from analysis.report import short
from analysis.report.folders import report
from analysis.report.limits import LIMITS
from analysis.report.uninformed import TURNS
from experiments import compare_doctrines, run_sweep
from experiments.commands.main import WRONG_INPUT, main
from experiments.terminal.publish import write_tables
from model.loading import shipped

pytestmark = pytest.mark.drawn
SHORT = {"scenario.time.weeks": 52, "scenario.time.burn_in": 6}
EXPERIMENT = """
title = "Clarity and votes"
question = "Does clarity deter?"
scenario = "illustrative"
replicates = 4
seed = 3

[factors]
"doctrine.clarity" = [0.1, 0.9]
"doctrine.voting_rule" = ["unanimity", "qmv"]
"""
ORDER = ["bottom-line", "findings", "figure-", "table", "objection", "compared", "method", "glossary"]
"""Parts of a short brief, in the order of a reader."""


@pytest.fixture(scope="module")
def folders(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Folders of a comparison of two doctrines, of one of all that are shipped, and of a sweep."""
    place = tmp_path_factory.mktemp("short")
    (place / "votes.toml").write_text(EXPERIMENT)
    compared = {"two": ["status_quo", "clear_ladder"], "all": shipped("doctrines")}
    for name, doctrines in compared.items():
        found = compare_doctrines(doctrines, place / name, scenario="illustrative", replicates=4, overrides=SHORT)
        write_tables(place / name, comparison_tables(found))
    run_sweep(str(place / "votes.toml"), place / "sweep", overrides=SHORT)
    return {name: place / name for name in (*compared, "sweep")}


@pytest.fixture(scope="module")
def pages(folders: dict[str, Path]) -> dict[str, Path]:
    """Short briefs of these folders."""
    for folder in folders.values():
        (folder / "brief.html").write_text(report(folder, short=True), "utf-8")
    return {name: folder / "brief.html" for name, folder in folders.items()}


@pytest.fixture(scope="module")
def long(folders: dict[str, Path]) -> dict[str, Path]:
    """Long briefs of the comparison of all and of the sweep."""
    for name in ("all", "sweep"):
        (folders[name] / "report.html").write_text(report(folders[name]), "utf-8")
    return {name: folders[name] / "report.html" for name in ("all", "sweep")}


def parts(text: str) -> list[str]:
    """Parts of a short brief that it has, in the order in which it has them."""
    return [
        next(name for name in ORDER if each.startswith(name)) for each in re.findall(rf'id="({"|".join(ORDER)})', text)
    ]


@pytest.mark.parametrize("name", ["two", "all", "sweep"])
def test_a_short_brief_answers_first_and_has_one_of_each(name: str, pages: dict[str, Path]) -> None:
    text = pages[name].read_text("utf-8")
    page = Page(text)
    assert not page.open
    found = parts(text)
    assert found == [part for part in ORDER if part in found]  # once each, and in order
    assert set(ORDER) - set(found) <= {"compared"}  # ideas of doctrines where there are few
    assert len(page.alts) == 1
    assert text.count('<span class="caveat">') == 3
    assert text.count("<li>") == 3
    assert text.count("<table>") == 1
    assert all(address.startswith("data:") for address in page.loads)


def test_every_word_that_links_has_its_meaning_in_the_page(pages: dict[str, Path], long: dict[str, Path]) -> None:
    for path in (*pages.values(), *long.values()):
        page = Page(path.read_text("utf-8"))
        assert page.links
        words = [link for link in page.links if link != "#annex"]
        assert {link.removeprefix("#") for link in words} <= set(page.ids["div"])
        assert len(words) == len(set(words))  # the first use of each


def test_the_question_stands_as_it_was_asked_and_the_title_once(folders: dict[str, Path]) -> None:
    words = ["--title", "Who <pays>?", "--question", "What did the minister ask?", "--figure", "regret"]
    assert main(["report", str(folders["two"]), "--short", *words, "--quiet"]) == 0
    text = (folders["two"] / "brief.html").read_text("utf-8")
    page = Page(text)
    assert page.texts["h1"] == page.texts["title"] == ["Who <pays>?"]
    assert text.count("What did the minister ask?") == 1
    assert page.figures == ["regret"]


def test_a_figure_that_is_none_is_refused(folders: dict[str, Path], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["report", str(folders["two"]), "--short", "--figure", "regrets"]) == WRONG_INPUT
    assert "regret" in capsys.readouterr().err


def test_an_objection_is_no_caveat_as_well(folders: dict[str, Path], pages: dict[str, Path]) -> None:
    for path in pages.values():
        said = [limit for limit in LIMITS if limit.objection in path.read_text("utf-8")]
        assert len(said) <= 1
        assert not [limit for limit in said if limit.caveat in path.read_text("utf-8")]


def test_what_turns_a_finding_is_the_strongest_objection(monkeypatch: pytest.MonkeyPatch) -> None:
    """A number that no data inform over which the sign turns comes before all that the documentation says."""
    sides = [
        {"effect": "this", "metric": "harm_averted", "parameter": "scenario.traits.sensitivity", "sign": TURNS, "n": 9}
        | {"part": part, "mean": mean, "low": mean - 0.01, "high": mean + 0.01, "standard_error": 0.004}
        for part, mean in (("low third", -0.03), ("high third", 0.05))
    ]
    monkeypatch.setattr(short, "uninformed", lambda _: ["scenario.traits.sensitivity"])
    monkeypatch.setattr(short, "over_uninformed", lambda *_: pl.DataFrame(sides))
    results: Any = None
    objection, answer = short._objection(results, short.Chosen("", (), ["doctrine.clarity"], about="this"), [["harm"]])
    assert "your assumption on sensitivity" in objection
    assert "−3.0 points [−4.0, −2.0]" in answer
    assert "5.0 points [4.0, 6.0]" in answer
    assert "n = 9" in answer


def test_nothing_is_said_of_the_twin_against_itself(long: dict[str, Path]) -> None:
    page = Page(long["all"].read_text("utf-8"))
    assert not [text for text in page.texts["li"] if "“No toolbox” leaves" in text]
    assert any("over “Status quo”" in text for text in page.texts["li"])


def test_doctrines_are_called_by_their_titles(pages: dict[str, Path], long: dict[str, Path]) -> None:
    for text in (pages["all"].read_text("utf-8"), long["all"].read_text("utf-8")):
        said = [
            each
            for tag in ("p", "li", "td", "h2", "h3", "summary", "dt", "dd")
            for each in Page(text).texts.get(tag, [])
        ]
        named = [
            each for each in said for name in shipped("doctrines") if "_" in name and re.search(rf"\b{name}\b", each)
        ]
        assert named == []


@needs_browser
@pytest.mark.parametrize("name", ["two", "all", "sweep"])
def test_it_prints_to_two_sheets(name: str, pages: dict[str, Path], tmp_path: Path) -> None:
    assert printed(pages[name], tmp_path) == 2


@needs_browser
def test_what_is_folded_opens_in_print(long: dict[str, Path], tmp_path: Path) -> None:
    text = long["sweep"].read_text("utf-8")
    assert "<details>" in text
    for name, content in (("open", text), ("folded", text.replace("details::details-content", "no"))):
        (tmp_path / f"{name}.html").write_text(content, "utf-8")
    assert printed(tmp_path / "open.html", tmp_path) > printed(tmp_path / "folded.html", tmp_path)


@needs_browser
def test_nothing_is_wider_than_a_telephone(pages: dict[str, Path], long: dict[str, Path], tmp_path: Path) -> None:
    assert too_wide(pages["all"], 390, tmp_path) == []
    assert too_wide(long["all"], 390, tmp_path) == []

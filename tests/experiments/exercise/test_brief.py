"""The brief after an exercise: two pages for readers who were not there, in which every figure has its interval."""

import copy
import re
from pathlib import Path
from typing import Any

import pytest
from support.browser import needs_browser, printed, too_wide
from support.debriefs import HOSTILE, arm, values

from experiments.exercise.debrief.findings import bottom_line, findings_of
from experiments.exercise.debrief.page import page_of

FULL = {"rounds": 12, "cases": 12, "words": HOSTILE, "long": 40}
"""All that a play may have, of words that are as long and as bad as may be."""


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    place = tmp_path_factory.mktemp("briefs")
    found = {"usual": values(), "full": values(**FULL), "empty": quiet()}
    for name, each in found.items():
        (place / f"{name}.html").write_text(page_of(each), "utf-8")
    return {name: place / f"{name}.html" for name in found}


def quiet() -> dict[str, Any]:
    """A play in which nobody decided or answered anything, and nothing was expected."""
    found = values(rounds=1, cases=0)
    for each in found["rounds"]:
        each["decided"], each["caused"]["arms"] = [], each["caused"]["arms"][:1]
    return found | {"expectations": [], "polls": [], "revealed": None}


def unclear(found: dict[str, Any]) -> dict[str, Any]:
    """The same debrief, in which no difference is clear."""
    found = copy.deepcopy(found)
    for table in [found["doctrines"], *(each["caused"] for each in found["rounds"])]:
        for each in table["arms"][1:]:
            for figure in each["figures"].values():
                figure["clear"] = False
    return found


def test_the_finding_stands_first(pages: dict[str, Path]) -> None:
    text = pages["usual"].read_text("utf-8")
    assert text.index("<h1>") < text.index('id="bottom-line"') < text.index("<h2>")
    assert "What the table decided averts 12.0 % [11.0, 13.0] of the harm that would otherwise occur (n = 200" in text


def test_every_figure_of_a_table_has_its_interval(pages: dict[str, Path]) -> None:
    text = pages["usual"].read_text("utf-8")
    for section in ("rounds", "doctrines"):
        part = text.partition(f'id="{section}"')[2].partition("</section>")[0]
        cells = re.findall(r'<td(?: class="one")?>(.*?)</td>', part)
        assert cells
        assert [cell for cell in cells if "±" not in cell and "[" not in cell and cell != "–"] == []
        assert "n = 200" in part


def test_every_finding_says_of_how_many(pages: dict[str, Path]) -> None:
    part = pages["usual"].read_text("utf-8").partition('id="findings"')[2].partition("</section>")[0]
    items = re.findall(r"<li>(.*?)</li>", part, re.DOTALL)
    assert len(items) == len(findings_of(values()))
    assert all(re.search(r"n = \d", item) for item in items)


def test_what_is_unclear_is_not_claimed() -> None:
    found = unclear(values())
    said = [one.text for one in findings_of(found) if one.heading in ("Rounds", "Procedure")]
    assert said
    assert all("is unclear" in text for text in said)
    assert not any(re.search(r"averts|raises|costs", text) for text in said)
    assert "None of the" in next(one.text for one in findings_of(found) if one.heading == "Other choices")
    assert "No shipped doctrine clearly averts more" in bottom_line(found)


def test_a_doctrine_that_does_clearly_better_is_in_the_bottom_line() -> None:
    found = values()
    found["doctrines"]["arms"].append(arm("Clear ladder", 0.2, 0.08))
    assert "Of the shipped doctrines, “Clear ladder” would avert the most: 8.0 points [7.0, 9.0] more" in bottom_line(
        found
    )


def test_what_deciding_brought_is_the_other_way_round_from_deciding_nothing() -> None:
    """Deciding nothing averts 5 points less: so deciding averts 5 points more."""
    text = next(one.text for one in findings_of(values()) if one.heading == "Rounds")
    assert "rather than nothing, averts 5.0 points [4.0, 6.0] more of the harm" in text


def test_a_number_that_no_choice_reveals_is_not_stated() -> None:
    text = next(one.text for one in findings_of(values()) if one.heading == "Doctrine")
    assert "attribution confidence 0.75 [0.60, 0.90] and proportionality 0.75 [0.60, 0.90]" in text
    assert "Firmness is not revealed. Clarity is not revealed, because nobody announced anything." in text
    assert "firmness 0.75" not in text


def test_no_text_is_read_as_html_or_as_a_template(pages: dict[str, Path]) -> None:
    text = pages["full"].read_text("utf-8")
    assert "<script" not in text.lower()
    assert "&lt;script&gt;" in text
    assert "{{ 7 * 7 }}" in text.replace("&#39;", "'")
    assert text.count("</title>") == 1


@pytest.mark.parametrize("name", ["usual", "full", "empty"])
def test_it_needs_no_other_file(name: str, pages: dict[str, Path]) -> None:
    text = pages[name].read_text("utf-8")
    assert not re.search(r"https?://|<(?:script|link|iframe|img)\b|@import|url\(", text)


def test_a_play_without_choices_has_a_brief(pages: dict[str, Path]) -> None:
    text = pages["empty"].read_text("utf-8")
    assert "The table decided nothing in any round." in text
    assert "No case came to the table." in text
    for section in ("expectations", "polls"):
        assert f'id="{section}"' not in text


@needs_browser
@pytest.mark.parametrize("name", ["usual", "full"])
def test_it_prints_to_two_sheets(name: str, pages: dict[str, Path], tmp_path: Path) -> None:
    assert printed(pages[name], tmp_path) == 2


@needs_browser
def test_nothing_is_wider_than_a_telephone(pages: dict[str, Path], tmp_path: Path) -> None:
    assert too_wide(pages["full"], 390, tmp_path) == []

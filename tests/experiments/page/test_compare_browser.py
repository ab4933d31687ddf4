"""Doctrines compared on the page: chosen by click, with figures, pictures, tables and sentences."""

import json
import shutil
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page
from support.served import SHORT, served, watched

from experiments.page.room import room_of
from experiments.page.shelf import shelf_of
from model.loading import find

CHANGED = f"{SHORT}&doctrine=clear_ladder&doctrine.clarity=0.3"


def shown(page: Page, **asked: Any) -> None:
    """Wait until a comparison with this in its question stands whole."""
    parts = "".join(
        f"[data-compared*='{json.dumps(key)}:{json.dumps(value, separators=(',', ':'))}']"
        for key, value in asked.items()
    )
    page.wait_for_selector(f"#compare[data-n='20'][data-compared]{parts}", state="attached", timeout=120_000)


def heads(page: Page, part: str) -> list[str]:
    """The heads of the rows of a table."""
    return page.locator(f"#compare-{part} tbody th").all_text_contents()


def test_doctrines_are_chosen_by_click(chromium: Browser, address: str) -> None:
    with watched(chromium, address) as found:
        page = found.open("compare", f"{CHANGED}&with=clear_ladder")
        shown(page, doctrines=["clear_ladder"])
        assert heads(page, "differences") == ["“Status quo” itself", "Clear ladder"]
        page.locator("label[for=arm-yours]").click()
        shown(page, doctrines=["yours", "clear_ladder"])
        assert heads(page, "differences")[1:] == ["Clear ladder with clarity 0.3", "Clear ladder"]
        page.locator("#compare-reference").select_option("none")
        shown(page, reference="none")
        assert heads(page, "differences")[0] == "“No toolbox” itself"
        assert "against=none" in page.url
        assert "--reference none" in page.inner_text("#compare-command")


def test_every_picture_has_its_table_and_its_n(chromium: Browser, address: str) -> None:
    with watched(chromium, address) as found:
        page = found.open("compare", f"{SHORT}&with=clear_ladder+denial_first")
        shown(page)
        for part in ("traded", "kinds"):
            assert page.locator(f"#compare-{part} svg[role=img][aria-label]").count() >= 1
            page.locator(f"#compare-{part} summary").click()
            assert page.locator(f"#compare-{part} table").is_visible()
            assert "n = 20" in page.inner_text(f"#compare-{part}")
        assert heads(page, "traded") == ["A Clear ladder", "B Denial first", "C Status quo"]
        page.locator("#compare-kind-metric").select_option("deterrence_rate")
        assert "Deterrence rate" in page.inner_text("#compare-kinds figcaption")
        assert page.evaluate("document.activeElement.id") == "compare-kind-metric"
        assert "n = 20" in page.inner_text("#compare-finding")


def test_sentences_unfold_by_the_keyboard_and_stay_open(chromium: Browser, address: str) -> None:
    with watched(chromium, address) as found:
        page = found.open("compare", f"{SHORT}&with=clear_ladder")
        shown(page, doctrines=["clear_ladder"])
        page.locator("#compare-said summary").first.focus()
        page.keyboard.press("Enter")
        assert "Clear ladder" in page.locator("#compare-said li").first.inner_text()
        page.locator("#arm-denial_first").focus()
        page.keyboard.press("Space")
        shown(page, doctrines=["clear_ladder", "denial_first"])
        assert page.locator("#compare-said li").first.is_visible()
        assert page.evaluate("document.activeElement.id") == "arm-denial_first"


def test_with_no_doctrine_it_says_what_to_do(chromium: Browser, address: str) -> None:
    with watched(chromium, address, width=390) as found:
        page = found.open("compare", f"{SHORT}&with=clear_ladder")
        shown(page)
        page.locator("#arms-none").click()
        assert page.inner_text("#compare-progress") == "Choose a doctrine to compare with the reference."
        assert page.evaluate("document.documentElement.scrollWidth") <= 390


def test_worlds_that_do_not_fit_are_refused_and_the_page_lives_on(chromium: Browser, tmp_path: Path) -> None:
    bad = tmp_path / "bad.csv"
    bad.write_bytes(b"scenario.grievance.grievance_gain\n-5\n")
    room = room_of(shelf_of(tmp_path, scenarios=[], doctrines=[], worlds=[str(bad)], replicates=20))
    with served(room) as address, watched(chromium, address) as found:
        page = found.open("compare", f"{SHORT}&worlds=bad")
        page.wait_for_selector("#compare-problem:not(:empty)")
        assert "grievance_gain" in page.inner_text("#compare-problem")
        page.locator("#worlds").select_option("none")
        shown(page)
        assert page.inner_text("#compare-problem") == ""


def test_values_of_the_setting_are_written_as_the_reader_s_language_has_them(chromium: Browser, address: str) -> None:
    with watched(chromium, address, locale="de-DE") as found:
        page = found.open("compare", f"{CHANGED}&doctrine.voting_rule=qmv&with=")
        page.wait_for_selector("#arm-yours-hint")
        assert page.inner_text("#arm-yours-hint") == "clarity 0,3, voting rule qmv"


def test_a_doctrine_with_a_space_in_its_name_stays_in_the_link(chromium: Browser, tmp_path: Path) -> None:
    own = tmp_path / "our 100% own.toml"
    shutil.copy(find("doctrines", "clear_ladder"), own)
    room = room_of(shelf_of(tmp_path, scenarios=[], doctrines=[str(own)], worlds=[], replicates=20))
    with served(room) as address, watched(chromium, address) as found:
        page = found.open("compare", f"{SHORT}&with=denial_first")
        shown(page, doctrines=["denial_first"])
        page.locator("input[id='arm-our 100% own']").check()
        shown(page, doctrines=["denial_first", "our 100% own"])
        link = page.url
        page.goto("about:blank")
        page.goto(link)
        shown(page, doctrines=["denial_first", "our 100% own"])


@pytest.mark.slow
def test_uncertain_worlds_go_through_explore_surface_and_comparison(chromium: Browser, address: str) -> None:
    with watched(chromium, address) as found:
        page = found.open("explore", SHORT)
        page.wait_for_selector("body[data-n='20'][data-refined='true']", state="attached", timeout=120_000)
        page.locator("#worlds").select_option("posterior")
        page.wait_for_selector(
            """body[data-n='20'][data-refined='true'][data-shown*='"worlds":"posterior"']""",
            state="attached",
            timeout=120_000,
        )
        page.wait_for_selector("#around[data-cells='25']:not(.stale)", timeout=120_000)
        assert "--uncertainty posterior" in page.inner_text("#command")
        for part in ("explore [role=status]", "around .note"):
            assert (
                "in a world drawn from those that agree with the record" in page.locator(f"#{part}").first.inner_text()
            )
        page.locator("nav a[data-view=compare]").click()
        shown(page, worlds="posterior")
        assert "20 worlds that agree with the record" in page.inner_text("#compare-differences")

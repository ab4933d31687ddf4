"""Open results in a real browser: from the list to a story and back, by mouse and by keyboard, wide and narrow."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page
from support.served import faults, misaligned, served, small_room, watched

STORY = 120_000
"""Milliseconds that the first story may take on a machine that has not compiled the model yet."""


@pytest.fixture(scope="module")
def address(place: Path) -> Iterator[str]:
    with served(small_room(place)) as found:
        yield found


def at(page: Page, stage: str, timeout: int = 30_000) -> None:
    page.wait_for_selector(f"#results[data-stage='{stage}']", timeout=timeout)


def opened(page: Page, address: str, name: str) -> None:
    page.goto(f"{address}/#results")
    at(page, "list")
    page.click(f"button[data-folder='{name}']")
    at(page, "folder")


def focused(page: Page) -> str:
    return str(page.evaluate("document.activeElement.getAttribute('aria-label') ?? document.activeElement.textContent"))


def fits(page: Page) -> bool:
    return bool(page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"))


@pytest.mark.parametrize("width", [1280, 390])
def test_from_the_list_to_a_story_and_back(chromium: Browser, address: str, width: int) -> None:
    with watched(chromium, address, width) as found:
        page = found.page
        page.goto(f"{address}/#results")
        at(page, "list")
        assert faults(page) == misaligned(page) == []
        opened(page, address, "sweep")
        assert page.inner_text("#results-heading") == "Clarity and <b>certainty</b>"
        assert page.locator("#folder-view svg [role=button]").count() == 6
        assert fits(page)
        page.locator("#folder-view svg [role=button]").nth(1).click()
        at(page, "runs")
        assert page.locator("#results tbody tr").count() == 8
        assert fits(page)
        assert faults(page) == misaligned(page) == []
        page.locator("button[data-run]").first.click()
        at(page, "story", STORY)
        assert "What happened" in page.inner_text("#story")
        assert page.inner_text("#story-command").startswith("deter explain ")
        assert page.locator("#ledger tbody tr").count() > 0
        assert fits(page)
        assert faults(page) == misaligned(page) == []
        page.click("#results-back")
        at(page, "runs")
        page.go_back()
        at(page, "story", STORY)
        page.go_back()
        at(page, "runs")
        page.go_back()
        at(page, "folder")
        page.click("nav.crumbs button:text('Results folders')")
        at(page, "list")


def test_the_keyboard_alone_gets_to_a_story(chromium: Browser, address: str) -> None:
    with watched(chromium, address) as found:
        page = found.page
        page.goto(f"{address}/#results")
        at(page, "list")
        page.focus("#find-folder")
        page.keyboard.type("sweep")
        page.wait_for_selector("#folders tbody tr:only-child")
        page.keyboard.press("Tab")  # the table, which can be scrolled
        page.keyboard.press("Tab")
        page.keyboard.press("Enter")
        at(page, "folder")
        assert focused(page).startswith("Clarity and")
        while not focused(page).startswith("Clarity ="):
            page.keyboard.press("Tab")
        assert focused(page).startswith("Clarity = 0, Attribution confidence required = 0.6: ")
        page.keyboard.press("ArrowRight")
        page.keyboard.press("ArrowUp")
        page.keyboard.press("ArrowUp")  # there is no cell above
        assert focused(page).startswith("Clarity = 0.5, Attribution confidence required = 0.9: ")
        page.keyboard.press("Enter")
        at(page, "runs")
        assert focused(page) == "Runs: Clarity = 0.5, Attribution confidence required = 0.9"
        while focused(page) != "run 0":
            page.keyboard.press("Tab")
        page.keyboard.press("Enter")
        at(page, "story", STORY)
        assert focused(page).startswith("Point ")


def test_a_surface_is_what_was_chosen_and_its_table_says_the_same(chromium: Browser, address: str) -> None:
    with watched(chromium, address) as found:
        page = found.page
        opened(page, address, "sweep")
        labels = [each.get_attribute("aria-label") for each in page.locator("#folder-view svg [role=button]").all()]
        cells = page.locator("#folder-view table button").all()
        assert sorted(f"{label}; its runs" for label in labels) == sorted(
            each.get_attribute("aria-label") or "" for each in cells
        )
        page.select_option("select[id='fix-doctrine.firmness']", label="2")
        page.wait_for_selector("""#results[data-stage='folder'][data-view*='"doctrine.firmness":1']""")
        assert "At Firmness = 2. n = 4 replicates each." in page.inner_text("#folder-view .note")
        page.select_option("#view-metric", label="Deterrence rate (% of the twin's acts)")
        page.wait_for_selector("#results[data-stage='folder'][data-view*='deterrence_rate']")
        page.select_option("#view-y", "")
        page.wait_for_selector("#results[data-stage='folder'][data-view*='[\"doctrine.clarity\"]']")
        assert page.locator("#folder-view tbody tr").count() == 3
        assert page.locator("#folder-view svg [role=button]").count() == 3


def test_runs_are_sorted_by_a_choice(chromium: Browser, address: str) -> None:
    with watched(chromium, address) as found:
        page = found.page
        opened(page, address, "single")
        page.click("#folder-view table button")
        at(page, "runs")
        for order in ("lowest", "highest", "failed"):
            page.select_option("#runs-order", order)
            page.wait_for_selector(f"#results[data-page='{order}-0']")
            assert page.evaluate("document.activeElement.id") == "runs-order"


def test_points_of_a_sample_open_their_runs(chromium: Browser, address: str) -> None:
    with watched(chromium, address) as found:
        page = found.page
        opened(page, address, "sample")
        assert "the line is a smoothing spline" in page.inner_text("#folder-view .note")
        assert page.locator("#folder-view svg [role=button]").count() == 24
        page.locator("#folder-view svg [role=button]").nth(2).click(force=True)
        at(page, "runs")
        assert page.locator("#results tbody tr").count() == 2


def test_a_broken_folder_is_a_message_and_the_page_lives_on(chromium: Browser, address: str) -> None:
    with watched(chromium, address) as found:
        page = found.page
        page.goto(f"{address}/#results")
        at(page, "list")
        page.click("button[data-folder='broken']")
        at(page, "failed")
        assert "is damaged" in page.inner_text("#results [role=alert]")
        page.click("#results-back")
        at(page, "list")
        page.click("button[data-folder='sweep']")
        at(page, "folder")
        assert page.inner_text("#results [role=alert]") == ""

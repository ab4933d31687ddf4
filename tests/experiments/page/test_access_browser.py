"""The page for everybody: axe-core finds no fault, the keyboard reaches everything, and it fits a telephone."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page
from support.browser import needs_browser
from support.served import SHORT, faults, misaligned, served, small_room, watched

pytestmark = needs_browser
SHOWN = {
    "explore": "#around[data-cells='25']:not(.stale)",
    "watch": "#watch[data-world]",
    "compare": "#compare[data-n='20'][data-compared]",
    "results": "#results[data-stage='folder']",
}
"""Views, and by what they are seen to show all that they show at first."""
WIDTHS = (1280, 390)
UNFOLD = "document.querySelectorAll('details').forEach((each) => (each.open = true))"


@pytest.fixture(scope="module")
def address(place: Path) -> Iterator[str]:
    with served(small_room(place)) as found:
        yield found


@pytest.fixture(scope="module", params=[(view, width) for view in SHOWN for width in WIDTHS], ids=str)
def page(request: pytest.FixtureRequest, chromium: Browser, address: str) -> Iterator[Page]:
    """A view at a width, with all that it shows at first; of results, a folder."""
    view, width = request.param
    with watched(chromium, address, width) as found:
        page = found.open(view)
        if view == "results":
            page.click("button[data-folder='sweep']")
        page.wait_for_selector(SHOWN[view], state="attached", timeout=120_000)
        yield page


def test_axe_finds_no_fault(page: Page) -> None:
    """With all that is folded shown as well."""
    page.evaluate(UNFOLD)
    assert faults(page) == []


def test_what_is_of_an_earlier_setting_can_be_read(page: Page) -> None:
    page.evaluate(UNFOLD)
    parts = "main .panel, main #folder-view, main .finding"
    page.evaluate("parts => document.querySelectorAll(parts).forEach((each) => each.classList.add('stale'))", parts)
    try:
        assert faults(page, "color-contrast") == []
    finally:
        page.evaluate("document.querySelectorAll('.stale').forEach((each) => each.classList.remove('stale'))")


def test_columns_of_numbers_stand_right_and_of_words_left(page: Page) -> None:
    page.evaluate(UNFOLD)
    page.wait_for_selector("main table", state="attached")
    assert misaligned(page) == []


def test_nothing_is_wider_than_the_screen(page: Page) -> None:
    wide = page.evaluate(
        """() => {
            const width = document.documentElement.clientWidth;
            const wide = [...document.querySelectorAll("body *")].filter(
                (each) => !each.closest(".scroll, .skip") && each.getBoundingClientRect().right > width + 1,
            );
            const whole = document.documentElement.scrollWidth > width ? ["page"] : [];
            return [...whole, ...wide.map((each) => `${each.tagName}#${each.id}.${each.getAttribute("class")}`)];
        }"""
    )
    assert wide == []
    page.evaluate(UNFOLD)
    cut = """() => [...document.querySelectorAll("caption")]
        .filter((each) => each.offsetWidth > each.closest(".scroll").clientWidth + 1)
        .map((each) => each.textContent)"""
    assert page.evaluate(cut) == [], "a caption is read without scrolling its table"


REACHED = """() => {
    const here = document.activeElement;
    const style = getComputedStyle(here);
    return {
        number: [...document.querySelectorAll("*")].indexOf(here),
        name: `${here.tagName}#${here.id}`,
        body: here === document.body,
        outline: here instanceof SVGElement // a mark of a chart, which has its stroke instead
            ? style.stroke !== "none" && parseFloat(style.strokeWidth) >= 2
            : style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2,
    };
}"""
REACHABLE = """() => {
    const all = [...document.querySelectorAll("*")];
    const kinds = "a[href], button:not([disabled]), input:not([disabled]), select, summary, [tabindex='0']";
    return all
        .filter((each) => each.matches(kinds))
        .filter((each) => each.checkVisibility({ visibilityProperty: true, contentVisibilityAuto: true }))
        .filter((each) => !each.closest("details:not([open]) > :not(summary)"))
        .map((each) => ({ number: all.indexOf(each), name: `${each.tagName}#${each.id}` }));
}"""


def test_the_keyboard_reaches_everything_in_order_and_shows_where_it_is(page: Page) -> None:
    page.evaluate("document.querySelectorAll('details').forEach((each) => (each.open = true))")
    wanted = page.evaluate(REACHABLE)
    assert len(wanted) >= 7
    # from the start of the page, wherever the focus was
    page.evaluate("document.body.tabIndex = -1; document.body.focus(); document.body.removeAttribute('tabindex')")
    reached: list[dict[str, Any]] = []
    for _ in range(len(wanted) + 5):
        page.keyboard.press("Tab")
        here = page.evaluate(REACHED)
        if here["body"] or (reached and here["number"] == reached[0]["number"]):
            break
        reached.append(here)
    assert [each for each in wanted if each["number"] not in {one["number"] for one in reached}] == []
    assert [each["name"] for each in reached if not each["outline"]] == [], "focus that nobody sees"
    numbers = [each["number"] for each in reached]
    assert numbers == sorted(numbers), "the order of reading"


def test_whoever_skips_the_head_stands_in_the_page(chromium: Browser, address: str) -> None:
    with watched(chromium, address) as found:
        page = found.open("explore", SHORT)
        page.wait_for_selector("body[data-n]", state="attached")
        page.keyboard.press("Tab")
        skip = page.locator(".skip")
        assert skip.evaluate("element => element === document.activeElement")
        box = skip.bounding_box()
        assert box
        assert box["x"] >= 0, "it is seen once it is reached"
        page.keyboard.press("Enter")
        assert page.evaluate("document.activeElement.id") == "main"
        assert page.locator("section#explore").is_visible(), "and the view stays"
        assert "scenario.time.weeks=52" in page.url, "and so does the setting"


def test_what_changes_is_said_to_who_does_not_see_it(page: Page) -> None:
    """A place for what goes on is there from the start, and errors interrupt."""
    assert page.locator("[role='status']").count() >= 1
    assert page.title().startswith("deter")
    assert page.locator("h1").count() == 1
    for picture in page.locator("main svg[role='img']").all():
        assert picture.get_attribute("aria-label")


BLOCKED = """Object.defineProperty(window, "localStorage", {
    get() { throw new DOMException("The operation is insecure.", "SecurityError"); },
});"""


@pytest.mark.parametrize("blocked", [False, True])
def test_no_motion_is_remembered_where_the_browser_keeps_anything(
    chromium: Browser, address: str, blocked: bool
) -> None:
    with watched(chromium, address) as found:
        if blocked:
            found.page.add_init_script(BLOCKED)
        for motion in (False, True):  # it can be had back
            page = found.open("watch")
            page.wait_for_selector("#watch[data-world]")
            still = page.get_by_label("No motion")
            still.set_checked(not motion)
            page.reload()
            page.wait_for_selector("#watch[data-world]")
            assert still.is_checked() is (not motion and not blocked)
            assert page.is_disabled("#watch-play") is (not motion and not blocked)
            assert page.evaluate("document.body.classList.contains('still')") is (not motion and not blocked)

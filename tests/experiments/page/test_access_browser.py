"""The page for everybody: axe-core finds no fault, the keyboard reaches everything, and it fits a telephone."""

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page
from support.browser import needs_browser
from support.page import SHORT, watched

pytestmark = needs_browser
VIEWS = ("explore", "watch", "compare", "results")
WIDTHS = (1280, 390)


@pytest.fixture(scope="module", params=[(view, width) for view in VIEWS for width in WIDTHS], ids=str)
def page(request: pytest.FixtureRequest, chromium: Browser, address: str) -> Iterator[Page]:
    """A view at a width, with all that it shows at first."""
    view, width = request.param
    with watched(chromium, address, width) as found:
        page = found.open(view)
        page.wait_for_selector(f"section#{view}:not([hidden])", state="attached")
        if view == "explore":
            page.wait_for_selector("#around[data-cells='25']:not(.stale)", state="attached")
        else:
            page.wait_for_load_state("networkidle")
        yield page


def test_axe_finds_no_fault(page: Page) -> None:
    """With all that is folded shown as well."""
    from axe_playwright_python.sync_playwright import Axe

    rules = {
        "resultTypes": ["violations"],
        "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
    }
    page.evaluate("document.querySelectorAll('details').forEach((each) => (each.open = true))")
    found = Axe().run(page, options=rules)
    told = [f"{fault['id']}: {node['html'][:150]}" for fault in found.response["violations"] for node in fault["nodes"]]
    assert not told, "\n".join(told)


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


REACHED = """() => {
    const here = document.activeElement;
    const style = getComputedStyle(here);
    return {
        number: [...document.querySelectorAll("*")].indexOf(here),
        name: `${here.tagName}#${here.id}`,
        body: here === document.body,
        outline: style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2,
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
    page.evaluate("document.activeElement.blur(); getSelection().setBaseAndExtent(document.body, 0, document.body, 0)")
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

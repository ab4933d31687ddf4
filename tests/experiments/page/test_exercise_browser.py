"""The exercise in real browsers: a round at a table of three, one screen in turns, hostile texts, wide and narrow."""

from collections.abc import Iterator
from contextlib import ExitStack

import pytest
from playwright.sync_api import Browser, Page, expect
from support.browser import needs_browser
from support.exercise import SCRIPT, write_exercise
from support.served import faults, misaligned, served, watched

from experiments.page.room import room_of
from experiments.page.shelf import shelf_of

pytestmark = needs_browser
UNFOLD = "document.querySelectorAll('#exercise details').forEach((each) => (each.open = true))"


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    place = tmp_path_factory.mktemp("results")
    file = write_exercise(place / "drill.toml")
    shelf = shelf_of(place, scenarios=[], doctrines=[], worlds=[], exercises=[str(file)], replicates=20)
    with served(room_of(shelf)) as found:
        yield found


def at(page: Page, **having: str) -> None:
    """Wait until the exercise says this of itself."""
    parts = "".join(f"[data-{name}='{value}']" for name, value in having.items())
    page.wait_for_selector(f"#exercise{parts}", state="attached")


def begin(page: Page, address: str) -> dict[str, str]:
    """Begin the exercise; gives the codes of its chairs."""
    page.goto(f"{address}/#exercise")
    page.wait_for_selector("form[data-ready='true']")
    page.select_option("#exercise-pick", "drill")
    page.click("#exercise-begin")
    at(page, stage="seated", chair="facilitator")
    cells = page.locator("code[data-code]")
    return {str(each.get_attribute("data-code")): each.inner_text() for each in cells.all()}


def join(page: Page, address: str, code: str, role: str) -> None:
    page.goto(f"{address}/#exercise")
    page.fill("#exercise-code", code.lower())
    page.keyboard.press("Enter")
    at(page, stage="seated", chair=role)


def open_case(page: Page) -> None:
    page.locator("#exercise-council button[id^='exercise-open-']").first.click()
    page.wait_for_selector("#exercise-case[data-case]")


def hand_over(page: Page, role: str) -> None:
    page.select_option("#exercise-sit", role)
    page.click("#exercise-switch")
    at(page, stage="curtain")
    page.click("#exercise-show")
    at(page, stage="seated", chair=role)


def test_three_chairs_in_three_browsers_play_a_round(chromium: Browser, address: str) -> None:
    with ExitStack() as stack:
        leads, presides, delegates = (stack.enter_context(watched(chromium, address)).page for _ in range(3))
        codes = begin(leads, address)
        assert set(codes) == {"facilitator", "presidency", "chair", "delegation", "partner", "red_team"}
        join(presides, address, codes["presidency"], "presidency")
        join(delegates, address, codes["delegation"], "delegation")
        expect(presides.locator("#exercise-clock")).to_contain_text("left")

        presides.fill("#exercise-announce-why", "so that they know")
        presides.click("#exercise-announce-do")
        for page in (leads, presides, delegates):
            expect(page.locator("#exercise-situation")).to_contain_text("announced what will follow: fairly clear")
        expect(leads.locator("#exercise-situation")).to_contain_text("so that they know")
        assert "so that they know" not in delegates.content()
        expect(presides.locator("#exercise-told")).to_contain_text("Taken up: announced")

        open_case(presides)
        expect(presides.locator("#exercise-case")).to_contain_text("Disruption")
        presides.select_option("#exercise-measure", "eu_declaration")
        presides.click("#exercise-ballot")
        expect(presides.locator("#exercise-votes svg[role='img']")).to_be_visible()
        presides.click("#exercise-votes-table summary")
        assert presides.locator("#exercise-votes tbody tr").count() == 27

        open_case(delegates)
        delegates.select_option("#exercise-measure", "eu_declaration")
        delegates.select_option("[id^='exercise-position-']", "objects")
        delegates.click("#exercise-vote-form-do")
        expect(delegates.locator("#exercise-situation")).to_contain_text(": objects")
        assert ": objects" not in presides.inner_text("#exercise-situation")

        leads.click("#exercise-pause-do")
        expect(presides.locator("#exercise-situation")).to_contain_text("paused")
        presides.click("#exercise-go-on-do")
        expect(presides.locator("#exercise-go-on-problem")).to_contain_text("the exercise is paused")
        leads.click("#exercise-pause-do")
        expect(presides.locator("#exercise-situation")).not_to_contain_text("paused: players")
        presides.click("#exercise-go-on-do")
        for page in (leads, presides, delegates):
            at(page, round="1")
        expect(presides.locator("#exercise-told")).to_contain_text("Round 2")
        leads.click("#exercise-effects summary")
        leads.click("#exercise-effects-do")
        expect(leads.locator("#exercise-effects-found")).to_contain_text("n = 200 futures")
        leads.click("#exercise-branch summary")
        leads.select_option("#exercise-back-to", "0")
        leads.click("#exercise-back-do")
        for page in (leads, presides, delegates):
            at(page, round="0", made="0")


def test_texts_are_texts(chromium: Browser, address: str) -> None:
    """Names, titles, texts, questions, attachments and reasons of a stranger run nothing and break nothing."""
    with watched(chromium, address) as found:
        page = found.page
        begin(page, address)
        page.click("#exercise-send > summary")
        for part in ("head", "from", "text"):
            page.fill(f"#exercise-insert-{part}", f"{part} {SCRIPT}")
        page.fill("#exercise-insert-why", SCRIPT)
        page.click("#exercise-insert-do")
        expect(page.locator("#exercise-news")).to_contain_text(f"head {SCRIPT}")
        page.evaluate(UNFOLD)
        shown = page.inner_text("#exercise")
        for what in ("Drill", "First", "Decide.", "Power cut", "CERT", "It is dark.", "Annexed.", "What now?", "Speak"):
            assert f"{what} {SCRIPT}" in shown, what
        for role in ("delegation", "partner", "red_team"):
            hand_over(page, role)
            assert SCRIPT in page.inner_text("#exercise")
        assert page.evaluate("document.body.dataset.hacked") is None
        assert page.locator("#exercise script").count() == 0


def test_one_screen_in_turns_shows_nothing_between(chromium: Browser, address: str) -> None:
    with watched(chromium, address) as found:
        page = found.page
        codes = begin(page, address)
        assert "The truth" in page.content()
        page.select_option("#exercise-sit", "red_team")
        page.click("#exercise-switch")
        at(page, stage="curtain")
        curtain = page.inner_text("#exercise")
        assert "Hand the screen to: Red team" in curtain
        assert page.evaluate("document.activeElement.id") == "exercise-hand"
        for secret in (*codes.values(), "Power cut", "[text for", "The truth"):
            assert secret not in page.inner_html("#exercise")
        page.keyboard.press("Tab")
        page.keyboard.press("Enter")
        at(page, stage="seated", chair="red_team")
        assert "[text for red_team]" in page.inner_text("#exercise")
        assert "[text for presidency]" not in page.content()
        page.select_option("#exercise-victim", "Altania")
        page.select_option("#exercise-activity", "espionage")
        page.fill("#exercise-strike-why", "as we were told")
        page.click("#exercise-strike-do")
        expect(page.locator("#exercise-own")).to_contain_text("You have chosen for this round")
        hand_over(page, "presidency")
        assert "as we were told" not in page.content()


def test_the_keyboard_alone_decides_and_what_is_typed_stays(chromium: Browser, address: str) -> None:
    with watched(chromium, address) as lead, watched(chromium, address) as found:
        codes, page = begin(lead.page, address), found.page
        join(page, address, codes["chair"], "chair")
        assert page.evaluate("document.activeElement.id") == "exercise-title"
        page.focus("#exercise-announce-why")
        page.keyboard.type("half a rea")
        lead.page.click("#exercise-send > summary")
        for part in ("head", "from", "text"):
            lead.page.fill(f"#exercise-insert-{part}", "news")
        lead.page.click("#exercise-insert-do")
        expect(page.locator("#exercise-told")).to_contain_text("News: news")
        page.keyboard.type("son")
        assert page.input_value("#exercise-announce-why") == "half a reason"
        page.focus("#exercise-clarity")
        page.keyboard.press("End")
        page.keyboard.press("Tab")
        page.keyboard.press("Enter")
        expect(page.locator("#exercise-situation")).to_contain_text("clear (1.00)")
        expect(page.locator("#exercise-situation")).to_contain_text("half a reason")


def test_a_wrong_code_is_told_and_a_page_that_is_loaded_anew_keeps_its_chair(chromium: Browser, address: str) -> None:
    with watched(chromium, address) as found:
        page = found.page
        codes = begin(page, address)
        page.reload()
        at(page, stage="seated", chair="facilitator")
        page.click("#exercise-leave")
        at(page, stage="lobby")
        page.fill("#exercise-code", "wrong")
        page.keyboard.press("Enter")
        expect(page.locator("#exercise-join-problem")).to_contain_text("no exercise here has this code")
        page.fill("#exercise-code", codes["partner"])
        page.keyboard.press("Enter")
        at(page, stage="seated", chair="partner")


@pytest.mark.parametrize("width", [1280, 390])
def test_every_chair_is_for_everybody(chromium: Browser, address: str, width: int) -> None:
    """With all that is folded shown: axe-core finds no fault, columns stand right, and it fits the screen."""
    with watched(chromium, address, width) as found:
        page = found.page
        page.goto(f"{address}/#exercise")
        page.wait_for_selector("form[data-ready='true']")
        assert faults(page) == []
        begin(page, address)
        for role in ("facilitator", "presidency", "delegation", "partner", "red_team"):
            if role != "facilitator":
                hand_over(page, role)
            if role in ("facilitator", "presidency", "delegation"):
                open_case(page)
                page.select_option("#exercise-measure", "eu_declaration")
                page.click("#exercise-ballot")
                expect(page.locator("#exercise-votes svg[role='img']")).to_be_visible()
            page.evaluate(UNFOLD)
            assert faults(page) == [], role
            assert misaligned(page) == [], role
            assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), role

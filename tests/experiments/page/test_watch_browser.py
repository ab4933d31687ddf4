import json
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page
from support.served import Watched, first_answer, small_room, watched

from experiments.page.world import watch

VALUES = {"scenario.time.weeks": 156, "scenario.time.burn_in": 156}
WORDS = "&".join(f"{path}={value}" for path, value in VALUES.items()) + "&doctrine=clear_ladder"
READY = "#watch[data-world]"


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Any]]:
    """The world that the page shows first, as the server makes it."""
    room = small_room(tmp_path_factory.mktemp("results"))
    yield first_answer(watch.world, room, {"setting": {"doctrine": "clear_ladder", "values": VALUES}})
    room.turns.close()


def opened(found: Watched, words: str = "&week=1") -> Page:
    """The world that the page shows first, by itself at its first week."""
    page = found.open("watch", WORDS + words)
    page.wait_for_selector(READY, timeout=120_000)
    return page


def at(page: Page, week: int) -> None:
    """Wait until the page shows a week, counted from 0."""
    page.wait_for_selector(f"#watch[data-week='{week}']")


def figures(page: Page) -> dict[str, list[str]]:
    """Cells of the table of figures by their heads."""
    rows = page.locator("#watch-figures tbody tr").all()
    return {row.locator("th").inner_text(): row.locator("td").all_inner_texts() for row in rows}


def test_a_week_shows_what_the_run_has(chromium: Browser, address: str, found: dict[str, Any]) -> None:
    with watched(chromium, address) as seen:
        page = opened(seen)
        assert found["invented"] in page.inner_text("#watch")
        for week in (0, 40, 155):
            page.fill("#watch-week", str(week + 1))
            page.keyboard.press("Enter")
            at(page, week)
            cells = figures(page)
            for column, where in enumerate(("world", "twin")):
                weeks = found["acts"][where]["week"]
                assert cells["Acts"][column] == str(weeks.count(week))
                assert cells["Acts"][2 + column] == str(sum(each <= week for each in weeks))
            adopted = found["responses"]["week"]
            assert cells["Measures adopted"][0] == str(adopted.count(week))
            assert cells["Measures adopted"][2] == str(sum(each <= week for each in adopted))
            assert page.get_attribute("#watch-votes", "data-votes") == str(
                sum(each <= week for each in found["votes"]["week"])
            )
            differences = found["differences"]
            averted = sum(
                activity < 0 and each <= week
                for activity, each in zip(differences["activity"], differences["week"], strict=True)
            )
            assert page.get_attribute("#watch-differences", "data-averted") == str(averted)
            open_cases = sum(
                begun <= week and (ended is None or ended > week)
                for begun, ended in zip(found["cases"]["opened_week"], found["cases"]["resolved_week"], strict=True)
            )
            assert page.get_attribute("#watch-cases", "data-open") == str(open_cases)


def test_the_player_plays_pauses_steps_and_jumps(chromium: Browser, address: str, found: dict[str, Any]) -> None:
    with watched(chromium, address) as seen:
        page = opened(seen)
        at(page, 0)
        page.click("#watch-step")
        at(page, 1)
        page.click("#watch-back")
        at(page, 0)
        page.select_option("#watch-speed", "52")
        page.click("#watch-play")
        page.wait_for_selector("#watch[data-playing='true']")
        page.wait_for_selector("#watch:not([data-week='0'])")
        page.click("#watch-play")
        page.wait_for_selector("#watch[data-playing='false']")
        page.click("#watch-first")
        at(page, 0)
        severe = [each["severe"] for each in found["activities"]]
        acts = found["acts"]["world"]
        grave = [week for week, rung in zip(acts["week"], acts["activity"], strict=True) if severe[rung] and week > 0]
        page.click("#watch-severe")
        at(page, grave[0])
        page.click("#watch-first")
        page.click("#watch-vote")
        votes = [week for week in found["votes"]["week"] if week > 0]
        at(page, votes[0])
        assert "vote on" in page.inner_text(".watch-status")
        page.fill("#watch-range", "155")
        at(page, 155)
        page.click("#watch-listing")
        assert "no further listing" in page.inner_text(".watch-status")
        page.fill("#watch-day", page.get_attribute("#watch-day", "min") or "")
        page.dispatch_event("#watch-day", "change")
        at(page, 0)


def test_the_end_is_reached_by_playing_and_playing_asks_for_nothing(chromium: Browser, address: str) -> None:
    sent: list[str] = []
    with watched(chromium, address) as seen:
        seen.page.on("websocket", lambda socket: socket.on("framesent", lambda text: sent.append(str(text))))
        page = opened(seen)
        page.fill("#watch-week", "140")
        page.keyboard.press("Enter")
        at(page, 139)
        before = len(sent)
        page.select_option("#watch-speed", "52")
        page.click("#watch-play")
        page.wait_for_selector("#watch[data-week='155'][data-playing='false']")
        assert len(sent) == before > 0


def test_keys_play_and_step(chromium: Browser, address: str) -> None:
    with watched(chromium, address, 390, 844) as seen:
        page = opened(seen)
        page.focus("#watch-player")
        page.keyboard.press("ArrowRight")
        at(page, 1)
        page.keyboard.press("ArrowRight")
        at(page, 2)
        page.keyboard.press("ArrowLeft")
        at(page, 1)
        page.keyboard.press("Space")
        page.wait_for_selector("#watch[data-playing='true']")
        page.keyboard.press("Space")
        page.wait_for_selector("#watch[data-playing='false']")
        page.focus("#watch-range")
        page.keyboard.press("Home")
        at(page, 0)
        page.keyboard.press("ArrowRight")
        at(page, 1)
        assert page.get_attribute("#watch-range", "aria-valuetext", timeout=1000).startswith("week 2 of 156")  # type: ignore[union-attr]
        # nothing makes the page wider than the screen
        assert page.evaluate("document.documentElement.scrollWidth") <= 390


def test_without_motion_there_is_only_stepping(chromium: Browser, address: str) -> None:
    with watched(chromium, address, reduced_motion="reduce") as seen:
        page = opened(seen)
        assert page.is_disabled("#watch-play")
        assert page.is_visible("#watch-still")
        page.focus("#watch-player")
        page.keyboard.press("Space")
        page.click("#watch-step")
        at(page, 1)
        assert page.get_attribute("#watch", "data-playing") != "true"


def test_the_truth_can_be_put_away(chromium: Browser, address: str) -> None:
    with watched(chromium, address) as seen:
        page = opened(seen)
        page.fill("#watch-week", "60")
        page.keyboard.press("Enter")
        at(page, 59)
        assert "truth, which nobody sees" in page.inner_text("#watch-cases")
        page.uncheck("#watch-truth")
        assert "truth" not in page.inner_text("#watch-cases")
        assert "Acts" not in figures(page)
        for hidden in ("differences", "ladder", "grievance"):
            assert not page.is_visible(f"#watch-{hidden}")
        assert "came to light" in page.inner_text(".watch-status")
        page.check("#watch-truth")
        assert "Acts" in figures(page)


def test_every_picture_has_its_table_of_the_week(chromium: Browser, address: str, found: dict[str, Any]) -> None:
    with watched(chromium, address) as seen:
        page = opened(seen)
        for name in ("network", "ladder", "answers", "credibility", "grievance", "cases"):
            page.click(f"#watch-{name} summary")
            page.wait_for_selector(f"#watch-{name} details table caption")
        # a table that is open goes on with the weeks, and stays open
        page.select_option("#watch-window", "1")
        page.click("#watch-step")
        at(page, 1)
        rows = page.locator("#watch-network details tbody tr").all()
        numbers = [row.locator("td").nth(1).inner_text() for row in rows]
        assert sum(int(number) for number in numbers if number) == found["acts"]["world"]["week"].count(1)
        credibility = page.locator("#watch-credibility details tbody tr").first.locator("td").first.inner_text()
        assert float(credibility) == pytest.approx(found["series"]["credibility"][1], abs=6e-4)


def test_another_world_is_another_replicate(chromium: Browser, address: str) -> None:
    with watched(chromium, address) as seen:
        page = opened(seen)
        before = figures(page)
        page.click("#watch-another")
        page.wait_for_selector("#watch[data-world$=',1]']")
        assert figures(page) != before
        page.fill("#watch-replicate", "999")
        page.keyboard.press("Enter")
        page.wait_for_selector("#watch .error:not(:empty)")
        assert "from 0 to 19" in page.inner_text("#watch .error")
        page.fill("#watch-replicate", "0")
        page.keyboard.press("Enter")
        page.wait_for_selector("#watch[data-world$=',0]']")
        assert page.inner_text("#watch .error") == ""
        assert figures(page) == before
        assert json.loads(page.get_attribute("#watch", "data-world") or "")[1] == 0


def test_a_world_opens_where_there_is_something_to_see(chromium: Browser, address: str) -> None:
    with watched(chromium, address) as seen:
        page = opened(seen, "")
        at(page, 51)
        assert int(figures(page)["Acts"][2]) > 0
        assert page.locator("#watch-network svg path[stroke]").count() > 0


def test_a_link_opens_the_same_week_of_the_same_world(chromium: Browser, address: str) -> None:
    with watched(chromium, address) as seen:
        page = opened(seen)
        page.click("#watch-another")
        page.wait_for_selector("#watch[data-world$=',1]']")
        page.fill("#watch-week", "70")
        page.keyboard.press("Enter")
        at(page, 69)
        before, link = figures(page), page.url
        page.goto("about:blank")
        page.goto(link)
        page.wait_for_selector("#watch[data-world$=',1]'][data-week='69']")
        assert figures(page) == before
        # where playing has come to is in the link as well
        page.select_option("#watch-speed", "52")
        page.click("#watch-play")
        page.wait_for_selector("#watch[data-week='155'][data-playing='false']")
        assert "week=156" in page.url
        # a link of the same world leads to its week, also within the page
        page.evaluate("link => { location.href = link }", link)
        at(page, 69)
        page.click("nav a[data-view=explore]")
        page.click("nav a[data-view=watch]")
        at(page, 69)


@pytest.mark.parametrize("week", ["0", "x", "1.5"])
def test_a_link_to_no_week_gets_a_message(chromium: Browser, address: str, week: str) -> None:
    with watched(chromium, address) as seen:
        page = opened(seen, f"&week={week}")
        at(page, 51)
        assert "from 1 to 156" in page.inner_text("#watch .error")
        page.click("#watch-step")
        at(page, 52)
        assert page.inner_text("#watch .error") == ""


def test_a_link_to_no_world_gets_a_message(chromium: Browser, address: str) -> None:
    with watched(chromium, address) as seen:
        page = seen.open("watch", f"{WORDS}&replicate=x")
        page.wait_for_selector("#watch .error:not(:empty)")
        assert "from 0 to 19" in page.inner_text("#watch .error")
        page.fill("#watch-replicate", "2")
        page.keyboard.press("Enter")
        page.wait_for_selector("#watch[data-world$=',2]']")
        assert "replicate=2" in page.url


def test_the_commands_that_make_the_same_run_stand_on_the_tab(
    chromium: Browser, address: str, found: dict[str, Any]
) -> None:
    with watched(chromium, address) as seen:
        page = opened(seen)
        assert page.inner_text("#watch-command") == found["command"]

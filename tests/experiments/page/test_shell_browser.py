"""The page in a real browser: tabs, every control of Explore, links, files, and what happens when things go wrong."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlencode

import pytest
from playwright.sync_api import Browser, Page, expect
from support.browser import needs_browser
from support.served import SHORT, SHORT_VALUES, Watched, served, small_room, watched

from model.configuration import load_configuration
from model.loading import load_doctrine

pytestmark = needs_browser
VIEWS = ("explore", "watch", "compare", "results", "exercise")
SLIDERS = ("clarity", "attribution_confidence", "proportionality", "firmness", "delay_factor")


def shown(page: Page, *parts: str) -> dict[str, object]:
    """The setting of the figures on the page, once these are refined and its text has these parts."""
    having = "".join(f"[data-shown*='{part}']" for part in parts)
    page.wait_for_selector(f"body[data-n='20'][data-refined='true']{having}", state="attached")
    found: dict[str, object] = json.loads(page.get_attribute("body", "data-shown") or "")
    return found


def figures(page: Page) -> list[str]:
    return page.locator("#figures .card .figure").all_inner_texts()


@pytest.fixture
def found(chromium: Browser, address: str) -> Iterator[Watched]:
    with watched(chromium, address) as found:
        yield found


@pytest.fixture
def explore(found: Watched) -> Page:
    """Explore with short runs, its figures shown."""
    page = found.open("explore")
    shown(page)
    return page


def test_every_tab_shows_its_view_alone_and_the_back_button_leads_back(explore: Page) -> None:
    for view in VIEWS:
        explore.click(f"nav a[data-view='{view}']")
        explore.wait_for_selector(f"section#{view}:not([hidden])", state="attached")
        assert explore.locator("main > section:not([hidden])").count() == 1
        assert explore.locator("nav a[aria-current='page']").get_attribute("data-view") == view
        assert "scenario.time.weeks=52" in explore.url, "the setting goes along"
    explore.go_back()
    explore.wait_for_selector("section#results:not([hidden])", state="attached")
    explore.go_forward()
    explore.wait_for_selector("section#exercise:not([hidden])", state="attached")


@pytest.mark.parametrize("hash", ["", "#", "#nonsense", "#__proto__", "#constructor", "#explore?%E0%A4%A"])
def test_an_address_that_names_no_view_opens_explore(found: Watched, hash: str) -> None:
    found.page.goto(f"{found.address}/{hash}")
    expect(found.page.locator("section#explore")).to_be_visible()


@pytest.mark.parametrize("name", SLIDERS)
def test_every_slider_moves_by_the_keyboard_and_gives_figures(explore: Page, name: str) -> None:
    path = f"doctrine.{name}"
    slider = explore.locator(f"input[id='{path}']")
    before = float(slider.input_value())
    slider.focus()
    explore.keyboard.press("ArrowRight" if before < float(slider.get_attribute("max") or 0) else "ArrowLeft")
    after = float(slider.input_value())
    assert after != before
    values = shown(explore, path)["values"]
    assert isinstance(values, dict)
    assert values[path] == pytest.approx(after, rel=1e-5)
    assert f"{path}=" in explore.url
    expect(explore.locator(f"output[for='{path}']")).to_have_class("changed")
    assert slider.evaluate("element => element === document.activeElement")
    # back where it was, the value is the file's again
    explore.keyboard.press("ArrowLeft" if after > before else "ArrowRight")
    expect(explore.locator(f"output[for='{path}']")).not_to_have_class("changed")


@pytest.mark.parametrize(
    ("control", "choice", "told"),
    [
        ("doctrine", "swift_qmv", '"doctrine":"swift_qmv"'),
        ("doctrine.voting_rule", "qmv", '"doctrine.voting_rule":"qmv"'),
        ("worlds", "posterior", '"worlds":"posterior"'),
    ],
)
def test_every_choice_gives_its_figures(explore: Page, control: str, choice: str, told: str) -> None:
    before = figures(explore)
    explore.locator(f"select[id='{control}']").select_option(choice)
    shown(explore, told)
    # in two short years no vote may fall otherwise by another rule
    assert figures(explore) != before or control == "doctrine.voting_rule"
    assert choice in explore.url


def test_another_scenario_has_its_own_world(found: Watched) -> None:
    """Values of another world are not carried over."""
    page = found.open("explore", f"scenario=illustrative&{SHORT}")
    before = shown(page, '"scenario":"illustrative"')
    assert before["values"] == SHORT_VALUES
    page.locator("select#scenario").select_option("attribution_harder")
    assert "scenario=attribution_harder" in page.url
    assert "scenario.time.weeks" not in page.url


def test_any_other_parameter_is_found_by_its_words_and_moved(explore: Page) -> None:
    path = "scenario.grievance.grievance_gain"
    explore.fill("#search", "grievance_gain")
    explore.keyboard.press("Enter")
    expect(explore.locator(f"input[id='{path}']")).to_be_focused()
    explore.keyboard.press("ArrowRight")
    values = shown(explore, path)["values"]
    assert isinstance(values, dict)
    assert path in values


def test_a_parameter_is_found_by_its_path_and_nothing_by_nonsense(explore: Page) -> None:
    explore.fill("#search", "xyzzy plugh")
    explore.keyboard.press("Enter")
    expect(explore.get_by_text("No parameter has these words.")).to_be_visible()
    before = explore.locator(".controls label").count()
    explore.fill("#search", "doctrine.preventive")
    explore.keyboard.press("Enter")
    expect(explore.locator("input[id='doctrine.preventive']")).to_be_focused()
    assert explore.locator(".controls label").count() == before + 1


def test_of_words_that_many_parameters_have_one_is_chosen(explore: Page) -> None:
    explore.fill("#search", "half life")
    explore.keyboard.press("Enter")
    matches = explore.locator(".matches button")
    expect(explore.get_by_text("parameters have these words")).to_be_visible()
    path = matches.nth(1).inner_text()
    matches.nth(1).click()
    expect(explore.locator(f"[id='{path}']")).to_be_focused()
    expect(matches).to_have_count(0)


def test_a_number_is_typed_as_the_browser_s_language_has_it(chromium: Browser, address: str) -> None:
    path = "scenario.belief.signal_precision"  # of a range too wide for a slider
    with watched(chromium, address, locale="de-DE") as found:
        page = found.open("explore", f"{SHORT}&{path}=1234.5")
        shown(page)
        field = page.locator(f"input[id='{path}']")
        assert field.input_value() == "1234,5"
        for text, value in (("56,25", 56.25), ("57.5", 57.5)):
            field.fill(text)
            page.keyboard.press("Enter")
            shown(page, f'"{path}":{value}')
        field.fill("many")
        page.keyboard.press("Enter")
        expect(page.locator("#explore [role='alert']")).to_contain_text(path)


def test_another_link_in_the_same_tab_moves_the_controls(explore: Page) -> None:
    explore.evaluate(f"location.hash = '#explore?{SHORT}&doctrine.clarity=0.15'")
    shown(explore, '"doctrine.clarity":0.15')
    assert explore.locator("input[id='doctrine.clarity']").input_value() == "0.15"


def test_back_to_the_files_takes_all_changes_away(found: Watched) -> None:
    page = found.open("explore", f"{SHORT}&doctrine.clarity=0.9")
    shown(page)
    page.click("#reset")
    assert "doctrine.clarity" not in page.url
    expect(page.locator(".controls output.changed")).to_have_count(0)


def test_a_link_opened_elsewhere_gives_the_same_setting_and_figures(
    explore: Page, chromium: Browser, address: str
) -> None:
    explore.locator("input[id='doctrine.clarity']").fill("0.75")
    setting = shown(explore, '"doctrine.clarity":0.75')
    link = explore.evaluate("document.getElementById('link').href")
    with watched(chromium, address) as other:
        other.page.goto(link)
        assert shown(other.page) == setting
        assert figures(other.page) == figures(explore)
        assert other.page.locator("input[id='doctrine.clarity']").input_value() == "0.75"
        command = "#command:not(:empty)"
        assert other.page.inner_text(command) == explore.inner_text(command)


def test_the_button_copies_the_link(explore: Page) -> None:
    explore.context.grant_permissions(["clipboard-read", "clipboard-write"])
    explore.get_by_role("button", name="Copy the link").click()
    assert explore.evaluate("navigator.clipboard.readText()") == explore.evaluate(
        "document.getElementById('link').href"
    )


def test_the_doctrine_s_file_is_downloaded_and_read(explore: Page, tmp_path: Path) -> None:
    explore.locator("select[id='doctrine.voting_rule']").select_option("qmv")
    shown(explore, "qmv")
    with explore.expect_download() as download:
        explore.click("#file")
    assert download.value.suggested_filename == "status_quo_changed.toml"
    download.value.save_as(tmp_path / "mine.toml")
    read = load_doctrine(str(tmp_path / "mine.toml")).value
    meant = load_configuration("baseline", "status_quo", {"doctrine.voting_rule": "qmv"}).doctrine
    texts = {"title", "idea", "source", "sources"}
    assert read.model_dump(exclude=texts) == meant.model_dump(exclude=texts)


def test_the_surface_follows_what_is_chosen(explore: Page) -> None:
    surface = "#around[data-cells='25']"
    explore.wait_for_selector(surface, state="attached")
    for choose, choice, part in (
        ("surface-metric", "deterrence_rate", "Deterrence rate over"),
        ("axis-x", "doctrine.firmness", "over firmness and"),
    ):
        explore.locator(f"#{choose}").select_option(choice)
        expect(explore.locator(f"#around svg[aria-label*='{part}']")).to_have_count(1)
        explore.wait_for_selector(f"{surface}:not(.stale)", state="attached")
    explore.locator("#around summary").click()
    assert explore.locator("#around tbody tr").count() == 5
    assert explore.locator("#around tbody td").count() == 25
    assert all("[" in cell for cell in explore.locator("#around tbody td").all_inner_texts())


def test_what_is_around_another_setting_is_grey_until_it_is_worked_out(explore: Page) -> None:
    explore.wait_for_selector("#around[data-cells='25']:not(.stale)", state="attached")
    explore.locator("input[id='doctrine.firmness']").fill("3")
    assert "stale" in (explore.get_attribute("#around", "class") or "")
    shown(explore, '"doctrine.firmness":3')
    explore.wait_for_selector("#around[data-cells='25']:not(.stale)", state="attached")


def test_figures_of_an_earlier_setting_stay_grey_whichever_is_chosen(explore: Page) -> None:
    grey = explore.evaluate(
        """() => {
            const [slider, choice] = ["doctrine.clarity", "kind-metric"].map((id) => document.getElementById(id));
            slider.value = "0.7";
            slider.dispatchEvent(new Event("input", { bubbles: true }));
            choice.selectedIndex = 0;
            choice.dispatchEvent(new Event("change"));
            return document.getElementById("kinds").classList.contains("stale");
        }"""
    )
    assert grey
    shown(explore, "0.7")
    assert not explore.evaluate("document.getElementById('kinds').classList.contains('stale')")


def test_both_axes_alike_are_told(explore: Page) -> None:
    explore.wait_for_selector("#around[data-cells='25']", state="attached")
    explore.locator("#axis-x").select_option("doctrine.attribution_confidence")
    expect(explore.locator("#around .error")).to_contain_text("both axes")
    explore.locator("#axis-x").select_option("doctrine.clarity")
    expect(explore.locator("#around .error")).to_have_count(0)


def test_every_chart_has_a_table_that_says_the_same(explore: Page) -> None:
    explore.wait_for_selector("#around[data-cells='25']", state="attached")
    pictures = explore.locator("section#explore figure:has(> figcaption)")
    assert pictures.count() == 3
    for figure in pictures.all():
        assert figure.locator("svg").count() >= 1
        figure.locator("summary").click()
        expect(figure.locator("table caption")).to_be_visible()
    rows = explore.locator("#figures tbody tr").all_inner_texts()
    for row, card in zip(rows, figures(explore), strict=True):
        assert re.sub(r" (%|a year|.*)$", "", card.split("]")[0]) in row


WRONG = {
    "scenario=nowhere": "scenario",
    "doctrine=..%2F..%2Fetc%2Fpasswd": "doctrine",
    "worlds=%2Fetc%2Fpasswd": "worlds",
    "doctrine.clarity=7": "clarity",
    "doctrine.clarity=NaN": "clarity",
    "doctrine.clarity=[1]": "clarity",
    "doctrine.voting_rule=" + "x" * 5_000: "voting_rule",
    "no.such.parameter=1": "no.such.parameter",
    urlencode({"doctrine.clarity": "<img src=x onerror=alert(1)>"}): "clarity",
    urlencode({"scenario.<script>alert(1)</script>": "1"}): "scenario.<script>alert(1)</script>",
}


@pytest.mark.parametrize("words", WRONG, ids=lambda words: words[:40])
def test_a_wrong_link_gets_a_message_and_a_way_out(found: Watched, words: str) -> None:
    page = found.open("explore", words)
    expect(page.locator("#explore .error")).to_contain_text(WRONG[words])
    assert page.locator("main :is(script, img)").count() == 0
    page.click("#anew")
    expect(page.locator("#explore .error")).to_be_empty()
    expect(page.locator("input[id='doctrine.clarity']")).to_be_visible()


def test_a_word_that_no_view_knows_changes_nothing(found: Watched) -> None:
    """Words without a dot are kept for the views, and are no values of the setting."""
    page = found.open("explore", f"{SHORT}&{urlencode({'<script>alert(1)</script>': '<img src=x onerror=alert(1)>'})}")
    assert shown(page)["values"] == SHORT_VALUES
    expect(page.locator("#explore .error:not(:empty)")).to_have_count(0)
    assert page.locator("main :is(script, img)").count() == 0


def test_a_lost_connection_is_told_and_mended_by_itself(chromium: Browser, tmp_path: Path) -> None:
    with served(small_room(tmp_path)) as address:
        port = int(address.rpartition(":")[2])
    with watched(chromium, address) as found:
        with served(small_room(tmp_path), port=port):
            page = found.open("explore")
            shown(page)
            expect(page.locator("#status")).to_be_empty()
        expect(page.locator("#status")).to_contain_text("connection")
        page.locator("input[id='doctrine.clarity']").fill("0.9")
        with served(small_room(tmp_path), port=port):
            expect(page.locator("#status")).to_be_empty(timeout=20_000)
            shown(page, '"doctrine.clarity":0.9')
        # the browser itself says on its console that nobody answered
        assert all("ERR_CONNECTION_REFUSED" in each for each in found.problems), found.problems
        found.problems.clear()


def test_numbers_are_written_as_the_browser_s_language_has_them(chromium: Browser, address: str) -> None:
    with watched(chromium, address, locale="de-DE") as found:
        page = found.open("explore", f"{SHORT}&doctrine.clarity=0.55")
        shown(page)
        expect(page.locator("output[for='doctrine.clarity']")).to_have_text("0,55")
        for text in figures(page):
            assert re.search(r"\d,\d", text), text
            assert not re.search(r"\d\.\d", text), text
        page.locator("#figures summary").click()
        assert not re.search(r"\d\.\d", page.locator("#figures table").inner_text())


def test_no_motion_is_a_switch_and_the_system_s_wish(chromium: Browser, found: Watched, address: str) -> None:
    page = found.open("watch")
    play = "#watch-play:not([disabled])"
    page.wait_for_selector(play)
    page.get_by_label("No motion").check()
    page.wait_for_selector("#watch-play[disabled]")
    page.get_by_label("No motion").uncheck()
    page.wait_for_selector(play)
    with watched(chromium, address, reduced_motion="reduce") as other:
        other.open("watch").wait_for_selector("#watch-play[disabled]", state="attached")


def test_nothing_moves_by_itself(explore: Page) -> None:
    explore.locator("input[id='doctrine.clarity']").fill("0.8")
    assert explore.evaluate("document.getAnimations().length") == 0
    shown(explore, "0.8")


def test_on_a_slow_machine_the_last_of_many_moves_is_shown(chromium: Browser, address: str) -> None:
    with watched(chromium, address) as found:
        page = found.open("explore")
        shown(page)
        page.context.new_cdp_session(page).send("Emulation.setCPUThrottlingRate", {"rate": 6})
        slider = page.locator("input[id='doctrine.clarity']")
        slider.focus()
        for _ in range(12):
            page.keyboard.press("ArrowRight")
        last = float(slider.input_value())
        values = shown(page, f'"doctrine.clarity":{last:g}')["values"]
        assert isinstance(values, dict)
        assert values["doctrine.clarity"] == last
        texts = figures(page)
    with watched(chromium, address) as other:
        fresh = other.open("explore", f"{SHORT}&doctrine.clarity={last:g}")
        shown(fresh)
        assert figures(fresh) == texts, "and they are the figures of that setting"


def test_first_figures_are_of_few_runs_then_of_all_and_then_refined(chromium: Browser, tmp_path: Path) -> None:
    """And who drags a slider sees figures move before it rests."""
    seen = """() => {
        window.seen = [];
        new MutationObserver(() => window.seen.push([document.body.dataset.n, document.body.dataset.refined].join()))
            .observe(document.body, { attributes: true, attributeFilter: ["data-refined"] });
        window.drawn = 0;
        const drawn = new MutationObserver(() => (window.drawn += 1));
        drawn.observe(document.getElementById("figures"), { childList: true });
    }"""
    refined = "body[data-n='50'][data-refined='true']"
    with served(small_room(tmp_path, 50)) as address, watched(chromium, address) as found:
        page = found.open("explore")
        page.wait_for_selector(refined, state="attached")
        page.evaluate(seen)
        slider = page.locator("input[id='doctrine.clarity']")
        slider.fill("0.9")
        page.wait_for_selector(f"{refined}[data-shown*='0.9']", state="attached")
        assert page.evaluate("window.seen") == ["20,false", "50,false", "50,true"]
        page.evaluate("window.drawn = 0")
        for move in range(30):
            slider.fill(f"{move / 100}")
            page.wait_for_timeout(30)
        assert page.evaluate("window.drawn") > 1
        page.wait_for_selector(f"{refined}[data-shown*='0.29']", state="attached")


def test_nothing_is_asked_of_another_machine(chromium: Browser, address: str) -> None:
    """Every other address is cut off, and the page neither needs nor tries one."""
    tried: list[str] = []
    with watched(chromium, address) as found:
        found.page.context.route(
            lambda url: not url.startswith((address, "data:")),
            lambda route: (tried.append(route.request.url), route.abort())[1],
        )
        page = found.open("explore")
        shown(page)
        for view in VIEWS:
            page.click(f"nav a[data-view='{view}']")
            page.wait_for_selector(f"section#{view}:not([hidden])", state="attached")
        addresses = page.evaluate("performance.getEntriesByType('resource').map(each => each.name)")
    assert tried == []
    assert [each for each in addresses if not each.startswith((address, "data:"))] == []


def test_the_policy_refuses_what_an_intruder_would_try(chromium: Browser, address: str) -> None:
    """Scripts in the page, code in attributes, and requests to elsewhere."""
    with watched(chromium, address) as found:
        page = found.open("explore")
        shown(page)
        done = page.evaluate(
            """async () => {
                window.done = [];
                const refused = [];
                document.addEventListener("securitypolicyviolation", (event) => refused.push(event.effectiveDirective));
                const script = document.createElement("script");
                script.textContent = "window.done.push('script')";
                document.body.append(script);
                document.body.insertAdjacentHTML("beforeend", '<img src="data:," onerror="window.done.push(1)">');
                try { await fetch("http://127.0.0.1:9/"); window.done.push("fetch"); } catch {}
                await new Promise((resolve) => setTimeout(resolve, 100));
                return [window.done, refused];
            }"""
        )
        assert done[0] == []
        assert {"script-src-elem", "script-src-attr", "connect-src"} <= set(done[1])
        found.problems.clear()


@pytest.mark.slow
def test_a_flood_of_moves_from_the_browser_ends_in_the_last(chromium: Browser, address: str) -> None:
    with watched(chromium, address) as found:
        page = found.open("explore")
        shown(page)
        page.evaluate(
            """() => {
                const slider = document.getElementById("doctrine.clarity");
                for (let move = 1; move <= 20000; move += 1) {
                    slider.value = String((move % 200) / 200);
                    slider.dispatchEvent(new Event("input", { bubbles: true }));
                }
                slider.value = "0.33";
                slider.dispatchEvent(new Event("input", { bubbles: true }));
            }"""
        )
        page.wait_for_selector("body[data-n='20'][data-shown*='0.33']", state="attached", timeout=120_000)

from playwright.sync_api import Browser
from support.served import watched


def test_moving_a_slider_gives_new_figures(chromium: Browser, address: str) -> None:
    with watched(chromium, address) as found:
        page = found.open("explore")
        page.wait_for_selector("body[data-n='20'][data-refined='true']", state="attached", timeout=120_000)
        before = page.inner_text("#figures .card .figure")
        slider = page.locator("input[id='doctrine.clarity']")
        slider.fill("1")
        page.wait_for_selector(
            """body[data-n='20'][data-refined='true'][data-shown*='"doctrine.clarity":1']""", state="attached"
        )
        assert page.inner_text("#figures .card .figure") != before
        assert "doctrine.clarity=1" in page.url

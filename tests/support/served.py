"""The page served in this process, and a browser that reports whatever goes wrong in it."""

import asyncio
import threading
from collections.abc import Coroutine, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from experiments.page import views
from experiments.page.gate import Key, key_of
from experiments.page.line import View
from experiments.page.room import Room, room_of
from experiments.page.server import listening, server_of
from experiments.page.shelf import shelf_of
from support.browser import chromium

T = TypeVar("T")
SHORT = "scenario.time.weeks=52&scenario.time.burn_in=26"
"""Words of a link that make runs short, so that a test need not wait."""
SHORT_VALUES = {"scenario.time.weeks": 52, "scenario.time.burn_in": 26}


@contextmanager
def served(
    room: Room, key: Key | None = None, *, port: int = 0, offered: Mapping[str, View] = views.VIEWS
) -> Iterator[str]:
    """Serve a room in a thread; gives the address, without a slash at its end. Port 0 is any that is free."""
    at = listening("127.0.0.1", port)
    key = key or key_of("127.0.0.1", at.getsockname()[1])
    ready = threading.Event()
    server = server_of(room, key._replace(port=at.getsockname()[1]), ready.set, offered)
    thread = threading.Thread(target=server.run, args=([at],), daemon=True)
    thread.start()
    try:
        assert ready.wait(30)
        yield f"http://127.0.0.1:{at.getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join(30)
        room.close()


def small_room(folder: Path, replicates: int = 20) -> Room:
    """A room in which settings have few runs; results folders are those under `folder`."""
    return room_of(shelf_of(folder, scenarios=[], doctrines=[], worlds=[], replicates=replicates))


def awaited(story: Coroutine[Any, Any, T]) -> T:
    """What a coroutine gives; in a thread of its own, because Playwright keeps a loop in that of the tests."""
    with ThreadPoolExecutor(1) as another:
        return another.submit(asyncio.run, story).result()


def first_answer(view: View, room: Room, asked: Any) -> dict[str, Any]:
    """What a view answers first."""

    async def first() -> dict[str, Any]:
        return await anext(aiter(view(room, asked)))

    return awaited(first())


class Watched:
    """A page of a browser with all that went wrong in it: errors, messages on the console, requests elsewhere."""

    def __init__(self, page: Page, address: str) -> None:
        self.page, self.address = page, address
        self.problems: list[str] = []
        page.on("console", lambda message: self.problems.append(f"console {message.type}: {message.text}"))
        page.on("pageerror", lambda error: self.problems.append(f"error: {error}"))
        page.on("request", lambda request: self._check(request.url))

    def _check(self, url: str) -> None:
        if not url.startswith((self.address, self.address.replace("http", "ws"), "data:", "blob:")):
            self.problems.append(f"asked elsewhere: {url}")

    def open(self, view: str, words: str = SHORT) -> Page:
        """Open a view of the page by its link."""
        self.page.goto(f"{self.address}/#{view}?{words}")
        return self.page


def faults(page: Page, *rules: str) -> list[str]:
    """What axe-core finds against WCAG 2.2 AA and good practice, or against these rules alone."""
    from axe_playwright_python.sync_playwright import Axe

    tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
    found = Axe().run(page, options={"resultTypes": ["violations"], "runOnly": list(rules) or tags})
    return [f"{fault['id']}: {node['html'][:150]}" for fault in found.response["violations"] for node in fault["nodes"]]


SIDES = """() => [...document.querySelectorAll("main table")].flatMap((table) => {
    const heads = [...table.querySelectorAll("thead th")];
    const side = (cell) => getComputedStyle(cell).textAlign;
    return heads.flatMap((head) => {
        const cells = [...table.querySelectorAll("tbody tr")].map((row) => row.cells[head.cellIndex]).filter(Boolean);
        const numbers = cells.filter((cell) => /^[+−]?\\d/.test(cell.textContent)).length;
        const words = cells.filter((cell) => /^[“(]?\\p{L}/u.test(cell.textContent)).length;
        const first = head.cellIndex === 0;
        const wanted = first || (words && !numbers) ? "left" : numbers ? "right" : side(head);
        const wrong = [head, ...cells].filter((cell) => side(cell) !== wanted);
        return wrong.map((cell) => `${head.textContent}: ${cell.textContent} stands ${side(cell)}`);
    });
})"""


def misaligned(page: Page) -> list[str]:
    """Heads and cells of tables that do not stand where their column does: words on the left, numbers on the right."""
    return list(page.evaluate(SIDES))


@contextmanager
def browser() -> Iterator[Browser]:
    """Debian's chromium, driven by Playwright; a machine without one fails."""
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=chromium(), args=["--no-sandbox"])
        try:
            yield launched
        finally:
            launched.close()


@contextmanager
def watched(
    browser: Browser, address: str, width: int = 1280, height: int = 900, **options: object
) -> Iterator[Watched]:
    """A page of its own, at this size; fails at the end if anything went wrong in it."""
    context: BrowserContext = browser.new_context(viewport={"width": width, "height": height}, **options)  # type: ignore[arg-type]
    try:
        found = Watched(context.new_page(), address)
        yield found
        assert not found.problems, found.problems
    finally:
        context.close()

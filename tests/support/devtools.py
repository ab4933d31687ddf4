"""A page under way in a real browser: what it shows, what is clicked in it, and what it reports as errors."""

import json
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.request import urlopen

from support.browser import FLAGS, chromium


class Tab:
    """A tab of a browser, spoken to by the DevTools protocol."""

    def __init__(self, socket: Any) -> None:
        self._socket, self._calls = socket, 0
        self.errors: list[str] = []
        self.call("Runtime.enable")
        self.call("Page.enable")

    def call(self, method: str, **parameters: Any) -> dict[str, Any]:
        """What the browser answers; errors of the page that it reports meanwhile are kept."""
        self._calls += 1
        self._socket.send(json.dumps({"id": self._calls, "method": method, "params": parameters}))
        while True:
            message = json.loads(self._socket.recv(timeout=60))
            if message.get("method") == "Runtime.exceptionThrown":
                self.errors.append(json.dumps(message["params"]["exceptionDetails"])[:1000])
            if message.get("id") == self._calls:
                assert "error" not in message, message
                return dict(message["result"])

    def value(self, expression: str) -> Any:
        """The value of an expression in the page."""
        return self.call("Runtime.evaluate", expression=expression, returnByValue=True)["result"].get("value")

    def wait_until(self, expression: str, seconds: float = 90.0) -> None:
        """Wait until an expression is true in the page."""
        until = time.monotonic() + seconds
        while not self.value(expression):
            assert time.monotonic() < until, f"{expression} is not true; the page shows\n{self.text}\n{self.errors}"
            time.sleep(0.2)

    @property
    def text(self) -> str:
        """The text of the page as a reader sees it."""
        return str(self.value("document.body ? document.body.innerText : ''"))

    def press(self, label: str) -> None:
        """Click the button with this label."""
        found = (
            f"[...document.querySelectorAll('button')].find(each => each.innerText.trim().toUpperCase() === '{label}')"
        )
        self.wait_until(f"!!{found} && !{found}.disabled")
        self.value(f"{found}.click()")


@contextmanager
def tab(address: str, folder: Path) -> Iterator[Tab]:
    """An address opened in a browser of its own, whose profile lies in the folder."""
    from websockets.sync.client import connect

    profile = folder / "profile"
    words = (
        f"--user-data-dir={profile}",
        "--remote-debugging-port=0",
        "--remote-allow-origins=*",
        "--window-size=1400,1500",
    )
    browser = subprocess.Popen(
        [chromium(), *FLAGS, *words, "about:blank"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        port = _port(profile / "DevToolsActivePort")
        with urlopen(f"http://127.0.0.1:{port}/json/list") as answer:
            pages = [each for each in json.load(answer) if each["type"] == "page"]
        with connect(pages[0]["webSocketDebuggerUrl"], max_size=None) as socket:
            found = Tab(socket)
            found.call("Page.navigate", url=address)
            yield found
    finally:
        browser.terminate()
        browser.wait(timeout=30)


def _port(file: Path) -> int:
    until = time.monotonic() + 60
    while not (file.exists() and file.read_text().strip()):
        assert time.monotonic() < until, "the browser does not start"
        time.sleep(0.1)
    return int(file.read_text().split()[0])

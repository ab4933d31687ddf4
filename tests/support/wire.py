"""The socket of the page, spoken to without a browser."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from websockets.sync.client import ClientConnection, connect

PATIENCE = 60.0
"""Seconds after which a server that says nothing has failed."""


class Wire:
    """One connection: what is asked, and what comes back."""

    def __init__(self, socket: ClientConnection) -> None:
        self.socket = socket
        self._number = 0

    def ask(self, view: str, what: Any = None) -> int:
        """Ask a view; gives the number under which it answers."""
        self._number += 1
        self.socket.send(json.dumps({"view": view, "id": self._number, "ask": what}))
        return self._number

    def hear(self) -> dict[str, Any]:
        """The next message."""
        found: dict[str, Any] = json.loads(self.socket.recv(PATIENCE))
        return found

    def until_done(self, number: int) -> list[dict[str, Any]]:
        """Messages to one question until it is done or has failed; those to others are left out."""
        found: list[dict[str, Any]] = []
        while not found or not (found[-1].get("done") or "error" in found[-1]):
            message = self.hear()
            if message["id"] == number:
                found.append(message)
        return found

    def answers(self, view: str, what: Any = None) -> list[Any]:
        """All that a view answers to a question; fails where that is an error."""
        *data, last = self.until_done(self.ask(view, what))
        assert last.get("done"), last
        return [each["data"] for each in data]

    def error(self, view: str, what: Any = None) -> str:
        """The error that a question gets; fails where it gets none."""
        text: str = self.until_done(self.ask(view, what))[-1]["error"]
        return text


@contextmanager
def wired(address: str, origin: str | None = None) -> Iterator[Wire]:
    """A connection to the page at this address, as from a page of `origin`, by default its own."""
    place = address.replace("http", "ws", 1) + "/line"
    # who leaves does not wait for what is still on its way
    quick: dict[str, Any] = {
        "compression": None,
        "max_size": None,
        "proxy": None,
        "close_timeout": 0.2,
        "ping_interval": None,
    }
    with connect(place, origin=origin or address, **quick) as socket:
        yield Wire(socket)

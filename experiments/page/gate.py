"""Who may come in: this machine's browser alone, unless the command says otherwise; and what a page may do.

A page of another site must not reach the server through the reader's browser: `Host` must be an address that the
server listens on (so no other name can be pointed at it), and the `Origin` of a socket must be that same address.
"""

import hmac
import re
import secrets
import socket
from collections.abc import Awaitable, Callable, MutableMapping
from http.cookies import CookieError, SimpleCookie
from typing import Any, NamedTuple
from urllib.parse import parse_qs

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Any]]
Send = Callable[[Any], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]

EVERYWHERE = ("0.0.0.0", "::")
LOOPBACK = ("127.0.0.1", "localhost", "[::1]")
PLOT_STYLES = (
    "sha256-+TfQir1nvDucAdvE6XUQBt4ayUjpAWkbw2kCdSfekHM=",
    "sha256-1kPXObVh35hutZu8ThsqcFSTEzmho2VP/CTu739M1zY=",
)
"""Hashes of what Observable Plot writes into pictures of class `plot`, and into legends: the only style in no file."""

POLICY = (
    "default-src 'none'; script-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "style-src 'self' "
    + " ".join(f"'{each}'" for each in PLOT_STYLES)
    + "; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-store",
}


class Key(NamedTuple):
    """Where the server listens, and the token that others than this machine need; None: it listens here alone."""

    host: str
    port: int
    token: str | None

    @property
    def address(self) -> str:
        """Address to open in a browser, with the token."""
        shown = "127.0.0.1" if self.host in (*EVERYWHERE, "localhost") else self.host
        shown = f"[{shown}]" if ":" in shown else shown
        return self._named(shown)

    @property
    def elsewhere(self) -> str:
        """Address to open on another machine, with the token: by the name of this one if all may come."""
        return self._named(socket.gethostname()) if self.host in EVERYWHERE else self.address

    @property
    def cookie(self) -> str:
        """Name of the cookie that holds the token: browsers tell hosts apart, and not the servers on one."""
        return f"deter_token_{self.port}"

    def _named(self, host: str) -> str:
        return f"http://{host}:{self.port}/" + (f"?token={self.token}" if self.token else "")


def key_of(host: str, port: int) -> Key:
    """The key for an address: with a token unless it is this machine's own."""
    alone = host in ("127.0.0.1", "localhost", "::1")
    return Key(host, port, None if alone else secrets.token_urlsafe(24))


class Gate:
    """Lets in who may come in, and gives every answer the headers that bind the page."""

    def __init__(self, app: App, key: Key) -> None:
        self._app, self._key = app, key

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Refuse, or pass on."""
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
            return
        heads = {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in scope["headers"]}
        problem = self._problem(scope, heads)
        if problem:
            await _refuse(scope, send, problem)
            return

        async def send_bound(message: Any) -> None:
            if message["type"] == "http.response.start":
                bound = _bound()
                if self._key.token and scope.get("token_given"):
                    cookie = f"{self._key.cookie}={self._key.token}; HttpOnly; SameSite=Strict; Path=/"
                    bound.append((b"set-cookie", cookie.encode()))
                ours = {name for name, _ in bound}
                message["headers"] = [pair for pair in message["headers"] if pair[0].lower() not in ours] + bound
            await send(message)

        await self._app(scope, receive, send_bound)

    def _problem(self, scope: Scope, heads: dict[str, str]) -> str:
        host = heads.get("host", "")
        if not self._listens(host):
            return "this address is not one that deter listens on"
        origin = heads.get("origin")
        if scope["type"] == "websocket" and origin != f"http://{host}":
            return "only the page itself may ask"
        if origin is not None and origin != f"http://{host}":
            return "another page may not ask"
        # a browser says so of scripts and pictures too, which have no origin; a link that the reader follows is theirs
        if heads.get("sec-fetch-site") == "cross-site" and heads.get("sec-fetch-mode") != "navigate":
            return "another site may not ask"
        if self._key.token is None:
            return ""
        given = parse_qs(scope.get("query_string", b"").decode("latin-1")).get("token", [""])[0]
        scope["token_given"] = self._fits(given)
        return "" if scope["token_given"] or self._fits(self._cookie(heads)) else "a token is needed"

    def _listens(self, host: str) -> bool:
        name, _, port = (host if re.search(r":\d+$", host) else f"{host}:80").rpartition(":")
        if port != str(self._key.port):
            return False
        # where it listens to others too, the token is what keeps them out
        return name in LOOPBACK if self._key.token is None else bool(name)

    def _fits(self, given: str) -> bool:
        return self._key.token is not None and hmac.compare_digest(given.encode(), self._key.token.encode())

    def _cookie(self, heads: dict[str, str]) -> str:
        try:
            found = SimpleCookie(heads.get("cookie", "")).get(self._key.cookie)
        except CookieError:
            return ""
        return found.value if found else ""


def _bound() -> list[tuple[bytes, bytes]]:
    """The headers of every answer."""
    return [(name.lower().encode(), value.encode()) for name, value in HEADERS.items()]


async def _refuse(scope: Scope, send: Send, problem: str) -> None:
    if scope["type"] == "websocket":
        await send({"type": "websocket.close", "code": 1008, "reason": problem})
        return
    heads = [(b"content-type", b"text/plain; charset=utf-8"), *_bound()]
    await send({"type": "http.response.start", "status": 403, "headers": heads})
    await send({"type": "http.response.body", "body": f"deter: {problem}\n".encode()})

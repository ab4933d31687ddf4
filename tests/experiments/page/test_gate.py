"""Who may come in, and what a page may do."""

import hashlib
import re
import socket
from base64 import b64encode
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.served import awaited

from experiments.page.gate import HEADERS, LOOPBACK, PLOT_STYLES, POLICY, Gate, Key, key_of
from experiments.page.server import STATIC

CLASS = "plot"
"""Class of the page's pictures."""


def test_the_styles_that_plot_writes_are_those_allowed() -> None:
    source = (STATIC / "vendor" / "plot.umd.min.js").read_text("utf-8")
    texts = [
        re.sub(r"\$\{\w+\}", CLASS, text.replace("\\n", "\n"))
        for text in re.findall(r'append\("style"\)\.text\(`(.*?)`\)', source, re.DOTALL)
    ]
    hashes = {f"sha256-{b64encode(hashlib.sha256(text.encode()).digest()).decode()}" for text in texts}
    assert hashes == set(PLOT_STYLES)


def test_the_files_of_others_are_those_that_npm_has() -> None:
    """`VERSIONS` was compared with the packages of npm; a file that was changed since, or is not in it, is found."""
    folder = STATIC / "vendor"
    rows = [line.split() for line in (folder / "VERSIONS").read_text("utf-8").splitlines()]
    told = {row[0]: row[3] for row in rows if len(row) == 4 and re.fullmatch(r"[0-9a-f]{64}", row[3])}
    files = [path for path in folder.iterdir() if path.name != "VERSIONS"]
    assert {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in files} == told
    versions = {row[0]: row[1].rpartition("@")[2] for row in rows if row and row[0] in told}
    for path in files:
        if path.suffix == ".js":
            assert f"v{versions[path.name]} " in path.read_text("utf-8")[:200]


PORT = 8620
ALONE, SHARED = Key("127.0.0.1", PORT, None), Key("0.0.0.0", PORT, "the-token")
COOKIE = f"deter_token_{PORT}"
HERE = f"127.0.0.1:{PORT}"


def answer(
    key: Key, heads: dict[str, str], *, kind: str = "http", query: str = "", path: str = "/"
) -> list[dict[str, Any]]:
    """What the gate sends to a browser with these heads; the page itself answers 200."""
    sent: list[dict[str, Any]] = []

    async def page(scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] == "websocket":
            await send({"type": "websocket.accept"})
            return
        await send({"type": "http.response.start", "status": 200, "headers": [(b"cache-control", b"public")]})
        await send({"type": "http.response.body", "body": b"page"})

    async def receive() -> Any:
        return {"type": "http.request"}

    async def send(message: Any) -> None:
        sent.append(message)

    scope = {
        "type": kind,
        "path": path,
        "query_string": query.encode(),
        "headers": [(name.encode(), value.encode("latin-1")) for name, value in heads.items()],
    }
    awaited(Gate(page, key)(scope, receive, send))
    return sent


def lets_in(key: Key, heads: dict[str, str], **more: Any) -> bool:
    first = answer(key, heads, **more)[0]
    return first["type"] == "websocket.accept" or first.get("status") == 200


@pytest.mark.parametrize("name", LOOPBACK)
def test_this_machine_s_own_browser_comes_in(name: str) -> None:
    host = f"{name}:{PORT}"
    assert lets_in(ALONE, {"host": host})
    assert lets_in(ALONE, {"host": host, "origin": f"http://{host}"})
    assert lets_in(ALONE, {"host": host, "origin": f"http://{host}"}, kind="websocket")


@pytest.mark.parametrize(
    "host",
    [
        *("", "127.0.0.1", "localhost", f":{PORT}", "127.0.0.1:8621", "127.0.0.1:", f"127.0.0.1:{PORT}0"),
        *(f"evil.example:{PORT}", f"localhost.evil.example:{PORT}", f"127.0.0.1.evil.example:{PORT}"),
        *(f"evil.example@127.0.0.1:{PORT}", f"127.0.0.1:{PORT}@evil.example", f"0.0.0.0:{PORT}", f"[::]:{PORT}"),
    ],
)
@pytest.mark.parametrize("kind", ["http", "websocket"])
def test_a_name_that_somebody_has_pointed_at_this_machine_is_refused(host: str, kind: str) -> None:
    assert not lets_in(ALONE, {"host": host, "origin": f"http://{host}"}, kind=kind)


@given(st.text(st.characters(max_codepoint=255)))
def test_no_other_host_comes_in(host: str) -> None:
    known = {f"{name}:{PORT}" for name in LOOPBACK}
    assert lets_in(ALONE, {"host": host}) == (host in known)


def test_on_the_port_of_the_web_a_browser_names_no_port() -> None:
    assert lets_in(ALONE._replace(port=80), {"host": "127.0.0.1", "origin": "http://127.0.0.1"}, kind="websocket")
    assert lets_in(ALONE._replace(port=80), {"host": "[::1]"})
    assert not lets_in(ALONE._replace(port=80), {"host": "evil.example"})


@pytest.mark.parametrize("origin", ["null", "http://evil.example", f"https://{HERE}", "http://127.0.0.1:9", "file://"])
def test_a_page_of_another_site_may_not_ask(origin: str) -> None:
    assert not lets_in(ALONE, {"host": HERE, "origin": origin})
    assert not lets_in(ALONE, {"host": HERE, "origin": origin}, kind="websocket")


@pytest.mark.parametrize("path", ["/", "/static/app.js", "/doctrine.toml"])
def test_another_site_may_link_to_the_page_and_not_load_from_it(path: str) -> None:
    """A script or a picture of another site has no origin; what the browser says of it tells."""

    def comes_in(site: str, mode: str) -> bool:
        return lets_in(ALONE, {"host": HERE, "sec-fetch-site": site, "sec-fetch-mode": mode}, path=path)

    for mode in ("no-cors", "cors", "same-origin", "websocket", ""):
        assert not comes_in("cross-site", mode)
        assert comes_in("same-origin", mode)
    assert comes_in("cross-site", "navigate")
    assert comes_in("none", "navigate")


def test_a_socket_says_where_it_comes_from() -> None:
    assert not lets_in(ALONE, {"host": HERE}, kind="websocket")
    # two loopback names are two origins to a browser
    assert not lets_in(ALONE, {"host": HERE, "origin": f"http://localhost:{PORT}"}, kind="websocket")


def test_a_refused_socket_is_closed_with_the_reason() -> None:
    (sent,) = answer(ALONE, {"host": "evil.example"}, kind="websocket")
    assert sent["type"] == "websocket.close"
    assert "deter listens" in sent["reason"]


def test_other_machines_need_the_token() -> None:
    host = f"10.0.0.7:{PORT}"
    fits = {"host": host, "cookie": f"other=1; {COOKIE}=the-token"}
    assert not lets_in(SHARED, {"host": host})
    assert not lets_in(SHARED, {"host": host}, query="token=")
    assert not lets_in(SHARED, {"host": host}, query="token=the-toke")
    assert not lets_in(SHARED, {"host": host, "cookie": f"{COOKIE}=another"})
    assert not lets_in(SHARED, {"host": host, "cookie": "\xff;;;=;,"})
    assert not lets_in(SHARED, {"host": f"127.0.0.1:{PORT}"}), "nor is this machine's own address an exception"
    assert lets_in(SHARED, {"host": host}, query="token=the-token")
    assert lets_in(SHARED, fits)
    assert lets_in(SHARED, {**fits, "origin": f"http://{host}"}, kind="websocket")
    assert not lets_in(SHARED, {**fits, "origin": "http://evil.example"}, kind="websocket")


@given(st.text(st.characters(max_codepoint=400)))
def test_no_other_token_fits(text: str) -> None:
    from urllib.parse import urlencode

    host = f"10.0.0.7:{PORT}"
    assert lets_in(SHARED, {"host": host}, query=urlencode({"token": text})) == (text == "the-token")


def test_the_token_is_kept_in_a_cookie_that_no_script_and_no_other_site_has() -> None:
    def cookies(sent: list[dict[str, Any]]) -> list[str]:
        return [value.decode() for name, value in sent[0]["headers"] if name == b"set-cookie"]

    host = f"10.0.0.7:{PORT}"
    (cookie,) = cookies(answer(SHARED, {"host": host}, query="token=the-token"))
    assert cookie.startswith(f"{COOKIE}=the-token;")
    assert {"HttpOnly", "SameSite=Strict"} <= set(cookie.split("; "))
    assert cookies(answer(SHARED, {"host": host, "cookie": f"{COOKIE}=the-token"})) == []
    assert cookies(answer(ALONE, {"host": HERE}, query="token=the-token")) == []


def test_two_servers_on_one_host_do_not_log_each_other_out() -> None:
    """A browser sends the cookies of a host to each of its ports."""
    other = Key("0.0.0.0", PORT + 1, "another-token")
    both = f"{SHARED.cookie}=the-token; {other.cookie}=another-token"
    for key in (SHARED, other):
        assert lets_in(key, {"host": f"10.0.0.7:{key.port}", "cookie": both})
    swapped = f"{SHARED.cookie}=another-token; {other.cookie}=the-token"
    for key in (SHARED, other):
        assert not lets_in(key, {"host": f"10.0.0.7:{key.port}", "cookie": swapped})


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "::1"])
def test_this_machine_alone_needs_no_token(host: str) -> None:
    assert key_of(host, PORT).token is None
    assert "token" not in key_of(host, PORT).address


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.168.0.2", "fe80::1", "an-office-machine"])
def test_any_other_address_has_a_token_that_nobody_guesses(host: str) -> None:
    one, other = key_of(host, PORT), key_of(host, PORT)
    assert one.token
    assert len(one.token) >= 32
    assert one.token != other.token
    assert one.address.endswith(f":{PORT}/?token={one.token}")


@pytest.mark.parametrize("host", ["0.0.0.0", "::"])
def test_where_all_may_come_the_address_for_others_names_this_machine(host: str) -> None:
    key = key_of(host, PORT)
    assert key.address == f"http://127.0.0.1:{PORT}/?token={key.token}"
    assert key.elsewhere == f"http://{socket.gethostname()}:{PORT}/?token={key.token}"


@pytest.mark.parametrize("host", ["127.0.0.1", "192.168.0.2", "fe80::1"])
def test_any_other_address_is_the_one_that_others_open(host: str) -> None:
    key = key_of(host, PORT)
    assert key.elsewhere == key.address


@pytest.mark.parametrize(("host", "status"), [(HERE, 200), ("evil.example", 403)])
def test_every_answer_carries_the_policy_in_place_of_the_page_s_own(host: str, status: int) -> None:
    first = answer(ALONE, {"host": host})[0]
    heads = first["headers"]
    assert first["status"] == status
    found = {name.decode(): value.decode() for name, value in heads}
    assert len(heads) == len(found)
    assert found.items() >= {name.lower(): value for name, value in HEADERS.items()}.items()


def test_the_policy_lets_nothing_in_from_elsewhere_and_no_script_in_the_page() -> None:
    rules = {words[0]: words[1:] for words in (rule.split() for rule in POLICY.split(";"))}
    assert rules["default-src"] == ["'none'"]
    assert rules["script-src"] == rules["connect-src"] == ["'self'"]
    assert rules["frame-ancestors"] == rules["base-uri"] == rules["form-action"] == ["'none'"]
    assert "unsafe" not in POLICY
    assert "http" not in POLICY
    assert "*" not in POLICY

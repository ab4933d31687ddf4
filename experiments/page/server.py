"""The server of the page: its files, the socket, and the views that may be asked."""

import json
import socket
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import quote

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import FileResponse, PlainTextResponse, Response
from starlette.routing import Mount, Route, WebSocketRoute
from starlette.staticfiles import StaticFiles
from starlette.websockets import WebSocket

from experiments.page import again, views
from experiments.page.gate import App, Gate, Key
from experiments.page.line import LONGEST, Line, View
from experiments.page.room import Room
from model.errors import ConfigurationError, printable

STATIC = Path(__file__).parent / "static"
MOST_LINES = 100
"""Connections at once."""


def app_of(room: Room, key: Key, offered: Mapping[str, View] = views.VIEWS) -> App:
    """The page as an application of ASGI, behind its gate."""

    async def page(_: Any) -> FileResponse:
        return FileResponse(STATIC / "index.html")

    async def doctrine(request: Request) -> Response:
        try:
            setting = room.shelf.setting(json.loads(request.query_params.get("setting", "{}")))
            text = await room.turns.take(again.doctrine_file, setting)
        except (ValueError, RecursionError, ConfigurationError) as error:
            return PlainTextResponse(f"deter: {printable(str(error))}\n", 400)
        name = quote(again.file_name(setting), safe="")  # a file of the reader's may be called anything
        heads = {"Content-Disposition": f"attachment; filename*=UTF-8''{name}"}
        return Response(text, media_type="application/toml", headers=heads)

    async def line(browser: WebSocket) -> None:
        await browser.accept()
        await Line(browser, room, offered).serve()

    routes = [
        Route("/", page),
        Route("/doctrine.toml", doctrine),
        WebSocketRoute("/line", line),
        Mount("/static", StaticFiles(directory=STATIC)),
    ]
    return Gate(Starlette(routes=routes), key)


def listening(host: str, port: int) -> socket.socket:
    """A socket that listens there; port 0 takes one that is free. Raises `OSError`."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    found = socket.socket(family, socket.SOCK_STREAM)
    found.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    found.bind((host, port))
    return found


def server_of(
    room: Room, key: Key, ready: Callable[[], None], offered: Mapping[str, View] = views.VIEWS
) -> uvicorn.Server:
    """The server, not yet running; `ready` is called once browsers are answered."""

    class Server(uvicorn.Server):
        async def startup(self, sockets: list[socket.socket] | None = None) -> None:
            await super().startup(sockets)
            ready()

    config = uvicorn.Config(
        app_of(room, key, offered),
        log_level="warning",
        access_log=False,
        http="h11",  # which bounds the head of a request, whatever else is installed
        ws="websockets-sansio",
        ws_max_size=LONGEST,
        ws_per_message_deflate=False,  # nothing to gain on one machine, and no small message becomes a large one
        limit_concurrency=MOST_LINES,
        timeout_graceful_shutdown=2,
        server_header=False,
        proxy_headers=False,
    )
    return Server(config)


def serve(room: Room, key: Key, at: socket.socket, ready: Callable[[], None]) -> None:
    """Serve until interrupted."""
    try:
        server_of(room, key, ready).run([at])
    finally:
        room.close()

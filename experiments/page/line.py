"""The line to one browser: what it asks for in each view, of which the latest wins, and what it is told.

A message is `{"view": …, "id": …, "ask": …}`; an answer has the same view and id, and `done`, `data` or `error`. A view
that is asked anew stops what it was doing, as soon as that has answered at least once: who drags a slider sees it move.
What takes long to show anything, or is no longer wanted (`ask` null), is stopped before.
"""

import asyncio
import json
import logging
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import aclosing, suppress
from typing import Any, NamedTuple

from starlette.websockets import WebSocket, WebSocketDisconnect

from experiments.page.room import Room
from model.errors import ConfigurationError, printable

View = Callable[[Room, Any], AsyncIterator[dict[str, Any]]]
"""From a room and what is asked to answers, each in place of the one before; raises `ConfigurationError`."""
LONGEST = 64 * 1024
"""Bytes of a message at most."""
PATIENCE = 1.0
"""Seconds that what was asked before may take to show something, once it is asked anew."""
NO_FORM = "the message is not of the form that this page sends"
LOG = logging.getLogger("deter.page")


class Asked(NamedTuple):
    """What a view was asked last, and the number under which the browser knows it."""

    ident: int
    ask: Any


class BadMessage(Exception):
    """A message that is none; its text says why."""


class Line:
    """One browser: a task for each view that it has used."""

    def __init__(self, socket: WebSocket, room: Room, views: Mapping[str, View]) -> None:
        self._socket, self._room, self._views = socket, room, views
        self._latest: dict[str, Asked] = {}
        self._news: dict[str, asyncio.Event] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._sending = asyncio.Lock()

    async def serve(self) -> None:
        """Answer until the browser leaves."""
        try:
            while True:
                try:
                    view, asked = self._read(await self._socket.receive_text())
                except BadMessage as problem:
                    await self._say({"view": None, "id": None, "error": str(problem)})
                    continue
                except KeyError:  # bytes where a text should be
                    await self._say({"view": None, "id": None, "error": "messages are texts"})
                    continue
                self._latest[view] = asked
                if view not in self._news:
                    self._news[view] = asyncio.Event()
                    self._tasks.add(asyncio.create_task(self._serve(view)))
                self._news[view].set()
                await asyncio.sleep(0)  # a flood of messages leaves others their turn
        except WebSocketDisconnect:
            pass
        finally:
            for task in self._tasks:
                task.cancel()
            await asyncio.gather(*self._tasks, return_exceptions=True)

    def _read(self, text: str) -> tuple[str, Asked]:
        if len(text) > LONGEST:
            raise BadMessage("the message is too long")
        try:
            message = json.loads(text)
            view, ident = message["view"], message["id"]
        except (ValueError, KeyError, TypeError, RecursionError):
            raise BadMessage(NO_FORM) from None
        if not isinstance(view, str) or type(ident) is not int:
            raise BadMessage(NO_FORM)
        if view not in self._views:
            raise BadMessage(f"no view is called {printable(view[:40])}")
        return view, Asked(ident, message.get("ask"))

    async def _serve(self, view: str) -> None:
        news = self._news[view]
        while True:
            await news.wait()
            news.clear()
            told = asyncio.Event()
            work = asyncio.create_task(self._answer(view, self._latest[view], told))
            newer, seen = asyncio.create_task(news.wait()), asyncio.create_task(told.wait())
            try:
                await asyncio.wait({work, newer}, return_when=asyncio.FIRST_COMPLETED)
                if not work.done() and self._latest[view].ask is not None:  # what has shown nothing yet may do so first
                    await asyncio.wait({work, seen}, timeout=PATIENCE, return_when=asyncio.FIRST_COMPLETED)
            finally:
                for task in (newer, seen, work):
                    task.cancel()
                await asyncio.wait({work})  # not `await work`: that would swallow it if this task is cancelled here

    async def _answer(self, view: str, asked: Asked, told: asyncio.Event) -> None:
        head: dict[str, Any] = {"view": view, "id": asked.ident}
        with suppress(WebSocketDisconnect):
            await self._answered(view, asked, head, told)

    async def _answered(self, view: str, asked: Asked, head: dict[str, Any], told: asyncio.Event) -> None:
        try:
            answers: Any = self._views[view](self._room, asked.ask)
            async with aclosing(answers):  # what a view has begun ends with it, wherever it is stopped
                async for data in answers:
                    await self._say(head | {"done": False, "data": data})
                    told.set()
            await self._say(head | {"done": True})
        except ConfigurationError as error:
            await self._say(head | {"error": printable(str(error))})
        except WebSocketDisconnect:
            raise
        except Exception as error:
            LOG.exception("view %s", view)
            await self._say(head | {"error": f"this could not be computed ({type(error).__name__}); see the terminal"})

    async def _say(self, message: Mapping[str, Any]) -> None:
        """Send a message; raises `WebSocketDisconnect`."""
        text = json.dumps(message, allow_nan=False)  # in ASCII: half a letter, which a browser may send, is no UTF-8
        async with self._sending:
            try:
                await self._socket.send_text(text)
            except RuntimeError:  # the line was closed meanwhile
                raise WebSocketDisconnect(1006) from None

"""The results folders that a browser may open: a list by name, with what each holds."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

from experiments.page.folders.opening import cut, glanced, names_in, runs_of
from experiments.page.room import Room
from model.errors import ConfigurationError, printable

MOST_LISTED, TOGETHER = 200, 10
"""Folders in the list, and those that are looked into at once."""


async def folders(room: Room, asked: Any) -> AsyncIterator[dict[str, Any]]:
    """The folders whose names hold the text `find`: title, kind, points, runs and status of each, as they are read."""
    find = asked.get("find", "") if isinstance(asked, dict) else ""
    if not isinstance(find, str):
        raise ConfigurationError("is no text", key="find", value=find)
    place = room.shelf.folder
    if not place.is_dir():
        yield {"folder": str(place), "rows": [], "of": 0, "there": False, "whole": True}
        return
    names, whole = await room.turns.take(names_in, place)
    names = [name for name in names if find.lower() in name.lower()]
    shown, rows = names[:MOST_LISTED], []
    head = {"folder": printable(str(place)), "of": len(names), "there": True, "whole": whole}
    for first in range(0, max(1, len(shown)), TOGETHER):
        rows += await room.turns.take(_rows, place, shown[first : first + TOGETHER])
        yield head | {"rows": rows}


def _rows(place: Path, names: list[str]) -> list[dict[str, Any]]:
    return [{"name": name, **_row(place, name)} for name in names]


def _row(place: Path, name: str) -> dict[str, Any]:
    """What a folder holds, or what is wrong with it."""
    try:
        results = glanced(place, name)
        manifest, status = results.manifest, results.status
    except (ConfigurationError, OSError) as error:
        return {"title": "", "problem": cut(str(error))}
    return {
        "title": cut(manifest.title),
        "kind": manifest.kind,
        "points": manifest.points,
        "runs": runs_of(results),
        "failed": status.failed,
        "status": status.state,
        "problem": "",
    }

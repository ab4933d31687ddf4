"""Lists of injects as files have them: plain values by name, and where each stands."""

import csv
import io
import json
from pathlib import Path
from typing import Any, NamedTuple

from experiments.exercise.positions import Address, Lines, read_json
from model.errors import ConfigurationError, nearest_name, placed
from model.loading import content_of

FORM = "deter master scenario event list 1"
"""What a list in JSON says that it is."""
SUFFIXES = (".csv", ".json")
LARGEST = 16 * 2**20
"""Largest list in bytes: room for a hundred injects with all that they may hold."""
CONDITIONS = ("attributed", "not_attributed", "answered", "not_answered")
ACT = ("perpetrator", "victim", "activity", "before", "detected", "false_flag")
MOST = 8
"""Options, and attachments, at most."""
BETWEEN = ";"
"""What stands between names in one cell."""
NEEDED = ("name", "week", "from", "title", "text")
HEADS = (
    *("name", "week", "from", "to", "title", "text", *CONDITIONS, "question"),
    *(f"option_{n}" for n in range(1, MOST + 1)),
    *(f"attachment_{n}_{part}" for n in range(1, MOST + 1) for part in ("title", "text")),
    *ACT,
)
"""Columns of a list in CSV, of which those needed must be there."""
Places = dict[Address, str]
"""Line and column of what stands under each path, in words."""


class Listed(NamedTuple):
    """Injects as plain values by name, and where each value stands in the file."""

    injects: dict[str, Any]
    places: Places


def listed(path: Path) -> Listed:
    """The injects of a list, not yet checked; raises `ConfigurationError` where the file cannot be read."""
    if path.suffix.lower() not in SUFFIXES:
        raise ConfigurationError("is not a list of injects", file=str(path), allowed=" or ".join(SUFFIXES))
    with placed(str(path)):
        try:
            text = content_of(path, LARGEST).decode("utf-8-sig")
        except UnicodeDecodeError as error:
            raise ConfigurationError(f"is not UTF-8 text (byte {error.start})") from None
        except OSError as error:
            raise ConfigurationError(f"cannot be read ({error.strerror})") from None
        return (_of_json if path.suffix.lower() == ".json" else _of_csv)(text)


def _of_csv(text: str) -> Listed:
    heads, *_ = text.splitlines() or [""]
    dialect = ";" if heads.count(";") > heads.count(",") else ","  # as spreadsheets of some countries write
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=dialect, strict=True)
    injects: dict[str, Any] = {}
    places: Places = {}
    columns: list[str] = []
    line = 1
    try:
        for row in reader:
            if not columns:
                columns = _columns(row)
            elif any(row):
                if len(row) > len(columns):
                    problem = f"has {len(row)} cells, and the first line has {len(columns)}"
                    raise ConfigurationError(problem, key=f"line {line}, column {len(columns) + 1}")
                _add(injects, places, dict(zip(columns, row, strict=False)), columns, line)
            line = reader.line_num + 1
    except csv.Error as error:
        raise ConfigurationError(f"is not valid CSV: {error}", key=f"line {reader.line_num}, column 1") from None
    if not injects:
        raise ConfigurationError("holds no inject", key=f"line {line}, column 1")
    return Listed(injects, places)


def _columns(row: list[str]) -> list[str]:
    for place, name in enumerate(row):
        key = f"line 1, column {place + 1}"
        if name not in HEADS:
            raise ConfigurationError("is not a column", key=key, value=name, nearest=nearest_name(name, HEADS))
        if name in row[:place]:
            raise ConfigurationError("is there twice", key=key, value=name)
    if missing := [name for name in NEEDED if name not in row]:
        raise ConfigurationError(f"has no column {missing[0]!r}", key="line 1, column 1")
    return row


def _add(injects: dict[str, Any], places: Places, cells: dict[str, str], columns: list[str], line: int) -> None:
    """Add the inject of a row."""
    name = cells["name"]
    at = {column: f"line {line}, column {place}" for place, column in enumerate(columns, start=1)}
    if name in injects:
        raise ConfigurationError("is the name of an inject above", key=f"{at['name']} (name)", value=name)
    inject: dict[str, Any] = {}

    def put(column: str, *path: str, value: Any = None) -> None:
        """Put a cell at a path of the inject, if there is anything in it."""
        if value is None and not cells.get(column):
            return
        table = inject
        for part in path[:-1]:
            table = table.setdefault(part, {})
        table[path[-1]] = cells[column] if value is None else value
        for end in range(1, len(path) + 1):
            places.setdefault((name, *path[:end]), at[column])

    places[name,] = at["name"]
    put("week", "week", value=_whole(cells["week"], f"{at['week']} (week)"))
    for column in ("from", "title", "text"):
        put(column, column)
    for column in ("to", *CONDITIONS):
        if cells.get(column):
            names = [each.strip() for each in cells[column].split(BETWEEN)]
            put(column, *(("condition",) if column in CONDITIONS else ()), column, value=names)
    put("question", "question", "text")
    options = [(f"option_{n}", cells.get(f"option_{n}")) for n in range(1, MOST + 1)]
    if chosen := [(column, text) for column, text in options if text]:
        put(chosen[0][0], "question", "options", value=[text for _, text in chosen])
    for n in range(1, MOST + 1):
        title, key = cells.get(f"attachment_{n}_title", ""), f"attachment_{n}_text"
        if cells.get(key) and title in inject.get("attachments", {}):
            raise ConfigurationError("is the title of an attachment before", key=f"{at[key]} ({key})", value=title)
        put(key, "attachments", title)
    for column in ACT:
        if word := cells.get(column):
            plain = _whole if column == "before" else _yes if column in ("detected", "false_flag") else None
            put(column, "act", column, value=plain(word, f"{at[column]} ({column})") if plain else word)
    injects[name] = inject


def _whole(word: str, key: str) -> int:
    try:
        return int(word)
    except ValueError:
        raise ConfigurationError("is not a whole number", key=key, value=word) from None


def _yes(word: str, key: str) -> bool:
    if word.lower() not in ("yes", "no"):
        raise ConfigurationError("is neither yes nor no", key=key, value=word)
    return word.lower() == "yes"


def _of_json(text: str) -> Listed:
    lines = Lines(text)
    try:
        whole, offsets = read_json(text)
    except json.JSONDecodeError as error:
        raise ConfigurationError(f"is not valid JSON: {error.msg}", key=lines.where(error.pos)) from None
    places = {path: lines.where(at) for path, at in offsets.items()}
    if not isinstance(whole, dict) or whole.get("form") != FORM:
        key, allowed = places.get(("form",), places[()]), f'"form": "{FORM}"'
        raise ConfigurationError("is not a list of injects", key=key, allowed=allowed)
    if not isinstance(whole.get("injects"), list) or not whole["injects"]:
        raise ConfigurationError("holds no inject", key=places.get(("injects",), places[()]))
    injects: dict[str, Any] = {}
    called: dict[str, str] = {}
    for place, each in enumerate(whole["injects"]):
        key = places["injects", str(place)]
        if not isinstance(each, dict) or not isinstance(each.get("name"), str):
            raise ConfigurationError("is not an inject with a name", key=key)
        called[str(place)] = name = each.pop("name")
        if name in injects:
            raise ConfigurationError("is the name of an inject above", key=key, value=name)
        injects[name] = each
    own = {path[1:]: at for path, at in places.items() if path[:1] == ("injects",) and len(path) > 1}
    return Listed(injects, {(called[path[0]], *path[1:]): at for path, at in own.items()})

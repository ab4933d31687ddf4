"""Injects to and from CSV and a master scenario event list in JSON, with weeks that count from the start.

A list names no day and no world, so that it can go from one exercise to another. What is written is read again exactly.
"""

import csv
import io
import json
from bisect import bisect_left
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

from experiments.exercise.scenario import Exercise, Inject, world_of
from model.configuration import Configuration
from model.errors import ConfigurationError, nearest_name, placed
from model.loading import content_of, find
from model.paths import validated

FORM = "deter master scenario event list 1"
"""What a list in JSON says that it is."""
SUFFIXES = (".csv", ".json")
CONDITIONS = ("attributed", "not_attributed", "answered", "not_answered")
ACT = ("perpetrator", "victim", "activity", "before", "detected", "false_flag")
MOST_ATTACHMENTS = MOST_OPTIONS = 8
MOST_LEVELS = 8
"""Levels of a list in JSON: more are not a list."""
BETWEEN = ";"
"""What stands between names in one cell."""
BLANKS = (" ", "\t", "\n", "\r")
LARGEST = 16 * 2**20
"""Largest list in bytes: room for a hundred injects with all that they may hold."""
Address = tuple[str, ...]
Places = dict[Address, str]
"""Line and column of what stands under each path, in words."""
Offsets = dict[Address, int]


class Listed(NamedTuple):
    """Injects as plain values by name, and where each value stands in the file."""

    injects: dict[str, Any]
    places: Places


# Writing


def json_of(exercise: Exercise) -> str:
    """The injects of an exercise as a master scenario event list in JSON, in the order of their weeks."""
    injects = [
        {"name": name, **inject.model_dump(mode="json", by_alias=True)} for name, inject in _ordered(exercise.injects)
    ]
    return json.dumps({"form": FORM, "title": exercise.title, "injects": injects}, ensure_ascii=False, indent=2) + "\n"


def csv_of(exercise: Exercise) -> str:
    """The injects of an exercise as CSV: a row for each, a column for each attachment, option and part of the act."""
    rows = [_row(name, inject) for name, inject in _ordered(exercise.injects)]
    written = io.StringIO(newline="")
    writer = csv.DictWriter(written, _heads(), quoting=csv.QUOTE_MINIMAL)
    writer.writeheader()
    writer.writerows(rows)
    return written.getvalue()


def _ordered(injects: Mapping[str, Inject]) -> list[tuple[str, Inject]]:
    return sorted(injects.items(), key=lambda each: each[1].week)


def _heads() -> list[str]:
    attachments = [f"attachment_{n}_{part}" for n in range(1, MOST_ATTACHMENTS + 1) for part in ("title", "text")]
    options = [f"option_{n}" for n in range(1, MOST_OPTIONS + 1)]
    return ["name", "week", "from", "to", "title", "text", *CONDITIONS, "question", *options, *attachments, *ACT]


def _row(name: str, inject: Inject) -> dict[str, str]:
    row = {"name": name, "week": str(inject.week), "from": inject.sender, "to": BETWEEN.join(inject.to)}
    row |= {"title": inject.title, "text": inject.text}
    row |= {kind: BETWEEN.join(names) for kind, names in inject.condition}
    if inject.question:
        row["question"] = inject.question.text
        row |= {f"option_{place}": text for place, text in enumerate(inject.question.options, start=1)}
    for place, (title, text) in enumerate(inject.attachments.items(), start=1):
        row |= {f"attachment_{place}_title": title, f"attachment_{place}_text": text}
    if inject.act:
        row |= {part: _word(value) for part, value in inject.act}
    return row


def _word(value: Any) -> str:
    return ("yes" if value else "no") if isinstance(value, bool) else str(value)


# Reading


def with_injects(name: str, path: Path, shipped: Exercise) -> tuple[Exercise, Configuration]:
    """An exercise with the injects of a list in place of its own, and its world.

    Raises `ConfigurationError`, which names the line and the column of the list.
    """
    found = listed(path)
    whole = shipped.model_dump(by_alias=True) | {"injects": found.injects}
    try:
        exercise = validated(Exercise, whole)
        return exercise, world_of(exercise, find("exercises", name))
    except ConfigurationError as error:
        raise _placed(error, found.places, path) from None


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


def _placed(error: ConfigurationError, places: Places, path: Path) -> ConfigurationError:
    """An error with the line and the column of the nearest value that stands in the list."""
    parts = tuple((error.key or "").split("."))
    if parts[0] != "injects":
        return error.at(str(path))
    known = next(parts[1:end] for end in range(len(parts), 0, -1) if parts[1:end] in places or end == 1)
    error.file, error.key = str(path), f"{places.get(known, 'line 1')} ({'.'.join(parts[1:])})"
    error.others = [other.removeprefix("injects.") for other in error.others]
    return error


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
    heads = _heads()
    for place, name in enumerate(row):
        key = f"line 1, column {place + 1}"
        if name not in heads:
            raise ConfigurationError("is not a column", key=key, value=name, nearest=nearest_name(name, heads))
        if name in row[:place]:
            raise ConfigurationError("is there twice", key=key, value=name)
    if missing := [name for name in ("name", "week", "from", "title", "text") if name not in row]:
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
    options = [(f"option_{n}", cells.get(f"option_{n}")) for n in range(1, MOST_OPTIONS + 1)]
    if chosen := [(column, text) for column, text in options if text]:
        put(chosen[0][0], "question", "options", value=[text for _, text in chosen])
    for n in range(1, MOST_ATTACHMENTS + 1):
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
    offsets: Offsets = {}
    ends = [at for at, letter in enumerate(text) if letter == "\n"]

    def where(at: int) -> str:
        line = bisect_left(ends, at)
        return f"line {line + 1}, column {at - (ends[line - 1] if line else -1)}"

    try:
        data, end = _value(text, 0, (), offsets)
        if text[end:].strip():
            raise json.JSONDecodeError("Extra data", text, end)
    except json.JSONDecodeError as error:
        raise ConfigurationError(f"is not valid JSON: {error.msg}", key=where(error.pos)) from None
    whole = data if isinstance(data, dict) else {}
    if whole.get("form") != FORM:
        allowed = f'"form": "{FORM}"'
        raise ConfigurationError("is not a list of injects", key=where(offsets.get(("form",), 0)), allowed=allowed)
    if not isinstance(whole.get("injects"), list) or not whole["injects"]:
        raise ConfigurationError("holds no inject", key=where(offsets.get(("injects",), 0)))
    injects: dict[str, Any] = {}
    called: dict[str, str] = {}
    for place, each in enumerate(whole["injects"]):
        key = where(offsets["injects", str(place)])
        if not isinstance(each, dict) or not isinstance(each.get("name"), str):
            raise ConfigurationError("is not an inject with a name", key=key)
        called[str(place)] = name = each.pop("name")
        if name in injects:
            raise ConfigurationError("is the name of an inject above", key=key, value=name)
        injects[name] = each
    of_injects = {path[1:]: at for path, at in offsets.items() if path[:1] == ("injects",) and len(path) > 1}
    return Listed(injects, {(called[path[0]], *path[1:]): where(at) for path, at in of_injects.items()})


def _value(text: str, at: int, path: Address, offsets: Offsets) -> tuple[Any, int]:
    """The value that begins at a place, and where it ends; raises `JSONDecodeError`."""
    offsets[path] = at = _blank(text, at)
    if text[at : at + 1] in ("{", "["):
        if len(path) >= MOST_LEVELS:
            raise json.JSONDecodeError(f"more than {MOST_LEVELS} levels", text, at)
        return _members(text, at, path, offsets)
    try:
        return json.JSONDecoder(parse_constant=_refused).raw_decode(text, at)
    except json.JSONDecodeError:
        raise
    except ValueError:  # NaN, or thousands of digits
        raise json.JSONDecodeError("not a number", text, at) from None


def _members(text: str, at: int, path: Address, offsets: Offsets) -> tuple[Any, int]:
    """The table or the list that begins at a place, and where it ends."""
    found: dict[str, Any] = {}
    closing = "}" if text[at] == "{" else "]"
    at = _blank(text, at + 1)
    while text[at : at + 1] != closing:
        if found:
            if text[at : at + 1] != ",":
                raise json.JSONDecodeError(f"expecting ',' or '{closing}'", text, at)
            at = _blank(text, at + 1)
        key = str(len(found))
        if closing == "}":
            start = at
            if text[at : at + 1] != '"':
                raise json.JSONDecodeError("expecting a key in double quotes", text, at)
            key, at = json.JSONDecoder().raw_decode(text, at)
            if key in found:
                raise json.JSONDecodeError("the same key twice", text, start)
            at = _blank(text, at)
            if text[at : at + 1] != ":":
                raise json.JSONDecodeError("expecting ':'", text, at)
            at += 1
        found[key], at = _value(text, at, (*path, key), offsets)
        at = _blank(text, at)
    return (found if closing == "}" else list(found.values())), at + 1


def _blank(text: str, at: int) -> int:
    """The first place from there on that is not blank."""
    while text[at : at + 1] in BLANKS:
        at += 1
    return at


def _refused(name: str) -> Any:
    raise ValueError(name)

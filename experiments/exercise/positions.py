"""JSON whose values know where they stand, so that a message about one can name its line and its column."""

import json
from bisect import bisect_left
from typing import Any

MOST_LEVELS = 8
"""Levels of tables and lists at most."""
BLANKS = (" ", "\t", "\n", "\r")
Address = tuple[str, ...]
"""Keys, and numbers of entries, that lead to a value."""
Offsets = dict[Address, int]


def read_json(text: str) -> tuple[Any, Offsets]:
    """The value of a text, and where each value in it begins; raises `JSONDecodeError`, also for a key twice."""
    offsets: Offsets = {}
    found, end = _value(text, 0, (), offsets)
    if text[end:].strip():
        raise json.JSONDecodeError("something follows", text, end)
    return found, offsets


class Lines:
    """Lines and columns of a text, from 1 on."""

    def __init__(self, text: str) -> None:
        self.ends = [at for at, letter in enumerate(text) if letter == "\n"]

    def where(self, at: int) -> str:
        """Line and column of a place, in words."""
        line = bisect_left(self.ends, at)
        return f"line {line + 1}, column {at - (self.ends[line - 1] if line else -1)}"


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

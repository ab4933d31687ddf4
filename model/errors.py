"""What a user is told about wrong input: one message with file, key, value, what is allowed and the nearest name."""

import difflib
import itertools
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from numbers import Integral
from pathlib import Path
from typing import Any

MOST_SEED = 2**63 - 1
"""Largest seed and replicate: tables hold them in 64 bits with a sign."""
MOST_WORKERS = 1024
"""Most workers of one machine."""

_MISSING: Any = object()
_LISTED = 16
_OTHERS = 4
_COMPARED = 5000
"""Names among which the nearest is looked for, at most: more than a configuration has."""
_LONGEST = {"file": 400, "key": 160, "value": 80}
"""Characters shown of each part of a message."""


def nearest_name(name: str, names: Iterable[str], cutoff: float = 0.5) -> str | None:
    """The name most like the given one, if any is as like it as `cutoff`, from 0 to 1."""
    known = {each.lower(): each for each in itertools.islice(names, _COMPARED)}
    matches = difflib.get_close_matches(name[: _LONGEST["key"]].lower(), known, n=1, cutoff=cutoff)
    return known[matches[0]] if matches else None


def listing(names: Iterable[str]) -> str:
    """Names in one line, cut where they would fill the screen."""
    names = list(names)
    return ", ".join(names[:_LISTED]) + (f", … ({len(names)} in all)" if len(names) > _LISTED else "")


def printable(text: str, keep: str = "") -> str:
    """A text whose every letter can be seen: what a terminal would obey, or no reader sees, is written as an escape.

    That is control characters, marks of direction or of no width, and bytes that are no letters; not those of `keep`.
    """
    if text.isprintable():
        return text
    # spaces of other widths are no printable letters to Python
    return "".join(
        letter if letter.isprintable() or letter in keep or unicodedata.category(letter) == "Zs" else repr(letter)[1:-1]
        for letter in text
    )


def _cut(text: str, longest: int) -> str:
    """A text without its middle where it is too long: both ends tell where it is from."""
    half = longest // 2
    return text if len(text) <= longest else f"{text[:half]}…{text[-half:]}"


def _shown(value: Any) -> str:
    """A value much as a file would write it."""
    if isinstance(value, Path):
        return _cut(repr(str(value)), _LONGEST["file"])
    if isinstance(value, (bool, date)):
        return str(value).lower()
    try:
        return _cut(repr(value), _LONGEST["value"])
    except ValueError:
        return "a number with thousands of digits"


class ConfigurationError(ValueError):
    """Wrong input. Its text is complete and meant for the user; the command line prints it and exits with 2."""

    def __init__(
        self,
        problem: str,
        *,
        file: str | None = None,
        key: str | None = None,
        value: Any = _MISSING,
        allowed: str | None = None,
        nearest: str | None = None,
        others: Sequence[str] = (),
    ) -> None:
        super().__init__(problem)
        self.problem, self.file, self.key, self.value = problem, file, key, value
        self.allowed, self.nearest, self.others = allowed, nearest, others

    def __str__(self) -> str:
        parts = (_cut(self.file or "", _LONGEST["file"]), _cut(self.key or "", _LONGEST["key"]))
        where = [part for part in parts if part]
        if self.value is not _MISSING:
            shown = _shown(self.value)
            where = [*where[:-1], f"{where[-1]} = {shown}"] if self.key else [*where, shown]
        text = ": ".join([*where, self.problem])
        if self.nearest:
            text += f"; did you mean {self.nearest!r}?"
        if self.allowed:
            text += f"{'' if self.nearest else ';'} allowed: {self.allowed}"
        if self.others:
            named = ", ".join(_cut(key, _LONGEST["key"]) for key in self.others[:_OTHERS])
            more = ", …" if len(self.others) > _OTHERS else ""
            text += f" (and {len(self.others)} more problem{'s' if len(self.others) > 1 else ''}: {named}{more})"
        return printable(text)  # a name may hold anything; one line of plain characters is promised

    def at(self, file: str | None = None, key: str | None = None) -> "ConfigurationError":
        """Place the error in a file, or its key below another; returns itself."""
        self.file = self.file or file
        self.key = ".".join(part for part in (key, self.key) if part) or None
        self.others = [f"{key}.{other}" for other in self.others] if key else self.others
        return self

    def __reduce__(self) -> Any:
        # exceptions travel between worker processes by their positional arguments, and ours are keywords
        state = {name: held for name, held in self.__dict__.items() if held is not _MISSING}
        return _restore, (self.problem, state)


@contextmanager
def placed(file: str | None = None, key: str | None = None) -> Iterator[None]:
    """Place errors of the block in a file, or their keys below another, as `ConfigurationError.at` does."""
    try:
        yield
    except ConfigurationError as error:
        raise error.at(file, key) from None


def _restore(problem: str, state: dict[str, Any]) -> ConfigurationError:
    error = ConfigurationError(problem)
    error.__dict__.update(state)
    return error


def whole(key: str, value: Any, what: str, least: int = 0, most: int = MOST_SEED) -> int:
    """The whole number that a value is, Python's or NumPy's.

    Raises `ConfigurationError`, which names `key` and says that the value cannot be `what`, such as "a seed".
    """
    if isinstance(value, Integral) and not isinstance(value, bool) and least <= int(value) <= most:
        return int(value)
    allowed = f"a whole number from {least} to {'2⁶³ − 1' if most == MOST_SEED else f'{most:,}'}"
    raise ConfigurationError(f"cannot be {what}", key=key, value=value, allowed=allowed)


class WorkersLost(RuntimeError):
    """Workers die again and again, with nothing done between. Its text is meant for the user."""

"""What a user is told about wrong input: one message with file, key, value, what is allowed and the nearest name."""

import difflib
from collections.abc import Iterable
from typing import Any

_MISSING: Any = object()
_LISTED = 16


def nearest_name(name: str, names: Iterable[str]) -> str | None:
    """The name most like the given one, if any is like it."""
    matches = difflib.get_close_matches(name, list(names), n=1, cutoff=0.5)
    return matches[0] if matches else None


def listing(names: Iterable[str]) -> str:
    """Names in one line, cut where they would fill the screen."""
    names = list(names)
    return ", ".join(names[:_LISTED]) + (f", … ({len(names)} in all)" if len(names) > _LISTED else "")


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
        others: int = 0,
    ) -> None:
        super().__init__(problem)
        self.problem, self.file, self.key, self.value = problem, file, key, value
        self.allowed, self.nearest, self.others = allowed, nearest, others

    def __str__(self) -> str:
        where = [part for part in (self.file, self.key) if part]
        if self.value is not _MISSING:
            shown = repr(self.value)
            shown = shown if len(shown) <= 60 else shown[:57] + "…"
            where = [*where[:-1], f"{where[-1]} = {shown}"] if self.key else [*where, shown]
        text = ": ".join([*where, self.problem])
        if self.nearest:
            text += f"; did you mean {self.nearest!r}?"
        if self.allowed:
            text += f"{'' if self.nearest else ';'} allowed: {self.allowed}"
        if self.others:
            text += f" (and {self.others} more problem{'s' if self.others > 1 else ''})"
        return text

    def at(self, file: str | None = None, key: str | None = None) -> "ConfigurationError":
        """The same error placed in a file, or below a key."""
        self.file = self.file or file
        self.key = ".".join(part for part in (key, self.key) if part) or None
        return self

    def __reduce__(self) -> Any:
        # exceptions travel between worker processes by their positional arguments, and ours are keywords
        state = {name: held for name, held in self.__dict__.items() if held is not _MISSING}
        return _restore, (self.problem, state)


def _restore(problem: str, state: dict[str, Any]) -> ConfigurationError:
    error = ConfigurationError(problem)
    error.__dict__.update(state)
    return error

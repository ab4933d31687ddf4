"""Tables of text, of which all that `deter list` shows is made, and how values and texts stand in them."""

import re
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from analysis.labels import stated_text
from experiments.design.points import scalars
from model.configuration import Configuration, load_configuration

BASE_SCENARIO, BASE_DOCTRINE = "baseline", "status_quo"

TextRow = tuple[str, ...]


class Listing(NamedTuple):
    """A table of text: a title, what comes before it, names of columns, rows; the last columns, `prose`, are long."""

    title: str
    text: str
    columns: TextRow
    rows: Sequence[TextRow]
    prose: int = 1


def text_of(value: Any) -> str:
    """A value as it stands in a file, short."""
    if isinstance(value, (list, tuple)):
        return "[" + ", ".join(text_of(item) for item in value) + "]"
    return str(value).lower() if isinstance(value, bool) else stated_text(value)


def paragraph(text: str) -> str:
    """A text without its line ends."""
    return " ".join(text.split())


def first_sentence(text: str) -> str:
    """The first sentence of a text."""
    return re.split(r"(?<=[.!?])\s", paragraph(text), maxsplit=1)[0]


def base_configuration() -> Configuration:
    """The configuration whose values are shown as defaults."""
    return load_configuration(BASE_SCENARIO, BASE_DOCTRINE)


def beside_the_base(scenario: str = BASE_SCENARIO, doctrine: str = BASE_DOCTRINE) -> Iterator[tuple[TextRow, bool]]:
    """A row for each parameter: path, value, the default where it is another, unit, source; and whether they differ."""
    usual = scalars(base_configuration())
    for found in load_configuration(scenario, doctrine).parameters():
        other = usual.get(found.path)
        differs = other != found.value
        default = text_of(other) if differs and other is not None else ""
        yield (found.path, text_of(found.value), default, found.unit, paragraph(found.source)), differs

"""What several commands take, and their exit codes."""

import tomllib
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any

import typer

from model.errors import ConfigurationError

DONE, FAILED, WRONG_INPUT, INTERRUPTED = 0, 1, 2, 130
LARGEST = 2**63 - 1
"""Largest seed and replicate: tables hold them in 64 bits with a sign."""


Set = Annotated[
    list[str] | None,
    typer.Option("--set", metavar="KEY=VALUE", help="Set a parameter by its path; may be repeated."),
]
Quiet = Annotated[bool, typer.Option("--quiet", help="Say nothing but errors.")]
NoFigures = Annotated[bool, typer.Option("--no-figures", help="Draw no figures; `deter figure` can later.")]


Folder = Annotated[Path, typer.Argument(metavar="DIR", help="A folder of results.")]


def assignments(texts: Sequence[str] | None) -> dict[str, Any]:
    """`KEY=VALUE` texts as values by path; a value is read as TOML, or else as plain text."""
    values: dict[str, Any] = {}
    for text in texts or []:
        key, equals, value = text.partition("=")
        key = key.strip()
        if not equals or not key or not value.strip():
            raise ConfigurationError("is not KEY=VALUE", file="--set", value=text, allowed="doctrine.clarity=0.5")
        if key in values:
            raise ConfigurationError("is set twice", file="--set", key=key)
        values[key] = _value(key, value.strip())
    return values


def _value(key: str, text: str) -> Any:
    from model.loading import parse

    if "\n" in text:  # a second line would be another entry
        return text
    try:
        return parse(f"value = {text}")["value"]
    except tomllib.TOMLDecodeError:
        return text
    except ConfigurationError as error:
        raise error.at("--set", key) from None

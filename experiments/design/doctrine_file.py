"""Doctrines as files: TOML that every command takes, and that says where its numbers come from."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from model.configuration import Doctrine

HEADS = ("title", "idea", "source")
"""Texts of a doctrine file that say what it is and where it comes from."""


def doctrine_text(doctrine: Doctrine, sources: Mapping[str, str], **heads: str) -> str:
    """The text of a file with this doctrine; `heads` stand in place of its own texts, `sources` are by key."""
    values = doctrine.model_dump(mode="json", exclude_none=True)
    phases = values.pop("phases", {})
    values = {key: value for key, value in values.items() if key not in HEADS}
    lines = [*_entries({key: heads.get(key, getattr(doctrine, key)) for key in HEADS}), "", *_entries(values)]
    for name, phase in phases.items():
        lines += ["", f"[phases.{name}]", *_entries(phase)]
    return "\n".join([*lines, "", "[sources]", *_entries(sources)]) + "\n"


def _entries(table: Mapping[str, Any]) -> Iterator[str]:
    """Texts, numbers, true and false by key; JSON writes them as TOML does, but for one letter."""
    texts = ((key, json.dumps(value, ensure_ascii=False)) for key, value in table.items())
    return ("{} = {}".format(_key(key), text.replace("\x7f", r"\u007f")) for key, text in texts)


def _key(name: str) -> str:
    return name if name.replace("_", "").isalnum() and name.isascii() else json.dumps(name)

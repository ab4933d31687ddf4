"""What runs depend on, as one hash: by it a folder is known, and a design tells whether it is that of its manifest."""

import hashlib
import json
from collections.abc import Mapping
from typing import Any

import polars as pl

TEXTS = ("title", "idea", "source", "sources")
"""Entries of a configuration on which no run depends."""


def essence(value: Any) -> Any:
    """A tree of plain values without the texts on which no run depends."""
    if isinstance(value, Mapping):
        return {key: essence(item) for key, item in value.items() if key not in TEXTS or isinstance(item, Mapping)}
    return value


def digest(value: Any) -> str:
    """Hash of a tree of plain values, as 16 hexadecimal digits."""
    text = json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=True, default=str)
    return hashlib.blake2b(text.encode(), digest_size=8).hexdigest()


def design_hash(
    world: Mapping[str, Any],
    points: pl.DataFrame,
    seed: int,
    first_replicate: int,
    replicates: int,
    *,
    precision: Mapping[str, float],
    most_replicates: int | None,
    model: str | None,
    luck: str = "common",
    record: bool = False,
    worlds: pl.DataFrame | None = None,
    changes: Mapping[str, Mapping[str, Any]] | None = None,
) -> str:
    """Hash of a base, as its essence without sources, of the points, the seed and the replicates.

    A precision, luck of each point's own, a record that runs keep, the name of a model of one's own (`file.py:Class`),
    the worlds of replicates and what changes with a doctrine are part of it; the engine is not, for both give the same
    bits.
    """
    content: list[Any] = [world, texts_of(points), seed, first_replicate, replicates]
    if precision:
        content.append({"precision": dict(precision), "most_replicates": most_replicates})
    if model:
        content.append({"model": model.rpartition(":")[2]})
    if luck != "common":
        content.append({"luck": luck})
    if record:
        content.append({"record": True})
    if worlds is not None:
        content.append({"worlds": texts_of(worlds)})
    if changes:
        content.append({"changes": changes})
    return digest(content)


def texts_of(frame: pl.DataFrame) -> dict[str, list[str]]:
    """The columns of a table as texts, of which a hash can be taken."""
    return {name: [str(value) for value in frame[name]] for name in frame.columns}

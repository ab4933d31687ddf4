"""What runs depend on, as one hash: by it a folder is known, and a design tells whether it is that of its manifest."""

import hashlib
import json
from collections.abc import Iterator, Mapping
from typing import Any

import polars as pl

from model.loading import load_doctrine, shipped

TEXTS = ("title", "idea", "source", "sources")
"""Entries of a configuration on which no run depends."""


def essence(value: Any) -> Any:
    """A tree of plain values without the texts on which no run depends."""
    if isinstance(value, Mapping):
        return {key: essence(item) for key, item in value.items() if key not in TEXTS or isinstance(item, Mapping)}
    return value


def kept_words(doctrines: Mapping[str, Mapping[str, Any]], *, with_shipped: bool = True) -> Iterator[str]:
    """Sentences on doctrines that say something else than another and keep its title or its idea, as copied files do.

    `doctrines` are contents by level, of which those are looked at that somebody has written: files, and what is
    shipped; what is shipped beside these as well where asked.
    """
    ours = shipped("doctrines")
    doctrines = {level: held for level, held in doctrines.items() if level in ours or level.endswith(".toml")}
    others = {name: load_doctrine(name).value.model_dump(mode="json") for name in ours if with_shipped}
    known = {name: held for name, held in others.items() if name not in doctrines} if doctrines else {}
    for at, (level, held) in enumerate(doctrines.items()):
        before = {**known, **dict(list(doctrines.items())[:at])}
        for other, theirs in before.items():
            if level in others and other not in others:  # the file of the user's own is the copy
                one, its, whose, words = other, theirs, level, held
            else:
                one, its, whose, words = level, held, other, theirs
            shared = [key for key in ("title", "idea") if _said(its, key) and _said(its, key) == _said(words, key)]
            if shared and essence(its) != essence(words):
                what = " and the ".join(shared)
                yield (
                    f"“{_said(its, 'title')}” ({one}) keeps the {what} of “{_said(words, 'title')}” ({whose}) and says "
                    f"something else: give it {'an idea' if shared[0] == 'idea' else 'a title'} of its own."
                )


def _said(content: Mapping[str, Any], key: str) -> str:
    return " ".join(str(content.get(key, "")).split())


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
    metrics: Mapping[str, str] | None = None,
    luck: str = "common",
    record: bool = False,
    worlds: pl.DataFrame | None = None,
    changes: Mapping[str, Mapping[str, Any]] | None = None,
) -> str:
    """Hash of a base, as its essence without sources, of the points, the seed and the replicates.

    A precision, luck of each point's own, a record that runs keep, the name of a model of one's own (`file.py:Class`),
    functions of one's own that measure runs, by name, the worlds of replicates and what changes with a doctrine are
    part of it; the engine is not, for both give the same bits.
    """
    content: list[Any] = [world, texts_of(points), seed, first_replicate, replicates]
    if precision:
        content.append({"precision": dict(precision), "most_replicates": most_replicates})
    if model:
        content.append({"model": model.rpartition(":")[2]})
    if metrics:
        content.append({"metrics": {name: where.rpartition(":")[2] for name, where in metrics.items()}})
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


def hash_of(manifest: Any, points: pl.DataFrame, worlds: pl.DataFrame | None = None) -> str:
    """The design hash that follows from the entries of a manifest, these points, and these worlds of replicates."""
    return design_hash(
        essence({name: value for name, value in manifest.configuration.items() if name != "sources"}),
        points,
        manifest.seed,
        manifest.first_replicate,
        manifest.replicates,
        precision=manifest.precision,
        most_replicates=manifest.most_replicates,
        model=manifest.model["name"] if manifest.model else None,
        metrics={name: each.name for name, each in manifest.metrics.items()},
        luck=manifest.luck,
        record=manifest.record,
        worlds=worlds,
        changes=manifest.changes,
    )

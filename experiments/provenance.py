"""Provenance: the manifest of a folder, and how two manifests differ."""

import platform
from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, version
from typing import Any, Literal

from agents.compiled import source_hash
from analysis.results import Manifest
from experiments.design import Design, world_of
from model.configuration import Configuration
from model.parameters import flat


def versions() -> dict[str, str]:
    """Versions of what the bits may depend on."""
    names = ("deter", "numpy", "numba", "mesa", "polars")
    return {"python": platform.python_version(), **{name: _version(name) for name in names}}


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return "from source"


def manifest_of(design: Design, kind: Literal["sweep", "run"], engine: Literal["compiled", "mesa"]) -> Manifest:
    """The manifest of a folder before anything is in it."""
    return Manifest(
        kind=kind,
        title=design.title,
        question=design.question,
        design_hash=design.hash,
        source_hash=source_hash(),
        seed=design.seed,
        first_replicate=design.first_replicate,
        replicates=design.replicates,
        points=design.points,
        factors={name: list(levels) for name, levels in design.factors.items()},
        engine=engine,
        versions=versions(),
        platform=platform.platform(),
        configuration=design.base.model_dump(mode="json"),
    )


IDENTITY = ("kind", "engine", "design_hash", "source_hash")
"""Entries of a manifest that two folders of the same runs share."""


def same_runs(found: Manifest, wanted: Manifest) -> bool:
    """Whether runs of one manifest are those of another."""
    return all(getattr(found, name) == getattr(wanted, name) for name in IDENTITY)


def differences(found: Manifest, wanted: Manifest) -> Iterator[str]:
    """What keeps runs of one manifest from going with those of another, in words; nothing where they go together."""
    if same_runs(found, wanted):
        return
    for name in ("kind", "engine", "seed", "replicates"):
        yield from _difference(name, getattr(found, name), getattr(wanted, name))
    for name in {**found.factors, **wanted.factors}:
        yield from _difference(f"levels of {name}", _texts(found.factors.get(name)), _texts(wanted.factors.get(name)))
    yield from _configuration_differences(found, wanted)
    if found.source_hash != wanted.source_hash:
        yield "made by another version of the model's code"


def _texts(levels: Any) -> str:
    return "none" if levels is None else ", ".join(map(str, levels))


def _configuration_differences(found: Manifest, wanted: Manifest) -> Iterator[str]:
    try:
        there = Configuration.model_validate(found.configuration)
    except ValueError:
        yield "another kind of configuration"
        return
    before, after = (dict(flat(world_of(held))) for held in (there, Configuration.model_validate(wanted.configuration)))
    for path in {**before, **after}:
        yield from _difference(path, before.get(path), after.get(path))


def _difference(name: str, found: Any, wanted: Any) -> Iterator[str]:
    if found != wanted:
        yield f"{name}: {found} there, {wanted} now"

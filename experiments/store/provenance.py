"""Provenance: the manifest of a folder, and how two manifests differ."""

import functools
import hashlib
import math
import platform
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any, Literal

from agents.foundation.compiled import source_hash
from analysis.results.identity import essence
from analysis.results.manifest import Manifest, OwnMetric, read_manifest
from analysis.results.versions import FROM_SOURCE, this_version
from experiments.design.design import SHARED, Design, world_of
from experiments.design.model_class import SHIPPED, ModelSource
from experiments.design.stored import contents_of
from model.configuration import Configuration
from model.errors import ConfigurationError
from model.parameters import flat


def versions() -> dict[str, str]:
    """Versions of what the bits may depend on."""
    names = ("numpy", "scipy", "numba", "llvmlite", "mesa", "polars")
    found = {"python": platform.python_version(), "deter": this_version(), **dict.fromkeys(names, FROM_SOURCE)}
    for name in names:
        with suppress(PackageNotFoundError):
            found[name] = version(name)
    return found


@functools.cache
def platform_key() -> dict[str, str]:
    """All that bits of estimates, and of runs of a user's own class, may depend on besides code and versions.

    Their `exp` and `log` may come from the platform's libm, and libraries of one version choose by processor among
    several versions of a function: hence a digest of what it gives.
    """
    library, number = platform.libc_ver()
    return {
        "machine": platform.machine(),
        "system": platform.system(),
        "libc": f"{library} {number}".strip() or platform.mac_ver()[0] or platform.version(),
        "libm": libm_digest(),
    }


def libm_digest() -> str:
    """Digest of what exp, log, sin and cos give at many places."""
    places = [0.5 + 0.61803398875 * step for step in range(4000)]
    values = [f(x) for x in places for f in (math.log, math.sin, math.cos)] + [math.exp(x % 50 - 40) for x in places]
    return hashlib.blake2b("".join(map(float.hex, values)).encode(), digest_size=8).hexdigest()


def manifest_of(
    design: Design,
    kind: Literal["sweep", "run"],
    engine: Literal["compiled", "mesa"],
    model: ModelSource | None = None,
) -> Manifest:
    """The manifest of a folder before anything is in it; `model` is a class of the user's own."""
    return Manifest(
        **{name: getattr(design, name) for name in SHARED},
        kind=kind,
        design_hash=design.hash,
        source_hash=source_hash(),
        points=design.points,
        factors={name: list(levels) for name, levels in design.factors.items()},
        design={"kind": design.kind, **design.plan},
        engine=engine,
        model={"name": model.name, "hash": model.hash} if model and model != SHIPPED else None,
        model_text=model.text if model else None,
        metrics={
            name: OwnMetric(name=source.name, hash=source.hash, says=source.says)
            for name, source in design.metrics.items()
        },
        metric_texts={source.hash: source.text for source in design.metrics.values() if source.text is not None},
        most_replicates=design.most_replicates if design.precision else None,
        versions=versions(),
        platform=platform.platform(),
        machine=platform_key(),
        configuration=design.base.model_dump(mode="json"),
        contents=contents_of(design),
    )


IDENTITY = ("kind", "engine", "version_of_model", "version_of_metrics", "design_hash", "source_hash")
"""Entries of a manifest that two folders of the same runs share."""


def same_runs(found: Manifest, wanted: Manifest) -> bool:
    """Tell whether the runs of one manifest are those of another."""
    same = all(getattr(found, name) == getattr(wanted, name) for name in IDENTITY)
    return same and not any(_content_differences(found, wanted))


def mended(manifest: Manifest, folder: Path) -> Manifest:
    """The manifest for doing the failed runs of a folder again, with code of one's own that has changed since.

    The runs that did not fail are those of the first version; later ones are named beside it. Code is a model, and the
    functions that measure runs.
    """
    found = None
    with suppress(ConfigurationError):
        found = read_manifest(folder)
    if found is None:
        return manifest
    update: dict[str, Any] = {}
    if found.model and manifest.model and found.model["name"] == manifest.model["name"]:
        retried = _later(found.model["hash"], found.model.get("retried", "").split(), manifest.model["hash"])
        update["model"] = {**found.model, **({"retried": " ".join(retried)} if retried else {})}
    now = manifest.metrics
    if found.metrics and {name: each.name for name, each in found.metrics.items()} == {
        name: each.name for name, each in now.items()
    }:
        update["metrics"] = {
            name: each.model_copy(update={"retried": _later(each.hash, each.retried, now[name].hash)})
            for name, each in found.metrics.items()
        }
        update["metric_texts"] = {**found.metric_texts, **manifest.metric_texts}
    return manifest.model_copy(update=update)


def _later(first: str, retried: Sequence[str], now: str) -> list[str]:
    """Versions after the first, each once, the one of now last where it is another."""
    return [version for version in dict.fromkeys([*retried, now]) if version != first]


def _content_differences(found: Manifest, wanted: Manifest) -> Iterator[str]:
    """Levels that name a file, where it has changed; titles and sources do not count."""
    for path, levels in found.contents.items():
        for level, content in levels.items():
            other = wanted.contents.get(path, {}).get(level, content)
            if essence(content) != essence(other):
                yield f"{path} {level}: its file has changed"


def manifest_differences(found: Manifest, wanted: Manifest) -> Iterator[str]:
    """Reasons, in words, why runs of one manifest are not those of another; none that is known: other points."""
    yield from _unlike(_stated(found), _stated(wanted))
    yield from _content_differences(found, wanted)
    try:
        worlds = [Configuration.model_validate(each.configuration) for each in (found, wanted)]
    except ValueError:
        yield "another kind of configuration"
    else:
        yield from _unlike(*(dict(flat(world_of(world))) for world in worlds))
    if found.source_hash != wanted.source_hash:
        yield "made by another version of the model's code"


def _stated(manifest: Manifest) -> dict[str, Any]:
    numbers = ("seed", "replicates", "precision", "most_replicates")
    names = ("kind", "engine", "version_of_model", "version_of_metrics", *numbers, "uncertainty", "changes")
    levels = {f"levels of {name}": ", ".join(map(str, levels)) for name, levels in manifest.factors.items()}
    return {name: getattr(manifest, name) for name in names} | levels


def _unlike(found: Mapping[str, Any], wanted: Mapping[str, Any]) -> Iterator[str]:
    for name in {**found, **wanted}:
        there, now = found.get(name, "none"), wanted.get(name, "none")
        if there != now:
            yield f"{name}: {there} there, {now} now"

"""What a results folder can be looked at by: its factors with their levels, its metrics, and what is shown at first."""

from collections.abc import AsyncIterator
from functools import lru_cache
from typing import Any

import polars as pl

from analysis.labels import factor_label, factor_titles, is_share, level_texts, metric_unit
from analysis.results.folder import Results
from analysis.results.manifest import STRUCTURED
from experiments.page.folders.asked import MOST_FACTORS, Named
from experiments.page.folders.levels import Factor, middle
from experiments.page.folders.opening import MOST_KEPT, cut, opened, runs_of, whole
from experiments.page.room import Room
from model.errors import ConfigurationError
from model.metrics.catalogue import ESTIMATED, LEAD
from model.paths import validated

MOST_LEVELS = 40
"""Levels of an axis with a cell each; a factor with more is an axis of points."""
LARGE = 200_000
"""Runs from which a folder is first shown with other factors at one level, which its summary tells at once."""


@lru_cache(MOST_KEPT)
def factors_of(results: Results) -> dict[str, Factor]:
    """The factors of a folder that vary, by path; drawn ones, and those of many levels, have no level by level."""
    paths = [name for name in results.design.columns[1:] if results.design[name].n_unique() > 1][:MOST_FACTORS]
    titles, base = factor_titles(paths), results.configuration
    labels = {path: path if titles[path] == path else factor_label(path, base) for path in paths}
    return {path: Factor(path, cut(titles[path]), cut(labels[path]), *_levels(results, path)) for path in paths}


def _levels(results: Results, path: str) -> tuple[pl.Series, list[str] | None]:
    levels = results.design[path].unique(maintain_order=True)
    if levels.dtype.is_numeric():
        levels = levels.sort()
    if path not in results.levelled or len(levels) > MOST_LEVELS:
        return levels, None
    titles = results.manifest.doctrine_titles if path == "doctrine" else {}
    texts = level_texts(levels)
    return levels, [cut(titles.get(str(level), text)) for level, text in zip(levels, texts, strict=True)]


def metrics_of(results: Results) -> list[str]:
    """The metrics that its runs tell."""
    return [name for name in results.named if name not in results.missing]


def checked(results: Results, name: str) -> str:
    """A metric of the folder; raises `ConfigurationError` where it has none of this name."""
    if name not in metrics_of(results):
        results.check_metrics([name] if name in ESTIMATED else [])
        raise ConfigurationError("is no metric of this folder", key="metric", value=name)
    return name


def metric_told(name: str) -> dict[str, Any]:
    """A metric as a browser is told of it."""
    found = ESTIMATED[name]
    return {"metric": name, "title": cut(found.title), "unit": cut(metric_unit(name)), "share": is_share(name)}


async def folder(room: Room, asked: Any) -> AsyncIterator[dict[str, Any]]:
    """What stands in the folder named: where it is from, how far it is, its factors and metrics, and a first view."""
    yield await room.turns.take(_told, room, validated(Named, asked).folder)


def _told(room: Room, name: str) -> dict[str, Any]:
    with whole():
        results = opened(room.shelf.folder, name)
        results.check()
        factors, metrics = factors_of(results), metrics_of(results)
        status, manifest = results.status, results.manifest
    drawn = [path for path, each in factors.items() if each.texts is None]
    levelled = [path for path, each in factors.items() if each.texts is not None]
    sampled = drawn and manifest.design.get("kind") != "grid"
    axes = drawn[:1] if sampled else levelled[:2] or drawn[:1]
    runs = runs_of(results)
    return {
        "folder": name,
        "title": cut(manifest.title),
        "question": cut(manifest.question),
        "kind": manifest.kind,
        "design": str(manifest.design.get("kind", "")),
        "status": status.state,
        "points": manifest.points,
        "replicates": manifest.replicates,
        "runs": runs,
        "failed": status.failed,
        "stamp": cut(manifest.stamp),
        "structured": manifest.design.get("kind") in STRUCTURED,
        "factors": [each.told for each in factors.values()],
        "metrics": [metric_told(each) for each in metrics],
        "metric": LEAD if LEAD in metrics else metrics[0] if metrics else None,
        "axes": axes,
        "fixed": {path: middle(factors[path]) for path in levelled if path not in axes} if runs > LARGE else {},
    }

"""What a results folder can be looked at by: its factors with their levels, its metrics, and what is shown at first."""

from collections.abc import AsyncIterator, Mapping
from functools import lru_cache
from typing import Any, NamedTuple

import polars as pl

from analysis.labels import factor_label, factor_titles, is_share, level_texts, metric_unit
from analysis.results.folder import Results
from analysis.results.manifest import STRUCTURED
from experiments.page.folders.asked import MOST_FACTORS, Named
from experiments.page.folders.listing import cut
from experiments.page.folders.opening import MOST_KEPT, opened, runs_of, whole
from experiments.page.room import Room
from model.errors import ConfigurationError
from model.metrics.catalogue import ESTIMATED, LEAD
from model.paths import validated

MOST_LEVELS = 40
"""Levels of an axis with a cell each; a factor with more is an axis of points."""
LARGE = 200_000
"""Runs from which a folder is first shown with other factors at one level, which its summary tells at once."""


class Factor(NamedTuple):
    """A factor that varies: `levels` of the design, and the texts of these for a reader; None where there are many."""

    path: str
    title: str
    label: str  # with its unit
    levels: pl.Series
    texts: list[str] | None

    @property
    def told(self) -> dict[str, Any]:
        """The factor as a browser is told of it."""
        numeric = self.levels.dtype.is_numeric()
        return {
            "path": self.path,
            "title": self.title,
            "label": self.label,
            "levels": self.texts,
            "numeric": numeric,
            "of": len(self.levels),
        }


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


def middle(factor: Factor) -> int:
    """Place of the level in the middle."""
    return len(factor.levels) // 2


def known(factors: Mapping[str, Factor], path: str) -> Factor:
    """The factor of this path; raises `ConfigurationError`."""
    if path not in factors:
        raise ConfigurationError("does not vary in this folder", value=path, allowed=", ".join(factors) or "none")
    return factors[path]


def level_at(factors: Mapping[str, Factor], path: str, place: int) -> Any:
    """The level of a factor at a place; raises `ConfigurationError`."""
    factor = known(factors, path)
    if factor.texts is None or not 0 <= place < len(factor.levels):
        raise ConfigurationError("is no level of this factor", key=path, value=place)
    return factor.levels[place]


def points_at(results: Results, factors: Mapping[str, Factor], at: Mapping[str, int]) -> pl.DataFrame:
    """The points of the design at these levels, by their places."""
    held = [pl.col(path) == level_at(factors, path, place) for path, place in at.items()]
    return results.design.filter(held) if held else results.design

"""The runs behind a cell of a surface, page by page: what each came to, and why the failed ones have nothing."""

from collections.abc import AsyncIterator
from functools import lru_cache
from typing import Any, NamedTuple

import polars as pl

from analysis.results.folder import Results
from experiments.page.folders.asked import RunsAsked
from experiments.page.folders.contents import checked, factors_of, metric_told
from experiments.page.folders.figures import run_values
from experiments.page.folders.levels import Factor, points_at
from experiments.page.folders.opening import cut, opened, whole
from experiments.page.room import Room
from model.errors import ConfigurationError
from model.paths import validated

A_PAGE = 50
"""Runs on a page."""
MOST_TOLD = 6
"""Factors by which runs of a cell are told apart."""
CELLS_KEPT = 3
"""Cells whose runs are kept for the next page of them, some 60 bytes a run."""


class Cell(NamedTuple):
    """The points of a cell, and their runs as of `run_values`."""

    points: pl.DataFrame
    runs: pl.DataFrame


async def runs(room: Room, asked: Any) -> AsyncIterator[dict[str, Any]]:
    """A page of runs, each with the metric asked for."""
    yield await room.turns.take(_page, room, validated(RunsAsked, asked))


def _page(room: Room, wanted: RunsAsked) -> dict[str, Any]:
    with whole():
        results = opened(room.shelf.folder, wanted.folder)
        factors, name = factors_of(results), checked(results, wanted.metric)
        points, found = _cell(results, name, tuple(sorted(wanted.at.items())), wanted.point)
    last = max(0, (found.height - 1) // A_PAGE)
    page = min(wanted.page, last)
    told = [each for path, each in factors.items() if path not in wanted.at][:MOST_TOLD]
    return {
        **metric_told(name),
        "of": found.height,
        "failed": found.filter(pl.col("status") != "ok").height,
        "points": points.height,
        "page": page,
        "pages": last + 1,
        "order": wanted.order,
        "factors": [each.title for each in told],
        "rows": _rows(_ordered(found, wanted.order).slice(page * A_PAGE, A_PAGE), points, told),
    }


@lru_cache(CELLS_KEPT)
def _cell(results: Results, name: str, at: tuple[tuple[str, int], ...], point: int | None) -> Cell:
    """The runs at these levels, kept as long as their folder stays as it is; raises `ConfigurationError`."""
    points = points_at(results.design, factors_of(results), dict(at))
    if point is not None:
        points = points.filter(pl.col("point") == point)
    if not points.height:
        raise ConfigurationError("there is no such point in this folder", key="point", value=point)
    return Cell(points, run_values(results, name, points["point"].to_list()))


def _ordered(found: pl.DataFrame, order: str) -> pl.DataFrame:
    if order == "number":
        return found.sort("point", "replicate")
    if order == "failed":
        return found.sort(pl.col("status") == "ok", "point", "replicate")
    return found.sort("value", "point", "replicate", descending=[order == "highest", False, False], nulls_last=True)


def _rows(rows: pl.DataFrame, points: pl.DataFrame, told: list[Factor]) -> list[dict[str, Any]]:
    levels = points.select("point", *(each.path for each in told))
    texts = [dict(zip(each.levels, each.texts, strict=True)) if each.texts else {} for each in told]
    return [
        {
            **{key: row[key] for key in ("point", "replicate", "value")},
            "failed": row["status"] != "ok",
            "error": cut(row["error"] or ""),
            "setting": [
                cut(known.get(row[each.path], str(row[each.path]))) for each, known in zip(told, texts, strict=True)
            ],
        }
        for row in rows.join(levels, on="point", how="left", maintain_order="left").iter_rows(named=True)
    ]

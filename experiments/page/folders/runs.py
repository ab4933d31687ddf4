"""The runs behind a cell of a surface, page by page: what each came to, and why the failed ones have nothing."""

from collections.abc import AsyncIterator
from typing import Any

import polars as pl

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


async def runs(room: Room, asked: Any) -> AsyncIterator[dict[str, Any]]:
    """A page of runs, each with the metric asked for."""
    yield await room.turns.take(_page, room, validated(RunsAsked, asked))


def _page(room: Room, wanted: RunsAsked) -> dict[str, Any]:
    with whole():
        results = opened(room.shelf.folder, wanted.folder)
        factors, name = factors_of(results), checked(results, wanted.metric)
        points = points_at(results.design, factors, wanted.at)
        if wanted.point is not None:
            points = points.filter(pl.col("point") == wanted.point)
        if not points.height:
            raise ConfigurationError("there is no such point in this folder", key="point", value=wanted.point)
        found = run_values(results, name, points["point"].to_list())
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

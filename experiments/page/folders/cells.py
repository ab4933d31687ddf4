"""A results folder as a surface: a metric over the levels of one or two factors, the others pooled or fixed.

Where every factor is chosen or fixed a cell is one point, whose estimate the summary of the folder has already: a sweep
of a million runs is then looked at without its runs.
"""

from collections.abc import AsyncIterator, Mapping
from typing import Any

import polars as pl

from analysis.results.folder import Results
from analysis.results.manifest import STRUCTURED
from experiments.page.folders.asked import CellsAsked
from experiments.page.folders.contents import checked, factors_of, metric_told
from experiments.page.folders.figures import ESTIMATE, at_points, pooled
from experiments.page.folders.levels import Factor, known, level_at, middle, points_at
from experiments.page.folders.opening import opened, whole
from experiments.page.folders.scatter import base_points, drawn_smooth
from experiments.page.room import Room
from model.errors import ConfigurationError
from model.paths import validated

MOST_POINTS = 400
"""Points that are shown one by one; the smooth rests on all of them."""


async def cells(room: Room, asked: Any) -> AsyncIterator[dict[str, Any]]:
    """A folder by the factors asked for, as cells with intervals, or as points with a smooth where one was drawn."""
    yield await room.turns.take(_view, room, validated(CellsAsked, asked))


def _view(room: Room, wanted: CellsAsked) -> dict[str, Any]:
    with whole():
        results = opened(room.shelf.folder, wanted.folder)
        results.check()  # once for each folder: no number of a summary that was changed since is shown
        factors, name = factors_of(results), checked(results, wanted.metric)
        axes = [known(factors, path) for path in dict.fromkeys(wanted.axes)]
        fixed = {path: place for path, place in wanted.fixed.items() if path not in wanted.axes}
        for path, place in fixed.items():
            level_at(factors, path, place)
        many = next((each for each in axes if each.texts is None), None)
        view = _points(results, name, many, factors, fixed) if many else _cells(results, name, axes, factors, fixed)
        return {**metric_told(name), **view}


def _cells(
    results: Results, name: str, axes: list[Factor], factors: Mapping[str, Factor], fixed: Mapping[str, int]
) -> dict[str, Any]:
    by = [*(each.path for each in axes), *fixed]
    points = points_at(results.design, factors, fixed)
    if points.select(by).is_unique().all() if by else points.height == 1:
        rows = points.join(at_points(results, name), on="point", how="left", maintain_order="left")
    elif results.manifest.design.get("kind") in STRUCTURED:
        problem = (
            "its points are those of a design for sensitivity indices: they repeat one another and have no average"
        )
        raise ConfigurationError(problem, file=results.folder.name, allowed="a drawn parameter, shown point by point")
    else:
        rows = pooled(results, name, by)
        rows = rows.join(points.select(by).unique(), on=by, how="semi", maintain_order="left") if by else rows
    places = [{level: at for at, level in enumerate(each.levels)} for each in axes]
    return {
        "form": "cells",
        "axes": [each.told for each in axes],
        "fixed": dict(fixed),
        "pooled": [each.title for path, each in factors.items() if path not in by],
        "cells": [
            {
                "at": [places[axis][row[each.path]] for axis, each in enumerate(axes)],
                **{end: row[end] for end in ESTIMATE},
            }
            for row in rows.iter_rows(named=True)
        ],
    }


def _points(
    results: Results, name: str, axis: Factor, factors: Mapping[str, Factor], fixed: Mapping[str, int]
) -> dict[str, Any]:
    """Points over a factor of many values: what levels there are besides is fixed, for its points are others."""
    besides = {path: middle(each) for path, each in factors.items() if each.texts is not None and path != axis.path}
    fixed = {**besides, **fixed}
    points = points_at(results.design, factors, fixed).join(base_points(results), on="point", how="semi")
    rows = points.select("point", pl.col(axis.path).alias("x")).join(at_points(results, name), on="point")
    rows = rows.filter(pl.col("mean").is_not_null()).sort("x", "point")
    shown = rows.gather_every(max(1, -(-rows.height // MOST_POINTS)))
    numeric = rows["x"].dtype.is_numeric()
    return {
        "form": "points",
        "axes": [axis.told],
        "fixed": fixed,
        "of": rows.height,
        "points": (shown if numeric else shown.cast({"x": pl.String})).select("point", "x", *ESTIMATE).to_dicts(),
        "smooth": drawn_smooth(results, rows),
    }

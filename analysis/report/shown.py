"""Tables as a brief shows them: shares in per cent with units, doctrines by their titles, no twin against itself."""

import re
from collections.abc import Mapping

import polars as pl

from analysis.labels import factor_title, is_share, metric_unit, shown
from analysis.results.conditions import DEFAULT_TARGETS, target_label
from analysis.results.tables import Table
from model.metrics.catalogue import ESTIMATED

OF_METRIC = (
    *("mean", "standard_error", "low", "high", "placebo", "placebo_low", "placebo_high", "q05", "q25", "q50", "q75"),
    *("q95", "spread", "noise", "largest", "bias", "first_mean", "first_low", "first_high"),
    *("second_mean", "second_low", "second_high", "unmatched", "slope", "slope_low", "slope_high"),
    *("difference", "difference_low", "difference_high"),
)
"""Columns of a table with a column `metric` that are in the metric's unit."""
OF_CASES = ("superiority", "dominance", "satisficing", "winners", "ranks", "pareto", "variance_shares")
"""Tables whose estimates are shares of worlds or replicates."""
ESTIMATE = ("mean", "low", "high")
SHARES = (*ESTIMATE, "clearly_better", "clearly_worse", "resamples", "worlds")
"""Columns of such tables that are shares."""
ROUNDING = 9
"""Decimals from which on a number is noise of the arithmetic."""
DOCTRINES = ("doctrine", "other", "reference", "dominated_by", "clearly_dominated_by")
"""Columns with names of doctrines, one or several."""
LEVELS = ("comparison", "years", "by_kind")
"""Tables of levels, which of shares are in per cent; differences are in points."""


TARGETS = {target.text: target_label(target) for target in DEFAULT_TARGETS}
"""Targets for readers, by how tables have them."""


def as_shown(name: str, table: Table, titles: Mapping[str, str], twin: str = "") -> Table:
    """A table of a folder with shares in per cent, their unit in a column, and doctrines by their titles.

    `titles` are those of doctrines by the names that tables have; `twin` is the title of the twin's, of which it is
    left out that it differs from itself by nothing.
    """
    kind = name.rpartition("/")[2]
    frame = _without_twin(table.frame, {twin, *(own for own, called in titles.items() if called == twin)} - {""})
    frame = _percent(kind, _places(frame))
    if "parameter" in frame.columns:
        frame = frame.with_columns(pl.col("parameter").map_elements(factor_title, return_dtype=pl.String))
    if "target" in frame.columns:
        frame = frame.with_columns(pl.col("target").replace(TARGETS))
    frame = frame.select(name for name in frame.columns if frame.is_empty() or frame[name].is_not_null().any())
    for column in set(DOCTRINES) & set(frame.columns):
        called = [_listed(text, titles) for text in frame[column].cast(pl.String)]
        frame = frame.with_columns(pl.Series(column, called, dtype=pl.String))
    return Table(spoken(table.title, titles), frame, spoken(table.note, titles))


def _listed(names: str | None, titles: Mapping[str, str]) -> str | None:
    """Names of doctrines, one or several after commas, by their titles; a title, which may have commas, as it is."""
    if names is None or names in titles.values():
        return names
    return titles.get(names) or ", ".join(titles.get(each, each) for each in names.split(", "))


def spoken(text: str, titles: Mapping[str, str]) -> str:
    """A text in which names of doctrines that are no words of English stand by their titles."""
    for name, called in titles.items():
        if "_" in name:
            text = re.sub(rf"(?<![\w.]){re.escape(name)}(?![\w.])", called.replace("\\", r"\\"), text)
    return text


def _without_twin(frame: pl.DataFrame, names: set[str]) -> pl.DataFrame:
    """A table less the rows that say of the twin's own doctrine that it does nothing against its twin."""
    if not names or not {"doctrine", "mean", "low", "high"} <= set(frame.columns) or "other" in frame.columns:
        return frame
    nothing = (pl.col("mean") == 0.0) & (pl.col("low") == 0.0) & (pl.col("high") == 0.0)
    return frame.filter(~(pl.col("doctrine").is_in(sorted(names)) & nothing).fill_null(False))


def _places(frame: pl.DataFrame) -> pl.DataFrame:
    """Places with those that cannot be ruled out in one cell: 2 (1 to 3)."""
    if not {"place", "place_low", "place_high"} <= set(frame.columns):
        return frame
    rows = frame.select("place", "place_low", "place_high").iter_rows()
    texts = [
        None if place is None else f"{place} ({low} to {high})" if high != low else f"{place}"
        for place, low, high in rows
    ]
    frame = frame.drop("place_low", "place_high")
    return frame.with_columns(pl.Series("place", texts, dtype=pl.String))


def _percent(kind: str, frame: pl.DataFrame) -> pl.DataFrame:
    """Shares times a hundred, with what they are in."""
    if kind in OF_CASES:
        return _of_cases(frame)
    if kind == "policy_units":
        ends = [f"share{end}" for end in ("", "_low", "_high") if f"share{end}" in frame.columns]
        frame = frame.with_columns(pl.col(name) * 100.0 for name in ends)
        return frame.rename({name: name.replace("share", "share %") for name in ends})
    if "metric" not in frame.columns:
        return frame
    names = frame["metric"].to_list()
    times = pl.Series([shown(one) if one in ESTIMATED else 1.0 for one in names], dtype=pl.Float64)
    columns = [name for name in OF_METRIC if name in frame.columns and frame[name].dtype.is_float()]
    if not columns:
        return frame
    units = [_unit(one, differs=kind not in LEVELS) if one in ESTIMATED else "" for one in names]
    frame = frame.with_columns(((pl.col(name) * times).round(ROUNDING) + 0.0).alias(name) for name in columns)
    return frame.insert_column(frame.columns.index("metric") + 1, pl.Series("unit", units, dtype=pl.String))


def _of_cases(frame: pl.DataFrame) -> pl.DataFrame:
    """Shares of worlds or replicates in per cent, and criteria that are shares."""
    known = {*SHARES, *filter(is_share, ESTIMATED)}
    scaled = [name for name in frame.columns if name in known and frame[name].dtype.is_float()]
    frame = frame.with_columns(pl.col(name) * 100.0 for name in scaled)
    frame = frame.rename({name: f"{name} %" for name in scaled if name not in ESTIMATE})
    if "mean" not in scaled:
        return frame
    return frame.insert_column(frame.columns.index("mean"), pl.Series("unit", ["%"] * frame.height, dtype=pl.String))


def _unit(metric: str, *, differs: bool) -> str:
    if not is_share(metric):
        return metric_unit(metric)
    return "points" if differs else "%"

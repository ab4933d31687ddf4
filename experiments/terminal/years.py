"""The table of `deter years` on the screen: a row for each year, the trend below."""

from collections.abc import Iterator, Mapping
from typing import Any

import polars as pl

from analysis.labels import is_share, number_of, shown
from analysis.results.folder import Results
from analysis.results.tables import Table, estimate_text
from analysis.statistics.intervals import caution
from analysis.years.levels import YEARLY
from analysis.years.tables import LEVELS, RISE, TRENDS, trend_text
from experiments.terminal.screen import narrowed, titled
from model.metrics.catalogue import METRICS

FIRST = 5
"""Characters of the names of rows."""


def shown_years(results: Results, tables: Mapping[str, Table], width: int) -> Iterator[Any]:
    """Levels by year with 95 % intervals and their trends, for a screen of this width: shares, then acts."""
    levels, trends = tables[LEVELS].frame, tables[TRENDS].frame
    names = [*map(str, levels["year"].unique(maintain_order=True)), "trend"]
    for title, metrics in (
        (f"{results.manifest.title}\nper cent", [name for name in YEARLY if is_share(name)]),
        ("expected, a year", [name for name in YEARLY if not is_share(name)]),
    ):
        columns = [[_head(metric), *_cells(levels, trends, metric)] for metric in metrics]
        heads, *rows = zip(*narrowed(columns, width - FIRST, apart=2), strict=True)
        cells = ((name, *row) for name, row in zip(names, rows, strict=True))
        style = {"justify": "right", "no_wrap": True, "vertical": "bottom"}
        yield titled(title, ["year", *heads], cells, first={"min_width": FIRST}, others=style, padding=(0, 1, 0, 0))
    replicates = results.manifest.replicates
    yield (
        f"\n± half of a 95 % interval over {number_of('replicate', replicates)} (with its ends in brackets if it is "
        f"asymmetric). {RISE} {caution(replicates)}\n"
    )


def _head(metric: str) -> str:
    return METRICS[metric].short.replace(" ", "\n")


def _cells(levels: pl.DataFrame, trends: pl.DataFrame, metric: str) -> Iterator[str]:
    """The estimates of a metric year by year, then its trend."""
    for row in levels.filter(metric=metric).iter_rows(named=True):
        ends: list[Any] = [row[name] for name in ("mean", "low", "high")]
        yield estimate_text(*(None if end is None else shown(metric) * end for end in ends))
    yield trend_text(trends.row(by_predicate=pl.col("metric") == metric, named=True))

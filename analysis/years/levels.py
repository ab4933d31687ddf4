"""Levels by year over replicates, and the trend of each metric over the period.

Years are handed in as rows of runs, with the number of the year in place of the point: replicates are the independent
units of a year, and those of all years together.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
import polars as pl

from analysis.statistics.estimates import ESTIMATE_SCHEMA, estimate
from analysis.statistics.intervals import intervals
from analysis.statistics.ratio import RunArray, spread

YEARLY = (
    *("deterrence_rate", "escalation_rate", "harm_averted", "severe_averted"),
    *("expected_acts_a_year", "twin_expected_acts_a_year"),
    *("expected_severe_acts_a_year", "twin_expected_severe_acts_a_year"),
)
"""Metrics that are told year by year."""
LEVELS_SCHEMA: dict[str, Any] = {"year": pl.Int64(), "begins": pl.Date(), **ESTIMATE_SCHEMA}
"""Columns of the table of levels: the year, counted from 1, its first day, and the estimate."""
TRENDS_SCHEMA: dict[str, Any] = {"metric": pl.String(), "level": pl.Float64(), **ESTIMATE_SCHEMA}
"""Columns of the table of trends: the mean of the years, and the trend as a share of it."""


def levels(years: pl.DataFrame, metrics: Sequence[str] = YEARLY) -> pl.DataFrame:
    """Estimates of metrics in each year, with their intervals over replicates."""
    count = years["point"].n_unique()
    found = estimate(years, pl.DataFrame({"point": range(count)}), ["point"], metrics)
    return found.rename({"point": "year"}).with_columns(pl.col("year") + 1)


def trends(years: pl.DataFrame, metrics: Sequence[str] = YEARLY) -> pl.DataFrame:
    """The rise from the first year to the last along the line of least squares, as a share of the mean over the years.

    Intervals are Student's, by the delta method over replicates; null where the mean is zero or a year undefined.
    """
    count = years["point"].n_unique()
    runs = RunArray(years.lazy(), np.arange(count), (count,))
    replicates = runs.there.shape[-1]
    away = np.arange(count) - (count - 1) / 2.0
    rise = (count - 1) * away / (away @ away)
    found = np.full((3, len(metrics)), np.nan)
    for place, name in enumerate(metrics):
        ratio = runs.ratio(name)
        values, influences = ratio.over(-1), ratio.influences(-1)
        with np.errstate(divide="ignore", invalid="ignore"):
            level = values.mean()
            share = rise @ values / level
            found[:, place] = level, share, spread((rise - share / count) @ influences / level, replicates)
    level, share, error = found
    n = np.full(len(metrics), replicates)
    ends = intervals(share, error, n, np.zeros(len(metrics), bool), lambda some: (share[some], share[some]))
    columns = (metrics, level, share, error, ends.low, ends.high, n, ends.method)
    frame = pl.DataFrame(dict(zip(TRENDS_SCHEMA, columns, strict=True)), schema=TRENDS_SCHEMA)
    return frame.with_columns(pl.col(pl.Float64).fill_nan(None))

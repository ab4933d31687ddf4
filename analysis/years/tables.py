"""The tables of `deter years`, as they are written beside the runs and read again for their figure."""

from datetime import timedelta

import polars as pl

from agents.books import YEAR
from analysis.plotting.captions import interval, note, origin
from analysis.results.folder import Results
from analysis.results.tables import TABLES, Table, interval_text, read_table
from analysis.years.levels import LEVELS_SCHEMA, TRENDS_SCHEMA, levels, trends
from model.errors import ConfigurationError

LEVELS, TRENDS = "years", "years_trend"
"""Names of the tables of levels and of trends."""
SCHEMAS = {LEVELS: LEVELS_SCHEMA, TRENDS: TRENDS_SCHEMA}
RISE = "Trend: the rise from the first year to the last along the line of least squares, over the mean of the years."


def years_tables(results: Results, years: pl.DataFrame) -> dict[str, Table]:
    """Levels by year and trends, from the rows of the years; what stands below says what intervals and n are."""
    time = results.configuration.scenario.time
    first = time.start + timedelta(weeks=time.burn_in)
    found = levels(years)
    days = [first + timedelta(weeks=YEAR * (year - 1)) for year in found["year"]]
    by_year = found.with_columns(begins=pl.Series(days, dtype=pl.Date)).select(*LEVELS_SCHEMA)
    trend, over = trends(years), f"Years of {YEAR} weeks, counted from the end of the burn-in."
    return {
        LEVELS: Table("Levels by year", by_year, note(over, interval(by_year, "Estimates"), origin(results))),
        TRENDS: Table("Trends over the years", trend, note(over, RISE, interval(trend, "Trends"), origin(results))),
    }


def read_years(results: Results) -> dict[str, pl.DataFrame] | None:
    """Levels and trends that a folder holds of its own runs, by the names of the tables; None where there are none.

    Raises `ConfigurationError` where they are damaged.
    """
    found = {}
    for name, schema in SCHEMAS.items():
        path = results.folder / TABLES / f"{name}.parquet"
        if not path.exists():
            return None
        table = read_table(path)
        if results.manifest.stamp not in table.note:
            return None
        if dict(table.frame.schema) != schema:
            raise ConfigurationError("has other columns than those that deter years writes", file=str(path))
        found[name] = table.frame
    return found


def trend_text(row: dict[str, object], digits: int = 0) -> str:
    """A trend with its interval in per cent of the mean level: −6 ±3 %; a dash where it is undefined."""
    mean, low, high = (row[name] for name in ("mean", "low", "high"))
    if not isinstance(mean, float) or not isinstance(low, float) or not isinstance(high, float):
        return "–"
    return f"{interval_text(100.0 * mean, 100.0 * low, 100.0 * high, digits, signed=True)} %"

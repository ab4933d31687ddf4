"""Policy units: acts, severe acts and harm a year in the world and in its twin, and years from act to listing.

A share says little to who decides: beside it stands what it is a share of, and what is averted in a year.
"""

from collections.abc import Callable
from typing import Any

import polars as pl

from model.metrics.catalogue import A_YEAR, TO_LISTING

ESTIMATED_AS = ("world", "twin", "averted", "share")
"""What is estimated of each quantity: a year, in the world and in its twin; the twin's less the world's; its share."""
LISTING = "years from act to listing"
POLICY_SCHEMA: dict[str, Any] = {
    "quantity": pl.String(),  # acts | severe acts | harm, all a year | years from act to listing
    **{f"{name}{end}": pl.Float64() for name in ESTIMATED_AS for end in ("", "_low", "_high")},
    "n": pl.Int64(),
}
"""Columns of policy units, after those that say of what; `share` is of the twin's. Listings have `world` alone."""
Estimates = Callable[[str], pl.DataFrame]
"""Estimates of a metric with `mean`, `low`, `high` and `n`, one row for each group."""


def policy_units(groups: pl.DataFrame, estimates: Estimates) -> pl.DataFrame:
    """Each quantity in each group of runs: the columns of `groups`, one row a group, then those of `POLICY_SCHEMA`."""
    frames = [_quantity(name, estimates) for name in (*A_YEAR, LISTING)]
    found = [pl.concat([groups, frame], how="horizontal").with_row_index("order") for frame in frames]
    return pl.concat(found).sort("order", maintain_order=True).drop("order")


def _quantity(name: str, estimates: Estimates) -> pl.DataFrame:
    """One quantity in all groups."""
    metrics = A_YEAR.get(name, (TO_LISTING,))
    columns: dict[str, Any] = {}
    for place, metric in zip(ESTIMATED_AS, metrics, strict=False):
        found = estimates(metric)
        mean, low, high = (found[end] for end in ("mean", "low", "high"))
        if metric.startswith("net_"):  # the world's less the twin's
            mean, low, high = -mean, -high, -low
        columns |= {place: mean, f"{place}_low": low, f"{place}_high": high}
        columns.setdefault("n", found["n"])
    height = len(columns["n"])
    given = {key: columns.get(key, [None] * height) for key in POLICY_SCHEMA if key != "quantity"}
    return pl.DataFrame({"quantity": [name] * height, **given}, schema=POLICY_SCHEMA)

"""Whether indices are settled: intervals narrow enough, and an order of factors that half the design gives as well.

Widths and order are the two criteria of Sarrazin, Pianosi & Wagener 2016 (Environmental Modelling & Software 79).
"""

import math
from itertools import combinations
from typing import Any

import polars as pl

from analysis.labels import factor_title
from analysis.sensitivity.errors import shared_half
from analysis.sensitivity.structure import Structure

HALF_WIDTH = {"saltelli": 0.05, "morris": 0.25}
"""What half of an interval may be: of an index, or for Morris's μ* as a share of the largest."""
RANKED = {"saltelli": "total", "morris": "mu_star"}
"""The measure by which factors are ranked."""
WORDS = {"first": "first order", "total": "total", "second": "second order", "mu": "μ", "mu_star": "μ*", "sigma": "σ"}
"""Names of the measures for readers."""
CHECKED = {"saltelli": ("first", "total"), "morris": ("mu_star",)}

CONSTANT = "nothing: the metric is the same at all points, but for noise of replicates"
"""What stands in place of the widest interval where there is nothing to explain."""
VERDICT_SCHEMA: dict[str, Any] = {
    "metric": pl.String(),
    **dict.fromkeys(("half_width", "threshold"), pl.Float64()),
    "widest": pl.String(),
    **dict.fromkeys(("swapped", "n", "n_needed"), pl.Int64()),
    "replicate_error": pl.Float64(),
    "converged": pl.Boolean(),
}
"""Columns of the verdicts, after the crossed factors."""


def verdicts(nested: pl.DataFrame, structure: Structure, half_width: float | None, replicates: int) -> pl.DataFrame:
    """A row for each metric and combination of crossed levels, from the indices on nested parts of the design."""
    asked = HALF_WIDTH[structure.kind] if half_width is None else half_width
    rows = [{**at, **_verdict(table, structure, asked, replicates)} for at, table in structure.split(nested)]
    levels = {name: nested.schema[name] for name in structure.crossed}
    return pl.DataFrame(rows, schema={**levels, **VERDICT_SCHEMA})


def _verdict(table: pl.DataFrame, structure: Structure, asked: float, replicates: int) -> dict[str, Any]:
    size = structure.size
    checked = table.filter(pl.col("measure").is_in(CHECKED[structure.kind]), pl.col("n") == size)
    # μ* has the metric's unit: its widths are shares of the largest
    unit = float(checked["mean"].max() or 1.0) if structure.is_morris else 1.0  # type: ignore[arg-type]
    half = (checked["high"] - checked["mean"]) / unit
    if half.null_count():
        return {"threshold": asked, "widest": CONSTANT, "swapped": 0, "n": size, "converged": False}
    place = int(half.arg_max() or 0)
    widest, found = checked.row(place, named=True), float(half[place])
    swapped = _swapped(table, structure, asked * unit)
    shared = shared_half(replicates, widest["replicate_error"] or 0.0) / unit
    other = (checked["replicate_error"] / unit).to_numpy()
    return {
        "half_width": found,
        "threshold": asked,
        "widest": f"{WORDS[widest['measure']]} of {factor_title(widest['factor']).lower()}",
        "swapped": swapped,
        "n": size,
        "n_needed": size if found <= asked else _needed(size, found / asked, structure, shared / asked),
        "replicate_error": None if checked["replicate_error"].null_count() else float((other * other).mean() ** 0.5),
        "converged": found <= asked and swapped == 0,
    }


def _needed(size: int, whole: float, structure: Structure, shared: float) -> int | None:
    """Base points (a power of two) or trajectories with which half of an interval is as asked.

    It is `whole` times that now, of which the part for replicates, `shared`, stays; None where that alone is too much.
    """
    if shared >= 1.0:
        return None
    needed = math.ceil(size * (whole * whole - shared * shared) / (1.0 - shared * shared))
    return needed if structure.is_morris else 1 << (needed - 1).bit_length()


def _swapped(table: pl.DataFrame, structure: Structure, tie: float) -> int:
    """Pairs of factors whose order half the design gives the other way round, and which the whole tells apart.

    Factors nearer to each other than `tie` count as equal.
    """
    ranked = table.filter(measure=RANKED[structure.kind]).sort("n").group_by("n", maintain_order=True)
    means = [dict(rows.select("factor", "mean").iter_rows()) for _, rows in ranked]
    if len(means) < 2:
        return 0
    before, after = means[-2:]
    pairs = combinations(structure.factors, 2)
    apart = ((after[one] - after[other], (before[one] or 0.0) - (before[other] or 0.0)) for one, other in pairs)
    return sum(now * was < 0.0 and abs(now) > tie for now, was in apart)

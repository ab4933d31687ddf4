"""How many replicates a point needs: Stein's (1945) two-stage procedure.

The first stage, the pilot, runs the same number of replicates at every point. From its variance alone follows the
number that makes the 95 % interval as narrow as asked. The interval keeps the pilot's variance and degrees of freedom,
which is what makes it cover as often as it says, however the number came about.
"""

import math

import polars as pl

from analysis.statistics.estimates import summarise
from analysis.statistics.intervals import quantile
from experiments.design.design import Design

TENS = 10
"""Replicates of the second stage come in tens."""


def replicates_wanted(design: Design, pilot: pl.DataFrame | pl.LazyFrame) -> dict[int, int]:
    """Point → first replicate that it does not need, for points that need more than the pilot gave.

    `pilot` has the runs of the first stage. A metric that is undefined at a point, or has no spread, asks for nothing.
    """
    n = design.replicates
    estimates = summarise(pilot, design.points).filter(pl.col("metric").is_in(list(design.precision)))
    wanted = dict.fromkeys(range(design.points), n)
    for point, metric, error, defined in estimates.select("point", "metric", "standard_error", "n").iter_rows():
        if error is None or defined < 2:
            continue
        needed = needed_replicates(error * math.sqrt(defined), defined, design.precision[metric])
        # a replicate in which the metric is undefined counts for nothing
        wanted[point] = max(wanted[point], math.ceil(needed * n / defined))
    most = design.most_replicates
    ends = {point: min(most, n + TENS * math.ceil((number - n) / TENS)) for point, number in wanted.items()}
    return {point: design.first_replicate + end for point, end in ends.items() if end > n}


def needed_replicates(deviation: float, pilot: int, half_width: float) -> int:
    """Replicates for a 95 % interval of this half-width, from the standard deviation of a pilot of this size."""
    return max(pilot, math.ceil((float(quantile(pilot)) * deviation / half_width) ** 2))

"""Which interval an estimate gets, and the bootstrap for those that Student's does not suit.

Student's interval is for estimates that are nearly normal. A ratio of sums is not where the linearised values of
replicates are skewed, or where the mean of the denominator is unsure. The rule, after Cochran (1977, pages 42 and 153):
Student's interval suits where n ≥ 25 · skewness², and where the coefficient of variation of the mean denominator is at
most 0.1. Otherwise replicates are resampled, all that belongs to one together: bias-corrected and accelerated intervals
(BCa; Efron & Tibshirani 1993, chapter 14), expanded for the number of replicates as Student's are (Hesterberg 2015).
Under ten replicates neither skewness nor far quantiles can be told, and Student's interval stays, for the bootstrap
covers less then. Of two stages it stays Student's too, for on that Stein's procedure rests.
"""

import warnings
from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
from scipy.special import ndtr, stdtrit

from analysis.statistics.units import Codes, Flags, Vector

LEVEL = 0.95
"""Probability with which intervals are to cover what they estimate."""
LEAST = 10
"""Replicates from which on the bootstrap is used."""
SKEWNESS, UNSURE = 25.0, 0.1
"""Replicates that one unit of squared skewness asks for, and variation of the mean denominator that is borne."""
RESAMPLES, SEED = 1999, 20170619
"""Resamples, and the seed of their random numbers: the same for the same data, so that bytes can be had again."""
AT_ONCE, HELD = 256, 2_000_000
"""Estimates that are bootstrapped together, and numbers of resamples × groups, for the sake of memory."""
METHODS = ("student", "bootstrap", "none")
"""Values of the column `interval` of a table of estimates."""
TOGETHER = "simultaneous"
"""Its value where intervals hold together (`analysis.statistics.simultaneous`)."""

Matrix = np.ndarray[Any, np.dtype[np.float64]]
Bootstrap = Callable[[Codes], tuple[Vector, Vector]]
"""From numbers of estimates to the ends of their intervals."""


MISSES = {5: 58, 10: 28, 30: 15}
"""How often of 100 intervals miss skewed figures at most, with under 5, 10 and 30 replicates.

Measured on data like those of runs, log-normal harm and counts that are zero in three of four replicates
(`tests/analysis/statistics/test_intervals.py`).
"""


class Intervals(NamedTuple):
    """Ends of intervals and how they were got, one entry for each estimate; NaN and `none` where there is none."""

    low: Vector
    high: Vector
    method: list[str]


def caution(n: int) -> str:
    """What to know of intervals over so few replicates, in a sentence; nothing where they are many or one."""
    most = next((often for under, often in MISSES.items() if n < under), None)
    if most is None or n < 2:
        return ""
    return (
        f"With n = {n}, intervals miss more often than 1 in 20: in trials with skewed harm and counts up to {most} in "
        "100, mostly by being too low."
    )


def quantile(n: Any, level: float = LEVEL) -> Any:
    """Quantile of Student's t with n − 1 degrees of freedom, for two-sided intervals; NaN for n below 2."""
    return stdtrit(np.asarray(n, float) - 1.0, 0.5 + 0.5 * level)


def unsuited(n: Any, skewness: Vector, unsure: Vector) -> Flags:
    """Where Student's interval does not suit and the bootstrap can help, with `n` replicates.

    `skewness` is that of the linearised values, `unsure` the coefficient of variation of the mean denominator.
    """
    with np.errstate(invalid="ignore"):
        return (n >= LEAST) & ((skewness**2 * SKEWNESS > n) | (unsure > UNSURE))


def intervals(mean: Vector, error: Vector, spread_of: Codes, wanted: Flags, bootstrapped: Bootstrap) -> Intervals:
    """Student's intervals, and where `wanted` those of the bootstrap; `error` is NaN where there can be none."""
    half = quantile(spread_of) * error
    low, high = mean - half, mean + half
    code = np.where(np.isnan(low), 2, 0)
    places = np.flatnonzero(wanted & (error > 0.0))  # what does not vary needs none
    for some in np.array_split(places, -(-len(places) // AT_ONCE)) if len(places) else ():
        ends = bootstrapped(some)
        found = np.isfinite(ends).all(0)
        low[some[found]], high[some[found]] = ends[0][found], ends[1][found]
        code[some[found]] = 1
    return Intervals(low, high, [METHODS[each] for each in code])


def expanded(n: int) -> float:
    """Share of resamples of `n` units between the ends of an interval, for it to be as wide as Student's."""
    return 1.0 - 2.0 * float(ndtr(-np.sqrt(n / (n - 1.0)) * quantile(n)))


def bca(x: Matrix, y: Matrix, combined: Callable[[Matrix], Matrix]) -> tuple[Vector, Vector]:
    """Ends of the intervals of functions of Σx/Σy [replicate, group], with whole replicates resampled.

    `combined` makes the estimates [k, …] of ratios [group, …]. NaN where a resample leaves nothing to divide by.
    """
    return resampled(x, y, combined, "BCa")[0]


def resampled(
    x: Matrix, y: Matrix, combined: Callable[[Matrix], Matrix], method: str = "percentile"
) -> tuple[tuple[Vector, Vector], Vector]:
    """Ends of intervals and standard errors by a method of `scipy.stats.bootstrap`; arguments are those of `bca`.

    Percentiles suit what is biased by construction and has its bias taken off in `combined`, as shares of variance.
    """
    from scipy.stats import bootstrap  # which takes long to import, and few commands need

    n = len(x)
    level = expanded(n)

    def estimates(rows: Codes, axis: int = -1) -> Matrix:
        with np.errstate(divide="ignore", invalid="ignore"):
            return combined(_sums(x, rows) / _sums(y, rows))

    with np.errstate(divide="ignore", invalid="ignore"), warnings.catch_warnings():
        warnings.simplefilter("ignore")  # what cannot be had is NaN, and Student's interval stays
        found = bootstrap(
            (np.arange(n),),
            estimates,
            n_resamples=RESAMPLES,
            batch=max(1, HELD // x.shape[1]),
            vectorized=True,
            confidence_level=level,
            method=method,
            random_state=np.random.default_rng(SEED),
        )
    return (found.confidence_interval.low, found.confidence_interval.high), found.standard_error


def _sums(values: Matrix, rows: Codes) -> Matrix:
    """Sums [group, …] of the rows […, drawn]; added one after the other, so that every machine gets the same bits."""
    total = np.zeros((*rows.shape[:-1], values.shape[1]))
    for drawn in range(rows.shape[-1]):
        total += values[rows[..., drawn]]
    return np.ascontiguousarray(np.moveaxis(total, -1, 0))

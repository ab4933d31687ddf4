"""A smooth through points, with a band that says how sure it is.

A cubic smoothing spline whose roughness generalised cross-validation chooses (Wahba 1990; `scipy.interpolate`). The
band resamples points, each with all that belongs to it, at the roughness that was chosen. That covers which points were
drawn and the noise in each. A spline also rounds off corners: standard errors are widened by what this adds to them on
average where cross-validation chose well (a third of their squares; Wahba 1983, Nychka 1988). In trials such bands
covered 87 % of a curve with 40 points and 95 % with 300.
"""

from typing import Any, NamedTuple

import numpy as np
from scipy.interpolate import make_smoothing_spline
from scipy.special import ndtri

from analysis.statistics.intervals import LEVEL, SEED

Array = np.ndarray[Any, np.dtype[Any]]
LEAST = 20
"""Points, and different values of the factor, below which there is no smooth."""
KNOTS = 40
"""Cells of equal frequency in which many points are averaged first; splines through thousands of knots tell no more."""
RESAMPLES, STEPS = 50, 60
"""Resamples behind a band, and places at which it is drawn."""
BIAS = 4.0 / 3.0
"""By how much the squares of standard errors grow for the bias of a cubic smoothing spline."""
STRAIGHT = 1e6
"""Penalty of a straight line, over a factor from 0 to 1."""


class Smooth(NamedTuple):
    """A smooth and the ends of its 95 % band at places from the lowest value of the factor to the highest."""

    at: Array
    mean: Array
    low: Array
    high: Array


def smooth(factor: Array, figure: Array, weights: Array | None = None) -> Smooth | None:
    """The smooth of a figure over a factor; points at which it is undefined are left out.

    None where there are fewer than `LEAST` points or values of the factor.
    """
    there = np.isfinite(figure)
    x, y = factor[there].astype(float), figure[there]
    weight = np.ones(len(x)) if weights is None else weights[there]
    values, tied = np.unique(x, return_inverse=True)
    if len(values) < LEAST:
        return None
    # neighbours together, and what has the same value always
    cell = (np.cumsum(np.bincount(tied)) - 1)[tied] * min(KNOTS, len(values)) // len(x)
    _, cell = np.unique(cell, return_inverse=True)
    low, wide = x.min(), np.ptp(x)
    scaled = (x - low) / wide
    size = np.ptp(y) or 1.0
    knots = _means(cell, scaled, y / size, weight)
    at = np.linspace(0.0, 1.0, STEPS)
    spline = make_smoothing_spline(*knots)
    roughness = min(_roughness(spline, *knots), STRAIGHT)
    chance = np.random.default_rng(SEED)
    drawn = []
    for _ in range(RESAMPLES):
        times = weight * np.bincount(chance.integers(len(x), size=len(x)), minlength=len(x))
        drawn.append(make_smoothing_spline(*_means(cell, scaled, y / size, times), lam=roughness)(at))
    half = float(ndtri(0.5 + LEVEL / 2.0)) * np.sqrt(BIAS) * np.std(drawn, axis=0, ddof=1)
    mean = spline(at)
    return Smooth(low + wide * at, size * mean, size * (mean - half), size * (mean + half))


def _means(cell: Array, x: Array, y: Array, weight: Array) -> tuple[Array, Array, Array]:
    """Weighted means of both by cell, and the weight of each cell; cells without any are left out."""
    total = np.bincount(cell, weight)
    full = total > 0.0
    means = (np.bincount(cell, weight * values)[full] / total[full] for values in (x, y))
    return (*means, total[full] / total.mean())  # type: ignore[return-value]


def _roughness(spline: Any, x: Array, y: Array, weight: Array) -> float:
    """The penalty that cross-validation chose, which the spline does not tell.

    At a knot its third derivative jumps by the residual there, times its weight, over the penalty. A straight line has
    no jumps, and the largest penalty.
    """
    third = spline.derivative(3)((x[1:] + x[:-1]) / 2.0)
    jumps = np.diff(third, prepend=0.0, append=0.0)
    pull = weight * (y - spline(x))
    return float(abs(jumps @ pull) / max(float(jumps @ jumps), np.finfo(float).tiny)) if jumps.any() else STRAIGHT

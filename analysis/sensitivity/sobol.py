"""Sobol' indices of one metric, with the noise of replicates taken off, and their errors.

Estimators: first order after Saltelli et al. 2010 (CPC 181, table 2b), total after Jansen 1999, second order after
Saltelli 2002, all as in `SALib.analyze.sobol`. Each is a ratio of two means over base points, and both are quadratic
forms Q(f) of the values f at all points: of the first order b · (ab − a), of the total ½ (a − ab)², below them the
variance over the points of A and B.

A sweep knows f only from replicates: Y_r = f + e_r, with E e_r = 0 and e_r independent of e_s. Q of their mean is too
large or too small by the noise of that mean, for E Q(Ȳ) = Q(f) + E Q(e)/R: a variance that holds noise deflates first
orders and inflates what rests on differences between points. Q of each replicate's deviations from the mean of all
tells how much, E Σ_r Q(Y_r − Ȳ) = (R − 1) E Q(e), so that

    Q(Ȳ) − Σ_r Q(Y_r − Ȳ) / (R (R − 1)),

the mean of Q's bilinear form over pairs of different replicates (a U-statistic; Hoeffding 1948), is Q(f) on average.
Nothing was said of e_r at different points. Where all points share a replicate's random numbers, its covariance
between them is taken off as it is; where they do not, there is none. What is estimated are the indices of the mean over
the dice, not those that each throw has (Hart, Alexanderian & Gremaud 2017), nor those that count the dice among the
factors (Zhu & Sudret 2021 tell the three apart).
"""

from itertools import combinations
from typing import Any, NamedTuple

import numpy as np

from analysis.sensitivity.errors import Floats, Indices, errors, spread


class Parts(NamedTuple):
    """Values at the points of a Saltelli design, by base point and factor, with replicates last."""

    a: Any
    b: Any
    ab: Any  # A with one factor from B
    ba: Any  # B with one factor from A


def sobol_indices(values: Floats, factors: int, *, second_order: bool) -> Indices:
    """Indices of the means over replicates; `values` by point, in the order of the design, and replicate.

    With one replicate nothing is known of its noise, and nothing taken off. With several NaN where the variance over
    points cannot be told from that which their noise makes.
    """
    replicates = values.shape[1]
    mean = values.mean(axis=1, keepdims=True)
    raw, own = (_forms(_split(some, factors, second_order)) for some in (values, values - mean))
    cells = raw - own  # by index, base point and replicate; their means over replicates are the forms of the mean
    as_they_are = _ratios(cells.mean(axis=(1, 2)))
    noise = np.full_like(as_they_are, np.nan)
    if replicates > 1:
        cells = cells - own.mean(axis=-1, keepdims=True) / (replicates - 1)
    sums = cells.mean(axis=(1, 2))
    estimate = _ratios(sums)
    if replicates > 1:
        noise = as_they_are - estimate
        if not sums[-1] > spread(cells[-1:]).parts[2].half()[0]:
            estimate = np.full_like(estimate, np.nan)
    with np.errstate(divide="ignore", invalid="ignore"):
        error = errors((cells[:-1] - estimate[:, None, None] * cells[-1]) / sums[-1])
    return Indices(estimate, *error, noise, cells.shape[1])


def _ratios(sums: Floats) -> Floats:
    """Each form by the last, the variance; NaN where there is none."""
    return np.asarray(sums[:-1] / sums[-1]) if sums[-1] > 0.0 else np.full(len(sums) - 1, np.nan)


def _split(values: Any, factors: int, second_order: bool) -> Parts:
    units = values.reshape(-1, (2 if second_order else 1) * factors + 2, *values.shape[1:])
    units = units - units.mean(axis=(0, 1))  # what all points of a replicate share
    return Parts(units[:, 0], units[:, -1], units[:, 1 : 1 + factors], units[:, 1 + factors : -1])


def _forms(parts: Parts) -> Any:
    """Terms of the indices' forms and last of the variance, whose ratios they are [form, base point, replicate]."""
    a, b, ab, ba = parts.a, parts.b, *(np.moveaxis(part, 1, 0) for part in (parts.ab, parts.ba))
    first, total = b * (ab - a), 0.5 * (a - ab) ** 2
    pairs = combinations(range(len(ab)), 2) if ba.size else ()
    second = [ba[j] * ab[k] - a * b - first[j] - first[k] for j, k in pairs]
    centre = 0.5 * (a + b).mean(axis=0)
    return np.stack([*first, *total, *second, 0.5 * ((a - centre) ** 2 + (b - centre) ** 2)])

"""Sobol' indices of one metric: SALib's estimates, their errors, and what noise of simulation adds to them.

Estimators: first order after Saltelli et al. 2010 (CPC 181, table 2b), total after Jansen 1999, second order after
Saltelli 2002, all as in `SALib.analyze.sobol`. Each is a ratio of means over base points, hence its error by the delta
method: the same as SALib's bootstrap in the limit of many resamples, without draws of its own.
"""

from itertools import combinations
from typing import Any, NamedTuple
from warnings import catch_warnings

import numpy as np
from SALib.analyze import sobol

from analysis.sensitivity.indices import Floats, Indices, between_replicates


class Parts(NamedTuple):
    """Values at the points of a Saltelli design, by base point and factor, with replicates last where there are any."""

    a: Any
    b: Any
    ab: Any  # A with one factor from B
    ba: Any  # B with one factor from A


def sobol_indices(values: Floats, factors: int, *, second_order: bool) -> Indices:
    """Indices of the means over replicates; `values` by point, in the order of the design, and replicate."""
    mean = values.mean(axis=1)
    estimate = sobol_estimates(mean, factors, second_order=second_order)
    parts = _split(mean, factors, second_order)
    noise = _noise(_split(values, factors, second_order), len(estimate))
    between = between_replicates(values, lambda mean: sobol_estimates(mean, factors, second_order=second_order))
    return Indices(estimate, _errors(parts, estimate), between, noise, len(parts.a))


def sobol_estimates(mean: Floats, factors: int, *, second_order: bool) -> Floats:
    """SALib's estimates from the values at all points; NaN where these are all the same."""
    pairs = list(combinations(range(factors), 2)) if second_order else []
    if np.ptp(mean) <= 0.0:
        return np.full(2 * factors + len(pairs), np.nan)
    problem = {"num_vars": factors, "names": [str(place) for place in range(factors)]}
    with catch_warnings(action="ignore"):
        # two resamples: its intervals are left aside
        found = sobol.analyze(problem, mean, calc_second_order=second_order, num_resamples=2, seed=1)
    return np.concatenate([found["S1"], found["ST"], [found["S2"][pair] for pair in pairs]])


def _split(values: Any, factors: int, second_order: bool) -> Parts:
    units = values.reshape(-1, (2 if second_order else 1) * factors + 2, *values.shape[1:])
    return Parts(units[:, 0], units[:, -1], units[:, 1 : 1 + factors], units[:, 1 + factors : -1])


def _errors(parts: Parts, estimate: Floats) -> Floats:
    """Standard errors by the delta method: an index is a mean over base points by the variance of A and B."""
    centre = np.concatenate([parts.a, parts.b]).mean()
    a, b, ab, ba = (part - centre for part in parts)
    squares = 0.5 * (a * a + b * b)
    variance = squares.mean()
    first = b[:, None] * (ab - a[:, None])
    total = 0.5 * (a[:, None] - ab) ** 2
    pairs = combinations(range(ab.shape[1]), 2) if ba.size else ()
    second = [ba[:, j] * ab[:, k] - a * b - first[:, j] - first[:, k] for j, k in pairs]
    terms = np.column_stack([first, total, *second])
    residual = terms - terms.mean(axis=0) - estimate * (squares - variance)[:, None]
    with np.errstate(divide="ignore", invalid="ignore"):  # of values that are all the same nothing is estimated
        return np.asarray(residual.std(axis=0, ddof=1) / (np.sqrt(len(a)) * variance))


def _noise(parts: Parts, indices: int) -> Floats:
    """Bias of first-order and total indices by the noise of replicates, in expectation; NaN with one replicate.

    It is the covariance over replicates of the two factors of each estimator, at a base point, over their number.
    """
    replicates = parts.a.shape[-1]
    added = np.full(indices, np.nan)
    if replicates < 2:
        return added
    variance = np.concatenate([parts.a, parts.b]).mean(axis=-1).var()
    change = _deviations(parts.ab - parts.a[:, None])
    degrees = replicates * (replicates - 1)
    factors = parts.ab.shape[1]
    with np.errstate(divide="ignore", invalid="ignore"):
        added[:factors] = (_deviations(parts.b)[:, None] * change).sum(axis=-1).mean(axis=0) / degrees / variance
        added[factors : 2 * factors] = 0.5 * (change * change).sum(axis=-1).mean(axis=0) / degrees / variance
    return added


def _deviations(values: Any) -> Any:
    """Deviations of replicates from their mean."""
    return values - values.mean(axis=-1, keepdims=True)

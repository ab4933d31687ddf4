"""Morris's elementary effects of one metric: μ, μ* and σ as SALib gives them, with their errors.

An elementary effect is the change of the metric along one step of a trajectory, over the step: what the metric would
change over the factor's whole range, if it went on as there (Morris 1991). A factor whose levels are names has no
range: its effect is the change from one name to another, and the sign of its μ follows the order of the names alone.
μ* is the mean of absolute effects (Campolongo, Cariboni & Saltelli 2007).
"""

from typing import Any

import numpy as np
from SALib.analyze import morris

from analysis.sensitivity.indices import Floats, Indices, between_replicates
from analysis.sensitivity.structure import MEASURES, LevelCodes, Structure


def morris_indices(values: Floats, codes: LevelCodes, structure: Structure) -> Indices:
    """μ, μ* and σ of the means over replicates; `values` by point, in the order of the design, and replicate."""
    mean = values.mean(axis=1)
    estimate, found = morris_estimates(mean, codes, structure), elementary_effects(mean, codes, structure)
    noise = _noise(found, elementary_effects(values, codes, structure), estimate[2 * len(structure.factors) :])
    between = between_replicates(values, lambda mean: morris_estimates(mean, codes, structure))
    return Indices(estimate, _errors(found), between, noise, len(found))


def morris_estimates(mean: Floats, codes: LevelCodes, structure: Structure) -> Floats:
    """SALib's μ, μ* and σ from the values at all points, one measure after the other."""
    names = list(structure.factors)
    problem: dict[str, Any] = {"num_vars": len(names), "names": names, "bounds": [[0.0, 1.0]] * len(names)}
    # the directions of steps are all that SALib takes from the points
    found = morris.analyze(problem, codes.astype(float), mean, num_levels=structure.levels, num_resamples=2, seed=1)
    scale = _scale(structure)
    return np.concatenate([scale * np.asarray(found[measure], float) for measure in MEASURES["morris"]])


def _scale(structure: Structure) -> Floats:
    """What makes a change of name count once, rather than over a step of the lattice."""
    return np.where(structure.named, structure.delta, 1.0)


def elementary_effects(values: Any, codes: LevelCodes, structure: Structure) -> Any:
    """Elementary effects by trajectory and factor, with replicates last where there are any."""
    factors = len(structure.factors)
    steps = np.diff(values.reshape(-1, structure.step, *values.shape[1:]), axis=1)
    direction = np.sign(np.diff(codes.reshape(-1, structure.step, factors), axis=1))
    scale = _scale(structure).reshape(-1, *[1] * (values.ndim - 1))
    return np.einsum("tsf,ts...->tf...", direction, steps) / structure.delta * scale


def _errors(found: Floats) -> Floats:
    """Standard errors of μ, μ* and σ over trajectories, by leaving each out (jackknife)."""
    count = len(found)
    if count < 3:
        spread = found.std(axis=0, ddof=1), np.abs(found).std(axis=0, ddof=1), np.full(found.shape[1], np.nan)
        return np.concatenate(spread) / np.sqrt(count)
    without = [_measures(np.delete(found, place, axis=0)) for place in range(count)]
    return np.asarray(np.std(without, axis=0) * np.sqrt(count - 1))


def _measures(found: Floats) -> Floats:
    return np.concatenate([found.mean(axis=0), np.abs(found).mean(axis=0), found.std(axis=0, ddof=1)])


def _noise(found: Floats, replicates: Any, sigma: Floats) -> Floats:
    """What noise of replicates adds: to μ nothing, to μ* at most, to σ in expectation; NaN with one replicate.

    `replicates` are effects with replicates last. By noise of standard deviation s, |effect| rises by √(2/π) s at most,
    which is where the factor does nothing; σ² rises by s².
    """
    factors, count = found.shape[1], replicates.shape[-1]
    if count < 2:
        return np.full(3 * factors, np.nan)
    variance = replicates.var(axis=-1, ddof=1).mean(axis=0) / count
    alone = np.sqrt(np.maximum(0.0, sigma * sigma - variance))
    return np.concatenate([np.zeros(factors), np.sqrt(2.0 / np.pi * variance), sigma - alone])

"""Morris's elementary effects of one metric: μ, μ* and σ as SALib gives them, with their errors.

An elementary effect is the change of the metric along one step of a trajectory, over the step: what the metric would
change over the factor's whole range, if it went on as there (Morris 1991). A factor whose levels are names has no
range: its effect is the change from one name to another, and the sign of its μ follows the order of the names alone.
μ* is the mean of absolute effects (Campolongo, Cariboni & Saltelli 2007).
"""

from typing import Any

import numpy as np
from SALib.analyze import morris

from analysis.sensitivity.errors import Floats, Indices, errors
from analysis.sensitivity.structure import MEASURES, LevelCodes, Structure


def morris_indices(values: Floats, codes: LevelCodes, structure: Structure) -> Indices:
    """μ, μ* and σ of the means over replicates; `values` by point, in the order of the design, and replicate."""
    estimate = morris_estimates(values.mean(axis=1), codes, structure)
    effects = elementary_effects(values, codes, structure)
    mu, star, sigma = estimate.reshape(3, -1)
    noise = _noise(effects, sigma)
    alone = sigma - noise[2] if values.shape[1] > 1 else sigma
    error = errors(_terms(effects, mu, np.where(alone > 0.0, alone, sigma)))
    return Indices(np.concatenate([mu, star, alone]), *error, noise.ravel(), len(effects))


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


def _terms(effects: Any, mu: Floats, sigma: Floats) -> Floats:
    """What each trajectory adds to μ, μ* and σ in each replicate [measure and factor, trajectory, replicate].

    |x| and σ are linearised at the means over replicates. NaN for σ of two trajectories, which are as far from their
    mean whatever they are.
    """
    mean = effects.mean(axis=-1, keepdims=True)
    away = mean - mu[:, None]
    root = np.where(sigma > 0.0, sigma, 1.0)[:, None]  # where it is zero, so is what is divided by it
    square = away * (2.0 * (effects - mean) + away) / (2.0 * root if len(effects) > 2 else np.nan)
    return np.moveaxis(np.concatenate([effects, np.sign(mean) * effects, square], axis=1), 1, 0)


def _noise(effects: Any, sigma: Floats) -> Floats:
    """What noise of replicates makes of μ: nothing; of μ*: at most; of σ: in expectation [measure, factor].

    By noise of standard deviation s, |effect| rises by √(2/π) s at most, which is where the factor does nothing; σ²
    rises by s². NaN with one replicate.
    """
    count = effects.shape[-1]
    if count < 2:
        return np.full((3, len(sigma)), np.nan)
    variance = effects.var(axis=-1, ddof=1).mean(axis=0) / count
    alone = np.sqrt(np.maximum(0.0, sigma * sigma - variance))
    return np.stack([np.zeros(len(sigma)), np.sqrt(2.0 / np.pi * variance), sigma - alone])

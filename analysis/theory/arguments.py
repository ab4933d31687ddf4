"""What the oracles ask of their arguments: numbers within bounds, and distributions that are some."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from model.errors import ConfigurationError

SUM_TOLERANCE = 1e-9
"""How far probabilities may sum beside 1."""


def number(key: str, value: Any, low: float = -np.inf, high: float = np.inf) -> NDArray[np.float64]:
    """One number or an array of them, finite and from `low` to `high`; raises `ConfigurationError` for others."""
    try:
        found = np.asarray(value, float)
    except (TypeError, ValueError):
        raise ConfigurationError("is no number, nor an array of them", key=key, value=value) from None
    wrong = ~np.isfinite(found) | (found < low) | (found > high)
    if not wrong.any():
        return found
    place = tuple(int(at) for at in np.argwhere(wrong)[0])
    key = f"{key}{list(place)}" if place else key
    ends = [f"{word} {end:g}" for word, end in (("at least", low), ("at most", high)) if np.isfinite(end)]
    allowed = ", ".join(["a finite number", *ends])
    raise ConfigurationError("is out of bounds", key=key, value=float(found[place]), allowed=allowed)


def single(key: str, value: Any, low: float = -np.inf, high: float = np.inf) -> float:
    """One number, as `number`; raises `ConfigurationError` for an array."""
    found = number(key, value, low, high)
    if found.ndim:
        raise ConfigurationError(f"has the shape {found.shape}", key=key, allowed="one number")
    return float(found)


def distributions(key: str, value: Any, dimensions: int) -> NDArray[np.float64]:
    """Distributions over the last axis of an array with so many axes; raises `ConfigurationError` for anything else."""
    found = number(key, value, 0.0, 1.0)
    if found.ndim != dimensions or not found.size:
        shape = "one row of probabilities" if dimensions == 1 else "a row of probabilities for each perpetrator"
        raise ConfigurationError(f"has the shape {found.shape}", key=key, allowed=shape)
    wrong = np.abs(found.sum(-1) - 1.0) > SUM_TOLERANCE
    if wrong.any():
        place = [int(at) for at in np.argwhere(wrong)[0]]
        allowed = f"1 ± {SUM_TOLERANCE:g}: divide the row by its sum"
        where = f"{key}{place}" if place else key
        raise ConfigurationError("is the sum", key=where, value=float(found.sum(-1)[tuple(place)]), allowed=allowed)
    return found

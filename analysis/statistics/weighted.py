"""Values with weights: their quantiles, and rows drawn by weight."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from analysis.statistics.ratio import Array


def weighted_quantiles(values: Array, shares: Sequence[float], weight: Any = 1.0) -> Array:
    """The least values at or below which these shares of the weight lie: values [..., world] → [..., share].

    `weight` is even, or of the values' shape. Sums of weights that fall short of a share by rounding reach it.
    """
    order = np.argsort(values, axis=-1, kind="stable")
    weight = np.take_along_axis(np.broadcast_to(weight, values.shape), order, -1)
    below = np.cumsum(weight, -1) / weight.sum(-1, keepdims=True)
    place = (below[..., None, :] < np.asarray(shares)[:, None] - 1e-12).sum(-1)
    return np.take_along_axis(np.take_along_axis(values, order, -1), np.minimum(place, values.shape[-1] - 1), -1)


def rows_by_weight(weights: Any, number: int, offset: float = 0.5) -> Any:
    """So many rows, evenly spaced along the sum of their weights: each comes about as often as it should (Madow 1949).

    `offset` is where the first falls in the first of as many equal parts of the sum, 0 to 1.
    """
    ends = np.cumsum(weights)
    marks = (np.arange(number) + offset) * (ends[-1] / number)
    return np.minimum(np.searchsorted(ends, marks, side="right"), len(ends) - 1)

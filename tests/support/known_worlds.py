"""Made-up worlds whose posterior is known: of three of four parameters each is seen with a normal error."""

from typing import Any

import numpy as np

from analysis.calibration.reference import Reference

ERROR = 0.1
"""Standard deviation with which a parameter is seen."""
DUMMY = 3
"""Place of the parameter that nothing is seen of."""


def seen(shares: Any, seed: int) -> Any:
    """What is seen of worlds [world, parameter]: a moment for each parameter but the dummy."""
    return shares[:, :DUMMY] + ERROR * np.random.default_rng(seed + 1000).standard_normal((len(shares), DUMMY))


def made_up(number: int, seed: int, *, twice: bool = False) -> Reference:
    """So many worlds with their moments; with `twice` the first parameter is seen once more, as `fourth`."""
    shares = np.random.default_rng(seed).random((number, DUMMY + 1))
    figures = seen(shares, seed)
    if twice:
        figures = np.column_stack([figures, seen(shares, seed + 1)[:, 0]])
    names = ("first", "second", "third", "fourth")[: figures.shape[1]]
    return Reference(("a", "b", "c", "dummy"), names, shares, figures)

"""Factors of a folder that vary, and points at levels that a browser names by their places."""

from collections.abc import Mapping
from typing import Any, NamedTuple

import polars as pl

from model.errors import ConfigurationError


class Factor(NamedTuple):
    """A factor that varies: `levels` of the design, and the texts of these for a reader; None where there are many."""

    path: str
    title: str
    label: str  # with its unit
    levels: pl.Series
    texts: list[str] | None

    @property
    def told(self) -> dict[str, Any]:
        """The factor as a browser is told of it."""
        numeric = self.levels.dtype.is_numeric()
        return {
            "path": self.path,
            "title": self.title,
            "label": self.label,
            "levels": self.texts,
            "numeric": numeric,
            "of": len(self.levels),
        }


def middle(factor: Factor) -> int:
    """Place of the level in the middle."""
    return len(factor.levels) // 2


def known(factors: Mapping[str, Factor], path: str) -> Factor:
    """The factor of this path; raises `ConfigurationError`."""
    if path not in factors:
        raise ConfigurationError("does not vary in this folder", value=path, allowed=", ".join(factors) or "none")
    return factors[path]


def level_at(factors: Mapping[str, Factor], path: str, place: int) -> Any:
    """The level of a factor at a place; raises `ConfigurationError`."""
    factor = known(factors, path)
    if factor.texts is None or not 0 <= place < len(factor.levels):
        raise ConfigurationError("is no level of this factor", key=path, value=place)
    return factor.levels[place]


def points_at(design: pl.DataFrame, factors: Mapping[str, Factor], at: Mapping[str, int]) -> pl.DataFrame:
    """The points of the design at these levels, by their places."""
    held = [pl.col(path) == level_at(factors, path, place) for path, place in at.items()]
    return design.filter(held) if held else design

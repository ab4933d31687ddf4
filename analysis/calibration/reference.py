"""The reference table: worlds drawn from a prior, and what the public record of each would say.

Parameters stand on the scale of the prior's ranges, where the prior is even from 0 to 1, and without bounds as the
log-odds of that.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
import polars as pl

from analysis.results.folder import Results

Array = np.ndarray[Any, np.dtype[np.float64]]
EDGE = 1e-6
"""How near to the ends of its range a value counts: log-odds of the ends themselves are infinite."""


class Range(Protocol):
    """A range of a prior, even in the value or, with `scale` log, in its logarithm."""

    @property
    def low(self) -> float: ...  # noqa: D102
    @property
    def high(self) -> float: ...  # noqa: D102
    @property
    def scale(self) -> str: ...  # noqa: D102


def to_unit(values: Array, span: Range) -> Array:
    """Values as shares of a prior's range."""
    ends = np.array([span.low, span.high])
    if span.scale == "log":
        values, ends = np.log(values), np.log(ends)
    return (values - ends[0]) / (ends[1] - ends[0])


def from_unit(shares: Array, span: Range) -> Array:
    """Shares of a prior's range as values."""
    if span.scale == "log":
        return np.asarray(span.low * (span.high / span.low) ** shares)
    return np.asarray(span.low + shares * (span.high - span.low))


def unbounded(shares: Array) -> Array:
    """Shares as log-odds."""
    inside = np.clip(shares, EDGE, 1.0 - EDGE)
    return np.asarray(np.log(inside / (1.0 - inside)))


def bounded(odds: Array) -> Array:
    """Log-odds as shares."""
    return np.asarray(1.0 / (1.0 + np.exp(-odds)))


@dataclass(frozen=True)
class Reference:
    """Worlds [world, parameter] as shares of the prior's ranges, and their moments [world, moment], NaN undefined."""

    parameters: tuple[str, ...]
    moments: tuple[str, ...]
    shares: Array
    figures: Array

    def __len__(self) -> int:
        return len(self.shares)

    def select(self, rows: Any) -> "Reference":
        """Some of the worlds."""
        return Reference(self.parameters, self.moments, self.shares[rows], self.figures[rows])

    def without(self, moments: Sequence[str]) -> "Reference":
        """The same worlds with fewer moments."""
        kept = [place for place, name in enumerate(self.moments) if name not in moments]
        return Reference(
            self.parameters, tuple(self.moments[place] for place in kept), self.shares, self.figures[:, kept]
        )

    def with_errors(self, errors: Sequence[float], seed: int) -> "Reference":
        """The same worlds, their moments with normal errors of these standard deviations."""
        noise = np.random.default_rng(seed).standard_normal(self.figures.shape)
        return Reference(self.parameters, self.moments, self.shares, self.figures + np.array(errors) * noise)

    def beside(self, other: "Reference") -> "Reference":
        """The worlds of both."""
        shares, figures = np.vstack([self.shares, other.shares]), np.vstack([self.figures, other.figures])
        return Reference(self.parameters, self.moments, shares, figures)


def reference_of(results: Results, spans: Mapping[str, Range], moments: Sequence[str]) -> Reference:
    """The table of a folder whose runs keep a record; `spans` are the ranges of the whole prior."""
    columns = [f"record_{name}" for name in moments]
    runs = results.scan.filter(pl.col("status") == "ok").select("point", *columns).collect()
    worlds = runs.select("point").join(results.design, on="point", how="left", maintain_order="left")
    shares = np.column_stack([to_unit(worlds[path].to_numpy().astype(float), span) for path, span in spans.items()])
    figures = runs.select(pl.col(columns).fill_null(float("nan"))).to_numpy()
    return Reference(tuple(spans), tuple(moments), shares, figures)

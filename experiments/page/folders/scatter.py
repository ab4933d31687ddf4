"""Points of a design that are drawn one by one, and the smooth through them."""

import numpy as np
import polars as pl

from analysis.results.folder import Results
from analysis.sampled.points import drawn_factors, sample_of
from analysis.sampled.smooth import smooth


def base_points(results: Results) -> pl.DataFrame:
    """The points that are a sample: of a Saltelli design its base points, for the others repeat their values."""
    if results.manifest.design.get("kind") == "saltelli" and drawn_factors(results):
        return pl.DataFrame({"point": np.flatnonzero(sample_of(results).place >= 0)}, schema={"point": pl.Int64})
    return results.design.select("point")


def drawn_smooth(results: Results, rows: pl.DataFrame) -> list[dict[str, float]] | None:
    """The smooth of `mean` over `x` with its band; None over texts, few points and trajectories."""
    if not rows["x"].dtype.is_numeric() or results.manifest.design.get("kind") == "morris":
        return None
    weights = None if results.weights is None else np.asarray(results.weights)[rows["point"].to_numpy()]
    found = smooth(rows["x"].to_numpy(), rows["mean"].to_numpy(), weights)
    if found is None:
        return None
    return [dict(zip(("x", "mean", "low", "high"), map(float, at), strict=True)) for at in zip(*found, strict=True)]

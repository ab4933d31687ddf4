"""What may be compared of a sweep that is under way: levels only over the same points of all else.

Points come in a shuffled order, so that the points so far stand unevenly at the levels of a factor: an average by level
would be over other points at one level than at another, and an effect over other points than those that the experiment
planned, with an interval that knows nothing of it. Neither is shown before every point has a run.
"""

from collections.abc import Sequence

import polars as pl

from model.errors import ConfigurationError


class Unreached(ConfigurationError):
    """Levels would be compared over points of which some have no run yet."""


def points_without(scan: pl.LazyFrame, points: int) -> int:
    """Points that have no run yet; one that failed is a run."""
    return points - int(scan.select(pl.col("point").n_unique()).collect().item())


def is_pooled(design: pl.DataFrame, by: Sequence[str]) -> bool:
    """Whether several points have the same values of these columns."""
    groups = design.select(by).n_unique() if by else 1
    return groups < design.height


def shared(scan: pl.LazyFrame, points: int) -> pl.LazyFrame:
    """The runs of replicates that every point has; all runs so far where there is none."""
    at = scan.group_by("replicate").agg(pl.col("point").n_unique()).filter(pl.col("point") == points).collect()
    return scan.filter(pl.col("replicate").is_in(at["replicate"].to_list())) if at.height else scan

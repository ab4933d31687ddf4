"""Which run of a folder is told as a story: the one that is named, the median by harm averted, or the worst."""

from typing import NamedTuple

import polars as pl

from analysis.results.folder import RUNS_SCHEMA, Results
from model.errors import ConfigurationError
from model.metrics.catalogue import LEAD, METRICS

CHOSEN_BY = METRICS[LEAD]
"""The metric by which a run is chosen where none is named."""


class Choice(NamedTuple):
    """A run to tell, and why it is this one."""

    point: int
    replicate: int
    why: str


def choose(results: Results, point: int | None = None, replicate: int | None = None, *, worst: bool = False) -> Choice:
    """The run to tell; raises `ConfigurationError` where no run went well, or a replicate is named and `worst` asked.

    With `replicate`, that of the point, by default the first. Else the median run of the point by harm averted (of an
    even number the lower of the two in the middle), or with `worst` the run with the least, of all points if none is
    named. Of equal runs the first is taken.
    """
    if replicate is not None and worst:
        problem, allowed = "picks a replicate, and one is given", "one of the two"
        raise ConfigurationError(problem, file="--worst", value=replicate, allowed=allowed)
    if replicate is not None:
        return Choice(point or 0, replicate, "the run named")
    if not worst:
        point = point or 0
    columns = {name: pl.col(name) for name in RUNS_SCHEMA}
    above, below = CHOSEN_BY.numerator(columns), CHOSEN_BY.denominator(columns)
    value = pl.when(below > 0.0).then(CHOSEN_BY.value(above, below)).alias("value")
    good = results.scan.filter(pl.col("status") == "ok", True if point is None else pl.col("point") == point)
    runs = good.select("point", "replicate", value).sort("value", "point", "replicate", nulls_last=True).collect()
    of = "all points" if point is None else f"point {point}"
    if not runs.height:
        raise ConfigurationError(f"holds no successful run of {of}", file=str(results.folder))
    known = runs.drop_nulls("value").rows() or runs.rows()
    chosen, at, averted = known[0 if worst else (len(known) - 1) // 2]
    if runs.height == 1:
        return Choice(chosen, at, "the only run")
    if averted is None:
        return Choice(chosen, at, f"in the middle of {of}, where harm averted is undefined")
    rank = "the least" if worst else "the median"
    return Choice(chosen, at, f"{rank} harm averted ({100.0 * averted:.1f} %) of {len(known):,} runs of {of}")

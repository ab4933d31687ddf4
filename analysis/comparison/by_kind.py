"""Doctrines by kind of perpetrator, and in policy units: whom a doctrine moves, and what that comes to in a year."""

from collections.abc import Sequence
from typing import Any

import polars as pl

from analysis.comparison.comparison import Comparison, differences, estimates
from analysis.statistics.policy_units import LISTING, POLICY_SCHEMA, policy_units
from model.metrics.parts import TOLD_BY_KIND, of_kinds

ALL = "all"
"""In the place of a kind: all perpetrators together."""
SHOWN_BY_KIND = ("deterrence_rate", "harm_averted", "escalation_rate")
"""What is shown by kind: on the screen, in the figure."""
BY_KIND_SCHEMA: dict[str, Any] = {
    "doctrine": pl.String(),
    "kind": pl.String(),  # a kind of perpetrator, or all
    "metric": pl.String(),  # of all perpetrators together, of which that of the kind is a part
    "mean": pl.Float64(),
    "low": pl.Float64(),
    "high": pl.Float64(),
    "n": pl.Int64(),
    "interval": pl.String(),
    "difference": pl.Float64(),  # from the reference, paired; null of the reference itself
    "difference_low": pl.Float64(),
    "difference_high": pl.Float64(),
    "verdict": pl.String(),  # as of differences, all kinds and metrics together
    "jointly": pl.Boolean(),
}
"""Columns of the table by kind."""


def kinds_of(metrics: Sequence[str]) -> dict[str, tuple[str, str]]:
    """Metric and kind by the name of each metric of a part: those of all perpetrators together first."""
    return {name: (metric, kind) for metric in metrics for kind, name in ({ALL: metric} | of_kinds(metric)).items()}


def by_kind(comparison: Comparison, metrics: Sequence[str] = TOLD_BY_KIND) -> pl.DataFrame:
    """Each doctrine against each kind of perpetrator, with its difference from the reference: `BY_KIND_SCHEMA`.

    A difference is told where those of all kinds and metrics hold together with all else that is said (Bonferroni).
    """
    names = kinds_of(metrics)
    found, apart = estimates(comparison, list(names)), differences(comparison, list(names))
    ends = {"difference": pl.col("mean"), "difference_low": pl.col("low"), "difference_high": pl.col("high")}
    apart = apart.select("doctrine", "metric", "verdict", "jointly", **ends)
    joined = found.join(apart, on=["doctrine", "metric"], how="left", maintain_order="left")
    whole = {name: metric for name, (metric, _) in names.items()}
    kind = {name: kind for name, (_, kind) in names.items()}
    return joined.with_columns(
        kind=pl.col("metric").replace_strict(kind), metric=pl.col("metric").replace_strict(whole)
    ).select(*BY_KIND_SCHEMA)


def told_by_kind(comparison: Comparison, metrics: Sequence[str] = SHOWN_BY_KIND) -> pl.DataFrame:
    """Differences from the reference by kind, with `kind` and the metric of all perpetrators; all of them together."""
    names = {name: held for name, held in kinds_of(metrics).items() if held[1] != ALL}
    found = differences(comparison, list(names))
    return found.with_columns(
        kind=pl.col("metric").replace_strict({name: kind for name, (_, kind) in names.items()}),
        metric=pl.col("metric").replace_strict({name: metric for name, (metric, _) in names.items()}),
    )


UNITS_SCHEMA: dict[str, Any] = {
    "doctrine": pl.String(),
    **POLICY_SCHEMA,
    "more": pl.Float64(),  # averted a year beyond what the reference averts, paired; of listings: years more
    "more_low": pl.Float64(),
    "more_high": pl.Float64(),
}
"""Columns of policy units of a comparison."""


def units_of(comparison: Comparison) -> pl.DataFrame:
    """Acts, severe acts and harm a year under each doctrine and in its twin, and years to a listing: `UNITS_SCHEMA`."""
    groups = pl.DataFrame({"doctrine": comparison.doctrines})
    found = policy_units(groups, lambda metric: estimates(comparison, [metric]))
    apart = policy_units(
        pl.DataFrame({"doctrine": _others(comparison)}), lambda metric: differences(comparison, [metric])
    )
    years = pl.when(pl.col("quantity") == LISTING)
    ends = {f"more{end}": years.then(f"world{end}").otherwise(f"averted{end}") for end in ("", "_low", "_high")}
    return found.join(
        apart.select("doctrine", "quantity", **ends), on=["doctrine", "quantity"], how="left", maintain_order="left"
    ).select(*UNITS_SCHEMA)


def _others(comparison: Comparison) -> list[str]:
    return [name for at, name in enumerate(comparison.doctrines) if at != comparison.reference]

"""Sensitivity of metrics to uncertain parameters, from a folder with a Saltelli or Morris design.

`sensitivity(results)` gives tables: the indices with 95 % intervals, the same on nested parts of the design, how far
replicates are noise, and whether all that is settled enough to be used.
"""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
import polars as pl

from analysis.results.folder import Results
from analysis.results.tables import first_rows
from analysis.sensitivity.convergence import verdicts
from analysis.sensitivity.errors import Floats
from analysis.sensitivity.indices import Undefined, outputs, whole_runs
from analysis.sensitivity.morris import morris_indices
from analysis.sensitivity.sobol import sobol_indices
from analysis.sensitivity.structure import Block, Structure, structure_of
from model.display.cards import Card, html, line
from model.errors import ConfigurationError
from model.metrics.catalogue import HEADLINE

INDEX_SCHEMA: dict[str, Any] = {
    **dict.fromkeys(("metric", "measure", "factor", "other"), pl.String()),
    **dict.fromkeys(("mean", "standard_error", "low", "high"), pl.Float64()),
    "n": pl.Int64(),
    **dict.fromkeys(("replicate_error", "noise"), pl.Float64()),
}
"""Columns of the indices, after the crossed factors.

The measure is first, total or second, or else mu, mu_star or sigma; `other` is the second of a pair of factors.
"""
NOISE_SCHEMA: dict[str, Any] = {
    "metric": pl.String(),
    **dict.fromkeys(("variance", "noise", "within"), pl.Float64()),
    "replicates": pl.Int64(),
}
"""Columns of the shares of noise, after the crossed factors."""


class Sensitivity(NamedTuple):
    """Indices of metrics and how sure they are, as tables; each starts with the crossed factors, if any."""

    results: Results
    structure: Structure
    indices: pl.DataFrame
    """`INDEX_SCHEMA`, from the whole design."""
    nested: pl.DataFrame
    """`INDEX_SCHEMA` on the first quarter, half and all of the base points or trajectories."""
    noise: pl.DataFrame
    """`NOISE_SCHEMA`: for each metric what share of its variance over points is noise of replicates."""
    verdicts: pl.DataFrame
    """`analysis.sensitivity.convergence.VERDICT_SCHEMA`: for each metric whether its indices are settled."""
    left_out: Mapping[str, str]
    """Headline metrics that were not asked for by name and have no indices, with the reason."""

    def __repr__(self) -> str:
        settled = "settled" if self.converged else "not settled"
        size = f"{len(self.metrics)} metrics, {len(self.structure.factors)} factors"
        return line("Sensitivity", self.results.manifest.title, size, settled)

    def _repr_html_(self) -> str:
        measure = "mu_star" if self.structure.is_morris else "total"
        found = self.indices.filter(pl.col("measure") == measure, pl.col("metric") == self.metrics[0])
        levels = self.indices.columns[: self.indices.columns.index("metric")]
        found = found.sort("mean", descending=True, nulls_last=True)
        found = found.select(*levels, "metric", "measure", "factor", "mean", "low", "high", "n")
        facts = {
            "metrics": ", ".join(self.metrics),
            "settled": "yes" if self.converged else "not all: see `.verdicts`",
            "left out": "; ".join(f"{name} {why}" for name, why in self.left_out.items()) or "nothing",
        }
        calls = {
            ".indices": "all of them",
            ".verdicts": "whether they are settled",
            ".noise": "the noise of replicates",
        }
        table = first_rows(found, ".indices, for every metric", scaled=self.structure.is_morris, differ=True)
        return html(Card(self.results.manifest.title, "Which parameters matter", facts, table, calls=calls))

    @property
    def converged(self) -> bool:
        """Whether the indices of all metrics are settled."""
        return bool(self.verdicts["converged"].all())

    @property
    def metrics(self) -> list[str]:
        """The metrics that have indices."""
        return self.indices["metric"].unique(maintain_order=True).to_list()


def sensitivity(results: Results, metrics: Sequence[str] | None = None, half_width: float | None = None) -> Sensitivity:
    """Indices of metrics, by default the headline ones that have them; `half_width` is what the check asks for.

    Raises `ConfigurationError` for a folder of another design, with missing or failed runs, and for a metric asked for
    that is undefined at some point.
    """
    if half_width is not None and not 0.0 < half_width < 1.0:
        raise ConfigurationError("is no half-width", key="half_width", value=half_width, allowed="between 0 and 1")
    results.check_metrics(metrics or ())
    structure = structure_of(results)
    found, left_out = _values(results, metrics)
    each = [(metric, block, values[block.rows]) for metric, values in found.items() for block in structure.blocks]
    nested = pl.concat(_indices(*one, structure, size) for one in each for size in sizes(structure.size))
    return Sensitivity(
        results,
        structure,
        nested.filter(pl.col("n") == structure.size),
        nested.filter(pl.col("other").is_null()),
        pl.concat(_noise(*one) for one in each),
        verdicts(nested, structure, half_width, results.manifest.replicates),
        left_out,
    )


def sizes(whole: int) -> list[int]:
    """A quarter, half and all of the base points or trajectories, as far as indices can be had of them."""
    return [size for size in (whole // 4, whole // 2) if size > 1] + [whole]


def _values(results: Results, metrics: Sequence[str] | None) -> tuple[dict[str, Floats], dict[str, str]]:
    """Values by metric; and why headline metrics that nobody asked for by name have none."""
    runs = whole_runs(results)
    found: dict[str, Floats] = {}
    left_out: dict[str, str] = {}
    for metric in metrics or HEADLINE:
        try:
            found[metric] = outputs(results, runs, metric)
        except Undefined as error:
            if metrics:
                raise
            left_out[metric] = error.problem
    if not found:
        reasons = "; ".join(f"{metric} {reason}" for metric, reason in left_out.items())
        raise ConfigurationError(f"has no indices of any headline metric: {reasons}", file=str(results.folder))
    return found, left_out


def _indices(metric: str, block: Block, values: Floats, structure: Structure, size: int) -> pl.DataFrame:
    """Rows of `INDEX_SCHEMA`: indices from the first base points or trajectories of a block."""
    part = slice(size * structure.step)
    if structure.is_morris:
        found = morris_indices(values[part], block.codes[part], structure)
    else:
        found = sobol_indices(values[part], len(structure.factors), second_order=structure.second_order)
    half = found.error.half()
    low, names = found.estimate - half, list(zip(*structure.index_names, strict=True))
    # μ* and σ are sizes, never below zero
    low = np.where(np.isin(names[0], ("mu_star", "sigma")), np.maximum(low, 0.0), low)
    estimates = found.estimate, found.error.standard, low, found.estimate + half, found.units
    columns = metric, *names, *estimates, found.replicate_error, found.noise
    data = dict(zip(INDEX_SCHEMA, columns, strict=True))
    return _placed(pl.DataFrame(data, schema=INDEX_SCHEMA).with_columns(pl.col(pl.Float64).fill_nan(None)), block)


def _placed(frame: pl.DataFrame, block: Block) -> pl.DataFrame:
    """A table with the crossed levels before it."""
    return frame.select(*(pl.lit(level).alias(name) for name, level in block.where.items()), pl.all())


def _noise(metric: str, block: Block, values: Floats) -> pl.DataFrame:
    """A row of `NOISE_SCHEMA`: which share of the variance of a metric over points is noise of replicates.

    `noise` is the part that each point has for itself and that indices take for an effect; `within` is all the variance
    of a point's mean, what its replicates share with those of other points included.
    """
    points, replicates = values.shape
    mean = values.mean(axis=1)
    own = within = None
    if replicates > 1 and mean.var() > 0.0:
        alone = values - mean[:, None] - values.mean(axis=0) + mean.mean()
        own = float((alone * alone).sum() / ((points - 1) * (replicates - 1)) / replicates / mean.var())
        within = float(values.var(axis=1, ddof=1).mean() / replicates / mean.var())
    row = {"metric": metric, "variance": mean.var(), "noise": own, "within": within, "replicates": replicates}
    return _placed(pl.DataFrame([row], schema=NOISE_SCHEMA), block)

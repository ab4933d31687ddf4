"""Which doctrine wins where: shares of worlds in which each is best, and the uncertain parameters that part them.

For each parameter the worlds are cut into thirds by its value, of equal weight, or where it has few values by these.
How far the shares of wins in the parts are from those overall is its *separation*: half the sum of absolute
differences, from 0 to 1, averaged over the parts. Chance alone gives some: in 95 of 100 shuffles of the winners
over the worlds no parameter reaches `by_chance` by any of the metrics (Bonferroni over these). That a parameter parts
the winners does not say that it alone does.
"""

from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import numpy as np
import polars as pl

from analysis.comparison.comparison import Comparison
from analysis.comparison.superiority import SHARE_SCHEMA, share_row
from analysis.results.parts import Part, parts_of
from analysis.statistics.intervals import LEVEL
from analysis.statistics.ratio import Array
from model.metrics.catalogue import COMPARED, METRICS

SHUFFLES = 499
BATCH = 50
"""Shuffles at a time, for memory."""
EVERYWHERE = "all worlds"


def wins(values: Array) -> Array:
    """1 for the best doctrine of each case, shared where several are: values of doctrines × cases, more is better."""
    known = np.nan_to_num(values, nan=-np.inf)
    best = known == known.max(axis=0)
    return best / best.sum(axis=0)


WINNERS_SCHEMA: dict[str, Any] = {
    "metric": pl.String(),
    "parameter": pl.String(),  # null: all worlds
    "part": pl.String(),
    "from": pl.Float64(),  # least value of the parameter in the part; null where it is no number
    "to": pl.Float64(),
    "doctrine": pl.String(),
    **SHARE_SCHEMA,
    "separation": pl.Float64(),
    "by_chance": pl.Float64(),
}


def winners(comparison: Comparison, metrics: Sequence[str] = COMPARED) -> pl.DataFrame:
    """Shares of worlds in which each doctrine is best by a metric: everywhere, then by parameters, strongest first."""
    weight, rows = comparison.case_weights, []
    parted = {path: parts_of(comparison.case_worlds[path], weight) for path in comparison.parameters}
    parted = {path: parts for path, parts in parted.items() if len(parts) > 1}
    for metric in metrics:
        won = wins(METRICS[metric].better * comparison.cases(metric))
        everywhere = Part(f"all {comparison.unit}", None, None, np.ones(len(weight), bool))
        rows += _rows(comparison, metric, None, everywhere, won, (None, None))
        found = separations(won, weight, list(parted.values()), comparison.results.manifest.seed, len(metrics))
        order = sorted(zip(parted, found, strict=True), key=lambda pair: -pair[1][0])
        for path, strength in order:
            for part in parted[path]:
                rows += _rows(comparison, metric, path, part, won, strength)
    return pl.DataFrame(rows, schema=WINNERS_SCHEMA)


def _rows(
    comparison: Comparison,
    metric: str,
    path: str | None,
    part: Part,
    won: Array,
    strength: tuple[float | None, float | None],
) -> list[dict[str, Any]]:
    head = {"metric": metric, "parameter": path, "part": part.name, "from": part.low, "to": part.high}
    tail = {"separation": strength[0], "by_chance": strength[1]}
    return [
        {**head, "doctrine": name, **share_row(comparison, won[at, part.inside], part.inside), **tail}
        for at, name in enumerate(comparison.doctrines)
    ]


def separations(
    won: Array, weight: Array, parted: Sequence[Sequence[Part]], seed: int, metrics: int = 1
) -> list[tuple[float, float]]:
    """Separation of the winners by each parameter, and what none of them reaches in 95 of 100 shuffles.

    The latter is that of the strongest parameter of each shuffle: some of many seem to part the winners by chance. Of
    several metrics looked at together it is what none reaches by any of them.
    """
    if not parted:
        return []
    weight = weight / weight.sum()
    inside = np.stack([part.inside * weight for parts in parted for part in parts])  # parts × cases
    ends = np.cumsum([0, *(len(parts) for parts in parted)])
    found = _separation(won[None], weight, inside, ends)[0]
    rng, shuffled = np.random.default_rng(seed), []
    for start in range(0, SHUFFLES, BATCH):
        orders = [rng.permutation(len(weight)) for _ in range(min(BATCH, SHUFFLES - start))]
        shuffled.append(_separation(np.stack([won[:, order] for order in orders]), weight, inside, ends))
    chance = float(np.quantile(np.concatenate(shuffled).max(axis=1), 1.0 - (1.0 - LEVEL) / metrics))
    return [(separation, chance) for separation in found.tolist()]


def _separation(won: Array, weight: Array, inside: Array, ends: Any) -> Array:
    """Separations of shape (shuffles, parameters), from wins of shape (shuffles, doctrines, cases)."""
    overall = won @ weight
    in_part = np.matmul(won, inside.T)  # shuffles × doctrines × parts, each times the weight of the part
    size = inside.sum(axis=1)
    apart = 0.5 * np.abs(in_part - overall[:, :, None] * size).sum(axis=1)
    return np.stack([apart[:, start:end].sum(axis=1) for start, end in pairwise(ends)], axis=1)

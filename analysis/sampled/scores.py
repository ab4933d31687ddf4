"""Scores of factors from a sample: Borgonovo's δ, with an interval, and what chance alone gives.

δ is half the expected distance between the distribution of a figure and its distribution once a factor is known
(Borgonovo 2007): 0 where the factor tells nothing, 1 where it tells all. It sees curves and spread as well as slopes,
and holds where factors depend on one another, as in worlds that agree with data; a factor then also scores for what it
goes together with.

The estimator is that of Plischke, Borgonovo & Smith (2013, eq. 26), as in `SALib.analyze.delta`: classes of equal
frequency, kernel densities with Silverman's bandwidths, and their bias taken off by the bootstrap (eq. 30). δ does not
change under monotone transformations, so the figure enters by its normal scores: no outlier sets the bandwidth.
SALib's `analyze` takes its estimate from one random resample, and is too slow to tell what chance gives; a test holds
this module to SALib's own `calc_delta`.

What chance gives is the score of permuted figures, to which no factor matters. A factor matters beyond chance where its
score exceeds the floor: one of all factors does so by chance in 5 of 100 samples (Šidák).
"""

from collections.abc import Iterable
from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np
from scipy.special import ndtri

from analysis.statistics.intervals import LEVEL, SEED

Array = np.ndarray[Any, np.dtype[Any]]
LEAST, MOST = 20, 4096
"""Points below which there are no scores, and points from which scores are taken: of more, a random part."""
RESAMPLES, PERMUTATIONS, EACH = 200, 1000, 20
"""Resamples of a score, permutations that tell what chance gives, and resamples of each."""
CELLS, EDGE = 64, 4.0
"""Cells in which normal scores are counted, and where these end."""
HELD = 2_000_000
"""Numbers held at once, for the sake of memory."""
MOST_NAMES = 12
"""Levels of a name that are classes of their own."""


class Score(NamedTuple):
    """δ of a factor with its 95 % interval, the floor of chance, and how many points it rests on; NaN if undefined."""

    mean: float
    low: float
    high: float
    floor: float
    n: int

    @property
    def beyond_chance(self) -> bool:
        """Whether it exceeds what chance gives."""
        return self.mean > self.floor


NOTHING = Score(np.nan, np.nan, np.nan, np.nan, 0)


def highest_floor(found: Iterable[Score]) -> float:
    """The floor that one of these scores must exceed in any case; scores that are undefined have none."""
    return max(one.floor for one in found if one.floor == one.floor)


def scores(factors: list[Array], figure: Array, weights: Array | None = None) -> list[Score]:
    """The score of each factor for a figure; points at which that is undefined are left out.

    `factors` hold a value for each point, numbers or texts; `weights` are those of points. A figure of fewer than
    `LEAST` points, or that does not vary, has none.
    """
    rows = np.flatnonzero(np.isfinite(figure))
    n = len(rows)
    if n > MOST:
        rows = np.sort(np.random.default_rng(SEED).permutation(rows)[:MOST])
    if len(rows) < LEAST or np.ptp(figure[rows]) == 0.0:
        return [NOTHING._replace(n=n)] * len(factors)
    weight = np.ones(len(rows)) if weights is None else weights[rows] / weights[rows].mean()
    cells = _cells(figure[rows])
    return [_score(classes(factor[rows]), cells, weight, len(factors)) for factor in factors]


def _score(codes: Array, cells: Array, weight: Array, factors: int) -> Score:
    if codes.max() == 0:
        return NOTHING._replace(n=len(codes))
    drawn = np.random.default_rng(SEED).integers(len(codes), size=(RESAMPLES, len(codes)))
    mean, spread = _reduced(codes, cells, weight, drawn)
    half = ndtri(0.5 + LEVEL / 2.0) * spread
    even = bool((weight == 1.0).all())
    # chance depends on how large classes are and on ties of the figure alone, so that most factors share it
    sizes = tuple(sorted(np.bincount(codes).tolist())) if even else tuple(codes.tolist())
    null = _chance(sizes, tuple(np.bincount(cells, minlength=CELLS).tolist()), None if even else tuple(weight.tolist()))
    floor = _quantile(null, LEVEL ** (1.0 / factors))
    return Score(mean, max(0.0, mean - half), min(1.0, mean + half), floor, len(codes))


def number_of_classes(n: int) -> int:
    """Classes of a factor in so many points, as SALib has them."""
    return int(min(np.ceil(n ** (2.0 / (7.0 + np.tanh((1500.0 - n) / 500.0)))), 48))


def classes(factor: Array) -> Array:
    """The class of each point, from 0: of numbers by rank and of equal frequency, ties together; of texts the text."""
    if factor.dtype.kind not in "fiub":
        _, codes = np.unique(factor, return_inverse=True)
        return np.asarray(np.minimum(codes, MOST_NAMES - 1))
    from scipy.stats import rankdata  # which takes long to import, as below

    ranks = rankdata(factor, "average") - 0.5
    _, codes = np.unique(np.floor(ranks / len(factor) * number_of_classes(len(factor))), return_inverse=True)
    return np.asarray(codes)


def _cells(figure: Array) -> Array:
    """The cell of each figure's normal score."""
    from scipy.stats import rankdata

    normal = ndtri((rankdata(figure, "average") - 0.5) / len(figure))
    return np.clip((CELLS * (normal + EDGE) / (2.0 * EDGE)).astype(np.int64), 0, CELLS - 1)


def _reduced(codes: Array, cells: Array, weight: Array, drawn: Array) -> tuple[float, float]:
    """δ with its bias taken off, and its standard error, by resamples: numbers of points [resample, point]."""
    every = np.vstack([np.arange(len(codes)), drawn])
    found = _deltas(codes[every], np.asarray(cells)[every], weight[every], int(codes.max()) + 1)
    return float(2.0 * found[0] - found[1:].mean()), float(found[1:].std(ddof=1))


def _deltas(codes: Array, cells: Array, weight: Array, number: int) -> Array:
    """δ of each of several samples [sample, point]."""
    parts = -(-codes.size // HELD)
    rows = np.array_split(np.arange(len(codes)), parts)
    return np.concatenate([_delta(codes[some], cells[some], weight[some], number) for some in rows])


def _delta(codes: Array, cells: Array, weight: Array, number: int) -> Array:
    samples = len(codes)
    place = (np.arange(samples)[:, None] * number + codes) * CELLS + cells
    counts = np.bincount(place.ravel(), weight.ravel(), samples * number * CELLS).reshape(samples, number, CELLS)
    kish = weight.sum(-1) / (weight**2).sum(-1)  # of weighted points, how many even ones tell as much
    total = counts.sum(1, keepdims=True)
    apart = np.abs(_density(counts, kish) - _density(total, kish)).sum(-1)
    # a resample of weighted points need not weigh as much as they do
    return np.asarray(0.5 * (counts.sum(-1) / total.sum(-1) * apart).sum(-1))


def _density(counts: Array, kish: Array) -> Array:
    """Shares of cells under a Gaussian kernel with Silverman's bandwidth, by the cosine transform."""
    from scipy.fft import dct, idct

    n = counts.sum(-1, keepdims=True)
    at = np.arange(CELLS)
    with np.errstate(divide="ignore", invalid="ignore"):
        share = np.nan_to_num(counts / n)
        middle = (share * at).sum(-1, keepdims=True)
        spread = np.sqrt((share * (at - middle) ** 2).sum(-1, keepdims=True) + 1.0 / 12.0)
        wide = spread * (4.0 / (3.0 * n * kish[:, None, None])) ** 0.2
    wide = np.where(n > 0.0, wide, 0.0)  # a resample may leave a class empty
    wave = dct(share, axis=-1) * np.exp(-0.5 * (wide * np.pi * at / CELLS) ** 2)
    return np.asarray(idct(wave, axis=-1))


@lru_cache(maxsize=64)
def _chance(sizes: tuple[int, ...], filled: tuple[int, ...], weights: tuple[float, ...] | None) -> Array:
    """Scores of permuted figures: mean, standard deviation and skewness, for classes of these sizes.

    `sizes` are the classes of all points where these have weights, and `filled` counts the figures in each cell.
    """
    from scipy.stats import skew

    codes = np.repeat(np.arange(len(sizes)), sizes) if weights is None else np.array(sizes)
    cells, weight = np.repeat(np.arange(CELLS), filled), np.ones(len(codes)) if weights is None else np.array(weights)
    chance = np.random.default_rng(SEED)
    found = np.empty(PERMUTATIONS)
    for place in range(PERMUTATIONS):
        drawn = chance.integers(len(codes), size=(EACH, len(codes)))
        found[place], _ = _reduced(codes, chance.permutation(cells), weight, drawn)
    return np.nan_to_num([found.mean(), found.std(ddof=1), skew(found)])  # what does not vary has no skewness


def _quantile(moments: Array, level: float) -> float:
    """A quantile from three moments (Cornish & Fisher 1938): far out, where permutations are too few to be counted."""
    mean, spread, skewness = moments
    normal = float(ndtri(level))
    return float(mean + spread * (normal + (normal**2 - 1.0) * skewness / 6.0))

"""Comparisons of doctrines made by hand, from the values of their runs."""

import itertools
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from analysis.comparison.comparison import Comparison, comparison_of
from analysis.results.folder import COLUMNS_SCHEMA, RUNS_SCHEMA, Results
from analysis.results.manifest import Manifest
from model.configuration import load_configuration

SHORT = {"scenario.time.weeks": 30, "scenario.time.burn_in": 6}
GAIN = "scenario.grievance.grievance_gain"
DETERRED = "deterrence_rate"


@cache
def base(reference: str) -> dict[str, Any]:
    """A base configuration whose twin is under this doctrine."""
    return load_configuration(overrides={**SHORT, "reference.doctrine": reference}).model_dump(mode="json")


def made(
    values: Any, weights: list[float] | None = None, *, kind: str = "worlds", reference: str = "none", **more: Any
) -> Comparison:
    """A comparison in which `deterrence_rate` of a run is its value: doctrines × worlds × replicates; NaN fails.

    Columns of `more` replace others; all that is not named is 1. `reference` is the doctrine of the twin.
    """
    values = np.asarray(values, float)
    doctrines, worlds, replicates = values.shape
    keys = list(itertools.product(range(doctrines), range(worlds), range(replicates)))
    names = [f"d{at}" for at in range(doctrines)]
    columns: dict[str, Any] = {name: np.ones(len(keys)) for name in COLUMNS_SCHEMA} | {"deterred": values.ravel()}
    columns |= {name: np.asarray(column, float).ravel() for name, column in more.items()}
    failed = np.isnan(values.ravel())
    runs = pl.DataFrame(
        {
            "point": [d * worlds + w for d, w, _ in keys],
            "replicate": [r for *_, r in keys],
            "seed": [1] * len(keys),
            "status": ["failed" if bad else "ok" for bad in failed],
            "error": [None] * len(keys),
            **columns,
        }
    )
    runs = runs.with_columns(pl.col(pl.Float64).fill_nan(0.0)).cast(
        {name: kind for name, kind in RUNS_SCHEMA.items() if name != "error"} | {"deterred": pl.Float64}
    )
    points = list(itertools.product(names, range(worlds)))
    design = pl.DataFrame({"point": range(len(points)), "doctrine": [name for name, _ in points]})
    factors: dict[str, list[Any]] = {"doctrine": names}
    if worlds > 1:
        design = design.with_columns(pl.Series(GAIN, [1.0 + w for _, w in points]))
        factors[GAIN] = [1.0, float(worlds)]
    plan = {"kind": kind, "cross": ["doctrine"], **({"weights": weights} if weights else {})}
    manifest = Manifest.model_construct(
        kind="sweep",
        status="complete",
        title="T",
        design=plan,
        factors=factors,
        seed=1,
        replicates=replicates,
        points=len(points),
        precision={},
        versions={},
        design_hash="d" * 16,
        source_hash="s" * 16,
        configuration=base(reference),
    )
    results = Results(Path("made"), manifest)
    results.__dict__ |= {"design": design, "runs": runs, "scan": runs.lazy()}
    return comparison_of(results)


def drawn(seed: int, doctrines: int = 3, worlds: int = 8, replicates: int = 5) -> Any:
    """Values with a part of the world, of the replicate, and of the cell."""
    rng = np.random.default_rng(seed)
    parts = [rng.normal(size=size) for size in ((1, worlds, 1), (1, 1, replicates), (doctrines, worlds, replicates))]
    return 5.0 + sum(parts)


def skewed(seed: int, worlds: int = 1, replicates: int = 30) -> Any:
    """Values of two doctrines with a long tail, under the second much longer."""
    rng = np.random.default_rng(seed)
    return np.array([0.1, 1.0])[:, None, None] * rng.lognormal(0.0, 1.4, (2, worlds, replicates))

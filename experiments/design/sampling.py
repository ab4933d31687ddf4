"""Points of a design, as columns of values: grids, lists and zips of levels, and samples of ranges.

A sample is drawn in the unit cube and mapped, factor by factor: a range linearly or in its logarithm; whole numbers and
names in equal parts of the unit interval. It follows from the plan and its seed alone.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from math import prod
from typing import Any

import numpy as np
import polars as pl

from experiments.design.experiment import Experiment
from experiments.design.factors import Factor, Level, Span
from experiments.design.methods import Latin, Listed, Morris, Plan, Saltelli, Sobol, Zipped
from model.errors import ConfigurationError

Unit = np.ndarray[Any, np.dtype[np.float64]]
"""Points of the unit cube: one row for each, one column for each factor."""
DIGITS = 12
"""Significant digits kept on a logarithmic scale, whose last bits depend on the machine's mathematical library."""


def latin(plan: Latin, factors: int, seed: int) -> Unit:
    """A Latin hypercube."""
    from scipy.stats import qmc

    return np.asarray(qmc.LatinHypercube(factors, seed=np.random.default_rng(seed)).random(plan.size))


def sobol(plan: Sobol, factors: int, seed: int) -> Unit:
    """The first points of a Sobol' sequence, scrambled."""
    from scipy.stats import qmc

    return np.asarray(qmc.Sobol(factors, scramble=True, seed=np.random.default_rng(seed)).random(plan.size))


def saltelli(plan: Saltelli, factors: int, seed: int) -> Unit:
    """Saltelli's (2002) extension of a Sobol' sequence, in the order that `SALib.analyze.sobol` expects."""
    from SALib.sample import sobol as sampler

    rng = np.random.default_rng(seed)
    return np.asarray(sampler.sample(unit_problem(factors), plan.size, calc_second_order=plan.second_order, seed=rng))


def morris(plan: Morris, factors: int, seed: int) -> Unit:
    """Morris's trajectories, in the order that `SALib.analyze.morris` expects."""
    from SALib.sample import morris as sampler

    rng = np.random.default_rng(seed)
    return np.asarray(sampler.sample(unit_problem(factors), plan.trajectories, num_levels=plan.levels, seed=rng))


def unit_problem(factors: int) -> dict[str, Any]:
    """What SALib calls a problem, on the unit cube."""
    return {"num_vars": factors, "names": [str(place) for place in range(factors)], "bounds": [[0.0, 1.0]] * factors}


SAMPLERS: dict[str, Callable[[Any, int, int], Unit]] = {
    "latin": latin,
    "sobol": sobol,
    "saltelli": saltelli,
    "morris": morris,
}


def mapped(unit: Unit, factor: Factor, *, whole: bool = False, lattice: int = 0) -> list[Level]:
    """Values of a factor at coordinates in the unit interval.

    `whole` says that the parameter takes whole numbers; `lattice` is how many places a design of Morris has.
    """
    if not isinstance(factor, Span):
        parts = (np.rint(unit * (lattice - 1)) + 0.5) / lattice if lattice else unit
        return [factor[place] for place in _part(parts, len(factor))]
    low, high = factor.low, factor.high
    if whole and factor.scale == "linear":
        return [int(low) + place for place in _part(unit, int(high) - int(low) + 1)]
    if factor.scale == "linear":
        return [float(value) for value in low + unit * (high - low)]
    ends = (low, high + 1) if whole else (low, high)
    values = np.exp(np.log(ends[0]) + unit * np.log(ends[1] / ends[0]))
    clipped = (min(max(float(f"{value:.{DIGITS}g}"), low), high) for value in values.tolist())
    return [int(value) if whole else float(value) for value in clipped]


def _part(unit: Unit, parts: int) -> list[int]:
    """In which of so many equal parts of the unit interval a coordinate lies; an ulp below a boundary is on it."""
    return [int(place) for place in np.minimum(np.floor(unit * parts + 1e-9), parts - 1)]


def columns(experiment: Experiment, whole: Collection[str] = ()) -> dict[str, list[Level]]:
    """Values of all factors at all points, crossed ones first; `whole` are the paths that take whole numbers."""
    varied, crossed = experiment.varied, experiment.crossed
    block = _block(experiment.design, varied, experiment.seed, whole)
    rows = len(next(iter(block.values())))
    combinations = product(crossed)
    times = len(next(iter(combinations.values()))) if crossed else 1
    found = {path: [level for level in levels for _ in range(rows)] for path, levels in combinations.items()}
    found |= {path: values * times for path, values in block.items()}
    return {path: found[path] for path in [*experiment.factors, *(path for path in varied if path not in crossed)]}


def _block(plan: Plan, factors: Mapping[str, Factor], seed: int, whole: Collection[str]) -> dict[str, list[Level]]:
    """The points of the factors that are not crossed."""
    if plan.kind in SAMPLERS:
        own = getattr(plan, "seed", None)
        unit = SAMPLERS[plan.kind](plan, len(factors), seed if own is None else own)
        lattice = plan.levels if isinstance(plan, Morris) else 0
        each = enumerate(factors.items())
        return {path: mapped(unit[:, at], factor, whole=path in whole, lattice=lattice) for at, (path, factor) in each}
    levels = {path: list(factor) for path, factor in factors.items() if not isinstance(factor, Span)}
    return levels if isinstance(plan, (Listed, Zipped)) else product(levels)


def product(factors: Mapping[str, Sequence[Level]]) -> dict[str, list[Level]]:
    """Every combination of levels, the last factor varying fastest, as columns."""
    found: dict[str, list[Level]] = {}
    outer, total = 1, prod(len(levels) for levels in factors.values())
    for path, levels in factors.items():
        inner = total // (outer * len(levels))
        found[path] = [level for level in levels for _ in range(inner)] * outer
        outer *= len(levels)
    return found


def frame_of(values: Mapping[str, Sequence[Level]]) -> pl.DataFrame:
    """Columns as a frame of points: `point`, then one column for each factor; numbers are whole where all are."""
    points = len(next(iter(values.values()), ()))
    frame = {"point": pl.Series(range(points), dtype=pl.Int64)}
    for path, levels in values.items():
        frame[path] = pl.Series(levels, dtype=pl.Float64 if any(type(level) is float for level in levels) else None)
    return pl.DataFrame(frame)


def size(experiment: Experiment) -> int:
    """Number of points, before constraints."""
    plan, factors = experiment.design, len(experiment.varied)
    times = prod(len(levels) for levels in experiment.crossed.values())
    if isinstance(plan, Saltelli):
        return times * plan.size * (2 * factors + 2 if plan.second_order else factors + 2)
    if isinstance(plan, Morris):
        return times * plan.trajectories * (factors + 1)
    if isinstance(plan, (Latin, Sobol)):
        return times * plan.size
    levels = [len(factor) for factor in experiment.varied.values() if not isinstance(factor, Span)]
    return times * (levels[0] if isinstance(plan, (Listed, Zipped)) else prod(levels))


def check_room(experiment: Experiment) -> None:
    """Refuse samples that must repeat points, and lattices that miss some level."""
    plan, varied = experiment.design, experiment.varied
    names = {path: len(factor) for path, factor in varied.items() if not isinstance(factor, Span)}
    if isinstance(plan, (Latin, Sobol)) and len(names) == len(varied) and plan.size > prod(names.values()):
        problem = f"is more than the {prod(names.values())} points that there are"
        raise ConfigurationError(problem, key="design.size", value=plan.size, allowed='kind = "grid", which has them')
    if isinstance(plan, Morris):
        for path, levels in names.items():
            if levels > plan.levels:
                problem = f"is less than the {levels} levels of {path}, of which some would never come up"
                raise ConfigurationError(problem, key="design.levels", value=plan.levels, allowed=f"{levels} or more")

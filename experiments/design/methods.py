"""The table `[design]` of an experiment: how its factors become points.

A class for each kind of design has all that is its own: what its table may state, which factors it takes, how many
points it makes, and the points. A sample is drawn in the unit cube; it follows from the table and its seed alone.
"""

from collections import Counter
from collections.abc import Collection, Mapping
from math import prod
from typing import Any, ClassVar, Literal, get_args

import numpy as np
from pydantic import Field, field_validator, model_validator

from analysis.results.manifest import MOST_POINTS
from experiments.design.factors import Factor, Level, Span, check_levels, ends_or_levels, key_of, with_levels
from experiments.design.sampling import Unit, mapped, product, unit_problem
from model.errors import MOST_SEED, ConfigurationError, nearest_name
from model.parameters import Settings, Whole, by_path, option, parameter


class DesignPlan(Settings):
    """A kind of design, with the keys all share; its points are all combinations of levels, unless it says others."""

    fixed: ClassVar[bool] = False
    """True for one whose rows have an order and a number that must not be touched."""
    repeats: ClassVar[bool] = False
    """True for one in which a level of a factor may be given several times."""

    kind: str
    cross: list[str] = option("factors crossed with the design of the others", default=[])
    constraints: list[str] = option("conditions that every point meets", default=[])

    @model_validator(mode="after")
    def _keeps_its_structure(self) -> "DesignPlan":
        if self.fixed and self.constraints:
            problem = f"would break the structure of a {self.kind} design: its indices need every row"
            raise ConfigurationError(problem, key="constraints", allowed=", ".join(UNFIXED))
        return self

    def varied(self, factors: Mapping[str, Factor]) -> dict[str, Factor]:
        """The factors of an experiment that are not crossed with the design."""
        crossed = set(self.cross)
        return {path: factor for path, factor in factors.items() if path not in crossed}

    def key(self, path: str, inner: str | None = None) -> str:
        """The key in the file of the experiment under which the levels of a factor stand; `inner` is a path below."""
        return key_of(inner or path)

    def check(self, factors: Mapping[str, Factor]) -> None:
        """Refuse an experiment's factors that this design cannot take; raises `ConfigurationError`."""
        for path, times in Counter(self.cross).items():
            if path not in factors:
                nearest = nearest_name(path, factors)
                raise ConfigurationError("is no factor", key="design.cross", value=path, nearest=nearest)
            if times > 1:
                raise ConfigurationError("is named twice", key="design.cross", value=path)
            levels = factors[path]
            if isinstance(levels, Span):
                problem = "is a range; only levels can be crossed"
                raise ConfigurationError(problem, key=key_of(path), allowed=f"levels, such as {ends_or_levels(levels)}")
            check_levels(levels, key_of(path))
        for path, factor in self.varied(factors).items():
            self._check_factor(path, factor)
        if not self.varied(factors):
            raise ConfigurationError("leaves no factor for the design", key="design.cross", allowed='kind = "grid"')

    def _check_factor(self, path: str, factor: Factor) -> None:
        if isinstance(factor, Span):
            where = {"low": factor.low, "high": factor.high}
            allowed = f"levels, such as {ends_or_levels(factor)}; or one of the designs {', '.join(SAMPLING)}"
            problem = f"is a range, but design.kind = '{self.kind}' needs levels"
            raise ConfigurationError(problem, key=key_of(path), value=where, allowed=allowed)
        check_levels(factor, self.key(path), repeated=self.repeats)

    def check_room(self, factors: Mapping[str, Factor]) -> None:
        """Refuse samples of these factors that must repeat points, and lattices that miss some level."""

    def rows(self, factors: Mapping[str, Factor]) -> int:
        """Number of points that it makes of factors that are not crossed, before constraints."""
        return prod(map(len, with_levels(factors).values()))

    def columns_of(self, factors: Mapping[str, Factor], seed: int, whole: Collection[str]) -> dict[str, list[Level]]:
        """The points of factors that are not crossed, as columns by path.

        `seed` is the experiment's; `whole` are the paths of parameters that take whole numbers.
        """
        return product(with_levels(factors))


class Grid(DesignPlan):
    """Every combination of levels, the last factor varying fastest."""

    kind: Literal["grid"] = "grid"

    @model_validator(mode="after")
    def _crosses_all(self) -> "Grid":
        if self.cross:
            raise ConfigurationError("has no effect: a grid crosses all factors", key="cross", value=self.cross)
        return self


class Paired(DesignPlan):
    """Designs in which the first levels of all factors make a point, the second another, and so on."""

    repeats = True

    def rows(self, factors: Mapping[str, Factor]) -> int:
        """Number of levels that each factor has."""
        return len(next(iter(with_levels(factors).values())))

    def columns_of(self, factors: Mapping[str, Factor], seed: int, whole: Collection[str]) -> dict[str, list[Level]]:
        """The levels as they stand."""
        return with_levels(factors)


class Zipped(Paired):
    """The first levels of all factors, then the second, and so on."""

    kind: Literal["zip"]

    def check(self, factors: Mapping[str, Factor]) -> None:
        """Refuse factors of different lengths, and a point that comes twice."""
        super().check(factors)
        columns = with_levels(self.varied(factors))
        first, number = next(iter(columns)), self.rows(columns)
        for path, levels in columns.items():
            if len(levels) != number:
                problem = f"has {len(levels)} levels, and {first} has {number}: a zip pairs them one by one"
                raise ConfigurationError(problem, key=key_of(path))
        row, times = Counter(zip(*columns.values(), strict=True)).most_common(1)[0]
        if times > 1:
            point = ", ".join(f"{path} = {value}" for path, value in zip(columns, row, strict=True))
            raise ConfigurationError(f"make the same point twice: {point}", key="factors")


class Listed(Paired):
    """Points written one by one, each a table of all factors that are not crossed."""

    kind: Literal["list"]
    points: list[dict[str, Any]] = Field(min_length=1)

    @field_validator("points", mode="before")
    @classmethod
    def _by_path(cls, points: Any) -> Any:
        tables = points if isinstance(points, list) else []
        return [by_path(point) if isinstance(point, dict) else point for point in tables] or points

    @model_validator(mode="after")
    def _names_the_same(self) -> "Listed":
        """Points of a list name the same factors, none of them crossed, and come once."""
        names, crossed = list(self.points[0]), set(self.cross)
        if not names:
            raise ConfigurationError("is empty", key="points.0", allowed="a value for each factor")
        seen: dict[tuple[Any, ...], int] = {}
        for number, point in enumerate(self.points):
            key = f"points.{number}"
            for path in sorted(set(point) ^ set(names)):
                problem = f"is {'missing here' if path in names else 'missing in the first point'}; all name the same"
                raise ConfigurationError(problem, key=f'{key}."{path}"')
            for path in set(point) & crossed:
                raise ConfigurationError("is crossed, so it cannot also be in a point", key=f'{key}."{path}"')
            # a list or a table is no level, which is said of its factor
            values = tuple(point[name] for name in names)
            single = not any(isinstance(value, (list, dict)) for value in values)
            if single and seen.setdefault(values, number) < number:
                raise ConfigurationError(f"is the same point as {seen[values]}", key=key, value=point)
        return self

    def varied(self, factors: Mapping[str, Factor]) -> dict[str, Factor]:
        """The columns of the points."""
        return {path: [point[path] for point in self.points] for path in self.points[0]}

    def key(self, path: str, inner: str | None = None) -> str:
        """The key of a factor: that of the points, or of one that is crossed with them."""
        return f'design.points."{inner or path}"' if path in self.points[0] else key_of(inner or path)

    def check(self, factors: Mapping[str, Factor]) -> None:
        """Refuse factors beside the points that are not crossed."""
        for path in set(factors) - set(self.cross):
            problem = "is not crossed, and in a list the factors that are not crossed belong in its points"
            raise ConfigurationError(problem, key=key_of(path), allowed="design.points, or design.cross")
        super().check(factors)


class Sampled(DesignPlan):
    """Draws from ranges; `seed` is by default the experiment's."""

    seed: Whole | None = parameter("seed", 0, MOST_SEED, default=None)

    def unit(self, factors: int, seed: int) -> Unit:
        """The points in the unit cube of so many factors."""
        raise NotImplementedError

    def columns_of(self, factors: Mapping[str, Factor], seed: int, whole: Collection[str]) -> dict[str, list[Level]]:
        """The points drawn, each coordinate mapped to its factor."""
        unit = self.unit(len(factors), seed if self.seed is None else self.seed)
        lattice = getattr(self, "levels", 0)  # of which a design of Morris has a number
        each = enumerate(factors.items())
        return {path: mapped(unit[:, at], factor, whole=path in whole, lattice=lattice) for at, (path, factor) in each}

    def _check_factor(self, path: str, factor: Factor) -> None:
        """Refuse levels of a number: a range is meant, or crossing."""
        if isinstance(factor, Span):
            return
        check_levels(factor, key_of(path))
        if len(factor) == 1:
            raise ConfigurationError("has one level, so there is nothing to draw", key=key_of(path), value=factor)
        if type(factor[0]) in (int, float):
            low, high = min(factor), max(factor)  # type: ignore[type-var]
            allowed = f"a range, such as {{ low = {low}, high = {high} }}; or levels, with design.cross"
            problem = f"has numeric levels, but design.kind = '{self.kind}' draws from ranges"
            raise ConfigurationError(problem, key=key_of(path), value=factor, allowed=allowed)


class Sized(Sampled):
    """Samples of a given size."""

    size: Whole = parameter("points", 2, MOST_POINTS)

    def rows(self, factors: Mapping[str, Factor]) -> int:
        """The size."""
        return self.size

    def check_room(self, factors: Mapping[str, Factor]) -> None:
        """Refuse a sample of names that is larger than all their combinations."""
        levels = with_levels(factors)
        room = prod(map(len, levels.values()))
        if not self.fixed and len(levels) == len(factors) and self.size > room:
            problem, allowed = f"is more than the {room} possible points", 'kind = "grid", which has them'
            raise ConfigurationError(problem, key="design.size", value=self.size, allowed=allowed)


class Latin(Sized):
    """Latin hypercube: each of `size` equal parts of every range once (McKay, Beckman & Conover 1979)."""

    kind: Literal["latin"]

    def unit(self, factors: int, seed: int) -> Unit:
        """A Latin hypercube."""
        from scipy.stats import qmc

        return np.asarray(qmc.LatinHypercube(factors, seed=np.random.default_rng(seed)).random(self.size))


class PowerOfTwo(Sized):
    """Designs of a scrambled Sobol' sequence, which is balanced at powers of two alone (Owen 2020)."""

    @field_validator("size")
    @classmethod
    def _is_a_power_of_two(cls, size: int) -> int:
        if size & (size - 1):
            below = 1 << (size.bit_length() - 1)
            raise ConfigurationError("is not a power of two", value=size, allowed=f"such as {below} or {2 * below}")
        return size


class Sobol(PowerOfTwo):
    """The first `size` points of a scrambled Sobol' sequence."""

    kind: Literal["sobol"]

    def unit(self, factors: int, seed: int) -> Unit:
        """The first points of the sequence."""
        from scipy.stats import qmc

        return np.asarray(qmc.Sobol(factors, scramble=True, seed=np.random.default_rng(seed)).random(self.size))


class Saltelli(PowerOfTwo):
    """Points from which Sobol' indices follow: `size` × (factors + 2), or × (2 factors + 2) with the second order."""

    fixed = True

    kind: Literal["saltelli"]
    second_order: bool = option("whether to estimate interactions of pairs as well", default=False)

    def rows(self, factors: Mapping[str, Factor]) -> int:
        """The size times what the indices need."""
        return self.size * (len(factors) * (2 if self.second_order else 1) + 2)

    def unit(self, factors: int, seed: int) -> Unit:
        """Saltelli's (2002) extension of a Sobol' sequence, in the order that `SALib.analyze.sobol` expects."""
        from SALib.sample import sobol

        problem, rng = unit_problem(factors), np.random.default_rng(seed)
        return np.asarray(sobol.sample(problem, self.size, calc_second_order=self.second_order, seed=rng))


class Morris(Sampled):
    """Elementary effects: trajectories of factors + 1 points, on a lattice of `levels` (Morris 1991)."""

    fixed = True

    kind: Literal["morris"]
    trajectories: Whole = parameter("trajectories", 2, MOST_POINTS)
    levels: Whole = parameter("levels", 4, 1000, default=4)

    @field_validator("levels")
    @classmethod
    def _is_even(cls, levels: int) -> int:
        if levels % 2:
            raise ConfigurationError("is odd", value=levels, allowed="an even number")
        return levels

    def rows(self, factors: Mapping[str, Factor]) -> int:
        """Trajectories times their points."""
        return self.trajectories * (len(factors) + 1)

    def unit(self, factors: int, seed: int) -> Unit:
        """The trajectories, in the order that `SALib.analyze.morris` expects."""
        from SALib.sample import morris

        problem, rng = unit_problem(factors), np.random.default_rng(seed)
        return np.asarray(morris.sample(problem, self.trajectories, num_levels=self.levels, seed=rng))

    def check_room(self, factors: Mapping[str, Factor]) -> None:
        """Refuse a lattice with fewer places than a factor has levels."""
        for path, levels in with_levels(factors).items():
            if len(levels) > self.levels:
                problem = f"is less than the {len(levels)} levels of {path}, so some would never occur"
                allowed = f"{len(levels)} or more"
                raise ConfigurationError(problem, key="design.levels", value=self.levels, allowed=allowed)


_CLASSES: tuple[type[DesignPlan], ...] = (Grid, Listed, Zipped, Latin, Sobol, Saltelli, Morris)
DESIGN_KINDS = {get_args(each.model_fields["kind"].annotation)[0]: each for each in _CLASSES}
SAMPLING = [name for name, kind in DESIGN_KINDS.items() if issubclass(kind, Sampled)]
UNFIXED = [name for name, kind in DESIGN_KINDS.items() if not kind.fixed]

"""The table `[design]` of an experiment: how its factors become points, one class for each kind."""

from collections.abc import Mapping
from typing import Any, ClassVar, Literal

from pydantic import Field, field_validator, model_validator

from model.errors import ConfigurationError, nearest_name
from model.parameters import Settings, by_path, option, parameter
from model.paths import validated

MOST_POINTS = 1_000_000
MOST_SEED = 2**63 - 1


class Plan(Settings):
    """What every kind of design may state."""

    samples: ClassVar[bool] = False
    """Whether it draws from ranges, rather than take levels as they are."""
    fixed: ClassVar[bool] = False
    """Whether its rows have an order and a number that must not be touched."""

    kind: str
    cross: list[str] = option("factors crossed with the design of the others", default=[])
    constraints: list[str] = option("conditions that every point meets", default=[])

    @model_validator(mode="after")
    def _keeps_its_structure(self) -> "Plan":
        if self.fixed and self.constraints:
            problem = f"would break the structure of a {self.kind} design, whose indices need every row"
            raise ConfigurationError(problem, key="constraints", allowed=", ".join(UNFIXED))
        return self


class Grid(Plan):
    """Every combination of levels, the last factor varying fastest."""

    kind: Literal["grid"] = "grid"

    @model_validator(mode="after")
    def _crosses_all(self) -> "Grid":
        if self.cross:
            raise ConfigurationError("has no use: a grid crosses all factors", key="cross", value=self.cross)
        return self


class Zipped(Plan):
    """The first levels of all factors, then the second, and so on."""

    kind: Literal["zip"]


class Listed(Plan):
    """Points written one by one, each a table of all factors that are not crossed."""

    kind: Literal["list"]
    points: list[dict[str, Any]] = Field(min_length=1)

    @field_validator("points", mode="before")
    @classmethod
    def _by_path(cls, points: Any) -> Any:
        return (
            [by_path(point) if isinstance(point, dict) else point for point in points]
            if isinstance(points, list)
            else points
        )


class Sampled(Plan):
    """Draws from ranges; `seed` is by default the experiment's."""

    samples = True

    seed: int | None = parameter("seed", 0, MOST_SEED, default=None)


class Latin(Sampled):
    """Latin hypercube: each of `size` equal parts of every range once (McKay, Beckman & Conover 1979)."""

    kind: Literal["latin"]
    size: int = parameter("points", 2, MOST_POINTS)


class PowerOfTwo(Sampled):
    """Designs of a scrambled Sobol' sequence, which is balanced at powers of two alone (Owen 2020)."""

    size: int = parameter("points", 2, MOST_POINTS)

    @field_validator("size")
    @classmethod
    def _is_a_power_of_two(cls, size: int) -> int:
        if size & (size - 1):
            below = 1 << (size.bit_length() - 1)
            raise ConfigurationError("is no power of two", value=size, allowed=f"such as {below} or {2 * below}")
        return size


class Sobol(PowerOfTwo):
    """The first `size` points of a scrambled Sobol' sequence."""

    kind: Literal["sobol"]


class Saltelli(PowerOfTwo):
    """Points from which Sobol' indices follow: `size` × (factors + 2), or × (2 factors + 2) with the second order."""

    fixed = True

    kind: Literal["saltelli"]
    second_order: bool = option("whether interactions of pairs are estimated as well", default=False)


class Morris(Sampled):
    """Elementary effects: trajectories of factors + 1 points, on a lattice of `levels` (Morris 1991)."""

    fixed = True

    kind: Literal["morris"]
    trajectories: int = parameter("trajectories", 2, MOST_POINTS)
    levels: int = parameter("levels", 4, 1000, default=4)

    @field_validator("levels")
    @classmethod
    def _is_even(cls, levels: int) -> int:
        if levels % 2:
            raise ConfigurationError("is odd", value=levels, allowed="an even number")
        return levels


KINDS: dict[str, type[Plan]] = {
    "grid": Grid,
    "list": Listed,
    "zip": Zipped,
    "latin": Latin,
    "sobol": Sobol,
    "saltelli": Saltelli,
    "morris": Morris,
}
SAMPLING = [name for name, kind in KINDS.items() if kind.samples]
UNFIXED = [name for name, kind in KINDS.items() if not kind.fixed]


def read_plan(table: Any) -> Any:
    """The table `[design]` as one of the kinds; what is no table is left to its type."""
    if not isinstance(table, Mapping):
        return table
    names = ", ".join(KINDS)
    if "kind" not in table:
        raise ConfigurationError("is missing", key="kind", allowed=names)
    kind = table["kind"]
    if not isinstance(kind, str) or kind not in KINDS:
        nearest = nearest_name(kind, KINDS) if isinstance(kind, str) else None
        raise ConfigurationError("is no kind of design", key="kind", value=kind, allowed=names, nearest=nearest)
    return validated(KINDS[kind], dict(table))

"""Factors: what an experiment varies, each a list of levels or a range from which a design draws."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from math import isfinite
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, model_validator

from model.errors import ConfigurationError
from model.parameters import Settings, option
from model.paths import validated

Level = float | int | bool | str | date


def _finite(value: Any) -> int | float:
    """A number as it was written: a whole one stays whole, for parameters that are."""
    if type(value) not in (int, float):
        raise ConfigurationError("is not a number", value=value)
    if abs(value) > 1e300 or not isfinite(value):
        raise ConfigurationError("is not a finite number", value=value)
    return value


End = Annotated[int | float, BeforeValidator(_finite)]


MOST_EXPONENTIAL = 30
"""Above this a standard exponential draw never comes: once in ten million million."""


class Span(Settings):
    """A range of a factor, both ends included.

    Evenly spread, with `scale = "log"` in the logarithm; with `scale = "exponential"` as the exponential distribution
    of mean 1 between the ends. Weights that are each drawn so are, as shares of their sum, Dirichlet with all
    parameters 1 (Devroye 1986, chapter 11), but for what the ends cut off.
    """

    low: End = option("least value")
    high: End = option("largest value")
    scale: Literal["linear", "log", "exponential"] = option("linear, log or exponential", default="linear")

    @model_validator(mode="after")
    def _is_a_range(self) -> "Span":
        if self.low >= self.high:
            raise ConfigurationError("is not below high", key="low", value=self.low, allowed=f"less than {self.high}")
        if self.scale == "log" and self.low <= 0:
            allowed = "more than 0 where scale = 'log'"
            raise ConfigurationError("has no logarithm", key="low", value=self.low, allowed=allowed)
        if self.scale == "exponential" and not 0 <= self.low < MOST_EXPONENTIAL:
            allowed = f"0 to less than {MOST_EXPONENTIAL} where scale = 'exponential'"
            raise ConfigurationError(
                "is outside the range of the distribution", key="low", value=self.low, allowed=allowed
            )
        return self

    @property
    def text(self) -> str:
        """The range in words: 1 to 8 (log)."""
        return f"{self.low:.15g} to {self.high:.15g}" + (f" ({self.scale})" if self.scale != "linear" else "")


Factor = list[Level] | Span


def ends_or_levels(factor: Factor) -> list[Level]:
    """The two ends of a range, or every level once."""
    return [factor.low, factor.high] if isinstance(factor, Span) else list(dict.fromkeys(factor))


def as_whole(levels: Sequence[Level]) -> list[Level]:
    """The levels of a parameter that takes whole numbers, of which 26.0 is one."""
    return [int(level) if isinstance(level, float) else level for level in levels]


def with_levels(factors: Mapping[str, Factor]) -> dict[str, list[Level]]:
    """The factors that have levels rather than a range."""
    return {path: factor for path, factor in factors.items() if not isinstance(factor, Span)}


def key_of(path: str) -> str:
    """The key under which a factor stands in an experiment file."""
    return f'factors."{path}"'


def read_factors(table: Any) -> Any:
    """The table `[factors]`, its paths written in quotes or as nested tables; what is no table is left to its type."""
    if not isinstance(table, Mapping):
        return table
    factors: dict[str, Factor] = {}
    for path, value in _flat(table):
        if path in factors:
            raise ConfigurationError("is given twice, with and without quotes", key=path)
        if isinstance(value, Mapping) and value:
            factors[path] = validated(Span, value, below=f'"{path}"')
        elif isinstance(value, (list, Span)):
            factors[path] = value
        else:
            allowed = "a list such as [0.2, 0.8], or a range such as { low = 0.2, high = 0.8 }"
            raise ConfigurationError("is neither a list of levels nor a range", key=path, value=value, allowed=allowed)
    return factors


def _flat(table: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, Any]]:
    """Entries by path; a table with a single value in it is a range."""
    for key, value in table.items():
        inner = value.values() if isinstance(value, Mapping) else ()
        if inner and all(isinstance(item, (Mapping, list, Span)) for item in inner):
            yield from _flat(value, f"{prefix}{key}.")
        else:
            yield f"{prefix}{key}", value


def check_levels(levels: Sequence[Any], key: str, *, repeated: bool = False) -> None:
    """Refuse levels that are none, mixed, no single values, or (unless `repeated`) given twice."""
    if not levels:
        raise ConfigurationError("has no levels", key=key, allowed="a list of values")
    for level in levels:
        if isinstance(level, float) and not isfinite(level):
            raise ConfigurationError("is not a finite number", key=key, value=level)
        if not isinstance(level, Level):
            allowed = "numbers, texts, days, or true and false"
            raise ConfigurationError("is not a single value", key=key, value=level, allowed=allowed)
    if len({"number" if type(level) in (int, float) else type(level) for level in levels}) > 1:
        raise ConfigurationError("has levels of several types", key=key, value=list(levels))
    for level, times in Counter(levels).items():
        if times > 1 and not repeated:
            raise ConfigurationError("is a level given twice", key=key, value=level)

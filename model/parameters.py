"""Building blocks of the configuration: strict settings, documented parameters, ranges and distributions of traits.

A parameter carries its unit, its range and its meaning, so that checks, `deter list parameters` and sweeps read the
same declaration. Where a setting fills a table of agents, its meaning is that of the column with the same name.
"""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime
from types import UnionType
from typing import Annotated, Any, ClassVar, NamedTuple, Union, get_args, get_origin

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, PlainSerializer

from agents.foundation.columns import Columns
from model.display.cards import Card, Rows, cell, html, line
from model.errors import ConfigurationError


class Settings(BaseModel):
    """A table of a configuration file: frozen, without unknown keys, without NaN, without coercion."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, allow_inf_nan=False, hide_input_in_errors=True)

    columns: ClassVar[Columns | None] = None
    """Columns that this table fills; they document the fields of the same name."""

    @classmethod
    def __pydantic_init_subclass__(cls, **options: Any) -> None:
        super().__pydantic_init_subclass__(**options)
        docs = cls.columns.docs if cls.columns else {}
        for name, field in cls.model_fields.items():
            field.description = field.description or docs.get(name)


def parameter(
    unit: str,
    low: float | None = None,
    high: float | None = None,
    *,
    doc: str | None = None,
    default: Any = ...,
) -> Any:
    """A field with a unit and a closed range; without `doc` it takes the text of the column of the same name."""
    extra: dict[str, Any] = {"unit": unit, "low": low, "high": high}
    return Field(default, ge=low, le=high, description=doc, json_schema_extra=extra)


def option(doc: str | None = None, *, unit: str = "choice", default: Any = ...) -> Any:
    """A field without a range: a choice among names, a yes or no, a date, a range of values."""
    return Field(default, description=doc, json_schema_extra={"unit": unit, "low": None, "high": None})


def _whole(value: Any) -> Any:
    return int(value) if isinstance(value, float) and value.is_integer() else value


Whole = Annotated[int, BeforeValidator(_whole)]
"""A whole number, which may be written 26.0: tables of numbers have no other, and it is the same number."""


class Parameter(NamedTuple):
    """One scalar of a configuration, with its path, meaning and range."""

    path: str
    value: float | int | bool | str | date
    unit: str
    low: float | None
    high: float | None
    doc: str
    choices: tuple[str, ...] = ()
    source: str = ""


class Range(NamedTuple):
    """A closed range, written `[low, high]`."""

    low: float
    high: float


def _range(value: Any) -> Range:
    numbers = isinstance(value, (list, tuple)) and all(type(item) in (int, float) for item in value)
    if not numbers or len(value) != 2 or not 0.0 <= value[0] <= value[1] <= LARGEST:
        allowed = f"[low, high] with 0 ≤ low ≤ high ≤ {LARGEST:,.0f}"
        raise ConfigurationError("is not a range", value=value, allowed=allowed)
    return Range(float(value[0]), float(value[1]))


def _day(value: Any) -> date:
    try:
        if isinstance(value, str):
            return date.fromisoformat(value)
    except ValueError:
        pass
    if not isinstance(value, date) or isinstance(value, datetime):
        raise ConfigurationError("is not a date", value=value, allowed="a date such as 2019-05-17")
    return value


LARGEST = 1e6
"""Largest trait, bite and delay: far above any use, and far below where sums of them overflow."""

NonNegativeRange = Annotated[Range, BeforeValidator(_range), PlainSerializer(list, return_type=list[float])]
Day = Annotated[date, BeforeValidator(_day)]
_IDENTIFIER, _PROPER_NAME = r"^[a-z][a-z0-9_]*$", r"^[^.\s]([^.\n]*[^.\s])?$"
NAMES = {
    _IDENTIFIER: "lower-case letters, digits and _, starting with a letter",
    _PROPER_NAME: "one line without dots or spaces at either end",
}
"""Patterns of names, in words."""
Name = Annotated[str, Field(pattern=_IDENTIFIER)]
"""An identifier: part of a parameter's path, and the name under which an agent draws."""
ProperName = Annotated[str, Field(pattern=_PROPER_NAME)]
"""The name of a Member State or partner; without dots, for it is part of a path."""


class UnitTrait(Settings):
    """A trait in [0, 1], drawn logit-normally."""

    mean: float = parameter("1", 0, 1, doc="median over agents of the archetype")
    spread: float = parameter("logit", 0, 5, doc="standard deviation on the logit scale")


class PositiveTrait(Settings):
    """A positive trait, drawn log-normally."""

    mean: float = parameter("trait's own", 0, LARGEST, doc="median over agents of the archetype")
    spread: float = parameter("log", 0, 5, doc="standard deviation of the logarithm")


class RealTrait(Settings):
    """A trait of either sign, drawn normally."""

    mean: float = parameter("trait's own", -LARGEST, LARGEST, doc="mean over agents of the archetype")
    spread: float = parameter("trait's own", 0, LARGEST, doc="standard deviation")


Trait = UnitTrait | PositiveTrait | RealTrait


class Titled(Settings):
    """A table that is a file of its own: its title stands for it, and a notebook shows its settings, folded away."""

    def __repr__(self) -> str:
        return line(type(self).__name__, self._title, f"{sum(1 for _ in parameters_of(self))} settings")

    __str__ = __repr__

    @property
    def _title(self) -> str:
        return str(getattr(self, "title", ""))

    def _repr_html_(self) -> str:
        text = " ".join(str(getattr(self, "idea", "")).split())
        return html(Card(self._title, text, folded=sections(parameters_of(self))))


def parameters_of(node: Settings, path: str = "", doc: str = "") -> Iterator[Parameter]:
    """Every scalar parameter below a table, in the order of declaration."""
    for name, field in type(node).model_fields.items():
        value, here = getattr(node, name), f"{path}.{name}" if path else name
        text = ": ".join(part for part in (doc, field.description) if part)
        extra = field.json_schema_extra
        if isinstance(value, Settings):
            yield from parameters_of(value, here, text)
        elif isinstance(value, dict):
            for key, item in value.items():
                if isinstance(item, Settings):
                    yield from parameters_of(item, f"{here}.{key}")
        elif isinstance(extra, dict) and "unit" in extra and value is not None:
            entry = Parameter(here, value, str(extra["unit"]), _bound(extra["low"]), _bound(extra["high"]), text)
            if isinstance(value, Range):
                for end, number in zip(Range._fields, value, strict=True):
                    yield entry._replace(path=f"{here}.{end}", value=number, low=0.0, doc=f"{text}: {end} end")
            else:
                yield entry._replace(choices=choices_of(field.annotation) if isinstance(value, str) else ())


def sections(parameters: Iterable[Parameter], rest: str = "settings") -> dict[str, Rows]:
    """Tables of parameters by the first part of their paths, with their number; `rest` are those without one."""
    parts: dict[str, list[Parameter]] = {}
    for each in parameters:
        parts.setdefault(each.path.partition(".")[0] if "." in each.path else rest, []).append(each)
    return {
        f"{name} ({len(those)})": Rows(
            ("setting", "value", "unit", "meaning"),
            [(each.path.removeprefix(f"{name}."), cell(each.value), each.unit, each.doc) for each in those],
        )
        for name, those in parts.items()
    }


def choices_of(annotation: Any) -> tuple[Any, ...]:
    """The names that an entry of this type may have, be it one that may be left out; empty where it is no choice."""
    if get_origin(annotation) in (Union, UnionType):
        return tuple(name for part in get_args(annotation) if part is not type(None) for name in choices_of(part))
    if get_origin(annotation) is Annotated:
        return choices_of(get_args(annotation)[0])
    return get_args(annotation)


def _bound(bound: Any) -> float | None:
    return None if bound is None else float(bound)


def flat(table: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, Any]]:
    """The entries of nested tables, by dotted path; an empty table is an entry."""
    for key, value in table.items():
        if isinstance(value, Mapping) and value:
            yield from flat(value, f"{prefix}{key}.")
        else:
            yield f"{prefix}{key}", value


def by_path(table: Mapping[str, Any]) -> dict[str, Any]:
    """Nested tables as values by path; in TOML `a.b = 1` is a table and `"a.b" = 1` is not, but they mean the same."""
    values: dict[str, Any] = {}
    for path, value in flat(table):
        if path in values:
            raise ConfigurationError("is given twice, in quotes and without", key=path)
        values[path] = value
    return values

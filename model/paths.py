"""Trees of plain values: addressing by dotted path, and translation of validation errors into one message."""

from collections.abc import Iterator, Mapping
from typing import Any, TypeVar, cast, get_args

import numpy as np
from pydantic import TypeAdapter, ValidationError
from pydantic.fields import FieldInfo

from model.errors import ConfigurationError, listing, nearest_name
from model.parameters import NAMES, Range, Settings

Tree = dict[str, Any]
S = TypeVar("S")

_EXPECTED = {
    "float_type": "a number",
    "int_type": "a whole number",
    "int_from_float": "a whole number",
    "bool_type": "true or false",
    "string_type": "a text in quotes",
    "dict_type": "a table",
    "list_type": "a list",
    "model_type": "a table",
    "finite_number": "a finite number",
    "string_unicode": "a text in Unicode",
}


def plain(value: Any) -> Any:
    """A value as TOML would give it: NumPy's scalars and ranges become Python's own."""
    if isinstance(value, np.generic):
        return value.item()
    if isinstance(value, (tuple, np.ndarray)):
        return [plain(item) for item in value]
    return value


def paths(tree: Mapping[str, Any], prefix: str = "") -> Iterator[str]:
    """Every path of a tree, inner ones included; its tables may be settings."""
    for key, value in tree.items():
        yield f"{prefix}{key}"
        inner = value.model_dump() if isinstance(value, Settings) else value
        if isinstance(inner, Mapping):
            yield from paths(inner, f"{prefix}{key}.")


def put(tree: Tree, path: str, value: Any) -> None:
    """Replace what stands at a path; raise where nothing stands there."""
    *inner, last = path.split(".")
    node: Any = tree
    for index, key in enumerate(inner):
        if not isinstance(node, dict) or key not in node:
            raise unknown_path(tree, path)
        if _is_range(node[key]) and last in Range._fields and index == len(inner) - 1:
            ends = list(node[key])
            ends[Range._fields.index(last)] = plain(value)
            node[key] = ends
            return
        node = node[key]
    if not isinstance(node, dict) or last not in node:
        raise unknown_path(tree, path)
    node[last] = plain(value)


def _is_range(value: Any) -> bool:
    return isinstance(value, list) and len(value) == 2 and not any(isinstance(end, str) for end in value)


def unknown_path(tree: Mapping[str, Any], path: str) -> ConfigurationError:
    """The error for a path that does not exist, naming the nearest that does."""
    known = list(paths(tree))
    nearest = nearest_name(path, known)
    if nearest is None:  # a bare name: look for it at the end of the paths
        tail = nearest_name(path.split(".")[-1], sorted({name.split(".")[-1] for name in known}), cutoff=0.7)
        nearest = next((name for name in known if tail and name.split(".")[-1] == tail), None)
    allowed = None if nearest else "what `deter list parameters` shows"
    return ConfigurationError("there is no such parameter", key=path, nearest=nearest, allowed=allowed)


def validated(kind: type[S], data: Any, *, file: str | None = None, below: str | None = None) -> S:
    """Validate data as a type, with errors translated."""
    try:
        return TypeAdapter(kind).validate_python(data)
    except ValidationError as error:
        raise translated(error, kind, data).at(file, below) from None


def translated(error: ValidationError, kind: Any, data: Any) -> ConfigurationError:
    """The first of pydantic's errors as one of ours, with the keys of the others."""
    problems = error.errors()
    # a misspelt key is also a missing one; the spelling is what the user can mend
    first = next((problem for problem in problems if problem["type"] == "extra_forbidden"), problems[0])
    told = _told(first, kind, data)
    # nor is the key that is missing because it is misspelt a problem of its own
    meant = ".".join([*(told.key or "").split(".")[:-1], told.nearest]) if told.nearest else None
    others = [problem for problem in problems if problem is not first]
    told.others = [
        _key(other) or other["msg"] for other in others if (other["type"], _key(other)) != ("missing", meant)
    ]
    return told


def _told(problem: Any, kind: Any, data: Any) -> ConfigurationError:
    places, key, what = [str(place) for place in problem["loc"]], _key(problem), problem["type"]
    cause = problem.get("ctx", {}).get("error")
    if isinstance(cause, ConfigurationError):
        return cause.at(key=key)
    if what == "extra_forbidden":
        names = _names(kind, places[:-1])
        return ConfigurationError(
            "unknown key", key=key, allowed=listing(names), nearest=nearest_name(places[-1], names)
        )
    if what == "missing":
        return ConfigurationError("is missing", key=key, allowed=_allowed(kind, places))
    if what == "too_short":
        found, least = problem["ctx"]["actual_length"], problem["ctx"]["min_length"]
        return ConfigurationError(f"has {found or 'no'} entries", key=key, allowed=f"{least} or more")
    if places[-1:] == ["[key]"]:
        return ConfigurationError(_not_a_name(problem), key=key)
    value = _value(data, places)
    if what == "literal_error":
        field = _field(kind, places)
        names = [str(name) for name in get_args(field.annotation)] if field else []
        nearest = nearest_name(value, names) if isinstance(value, str) else None
        return ConfigurationError(
            "is not among the choices", key=key, value=value, allowed=", ".join(names), nearest=nearest
        )
    said = "is out of range" if what == "float_type" and type(value) is int else _said(problem)
    return ConfigurationError(said, key=key, value=value, allowed=_allowed(kind, places))


def _key(problem: Any) -> str | None:
    return ".".join(str(place) for place in problem["loc"] if place != "[key]") or None


def _said(problem: Any) -> str:
    """What is wrong with a value, in our words; in pydantic's where we have none."""
    what = problem["type"]
    if what in _EXPECTED:
        return f"is not {_EXPECTED[what]}"
    if what == "string_too_short":
        return "is empty"
    if what == "string_pattern_mismatch":
        return _not_a_name(problem)
    return "is out of range" if "_than" in what else str(problem["msg"])


def _not_a_name(problem: Any) -> str:
    pattern = problem.get("ctx", {}).get("pattern")
    return f"is no name of the form: {NAMES.get(pattern, problem['msg'])}"


def _value(data: Any, places: list[str]) -> Any:
    for place in places:
        if isinstance(data, Mapping):
            data = data.get(place)
        elif isinstance(data, (list, tuple)) and place.isdigit():
            data = data[int(place)]
        else:
            data = getattr(data, place, None)
    return data


def _table(kind: Any, places: list[str]) -> type[Settings] | None:
    """The table class that stands at a path of a type."""
    for place in ["", *places]:
        if place:
            field = kind.model_fields.get(place) if isinstance(kind, type) and issubclass(kind, Settings) else None
            # below a dictionary of tables the place is a name, and the class stays
            kind = field.annotation if field else kind
        while not isinstance(kind, type) or not issubclass(kind, Settings):
            inner = [part for part in get_args(kind) if part not in (type(None), str)]
            if not inner:
                return None
            kind = inner[-1]
    return cast("type[Settings]", kind)


def _names(kind: Any, places: list[str]) -> list[str]:
    table = _table(kind, places)
    return list(table.model_fields) if table else []


def _field(kind: Any, places: list[str]) -> FieldInfo | None:
    table = _table(kind, places[:-1])
    return table.model_fields.get(places[-1]) if table and places else None


def _allowed(kind: Any, places: list[str]) -> str | None:
    field = _field(kind, places)
    extra = field.json_schema_extra if field else None
    if not isinstance(extra, dict) or "unit" not in extra:
        return None
    low, high, unit = extra["low"], extra["high"], extra["unit"]
    if low is None and high is None:
        return ", ".join(map(str, get_args(field.annotation))) or None if field else None
    ends = f"{_number(low)} to {_number(high)}" if None not in (low, high) else f"{_number(low)} or more"
    return ends if unit == "1" else f"{ends} ({unit})"


def _number(value: Any) -> str:
    return f"{value:.0f}" if isinstance(value, float) and abs(value) >= 1000 else str(value)

"""Trees of plain values: addressing by dotted path, and translation of validation errors into one message."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from types import UnionType
from typing import Annotated, Any, TypeVar, Union, cast, get_args, get_origin

import numpy as np
from pydantic import TypeAdapter, ValidationError
from pydantic.fields import FieldInfo

from model.errors import ConfigurationError, listing, nearest_name
from model.parameters import NAMES, Range, Settings, choices_of

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
    "model_attributes_type": "a table",
    "finite_number": "a finite number",
    "string_unicode": "a text in Unicode",
}


_BITE = (
    "use classes.mild.prior_bite, classes.serious.prior_bite and classes.severe.prior_bite: beliefs are "
    "in bite by class of severity, and each prior counts as one observation"
)
_OF_A_CASE = (
    "attribution",
    "addressee",
    "adoption",
    "bite",
    "floor",
    "delay",
    "duration",
    "uptake",
    "persons",
    "entities",
    "joinable",
)

RETIRED: dict[str, str] = {
    "belief.prior_fulfilment": _BITE,
    "belief.prior_precision": _BITE,
    "belief.outcome_precision": _BITE,
    "belief.prior_delay": "perpetrators learn delay from the discounted bite of each outcome",
    "council.initial_credibility": (
        "in its place stand classes.mild.credibility, classes.serious.credibility and classes.severe.credibility"
    ),
    "council.credibility_speed": (
        "use council.credibility_half_life: credibility is the share of recent promises that was kept"
    ),
    **{f"measures.*.{name}": "a standing programme has none" for name in _OF_A_CASE},
}
"""Path of a parameter that was removed or renamed → what replaces it, or why nothing does, in words.

A path is stated from its section on, a doctrine's as `doctrine.NAME`; `*` stands for any name. It is looked up only
where there is no such key, so that what measures on cases still have can stand here for programmes.
"""

_OF_A_KEY = "[key]"
"""Mark of pydantic's where a key is wrong, and not its value."""


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


def retired(path: str, key: str | None = None, known: Iterable[str] | None = None) -> ConfigurationError | None:
    """The error for a key that is unknown, where a parameter stood there or above in an earlier version; else None.

    `path` is that in the configuration, `key` that in the user's file where it is another. `known` paths have the table
    in which it stood, and not the parameter: else something else is wrong with the path.
    """
    names = path.split(".")
    for old, words in RETIRED.items():
        parts = old.split(".")
        for start in range(len(names) - len(parts) + 1):
            end = start + len(parts)
            if not all(part in ("*", name) for part, name in zip(parts, names[start:end], strict=True)):
                continue
            stood, table = (".".join(names[:place]) for place in (end, end - 1))
            if known is None or (_is_among(table, known) and not _is_among(stood, known)):
                problem = f"is no longer a parameter: {words}"
                return ConfigurationError(problem, key=key or path)
    return None


def _is_among(path: str, known: Iterable[str]) -> bool:
    """Whether something stands at a path, or below it."""
    return any(name == path or name.startswith(f"{path}.") for name in known)


def unknown_path(tree: Mapping[str, Any], path: str) -> ConfigurationError:
    """The error for a path that does not exist, naming what replaces it, or the nearest that does."""
    known = list(paths(tree))
    if gone := retired(path, known=known):
        return gone
    nearest = nearest_name(path, known)
    if nearest is None:  # a bare name: look for it at the end of the paths
        tail = nearest_name(path.split(".")[-1], sorted({name.split(".")[-1] for name in known}), cutoff=0.7)
        nearest = next((name for name in known if tail and name.split(".")[-1] == tail), None)
    allowed = None if nearest else "what `deter list parameters` shows"
    return ConfigurationError("there is no such parameter", key=path, nearest=nearest, allowed=allowed)


@lru_cache(64)
def _adapter(kind: Any) -> TypeAdapter[Any]:
    """Pydantic's validator of a type, which takes longer to make than to use."""
    return TypeAdapter(kind)


def validated(
    kind: type[S], data: Any, *, file: str | None = None, below: str | None = None, at: str | None = None
) -> S:
    """Validate data as a type, with errors translated.

    Keys of errors are placed in the file, below a key; `at` is the path in a configuration where the file does not say.
    """
    try:
        known: Any = kind  # mypy does not know that types have hashes
        return cast(S, _adapter(known).validate_python(data))
    except ValidationError as error:
        raise translated(error, kind, data, at or below).at(file, below) from None


def problems_of(error: ValidationError, kind: Any) -> Iterator[tuple[list[str], str]]:
    """Path and type of each of pydantic's errors in data of a type."""
    for problem in error.errors():
        cause, path = problem.get("ctx", {}).get("error"), _walked(kind, problem["loc"])[1]
        within = cause.key.split(".") if isinstance(cause, ConfigurationError) and cause.key else []
        yield path + within, problem["type"]


def translated(error: ValidationError, kind: Any, data: Any, at: str | None = None) -> ConfigurationError:
    """The first of pydantic's errors as one of ours, with the keys of the others; `at` is the data's path."""
    problems = error.errors()
    # a misspelt key is also a missing one; the spelling is what the user can mend
    first = next((problem for problem in problems if problem["type"] == "extra_forbidden"), problems[0])
    told = _told(first, kind, data, at)
    # nor is the key that is missing because it is misspelt a problem of its own
    meant = ".".join([*(told.key or "").split(".")[:-1], told.nearest]) if told.nearest else None
    others = [problem for problem in problems if problem is not first]
    keys = [(other, ".".join(_walked(kind, other["loc"])[1])) for other in others]
    told.others = [
        key or other["msg"] for other, key in keys if key != told.key and (other["type"], key) != ("missing", meant)
    ]
    return told


def _told(problem: Any, kind: Any, data: Any, at: str | None) -> ConfigurationError:
    table, places, stands = _walked(kind, problem["loc"])
    key, what = ".".join(places) or None, problem["type"]
    cause = problem.get("ctx", {}).get("error")
    if isinstance(cause, ConfigurationError):
        return cause.at(key=key)
    if what == "extra_forbidden":
        if gone := retired(".".join(filter(None, (at, key))), key):
            return gone
        names = list(table.model_fields) if table else []
        return ConfigurationError(
            "unknown key", key=key, allowed=listing(names), nearest=nearest_name(places[-1], names)
        )
    field = table.model_fields.get(places[-1]) if table and places else None
    if what == "missing":
        return ConfigurationError("is missing", key=key, allowed=_allowed(field))
    if what == "too_short":
        found, least = problem["ctx"]["actual_length"], problem["ctx"]["min_length"]
        return ConfigurationError(f"has {found or 'no'} entries", key=key, allowed=f"{least} or more")
    if problem["loc"][-1:] == (_OF_A_KEY,):
        return ConfigurationError(_not_a_name(problem), key=key)
    value = _value(data, places)
    if what in ("union_tag_not_found", "union_tag_invalid"):
        name, kinds = problem["ctx"]["discriminator"].strip("'"), list(_resolved(stands)[1])
        key = f"{key}.{name}" if key else name
        if what == "union_tag_not_found":
            return ConfigurationError("is missing", key=key, allowed=", ".join(kinds))
        return _no_choice(key, _value(value, [name]), kinds)
    if what == "literal_error":
        return _no_choice(key, value, [str(name) for name in choices_of(field.annotation)] if field else [])
    said = "is out of range" if what == "float_type" and type(value) is int else _said(problem)
    return ConfigurationError(said, key=key, value=value, allowed=_allowed(field))


def _no_choice(key: str | None, value: Any, names: list[str]) -> ConfigurationError:
    nearest = nearest_name(value, names) if isinstance(value, str) else None
    return ConfigurationError(
        "is not among the choices", key=key, value=value, allowed=", ".join(names), nearest=nearest
    )


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
    return f"is not a name of the form: {NAMES.get(pattern, problem['msg'])}"


def _value(data: Any, places: list[str]) -> Any:
    for place in places:
        if isinstance(data, Mapping):
            data = data.get(place)
        elif isinstance(data, (list, tuple)) and place.isdigit():
            data = data[int(place)]
        else:
            data = getattr(data, place, None)
    return data


def _walked(kind: Any, location: Sequence[str | int]) -> tuple[type[Settings] | None, list[str], Any]:
    """The table class that holds what stands at a location of pydantic's, the path to it, and its type.

    A location has more than the path: after an entry of one of several kinds its kind, and a mark after a key.
    """
    table, places = None, []
    for place in map(str, location):
        kind, kinds = _resolved(kind)
        if place == _OF_A_KEY or place in kinds:
            kind = kinds.get(place, kind)
            continue
        places.append(place)
        table = kind if isinstance(kind, type) and issubclass(kind, Settings) else None
        if table:
            field = table.model_fields.get(place)
            kind = field.annotation if field else None
        else:
            kind = get_args(kind)[-1] if get_args(kind) else None
    return table, places, kind


def _resolved(kind: Any) -> tuple[Any, dict[str, type[Settings]]]:
    """A type without annotations and None; of a choice among tables also each of them, by what its key says."""
    kinds: dict[str, type[Settings]] = {}
    while get_origin(kind) in (Annotated, Union, UnionType):
        inner, *marks = [part for part in get_args(kind) if part is not type(None)]
        key = next((mark.discriminator for mark in marks if isinstance(mark, FieldInfo)), None)
        if key:
            kinds = {get_args(table.model_fields[key].annotation)[0]: table for table in get_args(inner)}
        kind = inner
    return kind, kinds


def _allowed(field: FieldInfo | None) -> str | None:
    extra = field.json_schema_extra if field else None
    if not isinstance(extra, dict) or "unit" not in extra:
        return None
    low, high, unit = extra["low"], extra["high"], extra["unit"]
    if low is None and high is None:
        return ", ".join(map(str, choices_of(field.annotation))) or None if field else None
    ends = f"{_number(low)} to {_number(high)}" if None not in (low, high) else f"{_number(low)} or more"
    return ends if unit == "1" else f"{ends} ({unit})"


def _number(value: Any) -> str:
    return f"{value:.0f}" if isinstance(value, float) and abs(value) >= 1000 else str(value)

"""Constraints: conditions on the values at a point, such as `doctrine.firmness <= 2 * doctrine.ratchet + 1`.

Numbers, texts in quotes, true and false; paths of parameters, a name that is no identifier as `members["The Name"]`;
`+ - * /`, comparisons (also chained), `in` a list, `and`, `or`, `not`, parentheses. A text is parsed by Python's own
parser and walked node by node; nothing of it is ever executed, and any other node is refused. Days are texts here, such
as "2020-01-31", whose order is theirs.
"""

import ast
import functools
import warnings
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from math import isfinite
from operator import add, eq, ge, gt, le, lt, mul, ne, neg, pos, sub, truediv
from typing import Any

import polars as pl

from experiments.design.points import WHOLES, scalars
from model.configuration import Configuration
from model.errors import ConfigurationError, nearest_name

MOST_CONSTRAINTS, MOST_CHARACTERS, MOST_NESTED = 100, 1000, 40
"""Most constraints, characters of one, and levels of nesting: every point is held against all of them."""
ALLOWED = "numbers, texts, paths, + - * /, comparisons, in, and, or, not"
TRUTH_WORDS = {"true": True, "false": False, "True": True, "False": False}
Operators = dict[type[ast.AST], Callable[..., Any]]
SIGNS: Operators = {ast.USub: neg, ast.UAdd: pos}
ARITHMETIC: Operators = {ast.Add: add, ast.Sub: sub, ast.Mult: mul, ast.Div: truediv}
COMPARISONS: Operators = {ast.Eq: eq, ast.NotEq: ne, ast.Lt: lt, ast.LtE: le, ast.Gt: gt, ast.GtE: ge}
OPERATIONS = {**SIGNS, **ARITHMETIC, **COMPARISONS}


class _Mismatch(TypeError):
    """Kinds of values that do not go together; its text says which."""


@dataclass(frozen=True)
class Constraint:
    """A condition on the values at a point: its text, the paths in it, and its syntax tree."""

    text: str
    names: tuple[str, ...]
    tree: ast.expr

    def holds(self, values: Mapping[str, Any]) -> bool:
        """Tell whether these values, by path, meet it; raises `ConfigurationError` where it has no answer."""
        try:
            return _truth(_value(self.tree, values))
        except (ArithmeticError, _Mismatch) as error:
            problem = "divides by zero" if isinstance(error, ZeroDivisionError) else str(error)
            at = ", ".join(f"{name} = {values[name]}" for name in self.names)
            raise _wrong(f"{problem}{f', at {at}' if at else ''}", self.text) from None


def _wrong(problem: str, text: str, **more: str | None) -> ConfigurationError:
    return ConfigurationError(problem, key="design.constraints", value=text, **more)  # type: ignore[arg-type]


def meeting(frame: pl.DataFrame, conditions: Iterable[Constraint], base: Configuration) -> pl.DataFrame:
    """The points of a frame that meet all conditions, counted anew; raises `ConfigurationError` where none does."""
    left, known = frame, scalars(base)
    for condition in conditions:
        held = [condition.holds(values) for values in _values_at(base, known, left, condition)]
        left = left.filter(pl.Series(held, dtype=pl.Boolean))
        if left.is_empty():
            raise _wrong(f"excludes all of the {frame.height:,} points", condition.text)
    return left.with_columns(point=pl.int_range(pl.len(), dtype=pl.Int64))


def _values_at(
    base: Configuration, known: Mapping[str, Any], frame: pl.DataFrame, condition: Constraint
) -> Iterator[Mapping[str, Any]]:
    """The values that the names in a constraint have at each point: of a factor, or else of the base, as `known`.

    Where a whole doctrine or scenario is a factor, a path below it has the value that it has there.
    """
    paths = frame.columns[1:]
    rest = [name for name in condition.names if name not in paths]
    for name in rest:
        if name not in known:
            nearest = nearest_name(name, [*known, *paths])
            raise _wrong(f"names {name}, which is neither a parameter nor a factor", condition.text, nearest=nearest)
    # factors that change values which are no factors themselves: whole files, and switches of both worlds
    switched = {f"switches.{name.rpartition('.')[2]}" for name in rest if name.startswith("reference.switches.")}
    above = [path for path in paths if path in switched or path in WHOLES] if rest else []

    @functools.cache
    def held(*levels: Any) -> Mapping[str, Any]:
        values = dict(zip(above, levels, strict=True))
        found = scalars(base.with_values(values)) if values else known
        for name in set(rest) - set(found):
            where = ", ".join(f"{path} = {level}" for path, level in values.items())
            raise _wrong(f"names {name}, which does not exist where {where}", condition.text)
        return found

    for row in frame.iter_rows(named=True):
        beside = held(*(row[path] for path in above))
        yield {name: row[name] if name in row else beside[name] for name in condition.names}


def constraints_of(texts: Sequence[str]) -> list[Constraint]:
    """Parse the constraints of a design; raises `ConfigurationError`."""
    if len(texts) > MOST_CONSTRAINTS:
        problem = f"holds {len(texts):,} conditions"
        raise ConfigurationError(problem, key="design.constraints", allowed=f"{MOST_CONSTRAINTS} or fewer")
    return [constraint(text) for text in texts]


def constraint(text: str) -> Constraint:
    """Parse a constraint; raises `ConfigurationError`."""
    if len(text) > MOST_CHARACTERS:
        raise _wrong(f"is longer than {MOST_CHARACTERS} characters", text)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of texts such as "1 is 1", which are refused below
            tree = ast.parse(" ".join(text.splitlines()).strip(), mode="eval").body
        return Constraint(text, tuple(dict.fromkeys(_paths(tree))), tree)
    except ConfigurationError as error:
        raise _wrong(error.problem, text, allowed=error.allowed) from None
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        raise _wrong("is no condition", text, allowed=ALLOWED) from None


def _paths(node: ast.expr, depth: int = 0) -> Iterator[str]:
    """The paths in a condition; raises `ConfigurationError` where it holds what a constraint may not."""
    if depth > MOST_NESTED:
        raise ConfigurationError(f"is nested more than {MOST_NESTED} levels deep")
    parts: list[ast.AST] = []
    match node:
        case ast.Constant(value=float(value)) if not isfinite(value):
            raise ConfigurationError("holds a number that is not finite")
        case ast.Constant(value=bool() | int() | float() | str()):
            pass
        case ast.Name(id=word) if word in TRUTH_WORDS:
            pass
        case ast.Name() | ast.Attribute() | ast.Subscript():
            yield _path(node)
        case ast.Compare(ops=[ast.In() | ast.NotIn()], comparators=[ast.List(elts=[_, *_]) | ast.Tuple(elts=[_, *_])]):
            parts = [node.left, *node.comparators[0].elts]  # type: ignore[attr-defined]
        case ast.BoolOp() | ast.UnaryOp() | ast.BinOp() | ast.Compare():
            parts = list(ast.iter_child_nodes(node))
        case _:
            raise _refused("an expression that is not allowed", node)
    for part in parts:
        if isinstance(part, ast.expr):
            yield from _paths(part, depth + 1)
        elif not isinstance(part, (ast.boolop, ast.Not, *OPERATIONS)):
            raise _refused("an expression that is not allowed", node)


def _refused(what: str, node: ast.expr) -> ConfigurationError:
    return ConfigurationError(f"holds {what}: {ast.unparse(node)[:40]}", allowed=ALLOWED)


def _path(node: ast.expr) -> str:
    match node:
        case ast.Name(id=name):
            return name
        case ast.Attribute(value=inner, attr=name) | ast.Subscript(value=inner, slice=ast.Constant(value=str(name))):
            return f"{_path(inner)}.{name}"
    raise _refused("an expression that is not a path", node)


def _value(node: ast.expr, values: Mapping[str, Any]) -> Any:
    """The value of a node at a point. As in Python, parts after the one that decides are not looked at."""
    match node:
        case ast.Constant(value=value):
            return value
        case ast.Name(id=word) if word in TRUTH_WORDS:
            return TRUTH_WORDS[word]
        case ast.BoolOp(op=op, values=parts):
            decided = any if isinstance(op, ast.Or) else all
            return decided(_truth(_value(part, values)) for part in parts)
        case ast.UnaryOp(op=ast.Not(), operand=operand):
            return not _truth(_value(operand, values))
        case ast.UnaryOp(op=op, operand=operand):
            return OPERATIONS[type(op)](_number(_value(operand, values)))
        case ast.BinOp(left=left, op=op, right=right):
            return OPERATIONS[type(op)](_number(_value(left, values)), _number(_value(right, values)))
        case ast.Compare():
            return _comparison(node, values)
    value = values[_path(node)]
    return value.isoformat() if isinstance(value, date) else value


def _comparison(node: ast.Compare, values: Mapping[str, Any]) -> bool:
    left = _value(node.left, values)
    for op, right in zip(node.ops, node.comparators, strict=True):
        if isinstance(right, (ast.List, ast.Tuple)):
            members = [_value(member, values) for member in right.elts]
            for member in members:
                _check_kinds(left, member)
            return (left in members) is isinstance(op, ast.In)
        other = _value(right, values)
        _check_kinds(left, other)
        if isinstance(left, bool) and not isinstance(op, (ast.Eq, ast.NotEq)):
            raise _Mismatch("compares yes and no by order")
        if not OPERATIONS[type(op)](left, other):
            return False
        left = other
    return True


def _kind(value: Any) -> str:
    return {bool: "a yes or no", str: "a text"}.get(type(value), "a number")


def _check_kinds(left: Any, right: Any) -> None:
    if _kind(left) != _kind(right):
        raise _Mismatch(f"compares {_kind(left)} with {_kind(right)}")


def _truth(value: Any) -> bool:
    if not isinstance(value, bool):
        raise _Mismatch(f"is {_kind(value)} where a condition is needed")
    return value


def _number(value: Any) -> Any:
    if _kind(value) != "a number":
        raise _Mismatch(f"calculates with {_kind(value)}")
    return value

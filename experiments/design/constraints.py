"""Constraints: conditions on the values at a point, such as `doctrine.firmness <= 2 * doctrine.ratchet + 1`.

Numbers, texts in quotes, true and false; paths of parameters, a name that is no identifier as `members["The Name"]`;
`+ - * /`, comparisons (also chained), `in` a list, `and`, `or`, `not`, parentheses. A text is parsed by Python's own
parser and walked node by node; nothing of it is ever executed, and any other node is refused. Days are texts here, such
as "2020-01-31", whose order is theirs.
"""

import ast
import operator
import warnings
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from math import isfinite
from typing import Any

from model.errors import ConfigurationError

Values = Mapping[str, Any]
Term = Callable[[Values], Any]

LONGEST, DEEPEST = 1000, 40
"""Most characters of a constraint, and how deep it may be nested."""
ALLOWED = "numbers, texts, paths, + - * /, comparisons, in, and, or, not"
WORDS = {"true": True, "false": False, "True": True, "False": False}
ARITHMETIC: dict[type[ast.operator], Callable[[Any, Any], Any]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
}
EQUALITY: dict[type[ast.cmpop], Callable[[Any, Any], bool]] = {ast.Eq: operator.eq, ast.NotEq: operator.ne}
ORDER: dict[type[ast.cmpop], Callable[[Any, Any], bool]] = {
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
}


class _Mismatch(TypeError):
    """Kinds of values that do not go together; its text says which."""


@dataclass(frozen=True)
class Constraint:
    """A condition, and the paths in it."""

    text: str
    names: tuple[str, ...]
    term: Term

    def holds(self, values: Values) -> bool:
        """Whether it holds at these values, by path; raises `ConfigurationError` where it has no answer."""
        try:
            found = self.term(values)
            return _truth(found)
        except (ArithmeticError, _Mismatch) as error:
            problem = "divides by zero" if isinstance(error, ZeroDivisionError) else str(error)
            at = ", ".join(f"{name} = {values[name]}" for name in self.names)
            raise _wrong(f"{problem}{f', at {at}' if at else ''}", self.text) from None


def _wrong(problem: str, text: str, allowed: str | None = None) -> ConfigurationError:
    return ConfigurationError(problem, key="design.constraints", value=text, allowed=allowed)


def constraint(text: str) -> Constraint:
    """Parse a constraint; raises `ConfigurationError`."""
    if len(text) > LONGEST:
        raise _wrong(f"is longer than {LONGEST} characters", text)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            tree = ast.parse(" ".join(text.splitlines()).strip(), mode="eval").body
        names: dict[str, None] = {}
        term = _Reader(text, names).term(tree)
    except ConfigurationError:
        raise
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        raise _wrong("is no condition", text, ALLOWED) from None
    return Constraint(text, tuple(names), term)


class _Reader:
    """Makes a function of each node, and collects paths."""

    def __init__(self, text: str, names: dict[str, None]) -> None:
        self.text, self.names = text, names

    def term(self, node: ast.expr, depth: int = 0) -> Term:
        """The function of a node."""
        if depth > DEEPEST:
            raise _wrong(f"is nested more than {DEEPEST} levels deep", self.text)

        def inner(part: ast.expr) -> Term:
            return self.term(part, depth + 1)

        match node:
            case ast.Constant(value=value) if type(value) in (bool, int, float, str):
                return self._constant(value)
            case ast.Name(id=name) if name in WORDS:
                return self._constant(WORDS[name])
            case ast.Name() | ast.Attribute() | ast.Subscript():
                return self._value(self._path(node))
            case ast.UnaryOp(op=ast.Not(), operand=operand):
                return _negation(inner(operand))
            case ast.UnaryOp(op=ast.USub() | ast.UAdd() as sign, operand=operand):
                return _signed(inner(operand), -1 if isinstance(sign, ast.USub) else 1)
            case ast.BinOp(op=op) if type(op) in ARITHMETIC:
                return _arithmetic(ARITHMETIC[type(op)], inner(node.left), inner(node.right))
            case ast.BoolOp(op=op, values=parts):
                return _either(isinstance(op, ast.Or), [inner(part) for part in parts])
            case ast.Compare():
                return self._comparison(node, inner)
        raise _wrong(f"holds what a constraint may not: {ast.unparse(node)[:40]}", self.text, ALLOWED)

    def _constant(self, value: Any) -> Term:
        if isinstance(value, float) and not isfinite(value):
            raise _wrong("holds a number that is not finite", self.text)
        return lambda _: value

    def _value(self, path: str) -> Term:
        self.names[path] = None

        def found(values: Values) -> Any:
            value = values[path]
            return value.isoformat() if isinstance(value, date) else value

        return found

    def _path(self, node: ast.expr) -> str:
        match node:
            case ast.Name(id=name):
                return name
            case ast.Attribute(value=inner, attr=name):
                return f"{self._path(inner)}.{name}"
            case ast.Subscript(value=inner, slice=ast.Constant(value=str(name))):
                return f"{self._path(inner)}.{name}"
        raise _wrong(f"holds what is no path: {ast.unparse(node)[:40]}", self.text, ALLOWED)

    def _comparison(self, node: ast.Compare, inner: Callable[[ast.expr], Term]) -> Term:
        terms, pairs = [inner(node.left)], []
        for op, right in zip(node.ops, node.comparators, strict=True):
            if isinstance(op, (ast.In, ast.NotIn)) and isinstance(right, (ast.List, ast.Tuple)) and right.elts:
                members = [inner(part) for part in right.elts]
                pairs.append(_membership(terms[-1], members, isinstance(op, ast.NotIn)))
                terms.append(terms[-1])
            elif type(op) in EQUALITY or type(op) in ORDER:
                terms.append(inner(right))
                pairs.append(_compared(op, terms[-2], terms[-1]))
            else:
                raise _wrong(f"compares in a way a constraint may not: {ast.unparse(node)[:40]}", self.text, ALLOWED)
        if len(pairs) > 1 and any(isinstance(op, (ast.In, ast.NotIn)) for op in node.ops):
            raise _wrong("chains `in` with another comparison; use `and`", self.text)
        return _either(False, pairs)


def _kind(value: Any) -> str:
    return {bool: "a yes or no", str: "a text"}.get(type(value), "a number")


def _truth(value: Any) -> bool:
    if not isinstance(value, bool):
        raise _Mismatch(f"is {_kind(value)} where a condition is needed")
    return value


def _number(value: Any) -> Any:
    if _kind(value) != "a number":
        raise _Mismatch(f"calculates with {_kind(value)}")
    return value


def _same_kind(left: Any, right: Any) -> None:
    if _kind(left) != _kind(right):
        raise _Mismatch(f"compares {_kind(left)} with {_kind(right)}")


def _negation(term: Term) -> Term:
    return lambda values: not _truth(term(values))


def _signed(term: Term, sign: int) -> Term:
    return lambda values: sign * _number(term(values))


def _arithmetic(op: Callable[[Any, Any], Any], left: Term, right: Term) -> Term:
    return lambda values: op(_number(left(values)), _number(right(values)))


def _either(stops_at: bool, parts: list[Term]) -> Term:
    """`or` where `stops_at` is true, else `and`: parts after the one that decides are not looked at."""

    def decided(values: Values) -> bool:
        return any(_truth(part(values)) is stops_at for part in parts) is stops_at

    return decided


def _compared(op: ast.cmpop, left: Term, right: Term) -> Term:
    compare = EQUALITY.get(type(op)) or ORDER[type(op)]

    def found(values: Values) -> bool:
        one, other = left(values), right(values)
        _same_kind(one, other)
        if type(op) in ORDER and isinstance(one, bool):
            raise _Mismatch("puts yes and no in order")
        return compare(one, other)

    return found


def _membership(term: Term, members: list[Term], negated: bool) -> Term:
    def found(values: Values) -> bool:
        value, others = term(values), [member(values) for member in members]
        for other in others:
            _same_kind(value, other)
        return (value in others) is not negated

    return found

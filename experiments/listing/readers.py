"""Where parameters act: the rules that read each column of a world, found in their source."""

import ast
import functools
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

from agents.foundation.compiled import ROOT
from agents.world import ARRAYS
from model.build import KEPT

Reader = str
"""A rule by module and name: `agents.choice.deterrent`."""


@functools.cache
def readers() -> dict[tuple[str, str], tuple[Reader, ...]]:
    """(table, column) → the rules that read it. For an array without columns the column is empty."""
    found: dict[tuple[str, str], list[Reader]] = defaultdict(list)
    for folder in ("agents", "model"):
        for path in sorted((ROOT / folder).rglob("*.py")):
            module = ".".join(path.relative_to(ROOT).with_suffix("").parts)
            for function in _rules(path):
                for read in dict.fromkeys(_reads(function)):
                    found[read].append(f"{module}.{function.name}")
    return {read: tuple(names) for read, names in found.items()}


def acts_in(path: str) -> tuple[Reader, ...]:
    """The rules in which the parameter at a path of the configuration acts."""
    found: dict[Reader, None] = {CALENDAR[path]: None} if path in CALENDAR else {}
    for read in _columns(path):
        found |= dict.fromkeys(readers().get(read, ()))
    return tuple(found)


def _rules(path: Path) -> Iterator[ast.FunctionDef]:
    for node in ast.parse(path.read_text("utf-8")).body:
        if isinstance(node, ast.FunctionDef) and any(
            isinstance(decorator, ast.Name) and decorator.id in ("rule", "inlined") for decorator in node.decorator_list
        ):
            yield node


def _reads(function: ast.FunctionDef) -> Iterator[tuple[str, str]]:
    names: dict[str, str] = {}
    for node in ast.walk(function):
        if isinstance(node, ast.Assign):
            for target, value in _pairs(node.targets[0], node.value):
                table = _table(value, names)
                if table and isinstance(target, ast.Name):
                    names[target.id] = table
    for node in ast.walk(function):
        if isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Load):
            table = _table(node.value, names)
            if table:
                yield table, node.attr
            if node.attr in ARRAYS and not ARRAYS[node.attr][0].names and _is_world(node.value):
                yield node.attr, ""


def _pairs(target: ast.expr, value: ast.expr) -> Iterator[tuple[ast.expr, ast.expr]]:
    if isinstance(target, ast.Tuple) and isinstance(value, ast.Tuple):
        yield from zip(target.elts, value.elts, strict=True)
    else:
        yield target, value


def _is_world(node: ast.expr) -> bool:
    return isinstance(node, ast.Name) and node.id == "world"


def _table(node: ast.expr, names: dict[str, str]) -> str | None:
    """The table whose row, or whole, an expression is."""
    while isinstance(node, ast.Subscript):
        node = node.value
    if isinstance(node, ast.Name):
        return names.get(node.id)
    return node.attr if isinstance(node, ast.Attribute) and _is_world(node.value) and node.attr in ARRAYS else None


TRAITS = {
    "discount": ("log_discount",),
    "tension_volatility": ("tension_innovation",),
    "tension_persistence": ("tension_persistence", "tension_innovation"),
}
"""Columns in which a trait acts under another name."""
CATALOGUE = {"bite": ("bite_low", "bite_high"), "delay": ("delay_low", "delay_high"), "dwell": ("surfacing",)}
OTHERS = {
    "resilience": ("victims", "base_resilience"),
    "exposure": ("victims", "exposure"),
    "standard_offset": ("member_states", "standard"),
    "dependence": ("dependence", ""),
}
CALENDAR = {"scenario.time.burn_in": "model.ensemble.simulate", "scenario.time.weeks": "model.ensemble.simulate"}
"""Parameters that set no column."""


def _columns(path: str) -> Iterator[tuple[str, str]]:
    """The columns of a world that the parameter at a path sets."""
    section, *rest = path.split(".")
    if section in ("doctrine", "switches"):
        yield section, rest[-1]
    elif section == "reference":
        yield from _columns(".".join(rest))
    elif path.startswith("scenario.severity.weights"):
        yield "severity_weights", ""
    elif path == "scenario.time.start":
        yield "measures", "available"
    elif section == "scenario":
        yield "scenario", "severe_rung" if rest[-1] == "severe_threshold" else rest[-1]
        yield from (("keep", name) for name, half_life in KEPT.items() if half_life == rest[-1])
        if rest[-1] == "learning_rate":
            yield "keep", "blame"
    elif section in ("activities", "measures"):
        yield from ((section, name) for name in CATALOGUE.get(rest[1], (rest[1],)))
    elif section in ("archetypes", "perpetrators"):
        yield from (("perpetrators", name) for name in TRAITS.get(rest[1], (rest[1],)))
    elif rest[0] == "traits":
        yield OTHERS.get(rest[1], (section, rest[1]))
    elif rest[-1] == "population":
        yield section, "population"

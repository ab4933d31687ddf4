"""Where parameters act: the rules that read each column of a world, found in their source."""

import ast
import functools
from collections import defaultdict
from collections.abc import Iterator, Mapping

from agents.foundation.compiled import ROOT
from agents.world import ARRAYS
from model.build import KEPT


@functools.cache
def rules() -> Mapping[str, ast.FunctionDef]:
    """Every rule, a function decorated as one in agents/ or model/: module and name → its source.

    Those defined twice, compiled and plain, below an `if JIT`, are no rules but two functions held to one another.
    """
    found = {}
    for path in sorted(path for folder in ("agents", "model") for path in (ROOT / folder).rglob("*.py")):
        module = ".".join(path.relative_to(ROOT).with_suffix("").parts)
        for node in ast.parse(path.read_text("utf-8")).body:
            marks = {mark.id for mark in getattr(node, "decorator_list", ()) if isinstance(mark, ast.Name)}
            if isinstance(node, ast.FunctionDef) and marks & {"rule", "inlined"}:
                found[f"{module}.{node.name}"] = node
    return found


@functools.cache
def readers() -> Mapping[tuple[str, str], list[str]]:
    """(table, column) → names of the rules that read it. For an array without columns the column is empty."""
    found: dict[tuple[str, str], list[str]] = defaultdict(list)
    for name, function in rules().items():
        for read in dict.fromkeys(_reads(function)):
            found[read].append(name)
    return dict(found)


def acts_in(path: str) -> tuple[str, ...]:
    """Names of the rules in which the parameter at a path of the configuration acts, as `agents.choice.deterrent`.

    What acts in no world is named with the function that reads it.
    """
    found = {OUTSIDE[path]: None} if path in OUTSIDE else {}
    for read in _columns(path):
        found |= dict.fromkeys(readers().get(read, ()))
    return tuple(found)


def _reads(function: ast.FunctionDef) -> Iterator[tuple[str, str]]:
    rows: dict[str, str] = {}  # names that stand for a row of a table: `it = world.measures[m]`
    for node in ast.walk(function):
        if isinstance(node, ast.Assign):
            for target, value in zip(_elements(node.targets[0]), _elements(node.value), strict=False):
                table = _table(value, rows)
                if table and isinstance(target, ast.Name):
                    rows[target.id] = table
    for node in ast.walk(function):
        if isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Load):
            table, array = _table(node.value, rows), _table(node, {})
            if table:
                yield table, node.attr
            if array and not ARRAYS[array][0].names:
                yield array, ""


def _elements(node: ast.expr) -> list[ast.expr]:
    return node.elts if isinstance(node, ast.Tuple) else [node]


def _table(node: ast.expr, rows: Mapping[str, str]) -> str | None:
    """The table whose row, or whole, an expression is."""
    match node:
        case ast.Subscript(value=inner):
            return _table(inner, rows)
        case ast.Name(id=name):
            return rows.get(name)
        case ast.Attribute(value=ast.Name(id="world"), attr=name) if name in ARRAYS:
            return name
    return None


TRAIT_COLUMNS = {
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
OUTSIDE = {
    **{f"scenario.time.{name}": "model.ensemble.simulate" for name in ("burn_in", "weeks")},
    **{f"scenario.reporting.{name}": "model.record.reported" for name in ("share", "trend", "day")},
}
"""Parameters that set no column."""


def _columns(path: str) -> Iterator[tuple[str, str]]:
    """The columns of a world that the parameter at a path sets."""
    match path.split("."):
        case [("doctrine" | "switches") as table, *_, name]:
            yield table, name
        case ["reference", *rest]:
            yield from _columns(".".join(rest))
        case ["scenario", "severity", "weights", *_]:
            yield "severity_weights", ""
        case ["scenario", "time", "start"]:
            yield "measures", "available"
        case ["scenario", "classes", _, name]:
            yield "classes", name
        case ["scenario", "traits", name]:
            yield from _columns(f"archetypes.any.{name.partition('_of_')[0]}")
        case ["scenario", section, name]:
            yield "scenario", "severe_rung" if name == "severe_threshold" else name
            yield "scenario", f"{section}_{name}"
            yield from (("keep", column) for column, half_life in KEPT.items() if half_life == name)
            if name == "learning_rate":
                yield "keep", "blame"
        case [("activities" | "measures") as table, _, name, *_]:
            yield from ((table, column) for column in CATALOGUE.get(name, (name,)))
        case ["archetypes" | "perpetrators", _, name, *_]:
            yield from (("perpetrators", column) for column in TRAIT_COLUMNS.get(name, (name,)))
        case [table, "traits", name, *_] | [table, "members", _, name, *_]:
            yield OTHERS.get(name, (table, name))

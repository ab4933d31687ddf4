"""The house of the project, read from its imports: which module stands in which room, and what imports what."""

import ast
from collections.abc import Iterator, Mapping
from pathlib import Path

PACKAGES = ("agents", "model", "analysis", "experiments")

Modules = dict[str, Path]
Arrows = dict[str, set[str]]


def modules_of(root: Path) -> Modules:
    """Every module below the packages of a checkout, by its dotted name; a package stands for its `__init__`."""
    found = {}
    for package in PACKAGES:
        for path in sorted((root / package).rglob("*.py")):
            parts = path.relative_to(root).with_suffix("").parts
            found[".".join(parts[:-1] if parts[-1] == "__init__" else parts)] = path
    return found


def arrows_of(modules: Modules) -> Arrows:
    """What each module imports of the others, anywhere in it: imports within functions and for types count as well.

    A name that comes through an `__init__` counts as the module behind it.
    """
    behind = {name: _reexported(path, modules) for name, path in modules.items() if path.name == "__init__.py"}
    found: Arrows = {}
    for name, path in modules.items():
        imported = {
            behind.get(module, {}).get(what, f"{module}.{what}" if f"{module}.{what}" in modules else module)
            for module, what in _imports(path)
        }
        found[name] = {other for other in imported if other in modules and other != name}
    return found


def _imports(path: Path) -> Iterator[tuple[str, str]]:
    """Each name imported, with the module that it is asked of."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module:
            yield from ((node.module, alias.name) for alias in node.names)
        elif isinstance(node, ast.Import):
            yield from ((alias.name, "") for alias in node.names)


def _reexported(path: Path, modules: Modules) -> dict[str, str]:
    return {what: module for module, what in _imports(path) if module in modules}


def room_of(module: str, rooms: Mapping[str, object]) -> str | None:
    """The room in which a module stands: the longest name of one that it begins with."""
    parts = module.split(".")
    names = (".".join(parts[:size]) for size in range(len(parts), 0, -1))
    return next((name for name in names if name in rooms), None)


def circle(arrows: Arrows) -> list[str]:
    """Modules that import one another in a circle, in order; empty where there is none."""
    done: set[str] = set()

    def walk(name: str, path: list[str]) -> list[str]:
        if name in path:
            return path[path.index(name) :]
        if name in done:
            return []
        for other in sorted(arrows[name]):
            found = walk(other, [*path, name])
            if found:
                return found
        done.add(name)
        return []

    return next((found for name in arrows if (found := walk(name, []))), [])

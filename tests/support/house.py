"""The house of the project, read from its imports: which module stands in which room, and what imports what."""

import ast
import re
from collections.abc import Iterator, Mapping
from functools import cache
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


@cache
def calls_of(text: str) -> list[tuple[str, str, ast.Call]]:
    """Every call of a module: what it is called of, as written, the last name, and the call."""
    found = []
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Call):
            if isinstance(node.func, ast.Attribute):
                found.append((ast.unparse(node.func.value), node.func.attr, node))
            elif isinstance(node.func, ast.Name):
                found.append(("", node.func.id, node))
    return found


POLARS = re.compile(r"(read|scan|sink|write)_(parquet|csv|ipc|ndjson|json|excel|avro|delta|database)\w*")
CONTENT = re.compile(r"content|buffer|file|io\.BytesIO\(.*|.*\.(read|read_bytes|encode|absolute)\(.*\)")
"""Arguments that Polars cannot take for a pattern or an address: contents, open files, absolute paths to write."""


def patterns(text: str) -> Iterator[str]:
    """Calls that give Polars a path which it might read as a pattern, a home folder or an address.

    A reader that is handed on, and not called, is one too.
    """
    tree = ast.parse(text)
    called = {node.func for node in ast.walk(tree) if isinstance(node, ast.Call)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and node not in called and POLARS.fullmatch(node.attr):
            yield ast.unparse(node)
    for of, name, call in calls_of(text):
        if of and POLARS.fullmatch(name) and call.args and not CONTENT.fullmatch(ast.unparse(call.args[0])):
            literal = {word.arg for word in call.keywords if ast.unparse(word.value) == "False"}
            if name.startswith("sink_") or not {"glob", "hive_partitioning"} <= literal:
                yield ast.unparse(call)


CHANGES = ("unlink", "rmdir", "rmtree", "removedirs", "renames", "fsync", "symlink_to", "hardlink_to")
CHANGES_OF_MODULES = ("replace", "rename", "remove", "move", "link", "symlink")
"""Of `os` and `shutil`: lists and tables have methods of these names as well."""


def changes(text: str) -> Iterator[str]:
    """Calls and imports that move or remove files, lock them, or flush them to disk."""
    for of, name, call in calls_of(text):
        one = (
            len(call.args) == 1 and not call.keywords and not re.match(r"\{|dict\(|lambda ", ast.unparse(call.args[0]))
        )
        if (
            name in ("unlink", "rmdir", "rmtree", "removedirs", "renames", "fsync", "symlink_to", "hardlink_to")
            or (of in ("os", "shutil") and name in ("replace", "rename", "remove", "move", "link", "symlink"))
            or (
                name in ("replace", "rename") and one and "pl." not in of
            )  # of a path: a text takes two, a frame a table
        ):
            yield ast.unparse(call)
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Import):
            yield from (each.name for each in node.names if each.name in ("fcntl", "msvcrt"))


def unencoded(text: str) -> Iterator[str]:
    """Calls that read text without saying in which encoding, or write text in place of bytes, which keep line ends."""
    for of, name, call in calls_of(text):
        said = any(word.arg == "encoding" for word in call.keywords)
        if name == "open" and of != "os":
            modes = [ast.unparse(each) for each in call.args[0 if of else 1 :]]
            said = said or (bool(modes) and "b" in modes[0])
        elif name == "read_text":
            said = said or bool(call.args)
        elif name != "write_text":
            continue
        if not said or name == "write_text":
            yield ast.unparse(call)

"""Files of a configuration: finding them, reading TOML, keeping the source of every number."""

import re
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

from model.actors import Archetype, MemberStates, Partners, Perpetrator
from model.catalogues import Activity, Measure
from model.errors import ConfigurationError, listing, nearest_name
from model.parameters import Name, flat
from model.paths import Tree, paths, validated
from model.policy import Doctrine
from model.scenario import CATALOGUES, Scenario

CONFIGS = Path(__file__).resolve().parent.parent / "configs"
DEFAULT = "default"
"""Entry of `[sources]` for every value that no other entry covers."""

SECTIONS: dict[str, dict[str, Any]] = {
    "activities": {"activities": dict[Name, Activity]},
    "measures": {"measures": dict[Name, Measure]},
    "perpetrators": {"archetypes": dict[Name, Archetype], "perpetrators": dict[Name, Perpetrator]},
    "member_states": {"member_states": MemberStates},
    "partners": {"partners": Partners},
}
"""Sections that each catalogue file holds, with their types."""

Source = str | Path
T = TypeVar("T")


class Loaded(NamedTuple):
    """A part of the configuration, the file it came from, and its sources by path in the configuration."""

    value: Any
    file: Path | None
    sources: dict[str, str]


def shipped(kind: str) -> list[str]:
    """Names of the shipped scenarios, doctrines, experiments or catalogues."""
    folders = sorted(path.name for path in CONFIGS.iterdir() if path.is_dir())
    if kind not in folders:
        raise ConfigurationError("is nothing that is shipped", value=kind, allowed=", ".join(folders))
    return sorted(path.stem for path in (CONFIGS / kind).glob("*.toml"))


def find(kind: str, name: Source, beside: Path | None = None) -> Path:
    """The file for a shipped name, or for a path to a .toml file (relative to the file `beside`, if given)."""
    if isinstance(name, Path) or name.endswith(".toml") or "/" in name or "\\" in name:
        path = Path(name).expanduser()
        return path if beside is None else beside.parent / path
    names = shipped(kind)
    if name not in names:
        raise ConfigurationError(
            f"is not among the shipped {kind}",
            value=name,
            allowed=f"{listing(names)}, or a path to a .toml file",
            nearest=nearest_name(name, names),
        )
    return CONFIGS / kind / f"{name}.toml"


def read_toml(path: Path) -> Tree:
    """The content of a TOML file, with errors that name the file and the line."""
    try:
        return tomllib.loads(path.read_bytes().decode("utf-8-sig").replace("\r\n", "\n"))
    except FileNotFoundError:
        beside = [other.name for other in path.parent.glob("*.toml")] if path.parent.is_dir() else []
        nearest = nearest_name(path.name, beside)
        raise ConfigurationError("there is no such file", file=str(path), nearest=nearest) from None
    except IsADirectoryError:
        raise ConfigurationError("is a folder", file=str(path), allowed="a .toml file") from None
    except UnicodeDecodeError as error:
        raise ConfigurationError(f"is not UTF-8 text (byte {error.start})", file=str(path)) from None
    except OSError as error:
        raise ConfigurationError(f"cannot be read ({error.strerror})", file=str(path)) from None
    except tomllib.TOMLDecodeError as error:
        raise ConfigurationError(f"is not valid TOML: {error}", file=str(path)) from None


def read_sources(table: Any, tree: Tree, file: str) -> dict[str, str]:
    """The table `[sources]` of a file: path in the file → source.

    An entry covers everything below its path, `*` stands for any one name, and `default` covers the rest, which is an
    assumption unless stated.
    """
    if not isinstance(table, dict):
        raise ConfigurationError("is not a table", file=file, key="sources", value=table)
    sources = {DEFAULT: "assumption"}
    known = [*paths(tree), DEFAULT]
    for key, text in sorted(
        flat(table), key=lambda entry: "*" not in entry[0]
    ):  # patterns first, so that exact paths win
        where = f"sources.{key}"
        if not isinstance(text, str) or not text:
            raise ConfigurationError("is not a text in quotes", file=file, key=where, value=text)
        pattern = re.compile(re.escape(key).replace(r"\*", "[^.]+"))
        covered = [path for path in known if pattern.fullmatch(path)]
        if not covered:
            raise ConfigurationError(
                "names nothing in this file", file=file, key=where, nearest=nearest_name(key, known)
            )
        sources |= dict.fromkeys(covered, text)
    return sources


def load_doctrine(doctrine: Source | Doctrine, at: str = "doctrine") -> Loaded:
    """A doctrine by shipped name, path or as an object; `at` is its path in the configuration."""
    if isinstance(doctrine, Doctrine):
        return Loaded(doctrine, None, {at: doctrine.source})
    return _load(Doctrine, find("doctrines", doctrine), at)


def load_scenario(scenario: Source | Scenario) -> Loaded:
    """A scenario by shipped name, path or as an object, without its catalogues."""
    if isinstance(scenario, Scenario):
        return Loaded(scenario, None, {"scenario": "given in Python"})
    return _load(Scenario, find("scenarios", scenario), "scenario")


def _load(kind: type[T], path: Path, at: str) -> Loaded:
    tree = read_toml(path)
    table = tree.pop("sources", {})
    value = validated(kind, tree, file=str(path))
    entries = read_sources(table, tree, str(path))
    sources = {at: entries.pop(DEFAULT), **{f"{at}.{key}": text for key, text in entries.items()}}
    return Loaded(value, path, sources)


def load_catalogues(scenario: Loaded) -> dict[str, Loaded]:
    """The catalogues that a scenario names, by section of the configuration."""
    sections: dict[str, Loaded] = {}
    for catalogue in CATALOGUES:
        name = getattr(scenario.value.catalogues, catalogue)
        path = find("catalogues", name, beside=scenario.file)
        sections |= _load_catalogue(path, SECTIONS[catalogue])
    return sections


def _load_catalogue(path: Path, kinds: Mapping[str, Any]) -> dict[str, Loaded]:
    file, tree = str(path), read_toml(path)
    table, names = tree.pop("sources", {}), [*kinds, "sources"]
    for name in tree:
        if name not in kinds:
            nearest = nearest_name(name, names)
            raise ConfigurationError("unknown table", file=file, key=name, allowed=", ".join(names), nearest=nearest)
    values = {}
    for name, kind in kinds.items():
        if name not in tree:
            raise ConfigurationError("is missing", file=file, key=name)
        values[name] = validated(kind, tree[name], file=file, below=name)
    entries = read_sources(table, tree, file)
    default = entries.pop(DEFAULT)
    covered = {
        name: {name: default, **{key: text for key, text in entries.items() if key.split(".")[0] == name}}
        for name in kinds
    }
    return {name: Loaded(value, path, covered[name]) for name, value in values.items()}
